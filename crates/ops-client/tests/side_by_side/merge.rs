//! Many listings as one sequence of results.

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use ops_client::{BlockingClient, BlockingPages, Client, Pages, merge, merge_blocking};
use ops_fake::{Script, VirtualClock};
use ops_hyper::TokioClock;
use ops_model::cloud_map::ListOperations;
use ops_model::{EndReason, Limits};
use ops_transport::{Attempt, BlockingTransport, TransportError};

use crate::read_ahead::{Wait, Waits};
use crate::service::{Count, Slow, number, page};
use crate::{PATIENCE, ids, list, session, spawn};

fn at_once(listings: usize) -> NonZeroUsize {
    NonZeroUsize::new(listings).unwrap()
}

/// A listing of its own client in its own region, of so many pages that take so long.
fn slow(region: &str, pages: usize, exchange: Duration) -> Pages<ListOperations> {
    let service = Slow::new(pages, exchange);
    let client = Client::new(session(region), service, TokioClock::new());
    client.pages(list()).unwrap()
}

/// A listing whose second page is refused.
fn refused() -> Script {
    Script::computed(|request, _| match number(request) {
        0 => Ok(page(0, 3)),
        _ => Script::json(400, r#"{"__type": "InvalidInput", "Message": "no"}"#),
    })
}

const SECOND: Duration = Duration::from_secs(1);

#[tokio::test(start_paused = true)]
async fn listings_run_side_by_side_up_to_a_bound() {
    // Of three pages each, a second for a page.
    for (listings, bound, seconds) in [(8, 4, 6), (8, 8, 3), (8, 100, 3), (8, 1, 24), (0, 1, 0)] {
        let count = Count::default();
        let start = tokio::time::Instant::now();
        let listings = (0..listings).map(|listing| {
            let service = Slow {
                count: count.clone(),
                ..Slow::new(3, SECOND)
            };
            let client = Client::new(session("us-east-1"), service, TokioClock::new());
            (listing, client.pages(list()).unwrap())
        });
        let listed = listings.len();
        let mut merged = merge(listings, at_once(bound));
        let mut seen: HashMap<usize, Vec<String>> = HashMap::new();
        while let Some((listing, next)) = merged.next().await {
            let text = next.map_or_else(|| "end".to_owned(), |page| ids(&page.unwrap()));
            seen.entry(listing).or_default().push(text);
        }
        assert_eq!(seen.len(), listed);
        for results in seen.values() {
            assert_eq!(results, &["op-0", "op-1", "op-2", "end"]);
        }
        assert_eq!(start.elapsed(), seconds * SECOND, "{bound}");
        assert_eq!(count.most(), bound.min(listed));
        assert!(merged.next().await.is_none(), "over is over");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_listing_ends_alone_and_can_be_gone_on_with() {
    let failing = Client::new(session("eu-west-1"), refused(), TokioClock::new());
    let limits = Limits {
        max_pages: std::num::NonZeroU64::new(1),
        ..Limits::default()
    };
    let listings = [
        ("failing", failing.pages(list()).unwrap()),
        ("limited", slow("us-east-1", 3, SECOND).with_limits(limits)),
        ("whole", slow("us-east-1", 3, SECOND)),
    ];
    let mut merged = merge(listings, at_once(2));
    let mut ends = Vec::new();
    while let Some((key, next)) = merged.next().await {
        let latest = merged.latest().expect("the listing of this result");
        match next {
            Some(Ok(page)) => assert_eq!(latest.checkpoint().last_id(), Some(&*ids(&page))),
            Some(Err(error)) => {
                assert_eq!(key, "failing");
                assert_eq!(error.checkpoint(), Some(&latest.checkpoint()));
                assert_eq!(latest.checkpoint().origin().region(), Some("eu-west-1"));
            }
            None => ends.push((key, latest.end_reason().unwrap(), latest.pages_fetched())),
        }
    }
    assert_eq!(
        ends,
        [
            ("failing", EndReason::Error, 1),
            ("limited", EndReason::PageLimit, 1),
            ("whole", EndReason::Exhausted, 3),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_slow_listing_holds_up_nobody() {
    let listings = [
        ("slow", slow("us-east-1", 2, 100 * SECOND)),
        ("a", slow("us-east-1", 3, SECOND)),
        ("b", slow("us-east-1", 3, SECOND)),
    ];
    let mut merged = merge(listings, at_once(2));
    let mut order = Vec::new();
    while let Some((key, next)) = merged.next().await {
        order.extend(next.map(|_| key));
    }
    assert_eq!(order.join(" "), "a a a b b b slow slow");
}

#[tokio::test]
async fn listings_that_need_not_wait_take_turns() {
    let listings = ["a", "b", "c"].map(|key| {
        let script = Script::computed(|request, _| Ok(page(number(request), 3)));
        let client = Client::new(session("us-east-1"), script, VirtualClock::new());
        (key, client.pages(list()).unwrap())
    });
    let mut merged = merge(listings, at_once(3));
    let mut order = Vec::new();
    while let Some((key, next)) = merged.next().await {
        order.extend(next.map(|_| key));
    }
    assert_eq!(order.join(" "), "a b c a b c a b c");
}

#[tokio::test(start_paused = true)]
async fn dropping_a_next_of_many_loses_nothing_and_those_that_read_ahead_go_on() {
    let listings = ["a", "b"].map(|key| (key, slow("us-east-1", 2, 3 * SECOND).read_ahead(spawn)));
    let mut merged = merge(listings, at_once(2));
    assert!(merged.latest().is_none());
    let mut results = Vec::new();
    while results.len() < 6 {
        if let Ok(next) = tokio::time::timeout(SECOND, merged.next()).await {
            let (key, next) = next.unwrap();
            results.push(format!(
                "{key} {}",
                next.map_or_else(|| "end".to_owned(), |page| ids(&page.unwrap()))
            ));
        }
    }
    results.sort();
    assert_eq!(
        results,
        ["a end", "a op-0", "a op-1", "b end", "b op-0", "b op-1"]
    );
    assert!(merged.next().await.is_none());
}

/// A service whose requests wait for each other, up to so many.
#[derive(Clone)]
struct Together {
    wanted: usize,
    met: Arc<(Mutex<usize>, Condvar)>,
    count: Count,
}

impl BlockingTransport for Together {
    fn send_blocking(
        &self,
        request: http::Request<Bytes>,
        _: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let _under_way = self.count.begin();
        let (met, changed) = &*self.met;
        let mut met = met.lock().unwrap();
        *met += 1;
        changed.notify_all();
        let (_met, outcome) = changed
            .wait_timeout_while(met, PATIENCE, |met| *met < self.wanted)
            .unwrap();
        assert!(!outcome.timed_out(), "{} at a time", self.wanted);
        Ok(page(number(&request), 3))
    }
}

#[test]
fn threads_list_side_by_side_up_to_a_bound() {
    for (listings, bound) in [(8, 4), (3, 100), (4, 1), (0, 1)] {
        let service = Together {
            wanted: bound.min(listings),
            met: Arc::default(),
            count: Count::default(),
        };
        let listings = (0..listings).map(|listing| {
            let client = BlockingClient::new(session("us-east-1"), service.clone());
            (listing, client.pages(list()).unwrap())
        });
        let listed = listings.len();
        let mut seen: HashMap<usize, Vec<String>> = HashMap::new();
        thread::scope(|scope| {
            let mut merged = merge_blocking(scope, listings, at_once(bound));
            for (listing, next) in &mut merged {
                let text = next.map_or_else(|| "end".to_owned(), |page| ids(&page.unwrap()));
                seen.entry(listing).or_default().push(text);
            }
            assert!(merged.next().is_none(), "over is over");
        });
        assert_eq!(seen.len(), listed);
        for results in seen.values() {
            assert_eq!(results, &["op-0", "op-1", "op-2", "end"]);
        }
        assert_eq!(service.count.most(), bound.min(listed));
    }
}

fn scripted(region: &str, script: Script) -> BlockingPages<ListOperations> {
    BlockingClient::new(session(region), script)
        .pages(list())
        .unwrap()
}

#[test]
fn a_failed_listing_ends_alone_on_threads_too() {
    let whole = || Script::computed(|request, _| Ok(page(number(request), 3)));
    let listings = [
        ("failing", scripted("eu-west-1", refused())),
        ("one", scripted("us-east-1", whole())),
        ("other", scripted("us-east-1", whole())),
    ];
    let mut ends = Vec::new();
    thread::scope(|scope| {
        let mut merged = merge_blocking(scope, listings, at_once(2));
        while let Some((key, next)) = merged.next() {
            let latest = merged.latest().expect("the listing of this result");
            match next {
                Some(Ok(page)) => assert_eq!(latest.checkpoint().last_id(), Some(&*ids(&page))),
                Some(Err(error)) => {
                    assert_eq!(key, "failing");
                    assert_eq!(error.checkpoint(), Some(&latest.checkpoint()));
                }
                None => ends.push((key, latest.end_reason().unwrap(), latest.pages_fetched())),
            }
        }
    });
    ends.sort_by_key(|(key, ..)| *key);
    assert_eq!(
        ends,
        [
            ("failing", EndReason::Error, 1),
            ("one", EndReason::Exhausted, 3),
            ("other", EndReason::Exhausted, 3),
        ]
    );
}

#[test]
fn dropping_the_results_wakes_the_threads() {
    let (sender, waits) = mpsc::channel();
    let listings = (0..2).map(|listing| {
        let client = BlockingClient::new(
            session("us-east-1"),
            Script::computed(|_, _| Script::json(503, "")),
        );
        let client = client.with_clock(Waits::new(sender.clone()));
        (listing, client.pages(list()).unwrap())
    });
    let ready = scripted(
        "us-east-1",
        Script::computed(|request, _| Ok(page(number(request), 3))),
    );
    let listings: Vec<_> = listings.chain([(2, ready)]).collect();
    thread::scope(|scope| {
        let mut merged = merge_blocking(scope, listings, at_once(3));
        let (key, _) = merged.next().unwrap();
        assert_eq!(key, 2);
        for _ in 0..2 {
            assert_eq!(waits.recv_timeout(PATIENCE), Ok(Wait::Began));
        }
    });
    for _ in 0..2 {
        assert_eq!(waits.try_recv(), Ok(Wait::Ended { cancelled: true }));
    }
}

#[test]
fn a_panic_of_a_thread_is_the_callers() {
    let sent = AtomicUsize::new(0);
    let broken = Script::computed(move |_, _| match sent.fetch_add(1, Ordering::SeqCst) {
        0 => Ok(page(0, 3)),
        _ => panic!("broken"),
    });
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        thread::scope(|scope| {
            merge_blocking(scope, [((), scripted("us-east-1", broken))], at_once(1)).count()
        })
    }));
    assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"broken"));
}
