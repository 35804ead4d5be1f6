//! Responses: outputs, and request ids.

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};

use super::error;
use crate::{MalformedResponse, ResponseError, ServiceError};

const REQUEST_ID: &str = "x-amzn-requestid";

/// The id under which AWS support finds the request: `x-amzn-requestid`, else `x-amz-request-id`.
#[must_use]
pub fn request_id(headers: &HeaderMap) -> Option<String> {
    [REQUEST_ID, "x-amz-request-id"]
        .iter()
        .find_map(|name| text(headers.get(*name)?))
}

pub(super) fn text(value: &HeaderValue) -> Option<String> {
    value
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

/// Reads a response of the JSON protocols: `output` reads the body of a success.
pub(crate) fn decode<'a, T>(
    response: &'a http::Response<Bytes>,
    output: impl FnOnce(&'a [u8]) -> Result<T, String>,
) -> Result<T, ResponseError> {
    read(response, error::decode, output)
}

/// Reads a response: `output` the body of a success, `error` every other one.
pub(super) fn read<'a, T>(
    response: &'a http::Response<Bytes>,
    error: impl FnOnce(&http::Response<Bytes>) -> ServiceError,
    output: impl FnOnce(&'a [u8]) -> Result<T, String>,
) -> Result<T, ResponseError> {
    if !response.status().is_success() {
        return Err(ResponseError::Service(error(response)));
    }
    output(response.body()).map_err(|reason| {
        ResponseError::Malformed(MalformedResponse {
            status: response.status(),
            request_id: request_id(response.headers()),
            reason,
        })
    })
}
