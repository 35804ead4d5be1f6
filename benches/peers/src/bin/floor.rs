//! The floor: hyper's pooled client, which whoever lists over hyper has; unsigned requests, and no look at a response but
//! for its token.

use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use ops_peers::{Outcome, Task, floor};

fn main() -> Outcome {
    Task::run_async(list)
}

async fn list(task: Task) -> Outcome<u64> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client = Client::builder(TokioExecutor::new()).build(connector);
    floor::list(&task, async |request| {
        let response = client.request(request).await?;
        Ok(response.into_body().collect().await?.to_bytes())
    })
    .await
}
