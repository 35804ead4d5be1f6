//! AWS Cloud Map and Amazon MSK Connect operations played faithfully, in memory and on loopback, for tests.
//!
//! # In scope
//!
//! * [`FakeService`]: `ListOperations`, `GetOperation`, `ListConnectorOperations` and `DescribeConnectorOperation` over
//!   operations that are pinned, given or generated. It is a transport of both kinds, so a client is handed it instead
//!   of HTTP.
//! * `FakeServer` (feature `http`): the same on a socket, for any client in any language.
//! * [`Fault`]: what goes wrong with an exchange, from a refused connection to a token that leads in circles, in memory
//!   and on a socket alike; on a schedule, or injected.
//! * [`Script`]: a transport that replies what it was told to, for the errors that a service does not make.
//! * [`VirtualClock`]: a clock for both kinds of driver, on which waits take no time.
//!
//! # Out of scope
//!
//! Every other call of the two services: what is listed here was put here, nothing creates it. Signatures are not
//! checked.
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

mod account;
mod blueprint;
mod builder;
mod clock;
mod connectors;
#[cfg(feature = "http")]
mod control_api;
mod controls;
mod examples;
mod fault;
mod generate;
mod holdings;
mod life;
mod list;
mod random;
mod recorder;
mod scenario;
mod script;
#[cfg(feature = "http")]
mod server;
mod service;
mod time;
mod token;
mod transport;

pub use builder::FakeServiceBuilder;
pub use clock::VirtualClock;
pub use examples::EXAMPLE_CONNECTOR_ARN;
pub use fault::Fault;
pub use life::Life;
pub use scenario::ScenarioError;
pub use script::{Reply, Script};
#[cfg(feature = "http")]
pub use server::FakeServer;
pub use service::FakeService;
