use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use ops_model::{Call, EndReason, EndpointError, ErrorCode, ResponseError};
use ops_transport::{Attempt, Now, TransportError};
use uuid::Uuid;

use super::{Machine, Step};
use crate::endpoint::{Endpoint, InvalidEndpoint};
use crate::error::{Cause, Deadline};
use crate::retry::{Failure, RetryClass, retry_after};
use crate::trace::CallSpan;
use crate::{ClockSkew, Credentials, CredentialsError, Error, Session, SigningContext};

const USER_AGENT: &str = concat!("ops/", env!("CARGO_PKG_VERSION"));
const INVOCATION_ID: HeaderName = HeaderName::from_static("amz-sdk-invocation-id");
const SDK_REQUEST: HeaderName = HeaderName::from_static("amz-sdk-request");

/// One call with its credentials, its signature, its retries and its deadline, as a [`Machine`].
#[must_use = "an exchange does nothing until it is stepped"]
pub struct Exchange<C: Call> {
    session: Session,
    endpoint: Arc<Endpoint>,
    call: C,
    invocation_id: Uuid,
    /// The first request, until it is sent.
    request: Option<http::Request<Bytes>>,
    random: fastrand::Rng,
    deadline: Option<Duration>,
    /// When something above this call ends; `None` is never.
    outer_deadline: Option<Duration>,
    /// The attempt under way, from 1.
    attempt: u32,
    /// The attempts that have been sent, and when the latest was.
    sent: u32,
    sent_at: Option<Now>,
    retried: Option<RetryClass>,
    /// What the attempt before came to.
    last: Option<Box<Cause>>,
    credentials: Option<Arc<Credentials>>,
    refreshed: bool,
    state: State<C::Output>,
    span: CallSpan,
}

enum State<T> {
    /// The attempt is to be sent, or has been sent and is not answered.
    Due,
    /// The attempt is to be sent at this time, at which the rate limit allows it.
    Paced(Duration),
    /// The next attempt is to be sent at this time.
    BackingOff(Duration),
    Succeeded(T),
    Failed(Cause),
    Over,
}

/// What a response tells beside its answer.
#[derive(Default)]
struct Told {
    retry_after: Option<Duration>,
    skew: Option<ClockSkew>,
}

impl Told {
    fn by(response: &http::Response<Bytes>, sent: Option<Now>, received: Now) -> Self {
        let headers = response.headers();
        Self {
            retry_after: retry_after(headers),
            skew: sent.and_then(|sent| ClockSkew::measure(headers, sent, received)),
        }
    }
}

impl<C: Call> Exchange<C> {
    /// An exchange that has not begun: its time runs from the first step.
    ///
    /// # Errors
    ///
    /// [`Error`] of the kind [`Setup`](crate::ErrorKind::Setup) if there is no endpoint, or none that is safe, or if the
    /// request cannot be encoded.
    pub fn new(call: C, session: &Session) -> Result<Self, Error> {
        let endpoint = session.endpoint(C::SERVICE);
        let endpoint = endpoint.map_err(|error| Error::new(C::NAME, Cause::Endpoint(error)))?;
        Self::at(Arc::new(endpoint), call, session)
    }

    /// An exchange with this endpoint of the session.
    pub(super) fn at(endpoint: Arc<Endpoint>, call: C, session: &Session) -> Result<Self, Error> {
        Self::prepared(endpoint, call, session).map_err(|cause| Error::new(C::NAME, cause))
    }

    fn prepared(endpoint: Arc<Endpoint>, call: C, session: &Session) -> Result<Self, Cause> {
        if session.signer.is_some() && endpoint.region().is_none() {
            return Err(Cause::Endpoint(InvalidEndpoint::Rules(
                EndpointError::NoRegion,
            )));
        }
        let mut random = session.fork_random();
        let bits = random.u128(..).to_be_bytes();
        let invocation_id = uuid::Builder::from_random_bytes(bits).into_uuid();
        let request = call.encode(endpoint.base()).map_err(Cause::Encode)?;
        Ok(Self {
            session: session.clone(),
            span: CallSpan::new(C::SERVICE, C::NAME, endpoint.region()),
            endpoint,
            call,
            invocation_id,
            request: Some(request),
            random,
            deadline: None,
            outer_deadline: None,
            attempt: 1,
            sent: 0,
            sent_at: None,
            retried: None,
            last: None,
            credentials: None,
            refreshed: false,
            state: State::Due,
        })
    }

    /// Ends the exchange at this time at the latest.
    pub(super) fn with_outer_deadline(mut self, deadline: Option<Duration>) -> Self {
        self.outer_deadline = deadline;
        self
    }

    /// Tells the span which page of a listing this is, from 1.
    pub(super) fn with_page(self, number: u64) -> Self {
        self.span.page(number);
        self
    }

    /// The earlier of the two deadlines, and which it is.
    fn nearest_deadline(&mut self, now: Now) -> (Duration, Deadline) {
        let timeout = self.session.timeouts.call;
        let call = *self
            .deadline
            .get_or_insert_with(|| now.monotonic.saturating_add(timeout));
        match self.outer_deadline {
            Some(outer) if outer <= call => (outer, Deadline::Listing),
            _ => (call, Deadline::Call),
        }
    }

    fn fail(&mut self, cause: Cause) -> Error {
        self.state = State::Over;
        let error = Error::new(C::NAME, cause).with_attempts(self.sent);
        self.span.failed(&error);
        error
    }

    /// The attempt's request, or what must come before it: credentials to sign it with, or its turn.
    fn due(&mut self, now: Now) -> Result<Step<C::Output>, Error> {
        let left = self.time_left(now)?;
        if self.session.signer.is_some() && self.credentials.is_none() {
            self.credentials = self.session.fresh_credentials(now.wall);
            if self.credentials.is_none() {
                return Ok(Step::Credentials);
            }
        }
        match self.session.pace(C::NAME, now.monotonic, left) {
            Some(Duration::ZERO) => self.send(now),
            Some(wait) => {
                self.state = State::Paced(now.monotonic.saturating_add(wait));
                Ok(Step::Wait(wait))
            }
            None => {
                let (_, which) = self.nearest_deadline(now);
                let last = self.last.take();
                Err(self.fail(Cause::RateLimit(which, last)))
            }
        }
    }

    fn send(&mut self, now: Now) -> Result<Step<C::Output>, Error> {
        let left = self.time_left(now)?;
        let encode = || self.call.encode(self.endpoint.base());
        let mut request = match self.request.take().map_or_else(encode, Ok) {
            Ok(request) => request,
            Err(error) => return Err(self.fail(Cause::Encode(error))),
        };
        let max = self.session.retry.max_attempts.get().max(self.attempt);
        let number = format!("attempt={}; max={max}", self.attempt);
        let mut id = Uuid::encode_buffer();
        let id = self.invocation_id.hyphenated().encode_lower(&mut id);
        let headers = request.headers_mut();
        headers.insert(header::USER_AGENT, HeaderValue::from_static(USER_AGENT));
        headers.insert(INVOCATION_ID, visible(id));
        headers.insert(SDK_REQUEST, visible(&number));
        if let (Some(signer), Some(region), Some(credentials)) = (
            &self.session.signer,
            self.endpoint.region(),
            &self.credentials,
        ) {
            let time = self.session.clock_skew().correct(now.wall);
            let service = C::SERVICE.signing_name();
            let context = SigningContext::new(credentials, region.as_str(), service, time);
            if let Err(error) = signer.sign(&mut request, &context) {
                return Err(self.fail(Cause::Sign(error)));
            }
        }
        self.sent = self.attempt;
        self.sent_at = Some(now);
        self.span.sending(self.attempt);
        let attempt = Attempt::new(C::NAME)
            .with_number(self.attempt)
            .with_timeout(self.session.timeouts.attempt.min(left))
            .with_max_body(self.session.max_body);
        Ok(Step::Send { request, attempt })
    }

    /// The time until the nearest deadline.
    fn time_left(&mut self, now: Now) -> Result<Duration, Error> {
        let (deadline, which) = self.nearest_deadline(now);
        let left = deadline.saturating_sub(now.monotonic);
        if left.is_zero() {
            let last = self.last.take();
            return Err(self.fail(Cause::Deadline(which, last)));
        }
        Ok(left)
    }

    /// What comes after a failed attempt.
    fn after(&mut self, failure: Failure, told: &Told, now: Now) -> State<C::Output> {
        if self.must_refresh(&failure) {
            self.refreshed = true;
            if let Some(expired) = self.credentials.take() {
                self.session.forget_credentials(&expired);
            }
            self.attempt += 1;
            return State::Due;
        }
        let class = match failure.class() {
            RetryClass::Permanent if self.is_due_to_skew(&failure, told) => RetryClass::Transient,
            class => class,
        };
        if class == RetryClass::Throttling {
            self.session.slow_down(C::NAME, now.monotonic);
        }
        let cause = Cause::from(failure);
        let (deadline, which) = self.nearest_deadline(now);
        if class == RetryClass::Permanent {
            return State::Failed(cause);
        }
        if now.monotonic >= deadline {
            return State::Failed(Cause::Deadline(which, Some(Box::new(cause))));
        }
        if self.attempt >= self.session.retry.max_attempts.get()
            || !self.session.quota(|quota| quota.take(class))
        {
            return State::Failed(cause);
        }
        self.retried = Some(class);
        let wait = class.delay(self.attempt - 1, self.random.f64(), told.retry_after);
        let until = now.monotonic.saturating_add(wait);
        let cause = Some(Box::new(cause));
        if until >= deadline {
            return State::Failed(Cause::Deadline(which, cause));
        }
        self.last = cause;
        self.span.retrying(class, wait);
        State::BackingOff(until)
    }

    /// Whether the service has called the credentials expired, for the first time.
    fn must_refresh(&self, failure: &Failure) -> bool {
        let expired = matches!(
            failure.code(),
            Some(ErrorCode::ExpiredToken | ErrorCode::ExpiredTokenException)
        );
        expired && self.session.signer.is_some() && !self.refreshed
    }

    /// Whether the signature may have been refused for its time.
    fn is_due_to_skew(&self, failure: &Failure, told: &Told) -> bool {
        let explained = |skew: ClockSkew| failure.code().is_some_and(|code| skew.explains(code));
        self.session.signer.is_some() && told.skew.is_some_and(explained)
    }
}

/// Shows neither the request nor the reply: they carry page tokens and configurations.
impl<C: Call> fmt::Debug for Exchange<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = match &self.state {
            State::Due => "attempting",
            State::Paced(_) | State::BackingOff(_) => "waiting",
            State::Succeeded(_) => "succeeded",
            State::Failed(_) => "failed",
            State::Over => "over",
        };
        f.debug_struct("Exchange")
            .field("operation", &C::NAME)
            .field("attempt", &self.attempt)
            .field("state", &state)
            .finish_non_exhaustive()
    }
}

impl<C: Call> Machine for Exchange<C> {
    type Output = C::Output;

    fn step(&mut self, now: Now) -> Result<Step<C::Output>, Error> {
        match std::mem::replace(&mut self.state, State::Over) {
            State::Due => {
                self.state = State::Due;
                self.due(now)
            }
            State::Paced(until) if now.monotonic < until => {
                self.state = State::Paced(until);
                Ok(Step::Wait(until.saturating_sub(now.monotonic)))
            }
            State::Paced(_) => {
                self.state = State::Due;
                self.send(now)
            }
            State::BackingOff(until) if now.monotonic < until => {
                self.state = State::BackingOff(until);
                Ok(Step::Wait(until.saturating_sub(now.monotonic)))
            }
            State::BackingOff(_) => {
                self.attempt += 1;
                self.state = State::Due;
                self.due(now)
            }
            State::Succeeded(output) => Ok(Step::Ready(output)),
            State::Failed(cause) => Err(self.fail(cause)),
            State::Over => Ok(Step::Done(EndReason::Exhausted)),
        }
    }

    fn on_reply(&mut self, now: Now, reply: Result<http::Response<Bytes>, TransportError>) {
        self.span.answered(&reply);
        let told = reply.as_ref().map_or_else(
            |_| Told::default(),
            |response| Told::by(response, self.sent_at, now),
        );
        if let Some(skew) = told.skew {
            self.session.keep_skew(skew);
        }
        let outcome = reply
            .map_err(Failure::Transport)
            .and_then(|response| C::decode(&response).map_err(Failure::Response));
        self.state = match outcome {
            Ok(output) => {
                self.session.quota(|quota| quota.give_back(self.retried));
                self.span.succeeded(self.sent);
                State::Succeeded(output)
            }
            Err(failure) => self.after(failure, &told, now),
        };
    }

    fn on_credentials(&mut self, now: Now, credentials: Result<Credentials, CredentialsError>) {
        match credentials {
            Ok(credentials) => {
                self.credentials = Some(self.session.keep_credentials(credentials, now.wall));
            }
            // Credentials that have not expired yet are good enough.
            Err(error) => match self.session.valid_credentials(now.wall) {
                Some(credentials) => self.credentials = Some(credentials),
                None => self.state = State::Failed(Cause::Credentials(error)),
            },
        }
    }

    fn cancel(&mut self) -> Error {
        let last = match std::mem::replace(&mut self.state, State::Over) {
            State::Failed(cause) => Some(Box::new(cause)),
            _ => self.last.take(),
        };
        self.fail(Cause::Cancelled(last))
    }
}

impl From<Failure> for Cause {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Transport(error) => Self::Transport(error),
            Failure::Response(ResponseError::Service(error)) => Self::Service(error),
            Failure::Response(ResponseError::Malformed(response)) => Self::Malformed(response),
        }
    }
}

fn visible(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("digits, letters and punctuation of ASCII")
}
