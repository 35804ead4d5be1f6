use std::time::Duration;

use http::HeaderMap;

use super::RetryClass;

/// The longest wait before a retry that the client chooses by itself.
const MAX_DELAY: Duration = Duration::from_secs(20);
/// How much longer the service may ask for.
const MAX_EXTRA: Duration = Duration::from_secs(5);

/// How long to wait before the retry of this number, from 0: full jitter under an exponential bound, and within five
/// seconds above it what the service asks for.
///
/// `jitter` lies in 0 to 1.
pub(crate) fn wait(
    class: RetryClass,
    retry: u32,
    jitter: f64,
    asked: Option<Duration>,
) -> Duration {
    let base = match class {
        RetryClass::Throttling => Duration::from_secs(1),
        RetryClass::Transient | RetryClass::Permanent => Duration::from_millis(50),
    };
    let bound = base
        .saturating_mul(1u32.checked_shl(retry).unwrap_or(u32::MAX))
        .min(MAX_DELAY);
    let own = bound.mul_f64(jitter);
    asked.map_or(own, |asked| asked.clamp(own, own + MAX_EXTRA))
}

/// What the service asks for in `x-amz-retry-after`: whole milliseconds; anything else is ignored.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let millis = headers
        .get("x-amz-retry-after")?
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
        let check = |class, retry, jitter, millis| {
            assert_eq!(
                wait(class, retry, jitter, None),
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
            let wait = wait(RetryClass::Transient, 0, 0.5, retry_after(&headers));
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
