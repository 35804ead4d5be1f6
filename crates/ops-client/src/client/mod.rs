//! The two clients and the lists that they make.

/// What lists offer beside `next`, the same for async and blocking ones.
macro_rules! list_methods {
    ($pages:ident, $items:ident) => {
        impl<C: PagedCall + Clone> $pages<C> {
            /// Sets where the listing stops of its own accord.
            pub fn with_limits(mut self, limits: Limits) -> Self {
                self.feed.listing = self.feed.listing.with_limits(limits);
                self
            }

            /// Goes on where `checkpoint` was taken instead of from the start.
            ///
            /// # Errors
            ///
            /// [`Error`] of the kind [`Setup`](crate::ErrorKind::Setup) if the checkpoint is of another listing.
            pub fn resume_from(mut self, checkpoint: &Checkpoint) -> Result<Self, Error> {
                self.feed.listing = self.feed.listing.resume_from(checkpoint)?;
                Ok(self)
            }

            /// The place after the last page that was handed out.
            #[must_use]
            pub fn checkpoint(&self) -> Checkpoint {
                self.feed.listing.checkpoint()
            }

            /// The place after one entry of the page that was handed out last: its index, and its id if it has one.
            #[must_use]
            pub fn checkpoint_after(&self, index: usize, id: Option<String>) -> Checkpoint {
                self.feed.listing.checkpoint_after(index, id)
            }

            /// Why the listing ended, once it has: after a failure the reason is that of its error.
            #[must_use]
            pub const fn end_reason(&self) -> Option<EndReason> {
                self.feed.end
            }

            /// How many pages have been fetched.
            #[must_use]
            pub const fn pages_fetched(&self) -> u64 {
                self.feed.listing.pages()
            }

            /// What a resumed listing found in the place where it went on; known once its first page is in.
            #[must_use]
            pub const fn resumption(&self) -> Option<&Resumption> {
                self.feed.listing.resumption()
            }
        }

        impl<C: PagedCall + Clone> $items<C> {
            /// Sets where the listing stops of its own accord.
            pub fn with_limits(mut self, limits: Limits) -> Self {
                self.pages = self.pages.with_limits(limits);
                self
            }

            /// Goes on where `checkpoint` was taken instead of from the start.
            ///
            /// # Errors
            ///
            /// [`Error`] of the kind [`Setup`](crate::ErrorKind::Setup) if the checkpoint is of another listing.
            pub fn resume_from(mut self, checkpoint: &Checkpoint) -> Result<Self, Error> {
                self.pages = self.pages.resume_from(checkpoint)?;
                Ok(self)
            }

            /// The place after the last item that was handed out.
            #[must_use]
            pub fn checkpoint(&self) -> Checkpoint {
                self.cursor.checkpoint(&self.pages.feed.listing)
            }

            /// Why the listing ended, once it has: after a failure the reason is that of its error.
            #[must_use]
            pub const fn end_reason(&self) -> Option<EndReason> {
                self.pages.end_reason()
            }

            /// How many pages have been fetched.
            #[must_use]
            pub const fn pages_fetched(&self) -> u64 {
                self.pages.pages_fetched()
            }

            /// What a resumed listing found in the place where it went on; known once its first page is in.
            #[must_use]
            pub const fn resumption(&self) -> Option<&Resumption> {
                self.pages.resumption()
            }
        }

        impl<C: PagedCall + Clone> fmt::Debug for $pages<C> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($pages))
                    .field("operation", &C::NAME)
                    .field("pages_fetched", &self.pages_fetched())
                    .field("end_reason", &self.end_reason())
                    .finish_non_exhaustive()
            }
        }

        impl<C: PagedCall + Clone> fmt::Debug for $items<C> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($items))
                    .field("pages", &self.pages)
                    .finish_non_exhaustive()
            }
        }
    };
}
use list_methods;

mod asynchronous;
mod blocking;
mod cursor;
mod merge;
mod read_ahead;
#[cfg(feature = "stream")]
mod stream;

pub use asynchronous::{Client, Items, Pages};
pub use blocking::{BlockingClient, BlockingItems, BlockingPages};
pub use merge::{BlockingMerge, merge_blocking};
#[cfg(feature = "concurrency")]
pub use merge::{Merge, merge};
pub use read_ahead::ReadAhead;
#[cfg(feature = "stream")]
pub use stream::ItemStream;
