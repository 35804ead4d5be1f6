//! A pager delivers exactly what a listing holds, whatever breaks off in between.

use std::fmt::Debug;

use ops_model::cloud_map::ListOperations;
use ops_model::kafka_connect::{ConnectorFilter, ListConnectorOperations};
use ops_model::testing::Listing;
use ops_model::testing::strategy::{
    self, connector_filter, connector_operation_summary, limits, list_connector_operations,
    list_operations, listing, operation_summary, origin,
};
use ops_model::{
    BadItem, Checkpoint, EndReason, Limits, LongRunning, OnCycle, Origin, Page, PagedCall, Pager,
    PagerStep, Resumption, Token,
};
use proptest::prelude::*;

type Entry<T> = Result<T, BadItem>;

/// Steps a pager to its end, and returns what it delivered and why it ended.
fn drive<C: PagedCall<Item: Clone>>(
    pager: &mut Pager<C>,
    listing: &Listing<C::Item>,
) -> (Vec<Entry<C::Item>>, EndReason) {
    let mut delivered = Vec::new();
    for _ in 0..100 {
        match pager.step().expect("fresh tokens") {
            PagerStep::Done(reason) => return (delivered, reason),
            PagerStep::Fetch(call) => {
                let page = listing.page(call.token()).expect("a token of this listing");
                let page = pager.on_page(page);
                delivered.extend(page.into_entries().map(|(_, entry)| entry));
            }
        }
    }
    panic!("a listing of few pages goes on for ever");
}

fn expected<T: Clone>(listing: &Listing<T>) -> Vec<Entry<T>> {
    listing
        .entries()
        .map(|entry| entry.cloned().map_err(Clone::clone))
        .collect()
}

/// Lists in pieces of these limits, each resumed from the checkpoint of the last as it stands in JSON.
fn in_pieces<C: PagedCall<Item: Clone + Debug + PartialEq> + Clone>(
    mut call: C,
    listing: &Listing<C::Item>,
    limits: Limits,
    origin: &Origin,
) -> Result<(), TestCaseError> {
    call.set_token(None);
    let mut delivered = Vec::new();
    let mut checkpoint: Option<Checkpoint> = None;
    for _ in 0..200 {
        let mut pager = Pager::new(call.clone()).with_limits(limits);
        if let Some(checkpoint) = &checkpoint {
            pager = pager.resume_from(checkpoint, origin).unwrap();
        }
        let (piece, reason) = drive(&mut pager, listing);
        delivered.extend(piece);
        let kept: Vec<_> = expected(listing)
            .into_iter()
            .filter(|entry| entry.as_ref().map_or(true, |item| call.keeps(item)))
            .collect();
        if reason == EndReason::Exhausted {
            prop_assert_eq!(delivered, kept);
            return Ok(());
        }
        prop_assert!(kept.starts_with(&delivered));
        let json = pager.checkpoint(origin).to_json();
        checkpoint = Some(json.parse().unwrap());
    }
    Err(TestCaseError::fail("the pieces never end"))
}

/// The place behind the entry that is delivered as this one of all, counted from 0.
fn checkpoint_behind<C: PagedCall<Item: Clone> + Clone>(
    call: &C,
    listing: &Listing<C::Item>,
    origin: &Origin,
    place: usize,
) -> Checkpoint {
    let mut pager = Pager::new(call.clone());
    let mut before = 0;
    while let Ok(PagerStep::Fetch(call)) = pager.step() {
        let page = listing.page(call.token()).expect("a token of this listing");
        let delivered = pager.on_page(page);
        if let Some((index, entry)) = delivered.entries().nth(place - before) {
            let id = entry.ok().map(|item| item.id().to_owned());
            return pager.checkpoint_after(origin, index, id);
        }
        before += delivered.len();
    }
    panic!("fewer than {place} entries are delivered");
}

proptest! {
    #[test]
    fn a_pager_delivers_a_whole_listing(listing in listing(operation_summary())) {
        let mut pager = Pager::new(ListOperations::new());
        let (delivered, reason) = drive(&mut pager, &listing);
        prop_assert_eq!(reason, EndReason::Exhausted);
        prop_assert_eq!(pager.pages(), listing.pages().len() as u64);
        prop_assert_eq!(pager.items(), listing.items().count() as u64);
        let items: Vec<_> = delivered.iter().filter_map(|entry| entry.as_ref().ok()).collect();
        prop_assert!(items.into_iter().eq(listing.items()));
        prop_assert_eq!(delivered, expected(&listing));
    }

    #[test]
    fn a_listing_in_pieces_is_the_whole(
        call in list_operations(),
        listing in listing(operation_summary()),
        limits in limits(),
        origin in origin(),
    ) {
        in_pieces(call, &listing, limits, &origin)?;
    }

    #[test]
    fn a_listing_that_the_client_filters_is_whole_in_pieces_as_well(
        call in list_connector_operations(),
        filter in prop_oneof![Just(ConnectorFilter::new()), connector_filter()],
        listing in listing(connector_operation_summary()),
        limits in limits(),
        origin in origin(),
    ) {
        in_pieces(call.with_filter(filter), &listing, limits, &origin)?;
    }

    #[test]
    fn a_listing_goes_on_behind_any_of_its_entries(
        mut call in list_operations(),
        listing in listing(operation_summary()),
        origin in origin(),
        place in any::<prop::sample::Index>(),
    ) {
        call.set_token(None);
        let mut expected = expected(&listing);
        if expected.is_empty() {
            return Ok(());
        }
        let place = place.index(expected.len());
        let checkpoint = checkpoint_behind(&call, &listing, &origin, place);
        let mut pager = Pager::new(call).resume_from(&checkpoint, &origin).unwrap();
        let (rest, _) = drive(&mut pager, &listing);
        prop_assert_eq!(rest, expected.split_off(place + 1));
        let changed = matches!(pager.resumption(), Some(Resumption::Changed { .. }));
        prop_assert!(!changed);
    }

    #[test]
    fn limits_are_kept(listing in listing(operation_summary()), limits in limits()) {
        let mut pager = Pager::new(ListOperations::new()).with_limits(limits);
        let (delivered, reason) = drive(&mut pager, &listing);
        let items = delivered.iter().filter(|entry| entry.is_ok()).count() as u64;
        let most_items = limits.max_items.map_or(u64::MAX, Into::into);
        let most_pages = limits.max_pages.map_or(u64::MAX, Into::into);
        prop_assert!(items <= most_items && pager.pages() <= most_pages);
        prop_assert!(expected(&listing).starts_with(&delivered));
        match reason {
            EndReason::Exhausted => prop_assert_eq!(delivered.len(), listing.entries().count()),
            EndReason::ItemLimit => prop_assert_eq!(items, most_items),
            EndReason::PageLimit => prop_assert_eq!(pager.pages(), most_pages),
            other => prop_assert!(false, "{}", other),
        }
    }

    #[test]
    fn a_token_that_leads_back_is_found_before_its_page(
        listing in listing(operation_summary()),
        back in any::<prop::sample::Index>(),
    ) {
        // The last page leads back to one that had a token.
        let tokens: Vec<Token> = listing.pages().iter().filter_map(|page| page.next_token().cloned()).collect();
        prop_assume!(!tokens.is_empty());
        let limits = Limits { on_cycle: OnCycle::Stop, ..Limits::default() };
        let mut pager = Pager::new(ListOperations::new()).with_limits(limits);
        for page in listing.pages() {
            let next = page.next_token().unwrap_or_else(|| back.get(&tokens)).clone();
            let entries = page.clone().into_entries().map(|(_, entry)| entry);
            prop_assert!(matches!(pager.step(), Ok(PagerStep::Fetch(_))));
            pager.on_page(Page::new(entries, Some(next)));
        }
        prop_assert_eq!(pager.step(), Ok(PagerStep::Done(EndReason::TokenCycle)));
        prop_assert_eq!(pager.items(), listing.items().count() as u64);
    }

    #[test]
    fn a_listing_knows_its_own_tokens_alone(
        listing in listing(operation_summary()),
        other in strategy::token(),
    ) {
        let known = listing.pages().iter().any(|page| page.next_token() == Some(&other));
        prop_assert_eq!(listing.page(Some(&other)).is_some(), known);
        let first = listing.page(None);
        prop_assert_eq!(first.as_ref(), listing.pages().first());
    }

    #[test]
    fn a_checkpoint_reads_back_and_resumes(checkpoint in strategy::checkpoint()) {
        prop_assert_eq!(checkpoint.to_json().parse(), Ok(checkpoint.clone()));
        let origin = checkpoint.origin();
        if let Ok(call) = checkpoint.request::<ListOperations>() {
            let pager = Pager::new(call).resume_from(&checkpoint, origin).unwrap();
            prop_assert_eq!(pager.checkpoint(origin), checkpoint);
        } else {
            let call = checkpoint.request::<ListConnectorOperations>().unwrap();
            let pager = Pager::new(call).resume_from(&checkpoint, origin).unwrap();
            prop_assert_eq!(pager.checkpoint(origin), checkpoint);
        }
    }
}
