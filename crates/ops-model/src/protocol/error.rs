//! Errors, in each protocol's form.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use http::HeaderValue;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::response::{request_id, text};
#[cfg(feature = "cbor")]
use super::rpc_v2_cbor;
use super::{Protocol, aws_json, json, rest_json};
use crate::{ErrorCode, ServiceError};

const ERROR_TYPE: &str = "x-amzn-errortype";
/// The members that hold a code, the first of them first.
const CODE: [&str; 2] = ["code", "__type"];
/// The members that hold a message, the first of them first.
pub(super) const MESSAGE: [&str; 3] = ["message", "Message", "errorMessage"];

/// Reads an error of the JSON protocols, whatever the body is.
///
/// The code stands in the header `x-amzn-errortype`, else in the body's `code`, else in its `__type`: strings only.
/// <https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html#operation-error-serialization>
pub(super) fn decode(response: &http::Response<Bytes>) -> ServiceError {
    let members: Members<'_> = serde_json::from_slice(response.body()).unwrap_or_default();
    let member = |name: &str| serde_json::from_str::<String>(members.0.get(name)?.get()).ok();
    let code = response
        .headers()
        .get(ERROR_TYPE)
        .and_then(text)
        .into_iter()
        .chain(CODE.into_iter().filter_map(member))
        .find_map(|text| sanitised(&text).map(ErrorCode::from));
    ServiceError {
        status: response.status(),
        code,
        message: MESSAGE.into_iter().find_map(member),
        request_id: request_id(response.headers()),
    }
}

/// The members of an object that an error is read from; of one that comes twice, the last.
///
/// The others are passed over: a hostile body has any number of them.
#[derive(Default)]
struct Members<'a>(BTreeMap<&'static str, &'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = BTreeMap::new();
                while let Some(name) = map.next_key::<Cow<'de, str>>()? {
                    let read = CODE.into_iter().chain(MESSAGE).find(|read| *read == name);
                    match read {
                        Some(read) => {
                            members.insert(read, map.next_value()?);
                        }
                        None => {
                            map.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// `namespace#Code:uri` → `Code`
pub(super) fn sanitised(text: &str) -> Option<&str> {
    let text = text.split(':').next().unwrap_or_default();
    let code = text.split_once('#').map_or(text, |(_, code)| code).trim();
    (!code.is_empty()).then_some(code)
}

/// The response that a service gives with this error: each protocol has a place of its own for the code.
#[must_use]
pub fn encode_error(protocol: Protocol, error: &ServiceError) -> http::Response<Bytes> {
    let code = error.code.as_ref().map(ErrorCode::as_str);
    let message = error.message.as_deref();
    let mut response = match protocol {
        Protocol::AwsJson1_1 => {
            let members = BTreeMap::from([("__type", code), (message_member(error), message)]);
            json::response(aws_json::CONTENT_TYPE, &members)
        }
        Protocol::RestJson1 => {
            let members = BTreeMap::from([("message", message)]);
            let mut response = json::response(rest_json::CONTENT_TYPE, &members);
            if let Some(value) = code.and_then(|code| HeaderValue::from_str(code).ok()) {
                response.headers_mut().insert(ERROR_TYPE, value);
            }
            response
        }
        #[cfg(feature = "cbor")]
        Protocol::RpcV2Cbor => rpc_v2_cbor::error_response(error),
    };
    *response.status_mut() = error.status;
    response
}

/// What Cloud Map calls the message: the model's errors write `Message`, the common ones `message`.
pub(super) fn message_member(error: &ServiceError) -> &'static str {
    match error.code {
        Some(ErrorCode::InvalidInput | ErrorCode::OperationNotFound) => "Message",
        _ => "message",
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;

    fn response(status: u16, header: Option<&str>, body: &str) -> http::Response<Bytes> {
        let mut builder = http::Response::builder()
            .status(status)
            .header("x-amz-request-id", "alt");
        if let Some(code) = header {
            builder = builder.header("X-Amzn-ErrorType", code);
        }
        builder
            .body(Bytes::copy_from_slice(body.as_bytes()))
            .unwrap()
    }

    #[test]
    fn the_code_is_in_the_header_then_in_code_then_in_type() {
        let check = |header, body: &str, code: Option<&str>, message: Option<&str>| {
            let error = decode(&response(400, header, body));
            assert_eq!(
                error.code.as_ref().map(ErrorCode::as_str),
                code,
                "{header:?} {body}"
            );
            assert_eq!(error.message.as_deref(), message, "{header:?} {body}");
            assert_eq!(error.request_id.as_deref(), Some("alt"));
        };
        check(
            Some("A"),
            r#"{"code": "B", "__type": "C"}"#,
            Some("A"),
            None,
        );
        check(Some(" A:http://x/ "), "", Some("A"), None);
        check(Some(""), r#"{"__type": "C"}"#, Some("C"), None);
        check(
            None,
            r#"{"code": "B", "__type": "C", "message": "m"}"#,
            Some("B"),
            Some("m"),
        );
        check(
            None,
            r#"{"code": 400, "__type": "ns#C:uri", "Message": "M"}"#,
            Some("C"),
            Some("M"),
        );
        check(None, r#"{"__type": "a#b#C"}"#, Some("b#C"), None);
        check(
            None,
            r#"{"__type": "", "errorMessage": ""}"#,
            None,
            Some(""),
        );
        check(None, r#"{"error": {"code": "B"}}"#, None, None);
        check(
            None,
            r#"{"message": null, "Message": "M"}"#,
            None,
            Some("M"),
        );
        for body in [
            "",
            "[]",
            "null",
            "<html>",
            r#"{"__type":"Inter"#,
            "\u{feff}{}",
        ] {
            check(None, body, None, None);
        }
    }

    #[test]
    fn the_message_of_cloud_map_has_the_name_that_the_model_gives_it() {
        for (code, member) in [
            (ErrorCode::InvalidInput, "Message"),
            (ErrorCode::OperationNotFound, "Message"),
            (ErrorCode::ThrottlingException, "message"),
            (ErrorCode::from("Another"), "message"),
        ] {
            let error = ServiceError::new(StatusCode::BAD_REQUEST, code, "why");
            let response = encode_error(Protocol::AwsJson1_1, &error);
            let body: serde_json::Value = serde_json::from_slice(response.body()).unwrap();
            assert_eq!(body[member], "why", "{error}");
        }
    }

    #[test]
    fn an_error_survives_its_own_encoding() {
        for protocol in [Protocol::AwsJson1_1, Protocol::RestJson1] {
            for code in ErrorCode::KNOWN {
                let sent = ServiceError::new(StatusCode::NOT_FOUND, code.clone(), "why: \"é\"");
                assert_eq!(decode(&encode_error(protocol, &sent)), sent);
            }
        }
    }
}
