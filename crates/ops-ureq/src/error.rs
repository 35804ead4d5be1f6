use std::error::Error;
use std::{fmt, io};

use ops_transport::{TransportError, TransportErrorKind};

/// ureq's error as the contract's.
pub(crate) fn failure(error: ureq::Error) -> TransportError {
    let failure = TransportError::new(kind(&error));
    match error {
        // What is marked below shows its cause, which says enough.
        ureq::Error::Other(cause) => failure.with_source(cause),
        error => failure.with_source(error),
    }
}

/// What a failure means for a retry.
fn kind(error: &ureq::Error) -> TransportErrorKind {
    match error {
        ureq::Error::Timeout(_) => TransportErrorKind::Timeout,
        ureq::Error::Other(cause) => match cause.downcast_ref::<BeforeSending>() {
            Some(BeforeSending(cause)) => before_sending(cause),
            None => TransportErrorKind::Closed,
        },
        // What the request may not be is refused before ureq sees it, so this is about the response.
        ureq::Error::Protocol(_)
        | ureq::Error::LargeResponseHeader(..)
        // No line end within the whole input buffer, where chunks must have one.
        | ureq::Error::BodyStalled => TransportErrorKind::InvalidResponse,
        ureq::Error::Http(_) | ureq::Error::BadUri(_) => TransportErrorKind::Request,
        // A TLS failure in mid-stream is a broken connection like any other.
        _ => TransportErrorKind::Closed,
    }
}

/// What a failure means that came before the request was sent.
fn before_sending(error: &ureq::Error) -> TransportErrorKind {
    let tls = match error {
        ureq::Error::Rustls(_) | ureq::Error::Tls(_) => true,
        ureq::Error::Io(error) => error
            .get_ref()
            .and_then(|cause| cause.downcast_ref::<rustls::Error>())
            .is_some(),
        _ => false,
    };
    if tls {
        TransportErrorKind::Tls
    } else {
        // Refused, reset, unreachable, no such name, or a proxy that does not open the tunnel.
        TransportErrorKind::Connect
    }
}

/// The mark of a failure that came before the request was sent: ureq's errors do not tell.
#[derive(Debug)]
pub(crate) struct BeforeSending(ureq::Error);

impl BeforeSending {
    /// Puts the mark on everything but a time limit, which is a kind of its own.
    pub(crate) fn mark(error: ureq::Error) -> ureq::Error {
        match error {
            ureq::Error::Timeout(_) => error,
            error => ureq::Error::Other(Box::new(Self(error))),
        }
    }
}

impl fmt::Display for BeforeSending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for BeforeSending {}

/// The mark of a connection that broke, in a form that ureq does not take for the end of a body.
#[derive(Debug)]
pub(crate) struct Broken(io::Error);

impl Broken {
    pub(crate) fn mark(error: ureq::Error) -> ureq::Error {
        match error {
            ureq::Error::Io(error) => ureq::Error::Other(Box::new(Self(error))),
            error => error,
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Broken {}

#[cfg(test)]
mod tests {
    use super::*;

    fn tls() -> rustls::Error {
        rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer)
    }

    fn rows() -> [(ureq::Error, TransportErrorKind, TransportErrorKind); 11] {
        use TransportErrorKind::{Closed, Connect, InvalidResponse, Request, Timeout, Tls};
        let io = |kind| ureq::Error::Io(io::Error::from(kind));
        let wrapped = io::Error::new(io::ErrorKind::InvalidData, tls());
        // An error, its meaning after the request was sent, and before.
        [
            (
                ureq::Error::Timeout(ureq::Timeout::Global),
                Timeout,
                Timeout,
            ),
            (
                ureq::Error::Timeout(ureq::Timeout::Connect),
                Timeout,
                Timeout,
            ),
            (io(io::ErrorKind::ConnectionRefused), Closed, Connect),
            (io(io::ErrorKind::UnexpectedEof), Closed, Connect),
            (io(io::ErrorKind::ConnectionReset), Closed, Connect),
            (ureq::Error::HostNotFound, Closed, Connect),
            (ureq::Error::Io(wrapped), Closed, Tls),
            (ureq::Error::Rustls(tls()), Closed, Tls),
            (ureq::Error::Tls("invalid dns name"), Closed, Tls),
            (
                ureq::Error::LargeResponseHeader(2, 1),
                InvalidResponse,
                Connect,
            ),
            (ureq::Error::BadUri(String::new()), Request, Connect),
        ]
    }

    #[test]
    fn what_a_failure_means_depends_on_when_it_came() {
        for (error, after, before) in rows() {
            assert_eq!(kind(&error), after, "{error:?}");
            let error = BeforeSending::mark(error);
            assert_eq!(kind(&error), before, "{error:?}");
        }
    }

    #[test]
    fn a_break_is_closed() {
        for (error, ..) in rows() {
            if matches!(error, ureq::Error::Io(_)) {
                let error = Broken::mark(error);
                assert_eq!(kind(&error), TransportErrorKind::Closed, "{error:?}");
            }
        }
    }
}
