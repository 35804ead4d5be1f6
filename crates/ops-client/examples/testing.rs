//! Tests code that lists operations, without a network and without waiting: against the fake, and against a script.
//!
//! `cargo run -p ops-client --example testing`

#![expect(clippy::print_stdout, reason = "an example talks to its user")]

use ops_client::{BlockingClient, Error, Session};
use ops_fake::{FakeService, Script, VirtualClock};
use ops_model::cloud_map::{ListOperations, Operation, OperationStatus};
use ops_model::{EndpointParams, LongRunning};

/// The code under test.
fn unfinished(client: &BlockingClient) -> Result<usize, Error> {
    let mut count = 0;
    for operation in client.items(ListOperations::new())? {
        count += usize::from(!operation?.is_terminal());
    }
    Ok(count)
}

fn session() -> Session {
    let region = "us-east-1".parse().expect("a region");
    Session::new(EndpointParams::in_region(region)).with_seed(1)
}

fn main() -> Result<(), Error> {
    // A service that holds what the test needs.
    let service = FakeService::builder()
        .without_examples()
        .cloud_map_operation(Operation::new("op-1", OperationStatus::Pending))
        .cloud_map_operation(Operation::new("op-2", OperationStatus::Success))
        .build();
    assert_eq!(unfinished(&BlockingClient::new(session(), service))?, 1);

    // A service that throttles once: the clock is virtual, so the wait before the retry takes no time.
    let script = Script::new([
        Script::json(
            400,
            r#"{"__type": "ThrottlingException", "message": "Rate exceeded"}"#,
        ),
        Script::json(
            200,
            r#"{"Operations": [{"Id": "op-1", "Status": "SUBMITTED"}]}"#,
        ),
    ]);
    let clock = VirtualClock::new();
    let client = BlockingClient::new(session(), script.clone()).with_clock(clock.clone());
    assert_eq!(unfinished(&client)?, 1);
    assert_eq!(script.requests().len(), 2);
    assert_eq!(clock.slept().len(), 1);
    println!("both as expected");
    Ok(())
}
