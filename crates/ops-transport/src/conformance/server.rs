use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{fmt, thread};

use crate::Cancel;

/// What a test waits for the peer, and the peer for a request, so that a test that fails ends.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// How long a step goes on that ends when the client is gone. A client that keeps its time limit is gone long before.
const LONGEST_STEP: Duration = Duration::from_secs(5);

/// How much a `Flood` sends. A client that keeps its body limit takes a small part of it.
const LARGEST_FLOOD: usize = 64 * 1024 * 1024;

/// Between two pieces of a drip.
const PACE: Duration = Duration::from_millis(10);

/// What the peer does next on a connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step {
    /// Reads one request, head and body, and reports it.
    Request,
    /// Reads one request, reports it, and answers 200 with its request line as the body.
    Echo,
    /// Writes these bytes.
    Send(Vec<u8>),
    /// Writes these bytes again and again until the client is gone, 64 MiB or 5 seconds at most.
    Flood(Vec<u8>),
    /// Writes these bytes each 10 ms until the client is gone, 5 seconds at most.
    Drip(Vec<u8>),
    /// Reads and forgets until the client is gone, 5 seconds at most.
    Hold,
    /// Waits for the test to set the flag, 5 seconds at most, and neither reads nor writes meanwhile.
    Until(Cancel),
    /// Sets the flag, for the test to wait on.
    Signal(Cancel),
    /// Ends its own side of the connection, and can still read.
    Finish,
    /// Waits for data and closes without having read it: the client sees a reset. The data is reported.
    Reset,
    /// Goes on in another protocol on top of the connection.
    Upgrade(Upgrade),
}

/// A protocol on top of a connection, such as TLS.
#[derive(Clone)]
pub struct Upgrade(Arc<Upgrading>);

type Upgrading = dyn Fn(TcpStream) -> io::Result<Box<dyn Stream>> + Send + Sync;

impl Upgrade {
    /// The protocol that this makes of a connection, as the server.
    pub fn new(
        upgrade: impl Fn(TcpStream) -> io::Result<Box<dyn Stream>> + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(upgrade))
    }
}

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upgrade")
    }
}

/// What a peer reads from and writes to.
pub trait Stream: Read + Write {}

impl<T: Read + Write> Stream for T {}

/// A request as it was on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Received {
    /// The connection that it came on, from 0.
    pub connection: usize,
    /// The request line. One char per byte, here and in the headers, so that no byte is lost.
    pub line: String,
    /// The header lines as they came, in the order of their names.
    pub headers: Vec<String>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    fn new(connection: usize, bytes: &[u8]) -> Self {
        let end = head_end(bytes).unwrap_or(bytes.len());
        let head: String = bytes[..end].iter().copied().map(char::from).collect();
        let mut lines = head.split("\r\n").map(str::to_owned);
        let line = lines.next().unwrap_or_default();
        let mut headers: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
        headers.sort_by_key(|line| name(line));
        Self {
            connection,
            line,
            headers,
            body: bytes[end..].to_vec(),
        }
    }

    /// The header lines as lower-case names and trimmed values.
    pub(super) fn fields(&self) -> Vec<(String, String)> {
        let field = |line: &String| {
            let value = line.split_once(':').map_or("", |(_, value)| value);
            (name(line), value.trim_matches([' ', '\t']).to_owned())
        };
        self.headers.iter().map(field).collect()
    }
}

/// A scripted peer on loopback: a list of steps for each connection that it accepts.
///
/// It sends what no HTTP library would, and reports what arrived byte for byte. Dropping it ends it; connections that
/// are open then run their scripts to the end.
#[derive(Debug)]
pub struct Server {
    /// Held to the end of `drop`, so that nobody else can have the port before that.
    listener: Arc<TcpListener>,
    ended: Arc<AtomicBool>,
    events: Arc<Events>,
}

impl Server {
    /// Runs a script for each connection, one after another in the order of their arrival, each on a thread of its own.
    ///
    /// A connection that is left when the scripts are used up is closed at once; they may well go on for ever.
    ///
    /// # Panics
    ///
    /// If there is no free port on 127.0.0.1.
    pub fn start<I>(scripts: I) -> Self
    where
        I: IntoIterator<Item = Vec<Step>, IntoIter: Send + 'static>,
    {
        let listener = Arc::new(TcpListener::bind("127.0.0.1:0").expect("a free port"));
        let ended = Arc::new(AtomicBool::new(false));
        let events = Arc::new(Events::default());
        let server = Self {
            listener: Arc::clone(&listener),
            ended: Arc::clone(&ended),
            events: Arc::clone(&events),
        };
        let mut scripts = scripts.into_iter();
        thread::spawn(move || {
            for (connection, stream) in listener.incoming().enumerate() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                let script = scripts.next().unwrap_or_default();
                let events = Arc::clone(&events);
                thread::spawn(move || {
                    // A script ends early when the client is gone, which is what some tests are about.
                    let _ = run(stream, &script, connection, &events);
                    events.add(|log| log.closed.push_back(connection));
                });
            }
        });
        server
    }

    /// One connection that answers one request with these bytes and is closed.
    ///
    /// # Panics
    ///
    /// As [`start`](Self::start).
    pub fn answering(response: impl Into<Vec<u8>>) -> Self {
        Self::start([vec![Step::Request, Step::Send(response.into())]])
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.listener.local_addr().expect("it is bound")
    }

    /// The `http` URI of a path here.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address())
    }

    /// The `https` URI of a path here.
    #[must_use]
    pub fn https(&self, path: &str) -> String {
        format!("https://{}{path}", self.address())
    }

    /// The next request that arrives.
    ///
    /// # Panics
    ///
    /// If none does within 20 seconds.
    #[must_use]
    pub fn received(&self) -> Received {
        self.events
            .wait(PATIENCE, |log| log.requests.pop_front())
            .expect("a request arrives")
    }

    /// The next connection that is closed from here, once it is.
    ///
    /// # Panics
    ///
    /// If none is within 20 seconds.
    #[must_use]
    pub fn closed(&self) -> usize {
        self.events
            .wait(PATIENCE, |log| log.closed.pop_front())
            .expect("a connection is closed")
    }

    /// The requests that have arrived and were not looked at yet. A request that was answered has arrived.
    #[must_use]
    pub fn arrived(&self) -> Vec<Received> {
        self.events.add(|log| log.requests.drain(..).collect())
    }

    /// Waits until so many requests have arrived that were not looked at yet; whether they have.
    pub(super) fn awaits(&self, requests: usize, timeout: Duration) -> bool {
        let enough = |log: &mut Log| (log.requests.len() >= requests).then_some(());
        self.events.wait(timeout, enough).is_some()
    }

    /// Waits until this connection is closed from here; whether it is.
    pub(super) fn awaits_close(&self, connection: usize, timeout: Duration) -> bool {
        let closed = |log: &mut Log| log.closed.contains(&connection).then_some(());
        self.events.wait(timeout, closed).is_some()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address());
    }
}

/// What has happened, for a test to wait on.
#[derive(Debug, Default)]
struct Events {
    log: Mutex<Log>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Log {
    requests: VecDeque<Received>,
    closed: VecDeque<usize>,
}

impl Events {
    fn lock(&self) -> MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add<T>(&self, change: impl FnOnce(&mut Log) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.notify_all();
        result
    }

    fn wait<T>(&self, timeout: Duration, mut take: impl FnMut(&mut Log) -> Option<T>) -> Option<T> {
        let mut taken = None;
        let waiting = |log: &mut Log| {
            taken = take(log);
            taken.is_none()
        };
        let _guard = self
            .changed
            .wait_timeout_while(self.lock(), timeout, waiting);
        taken
    }
}

fn run(tcp: TcpStream, script: &[Step], connection: usize, events: &Events) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    tcp.set_write_timeout(Some(LONGEST_STEP))?;
    tcp.set_read_timeout(Some(PATIENCE))?;
    let report = |bytes: &[u8]| {
        let received = Received::new(connection, bytes);
        let line = received.line.clone();
        events.add(|log| log.requests.push_back(received));
        line
    };
    let mut stream: Box<dyn Stream> = Box::new(tcp.try_clone()?);
    for step in script {
        let end = Instant::now() + LONGEST_STEP;
        match step {
            Step::Request => {
                report(&read_request(&mut stream)?);
            }
            Step::Echo => {
                let line = report(&read_request(&mut stream)?);
                let length = line.len();
                let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n");
                stream.write_all(format!("{head}{line}").as_bytes())?;
                stream.flush()?;
            }
            Step::Send(bytes) => {
                stream.write_all(bytes)?;
                stream.flush()?;
            }
            Step::Flood(bytes) => {
                let mut sent = 0;
                while sent < LARGEST_FLOOD && Instant::now() < end {
                    stream.write_all(bytes)?;
                    sent += bytes.len();
                }
            }
            Step::Drip(bytes) => {
                while Instant::now() < end {
                    stream.write_all(bytes)?;
                    stream.flush()?;
                    thread::sleep(PACE);
                }
            }
            Step::Hold => {
                tcp.set_read_timeout(Some(LONGEST_STEP))?;
                while Instant::now() < end && stream.read(&mut [0; 1024])? > 0 {}
                tcp.set_read_timeout(Some(PATIENCE))?;
            }
            Step::Until(flag) => {
                flag.wait(LONGEST_STEP);
            }
            Step::Signal(flag) => flag.cancel(),
            Step::Finish => tcp.shutdown(Shutdown::Write)?,
            Step::Reset => {
                let mut bytes = [0; 1024];
                let length = tcp.peek(&mut bytes)?;
                if length > 0 {
                    report(&bytes[..length]);
                }
                return Ok(());
            }
            Step::Upgrade(Upgrade(upgrade)) => stream = upgrade(tcp.try_clone()?)?,
        }
    }
    Ok(())
}

fn read_request(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    while head_end(&bytes[bytes.len().saturating_sub(4)..]).is_none() {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        bytes.extend_from_slice(&byte);
    }
    let head = String::from_utf8_lossy(&bytes).to_ascii_lowercase();
    let length = head
        .split("\r\n")
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|length| length.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    bytes.extend_from_slice(&body);
    Ok(bytes)
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    let mark = b"\r\n\r\n";
    bytes
        .windows(mark.len())
        .position(|window| window == mark)
        .map(|start| start + mark.len())
}

/// The name in a header line, in lower case.
fn name(line: &str) -> String {
    let name = line.split_once(':').map_or(line, |(name, _)| name);
    name.to_ascii_lowercase()
}
