use std::fmt::Debug;
use std::num::NonZeroU64;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use super::{base_url, id, list_connector_operations, list_operations, region};
use crate::testing::{self, Listing, listing::readable_or_bad};
use crate::{Checkpoint, Limits, OnCycle, Origin, Page, PageSize, Token};

/// A page token that is not empty.
pub fn token() -> impl Strategy<Value = Token> {
    prop_oneof![
        3 => "t[1-9]",
        2 => "[A-Za-z0-9+/]{16,64}={0,2}",
        1 => "(?s).{1,300}",
    ]
    .prop_map(Token::new)
}

/// A page size: 1 to 100.
pub fn page_size() -> impl Strategy<Value = PageSize> {
    prop_oneof![1..=100_i64, select(&[1, 100])]
        .prop_map(|size| PageSize::new(size).expect("1 to 100"))
}

/// A page of such items, as a service writes it; it may be empty, and it may be the last.
pub fn page<T: Debug>(item: impl Strategy<Value = T>) -> impl Strategy<Value = Page<T>> {
    (vec(item, 0..6), option::of(token()))
        .prop_map(|(items, token)| Page::new(items.into_iter().map(Ok), token))
}

/// A page of such items, as a client reads it: one entry in nine cannot be read.
pub fn page_with_bad_items<T: Debug>(
    item: impl Strategy<Value = T>,
) -> impl Strategy<Value = Page<T>> {
    (entries(item), option::of(token()))
        .prop_map(|(entries, token)| Page::new(readable_or_bad(entries), token))
}

/// A whole list of such items; see [`Listing`].
pub fn listing<T: Debug>(item: impl Strategy<Value = T>) -> impl Strategy<Value = Listing<T>> {
    (vec(entries(item), 1..6), token())
        .prop_map(|(pages, prefix)| Listing::new(prefix.as_str(), pages))
}

fn entries<T: Debug>(item: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<Option<T>>> {
    // Absent is the simpler value to proptest, readable is to us.
    let entry = (item, 0..9_u8).prop_map(|(item, chance)| (chance < 8).then_some(item));
    vec(entry, 0..6)
}

/// Where a listing stops.
pub fn limits() -> impl Strategy<Value = Limits> {
    let limit = || option::of(1..20_u64);
    (limit(), limit(), any::<bool>()).prop_map(|(pages, items, stop)| Limits {
        max_pages: pages.and_then(NonZeroU64::new),
        max_items: items.and_then(NonZeroU64::new),
        on_cycle: if stop { OnCycle::Stop } else { OnCycle::Fail },
    })
}

/// Where a listing runs.
pub fn origin() -> impl Strategy<Value = Origin> {
    (base_url(), option::of(region())).prop_map(|(url, region)| {
        Origin::new(url.to_string(), region.as_ref().map(crate::Region::as_str))
    })
}

/// A checkpoint of either service's listing: at its beginning, between pages, and within one.
pub fn checkpoint() -> impl Strategy<Value = Checkpoint> {
    let behind = || option::of((0..100_usize, option::of(id())));
    prop_oneof![
        (list_operations(), origin(), behind())
            .prop_map(|(call, origin, behind)| testing::checkpoint(call, &origin, behind)),
        (list_connector_operations(), origin(), behind())
            .prop_map(|(call, origin, behind)| testing::checkpoint(call, &origin, behind)),
    ]
}
