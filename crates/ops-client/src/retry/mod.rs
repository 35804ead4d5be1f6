//! Whether, when and how often to try again: AWS's "standard" mode, three pure pieces; and how fast to send at all.
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html>

mod classify;
mod delay;
mod quota;
mod rate;

pub(crate) use classify::Failure;
pub use classify::RetryClass;
pub use delay::retry_after;
pub use quota::RetryQuota;
pub use rate::{RateLimit, RateLimiter};

use std::num::NonZeroU32;

/// How often one call is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RetryPolicy {
    /// The most attempts, the first one included. Three unless set.
    pub max_attempts: NonZeroU32,
}

impl RetryPolicy {
    /// One attempt, no retries.
    pub const NEVER: Self = Self {
        max_attempts: NonZeroU32::MIN,
    };

    /// So many attempts, the first one included.
    #[must_use]
    pub const fn attempts(max_attempts: NonZeroU32) -> Self {
        Self { max_attempts }
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self::attempts(NonZeroU32::new(3).expect("3 is not 0"))
    }
}
