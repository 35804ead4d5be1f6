use std::fmt::Debug;

use bytes::Bytes;
use http::{Response, StatusCode};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::text;
use crate::testing::{self, BrokenRequest, CodeForm, ErrorForm, MALFORMED_BODIES};
use crate::{ErrorCode, ServedCall, ServiceError};

/// A member of a request that breaks a rule.
pub fn broken_request() -> impl Strategy<Value = BrokenRequest> {
    select(BrokenRequest::all())
}

/// A service's error: of every code and of none, with and without message and request id.
pub fn service_error() -> impl Strategy<Value = ServiceError> {
    let status = prop_oneof![select(&[400_u16, 403, 404, 429, 500, 503]), 300..600_u16];
    let parts = (
        status,
        option::weighted(0.8, code()),
        option::of(text()),
        option::of("[0-9a-f]{8}-[0-9a-f]{4}"),
    );
    parts.prop_map(|(status, code, message, request_id)| ServiceError {
        status: StatusCode::from_u16(status).expect("a status"),
        code,
        message,
        request_id,
    })
}

/// A code that stands in a header as it is.
fn code() -> impl Strategy<Value = ErrorCode> {
    prop_oneof![
        4 => select(ErrorCode::KNOWN),
        1 => "[A-Z][A-Za-z0-9]{0,20}".prop_map(|text| ErrorCode::from(text.as_str())),
    ]
}

/// An error response of the JSON protocols, and the error that must be read from it.
pub fn error_response() -> impl Strategy<Value = (Response<Bytes>, ServiceError)> {
    let form = (
        select(CodeForm::ALL),
        select(&["message", "Message", "errorMessage"]),
        select(&["x-amzn-requestid", "x-amz-request-id"]),
    );
    (service_error(), form).prop_map(|(error, (code, message_member, request_id_header))| {
        let form = ErrorForm {
            code,
            message_member,
            request_id_header,
        };
        testing::error_response(&error, form)
    })
}

/// A response to a call of the JSON protocols: a success with such an output, an error, or one that cannot be read.
pub fn response<C: ServedCall>(
    output: impl Strategy<Value = C::Output>,
) -> impl Strategy<Value = Response<Bytes>>
where
    C::Output: Debug,
{
    let fate = prop_oneof![
        2 => Just(Fate::Whole),
        1 => error_response().prop_map(|(response, _)| Fate::Error(response)),
        1 => malformed(),
    ];
    (output, fate).prop_map(|(output, fate)| fate.befall(C::encode_response(&output)))
}

/// A success of the JSON protocols that no call can read: of something else, or cut off.
pub fn malformed_response<C: ServedCall>(
    output: impl Strategy<Value = C::Output>,
) -> impl Strategy<Value = Response<Bytes>>
where
    C::Output: Debug,
{
    (output, malformed()).prop_map(|(output, fate)| fate.befall(C::encode_response(&output)))
}

/// The body of a response, with a few of its bytes changed, dropped or said twice.
#[cfg(test)]
pub(crate) fn damaged_body(
    response: impl Strategy<Value = Response<Bytes>>,
) -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![select(&br#""\,:[]{}nu09 "#[..]), any::<u8>()];
    let damage = (any::<Index>(), 0..4_usize, byte);
    (response, prop::collection::vec(damage, 0..4)).prop_map(|(response, damages)| {
        let mut body = response.body().to_vec();
        for (index, kind, byte) in damages {
            let start = index.index(body.len().max(1)).min(body.len());
            let end = (start + 1 + usize::from(byte) % 40).min(body.len());
            match kind {
                0 => body.insert(start, byte),
                1 => drop(body.splice(start..end.min(start + 1), [byte])),
                2 => drop(body.drain(start..end)),
                _ => drop(body.splice(start..start, body[start..end].to_vec())),
            }
        }
        body
    })
}

/// What becomes of a success.
#[derive(Clone, Debug)]
enum Fate {
    Whole,
    Error(Response<Bytes>),
    Other(&'static str),
    Cut(Index),
}

fn malformed() -> impl Strategy<Value = Fate> {
    prop_oneof![
        select(MALFORMED_BODIES).prop_map(Fate::Other),
        any::<Index>().prop_map(Fate::Cut),
    ]
}

impl Fate {
    fn befall(self, mut success: Response<Bytes>) -> Response<Bytes> {
        match self {
            Self::Whole => {}
            Self::Error(response) => return response,
            Self::Other(body) => *success.body_mut() = Bytes::from_static(body.as_bytes()),
            Self::Cut(index) => {
                // An empty body is an empty structure.
                let end = 1 + index.index(success.body().len() - 1);
                success.body_mut().truncate(end);
            }
        }
        success
    }
}
