//! awsJson1_1, Cloud Map's protocol.
//!
//! <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html>

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, header};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{fault, json};
use crate::{BaseUrl, EncodeError, Service, ServiceError};

pub(crate) const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
pub(crate) const TARGET: &str = "x-amz-target";
const TARGET_PREFIX: &str = "Route53AutoNaming_v20170314.";

/// `POST /` with a JSON body, the operation in a header.
pub(crate) fn request(
    name: &'static str,
    base: &BaseUrl,
    input: &impl Serialize,
) -> Result<http::Request<Bytes>, EncodeError> {
    let mut request = super::request(Method::POST, base, "", json::body(input))?;
    let headers = request.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE));
    let target = HeaderValue::try_from([TARGET_PREFIX, name].concat())
        .expect("operation names are visible ASCII");
    headers.insert(TARGET, target);
    Ok(request)
}

/// The operation of Cloud Map that the target header names.
pub(super) fn operation(headers: &HeaderMap) -> Option<&str> {
    headers
        .get(TARGET)?
        .to_str()
        .ok()?
        .strip_prefix(TARGET_PREFIX)
}

/// Reads an input structure as the service does: an empty body is an empty structure.
pub(crate) fn input<T: DeserializeOwned>(
    request: &http::Request<Bytes>,
) -> Result<T, ServiceError> {
    json::structure(request.body())
        .map_err(|reason| fault::serialization_error(Service::CloudMap, &reason))
}
