use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::Response;
use ops_client::{Error, ErrorKind, Exchange, Machine, RetryPolicy, Session, Step};
use ops_model::cloud_map::{GetOperation, ListOperations, RpcV2Cbor};
use ops_model::kafka_connect::{DescribeConnectorOperation, ListConnectorOperations};
use ops_model::{
    EndpointParams, ErrorCode, Protocol, ResponseError, ServedCall, ServiceError, request_id,
};
use ops_transport::Now;
use serde_json::Value;

use super::decode_responses::served_error;
use super::{CANARY, lines, one_line};

/// Three lines: the status, and the headers `x-amzn-errortype` and `x-amzn-requestid`; then the body of an error, in each
/// protocol.
///
/// Nothing that AWS tells is lost or made up, and the client decides by the code alone.
pub fn error_response(data: &[u8]) {
    let [status, error_type, id, body] = lines(data);
    let response = |status: u16| {
        let mut response = Response::builder()
            .status(status)
            .header("smithy-protocol", "rpc-v2-cbor");
        for (name, value) in [("x-amzn-errortype", error_type), ("x-amzn-requestid", id)] {
            if !value.is_empty() {
                response = response.header(name, value);
            }
        }
        response.body(Bytes::copy_from_slice(body))
    };
    let status = std::str::from_utf8(status).unwrap_or_default().parse();
    let Ok(given) = response(status.unwrap_or_default()) else {
        return;
    };
    if given.status().is_success() {
        return;
    }
    let bad_request = response(400).expect("the same headers");
    let check = |of: fn(&Response<Bytes>) -> (ServiceError, Error)| {
        let (error, given) = of(&given);
        let (_, bad_request) = of(&bad_request);
        decided_by_code(&error, &given, &bad_request);
    };
    check(|response| read(ListOperations::new(), response));
    check(|response| read(GetOperation::new("op").unwrap(), response));
    check(|response| read(RpcV2Cbor(ListOperations::new()), response));
    check(|response| read(RpcV2Cbor(GetOperation::new("op").unwrap()), response));
    check(|response| read(ListConnectorOperations::new("arn").unwrap(), response));
    check(|response| read(DescribeConnectorOperation::new("arn").unwrap(), response));
}

/// The error as the decoder reads it, and as a client that sends the call once reports it.
fn read<C: ServedCall>(call: C, response: &Response<Bytes>) -> (ServiceError, Error) {
    let error = match C::decode(response) {
        Err(ResponseError::Service(error)) => error,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("{} was read as a value", response.status()),
    };
    assert_eq!(error.status, response.status());
    assert_eq!(error.request_id, request_id(response.headers()));
    if C::PROTOCOL != Protocol::RpcV2Cbor {
        told_in_json(&error, response);
    }
    let code = error.code.as_ref().map(ErrorCode::as_str);
    assert!(code.is_none_or(|code| !code.is_empty() && code.trim() == code && !code.contains(':')));
    served_error::<C>(&error);

    let reported = send(call, response.clone());
    assert_eq!(reported.service_error(), Some(&error));
    assert_eq!(reported.request_id(), error.request_id.as_deref());
    assert_eq!(reported.attempts(), 1);
    assert_eq!(reported.kind(), ErrorKind::Service);
    one_line(&error);
    one_line(&reported);
    let told = [code, error.message.as_deref(), reported.request_id()];
    if !told.into_iter().flatten().any(|text| text.contains(CANARY)) {
        for shown in [
            error.to_string(),
            reported.to_string(),
            format!("{reported:?}"),
        ] {
            assert!(!shown.contains(CANARY), "{shown}");
        }
    }
    (error, reported)
}

/// The code and the message of the JSON protocols, by a plain reading of a body that is JSON throughout.
fn told_in_json(error: &ServiceError, response: &Response<Bytes>) {
    let Ok(body) = serde_json::from_slice::<Value>(response.body()) else {
        return;
    };
    let header = response.headers().get("x-amzn-errortype");
    let header = header.and_then(|value| value.to_str().ok());
    let code = [header, body["code"].as_str(), body["__type"].as_str()]
        .into_iter()
        .flatten()
        .filter_map(|text| text.split(':').next())
        .map(|text| text.split_once('#').map_or(text, |(_, code)| code).trim())
        .find(|code| !code.is_empty());
    assert_eq!(error.code.as_ref().map(ErrorCode::as_str), code);
    let message = ["message", "Message", "errorMessage"]
        .into_iter()
        .find_map(|name| body[name].as_str());
    assert_eq!(error.message.as_deref(), message);
}

fn send<C: ServedCall>(call: C, response: Response<Bytes>) -> Error {
    let params = EndpointParams::in_region("us-east-1".parse().expect("a region"));
    let session = Session::new(params)
        .with_retry(RetryPolicy::NEVER)
        .with_seed(0);
    let now = Now {
        wall: SystemTime::UNIX_EPOCH,
        monotonic: Duration::ZERO,
    };
    let mut exchange = Exchange::new(call, &session).unwrap();
    assert!(matches!(exchange.step(now), Ok(Step::Send { .. })));
    exchange.on_reply(now, Ok(response));
    match exchange.step(now) {
        Err(error) => error,
        Ok(step) => panic!("an error was followed by {step:?}"),
    }
}

/// The same error with another status means the same; only where no known code decides, 429 asks for less.
fn decided_by_code(error: &ServiceError, given: &Error, bad_request: &Error) {
    assert_eq!(given.is_not_found(), bad_request.is_not_found());
    assert_eq!(given.is_credentials(), bad_request.is_credentials());
    assert!(!given.is_timeout() && !given.is_cancelled() && !given.is_bad_item());
    let is_known = error.code.as_ref().is_some_and(ErrorCode::is_known);
    let by_status = error.status == 429 && !is_known;
    assert_eq!(
        given.is_throttled(),
        by_status || bad_request.is_throttled()
    );
}
