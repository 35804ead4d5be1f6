use std::fmt;
use std::marker::PhantomData;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread::{self, Scope};

use ops_model::PagedCall;
use ops_transport::Cancel;

use super::{Next, Turns};
use crate::BlockingPages;

/// Lists many lists side by side, at most `at_once` at a time, on so many threads of `scope`.
///
/// The listings may be of different clients: of many regions or accounts. Each has a key, which names it in the results.
///
/// ```
/// use std::num::NonZeroUsize;
///
/// use ops_client::{BlockingClient, Session, merge_blocking};
/// use ops_fake::FakeService;
/// use ops_model::cloud_map::ListOperations;
/// use ops_model::{EndReason, EndpointParams};
///
/// let listings = ["eu-central-1", "eu-west-1", "us-east-1"].map(|region| {
///     let params = EndpointParams::in_region(region.parse().expect("a region"));
///     let client = BlockingClient::new(Session::new(params), FakeService::new());
///     (region, client.pages(ListOperations::new()).expect("an endpoint"))
/// });
/// let (mut operations, mut exhausted) = (0, 0);
/// std::thread::scope(|scope| {
///     let mut merged = merge_blocking(scope, listings, NonZeroUsize::new(2).expect("not 0"));
///     while let Some((region, next)) = merged.next() {
///         match next {
///             Some(Ok(page)) => operations += page.len(),
///             Some(Err(error)) => eprintln!("{region}: {error}"), // The other regions go on.
///             None => {
///                 let why = merged.latest().and_then(|pages| pages.end_reason());
///                 exhausted += usize::from(why == Some(EndReason::Exhausted));
///             }
///         }
///     }
/// });
/// assert_eq!((operations, exhausted), (9, 3));
/// ```
///
/// * A listing gives what its own `next` gives, in that order: pages, an error if it fails, and `None` in the end. Between
///   two listings there is no order, and none waits for another: a slow one holds up nobody, a failed one ends alone.
/// * [`latest`](BlockingMerge::latest) is the listing that the result is of: where it can go on, and why it ended.
/// * That listing goes on when the next result is asked for; the others go on meanwhile, by one page each.
/// * Dropping the iterator ends its threads, and wakes those that wait. An attempt in flight is not interrupted: it ends
///   by its own time limit, and the scope waits for it.
///
/// # Panics
///
/// If the system has no thread to give.
pub fn merge_blocking<'scope, K, C>(
    scope: &'scope Scope<'scope, '_>,
    listings: impl IntoIterator<Item = (K, BlockingPages<C>)>,
    at_once: NonZeroUsize,
) -> BlockingMerge<'scope, K, C>
where
    K: Clone + Send + 'scope,
    C: PagedCall<Item: Send> + Clone + Send + 'scope,
{
    let mut listings: Vec<_> = listings.into_iter().collect();
    let stops = listings.iter_mut().map(|(_, pages)| pages.stop()).collect();
    let threads = at_once.get().min(listings.len());
    let (jobs, waiting) = mpsc::channel::<(K, BlockingPages<C>)>();
    let waiting = Arc::new(Mutex::new(waiting));
    let (done, results) = mpsc::channel();
    for _ in 0..threads {
        let (waiting, done) = (Arc::clone(&waiting), done.clone());
        let next_job = move || {
            let waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.recv().ok()
        };
        scope.spawn(move || {
            while let Some((key, mut pages)) = next_job() {
                // A panic goes to the caller, who would wait for this listing for ever.
                let result = catch_unwind(AssertUnwindSafe(|| {
                    let next = pages.next();
                    (key, pages, next)
                }));
                // Nobody may want it any more.
                let _ = done.send(result);
            }
        });
    }
    BlockingMerge {
        turns: Turns::new(listings, threads),
        threads,
        jobs,
        results,
        stops,
        scope: PhantomData,
    }
}

/// The results of many listings, made by [`merge_blocking`].
#[must_use = "iterators do nothing until they are asked for the next result"]
pub struct BlockingMerge<'scope, K, C: PagedCall> {
    turns: Turns<K, BlockingPages<C>>,
    threads: usize,
    jobs: mpsc::Sender<(K, BlockingPages<C>)>,
    results: mpsc::Receiver<thread::Result<Pulled<K, C>>>,
    /// One for each listing.
    stops: Vec<Cancel>,
    /// It would be waited for for ever outside of the scope of its threads.
    scope: PhantomData<&'scope ()>,
}

/// A listing and what it has given.
type Pulled<K, C> = (K, BlockingPages<C>, Next<C>);

impl<K, C: PagedCall> BlockingMerge<'_, K, C> {
    /// The listing that the latest result is of, as it stands: how far it is, where it can go on, why it ended.
    #[must_use]
    pub fn latest(&self) -> Option<&BlockingPages<C>> {
        self.turns.latest()
    }
}

impl<K: Clone, C: PagedCall + Clone> Iterator for BlockingMerge<'_, K, C> {
    type Item = (K, Next<C>);

    fn next(&mut self) -> Option<Self::Item> {
        while let Some(due) = self.turns.due() {
            self.jobs
                .send(due)
                .expect("the threads are there as long as this is");
        }
        if self.turns.room == self.threads {
            return None;
        }
        let result = self
            .results
            .recv()
            .expect("a thread has a listing under way");
        let (key, pages, next) = result.unwrap_or_else(|panic| resume_unwind(panic));
        Some(self.turns.take(key, pages, next))
    }
}

impl<K, C: PagedCall> Drop for BlockingMerge<'_, K, C> {
    fn drop(&mut self) {
        self.stops.iter().for_each(Cancel::cancel);
    }
}

impl<K, C: PagedCall> fmt::Debug for BlockingMerge<'_, K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingMerge")
            .field("operation", &C::NAME)
            .field("waiting", &self.turns.waiting.len())
            .finish_non_exhaustive()
    }
}
