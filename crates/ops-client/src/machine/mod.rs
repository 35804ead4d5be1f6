//! The machines: everything that a call or a listing decides, without IO.

mod exchange;
mod listing;
#[cfg(test)]
mod tests;

pub use exchange::Exchange;
pub use listing::Listing;

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use ops_model::EndReason;
use ops_transport::{Attempt, Now, TransportError};

use crate::{Credentials, CredentialsError, Error};

/// What a [`Machine`] asks its driver to do next.
///
/// Exhaustive on purpose: a driver must handle everything.
#[expect(
    clippy::large_enum_variant,
    reason = "a step is acted upon at once, never kept"
)]
pub enum Step<T> {
    /// Get credentials, and hand them to [`Machine::on_credentials`].
    Credentials,
    /// Send this request within these limits, and hand the outcome to [`Machine::on_reply`].
    Send {
        /// The request, signed.
        request: http::Request<Bytes>,
        /// Its name and its limits.
        attempt: Attempt,
    },
    /// Let this much time pass, and step again.
    Wait(Duration),
    /// Here is a result. Step again for the next.
    Ready(T),
    /// There are no more results.
    Done(EndReason),
}

impl<T> Step<T> {
    /// The same step towards another result: what a machine made of machines passes on.
    pub fn map<U>(self, result: impl FnOnce(T) -> U) -> Step<U> {
        match self {
            Self::Credentials => Step::Credentials,
            Self::Send { request, attempt } => Step::Send { request, attempt },
            Self::Wait(duration) => Step::Wait(duration),
            Self::Ready(output) => Step::Ready(result(output)),
            Self::Done(reason) => Step::Done(reason),
        }
    }
}

/// Shows neither requests nor results: they carry page tokens and configurations.
impl<T> fmt::Debug for Step<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credentials => f.write_str("Credentials"),
            Self::Send { attempt, .. } => f.debug_tuple("Send").field(attempt).finish(),
            Self::Wait(duration) => f.debug_tuple("Wait").field(duration).finish(),
            Self::Ready(_) => f.write_str("Ready"),
            Self::Done(reason) => f.debug_tuple("Done").field(reason).finish(),
        }
    }
}

/// A call or a listing as a state machine: time, replies and credentials come in as arguments, and steps come out.
///
/// The same inputs give the same steps, byte for byte. The contract between a machine and its driver:
///
/// 1. Call [`step`](Self::step) and do what it says; then call `step` again.
/// 2. After [`Step::Send`] call [`on_reply`](Self::on_reply), after [`Step::Credentials`] call
///    [`on_credentials`](Self::on_credentials), each once. A driver that gives up in between (a dropped future) may just
///    step again: the same attempt is asked for again, and nothing is lost.
/// 3. An error from `step` ends the call. A listing that is stepped again after an error asks for the same page again.
/// 4. `now` never runs backwards.
/// 5. A driver that is told to stop calls [`cancel`](Self::cancel) and returns its error.
///
/// Both drivers are loops of a dozen lines over this; embedders write their own:
///
/// ```
/// use ops_client::{Exchange, Machine, Session, Step};
/// use ops_model::EndpointParams;
/// use ops_model::cloud_map::GetOperation;
/// use ops_transport::Now;
/// use std::time::{Duration, SystemTime};
///
/// let params = EndpointParams::in_region("eu-central-1".parse()?);
/// let mut exchange = Exchange::new(GetOperation::new("op-1")?, &Session::new(params))?;
/// let now = Now { wall: SystemTime::UNIX_EPOCH, monotonic: Duration::ZERO };
///
/// let Step::Send { request, .. } = exchange.step(now)? else { panic!("no signer, so no credentials") };
/// assert_eq!(request.uri().host(), Some("servicediscovery.eu-central-1.amazonaws.com"));
/// // … send it with whatever you have …
/// let body = r#"{"Operation": {"Id": "op-1", "Status": "PENDING"}}"#;
/// exchange.on_reply(now, Ok(http::Response::new(body.into())));
/// let Step::Ready(operation) = exchange.step(now)? else { panic!("a good reply is a result") };
/// assert_eq!(operation.status.as_str(), "PENDING");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Machine {
    /// What it comes to.
    type Output;

    /// What to do next.
    ///
    /// # Errors
    ///
    /// [`Error`] if the call has failed for good.
    fn step(&mut self, now: Now) -> Result<Step<Self::Output>, Error>;

    /// The outcome of [`Step::Send`].
    fn on_reply(&mut self, now: Now, reply: Result<http::Response<Bytes>, TransportError>);

    /// The outcome of [`Step::Credentials`].
    fn on_credentials(&mut self, now: Now, credentials: Result<Credentials, CredentialsError>);

    /// Ends the call, wherever it is: the error says so, what the last attempt had come to, and where a listing goes on.
    fn cancel(&mut self) -> Error;
}
