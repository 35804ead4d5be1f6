use bytes::Bytes;
use http::{HeaderValue, Response};

use crate::{ErrorCode, ServiceError};

/// Where the JSON protocols' error responses carry a code, and how it is written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CodeForm {
    /// In the body's `__type`: `InvalidInput`.
    Type,
    /// In the body's `__type`, behind its namespace: `com.amazonaws.servicediscovery#InvalidInput`.
    TypeWithNamespace,
    /// In the body's `code`.
    Code,
    /// In the header `x-amzn-errortype`.
    Header,
    /// In the header, before a URI: `InvalidInput:http://internal.amazon.com/…`.
    HeaderWithUri,
    /// In the header, while the body has other codes, which do not count.
    HeaderBeforeBody,
    /// In the body's `code`, while `__type` has another, which does not count.
    CodeBeforeType,
    /// Nowhere.
    Absent,
}

impl CodeForm {
    /// Every form, the plainest first.
    pub const ALL: &'static [Self] = &[
        Self::Type,
        Self::TypeWithNamespace,
        Self::Code,
        Self::Header,
        Self::HeaderWithUri,
        Self::HeaderBeforeBody,
        Self::CodeBeforeType,
        Self::Absent,
    ];
}

/// How an error response is written. The default is as AWS most often does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ErrorForm {
    /// Where the code stands.
    pub code: CodeForm,
    /// The member that holds the message: `message`, `Message` or `errorMessage`.
    pub message_member: &'static str,
    /// The header that holds the request id: `x-amzn-requestid` or `x-amz-request-id`.
    pub request_id_header: &'static str,
}

impl Default for ErrorForm {
    fn default() -> Self {
        Self {
            code: CodeForm::Type,
            message_member: "message",
            request_id_header: "x-amzn-requestid",
        }
    }
}

/// An error response of the JSON protocols, and the error that must be read from it.
///
/// What is read lacks the code if the form has none. A code holds letters and digits, a request id visible ASCII: what
/// else they hold does not survive a header.
///
/// ```
/// use http::StatusCode;
/// use ops_model::cloud_map::ListOperations;
/// use ops_model::testing::{CodeForm, ErrorForm, error_response};
/// use ops_model::{Call, ErrorCode, ResponseError, ServiceError};
///
/// let error = ServiceError::new(StatusCode::BAD_REQUEST, ErrorCode::InvalidInput, "no such filter");
/// for &code in CodeForm::ALL {
///     let form = ErrorForm { code, ..ErrorForm::default() };
///     let (response, expected) = error_response(&error, form);
///     assert_eq!(ListOperations::decode(&response), Err(ResponseError::Service(expected)));
/// }
/// ```
#[must_use]
pub fn error_response(error: &ServiceError, form: ErrorForm) -> (Response<Bytes>, ServiceError) {
    const OTHER: &str = "OtherException";
    let place = match error.code {
        Some(_) => form.code,
        None => CodeForm::Absent,
    };
    let code = error.code.as_ref().map_or("", ErrorCode::as_str);
    let namespaced = format!("com.amazonaws.servicediscovery#{code}");
    let with_uri = format!("{code}:http://internal.amazon.com/coral/com.amazon.coral.service/");
    let (header, in_code, in_type) = match place {
        CodeForm::Type => (None, None, Some(code)),
        CodeForm::TypeWithNamespace => (None, None, Some(namespaced.as_str())),
        CodeForm::Code => (None, Some(code), None),
        CodeForm::Header => (Some(code), None, None),
        CodeForm::HeaderWithUri => (Some(with_uri.as_str()), None, None),
        CodeForm::HeaderBeforeBody => (Some(code), Some(OTHER), Some(OTHER)),
        CodeForm::CodeBeforeType => (None, Some(code), Some(OTHER)),
        CodeForm::Absent => (None, None, None),
    };
    let mut body = serde_json::Map::new();
    for (member, text) in [
        ("__type", in_type),
        ("code", in_code),
        (form.message_member, error.message.as_deref()),
    ] {
        body.extend(text.map(|text| (member.to_owned(), text.into())));
    }
    let body = serde_json::Value::from(body).to_string();
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = error.status;
    for (name, value) in [
        ("x-amzn-errortype", header),
        (form.request_id_header, error.request_id.as_deref()),
    ] {
        if let Some(value) = value.and_then(|text| HeaderValue::from_str(text).ok()) {
            response.headers_mut().insert(name, value);
        }
    }
    let mut expected = error.clone();
    if place == CodeForm::Absent {
        expected.code = None;
    }
    (response, expected)
}

/// Bodies of a success that no call of the JSON protocols can read: no object, or none that is whole.
pub const MALFORMED_BODIES: &[&str] = &["{", "[]", "null", "<html></html>", "{} {}", "\u{feff}{}"];
