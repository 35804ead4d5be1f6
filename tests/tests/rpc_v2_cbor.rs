//! Cloud Map over rpcv2Cbor: the fake's answers to hand-written bytes, read by another codec, and the client's results,
//! held against those of awsJson1_1.

use bytes::Bytes;
use http::{Request, Response};
use ops_client::{BlockingClient, Error, Session};
use ops_fake::{FakeService, VirtualClock};
use ops_model::cloud_map::{
    Filter, GetOperation, ListOperations, OperationStatus, OperationSummary, RawFilter, RpcV2Cbor,
};
use ops_model::{EndpointParams, ErrorCode, PageSize, PagedCall};
use serde_json::{Value, json};

const PATH: &str = "/service/Route53AutoNaming_v20170314/operation/";

fn service() -> FakeService {
    // Page tokens remember when their listing began.
    FakeService::builder()
        .operations(250)
        .clock(VirtualClock::new())
        .record(1)
        .build()
}

fn client(service: &FakeService) -> BlockingClient {
    let params = EndpointParams::in_region("us-east-1".parse().unwrap());
    BlockingClient::new(Session::new(params), service.clone())
}

fn post(operation: &str, headers: &[(&str, &str)], body: &[u8]) -> Request<Bytes> {
    let mut request = Request::post(format!("{PATH}{operation}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::copy_from_slice(body)).unwrap()
}

const CBOR: [(&str, &str); 3] = [
    ("smithy-protocol", "rpc-v2-cbor"),
    ("content-type", "application/cbor"),
    ("accept", "application/cbor"),
];

/// What another codec reads in a response that is one of the protocol.
fn read(response: &Response<Bytes>) -> Value {
    assert_eq!(response.headers()["smithy-protocol"], "rpc-v2-cbor");
    assert_eq!(response.headers()["content-type"], "application/cbor");
    assert!(response.headers().contains_key("x-amzn-requestid"));
    untagged(ciborium::from_reader(&response.body()[..]).unwrap())
}

/// Dates as JSON has them.
fn untagged(value: ciborium::Value) -> Value {
    match value {
        ciborium::Value::Tag(1, seconds) => untagged(*seconds),
        ciborium::Value::Map(entries) => entries
            .into_iter()
            .map(|(key, value)| (key.into_text().unwrap(), untagged(value)))
            .collect(),
        ciborium::Value::Array(items) => items.into_iter().map(untagged).collect(),
        other => other.deserialized().unwrap(),
    }
}

fn json(service: &FakeService, operation: &str, body: &str) -> Value {
    let target = format!("Route53AutoNaming_v20170314.{operation}");
    let request = Request::post("/").header("x-amz-target", target);
    let response = service.respond(request.body(body.to_owned().into()).unwrap());
    serde_json::from_slice(response.body()).unwrap()
}

#[test]
fn another_codec_reads_the_fakes_answers_as_the_other_protocol_has_them() {
    let service = service();
    let pages: [(&[u8], &str); 4] = [
        (b"\xa0", "{}"),
        (b"\xbf\x6aMaxResults\x19\x00\x07\xff", r#"{"MaxResults": 7}"#),
        (
            b"\xa1gFilters\x9f\xa3dNamefSTATUSiConditionbINfValues\x82\x7f\x62FA\x62IL\xffgPENDING\xff",
            r#"{"Filters": [{"Name": "STATUS", "Condition": "IN", "Values": ["FAIL", "PENDING"]}]}"#,
        ),
        (
            b"\xa2jMaxResults\x01gFilters\x81\xa2dNamelNAMESPACE_IDfValues\x81bno",
            r#"{"MaxResults": 1, "Filters": [{"Name": "NAMESPACE_ID", "Values": ["no"]}]}"#,
        ),
    ];
    for (body, twin) in pages {
        let response = service.respond(post("ListOperations", &CBOR, body));
        assert_eq!(response.status(), 200);
        let page = read(&response);
        assert_eq!(page, json(&service, "ListOperations", twin), "{twin}");
        assert!(page["NextToken"].is_string(), "{twin}");
    }
    let ids = json(&service, "ListOperations", "{}");
    for summary in ids["Operations"].as_array().unwrap() {
        let id = summary["Id"].as_str().unwrap();
        let length = [id.len() as u8];
        let body = [b"\xa1kOperationId\x78", &length[..], id.as_bytes()].concat();
        let response = service.respond(post("GetOperation", &CBOR, &body));
        let twin = json(
            &service,
            "GetOperation",
            &json!({"OperationId": id}).to_string(),
        );
        assert_eq!(read(&response), twin, "{id}");
    }
}

#[test]
fn errors_are_written_in_the_protocol_of_the_request() {
    let service = service();
    let check = |request: Request<Bytes>, status: u16, code: &str, message: &str, text: &str| {
        let response = service.respond(request);
        assert_eq!(response.status(), status, "{code}");
        let error = read(&response);
        let shape = format!("com.amazonaws.servicediscovery#{code}");
        assert_eq!(error["__type"], shape.as_str());
        assert!(error[message].as_str().unwrap().contains(text), "{error}");
    };
    let list = |body| post("ListOperations", &CBOR, body);
    let too_many = list(b"\xa1jMaxResults\x18\x65");
    check(
        too_many,
        400,
        "InvalidInput",
        "Message",
        "it takes 1 to 100",
    );
    let broken = list(b"\xa1jMaxResults");
    check(
        broken,
        400,
        "SerializationException",
        "message",
        "ends within",
    );
    let get = post("GetOperation", &CBOR, b"\xa1kOperationIdbno");
    check(get, 404, "OperationNotFound", "Message", "no");
    let unknown = "UnknownOperationException";
    let other = post("ListNamespaces", &CBOR, b"\xa0");
    check(
        other,
        404,
        unknown,
        "message",
        "ListOperations and GetOperation",
    );
    let both = [
        &CBOR[..],
        &[("x-amz-target", "Route53AutoNaming_v20170314.GetOperation")],
    ]
    .concat();
    let both = post("GetOperation", &both, b"\xa0");
    check(both, 404, unknown, "message", "not both");
    let json = [
        ("smithy-protocol", "rpc-v2-cbor"),
        ("content-type", "application/json"),
    ];
    let json = post("ListOperations", &json, b"{}");
    check(
        json,
        415,
        "UnsupportedMediaTypeException",
        "message",
        "application/cbor",
    );

    // Without its header, a request is none of the protocol; so is the answer.
    let response = service.respond(post("ListOperations", &CBOR[1..], b"\xa0"));
    assert_eq!(response.status(), 404);
    assert_eq!(response.headers().get("smithy-protocol"), None);
    assert_eq!(response.headers()["x-amzn-errortype"], unknown);
}

/// Everything that a list gives over a protocol, and the error that ends it.
fn items<C>(client: &BlockingClient, call: C) -> (Vec<OperationSummary>, Option<Error>)
where
    C: PagedCall<Item = OperationSummary> + Clone,
{
    let mut items = Vec::new();
    for item in client.items(call).unwrap() {
        match item {
            Ok(item) => items.push(item),
            Err(error) => return (items, Some(error)),
        }
    }
    (items, None)
}

#[test]
fn a_client_gets_the_same_over_either_protocol() {
    let service = service();
    let client = client(&service);
    let some = ListOperations::new()
        .with_page_size(PageSize::new(7).unwrap())
        .with_filter(Filter::status_in([OperationStatus::Fail, OperationStatus::Pending]).unwrap());
    let (over_json, error) = items(&client, some.clone());
    assert!(error.is_none() && over_json.len() > 50);
    assert!(
        over_json
            .iter()
            .all(|item| item.status != OperationStatus::Success)
    );
    let (over_cbor, error) = items(&client, RpcV2Cbor(some));
    assert!(error.is_none());
    assert_eq!(over_cbor, over_json);
    let sent = service.requests().remove(0);
    assert_eq!(sent.uri().path(), format!("{PATH}ListOperations"));

    for item in over_json.iter().take(20) {
        let get = GetOperation::new(&item.id).unwrap();
        let operation = client.send(RpcV2Cbor(get.clone())).unwrap();
        assert_eq!(operation, client.send(get).unwrap());
        assert_eq!(operation.id, item.id);
    }
}

#[test]
fn a_client_gets_the_services_errors() {
    let client = client(&service());
    let error = client
        .send(RpcV2Cbor(GetOperation::new("no").unwrap()))
        .unwrap_err();
    let service_error = error.service_error().unwrap();
    assert_eq!(service_error.status, 404);
    assert_eq!(service_error.code, Some(ErrorCode::OperationNotFound));
    assert!(error.request_id().is_some());

    let wrong = ListOperations::new().with_unchecked_filter(RawFilter::new("NO", None, ["x"]));
    let (items, error) = items(&client, RpcV2Cbor(wrong));
    assert!(items.is_empty());
    let error = error.unwrap();
    assert_eq!(
        error.service_error().unwrap().code,
        Some(ErrorCode::InvalidInput)
    );
}

#[test]
fn a_list_begun_over_one_protocol_goes_on_over_the_other() {
    let client = client(&service());
    let call = ListOperations::new().with_page_size(PageSize::new(10).unwrap());
    let (whole, _) = items(&client, call.clone());

    let mut begun = client.items(RpcV2Cbor(call.clone())).unwrap();
    let mut ids: Vec<OperationSummary> = begun.by_ref().take(25).map(Result::unwrap).collect();
    let checkpoint = begun.checkpoint();
    let rest = client
        .items(call.clone())
        .unwrap()
        .resume_from(&checkpoint)
        .unwrap();
    ids.extend(rest.map(Result::unwrap));
    assert_eq!(ids, whole);

    let mut begun = client.items(call.clone()).unwrap();
    let mut ids: Vec<OperationSummary> = begun.by_ref().take(25).map(Result::unwrap).collect();
    let checkpoint = begun.checkpoint();
    let rest = client
        .items(RpcV2Cbor(call))
        .unwrap()
        .resume_from(&checkpoint)
        .unwrap();
    ids.extend(rest.map(Result::unwrap));
    assert_eq!(ids, whole);
}
