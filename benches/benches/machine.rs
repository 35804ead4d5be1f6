//! What a listing costs beyond signing, sending and decoding: the machine alone, for each page of 100.
//!
//! The pages come decoded, so that what is left is steps, requests, paging and the book-keeping of retries. The least that
//! there is beside them is `encode`: a request for each page.

use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use http::{HeaderValue, Request, Response, header};
use ops_client::{BlockingClient, Listing, Machine, Session, Step};
use ops_model::cloud_map::{ListOperations, OperationStatus, OperationSummary};
use ops_model::{
    BaseUrl, Call, EncodeError, EndpointParams, Page, PagedCall, Record, ResponseError, Service,
    Token,
};
use ops_transport::{Attempt, BlockingTransport, Now, TransportError};

const PAGES: usize = 200;
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

fn session() -> Session {
    let region = "us-east-1".parse().expect("a region");
    Session::new(EndpointParams::in_region(region)).with_seed(7)
}

fn replies() -> Vec<Response<Bytes>> {
    let reply = |page| {
        let items = (0..ITEMS).map(|item| {
            let id = format!("{page:016x}{item:016x}-k9302yzd");
            Ok(OperationSummary::new(id, OperationStatus::Success))
        });
        let next = (page + 1 < PAGES).then(|| Token::new(format!("{page:0200}")));
        let mut response = Response::new(Bytes::new());
        let headers = response.headers_mut();
        for (name, value) in [
            (header::CONTENT_TYPE, "application/x-amz-json-1.1"),
            (header::DATE, "Sun, 01 Mar 2026 12:00:00 GMT"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let beside: Beside = Arc::new(Mutex::new(Some(Page::new(items, next))));
        response.extensions_mut().insert(beside);
        response
    };
    (0..PAGES).map(reply).collect()
}

/// Every page of a listing; what they hold is dropped by the caller.
fn list(replies: Vec<Response<Bytes>>) -> Vec<Page<OperationSummary>> {
    let now = Now {
        wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_772_366_400),
        monotonic: Duration::ZERO,
    };
    let mut listing = Listing::new(call(), &session()).expect("an endpoint");
    let mut replies = replies.into_iter();
    let mut pages = Vec::with_capacity(PAGES);
    loop {
        match listing.step(now).expect("nothing fails") {
            Step::Send { .. } => listing.on_reply(now, Ok(replies.next().expect("enough"))),
            Step::Ready(page) => pages.push(page),
            Step::Done(_) => return pages,
            Step::Credentials | Step::Wait(_) => panic!("no signer, no failures"),
        }
    }
}

/// A transport that has its replies already.
struct Ready(Mutex<std::vec::IntoIter<Response<Bytes>>>);

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

fn items(client: &BlockingClient) -> Vec<OperationSummary> {
    let mut items = Vec::with_capacity(PAGES * ITEMS);
    items.extend(
        client
            .items(call())
            .expect("an endpoint")
            .map(|item| item.expect("readable")),
    );
    items
}

fn machine(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("machine");
    group.throughput(Throughput::Elements(PAGES as u64));
    group.bench_function("encode", |bencher| {
        let base: BaseUrl = "https://servicediscovery.us-east-1.amazonaws.com/"
            .parse()
            .expect("a URL");
        let mut call = call();
        call.set_token(Some(Token::new("t".repeat(200))));
        bencher.iter(|| (0..PAGES).filter(|_| call.encode(&base).is_ok()).count());
    });
    group.bench_function("pages", |bencher| {
        bencher.iter_batched(replies, list, BatchSize::LargeInput);
    });
    group.bench_function("items", |bencher| {
        let client = || BlockingClient::new(session(), Ready(Mutex::new(replies().into_iter())));
        bencher.iter_batched_ref(client, |client| items(client), BatchSize::LargeInput);
    });
    group.finish();
}

criterion_group!(benches, machine);
criterion_main!(benches);
