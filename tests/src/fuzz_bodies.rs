//! The bodies of the fuzz targets: functions of any bytes that panic if a rule is broken.
//!
//! `fuzz/` runs them on bytes that it finds, `tests/corpora.rs` on the bytes that are committed there.

use std::fmt::{Debug, Display};

use bytes::Bytes;
use http::{Request, Response};
use ops_model::cloud_map::{DateUnit, Filter, GetOperation, ListOperations, RawFilter, RpcV2Cbor};
use ops_model::kafka_connect::{DescribeConnectorOperation, ListConnectorOperations};
use ops_model::{
    BadItem, BaseUrl, Checkpoint, CheckpointError, EndReason, ErrorCode, Page, PagedCall, Pager,
    PagerStep, ResponseError, Route, ServedCall, ServiceError, encode_error, request_id,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Stands in bodies for what no reason may show.
const CANARY: &str = "canary";

/// A body.
pub type Target = fn(&[u8]);

/// Every target, by its name.
pub const TARGETS: [(&str, Target); 5] = [
    ("filter_shorthand", filter_shorthand),
    ("decode_responses", decode_responses),
    ("decode_requests", decode_requests),
    ("decode_cbor", decode_cbor),
    ("checkpoint", checkpoint),
];

/// A text as a filter: what can be read is written as it was read, in every form and unit.
pub fn filter_shorthand(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let filters = match RawFilter::parse_list(text) {
        Ok(filters) => filters,
        Err(error) => {
            one_line(&error);
            assert!(text.is_char_boundary(error.position()), "{error}");
            assert!(text.parse::<RawFilter>().is_err());
            return;
        }
    };
    let json = serde_json::to_string(&filters).unwrap();
    assert_eq!(
        RawFilter::parse_list(&json).as_ref(),
        Ok(&filters),
        "{json}"
    );
    for raw in filters {
        let shorthand = raw.to_string();
        assert_eq!(shorthand.parse().as_ref(), Ok(&raw), "{shorthand}");
        let json = serde_json::to_string(&raw).unwrap();
        assert_eq!(json.parse().as_ref(), Ok(&raw), "{json}");
        rules(&raw);
    }
}

fn rules(raw: &RawFilter) {
    for unit in [DateUnit::Milliseconds, DateUnit::Seconds] {
        match Filter::from_raw(raw, unit) {
            Ok(filter) => {
                assert_eq!(
                    Filter::from_raw(&filter.to_raw(unit), unit).as_ref(),
                    Ok(&filter)
                );
                assert_eq!(filter.to_string().parse().as_ref(), Ok(&filter));
                assert_eq!(
                    Filter::from_request(&filter.to_raw(DateUnit::Milliseconds)),
                    Ok(filter)
                );
            }
            Err(error) => {
                assert!(!error.violations().is_empty());
                one_line(&error);
            }
        }
    }
}

/// Four lines: the operation's number, the status, the headers `x-amzn-errortype` and `x-amzn-requestid`; then the body
/// of a response to that operation.
///
/// What can be read is read again as the service would write it, and from its serde form.
pub fn decode_responses(data: &[u8]) {
    let mut lines = data.splitn(5, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let operation = line();
    let Some(status) = std::str::from_utf8(line())
        .ok()
        .and_then(|status| status.parse::<u16>().ok())
    else {
        return;
    };
    let mut response = Response::builder().status(status);
    for name in ["x-amzn-errortype", "x-amzn-requestid"] {
        let value = line();
        if !value.is_empty() {
            response = response.header(name, value);
        }
    }
    let Ok(response) = response.body(Bytes::copy_from_slice(line())) else {
        return;
    };
    match operation {
        b"0" => page::<ListOperations>(&response),
        b"1" => value::<GetOperation>(&response),
        b"2" => page::<ListConnectorOperations>(&response),
        b"3" => value::<DescribeConnectorOperation>(&response),
        _ => {}
    }
}

fn value<C: ServedCall<Output: Debug + PartialEq + Serialize + DeserializeOwned>>(
    response: &Response<Bytes>,
) {
    match C::decode(response) {
        Ok(value) => {
            assert_eq!(C::decode(&C::encode_response(&value)).as_ref(), Ok(&value));
            recorded(&value);
        }
        Err(error) => failure::<C>(response, &error),
    }
}

fn page<
    C: PagedCall<Item: Clone + Debug + PartialEq + Serialize + DeserializeOwned> + ServedCall,
>(
    response: &Response<Bytes>,
) {
    let page = match C::decode(response) {
        Ok(page) => page,
        Err(error) => return failure::<C>(response, &error),
    };
    assert!(page.entries().map(|(index, _)| index).eq(0..page.len()));
    assert!(
        page.next_token()
            .is_none_or(|token| !token.as_str().is_empty())
    );
    for bad in page.bad_items() {
        one_line(bad);
        assert!(!bad.reason.contains(CANARY), "{bad}");
    }
    for item in page.items() {
        recorded(item);
    }
    // The service writes no bad items.
    let good = Page::new(
        page.items().cloned().map(Ok::<_, BadItem>),
        page.next_token().cloned(),
    );
    assert_eq!(C::decode(&C::encode_response(&page)), Ok(good));
}

/// A value and its serde form.
fn recorded<T: Debug + PartialEq + Serialize + DeserializeOwned>(value: &T) {
    let json = serde_json::to_string(value).unwrap();
    let read: T = serde_json::from_str(&json).unwrap();
    assert_eq!(read, *value, "{json}");
}

fn failure<C: ServedCall>(response: &Response<Bytes>, error: &ResponseError) {
    one_line(error);
    match error {
        ResponseError::Malformed(malformed) => {
            assert!(response.status().is_success());
            assert_eq!(malformed.request_id, request_id(response.headers()));
            assert!(!malformed.reason.contains(CANARY), "{malformed}");
        }
        ResponseError::Service(error) => {
            assert!(!response.status().is_success());
            assert_eq!(error.status, response.status());
            assert_eq!(error.request_id, request_id(response.headers()));
            served_error::<C>(error);
        }
    }
}

/// An error and the service's own form of it, which has no request id.
fn served_error<C: ServedCall>(error: &ServiceError) {
    let code = error.code.as_ref().map_or("", ErrorCode::as_str);
    // No service's code holds anything else: a `#` or a `:` would end it, a header takes visible ASCII only.
    if code.bytes().any(|byte| !byte.is_ascii_alphanumeric()) {
        return;
    }
    let read = match C::decode(&encode_error(C::PROTOCOL, error)) {
        Err(ResponseError::Service(read)) => read,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("an error was read as a value"),
    };
    assert_eq!(
        (read.status, read.code, read.message),
        (error.status, error.code.clone(), error.message.clone())
    );
}

/// Two lines, the operation's number and the URI; then the body of a request.
///
/// What a service reads is what a client writes.
pub fn decode_requests(data: &[u8]) {
    let mut lines = data.splitn(3, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let operation = line();
    let Ok(request) = Request::builder()
        .uri(line())
        .body(Bytes::copy_from_slice(line()))
    else {
        return;
    };
    let _any = Route::of(&request);
    match operation {
        b"0" => request_of::<ListOperations>(&request, Route::ListOperations),
        b"1" => request_of::<GetOperation>(&request, Route::GetOperation),
        b"2" => request_of::<ListConnectorOperations>(&request, Route::ListConnectorOperations),
        b"3" => {
            request_of::<DescribeConnectorOperation>(&request, Route::DescribeConnectorOperation);
        }
        _ => {}
    }
}

fn request_of<C: ServedCall + Debug + PartialEq>(request: &Request<Bytes>, route: Route) {
    match C::decode_request(request) {
        Ok(call) => {
            let Ok(written) = call.encode(&base()) else {
                return;
            };
            assert_eq!(Route::of(&written), route);
            assert_eq!(C::decode_request(&written), Ok(call));
        }
        Err(error) => {
            one_line(&error);
            assert!(error.status.is_client_error());
            assert!(error.code.is_some() && error.message.is_some());
            served_error::<C>(&error);
        }
    }
}

/// A line, the number of a decoder of rpcv2Cbor; then the body that it reads.
///
/// What can be read is read again as it would be written.
pub fn decode_cbor(data: &[u8]) {
    let mut lines = data.splitn(2, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (number, body) = (line(), Bytes::copy_from_slice(line()));
    let response = |status: u16| {
        let response = Response::builder().status(status);
        let response = response.header("smithy-protocol", "rpc-v2-cbor");
        response.body(body.clone()).expect("a response")
    };
    let request = || {
        let request = Request::builder().header("content-type", "application/cbor");
        request.body(body.clone()).expect("a request")
    };
    match number {
        b"0" => page::<RpcV2Cbor<ListOperations>>(&response(200)),
        b"1" => value::<RpcV2Cbor<GetOperation>>(&response(200)),
        b"2" => value::<RpcV2Cbor<GetOperation>>(&response(400)),
        b"3" => request_of::<RpcV2Cbor<ListOperations>>(&request(), Route::ListOperations),
        b"4" => request_of::<RpcV2Cbor<GetOperation>>(&request(), Route::GetOperation),
        _ => {}
    }
}

fn base() -> BaseUrl {
    "https://example.com".parse().expect("a URL")
}

/// A text as a checkpoint: what can be read is written as it was read, and resumes its own listing at its own place.
pub fn checkpoint(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let checkpoint: Checkpoint = match text.parse() {
        Ok(checkpoint) => checkpoint,
        Err(error) => return one_line(&error),
    };
    let written = checkpoint.to_json();
    assert!(!written.contains(['\n', '\r']), "{written}");
    assert!(written.parse::<Checkpoint>().is_ok(), "{written}");
    resume::<ListOperations>(&checkpoint);
    resume::<ListConnectorOperations>(&checkpoint);
}

fn resume<C: PagedCall + Clone + Debug + PartialEq>(checkpoint: &Checkpoint) {
    let call: C = match checkpoint.request() {
        Ok(call) => call,
        Err(error) => return one_line(&error),
    };
    assert_eq!(checkpoint.to_json().parse().as_ref(), Ok(checkpoint));
    assert_eq!(C::from_record(&call.to_record()).as_ref(), Ok(&call));
    let mut pager = match Pager::new(call).resume_from(checkpoint, checkpoint.origin()) {
        Ok(pager) => pager,
        // Its request is written in another way than ours: members in another order, or defaults.
        Err(
            error @ CheckpointError::Different {
                what: "request", ..
            },
        ) => return one_line(&error),
        Err(error) => panic!("{error}"),
    };
    assert!(matches!(pager.step(), Ok(PagerStep::Fetch(_))));
    assert_eq!(pager.checkpoint(checkpoint.origin()), *checkpoint);
    pager.on_page(Page::new([], None));
    assert!(matches!(
        pager.step(),
        Ok(PagerStep::Done(EndReason::Exhausted))
    ));
    assert_eq!(pager.checkpoint(checkpoint.origin()), *checkpoint);
}

/// Whatever holds a stranger's text is shown in one line, without control characters.
fn one_line(shown: &impl Display) {
    let text = shown.to_string();
    assert!(!text.chars().any(char::is_control), "{text:?}");
}
