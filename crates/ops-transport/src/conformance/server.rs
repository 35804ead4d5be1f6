//! A scripted peer on loopback: a list of steps for each connection that it accepts.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Barrier};
use std::time::Duration;
use std::{fmt, thread};

/// No step and no wait takes longer, so that a test that fails ends.
const PATIENCE: Duration = Duration::from_secs(20);

/// Between two pieces of a drip.
const PACE: Duration = Duration::from_millis(10);

/// What the peer does next on a connection.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Step {
    /// Reads one request, head and body, and reports it.
    Request,
    /// Writes these bytes.
    Send(Vec<u8>),
    /// Writes these bytes again and again until the client is gone.
    Flood(Vec<u8>),
    /// As `Flood`, slowly.
    Drip(Vec<u8>),
    /// Waits until the client is gone.
    Hold,
    /// Waits for the test.
    Meet(Arc<Barrier>),
    /// Waits for data and closes without having read it: the client sees a reset.
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
#[derive(Debug)]
pub struct Received {
    /// The connection that it came on, from 0.
    pub connection: usize,
    /// Head and body.
    pub bytes: Vec<u8>,
}

impl Received {
    /// The request line, the header lines in alphabetic order, and the body.
    pub fn parts(&self) -> (String, Vec<String>, Vec<u8>) {
        let end = head_end(&self.bytes).expect("a whole head");
        // One char per byte, so that no byte is lost.
        let head: String = self.bytes[..end].iter().copied().map(char::from).collect();
        let mut lines = head.split("\r\n").map(str::to_owned);
        let line = lines.next().expect("a request line");
        let mut headers: Vec<_> = lines.filter(|line| !line.is_empty()).collect();
        headers.sort();
        (line, headers, self.bytes[end..].to_vec())
    }
}

/// The peer.
#[derive(Debug)]
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    requests: Receiver<Received>,
    closed: Receiver<usize>,
}

impl Server {
    /// Accepts one connection for each script, one after another, and runs each script on a thread of its own.
    pub fn start(scripts: impl IntoIterator<Item = Vec<Step>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (sender, requests) = channel();
        let (closing, closed) = channel();
        let scripts: Vec<_> = scripts.into_iter().collect();
        thread::spawn(move || {
            for (connection, script) in scripts.into_iter().enumerate() {
                let (stream, _) = listener.accept().expect("a connection");
                let (sender, closing) = (sender.clone(), closing.clone());
                thread::spawn(move || {
                    // A script ends early when the client is gone, which is what some tests are about.
                    let _ = run(stream, &script, connection, &sender);
                    // The test may have ended.
                    let _ = closing.send(connection);
                });
            }
        });
        Self {
            address,
            requests,
            closed,
        }
    }

    /// One connection that answers one request with these bytes and is closed.
    pub fn answering(response: impl Into<Vec<u8>>) -> Self {
        Self::start([vec![Step::Request, Step::Send(response.into())]])
    }

    /// The URI of a path here.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The same over TLS.
    #[must_use]
    pub fn https(&self, path: &str) -> String {
        format!("https://{}{path}", self.address)
    }

    /// The next request that arrives.
    pub fn received(&self) -> Received {
        self.requests
            .recv_timeout(PATIENCE)
            .expect("a request arrives")
    }

    /// The next connection that is closed from here, once it is.
    pub fn closed(&self) -> usize {
        self.closed
            .recv_timeout(PATIENCE)
            .expect("a connection is closed")
    }

    /// The requests that have arrived and were not looked at.
    pub fn others(&self) -> usize {
        self.requests.try_iter().count()
    }
}

fn run(
    tcp: TcpStream,
    script: &[Step],
    connection: usize,
    requests: &Sender<Received>,
) -> io::Result<()> {
    tcp.set_nodelay(true)?;
    tcp.set_read_timeout(Some(PATIENCE))?;
    tcp.set_write_timeout(Some(PATIENCE))?;
    let mut stream: Box<dyn Stream> = Box::new(tcp.try_clone()?);
    for step in script {
        match step {
            Step::Request => {
                let bytes = read_request(&mut stream)?;
                // The test may have ended.
                let _ = requests.send(Received { connection, bytes });
            }
            Step::Send(bytes) => {
                stream.write_all(bytes)?;
                stream.flush()?;
            }
            Step::Flood(bytes) => loop {
                stream.write_all(bytes)?;
            },
            Step::Drip(bytes) => loop {
                stream.write_all(bytes)?;
                stream.flush()?;
                thread::sleep(PACE);
            },
            Step::Hold => while stream.read(&mut [0; 1024])? > 0 {},
            Step::Meet(barrier) => {
                barrier.wait();
            }
            Step::Reset => {
                tcp.peek(&mut [0])?;
                return Ok(());
            }
            Step::Upgrade(Upgrade(upgrade)) => stream = upgrade(tcp.try_clone()?)?,
        }
    }
    Ok(())
}

fn read_request(stream: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        bytes.extend_from_slice(&byte);
        if let Some(end) = head_end(&bytes[bytes.len().saturating_sub(4)..]).map(|_| bytes.len()) {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head
                .split("\r\n")
                .find_map(|line| line.strip_prefix("content-length:"))
                .map_or(0, |length| length.trim().parse().expect("a length"));
            let mut body = vec![0; length];
            stream.read_exact(&mut body)?;
            bytes.extend_from_slice(&body);
            return Ok(bytes);
        }
    }
}

fn head_end(bytes: &[u8]) -> Option<usize> {
    let mark = b"\r\n\r\n";
    bytes
        .windows(mark.len())
        .position(|window| window == mark)
        .map(|start| start + mark.len())
}
