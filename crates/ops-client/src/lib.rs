//! Clients, async and blocking, that list and describe the long-running operations of AWS Cloud Map and Amazon MSK
//! Connect over any transport.
//!
//! # In scope
//!
//! * [`Client`] and [`BlockingClient`]: calls, pages and items; neither is generic over its transport.
//! * Read-ahead ([`BlockingPages::read_ahead`]): the next page is fetched while the caller works on this one.
//! * [`merge_blocking`]: many listings, of different clients too, side by side and as one sequence of results.
//! * Both for async code as well, with the feature `concurrency`: `Pages::read_ahead` and `merge`.
//! * [`Session`]: endpoint, signer, retries, time limits and rate limit; what the calls of a client share.
//! * [`Exchange`] and [`Listing`]: one call and one listing as [`Machine`]s without IO, for embedders. Both clients are
//!   loops of a dozen lines over them.
//! * [`Sign`], [`CredentialsSource`] and [`BlockingCredentialsSource`]: signing and credentials, as traits.
//! * [`Error`]: what went wrong, and the checkpoint to go on from.
//!
//! With the feature `tracing` each call is a span with the names of OpenTelemetry's conventions for AWS SDKs
//! (`rpc.method`, `cloud.region`, `aws.request_id`, …), its `attempt` and, in a listing, its `page`. No field shows
//! anything of a request's or a response's content.
//!
//! # Out of scope
//!
//! HTTP (`ops-hyper`, `ops-ureq`, or your own `ops_transport::Transport`), SigV4 (`ops-sigv4`), an async runtime,
//! creating or changing AWS resources.
//!
//! # Example
//!
//! ```
//! use ops_client::{BlockingClient, Session};
//! use ops_fake::FakeService;
//! use ops_model::EndpointParams;
//! use ops_model::cloud_map::{Filter, ListOperations, OperationStatus};
//!
//! let params = EndpointParams::in_region("us-east-1".parse()?);
//! // No signer: the fake asks for no signature.
//! let client = BlockingClient::new(Session::new(params), FakeService::new());
//!
//! let pending = ListOperations::new().with_filter(Filter::status(OperationStatus::Pending)?);
//! let mut ids = Vec::new();
//! for operation in client.items(pending)? {
//!     ids.push(operation?.id);
//! }
//! assert_eq!(ids, ["ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod client;
mod clock;
mod credentials;
mod driver;
mod endpoint;
mod error;
mod machine;
mod retry;
mod session;
mod sign;
mod skew;
mod trace;

#[cfg(feature = "stream")]
pub use client::ItemStream;
pub use client::{
    BlockingClient, BlockingItems, BlockingMerge, BlockingPages, Client, Items, Pages, ReadAhead,
    merge_blocking,
};
#[cfg(feature = "concurrency")]
pub use client::{Merge, merge};
pub use clock::StdClock;
pub use credentials::{
    BlockingCredentialsSource, Credentials, CredentialsError, CredentialsSource,
};
pub use endpoint::{Endpoint, InvalidEndpoint, PlainHttp};
pub use error::{Error, ErrorKind};
pub use machine::{Exchange, Listing, Machine, Step};
pub use retry::{RateLimit, RateLimiter, RetryClass, RetryPolicy, RetryQuota, retry_after};
pub use session::{Session, Timeouts};
pub use sign::{Sign, SignError, SigningContext};
pub use skew::ClockSkew;
