//! The floor: hyper's pooled client, which whoever lists over hyper has; unsigned requests, and no look at a response but
//! for its token. Counts 100 operations for each page.

use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use ops_peers::floor::{next_token, request};
use ops_peers::{Outcome, Task};

fn main() -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Task::run(|task| runtime.block_on(list(task)))
}

async fn list(task: Task) -> Outcome<u64> {
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let mut token: Option<String> = None;
    let mut count = 0;
    loop {
        let response = client.request(request(&task, token.as_deref())?).await?;
        let body = response.into_body().collect().await?.to_bytes();
        count += 100;
        token = next_token(&body);
        if token.is_none() {
            return Ok(count);
        }
    }
}
