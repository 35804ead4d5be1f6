//! Whether the last page costs what the first one does: instructions of listings of the fake, with a checkpoint after each
//! page, at two lengths. `benches/run linear` divides them. Pages are of 10, as what could grow is not the operations' part.

use std::hint::black_box;

use gungraun::Callgrind;
use gungraun::prelude::*;
use ops_benches::{session, time};
use ops_client::BlockingClient;
use ops_fake::{EXAMPLE_CONNECTOR_ARN, FakeService};
use ops_model::cloud_map::ListOperations;
use ops_model::kafka_connect::ListConnectorOperations;
use ops_model::{PageSize, PagedCall};

const PAGE: u32 = 10;

/// A client, and how many pages it is to find.
type Listed = (BlockingClient, u32);

#[library_benchmark]
#[bench::x100(client(100))]
#[bench::x10000(client(10_000))]
fn cloud_map(listed: Listed) -> u32 {
    list(&listed, ListOperations::new().with_page_size(page_size()))
}

#[library_benchmark]
#[bench::x100(client(100))]
#[bench::x10000(client(10_000))]
fn kafka_connect(listed: Listed) -> u32 {
    let call = ListConnectorOperations::new(EXAMPLE_CONNECTOR_ARN).expect("an ARN");
    list(&listed, call.with_page_size(page_size()))
}

library_benchmark_group!(name = all, benchmarks = [cloud_map, kafka_connect]);
main!(
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    library_benchmark_groups = all
);

fn client(pages: u32) -> Listed {
    let service = FakeService::builder()
        .without_examples()
        .operations(pages * PAGE)
        .clock(time());
    let client = BlockingClient::new(session(), service.build()).with_clock(time());
    (client, pages)
}

fn page_size() -> PageSize {
    PageSize::new(PAGE).expect("a size")
}

fn list<C: PagedCall + Clone>((client, expected): &Listed, call: C) -> u32 {
    let mut pages = client.pages(call).expect("an endpoint");
    let mut count = 0;
    while let Some(page) = pages.next() {
        assert_eq!(page.expect("a page").len(), PAGE as usize);
        black_box(pages.checkpoint().to_json());
        count += 1;
    }
    assert_eq!(count, *expected);
    count
}
