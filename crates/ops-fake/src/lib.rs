//! AWS Cloud Map and Amazon MSK Connect operations played faithfully, in memory and on loopback, for tests.
//!
//! # In scope
//!
//! * [`FakeService`]: `ListOperations`, `GetOperation`, `ListConnectorOperations` and `DescribeConnectorOperation` over
//!   operations that are pinned, given or generated. It is a transport of both kinds, so a client is handed it instead
//!   of HTTP.
//! * The calls that create operations, as far as a test suite needs them to get an operation's id: Cloud Map's
//!   `CreateHttpNamespace`, `CreatePrivateDnsNamespace`, `CreatePublicDnsNamespace`, `DeleteNamespace`, `CreateService`,
//!   `UpdateService`, `RegisterInstance` and `DeregisterInstance`, and MSK Connect's `UpdateConnector`.
//! * [`Life`]: the states that an operation goes through by itself, on the service's time.
//! * `FakeServer` (feature `http`): the same on a socket, for any client in any language, with a control API for its tests.
//! * [Scenarios](FakeService::scenario): what a service holds and what goes wrong, as a JSON document.
//! * [`Fault`]: what goes wrong with an exchange, from a refused connection to a token that leads in circles, in memory
//!   and on a socket alike; on a schedule, or injected.
//! * [`Script`]: a transport that replies what it was told to, for the errors that a service does not make.
//! * [`VirtualClock`]: a clock for both kinds of driver, on which waits take no time.
//! * `AccessKey` (feature `verify-signatures`): a key of [`FakeServiceBuilder`]'s `verify_signatures`, after which only
//!   requests that are signed with such a key are answered, and all others refused in AWS's words.
//!
//! # Out of scope
//!
//! Every other call of the two services, and the resources: an operation that is created changes nothing but the list
//! of operations. Namespaces, services and instances are not kept, so any id of one is taken, and a connector stays as
//! it is. Unless it is told to verify signatures, a service takes requests without any and with wrong ones; presigned
//! URLs count as unsigned.
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
//!
//! # Creating operations
//!
//! ```
//! use std::time::Duration;
//!
//! use bytes::Bytes;
//! use ops_fake::FakeService;
//!
//! let service = FakeService::builder().without_examples().build();
//! let call = |name: &str, body: String| {
//!     let request = http::Request::post("/").header("x-amz-target", format!("Route53AutoNaming_v20170314.{name}"));
//!     let response = service.respond(request.body(Bytes::from(body)).unwrap());
//!     serde_json::from_slice::<serde_json::Value>(response.body()).unwrap()
//! };
//! let id = call("DeleteNamespace", r#"{"Id": "ns-e4anhexample0004"}"#.to_owned())["OperationId"].clone();
//! let status = || call("GetOperation", format!(r#"{{"OperationId": {id}}}"#))["Operation"]["Status"].clone();
//! assert_eq!(status(), "SUBMITTED");
//! service.advance(Duration::from_secs(5));
//! assert_eq!(status(), "SUCCESS");
//! ```
//!
//! * The required members are asked for and held against the model's constraints, and so are those that the calls make
//!   use of; the others are ignored. The model gives ids no smallest length, but an empty one is refused.
//! * [`FakeServiceBuilder::created_life`] and [`FakeServiceBuilder::updated_life`] say what becomes of the operations.
//! * A request with the `CreatorRequestId` of an earlier one of the same call gets the answer of that one, or
//!   `DuplicateRequest` (`CreateService`: `ServiceAlreadyExists`) if its members are others.
//! * The targets are what the request names and the namespace that it creates. What namespace a service is in is not
//!   known, so `NAMESPACE_ID` does not find the operations on services and instances.
//! * `CreateService` answers with a service, as AWS's model has it, and creates no operation.
//! * `UpdateConnector` takes any `currentVersion`.
//!
#![doc = include_str!("../CONFORMANCE.md")]
#![doc = include_str!("../SCALE.md")]

mod account;
mod blueprint;
mod builder;
mod clock;
mod connectors;
#[cfg(feature = "http")]
mod control_api;
mod controls;
mod create;
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
#[cfg(feature = "verify-signatures")]
mod signature;
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
#[cfg(feature = "verify-signatures")]
pub use signature::AccessKey;
