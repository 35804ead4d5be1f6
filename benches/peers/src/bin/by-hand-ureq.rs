//! By hand, over ureq.

use ops_peers::by_hand::{Listing, crypto};
use ops_peers::{Outcome, Task};
use ureq::Agent;
use ureq::tls::{RootCerts, TlsConfig};

fn main() -> Outcome {
    Task::run(list)
}

fn list(task: Task) -> Outcome<u64> {
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::PlatformVerifier)
        .unversioned_rustls_crypto_provider(crypto())
        .build();
    let agent: Agent = Agent::config_builder().tls_config(tls).build().into();
    let mut listing = Listing::new(task);
    loop {
        let request = listing.request()?;
        let response = if request.body().is_empty() {
            agent.run(request.map(|_| ()))?
        } else {
            agent.run(request)?
        };
        let body = response.into_body().read_to_vec()?;
        if let Some(count) = listing.take(&body)? {
            return Ok(count);
        }
    }
}
