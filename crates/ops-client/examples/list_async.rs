//! Lists failed Cloud Map operations from an async program, over hyper.
//!
//! `cargo run -p ops-client --example list_async` asks a fake on loopback; with `-- REGION` it asks AWS, with the
//! credentials of the AWS CLI.

#![expect(clippy::print_stdout, reason = "an example talks to its user")]

use std::error::Error;

use ops_client::{Client, Session};
use ops_fake::{FakeServer, FakeService};
use ops_hyper::{HyperTransport, TokioClock};
use ops_model::EndpointParams;
use ops_model::cloud_map::{Filter, GetOperation, ListOperations, OperationStatus};
use ops_sigv4::{CredentialsChain, Environment, SigV4};
use ops_transport::ConnectOptions;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let server = FakeServer::start(
        FakeService::builder().operations(500).build(),
        "127.0.0.1:0".parse()?,
    )?;
    let client = match std::env::args().nth(1) {
        Some(region) => {
            let session =
                Session::new(EndpointParams::in_region(region.parse()?)).with_signer(SigV4);
            let transport = HyperTransport::new(ConnectOptions::new())?;
            Client::new(session, transport, TokioClock::new())
                .with_credentials(CredentialsChain::new(Environment::process()))
        }
        None => {
            let session = Session::new(EndpointParams::at_url(server.url().parse()?, None));
            Client::new(
                session,
                HyperTransport::new(ConnectOptions::new())?,
                TokioClock::new(),
            )
        }
    };

    let failed = ListOperations::new().with_filter(Filter::status(OperationStatus::Fail)?);
    let mut operations = client.items(failed)?;
    while let Some(operation) = operations.next().await {
        let operation = client.send(GetOperation::new(operation?.id)?).await?;
        let why = operation.error_message.unwrap_or_default();
        println!("{} {why}", operation.id);
    }
    Ok(())
}
