use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_core::Stream;
use ops_model::PagedCall;

use super::Items;
use crate::Error;

type Pulled<C> = (Box<Items<C>>, Option<Result<<C as PagedCall>::Item, Error>>);

/// The items of a listing as a [`Stream`], made by [`Items::into_stream`].
#[must_use = "streams do nothing until they are polled"]
pub struct ItemStream<C: PagedCall> {
    state: State<C>,
}

enum State<C: PagedCall> {
    Idle(Box<Items<C>>),
    Pulling(Pin<Box<dyn Future<Output = Pulled<C>> + Send>>),
    /// Within a call of `poll_next`, and after one that panicked.
    Between,
}

impl<C> Items<C>
where
    C: PagedCall<Item: Send> + Clone + Send + Sync + 'static,
{
    /// The same items as a [`Stream`]. It fetches a page only when it is polled for an item of it.
    pub fn into_stream(self) -> ItemStream<C> {
        ItemStream {
            state: State::Idle(Box::new(self)),
        }
    }
}

impl<C: PagedCall> ItemStream<C> {
    /// The listing as it stands: how far it is, where it can go on, why it ended. `None` while a page is on its way.
    #[must_use]
    pub const fn items(&self) -> Option<&Items<C>> {
        match &self.state {
            State::Idle(items) => Some(items),
            State::Pulling(_) | State::Between => None,
        }
    }
}

async fn pull<C: PagedCall + Clone>(mut items: Box<Items<C>>) -> Pulled<C> {
    let item = items.next().await;
    (items, item)
}

impl<C> Stream for ItemStream<C>
where
    C: PagedCall<Item: Send> + Clone + Send + Sync + 'static,
{
    type Item = Result<C::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut pulling = match std::mem::replace(&mut self.state, State::Between) {
            State::Idle(items) => Box::pin(pull(items)),
            State::Pulling(pulling) => pulling,
            State::Between => return Poll::Ready(None),
        };
        match pulling.as_mut().poll(context) {
            Poll::Ready((items, item)) => {
                self.state = State::Idle(items);
                Poll::Ready(item)
            }
            Poll::Pending => {
                self.state = State::Pulling(pulling);
                Poll::Pending
            }
        }
    }
}

impl<C: PagedCall> fmt::Debug for ItemStream<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemStream")
            .field("operation", &C::NAME)
            .finish_non_exhaustive()
    }
}
