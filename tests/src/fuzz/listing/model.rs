//! What a listing should do, as a plain loop over the list.

use ops_model::{EndReason, Limits, OnCycle, PageSize};

use super::plan::{Plan, Trouble, Which};

/// An entry of a page: its index there, and its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) index: usize,
    pub(super) place: usize,
    pub(super) is_readable: bool,
}

/// How a listing ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Reason(EndReason),
    /// An error, as the caller wants it.
    Cycle,
}

/// Where a page begins, by its place in the list; the number tells apart tokens that lead to the same one.
type Token = (usize, Option<u64>);

/// A listing as far as it has come.
pub(super) struct Model<'a> {
    plan: &'a Plan,
    /// The token of the page to fetch next; the first page has none.
    token: Option<Token>,
    /// How many entries of that page are behind.
    pub(super) behind: usize,
    /// The token of the page that was delivered last.
    delivered: Option<Token>,
    /// The tokens since the listing was begun or resumed.
    seen: Vec<Token>,
    pub(super) pages: u64,
    limits: Limits,
    /// The pages and the items that the limits count.
    counted: (u64, u64),
    pub(super) end: Option<Ending>,
    fresh_tokens: u64,
}

impl<'a> Model<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        Self {
            plan,
            token: None,
            behind: 0,
            delivered: None,
            seen: Vec::new(),
            pages: 0,
            limits: plan.first_limits(),
            counted: (0, 0),
            end: None,
            fresh_tokens: 0,
        }
    }

    /// What is delivered of the page that is fetched next, if it meets this.
    pub(super) fn on_page(&mut self, trouble: Trouble) -> Vec<Entry> {
        let next = self.next_token(trouble);
        let mut delivered = Vec::new();
        let mut is_cut = false;
        for entry in self.served(trouble) {
            let is_kept = !entry.is_readable || self.plan.keeps(entry.place);
            if entry.index < self.behind || !is_kept {
                continue;
            }
            if self.is_full() {
                is_cut = true;
                break;
            }
            self.counted.1 += u64::from(entry.is_readable);
            delivered.push(entry);
        }
        self.pages += 1;
        self.counted.0 += 1;
        self.delivered = self.token;
        let limits = self.limits;
        let is_cycle = next.is_some_and(|token| self.seen.contains(&token));
        self.end = match next {
            _ if is_cut => Some(Ending::Reason(EndReason::ItemLimit)),
            None => Some(Ending::Reason(EndReason::Exhausted)),
            Some(_) if self.is_full() => Some(Ending::Reason(EndReason::ItemLimit)),
            Some(_) if is_cycle && limits.on_cycle == OnCycle::Fail => Some(Ending::Cycle),
            Some(_) if is_cycle => Some(Ending::Reason(EndReason::TokenCycle)),
            Some(_)
                if limits
                    .max_pages
                    .is_some_and(|max| self.counted.0 >= max.get()) =>
            {
                Some(Ending::Reason(EndReason::PageLimit))
            }
            Some(_) => None,
        };
        match next {
            Some(token) if !is_cut && (self.is_full() || !is_cycle) => {
                self.seen.push(token);
                self.token = Some(token);
                self.behind = 0;
            }
            // The rest of the list is reached by this page alone.
            _ => {
                if let Some(last) = delivered.last() {
                    self.behind = last.index + 1;
                }
            }
        }
        delivered
    }

    /// The place after this entry of the page that was delivered last is the one to go on from.
    pub(super) fn back_to(&mut self, entry: Entry) {
        self.token = self.delivered;
        self.behind = entry.index + 1;
    }

    /// Everything counts anew.
    pub(super) fn resume(&mut self) {
        self.seen = self.token.into_iter().collect();
        self.pages = 0;
        self.end = None;
        self.limit(self.plan.first_limits());
    }

    /// Sets other limits, which count from here on.
    pub(super) fn limit(&mut self, limits: Limits) {
        self.limits = limits;
        self.counted = (0, 0);
    }

    fn is_full(&self) -> bool {
        let max = self.limits.max_items;
        max.is_some_and(|max| self.counted.1 >= max.get())
    }

    fn start(&self) -> usize {
        self.token.map_or(0, |(place, _)| place)
    }

    fn size(&self) -> usize {
        self.plan.page_size().unwrap_or(PageSize::MAX).get() as usize
    }

    /// The page as the service sends it: Cloud Map filters, MSK Connect does not.
    fn served(&self, trouble: Trouble) -> Vec<Entry> {
        let (start, length) = (self.start(), self.plan.operations.len());
        let places = start..length.min(start + self.size());
        let filters = self.plan.call != Which::Connector;
        let sent = places.filter(|place| !filters || self.plan.keeps(*place));
        let unreadable = match trouble {
            Trouble::NullItem(index) if self.plan.call != Which::Cbor => Some(usize::from(index)),
            _ => None,
        };
        sent.enumerate()
            .map(|(index, place)| Entry {
                index,
                place,
                is_readable: Some(index) != unreadable,
            })
            .collect()
    }

    /// The token that comes with the page: to what is left of the list, or back.
    fn next_token(&mut self, trouble: Trouble) -> Option<Token> {
        let after = self.start() + self.size();
        let (next, number) = match trouble {
            Trouble::RepeatedToken(pages) => {
                (after.saturating_sub(usize::from(pages) * self.size()), None)
            }
            Trouble::DuplicatePage => {
                self.fresh_tokens += 1;
                (self.start(), Some(self.fresh_tokens))
            }
            _ => (after, None),
        };
        (next < self.plan.operations.len()).then_some((next, number))
    }
}
