//! The calls of Cloud Map as rpcv2Cbor, byte by byte.

use bytes::Bytes;
use ops_fake::FakeService;
use ops_model::cloud_map::{GetOperation, OperationStatus, RpcV2Cbor};
use ops_model::{Call, ErrorCode, ResponseError};
use serde_json::json;

use super::{created, empty};

fn send(service: &FakeService, name: &str, body: &[u8]) -> http::Response<Bytes> {
    let path = format!("/service/Route53AutoNaming_v20170314/operation/{name}");
    let request = http::Request::post(path)
        .header("smithy-protocol", "rpc-v2-cbor")
        .header("content-type", "application/cbor")
        .body(Bytes::copy_from_slice(body));
    let response = service.respond(request.unwrap());
    assert_eq!(response.headers()["smithy-protocol"], "rpc-v2-cbor");
    assert_eq!(response.headers()["content-type"], "application/cbor");
    response
}

/// The one operation id of a response: a map of one text.
fn operation_id(response: &http::Response<Bytes>) -> &str {
    assert_eq!(response.status(), 200, "{:?}", response.body());
    let text = response.body().strip_prefix(b"\xa1\x6bOperationId\x78\x29");
    std::str::from_utf8(text.unwrap()).unwrap()
}

#[test]
fn an_operation_is_created_and_polled_in_cbor() {
    let (service, clock) = empty();
    let response = send(&service, "CreateHttpNamespace", b"\xa1\x64Name\x61n");
    let call = RpcV2Cbor(GetOperation::new(operation_id(&response)).unwrap());
    let base = "http://localhost".parse().unwrap();
    let poll = || {
        let response = service.respond(call.encode(&base).unwrap());
        RpcV2Cbor::<GetOperation>::decode(&response).unwrap().status
    };
    assert_eq!(poll(), OperationStatus::Submitted);
    clock.advance(super::SECOND * 5);
    assert_eq!(poll(), OperationStatus::Success);
}

/// Every legal way to write one request, which its `CreatorRequestId` tells.
#[test]
fn every_form_of_a_request_is_the_same_request() {
    let (service, _) = empty();
    let input = json!({
        "ServiceId": "s", "InstanceId": "i", "Attributes": {"a": "b"}, "CreatorRequestId": "x",
    });
    let id = created(&service, "RegisterInstance", &input);
    let forms: [&[u8]; 6] = [
        b"\xa4\x69ServiceId\x61s\x6aInstanceId\x61i\x6aAttributes\xa1\x61a\x61b\x70CreatorRequestId\x61x",
        b"\xbf\x69ServiceId\x61s\x6aInstanceId\x61i\x6aAttributes\xbf\x61a\x61b\xff\x70CreatorRequestId\x61x\xff",
        b"\xb9\x00\x04\x78\x09ServiceId\x78\x01s\x6aInstanceId\x61i\x6aAttributes\xa1\x61a\x61b\x70CreatorRequestId\x61x",
        b"\xa4\x7f\x67Service\x62Id\xff\x7f\x61s\x60\xff\x6aInstanceId\x61i\x6aAttributes\xa1\x61a\x61b\x70CreatorRequestId\x61x",
        b"\xa5\x69ServiceId\x61s\x6aInstanceId\x61i\x6aAttributes\xa1\x61a\x61b\x70CreatorRequestId\x61x\x61n\xf6",
        b"\xd9\xd9\xf7\xa5\x69ServiceId\x61s\x6aInstanceId\x61i\x6aAttributes\xa1\x61a\x61b\x70CreatorRequestId\x61x\x61n\xf7",
    ];
    for form in forms {
        assert_eq!(operation_id(&send(&service, "RegisterInstance", form)), id);
    }
    // What is ignored is of every type that inputs have.
    let ignored = b"\xa2\x62Id\x61n\x61x\x89\x01\x20\x1b\x00\x00\x00\x01\x00\x00\x00\x00\x3a\x00\x01\x00\x00\xf4\xf5\xa1\x61a\x80\x9f\x01\xff\xc1\x01";
    operation_id(&send(&service, "DeleteNamespace", ignored));

    let other = b"\xa2\x64Name\x61n\x70CreatorRequestId\x61x";
    operation_id(&send(&service, "CreateHttpNamespace", other));
    let response = send(
        &service,
        "CreateHttpNamespace",
        b"\xa2\x64Name\x61m\x70CreatorRequestId\x61x",
    );
    let error = error(&response);
    assert_eq!(response.status(), 409);
    assert_eq!(error.0.as_str(), "DuplicateRequest");
    assert!(error.1.contains("CreatorRequestId"), "{}", error.1);
}

/// The code and the message of an error.
fn error(response: &http::Response<Bytes>) -> (ErrorCode, String) {
    match RpcV2Cbor::<GetOperation>::decode(response) {
        Err(ResponseError::Service(error)) => (error.code.unwrap(), error.message.unwrap()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_a_request_is_told_in_cbor() {
    let (service, _) = empty();
    let whole = b"\xbf\x64Name\x7f\x61n\xff\xff";
    let deep = [vec![0x81; 1_000_000], vec![0x01]].concat();
    let mut unreadable: Vec<Vec<u8>> = (1..whole.len()).map(|end| whole[..end].to_vec()).collect();
    unreadable.extend([
        [whole.as_slice(), b"\x00"].concat(),
        b"\x80".to_vec(),
        b"\xa1\x64Name\x05".to_vec(),
        b"\xa1\x64Name\x41n".to_vec(),
        b"\xa1\x64Name\x62\xff\xff".to_vec(),
        b"\xa1\x05\x61n".to_vec(),
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff".to_vec(),
        [b"\xa1\x61x".to_vec(), deep].concat(),
    ]);
    for body in unreadable {
        let response = send(&service, "CreateHttpNamespace", &body);
        assert_eq!(response.status(), 400);
        let (code, message) = error(&response);
        assert_eq!(code, ErrorCode::SerializationException, "{message}");
    }
    for body in [b"".as_slice(), b"\xa0", b"\xbf\xff", b"\xa1\x64Name\xf6"] {
        let (code, message) = error(&send(&service, "CreateHttpNamespace", body));
        assert_eq!(
            (code, message.as_str()),
            (ErrorCode::InvalidInput, "Name is missing")
        );
    }
    let (code, _) = error(&send(&service, "ListNamespaces", b"\xa0"));
    assert_eq!(code, ErrorCode::UnknownOperationException);
}

#[test]
fn a_date_is_a_tagged_number() {
    let (service, _) = empty();
    let response = send(&service, "CreateService", b"\xa1\x64Name\x61s");
    let body = response.body();
    // 1767225600, 2026-01-01T00:00:00Z, as a double behind tag 1.
    let date = b"\x6aCreateDate\xc1\xfb\x41\xda\x55\x6e\x40\x00\x00\x00\x64Name\x61s";
    assert!(body.ends_with(date), "{body:?}");
    assert!(
        body.starts_with(b"\xa1\x67Service\xa4\x62Id\x74srv-"),
        "{body:?}"
    );
}
