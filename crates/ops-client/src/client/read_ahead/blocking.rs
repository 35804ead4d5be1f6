use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::Scope;

use ops_model::PagedCall;
use ops_transport::Cancel;

use super::Fetched;
use crate::client::cursor::Feed;
use crate::driver::{BlockingWorld, complete_blocking, drive_blocking};
use crate::{BlockingItems, BlockingPages, Exchange};

impl<C: PagedCall + Clone> BlockingPages<C> {
    /// Fetches the next page while the caller works on this one: on one thread of `scope`.
    ///
    /// ```
    /// use ops_client::{BlockingClient, Session};
    /// use ops_fake::FakeService;
    /// use ops_model::EndpointParams;
    /// use ops_model::cloud_map::ListOperations;
    ///
    /// let service = FakeService::builder().without_examples().operations(250).build();
    /// let session = Session::new(EndpointParams::in_region("us-east-1".parse()?));
    /// let client = BlockingClient::new(session, service);
    ///
    /// let mut listed = 0;
    /// std::thread::scope(|scope| {
    ///     for page in client.pages(ListOperations::new())?.read_ahead(scope) {
    ///         listed += page?.len(); // Meanwhile the next page is on its way.
    ///     }
    ///     Ok::<(), ops_client::Error>(())
    /// })?;
    /// assert_eq!(listed, 250);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// A page then takes as long as its exchange or the caller's work, whichever is longer, and not both. It is one page
    /// at most: one request is under way at a time, none beyond a limit, and the first one within the first `next`. All
    /// else is as without: the order, errors in their places, [cancelling](crate::BlockingClient::with_cancel), and a
    /// checkpoint after what was handed out, not after what was fetched.
    ///
    /// Dropping the pages ends the thread, and wakes it if it waits. An attempt in flight is not interrupted: it ends by
    /// its own time limit, and the scope waits for it.
    ///
    /// # Panics
    ///
    /// If the system has no thread to give.
    pub fn read_ahead<'scope>(mut self, scope: &'scope Scope<'scope, '_>) -> Self
    where
        C: Send + 'scope,
        C::Item: Send,
    {
        self.ahead = Some(BlockingAhead::new(&self.world, scope));
        self
    }
}

impl<C: PagedCall + Clone> BlockingItems<C> {
    /// Fetches the next page while the caller works on the items of this one: see [`BlockingPages::read_ahead`].
    ///
    /// # Panics
    ///
    /// If the system has no thread to give.
    pub fn read_ahead<'scope>(mut self, scope: &'scope Scope<'scope, '_>) -> Self
    where
        C: Send + 'scope,
        C::Item: Send,
    {
        self.pages = self.pages.read_ahead(scope);
        self
    }
}

/// A thread that fetches pages, and the page that it fetches.
pub(in crate::client) struct BlockingAhead<C: PagedCall> {
    thread: mpsc::Sender<Job<C>>,
    under_way: Option<UnderWay<C>>,
}

struct Job<C: PagedCall> {
    exchange: Exchange<C>,
    cancel: Cancel,
    fetched: mpsc::Sender<Fetched<C>>,
}

/// Whoever drops it no longer wants the page.
struct UnderWay<C: PagedCall> {
    cancel: Cancel,
    /// Never locked: it makes the pages `Sync`.
    fetched: Mutex<mpsc::Receiver<Fetched<C>>>,
}

impl<C: PagedCall + Clone> BlockingAhead<C> {
    fn new<'scope>(world: &BlockingWorld, scope: &'scope Scope<'scope, '_>) -> Self
    where
        C: Send + 'scope,
        C::Item: Send,
    {
        let (thread, jobs) = mpsc::channel::<Job<C>>();
        let mut world = world.clone();
        scope.spawn(move || {
            for job in jobs {
                world.cancel = job.cancel;
                let fetched = complete_blocking(job.exchange, &world);
                // Nobody may want it any more.
                let _ = job.fetched.send(fetched);
            }
        });
        Self {
            thread,
            under_way: None,
        }
    }

    pub(in crate::client) fn next(
        &mut self,
        feed: &mut Feed<C>,
        world: &BlockingWorld,
    ) -> Option<Fetched<C>> {
        let under_way = self.under_way.take();
        let fetched = under_way
            .filter(|_| !world.cancel.is_cancelled())
            .and_then(UnderWay::wait);
        let next = match fetched {
            Some(fetched) => feed.listing.take_in(fetched).map(Ok),
            // The first page, or the thread is gone.
            None => drive_blocking(&mut feed.listing, world),
        };
        let page = feed.take(next);
        self.under_way = feed
            .exchange_ahead()
            .and_then(|exchange| self.start(exchange, world.cancel.child()));
        page
    }

    fn start(&self, exchange: Exchange<C>, cancel: Cancel) -> Option<UnderWay<C>> {
        let (sender, fetched) = mpsc::channel();
        let job = Job {
            exchange,
            cancel: cancel.clone(),
            fetched: sender,
        };
        self.thread.send(job).ok()?;
        Some(UnderWay {
            cancel,
            fetched: Mutex::new(fetched),
        })
    }

    /// Forgets the page that is under way.
    pub(in crate::client) fn forget(&mut self) {
        self.under_way = None;
    }
}

impl<C: PagedCall> UnderWay<C> {
    /// The page, unless the thread is gone.
    fn wait(mut self) -> Option<Fetched<C>> {
        let fetched = self.fetched.get_mut();
        let fetched = fetched.unwrap_or_else(PoisonError::into_inner);
        fetched.recv().ok()
    }
}

impl<C: PagedCall> Drop for UnderWay<C> {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}
