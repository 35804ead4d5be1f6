//! Many listings side by side, as one sequence of results: on threads, and within one task.

#[cfg(feature = "concurrency")]
mod asynchronous;
mod blocking;

#[cfg(feature = "concurrency")]
pub use asynchronous::{Merge, merge};
pub use blocking::{BlockingMerge, merge_blocking};

use std::vec;

use ops_model::{Page, PagedCall};

use crate::Error;

/// What a listing gives next.
type Next<C> = Option<Result<Page<<C as PagedCall>::Item>, Error>>;

/// Which listings may go on: those that have begun before those that wait.
struct Turns<K, P> {
    waiting: vec::IntoIter<(K, P)>,
    /// How many more may be under way.
    room: usize,
    /// The listing that the latest result is of, and whether that was its end.
    latest: Option<(K, P)>,
    is_over: bool,
}

impl<K: Clone, P> Turns<K, P> {
    fn new(listings: Vec<(K, P)>, room: usize) -> Self {
        Self {
            waiting: listings.into_iter(),
            room,
            latest: None,
            is_over: false,
        }
    }

    /// A listing that is to go on.
    fn due(&mut self) -> Option<(K, P)> {
        let room = self.room.checked_sub(1)?;
        let latest = self.latest.take().filter(|_| !self.is_over);
        let due = latest.or_else(|| self.waiting.next())?;
        self.room = room;
        Some(due)
    }

    /// Takes a listing back with what it has given.
    fn take<T>(&mut self, key: K, pages: P, next: Option<T>) -> (K, Option<T>) {
        self.room += 1;
        self.is_over = next.is_none();
        self.latest = Some((key.clone(), pages));
        (key, next)
    }
}

impl<K, P> Turns<K, P> {
    fn latest(&self) -> Option<&P> {
        self.latest.as_ref().map(|(_, pages)| pages)
    }
}
