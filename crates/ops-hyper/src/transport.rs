use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use ops_transport::{
    Attempt, BodyBuffer, ConnectOptions, Transport, TransportError, TransportErrorKind,
    check_request,
};

use crate::connect::Connector;
use crate::error::{no_body, no_head};

/// Idle connections are closed after this time: sooner than servers and load balancers do it, so that a request seldom
/// meets a connection that its peer has just given up.
const IDLE: Duration = Duration::from_secs(15);

/// How many connections to one host may idle.
const MAX_IDLE: usize = 16;

/// What hyper reads at a time, and the longest head that it takes: most pages are one piece then. Its own 400 KiB, of
/// which it may hold several, would go beyond the body limit.
const READ: usize = 64 * 1024;

/// Where an empty body is a body, whose length is announced (hyper leaves that out); elsewhere it is none.
const METHODS_WITH_BODY: [Method; 3] = [Method::PATCH, Method::POST, Method::PUT];

/// [`Transport`] over hyper: HTTP/1.1, a connection pool, rustls.
///
/// Clones share one pool. A call runs on the tokio runtime that polls it, which needs its IO and time drivers;
/// connections belong to the runtime that opened them, and names are resolved on its blocking threads. Dropping a call
/// closes the connection that it was using.
///
/// The head of a response may take up to 64 KiB; one of more than 128 KiB is [`TransportErrorKind::InvalidResponse`].
///
/// The first `https` call opens the platform's trust store, if that is the one to trust: where there is none, that call
/// and its like fail with [`TransportErrorKind::Tls`], and `http` works.
#[derive(Clone)]
pub struct HyperTransport {
    client: Client<Connector, Full<Bytes>>,
}

impl HyperTransport {
    /// A transport with an empty pool. Nothing is connected, and no runtime is needed yet.
    ///
    /// # Errors
    ///
    /// [`TransportErrorKind::Request`] if the CA bundle holds no usable certificate or the proxy's address is unusable.
    pub fn new(options: ConnectOptions) -> Result<Self, TransportError> {
        let connector = Connector::new(&options)?;
        let client = Client::builder(TokioExecutor::new())
            // By default hyper-util sends again when a pooled connection turns out to be closed.
            .retry_canceled_requests(false)
            .pool_idle_timeout(IDLE)
            .pool_max_idle_per_host(MAX_IDLE)
            .pool_timer(TokioTimer::new())
            .http1_max_buf_size(READ)
            .build(connector);
        Ok(Self { client })
    }

    async fn exchange(
        &self,
        request: Request<Bytes>,
        max_body: usize,
    ) -> Result<Response<Bytes>, TransportError> {
        let response = self
            .client
            .request(request.map(Full::new))
            .await
            .map_err(no_head)?;
        let (head, body) = response.into_parts();
        let body = collect(body, max_body).await?;
        let mut response = Response::new(body);
        *response.status_mut() = head.status;
        *response.version_mut() = head.version;
        *response.headers_mut() = head.headers;
        Ok(response)
    }
}

#[async_trait]
impl Transport for HyperTransport {
    /// As [`Transport::send`].
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime, or in one without its IO or time driver.
    async fn send(
        &self,
        request: Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<Response<Bytes>, TransportError> {
        let request = admit(request)?;
        tokio::time::timeout(attempt.timeout, self.exchange(request, attempt.max_body))
            .await
            .unwrap_or_else(|_| Err(TransportError::new(TransportErrorKind::Timeout)))
    }
}

impl fmt::Debug for HyperTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HyperTransport").finish_non_exhaustive()
    }
}

/// Refuses what cannot be sent as it stands, and leaves nothing but method, URI, headers and body.
fn admit(request: Request<Bytes>) -> Result<Request<Bytes>, TransportError> {
    check_request(&request)?;
    let (mut head, body) = request.into_parts();
    if body.is_empty() && METHODS_WITH_BODY.contains(&head.method) {
        head.headers
            .insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    let mut request = Request::new(body);
    *request.method_mut() = head.method;
    *request.uri_mut() = head.uri;
    *request.headers_mut() = head.headers;
    Ok(request)
}

/// Reads a body of at most `limit` bytes. One that comes in one piece, as most do, is not copied.
async fn collect(mut body: Incoming, limit: usize) -> Result<Bytes, TransportError> {
    let announced = body.size_hint();
    let mut collected = BodyBuffer::new(Some(announced.lower()), limit)?;
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(no_body)?.into_data() {
            if announced.exact() == Some(data.len() as u64) {
                return Ok(data);
            }
            collected.push(&data)?;
        }
    }
    Ok(collected.into_bytes())
}
