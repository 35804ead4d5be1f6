//! Requests as text, and what comes back as JSON.

use bytes::Bytes;
use ops_fake::FakeService;
use serde_json::Value;

/// A response: its status, its headers, and its body as JSON.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: http::HeaderMap,
    pub(crate) json: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

/// POSTs a body to Cloud Map.
pub(crate) fn post(service: &FakeService, operation: &str, body: &str) -> Answer {
    let request = http::Request::post("/")
        .header("Content-Type", "application/x-amz-json-1.1")
        .header(
            "X-Amz-Target",
            format!("Route53AutoNaming_v20170314.{operation}"),
        )
        .body(Bytes::copy_from_slice(body.as_bytes()));
    send(service, request.unwrap())
}

/// GETs a path of MSK Connect.
pub(crate) fn get(service: &FakeService, path: &str) -> Answer {
    send(
        service,
        http::Request::get(path).body(Bytes::new()).unwrap(),
    )
}

pub(crate) fn send(service: &FakeService, request: http::Request<Bytes>) -> Answer {
    let (parts, body) = service.respond(request).into_parts();
    Answer {
        status: parts.status.as_u16(),
        headers: parts.headers,
        json: serde_json::from_slice(&body).unwrap(),
    }
}

/// A member of each item of a list.
pub(crate) fn column<'a>(list: &'a Value, member: &str) -> Vec<&'a str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|item| item[member].as_str().unwrap())
        .collect()
}
