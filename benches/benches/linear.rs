//! Whether the last page costs what the first one does: instructions of listings of the fake, with a checkpoint after each
//! page, at two lengths. `benches/run linear` divides them.

use std::hint::black_box;

use gungraun::Callgrind;
use gungraun::prelude::*;
use ops_benches::{Listed, OPERATIONS, session, time};
use ops_client::BlockingClient;
use ops_fake::FakeService;
use ops_model::cloud_map::ListOperations;
use ops_model::kafka_connect::ListConnectorOperations;

#[library_benchmark]
#[bench::x100(client(100))]
#[bench::x10000(client(10_000))]
fn cloud_map(client: BlockingClient) -> usize {
    list(&client, ListOperations::new())
}

#[library_benchmark]
#[bench::x100(client(100))]
#[bench::x10000(client(10_000))]
fn kafka_connect(client: BlockingClient) -> usize {
    list(&client, ListConnectorOperations::whole())
}

library_benchmark_group!(name = all, benchmarks = [cloud_map, kafka_connect]);
main!(
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    library_benchmark_groups = all
);

fn client(pages: u32) -> BlockingClient {
    let service = FakeService::builder()
        .without_examples()
        .operations(pages * OPERATIONS)
        .clock(time());
    BlockingClient::new(session(), service.build()).with_clock(time())
}

fn list<C: Listed>(client: &BlockingClient, call: C) -> usize {
    let mut pages = client.pages(call).expect("an endpoint");
    let mut operations = 0;
    while let Some(page) = pages.next() {
        operations += page.expect("a page").len();
        black_box(pages.checkpoint().to_json());
    }
    operations
}
