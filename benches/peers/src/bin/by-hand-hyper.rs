//! By hand, over hyper's client.

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper_rustls::HttpsConnectorBuilder;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use ops_peers::by_hand::{Listing, crypto};
use ops_peers::{Outcome, Task};

fn main() -> Outcome {
    Task::run_async(list)
}

async fn list(task: Task) -> Outcome<u64> {
    let connector = HttpsConnectorBuilder::new()
        .with_provider_and_platform_verifier(crypto())?
        .https_or_http()
        .enable_http1()
        .build();
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let mut listing = Listing::new(task);
    loop {
        let request = listing.request()?.map(Bytes::from).map(Full::new);
        let response = client.request(request).await?;
        if !response.status().is_success() {
            return Err(response.status().to_string().into());
        }
        let body = response.into_body().collect().await?.to_bytes();
        if let Some(count) = listing.take(&body)? {
            return Ok(count);
        }
    }
}
