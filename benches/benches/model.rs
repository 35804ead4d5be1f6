//! What the model costs: decoding a page of 100 beside the floor (a pass that skips everything), and filters.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ops_benches::{List, Listed, OPERATIONS};
use ops_model::cloud_map::{
    DateUnit, Filter, GetOperation, ListOperations, Operation, OperationStatus,
};
use ops_model::kafka_connect::{ConnectorFilter, ConnectorOperationState, ListConnectorOperations};
use ops_model::{Call, ServedCall};

fn decoding(criterion: &mut Criterion) {
    page::<ListOperations>(criterion, "cloud_map");
    page::<ListConnectorOperations>(criterion, "kafka_connect");

    let mut operation = Operation::new(
        "gv4g5meo7ndmeh4fqskygvk23d2fijwa-k9302yzd",
        OperationStatus::Success,
    );
    operation.owner_account = Some("123456789012".to_owned());
    let response = GetOperation::encode_response(&operation);
    criterion.bench_function("decode_operation/cloud_map", |bencher| {
        bencher.iter(|| GetOperation::decode(black_box(&response)).is_ok());
    });
}

fn page<C: Listed>(criterion: &mut Criterion, name: &str) {
    let response = http::Response::new(List::new::<C>(OPERATIONS).page(0, 2));
    let mut group = criterion.benchmark_group(format!("decode_page_of_100/{name}"));
    group.bench_function("floor", |bencher| {
        bencher.iter(|| {
            serde_json::from_slice::<serde::de::IgnoredAny>(black_box(response.body())).is_ok()
        });
    });
    group.bench_function("ops", |bencher| {
        bencher.iter(|| {
            let page = C::decode(black_box(&response)).expect("a page");
            page.into_entries().map(black_box).count()
        });
    });
    group.finish();
}

fn filters(criterion: &mut Criterion) {
    let filter = || {
        Filter::status_in([OperationStatus::Pending, OperationStatus::Success])
            .expect("a legal filter")
    };
    let mut group = criterion.benchmark_group("filter");
    group.bench_function("construct_and_print", |bencher| {
        bencher.iter(|| filter().to_string());
    });
    group.bench_function("parse_shorthand", |bencher| {
        bencher.iter(|| {
            black_box("Name=STATUS,Condition=IN,Values=PENDING,SUCCESS")
                .parse::<Filter>()
                .is_ok()
        });
    });
    let raw = filter().to_raw(DateUnit::Milliseconds);
    group.bench_function("check_raw", |bencher| {
        bencher.iter(|| Filter::from_raw(black_box(&raw), DateUnit::Milliseconds).is_ok());
    });

    let mut random = fastrand::Rng::with_seed(7);
    let operations = (0..100).map(|_| {
        let summary = ListOperations::operation(&mut random);
        Operation::new(summary.id, summary.status)
    });
    let operations: Vec<Operation> = operations.collect();
    let filter = filter();
    group.bench_function("match_100", |bencher| {
        bencher.iter(|| operations.iter().filter(|one| filter.matches(one)).count());
    });
    let operations: Vec<_> = (0..100)
        .map(|_| ListConnectorOperations::operation(&mut random))
        .collect();
    let filter = ConnectorFilter::new().with_states([
        ConnectorOperationState::UpdateFailed,
        ConnectorOperationState::UpdateComplete,
    ]);
    group.bench_function("match_100_of_a_connector", |bencher| {
        bencher.iter(|| operations.iter().filter(|one| filter.matches(one)).count());
    });
    group.finish();
}

criterion_group!(benches, decoding, filters);
criterion_main!(benches);
