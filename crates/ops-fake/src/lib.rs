//! AWS Cloud Map and Amazon MSK Connect operations played faithfully, in memory and on loopback, for tests.
//!
//! # In scope
//!
//! * [`FakeService`]: `ListOperations`, `GetOperation`, `ListConnectorOperations` and `DescribeConnectorOperation` over
//!   operations that are pinned, given or generated. It is a transport of both kinds, so a client is handed it instead
//!   of HTTP.
//! * `FakeServer` (feature `http`): the same on a socket, for any client in any language.
//! * [`Script`]: a transport that replies what it was told to, for the errors that a service does not make.
//! * [`VirtualClock`]: a clock for both kinds of driver, on which waits take no time.
//! * `AccessKey` (feature `verify-signatures`): a key of [`FakeServiceBuilder`]'s `verify_signatures`, after which only
//!   requests that are signed with such a key are answered, and all others refused in AWS's words.
//!
//! # Out of scope
//!
//! Every other call of the two services: what is listed here was put here, nothing creates it. Unless it is told to
//! verify signatures, a service takes requests without any and with wrong ones; presigned URLs count as unsigned.
//!
//! # Example
//!
//! ```
//! use bytes::Bytes;
//! use ops_fake::FakeService;
//!
//! let service = FakeService::new();
//! let request = http::Request::post("/")
//!     .header("x-amz-target", "Route53AutoNaming_v20170314.ListOperations")
//!     .body(Bytes::from(r#"{"MaxResults": 2}"#))?;
//! let response = service.respond(request);
//! assert_eq!(response.status(), 200);
//!
//! let body = std::str::from_utf8(response.body())?;
//! assert!(body.starts_with(
//!     r#"{"Operations":[{"Id":"76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample","Status":"SUCCESS"},"#
//! ));
//! assert!(body.contains(r#""NextToken":"#), "the third operation is on the next page");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod blueprint;
mod builder;
mod clock;
mod connectors;
mod examples;
mod generate;
mod holdings;
mod life;
mod list;
mod random;
mod recorder;
mod script;
#[cfg(feature = "http")]
mod server;
mod service;
#[cfg(feature = "verify-signatures")]
mod signature;
mod time;
mod token;
mod transport;

pub use builder::FakeServiceBuilder;
pub use clock::VirtualClock;
pub use examples::EXAMPLE_CONNECTOR_ARN;
pub use life::Life;
pub use script::{Reply, Script};
#[cfg(feature = "http")]
pub use server::FakeServer;
pub use service::FakeService;
#[cfg(feature = "verify-signatures")]
pub use signature::AccessKey;
