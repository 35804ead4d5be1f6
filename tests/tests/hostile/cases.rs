//! What the server sends, and how it is to end.

use std::io::{self, BufWriter, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::Duration;

use ops_client::Timeouts;
use ops_transport::Attempt;
use ops_transport::conformance::{Step, Upgrade};

use crate::memory::MIB;

pub(crate) const ARN: &str = "arn:aws:kafkaconnect:us-east-1:123456789012:connector/c/0f9a-4";

/// The most pages that the client fetches.
pub(crate) const MOST_PAGES: u64 = 100;

const BODY_LIMIT: usize = Attempt::DEFAULT_MAX_BODY;

/// How much memory a process may take for a body.
pub(crate) const ROOM: u64 = BODY_LIMIT as u64 + MIB;

const MILLION: usize = 1_000_000;

/// What a server does, and what is to come of it.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) script: fn(Service) -> Vec<Step>,
    /// How the listing ends: the outcome's words begin with these.
    pub(crate) end: &'static str,
    /// How else it may.
    pub(crate) or: &'static str,
    drips: bool,
}

impl Case {
    const fn new(name: &'static str, script: fn(Service) -> Vec<Step>, end: &'static str) -> Self {
        Self {
            name,
            script,
            end,
            or: end,
            drips: false,
        }
    }

    const fn or(self, end: &'static str) -> Self {
        Self { or: end, ..self }
    }

    const fn dripping(self) -> Self {
        Self {
            drips: true,
            ..self
        }
    }

    /// The time limits; short ones where they are what ends it.
    pub(crate) fn limits(&self) -> Timeouts {
        if !self.drips {
            return Timeouts::default();
        }
        Timeouts {
            attempt: Duration::from_millis(1500),
            call: Duration::from_millis(2500),
            listing: None,
        }
    }
}

const NOTHING: &str = "exhausted: 0 items, 0 bad";
const TOO_LARGE: &str = "error, Transport: the response body is larger than the limit";
const NOT_HTTP: &str = "error, Transport: the peer's answer is not valid HTTP";
const TOO_SLOW: &str = "deadline, Timeout: the time limit of the call ran out; the last attempt: the attempt timed out (2 attempts)";
const NOT_DOCUMENTED: &str = "error, Response: the response is not what the service documents";
const TOO_MANY: &str = "error, Response: the response is not what the service documents: a list has more than 10000 entries";
const BAD_REQUEST: &str = "error, Service: HTTP status 400 Bad Request";

pub(crate) const CASES: &[Case] = &[
    // Bodies without end.
    Case::new(
        "chunks without end",
        |_| flood(CHUNKED, &chunk()),
        TOO_LARGE,
    ),
    Case::new("a body without end", |_| flood(OK, &kib()), TOO_LARGE),
    Case::new("a body of 4 EiB", |_| flood(HUGE, &kib()), TOO_LARGE),
    Case::new(
        "an error without end",
        |_| flood(UNAVAILABLE, &kib()),
        TOO_LARGE,
    ),
    Case::new(
        "a body of the limit",
        |it| success(&it.list(&spaces(it))),
        NOTHING,
    ),
    Case::new(
        "chunks of the limit",
        |it| chunked(&it.list(&spaces(it))),
        NOTHING,
    ),
    Case::new(
        "chunks of a byte more",
        |it| chunked(&(it.list(&spaces(it)) + " ")),
        TOO_LARGE,
    ),
    // Heads without end.
    Case::new("1,000,000 headers", |_| writing(million_headers), NOT_HTTP),
    Case::new(
        "a header without end",
        |_| flood("HTTP/1.1 200 OK\r\nx: ", &kib()),
        NOT_HTTP,
    ),
    Case::new("hints without end", |_| writing(hints), TOO_SLOW)
        .or(NOT_HTTP)
        .dripping(),
    // Deep nesting.
    Case::new("1,000,000 levels", |_| success(&nested()), NOT_DOCUMENTED),
    Case::new(
        "1,000,000 levels in a list",
        |it| success(&it.list(&nested())),
        "exhausted: 0 items, 1 bad",
    ),
    Case::new(
        "1,000,000 levels for a token",
        |it| success(&it.page("", &nested())),
        NOT_DOCUMENTED,
    ),
    Case::new(
        "1,000,000 levels in an extra member",
        |_| success(&extra(&nested())),
        NOTHING,
    ),
    Case::new(
        "1,000,000 levels as an error",
        |_| error(&nested()),
        BAD_REQUEST,
    ),
    Case::new(
        "1,000,000 levels in an error",
        |_| error(&extra(&nested())),
        BAD_REQUEST,
    ),
    // A byte per second.
    Case::new(
        "a head of a byte per second",
        |_| writing(|tcp| drip(tcp, "HTTP/1.1 200 OK\r\nx: ")),
        TOO_SLOW,
    )
    .dripping(),
    Case::new(
        "a body of a byte per second",
        |_| writing(|tcp| drip(tcp, OK)),
        TOO_SLOW,
    )
    .dripping(),
    // More items than the service has, and more pages.
    Case::new(
        "items up to the limit",
        |it| success(&it.list(&repeated(it.item()))),
        TOO_MANY,
    ),
    Case::new(
        "bad items up to the limit",
        |it| success(&it.list(&repeated("0"))),
        TOO_MANY,
    ),
    Case::new(
        "members up to the limit",
        |_| error(&members()),
        BAD_REQUEST,
    ),
    Case::new(
        "pages without end",
        |it| success(&it.page(it.item(), &fresh_token())),
        "page limit: 100 items, 0 bad",
    ),
];

const OK: &str = "HTTP/1.1 200 OK\r\n\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
const HUGE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 4611686018427387904\r\n\r\n";
const UNAVAILABLE: &str = "HTTP/1.1 503 Service Unavailable\r\n\r\n";

#[derive(Clone, Copy, Debug)]
pub(crate) enum Service {
    CloudMap,
    KafkaConnect,
}

impl Service {
    pub(crate) const ALL: [Self; 2] = [Self::CloudMap, Self::KafkaConnect];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::CloudMap => "Cloud Map",
            Self::KafkaConnect => "MSK Connect",
        }
    }

    /// One page with one item.
    pub(crate) fn harmless(self) -> Vec<Step> {
        success(&self.list(self.item()))
    }

    const fn item(self) -> &'static str {
        match self {
            Self::CloudMap => r#"{"Id":"a","Status":"FAIL"}"#,
            Self::KafkaConnect => {
                r#"{"connectorOperationArn":"a","connectorOperationState":"PENDING"}"#
            }
        }
    }

    /// A page of these items.
    fn list(self, items: &str) -> String {
        self.page(items, "null")
    }

    fn page(self, items: &str, token: &str) -> String {
        match self {
            Self::CloudMap => format!(r#"{{"NextToken":{token},"Operations":[{items}]}}"#),
            Self::KafkaConnect => {
                format!(r#"{{"nextToken":{token},"connectorOperations":[{items}]}}"#)
            }
        }
    }
}

fn success(body: &str) -> Vec<Step> {
    answer("200 OK", body)
}

fn error(body: &str) -> Vec<Step> {
    answer("400 Bad Request", body)
}

fn answer(status: &str, body: &str) -> Vec<Step> {
    let length = body.len();
    let head =
        format!("HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n");
    vec![Step::Request, Step::Send((head + body).into())]
}

fn chunked(body: &str) -> Vec<Step> {
    let chunk =
        |piece: &[u8]| [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat();
    let mut bytes = CHUNKED.as_bytes().to_vec();
    bytes.extend(body.as_bytes().chunks(1000).flat_map(chunk));
    bytes.extend(b"0\r\n\r\n");
    vec![Step::Request, Step::Send(bytes)]
}

fn flood(head: &str, piece: &str) -> Vec<Step> {
    vec![
        Step::Request,
        Step::Send(head.into()),
        Step::Flood(piece.into()),
    ]
}

fn kib() -> String {
    "x".repeat(1024)
}

fn chunk() -> String {
    format!("400\r\n{}\r\n", kib())
}

/// Spaces that fill a list's body up to the limit.
fn spaces(service: Service) -> String {
    " ".repeat(BODY_LIMIT - service.list("").len())
}

fn nested() -> String {
    "[".repeat(MILLION) + &"]".repeat(MILLION)
}

fn extra(member: &str) -> String {
    format!(r#"{{"x":{member}}}"#)
}

/// As many times as the limit has room for.
fn repeated(item: &str) -> String {
    let count = (BODY_LIMIT - 100) / (item.len() + 1);
    vec![item; count].join(",")
}

/// An object of as many members as the limit has room for.
fn members() -> String {
    let members: Vec<_> = (0..BODY_LIMIT / 13)
        .map(|n| format!(r#""{n:08}":0"#))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// A token that was not given before.
fn fresh_token() -> String {
    static GIVEN: AtomicU64 = AtomicU64::new(0);
    format!(r#""token {}""#, GIVEN.fetch_add(1, Ordering::Relaxed))
}

/// After a request, writes until the client is gone.
fn writing(write: fn(TcpStream) -> io::Result<()>) -> Vec<Step> {
    let upgrade = Upgrade::new(move |tcp| {
        write(tcp.try_clone()?)?;
        Ok(Box::new(tcp))
    });
    vec![Step::Request, Step::Upgrade(upgrade)]
}

fn million_headers(tcp: TcpStream) -> io::Result<()> {
    let mut tcp = BufWriter::new(tcp);
    tcp.write_all(b"HTTP/1.1 200 OK\r\n")?;
    for n in 0..MILLION {
        write!(tcp, "x-{n}: y\r\n")?;
    }
    tcp.write_all(b"content-length: 2\r\n\r\n{}")?;
    tcp.flush()
}

fn hints(tcp: TcpStream) -> io::Result<()> {
    let mut tcp = BufWriter::new(tcp);
    loop {
        tcp.write_all(b"HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n")?;
    }
}

fn drip(mut tcp: TcpStream, head: &str) -> io::Result<()> {
    tcp.write_all(head.as_bytes())?;
    loop {
        tcp.write_all(b" ")?;
        thread::sleep(Duration::from_secs(1));
    }
}
