use async_trait::async_trait;
use bytes::Bytes;

use crate::{Attempt, TransportError};

/// Sends one HTTP request and returns the whole response, asynchronously.
///
/// # The clauses
///
/// Every transport keeps them, this trait's and [`BlockingTransport`]'s alike. The kit in this crate's feature
/// `conformance` checks them, each by its number:
///
/// 1. It sends exactly this method, path, query, headers and body. It may add `host`, `content-length` and
///    `connection`, nothing else; but a client that cannot be kept from adding `accept: */*` may do so, as that means the
///    same as no `accept`. The paths and queries that ops builds hold only unreserved characters, `%XX` and
///    `/ ? & =`, and no dot segments in any form; they reach the wire byte for byte. What
///    [`check_request`](crate::check_request) refuses fails as
///    [`Request`](crate::TransportErrorKind::Request), and nothing is sent; so does a path with dot segments, or it
///    reaches the wire as it stands.
/// 2. It never follows a redirect: a 3xx is a response like any other.
/// 3. It never retries, not even on a connection that the peer closed while it was idle.
/// 4. It never decompresses a body and never asks for compression.
/// 5. Any status is `Ok`. An error means that no whole response arrived.
/// 6. It stops at [`Attempt::max_body`] bytes with [`BodyTooLarge`](crate::TransportErrorKind::BodyTooLarge), and has
///    not held much more than that in memory by then.
/// 7. It keeps [`Attempt::timeout`] over the whole exchange: name resolution, connecting, TLS, sending, and a body that
///    drips in.
/// 8. It never logs or prints headers or bodies: they carry credentials. Its `Debug` and its errors hold none either.
/// 9. Dropping the future (or a failed exchange) never poisons a later call.
/// 10. It reads no environment variable: proxy and CA bundle are options ([`ConnectOptions`](crate::ConnectOptions)).
///     Where the platform's trust store is asked for, finding that store is the platform's business.
///
/// A transport may be called from many tasks at once.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Sends `request`, whose URI is absolute, and returns the response with its whole body.
    ///
    /// # Errors
    ///
    /// A [`TransportError`] if no whole response arrived within the limits of `attempt`. Its kind tells whether the
    /// request may have reached the service.
    async fn send(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError>;
}

/// [`Transport`]'s blocking twin: the same clauses, on the calling thread.
pub trait BlockingTransport: Send + Sync {
    /// Sends `request`, whose URI is absolute, and returns the response with its whole body.
    ///
    /// # Errors
    ///
    /// As [`Transport::send`].
    fn send_blocking(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError>;
}
