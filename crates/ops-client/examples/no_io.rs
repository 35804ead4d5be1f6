//! Embeds the machine in a program that does its own IO: it gives out requests, and takes in responses.
//!
//! `cargo run -p ops-client --example no_io`

#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "an example talks to its user and reads the clock"
)]

use std::error::Error;
use std::time::{Duration, SystemTime};

use ops_client::{Listing, Machine, Session, Step};
use ops_fake::FakeService;
use ops_model::EndpointParams;
use ops_model::cloud_map::ListOperations;
use ops_transport::Now;

fn main() -> Result<(), Box<dyn Error>> {
    // Stands for whatever brings a request to the service and its response back.
    let network = FakeService::builder().operations(250).build();
    // Time is an input too.
    let mut now = Now {
        wall: SystemTime::now(),
        monotonic: Duration::ZERO,
    };

    let session = Session::new(EndpointParams::in_region("us-east-1".parse()?));
    let mut listing = Listing::new(ListOperations::new(), &session)?;
    loop {
        match listing.step(now)? {
            Step::Send { request, attempt } => {
                println!(
                    "{} {} (attempt {})",
                    request.method(),
                    request.uri(),
                    attempt.number
                );
                listing.on_reply(now, Ok(network.respond(request)));
            }
            Step::Ready(page) => println!("a page of {} operations", page.items().count()),
            Step::Wait(duration) => now.monotonic += duration,
            Step::Credentials => unreachable!("the session has no signer"),
            Step::Done(reason) => {
                println!("{reason}");
                return Ok(());
            }
        }
    }
}
