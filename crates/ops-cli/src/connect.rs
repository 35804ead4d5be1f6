//! From settings to a client: over hyper, over ureq, or straight to the embedded fake.

use std::error::Error as _;

use ops_client::{BlockingClient, BlockingPages, Client, Error, InvalidEndpoint, Pages, Session};
use ops_fake::FakeServer;
use ops_hyper::{HyperTransport, TokioClock};
use ops_model::{
    Call, Checkpoint, EndReason, EndpointError, Limits, Page, PagedCall, Resumption, Service,
};
use ops_transport::{ConnectOptions, TransportError};
use ops_ureq::UreqTransport;
use tokio::runtime::{Builder, Runtime};

use crate::arguments::{Global, Transport};
use crate::exit::{Failure, chain};
use crate::fake::{self, Rerouted};
use crate::settings;

/// A client, async with its runtime or blocking.
pub(crate) enum Connection {
    Async(Client, Runtime),
    Blocking(BlockingClient),
}

/// The pages of a listing, whichever client fetches them.
pub(crate) enum AnyPages<'a, C: PagedCall> {
    Async(Pages<C>, &'a Runtime),
    Blocking(BlockingPages<C>),
}

impl Connection {
    /// A connection to `service`, as the flags and the environment have it; in `default_region` if they have none.
    /// Nothing is sent yet.
    pub(crate) fn open(
        global: &Global,
        service: Service,
        default_region: Option<&str>,
    ) -> Result<Self, Failure> {
        if global.fake {
            return Self::to_fake(global, default_region);
        }
        let credentials = settings::credentials(global);
        let session = settings::session(global, service, &credentials, default_region)?;
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
        Ok(match Self::over(transport, session, options, None)? {
            Self::Async(client, runtime) => {
                Self::Async(client.with_credentials(credentials), runtime)
            }
            Self::Blocking(client) => Self::Blocking(client.with_credentials(credentials)),
        })
    }

    fn to_fake(global: &Global, default_region: Option<&str>) -> Result<Self, Failure> {
        let session = Session::new(fake::endpoint(global, default_region)?);
        let session = settings::limited(session, global);
        let Some(transport) = global.transport else {
            let service = fake::service(global);
            return Ok(Self::Blocking(BlockingClient::new(session, service)));
        };
        let server = fake::serve(global)?;
        Self::over(transport, session, ConnectOptions::new(), Some(server))
    }

    /// A connection without credentials.
    fn over(
        transport: Transport,
        session: Session,
        options: ConnectOptions,
        server: Option<FakeServer>,
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
                let transport = Rerouted { transport, server };
                Self::Async(Client::new(session, transport, TokioClock::new()), runtime)
            }
            Transport::Ureq => {
                let transport = UreqTransport::new(options).map_err(setup)?;
                let transport = Rerouted { transport, server };
                Self::Blocking(BlockingClient::new(session, transport))
            }
        })
    }

    /// Makes one call.
    pub(crate) fn call<C: Call>(&self, call: C) -> Result<C::Output, Error> {
        match self {
            Self::Async(client, runtime) => runtime.block_on(client.send(call)),
            Self::Blocking(client) => client.send(call),
        }
    }

    /// Lists, from the start or from where the checkpoint was taken.
    pub(crate) fn pages<C: PagedCall + Clone>(
        &self,
        call: C,
        limits: Limits,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<AnyPages<'_, C>, Error> {
        Ok(match self {
            Self::Async(client, runtime) => {
                let pages = client.pages(call)?.with_limits(limits);
                let pages = match checkpoint {
                    Some(checkpoint) => pages.resume_from(checkpoint)?,
                    None => pages,
                };
                AnyPages::Async(pages, runtime)
            }
            Self::Blocking(client) => {
                let pages = client.pages(call)?.with_limits(limits);
                AnyPages::Blocking(match checkpoint {
                    Some(checkpoint) => pages.resume_from(checkpoint)?,
                    None => pages,
                })
            }
        })
    }
}

impl<C: PagedCall + Clone> AnyPages<'_, C> {
    pub(crate) fn next(&mut self) -> Option<Result<Page<C::Item>, Error>> {
        match self {
            Self::Async(pages, runtime) => runtime.block_on(pages.next()),
            Self::Blocking(pages) => pages.next(),
        }
    }

    pub(crate) fn checkpoint(&self) -> Checkpoint {
        match self {
            Self::Async(pages, _) => pages.checkpoint(),
            Self::Blocking(pages) => pages.checkpoint(),
        }
    }

    pub(crate) fn checkpoint_after(&self, index: usize, id: Option<String>) -> Checkpoint {
        match self {
            Self::Async(pages, _) => pages.checkpoint_after(index, id),
            Self::Blocking(pages) => pages.checkpoint_after(index, id),
        }
    }

    pub(crate) const fn end_reason(&self) -> Option<EndReason> {
        match self {
            Self::Async(pages, _) => pages.end_reason(),
            Self::Blocking(pages) => pages.end_reason(),
        }
    }

    pub(crate) const fn resumption(&self) -> Option<&Resumption> {
        match self {
            Self::Async(pages, _) => pages.resumption(),
            Self::Blocking(pages) => pages.resumption(),
        }
    }
}
