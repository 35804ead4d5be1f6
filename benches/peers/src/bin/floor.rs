//! The least: hyper's connection, unsigned requests, and no look at a response but for its token. Counts 100 operations
//! for each page.

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use ops_peers::{List, Outcome, Task};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::net::TcpStream;

fn main() -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    Task::run(|task| runtime.block_on(list(task)))
}

async fn list(task: Task) -> Outcome<u64> {
    let host = task.url.trim_start_matches("http://");
    let stream = TcpStream::connect(host).await?;
    stream.set_nodelay(true)?;
    let (mut connection, driver) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(driver);
    let mut token: Option<String> = None;
    let mut count = 0;
    loop {
        connection.ready().await?;
        let request = request(&task.list, token.as_deref())?.header("host", host);
        let body = match task.list {
            List::CloudMap => body(token.as_deref()),
            List::KafkaConnect(_) => Bytes::new(),
        };
        let response = connection
            .send_request(request.body(Full::new(body))?)
            .await?;
        let body = response.into_body().collect().await?.to_bytes();
        count += 100;
        token = next(&body);
        if token.is_none() {
            return Ok(count);
        }
    }
}

fn request(list: &List, token: Option<&str>) -> Outcome<http::request::Builder> {
    Ok(match list {
        List::CloudMap => Request::post("/")
            .header("content-type", "application/x-amz-json-1.1")
            .header("x-amz-target", "Route53AutoNaming_v20170314.ListOperations"),
        List::KafkaConnect(arn) => {
            let mut uri = format!(
                "/v1/connectors/{}/operations",
                utf8_percent_encode(arn, NON_ALPHANUMERIC)
            );
            if let Some(token) = token {
                uri.push_str("?nextToken=");
                uri.extend(utf8_percent_encode(token, NON_ALPHANUMERIC));
            }
            Request::get(uri)
        }
    })
}

fn body(token: Option<&str>) -> Bytes {
    match token {
        Some(token) => format!(r#"{{"NextToken":"{token}"}}"#).into(),
        None => Bytes::from_static(b"{}"),
    }
}

/// The token, which stands near the end.
fn next(body: &[u8]) -> Option<String> {
    let tail = std::str::from_utf8(&body[body.len().saturating_sub(300)..]).ok()?;
    let (_, token) = tail.split_once("extToken\":\"")?;
    Some(token.split_once('"')?.0.to_owned())
}
