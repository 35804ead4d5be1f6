//! ops without a network. Instead of a URL it is given how many pages there are.

use ops_benches::{List, Listed, OPERATIONS, Recorded, session, time};
use ops_client::{BlockingClient, Credentials};
use ops_model::cloud_map::ListOperations;
use ops_model::kafka_connect::ListConnectorOperations;
use ops_peers::{KEY, Outcome, Task};
use ops_sigv4::SigV4;

fn main() -> Outcome {
    Task::run(|task| {
        let pages = task.url.parse()?;
        match task.list {
            ops_peers::List::CloudMap => count::<ListOperations>(pages),
            ops_peers::List::KafkaConnect(_) => count::<ListConnectorOperations>(pages),
        }
    })
}

fn count<C: Listed>(pages: u32) -> Outcome<u64> {
    let transport = Recorded::new(List::new::<C>(OPERATIONS), pages);
    let client = BlockingClient::new(session().with_signer(SigV4), transport)
        .with_clock(time())
        .with_credentials(Credentials::new(KEY.0, KEY.1));
    let mut count = 0;
    for operation in client.items(C::whole())? {
        std::hint::black_box(operation?);
        count += 1;
    }
    Ok(count)
}
