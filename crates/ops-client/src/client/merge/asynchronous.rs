use std::fmt;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use futures_util::stream::{FuturesUnordered, StreamExt};
use ops_model::PagedCall;

use super::{Next, Turns};
use crate::Pages;

/// Lists many lists side by side, at most `at_once` at a time, within the task that asks for the results.
///
/// The listings may be of different clients: of many regions or accounts. Each has a key, which names it in the results.
///
/// ```
/// use std::num::NonZeroUsize;
///
/// use ops_client::{Client, Session, merge};
/// use ops_fake::{FakeService, VirtualClock};
/// use ops_model::cloud_map::ListOperations;
/// use ops_model::{EndReason, EndpointParams};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let listings = ["eu-central-1", "eu-west-1", "us-east-1"].map(|region| {
///     let params = EndpointParams::in_region(region.parse().expect("a region"));
///     let client = Client::new(Session::new(params), FakeService::new(), VirtualClock::new());
///     (region, client.pages(ListOperations::new()).expect("an endpoint"))
/// });
/// let (mut operations, mut exhausted) = (0, 0);
/// let mut merged = merge(listings, NonZeroUsize::new(2).expect("not 0"));
/// while let Some((region, next)) = merged.next().await {
///     match next {
///         Some(Ok(page)) => operations += page.len(),
///         Some(Err(error)) => eprintln!("{region}: {error}"), // The other regions go on.
///         None => {
///             let why = merged.latest().and_then(|pages| pages.end_reason());
///             exhausted += usize::from(why == Some(EndReason::Exhausted));
///         }
///     }
/// }
/// assert_eq!((operations, exhausted), (9, 3));
/// # }
/// ```
///
/// * A listing gives what its own `next` gives, in that order: pages, an error if it fails, and `None` in the end. Between
///   two listings there is no order, and none waits for another: a slow one holds up nobody, a failed one ends alone.
/// * [`latest`](Merge::latest) is the listing that the result is of: where it can go on, and why it ended.
/// * That listing goes on when the next result is asked for, and so do the others; those that [read
///   ahead](Pages::read_ahead) go on meanwhile.
/// * Dropping a future of `next` loses nothing.
pub fn merge<K, C>(
    listings: impl IntoIterator<Item = (K, Pages<C>)>,
    at_once: NonZeroUsize,
) -> Merge<K, C>
where
    K: Clone + Send + 'static,
    C: PagedCall<Item: Send> + Clone + Send + Sync + 'static,
{
    Merge {
        turns: Turns::new(listings.into_iter().collect(), at_once.get()),
        under_way: FuturesUnordered::new(),
    }
}

/// The results of many listings, made by [`merge`].
#[must_use = "streams do nothing until they are polled"]
pub struct Merge<K, C: PagedCall> {
    turns: Turns<K, Pages<C>>,
    under_way: FuturesUnordered<Pull<K, C>>,
}

/// Gives a listing and what it has given.
type Pull<K, C> = Pin<Box<dyn Future<Output = (K, Pages<C>, Next<C>)> + Send>>;

impl<K, C: PagedCall> Merge<K, C> {
    /// The listing that the latest result is of, as it stands: how far it is, where it can go on, why it ended.
    /// `None` while it goes on.
    #[must_use]
    pub fn latest(&self) -> Option<&Pages<C>> {
        self.turns.latest()
    }
}

impl<K, C> Merge<K, C>
where
    K: Clone + Send + 'static,
    C: PagedCall<Item: Send> + Clone + Send + Sync + 'static,
{
    /// The next result, and the key of its listing; `None` after the end of every listing.
    pub async fn next(&mut self) -> Option<(K, Next<C>)> {
        StreamExt::next(self).await
    }
}

impl<K, C> Stream for Merge<K, C>
where
    K: Clone + Send + 'static,
    C: PagedCall<Item: Send> + Clone + Send + Sync + 'static,
{
    type Item = (K, Next<C>);

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        while let Some((key, mut pages)) = self.turns.due() {
            self.under_way.push(Box::pin(async move {
                let next = pages.next().await;
                (key, pages, next)
            }));
        }
        let pulled = ready!(self.under_way.poll_next_unpin(context));
        Poll::Ready(pulled.map(|(key, pages, next)| self.turns.take(key, pages, next)))
    }
}

/// Nothing is pinned but what is boxed.
impl<K, C: PagedCall> Unpin for Merge<K, C> {}

impl<K, C: PagedCall> fmt::Debug for Merge<K, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Merge")
            .field("operation", &C::NAME)
            .field("waiting", &self.turns.waiting.len())
            .finish_non_exhaustive()
    }
}
