use std::error::Error;
use std::fmt;

/// Why no whole response arrived, by what that means for a retry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection came about: the name does not resolve, or the peer or the proxy refuses. Nothing was sent; trying
    /// again is safe and may help.
    Connect,
    /// The TLS handshake failed: an untrusted or wrong certificate, no common version. Nothing was sent; trying again
    /// does not help.
    Tls,
    /// [`Attempt::timeout`](crate::Attempt::timeout) ran out. The request may have reached the service; trying again
    /// may help.
    Timeout,
    /// The connection broke before the whole response had arrived. The request may have reached the service; trying
    /// again may help.
    Closed,
    /// The peer sent something that is not HTTP, or more headers than the client takes. The request has reached
    /// something, and trying again does not help.
    InvalidResponse,
    /// The body is larger than [`Attempt::max_body`](crate::Attempt::max_body). The service has answered; trying again
    /// does not help.
    BodyTooLarge,
    /// The request cannot be sent as it is, or the transport is set up wrongly. Nothing was sent; trying again does not
    /// help.
    Request,
}

impl TransportErrorKind {
    /// Whether the request may have reached the service.
    #[must_use]
    pub const fn may_have_been_sent(self) -> bool {
        match self {
            Self::Connect | Self::Tls | Self::Request => false,
            Self::Timeout | Self::Closed | Self::InvalidResponse | Self::BodyTooLarge => true,
        }
    }

    /// Whether the same request may succeed if it is sent again.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        match self {
            Self::Connect | Self::Timeout | Self::Closed => true,
            Self::Tls | Self::InvalidResponse | Self::BodyTooLarge | Self::Request => false,
        }
    }

    const fn text(self) -> &'static str {
        match self {
            Self::Connect => "cannot connect",
            Self::Tls => "the TLS handshake failed",
            Self::Timeout => "the attempt timed out",
            Self::Closed => "the connection closed before the whole response had arrived",
            Self::InvalidResponse => "the peer's answer is not valid HTTP",
            Self::BodyTooLarge => "the response body is larger than the limit",
            Self::Request => "the request cannot be sent",
        }
    }
}

/// No whole response arrived: a [kind](TransportErrorKind) and, where there is one, the cause.
///
/// Neither `Debug` nor `Display` shows headers or bodies; a transport gives no cause that would.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl TransportError {
    /// An error of this kind without a cause.
    #[must_use]
    pub const fn new(kind: TransportErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// Adds the cause: an error, or a text.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// What the failure means for a retry.
    #[must_use]
    pub const fn kind(&self) -> TransportErrorKind {
        self.kind
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.text())
    }
}

impl Error for TransportError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cause_is_in_the_chain_and_not_in_the_line() {
        let error = TransportError::new(TransportErrorKind::Connect).with_source("refused");
        assert_eq!(error.to_string(), "cannot connect");
        assert_eq!(
            error.source().expect("it has a cause").to_string(),
            "refused"
        );
    }
}
