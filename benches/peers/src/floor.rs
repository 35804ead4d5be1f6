//! What is left of a client without a signature and without a look at what it gets, but for the token.

use bytes::Bytes;
use http::Request;
use http_body_util::Full;

use crate::{List, Outcome, Task, ask};

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
    let body = match (&task.list, token) {
        (List::CloudMap, Some(token)) => format!(r#"{{"NextToken":"{token}"}}"#).into(),
        (List::CloudMap, None) => Bytes::from_static(b"{}"),
        (List::KafkaConnect(_), _) => Bytes::new(),
    };
    let host = task.url.trim_start_matches("http://");
    let request = ask::request(task, token).header("host", host);
    Ok(request.body(Full::new(body))?)
}

/// The token of the next page, which stands near the end of this one.
fn next_token(body: &[u8]) -> Option<String> {
    let tail = std::str::from_utf8(&body[body.len().saturating_sub(300)..]).ok()?;
    let (_, token) = tail.split_once("extToken\":\"")?;
    Some(token.split_once('"')?.0.to_owned())
}
