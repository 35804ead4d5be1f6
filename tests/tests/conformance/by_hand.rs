//! The rows in memory, by requests that are written by hand and responses that are read by hand.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use ops_fake::FakeService;
use serde_json::Value;

use crate::judge::{Seen, filled, judge};
use crate::list::{self, Call, Protocol, Row, Sent, Step};

#[test]
fn every_row_holds_over_json() {
    for row in list::rows() {
        check(&row, Protocol::AwsJson);
    }
}

#[test]
fn every_row_of_cloud_map_holds_over_cbor() {
    let is_by_call = |step: &Step| !matches!(step, Step::Request(_));
    let mut count = 0;
    for row in list::rows() {
        if row
            .steps
            .iter()
            .all(|step| is_by_call(step) && !is_rest(step))
        {
            check(&row, Protocol::Cbor);
            count += 1;
        }
    }
    assert!(count > 30, "{count}");
}

fn is_rest(step: &Step) -> bool {
    matches!(step, Step::Call(call) if rest(&call.call, &call.input).is_some())
}

fn check(row: &Row, protocol: Protocol) {
    let service = row.service();
    let mut earlier: Vec<Option<Seen>> = Vec::new();
    for (number, step) in row.steps.iter().enumerate() {
        let (request, protocol, expect) = match step {
            Step::Advance(step) => {
                service.advance(Duration::from_secs(step.advance));
                earlier.push(None);
                continue;
            }
            Step::Call(call) => {
                let input = filled(&call.input, &earlier);
                let (request, protocol) = written(call, &input, protocol);
                (request, protocol, &call.expect)
            }
            Step::Request(step) => {
                let (request, protocol) = as_it_stands(&step.request);
                (request, protocol, &step.expect)
            }
        };
        let seen = read(&service, request, protocol);
        if let Err(found) = judge(expect, &seen, &earlier) {
            panic!(
                "{}, in step {} over {protocol:?}: {found}",
                row.name,
                number + 1
            );
        }
        earlier.push(Some(seen));
    }
}

/// The request of a call. MSK Connect has a protocol of its own.
fn written(call: &Call, input: &Value, protocol: Protocol) -> (Request<Bytes>, Protocol) {
    let name = &call.call;
    let (request, body, protocol) = match (rest(name, input), protocol) {
        (Some((method, path, body)), _) => (
            Request::builder().method(method).uri(path),
            body,
            Protocol::RestJson,
        ),
        (None, Protocol::Cbor) => {
            let mut body = Vec::new();
            ciborium::into_writer(input, &mut body).unwrap();
            let path = format!("/service/Route53AutoNaming_v20170314/operation/{name}");
            let request = Request::post(path)
                .header("smithy-protocol", "rpc-v2-cbor")
                .header("content-type", "application/cbor");
            (request, body, Protocol::Cbor)
        }
        (None, _) => {
            let request = Request::post("/")
                .header("content-type", "application/x-amz-json-1.1")
                .header(
                    "x-amz-target",
                    format!("Route53AutoNaming_v20170314.{name}"),
                );
            (request, input.to_string().into_bytes(), Protocol::AwsJson)
        }
    };
    let key = call.access_key.as_deref().unwrap_or("AKIDEXAMPLE");
    let scope = "20260101/us-east-1/servicediscovery/aws4_request";
    let authorization =
        format!("AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders=host, Signature=0");
    let request = request
        .header("authorization", authorization)
        .body(body.into());
    (request.unwrap(), protocol)
}

/// The method, the path with its query, and the body of a call of MSK Connect.
fn rest(name: &str, input: &Value) -> Option<(&'static str, String, Vec<u8>)> {
    let text = |member: &str| input[member].as_str().map(escaped).unwrap_or_default();
    let query = |members: &[&str]| {
        let pairs = members.iter().filter_map(|member| {
            let text = match input.get(member)? {
                Value::String(text) => escaped(text),
                other => other.to_string(),
            };
            Some(format!("{member}={text}"))
        });
        let pairs: Vec<String> = pairs.collect();
        if pairs.is_empty() {
            String::new()
        } else {
            format!("?{}", pairs.join("&"))
        }
    };
    let connector = || format!("/v1/connectors/{}", text("connectorArn"));
    Some(match name {
        "ListConnectorOperations" => {
            let query = query(&["maxResults", "nextToken"]);
            (
                "GET",
                format!("{}/operations{query}", connector()),
                Vec::new(),
            )
        }
        "DescribeConnectorOperation" => {
            let arn = text("connectorOperationArn");
            ("GET", format!("/v1/connectorOperations/{arn}"), Vec::new())
        }
        "ListConnectors" => ("GET", "/v1/connectors".to_owned(), Vec::new()),
        "UpdateConnector" => {
            let mut body = input.as_object().unwrap().clone();
            body.retain(|member, _| !["connectorArn", "currentVersion"].contains(&member.as_str()));
            let path = format!("{}{}", connector(), query(&["currentVersion"]));
            ("PUT", path, Value::Object(body).to_string().into_bytes())
        }
        _ => return None,
    })
}

fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn as_it_stands(sent: &Sent) -> (Request<Bytes>, Protocol) {
    let mut request = Request::builder()
        .method(sent.method.as_str())
        .uri(&sent.path);
    for (name, value) in &sent.headers {
        request = request.header(name, value);
    }
    let protocol = match sent.headers.contains_key("x-amz-target") {
        true => Protocol::AwsJson,
        false => Protocol::RestJson,
    };
    (request.body(sent.body.clone().into()).unwrap(), protocol)
}

fn read(service: &FakeService, request: Request<Bytes>, protocol: Protocol) -> Seen {
    let (head, body) = service.respond(request).into_parts();
    let body: Value = match protocol {
        Protocol::Cbor => without_tags(ciborium::from_reader(&body[..]).unwrap()),
        _ => serde_json::from_slice(&body).unwrap(),
    };
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let answer = if head.status == 200 {
        Ok(body.clone())
    } else {
        let code = match protocol {
            Protocol::RestJson => head.headers["x-amzn-errortype"]
                .to_str()
                .unwrap()
                .to_owned(),
            _ => text(&body["__type"]).unwrap(),
        };
        let code = code.rsplit('#').next().unwrap().to_owned();
        let message = text(&body["Message"]).or_else(|| text(&body["message"]));
        Err((code, message.unwrap()))
    };
    Seen {
        protocol,
        status: head.status.as_u16(),
        headers: head.headers,
        answer,
        body: Some(body),
    }
}

/// Dates as JSON has them.
fn without_tags(value: ciborium::Value) -> Value {
    match value {
        ciborium::Value::Tag(1, seconds) => without_tags(*seconds),
        ciborium::Value::Map(entries) => entries
            .into_iter()
            .map(|(name, member)| (name.into_text().unwrap(), without_tags(member)))
            .collect(),
        ciborium::Value::Array(items) => items.into_iter().map(without_tags).collect(),
        other => other.deserialized().unwrap(),
    }
}
