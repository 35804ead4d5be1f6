use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use ops_model::PagedCall;

use super::Items;
use crate::Error;

type Pulled<C> = (Items<C>, Option<Result<<C as PagedCall>::Item, Error>>);

/// The items of a listing as a [`Stream`], made by [`Items::into_stream`].
#[must_use = "streams do nothing until they are polled"]
pub struct ItemStream<C: PagedCall> {
    state: State<C>,
}

enum State<C: PagedCall> {
    Pulling(Pin<Box<dyn Future<Output = Pulled<C>> + Send>>),
    Over,
}

impl<C> Items<C>
where
    C: PagedCall<Item: Send> + Clone + Send + Sync + 'static,
{
    /// The same items as a [`Stream`]. It fetches a page only when it is polled for an item of it.
    pub fn into_stream(self) -> ItemStream<C> {
        ItemStream {
            state: State::Pulling(Box::pin(pull(self))),
        }
    }
}

async fn pull<C: PagedCall + Clone>(mut items: Items<C>) -> Pulled<C> {
    let item = items.next().await;
    (items, item)
}

impl<C> Stream for ItemStream<C>
where
    C: PagedCall<Item: Send> + Clone + Send + Sync + 'static,
{
    type Item = Result<C::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let State::Pulling(pulling) = &mut self.state else {
            return Poll::Ready(None);
        };
        let (items, item) = ready!(pulling.as_mut().poll(context));
        self.state = match item {
            Some(_) => State::Pulling(Box::pin(pull(items))),
            None => State::Over,
        };
        Poll::Ready(item)
    }
}

impl<C: PagedCall> fmt::Debug for ItemStream<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemStream")
            .field("operation", &C::NAME)
            .finish_non_exhaustive()
    }
}
