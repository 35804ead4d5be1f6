//! The embedded fake: what it holds, and how it is reached over HTTP.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};

use async_trait::async_trait;
use bytes::Bytes;
use http::uri::{Authority, Scheme};
use http::{Request, Response, Uri};
use ops_client::BlockingCredentialsSource;
use ops_fake::{AccessKey, FakeServer, FakeService, FakeServiceBuilder};
use ops_model::{EndpointParams, Timestamp};
use ops_transport::{Attempt, BlockingTransport, Transport, TransportError};

use crate::arguments::Global;
use crate::exit::Failure;
use crate::settings;

/// The region unless one is given.
const REGION: &str = "us-east-1";
/// The endpoint, in memory and over HTTP alike: what checkpoints name. No host ever has such a name.
const URL: &str = "https://ops-fake.invalid";

/// The fake that the flags ask for.
pub(crate) fn service(global: &Global) -> Result<FakeService, Failure> {
    builder(global).map(FakeServiceBuilder::build)
}

/// The fake that the flags ask for, which answers only what is signed with the key that a client would sign with here.
pub(crate) fn verifying_service(global: &Global) -> Result<FakeService, Failure> {
    let credentials = settings::credentials(global)
        .credentials_blocking()
        .map_err(Failure::Credentials)?;
    let mut key = AccessKey::new(credentials.access_key_id(), credentials.secret_access_key());
    if let Some(token) = credentials.session_token() {
        key = key.with_session_token(token);
    }
    if let Some(expires_at) = credentials.expires_at() {
        // What lies beyond is as good as never.
        key = key.with_expiry(Timestamp::try_from(expires_at).unwrap_or(Timestamp::MAX));
    }
    let builder = builder(global)?.verify_signatures([key]);
    Ok(match &global.region {
        Some(region) => builder.signing_region(settings::parsed("--region", region)?),
        None => builder,
    }
    .build())
}

fn builder(global: &Global) -> Result<FakeServiceBuilder, Failure> {
    let mut builder = match &global.scenario {
        None => FakeService::builder(),
        Some(path) => {
            let usage = |error: &dyn std::error::Error| {
                Failure::usage(format!("--scenario {}: {error}", path.display()))
            };
            let json = fs::read_to_string(path).map_err(|error| usage(&error))?;
            FakeService::scenario(&json).map_err(|error| usage(&error))?
        }
    };
    if let Some(count) = global.operations {
        builder = builder.operations(count);
    }
    if let Some(seed) = global.seed {
        builder = builder.seed(seed);
    }
    Ok(builder)
}

/// Where the fake is, as calls and checkpoints have it.
pub(crate) fn endpoint(
    global: &Global,
    default_region: Option<&str>,
) -> Result<EndpointParams, Failure> {
    let (source, region) = match &global.region {
        Some(region) => ("--region", region.as_str()),
        None => ("--resume", default_region.unwrap_or(REGION)),
    };
    let url = URL.parse().expect("a literal URL");
    let region = settings::parsed(source, region)?;
    Ok(EndpointParams::at_url(url, Some(region)))
}

/// The fake on a loopback address.
pub(crate) fn serve(global: &Global) -> Result<FakeServer, Failure> {
    let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    FakeServer::start(service(global)?, any_port)
        .map_err(|error| Failure::Other(format!("the embedded fake cannot listen: {error}")))
}

/// A transport that sends everything to where the embedded fake listens, if there is one.
pub(crate) struct Rerouted<T> {
    pub(crate) transport: T,
    pub(crate) server: Option<FakeServer>,
}

impl<T> Rerouted<T> {
    fn reroute(&self, mut request: Request<Bytes>) -> Request<Bytes> {
        if let Some(server) = &self.server {
            let mut parts = request.uri().clone().into_parts();
            parts.scheme = Some(Scheme::HTTP);
            let authority = Authority::try_from(server.addr().to_string());
            parts.authority = Some(authority.expect("an address and a port"));
            *request.uri_mut() = Uri::from_parts(parts).expect("scheme, authority and path");
        }
        request
    }
}

#[async_trait]
impl<T: Transport> Transport for Rerouted<T> {
    async fn send(
        &self,
        request: Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<Response<Bytes>, TransportError> {
        self.transport.send(self.reroute(request), attempt).await
    }
}

impl<T: BlockingTransport> BlockingTransport for Rerouted<T> {
    fn send_blocking(
        &self,
        request: Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<Response<Bytes>, TransportError> {
        self.transport.send_blocking(self.reroute(request), attempt)
    }
}
