use std::fmt;
use std::sync::Arc;

use ops_model::{Call, Checkpoint, EndReason, Limits, Page, PagedCall, Resumption};
use ops_transport::{BlockingClock, BlockingTransport, Cancel};

use super::cursor::{Cursor, Feed};
use super::read_ahead::BlockingAhead;
use crate::driver::{BlockingWorld, complete_blocking, drive_blocking};
use crate::{BlockingCredentialsSource, Error, Exchange, Listing, Session, StdClock};

/// The blocking client: calls and lists over any [`BlockingTransport`], without naming one in its type.
///
/// Cheap to clone; clones share connections, credentials and the retry quota. It serves both services.
#[derive(Clone)]
pub struct BlockingClient {
    session: Session,
    world: BlockingWorld,
}

impl BlockingClient {
    /// A client of these parts, on the real time. Without a [source of credentials](Self::with_credentials) it can only
    /// send unsigned.
    pub fn new(session: Session, transport: impl BlockingTransport + 'static) -> Self {
        Self {
            session,
            world: BlockingWorld {
                transport: Arc::new(transport),
                clock: Arc::new(StdClock::new()),
                credentials: None,
                cancel: Cancel::new(),
            },
        }
    }

    /// Sets the clock.
    #[must_use]
    pub fn with_clock(mut self, clock: impl BlockingClock + 'static) -> Self {
        self.world.clock = Arc::new(clock);
        self
    }

    /// Sets where credentials come from. They are asked for only if the session has a signer.
    #[must_use]
    pub fn with_credentials(mut self, source: impl BlockingCredentialsSource + 'static) -> Self {
        self.world.credentials = Some(Arc::new(source));
        self
    }

    /// Sets the flag that ends calls and listings: it is seen between steps and during waits. An attempt in flight ends
    /// by its own time limit.
    #[must_use]
    pub fn with_cancel(mut self, cancel: Cancel) -> Self {
        self.world.cancel = cancel;
        self
    }

    /// Makes one call, with retries.
    ///
    /// # Errors
    ///
    /// [`Error`], whose [kind](Error::kind) tells whether anything was sent.
    pub fn send<C: Call>(&self, call: C) -> Result<C::Output, Error> {
        complete_blocking(Exchange::new(call, &self.session)?, &self.world)
    }

    /// Lists page by page.
    ///
    /// # Errors
    ///
    /// [`Error`] of the kind [`Setup`](crate::ErrorKind::Setup) if there is no endpoint to send to.
    pub fn pages<C: PagedCall + Clone>(&self, call: C) -> Result<BlockingPages<C>, Error> {
        Ok(BlockingPages {
            feed: Feed::new(Listing::new(call, &self.session)?),
            world: self.world.clone(),
            ahead: None,
        })
    }

    /// Lists item by item.
    ///
    /// # Errors
    ///
    /// As [`pages`](Self::pages).
    pub fn items<C: PagedCall + Clone>(&self, call: C) -> Result<BlockingItems<C>, Error> {
        Ok(BlockingItems {
            pages: self.pages(call)?,
            cursor: Cursor::new(),
        })
    }
}

impl fmt::Debug for BlockingClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BlockingClient")
            .field("session", &self.session)
            .finish_non_exhaustive()
    }
}

/// The pages of a listing, as an iterator. An empty page is not the last.
///
/// A failure ends it; the error carries the checkpoint to go on from.
#[must_use = "pages are fetched one by one, by `next`"]
pub struct BlockingPages<C: PagedCall> {
    feed: Feed<C>,
    pub(super) world: BlockingWorld,
    pub(super) ahead: Option<BlockingAhead<C>>,
}

/// The items of a listing, as an iterator.
///
/// An item that cannot be read is an error in its place ([`Error::is_bad_item`]), and the listing goes on after it. Any
/// other failure ends it; the error carries the checkpoint to go on from.
#[must_use = "items are fetched page by page, by `next`"]
pub struct BlockingItems<C: PagedCall> {
    pub(super) pages: BlockingPages<C>,
    cursor: Cursor<C::Item>,
}

impl<C: PagedCall + Clone> Iterator for BlockingPages<C> {
    type Item = Result<Page<C::Item>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.feed.is_over() {
            return None;
        }
        if let Some(ahead) = &mut self.ahead {
            return ahead.next(&mut self.feed, &self.world);
        }
        let next = drive_blocking(&mut self.feed.listing, &self.world);
        self.feed.take(next)
    }
}

impl<C: PagedCall + Clone> Iterator for BlockingItems<C> {
    type Item = Result<C::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.cursor.take(&self.pages.feed.listing) {
                return Some(item);
            }
            match self.pages.next()? {
                Ok(page) => self.cursor.fill(page),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl<C: PagedCall + Clone> BlockingPages<C> {
    /// A flag that ends this listing alone, from now on.
    pub(super) fn stop(&mut self) -> Cancel {
        self.world.cancel = self.world.cancel.child();
        self.world.cancel.clone()
    }
}

super::list_methods!(BlockingPages, BlockingItems);
