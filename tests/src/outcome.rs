//! What our codecs make of a response, in a form that compares with what others make of it.

use bytes::Bytes;
use http::Response;
use ops_model::cloud_map::{GetOperation, ListOperations, RpcV2Cbor};
use ops_model::kafka_connect::{DescribeConnectorOperation, ListConnectorOperations};
use ops_model::{
    Call, ErrorCode, MalformedResponse, Page, ResponseError, ServiceError, Timestamp, Token,
};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What a response comes to.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Value(Value),
    /// A page with bad items in these places.
    Items(Vec<usize>, Value),
    Malformed(Reply),
    Error {
        reply: Reply,
        code: Option<String>,
        message: Option<String>,
    },
}

/// What is kept of a response that is no value.
#[derive(Debug, PartialEq, Serialize)]
pub struct Reply {
    pub status: u16,
    pub request_id: Option<String>,
}

impl Outcome {
    /// What a call of this name makes of the response; over rpcv2Cbor if `cbor` holds.
    pub fn of(operation: &str, cbor: bool, response: &Response<Bytes>) -> Self {
        match operation {
            ListOperations::NAME => {
                let decode = if cbor {
                    RpcV2Cbor::<ListOperations>::decode
                } else {
                    ListOperations::decode
                };
                page(decode(response), "Operations", "NextToken")
            }
            GetOperation::NAME => {
                let decode = if cbor {
                    RpcV2Cbor::<GetOperation>::decode
                } else {
                    GetOperation::decode
                };
                value(decode(response).map(|operation| json!({"Operation": operation})))
            }
            ListConnectorOperations::NAME => page(
                ListConnectorOperations::decode(response),
                "connectorOperations",
                "nextToken",
            ),
            DescribeConnectorOperation::NAME => {
                value(DescribeConnectorOperation::decode(response).map(|it| json!(it)))
            }
            other => panic!("{other}"),
        }
    }
}

fn page<T: Serialize>(
    page: Result<Page<T>, ResponseError>,
    items: &str,
    next_token: &str,
) -> Outcome {
    let page = match page {
        Ok(page) => page,
        Err(error) => return failure(error),
    };
    assert!(
        page.entries().map(|(index, _)| index).eq(0..page.len()),
        "every entry has its place"
    );
    let bad: Vec<_> = page.bad_items().map(|bad| bad.index).collect();
    let value = normal(json!({
        items: page.items().collect::<Vec<_>>(),
        next_token: page.next_token().map(Token::as_str),
    }));
    if bad.is_empty() {
        Outcome::Value(value)
    } else {
        Outcome::Items(bad, value)
    }
}

fn value(value: Result<Value, ResponseError>) -> Outcome {
    value.map_or_else(failure, |value| Outcome::Value(normal(value)))
}

fn failure(error: ResponseError) -> Outcome {
    let reply = |status: http::StatusCode, request_id| Reply {
        status: status.as_u16(),
        request_id,
    };
    match error {
        ResponseError::Malformed(MalformedResponse {
            status, request_id, ..
        }) => Outcome::Malformed(reply(status, request_id)),
        ResponseError::Service(ServiceError {
            status,
            code,
            message,
            request_id,
            ..
        }) => Outcome::Error {
            reply: reply(status, request_id),
            code: code.as_ref().map(ErrorCode::as_str).map(str::to_owned),
            message,
        },
    }
}

/// The same value for ours and another's: dates as milliseconds, and nothing that says as much as its absence:
/// `null`, empty lists and maps, an empty token.
pub fn normal(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            if let Some(Value::String(seconds)) = members.get("$ts") {
                return millis(seconds).into();
            }
            let members = members.into_iter().map(|(name, value)| {
                let value = match name.as_str() {
                    "CreateDate" | "UpdateDate" if value.is_number() => {
                        millis(&value.to_string()).into()
                    }
                    "creationTime" | "endTime" if value.is_string() => value
                        .as_str()
                        .unwrap()
                        .parse::<Timestamp>()
                        .unwrap()
                        .as_millis()
                        .into(),
                    _ => normal(value),
                };
                (name, value)
            });
            Value::Object(
                members
                    .filter(|(name, value)| !says_nothing(name, value))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(values) => values.into_iter().map(normal).collect(),
        other => other,
    }
}

fn says_nothing(name: &str, value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(values) => values.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::String(text) => name.eq_ignore_ascii_case("NextToken") && text.is_empty(),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

/// Milliseconds of decimal seconds, rounded.
fn millis(seconds: &str) -> i64 {
    (seconds.parse::<f64>().unwrap() * 1000.0).round() as i64
}
