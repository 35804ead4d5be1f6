//! The contract between ops and an HTTP client: one request out, one response in, and the time.
//!
//! # In scope
//!
//! * [`Transport`] and [`BlockingTransport`]: numbered clauses that every transport keeps.
//! * [`Clock`] and [`BlockingClock`]: the time and the waiting of a driver.
//! * [`Attempt`]: the limits that a caller sets for one exchange.
//! * [`ConnectOptions`]: proxy and trust roots, the same for every transport.
//! * [`check_request`]: what no transport sends; [`BodyBuffer`]: what none takes in.
//! * `conformance` (feature of this name): the kit that checks anyone's transport against the clauses.
//!
//! # Out of scope
//!
//! AWS. A transport knows HTTP and nothing else: it neither signs nor retries nor reads a body.
//!
//! # Example
//!
//! A transport that answers everything with `{}`:
//!
//! ```
//! use bytes::Bytes;
//! use ops_transport::{Attempt, BlockingTransport, TransportError};
//!
//! struct Empty;
//!
//! impl BlockingTransport for Empty {
//!     fn send_blocking(
//!         &self,
//!         _request: http::Request<Bytes>,
//!         _attempt: &Attempt,
//!     ) -> Result<http::Response<Bytes>, TransportError> {
//!         Ok(http::Response::new(Bytes::from_static(b"{}")))
//!     }
//! }
//! ```

mod attempt;
mod body;
mod clock;
#[cfg(feature = "conformance")]
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the kit checks time limits on real sockets"
)]
pub mod conformance;
mod error;
mod options;
mod request;
mod transport;

pub use attempt::Attempt;
pub use body::BodyBuffer;
pub use clock::{BlockingClock, Cancel, Clock, Now};
pub use error::{TransportError, TransportErrorKind};
pub use options::{ConnectOptions, InvalidProxy, Proxy, TrustRoots};
pub use request::check_request;
pub use transport::{BlockingTransport, Transport};
