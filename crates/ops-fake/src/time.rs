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

    /// The time, as every form of date can [write](writable) it.
    pub(crate) fn now(&self) -> SystemTime {
        let now = self
            .clock
            .as_ref()
            .map_or_else(SystemTime::now, |clock| clock.now().wall);
        let ahead = Duration::from_millis(self.ahead_millis.load(Ordering::Relaxed));
        writable(now.checked_add(ahead).unwrap_or_else(latest))
    }

    /// The time to the millisecond.
    pub(crate) fn timestamp(&self) -> Timestamp {
        timestamp(self.now())
    }
}

/// The time to the millisecond, or the last one that there is.
pub(crate) fn timestamp(time: SystemTime) -> Timestamp {
    Timestamp::try_from(time).unwrap_or(Timestamp::MAX)
}

/// The nearest time that is not before 1970 and not after 9999: what every form of date can write.
pub(crate) fn writable(time: SystemTime) -> SystemTime {
    time.clamp(SystemTime::UNIX_EPOCH, latest())
}

/// 9999-12-31T23:59:59Z.
pub(crate) fn latest() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(253_402_300_799)
}
