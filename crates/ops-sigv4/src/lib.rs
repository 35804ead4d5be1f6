//! AWS Signature Version 4 for `ops-client`, and the credentials to sign with.
//!
//! # In scope
//!
//! * [`SigV4`]: the signer.
//! * [`EnvironmentCredentials`], [`ProfileCredentials`] and, the one after the other, [`CredentialsChain`]: what the AWS
//!   CLI reads on a user's machine, `credential_process` included. Each is a source for async and for blocking clients,
//!   and each reads only the [`Environment`] that it was given and the files that this one names.
//! * `ProvidedCredentials`, with the feature `aws-credential-types`: any provider of the official SDK, for async clients.
//!
//! Fixed [`Credentials`](ops_client::Credentials) are a source already.
//!
//! # Out of scope
//!
//! Sign-in: SSO, `aws login`, roles, the metadata services of containers and instances. The errors name the AWS CLI
//! command that bridges the gap, and the official SDK's providers do all of it. Caching: a client keeps what it got.
//!
//! # Example
//!
//! ```
//! use std::time::{Duration, UNIX_EPOCH};
//!
//! use bytes::Bytes;
//! use ops_client::{BlockingCredentialsSource, Sign, SigningContext};
//! use ops_sigv4::{CredentialsChain, Environment, SigV4};
//!
//! // A program passes `Environment::process()`.
//! let environment = Environment::from_iter([
//!     ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
//!     ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
//! ]);
//! let credentials = CredentialsChain::new(environment).credentials_blocking()?;
//!
//! let mut request = http::Request::post("https://servicediscovery.us-east-1.amazonaws.com/")
//!     .header("content-type", "application/x-amz-json-1.1")
//!     .header("x-amz-target", "Route53AutoNaming_v20170314.ListOperations")
//!     .body(Bytes::from_static(b"{}"))?;
//! let time = UNIX_EPOCH + Duration::from_secs(1_788_093_360);
//! let context = SigningContext::new(&credentials, "us-east-1", "servicediscovery", time);
//! SigV4.sign(&mut request, &context)?;
//!
//! assert_eq!(request.headers()["x-amz-date"], "20260830T123600Z");
//! assert!(request.headers()["authorization"].is_sensitive());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod chain;
mod environment;
mod profile;
#[cfg(feature = "aws-credential-types")]
mod provider;
mod sign;
mod thread;

pub use chain::CredentialsChain;
pub use environment::{Environment, EnvironmentCredentials};
pub use profile::ProfileCredentials;
#[cfg(feature = "aws-credential-types")]
pub use provider::ProvidedCredentials;
pub use sign::SigV4;
