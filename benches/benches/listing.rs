//! What a listing costs without a network, at two lengths that should cost the same for each page: of the fake, of a
//! recorded list, and of recorded pages without operations, which is the machine alone.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use ops_benches::{List, OPERATIONS, Recorded, session, time};
use ops_client::{BlockingClient, Credentials, Session};
use ops_fake::FakeService;
use ops_model::cloud_map::ListOperations;
use ops_sigv4::SigV4;
use ops_transport::BlockingTransport;

const LENGTHS: [u32; 2] = [10, 100];

fn in_memory(criterion: &mut Criterion) {
    let fake = |pages| {
        FakeService::builder()
            .without_examples()
            .operations(pages * OPERATIONS)
            .build()
    };
    let recorded =
        |operations| move |pages| Recorded::new(List::new::<ListOperations>(operations), pages);
    let signed = || session().with_signer(SigV4);
    list(criterion, "fake", session, fake);
    list(criterion, "recorded", session, recorded(OPERATIONS));
    list(criterion, "recorded_signed", signed, recorded(OPERATIONS));
    list(criterion, "machine", session, recorded(0));
    list(criterion, "machine_signed", signed, recorded(0));
}

fn list<T: BlockingTransport + 'static>(
    criterion: &mut Criterion,
    name: &str,
    session: impl Fn() -> Session,
    transport: impl Fn(u32) -> T,
) {
    let mut group = criterion.benchmark_group(format!("list/{name}"));
    for pages in LENGTHS {
        let client = BlockingClient::new(session(), transport(pages))
            .with_clock(time())
            .with_credentials(Credentials::new("AKIDEXAMPLE", "secret"));
        group.throughput(Throughput::Elements(pages.into()));
        group.bench_function(BenchmarkId::from_parameter(pages), |bencher| {
            bencher.iter(|| {
                let listed = client.pages(ListOperations::new()).expect("an endpoint");
                assert_eq!(listed.filter(Result::is_ok).count(), pages as usize);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, in_memory);
criterion_main!(benches);
