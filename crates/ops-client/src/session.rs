use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use ops_model::{EndpointParams, Service};
use ops_transport::Attempt;

use crate::endpoint::{Endpoint, InvalidEndpoint, PlainHttp};
use crate::retry::{RetryPolicy, RetryQuota};
use crate::{Credentials, Sign};

/// How long before their expiry credentials are asked for again.
const REFRESH_BEFORE: Duration = Duration::from_secs(5 * 60);

/// What the calls of one client share: where to, how signed, with which limits; and what they learn together.
///
/// Clones share the retry quota, the credentials and the source of jitter.
#[derive(Clone)]
pub struct Session {
    endpoint: EndpointParams,
    plain_http: PlainHttp,
    pub(crate) signer: Option<Arc<dyn Sign>>,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeouts: Timeouts,
    pub(crate) max_body: usize,
    shared: Arc<Mutex<Shared>>,
}

/// The time limits of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// One attempt, from connecting to the last byte. 30 seconds unless set.
    pub attempt: Duration,
    /// One call with its retries and the waits between them. 2 minutes unless set.
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
    credentials: Option<Credentials>,
    /// When to ask for others.
    refresh_at: Option<SystemTime>,
    quota: RetryQuota,
    random: fastrand::Rng,
}

impl Session {
    /// A session without a signer: requests go out unsigned, and nobody asks for credentials.
    #[must_use]
    pub fn new(endpoint: EndpointParams) -> Self {
        Self {
            endpoint,
            plain_http: PlainHttp::default(),
            signer: None,
            retry: RetryPolicy::default(),
            timeouts: Timeouts::default(),
            max_body: Attempt::DEFAULT_MAX_BODY,
            shared: Arc::new(Mutex::new(Shared {
                credentials: None,
                refresh_at: None,
                quota: RetryQuota::new(),
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

    fn shared(&self) -> MutexGuard<'_, Shared> {
        // A panic elsewhere leaves a quota and a cache: both are valid at any time.
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The credentials to sign with, unless it is time to ask for others.
    pub(crate) fn fresh_credentials(&self, now: SystemTime) -> Option<Credentials> {
        let shared = self.shared();
        let is_fresh = shared.refresh_at.is_none_or(|refresh_at| now < refresh_at);
        shared.credentials.as_ref().filter(|_| is_fresh).cloned()
    }

    /// The credentials to sign with, fresh or not, unless they have expired.
    pub(crate) fn valid_credentials(&self, now: SystemTime) -> Option<Credentials> {
        let valid =
            |credentials: &&Credentials| credentials.expires_at().is_none_or(|expiry| now < expiry);
        self.shared().credentials.as_ref().filter(valid).cloned()
    }

    /// Keeps what a source has given.
    pub(crate) fn keep_credentials(&self, credentials: Credentials, now: SystemTime) {
        let mut shared = self.shared();
        shared.refresh_at = credentials.expires_at().map(|expiry| {
            // A source that gives what is about to expire has nothing better yet: asking it for each call would not help.
            expiry
                .checked_sub(REFRESH_BEFORE)
                .filter(|early| now < *early)
                .unwrap_or(expiry)
        });
        shared.credentials = Some(credentials);
    }

    /// Drops credentials that the service has called expired, unless others have come meanwhile.
    pub(crate) fn forget_credentials(&self, expired: &Credentials) {
        let mut shared = self.shared();
        if shared.credentials.as_ref() == Some(expired) {
            shared.credentials = None;
        }
    }

    pub(crate) fn quota<T>(&self, use_quota: impl FnOnce(&mut RetryQuota) -> T) -> T {
        use_quota(&mut self.shared().quota)
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
            .finish_non_exhaustive()
    }
}
