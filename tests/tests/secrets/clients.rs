//! The clients of a faulty run: async and blocking, over sockets and in memory.

use std::fmt::Debug;
use std::time::Duration;

use ops_client::{BlockingClient, Client, Credentials, Error, RetryPolicy, Session, Timeouts};
use ops_fake::{Script, VirtualClock};
use ops_hyper::HyperTransport;
use ops_model::{Call, EndpointParams, Page, PagedCall};
use ops_sigv4::SigV4;
use ops_transport::conformance::{Received, Server};
use ops_transport::{Cancel, ConnectOptions};
use ops_ureq::UreqTransport;
use tokio::runtime::{Builder, Runtime};

use crate::scan::Scan;
use crate::story::{Fault, SECRET_KEY, SESSION_TOKEN, Story};

/// More than any list here has: one that goes round and round fails instead.
const MOST: usize = 20;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    Hyper,
    Ureq,
    AsyncInMemory,
    BlockingInMemory,
}

impl Way {
    pub(crate) const ALL: [Self; 4] = [
        Self::Hyper,
        Self::Ureq,
        Self::AsyncInMemory,
        Self::BlockingInMemory,
    ];
}

/// A client of either kind, and its peer.
pub(crate) struct Run {
    client: Either,
    peer: Peer,
    story: Story,
    pub(crate) cancel: Cancel,
}

enum Either {
    Async(Client, Runtime),
    Blocking(BlockingClient),
}

enum Peer {
    Server(Server),
    Script(Script),
}

impl Run {
    /// A client to whom the story is told. What it is made of is shown to the scan.
    pub(crate) fn new(way: Way, story: &Story, scan: &mut Scan) -> Self {
        let cancel = Cancel::new();
        let asynchronous = |client: Client| {
            let runtime = Builder::new_current_thread().enable_all().build();
            Either::Async(
                client.with_credentials(credentials()),
                runtime.expect("a runtime"),
            )
        };
        let blocking = |client: BlockingClient| {
            let client = client
                .with_clock(VirtualClock::new())
                .with_cancel(cancel.clone());
            Either::Blocking(client.with_credentials(credentials()))
        };
        let (client, peer) = match way {
            Way::Hyper => {
                let server = Server::start(story.scripts());
                let transport = HyperTransport::new(ConnectOptions::new()).expect("a transport");
                scan.value("the transport", &transport);
                let client = Client::new(
                    session(&server.url(""), &story.fault),
                    transport,
                    VirtualClock::new(),
                );
                (asynchronous(client), Peer::Server(server))
            }
            Way::Ureq => {
                let server = Server::start(story.scripts());
                let transport = UreqTransport::new(ConnectOptions::new()).expect("a transport");
                scan.value("the transport", &transport);
                let client = BlockingClient::new(session(&server.url(""), &story.fault), transport);
                (blocking(client), Peer::Server(server))
            }
            Way::AsyncInMemory => {
                let script = story.script();
                let session = session("http://127.0.0.1", &story.fault);
                let client = Client::new(session, script.clone(), VirtualClock::new());
                (asynchronous(client), Peer::Script(script))
            }
            Way::BlockingInMemory => {
                let script = story.script();
                let client =
                    BlockingClient::new(session("http://127.0.0.1", &story.fault), script.clone());
                (blocking(client), Peer::Script(script))
            }
        };
        Self {
            client,
            peer,
            story: story.clone(),
            cancel,
        }
    }

    pub(crate) fn items<C>(&self, call: C, scan: &mut Scan) -> Vec<Result<C::Item, Error>>
    where
        C: PagedCall + Clone,
    {
        match &self.client {
            Either::Async(client, runtime) => {
                let mut items = client.items(call).expect("a listing");
                let all = pull(|| runtime.block_on(items.next()));
                scan.value("the items", &(&items, items.checkpoint()));
                all
            }
            Either::Blocking(client) => {
                let mut items = client.items(call).expect("a listing");
                let all = pull(|| items.next());
                scan.value("the items", &(&items, items.checkpoint()));
                all
            }
        }
    }

    pub(crate) fn pages<C>(&self, call: C, scan: &mut Scan) -> Vec<Result<Page<C::Item>, Error>>
    where
        C: PagedCall + Clone,
    {
        match &self.client {
            Either::Async(client, runtime) => {
                let mut pages = client.pages(call).expect("a listing");
                let all = pull(|| runtime.block_on(pages.next()));
                scan.value("the pages", &(&pages, pages.checkpoint()));
                all
            }
            Either::Blocking(client) => {
                let mut pages = client.pages(call).expect("a listing");
                let all = pull(|| pages.next());
                scan.value("the pages", &(&pages, pages.checkpoint()));
                all
            }
        }
    }

    pub(crate) fn send<C: Call>(&self, call: C) -> Result<C::Output, Error> {
        match &self.client {
            Either::Async(client, runtime) => runtime.block_on(client.send(call)),
            Either::Blocking(client) => client.send(call),
        }
    }

    /// Shows the client and its peer as they are by now.
    pub(crate) fn show(&self, scan: &mut Scan) {
        match &self.client {
            Either::Async(client, _) => scan.value("the client", client),
            Either::Blocking(client) => scan.value("the client", client),
        }
        if let Peer::Script(script) = &self.peer {
            scan.value("the script", script);
        }
    }

    /// What was exchanged: each request in full, and the secrets of what came for it.
    pub(crate) fn exchanged(&self) -> Vec<String> {
        let mut all: Vec<String> = match &self.peer {
            Peer::Server(server) => server.arrived().iter().map(on_the_wire).collect(),
            Peer::Script(script) => {
                let sent = script.requests();
                sent.iter().map(|(request, _)| in_full(request)).collect()
            }
        };
        all.extend(self.story.served(all.len()));
        all
    }
}

pub(crate) fn credentials() -> Credentials {
    Credentials::new("AKIDEXAMPLE", SECRET_KEY).with_session_token(SESSION_TOKEN)
}

pub(crate) fn session(url: &str, fault: &Fault) -> Session {
    let region = "us-east-1".parse().expect("a region");
    let params = EndpointParams::at_url(url.parse().expect("a URL"), Some(region));
    let session = Session::new(params).with_seed(1).with_signer(SigV4);
    match fault {
        Fault::Silence => {
            let attempt = Duration::from_secs(1);
            let timeouts = Timeouts {
                attempt,
                ..Timeouts::default()
            };
            session
                .with_timeouts(timeouts)
                .with_retry(RetryPolicy::NEVER)
        }
        _ => session,
    }
}

fn pull<T>(mut next: impl FnMut() -> Option<T>) -> Vec<T> {
    let all: Vec<T> = std::iter::from_fn(&mut next).take(MOST).collect();
    assert!(all.len() < MOST);
    all
}

pub(crate) fn on_the_wire(received: &Received) -> String {
    let body = String::from_utf8_lossy(&received.body);
    format!("{}\n{}\n{body}", received.line, received.headers.join("\n"))
}

fn in_full(request: &http::Request<bytes::Bytes>) -> String {
    let headers = request.headers().iter();
    let headers: Vec<_> = headers
        .map(|(name, value)| format!("{name}: {}", String::from_utf8_lossy(value.as_bytes())))
        .collect();
    let body = String::from_utf8_lossy(request.body());
    format!(
        "{} {}\n{}\n{body}",
        request.method(),
        request.uri(),
        headers.join("\n")
    )
}
