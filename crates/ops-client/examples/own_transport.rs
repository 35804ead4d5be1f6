//! Brings a transport of one's own: here one that writes a line per attempt and leaves the rest to another.
//!
//! `cargo run -p ops-client --example own_transport`

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "an example talks to its user"
)]

use std::error::Error;

use bytes::Bytes;
use ops_client::{BlockingClient, Session};
use ops_fake::FakeService;
use ops_model::EndpointParams;
use ops_model::cloud_map::ListOperations;
use ops_transport::{Attempt, BlockingTransport, TransportError};

struct Logged<T>(T);

impl<T: BlockingTransport> BlockingTransport for Logged<T> {
    fn send_blocking(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let reply = self.0.send_blocking(request, attempt);
        // Neither headers nor bodies: they carry credentials.
        match &reply {
            Ok(response) => eprintln!(
                "{} #{}: {}",
                attempt.operation,
                attempt.number,
                response.status()
            ),
            Err(error) => eprintln!("{} #{}: {error}", attempt.operation, attempt.number),
        }
        reply
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let session = Session::new(EndpointParams::in_region("us-east-1".parse()?));
    let client = BlockingClient::new(
        session,
        Logged(FakeService::builder().operations(250).build()),
    );
    let count = client
        .items(ListOperations::new())?
        .filter(Result::is_ok)
        .count();
    println!("{count} operations");
    Ok(())
}
