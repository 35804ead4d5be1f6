//! What a listing costs beyond signing, sending and decoding: the machine alone, for each page of 100.
//!
//! The pages come decoded, so that what is left is steps, requests, paging and the book-keeping of retries. `floor` is what
//! there is without a machine: a request and a reply for each page, whose items are dropped one by one, as everywhere here.

use std::hint::black_box;
use std::sync::{Arc, Mutex};
use std::vec;

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use http::{HeaderValue, Request, Response, header};
use ops_benches::{DATE_TEXT, session, time};
use ops_client::{BlockingClient, BlockingItems, Listing, Machine, Step};
use ops_model::cloud_map::{ListOperations, OperationStatus, OperationSummary};
use ops_model::{
    BaseUrl, Call, EncodeError, Page, PagedCall, Record, ResponseError, Service, Token,
};
use ops_transport::{Attempt, BlockingTransport, Now, TransportError};

/// Few: their replies are made before the time runs, and should still be in a cache then.
const PAGES: usize = 20;
const ITEMS: usize = 100;

/// `ListOperations`, whose responses carry their page beside the body.
#[derive(Clone)]
struct Decoded(ListOperations);

type Beside = Arc<Mutex<Option<Page<OperationSummary>>>>;

impl Call for Decoded {
    type Output = Page<OperationSummary>;
    const SERVICE: Service = ListOperations::SERVICE;
    const NAME: &'static str = ListOperations::NAME;

    fn encode(&self, base: &BaseUrl) -> Result<Request<Bytes>, EncodeError> {
        self.0.encode(base)
    }

    fn decode(response: &Response<Bytes>) -> Result<Self::Output, ResponseError> {
        let beside = response.extensions().get::<Beside>().expect("a page");
        Ok(beside.lock().expect("no panic").take().expect("once"))
    }
}

impl PagedCall for Decoded {
    type Item = OperationSummary;

    fn token(&self) -> Option<&Token> {
        self.0.token()
    }

    fn set_token(&mut self, token: Option<Token>) {
        self.0.set_token(token);
    }

    fn keeps(&self, item: &OperationSummary) -> bool {
        self.0.keeps(item)
    }

    fn to_record(&self) -> Record {
        self.0.to_record()
    }

    fn from_record(record: &Record) -> Result<Self, String> {
        ListOperations::from_record(record).map(Self)
    }
}

fn call() -> Decoded {
    Decoded(ListOperations::new())
}

type Replies = vec::IntoIter<Response<Bytes>>;

/// The replies of a whole list. Their items are clones of one, so that it costs next to nothing to drop them.
fn replies() -> Replies {
    let id = "gv4g5meo7ndmeh4fqskygvk23d2fijwa-k9302yzd";
    let item = OperationSummary::new(id, OperationStatus::Success);
    let reply = |page| {
        let items = vec![Ok(item.clone()); ITEMS];
        let next = (page + 1 < PAGES).then(|| Token::new(format!("{page:0200}")));
        let mut response = Response::new(Bytes::new());
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, "application/x-amz-json-1.1"),
            (header::DATE, DATE_TEXT),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let beside: Beside = Arc::new(Mutex::new(Some(Page::new(items, next))));
        response.extensions_mut().insert(beside);
        response
    };
    (0..PAGES).map(reply).collect::<Vec<_>>().into_iter()
}

/// A transport that has its replies already.
struct Ready(Mutex<Replies>);

impl BlockingTransport for Ready {
    fn send_blocking(
        &self,
        _: Request<Bytes>,
        _: &Attempt,
    ) -> Result<Response<Bytes>, TransportError> {
        let next = self.0.lock().expect("no panic").next();
        Ok(next.expect("enough"))
    }
}

/// A listing without a machine: how many items it has.
fn floor(call: &Decoded, base: &BaseUrl, replies: &mut Replies) -> usize {
    let page = |reply| {
        black_box(call.encode(base).expect("a request"));
        Decoded::decode(&reply).expect("a page")
    };
    replies.map(page).map(count).sum()
}

/// A listing by its machine alone: how many items it has.
fn pages(listing: &mut Listing<Decoded>, now: Now, replies: &mut Replies) -> usize {
    let mut items = 0;
    loop {
        match listing.step(now).expect("nothing fails") {
            Step::Send { .. } => listing.on_reply(now, Ok(replies.next().expect("enough"))),
            Step::Ready(page) => items += count(page),
            Step::Done(_) => return items,
            Step::Credentials | Step::Wait(_) => panic!("no signer, no failures"),
        }
    }
}

/// How many items a page has had, dropped one by one.
fn count(page: Page<OperationSummary>) -> usize {
    page.into_entries().filter(|(_, item)| item.is_ok()).count()
}

fn machine(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("machine");
    group.throughput(Throughput::Elements(PAGES as u64));
    group.bench_function("floor", |bencher| {
        let base: BaseUrl = "https://servicediscovery.us-east-1.amazonaws.com/"
            .parse()
            .expect("a URL");
        let mut call = call();
        call.set_token(Some(Token::new("t".repeat(200))));
        let floor = |replies: &mut _| assert_eq!(floor(&call, &base, replies), PAGES * ITEMS);
        bencher.iter_batched_ref(replies, floor, BatchSize::PerIteration);
    });
    group.bench_function("pages", |bencher| {
        let now = time().now();
        let listing = || Listing::new(call(), &session()).expect("an endpoint");
        let setup = || (listing(), replies());
        let pages = |(listing, replies): &mut _| {
            assert_eq!(pages(listing, now, replies), PAGES * ITEMS);
        };
        bencher.iter_batched_ref(setup, pages, BatchSize::PerIteration);
    });
    group.bench_function("items", |bencher| {
        let setup = || {
            let client = BlockingClient::new(session(), Ready(Mutex::new(replies())));
            client
                .with_clock(time())
                .items(call())
                .expect("an endpoint")
        };
        let items = |items: &mut BlockingItems<_>| {
            assert_eq!(items.filter(Result::is_ok).count(), PAGES * ITEMS);
        };
        bencher.iter_batched_ref(setup, items, BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, machine);
criterion_main!(benches);
