//! The rules of the pager, each a test of its name.

use super::*;
use crate::cloud_map::{ListOperations, OperationStatus, OperationSummary};
use crate::kafka_connect::{
    ConnectorFilter, ConnectorOperationState, ConnectorOperationSummary, ListConnectorOperations,
};

fn limits(max_items: u64, max_pages: u64) -> Limits {
    Limits {
        max_items: NonZeroU64::new(max_items),
        max_pages: NonZeroU64::new(max_pages),
        on_cycle: OnCycle::Fail,
    }
}

fn origin() -> Origin {
    Origin::new("https://example.com/", Some("us-east-1"))
}

/// A page of these ids; `!` marks a bad item.
fn page(ids: &str, next: &str) -> Page<OperationSummary> {
    let entries =
        ids.split_whitespace()
            .enumerate()
            .map(|(index, id)| match id.strip_prefix('!') {
                None => Ok(OperationSummary::new(id, OperationStatus::Success)),
                Some(id) => Err(BadItem::new(index, Some(id.to_owned()), "bad")),
            });
    Page::new(entries, Some(Token::new(next)))
}

fn ids<T: LongRunning>(page: &Page<T>) -> String {
    let ids: Vec<_> = page
        .entries()
        .map(|(_, entry)| entry_id(entry).unwrap())
        .collect();
    ids.join(" ")
}

fn asks_for(pager: &Pager<ListOperations>) -> &str {
    match pager.step() {
        Ok(PagerStep::Fetch(call)) => call.token().map_or("", Token::as_str),
        other => panic!("{other:?}"),
    }
}

fn end(pager: &Pager<ListOperations>) -> EndReason {
    match pager.step() {
        Ok(PagerStep::Done(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn limits_that_are_set_on_the_way_count_from_there() {
    let under_way = || {
        let mut pager = Pager::new(ListOperations::new());
        pager.on_page(page("a b c", "t1"));
        pager
    };
    let mut pager = under_way().with_limits(limits(2, 0));
    assert_eq!(ids(&pager.on_page(page("d e f", "t2"))), "d e");
    assert_eq!(end(&pager), EndReason::ItemLimit);
    assert_eq!((pager.pages(), pager.items()), (2, 5));

    let mut pager = under_way().with_limits(limits(0, 2));
    pager.on_page(page("d", "t2"));
    assert_eq!(asks_for(&pager), "t2");
    pager.on_page(page("e", "t3"));
    assert_eq!(end(&pager), EndReason::PageLimit);
}

#[test]
fn absent_or_empty_token_ends() {
    for last in [page("a b", ""), Page::new([], None)] {
        let mut pager = Pager::new(ListOperations::new());
        assert_eq!(asks_for(&pager), "");
        let count = last.len();
        assert_eq!(pager.on_page(last).len(), count);
        assert_eq!(end(&pager), EndReason::Exhausted);
    }
}

#[test]
fn empty_page_with_token_continues() {
    let mut pager = Pager::new(ListOperations::new());
    pager.on_page(page("", "1"));
    assert_eq!(asks_for(&pager), "1");
    pager.on_page(page("", "2"));
    assert_eq!(asks_for(&pager), "2");
}

#[test]
fn failed_fetch_does_not_advance() {
    let mut pager = Pager::new(ListOperations::new());
    pager.on_page(page("a", "1"));
    for _ in 0..3 {
        assert_eq!(asks_for(&pager), "1");
    }
    assert_eq!((pager.pages(), pager.items()), (1, 1));
}

#[test]
fn repeated_token_is_refused_before_its_page_is_fetched_again() {
    for (on_cycle, expected) in [
        (OnCycle::Fail, Err(TokenCycle { pages: 3 })),
        (OnCycle::Stop, Ok(PagerStep::Done(EndReason::TokenCycle))),
    ] {
        let limits = Limits {
            on_cycle,
            ..Limits::default()
        };
        let mut pager = Pager::new(ListOperations::new()).with_limits(limits);
        pager.on_page(page("a", "1"));
        pager.on_page(page("b", "2"));
        assert_eq!(
            ids(&pager.on_page(page("c", "1"))),
            "c",
            "the page before is delivered"
        );
        assert_eq!(pager.step(), expected);
    }
}

#[test]
fn a_cycle_is_resumed_by_another_token_for_its_last_page() {
    let mut pager = Pager::new(ListOperations::new());
    pager.on_page(page("a", "1"));
    pager.on_page(page("b", "2"));
    pager.on_page(page("c", "1"));
    let checkpoint = pager.checkpoint(&origin());
    let mut resumed = Pager::new(ListOperations::new())
        .resume_from(&checkpoint, &origin())
        .unwrap();
    assert_eq!(asks_for(&resumed), "2");
    assert_eq!(
        ids(&resumed.on_page(page("c", "3"))),
        "",
        "it has been delivered"
    );
    assert_eq!(resumed.resumption(), Some(&Resumption::Unchanged));
    assert_eq!(asks_for(&resumed), "3");
}

#[test]
fn the_token_that_a_listing_starts_with_counts() {
    let start = ListOperations::new().with_token("1").unwrap();
    let mut pager = Pager::new(start);
    assert_eq!(asks_for(&pager), "1");
    pager.on_page(page("a", "1"));
    assert_eq!(pager.step(), Err(TokenCycle { pages: 1 }));
}

#[test]
fn page_limit_ends_unless_the_list_does() {
    let mut pager = Pager::new(ListOperations::new()).with_limits(limits(0, 2));
    pager.on_page(page("a", "1"));
    pager.on_page(page("b", "2"));
    assert_eq!(end(&pager), EndReason::PageLimit);

    let mut pager = Pager::new(ListOperations::new()).with_limits(limits(0, 1));
    pager.on_page(page("a", ""));
    assert_eq!(end(&pager), EndReason::Exhausted);
}

#[test]
fn item_limit_cuts_within_a_page_and_ends_only_if_there_may_be_more() {
    let check = |max, ids_in, next, expected, reason| {
        let mut pager = Pager::new(ListOperations::new()).with_limits(limits(max, 0));
        assert_eq!(
            ids(&pager.on_page(page(ids_in, next))),
            expected,
            "{ids_in}"
        );
        assert_eq!(end(&pager), reason, "{ids_in}");
    };
    check(2, "a b c", "1", "a b", EndReason::ItemLimit);
    check(2, "a b c", "", "a b", EndReason::ItemLimit);
    check(2, "a b", "1", "a b", EndReason::ItemLimit);
    check(2, "a b", "", "a b", EndReason::Exhausted);
    check(2, "a", "", "a", EndReason::Exhausted);
    check(
        2,
        "!x a !y b !z c",
        "1",
        "!x a !y b".replace('!', "").as_str(),
        EndReason::ItemLimit,
    );
}

#[test]
fn item_limit_in_the_middle_of_a_page_resumes_in_the_middle_of_that_page() {
    let mut pager = Pager::new(ListOperations::new()).with_limits(limits(3, 0));
    pager.on_page(page("a b", "1"));
    assert_eq!(ids(&pager.on_page(page("c d e", "2"))), "c");
    let checkpoint: Checkpoint = pager.checkpoint(&origin()).to_json().parse().unwrap();

    let mut pager = Pager::new(ListOperations::new())
        .resume_from(&checkpoint, &origin())
        .unwrap();
    assert_eq!(asks_for(&pager), "1");
    assert_eq!(ids(&pager.on_page(page("c d e", "2"))), "d e");
    assert_eq!(pager.resumption(), Some(&Resumption::Unchanged));
    assert_eq!(asks_for(&pager), "2");
}

#[test]
fn a_resumption_says_if_the_item_at_the_index_has_changed() {
    let mut pager = Pager::new(ListOperations::new()).with_limits(limits(2, 0));
    pager.on_page(page("a b c", ""));
    let checkpoint = pager.checkpoint(&origin());
    for (served, found) in [("new a b c", Some("a")), ("a", None)] {
        let mut pager = Pager::new(ListOperations::new())
            .resume_from(&checkpoint, &origin())
            .unwrap();
        pager.on_page(page(served, ""));
        let expected = Resumption::Changed {
            expected: "b".to_owned(),
            found: found.map(str::to_owned),
        };
        assert_eq!(pager.resumption(), Some(&expected));
    }
}

#[test]
fn a_checkpoint_after_any_entry_resumes_with_the_next() {
    let pages = [("a b !c", "1"), ("", "2"), ("d e", "")];
    let all = "a b c d e";
    let mut pager = Pager::new(ListOperations::new());
    for (start, (served, next)) in pages.iter().enumerate() {
        let delivered = pager.on_page(page(served, next));
        for (index, entry) in delivered.entries() {
            let id = entry_id(entry).unwrap();
            let checkpoint = pager.checkpoint_after(&origin(), index, Some(id.clone()));
            let mut resumed = Pager::new(ListOperations::new())
                .resume_from(&checkpoint, &origin())
                .unwrap();
            let rest: Vec<_> = pages[start..]
                .iter()
                .map(|(served, next)| ids(&resumed.on_page(page(served, next))))
                .filter(|ids| !ids.is_empty())
                .collect();
            let expected = all.split_once(&id).unwrap().1.trim();
            assert_eq!(rest.join(" "), expected, "after {id}");
        }
    }
}

#[test]
fn limits_count_after_filtering_and_checkpoints_index_before() {
    let filter = ConnectorFilter::new().with_states([ConnectorOperationState::UpdateFailed]);
    let call = ListConnectorOperations::new("arn")
        .unwrap()
        .with_filter(filter);
    let served = || {
        let state = |id: &str| if id < "c" { "PENDING" } else { "UPDATE_FAILED" };
        let items = ["a", "b", "c", "d", "e"]
            .map(|id| Ok(ConnectorOperationSummary::new(id, state(id).into())));
        Page::new(items, None)
    };
    let mut pager = Pager::new(call.clone()).with_limits(limits(2, 0));
    let delivered = pager.on_page(served());
    assert_eq!(ids(&delivered), "c d");
    assert_eq!(
        delivered
            .entries()
            .map(|(index, _)| index)
            .collect::<Vec<_>>(),
        [2, 3]
    );
    let checkpoint = pager.checkpoint(&origin());
    assert_eq!(checkpoint.index(), 4);

    let mut resumed = Pager::new(call)
        .resume_from(&checkpoint, &origin())
        .unwrap();
    assert_eq!(ids(&resumed.on_page(served())), "e");
    assert_eq!(resumed.resumption(), Some(&Resumption::Unchanged));
}

#[test]
fn every_end_has_a_name_of_its_own() {
    let reasons = [
        (EndReason::Exhausted, "exhausted"),
        (EndReason::ItemLimit, "item limit"),
        (EndReason::PageLimit, "page limit"),
        (EndReason::TokenCycle, "token cycle"),
        (EndReason::Deadline, "deadline"),
        (EndReason::Cancelled, "cancelled"),
        (EndReason::Error, "error"),
    ];
    for (reason, name) in reasons {
        assert_eq!(reason.to_string(), name);
    }
}
