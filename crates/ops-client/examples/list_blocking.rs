//! Lists the operations of an MSK Connect connector from a plain blocking program, over ureq.
//!
//! `cargo run -p ops-client --example list_blocking` asks a fake on loopback.

#![expect(clippy::print_stdout, reason = "an example talks to its user")]

use std::error::Error;

use ops_client::{BlockingClient, Session};
use ops_fake::{EXAMPLE_CONNECTOR_ARN, FakeServer, FakeService};
use ops_model::kafka_connect::ListConnectorOperations;
use ops_model::{EndpointParams, LongRunning};
use ops_transport::ConnectOptions;
use ops_ureq::UreqTransport;

fn main() -> Result<(), Box<dyn Error>> {
    let server = FakeServer::start(FakeService::new(), "127.0.0.1:0".parse()?)?;
    let session = Session::new(EndpointParams::at_url(server.url().parse()?, None));
    let client = BlockingClient::new(session, UreqTransport::new(ConnectOptions::new())?);

    for operation in client.items(ListConnectorOperations::new(EXAMPLE_CONNECTOR_ARN)?)? {
        let operation = operation?;
        println!("{:?} {}", operation.phase(), operation.id());
    }
    Ok(())
}
