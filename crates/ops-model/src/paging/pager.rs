#[cfg(test)]
mod tests;

use std::num::NonZeroU64;

use super::cycle::CycleDetector;
use super::{BadItem, Checkpoint, CheckpointError, Origin, Page};
use crate::{LongRunning, PagedCall, Token};

/// Where a listing stops of its own accord. The default is nowhere, and a token cycle is an error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub struct Limits {
    /// The most pages to fetch.
    pub max_pages: Option<NonZeroU64>,
    /// The most items to deliver: readable ones that the filter keeps.
    pub max_items: Option<NonZeroU64>,
    /// What a token cycle is.
    pub on_cycle: OnCycle,
}

/// What to make of a page token that the service has given before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum OnCycle {
    /// An error: the rest of the list is out of reach.
    #[default]
    Fail,
    /// An end like any other, with [`EndReason::TokenCycle`].
    Stop,
}

/// Why a listing ended.
///
/// A [`Pager`] gives the first four; the last three come from whoever drives it, and each stands beside an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndReason {
    /// The list is complete.
    Exhausted,
    /// [`Limits::max_items`] is reached, and there may be more.
    ItemLimit,
    /// [`Limits::max_pages`] is reached, and there is more.
    PageLimit,
    /// The service repeated a page token: the rest of the list is out of reach.
    TokenCycle,
    /// A time limit ran out.
    Deadline,
    /// The caller cancelled.
    Cancelled,
    /// Something else failed.
    Error,
}

impl std::fmt::Display for EndReason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Exhausted => "exhausted",
            Self::ItemLimit => "item limit",
            Self::PageLimit => "page limit",
            Self::TokenCycle => "token cycle",
            Self::Deadline => "deadline",
            Self::Cancelled => "cancelled",
            Self::Error => "error",
        })
    }
}

/// The service gave a page token again: following it would list the same pages for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "after {pages} pages the service repeated a page token; the rest of the list is out of reach"
)]
pub struct TokenCycle {
    /// How many pages had been fetched by then.
    pub pages: u64,
}

/// What a [`Pager`] asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PagerStep<'a, C> {
    /// Send this request and hand the page to [`Pager::on_page`].
    Fetch(&'a C),
    /// The listing is over.
    Done(EndReason),
}

/// Whether a resumed listing found what its checkpoint remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resumption {
    /// The last delivered item still stands where it stood.
    Unchanged,
    /// Another item stands there: the list has changed, and items may be missing or repeated around this place.
    Changed {
        /// The id of the item that was delivered last.
        expected: String,
        /// The id that stands in its place, if one does and can be read.
        found: Option<String>,
    },
}

/// Goes through a list page by page: which page to fetch next, what of it to deliver, and when to stop.
///
/// A pure machine. Call [`step`](Self::step); send what it asks for; hand the decoded page to
/// [`on_page`](Self::on_page), which returns what is to be delivered; repeat until [`PagerStep::Done`].
///
/// * An absent or empty token ends the list; an empty page with a token does not.
/// * A failed fetch does not advance: `step` asks for the same page until `on_page` has had it.
/// * A token that repeats one of the last 4,096 is refused before its page is fetched again. Longer cycles are found
///   later, in bounded memory: after at most `3 × n` pages, where `n` is the length of the cycle or of what precedes it,
///   whichever is longer; the pages in between are delivered again.
/// * Pages that repeat under fresh tokens are delivered as they are served.
///
/// ```
/// use ops_model::cloud_map::{ListOperations, OperationStatus, OperationSummary};
/// use ops_model::{EndReason, Page, Pager, PagerStep, Token};
///
/// let mut pager = Pager::new(ListOperations::new());
/// assert!(matches!(pager.step()?, PagerStep::Fetch(_)));
/// pager.on_page(Page::new([], Some(Token::new("next"))));
/// assert!(matches!(pager.step()?, PagerStep::Fetch(_)), "empty, but not the last");
/// let operation = OperationSummary::new("id", OperationStatus::Success);
/// let delivered = pager.on_page(Page::new([Ok(operation)], None));
/// assert_eq!(delivered.len(), 1);
/// assert_eq!(pager.step()?, PagerStep::Done(EndReason::Exhausted));
/// # Ok::<(), ops_model::TokenCycle>(())
/// ```
#[derive(Clone, Debug)]
#[must_use = "a pager does nothing until it is stepped"]
pub struct Pager<C> {
    call: C,
    limits: Limits,
    cycles: CycleDetector,
    pages: u64,
    items: u64,
    next: Position,
    /// The token of the page that was taken in last.
    page_token: Option<Token>,
    resumption: Option<Resumption>,
    end: Option<Result<EndReason, TokenCycle>>,
}

/// A place in a list: before the entry of this index in the page of this token.
#[derive(Clone, Debug, Default)]
struct Position {
    token: Option<Token>,
    index: usize,
    last_id: Option<String>,
}

impl<C: PagedCall> Pager<C> {
    /// Goes through the list from the page that `call` asks for, without limits.
    pub fn new(call: C) -> Self {
        let start = Position {
            token: call.token().cloned(),
            ..Position::default()
        };
        Self::starting_at(call, Limits::default(), start)
    }

    /// Sets the limits. They count from here on.
    pub const fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Goes on where a checkpoint was taken instead.
    ///
    /// # Errors
    ///
    /// [`CheckpointError::Different`] if the checkpoint is of another listing: another operation, endpoint, region or
    /// request.
    pub fn resume_from(
        self,
        checkpoint: &Checkpoint,
        origin: &Origin,
    ) -> Result<Self, CheckpointError> {
        checkpoint.check(&self.call, origin)?;
        let start = Position {
            token: checkpoint.token.clone(),
            index: checkpoint.index,
            last_id: checkpoint.last_id.clone(),
        };
        Ok(Self::starting_at(self.call, self.limits, start))
    }

    fn starting_at(mut call: C, limits: Limits, start: Position) -> Self {
        let mut cycles = CycleDetector::default();
        if let Some(token) = &start.token {
            cycles.repeats(token);
        }
        call.set_token(start.token.clone());
        Self {
            call,
            limits,
            cycles,
            pages: 0,
            items: 0,
            page_token: None,
            next: start,
            resumption: None,
            end: None,
        }
    }

    /// What to do next. Asks for the same again until [`on_page`](Self::on_page) is called.
    ///
    /// # Errors
    ///
    /// [`TokenCycle`], unless [`OnCycle::Stop`] was asked for.
    pub fn step(&self) -> Result<PagerStep<'_, C>, TokenCycle> {
        match self.end {
            None => Ok(PagerStep::Fetch(&self.call)),
            Some(Ok(reason)) => Ok(PagerStep::Done(reason)),
            Some(Err(cycle)) => Err(cycle),
        }
    }

    /// Takes in the page that [`step`](Self::step) asked for, and returns what of it is to be delivered: without what
    /// a checkpoint has behind it, what the filter drops, and what lies beyond the item limit.
    pub fn on_page(&mut self, mut page: Page<C::Item>) -> Page<C::Item> {
        let start = std::mem::take(&mut self.next);
        self.check_resumption(&start, &page);
        page.retain(|index, entry| {
            index >= start.index && entry.map_or(true, |item| self.call.keeps(item))
        });
        let rest_of_page = self.cut_at_item_limit(&mut page);
        self.pages += 1;
        self.items += page.items().count() as u64;

        let mut here = start;
        if let Some((index, entry)) = page.entries().last() {
            here.index = index + 1;
            here.last_id = entry_id(entry);
        }
        self.page_token.clone_from(&here.token);
        match page.next_token() {
            Some(token) if !rest_of_page => {
                self.end = self.end_before(token);
                if let Some(Err(_) | Ok(EndReason::TokenCycle)) = self.end {
                    // The token leads back. Whoever goes on asks for this page again, and for a better token with it.
                    self.next = here;
                } else {
                    self.call.set_token(Some(token.clone()));
                    self.next = Position {
                        token: Some(token.clone()),
                        index: 0,
                        last_id: here.last_id,
                    };
                }
            }
            _ => {
                self.end = Some(Ok(if rest_of_page {
                    EndReason::ItemLimit
                } else {
                    EndReason::Exhausted
                }));
                self.next = here;
            }
        }
        page
    }

    /// Drops what lies beyond the item limit; returns whether that was anything.
    fn cut_at_item_limit(&self, page: &mut Page<C::Item>) -> bool {
        let cut = self
            .limits
            .max_items
            .and_then(|max| page.index_after(max.get() - self.items));
        let Some(cut) = cut else { return false };
        let before = page.len();
        page.retain(|index, _| index < cut);
        page.len() < before
    }

    /// Why the listing ends before the page of this token, if it does.
    fn end_before(&mut self, token: &Token) -> Option<Result<EndReason, TokenCycle>> {
        let reached =
            |limit: Option<NonZeroU64>, count: u64| limit.is_some_and(|limit| count >= limit.get());
        if reached(self.limits.max_items, self.items) {
            Some(Ok(EndReason::ItemLimit))
        } else if self.cycles.repeats(token) {
            Some(match self.limits.on_cycle {
                OnCycle::Fail => Err(TokenCycle { pages: self.pages }),
                OnCycle::Stop => Ok(EndReason::TokenCycle),
            })
        } else if reached(self.limits.max_pages, self.pages) {
            Some(Ok(EndReason::PageLimit))
        } else {
            None
        }
    }

    fn check_resumption(&mut self, start: &Position, page: &Page<C::Item>) {
        let (Some(before), Some(expected)) = (start.index.checked_sub(1), &start.last_id) else {
            return;
        };
        let found = page
            .entries()
            .find(|(index, _)| *index == before)
            .and_then(|(_, entry)| entry_id(entry));
        self.resumption = Some(if found.as_ref() == Some(expected) {
            Resumption::Unchanged
        } else {
            Resumption::Changed {
                expected: expected.clone(),
                found,
            }
        });
    }

    /// The request as it stands, its token being that of the page to fetch next.
    pub const fn call(&self) -> &C {
        &self.call
    }

    /// How many pages have been taken in.
    #[must_use]
    pub const fn pages(&self) -> u64 {
        self.pages
    }

    /// How many items have been delivered.
    #[must_use]
    pub const fn items(&self) -> u64 {
        self.items
    }

    /// What a resumed listing found in the place where it went on; known once its first page is in, and only if the
    /// checkpoint lies within a page.
    #[must_use]
    pub const fn resumption(&self) -> Option<&Resumption> {
        self.resumption.as_ref()
    }

    /// The place after everything that [`on_page`](Self::on_page) has returned.
    #[must_use]
    pub fn checkpoint(&self, origin: &Origin) -> Checkpoint {
        self.checkpoint_at(origin, self.next.clone())
    }

    /// The place after one entry of the page that [`on_page`](Self::on_page) returned last: its index, and its id if it
    /// has one.
    #[must_use]
    pub fn checkpoint_after(
        &self,
        origin: &Origin,
        index: usize,
        id: Option<String>,
    ) -> Checkpoint {
        let position = Position {
            token: self.page_token.clone(),
            index: index + 1,
            last_id: id,
        };
        self.checkpoint_at(origin, position)
    }

    fn checkpoint_at(&self, origin: &Origin, position: Position) -> Checkpoint {
        Checkpoint {
            operation: C::NAME.to_owned(),
            origin: origin.clone(),
            request: self.call.to_record(),
            token: position.token,
            index: position.index,
            last_id: position.last_id,
        }
    }
}

/// The id of an entry, if it can be read.
fn entry_id<T: LongRunning>(entry: Result<&T, &BadItem>) -> Option<String> {
    match entry {
        Ok(item) => Some(item.id().to_owned()),
        Err(bad) => bad.id.clone(),
    }
}
