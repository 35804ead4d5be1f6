use std::marker::PhantomData;
use std::ops::Deref;
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
    pub fn read_ahead<'scope>(mut self, scope: &'scope Scope<'scope, '_>) -> ReadAhead<'scope, Self>
    where
        C: Send + 'scope,
        C::Item: Send,
    {
        self.ahead = Some(BlockingAhead::new(&self.world, scope));
        ReadAhead::new(self)
    }
}

impl<C: PagedCall + Clone> BlockingItems<C> {
    /// Fetches the next page while the caller works on the items of this one: see [`BlockingPages::read_ahead`].
    ///
    /// # Panics
    ///
    /// If the system has no thread to give.
    pub fn read_ahead<'scope>(mut self, scope: &'scope Scope<'scope, '_>) -> ReadAhead<'scope, Self>
    where
        C: Send + 'scope,
        C::Item: Send,
    {
        self.pages = self.pages.read_ahead(scope).list;
        ReadAhead::new(self)
    }
}

/// A list that reads ahead, made by [`BlockingPages::read_ahead`] or [`BlockingItems::read_ahead`].
///
/// It shows the list, and so its places and its end. It cannot leave the scope of its thread, which would wait for it for
/// ever:
///
/// ```compile_fail
/// use ops_client::{BlockingPages, ReadAhead};
/// use ops_model::cloud_map::ListOperations;
///
/// fn leave(pages: BlockingPages<ListOperations>) -> ReadAhead<'static, BlockingPages<ListOperations>> {
///     std::thread::scope(|scope| pages.read_ahead(scope))
/// }
/// ```
///
/// A place can:
///
/// ```
/// use ops_client::BlockingPages;
/// use ops_model::Checkpoint;
/// use ops_model::cloud_map::ListOperations;
///
/// fn second(pages: BlockingPages<ListOperations>) -> Checkpoint {
///     std::thread::scope(|scope| {
///         let mut pages = pages.read_ahead(scope);
///         pages.next();
///         pages.checkpoint()
///     })
/// }
/// ```
#[derive(Debug)]
#[must_use = "iterators do nothing until they are asked for the next result"]
pub struct ReadAhead<'scope, L> {
    list: L,
    scope: PhantomData<&'scope ()>,
}

impl<L> ReadAhead<'_, L> {
    const fn new(list: L) -> Self {
        Self {
            list,
            scope: PhantomData,
        }
    }
}

impl<L: Iterator> Iterator for ReadAhead<'_, L> {
    type Item = L::Item;

    fn next(&mut self) -> Option<L::Item> {
        self.list.next()
    }
}

impl<L> Deref for ReadAhead<'_, L> {
    type Target = L;

    fn deref(&self) -> &L {
        &self.list
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
        let is_wanted = feed.listing.is_ahead() && !world.cancel.is_cancelled();
        let under_way = self.under_way.take().filter(|_| is_wanted);
        let fetched = under_way.and_then(UnderWay::wait);
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
