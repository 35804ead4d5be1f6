//! One list, whatever brings it: the fake in memory, hyper and ureq over loopback, and bytes written by hand.
//!
//! What is expected comes from rows of plain arithmetic and plain loops over them: no filter, no pager and no codec of
//! ours has a part in it.

mod by_hand;
mod lists;
mod rows;

use std::fmt::Debug;

use ops_client::{BlockingClient, Client, Session};
use ops_fake::{FakeServer, FakeService};
use ops_hyper::{HyperTransport, TokioClock};
use ops_model::cloud_map::GetOperation;
use ops_model::{EndReason, EndpointParams, LongRunning, PagedCall};
use ops_transport::ConnectOptions;
use ops_ureq::UreqTransport;

use crate::rows::{Row, row, service};

/// One service, reached in every way.
struct Ways {
    _server: FakeServer,
    runtime: tokio::runtime::Runtime,
    in_memory: BlockingClient,
    ureq: BlockingClient,
    hyper: Client,
}

impl Ways {
    fn to(service: FakeService) -> Self {
        let server = FakeServer::start(service.clone(), "127.0.0.1:0".parse().unwrap()).unwrap();
        let session = || {
            let url = server.url().parse().unwrap();
            Session::new(EndpointParams::at_url(url, None)).with_seed(1)
        };
        let ureq = UreqTransport::new(ConnectOptions::new()).unwrap();
        let hyper = HyperTransport::new(ConnectOptions::new()).unwrap();
        Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            in_memory: BlockingClient::new(session(), service),
            ureq: BlockingClient::new(session(), ureq),
            hyper: Client::new(session(), hyper, TokioClock::new()),
            _server: server,
        }
    }

    /// The list by each way: ids, statuses, and how many pages it took.
    fn lists<C>(&self, call: &C, status: fn(&C::Item) -> &str) -> [(&'static str, Listed); 3]
    where
        C: PagedCall<Item: Debug> + Clone,
    {
        let blocking = |client: &BlockingClient| {
            let mut listed = Listed::default();
            let mut items = client.items(call.clone()).unwrap();
            for item in &mut items {
                let item = item.unwrap();
                listed
                    .items
                    .push((item.id().to_owned(), status(&item).to_owned()));
            }
            assert_eq!(items.end_reason(), Some(EndReason::Exhausted));
            listed.pages = items.pages_fetched();
            listed
        };
        let asynchronous = async |client: &Client| {
            let mut listed = Listed::default();
            let mut items = client.items(call.clone()).unwrap();
            while let Some(item) = items.next().await {
                let item = item.unwrap();
                listed
                    .items
                    .push((item.id().to_owned(), status(&item).to_owned()));
            }
            assert_eq!(items.end_reason(), Some(EndReason::Exhausted));
            listed.pages = items.pages_fetched();
            listed
        };
        [
            ("in memory", blocking(&self.in_memory)),
            ("ureq", blocking(&self.ureq)),
            ("hyper", self.runtime.block_on(asynchronous(&self.hyper))),
        ]
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Listed {
    items: Vec<(String, String)>,
    pages: u64,
}

#[test]
fn the_same_errors_come_by_every_way() {
    let rows: Vec<Row> = (0..3).map(row).collect();
    let ways = Ways::to(service(&rows));
    let lines = [
        ways.in_memory
            .send(GetOperation::new("op-9").unwrap())
            .unwrap_err(),
        ways.ureq
            .send(GetOperation::new("op-9").unwrap())
            .unwrap_err(),
        ways.runtime
            .block_on(ways.hyper.send(GetOperation::new("op-9").unwrap()))
            .unwrap_err(),
    ]
    .map(|error| {
        assert!(error.is_not_found() && error.attempts() == 1);
        error
            .to_string()
            .split(" (request id ")
            .next()
            .unwrap()
            .to_owned()
    });
    assert_eq!(
        lines,
        ["GetOperation: OperationNotFound: there is no operation `op-9`"; 3]
    );
}
