use std::vec;

use ops_model::{BadItem, Checkpoint, EndReason, LongRunning, Page, PagedCall};

use crate::driver::Next;
use crate::error::Cause;
use crate::{Error, Exchange, Listing};

/// A listing and how it ended: what both kinds of pages share.
pub(super) struct Feed<C: PagedCall> {
    pub(super) listing: Listing<C>,
    pub(super) end: Option<EndReason>,
}

impl<C: PagedCall + Clone> Feed<C> {
    pub(super) const fn new(listing: Listing<C>) -> Self {
        Self { listing, end: None }
    }

    /// Whether there is nothing more to come. A failure is an end: whoever goes on after it does so on purpose.
    pub(super) const fn is_over(&self) -> bool {
        self.end.is_some()
    }

    /// The exchange of the next page, if there is one to make.
    pub(super) fn exchange_ahead(&mut self) -> Option<Exchange<C>> {
        if self.is_over() {
            return None;
        }
        self.listing.exchange_ahead()
    }

    pub(super) fn take(
        &mut self,
        next: Next<Page<C::Item>>,
    ) -> Option<Result<Page<C::Item>, Error>> {
        match next {
            Ok(Ok(page)) => Some(Ok(page)),
            Ok(Err(reason)) => {
                self.end = Some(reason);
                None
            }
            Err(error) => {
                self.end = Some(error.end_reason());
                Some(Err(error))
            }
        }
    }
}

/// What of a page has not been handed out, and the place before it: what both kinds of items share.
pub(super) struct Cursor<T> {
    rest: vec::IntoIter<(usize, Result<T, BadItem>)>,
    /// The entry that was handed out last: its index, and its id if it has one.
    last: Option<usize>,
    last_id: Option<String>,
}

impl<T: LongRunning> Cursor<T> {
    pub(super) fn new() -> Self {
        Self {
            rest: Vec::new().into_iter(),
            last: None,
            last_id: None,
        }
    }

    pub(super) fn fill(&mut self, page: Page<T>) {
        self.rest = page.into_entries();
    }

    pub(super) fn take<C>(&mut self, listing: &Listing<C>) -> Option<Result<T, Error>>
    where
        C: PagedCall<Item = T> + Clone,
    {
        let (index, entry) = self.rest.next()?;
        self.last = Some(index);
        match (&mut self.last_id, entry_id(&entry)) {
            // Into the same memory: few ids are ever asked for.
            (Some(last), Some(id)) => id.clone_into(last),
            (last, id) => *last = id.map(str::to_owned),
        }
        Some(entry.map_err(|bad| {
            Error::new(C::NAME, Cause::BadItem(bad)).with_checkpoint(self.checkpoint(listing))
        }))
    }

    /// The place after the last entry that was handed out.
    pub(super) fn checkpoint<C>(&self, listing: &Listing<C>) -> Checkpoint
    where
        C: PagedCall<Item = T> + Clone,
    {
        match self.last {
            Some(index) if self.rest.len() > 0 => {
                listing.checkpoint_after(index, self.last_id.clone())
            }
            _ => listing.checkpoint(),
        }
    }
}

fn entry_id<T: LongRunning>(entry: &Result<T, BadItem>) -> Option<&str> {
    match entry {
        Ok(item) => Some(item.id()),
        Err(bad) => bad.id.as_deref(),
    }
}

#[cfg(test)]
mod tests {
    use ops_model::EndpointParams;
    use ops_model::cloud_map::{ListOperations, OperationStatus, OperationSummary};

    use super::*;
    use crate::Session;

    #[test]
    fn the_place_within_a_page_is_after_the_entry_that_was_handed_out_last() {
        let session = Session::new(EndpointParams::in_region("us-east-1".parse().unwrap()));
        let listing = Listing::new(ListOperations::new(), &session).unwrap();
        let item = |id: &str| Ok(OperationSummary::new(id, OperationStatus::Success));
        let bad = |index, id: Option<&str>| Err(BadItem::new(index, id.map(str::to_owned), "bad"));
        let page = [
            item("a longer one"),
            item("b"),
            bad(2, None),
            bad(3, Some("d")),
            item("e"),
            item("f"),
        ];
        let mut cursor = Cursor::new();
        cursor.fill(Page::new(page, None));
        let ids = [Some("a longer one"), Some("b"), None, Some("d"), Some("e")];
        for (index, id) in ids.into_iter().enumerate() {
            let entry = cursor.take(&listing).unwrap();
            let place = cursor.checkpoint(&listing);
            assert_eq!((place.index(), place.last_id()), (index + 1, id));
            if let Err(error) = entry {
                assert_eq!(error.checkpoint(), Some(&place));
            }
        }
    }
}
