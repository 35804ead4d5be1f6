//! The listing as the documentation tells it: a plain loop over pages, and a set of the tokens that were seen.

use std::collections::HashSet;

/// An entry of a page as the service serves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    /// An operation that the filter keeps.
    Kept(String),
    /// An operation that it drops.
    Dropped(String),
    /// What cannot be read, with its id if that much can.
    Bad(Option<String>),
}

impl Entry {
    pub(crate) fn id(&self) -> Option<String> {
        match self {
            Self::Kept(id) | Self::Dropped(id) => Some(id.clone()),
            Self::Bad(id) => id.clone(),
        }
    }
}

/// A page: its entries, and which page its token leads to.
#[derive(Clone, Debug)]
pub(crate) struct Served {
    pub(crate) entries: Vec<Entry>,
    pub(crate) next: Option<usize>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) items: Option<u64>,
    pub(crate) pages: Option<u64>,
    pub(crate) stops_at_cycle: bool,
}

/// What a resumed listing should say of the item that it went on after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    Same,
    Another {
        expected: String,
        found: Option<String>,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Reference {
    /// What the service serves: page 0 without a token, page `n` for the token `n`.
    pub(crate) served: Vec<Served>,
    pub(crate) limits: Limits,
    /// The page to ask for, how many of its entries are behind, and the id of the last one that was delivered.
    pub(crate) page: usize,
    pub(crate) index: usize,
    pub(crate) last_id: Option<String>,
    seen: HashSet<usize>,
    /// The page that arrived last, and what of it was delivered, each entry with its index.
    pub(crate) latest: usize,
    pub(crate) delivered: Vec<(usize, Entry)>,
    pub(crate) found: Option<Found>,
    pub(crate) items: u64,
    pub(crate) pages: u64,
    pub(crate) end: Option<&'static str>,
}

impl Reference {
    pub(crate) fn new(served: Vec<Served>, limits: Limits) -> Self {
        Self {
            served,
            limits,
            page: 0,
            index: 0,
            last_id: None,
            seen: HashSet::new(),
            latest: 0,
            delivered: Vec::new(),
            found: None,
            items: 0,
            pages: 0,
            end: None,
        }
    }

    /// The page that was asked for arrives.
    pub(crate) fn receive(&mut self) {
        let page = self.served[self.page].clone();
        self.delivered.clear();
        if let Some(expected) = self.last_id.clone().filter(|_| self.index > 0) {
            let found = page.entries.get(self.index - 1).and_then(Entry::id);
            self.found = Some(if found.as_ref() == Some(&expected) {
                Found::Same
            } else {
                Found::Another { expected, found }
            });
        }
        self.latest = self.page;
        self.pages += 1;
        for (index, entry) in page.entries.iter().enumerate().skip(self.index) {
            if matches!(entry, Entry::Dropped(_)) {
                continue;
            }
            if self.limits.items == Some(self.items) {
                self.end = Some("item limit");
                return;
            }
            if matches!(entry, Entry::Kept(_)) {
                self.items += 1;
            }
            self.delivered.push((index, entry.clone()));
            self.index = index + 1;
            self.last_id = entry.id();
        }
        let Some(next) = page.next else {
            self.end = Some("exhausted");
            return;
        };
        if self.limits.items == Some(self.items) {
            self.end = Some("item limit");
        } else if !self.seen.insert(next) {
            self.end = Some("token cycle");
            return;
        } else if self.limits.pages == Some(self.pages) {
            self.end = Some("page limit");
        }
        self.page = next;
        self.index = 0;
    }

    /// Another process goes on where this one stands.
    pub(crate) fn resume(&mut self, limits: Limits) {
        self.go_on_from(self.page, self.index, self.last_id.clone(), limits);
    }

    /// Another process goes on after the entry of this place among those delivered last.
    pub(crate) fn resume_after(&mut self, place: usize, limits: Limits) {
        let (index, entry) = self.delivered[place].clone();
        self.go_on_from(self.latest, index + 1, entry.id(), limits);
    }

    fn go_on_from(&mut self, page: usize, index: usize, last_id: Option<String>, limits: Limits) {
        *self = Self {
            page,
            index,
            last_id,
            seen: Some(page).filter(|page| *page > 0).into_iter().collect(),
            ..Self::new(std::mem::take(&mut self.served), limits)
        };
    }
}
