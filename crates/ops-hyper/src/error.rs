use std::error::Error;
use std::io;

use hyper_util::client::legacy;
use ops_transport::{TransportError, TransportErrorKind};
use rustls::pki_types::InvalidDnsNameError;

/// Why no response head arrived.
pub(crate) fn no_head(error: legacy::Error) -> TransportError {
    let kind = if error.is_connect() {
        before_sending(&error)
    } else {
        after_sending(&error)
    };
    TransportError::new(kind).with_source(error)
}

/// Why the body broke off.
pub(crate) fn no_body(error: hyper::Error) -> TransportError {
    TransportError::new(after_sending(&error)).with_source(error)
}

/// What a failure means that came before the request was sent.
fn before_sending(error: &(dyn Error + 'static)) -> TransportErrorKind {
    if find::<rustls::Error>(error).is_some() || find::<InvalidDnsNameError>(error).is_some() {
        TransportErrorKind::Tls
    } else {
        // Refused, reset, unreachable, no such name, or a proxy that does not open the tunnel.
        TransportErrorKind::Connect
    }
}

/// What a failure means that came once a connection was there.
fn after_sending(error: &(dyn Error + 'static)) -> TransportErrorKind {
    if let Some(error) = find::<hyper::Error>(error) {
        if error.is_parse() {
            return TransportErrorKind::InvalidResponse;
        }
        if error.is_user() {
            return TransportErrorKind::Request;
        }
    }
    // A TLS failure in mid-stream, wrapped as invalid data like a bad chunk, is a broken connection.
    if find::<rustls::Error>(error).is_some() {
        return TransportErrorKind::Closed;
    }
    match find::<io::Error>(error).map(io::Error::kind) {
        // What hyper's decoder of chunks says of one that it cannot read.
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => {
            TransportErrorKind::InvalidResponse
        }
        _ => TransportErrorKind::Closed,
    }
}

/// The first error of type `T` among `error` and its causes.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>() {
            // `source` of an `io::Error` passes over the very error that it wraps.
            Some(io) => io.get_ref().map(|inner| inner as _),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    /// An error with a cause, as the libraries stack them.
    #[derive(Debug)]
    struct Wrapped(Box<dyn Error + Send + Sync>);

    impl fmt::Display for Wrapped {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("wrapped")
        }
    }

    impl Error for Wrapped {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&*self.0)
        }
    }

    fn tls() -> rustls::Error {
        rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer)
    }

    #[test]
    fn a_failure_to_connect_is_tls_or_connect() {
        use TransportErrorKind::{Connect, Tls};
        let rows: [(Box<dyn Error + Send + Sync>, _); 7] = [
            (
                io::Error::from(io::ErrorKind::ConnectionRefused).into(),
                Connect,
            ),
            (
                io::Error::from(io::ErrorKind::UnexpectedEof).into(),
                Connect,
            ),
            (io::Error::other("no such name").into(), Connect),
            ("a text".into(), Connect),
            (tls().into(), Tls),
            // hyper-rustls wraps twice.
            (
                io::Error::other(io::Error::new(io::ErrorKind::InvalidData, tls())).into(),
                Tls,
            ),
            (
                rustls::pki_types::DnsName::try_from("a b")
                    .expect_err("a space is not allowed")
                    .into(),
                Tls,
            ),
        ];
        for (cause, kind) in rows {
            let error = Wrapped(cause);
            assert_eq!(before_sending(&error), kind, "{error:?}");
        }
    }

    #[test]
    fn a_failure_of_the_exchange_is_closed_unless_the_bytes_are_wrong() {
        use TransportErrorKind::{Closed, InvalidResponse};
        let rows: [(Box<dyn Error + Send + Sync>, _); 7] = [
            (io::Error::from(io::ErrorKind::UnexpectedEof).into(), Closed),
            (
                io::Error::from(io::ErrorKind::ConnectionReset).into(),
                Closed,
            ),
            (io::Error::from(io::ErrorKind::BrokenPipe).into(), Closed),
            ("a text".into(), Closed),
            (
                io::Error::new(io::ErrorKind::InvalidData, tls()).into(),
                Closed,
            ),
            (
                io::Error::new(io::ErrorKind::InvalidInput, "Invalid chunk size line").into(),
                InvalidResponse,
            ),
            (
                io::Error::new(io::ErrorKind::InvalidData, "chunk").into(),
                InvalidResponse,
            ),
        ];
        for (cause, kind) in rows {
            let error = Wrapped(cause);
            assert_eq!(after_sending(&error), kind, "{error:?}");
        }
    }
}
