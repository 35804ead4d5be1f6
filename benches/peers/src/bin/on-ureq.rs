//! ops over ureq.

use ops_client::{BlockingClient, Credentials, Session};
use ops_model::cloud_map::ListOperations;
use ops_model::kafka_connect::ListConnectorOperations;
use ops_model::{EndpointParams, PagedCall};
use ops_peers::{KEY, List, Outcome, REGION, Task};
use ops_sigv4::SigV4;
use ops_transport::ConnectOptions;
use ops_ureq::UreqTransport;

fn main() -> Outcome {
    Task::run(list)
}

fn list(task: Task) -> Outcome<u64> {
    let endpoint = EndpointParams::at_url(task.url.parse()?, Some(REGION.parse()?));
    let session = Session::new(endpoint).with_signer(SigV4);
    let client = BlockingClient::new(session, UreqTransport::new(ConnectOptions::new())?)
        .with_credentials(Credentials::new(KEY.0, KEY.1));
    match task.list {
        List::CloudMap => count(&client, ListOperations::new()),
        List::KafkaConnect(arn) => count(&client, ListConnectorOperations::new(arn)?),
    }
}

fn count<C: PagedCall + Clone>(client: &BlockingClient, call: C) -> Outcome<u64> {
    let mut count = 0;
    for operation in client.items(call)? {
        std::hint::black_box(operation?);
        count += 1;
    }
    Ok(count)
}
