use std::fmt;
use std::io::Read as _;
use std::time::Duration;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{Method, Request, Response};
use ops_transport::{
    Attempt, BlockingTransport, BodyBuffer, ConnectOptions, TransportError, TransportErrorKind,
    check_request,
};
use ureq::config::AutoHeaderValue;
use ureq::{Agent, AsSendBody, Body};

use crate::connect::Route;
use crate::error::failure;
use crate::tls;

/// Idle connections are closed after this time: sooner than servers and load balancers do it, so that a request seldom
/// meets a connection that its peer has just given up.
const IDLE: Duration = Duration::from_secs(15);

/// How many connections may idle: ops talks to one or two hosts.
const MAX_IDLE: usize = 16;

/// ureq writes the head of a request in lines, each of which must fit into its output buffer.
const OUTPUT: usize = 128 * 1024;

/// The longest method with path, and name with value, that leaves room for what stands around them.
const MAX_LINE: usize = OUTPUT - 64;

/// How much of a body is read at a time.
const READ: usize = 8 * 1024;

/// Where an empty body is a body, whose length is announced; elsewhere it is none.
const METHODS_WITH_BODY: [Method; 3] = [Method::PATCH, Method::POST, Method::PUT];

/// No time limit goes beyond this; ureq's arithmetic would panic for the largest durations.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// [`BlockingTransport`] over ureq: HTTP/1.1, a connection pool, rustls.
///
/// Clones share one pool. Names are resolved on a thread of their own, which outlives a time limit that runs out
/// meanwhile; everything else happens on the calling thread.
///
/// The first `https` call opens the platform's trust store, if that is the one to trust: where there is none, that call
/// and its like fail with [`TransportErrorKind::Tls`], and `http` works.
///
/// A line of a request's head, the path and query or one header, may take up to 128 KiB; a longer one is refused. The
/// time limit is looked at once for each 128 KiB that are sent: a request that fits into the socket's buffer, as those of
/// ops do, keeps it; a much larger one can outrun it while a hostile peer reads it byte by byte.
#[derive(Clone)]
pub struct UreqTransport {
    agent: Agent,
}

impl UreqTransport {
    /// A transport with an empty pool. Nothing is connected yet.
    ///
    /// # Errors
    ///
    /// [`TransportErrorKind::Request`] if the CA bundle holds no usable certificate or the proxy's address is unusable.
    pub fn new(options: ConnectOptions) -> Result<Self, TransportError> {
        let config = Agent::config_builder()
            // The builder starts with what the environment says of a proxy.
            .proxy(None)
            .tls_config(tls::config(&options.trust)?)
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(AutoHeaderValue::None)
            .accept(AutoHeaderValue::None)
            .accept_encoding(AutoHeaderValue::None)
            .allow_non_standard_methods(true)
            .output_buffer_size(OUTPUT)
            .max_idle_age(IDLE)
            .max_idle_connections(MAX_IDLE)
            .max_idle_connections_per_host(MAX_IDLE)
            .build();
        let (connector, resolver) = Route::new(options.proxy.as_ref())?.into_parts();
        Ok(Self {
            agent: Agent::with_parts(config, connector, resolver),
        })
    }

    fn run(
        &self,
        request: Request<impl AsSendBody>,
        timeout: Duration,
    ) -> Result<Response<Body>, ureq::Error> {
        let request = self.agent.configure_request(request);
        self.agent
            .run(request.timeout_global(Some(timeout)).build())
    }
}

impl BlockingTransport for UreqTransport {
    fn send_blocking(
        &self,
        request: Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<Response<Bytes>, TransportError> {
        let (head, body) = admit(request)?.into_parts();
        let timeout = attempt.timeout.min(LONGEST);
        let response = if body.is_empty() && !METHODS_WITH_BODY.contains(&head.method) {
            self.run(Request::from_parts(head, ()), timeout)
        } else {
            self.run(Request::from_parts(head, body.as_ref()), timeout)
        };
        let (head, body) = response.map_err(failure)?.into_parts();
        let mut response = Response::new(collect(body, attempt.max_body)?);
        *response.status_mut() = head.status;
        *response.version_mut() = head.version;
        *response.headers_mut() = head.headers;
        Ok(response)
    }
}

impl fmt::Debug for UreqTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UreqTransport").finish_non_exhaustive()
    }
}

/// Refuses what cannot be sent as it stands, and leaves nothing but method, URI, headers and body.
fn admit(request: Request<Bytes>) -> Result<Request<Bytes>, TransportError> {
    check_request(&request)?;
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("", PathAndQuery::as_str);
    let first = head.method.as_str().len() + path.len();
    let others = head.headers.iter();
    let mut lines = others.map(|(name, value)| name.as_str().len() + value.len());
    if first > MAX_LINE || lines.any(|line| line > MAX_LINE) {
        let reason = "a line of its head is longer than 128 KiB";
        return Err(TransportError::new(TransportErrorKind::Request).with_source(reason));
    }
    let mut request = Request::new(body);
    *request.method_mut() = head.method;
    *request.uri_mut() = head.uri;
    *request.headers_mut() = head.headers;
    Ok(request)
}

/// Reads a body of at most `limit` bytes.
fn collect(body: Body, limit: usize) -> Result<Bytes, TransportError> {
    let mut collected = BodyBuffer::new(body.content_length(), limit)?;
    let mut reader = body.into_reader();
    let mut piece = [0; READ];
    loop {
        match reader.read(&mut piece) {
            Ok(0) => return Ok(collected.into_bytes()),
            Ok(length) => collected.push(&piece[..length])?,
            Err(error) => return Err(failure(error.into())),
        }
    }
}
