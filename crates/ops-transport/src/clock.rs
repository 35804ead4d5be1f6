use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

/// A reading of a clock: what time it is, and how far the clock has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The wall clock: what signatures and the expiry of credentials go by. May jump.
    pub wall: SystemTime,
    /// Time since an origin that the clock chooses: what waits and deadlines go by. Never runs backwards.
    pub monotonic: Duration,
}

/// The time and the waiting of an async driver.
#[async_trait]
pub trait Clock: Send + Sync {
    /// Reads the clock.
    fn now(&self) -> Now;

    /// Returns once `duration` has passed.
    async fn sleep(&self, duration: Duration);
}

/// The time and the waiting of a blocking driver.
pub trait BlockingClock: Send + Sync {
    /// Reads the clock.
    fn now(&self) -> Now;

    /// Returns once `duration` has passed, or earlier if `cancel` is set meanwhile.
    fn sleep_blocking(&self, duration: Duration, cancel: &Cancel);
}

/// A flag that another thread sets to end a blocking call: it is seen between steps and wakes waits.
///
/// Clones share one flag. Once set it stays set. An attempt that is in flight is not interrupted: it ends by its own
/// time limit.
#[derive(Clone, Debug, Default)]
pub struct Cancel(Arc<Flag>);

#[derive(Debug, Default)]
struct Flag {
    set: Mutex<bool>,
    changed: Condvar,
}

impl Cancel {
    /// A flag that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the flag and wakes every [`wait`](Self::wait).
    pub fn cancel(&self) {
        *self.0.set.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.0.changed.notify_all();
    }

    /// Whether the flag is set.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        *self.0.set.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Blocks until the flag is set, or until `timeout` has passed; returns whether the flag is set.
    pub fn wait(&self, timeout: Duration) -> bool {
        let set = self.0.set.lock().unwrap_or_else(PoisonError::into_inner);
        let (set, _) = self
            .0
            .changed
            .wait_timeout_while(set, timeout, |set| !*set)
            .unwrap_or_else(PoisonError::into_inner);
        *set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_when_another_thread_cancels() {
        let cancel = Cancel::new();
        assert!(!cancel.wait(Duration::ZERO));
        let waiter = std::thread::spawn({
            let cancel = cancel.clone();
            move || cancel.wait(Duration::MAX)
        });
        cancel.cancel();
        assert!(waiter.join().expect("the waiter does not panic"));
        assert!(cancel.is_cancelled());
    }
}
