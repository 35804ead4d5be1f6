//! What is left of a client without a signature and without a look at what it gets, but for the token.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{List, Outcome, Task};

/// Lists, by what sends a request and collects the body. Counts 100 operations for each page.
pub async fn list(
    task: &Task,
    mut send: impl AsyncFnMut(Request<Full<Bytes>>) -> Outcome<Bytes>,
) -> Outcome<u64> {
    let mut token: Option<String> = None;
    let mut count = 0;
    loop {
        let body = send(request(task, token.as_deref())?).await?;
        count += 100;
        token = next_token(&body);
        if token.is_none() {
            return Ok(count);
        }
    }
}

/// The request for the page of this token.
fn request(task: &Task, token: Option<&str>) -> Outcome<Request<Full<Bytes>>> {
    let url = &task.url;
    let (request, body) = match &task.list {
        List::CloudMap => {
            let request = Request::post(format!("{url}/"))
                .header("content-type", "application/x-amz-json-1.1")
                .header("x-amz-target", "Route53AutoNaming_v20170314.ListOperations");
            let body = match token {
                Some(token) => format!(r#"{{"NextToken":"{token}"}}"#).into(),
                None => Bytes::from_static(b"{}"),
            };
            (request, body)
        }
        List::KafkaConnect(arn) => {
            let arn = utf8_percent_encode(arn, NON_ALPHANUMERIC);
            let mut uri = format!("{url}/v1/connectors/{arn}/operations");
            if let Some(token) = token {
                uri.push_str("?nextToken=");
                uri.extend(utf8_percent_encode(token, NON_ALPHANUMERIC));
            }
            (Request::get(uri), Bytes::new())
        }
    };
    let host = url.trim_start_matches("http://");
    Ok(request.header("host", host).body(Full::new(body))?)
}

/// The token of the next page, which stands near the end of this one.
fn next_token(body: &[u8]) -> Option<String> {
    let tail = std::str::from_utf8(&body[body.len().saturating_sub(300)..]).ok()?;
    let (_, token) = tail.split_once("extToken\":\"")?;
    Some(token.split_once('"')?.0.to_owned())
}
