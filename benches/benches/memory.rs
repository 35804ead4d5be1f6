//! What a listing allocates, as JSON lines: allocations for each operation, and the most bytes that are held at once, at two
//! lengths. One thread and a recorded list; each page's body counts, as a transport would have allocated it.
//!
//! `cargo bench -p ops-benches --bench memory`; without `--bench` (as a test) the lists are short.

use std::hint::black_box;

use allocation_counter::{AllocationInfo, measure};
use ops_benches::{List, Listed, OPERATIONS, Recorded, session, time};
use ops_client::{BlockingClient, Credentials};
use ops_model::cloud_map::ListOperations;
use ops_model::kafka_connect::ListConnectorOperations;
use ops_sigv4::SigV4;
use serde_json::json;

fn main() {
    let full = std::env::args().any(|argument| argument == "--bench");
    let pages = if full { [100, 10_000] } else { [100, 200] };
    for signed in [true, false] {
        report::<ListOperations>("cloud_map", pages, signed);
        report::<ListConnectorOperations>("kafka_connect", pages, signed);
    }
}

fn report<C: Listed>(service: &str, [few, many]: [u32; 2], signed: bool) {
    let (short, long) = (listing::<C>(few, signed), listing::<C>(many, signed));
    let operations = u64::from(many * OPERATIONS);
    let line = json!({
        "service": service,
        "signed": signed,
        "operations": [few * OPERATIONS, operations],
        "allocations": [short.count_total, long.count_total],
        "peak_bytes": [short.bytes_max, long.bytes_max],
    });
    println!("{line}");
}

/// What a client allocates from its first request to the last operation.
fn listing<C: Listed>(pages: u32, signed: bool) -> AllocationInfo {
    let transport = Recorded::new(List::new::<C>(OPERATIONS), pages);
    let session = if signed {
        session().with_signer(SigV4)
    } else {
        session()
    };
    let client = BlockingClient::new(session, transport)
        .with_clock(time())
        .with_credentials(Credentials::new("AKIDEXAMPLE", "secret"));
    let mut listed = 0;
    let info = measure(|| {
        for operation in client.items(C::whole()).expect("an endpoint") {
            black_box(operation.expect("a recorded operation"));
            listed += 1;
        }
    });
    assert_eq!(listed, pages * OPERATIONS);
    info
}
