use crate::{BadItem, Page, Token};

/// A whole list as a service serves it, page by page: with empty pages, with items that cannot be read, and with an end.
///
/// ```
/// use ops_model::cloud_map::{ListOperations, OperationStatus, OperationSummary};
/// use ops_model::testing::Listing;
/// use ops_model::{PagedCall, Pager, PagerStep};
///
/// let operation = |id: &str| Some(OperationSummary::new(id, OperationStatus::Success));
/// let listing = Listing::new("t", [vec![operation("a"), None], vec![], vec![operation("b")]]);
///
/// let mut pager = Pager::new(ListOperations::new());
/// let mut delivered = Vec::new();
/// while let PagerStep::Fetch(call) = pager.step()? {
///     let page = listing.page(call.token()).expect("a token of this listing");
///     delivered.extend(pager.on_page(page).items().cloned());
/// }
/// assert!(delivered.iter().eq(listing.items()));
/// assert_eq!(pager.pages(), 3);
/// # Ok::<(), ops_model::TokenCycle>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T> {
    /// The pages, each with the token of the next; there is one at least.
    pages: Vec<Page<T>>,
}

impl<T> Listing<T> {
    /// A list of these pages; `None` stands for an item that cannot be read. No page at all is one that is empty.
    ///
    /// The token of the page of index `n` is `prefix` and `n`; the first page has none.
    #[must_use]
    pub fn new(prefix: &str, pages: impl IntoIterator<Item = Vec<Option<T>>>) -> Self {
        let mut pages: Vec<_> = pages.into_iter().collect();
        if pages.is_empty() {
            pages.push(Vec::new());
        }
        let last = pages.len() - 1;
        let page = |(number, entries)| {
            let next = (number < last).then(|| Token::new(format!("{prefix}{}", number + 1)));
            Page::new(readable_or_bad(entries), next)
        };
        Self {
            pages: pages.into_iter().enumerate().map(page).collect(),
        }
    }

    /// The pages in order.
    #[must_use]
    pub fn pages(&self) -> &[Page<T>] {
        &self.pages
    }

    /// The page of this token, or the first; `None` if the token is not of this listing.
    #[must_use]
    pub fn page(&self, token: Option<&Token>) -> Option<Page<T>>
    where
        T: Clone,
    {
        let index = match token {
            None => 0,
            Some(_) => {
                1 + self
                    .pages
                    .iter()
                    .position(|page| page.next_token() == token)?
            }
        };
        self.pages.get(index).cloned()
    }

    /// The items of all pages, in order: what a complete listing delivers.
    pub fn items(&self) -> impl Iterator<Item = &T> {
        self.pages.iter().flat_map(Page::items)
    }

    /// Items and bad items of all pages, in order: what a complete listing reports.
    pub fn entries(&self) -> impl Iterator<Item = Result<&T, &BadItem>> {
        let pages = self.pages.iter();
        pages.flat_map(|page| page.entries().map(|(_, entry)| entry))
    }
}

/// The entries of a page; `None` becomes what a `null` on the wire is read as.
pub(super) fn readable_or_bad<T>(
    entries: Vec<Option<T>>,
) -> impl Iterator<Item = Result<T, BadItem>> {
    let entries = entries.into_iter().enumerate();
    entries.map(|(index, item)| {
        item.ok_or_else(|| BadItem::new(index, None, "expected a JSON object"))
    })
}
