use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use ops_transport::{BlockingClock, Cancel, Clock, Now};

use crate::time::latest;

/// A clock that stands still until it is told to go on: a sleep advances it at once, by exactly its length.
///
/// Clones are handles to one clock. Both kinds of driver take it, so a test of retries and waits takes no time and sees
/// every one of them:
///
/// ```
/// use std::time::Duration;
///
/// use ops_fake::VirtualClock;
/// use ops_transport::{BlockingClock, Cancel};
///
/// let clock = VirtualClock::new();
/// clock.sleep_blocking(Duration::from_secs(3600), &Cancel::new());
/// clock.advance(Duration::from_secs(1));
/// assert_eq!(clock.slept(), [Duration::from_secs(3600)]);
/// assert_eq!(clock.now().monotonic, Duration::from_secs(3601));
/// ```
#[derive(Clone, Debug)]
pub struct VirtualClock(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    start: SystemTime,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    elapsed: Duration,
    slept: Vec<Duration>,
}

/// 2026-01-01T00:00:00Z, in seconds since the Unix epoch.
const START_SECONDS: u64 = 1_767_225_600;

impl VirtualClock {
    /// A clock that starts at 2026-01-01T00:00:00Z.
    #[must_use]
    pub fn new() -> Self {
        Self::starting_at(SystemTime::UNIX_EPOCH + Duration::from_secs(START_SECONDS))
    }

    /// A clock whose wall time starts at `start`. Its monotonic time starts at zero.
    #[must_use]
    pub fn starting_at(start: SystemTime) -> Self {
        Self(Arc::new(Inner {
            start,
            state: Mutex::default(),
        }))
    }

    /// Reads the clock. A wall time beyond what [`SystemTime`] can tell is the end of the year 9999.
    #[must_use]
    pub fn now(&self) -> Now {
        let monotonic = self.state().elapsed;
        Now {
            wall: self.0.start.checked_add(monotonic).unwrap_or_else(latest),
            monotonic,
        }
    }

    /// Lets time pass. This is no sleep: it is not recorded.
    pub fn advance(&self, duration: Duration) {
        let mut state = self.state();
        state.elapsed = state.elapsed.saturating_add(duration);
    }

    /// The sleeps so far, in their order, each with its whole length.
    #[must_use]
    pub fn slept(&self) -> Vec<Duration> {
        self.state().slept.clone()
    }

    fn sleep_at_once(&self, duration: Duration) {
        self.advance(duration);
        self.state().slept.push(duration);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for VirtualClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Now {
        self.now()
    }

    /// Advances the clock when it is first polled, and is ready then.
    async fn sleep(&self, duration: Duration) {
        self.sleep_at_once(duration);
    }
}

impl BlockingClock for VirtualClock {
    fn now(&self) -> Now {
        self.now()
    }

    /// Advances the clock and returns; if `cancel` is set already, nothing happens.
    fn sleep_blocking(&self, duration: Duration, cancel: &Cancel) {
        if !cancel.is_cancelled() {
            self.sleep_at_once(duration);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_sleep_advances_both_times_at_once_and_is_recorded() {
        let clock = VirtualClock::new();
        let shared = clock.clone();
        assert_eq!(
            httpdate::fmt_http_date(clock.now().wall),
            "Thu, 01 Jan 2026 00:00:00 GMT"
        );
        assert_eq!(clock.now().monotonic, Duration::ZERO);

        futures_executor::block_on(Clock::sleep(&clock, SECOND));
        shared.sleep_blocking(2 * SECOND, &Cancel::new());
        shared.advance(4 * SECOND);

        assert_eq!(
            httpdate::fmt_http_date(clock.now().wall),
            "Thu, 01 Jan 2026 00:00:07 GMT"
        );
        assert_eq!(clock.now().monotonic, 7 * SECOND);
        assert_eq!(clock.slept(), [SECOND, 2 * SECOND]);
    }

    #[test]
    fn a_sleep_that_is_not_polled_or_already_cancelled_does_nothing() {
        let clock = VirtualClock::starting_at(SystemTime::UNIX_EPOCH);
        drop(Clock::sleep(&clock, SECOND));
        let cancel = Cancel::new();
        cancel.cancel();
        clock.sleep_blocking(SECOND, &cancel);
        assert_eq!(
            clock.now(),
            Now {
                wall: SystemTime::UNIX_EPOCH,
                monotonic: Duration::ZERO
            }
        );
        assert!(clock.slept().is_empty());
    }

    #[test]
    fn the_longest_sleeps_do_not_panic() {
        let clock = VirtualClock::new();
        clock.sleep_blocking(Duration::MAX, &Cancel::new());
        clock.sleep_blocking(Duration::MAX, &Cancel::new());
        assert_eq!(clock.now().monotonic, Duration::MAX);
        assert_eq!(
            httpdate::fmt_http_date(clock.now().wall),
            "Fri, 31 Dec 9999 23:59:59 GMT"
        );
    }
}
