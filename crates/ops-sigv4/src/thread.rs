//! Blocking work for an async caller, without a runtime: one thread, one slot, one waker.

use std::future::poll_fn;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};
use std::thread;

/// Runs `work` on a thread of its own. Dropping the future leaves it running.
///
/// # Errors
///
/// If no thread can be started.
pub(crate) async fn on_thread<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<T> {
    let slot = Arc::new(Mutex::new(Slot {
        outcome: None,
        waker: None,
    }));
    let filled = Arc::clone(&slot);
    let handle = thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            let mut slot = filled.lock().unwrap_or_else(PoisonError::into_inner);
            slot.outcome = Some(outcome);
            if let Some(waker) = slot.waker.take() {
                waker.wake();
            }
        })?;
    // Nobody joins it; the slot says when it is done.
    drop(handle);
    let outcome = poll_fn(|context| {
        let mut slot = slot.lock().unwrap_or_else(PoisonError::into_inner);
        match slot.outcome.take() {
            Some(outcome) => Poll::Ready(outcome),
            None => {
                slot.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    })
    .await;
    match outcome {
        Ok(value) => Ok(value),
        // Our own bug goes on where it would have without the thread.
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

struct Slot<T> {
    outcome: Option<thread::Result<T>>,
    waker: Option<Waker>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_executor::block_on;

    #[test]
    fn the_work_is_done_on_another_thread() {
        let here = thread::current().id();
        let there = block_on(on_thread("work", || thread::current().id())).unwrap();
        assert_ne!(here, there);
    }

    #[test]
    #[should_panic(expected = "our bug")]
    fn a_panic_reaches_the_caller() {
        let _: io::Result<()> = block_on(on_thread("work", || panic!("our bug")));
    }
}
