//! Pages, tokens, and the machine that goes from one to the next.

mod checkpoint;
mod cycle;
mod page;
mod pager;
mod record;
mod token;

pub use checkpoint::{Checkpoint, CheckpointError, Origin};
pub(crate) use page::Entry;
pub use page::{BadItem, Page};
pub use pager::{EndReason, Limits, OnCycle, Pager, PagerStep, Resumption, TokenCycle};
pub use record::Record;
pub use token::Token;
