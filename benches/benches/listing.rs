//! What a listing costs without a network: machine, codec and fake, at two lengths that should cost the same per page.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ops_client::{BlockingClient, Session};
use ops_fake::FakeService;
use ops_model::EndpointParams;
use ops_model::cloud_map::ListOperations;

fn in_memory(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("list_in_memory");
    for pages in [10_u32, 100] {
        let operations = pages * 100;
        let service = FakeService::builder()
            .without_examples()
            .operations(operations)
            .build();
        let session = Session::new(EndpointParams::in_region(
            "us-east-1".parse().expect("a region"),
        ));
        let client = BlockingClient::new(session, service);
        group.throughput(Throughput::Elements(pages.into()));
        group.bench_function(BenchmarkId::from_parameter(pages), |bencher| {
            bencher.iter(|| {
                let listed = client
                    .items(ListOperations::new())
                    .expect("an endpoint")
                    .filter(Result::is_ok)
                    .count();
                assert_eq!(listed, operations as usize);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, in_memory);
criterion_main!(benches);
