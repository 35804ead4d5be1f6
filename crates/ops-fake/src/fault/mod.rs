mod memory;
#[cfg(feature = "http")]
pub(crate) mod play;
mod reply;
mod schedule;
mod skew;

use std::time::Duration;

use http::StatusCode;
use ops_model::{ErrorCode, ServiceError};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::scenario::seconds;
pub(crate) use schedule::{Faults, Schedule};

/// What goes wrong with one exchange: data, which a [`FakeService`](crate::FakeService) enacts for the request that
/// meets it.
///
/// [`FakeServiceBuilder::faults`](crate::FakeServiceBuilder::faults) says which request meets which fault,
/// [`FakeService::inject`](crate::FakeService::inject) has the next one meet it. A fault lasts for one exchange; one
/// that lasts longer is one that is met again.
///
/// ```
/// use ops_fake::{Fault, FakeService};
/// use ops_transport::{Attempt, BlockingTransport, TransportErrorKind};
///
/// let service = FakeService::builder().faults([None, Some(Fault::ResetInBody)]).build();
/// let send = || {
///     let request = http::Request::post("http://localhost/")
///         .header("x-amz-target", "Route53AutoNaming_v20170314.ListOperations")
///         .body("{}".into())
///         .expect("a request");
///     service.send_blocking(request, &Attempt::new("ListOperations"))
/// };
/// assert!(send().is_ok());
/// assert_eq!(send().unwrap_err().kind(), TransportErrorKind::Closed);
/// assert!(send().is_ok());
/// ```
///
/// In JSON, as in a [scenario](crate::FakeService::scenario), a fault is its name in camel case, with its members if it has
/// any: `"resetInBody"`, `{"nullItem": {"index": 1}}`, `{"slowDrip": {"pause": 0.1}}`,
/// `{"error": {"status": 400, "code": "ThrottlingException", "message": "Rate exceeded"}}`.
///
#[doc = include_str!("../../FAULTS.md")]
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
#[non_exhaustive]
pub enum Fault {
    /// Nobody listens: the connection is refused, and the service never sees the request.
    ///
    /// A `FakeServer` has accepted the connection by then and resets it: stop the server for a true refusal.
    Refuse,
    /// The connection is reset once the request is there, before the first byte of the response.
    ResetBeforeHead,
    /// The connection is reset in the middle of the response's head.
    ResetInHead,
    /// The connection is reset between the head and the body.
    ResetAfterHead,
    /// The connection is reset in the middle of the body.
    ResetInBody,
    /// The connection ends, in order, after half of the body that `content-length` announces.
    TruncatedBody,
    /// The whole response, and more bytes than `content-length` announces: what follows reads like the next response,
    /// an empty one, and the connection stays open.
    OverlongBody,
    /// `content-length` announces 1 TiB, and bytes come without end.
    HugeBody,
    /// A chunked body that never ends.
    EndlessBody,
    /// Bytes that are no HTTP.
    Garbage,
    /// A head that never ends: one header after another.
    HeaderFlood,
    /// The right response byte by byte, from the first byte of its head, with this pause after each.
    SlowDrip {
        /// The pause after each byte; in JSON a number of seconds.
        #[serde(deserialize_with = "seconds")]
        pause: Duration,
    },
    /// An interim response, `100 Continue`, that nobody asked for; then the right one.
    Continue,

    /// A proxy's answer: 502 with a page of HTML.
    BadGateway,
    /// 500 without a body.
    InternalError,
    /// The array `[]` instead of the body.
    ArrayBody,
    /// `null` instead of the body.
    NullBody,
    /// The first half of the body, announced as the whole.
    TruncatedJson,
    /// The right body behind a byte order mark.
    ByteOrderMark,
    /// 301 to another path of the same host.
    MovedPermanently,
    /// 307 to another path of the same host.
    TemporaryRedirect,
    /// An error of the service, written as its protocol does; the request id is the exchange's own.
    Error(#[serde(deserialize_with = "service_error")] ServiceError),
    /// An error of the service whose code stands in the header `x-amzn-errortype` alone, without a body.
    ErrorInHeader(#[serde(deserialize_with = "service_error")] ServiceError),
    /// 403 with `ExpiredTokenException` if this access key has signed the request; with another one, or none, the answer
    /// is right.
    ExpiredCredentials {
        /// The id of the access key that has expired.
        access_key_id: String,
    },
    /// The service's clock is off, and so is its `date`. A request whose `x-amz-date` is more than five minutes away from
    /// it gets 403 with `InvalidSignatureException`.
    SkewedClock {
        /// How far the clock is ahead, in seconds; behind, if negative.
        seconds: i64,
    },
    /// The page's token leads back: to the page that stands this many pages before the next one.
    ///
    /// It is the very token that led there before, if the page size is still the same: 1 is the token that the request
    /// carried, 2 the one before.
    RepeatedToken {
        /// How many pages to go back; 0 is none.
        pages: u64,
    },
    /// The page's token leads to the same page once more, and is a fresh one.
    DuplicatePage,
    /// The page's token is a JSON number. What is no page in JSON stays as it is, here and below.
    NumericToken,
    /// The page's token is a JSON object.
    ObjectToken,
    /// An item of the page is `null`.
    NullItem {
        /// The item's place in the page, from 0. A page without that place is right.
        index: usize,
    },
}

fn service_error<'de, D: Deserializer<'de>>(deserializer: D) -> Result<ServiceError, D::Error> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Told {
        status: u16,
        code: String,
        #[serde(default)]
        message: String,
    }
    let Told {
        status,
        code,
        message,
    } = Told::deserialize(deserializer)?;
    let status = StatusCode::from_u16(status)
        .map_err(|_| D::Error::custom(format!("{status} is no HTTP status")))?;
    Ok(ServiceError::new(
        status,
        ErrorCode::from(code.as_str()),
        message,
    ))
}
