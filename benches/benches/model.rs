//! What the model costs: decoding a page of 100 beside the floor (a pass that skips everything), and filters.

use std::hint::black_box;

use bytes::Bytes;
use criterion::{Criterion, criterion_group, criterion_main};
use ops_model::cloud_map::{Filter, ListOperations, OperationStatus, OperationSummary};
use ops_model::kafka_connect::{ConnectorOperationSummary, ListConnectorOperations};
use ops_model::{Call, Page, ServedCall, Timestamp, Token};

fn decoding(criterion: &mut Criterion) {
    let cloud_map = (0..100).map(|index| {
        let id = format!("{index:032x}-k9302yzd");
        Ok(OperationSummary::new(id, OperationStatus::Success))
    });
    let cloud_map =
        ListOperations::encode_response(&Page::new(cloud_map, Some(Token::new("t".repeat(200)))));
    decode::<ListOperations>(criterion, "cloud_map", &cloud_map);

    let kafka_connect = (0..100).map(|index| {
        let arn = format!("arn:aws:kafkaconnect:us-east-1:123456789012:connector-operation/c/0f9a1c55-4/{index:032x}");
        let mut operation = ConnectorOperationSummary::new(arn, "UPDATE_COMPLETE".into());
        operation.connector_operation_type = Some("UPDATE_WORKER_SETTING".into());
        operation.creation_time = Timestamp::from_millis(1_736_936_430_123 + index).ok();
        operation.end_time = Timestamp::from_millis(1_736_936_730_000 + index).ok();
        Ok(operation)
    });
    let page = Page::new(kafka_connect, Some(Token::new("t".repeat(200))));
    decode::<ListConnectorOperations>(
        criterion,
        "kafka_connect",
        &ListConnectorOperations::encode_response(&page),
    );
}

fn decode<C: Call>(criterion: &mut Criterion, name: &str, response: &http::Response<Bytes>) {
    let mut group = criterion.benchmark_group(format!("decode_page_of_100/{name}"));
    group.bench_function("floor", |bencher| {
        bencher.iter(|| {
            serde_json::from_slice::<serde::de::IgnoredAny>(black_box(response.body())).is_ok()
        });
    });
    group.bench_function("ops", |bencher| {
        bencher.iter(|| C::decode(black_box(response)).is_ok())
    });
    group.finish();
}

fn filters(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("filter");
    group.bench_function("construct_and_print", |bencher| {
        bencher.iter(|| {
            Filter::status_in([OperationStatus::Pending, OperationStatus::Success])
                .expect("a legal filter")
                .to_string()
        });
    });
    group.bench_function("parse_shorthand", |bencher| {
        bencher.iter(|| {
            black_box("Name=STATUS,Condition=IN,Values=PENDING,SUCCESS")
                .parse::<Filter>()
                .is_ok()
        });
    });
    group.finish();
}

criterion_group!(benches, decoding, filters);
criterion_main!(benches);
