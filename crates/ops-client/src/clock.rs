use std::time::{Duration, Instant, SystemTime};

use ops_transport::{BlockingClock, Cancel, Now};

/// The real time, for blocking clients.
#[derive(Clone, Copy, Debug)]
pub struct StdClock {
    origin: Instant,
}

impl StdClock {
    /// A clock whose monotonic time begins now.
    #[must_use]
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everything else is given"
    )]
    pub fn new() -> Self {
        Self {
            origin: Instant::now(),
        }
    }
}

impl Default for StdClock {
    fn default() -> Self {
        Self::new()
    }
}

impl BlockingClock for StdClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the clock that everything else is given"
    )]
    fn now(&self) -> Now {
        Now {
            wall: SystemTime::now(),
            monotonic: self.origin.elapsed(),
        }
    }

    fn sleep_blocking(&self, duration: Duration, cancel: &Cancel) {
        cancel.wait(duration);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancelled_sleep_ends_at_once_and_time_never_runs_backwards() {
        let clock = StdClock::new();
        let before = clock.now();
        let cancel = Cancel::new();
        cancel.cancel();
        clock.sleep_blocking(Duration::MAX, &cancel);
        assert!(before.monotonic <= clock.now().monotonic);
    }
}
