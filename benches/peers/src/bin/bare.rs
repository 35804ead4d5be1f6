//! The least: one connection of hyper, unsigned requests, and no look at a response but for its token. Counts 100
//! operations for each page.

use http_body_util::BodyExt as _;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use ops_peers::floor::{next_token, request};
use ops_peers::{Outcome, Task};
use tokio::net::TcpStream;

fn main() -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Task::run(|task| runtime.block_on(list(task)))
}

async fn list(task: Task) -> Outcome<u64> {
    let stream = TcpStream::connect(task.url.trim_start_matches("http://")).await?;
    stream.set_nodelay(true)?;
    let (mut connection, driver) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(driver);
    let mut token: Option<String> = None;
    let mut count = 0;
    loop {
        connection.ready().await?;
        let response = connection
            .send_request(request(&task, token.as_deref())?)
            .await?;
        let body = response.into_body().collect().await?.to_bytes();
        count += 100;
        token = next_token(&body);
        if token.is_none() {
            return Ok(count);
        }
    }
}
