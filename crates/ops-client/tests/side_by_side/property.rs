//! Over any script of pages, faults, limits and resumptions, read-ahead changes nothing but the time.

use std::num::NonZeroU64;
use std::thread;

use ops_client::{BlockingClient, BlockingItems, BlockingPages, Client, Error, Items, Pages};
use ops_fake::{Reply, Script, VirtualClock};
use ops_model::{Checkpoint, EndReason, Limits, OnCycle, Resumption};
use ops_transport::TransportErrorKind;
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use crate::{list, session, spawn};

/// What the service replies, request by request, and how the listing is set up.
#[derive(Clone, Debug)]
struct Case {
    replies: Vec<Reply>,
    limits: Limits,
}

fn case() -> impl Strategy<Value = Case> {
    let count = || weighted(0.3, 1..6u64).prop_map(|count| count.and_then(NonZeroU64::new));
    let on_cycle = select(vec![OnCycle::Fail, OnCycle::Stop]);
    let limits = (count(), count(), on_cycle).prop_map(|(max_items, max_pages, on_cycle)| Limits {
        max_items,
        max_pages,
        on_cycle,
    });
    (vec(reply(), 1..20), limits).prop_map(|(replies, limits)| Case { replies, limits })
}

fn reply() -> impl Strategy<Value = Reply> {
    // Few ids and few tokens: pages repeat, and so do tokens.
    let item = prop_oneof![
        4 => (0..9u8).prop_map(|id| format!(r#"{{"Id": "op-{id}", "Status": "FAIL"}}"#)),
        1 => Just("null".to_owned()),
    ];
    let page = (vec(item, 0..4), weighted(0.9, 0..40u8)).prop_map(|(items, token)| {
        let token = token.map(|token| token.to_string()).unwrap_or_default();
        let items = items.join(", ");
        Script::json(
            200,
            format!(r#"{{"Operations": [{items}], "NextToken": "{token}"}}"#),
        )
    });
    let failure = select(vec![
        Script::json(503, ""),
        Script::json(400, r#"{"__type": "ThrottlingException"}"#),
        Script::json(400, r#"{"__type": "InvalidInput", "Message": "no"}"#),
        Script::json(200, "<html>"),
        Err(TransportErrorKind::Closed),
        Err(TransportErrorKind::Tls),
    ]);
    prop_oneof![4 => page, 1 => failure]
}

/// All that a listing gave and did: what its caller saw, and what its service and its clock saw.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    results: Vec<String>,
    requests: Vec<String>,
    waits: Vec<std::time::Duration>,
}

impl Seen {
    fn result(&mut self, result: &dyn std::fmt::Debug, place: &Checkpoint) {
        assert!(self.results.len() < 500, "{self:#?}");
        self.results
            .push(format!("{result:?} @ {}", place.to_json()));
    }

    fn end(&mut self, end: Option<EndReason>, pages: u64, resumption: Option<&Resumption>) {
        self.results.push(format!("{end:?} {pages} {resumption:?}"));
    }

    fn world(mut self, script: &Script, clock: &VirtualClock) -> Self {
        let requests = script.requests().into_iter();
        self.requests = requests
            .map(|(request, attempt)| {
                format!("{:?} {:?} {attempt:?}", request.headers(), request.body())
            })
            .collect();
        self.waits = clock.slept();
        self
    }
}

/// What the caller sees of a list, and of those that go on where it has failed. The lists have their methods in common, but
/// no trait.
macro_rules! look {
    ($case:expr, $seen:expr, $list:expr, $ahead:expr, |$pulled:ident| $next:expr) => {{
        let mut from: Option<Checkpoint> = None;
        for _ in 0..4 {
            let list = $list.unwrap().with_limits($case.limits);
            let list = match &from {
                Some(place) => list.resume_from(place).unwrap(),
                None => list,
            };
            let mut $pulled = $ahead(list);
            let mut failure: Option<Checkpoint> = None;
            while let Some(result) = $next {
                failure = result.as_ref().err().and_then(Error::checkpoint).cloned();
                $seen.result(&result, &$pulled.checkpoint());
            }
            $seen.end(
                $pulled.end_reason(),
                $pulled.pages_fetched(),
                $pulled.resumption(),
            );
            match failure {
                Some(place) => from = Some(place),
                None => break,
            }
        }
    }};
}

impl Case {
    fn blocking(&self, ahead: bool, by_item: bool) -> Seen {
        let (script, clock) = (Script::new(self.replies.clone()), VirtualClock::new());
        let client = BlockingClient::new(session("us-east-1"), script.clone());
        let client = client.with_clock(clock.clone());
        let mut seen = Seen::default();
        let pages = || client.pages(list());
        let items = || client.items(list());
        thread::scope(|scope| match (by_item, ahead) {
            (false, false) => look!(self, seen, pages(), |list| list, |list| list.next()),
            (false, true) => look!(
                self,
                seen,
                pages(),
                |list: BlockingPages<_>| list.read_ahead(scope),
                |list| list.next()
            ),
            (true, false) => look!(self, seen, items(), |list| list, |list| list.next()),
            (true, true) => look!(
                self,
                seen,
                items(),
                |list: BlockingItems<_>| list.read_ahead(scope),
                |list| list.next()
            ),
        });
        seen.world(&script, &clock)
    }

    async fn asynchronous(&self, ahead: bool, by_item: bool) -> Seen {
        let (script, clock) = (Script::new(self.replies.clone()), VirtualClock::new());
        let client = Client::new(session("us-east-1"), script.clone(), clock.clone());
        let mut seen = Seen::default();
        let pages = || client.pages(list());
        let items = || client.items(list());
        let pages_ahead = |list: Pages<_>| if ahead { list.read_ahead(spawn) } else { list };
        let items_ahead = |list: Items<_>| if ahead { list.read_ahead(spawn) } else { list };
        if by_item {
            look!(self, seen, items(), items_ahead, |list| list.next().await);
        } else {
            look!(self, seen, pages(), pages_ahead, |list| list.next().await);
        }
        seen.world(&script, &clock)
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn read_ahead_changes_nothing_but_the_time(case in case()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for by_item in [false, true] {
            let plain = case.blocking(false, by_item);
            prop_assert_eq!(&case.blocking(true, by_item), &plain);
            prop_assert_eq!(&runtime.block_on(case.asynchronous(false, by_item)), &plain);
            prop_assert_eq!(&runtime.block_on(case.asynchronous(true, by_item)), &plain);
        }
    }
}
