use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use ops_model::{EndpointParams, Service};
use ops_transport::Attempt;

use crate::endpoint::{Endpoint, InvalidEndpoint, PlainHttp};
use crate::retry::{RateLimit, RateLimiter, RetryPolicy, RetryQuota};
use crate::{ClockSkew, Credentials, Sign};

/// How long before their expiry credentials are asked for again.
const REFRESH_BEFORE: Duration = Duration::from_secs(5 * 60);

/// What the calls of one client share: where to, how signed, with which limits; and what they learn together.
///
/// Clones share the retry quota, the rate limits, the credentials, the clock skew and the source of jitter.
#[derive(Clone)]
pub struct Session {
    endpoint: Arc<EndpointParams>,
    plain_http: PlainHttp,
    pub(crate) signer: Option<Arc<dyn Sign>>,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeouts: Timeouts,
    pub(crate) max_body: usize,
    rate_limit: Option<RateLimit>,
    shared: Arc<Mutex<Shared>>,
}

/// The time limits of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// One attempt, from connecting to the last byte. 30 seconds unless set.
    pub attempt: Duration,
    /// One call with its retries and all its waits. 2 minutes unless set.
    pub call: Duration,
    /// A whole listing. None unless set.
    pub listing: Option<Duration>,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            attempt: Attempt::DEFAULT_TIMEOUT,
            call: Duration::from_secs(120),
            listing: None,
        }
    }
}

struct Shared {
    credentials: Option<Arc<Credentials>>,
    /// When to ask for others.
    refresh_at: Option<SystemTime>,
    quota: RetryQuota,
    /// One for each operation that has been called, by AWS's name of it.
    rates: HashMap<&'static str, RateLimiter>,
    skew: ClockSkew,
    random: fastrand::Rng,
}

impl Session {
    /// A session without a signer: requests go out unsigned, and nobody asks for credentials.
    #[must_use]
    pub fn new(endpoint: EndpointParams) -> Self {
        Self {
            endpoint: Arc::new(endpoint),
            plain_http: PlainHttp::default(),
            signer: None,
            retry: RetryPolicy::default(),
            timeouts: Timeouts::default(),
            max_body: Attempt::DEFAULT_MAX_BODY,
            rate_limit: None,
            shared: Arc::new(Mutex::new(Shared {
                credentials: None,
                refresh_at: None,
                quota: RetryQuota::new(),
                rates: HashMap::new(),
                skew: ClockSkew::default(),
                random: fastrand::Rng::new(),
            })),
        }
    }

    /// Signs every attempt.
    #[must_use]
    pub fn with_signer(mut self, signer: impl Sign + 'static) -> Self {
        self.signer = Some(Arc::new(signer));
        self
    }

    /// Sets how often a call is tried.
    #[must_use]
    pub const fn with_retry(mut self, retry: RetryPolicy) -> Self {
        self.retry = retry;
        self
    }

    /// Sends the requests of each operation no faster than this, retries included, and slower while the service
    /// throttles. No limit unless set.
    #[must_use]
    pub fn with_rate_limit(mut self, limit: RateLimit) -> Self {
        self.rate_limit = Some(limit);
        self.shared().rates.clear();
        self
    }

    /// Sets the time limits.
    #[must_use]
    pub const fn with_timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sets the largest response body, in bytes; 8 MiB unless set.
    #[must_use]
    pub const fn with_max_body(mut self, max_body: usize) -> Self {
        self.max_body = max_body;
        self
    }

    /// Sets where plain HTTP may go; to this machine only unless set.
    #[must_use]
    pub const fn with_plain_http(mut self, plain_http: PlainHttp) -> Self {
        self.plain_http = plain_http;
        self
    }

    /// Makes jitter and invocation ids repeatable: same seed, same calls, same replies, same steps.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        self.shared().random = fastrand::Rng::with_seed(seed);
        self
    }

    /// Where `service` is reached.
    ///
    /// # Errors
    ///
    /// [`InvalidEndpoint`] if there is no endpoint, or if it is plain HTTP to a place that is not allowed.
    pub fn endpoint(&self, service: Service) -> Result<Endpoint, InvalidEndpoint> {
        Endpoint::resolve(&self.endpoint, service, self.plain_http)
    }

    /// How far the service's clock is ahead of this machine's, as the latest response told; zero before the first one.
    #[must_use]
    pub fn clock_skew(&self) -> ClockSkew {
        self.shared().skew
    }

    fn shared(&self) -> MutexGuard<'_, Shared> {
        // A panic elsewhere leaves a quota and a cache: both are valid at any time.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The credentials to sign with, unless it is time to ask for others.
    pub(crate) fn fresh_credentials(&self, now: SystemTime) -> Option<Arc<Credentials>> {
        let shared = self.shared();
        let is_fresh = shared.refresh_at.is_none_or(|refresh_at| now < refresh_at);
        shared.credentials.as_ref().filter(|_| is_fresh).cloned()
    }

    /// The credentials to sign with, fresh or not, unless they have expired.
    pub(crate) fn valid_credentials(&self, now: SystemTime) -> Option<Arc<Credentials>> {
        let valid = |credentials: &&Arc<Credentials>| {
            credentials.expires_at().is_none_or(|expiry| now < expiry)
        };
        self.shared().credentials.as_ref().filter(valid).cloned()
    }

    /// Keeps what a source has given, and shares it.
    pub(crate) fn keep_credentials(
        &self,
        credentials: Credentials,
        now: SystemTime,
    ) -> Arc<Credentials> {
        let mut shared = self.shared();
        shared.refresh_at = credentials.expires_at().map(|expiry| {
            // A source that gives what is about to expire has nothing better yet: asking it for each call would not help.
            expiry
                .checked_sub(REFRESH_BEFORE)
                .filter(|early| now < *early)
                .unwrap_or(expiry)
        });
        let credentials = Arc::new(credentials);
        shared.credentials = Some(Arc::clone(&credentials));
        credentials
    }

    /// Drops credentials that the service has called expired, unless others have come meanwhile.
    pub(crate) fn forget_credentials(&self, expired: &Credentials) {
        let mut shared = self.shared();
        if shared.credentials.as_deref() == Some(expired) {
            shared.credentials = None;
        }
    }

    pub(crate) fn quota<T>(&self, use_quota: impl FnOnce(&mut RetryQuota) -> T) -> T {
        use_quota(&mut self.shared().quota)
    }

    pub(crate) fn keep_skew(&self, skew: ClockSkew) {
        self.shared().skew = skew;
    }

    /// How long to wait before a request of this operation may be sent, which is counted then. `None` if that is longer
    /// than `patience`.
    pub(crate) fn pace(
        &self,
        operation: &'static str,
        now: Duration,
        patience: Duration,
    ) -> Option<Duration> {
        self.rate(operation, |rate| rate.take(now, patience))
            .unwrap_or(Some(Duration::ZERO))
    }

    /// Slows this operation down.
    pub(crate) fn slow_down(&self, operation: &'static str, now: Duration) {
        self.rate(operation, |rate| rate.on_throttled(now));
    }

    fn rate<T>(
        &self,
        operation: &'static str,
        use_rate: impl FnOnce(&mut RateLimiter) -> T,
    ) -> Option<T> {
        let limit = self.rate_limit?;
        let mut shared = self.shared();
        let rate = shared.rates.entry(operation);
        Some(use_rate(rate.or_insert_with(|| RateLimiter::new(limit))))
    }

    /// A source of jitter and ids for one call.
    pub(crate) fn fork_random(&self) -> fastrand::Rng {
        self.shared().random.fork()
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("endpoint", &self.endpoint)
            .field("plain_http", &self.plain_http)
            .field("signed", &self.signer.is_some())
            .field("retry", &self.retry)
            .field("timeouts", &self.timeouts)
            .field("max_body", &self.max_body)
            .field("rate_limit", &self.rate_limit)
            .finish_non_exhaustive()
    }
}
