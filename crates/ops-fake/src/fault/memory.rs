use std::time::Duration;

use bytes::Bytes;
use ops_transport::TransportErrorKind;

use super::Fault;

impl Fault {
    /// What a transport reports instead of the response, if this keeps it from arriving whatever the limits.
    pub(crate) const fn transport_error(&self) -> Option<TransportErrorKind> {
        match self {
            Self::Refuse => Some(TransportErrorKind::Connect),
            Self::ResetBeforeHead
            | Self::ResetInHead
            | Self::ResetAfterHead
            | Self::ResetInBody
            | Self::TruncatedBody => Some(TransportErrorKind::Closed),
            Self::HugeBody | Self::EndlessBody => Some(TransportErrorKind::BodyTooLarge),
            Self::Garbage | Self::HeaderFlood => Some(TransportErrorKind::InvalidResponse),
            Self::OverlongBody
            | Self::SlowDrip { .. }
            | Self::Continue
            | Self::BadGateway
            | Self::InternalError
            | Self::ArrayBody
            | Self::NullBody
            | Self::TruncatedJson
            | Self::ByteOrderMark
            | Self::MovedPermanently
            | Self::TemporaryRedirect
            | Self::Error(_)
            | Self::ErrorInHeader(_)
            | Self::ExpiredCredentials { .. }
            | Self::SkewedClock { .. }
            | Self::RepeatedToken { .. }
            | Self::DuplicatePage
            | Self::NumericToken
            | Self::ObjectToken
            | Self::NullItem { .. } => None,
        }
    }

    /// How long the response takes to arrive.
    pub(crate) fn delay(&self, response: &http::Response<Bytes>) -> Duration {
        match self {
            Self::SlowDrip { pause } => {
                let bytes = u32::try_from(message(response).len()).unwrap_or(u32::MAX);
                pause.saturating_mul(bytes)
            }
            _ => Duration::ZERO,
        }
    }
}

/// The head of a response as HTTP/1.1 writes it, with the blank line that ends it. `framing` is the line that tells how
/// the body ends.
pub(super) fn head(response: &http::Response<Bytes>, framing: &str) -> Vec<u8> {
    let mut head = format!("HTTP/1.1 {}\r\n", response.status()).into_bytes();
    for (name, value) in response.headers() {
        let line = [name.as_str().as_bytes(), b": ", value.as_bytes(), b"\r\n"];
        head.extend(line.concat());
    }
    head.extend_from_slice(framing.as_bytes());
    head.extend_from_slice(b"\r\n\r\n");
    head
}

/// The head of a response that announces its body as it is.
pub(super) fn whole_head(response: &http::Response<Bytes>) -> Vec<u8> {
    head(
        response,
        &format!("content-length: {}", response.body().len()),
    )
}

/// The whole response as HTTP/1.1 writes it.
pub(super) fn message(response: &http::Response<Bytes>) -> Vec<u8> {
    [&whole_head(response), &response.body()[..]].concat()
}
