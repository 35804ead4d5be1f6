mod forms;

use http::{HeaderMap, StatusCode, header};

use super::*;
use crate::cloud_map::{
    Filter, GetOperation, ListOperations, Operation, OperationStatus, OperationSummary,
};
use crate::{
    EndReason, ErrorCode, MalformedResponse, Page, PageSize, Pager, PagerStep, Route, encode_error,
};

const PATH: &str = "/service/Route53AutoNaming_v20170314/operation/ListOperations";

fn base() -> BaseUrl {
    "https://servicediscovery.us-east-1.amazonaws.com"
        .parse()
        .unwrap()
}

fn response(status: u16, body: &[u8]) -> http::Response<Bytes> {
    http::Response::builder()
        .status(status)
        .header("smithy-protocol", "rpc-v2-cbor")
        .header("x-amzn-requestid", "id")
        .body(Bytes::copy_from_slice(body))
        .unwrap()
}

fn list(body: &[u8]) -> Result<Page<OperationSummary>, ResponseError> {
    RpcV2Cbor::<ListOperations>::decode(&response(200, body))
}

fn get(body: &[u8]) -> Result<Operation, ResponseError> {
    RpcV2Cbor::<GetOperation>::decode(&response(200, body))
}

/// The reason why a body is not what the service documents.
fn reason<T: std::fmt::Debug>(result: Result<T, ResponseError>) -> String {
    match result {
        Err(ResponseError::Malformed(MalformedResponse { reason, .. })) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_listing_goes_from_page_to_page() {
    let call = RpcV2Cbor(ListOperations::new().with_token("1").unwrap());
    let mut pager = Pager::new(call);
    for (token, next) in [("1", Some("2")), ("2", None)] {
        let Ok(PagerStep::Fetch(call)) = pager.step() else {
            panic!("{token}")
        };
        assert_eq!(call.token(), Some(&Token::new(token)));
        let operation = OperationSummary::new("id", OperationStatus::Pending);
        let page = pager.on_page(Page::new([Ok(operation)], next.map(Token::new)));
        assert_eq!(page.len(), 1);
    }
    assert_eq!(pager.step(), Ok(PagerStep::Done(EndReason::Exhausted)));
}

fn request(headers: &[(&str, &str)], body: &[u8]) -> http::Request<Bytes> {
    let mut request = http::Request::post(PATH);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::copy_from_slice(body)).unwrap()
}

#[test]
fn a_request_names_the_protocol_and_no_target() {
    let call = RpcV2Cbor(
        ListOperations::new()
            .with_filter(Filter::status(OperationStatus::Fail).unwrap())
            .with_page_size(PageSize::MAX)
            .with_token("t")
            .unwrap(),
    );
    let request = call.encode(&base()).unwrap();
    assert_eq!(request.method(), "POST");
    assert_eq!(request.uri().path(), PATH);
    let expected = [
        ("host", "servicediscovery.us-east-1.amazonaws.com"),
        ("smithy-protocol", "rpc-v2-cbor"),
        ("content-type", "application/cbor"),
        ("accept", "application/cbor"),
    ];
    let expected: HeaderMap = expected
        .iter()
        .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
        .collect();
    assert_eq!(*request.headers(), expected);
    assert_eq!(
        &request.body()[..],
        b"\xa3jMaxResults\x18diNextTokenatgFilters\x81\xa3dNamefSTATUSfValues\x81dFAILiConditionbEQ"
    );
    assert_eq!(Route::of(&request), Route::ListOperations);
    assert_eq!(Protocol::of(&request), Protocol::RpcV2Cbor);
    assert_eq!(RpcV2Cbor::decode_request(&request), Ok(call));

    let call = RpcV2Cbor(GetOperation::new("op").unwrap());
    let request = call.encode(&base()).unwrap();
    assert_eq!(&request.body()[..], b"\xa1kOperationIdbop");
    assert_eq!(Route::of(&request), Route::GetOperation);
    assert_eq!(RpcV2Cbor::decode_request(&request), Ok(call));
}

#[test]
fn a_checkpoint_over_one_protocol_resumes_over_the_other() {
    let call = ListOperations::new().with_page_size(PageSize::MAX);
    let record = RpcV2Cbor(call.clone()).to_record();
    assert_eq!(record, call.to_record());
    assert_eq!(
        RpcV2Cbor::<ListOperations>::from_record(&record),
        Ok(RpcV2Cbor(call))
    );
    assert_eq!(
        RpcV2Cbor::<ListOperations>::NAME,
        <ListOperations as Call>::NAME
    );
}

#[test]
fn a_request_belongs_to_the_protocol_that_its_header_names() {
    let operation = "/service/Route53AutoNaming_v20170314/operation/GetOperation";
    let check = |method: &str, path: &str, headers: &[(&str, &str)], route: Route| {
        let mut request = request(headers, b"\xa0");
        *request.method_mut() = method.parse().unwrap();
        *request.uri_mut() = path.parse().unwrap();
        assert_eq!(Route::of(&request), route, "{method} {path} {headers:?}");
    };
    let cbor = ("smithy-protocol", "rpc-v2-cbor");
    let unknown_operation = Route::UnknownOperation(Service::CloudMap);
    check("POST", PATH, &[cbor], Route::ListOperations);
    check("POST", operation, &[cbor], Route::GetOperation);
    check(
        "POST",
        &format!("/any/prefix{operation}?x"),
        &[cbor],
        Route::GetOperation,
    );
    let absolute = "/service/com.amazonaws.servicediscovery.Route53AutoNaming_v20170314/operation/GetOperation";
    check("POST", absolute, &[cbor], Route::GetOperation);
    check("GET", PATH, &[cbor], unknown_operation);
    for name in [
        "GetService",
        "",
        "com.amazonaws.servicediscovery.GetOperation",
    ] {
        let path = format!("/service/Route53AutoNaming_v20170314/operation/{name}");
        check("POST", &path, &[cbor], unknown_operation);
    }
    for path in [
        "/",
        "/operation/ListOperations",
        "/service/Route53AutoNaming_v20170314/operation/ListOperations/",
        "/services/Route53AutoNaming_v20170314/operation/ListOperations",
        "/service/Route53AutoNaming_v20170314/operations/ListOperations",
        "/service/DynamoDB_20120810/operation/ListOperations",
        "/service/com.amazonaws.Route53AutoNaming_v20170314/operation/ListOperations",
        "/service/com.amazonaws.servicediscoveryRoute53AutoNaming_v20170314/operation/ListOperations",
    ] {
        check("POST", path, &[cbor], Route::UnknownService);
    }
    // Such a request is one of neither protocol.
    let target = "Route53AutoNaming_v20170314.GetOperation";
    for name in ["x-amz-target", "x-amzn-target"] {
        check("POST", PATH, &[cbor, (name, target)], Route::UnknownService);
    }
    for value in ["rpc-v2-json", "rpc-v2-cbor2", "RPC-V2-CBOR", ""] {
        let header = ("smithy-protocol", value);
        check("POST", PATH, &[header], Route::UnknownService);
        assert_eq!(Protocol::of(&request(&[header], b"")), Protocol::RestJson1);
    }
    check("POST", PATH, &[], Route::UnknownService);
    check(
        "POST",
        PATH,
        &[("x-amz-target", target)],
        Route::GetOperation,
    );
}

#[test]
fn a_page_ends_the_list_without_a_token_or_with_an_empty_one() {
    for body in [
        &b""[..],
        b"\xa0",
        b"\xbf\xff",
        b"\xa2jOperations\xf6iNextToken\xf7",
        b"\xa2jOperations\x80iNextToken\x60",
        b"\xd9\xd9\xf7\xa1jOperations\xd8\x20\x9f\xff",
        b"\xa2joperations\x81\xf6inextTokenat",
        b"\xa3\x01\x02\xf6\x03\x61\xff\x04",
    ] {
        let page = list(body).unwrap();
        assert!(page.is_empty() && page.next_token().is_none(), "{body:?}");
    }
    let page = list(b"\xa1iNextTokenat").unwrap();
    assert!(page.is_empty() && page.next_token().is_some());
}

#[test]
fn a_bad_item_stands_in_its_place_and_loses_nothing_else() {
    let check = |item: &[u8], id: Option<&str>, reason: &str| {
        let body = [
            b"\xa2jOperations\x83\xa2bIdaafStatusdFAIL",
            item,
            b"\xa3fStatusiCANCELLEDbIdacaX\x81\xf7iNextTokenat",
        ];
        let page = list(&body.concat()).unwrap();
        let ids: Vec<_> = page.items().map(|item| item.id.as_str()).collect();
        assert_eq!(ids, ["a", "c"], "{item:02x?}");
        let statuses: Vec<_> = page.items().map(|item| item.status.as_str()).collect();
        assert_eq!(statuses, ["FAIL", "CANCELLED"]);
        assert!(page.next_token().is_some());
        let bad: Vec<_> = page.bad_items().collect();
        let expected = crate::BadItem::new(1, id.map(str::to_owned), reason);
        assert_eq!(bad, [&expected], "{item:02x?}");
    };
    check(b"\xf6", None, "expected a map");
    check(b"\xf7", None, "expected a map");
    check(b"\x82aadFAIL", None, "expected a map");
    check(b"\xa0", None, "missing field `Id`");
    check(b"\xa1bIdab", Some("b"), "missing field `Status`");
    check(b"\xa2bIdabfStatus\xf6", Some("b"), "missing field `Status`");
    check(b"\xa2bId\x07fStatusdFAIL", None, "`Id`: expected a string");
    check(
        b"\xa2bIdabfStatus\x07",
        Some("b"),
        "`Status`: expected a string",
    );
    check(
        b"\xa2bId\x61\xfffStatusdFAIL",
        None,
        "`Id`: expected a string",
    );
    check(b"\xa2bId\x41bfStatusdFAIL", None, "`Id`: expected a string");
    check(b"\xa2bIdabbIdac", None, "duplicate field `Id`");
}

#[test]
fn anything_but_the_documented_structure_is_malformed() {
    for (body, expected) in [
        (&b"\x80"[..], "expected a map"),
        (b"\xf6", "expected a map"),
        (b"\xa0\xa0", "something follows the data item"),
        (
            b"<html>canary",
            "the CBOR holds a data item that is not well-formed",
        ),
        (b"{}", "the CBOR ends within a data item"),
        (b"\xa1iNextToken\x05", "`NextToken`: expected a string"),
        (
            b"\xa1iNextToken\x46canary",
            "`NextToken`: expected a string",
        ),
        (b"\xa1jOperations\xa0", "`Operations`: expected a list"),
        (
            b"\xa2iNextTokenaaiNextTokenab",
            "duplicate field `NextToken`",
        ),
        (
            b"\xa1fcanary\x9f\x1c\xff",
            "the CBOR holds a data item that is not well-formed",
        ),
        (
            b"\xbb\x10\x00\x00\x00\x00\x00\x00\x00\x00",
            "the CBOR ends within a data item",
        ),
    ] {
        assert_eq!(reason(list(body)), expected, "{body:02x?}");
    }
    let nested = [&b"\xa1aX"[..], &[0x81; 1_000_000], b"\xf6"].concat();
    assert_eq!(
        reason(list(&nested)),
        "the CBOR is nested deeper than 128 levels"
    );
    for body in [
        &b"\xa0"[..],
        b"\xa1iOperation\xf6",
        b"\xa1iOperation\xa0",
        b"\xa1iOperation\xa1bIdaa",
        b"\xa1iOperation\xa1fStatusdFAIL",
        b"\xa1iOperation\xa2bId\x01fStatusdFAIL",
        b"\xa1iOperation\x81aa",
        b"\xa1iOperation\xa3bIdaafStatusdFAILgTargets\x80",
        b"\xa1iOperation\xa3bIdaafStatusdFAILgTargets\xa1\x01aa",
        b"\xa1iOperation\xa3bIdaafStatusdFAILgTargets\xa1aa\x01",
    ] {
        reason(get(body));
    }
}

#[test]
fn a_body_that_ends_early_is_malformed_at_every_byte() {
    let whole = b"\xbfjOperations\x9f\xbfbId\x7fbidaa\xfffStatus\x78\x07SUCCESSaX\xfb\x41\xd4\xd7\xfb\xf3\x80\0\0\xff\xff\
                  iNextTokenat\xff";
    assert_eq!(list(whole).unwrap().items().count(), 1);
    for length in 1..whole.len() {
        assert_eq!(
            reason(list(&whole[..length])),
            "the CBOR ends within a data item",
            "{length}"
        );
    }
}

#[test]
fn a_date_is_a_tagged_number_of_any_width_in_milliseconds() {
    let read = |date: &[u8]| {
        let body = [b"\xa1iOperation\xa3bIdaafStatusdFAILjCreateDate", date].concat();
        get(&body).map(|operation| operation.create_date.map(crate::Timestamp::as_millis))
    };
    for (date, millis) in [
        (&b"\xf6"[..], None),
        (b"\xf7", None),
        (b"\xc1\x00", Some(0)),
        (b"\xc1\x17", Some(23_000)),
        (b"\xc1\x20", Some(-1_000)),
        (b"\xc1\x18\xff", Some(255_000)),
        (b"\xc1\x38\x63", Some(-100_000)),
        (b"\xc1\x19\x01\x00", Some(256_000)),
        (b"\xc1\x1a\x5e\x98\x8c\xf4", Some(1_587_055_860_000)),
        (b"\xc1\x1b\0\0\0\0\x5e\x98\x8c\xf4", Some(1_587_055_860_000)),
        (b"\xc1\xf9\x3e\x00", Some(1_500)),
        (b"\xc1\xf9\xbe\x00", Some(-1_500)),
        (b"\xc1\xf9\x00\x01", Some(0)),
        (b"\xc1\xfa\x3f\xc0\x00\x00", Some(1_500)),
        // 1516925490.087, which an f64 that is cut off would turn into .086.
        (
            b"\xc1\xfb\x41\xd6\x9a\x9c\x8c\x85\x91\x68",
            Some(1_516_925_490_087),
        ),
        (b"\xd8\x01\x01", Some(1_000)),
        (b"\xdb\0\0\0\0\0\0\0\x01\x01", Some(1_000)),
        (b"\xd9\xd9\xf7\xc1\x01", Some(1_000)),
    ] {
        assert_eq!(read(date), Ok(millis), "{date:02x?}");
    }
    let untagged = "`Operation`: `CreateDate`: expected a tagged number of seconds since the epoch";
    let range = "`Operation`: `CreateDate`: the time lies outside of the years 0000 to 9999";
    for (date, expected) in [
        (&b"\x1a\x5e\x98\x8c\xf4"[..], untagged),
        (b"\xfb\x41\xd6\x9a\x9c\x8c\x85\x91\x68", untagged),
        (b"\xc0\x742018-01-26T00:11:30Z", untagged),
        (b"\xc1\x6a1516925490", untagged),
        (b"\xc1\xc1\x01", untagged),
        (b"\xc1\xf6", untagged),
        (b"\xc1\xf5", untagged),
        (b"\xc1\xc2\x41\x01", untagged),
        (b"\xc1\xf9\x7c\x00", range),
        (b"\xc1\xf9\x7e\x00", range),
        (b"\xc1\xfb\x7f\xf0\0\0\0\0\0\0", range),
        (b"\xc1\x1b\0\0\x00\x3a\xff\xf4\x41\x80", range),
        (b"\xc1\x1b\xff\xff\xff\xff\xff\xff\xff\xff", range),
        (b"\xc1\x3b\xff\xff\xff\xff\xff\xff\xff\xff", range),
    ] {
        assert_eq!(reason(read(date)), expected, "{date:02x?}");
    }
}

#[test]
fn an_error_has_its_code_in_the_type_alone() {
    let check = |body: &[u8], code: Option<&str>, message: Option<&str>| {
        let mut response = response(400, body);
        let headers = response.headers_mut();
        headers.insert("x-amzn-errortype", "Other".parse().unwrap());
        let error = match RpcV2Cbor::<ListOperations>::decode(&response) {
            Err(ResponseError::Service(error)) => error,
            other => panic!("{other:?}"),
        };
        assert_eq!(error.status, 400);
        assert_eq!(error.request_id.as_deref(), Some("id"));
        assert_eq!(error.code.as_ref().map(ErrorCode::as_str), code, "{body:?}");
        assert_eq!(error.message.as_deref(), message, "{body:?}");
    };
    check(
        b"\xa2f__type\x78\x2bcom.amazonaws.servicediscovery#InvalidInputgMessagecbad",
        Some("InvalidInput"),
        Some("bad"),
    );
    check(b"\xb9\x00\x01f__typebA:", Some("A"), None);
    check(b"\xa2gmessage\xf6gMessageam", None, Some("m"));
    check(b"\xa2f__type\x01gmessageam", None, Some("m"));
    check(b"\xa2dcodelInvalidInputdCodeax", None, None);
    for body in [
        &b""[..],
        b"\xa0",
        b"\x80",
        b"<html>",
        b"{}",
        b"\xa1f__type\x6ex",
    ] {
        check(body, None, None);
    }
    for code in ErrorCode::KNOWN {
        let sent = ServiceError::new(StatusCode::NOT_FOUND, code.clone(), "why: \"é\"");
        let response = encode_error(Protocol::RpcV2Cbor, &sent);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/cbor");
        assert_eq!(
            RpcV2Cbor::<GetOperation>::decode(&response),
            Err(ResponseError::Service(sent))
        );
    }
}

#[test]
fn of_a_response_without_the_protocol_s_header_only_the_status_counts() {
    for value in [None, Some("rpc-v2-json")] {
        let headers = |mut response: http::Response<Bytes>| {
            let headers = response.headers_mut();
            headers.remove("smithy-protocol");
            if let Some(value) = value {
                headers.insert("smithy-protocol", value.parse().unwrap());
            }
            response
        };
        let success = headers(response(200, b"\xa0"));
        assert_eq!(
            reason(RpcV2Cbor::<ListOperations>::decode(&success)),
            "the header smithy-protocol is not rpc-v2-cbor"
        );
        let failure = headers(response(503, b"\xa2f__typeaAgmessageam"));
        let error = match RpcV2Cbor::<ListOperations>::decode(&failure) {
            Err(ResponseError::Service(error)) => error,
            other => panic!("{other:?}"),
        };
        let (status, request_id) = (StatusCode::SERVICE_UNAVAILABLE, Some("id".to_owned()));
        assert_eq!((error.status, error.request_id), (status, request_id));
        assert_eq!((error.code, error.message), (None, None));
    }
}

#[test]
fn the_service_s_rules_and_messages_are_those_of_the_other_protocol() {
    let content_type = ("content-type", "application/cbor");
    let served =
        |body: &[u8]| RpcV2Cbor::<ListOperations>::decode_request(&request(&[content_type], body));
    let json = |body: &str| {
        ListOperations::decode_request(&http::Request::new(Bytes::copy_from_slice(body.as_bytes())))
    };
    let faults = served(
        b"\xa2jMaxResults\x18\x65gFilters\x82\xa2dNamefSTATUSfValues\x80\xa2dNameaXfValues\x81ax",
    );
    assert_eq!(
        faults.unwrap_err(),
        json(r#"{"MaxResults": 101, "Filters": [{"Name": "STATUS", "Values": []}, {"Name": "X", "Values": ["x"]}]}"#)
            .unwrap_err()
    );
    for (body, message) in [
        (&b"\x80"[..], "expected a map"),
        (b"\xa1jMaxResultsb10", "`MaxResults`: expected i64"),
        (
            b"\xa1jMaxResults\xfb\x40\x24\0\0\0\0\0\0",
            "`MaxResults`: expected i64",
        ),
        (
            b"\xa1jMaxResults\x1b\x80\0\0\0\0\0\0\0",
            "`MaxResults`: expected i64",
        ),
        (
            b"\xa1gFilters\x81\xa1dNamefSTATUS",
            "`Filters`: missing field `Values`",
        ),
        (
            b"\xa1gFilters\x81\xa2dNamefSTATUSfValues\x81\xf6",
            "`Filters`: `Values`: expected a string",
        ),
    ] {
        let error = served(body).unwrap_err();
        assert_eq!(
            error.code,
            Some(ErrorCode::SerializationException),
            "{body:02x?}"
        );
        assert_eq!(
            error.message.unwrap(),
            format!("the request cannot be read: {message}"),
            "{body:02x?}"
        );
    }
    for body in [&b""[..], b"\xa0", b"\xbf\xff", b"\xa1jMaxResults\xf7"] {
        assert_eq!(served(body), Ok(RpcV2Cbor::default()), "{body:02x?}");
    }
}

#[test]
fn a_request_with_a_body_is_of_the_protocol_s_content_type() {
    let served = |headers: &[(&str, &str)], body: &[u8]| {
        RpcV2Cbor::<ListOperations>::decode_request(&request(headers, body)).map_err(|error| {
            (
                error.status.as_u16(),
                error.code.unwrap().as_str().to_owned(),
            )
        })
    };
    let refused = Err((415, "UnsupportedMediaTypeException".to_owned()));
    for value in ["application/cbor", "Application/CBOR ; x=y"] {
        let ok = served(&[("content-type", value)], b"\xa0");
        assert_eq!(ok, Ok(RpcV2Cbor::default()), "{value}");
    }
    for value in ["application/json", "application/x-amz-json-1.1", "cbor", ""] {
        assert_eq!(
            served(&[("content-type", value)], b"\xa0"),
            refused,
            "{value}"
        );
    }
    assert_eq!(served(&[], b"\xa0"), refused);
    assert_eq!(served(&[], b""), Ok(RpcV2Cbor::default()));
}
