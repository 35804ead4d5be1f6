//! The async and the blocking driver, on the same scripts: the same requests, waits, results and checkpoints.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::num::{NonZeroU32, NonZeroU64};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use futures_executor::block_on;
use ops_client::{
    BlockingClient, BlockingCredentialsSource, Client, Credentials, CredentialsError,
    CredentialsSource, Error, ErrorKind, PlainHttp, RetryPolicy, Session, Sign, SignError,
    SigningContext, Timeouts,
};
use ops_fake::{FakeService, Reply, Script, VirtualClock};
use ops_model::cloud_map::{Filter, GetOperation, ListOperations, OperationStatus};
use ops_model::kafka_connect::{
    ConnectorFilter, ConnectorOperationState, DescribeConnectorOperation, ListConnectorOperations,
};
use ops_model::{
    Call, Checkpoint, EndReason, EndpointParams, Limits, LongRunning, OnCycle, Page, PageSize,
    PagedCall, Phase, Resumption,
};
use ops_transport::{
    Attempt, BlockingClock, BlockingTransport, Cancel, Clock, Now, Transport, TransportError,
    TransportErrorKind,
};
use serde_json::Value;

/// More results than any script here has, and more events: a driver that goes round and round fails instead.
const MOST_RESULTS: usize = 200;
const MOST_EVENTS: usize = 1_000;
const ARN: &str = "arn:aws:kafkaconnect:us-east-1:123456789012:connector/c/0f9a-4";
const THROTTLED: &str = r#"{"__type":"ThrottlingException","message":"Rate exceeded"}"#;
const EXPIRED: &str = r#"{"__type":"ExpiredTokenException","message":"expired"}"#;

/// What a driver did to the world, or the world to its caller: in full, and in the part that a reader can foretell.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Event {
    full: String,
    short: String,
}

/// Everything that a driver is given, with a record of all that it does.
#[derive(Clone)]
struct World(Arc<Inner>);

struct Inner {
    script: Script,
    clock: VirtualClock,
    /// How long an attempt takes.
    took: Duration,
    credentials: Mutex<VecDeque<Result<Credentials, &'static str>>>,
    /// Whether every other future of this world never completes.
    stalls: bool,
    futures: AtomicUsize,
    cancel: Cancel,
    /// The event during which the flag is set.
    cancels: &'static str,
    trace: Mutex<Vec<Event>>,
}

impl World {
    /// A world that nobody has a handle to yet, with a change.
    fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::get_mut(&mut self.0).unwrap());
        self
    }

    fn push(&self, full: String, short: impl Into<String>) {
        let short = short.into();
        if short == self.0.cancels {
            self.0.cancel.cancel();
        }
        let mut trace = self.0.trace.lock().unwrap();
        assert!(trace.len() < MOST_EVENTS, "{trace:#?}");
        trace.push(Event { full, short });
    }

    fn trace(&self) -> Vec<Event> {
        self.0.trace.lock().unwrap().clone()
    }

    fn short(&self) -> Vec<String> {
        self.trace().into_iter().map(|event| event.short).collect()
    }

    fn sent(&self, request: &http::Request<Bytes>, attempt: &Attempt) {
        let headers: Vec<String> = request
            .headers()
            .iter()
            .map(|(name, value)| format!("{name}: {value:?}"))
            .collect();
        let full = format!(
            "{} {} {:?} {headers:?} {:?} {attempt:?}",
            request.method(),
            request.uri(),
            request.version(),
            request.body()
        );
        let mut short = format!("send {}", attempt.number);
        if let Some(token) = token(request) {
            short += &format!(" {token}");
        }
        if attempt.timeout != Attempt::DEFAULT_TIMEOUT {
            short += &format!(" in {:?}", attempt.timeout);
        }
        self.push(full, short);
    }

    fn reply(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.sent(&request, attempt);
        self.0.clock.advance(self.0.took);
        self.0.script.send_blocking(request, attempt)
    }

    fn slept(&self, duration: Duration) {
        // A wait that the service asked for is in whole milliseconds, one with jitter is not.
        let whole = duration.subsec_nanos().is_multiple_of(1_000_000);
        let short = if whole {
            format!("sleep {duration:?}")
        } else {
            "sleep".to_owned()
        };
        self.push(format!("sleep {duration:?}"), short);
    }

    fn asked(&self) -> Result<Credentials, CredentialsError> {
        self.push("credentials".to_owned(), "credentials");
        let next = self.0.credentials.lock().unwrap().pop_front();
        next.unwrap_or(Err("the source is empty"))
            .map_err(CredentialsError::new)
    }

    fn delivered<T: LongRunning + Debug>(&self, item: &Result<T, Error>) {
        match item {
            Ok(item) => {
                let phase = match item.phase() {
                    Phase::Succeeded => String::new(),
                    other => format!(" {other:?}"),
                };
                self.push(format!("{item:?}"), format!("item {}{phase}", item.id()));
            }
            Err(error) => self.failed(error),
        }
    }

    fn delivered_page<T: LongRunning + Debug>(&self, page: &Result<Page<T>, Error>) {
        match page {
            Ok(page) => {
                let token = page.next_token().map(ops_model::Token::as_str);
                self.push(
                    format!("{page:?} {token:?}"),
                    format!("page of {} before {token:?}", page.len()),
                );
            }
            Err(error) => self.failed(error),
        }
    }

    fn failed(&self, error: &Error) {
        let sources: Vec<String> =
            std::iter::successors(std::error::Error::source(error), |source| source.source())
                .map(ToString::to_string)
                .collect();
        let full = format!(
            "{error} {sources:?} {:?} {} {:?} {:?} {:?}",
            error.kind(),
            error.attempts(),
            error.request_id(),
            error.service_error(),
            error.checkpoint().map(Checkpoint::to_json),
        );
        let place = error
            .checkpoint()
            .map(|checkpoint| format!(" @ {}", place(checkpoint)));
        self.push(full, format!("error {error}{}", place.unwrap_or_default()));
    }

    fn ended(
        &self,
        reason: Option<EndReason>,
        pages: u64,
        resumption: Option<&Resumption>,
        checkpoint: &Checkpoint,
    ) {
        let full = format!("{reason:?} {pages} {resumption:?} {}", checkpoint.to_json());
        let reason = reason.map_or_else(|| "failed".to_owned(), |reason| reason.to_string());
        let resumption = match resumption {
            None => String::new(),
            Some(Resumption::Unchanged) => ", unchanged".to_owned(),
            Some(Resumption::Changed { expected, found }) => {
                format!(", {expected} became {found:?}")
            }
        };
        self.push(
            full,
            format!(
                "end {reason}, {pages} pages @ {}{resumption}",
                place(checkpoint)
            ),
        );
    }

    /// Pending at first, so that the executor has something to wake; for ever, if it is this one's turn to stall.
    async fn passes(&self) {
        let number = self.0.futures.fetch_add(1, Ordering::Relaxed);
        if self.0.stalls && number.is_multiple_of(2) {
            std::future::pending::<()>().await;
        }
        let mut polled = self.0.stalls;
        std::future::poll_fn(|context| {
            if std::mem::replace(&mut polled, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// The token that a request asks with, as it is on the wire.
fn token(request: &http::Request<Bytes>) -> Option<String> {
    let body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let query = request.uri().query().unwrap_or_default();
    let in_query = || {
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix("nextToken="))
    };
    body["NextToken"]
        .as_str()
        .or_else(in_query)
        .map(str::to_owned)
}

/// A checkpoint's place: `token[index] after last id`.
fn place(checkpoint: &Checkpoint) -> String {
    let json: Value = serde_json::from_str(&checkpoint.to_json()).unwrap();
    let text = |member: &str| json[member].as_str().unwrap_or("-").to_owned();
    format!(
        "{}[{}] after {}",
        text("token"),
        json["index"],
        text("last_id")
    )
}

#[async_trait]
impl Transport for World {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        if self.0.stalls {
            self.sent(&request, attempt);
            self.passes().await;
            return self.0.script.send_blocking(request, attempt);
        }
        self.passes().await;
        self.reply(request, attempt)
    }
}

impl BlockingTransport for World {
    fn send_blocking(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.reply(request, attempt)
    }
}

#[async_trait]
impl Clock for World {
    fn now(&self) -> Now {
        self.0.clock.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.slept(duration);
        self.passes().await;
        Clock::sleep(&self.0.clock, duration).await;
    }
}

impl BlockingClock for World {
    fn now(&self) -> Now {
        self.0.clock.now()
    }

    fn sleep_blocking(&self, duration: Duration, cancel: &Cancel) {
        self.slept(duration);
        self.0.clock.sleep_blocking(duration, cancel);
    }
}

#[async_trait]
impl CredentialsSource for World {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        if self.0.stalls {
            self.push("asked for credentials".to_owned(), "asked for credentials");
        }
        self.passes().await;
        self.asked()
    }
}

impl BlockingCredentialsSource for World {
    fn credentials_blocking(&self) -> Result<Credentials, CredentialsError> {
        self.asked()
    }
}

/// Writes what it was given into the header, in place of a signature.
struct Label;

impl Sign for Label {
    fn sign(
        &self,
        request: &mut http::Request<Bytes>,
        context: &SigningContext<'_>,
    ) -> Result<(), SignError> {
        if context.credentials.access_key_id() == "UNSIGNABLE" {
            return Err(SignError::new("unsignable"));
        }
        let since = context
            .time
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_err(SignError::new)?;
        let label = format!(
            "{} {} {} {since:?} over {}",
            context.credentials.access_key_id(),
            context.region,
            context.service,
            request.headers().len()
        );
        request
            .headers_mut()
            .insert("authorization", label.parse().map_err(SignError::new)?);
        Ok(())
    }
}

/// One script, and how the client on it is set up.
struct Case<C> {
    call: C,
    replies: Vec<Reply>,
    took: Duration,
    session: fn(Session) -> Session,
    params: EndpointParams,
    limits: Limits,
    resume: Option<Checkpoint>,
    source: Option<Vec<Result<Credentials, &'static str>>>,
}

impl<C> Case<C> {
    fn new(call: C, replies: impl IntoIterator<Item = Reply>) -> Self {
        Self {
            call,
            replies: replies.into_iter().collect(),
            took: Duration::from_secs(1),
            session: |session| session,
            params: EndpointParams::in_region("us-east-1".parse().unwrap()),
            limits: Limits::default(),
            resume: None,
            source: None,
        }
    }

    fn signed(self, source: impl IntoIterator<Item = Result<Credentials, &'static str>>) -> Self {
        Self {
            session: |session| session.with_signer(Label),
            source: Some(source.into_iter().collect()),
            ..self
        }
    }

    fn world(&self) -> World {
        World(Arc::new(Inner {
            script: Script::new(self.replies.clone()),
            clock: VirtualClock::new(),
            took: self.took,
            credentials: Mutex::new(self.source.iter().flatten().cloned().collect()),
            stalls: false,
            futures: AtomicUsize::new(0),
            cancel: Cancel::new(),
            cancels: "",
            trace: Mutex::default(),
        }))
    }

    /// A session of its own: clones would share the quota, the credentials and the jitter.
    fn session(&self) -> Session {
        (self.session)(Session::new(self.params.clone()).with_seed(7))
    }

    fn client(&self, world: &World) -> Client {
        let client = Client::new(self.session(), world.clone(), world.clone());
        if self.source.is_none() {
            return client;
        }
        client.with_credentials(world.clone())
    }

    fn blocking_client(&self, world: &World) -> BlockingClient {
        let client = BlockingClient::new(self.session(), world.clone()).with_clock(world.clone());
        if self.source.is_none() {
            return client;
        }
        client.with_credentials(world.clone())
    }
}

/// Pulls a list to its end and beyond. The kinds of lists have their methods in common, but no trait.
macro_rules! pull {
    ($case:expr, $world:expr, $list:expr, $deliver:ident, |$item:ident| $next:expr) => {{
        let list = $list.and_then(|list| match &$case.resume {
            Some(checkpoint) => list.resume_from(checkpoint),
            None => Ok(list),
        });
        match list {
            Err(error) => $world.failed(&error),
            Ok(list) => {
                let mut $item = list.with_limits($case.limits);
                for count in 0.. {
                    assert!(count < MOST_RESULTS, "{:?}", $world.short());
                    let Some(result) = $next else { break };
                    $world.$deliver(&result);
                }
                assert!($next.is_none() && $next.is_none(), "over is over");
                $world.ended(
                    $item.end_reason(),
                    $item.pages_fetched(),
                    $item.resumption(),
                    &$item.checkpoint(),
                );
            }
        }
        $world.trace()
    }};
}

/// Both drivers leave the same trace on this script, and this is it in short.
fn check<C>(name: &str, case: &Case<C>, expected: &str)
where
    C: PagedCall<Item: Debug + Send> + Clone + Send + Sync + 'static,
{
    let world = case.world();
    let blocking = pull!(
        case,
        world,
        case.blocking_client(&world).items(case.call.clone()),
        delivered,
        |items| items.next()
    );
    assert_eq!(world.short().join(" | "), expected, "{name}");

    let world = case.world();
    let list = case.client(&world).items(case.call.clone());
    let asynchronous = pull!(case, world, list, delivered, |items| block_on(items.next()));
    assert_eq!(asynchronous, blocking, "{name}");

    let world = case.world();
    let list = case.blocking_client(&world).pages(case.call.clone());
    let blocking_pages = pull!(case, world, list, delivered_page, |pages| pages.next());
    let world = case.world();
    let list = case.client(&world).pages(case.call.clone());
    let asynchronous_pages = pull!(case, world, list, delivered_page, |pages| block_on(
        pages.next()
    ));
    assert_eq!(asynchronous_pages, blocking_pages, "{name}");

    // A stream tells neither how it ended nor where.
    let (_, but_the_end) = blocking.split_last().unwrap();
    let streamed = stream(case);
    assert!(
        streamed == but_the_end || streamed == blocking,
        "{name}: {streamed:#?}"
    );
}

fn stream<C>(case: &Case<C>) -> Vec<Event>
where
    C: PagedCall<Item: Debug + Send> + Clone + Send + Sync + 'static,
{
    let world = case.world();
    let items = case
        .client(&world)
        .items(case.call.clone())
        .and_then(|items| match &case.resume {
            Some(checkpoint) => items.resume_from(checkpoint),
            None => Ok(items),
        });
    let mut stream = match items {
        Ok(items) => items.with_limits(case.limits).into_stream(),
        Err(error) => {
            world.failed(&error);
            return world.trace();
        }
    };
    let mut next = || {
        block_on(std::future::poll_fn(|context| {
            Pin::new(&mut stream).poll_next(context)
        }))
    };
    for count in 0.. {
        assert!(count < MOST_RESULTS, "{:?}", world.short());
        let Some(item) = next() else { break };
        world.delivered(&item);
    }
    assert!(next().is_none() && next().is_none(), "over is over");
    world.trace()
}

/// As [`check`], for a call that is no list.
fn check_call<C: Call<Output: LongRunning + Debug> + Clone>(
    name: &str,
    case: &Case<C>,
    expected: &str,
) {
    let world = case.world();
    world.delivered(&case.blocking_client(&world).send(case.call.clone()));
    let blocking = world.trace();
    assert_eq!(world.short().join(" | "), expected, "{name}");

    let world = case.world();
    world.delivered(&block_on(case.client(&world).send(case.call.clone())));
    assert_eq!(world.trace(), blocking, "{name}");
}

/// A page of these ids, all SUCCESS.
fn page(ids: &str, next: &str) -> Reply {
    let operations: Vec<Value> = ids
        .split_whitespace()
        .map(|id| serde_json::json!({"Id": id, "Status": "SUCCESS"}))
        .collect();
    Script::json(
        200,
        serde_json::json!({"Operations": operations, "NextToken": next}).to_string(),
    )
}

/// An error after which the service asks to wait for this long: longer than any jitter, so the wait is exactly this.
fn wait_for(millis: u64) -> Reply {
    let mut reply = Script::json(503, "");
    if let Ok(response) = &mut reply {
        response
            .headers_mut()
            .insert("x-amz-retry-after", millis.into());
    }
    reply
}

fn list() -> ListOperations {
    ListOperations::new()
}

fn key(id: &str) -> Credentials {
    Credentials::new(id, "secret")
}

fn limits(max_items: u64, max_pages: u64, on_cycle: OnCycle) -> Limits {
    Limits {
        max_items: NonZeroU64::new(max_items),
        max_pages: NonZeroU64::new(max_pages),
        on_cycle,
    }
}

#[test]
fn pages() {
    check(
        "three pages",
        &Case::new(list(), [page("a b", "t1"), page("c", "t2"), page("d", "")]),
        "send 1 | item a | item b | send 1 t1 | item c | send 1 t2 | item d | \
         end exhausted, 3 pages @ t2[1] after d",
    );
    check(
        "empty pages",
        &Case::new(
            list(),
            [
                page("", "t1"),
                page("", "t2"),
                page("a", "t3"),
                page("", ""),
            ],
        ),
        "send 1 | send 1 t1 | send 1 t2 | item a | send 1 t3 | \
         end exhausted, 4 pages @ t3[0] after a",
    );
    for nothing in ["{}", "", r#"{"Operations":null}"#] {
        check(
            nothing,
            &Case::new(list(), [Script::json(200, nothing)]),
            "send 1 | end exhausted, 1 pages @ -[0] after -",
        );
    }
    let filtered = list()
        .with_filter(Filter::status(OperationStatus::Success).unwrap())
        .with_page_size(PageSize::new(2).unwrap())
        .with_token("t0")
        .unwrap();
    check(
        "a listing that starts within the list",
        &Case::new(filtered, [page("a", "t1"), page("b", "")]),
        "send 1 t0 | item a | send 1 t1 | item b | end exhausted, 2 pages @ t1[1] after b",
    );
}

#[test]
fn pages_of_a_connector_are_filtered_here() {
    let body = |operations: &[(&str, &str)], next: &str| {
        let operations: Vec<Value> = operations
            .iter()
            .map(|(arn, state)| serde_json::json!({"connectorOperationArn": arn, "connectorOperationState": state}))
            .collect();
        Script::json(
            200,
            serde_json::json!({"connectorOperations": operations, "nextToken": next}).to_string(),
        )
    };
    let failed = ConnectorFilter::new().with_states([ConnectorOperationState::UpdateFailed]);
    let call = ListConnectorOperations::new(ARN)
        .unwrap()
        .with_filter(failed)
        .with_page_size(PageSize::MAX);
    check(
        "a filter of states",
        &Case::new(
            call,
            [
                body(
                    &[("a", "PENDING"), ("b", "UPDATE_FAILED"), ("c", "PENDING")],
                    "+/= é",
                ),
                body(&[("d", "PENDING")], "t2"),
                body(&[("e", "UPDATE_FAILED")], ""),
            ],
        ),
        "send 1 | item b Failed | send 1 %2B%2F%3D%20%C3%A9 | send 1 t2 | item e Failed | \
         end exhausted, 3 pages @ t2[1] after e",
    );
}

#[test]
fn retries() {
    check(
        "a burst of throttling",
        &Case::new(
            list(),
            [
                Script::json(400, THROTTLED),
                Script::json(429, ""),
                page("a", ""),
            ],
        ),
        "send 1 | sleep | send 2 | sleep | send 3 | item a | \
         end exhausted, 1 pages @ -[1] after a",
    );
    check(
        "throttling without end, on the second page",
        &Case::new(
            list(),
            [
                page("a", "t1"),
                Script::json(400, THROTTLED),
                Script::json(400, THROTTLED),
                Script::json(400, THROTTLED),
            ],
        ),
        "send 1 | item a | send 1 t1 | sleep | send 2 t1 | sleep | send 3 t1 | \
         error ListOperations: ThrottlingException: Rate exceeded (3 attempts) @ t1[0] after a | \
         end failed, 1 pages @ t1[0] after a",
    );
    check(
        "the service says how long to wait",
        &Case::new(
            list(),
            [
                wait_for(1000),
                wait_for(2500),
                page("a", "t1"),
                wait_for(600_000),
                page("b", ""),
            ],
        ),
        "send 1 | sleep 1s | send 2 | sleep 2.5s | send 3 | item a | send 1 t1 | sleep | \
         send 2 t1 | item b | end exhausted, 2 pages @ t1[1] after b",
    );
    for status in [500, 502, 503, 504] {
        check(
            &status.to_string(),
            &Case::new(list(), [Script::json(status, "<html>"), page("a", "")]),
            "send 1 | sleep | send 2 | item a | end exhausted, 1 pages @ -[1] after a",
        );
    }
    for kind in [
        TransportErrorKind::Connect,
        TransportErrorKind::Timeout,
        TransportErrorKind::Closed,
    ] {
        check(
            &format!("{kind:?}"),
            &Case::new(list(), [Err(kind), Err(kind), page("a", "")]),
            "send 1 | sleep | send 2 | sleep | send 3 | item a | \
             end exhausted, 1 pages @ -[1] after a",
        );
    }
    let case = Case::new(list(), vec![Script::json(500, ""); 2]);
    let never = |session: Session| session.with_retry(RetryPolicy::NEVER);
    check(
        "one attempt",
        &Case {
            session: never,
            ..case
        },
        "send 1 | error ListOperations: HTTP status 500 Internal Server Error @ -[0] after - | \
         end failed, 0 pages @ -[0] after -",
    );

    // A retry costs 14 of 500.
    let mut expected = vec!["send 1".to_owned()];
    for retry in 2..=36 {
        expected.extend(["sleep".to_owned(), format!("send {retry}")]);
    }
    expected.push(
        "error ListOperations: HTTP status 500 Internal Server Error (36 attempts) @ -[0] after -"
            .to_owned(),
    );
    expected.push("end failed, 0 pages @ -[0] after -".to_owned());
    let case = Case::new(list(), vec![Script::json(500, ""); 50]);
    check(
        "the quota is spent",
        &Case {
            session: |session| {
                let day = Timeouts {
                    call: Duration::from_secs(86_400),
                    ..Timeouts::default()
                };
                session
                    .with_timeouts(day)
                    .with_retry(RetryPolicy::attempts(NonZeroU32::new(100).unwrap()))
            },
            ..case
        },
        &expected.join(" | "),
    );
}

#[test]
fn failures_that_are_final() {
    let last = "end failed, 0 pages @ -[0] after -";
    for (kind, text) in [
        (TransportErrorKind::Tls, "the TLS handshake failed"),
        (
            TransportErrorKind::InvalidResponse,
            "the peer's answer is not valid HTTP",
        ),
        (
            TransportErrorKind::BodyTooLarge,
            "the response body is larger than the limit",
        ),
        (TransportErrorKind::Request, "the request cannot be sent"),
    ] {
        let error = format!("error ListOperations: {text} @ -[0] after -");
        check(
            text,
            &Case::new(list(), [Err(kind), page("a", "")]),
            &format!("send 1 | {error} | {last}"),
        );
    }
    for (status, body, text) in [
        (
            400,
            r#"{"__type":"InvalidInput","Message":"no such\n\"filter\""}"#,
            "InvalidInput: no such\\n\"filter\"",
        ),
        (
            403,
            r#"{"__type":"AccessDeniedException","message":"no"}"#,
            "AccessDeniedException: no",
        ),
        (301, "", "HTTP status 301 Moved Permanently"),
    ] {
        let error = format!("error ListOperations: {text} @ -[0] after -");
        check(
            text,
            &Case::new(list(), [Script::json(status, body)]),
            &format!("send 1 | {error} | {last}"),
        );
    }
    for (body, reason) in [
        ("<html></html>", "expected a JSON object"),
        (
            r#"{"Operations":[{"Id":"a","Status":"FAIL"}"#,
            "EOF while parsing a list at line 1 column 41",
        ),
        ("[]", "expected a JSON object"),
    ] {
        let case = Case::new(list(), [Script::json(200, body)]);
        let world = case.world();
        let error = case
            .blocking_client(&world)
            .items(list())
            .unwrap()
            .next()
            .unwrap()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Response);
        let line = error.to_string();
        assert!(line.contains(reason), "{line}");
        let error = format!("error {line} @ -[0] after -");
        check(body, &case, &format!("send 1 | {error} | {last}"));
    }
    let case = Case::new(list(), [page("a", "")]);
    check(
        "a body beyond the limit",
        &Case {
            session: |session| session.with_max_body(10),
            ..case
        },
        &format!(
            "send 1 | \
         error ListOperations: the response body is larger than the limit @ -[0] after - | \
         {last}"
        ),
    );
}

#[test]
fn credentials() {
    let forbidden = || Script::json(403, EXPIRED);
    check(
        "asked once",
        &Case::new(list(), [page("a", "t1"), page("b", "")]).signed([Ok(key("A"))]),
        "credentials | send 1 | item a | send 1 t1 | item b | \
         end exhausted, 2 pages @ t1[1] after b",
    );
    check(
        "asked again when the service says that they have expired",
        &Case::new(list(), [page("a", "t1"), forbidden(), page("b", "")])
            .signed([Ok(key("A")), Ok(key("B"))]),
        "credentials | send 1 | item a | send 1 t1 | credentials | send 2 t1 | item b | \
         end exhausted, 2 pages @ t1[1] after b",
    );
    check(
        "asked again only once",
        &Case::new(list(), [forbidden(), forbidden()]).signed([
            Ok(key("A")),
            Ok(key("B")),
            Ok(key("C")),
        ]),
        "credentials | send 1 | credentials | send 2 | \
         error ListOperations: ExpiredTokenException: expired (2 attempts) @ -[0] after - | \
         end failed, 0 pages @ -[0] after -",
    );
    let brief =
        || key("A").with_expiry(VirtualClock::new().now().wall + Duration::from_millis(301_500));
    check(
        "asked again five minutes before they expire",
        &Case::new(list(), [page("a", "t1"), page("b", "t2"), page("c", "")])
            .signed([Ok(brief()), Ok(key("B"))]),
        "credentials | send 1 | item a | send 1 t1 | item b | credentials | send 1 t2 | item c | \
         end exhausted, 3 pages @ t2[1] after c",
    );
    let away =
        Case::new(list(), [page("a", "t1"), page("b", "")]).signed([Ok(brief()), Err("away")]);
    check(
        "still valid while the source is away",
        &Case {
            took: Duration::from_secs(2),
            ..away
        },
        "credentials | send 1 | item a | credentials | send 1 t1 | item b | \
         end exhausted, 2 pages @ t1[1] after b",
    );
    let gone =
        Case::new(list(), [page("a", "t1"), page("b", "")]).signed([Ok(brief()), Err("away")]);
    check(
        "expired while the source is away",
        &Case {
            took: Duration::from_secs(302),
            ..gone
        },
        "credentials | send 1 | item a | credentials | \
         error ListOperations: away @ t1[0] after a | end failed, 1 pages @ t1[0] after a",
    );
    check(
        "no credentials",
        &Case::new(list(), []).signed([Err("run `aws configure`")]),
        "credentials | error ListOperations: run `aws configure` @ -[0] after - | \
         end failed, 0 pages @ -[0] after -",
    );
    let case = Case::new(list(), []);
    check(
        "no source",
        &Case {
            session: |session| session.with_signer(Label),
            ..case
        },
        "error ListOperations: the client signs its requests but was given no source of credentials @ -[0] after - | \
         end failed, 0 pages @ -[0] after -",
    );
    check(
        "not to be signed with",
        &Case::new(list(), []).signed([Ok(key("UNSIGNABLE"))]),
        "credentials | error ListOperations: the request cannot be signed @ -[0] after - | \
         end failed, 0 pages @ -[0] after -",
    );
}

#[test]
fn bad_items_stand_in_their_place() {
    let body = r#"{"Operations":[{"Id":"a","Status":"FAIL"},null,{"Id":"c"},{"Id":"d","Status":"NEW"}],"NextToken":"t1"}"#;
    check(
        "two of four",
        &Case::new(list(), [Script::json(200, body), page("e", "")]),
        "send 1 | item a Failed | \
         error ListOperations: item 1 of its page cannot be read: expected a JSON object @ -[2] after - | \
         error ListOperations: item 2 of its page (c) cannot be read: missing field `Status` @ -[3] after c | \
         item d Unknown | send 1 t1 | item e | end exhausted, 2 pages @ t1[1] after e",
    );
}

#[test]
fn limits_and_cycles() {
    let case = |limits, replies: &[Reply]| Case {
        limits,
        ..Case::new(list(), replies.iter().cloned())
    };
    let cyclic = [
        page("a", "t1"),
        page("b", "t2"),
        page("c", "t1"),
        page("d", ""),
    ];
    let three = "send 1 | item a | send 1 t1 | item b | send 1 t2 | item c";
    check(
        "a cycle of two",
        &case(Limits::default(), &cyclic),
        &format!(
            "{three} | \
             error ListOperations: after 3 pages the service repeated a page token; the rest of the list is out of reach @ t1[0] after c | \
             end failed, 3 pages @ t1[0] after c"
        ),
    );
    check(
        "a cycle where to stop",
        &case(limits(0, 0, OnCycle::Stop), &cyclic),
        &format!("{three} | end token cycle, 3 pages @ t1[0] after c"),
    );
    check(
        "a page that names itself",
        &case(
            limits(0, 0, OnCycle::Stop),
            &[page("a", "t1"), page("", "t1")],
        ),
        "send 1 | item a | send 1 t1 | end token cycle, 2 pages @ t1[0] after a",
    );
    let twos = [page("a b", "t1"), page("c d", "t2"), page("e f", "")];
    check(
        "three items",
        &case(limits(3, 0, OnCycle::Fail), &twos),
        "send 1 | item a | item b | send 1 t1 | item c | end item limit, 2 pages @ t1[1] after c",
    );
    check(
        "two items, the end of a page",
        &case(limits(2, 0, OnCycle::Fail), &twos),
        "send 1 | item a | item b | end item limit, 1 pages @ t1[0] after b",
    );
    check(
        "one page",
        &case(limits(0, 1, OnCycle::Fail), &twos),
        "send 1 | item a | item b | end page limit, 1 pages @ t1[0] after b",
    );
    check(
        "a limit that is not reached",
        &case(limits(6, 3, OnCycle::Fail), &twos[2..]),
        "send 1 | item e | item f | end exhausted, 1 pages @ -[2] after f",
    );
}

#[test]
fn deadlines() {
    let case = |session, took: u64, replies: &[Reply]| Case {
        session,
        took: Duration::from_secs(took),
        ..Case::new(list(), replies.iter().cloned())
    };
    let call: fn(Session) -> Session = |session| {
        session.with_timeouts(Timeouts {
            call: Duration::from_secs(10),
            ..Timeouts::default()
        })
    };
    check(
        "a call that runs out while it waits",
        &case(call, 4, &[wait_for(1000), wait_for(1000), page("a", "")]),
        "send 1 in 10s | sleep 1s | send 2 in 5s | \
         error ListOperations: the time limit of the call ran out; the last attempt: HTTP status 503 Service Unavailable (2 attempts) @ -[0] after - | \
         end failed, 0 pages @ -[0] after -",
    );
    check(
        "each page is a call",
        &case(call, 8, &[page("a", "t1"), page("b", "")]),
        "send 1 in 10s | item a | send 1 t1 in 10s | item b | \
         end exhausted, 2 pages @ t1[1] after b",
    );
    check(
        "a listing that runs out between pages",
        &case(
            |session| {
                session.with_timeouts(Timeouts {
                    listing: Some(Duration::from_secs(10)),
                    ..Timeouts::default()
                })
            },
            4,
            &[
                page("a", "t1"),
                page("b", "t2"),
                page("c", "t3"),
                page("d", ""),
            ],
        ),
        "send 1 in 10s | item a | send 1 t1 in 6s | item b | send 1 t2 in 2s | item c | \
         error ListOperations: the time limit of the listing ran out @ t3[0] after c | \
         end failed, 3 pages @ t3[0] after c",
    );
    check(
        "an attempt",
        &case(
            |session| {
                session.with_timeouts(Timeouts {
                    attempt: Duration::from_secs(3),
                    ..Timeouts::default()
                })
            },
            4,
            &[Err(TransportErrorKind::Timeout), page("a", "")],
        ),
        "send 1 in 3s | sleep | send 2 in 3s | item a | end exhausted, 1 pages @ -[1] after a",
    );
}

#[test]
fn resumption() {
    let checkpoint = |region: &str| -> Checkpoint {
        format!(
            r#"{{"version":1,"operation":"ListOperations","endpoint":"https://servicediscovery.us-east-1.amazonaws.com/","region":"{region}","request":{{}},"token":"t1","index":1,"last_id":"c"}}"#
        )
        .parse()
        .unwrap()
    };
    let case = |region, replies: &[Reply]| Case {
        resume: Some(checkpoint(region)),
        ..Case::new(list(), replies.iter().cloned())
    };
    check(
        "within a page",
        &case("us-east-1", &[page("c d", "t2"), page("e", "")]),
        "send 1 t1 | item d | send 1 t2 | item e | \
         end exhausted, 2 pages @ t2[1] after e, unchanged",
    );
    check(
        "within a page that has changed",
        &case("us-east-1", &[page("x c d", "")]),
        "send 1 t1 | item c | item d | \
         end exhausted, 1 pages @ t1[3] after d, c became Some(\"x\")",
    );
    check(
        "of another listing",
        &case("eu-west-1", &[]),
        "error ListOperations: the checkpoint is of another listing: its region is eu-west-1, \
         and this one's is us-east-1",
    );
}

#[test]
fn endpoints() {
    let at = |url: &str| EndpointParams::at_url(url.parse().unwrap(), None);
    let case = |params, session| Case {
        params,
        session,
        ..Case::new(list(), [page("a", "")])
    };
    let plain: fn(Session) -> Session = |session| session;
    check(
        "no region",
        &case(EndpointParams::default(), plain),
        "error ListOperations: no region is set; set one, for example eu-central-1",
    );
    check(
        "plain HTTP",
        &case(at("http://example.com"), plain),
        "error ListOperations: plain HTTP to example.com would go unencrypted over the network; \
         use https, or allow plain HTTP explicitly",
    );
    check(
        "plain HTTP that is allowed",
        &case(at("http://example.com"), |session| {
            session.with_plain_http(PlainHttp::Anywhere)
        }),
        "send 1 | item a | end exhausted, 1 pages @ -[1] after a",
    );
}

#[test]
fn calls() {
    let get = || GetOperation::new("op").unwrap();
    let operation = || {
        Script::json(
            200,
            r#"{"Operation":{"Id":"op","Status":"PENDING","UpdateDate":1516925490.087}}"#,
        )
    };
    check_call(
        "at once",
        &Case::new(get(), [operation()]),
        "send 1 | item op Running",
    );
    check_call(
        "after credentials and retries",
        &Case::new(
            get(),
            [Err(TransportErrorKind::Closed), wait_for(700), operation()],
        )
        .signed([Ok(key("A"))]),
        "credentials | send 1 | sleep | send 2 | sleep 700ms | send 3 | item op Running",
    );
    check_call(
        "not found",
        &Case::new(
            get(),
            [Script::json(
                400,
                r#"{"__type":"OperationNotFound","Message":"gone"}"#,
            )],
        ),
        "send 1 | error GetOperation: OperationNotFound: gone",
    );
    let body =
        r#"{"connectorOperationArn":"arn:op","connectorOperationState":"ROLLBACK_COMPLETE"}"#;
    check_call(
        "MSK Connect",
        &Case::new(
            DescribeConnectorOperation::new("arn:op").unwrap(),
            [Script::json(200, body)],
        ),
        "send 1 | item arn:op RolledBack",
    );
}

#[test]
fn the_requests_of_a_listing_stand_as_they_are() {
    let case = Case::new(
        list(),
        [page("a", "t1"), Script::json(400, THROTTLED), page("b", "")],
    )
    .signed([Ok(key("A"))]);
    let world = case.world();
    let items = block_on(async {
        let mut items = case.client(&world).items(list()).unwrap();
        let mut ids = Vec::new();
        while let Some(item) = items.next().await {
            ids.push(item.unwrap().id);
        }
        ids
    });
    assert_eq!(items, ["a", "b"]);
    let requests = world.0.script.requests();
    let seen: Vec<_> = requests
        .iter()
        .map(|(request, attempt)| {
            let header = |name: &str| request.headers()[name].to_str().unwrap();
            assert_eq!(request.method(), "POST");
            assert_eq!(
                request.uri(),
                "https://servicediscovery.us-east-1.amazonaws.com/"
            );
            assert_eq!(header("host"), "servicediscovery.us-east-1.amazonaws.com");
            assert_eq!(header("content-type"), "application/x-amz-json-1.1");
            assert_eq!(
                header("x-amz-target"),
                "Route53AutoNaming_v20170314.ListOperations"
            );
            assert_eq!(request.headers().len(), 7, "{:?}", request.headers());
            assert_eq!(
                (attempt.operation, attempt.max_body),
                ("ListOperations", 8 * 1024 * 1024)
            );
            let body = std::str::from_utf8(request.body()).unwrap();
            (header("amz-sdk-request"), body, attempt.number)
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("attempt=1; max=3", "{}", 1),
            ("attempt=1; max=3", r#"{"NextToken":"t1"}"#, 1),
            ("attempt=2; max=3", r#"{"NextToken":"t1"}"#, 2),
        ]
    );
    // 2026-01-01T00:00:00Z and one second; then the wait and its jitter.
    let signed = |place: usize| {
        requests[place].0.headers()["authorization"]
            .to_str()
            .unwrap()
    };
    assert_eq!(signed(0), "A us-east-1 servicediscovery 1767225600s over 6");
    assert_eq!(signed(1), "A us-east-1 servicediscovery 1767225601s over 6");
    assert_ne!(signed(1), signed(2), "every attempt is signed anew");
    let id = |place: usize| &requests[place].0.headers()["amz-sdk-invocation-id"];
    assert!(id(0) != id(1) && id(1) == id(2));
}

/// What `next` gives if every future within it is dropped once before it completes.
#[test]
fn a_dropped_next_loses_nothing() {
    let replies = [
        page("a b", "t1"),
        wait_for(1000),
        page("", "t2"),
        page("c", ""),
    ];
    let case = Case::new(list(), replies).signed([Ok(key("A"))]);
    let world = case.world().with(|inner| inner.stalls = true);
    let mut items = case.client(&world).items(list()).unwrap();
    for _ in 0..MOST_RESULTS {
        let polled = pin!(items.next()).poll(&mut Context::from_waker(Waker::noop()));
        match polled {
            Poll::Pending => world.push(String::new(), "dropped"),
            Poll::Ready(Some(item)) => world.delivered(&item),
            Poll::Ready(None) => break,
        }
    }
    world.ended(
        items.end_reason(),
        items.pages_fetched(),
        items.resumption(),
        &items.checkpoint(),
    );
    assert_eq!(
        world.short().join(" | "),
        "asked for credentials | dropped | asked for credentials | credentials | \
         send 1 | dropped | send 1 | item a | item b | \
         send 1 t1 | dropped | send 1 t1 | sleep 1s | dropped | sleep 1s | send 2 t1 | dropped | send 2 t1 | \
         send 1 t2 | dropped | send 1 t2 | item c | end exhausted, 3 pages @ t2[1] after c"
    );
}

#[test]
fn cancelling_ends_a_blocking_listing_with_a_checkpoint_of_what_is_left() {
    let replies = || {
        [
            page("a b", "t1"),
            wait_for(1000),
            page("c", "t2"),
            page("d", ""),
        ]
    };
    let start = ["send 1", "item a", "item b", "send 1 t1", "sleep 1s"];
    // The last thing that happens, where the listing goes on, and the replies that it has had by then.
    let rows = [
        (5, "t1[0] after b", 2),
        (1, "-[0] after -", 0),
        (4, "t1[0] after b", 2),
    ];
    for (last, place, had) in rows {
        let done = &start[..last];
        let case = Case::new(list(), replies());
        let world = case.world().with(|inner| inner.cancels = done[last - 1]);
        let client = case
            .blocking_client(&world)
            .with_cancel(world.0.cancel.clone());
        let mut items = client.items(list()).unwrap();
        let error = loop {
            match items.next().expect("an error ends it") {
                Ok(item) => world.delivered(&Ok(item)),
                Err(error) => break error,
            }
        };
        world.failed(&error);
        assert_eq!(
            world.short().join(" | "),
            format!(
                "{} | error ListOperations: cancelled @ {place}",
                done.join(" | ")
            )
        );
        assert!(error.is_cancelled() && items.next().is_none() && items.next().is_none());
        assert_eq!(items.end_reason(), None);
        assert_eq!(Some(&items.checkpoint()), error.checkpoint());

        let rest = Case {
            resume: error.checkpoint().cloned(),
            ..Case::new(list(), replies().into_iter().skip(had))
        };
        let world = rest.world();
        pull!(
            rest,
            world,
            rest.blocking_client(&world).items(list()),
            delivered,
            |items| items.next()
        );
        let ids: Vec<String> = world
            .short()
            .iter()
            .filter_map(|line| line.strip_prefix("item "))
            .map(str::to_owned)
            .collect();
        let all = ["a", "b", "c", "d"];
        let delivered = done.iter().filter(|line| line.starts_with("item")).count();
        assert_eq!(ids, all[delivered..]);
    }
}

#[test]
fn a_flag_that_is_set_already_lets_nothing_out() {
    let case = Case::new(list(), [page("a", "")]);
    let world = case.world();
    let cancel = Cancel::new();
    cancel.cancel();
    let client = case.blocking_client(&world).with_cancel(cancel);
    let mut pages = client.pages(list()).unwrap();
    let error = pages.next().unwrap().unwrap_err();
    assert!(error.is_cancelled() && pages.next().is_none());
    world.failed(&error);
    let error = client.send(GetOperation::new("op").unwrap()).unwrap_err();
    assert!(error.is_cancelled());
    world.failed(&error);
    assert_eq!(
        world.short(),
        [
            "error ListOperations: cancelled @ -[0] after -",
            "error GetOperation: cancelled"
        ]
    );
}

/// On the real clock, from another thread: the wait is cut short.
#[test]
fn another_thread_cancels_a_wait() {
    let (sent, attempts) = mpsc::channel();
    let script = Script::computed(move |_, _| {
        sent.send(()).unwrap();
        wait_for(5_000)
    });
    let cancel = Cancel::new();
    let session = Session::new(EndpointParams::in_region("us-east-1".parse().unwrap()));
    let client = BlockingClient::new(session, script).with_cancel(cancel.clone());
    let canceller = std::thread::spawn(move || {
        attempts.recv().unwrap();
        cancel.cancel();
    });
    let start = Instant::now();
    let error = client.items(list()).unwrap().next().unwrap().unwrap_err();
    assert!(error.is_cancelled(), "{error}");
    assert!(
        start.elapsed() < Duration::from_secs(4),
        "{:?}",
        start.elapsed()
    );
    canceller.join().unwrap();
}

/// A listing goes on from the checkpoint of any of its items, in either driver, as if it had not stopped.
#[test]
fn every_item_is_a_place_to_go_on_from() {
    let service = FakeService::builder()
        .without_examples()
        .operations(23)
        .seed(5)
        .build();
    let call = || list().with_page_size(PageSize::new(4).unwrap());
    let session = || Session::new(EndpointParams::in_region("us-east-1".parse().unwrap()));
    let blocking = BlockingClient::new(session(), service.clone());
    let asynchronous = Client::new(session(), service, VirtualClock::new());
    let all: Vec<String> = blocking
        .items(call())
        .unwrap()
        .map(|item| item.unwrap().id)
        .collect();
    assert_eq!(all.len(), 23);

    let mut items = blocking.items(call()).unwrap();
    for place in 0..=all.len() {
        let checkpoint: Checkpoint = items.checkpoint().to_json().parse().unwrap();
        let rest = blocking
            .items(call())
            .unwrap()
            .resume_from(&checkpoint)
            .unwrap();
        let rest: Vec<String> = rest.map(|item| item.unwrap().id).collect();
        assert_eq!(rest, all[place..], "{place}");
        let rest = block_on(async {
            let mut rest = asynchronous
                .items(call())
                .unwrap()
                .resume_from(&checkpoint)
                .unwrap();
            let mut ids = Vec::new();
            while let Some(item) = rest.next().await {
                ids.push(item.unwrap().id);
            }
            let within_a_page = place % 4 != 0;
            assert_eq!(
                rest.resumption(),
                within_a_page.then_some(&Resumption::Unchanged)
            );
            ids
        });
        assert_eq!(rest, all[place..], "{place}");
        assert_eq!(
            items.next().map(|item| item.unwrap().id).as_ref(),
            all.get(place)
        );
    }
}
