//! Read-ahead: the exchange of the next page runs elsewhere while the caller works on this one.
//!
//! The listing stays where it is, and takes a page in when the caller asks for it. So places, counts and ends are those of
//! what was handed out, and nothing has to be undone.

#[cfg(feature = "concurrency")]
mod asynchronous;
mod blocking;

#[cfg(feature = "concurrency")]
pub(super) use asynchronous::Ahead;
pub(super) use blocking::BlockingAhead;
pub use blocking::ReadAhead;

use ops_model::{Page, PagedCall};

use crate::Error;

/// What the exchange of a page comes to.
type Fetched<C> = Result<Page<<C as PagedCall>::Item>, Error>;
