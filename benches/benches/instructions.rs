//! How many instructions things take, under valgrind: the same number each time. `benches/run instructions` compares them
//! with `benches/instructions.txt`.
//!
//! A name that ends in `_x100` is of a hundred: pages, or operations that a filter looks at.

use std::hint::black_box;

use bytes::Bytes;
use gungraun::Callgrind;
use gungraun::prelude::*;
use http_body_util::{BodyExt as _, Full};
use ops_benches::{List, Listed, OPERATIONS, OverWire, Recorded, Wire, session, time};
use ops_client::{BlockingClient, Client, Credentials, Session};
use ops_fake::EXAMPLE_CONNECTOR_ARN;
use ops_model::cloud_map::{
    DateUnit, Filter, ListOperations, Operation, OperationStatus, RawFilter,
};
use ops_model::kafka_connect::{ConnectorFilter, ConnectorOperationState, ListConnectorOperations};
use ops_sigv4::SigV4;
use serde::de::IgnoredAny;
use tokio::runtime::{Builder, Runtime};

/// How many pages are listed.
const PAGES: u32 = 100;

/// What is counted, and gives a count of its own to check. Everything that it needs is made before, and dropped after.
type Job = Box<dyn FnMut() -> usize>;

#[library_benchmark]
#[bench::skip_cloud_map(skip::<ListOperations>())]
#[bench::skip_kafka_connect(skip::<ListConnectorOperations>())]
#[bench::decode_cloud_map(decode::<ListOperations>())]
#[bench::decode_kafka_connect(decode::<ListConnectorOperations>())]
#[bench::filter_parse(parse_filter())]
#[bench::filter_check(check_filter())]
#[bench::filter_print(print_filter())]
#[bench::filter_match_x100(match_filter())]
#[bench::filter_match_connector_x100(match_connector_filter())]
#[bench::machine_x100(machine(session()))]
#[bench::machine_signed_x100(machine(session().with_signer(SigV4)))]
#[bench::floor_cloud_map_x100(floor::<ListOperations>(cloud_map_request))]
#[bench::floor_kafka_connect_x100(floor::<ListConnectorOperations>(connector_request))]
#[bench::unsigned_cloud_map_x100(end_to_end::<ListOperations>(session()))]
#[bench::unsigned_kafka_connect_x100(end_to_end::<ListConnectorOperations>(session()))]
#[bench::signed_cloud_map_x100(end_to_end::<ListOperations>(session().with_signer(SigV4)))]
#[bench::signed_kafka_connect_x100(end_to_end::<ListConnectorOperations>(session().with_signer(SigV4)))]
fn instructions(mut job: Job) -> (usize, Job) {
    let count = black_box(job());
    (count, job)
}

library_benchmark_group!(name = all, benchmarks = [instructions]);
main!(
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    library_benchmark_groups = all
);

/// A pass over a page that keeps nothing: below it no decoder gets.
fn skip<C: Listed>() -> Job {
    let body = List::new::<C>(OPERATIONS).page(0, 2);
    Box::new(move || usize::from(serde_json::from_slice::<IgnoredAny>(&body).is_ok()))
}

fn decode<C: Listed>() -> Job {
    let response = http::Response::new(List::new::<C>(OPERATIONS).page(0, 2));
    let mut page = None;
    Box::new(move || page.insert(C::decode(&response).expect("a page")).len())
}

fn parse_filter() -> Job {
    let text = "Name=STATUS,Condition=IN,Values=PENDING,SUCCESS";
    let mut filter = None;
    Box::new(move || {
        let parsed = filter.insert(black_box(text).parse::<Filter>().expect("a filter"));
        parsed.condition() as usize
    })
}

fn check_filter() -> Job {
    let raw = status_filter().to_raw(DateUnit::Milliseconds);
    let raw: Vec<RawFilter> = vec![raw; 2];
    let mut filter = None;
    Box::new(move || {
        let checked = Filter::from_raw(&raw[0], DateUnit::Milliseconds);
        filter.insert(checked.expect("a filter")).condition() as usize
    })
}

fn print_filter() -> Job {
    let filter = status_filter();
    let mut text = None;
    Box::new(move || text.insert(filter.to_string()).len())
}

fn status_filter() -> Filter {
    Filter::status_in([OperationStatus::Pending, OperationStatus::Success]).expect("a filter")
}

fn match_filter() -> Job {
    let filter = status_filter();
    let mut random = fastrand::Rng::with_seed(7);
    let operations = (0..100).map(|_| {
        let summary = ListOperations::operation(&mut random);
        Operation::new(summary.id, summary.status)
    });
    let operations: Vec<Operation> = operations.collect();
    Box::new(move || operations.iter().filter(|one| filter.matches(one)).count())
}

fn match_connector_filter() -> Job {
    let filter = ConnectorFilter::new().with_states([
        ConnectorOperationState::UpdateFailed,
        ConnectorOperationState::UpdateComplete,
    ]);
    let mut random = fastrand::Rng::with_seed(7);
    let operations: Vec<_> = (0..100)
        .map(|_| ListConnectorOperations::operation(&mut random))
        .collect();
    Box::new(move || operations.iter().filter(|one| filter.matches(one)).count())
}

/// Pages without operations: what remains is the machine, with its requests, and the transport's making of a response.
fn machine(session: Session) -> Job {
    let list = List::new::<ListOperations>(0);
    let client = BlockingClient::new(session, Recorded::new(list, PAGES))
        .with_clock(time())
        .with_credentials(credentials());
    Box::new(move || {
        let pages = client.pages(ListOperations::new()).expect("an endpoint");
        let count = pages.filter(Result::is_ok).count();
        assert_eq!(count, PAGES as usize);
        count
    })
}

/// The whole client, down to hyper's bytes.
fn end_to_end<C: Listed>(session: Session) -> Job {
    let (runtime, wire) = wire::<C>();
    let transport = OverWire::new(runtime.block_on(wire.connect()));
    let client = Client::new(session, transport, time()).with_credentials(credentials());
    Box::new(move || {
        runtime.block_on(async {
            let mut operations = client.items(C::whole()).expect("an endpoint");
            let mut count = 0;
            while let Some(operation) = operations.next().await {
                black_box(operation.expect("an operation"));
                count += 1;
            }
            assert_eq!(count, (PAGES * OPERATIONS) as usize);
            count
        })
    })
}

/// hyper's bytes alone: the same requests, unsigned, and the same responses, undecoded.
fn floor<C: Listed>(request: fn() -> http::Request<Full<Bytes>>) -> Job {
    let (runtime, wire) = wire::<C>();
    let mut connection = runtime.block_on(wire.connect());
    Box::new(move || {
        runtime.block_on(async {
            let mut length = 0;
            for _ in 0..PAGES {
                connection.ready().await.expect("an open connection");
                let response = connection.send_request(request()).await;
                let body = response.expect("a response").into_body().collect().await;
                length += body.expect("a body").to_bytes().len();
            }
            length
        })
    })
}

fn wire<C: Listed>() -> (Runtime, Wire) {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    (runtime, Wire::new(&List::new::<C>(OPERATIONS), PAGES))
}

fn cloud_map_request() -> http::Request<Full<Bytes>> {
    let body = format!(r#"{{"NextToken":"{:0216}"}}"#, 0);
    http::Request::post("https://servicediscovery.us-east-1.amazonaws.com/")
        .header("host", "servicediscovery.us-east-1.amazonaws.com")
        .header("content-type", "application/x-amz-json-1.1")
        .header("x-amz-target", "Route53AutoNaming_v20170314.ListOperations")
        .body(Full::new(body.into()))
        .expect("a request")
}

fn connector_request() -> http::Request<Full<Bytes>> {
    let host = "kafkaconnect.us-east-1.amazonaws.com";
    let uri = format!(
        "https://{host}/v1/connectors/{EXAMPLE_CONNECTOR_ARN}/operations?nextToken={:0216}",
        0
    );
    http::Request::get(uri)
        .header("host", host)
        .body(Full::default())
        .expect("a request")
}

fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
}
