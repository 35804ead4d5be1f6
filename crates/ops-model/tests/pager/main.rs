//! `Pager` beside a reference that is written otherwise, over random scripts: pages in any order of tokens, failed
//! fetches, limits, checkpoints, resumptions, and a list that changes meanwhile.
#![cfg(test)]

mod reference;

use std::num::NonZeroU64;

use ops_model::kafka_connect::{
    ConnectorFilter, ConnectorOperationState, ConnectorOperationSummary, ListConnectorOperations,
};
use ops_model::{
    BadItem, Checkpoint, EndReason, Limits, OnCycle, Origin, Page, PagedCall, Pager, PagerStep,
    Resumption, Token, TokenCycle,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use reference::{Entry, Found, Reference, Served};

type Call = ListConnectorOperations;

/// What befalls a listing.
#[derive(Clone, Debug)]
enum Event {
    /// The fetch fails: nothing arrives.
    Failure,
    /// The page that was asked for arrives.
    Page,
    /// Another process goes on from a checkpoint, with these limits.
    Resume(reference::Limits),
    /// The service's list changes: this page is served as this from now on.
    Change(usize, Served),
    /// The place after one entry of the latest page is taken as a checkpoint, and gone on from.
    ResumeAfter(usize, reference::Limits),
}

impl ReferenceStateMachine for Reference {
    type State = Self;
    type Transition = Event;

    fn init_state() -> BoxedStrategy<Self> {
        // Mostly a list that goes on page after page, sometimes one whose token leads anywhere.
        let list = vec((entries(), option::weighted(0.1, 0..8usize)), 1..8).prop_map(|pages| {
            let last = pages.len() - 1;
            let page = |(index, (entries, jump)): (usize, (_, Option<usize>))| Served {
                entries,
                next: match jump {
                    Some(anywhere) => Some(anywhere % (last + 1)).filter(|page| *page > 0),
                    None => Some(index + 1).filter(|next| *next <= last),
                },
            };
            pages.into_iter().enumerate().map(page).collect()
        });
        (list, limits())
            .prop_map(|(served, limits)| Self::new(served, limits))
            .boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Event> {
        let pages = state.served.len();
        let served = (entries(), option::of(1..pages.max(2)))
            .prop_map(|(entries, next)| Served { entries, next });
        let entries = state.delivered.len();
        prop_oneof![
            2 => Just(Event::Failure),
            8 => Just(Event::Page),
            2 => limits().prop_map(Event::Resume),
            1 => (0..pages, served).prop_map(|(page, served)| Event::Change(page, served)),
            1 => (0..entries.max(1), limits())
                .prop_map(|(entry, limits)| Event::ResumeAfter(entry, limits)),
        ]
        .boxed()
    }

    fn preconditions(state: &Self, event: &Event) -> bool {
        let exists = |page: Option<usize>| page.is_none_or(|page| page < state.served.len());
        match event {
            Event::Failure | Event::Resume(_) => true,
            Event::Page => state.end.is_none(),
            Event::Change(page, served) => exists(Some(*page)) && exists(served.next),
            Event::ResumeAfter(entry, _) => *entry < state.delivered.len(),
        }
    }

    fn apply(mut state: Self, event: &Event) -> Self {
        match event {
            Event::Failure => {}
            Event::Page => state.receive(),
            Event::Resume(limits) => state.resume(*limits),
            Event::Change(page, served) => state.served[*page] = served.clone(),
            Event::ResumeAfter(place, limits) => state.resume_after(*place, *limits),
        }
        state
    }
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let id = || (0..20u8).prop_map(|number| format!("op-{number}"));
    let entry = prop_oneof![
        4 => id().prop_map(Entry::Kept),
        2 => id().prop_map(Entry::Dropped),
        1 => option::of(id()).prop_map(Entry::Bad),
    ];
    vec(entry, 0..5)
}

fn limits() -> impl Strategy<Value = reference::Limits> {
    let limit = || option::weighted(0.3, 1..6u64);
    (limit(), limit(), any::<bool>()).prop_map(|(items, pages, stops_at_cycle)| reference::Limits {
        items,
        pages,
        stops_at_cycle,
    })
}

/// The pager under test, and what it has delivered of its latest page.
struct Subject {
    pager: Pager<Call>,
    delivered: Vec<(usize, Entry)>,
}

impl StateMachineTest for Subject {
    type SystemUnderTest = Self;
    type Reference = Reference;

    fn init_test(reference: &Reference) -> Self {
        Self {
            pager: Pager::new(call()).with_limits(of(reference.limits)),
            delivered: Vec::new(),
        }
    }

    fn apply(mut self_: Self, reference: &Reference, event: Event) -> Self {
        let resumed = |checkpoint: Checkpoint| Self {
            pager: Pager::new(call())
                .with_limits(of(reference.limits))
                .resume_from(&checkpoint.to_json().parse().unwrap(), &origin())
                .unwrap(),
            delivered: Vec::new(),
        };
        match event {
            Event::Failure | Event::Change(..) => self_,
            Event::Page => {
                let page = self_
                    .pager
                    .on_page(page(&reference.served[reference.latest]));
                self_.delivered = page.into_entries().map(read).collect();
                self_
            }
            Event::Resume(_) => resumed(self_.pager.checkpoint(&origin())),
            Event::ResumeAfter(place, _) => {
                let (index, entry) = &self_.delivered[place];
                resumed(self_.pager.checkpoint_after(&origin(), *index, entry.id()))
            }
        }
    }

    fn check_invariants(self_: &Self, reference: &Reference) {
        let pager = &self_.pager;
        assert_eq!(self_.delivered, reference.delivered);
        match (pager.step(), reference.end) {
            (Ok(PagerStep::Fetch(call)), None) => {
                assert_eq!(call.token(), token(reference.page).as_ref());
            }
            (Ok(PagerStep::Done(reason)), Some(end)) => {
                assert_eq!(reason.to_string(), end);
                assert!(reason != EndReason::TokenCycle || reference.limits.stops_at_cycle);
            }
            (Err(TokenCycle { pages }), Some("token cycle")) => {
                assert_eq!(pages, reference.pages);
                assert!(!reference.limits.stops_at_cycle);
            }
            (step, end) => panic!("{step:?}, but {end:?}"),
        }
        assert_eq!(
            (pager.items(), pager.pages()),
            (reference.items, reference.pages)
        );
        let found = pager
            .resumption()
            .cloned()
            .map(|resumption| match resumption {
                Resumption::Unchanged => Found::Same,
                Resumption::Changed { expected, found } => Found::Another { expected, found },
            });
        assert_eq!(found, reference.found);
        let place: serde_json::Value =
            serde_json::from_str(&pager.checkpoint(&origin()).to_json()).unwrap();
        assert_eq!(
            place["token"].as_str(),
            token(reference.page).as_ref().map(Token::as_str)
        );
        assert_eq!(place["index"], reference.index);
        assert_eq!(place["last_id"].as_str(), reference.last_id.as_deref());
    }
}

fn call() -> Call {
    let filter = ConnectorFilter::new().with_states([ConnectorOperationState::UpdateFailed]);
    Call::new("arn").unwrap().with_filter(filter)
}

fn origin() -> Origin {
    Origin::new("https://example.com/", Some("us-east-1"))
}

fn of(limits: reference::Limits) -> Limits {
    Limits {
        max_items: limits.items.and_then(NonZeroU64::new),
        max_pages: limits.pages.and_then(NonZeroU64::new),
        on_cycle: if limits.stops_at_cycle {
            OnCycle::Stop
        } else {
            OnCycle::Fail
        },
    }
}

fn token(page: usize) -> Option<Token> {
    (page > 0).then(|| Token::new(page.to_string()))
}

fn page(served: &Served) -> Page<ConnectorOperationSummary> {
    let operation = |id: &str, state| Ok(ConnectorOperationSummary::new(id, state));
    let entries = served
        .entries
        .iter()
        .enumerate()
        .map(|(index, entry)| match entry {
            Entry::Kept(id) => operation(id, ConnectorOperationState::UpdateFailed),
            Entry::Dropped(id) => operation(id, ConnectorOperationState::Pending),
            Entry::Bad(id) => Err(BadItem::new(index, id.clone(), "bad")),
        });
    Page::new(entries, served.next.and_then(token))
}

fn read((index, entry): (usize, Result<ConnectorOperationSummary, BadItem>)) -> (usize, Entry) {
    let entry = match entry {
        Ok(operation) => Entry::Kept(operation.connector_operation_arn.into()),
        Err(bad) => Entry::Bad(bad.id),
    };
    (index, entry)
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_pager_does_what_a_plain_loop_with_a_set_of_tokens_does(sequential 1..40 => Subject);
}
