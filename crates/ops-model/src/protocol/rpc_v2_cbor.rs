//! rpcv2Cbor, Cloud Map's second protocol.
//!
//! <https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html>

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};

use super::cbor::{Data, Item};
use super::{error, fault, response};
use crate::{BaseUrl, EncodeError, ErrorCode, ResponseError, Service, ServiceError, request_id};

const CONTENT_TYPE: &str = "application/cbor";
const PROTOCOL_HEADER: &str = "smithy-protocol";
const PROTOCOL: &str = "rpc-v2-cbor";

const SERVICE: &str = "Route53AutoNaming_v20170314";
const NAMESPACE: &str = "com.amazonaws.servicediscovery";

/// The headers that name the operation in other protocols. A request that has one of them is refused, lest somebody
/// between client and service read another operation out of it.
const OTHER_TARGETS: [&str; 2] = ["x-amz-target", "x-amzn-target"];

/// Whether the header of the protocol names this one.
pub(super) fn is_named(headers: &HeaderMap) -> bool {
    headers
        .get(PROTOCOL_HEADER)
        .is_some_and(|value| value == PROTOCOL)
}

/// `POST /service/{service}/operation/{name}` with a CBOR body.
pub(crate) fn request(
    name: &'static str,
    base: &BaseUrl,
    input: Bytes,
) -> Result<http::Request<Bytes>, EncodeError> {
    let path = format!("/service/{SERVICE}/operation/{name}");
    let mut request = super::request(Method::POST, base, &path, input)?;
    let headers = request.headers_mut();
    headers.insert(PROTOCOL_HEADER, HeaderValue::from_static(PROTOCOL));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    headers.insert(header::ACCEPT, HeaderValue::from_static(CONTENT_TYPE));
    Ok(request)
}

/// The operation of Cloud Map that a request's path names. Its last four segments count, whatever is before them, and
/// the service's name may stand behind its namespace.
pub(super) fn operation(request: &http::Request<Bytes>) -> Option<&str> {
    let headers = request.headers();
    if OTHER_TARGETS.iter().any(|name| headers.contains_key(*name)) {
        return None;
    }
    let mut segments = request.uri().path().rsplit('/');
    let operation = segments.next()?;
    let [operation_label, service, service_label] =
        [segments.next()?, segments.next()?, segments.next()?];
    let service = service
        .strip_prefix(NAMESPACE)
        .and_then(|rest| rest.strip_prefix('.'))
        .unwrap_or(service);
    (service_label == "service" && service == SERVICE && operation_label == "operation")
        .then_some(operation)
}

/// Reads an input structure as the service does: an empty body is an empty structure.
pub(crate) fn input<'a, T>(
    request: &'a http::Request<Bytes>,
    read: impl FnOnce(Item<'a>) -> Result<T, String>,
) -> Result<T, ServiceError> {
    let body = request.body();
    if !body.is_empty() && !is_cbor(request.headers()) {
        return Err(ServiceError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "UnsupportedMediaTypeException".into(),
            "the request's content-type is not application/cbor",
        ));
    }
    Item::of_body(body)
        .and_then(read)
        .map_err(|reason| fault::serialization_error(Service::CloudMap, &reason))
}

/// Whether the content type is CBOR, whatever parameters it has.
fn is_cbor(headers: &HeaderMap) -> bool {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    content_type.is_some_and(|text| {
        let essence = text.split(';').next().unwrap_or_default();
        essence.trim().eq_ignore_ascii_case(CONTENT_TYPE)
    })
}

/// A successful response with this body.
pub(crate) fn response(output: Bytes) -> http::Response<Bytes> {
    let mut response = http::Response::new(output);
    let headers = response.headers_mut();
    headers.insert(PROTOCOL_HEADER, HeaderValue::from_static(PROTOCOL));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    response
}

/// Reads a response: `output` reads the body of a success.
///
/// There is no negotiation. What does not name the protocol comes from somebody else, and is read no further than to its
/// status and request id.
pub(crate) fn decode<'a, T>(
    response: &'a http::Response<Bytes>,
    output: impl FnOnce(Item<'a>) -> Result<T, String>,
) -> Result<T, ResponseError> {
    response::read(response, decode_error, |body| {
        if !is_named(response.headers()) {
            return Err("the header smithy-protocol is not rpc-v2-cbor".to_owned());
        }
        output(Item::of_body(body)?)
    })
}

/// Reads an error, whatever the body is: the code stands in its `__type`, and nowhere else.
fn decode_error(response: &http::Response<Bytes>) -> ServiceError {
    let body = Some(response.body()).filter(|_| is_named(response.headers()));
    let [code, messages @ ..] = body
        .and_then(|body| Item::of_body(body).ok())
        .and_then(|body| {
            body.members(["__type", "message", "Message", "errorMessage"])
                .ok()
        })
        .map_or_else(Default::default, |members| {
            members.map(|member| member.optional(Item::text).ok().flatten())
        });
    ServiceError {
        status: response.status(),
        code: code
            .as_deref()
            .and_then(error::sanitised)
            .map(ErrorCode::from),
        message: messages.into_iter().flatten().next(),
        request_id: request_id(response.headers()),
    }
}

/// An error as a response. Its status is not set.
pub(super) fn error_response(error: &ServiceError) -> http::Response<Bytes> {
    let shape = error
        .code
        .as_ref()
        .map(|code| format!("{NAMESPACE}#{code}"));
    let members = Data::structure([
        ("__type", shape.as_deref().map(Data::Text)),
        (
            error::message_member(error),
            error.message.as_deref().map(Data::Text),
        ),
    ]);
    response(members.to_body())
}
