//! Servers that play a script, and one that must stay alone.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::common::PATIENCE;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    /// `POST / HTTP/1.1`
    pub(crate) line: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(other, _)| other == name)
            .map(|(_, value)| value.as_str())
    }

    /// Reads a request; `None` if none comes.
    pub(crate) fn read(from: impl Read) -> Option<Self> {
        let mut from = BufReader::new(from);
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            if from.read_line(&mut line).ok()? == 0 {
                return None;
            }
            match line.trim_end() {
                "" => break,
                line => lines.push(line.to_owned()),
            }
        }
        let mut request = Self {
            line: lines.remove(0),
            headers: lines
                .iter()
                .filter_map(|line| line.split_once(':'))
                .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
                .collect(),
            body: String::new(),
        };
        let length = request
            .header("content-length")
            .map_or(0, |length| length.parse().unwrap());
        let mut body = vec![0; length];
        from.read_exact(&mut body).ok()?;
        request.body = String::from_utf8(body).unwrap();
        Some(request)
    }
}

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(crate) enum Reply {
    /// A status and a body, as JSON.
    Http(u16, String),
    /// The same, as HTML.
    Html(u16, String),
    /// Nothing, ever.
    Hang,
}

impl Reply {
    pub(crate) fn json(body: impl Into<String>) -> Self {
        Self::Http(200, body.into())
    }

    /// An error of this status and code.
    pub(crate) fn error(status: u16, code: &str) -> Self {
        Self::Http(
            status,
            format!(r#"{{"__type":"{code}","message":"as the script has it"}}"#),
        )
    }
}

/// A server that gives its replies in their order, each on a connection of its own, and the last one again and again.
pub(crate) struct Script {
    addr: SocketAddr,
    arrivals: Receiver<()>,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Script {
    pub(crate) fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        let mut replies: VecDeque<Reply> = replies.into_iter().collect();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let (arrived, arrivals) = mpsc::channel();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            // Connections that hang, until the script is dropped with the process.
            let mut hanging = Vec::new();
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let reply = match replies.len() {
                    0 => continue,
                    1 => replies[0].clone(),
                    _ => replies.pop_front().unwrap(),
                };
                if let Some(stream) = serve(stream, &reply, &seen, &arrived) {
                    hanging.push(stream);
                }
            }
        });
        Self {
            addr,
            arrivals,
            requests,
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Waits until one more request has arrived.
    pub(crate) fn wait_for_request(&self) {
        self.arrivals
            .recv_timeout(PATIENCE)
            .expect("no request came");
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }
}

/// Returns the connection if it is to hang.
fn serve(
    mut stream: TcpStream,
    reply: &Reply,
    seen: &Mutex<Vec<Request>>,
    arrived: &Sender<()>,
) -> Option<TcpStream> {
    let request = Request::read(&stream)?;
    seen.lock().unwrap().push(request);
    let _ = arrived.send(());
    let (status, content_type, body) = match reply {
        Reply::Http(status, body) => (status, "application/json", body),
        Reply::Html(status, body) => (status, "text/html", body),
        Reply::Hang => return Some(stream),
    };
    let head = format!(
        "HTTP/1.1 {status} Scripted\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\
         x-amzn-requestid: request-{status}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    // The client may have gone.
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(body.as_bytes());
    None
}

/// A listener that only counts who comes.
pub(crate) struct Untouched(TcpListener);

impl Untouched {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.0.local_addr().unwrap())
    }

    /// Whether somebody has connected. A connection is in the queue once the client's `connect` returns.
    pub(crate) fn was_touched(&self) -> bool {
        self.0.accept().is_ok()
    }
}
