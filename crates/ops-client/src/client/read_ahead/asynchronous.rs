use std::pin::{Pin, pin};

use futures_channel::oneshot;
use futures_util::future::{Either, select};
use ops_model::PagedCall;

use super::Fetched;
use crate::client::cursor::Feed;
use crate::driver::{World, complete, drive};
use crate::{Exchange, Items, Pages};

impl<C> Pages<C>
where
    C: PagedCall<Item: Send> + Clone + Send + 'static,
{
    /// Fetches the next page while the caller works on this one: in tasks, which `spawn` hands to an async runtime.
    ///
    /// ```
    /// use ops_client::{Client, Session};
    /// use ops_fake::{FakeService, VirtualClock};
    /// use ops_model::EndpointParams;
    /// use ops_model::cloud_map::ListOperations;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let service = FakeService::builder().without_examples().operations(250).build();
    /// let session = Session::new(EndpointParams::in_region("us-east-1".parse()?));
    /// let client = Client::new(session, service, VirtualClock::new());
    ///
    /// let mut listed = 0;
    /// let mut pages = client.pages(ListOperations::new())?.read_ahead(|task| {
    ///     tokio::spawn(task);
    /// });
    /// while let Some(page) = pages.next().await {
    ///     listed += page?.len(); // Meanwhile the next page is on its way.
    /// }
    /// assert_eq!(listed, 250);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// A page then takes as long as its exchange or the caller's work, whichever is longer, and not both. It is one page
    /// at most: one request is under way at a time, none beyond a limit, and the first one within the first `next`. All
    /// else is as without: the order, errors in their places, and a checkpoint after what was handed out, not after what
    /// was fetched.
    ///
    /// Dropping the pages ends the task. A task that is dropped before its end, or that panics, costs no page: `next`
    /// fetches it itself.
    pub fn read_ahead(
        mut self,
        spawn: impl Fn(Pin<Box<dyn Future<Output = ()> + Send>>) + Send + Sync + 'static,
    ) -> Self {
        self.ahead = Some(Ahead::new(self.world.clone(), spawn));
        self
    }
}

impl<C> Items<C>
where
    C: PagedCall<Item: Send> + Clone + Send + 'static,
{
    /// Fetches the next page while the caller works on the items of this one: see [`Pages::read_ahead`].
    pub fn read_ahead(
        mut self,
        spawn: impl Fn(Pin<Box<dyn Future<Output = ()> + Send>>) + Send + Sync + 'static,
    ) -> Self {
        self.pages = self.pages.read_ahead(spawn);
        self
    }
}

/// How a task is made to fetch a page, and the page that one fetches.
pub(in crate::client) struct Ahead<C: PagedCall> {
    start: Box<dyn Fn(Exchange<C>) -> UnderWay<C> + Send + Sync>,
    under_way: Option<UnderWay<C>>,
}

/// Whoever drops it no longer wants the page.
type UnderWay<C> = oneshot::Receiver<Fetched<C>>;

impl<C: PagedCall + Clone> Ahead<C> {
    fn new(
        world: World,
        spawn: impl Fn(Pin<Box<dyn Future<Output = ()> + Send>>) + Send + Sync + 'static,
    ) -> Self
    where
        C: Send + 'static,
        C::Item: Send,
    {
        let start = move |exchange| {
            let (sender, under_way) = oneshot::channel();
            spawn(Box::pin(fetch(exchange, world.clone(), sender)));
            under_way
        };
        Self {
            start: Box::new(start),
            under_way: None,
        }
    }

    pub(in crate::client) async fn next(
        &mut self,
        feed: &mut Feed<C>,
        world: &World,
    ) -> Option<Fetched<C>> {
        let fetched = match &mut self.under_way {
            Some(under_way) if feed.listing.is_ahead() => under_way.await.ok(),
            _ => None,
        };
        self.under_way = None;
        let next = match fetched {
            Some(fetched) => feed.listing.take_in(fetched).map(Ok),
            // The first page, or the task is gone.
            None => drive(&mut feed.listing, world).await,
        };
        let page = feed.take(next);
        self.under_way = feed.exchange_ahead().map(&self.start);
        page
    }
}

/// Fetches a page for as long as somebody wants it.
async fn fetch<C: PagedCall>(
    exchange: Exchange<C>,
    world: World,
    mut sender: oneshot::Sender<Fetched<C>>,
) {
    let page = pin!(complete(exchange, &world));
    let fetched = match select(page, sender.cancellation()).await {
        Either::Left((fetched, _)) => fetched,
        Either::Right(_) => return,
    };
    // Nobody may want it any more.
    let _ = sender.send(fetched);
}
