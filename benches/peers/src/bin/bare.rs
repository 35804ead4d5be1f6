//! The least: one connection of hyper, unsigned requests, and no look at a response but for its token.

use http_body_util::BodyExt as _;
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use ops_peers::{Outcome, Task, floor};
use tokio::net::TcpStream;

fn main() -> Outcome {
    Task::run_async(list)
}

async fn list(task: Task) -> Outcome<u64> {
    let stream = TcpStream::connect(task.url.trim_start_matches("http://")).await?;
    stream.set_nodelay(true)?;
    let (mut connection, driver) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(driver);
    floor::list(&task, async |request| {
        connection.ready().await?;
        let response = connection.send_request(request).await?;
        Ok(response.into_body().collect().await?.to_bytes())
    })
    .await
}
