//! A small transport over `std`, which keeps the clauses unless it is told to offend against one.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Response, StatusCode};
use ops_transport::TransportErrorKind::{BodyTooLarge, Closed, Connect, InvalidResponse, Timeout};
use ops_transport::{
    Attempt, BlockingTransport, Transport, TransportError, TransportErrorKind, check_request,
};

/// What a toy does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Misdeed {
    None,
    AddsAccept,
    AsksForJson,
    DecodesPaths,
    ResolvesDots,
    DropsRepeatedHeaders,
    SendsChunks,
    CutsBodies,
    OverwritesHost,
    SendsAnything,
    FollowsRedirects,
    Retries,
    RetriesIfReused,
    AsksForGzip,
    HidesCompression,
    ErrsOnStatus,
    DropsRepeatedAnswers,
    TakesInterimAnswers,
    ReadsBodiesOfHead,
    TakesTruncatedBodies,
    TakesResetsForEnds,
    KnowsNoBodyLimit,
    ReadsOnToTheLimit,
    KnowsNoHeadLimit,
    KnowsNoExtensionLimit,
    KnowsNoTimeLimit,
    CountsTimeByRead,
    WritesForEver,
    ShowsAnswersInErrors,
    ShowsRequestsInDebug,
    Prints,
    KeepsBrokenConnections,
    IsPoisonedByDrops,
    AnswersFromMemory,
    ReadsProxyVariables,
}

pub(crate) struct Toy {
    misdeed: Misdeed,
    pool: Mutex<Vec<(String, Connection)>>,
    last: Mutex<Option<(Request<Bytes>, Response<Bytes>)>>,
}

impl Toy {
    pub(crate) fn new(misdeed: Misdeed) -> Self {
        Self {
            misdeed,
            pool: Mutex::default(),
            last: Mutex::default(),
        }
    }

    fn is(&self, misdeed: Misdeed) -> bool {
        self.misdeed == misdeed
    }

    fn call(
        &self,
        request: &Request<Bytes>,
        attempt: &Attempt,
        dropped: &AtomicBool,
    ) -> Result<Response<Bytes>, TransportError> {
        if !self.is(Misdeed::SendsAnything) {
            check_request(request)?;
        }
        if self.is(Misdeed::AnswersFromMemory)
            && let Some((before, response)) = &*self.last.lock().expect("sound")
            && before.uri().authority() == request.uri().authority()
        {
            return Ok(response.clone());
        }
        let deadline = match self.misdeed {
            Misdeed::KnowsNoTimeLimit => None,
            _ => Instant::now().checked_add(attempt.timeout),
        };
        let mut response = self.exchange(request, attempt, deadline, dropped);
        if self.is(Misdeed::Retries) && matches!(&response, Err(error) if error.kind() == Closed) {
            response = self.exchange(request, attempt, deadline, dropped);
        }
        let mut response = response?;
        let location = response.headers().get("location");
        if let Some(location) = location.filter(|_| self.is(Misdeed::FollowsRedirects)) {
            let host = request.uri().authority().expect("checked");
            let uri = format!("http://{host}{}", location.to_str().expect("text"));
            let mut request = request.clone();
            *request.uri_mut() = uri.parse().expect("a URI");
            return self.exchange(&request, attempt, deadline, dropped);
        }
        if self.is(Misdeed::HidesCompression) {
            response.headers_mut().remove("content-encoding");
        }
        if self.is(Misdeed::DropsRepeatedAnswers) {
            let headers = response.headers().clone();
            for (name, value) in &headers {
                response.headers_mut().insert(name, value.clone());
            }
        }
        if self.is(Misdeed::ErrsOnStatus) && response.status().as_u16() >= 400 {
            return Err(TransportError::new(Closed));
        }
        *self.last.lock().expect("sound") = Some((request.clone(), response.clone()));
        Ok(response)
    }

    fn exchange(
        &self,
        request: &Request<Bytes>,
        attempt: &Attempt,
        deadline: Option<Instant>,
        dropped: &AtomicBool,
    ) -> Result<Response<Bytes>, TransportError> {
        let authority = request.uri().authority().map_or("", |it| it.as_str());
        let mut peer = authority.to_owned();
        if self.is(Misdeed::ReadsProxyVariables)
            && let Ok(proxy) = std::env::var("http_proxy")
        {
            peer = proxy.trim_start_matches("http://").to_owned();
        }
        let limits = Limits {
            misdeed: self.misdeed,
            deadline,
            per_read: attempt.timeout,
            max_body: match self.misdeed {
                Misdeed::KnowsNoBodyLimit => usize::MAX,
                _ => attempt.max_body,
            },
        };
        limits.left()?;
        let pooled = self.pooled(authority);
        let reused = pooled.is_some();
        let mut connection = match pooled {
            Some(connection) => connection,
            None => Connection::open(&peer)?,
        };
        let exchanged = connection.exchange(request, &limits);
        let keep = match &exchanged {
            Ok((_, keep)) => *keep,
            Err(_) => self.is(Misdeed::KeepsBrokenConnections),
        };
        if keep && !dropped.load(Ordering::SeqCst) {
            let mut pool = self.pool.lock().expect("sound");
            pool.push((authority.to_owned(), connection));
        }
        match exchanged {
            Err(error) if reused && self.is(Misdeed::RetriesIfReused) && error.kind() == Closed => {
                self.exchange(request, attempt, deadline, dropped)
            }
            exchanged => exchanged.map(|(response, _)| response),
        }
    }

    /// A connection that was left open, and is not closed now.
    fn pooled(&self, authority: &str) -> Option<Connection> {
        let mut pool = self.pool.lock().expect("sound");
        let at = pool.iter().position(|(to, _)| to == authority)?;
        let (_, connection) = pool.swap_remove(at);
        let looks = !self.is(Misdeed::RetriesIfReused);
        (!looks || connection.is_open()).then_some(connection)
    }
}

impl fmt::Debug for Toy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Toy");
        if self.is(Misdeed::ShowsRequestsInDebug) {
            shown.field("last", &*self.last.lock().expect("sound"));
        }
        shown.finish_non_exhaustive()
    }
}

impl BlockingTransport for Toy {
    fn send_blocking(
        &self,
        request: Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<Response<Bytes>, TransportError> {
        self.call(&request, attempt, &AtomicBool::new(false))
    }
}

/// A toy on a thread for each call.
#[derive(Debug)]
pub(crate) struct AsyncToy {
    toy: Arc<Toy>,
    busy: AtomicBool,
}

impl AsyncToy {
    pub(crate) fn new(misdeed: Misdeed) -> Self {
        Self {
            toy: Arc::new(Toy::new(misdeed)),
            busy: AtomicBool::new(false),
        }
    }
}

#[async_trait]
impl Transport for AsyncToy {
    async fn send(
        &self,
        request: Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<Response<Bytes>, TransportError> {
        let counts = self.toy.is(Misdeed::IsPoisonedByDrops);
        if counts && self.busy.swap(true, Ordering::SeqCst) {
            return Err(TransportError::new(TransportErrorKind::Request).with_source("busy"));
        }
        let reply = Arc::new(Reply::default());
        thread::spawn({
            let (toy, attempt, reply) = (Arc::clone(&self.toy), attempt.clone(), reply.clone());
            move || {
                let result = toy.call(&request, &attempt, &reply.dropped);
                let mut state = reply.state.lock().expect("sound");
                state.0 = Some(result);
                if let Some(waker) = state.1.take() {
                    waker.wake();
                }
            }
        });
        let result = Waiting(reply).await;
        self.busy.store(false, Ordering::SeqCst);
        result
    }
}

type Answer = Result<Response<Bytes>, TransportError>;

#[derive(Default)]
struct Reply {
    state: Mutex<(Option<Answer>, Option<Waker>)>,
    dropped: AtomicBool,
}

struct Waiting(Arc<Reply>);

impl Future for Waiting {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Answer> {
        let mut state = self.0.state.lock().expect("sound");
        state.1 = Some(cx.waker().clone());
        state.0.take().map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.dropped.store(true, Ordering::SeqCst);
    }
}

struct Limits {
    misdeed: Misdeed,
    deadline: Option<Instant>,
    per_read: Duration,
    max_body: usize,
}

impl Limits {
    const HEAD: usize = 64 * 1024;
    const LINE: usize = 4 * 1024;

    /// The time that is left, if there is a limit.
    fn left(&self) -> Result<Option<Duration>, TransportError> {
        let Some(deadline) = self.deadline else {
            return Ok(None);
        };
        if self.misdeed == Misdeed::CountsTimeByRead {
            return Ok(Some(self.per_read));
        }
        match deadline.saturating_duration_since(Instant::now()) {
            Duration::ZERO => Err(TransportError::new(Timeout)),
            left => Ok(Some(left)),
        }
    }

    fn head(&self) -> usize {
        match self.misdeed {
            Misdeed::KnowsNoHeadLimit => usize::MAX,
            _ => Self::HEAD,
        }
    }

    fn line(&self) -> usize {
        match self.misdeed {
            Misdeed::KnowsNoExtensionLimit => usize::MAX,
            _ => Self::LINE,
        }
    }
}

struct Connection {
    stream: TcpStream,
    /// What was read and not yet used.
    buffer: Vec<u8>,
}

impl Connection {
    fn open(peer: &str) -> Result<Self, TransportError> {
        let stream = TcpStream::connect(peer)
            .map_err(|error| TransportError::new(Connect).with_source(error))?;
        Ok(Self {
            stream,
            buffer: Vec::new(),
        })
    }

    fn is_open(&self) -> bool {
        let peek = || {
            self.stream.set_nonblocking(true)?;
            let peeked = self.stream.peek(&mut [0]);
            self.stream.set_nonblocking(false)?;
            peeked
        };
        matches!(peek(), Err(error) if error.kind() == io::ErrorKind::WouldBlock)
    }

    /// The response, and whether the connection can be used again.
    fn exchange(
        &mut self,
        request: &Request<Bytes>,
        limits: &Limits,
    ) -> Result<(Response<Bytes>, bool), TransportError> {
        let written = wire(request, limits.misdeed);
        if limits.misdeed == Misdeed::Prints {
            io::stderr().write_all(&written).map_err(failed)?;
        }
        if limits.misdeed == Misdeed::WritesForEver {
            self.stream.write_all(&written).map_err(failed)?;
        } else {
            for piece in written.chunks(64 * 1024) {
                let left = limits.left()?;
                self.stream.set_write_timeout(left).map_err(failed)?;
                self.stream.write_all(piece).map_err(failed)?;
            }
        }
        let (mut response, old) = loop {
            let head = self.head(limits)?;
            let (response, old) = parse(&head).map_err(|error| match limits.misdeed {
                Misdeed::ShowsAnswersInErrors => {
                    error.with_source(String::from_utf8_lossy(&head).into_owned())
                }
                _ => error,
            })?;
            let interim = response.status().is_informational();
            if !interim || limits.misdeed == Misdeed::TakesInterimAnswers {
                break (response, old);
            }
        };
        let (body, ended) = self.body(request.method(), &response, limits)?;
        *response.body_mut() = body.into();
        let closes = response.headers().get("connection").is_some();
        let keep = !ended && !old && !closes && self.buffer.is_empty();
        Ok((response, keep))
    }

    /// Reads until the buffer holds more. False at the end.
    fn fill(&mut self, limits: &Limits) -> Result<bool, TransportError> {
        self.stream
            .set_read_timeout(limits.left()?)
            .map_err(failed)?;
        let mut bytes = [0; 16 * 1024];
        let length = self.stream.read(&mut bytes).map_err(failed)?;
        self.buffer.extend_from_slice(&bytes[..length]);
        Ok(length > 0)
    }

    /// Takes what ends with this mark.
    fn until(
        &mut self,
        mark: &[u8],
        limit: usize,
        limits: &Limits,
    ) -> Result<Vec<u8>, TransportError> {
        let mut searched = 0;
        loop {
            let found = self.buffer[searched..]
                .windows(mark.len())
                .position(|window| window == mark);
            if let Some(at) = found {
                return Ok(self.buffer.drain(..searched + at + mark.len()).collect());
            }
            if self.buffer.len() > limit {
                return Err(TransportError::new(InvalidResponse));
            }
            searched = self.buffer.len().saturating_sub(mark.len());
            if !self.fill(limits)? {
                return Err(TransportError::new(Closed));
            }
        }
    }

    fn head(&mut self, limits: &Limits) -> Result<Vec<u8>, TransportError> {
        self.until(b"\r\n\r\n", limits.head(), limits)
    }

    fn line(&mut self, limits: &Limits) -> Result<String, TransportError> {
        let line = self.until(b"\r\n", limits.line(), limits)?;
        Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
    }

    /// The body, and whether it went on to the end of the connection.
    fn body(
        &mut self,
        method: &Method,
        response: &Response<Bytes>,
        limits: &Limits,
    ) -> Result<(Vec<u8>, bool), TransportError> {
        let headers = response.headers();
        let reads_head = limits.misdeed == Misdeed::ReadsBodiesOfHead;
        if method == Method::HEAD && !reads_head || [204, 304].contains(&response.status().as_u16())
        {
            return Ok((Vec::new(), false));
        }
        let mut body = Vec::new();
        if headers.contains_key("transfer-encoding") {
            self.chunks(&mut body, limits)?;
            return Ok((body, false));
        }
        let mut lengths = headers.get_all("content-length").iter();
        let Some(length) = lengths.next() else {
            self.rest(&mut body, limits)?;
            return Ok((body, true));
        };
        let number = length.to_str().ok().and_then(|text| text.parse().ok());
        let (Some(number), true) = (number, lengths.all(|other| other == length)) else {
            return Err(TransportError::new(InvalidResponse));
        };
        if number > limits.max_body && limits.misdeed != Misdeed::ReadsOnToTheLimit {
            return Err(TransportError::new(BodyTooLarge));
        }
        match self.take(number, &mut body, limits) {
            Err(error)
                if error.kind() == Closed && limits.misdeed == Misdeed::TakesTruncatedBodies =>
            {
                body.append(&mut self.buffer);
            }
            taken => taken?,
        }
        Ok((body, false))
    }

    fn chunks(&mut self, body: &mut Vec<u8>, limits: &Limits) -> Result<(), TransportError> {
        loop {
            let line = self.line(limits)?;
            let size = line.split(';').next().unwrap_or_default();
            let size = usize::from_str_radix(size, 16)
                .map_err(|_| TransportError::new(InvalidResponse))?;
            if size == 0 {
                while !self.line(limits)?.is_empty() {}
                return Ok(());
            }
            self.take(size, body, limits)?;
            let mut end = Vec::new();
            // The two bytes are no part of the body, which may be full.
            let unlimited = Limits {
                max_body: usize::MAX,
                ..*limits
            };
            self.take(2, &mut end, &unlimited)?;
            if end != b"\r\n" {
                return Err(TransportError::new(InvalidResponse));
            }
        }
    }

    /// Takes so many bytes to the end of the body.
    fn take(
        &mut self,
        length: usize,
        body: &mut Vec<u8>,
        limits: &Limits,
    ) -> Result<(), TransportError> {
        let mut left = length;
        loop {
            let piece = left.min(self.buffer.len());
            if piece > limits.max_body - body.len() {
                return Err(TransportError::new(BodyTooLarge));
            }
            body.extend(self.buffer.drain(..piece));
            left -= piece;
            if left == 0 {
                return Ok(());
            }
            if !self.fill(limits)? {
                return Err(TransportError::new(Closed));
            }
        }
    }

    fn rest(&mut self, body: &mut Vec<u8>, limits: &Limits) -> Result<(), TransportError> {
        loop {
            let piece = self.buffer.len();
            self.take(piece, body, limits)?;
            match self.fill(limits) {
                Ok(true) => {}
                Ok(false) => return Ok(()),
                Err(error)
                    if error.kind() == Closed && limits.misdeed == Misdeed::TakesResetsForEnds =>
                {
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
    }
}

/// The request as bytes.
fn wire(request: &Request<Bytes>, misdeed: Misdeed) -> Vec<u8> {
    let (uri, headers, body) = (request.uri(), request.headers(), request.body());
    let mut path = uri
        .path_and_query()
        .map_or("/", |it| it.as_str())
        .to_owned();
    if misdeed == Misdeed::DecodesPaths {
        path = path.replace("%2F", "/").replace("%2f", "/");
    }
    if misdeed == Misdeed::ResolvesDots {
        path = path.replace("/%2E/", "/");
    }
    let mut head = format!("{} {path} HTTP/1.1\r\n", request.method()).into_bytes();
    let mut add = |name: &str, value: &[u8]| {
        head.extend_from_slice(&[name.as_bytes(), b": ", value, b"\r\n"].concat());
    };
    let host = uri.authority().map_or("", |it| it.as_str());
    let overwrites = misdeed == Misdeed::OverwritesHost;
    if overwrites || !headers.contains_key("host") {
        add("host", host.as_bytes());
    }
    for name in headers.keys() {
        let values: Vec<_> = headers.get_all(name).iter().collect();
        let skipped = match misdeed {
            Misdeed::DropsRepeatedHeaders => values.len() - 1,
            Misdeed::OverwritesHost if name == "host" => values.len(),
            _ => 0,
        };
        for value in &values[skipped..] {
            add(name.as_str(), value.as_bytes());
        }
    }
    match misdeed {
        Misdeed::AddsAccept if !headers.contains_key("accept") => add("accept", b"*/*"),
        Misdeed::AsksForJson => add("accept", b"application/json"),
        Misdeed::AsksForGzip => add("accept-encoding", b"gzip"),
        _ => {}
    }
    let chunked = misdeed == Misdeed::SendsChunks && !body.is_empty();
    if chunked {
        add("transfer-encoding", b"chunked");
    } else if (!body.is_empty() || request.method() == Method::POST)
        && !headers.contains_key("content-length")
    {
        add("content-length", body.len().to_string().as_bytes());
    }
    head.extend_from_slice(b"\r\n");
    if chunked {
        head.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
        head.extend_from_slice(body);
        head.extend_from_slice(b"\r\n0\r\n\r\n");
    } else if misdeed == Misdeed::CutsBodies {
        head.extend(body.iter().take(100_000));
        head.resize(head.len() + body.len().saturating_sub(100_000), b'?');
    } else {
        head.extend_from_slice(body);
    }
    head
}

/// The head of a response, and whether it is HTTP/1.0.
fn parse(head: &[u8]) -> Result<(Response<Bytes>, bool), TransportError> {
    let parse = || {
        let mut lines = head.split(|&byte| byte == b'\n');
        let line = lines.next()?.strip_suffix(b"\r")?;
        let rest = line.strip_prefix(b"HTTP/1.")?;
        let (version, rest) = rest.split_at_checked(2)?;
        let (status, rest) = rest.split_at_checked(3)?;
        if !matches!(version, b"0 " | b"1 ") || !matches!(rest.first(), None | Some(b' ')) {
            return None;
        }
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = StatusCode::from_bytes(status).ok()?;
        for line in lines {
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            let colon = line.iter().position(|&byte| byte == b':')?;
            let name = HeaderName::from_bytes(&line[..colon]).ok()?;
            let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
            response.headers_mut().try_append(name, value).ok()?;
        }
        Some((response, version == b"0 "))
    };
    parse().ok_or_else(|| TransportError::new(InvalidResponse))
}

fn failed(error: io::Error) -> TransportError {
    let kind = match error.kind() {
        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut => Timeout,
        _ => Closed,
    };
    TransportError::new(kind).with_source(error)
}
