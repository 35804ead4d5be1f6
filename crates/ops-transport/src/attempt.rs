use std::time::Duration;

/// What a transport is told about one exchange, beside the request: its name and its limits.
///
/// The limits are passed in, so that a transport has no policy of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt {
    /// The operation's name, for diagnostics: `ListOperations`.
    pub operation: &'static str,
    /// The attempt's number, from 1.
    pub number: u32,
    /// The most time that the whole exchange may take: connecting, sending, and the last byte of the body.
    pub timeout: Duration,
    /// The largest body, in bytes, that may be returned.
    pub max_body: usize,
}

impl Attempt {
    /// 30 seconds.
    pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
    /// 8 MiB. A page of 100 operations takes about 30 KiB.
    pub const DEFAULT_MAX_BODY: usize = 8 * 1024 * 1024;

    /// The first attempt of `operation`, with the default limits.
    #[must_use]
    pub const fn new(operation: &'static str) -> Self {
        Self {
            operation,
            number: 1,
            timeout: Self::DEFAULT_TIMEOUT,
            max_body: Self::DEFAULT_MAX_BODY,
        }
    }

    /// Sets the attempt's number, from 1.
    #[must_use]
    pub const fn with_number(mut self, number: u32) -> Self {
        self.number = number;
        self
    }

    /// Sets the time limit of the whole exchange.
    #[must_use]
    pub const fn with_timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets the largest body, in bytes.
    #[must_use]
    pub const fn with_max_body(mut self, max_body: usize) -> Self {
        self.max_body = max_body;
        self
    }
}
