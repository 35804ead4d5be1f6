use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use ops_transport::{Clock, Now};
use tokio::time::Instant;

/// The machine's wall clock, and tokio's time for everything else.
///
/// The origin of its monotonic readings is its creation. Clones share it. Under tokio's paused test time both the
/// monotonic readings and the waits follow that time; the wall clock does not.
#[derive(Clone, Copy, Debug)]
pub struct TokioClock {
    origin: Instant,
}

impl TokioClock {
    /// A clock whose monotonic readings start now.
    #[must_use]
    pub fn new() -> Self {
        Self {
            origin: Instant::now(),
        }
    }
}

impl Default for TokioClock {
    fn default() -> Self {
        Self::new()
    }
}

#[async_trait]
impl Clock for TokioClock {
    fn now(&self) -> Now {
        Now {
            wall: SystemTime::now(),
            monotonic: self.origin.elapsed(),
        }
    }

    /// Returns once `duration` has passed. `Duration::MAX` waits for good.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime, or in one without its time driver.
    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn waits_and_readings_follow_tokio_time() {
        let clock = TokioClock::new();
        let hour = Duration::from_secs(3600);
        let before = clock.now();
        clock.sleep(hour).await;
        let after = clock.now();
        let passed = after.monotonic - before.monotonic;
        assert!(
            passed >= hour && passed < hour + Duration::from_secs(1),
            "{passed:?}"
        );
        assert!(after.wall >= before.wall);
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_wait_neither_panics_nor_ends() {
        let clock = TokioClock::new();
        let wait = clock.sleep(Duration::MAX);
        let hour = Duration::from_secs(3600);
        assert!(tokio::time::timeout(hour, wait).await.is_err());
    }

    #[test]
    fn a_reading_needs_no_runtime() {
        let clock = TokioClock::default();
        let before = clock.now().monotonic;
        assert!(clock.now().monotonic >= before);
    }
}
