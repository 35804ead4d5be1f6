//! A service of a few operations, reached in one of three ways, on a clock that no wait moves in real time.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use ops_client::{
    BlockingClient, BlockingCredentialsSource, Client, Credentials, CredentialsError,
    CredentialsSource, Error, Session, Timeouts,
};
use ops_fake::{FakeServer, FakeService, Fault, VirtualClock};
use ops_hyper::HyperTransport;
use ops_model::cloud_map::Operation;
use ops_model::kafka_connect::ConnectorOperation;
use ops_model::{Checkpoint, EndReason, EndpointParams, PagedCall};
use ops_sigv4::SigV4;
use ops_transport::{
    Attempt, BlockingClock, BlockingTransport, Cancel, Clock, ConnectOptions, Now, Transport,
    TransportError,
};
use ops_ureq::UreqTransport;

pub(crate) const ARN: &str = "arn:aws:kafkaconnect:us-east-1:123456789012:connector/c/0f9a-4";
pub(crate) const OLD_KEY: &str = "AKIDOLD";

/// How a client reaches the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    InMemory,
    Hyper,
    Ureq,
}

pub(crate) const WAYS: [Way; 3] = [Way::InMemory, Way::Hyper, Way::Ureq];

/// What a row sets up.
#[derive(Clone, Debug)]
pub(crate) struct Setup {
    pub(crate) operations: usize,
    /// Signed, by these access keys, one after another as they are asked for; unsigned without any.
    pub(crate) keys: &'static [&'static str],
    pub(crate) attempt: Duration,
    /// Whether the listener is gone for two attempts, or until the listing has failed.
    pub(crate) outage: Option<Outage>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outage {
    TwoAttempts,
    UntilResumed,
}

/// The service, its listener if it has one, and the clock of everybody.
pub(crate) struct World {
    pub(crate) service: FakeService,
    clock: VirtualClock,
    addr: SocketAddr,
    server: Mutex<Option<FakeServer>>,
    /// The sleeps since the listener went.
    sleeps: AtomicU32,
    /// Only where there is a listener to go.
    pub(crate) outage: Option<Outage>,
    /// The requests that a client has sent, or has tried to.
    pub(crate) sent: AtomicU32,
}

/// How many worlds have had a listener.
static WORLDS: AtomicU32 = AtomicU32::new(0);

impl World {
    /// `faults` are met in memory, and on a socket unless the listener itself goes.
    pub(crate) fn new<I>(way: Way, setup: &Setup, faults: I) -> Arc<Self>
    where
        I: IntoIterator<Item = Option<Fault>, IntoIter: Send + 'static>,
    {
        let clock = VirtualClock::new();
        let mut builder = FakeService::builder()
            .without_examples()
            .clock(clock.clone());
        for number in 0..setup.operations {
            let operation = Operation::new(format!("op/{number}"), "SUCCESS".into());
            builder = builder.cloud_map_operation(operation);
            let arn = format!("{ARN}/op/{number}");
            let mut operation = ConnectorOperation::new(arn, "UPDATE_COMPLETE".into());
            operation.connector_arn = Some(ARN.to_owned());
            builder = builder.connector_operation(operation);
        }
        let outage = setup.outage.filter(|_| way != Way::InMemory);
        if outage.is_none() {
            builder = builder.faults(faults);
        }
        let service = builder.build();
        let server = (way != Way::InMemory).then(|| {
            // An address of its own where there is one: nobody else takes the port while the listener is gone.
            let number = WORLDS.fetch_add(1, Ordering::Relaxed);
            let own = Ipv4Addr::from_bits(Ipv4Addr::new(127, 1, 0, 1).to_bits() + number);
            FakeServer::start(service.clone(), (own, 0).into())
                .or_else(|_| FakeServer::start(service.clone(), (Ipv4Addr::LOCALHOST, 0).into()))
                .unwrap()
        });
        let nowhere = (Ipv4Addr::LOCALHOST, 9).into();
        Arc::new(Self {
            service,
            clock,
            addr: server.as_ref().map_or(nowhere, FakeServer::addr),
            server: Mutex::new(server),
            sleeps: AtomicU32::new(0),
            outage,
            sent: AtomicU32::new(0),
        })
    }

    pub(crate) fn stop(&self) {
        *self.server.lock().unwrap() = None;
    }

    pub(crate) fn restart(&self) {
        let mut server = self.server.lock().unwrap();
        if server.is_none() {
            *server = Some(FakeServer::start(self.service.clone(), self.addr).unwrap());
        }
    }

    /// The first attempt may find that its connection is gone; the second one is refused for certain.
    fn slept(&self) {
        let sleeps = self.sleeps.fetch_add(1, Ordering::Relaxed) + 1;
        if self.outage == Some(Outage::TwoAttempts) && sleeps == 2 {
            self.restart();
        }
    }
}

/// A client of a [`World`].
pub(crate) enum Lister {
    Blocking(BlockingClient),
    Async(tokio::runtime::Runtime, Client),
}

impl Lister {
    pub(crate) fn new(way: Way, world: &Arc<World>, setup: &Setup) -> Self {
        let url = format!("http://{}", world.addr).parse().unwrap();
        let region = "us-east-1".parse().unwrap();
        let mut session = Session::new(EndpointParams::at_url(url, Some(region)))
            .with_seed(1)
            .with_max_body(64 * 1024)
            .with_timeouts(Timeouts {
                attempt: setup.attempt,
                ..Timeouts::default()
            });
        if !setup.keys.is_empty() {
            session = session.with_signer(SigV4);
        }
        let keys = Keys {
            ids: setup.keys,
            asked: AtomicU32::new(0),
        };
        let handle = Handle(Arc::clone(world));
        match way {
            Way::Hyper => {
                let transport = HyperTransport::new(ConnectOptions::new()).unwrap();
                let client = Client::new(session, Counted(transport, handle.clone()), handle);
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                Self::Async(runtime, client.with_credentials(keys))
            }
            Way::Ureq => {
                let transport = UreqTransport::new(ConnectOptions::new()).unwrap();
                Self::blocking(session, Counted(transport, handle.clone()), handle, keys)
            }
            Way::InMemory => {
                let transport = Counted(world.service.clone(), handle.clone());
                Self::blocking(session, transport, handle, keys)
            }
        }
    }

    fn blocking(
        session: Session,
        transport: impl BlockingTransport + 'static,
        clock: Handle,
        keys: Keys,
    ) -> Self {
        let client = BlockingClient::new(session, transport).with_clock(clock);
        Self::Blocking(client.with_credentials(keys))
    }

    /// Lists from the start, or from a checkpoint, to the end.
    pub(crate) fn list<C: PagedCall + Clone>(
        &self,
        call: C,
        from: Option<&Checkpoint>,
        mut each: impl FnMut(Result<C::Item, Error>),
    ) -> (Option<EndReason>, u64) {
        match self {
            Self::Blocking(client) => {
                let mut items = client.items(call).unwrap();
                if let Some(checkpoint) = from {
                    items = items.resume_from(checkpoint).unwrap();
                }
                items.by_ref().for_each(&mut each);
                (items.end_reason(), items.pages_fetched())
            }
            Self::Async(runtime, client) => runtime.block_on(async {
                let mut items = client.items(call).unwrap();
                if let Some(checkpoint) = from {
                    items = items.resume_from(checkpoint).unwrap();
                }
                while let Some(item) = items.next().await {
                    each(item);
                }
                (items.end_reason(), items.pages_fetched())
            }),
        }
    }
}

/// A transport that counts what it is asked to send.
struct Counted<T>(T, Handle);

#[async_trait]
impl<T: Transport> Transport for Counted<T> {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.1.0.sent.fetch_add(1, Ordering::Relaxed);
        self.0.send(request, attempt).await
    }
}

impl<T: BlockingTransport> BlockingTransport for Counted<T> {
    fn send_blocking(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.1.0.sent.fetch_add(1, Ordering::Relaxed);
        self.0.send_blocking(request, attempt)
    }
}

/// The clock of a [`World`]: the listener comes back while a client sleeps.
#[derive(Clone)]
struct Handle(Arc<World>);

#[async_trait]
impl Clock for Handle {
    fn now(&self) -> Now {
        self.0.clock.now()
    }

    async fn sleep(&self, duration: Duration) {
        Clock::sleep(&self.0.clock, duration).await;
        self.0.slept();
    }
}

impl BlockingClock for Handle {
    fn now(&self) -> Now {
        self.0.clock.now()
    }

    fn sleep_blocking(&self, duration: Duration, cancel: &Cancel) {
        self.0.clock.sleep_blocking(duration, cancel);
        self.0.slept();
    }
}

/// Access keys, one after another; the last one for ever.
struct Keys {
    ids: &'static [&'static str],
    asked: AtomicU32,
}

impl BlockingCredentialsSource for Keys {
    fn credentials_blocking(&self) -> Result<Credentials, CredentialsError> {
        let asked = self.asked.fetch_add(1, Ordering::Relaxed) as usize;
        let id = self.ids[asked.min(self.ids.len() - 1)];
        Ok(Credentials::new(id, "secret"))
    }
}

#[async_trait]
impl CredentialsSource for Keys {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.credentials_blocking()
    }
}
