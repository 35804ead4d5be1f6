use bytes::Bytes;
use ciborium::Value as Cbor;
use http::header::AUTHORIZATION;
use http::{HeaderMap, Request, Response, StatusCode};
use ops_fake::{AccessKey, FakeService, VirtualClock};
use ops_model::cloud_map::{GetOperation, ListOperations, RpcV2Cbor};
use ops_model::kafka_connect::{DescribeConnectorOperation, ListConnectorOperations};
use ops_model::{ErrorCode, PagedCall, Protocol, ResponseError, Route, ServedCall, ServiceError};
use ops_transport::{Attempt, BlockingTransport};
use serde_json::Value as Json;

use super::{base, one_line};

/// A request as HTTP/1.1 writes it: the method and the URI, a line for each header, a blank line, the body. Lines end
/// with a line feed.
///
/// The service answers whatever it is asked, in the form of the protocol that the request names, and always the same; an
/// answer is what a client reads, and an error says what is wrong. If signatures are verified, the answer is the same or
/// a refusal.
pub fn fake(data: &[u8]) {
    let Some(request) = read(data) else {
        return;
    };
    let service = service();
    let response = service.respond(request.clone());
    answers(&service, &request, &response);

    let again = self::service().send_blocking(request.clone(), &Attempt::new("any"));
    assert_eq!(parts(&again.expect("nothing goes wrong")), parts(&response));

    let verified = verifying().respond(request.clone());
    let is_signed = request.headers().contains_key(AUTHORIZATION);
    if !is_signed || parts(&verified) != parts(&response) {
        let refusal = explains(&request, &verified);
        assert!(is_signed || refusal == ErrorCode::MissingAuthenticationTokenException);
    }
}

fn read(data: &[u8]) -> Option<Request<Bytes>> {
    let mut lines = data.split(|byte| *byte == b'\n');
    let mut place = 0;
    let mut line = || {
        let line = lines.next()?;
        place += line.len() + 1;
        Some((line, place))
    };
    let (first, _) = line()?;
    let at = first.iter().position(|byte| *byte == b' ')?;
    let mut request = Request::builder()
        .method(&first[..at])
        .uri(&first[at + 1..]);
    let body = loop {
        match line() {
            None => break data.len(),
            Some((b"", place)) => break place.min(data.len()),
            Some((line, _)) => {
                let at = line.iter().position(|byte| *byte == b':')?;
                request = request.header(&line[..at], line[at + 1..].trim_ascii());
            }
        }
    };
    request.body(Bytes::copy_from_slice(&data[body..])).ok()
}

/// The pinned examples and five generated operations of each service, at the virtual clock's beginning.
fn service() -> FakeService {
    FakeService::builder()
        .operations(5)
        .clock(VirtualClock::new())
        .build()
}

/// As [`service`], for who signs with AWS's example key.
fn verifying() -> FakeService {
    let key = AccessKey::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    FakeService::builder()
        .operations(5)
        .clock(VirtualClock::new())
        .verify_signatures([key])
        .build()
}

fn parts(response: &Response<Bytes>) -> (StatusCode, &HeaderMap, &Bytes) {
    (response.status(), response.headers(), response.body())
}

/// What every answer is, and what this request's is.
fn answers(service: &FakeService, request: &Request<Bytes>, response: &Response<Bytes>) {
    for header in ["content-type", "date", "x-amzn-requestid"] {
        assert!(response.headers().contains_key(header), "{header}");
    }
    if !response.status().is_success() {
        explains(request, response);
        return;
    }
    match (Route::of(request), Protocol::of(request)) {
        (Route::ListOperations, Protocol::RpcV2Cbor) => {
            page::<RpcV2Cbor<ListOperations>>(service, request, response);
        }
        (Route::ListOperations, _) => page::<ListOperations>(service, request, response),
        (Route::GetOperation, Protocol::RpcV2Cbor) => {
            value::<RpcV2Cbor<GetOperation>>(response);
        }
        (Route::GetOperation, _) => {
            value::<GetOperation>(response);
        }
        (Route::ListConnectorOperations, _) => {
            page::<ListConnectorOperations>(service, request, response);
        }
        (Route::DescribeConnectorOperation, _) => {
            value::<DescribeConnectorOperation>(response);
        }
        (Route::UnknownOperation(_), protocol) => created(service, protocol, response),
        (Route::UnknownService, _) => panic!("what is for nobody was answered"),
    }
}

/// An answer that a client reads, and that a service would write again.
fn value<C: ServedCall>(response: &Response<Bytes>) -> C::Output {
    let Ok(value) = C::decode(response) else {
        panic!("a client cannot read {:?}", response.body());
    };
    let written = C::encode_response(&value);
    assert_eq!(written.body(), response.body());
    value
}

/// As [`value`]; and the page's token is good for the next one.
fn page<C: PagedCall + ServedCall>(
    service: &FakeService,
    request: &Request<Bytes>,
    response: &Response<Bytes>,
) {
    let page = value::<C>(response);
    assert_eq!(page.bad_items().count(), 0);
    let Some(token) = page.next_token() else {
        return;
    };
    let mut call = C::decode_request(request).expect("it was answered");
    call.set_token(Some(token.clone()));
    let mut next = call.encode(&base()).expect("tokens are short");
    // Whose listing it is, is in the headers.
    *next.headers_mut() = request.headers().clone();
    let next = service.respond(next);
    assert_eq!(next.status(), 200);
    value::<C>(&next);
}

/// The call has created an operation, unless it is one that creates none; it is held, and found.
fn created(service: &FakeService, protocol: Protocol, response: &Response<Bytes>) {
    if protocol == Protocol::RestJson1 {
        let body: Json = serde_json::from_slice(response.body()).expect("JSON");
        let arn = body["connectorOperationArn"]
            .as_str()
            .expect("an operation");
        return found(
            service,
            DescribeConnectorOperation::new(arn).expect("an ARN"),
        );
    }
    let id = match protocol {
        Protocol::RpcV2Cbor => member_of_cbor(response.body(), "OperationId"),
        _ => {
            let body: Json = serde_json::from_slice(response.body()).expect("JSON");
            body["OperationId"].as_str().map(str::to_owned)
        }
    };
    if let Some(id) = id {
        found(service, GetOperation::new(id).expect("an id"));
    }
}

fn found<C: ServedCall>(service: &FakeService, call: C) {
    let request = call.encode(&base()).expect("ids are short");
    assert_eq!(service.respond(request).status(), 200);
}

fn member_of_cbor(body: &[u8], name: &str) -> Option<String> {
    let value: Cbor = ciborium::from_reader(body).expect("CBOR");
    let members = value.into_map().expect("a structure");
    let mut members = members.into_iter();
    let (_, value) = members.find(|(key, _)| key.as_text() == Some(name))?;
    value.into_text().ok()
}

/// An error that a client can read: with a code and a message, in the protocol that the request names. Its code.
fn explains(request: &Request<Bytes>, response: &Response<Bytes>) -> ErrorCode {
    assert!(response.status().is_client_error(), "{}", response.status());
    let error: ServiceError = match Protocol::of(request) {
        Protocol::RpcV2Cbor => error::<RpcV2Cbor<GetOperation>>(response),
        Protocol::AwsJson1_1 => error::<GetOperation>(response),
        _ => error::<DescribeConnectorOperation>(response),
    };
    assert!(error.request_id.is_some());
    assert!(
        error
            .message
            .as_ref()
            .is_some_and(|message| !message.is_empty())
    );
    one_line(&error);
    error.code.expect("an error has a code")
}

fn error<C: ServedCall>(response: &Response<Bytes>) -> ServiceError {
    match C::decode(response) {
        Err(ResponseError::Service(error)) => error,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("{} was read as a value", response.status()),
    }
}
