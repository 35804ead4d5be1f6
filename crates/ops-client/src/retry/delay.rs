use std::time::Duration;

use http::{HeaderMap, HeaderName};

use super::RetryClass;

/// The longest wait before a retry that the client chooses by itself.
const MAX_DELAY: Duration = Duration::from_secs(20);
/// How much longer the service may ask for.
const MAX_EXTRA: Duration = Duration::from_secs(5);
static RETRY_AFTER: HeaderName = HeaderName::from_static("x-amz-retry-after");

impl RetryClass {
    /// How long to wait before the retry of this number, from 0: full jitter under an exponential bound, and what the
    /// service asks for if that lies within five seconds above.
    ///
    /// `jitter` is a random number of 0 to 1.
    #[must_use]
    pub fn delay(self, retry: u32, jitter: f64, asked: Option<Duration>) -> Duration {
        let base = match self {
            Self::Throttling => Duration::from_secs(1),
            Self::Transient | Self::Permanent => Duration::from_millis(50),
        };
        let doubled = base.saturating_mul(1u32.checked_shl(retry).unwrap_or(u32::MAX));
        let own = doubled.min(MAX_DELAY).mul_f64(jitter.clamp(0.0, 1.0));
        asked.map_or(own, |asked| asked.clamp(own, own + MAX_EXTRA))
    }
}

/// What the service asks for in `x-amz-retry-after`: whole milliseconds; anything else is ignored.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let millis = headers
        .get(&RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_millis(millis))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_doubles_up_to_20_seconds() {
        let check = |class: RetryClass, retry, jitter, millis| {
            assert_eq!(
                class.delay(retry, jitter, None),
                Duration::from_millis(millis),
                "{class:?} {retry}"
            );
        };
        check(RetryClass::Transient, 0, 1.0, 50);
        check(RetryClass::Transient, 0, 0.5, 25);
        check(RetryClass::Transient, 3, 1.0, 400);
        check(RetryClass::Transient, 9, 1.0, 20_000);
        check(RetryClass::Throttling, 0, 1.0, 1_000);
        check(RetryClass::Throttling, 4, 1.0, 16_000);
        check(RetryClass::Throttling, 5, 1.0, 20_000);
        check(RetryClass::Throttling, 500, 1.0, 20_000);
        check(RetryClass::Throttling, 500, 0.0, 0);
    }

    #[test]
    fn the_service_may_ask_for_five_seconds_more() {
        let check = |asked: &str, millis| {
            let mut headers = HeaderMap::new();
            headers.insert("x-amz-retry-after", asked.parse().unwrap());
            let wait = RetryClass::Transient.delay(0, 0.5, retry_after(&headers));
            assert_eq!(wait, Duration::from_millis(millis), "{asked}");
        };
        check("0", 25);
        check("26", 26);
        check("1500", 1_500);
        check("5025", 5_025);
        check("999999999999", 5_025);
        for ignored in ["-1", "1.5", "", "x", "99999999999999999999999"] {
            check(ignored, 25);
        }
        let mut seconds = HeaderMap::new();
        seconds.insert("retry-after", "3".parse().unwrap());
        assert_eq!(retry_after(&seconds), None);
    }
}
