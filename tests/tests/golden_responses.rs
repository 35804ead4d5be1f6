//! Responses, held against what is expected of them, and their values against botocore's.

use bytes::Bytes;
use http::Response;
use ops_model::request_id;
use ops_tests::outcome::{Outcome, Reply, normal};
use ops_tests::vectors::{CBOR, Expect, ResponseRow};
use serde_json::Value;

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
    Outcome::of(&row.operation, row.protocol == CBOR, &response(row))
}
