use std::fmt;
use std::sync::Arc;

use ops_model::{Call, Checkpoint, EndReason, Limits, Page, PagedCall, Resumption};
use ops_transport::{Clock, Transport};

use super::cursor::{Cursor, Feed};
#[cfg(feature = "concurrency")]
use super::read_ahead::Ahead;
use crate::driver::{World, complete, drive};
use crate::{CredentialsSource, Error, Exchange, Listing, Session};

/// The async client: calls and lists over any [`Transport`], without naming one in its type.
///
/// Cheap to clone; clones share connections, credentials and the retry quota. It serves both services.
#[derive(Clone)]
pub struct Client {
    session: Session,
    world: World,
}

impl Client {
    /// A client of these parts. Without a [source of credentials](Self::with_credentials) it can only send unsigned.
    pub fn new(
        session: Session,
        transport: impl Transport + 'static,
        clock: impl Clock + 'static,
    ) -> Self {
        Self {
            session,
            world: World {
                transport: Arc::new(transport),
                clock: Arc::new(clock),
                credentials: None,
            },
        }
    }

    /// Sets where credentials come from. They are asked for only if the session has a signer.
    #[must_use]
    pub fn with_credentials(mut self, source: impl CredentialsSource + 'static) -> Self {
        self.world.credentials = Some(Arc::new(source));
        self
    }

    /// Makes one call, with retries.
    ///
    /// # Errors
    ///
    /// [`Error`], whose [kind](Error::kind) tells whether anything was sent.
    pub async fn send<C: Call>(&self, call: C) -> Result<C::Output, Error> {
        complete(Exchange::new(call, &self.session)?, &self.world).await
    }

    /// Lists page by page.
    ///
    /// # Errors
    ///
    /// [`Error`] of the kind [`Setup`](crate::ErrorKind::Setup) if there is no endpoint to send to.
    pub fn pages<C: PagedCall + Clone>(&self, call: C) -> Result<Pages<C>, Error> {
        Ok(Pages {
            feed: Feed::new(Listing::new(call, &self.session)?),
            world: self.world.clone(),
            #[cfg(feature = "concurrency")]
            ahead: None,
        })
    }

    /// Lists item by item.
    ///
    /// # Errors
    ///
    /// As [`pages`](Self::pages).
    pub fn items<C: PagedCall + Clone>(&self, call: C) -> Result<Items<C>, Error> {
        Ok(Items {
            pages: self.pages(call)?,
            cursor: Cursor::new(),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// The pages of a listing, one `await` at a time.
///
/// A failure ends it; the error carries the checkpoint to go on from.
#[must_use = "pages are fetched one by one, by `next`"]
pub struct Pages<C: PagedCall> {
    feed: Feed<C>,
    pub(super) world: World,
    #[cfg(feature = "concurrency")]
    pub(super) ahead: Option<Ahead<C>>,
}

/// The items of a listing, one `await` at a time.
///
/// An item that cannot be read is an error in its place ([`Error::is_bad_item`]), and the listing goes on after it. Any
/// other failure ends it; the error carries the checkpoint to go on from.
#[must_use = "items are fetched page by page, by `next`"]
pub struct Items<C: PagedCall> {
    pub(super) pages: Pages<C>,
    cursor: Cursor<C::Item>,
}

impl<C: PagedCall + Clone> Pages<C> {
    /// The next page; `None` after the last one or after a failure. An empty page is not the last.
    ///
    /// Dropping the future loses nothing: the next call asks for the same page.
    pub async fn next(&mut self) -> Option<Result<Page<C::Item>, Error>> {
        if self.feed.is_over() {
            return None;
        }
        #[cfg(feature = "concurrency")]
        if let Some(ahead) = &mut self.ahead {
            return ahead.next(&mut self.feed, &self.world).await;
        }
        let next = drive(&mut self.feed.listing, &self.world).await;
        self.feed.take(next)
    }
}

impl<C: PagedCall + Clone> Items<C> {
    /// The next item; `None` after the last one or after a failure.
    ///
    /// Dropping the future loses nothing: the next call goes on where this one was.
    pub async fn next(&mut self) -> Option<Result<C::Item, Error>> {
        loop {
            if let Some(item) = self.cursor.take(&self.pages.feed.listing) {
                return Some(item);
            }
            match self.pages.next().await? {
                Ok(page) => self.cursor.fill(page),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

super::list_methods!(Pages, Items);
