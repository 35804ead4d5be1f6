//! From settings to a client: over hyper, over ureq, or straight to the embedded fake.

use std::error::Error as _;
use std::net::{Ipv4Addr, SocketAddr};

use ops_client::{BlockingClient, Client, Error, InvalidEndpoint, Session};
use ops_fake::{FakeServer, FakeService};
use ops_hyper::{HyperTransport, TokioClock};
use ops_model::{Call, EndReason, EndpointError, EndpointParams, Limits, Page, PagedCall, Service};
use ops_sigv4::CredentialsChain;
use ops_transport::{ConnectOptions, TransportError};
use ops_ureq::UreqTransport;
use tokio::runtime::{Builder, Runtime};

use crate::arguments::{Global, Transport};
use crate::exit::{Failure, chain};
use crate::settings;

/// The region of the embedded fake, unless one is given.
const FAKE_REGION: &str = "us-east-1";

/// A client, and what must live as long as it does.
pub(crate) struct Connection {
    client: AnyClient,
    _server: Option<FakeServer>,
}

enum AnyClient {
    Async(Client, Runtime),
    Blocking(BlockingClient),
}

/// How a listing failed: by itself, or by what was done with a page.
pub(crate) enum PagesError {
    Listing(Error),
    Page(Failure),
}

impl Connection {
    /// A connection to `service`, as the flags and the environment have it. Nothing is sent yet.
    pub(crate) fn open(global: &Global, service: Service) -> Result<Self, Failure> {
        if global.fake {
            return Self::to_fake(global);
        }
        let credentials = settings::credentials(global);
        let session = settings::session(global, service, &credentials)?;
        let endpoint = session.endpoint(service).map_err(|error| {
            let setting = match error {
                InvalidEndpoint::PlainHttp { .. } => " (--allow-plain-http)",
                InvalidEndpoint::Rules(EndpointError::OverrideWithFips) => {
                    " (AWS_USE_FIPS_ENDPOINT)"
                }
                InvalidEndpoint::Rules(EndpointError::OverrideWithDualStack) => {
                    " (AWS_USE_DUALSTACK_ENDPOINT)"
                }
                _ => "",
            };
            Failure::usage(format!("{error}{setting}"))
        })?;
        let options = settings::connect_options(&endpoint)?;
        let transport = global.transport.unwrap_or(Transport::Hyper);
        AnyClient::new(transport, session, options, Some(credentials)).map(|client| Self {
            client,
            _server: None,
        })
    }

    fn to_fake(global: &Global) -> Result<Self, Failure> {
        let service = fake_service(global);
        let region = global.region.as_deref().unwrap_or(FAKE_REGION);
        let mut params = EndpointParams::in_region(settings::parsed("--region", region)?);
        let Some(transport) = global.transport else {
            let session = settings::limited(Session::new(params), global);
            return Ok(Self {
                client: AnyClient::Blocking(BlockingClient::new(session, service)),
                _server: None,
            });
        };
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let server = FakeServer::start(service, any_port)
            .map_err(|error| Failure::Other(format!("the embedded fake cannot listen: {error}")))?;
        params.override_url = Some(
            server
                .url()
                .parse()
                .expect("the URL of a loopback listener"),
        );
        let session = settings::limited(Session::new(params), global);
        let client = AnyClient::new(transport, session, ConnectOptions::new(), None)?;
        Ok(Self {
            client,
            _server: Some(server),
        })
    }

    /// Makes one call.
    pub(crate) fn call<C: Call>(&self, call: C) -> Result<C::Output, Error> {
        match &self.client {
            AnyClient::Async(client, runtime) => runtime.block_on(client.send(call)),
            AnyClient::Blocking(client) => client.send(call),
        }
    }

    /// Lists, and hands each page over as it arrives.
    pub(crate) fn pages<C: PagedCall + Clone>(
        &self,
        call: C,
        limits: Limits,
        mut on_page: impl FnMut(Page<C::Item>) -> Result<(), Failure>,
    ) -> Result<EndReason, PagesError> {
        match &self.client {
            AnyClient::Async(client, runtime) => {
                let mut pages = client
                    .pages(call)
                    .map_err(PagesError::Listing)?
                    .with_limits(limits);
                while let Some(page) = runtime.block_on(pages.next()) {
                    on_page(page.map_err(PagesError::Listing)?).map_err(PagesError::Page)?;
                }
                Ok(pages.end_reason().expect("it ended without an error"))
            }
            AnyClient::Blocking(client) => {
                let mut pages = client
                    .pages(call)
                    .map_err(PagesError::Listing)?
                    .with_limits(limits);
                for page in &mut pages {
                    on_page(page.map_err(PagesError::Listing)?).map_err(PagesError::Page)?;
                }
                Ok(pages.end_reason().expect("it ended without an error"))
            }
        }
    }
}

impl AnyClient {
    fn new(
        transport: Transport,
        session: Session,
        options: ConnectOptions,
        credentials: Option<CredentialsChain>,
    ) -> Result<Self, Failure> {
        // A transport is set up of nothing but its options.
        let setup = |error: TransportError| {
            let cause = error.source().map_or_else(|| error.to_string(), chain);
            Failure::usage(format!("the connection cannot be set up: {cause}"))
        };
        Ok(match transport {
            Transport::Hyper => {
                let runtime =
                    Builder::new_current_thread()
                        .enable_all()
                        .build()
                        .map_err(|error| {
                            Failure::Other(format!("the async runtime does not start: {error}"))
                        })?;
                let transport = HyperTransport::new(options).map_err(setup)?;
                let client = Client::new(session, transport, TokioClock::new());
                let client = match credentials {
                    Some(source) => client.with_credentials(source),
                    None => client,
                };
                Self::Async(client, runtime)
            }
            Transport::Ureq => {
                let client =
                    BlockingClient::new(session, UreqTransport::new(options).map_err(setup)?);
                Self::Blocking(match credentials {
                    Some(source) => client.with_credentials(source),
                    None => client,
                })
            }
        })
    }
}

/// The fake that the flags ask for.
pub(crate) fn fake_service(global: &Global) -> FakeService {
    FakeService::builder()
        .operations(global.operations.unwrap_or(0))
        .seed(global.seed.unwrap_or(0))
        .build()
}
