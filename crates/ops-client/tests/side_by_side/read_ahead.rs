//! What read-ahead saves, and what it leaves as it is.

use std::num::NonZeroU64;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use bytes::Bytes;
use ops_client::{BlockingClient, Client, Error};
use ops_fake::{Script, VirtualClock};
use ops_hyper::TokioClock;
use ops_model::cloud_map::OperationSummary;
use ops_model::{EndReason, Limits, OperationId, Page};
use ops_transport::{Attempt, BlockingClock, BlockingTransport, Cancel, Now, TransportError};

use crate::service::{Count, Slow, number, page};
use crate::{PATIENCE, Task, ids, list, session, spawn};

const HOUR: Duration = Duration::from_secs(3600);
/// How long an exchange takes, and the caller's work on a page, in milliseconds.
const ROWS: [(u64, u64); 4] = [(100, 100), (100, 30), (30, 100), (100, 0)];
const PAGES: usize = 40;

/// Every page takes the longer of the two, and not both.
#[track_caller]
fn check_time(took: Duration, (exchange, work): (u64, u64), ahead: bool) {
    let pages = PAGES as u64;
    let expected = if ahead {
        Duration::from_millis(exchange + (pages - 1) * exchange.max(work) + work)
    } else {
        Duration::from_millis(pages * (exchange + work))
    };
    assert_eq!(took, expected, "{exchange} {work} {ahead}");
    let longer = Duration::from_millis(pages * exchange.max(work));
    assert_eq!(
        took <= longer.mul_f64(1.05),
        ahead || work == 0,
        "{exchange} {work}"
    );
}

/// A service on a time of its own: a request is sent when its sender has come so far, and answered so much later.
#[derive(Clone)]
struct Timed {
    exchange: Duration,
    times: Arc<Mutex<Times>>,
    begun: mpsc::Sender<()>,
    count: Count,
}

#[derive(Default)]
struct Times {
    caller: Duration,
    /// When the request of each page was.
    answered: Vec<Duration>,
}

impl Times {
    /// The caller has the latest page that was answered before it, and cannot have had it earlier.
    fn now(&self) -> Duration {
        self.answered
            .last()
            .map_or(self.caller, |answered| self.caller.max(*answered))
    }
}

impl BlockingTransport for Timed {
    fn send_blocking(
        &self,
        request: http::Request<Bytes>,
        _: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let _under_way = self.count.begin();
        let mut times = self.times.lock().unwrap();
        let answered = times.now() + self.exchange;
        times.answered.push(answered);
        self.begun.send(()).unwrap();
        Ok(page(number(&request), PAGES))
    }
}

#[test]
fn a_thread_fetches_while_the_caller_works() {
    for row in ROWS {
        for ahead in [false, true] {
            let (sender, begun) = mpsc::channel();
            let service = Timed {
                exchange: Duration::from_millis(row.0),
                times: Arc::default(),
                begun: sender,
                count: Count::default(),
            };
            let (times, count) = (Arc::clone(&service.times), service.count.clone());
            let client = BlockingClient::new(session("us-east-1"), service);
            let pages = client.pages(list()).unwrap();
            thread::scope(|scope| {
                if ahead {
                    work(pages.read_ahead(scope), row.1, true, &times, &begun);
                } else {
                    work(pages, row.1, false, &times, &begun);
                }
            });
            check_time(times.lock().unwrap().caller, row, ahead);
            assert_eq!((count.sent(), count.most()), (PAGES, 1));
        }
    }
}

/// Works on every page for so long.
fn work(
    mut pages: impl Iterator<Item = Result<Page<OperationSummary>, Error>>,
    millis: u64,
    ahead: bool,
    times: &Mutex<Times>,
    begun: &mpsc::Receiver<()>,
) {
    for number in 0..PAGES {
        let page = pages.next().unwrap().unwrap();
        assert_eq!(ids(&page), format!("op-{number}"));
        // The request of this page, unless it was seen to begin before; and that of the next, before the work begins.
        let is_new = !ahead || number == 0;
        let is_last = number + 1 == PAGES;
        for _ in 0..usize::from(is_new) + usize::from(ahead && !is_last) {
            begun
                .recv_timeout(PATIENCE)
                .expect("a request is on its way");
        }
        let mut times = times.lock().unwrap();
        times.caller = times.caller.max(times.answered[number]) + Duration::from_millis(millis);
    }
    assert!(pages.next().is_none());
}

#[tokio::test(start_paused = true)]
async fn a_task_fetches_while_the_caller_works() {
    for row in ROWS {
        for ahead in [false, true] {
            let service = Slow::new(PAGES, Duration::from_millis(row.0));
            let count = service.count.clone();
            let client = Client::new(session("us-east-1"), service, TokioClock::new());
            let mut pages = client.pages(list()).unwrap();
            if ahead {
                pages = pages.read_ahead(spawn);
            }
            let start = tokio::time::Instant::now();
            for number in 0..PAGES {
                let page = pages.next().await.unwrap().unwrap();
                assert_eq!(ids(&page), format!("op-{number}"));
                tokio::time::sleep(Duration::from_millis(row.1)).await;
            }
            check_time(start.elapsed(), row, ahead);
            assert!(pages.next().await.is_none());
            assert_eq!((count.sent(), count.most()), (PAGES, 1));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_fetched_beyond_a_limit_or_before_the_first_next() {
    for (max_items, max_pages, sent) in [(3, 0, 3), (0, 2, 2), (3, 2, 2), (0, 0, 5)] {
        let limits = Limits {
            max_items: NonZeroU64::new(max_items),
            max_pages: NonZeroU64::new(max_pages),
            ..Limits::default()
        };
        let service = Slow::new(5, Duration::from_secs(1));
        let count = service.count.clone();
        let client = Client::new(session("us-east-1"), service, TokioClock::new());
        let mut items = client
            .items(list())
            .unwrap()
            .read_ahead(spawn)
            .with_limits(limits);
        tokio::time::sleep(HOUR).await;
        assert_eq!(count.sent(), 0);
        while let Some(item) = items.next().await {
            item.unwrap();
            tokio::time::sleep(HOUR).await;
        }
        assert_eq!(count.sent(), sent, "{limits:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_place_is_after_what_was_handed_out_and_not_after_what_was_fetched() {
    let service = Slow::new(5, Duration::ZERO);
    let count = service.count.clone();
    let client = Client::new(session("us-east-1"), service, TokioClock::new());
    let mut pages = client.pages(list()).unwrap().read_ahead(spawn);
    let start = pages.checkpoint();
    pages.next().await.unwrap().unwrap();
    tokio::time::sleep(HOUR).await;
    assert_eq!((count.sent(), pages.pages_fetched()), (2, 1));
    assert_eq!(pages.checkpoint().last_id(), Some("op-0"));

    // And what was fetched is not taken for a page of another place.
    let mut pages = pages.resume_from(&start).unwrap();
    for number in 0..5 {
        let page = pages.next().await.unwrap().unwrap();
        assert_eq!(ids(&page), format!("op-{number}"));
    }
    assert_eq!(pages.end_reason(), None);
    assert!(pages.next().await.is_none());
    assert_eq!(pages.end_reason(), Some(EndReason::Exhausted));
}

#[tokio::test(start_paused = true)]
async fn dropping_a_next_loses_nothing_and_dropping_the_pages_ends_the_task() {
    let service = Slow::new(5, Duration::from_secs(3));
    let count = service.count.clone();
    let client = Client::new(session("us-east-1"), service, TokioClock::new());
    let mut pages = client.pages(list()).unwrap().read_ahead(spawn);
    let mut delivered = Vec::new();
    while delivered.len() < 3 {
        let second = Duration::from_secs(1);
        if let Ok(page) = tokio::time::timeout(second, pages.next()).await {
            delivered.push(ids(&page.unwrap().unwrap()));
        }
        // The first page is fetched by `next` itself, for want of a page to work on meanwhile.
        if delivered.is_empty() {
            delivered.push(ids(&pages.next().await.unwrap().unwrap()));
        }
    }
    assert_eq!(delivered, ["op-0", "op-1", "op-2"]);
    tokio::task::yield_now().await;
    // One that was dropped, three that were answered, and one that is under way.
    assert_eq!((count.sent(), count.under_way(), count.most()), (5, 1, 1));
    drop(pages);
    tokio::task::yield_now().await;
    assert_eq!((count.sent(), count.under_way()), (5, 0));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_lost_costs_no_page() {
    let spawns: [fn(Task); 2] = [drop, |task| {
        let task = tokio::spawn(task);
        tokio::spawn(async move { task.abort() });
    }];
    for spawn in spawns {
        let service = Slow::new(5, Duration::from_secs(1));
        let count = service.count.clone();
        let client = Client::new(session("us-east-1"), service, TokioClock::new());
        let mut pages = client.pages(list()).unwrap().read_ahead(spawn);
        for number in 0..5 {
            let page = pages.next().await.unwrap().unwrap();
            assert_eq!(ids(&page), format!("op-{number}"));
        }
        assert!(pages.next().await.is_none());
        assert_eq!(count.most(), 1);
    }
}

#[test]
fn a_thread_that_is_lost_costs_no_page_and_fails_its_scope() {
    let lost = AtomicBool::new(false);
    let service = Script::computed(move |request, _| {
        let number = number(request);
        assert!(
            number != 1 || lost.swap(true, Ordering::SeqCst),
            "the thread is lost"
        );
        Ok(page(number, 5))
    });
    let client = BlockingClient::new(session("us-east-1"), service);
    let delivered = Mutex::new(Vec::new());
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        thread::scope(|scope| {
            let pages = client.pages(list()).unwrap().read_ahead(scope);
            let pages = pages.map(|page| ids(&page.unwrap()));
            delivered.lock().unwrap().extend(pages);
        });
    }));
    assert!(outcome.is_err());
    assert_eq!(
        delivered.into_inner().unwrap(),
        ["op-0", "op-1", "op-2", "op-3", "op-4"]
    );
}

/// A clock on which a wait ends when it is cancelled, and tells whether it was.
#[derive(Clone)]
pub(crate) struct Waits(mpsc::Sender<Wait>, VirtualClock);

impl Waits {
    pub(crate) fn new(waits: mpsc::Sender<Wait>) -> Self {
        Self(waits, VirtualClock::new())
    }
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    Began,
    Ended { cancelled: bool },
}

impl BlockingClock for Waits {
    fn now(&self) -> Now {
        self.1.now()
    }

    fn sleep_blocking(&self, duration: Duration, cancel: &Cancel) {
        self.0.send(Wait::Began).unwrap();
        let cancelled = cancel.wait(PATIENCE);
        self.1.advance(duration);
        self.0.send(Wait::Ended { cancelled }).unwrap();
    }
}

/// The first page comes, the second one only after a wait.
fn waiting_client() -> (BlockingClient, mpsc::Receiver<Wait>) {
    let service = Script::computed(|request, _| match number(request) {
        0 => Ok(page(0, 3)),
        _ => Script::json(503, ""),
    });
    let (sender, waits) = mpsc::channel();
    let client = BlockingClient::new(session("us-east-1"), service).with_clock(Waits::new(sender));
    (client, waits)
}

#[test]
fn dropping_the_pages_wakes_the_thread() {
    let (client, waits) = waiting_client();
    thread::scope(|scope| {
        let mut pages = client.pages(list()).unwrap().read_ahead(scope);
        pages.next().unwrap().unwrap();
        assert_eq!(waits.recv_timeout(PATIENCE), Ok(Wait::Began));
        drop(pages);
    });
    assert_eq!(waits.try_recv(), Ok(Wait::Ended { cancelled: true }));
    drop(client);
    assert!(waits.try_recv().is_err(), "nothing more happened");
}

#[test]
fn cancelling_ends_what_is_read_ahead_too() {
    // While the caller works, and while it waits for the page.
    for works in [true, false] {
        let (client, waits) = waiting_client();
        let cancel = Cancel::new();
        let client = client.with_cancel(cancel.clone());
        thread::scope(|scope| {
            let mut pages = client.pages(list()).unwrap().read_ahead(scope);
            pages.next().unwrap().unwrap();
            assert_eq!(waits.recv_timeout(PATIENCE), Ok(Wait::Began));
            if works {
                cancel.cancel();
            } else {
                scope.spawn(move || cancel.cancel());
            }
            let error = pages.next().unwrap().unwrap_err();
            assert!(error.is_cancelled() && pages.next().is_none());
            assert_eq!(error.checkpoint().unwrap().last_id(), Some("op-0"));
            assert_eq!(pages.end_reason(), Some(EndReason::Cancelled));
        });
        assert_eq!(
            waits.recv_timeout(PATIENCE),
            Ok(Wait::Ended { cancelled: true })
        );
    }
}

/// A clock that tells of each look at it: three for a page, the last one before it is handed over.
struct Looks(mpsc::Sender<()>);

impl BlockingClock for Looks {
    fn now(&self) -> Now {
        self.0.send(()).unwrap();
        VirtualClock::new().now()
    }

    fn sleep_blocking(&self, _: Duration, _: &Cancel) {}
}

#[test]
fn a_page_that_is_there_already_is_not_handed_out_after_cancelling() {
    let (sender, looks) = mpsc::channel();
    let cancel = Cancel::new();
    let service = Script::computed(|request, _| Ok(page(number(request), 3)));
    let client = BlockingClient::new(session("us-east-1"), service)
        .with_clock(Looks(sender))
        .with_cancel(cancel.clone());
    thread::scope(|scope| {
        let mut pages = client.pages(list()).unwrap().read_ahead(scope);
        pages.next().unwrap().unwrap();
        for _ in 0..2 * 3 {
            looks
                .recv_timeout(PATIENCE)
                .expect("the next page is on its way");
        }
        cancel.cancel();
        let error = pages.next().unwrap().unwrap_err();
        assert!(error.is_cancelled());
        assert_eq!(error.checkpoint().unwrap().last_id(), Some("op-0"));
    });
}

#[tokio::test(start_paused = true)]
async fn a_stream_reads_ahead_as_its_items_do() {
    use futures_util::StreamExt;

    let service = Slow::new(3, Duration::from_secs(1));
    let client = Client::new(session("us-east-1"), service, TokioClock::new());
    let stream = client
        .items(list())
        .unwrap()
        .read_ahead(spawn)
        .into_stream();
    let start = tokio::time::Instant::now();
    let work = |item: Result<OperationSummary, _>| async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        item.unwrap().id
    };
    let ids: Vec<OperationId> = stream.then(work).collect().await;
    assert_eq!(ids, ["op-0", "op-1", "op-2"]);
    assert_eq!(start.elapsed(), Duration::from_secs(4));
}
