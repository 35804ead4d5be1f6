//! ops over hyper.

use ops_client::{Client, Credentials, Session};
use ops_hyper::{HyperTransport, TokioClock};
use ops_model::cloud_map::ListOperations;
use ops_model::kafka_connect::ListConnectorOperations;
use ops_model::{EndpointParams, PagedCall};
use ops_peers::{KEY, List, Outcome, REGION, Task};
use ops_sigv4::SigV4;
use ops_transport::ConnectOptions;

fn main() -> Outcome {
    Task::run_async(list)
}

async fn list(task: Task) -> Outcome<u64> {
    let endpoint = EndpointParams::at_url(task.url.parse()?, Some(REGION.parse()?));
    let transport = HyperTransport::new(ConnectOptions::new())?;
    let session = Session::new(endpoint).with_signer(SigV4);
    let client = Client::new(session, transport, TokioClock::new())
        .with_credentials(Credentials::new(KEY.0, KEY.1));
    match task.list {
        List::CloudMap => count(&client, ListOperations::new()).await,
        List::KafkaConnect(arn) => count(&client, ListConnectorOperations::new(arn)?).await,
    }
}

async fn count<C: PagedCall + Clone>(client: &Client, call: C) -> Outcome<u64> {
    let mut count = 0;
    let mut operations = client.items(call)?;
    while let Some(operation) = operations.next().await {
        std::hint::black_box(operation?);
        count += 1;
    }
    Ok(count)
}
