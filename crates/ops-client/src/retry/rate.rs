use std::num::NonZeroU32;
use std::time::Duration;

/// How fast a client may send the requests of one operation: for listings beside production traffic, which shares the
/// account's quota with them.
///
/// A ceiling, not an aim. While the service throttles, the client sends less; see [`RateLimiter`].
///
/// ```
/// use std::num::NonZeroU32;
/// use std::time::Duration;
///
/// use ops_client::RateLimit;
///
/// let gentle = RateLimit::every(Duration::from_secs(3));
/// let brisk = RateLimit::per_second(NonZeroU32::new(20).expect("not 0")).with_burst(NonZeroU32::MIN);
/// assert_eq!(gentle.interval(), 60 * brisk.interval());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RateLimit {
    interval: Duration,
    burst: NonZeroU32,
}

impl RateLimit {
    /// One request each `interval`, in the long run. Zero is no ceiling.
    #[must_use]
    pub const fn every(interval: Duration) -> Self {
        Self {
            interval,
            burst: NonZeroU32::MIN,
        }
    }

    /// So many requests a second, in the long run; a second's worth may go out at once.
    #[must_use]
    pub fn per_second(requests: NonZeroU32) -> Self {
        Self {
            interval: Duration::from_secs(1) / requests.get(),
            burst: requests,
        }
    }

    /// Sets how many requests may go out at once after a pause.
    #[must_use]
    pub const fn with_burst(mut self, burst: NonZeroU32) -> Self {
        self.burst = burst;
        self
    }

    /// The time between two requests, in the long run.
    #[must_use]
    pub const fn interval(&self) -> Duration {
        self.interval
    }

    /// How many requests may go out at once after a pause.
    #[must_use]
    pub const fn burst(&self) -> NonZeroU32 {
        self.burst
    }
}

/// Ten requests a second.
impl Default for RateLimit {
    fn default() -> Self {
        Self::per_second(NonZeroU32::new(10).expect("10 is not 0"))
    }
}

/// How long the whole rate takes to come back.
const RECOVERY: Duration = Duration::from_secs(60);
/// The part of the rate that throttling leaves at least.
const LEAST_SHARE: f64 = 1.0 / 32.0;

/// A token bucket that backs off: tokens come in at the rate of its [`RateLimit`] up to the burst, and each request takes
/// one.
///
/// A throttled request halves the rate, down to a thirty-second, and empties the bucket. The rate comes back steadily,
/// the whole of it within 60 seconds.
///
/// A pure piece: the time comes in, as a monotonic clock shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct RateLimiter {
    limit: RateLimit,
    /// What was in the bucket at the last look; negative if tokens are taken that have not come in yet.
    tokens: f64,
    looked: Duration,
    /// When a request was throttled last, and what part of the rate that left.
    throttled: Option<(Duration, f64)>,
}

impl RateLimiter {
    /// A full bucket.
    #[must_use]
    pub fn new(limit: RateLimit) -> Self {
        Self {
            limit,
            tokens: limit.burst.get().into(),
            looked: Duration::ZERO,
            throttled: None,
        }
    }

    /// Takes a token, and tells how long to wait for it. `None`, with nothing taken, if that is longer than `patience`.
    pub fn take(&mut self, now: Duration, patience: Duration) -> Option<Duration> {
        if self.limit.interval.is_zero() {
            return Some(Duration::ZERO);
        }
        self.look(now);
        let missing = (1.0 - self.tokens).max(0.0);
        let seconds = missing * self.limit.interval.as_secs_f64() / self.share(now);
        let wait = Duration::try_from_secs_f64(seconds).ok()?;
        if wait > patience {
            return None;
        }
        self.tokens -= 1.0;
        Some(wait)
    }

    /// Takes note that a request was throttled.
    pub fn on_throttled(&mut self, now: Duration) {
        self.look(now);
        self.tokens = self.tokens.min(0.0);
        self.throttled = Some((now, (self.share(now) / 2.0).max(LEAST_SHARE)));
    }

    /// The part of the rate that is in effect, from a thirty-second to 1.
    #[must_use]
    pub fn share(&self, now: Duration) -> f64 {
        self.throttled.map_or(1.0, |(at, share)| {
            let regained = now.saturating_sub(at).as_secs_f64() / RECOVERY.as_secs_f64();
            (share + regained).min(1.0)
        })
    }

    /// Puts in what has come in since the last look.
    fn look(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.looked).as_secs_f64();
        let came_in = passed / self.limit.interval.as_secs_f64() * self.share(now);
        self.tokens = (self.tokens + came_in).min(self.limit.burst.get().into());
        self.looked = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::MAX;

    fn number(number: u32) -> NonZeroU32 {
        NonZeroU32::new(number).unwrap()
    }

    fn seconds(seconds: f64) -> Duration {
        Duration::from_secs_f64(seconds)
    }

    fn close(a: Duration, b: Duration) -> bool {
        a.abs_diff(b) < Duration::from_micros(1)
    }

    #[test]
    fn a_burst_goes_out_at_once_and_then_one_each_interval() {
        let limit = RateLimit::every(seconds(2.0)).with_burst(number(3));
        let mut bucket = RateLimiter::new(limit);
        let mut take = |now| bucket.take(seconds(now), LONG).unwrap();
        for expected in [0.0, 0.0, 0.0, 2.0, 4.0] {
            assert_eq!(take(100.0), seconds(expected));
        }
        assert_eq!(take(104.0), seconds(2.0), "two are owed, two have come in");
        assert_eq!(take(1_000.0), Duration::ZERO);
        assert_eq!(take(1_000.0), Duration::ZERO);
        assert_eq!(take(1_000.0), Duration::ZERO);
        assert_eq!(
            take(1_000.0),
            seconds(2.0),
            "a pause fills no more than the burst"
        );
    }

    #[test]
    fn throttling_halves_the_rate_and_time_brings_it_back() {
        let mut bucket = RateLimiter::new(RateLimit::per_second(number(10)));
        bucket.on_throttled(seconds(5.0));
        let wait = bucket.clone().take(seconds(5.0), LONG).unwrap();
        assert!(close(wait, seconds(0.2)), "{wait:?}");
        bucket.on_throttled(seconds(5.0));
        assert_eq!(bucket.share(seconds(5.0)), 0.25);
        assert_eq!(bucket.share(seconds(20.0)), 0.5);
        assert_eq!(bucket.share(seconds(50.0)), 1.0);
        assert_eq!(bucket.share(seconds(500.0)), 1.0);
        for _ in 0..100 {
            bucket.on_throttled(seconds(60.0));
        }
        let wait = bucket.take(seconds(60.0), LONG).unwrap();
        assert!(
            close(wait, seconds(3.2)),
            "32 intervals, not for ever: {wait:?}"
        );
    }

    #[test]
    fn what_is_too_long_to_wait_for_is_not_taken() {
        let mut bucket = RateLimiter::new(RateLimit::every(seconds(2.0)));
        assert_eq!(
            bucket.take(seconds(0.0), Duration::ZERO),
            Some(Duration::ZERO)
        );
        for _ in 0..10 {
            assert_eq!(bucket.take(seconds(0.0), seconds(1.9)), None);
        }
        assert_eq!(bucket.take(seconds(0.0), seconds(2.0)), Some(seconds(2.0)));
    }

    #[test]
    fn in_the_long_run_the_rate_is_kept() {
        for limit in [
            RateLimit::default(),
            RateLimit::every(seconds(0.3)).with_burst(number(7)),
        ] {
            let (mut bucket, mut now) = (RateLimiter::new(limit), Duration::ZERO);
            for _ in 0..10_000 {
                now += bucket.take(now, LONG).unwrap();
            }
            let least = limit.interval() * (10_000 - limit.burst().get());
            assert!(
                close(now, least) || now.abs_diff(least) < least / 100_000,
                "{now:?} {least:?}"
            );
        }
    }

    #[test]
    fn extremes_neither_overflow_nor_divide_by_zero() {
        let mut none = RateLimiter::new(RateLimit::every(Duration::ZERO));
        none.on_throttled(seconds(1.0));
        assert_eq!(
            none.take(seconds(1.0), Duration::ZERO),
            Some(Duration::ZERO)
        );
        let mut never = RateLimiter::new(RateLimit::every(Duration::MAX));
        assert_eq!(never.take(Duration::MAX, LONG), Some(Duration::ZERO));
        assert_eq!(never.take(Duration::ZERO, LONG), None);
        let fast = RateLimit::per_second(NonZeroU32::MAX);
        assert_eq!(
            fast.interval(),
            Duration::ZERO,
            "faster than a nanosecond each"
        );
    }
}
