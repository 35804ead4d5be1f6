//! The side of the client: lists what the server serves, and tells how it ended and what it cost.

use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use ops_client::{BlockingClient, Client, Error, Session};
use ops_hyper::{HyperTransport, TokioClock};
use ops_model::cloud_map::ListOperations;
use ops_model::kafka_connect::ListConnectorOperations;
use ops_model::{EndReason, EndpointParams, Limits, PagedCall};
use ops_transport::ConnectOptions;
use ops_ureq::UreqTransport;
use serde::{Deserialize, Serialize};

use crate::cases::{ARN, CASES, MOST_PAGES, Service};
use crate::memory;

/// Where the report stands in what the process prints.
const MARK: &str = "\nOutcome: ";

/// How listings ended, in words, and what they cost.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// More than one if the last words differ: in so much time, a busy machine makes fewer attempts.
    pub(crate) ends: Vec<String>,
    pub(crate) took: Duration,
    /// The bytes by which the process grew from before the listing to its peak, where it can tell.
    pub(crate) growth: Option<u64>,
}

impl Outcome {
    /// Reads what [`report`] has printed.
    pub(crate) fn read(output: &str) -> Option<Self> {
        let (_, report) = output.split_once(MARK)?;
        serde_json::from_str(report.lines().next()?).ok()
    }
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Transport {
    Hyper,
    Ureq,
}

impl Transport {
    pub(crate) const ALL: [Self; 2] = [Self::Hyper, Self::Ureq];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Hyper => "hyper",
            Self::Ureq => "ureq",
        }
    }
}

/// Runs `case|transport|service|url` and prints the outcome.
pub(crate) fn report(run: &str) {
    let [case, transport, service, url]: [&str; 4] = run
        .split('|')
        .collect::<Vec<_>>()
        .try_into()
        .expect("four parts");
    let case = CASES.iter().find(|each| each.name == case).expect("a case");
    let params = EndpointParams::at_url(url.parse().expect("a URL"), None);
    let session = Session::new(params).with_timeouts(case.limits());
    let hyper = transport == Transport::Hyper.name();
    let outcome = match Service::ALL.iter().find(|each| each.name() == service) {
        Some(Service::CloudMap) => outcome(ListOperations::new(), session, hyper),
        _ => outcome(
            ListConnectorOperations::new(ARN).expect("an ARN"),
            session,
            hyper,
        ),
    };
    println!(
        "{MARK}{}",
        serde_json::to_string(&outcome).expect("it is JSON")
    );
}

fn outcome<C: PagedCall + Clone>(call: C, session: Session, hyper: bool) -> Outcome {
    let options = ConnectOptions::new();
    if !hyper {
        let transport = UreqTransport::new(options).expect("a transport");
        let client = BlockingClient::new(session, transport);
        return measured(|| {
            let mut items = client
                .items(call.clone())
                .expect("a listing")
                .with_limits(limits());
            let counted = count(|| items.next());
            counted.end(items.end_reason())
        });
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    let transport = HyperTransport::new(options).expect("a transport");
    let client = Client::new(session, transport, TokioClock::new());
    measured(|| {
        let mut items = client
            .items(call.clone())
            .expect("a listing")
            .with_limits(limits());
        let counted = count(|| runtime.block_on(items.next()));
        counted.end(items.end_reason())
    })
}

fn limits() -> Limits {
    Limits {
        max_pages: NonZeroU64::new(MOST_PAGES),
        ..Limits::default()
    }
}

/// The first listing is harmless, and brings up what every listing needs. The next two are not: what an allocator kept
/// of the one may make the other cost more.
fn measured(list: impl Fn() -> String) -> Outcome {
    let harmless = list();
    assert_eq!(harmless, "exhausted: 1 items, 0 bad");
    let before = memory::resident();
    let timed = || {
        let started = Instant::now();
        (list(), started.elapsed())
    };
    let [(end, first), (again, second)] = [timed(), timed()];
    let mut ends = vec![end, again];
    ends.dedup();
    let growth = memory::peak()
        .zip(before)
        .map(|(peak, before)| peak.saturating_sub(before));
    Outcome {
        ends,
        took: first.max(second),
        growth,
    }
}

#[derive(Default)]
struct Counted {
    items: u64,
    bad: u64,
    error: Option<Error>,
}

/// Goes through a list, without keeping it.
fn count<T>(mut next: impl FnMut() -> Option<Result<T, Error>>) -> Counted {
    let mut counted = Counted::default();
    while let Some(item) = next() {
        match item {
            Ok(_) => counted.items += 1,
            Err(error) if error.is_bad_item() => counted.bad += 1,
            Err(error) => counted.error = Some(error),
        }
    }
    counted
}

impl Counted {
    fn end(self, reason: Option<EndReason>) -> String {
        let reason = reason.expect("a list that is over has a reason");
        let Some(error) = self.error else {
            return format!("{reason}: {} items, {} bad", self.items, self.bad);
        };
        assert_eq!(reason, error.end_reason());
        assert!(error.checkpoint().is_some(), "{error}");
        let text = error.to_string();
        let (_, text) = text.split_once(": ").expect("it names the operation");
        format!("{reason}, {:?}: {text}", error.kind())
    }
}
