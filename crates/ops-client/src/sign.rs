use std::error::Error;
use std::fmt;
use std::time::SystemTime;

use bytes::Bytes;

use crate::Credentials;

/// Signs one attempt's request: a pure function, the time and the credentials are given.
///
/// The client calls it for every attempt, after every other header is set, `host` included. `ops-sigv4` is the
/// implementation for AWS; without a signer a client sends its requests unsigned and never asks for credentials.
pub trait Sign: Send + Sync {
    /// Adds the signature's headers to `request`, and changes nothing else of it.
    ///
    /// # Errors
    ///
    /// [`SignError`] if the request or the credentials cannot be signed; nothing has been sent then.
    fn sign(
        &self,
        request: &mut http::Request<Bytes>,
        context: &SigningContext<'_>,
    ) -> Result<(), SignError>;
}

/// With what, for which service and when a request is signed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct SigningContext<'a> {
    /// The key pair.
    pub credentials: &'a Credentials,
    /// The signing region: `eu-central-1`.
    pub region: &'a str,
    /// The signing name: `servicediscovery` or `kafkaconnect`.
    pub service: &'a str,
    /// The time of signing.
    pub time: SystemTime,
}

impl<'a> SigningContext<'a> {
    /// A context of these parts.
    #[must_use]
    pub const fn new(
        credentials: &'a Credentials,
        region: &'a str,
        service: &'a str,
        time: SystemTime,
    ) -> Self {
        Self {
            credentials,
            region,
            service,
            time,
        }
    }
}

/// A request could not be signed. The cause shows no key material.
#[derive(Debug)]
pub struct SignError {
    source: Box<dyn Error + Send + Sync>,
}

impl SignError {
    /// An error with this cause.
    #[must_use]
    pub fn new(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self {
            source: source.into(),
        }
    }
}

impl fmt::Display for SignError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request cannot be signed")
    }
}

impl Error for SignError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self.source.as_ref())
    }
}
