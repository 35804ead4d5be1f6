//! Responses, held against what is expected of them, and their values against botocore's.

use bytes::Bytes;
use http::Response;
use ops_model::cloud_map::{GetOperation, ListOperations, RpcV2Cbor};
use ops_model::kafka_connect::{DescribeConnectorOperation, ListConnectorOperations};
use ops_model::{
    Call, ErrorCode, MalformedResponse, Page, ResponseError, ServiceError, Timestamp, Token,
    request_id,
};
use ops_tests::vectors::{CBOR, Expect, ResponseRow};
use serde::Serialize;
use serde_json::{Map, Value, json};

/// What a response comes to.
#[derive(Debug, PartialEq)]
enum Outcome {
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
#[derive(Debug, PartialEq)]
struct Reply {
    status: u16,
    request_id: Option<String>,
}

/// Every row with another outcome than the expected one, and why.
fn differences() -> Vec<(&'static str, &'static str, Outcome)> {
    let reply = |status| Reply {
        status,
        request_id: Some("6f2b1c1e-0000-4000-8000-000000000000".to_owned()),
    };
    vec![
        (
            "kdesc-config-null-value",
            "the row is about a map; an operation's ARN and state are required",
            Outcome::Malformed(reply(200)),
        ),
        (
            "cbor-err-header-ignored",
            "the header is ignored, the body's `__type` is not: it is x#InvalidInput",
            Outcome::Error {
                reply: reply(400),
                code: Some("InvalidInput".to_owned()),
                message: None,
            },
        ),
    ]
}

#[test]
fn responses_come_to_what_is_expected() {
    let mut differences = differences();
    for row in ResponseRow::all() {
        let row = with_made_up_members(row);
        let id = &row.id;
        let (outcome, expected) = (decode(&row), expected(&row));
        match differences.iter().position(|(differs, ..)| differs == id) {
            None => assert_eq!(outcome, expected, "{id}"),
            Some(listed) => {
                assert_ne!(outcome, expected, "{id} differs no more");
                assert_eq!(outcome, differences.swap_remove(listed).2, "{id}");
            }
        }
    }
    let left: Vec<_> = differences.iter().map(|(id, ..)| id).collect();
    assert!(left.is_empty(), "no row has the id {left:?}");
}

#[test]
fn the_request_id_is_in_either_header() {
    for row in ResponseRow::all() {
        assert_eq!(
            request_id(response(&row).headers()),
            sent_request_id(&row),
            "{}",
            row.id
        );
    }
}

fn sent_request_id(row: &ResponseRow) -> Option<String> {
    ["x-amzn-RequestId", "x-amz-request-id"]
        .iter()
        .find_map(|name| row.headers.get(*name).cloned())
}

fn response(row: &ResponseRow) -> Response<Bytes> {
    let mut response = Response::builder().status(row.status);
    for (name, value) in &row.headers {
        response = response.header(name, value);
    }
    let text = || row.body.clone().unwrap().into_bytes();
    let body = row.body_base64.clone().unwrap_or_else(text);
    response.body(body.into()).unwrap()
}

/// Rows of rpcv2Cbor that are about other members than an operation's id and status: what makes these up.
const MADE_UP: [(&str, &[u8], &[u8]); 3] = [
    (
        "cbor-list-unknown-members",
        b"\xa2bIdaa",
        b"\xa3fStatusdFAILbIdaa",
    ),
    (
        "cbor-get-half-float-ts",
        b"\xa1jCreateDate",
        b"\xa3bIdaafStatusdFAILjCreateDate",
    ),
    (
        "cbor-get-negative-ts",
        b"\xa1jCreateDate",
        b"\xa3bIdaafStatusdFAILjCreateDate",
    ),
];

fn with_made_up_members(mut row: ResponseRow) -> ResponseRow {
    let Some((_, before, after)) = MADE_UP.into_iter().find(|(id, ..)| *id == row.id) else {
        return row;
    };
    let body = row.body_base64.unwrap();
    let start = body.windows(before.len()).position(|part| part == before);
    let (head, tail) = body.split_at(start.expect("the members that the row has"));
    row.body_base64 = Some([head, after, &tail[before.len()..]].concat());

    let mut parsed: Value = serde_json::from_str(row.parsed.unwrap().get()).unwrap();
    for pointer in ["/Operation", "/Operations/0"] {
        if let Some(Value::Object(members)) = parsed.pointer_mut(pointer) {
            members.insert("Id".to_owned(), "a".into());
            members.insert("Status".to_owned(), "FAIL".into());
        }
    }
    row.parsed = Some(serde_json::value::to_raw_value(&parsed).unwrap());
    row
}

fn expected(row: &ResponseRow) -> Outcome {
    let parsed = || {
        row.parsed
            .as_ref()
            .map(|parsed| serde_json::from_str::<Value>(parsed.get()).unwrap())
    };
    match &row.expect {
        Expect::Value => Outcome::Value(normal(parsed().unwrap())),
        Expect::Items { bad_indices } => {
            // botocore refuses some pages for one item: then the good ones are those of the body.
            let page = parsed()
                .unwrap_or_else(|| serde_json::from_str(row.body.as_ref().unwrap()).unwrap());
            Outcome::Items(bad_indices.clone(), normal(without(page, bad_indices)))
        }
        Expect::Malformed => Outcome::Malformed(Reply {
            status: row.status,
            request_id: sent_request_id(row),
        }),
        Expect::Error {
            status,
            code,
            message,
            request_id,
        } => Outcome::Error {
            reply: Reply {
                status: *status,
                request_id: request_id.clone(),
            },
            code: code.clone(),
            message: message.clone(),
        },
    }
}

/// A page without the items in these places.
fn without(mut page: Value, places: &[usize]) -> Value {
    let lists = page
        .as_object_mut()
        .unwrap()
        .values_mut()
        .filter_map(Value::as_array_mut);
    for list in lists {
        let mut place = 0..;
        list.retain(|_| !places.contains(&place.next().unwrap()));
    }
    page
}

fn decode(row: &ResponseRow) -> Outcome {
    let response = response(row);
    let cbor = row.protocol == CBOR;
    match row.operation.as_str() {
        ListOperations::NAME => {
            let decode = if cbor {
                RpcV2Cbor::<ListOperations>::decode
            } else {
                ListOperations::decode
            };
            page(decode(&response), "Operations", "NextToken")
        }
        GetOperation::NAME => {
            let decode = if cbor {
                RpcV2Cbor::<GetOperation>::decode
            } else {
                GetOperation::decode
            };
            value(decode(&response).map(|operation| json!({"Operation": operation})))
        }
        ListConnectorOperations::NAME => page(
            ListConnectorOperations::decode(&response),
            "connectorOperations",
            "nextToken",
        ),
        DescribeConnectorOperation::NAME => {
            value(DescribeConnectorOperation::decode(&response).map(|operation| json!(operation)))
        }
        other => panic!("{other}"),
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

/// The same value for ours and botocore's: dates as milliseconds, and nothing that says as much as its absence:
/// `null`, empty lists and maps, an empty token.
fn normal(value: Value) -> Value {
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
