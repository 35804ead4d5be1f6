//! Read-ahead, and many listings as one: in time that is virtual, or that is counted from who waits for whom.
#![cfg(test)]
#![cfg(feature = "concurrency")]

mod merge;
mod property;
mod read_ahead;
mod service;

use std::pin::Pin;
use std::time::Duration;

use ops_client::Session;
use ops_model::cloud_map::{ListOperations, OperationSummary};
use ops_model::{EndpointParams, Page};

/// For what a test that goes wrong would wait for without end.
const PATIENCE: Duration = Duration::from_secs(10);

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

fn spawn(task: Task) {
    tokio::spawn(task);
}

fn session(region: &str) -> Session {
    Session::new(EndpointParams::in_region(region.parse().unwrap())).with_seed(7)
}

fn list() -> ListOperations {
    ListOperations::new()
}

/// The ids of a page.
fn ids(page: &Page<OperationSummary>) -> String {
    let ids: Vec<&str> = page.items().map(|item| item.id.as_str()).collect();
    ids.join(" ")
}
