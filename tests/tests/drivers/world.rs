//! Everything that a driver is given, with a record of all that it does.

use super::*;

/// What a driver did to the world, or the world to its caller: in full, and in the part that a reader can foretell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) full: String,
    pub(crate) short: String,
}

/// Everything that a driver is given, with a record of all that it does.
#[derive(Clone)]
pub(crate) struct World(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) script: Script,
    pub(crate) clock: VirtualClock,
    /// How long an attempt takes.
    pub(crate) took: Duration,
    pub(crate) credentials: Mutex<VecDeque<Result<Credentials, &'static str>>>,
    /// Whether every other future of this world never completes.
    pub(crate) stalls: bool,
    pub(crate) futures: AtomicUsize,
    pub(crate) cancel: Cancel,
    /// The event during which the flag is set.
    pub(crate) cancels: &'static str,
    pub(crate) trace: Mutex<Vec<Event>>,
}

impl World {
    /// A world that nobody has a handle to yet, with a change.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Inner)) -> Self {
        change(Arc::get_mut(&mut self.0).unwrap());
        self
    }

    pub(crate) fn push(&self, full: String, short: impl Into<String>) {
        let short = short.into();
        if short == self.0.cancels {
            self.0.cancel.cancel();
        }
        let mut trace = self.0.trace.lock().unwrap();
        assert!(trace.len() < MOST_EVENTS, "{trace:#?}");
        trace.push(Event { full, short });
    }

    pub(crate) fn trace(&self) -> Vec<Event> {
        self.0.trace.lock().unwrap().clone()
    }

    pub(crate) fn short(&self) -> Vec<String> {
        self.trace().into_iter().map(|event| event.short).collect()
    }

    pub(crate) fn sent(&self, request: &http::Request<Bytes>, attempt: &Attempt) {
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

    pub(crate) fn reply(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.sent(&request, attempt);
        self.0.clock.advance(self.0.took);
        self.0.script.send_blocking(request, attempt)
    }

    pub(crate) fn slept(&self, duration: Duration) {
        // A wait that the service asked for is in whole milliseconds, one with jitter is not.
        let whole = duration.subsec_nanos().is_multiple_of(1_000_000);
        let short = if whole {
            format!("sleep {duration:?}")
        } else {
            "sleep".to_owned()
        };
        self.push(format!("sleep {duration:?}"), short);
    }

    pub(crate) fn asked(&self) -> Result<Credentials, CredentialsError> {
        self.push("credentials".to_owned(), "credentials");
        let next = self.0.credentials.lock().unwrap().pop_front();
        next.unwrap_or(Err("the source is empty"))
            .map_err(CredentialsError::new)
    }

    pub(crate) fn delivered<T: LongRunning + Debug>(&self, item: &Result<T, Error>) {
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

    pub(crate) fn delivered_page<T: LongRunning + Debug>(&self, page: &Result<Page<T>, Error>) {
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

    pub(crate) fn failed(&self, error: &Error) {
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

    pub(crate) fn ended(
        &self,
        reason: Option<EndReason>,
        pages: u64,
        resumption: Option<&Resumption>,
        checkpoint: &Checkpoint,
    ) {
        let full = format!("{reason:?} {pages} {resumption:?} {}", checkpoint.to_json());
        let reason = reason.expect("a list that is over has a reason");
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
    pub(crate) async fn passes(&self) {
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
pub(crate) fn token(request: &http::Request<Bytes>) -> Option<String> {
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
pub(crate) fn place(checkpoint: &Checkpoint) -> String {
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
pub(crate) struct Label;

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
