use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use ops_model::Timestamp;
use ops_transport::BlockingClock;

/// The service's time: a clock's or the machine's, and what it has been set forward.
pub(crate) struct ServiceTime {
    clock: Option<Box<dyn BlockingClock>>,
    ahead_millis: AtomicU64,
}

impl ServiceTime {
    pub(crate) const fn new(clock: Option<Box<dyn BlockingClock>>) -> Self {
        Self {
            clock,
            ahead_millis: AtomicU64::new(0),
        }
    }

    /// Sets the time forward.
    pub(crate) fn advance(&self, by: Duration) {
        let by = u64::try_from(by.as_millis()).unwrap_or(u64::MAX);
        let add = |ahead: u64| Some(ahead.saturating_add(by));
        // The closure always gives a value.
        let _ = self
            .ahead_millis
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Takes back what it has been set forward.
    pub(crate) fn reset(&self) {
        self.ahead_millis.store(0, Ordering::Relaxed);
    }

    /// The time, not before 1970 and not after 9999: what every form of date can write.
    pub(crate) fn now(&self) -> SystemTime {
        let now = self
            .clock
            .as_ref()
            .map_or_else(SystemTime::now, |clock| clock.now().wall);
        let ahead = Duration::from_millis(self.ahead_millis.load(Ordering::Relaxed));
        let latest = SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799);
        now.checked_add(ahead)
            .unwrap_or(latest)
            .clamp(SystemTime::UNIX_EPOCH, latest)
    }

    /// The time to the millisecond.
    pub(crate) fn timestamp(&self) -> Timestamp {
        Timestamp::try_from(self.now()).unwrap_or(Timestamp::MAX)
    }
}
