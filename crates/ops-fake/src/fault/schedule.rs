use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::Fault;

/// The faults to come.
#[derive(Default)]
pub(crate) struct Faults(Mutex<Coming>);

#[derive(Default)]
struct Coming {
    injected: VecDeque<Fault>,
    schedule: Option<Schedule>,
}

pub(crate) type Schedule = Box<dyn Iterator<Item = Option<Fault>> + Send>;

impl Faults {
    pub(crate) fn new(schedule: Option<Schedule>) -> Self {
        Self(Mutex::new(Coming {
            injected: VecDeque::new(),
            schedule,
        }))
    }

    pub(crate) fn inject(&self, fault: Fault) {
        self.coming().injected.push_back(fault);
    }

    /// Forgets what was injected and has not been met.
    pub(crate) fn forget(&self) {
        self.coming().injected.clear();
    }

    /// What the next request meets.
    pub(crate) fn next(&self) -> Option<Fault> {
        let mut coming = self.coming();
        if let Some(fault) = coming.injected.pop_front() {
            return Some(fault);
        }
        let next = coming.schedule.as_mut()?.next();
        if next.is_none() {
            coming.schedule = None;
        }
        next.flatten()
    }

    fn coming(&self) -> MutexGuard<'_, Coming> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
