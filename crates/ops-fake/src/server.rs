use std::error::Error;
use std::fmt;
use std::future::{Future, poll_fn};
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::{Pin, pin};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::sync::{oneshot, watch};

use crate::FakeService;
use crate::control_api;
use crate::fault::play::{Piece, play};

/// The largest request body that is served, in bytes: 1 MiB. A request of a real client has a few KiB.
const BODY_MAX_BYTES: usize = 1024 * 1024;
/// How long an end waits for requests that are under way.
const GRACE: Duration = Duration::from_millis(250);
/// How long the server waits after it could not accept a connection, as when there are no file descriptors left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(20);

/// A [`FakeService`] on a socket, over HTTP/1.1 without TLS, on a thread of its own.
///
/// It works from async and from blocking programs alike. Connections are kept alive; a body above 1 MiB is answered
/// with 413; what is not HTTP costs its own connection and no other, and so does a [`Fault`](crate::Fault) that breaks
/// one. Dropping the server [stops](Self::stop) it.
///
/// # Control
///
/// A test in any language drives the service by requests to paths under `/_ops-fake/`. They take and give JSON, and have
/// the header `x-ops-fake` with any value; the host that they name is this machine. A browser sends neither for a page
/// of somebody else's, so no web page can drive a service on a developer's machine. No fault meets them.
///
/// | request | body | what it does |
/// |---|---|---|
/// | `POST cloud-map/operations` | an operation, as in a [scenario](FakeService::scenario) | adds it at the end of the list |
/// | `POST cloud-map/fail` | `{"id", "code", "message"}` | fails it now, for good |
/// | `POST kafka-connect/operations` | an operation, as in a scenario | adds it to its connector |
/// | `POST kafka-connect/fail` | `{"arn", "state", "code", "message"}` | ends it in this state now, for good |
/// | `POST advance` | `{"seconds"}` | sets the service's time forward |
/// | `POST faults` | a list of [faults](crate::Fault) | has the next requests meet them, one each |
/// | `POST reset` | | as [`reset`](FakeService::reset) |
/// | `GET dump` | | tells all that is held, as it is now |
///
/// Each but the last is answered by `{"now"}`, the service's time; an error by its status and `{"message"}`.
///
/// ```
/// use std::io::{Read, Write};
/// use std::net::TcpStream;
///
/// use ops_fake::{FakeServer, FakeService};
///
/// let server = FakeServer::start(FakeService::new(), "127.0.0.1:0".parse()?)?;
/// let mut stream = TcpStream::connect(server.addr())?;
/// stream.write_all(
///     b"POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: 2\r\n\
///       x-amz-target: Route53AutoNaming_v20170314.ListOperations\r\n\r\n{}",
/// )?;
/// let mut response = String::new();
/// stream.read_to_string(&mut response)?;
/// assert!(response.starts_with("HTTP/1.1 200 OK\r\n"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "the server stops when it is dropped"]
pub struct FakeServer {
    addr: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl FakeServer {
    /// Serves on a loopback address; port 0 takes a free one. Connections are accepted once this returns.
    ///
    /// # Errors
    ///
    /// The address is not a loopback address ([`io::ErrorKind::InvalidInput`]), or it cannot be listened on.
    pub fn start(service: FakeService, addr: SocketAddr) -> io::Result<Self> {
        if !addr.ip().to_canonical().is_loopback() {
            let text = format!(
                "{addr} can be reached from other machines; use a loopback address, or FakeServer::start_exposed"
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
        }
        Self::start_exposed(service, addr)
    }

    /// Serves on any address: whoever can reach it can call the service and, as the control API keeps off browsers alone,
    /// drive it.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on.
    pub fn start_exposed(service: FakeService, addr: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(addr)?;
        listener.set_nonblocking(true)?;
        let addr = listener.local_addr()?;
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _context = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("ops-fake".to_owned())
            .spawn(move || runtime.block_on(run(listener, service, stopped)))?;
        Ok(Self {
            addr,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Where the server listens.
    #[must_use]
    pub const fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Where the server listens, as a base URL without a path: `http://127.0.0.1:49152`.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Stops listening, ends the connections, and returns once all of that is done.
    ///
    /// Connections between two requests end at once. A request that is under way is answered, if that takes no longer
    /// than 250 ms.
    pub fn stop(self) {
        drop(self);
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A thread that has panicked has ended too.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for FakeServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeServer")
            .field("addr", &self.addr)
            .finish_non_exhaustive()
    }
}

/// Accepts connections until `stopped` ends, then ends them; what is still open after that ends with the runtime.
async fn run(
    listener: tokio::net::TcpListener,
    service: FakeService,
    mut stopped: oneshot::Receiver<()>,
) {
    let (stop, _) = watch::channel(());
    let mut next = |context: &mut Context<'_>| match Pin::new(&mut stopped).poll(context) {
        Poll::Ready(_) => Poll::Ready(None),
        Poll::Pending => listener.poll_accept(context).map(Some),
    };
    while let Some(accepted) = poll_fn(&mut next).await {
        let Ok((stream, _)) = accepted else {
            tokio::time::sleep(ACCEPT_PAUSE).await;
            continue;
        };
        // Small responses go out at once; a socket that refuses this serves as well.
        let _ = stream.set_nodelay(true);
        tokio::spawn(attend(stream, service.clone(), stop.subscribe()));
    }
    drop(listener);
    // Whoever listened has gone already.
    let _ = stop.send(());
    let _ = tokio::time::timeout(GRACE, stop.closed()).await;
}

/// Serves one connection, until `stop` says that its current request is the last.
async fn attend(stream: TcpStream, service: FakeService, mut stop: watch::Receiver<()>) {
    let mut connection = http1::Builder::new()
        // A client may shut down its side after its request.
        .half_close(true)
        .serve_connection(
            TokioIo::new(stream),
            service_fn(move |request| serve(service.clone(), request)),
        );
    let end = {
        let mut stopped = pin!(stop.changed());
        let mut stopping = false;
        poll_fn(|context| {
            if !stopping && stopped.as_mut().poll(context).is_ready() {
                stopping = true;
                Pin::new(&mut connection).graceful_shutdown();
            }
            Pin::new(&mut connection).poll(context)
        })
        .await
    };
    // A connection that failed by itself concerns nobody but its client.
    if let Err(error) = end
        && let Some(Interrupted(pieces)) = error.source().and_then(<dyn Error>::downcast_ref)
    {
        let stream = connection.into_parts().io.into_inner();
        let _ = play(stream, pieces).await;
    }
}

/// Takes a connection out of hyper's hands, for these pieces to be played on it.
#[derive(Debug)]
struct Interrupted(Vec<Piece>);

impl fmt::Display for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a fault is played on this connection")
    }
}

impl Error for Interrupted {}

async fn serve(
    service: FakeService,
    request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, Box<dyn Error + Send + Sync>> {
    let (mut parts, body) = request.into_parts();
    let response = match read(body).await? {
        Some(body) => {
            // hyper's own.
            parts.extensions.clear();
            let request = http::Request::from_parts(parts, body);
            if request.uri().path().starts_with(control_api::PREFIX) {
                return Ok(service.control(&request).map(Full::new));
            }
            let (response, fault) = service.meet(request);
            if let Some(pieces) = fault.and_then(|fault| fault.pieces(&response)) {
                return Err(Interrupted(pieces).into());
            }
            response
        }
        None => {
            let mut response = http::Response::new(Bytes::from_static(
                b"the fake takes bodies of 1 MiB at most\n",
            ));
            *response.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            response
        }
    };
    Ok(response.map(Full::new))
}

/// The body, or `None` if it is too large.
///
/// Such a body is read to its end, and dropped: a client that is still writing would see a reset, not the answer.
async fn read(mut body: Incoming) -> Result<Option<Bytes>, hyper::Error> {
    let mut bytes = Some(BytesMut::new());
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        bytes = bytes.filter(|bytes| bytes.len() + data.len() <= BODY_MAX_BYTES);
        if let Some(bytes) = &mut bytes {
            bytes.extend_from_slice(&data);
        }
    }
    Ok(bytes.map(BytesMut::freeze))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_starts_and_stops_within_another_runtime() {
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let server = FakeServer::start(FakeService::new(), ([127, 0, 0, 1], 0).into()).unwrap();
            drop(server);
        });
    }
}
