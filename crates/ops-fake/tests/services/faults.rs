//! Faults in memory: who meets them, and what the client gets.

use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use ops_fake::{FakeService, FakeServiceBuilder, Fault, VirtualClock};
use ops_model::{ErrorCode, ServiceError};
use ops_transport::{Attempt, BlockingTransport, TransportError, TransportErrorKind};
use serde_json::{Value, json};

fn list(service: &FakeService, body: &str) -> Result<http::Response<Bytes>, TransportError> {
    let request = http::Request::post("/")
        .header("x-amz-target", "Route53AutoNaming_v20170314.ListOperations")
        .header("x-amz-date", "20260101T000000Z")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/servicediscovery/aws4_request, Signature=0",
        )
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap();
    let attempt = Attempt::new("ListOperations").with_timeout(Duration::from_secs(1));
    service.send_blocking(request, &attempt)
}

fn builder() -> FakeServiceBuilder {
    FakeService::builder().clock(VirtualClock::new())
}

/// The status, or the kind of failure.
fn outcome(service: &FakeService) -> Result<u16, TransportErrorKind> {
    match list(service, "{}") {
        Ok(response) => Ok(response.status().as_u16()),
        Err(error) => Err(error.kind()),
    }
}

/// What a page of two comes to, if this is met.
fn page(fault: Fault) -> http::Response<Bytes> {
    let service = builder().faults([Some(fault)]).build();
    list(&service, r#"{"MaxResults":2}"#).unwrap()
}

fn json(response: &http::Response<Bytes>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

#[test]
fn the_nth_request_meets_the_nth_entry_and_none_after_the_end() {
    let faults = [None, Some(Fault::Garbage), None, Some(Fault::InternalError)];
    let service = builder().faults(faults).build();
    let seen = [(); 6].map(|()| outcome(&service));
    let garbage = Err(TransportErrorKind::InvalidResponse);
    assert_eq!(seen, [Ok(200), garbage, Ok(200), Ok(500), Ok(200), Ok(200)]);

    let endless = builder().faults(std::iter::repeat(Some(Fault::BadGateway)));
    let service = endless.build();
    assert!((0..1000).all(|_| outcome(&service) == Ok(502)));
}

#[test]
fn an_injected_fault_comes_first_and_the_schedule_waits() {
    let service = builder().faults([Some(Fault::InternalError)]).build();
    service.inject(Fault::BadGateway);
    service.clone().inject(Fault::MovedPermanently);
    let seen = [(); 4].map(|()| outcome(&service));
    assert_eq!(seen, [Ok(502), Ok(301), Ok(500), Ok(200)]);
}

#[test]
fn respond_meets_no_fault_and_uses_none_up() {
    let service = builder().faults([Some(Fault::InternalError)]).build();
    let request = http::Request::get("/").body(Bytes::new()).unwrap();
    assert_eq!(service.respond(request).status(), 404);
    assert_eq!(outcome(&service), Ok(500));
}

#[test]
fn what_is_refused_never_arrives() {
    let faults = [Some(Fault::Refuse), Some(Fault::ResetBeforeHead)];
    let service = builder().faults(faults).record(9).build();
    assert_eq!(outcome(&service), Err(TransportErrorKind::Connect));
    assert!(service.requests().is_empty());
    assert_eq!(outcome(&service), Err(TransportErrorKind::Closed));
    assert_eq!(service.requests().len(), 1);
}

#[test]
fn a_drip_takes_its_time_on_the_virtual_clock_and_no_more_than_the_attempt_has() {
    let check = |pause: Duration, took: Duration, arrives: bool| {
        let clock = VirtualClock::new();
        let service = FakeService::builder()
            .clock(clock.clone())
            .faults([Some(Fault::SlowDrip { pause })])
            .build();
        let expected = if arrives {
            Ok(200)
        } else {
            Err(TransportErrorKind::Timeout)
        };
        assert_eq!(outcome(&service), expected, "{pause:?}");
        assert_eq!(clock.now().monotonic, took, "{pause:?}");
        assert!(clock.slept().is_empty());
    };
    // As HTTP/1.1 writes it: a line for each header, and two bytes after each line.
    let response = list(&builder().build(), "{}").unwrap();
    let body = response.body().len();
    let headers = response.headers().iter();
    let lines = headers.map(|(name, value)| name.as_str().len() + ": \r\n".len() + value.len());
    let others = format!("HTTP/1.1 200 OK\r\ncontent-length: {body}\r\n\r\n").len();
    let bytes = (lines.sum::<usize>() + others + body) as u64;
    check(Duration::ZERO, Duration::ZERO, true);
    check(Duration::from_millis(1), Duration::from_millis(bytes), true);
    check(Duration::from_millis(3), Duration::from_secs(1), false);
    check(Duration::MAX, Duration::from_secs(1), false);
}

#[test]
fn the_error_names_the_fault() {
    let service = builder().faults([Some(Fault::HeaderFlood)]).build();
    let error = list(&service, "{}").unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(cause, "the fake enacts HeaderFlood");
}

#[test]
fn replies_are_spoiled_and_nothing_else_of_them() {
    let right = list(&builder().build(), r#"{"MaxResults":2}"#).unwrap();
    let check = |fault: Fault, status: u16, body: &[u8]| {
        let response = page(fault);
        assert_eq!(response.status(), status);
        assert_eq!(response.body(), body);
        assert_eq!(response.headers()["date"], right.headers()["date"]);
        let id = |response: &http::Response<Bytes>| response.headers()["x-amzn-requestid"].clone();
        assert_eq!(id(&response), id(&right));
    };
    let body = right.body();
    check(Fault::ArrayBody, 200, b"[]");
    check(Fault::NullBody, 200, b"null");
    check(Fault::TruncatedJson, 200, &body[..body.len() / 2]);
    check(
        Fault::ByteOrderMark,
        200,
        &[b"\xef\xbb\xbf", &body[..]].concat(),
    );
    check(Fault::InternalError, 500, b"");
    let error = ServiceError::new(StatusCode::CONFLICT, ErrorCode::OptInRequired, "no");
    check(
        Fault::Error(error.clone()),
        409,
        br#"{"__type":"OptInRequired","message":"no"}"#,
    );
    check(Fault::ErrorInHeader(error), 409, b"");

    let response = page(Fault::BadGateway);
    assert_eq!(response.headers()["content-type"], "text/html");
    assert!(response.body().starts_with(b"<html>"));
    for (fault, status) in [
        (Fault::MovedPermanently, 301),
        (Fault::TemporaryRedirect, 307),
    ] {
        let response = page(fault);
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["location"], "/elsewhere");
    }
}

#[test]
fn a_page_is_spoiled_in_one_place() {
    let right = json(&list(&builder().build(), r#"{"MaxResults":2}"#).unwrap());
    let check = |fault: Fault, pointer: &str, value: Value| {
        let mut expected = right.clone();
        *expected.pointer_mut(pointer).unwrap() = value;
        assert_eq!(json(&page(fault)), expected);
    };
    check(Fault::NullItem { index: 1 }, "/Operations/1", Value::Null);
    check(
        Fault::NullItem { index: 2 },
        "/NextToken",
        right["NextToken"].clone(),
    );
    check(Fault::NumericToken, "/NextToken", json!(7));
    check(Fault::ObjectToken, "/NextToken", json!({"next": 7}));
}

#[test]
fn credentials_expire_for_one_access_key() {
    let expired = |id: &str| {
        page(Fault::ExpiredCredentials {
            access_key_id: id.to_owned(),
        })
    };
    assert_eq!(expired("AKIDNEW").status(), 200);
    assert_eq!(expired("AKI").status(), 200);
    let response = expired("AKID");
    assert_eq!(response.status(), 403);
    assert_eq!(json(&response)["__type"], "ExpiredTokenException");
}

#[test]
fn a_skewed_clock_shows_its_own_date_and_refuses_signatures_of_another_time() {
    let check = |seconds: i64, status: u16, date: &str| {
        let response = page(Fault::SkewedClock { seconds });
        assert_eq!(response.status(), status, "{seconds}");
        assert_eq!(response.headers()["date"], date);
    };
    check(-300, 200, "Wed, 31 Dec 2025 23:55:00 GMT");
    check(301, 403, "Thu, 01 Jan 2026 00:05:01 GMT");
    check(-301, 403, "Wed, 31 Dec 2025 23:54:59 GMT");
    check(i64::MAX, 200, "Thu, 01 Jan 2026 00:00:00 GMT");
}

/// The ids of the pages that a service gives until it gives no token, or `most` of them; and the tokens.
fn pages(faults: Vec<Option<Fault>>, most: usize) -> (Vec<String>, Vec<String>) {
    let service = builder()
        .without_examples()
        .operations(5)
        .faults(faults)
        .build();
    let (mut ids, mut tokens) = (Vec::new(), Vec::new());
    let mut body = r#"{"MaxResults":1}"#.to_owned();
    while ids.len() < most {
        let page = json(&list(&service, &body).unwrap());
        ids.push(page["Operations"][0]["Id"].as_str().unwrap().to_owned());
        let Some(token) = page["NextToken"].as_str() else {
            break;
        };
        tokens.push(token.to_owned());
        body = json!({"MaxResults": 1, "NextToken": token}).to_string();
    }
    (ids, tokens)
}

#[test]
fn a_repeated_token_is_the_one_that_led_to_that_page_before() {
    let (list, tokens) = pages(vec![], 9);
    let back = |pages| Some(Fault::RepeatedToken { pages });
    let order = |numbers: &[usize]| numbers.iter().map(|number| list[*number].clone()).collect();

    let (ids, seen) = pages(vec![None, None, back(1)], 9);
    let expected: Vec<String> = order(&[0, 1, 2, 2, 3, 4]);
    assert_eq!(ids, expected);
    assert_eq!(seen[2], tokens[1]);

    let (ids, seen) = pages(vec![None, None, None, back(3)], 9);
    let expected: Vec<String> = order(&[0, 1, 2, 3, 1, 2, 3, 4]);
    assert_eq!(ids, expected);
    assert_eq!(seen[3], tokens[0]);

    // The first page was asked for without a token; beyond it there is nothing to go back to.
    let (ids, _) = pages(vec![None, back(9)], 4);
    let expected: Vec<String> = order(&[0, 1, 0, 1]);
    assert_eq!(ids, expected);
    // None is to go on, and behind the last page is nothing.
    assert_eq!(pages(vec![back(0); 5], 9).0, list);
}

#[test]
fn a_duplicate_page_comes_under_a_fresh_token_from_the_first_request_on() {
    let service = || builder().operations(5);
    let right = json(&list(&service().build(), r#"{"MaxResults":2}"#).unwrap());
    let body = json!({"MaxResults": 2, "NextToken": right["NextToken"]}).to_string();
    let second = json(&list(&service().build(), &body).unwrap());
    let again = service().faults([Some(Fault::DuplicatePage)]).build();
    let again = json(&list(&again, &body).unwrap());
    assert_eq!(again["Operations"], second["Operations"]);
    assert_ne!(again["NextToken"], right["NextToken"]);
}

#[test]
fn a_duplicate_page_comes_under_a_token_that_was_never_there() {
    let (list, tokens) = pages(vec![], 9);
    let (ids, seen) = pages(
        vec![None, Some(Fault::DuplicatePage), Some(Fault::DuplicatePage)],
        9,
    );
    let expected: Vec<String> = [0, 1, 1, 1, 2, 3, 4]
        .map(|number: usize| list[number].clone())
        .into();
    assert_eq!(ids, expected);
    assert_ne!(seen[1], seen[2]);
    assert!(!tokens.contains(&seen[1]) && !tokens.contains(&seen[2]));
    assert_eq!(seen[3], tokens[1]);
}

#[test]
fn a_token_fault_leaves_alone_what_is_no_page() {
    for fault in [
        Fault::RepeatedToken { pages: 1 },
        Fault::DuplicatePage,
        Fault::NumericToken,
        Fault::NullItem { index: 0 },
    ] {
        let service = FakeService::builder()
            .without_examples()
            .faults([Some(fault.clone()), Some(fault)])
            .build();
        let empty = json(&list(&service, "{}").unwrap());
        assert_eq!(empty["Operations"], json!([]));
        let refused = list(&service, r#"{"MaxResults":0}"#).unwrap();
        assert_eq!(refused.status(), 400);
        assert!(json(&refused).get("NextToken").is_none());
    }
}
