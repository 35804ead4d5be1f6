use std::{fmt, vec};

use super::Token;
use crate::one_line::OneLine;

/// One page of a list: its items in order, what could not be read in its place, and the token of the next page.
///
/// An entry's index is its place in the page as the service sent it; a page of a filtered listing has gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    entries: Vec<Entry<T>>,
    next_token: Option<Token>,
}

/// An item or what could not be read of it, and its index.
pub(crate) type Entry<T> = (usize, Result<T, BadItem>);

/// An item of a page that could not be read. The other items of the page are not affected.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BadItem {
    /// Its place in the page, from 0.
    pub index: usize,
    /// Its id or ARN, if that much could be read.
    pub id: Option<String>,
    /// Why it could not be read. Shows nothing of the item's content.
    pub reason: String,
}

impl BadItem {
    /// A bad item of these parts.
    #[must_use]
    pub fn new(index: usize, id: Option<String>, reason: impl Into<String>) -> Self {
        Self {
            index,
            id,
            reason: reason.into(),
        }
    }
}

impl fmt::Display for BadItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "item {} of its page", self.index)?;
        if let Some(id) = &self.id {
            write!(f, " ({})", OneLine(id))?;
        }
        write!(f, " cannot be read: {}", self.reason)
    }
}

impl std::error::Error for BadItem {}

impl<T> Page<T> {
    /// A page as the service sends it: entries in order, and the token of the next page. An empty token is none.
    #[must_use]
    pub fn new(
        entries: impl IntoIterator<Item = Result<T, BadItem>>,
        next_token: Option<Token>,
    ) -> Self {
        Self::of_entries(entries.into_iter().enumerate().collect(), next_token)
    }

    /// As [`new`](Self::new), of entries that have their indices.
    pub(crate) fn of_entries(entries: Vec<Entry<T>>, next_token: Option<Token>) -> Self {
        Self {
            entries,
            next_token: next_token.filter(|token| !token.as_str().is_empty()),
        }
    }

    /// The items that could be read, in order.
    pub fn items(&self) -> impl Iterator<Item = &T> {
        self.entries
            .iter()
            .filter_map(|(_, entry)| entry.as_ref().ok())
    }

    /// What could not be read, in order.
    pub fn bad_items(&self) -> impl Iterator<Item = &BadItem> {
        self.entries
            .iter()
            .filter_map(|(_, entry)| entry.as_ref().err())
    }

    /// Items and bad items in their order, each with its index in the page as the service sent it.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (usize, Result<&T, &BadItem>)> {
        self.entries
            .iter()
            .map(|(index, entry)| (*index, entry.as_ref()))
    }

    /// Items and bad items in their order, each with its index in the page as the service sent it.
    pub fn into_entries(self) -> vec::IntoIter<(usize, Result<T, BadItem>)> {
        self.entries.into_iter()
    }

    /// How many entries the page has, bad items included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether the page has no entries. It may still have a [next page](Self::next_token).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The token of the next page; without one this is the last page.
    #[must_use]
    pub const fn next_token(&self) -> Option<&Token> {
        self.next_token.as_ref()
    }

    /// Keeps the entries for which `keep` holds, with their indices.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(usize, Result<&T, &BadItem>) -> bool) {
        self.entries
            .retain(|(index, entry)| keep(*index, entry.as_ref()));
    }

    /// The index of the entry after the first `items` readable items: where a listing of so many items stops.
    pub(crate) fn index_after(&self, items: u64) -> Option<usize> {
        let place = usize::try_from(items.checked_sub(1)?).ok()?;
        self.entries
            .iter()
            .filter(|(_, entry)| entry.is_ok())
            .nth(place)
            .map(|(index, _)| index + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_bad_items_alone_is_not_empty() {
        let bad = |index| Err(BadItem::new(index, None, "bad"));
        for (page, len) in [
            (Page::<()>::new([], Some(Token::new("t"))), 0),
            (Page::new([bad(0)], None), 1),
            (Page::new([bad(0), Ok(())], None), 2),
        ] {
            assert_eq!((page.len(), page.is_empty()), (len, len == 0));
        }
    }
}
