use std::sync::atomic::{AtomicBool, Ordering};
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
    set: AtomicBool,
    parent: Option<Cancel>,
    changed: Arc<Changed>,
}

/// Tells whoever waits on a flag, on one that it came from, or on one that came from it. The lock is held while a flag is
/// set, so that no wait misses it.
#[derive(Debug, Default)]
struct Changed(Mutex<()>, Condvar);

impl Cancel {
    /// A flag that is not set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A flag that is set whenever this one is, and can be set alone: to end a part of what this one ends.
    ///
    /// ```
    /// use ops_transport::Cancel;
    ///
    /// let whole = Cancel::new();
    /// let (one, other) = (whole.child(), whole.child());
    /// one.cancel();
    /// assert!(one.is_cancelled() && !other.is_cancelled() && !whole.is_cancelled());
    /// whole.cancel();
    /// assert!(other.is_cancelled());
    /// ```
    #[must_use]
    pub fn child(&self) -> Self {
        Self(Arc::new(Flag {
            set: AtomicBool::new(false),
            parent: Some(self.clone()),
            changed: Arc::clone(&self.0.changed),
        }))
    }

    /// Sets the flag and wakes every [`wait`](Self::wait).
    pub fn cancel(&self) {
        let Changed(lock, condition) = &*self.0.changed;
        let _held = lock.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.set.store(true, Ordering::Release);
        condition.notify_all();
    }

    /// Whether the flag is set.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        let parent = || self.0.parent.as_ref().is_some_and(Self::is_cancelled);
        self.0.set.load(Ordering::Acquire) || parent()
    }

    /// Blocks until the flag is set, or until `timeout` has passed; returns whether the flag is set.
    pub fn wait(&self, timeout: Duration) -> bool {
        let Changed(lock, condition) = &*self.0.changed;
        let held = lock.lock().unwrap_or_else(PoisonError::into_inner);
        let _held = condition
            .wait_timeout_while(held, timeout, |()| !self.is_cancelled())
            .unwrap_or_else(PoisonError::into_inner);
        self.is_cancelled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_ends_when_another_thread_cancels_it_or_what_it_came_from() {
        let check = |waiting: Cancel, cancelled: &Cancel| {
            assert!(!waiting.wait(Duration::ZERO));
            let waiter = std::thread::spawn({
                let waiting = waiting.clone();
                move || waiting.wait(Duration::MAX)
            });
            cancelled.cancel();
            assert!(waiter.join().expect("the waiter does not panic"));
            assert!(waiting.is_cancelled());
        };
        let cancel = Cancel::new();
        check(cancel.clone(), &cancel);
        let cancel = Cancel::new();
        check(cancel.child().child(), &cancel);
        let child = Cancel::new().child();
        check(child.clone(), &child);
    }

    #[test]
    fn a_child_is_set_alone_and_wakes_nobody_else_for_good() {
        let parent = Cancel::new();
        let (one, other) = (parent.child(), parent.child());
        one.cancel();
        for unset in [parent, other] {
            assert!(!unset.is_cancelled() && !unset.wait(Duration::from_millis(1)));
        }
        assert!(one.is_cancelled() && one.child().is_cancelled());
    }
}
