//! `Listing` beside a reference that is written otherwise, over random scripts: pages, faults, retries, expired
//! credentials, time limits, dropped attempts, cancellations, checkpoints and resumptions.
#![cfg(test)]

mod reference;

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use ops_client::{
    Credentials, CredentialsError, Error, ErrorKind, Exchange, Listing, Machine, Session, Sign,
    SignError, SigningContext, Step, Timeouts,
};
use ops_model::kafka_connect::{ConnectorOperationSummary, ListConnectorOperations};
use ops_model::{EndpointParams, Page};
use ops_transport::{Now, TransportError, TransportErrorKind};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use reference::{Asks, CALL_LIMIT, LISTING_LIMIT, Reference, Reply, Served, THROTTLING};

type Call = ListConnectorOperations;

/// What befalls a listing.
#[derive(Clone, Debug)]
enum Event {
    /// The driver steps, whether or not what it was told before has been done.
    Step,
    /// The attempt comes to this; and the service asks for so many milliseconds.
    Reply(Reply, Option<u64>),
    /// Credentials come, or there are none.
    Credentials(bool),
    /// So many seconds pass.
    Pause(u64),
    Cancel,
    /// Another listing goes on from a checkpoint of this one.
    Resume,
}

impl ReferenceStateMachine for Reference {
    type State = Self;
    type Transition = Event;

    fn init_state() -> BoxedStrategy<Self> {
        // Mostly a list that goes on page after page, sometimes one whose last token leads back.
        let ids = vec(
            option::weighted(0.8, (0..20u8).prop_map(|id| format!("op-{id}"))),
            0..4,
        );
        let list = (vec(ids, 1..6), option::weighted(0.2, 1..5usize)).prop_map(|(pages, back)| {
            let last = pages.len() - 1;
            let page = |(index, ids)| Served {
                ids,
                next: if index < last {
                    Some(index + 1)
                } else {
                    back.filter(|page| *page <= last)
                },
            };
            pages.into_iter().enumerate().map(page).collect()
        });
        (list, select(vec![0, 17]))
            .prop_map(|(served, failed_before)| Self::new(served, failed_before))
            .boxed()
    }

    fn transitions(state: &Self) -> BoxedStrategy<Event> {
        let any_time = prop_oneof![
            4 => Just(Event::Step),
            2 => select(vec![1, 2000]).prop_map(Event::Pause),
            1 => Just(Event::Cancel),
            1 => Just(Event::Resume),
        ];
        match state.asks {
            Asks::Credentials => prop_oneof![
                6 => Just(Event::Credentials(true)),
                1 => Just(Event::Credentials(false)),
                1 => any_time,
            ]
            .boxed(),
            Asks::Page { .. } => prop_oneof![
                4 => replies(),
                1 => any_time,
            ]
            .boxed(),
            Asks::Nothing | Asks::Done | Asks::Failed(..) => any_time.boxed(),
        }
    }

    fn preconditions(state: &Self, event: &Event) -> bool {
        match event {
            Event::Credentials(_) => state.asks == Asks::Credentials,
            Event::Reply(..) => matches!(state.asks, Asks::Page { .. }),
            Event::Step | Event::Pause(_) | Event::Cancel | Event::Resume => true,
        }
    }

    fn apply(mut state: Self, event: &Event) -> Self {
        state.wait = reference::Wait::default();
        match event {
            Event::Step => state.step(),
            Event::Reply(reply, asked_millis) => state.reply(*reply, *asked_millis),
            Event::Credentials(given) => state.credentials(*given),
            Event::Pause(seconds) => state.now += seconds,
            Event::Cancel => state.cancel(),
            Event::Resume => state.resume(),
        }
        state
    }
}

fn replies() -> impl Strategy<Value = Event> {
    let throttling = (select(vec![400, 429, 503]), select(THROTTLING.to_vec()));
    let error = |(status, code)| Reply::Error(status, code);
    let other = [
        Reply::Error(400, "RequestTimeout"),
        Reply::Error(400, "RequestTimeoutException"),
        Reply::Error(500, "InternalServerErrorException"),
        Reply::Error(502, "SomethingNew"),
        Reply::Error(503, "ServiceUnavailableException"),
        Reply::Error(504, "SomethingNew"),
        Reply::Error(429, "SomethingNew"),
        Reply::Error(429, "BadRequestException"),
        Reply::Error(400, "BadRequestException"),
        Reply::Error(403, "AccessDeniedException"),
        Reply::Error(501, "SomethingNew"),
        Reply::Error(403, "ExpiredToken"),
        Reply::Error(400, "ExpiredTokenException"),
        Reply::Connect,
        Reply::Timeout,
        Reply::Closed,
        Reply::Tls,
        Reply::Garbage,
    ];
    let reply = prop_oneof![
        4 => Just(Reply::Page),
        2 => throttling.prop_map(error),
        3 => select(other.to_vec()),
    ];
    (reply, option::weighted(0.2, 0..10_000u64))
        .prop_map(|(reply, asked_millis)| Event::Reply(reply, asked_millis))
}

/// The listing under test, the time it is for it, and what it has done.
struct Subject {
    session: Session,
    listing: Listing<Call>,
    now: Duration,
    delivered: Vec<Option<String>>,
    asks: Asks,
    waited: Duration,
    /// The invocation id of each call.
    ids: HashMap<u32, String>,
}

impl StateMachineTest for Subject {
    type SystemUnderTest = Self;
    type Reference = Reference;

    fn init_test(reference: &Reference) -> Self {
        let params = EndpointParams::in_region("us-east-1".parse().unwrap());
        let timeouts = Timeouts {
            call: Duration::from_secs(CALL_LIMIT),
            listing: Some(Duration::from_secs(LISTING_LIMIT)),
            ..Timeouts::default()
        };
        let session = Session::new(params).with_seed(7).with_timeouts(timeouts);
        for _ in 0..reference.failed_before {
            fail(&session);
        }
        let session = session.with_signer(Unsigned);
        let listing = Listing::new(call(), &session).unwrap();
        Self {
            session,
            now: Duration::ZERO,
            delivered: Vec::new(),
            asks: Asks::Nothing,
            waited: Duration::ZERO,
            listing,
            ids: HashMap::new(),
        }
    }

    fn apply(mut self_: Self, reference: &Reference, event: Event) -> Self {
        self_.waited = Duration::ZERO;
        let now = self_.now();
        match event {
            Event::Step => self_.step(reference),
            Event::Reply(reply, asked_millis) => {
                let Asks::Page { page, .. } = self_.asks else {
                    panic!("{:?}", self_.asks)
                };
                let reply = response(reply, &reference.served[page], asked_millis);
                self_.listing.on_reply(now, reply);
                self_.step(reference);
            }
            Event::Credentials(given) => {
                let credentials = if given {
                    Ok(Credentials::new("AKID", "secret"))
                } else {
                    Err(CredentialsError::new("there are none"))
                };
                self_.listing.on_credentials(now, credentials);
                self_.step(reference);
            }
            Event::Pause(seconds) => self_.now += Duration::from_secs(seconds),
            Event::Cancel => {
                let error = self_.listing.cancel();
                self_.failed(&error);
            }
            Event::Resume => {
                let checkpoint = self_.listing.checkpoint().to_json().parse().unwrap();
                let listing = Listing::new(call(), &self_.session).unwrap();
                self_.listing = listing.resume_from(&checkpoint).unwrap();
                self_.asks = Asks::Nothing;
            }
        }
        self_
    }

    fn check_invariants(self_: &Self, reference: &Reference) {
        assert_eq!(self_.asks, reference.asks);
        assert_eq!(self_.delivered, reference.delivered);
        let wait = reference.wait;
        let (least, most) = (
            Duration::from_millis(wait.least_millis),
            Duration::from_millis(wait.most_millis),
        );
        assert!(
            (least..=most).contains(&self_.waited),
            "{:?} {wait:?}",
            self_.waited
        );
        let place: serde_json::Value =
            serde_json::from_str(&self_.listing.checkpoint().to_json()).unwrap();
        let token = (reference.page > 0).then(|| reference.page.to_string());
        assert_eq!(place["token"].as_str(), token.as_deref());
        assert_eq!(place["index"], reference.index);
    }
}

impl Subject {
    fn now(&self) -> Now {
        Now {
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000) + self.now,
            monotonic: self.now,
        }
    }

    /// Steps until the listing asks for something or ends.
    fn step(&mut self, reference: &Reference) {
        for _ in 0..10 {
            match self.listing.step(self.now()) {
                Ok(Step::Wait(wait)) => {
                    self.now += wait;
                    self.waited += wait;
                }
                Ok(Step::Ready(page)) => self.deliver(page),
                Ok(Step::Credentials) => return self.asks = Asks::Credentials,
                Ok(Step::Send { request, .. }) => return self.sent(&request, reference.calls),
                Ok(Step::Done(_)) => return self.asks = Asks::Done,
                Err(error) => return self.failed(&error),
            }
        }
        panic!("the listing asks for nothing and does not end");
    }

    fn deliver(&mut self, page: Page<ConnectorOperationSummary>) {
        self.delivered.extend(page.into_entries().map(|(_, entry)| {
            entry
                .ok()
                .map(|operation| operation.connector_operation_arn.into())
        }));
    }

    /// What the request asks for; each call has an id of its own, which its attempts share.
    fn sent(&mut self, request: &http::Request<Bytes>, call: u32) {
        let header = |name| request.headers()[name].to_str().unwrap();
        let id = header("amz-sdk-invocation-id").to_owned();
        assert_eq!(self.ids.entry(call).or_insert_with(|| id.clone()), &id);
        assert_eq!(self.ids.values().filter(|other| **other == id).count(), 1);
        let attempt = header("amz-sdk-request").strip_prefix("attempt=").unwrap();
        let token = request
            .uri()
            .query()
            .and_then(|query| query.strip_prefix("nextToken="));
        self.asks = Asks::Page {
            page: token.map_or(0, |token| token.parse().unwrap()),
            attempt: attempt.split(';').next().unwrap().parse().unwrap(),
        };
    }

    fn failed(&mut self, error: &Error) {
        let kind = match error.kind() {
            ErrorKind::Credentials => "credentials",
            ErrorKind::Transport => "transport",
            ErrorKind::Service => "service",
            ErrorKind::Response => "response",
            ErrorKind::Timeout => "timeout",
            ErrorKind::TokenCycle => "token cycle",
            ErrorKind::Cancelled => "cancelled",
            other => panic!("{other:?}"),
        };
        let code = error.service_error().and_then(|error| error.code.as_ref());
        let code = code.map(|code| code.as_str().to_owned());
        assert_eq!(error.checkpoint(), Some(&self.listing.checkpoint()));
        self.asks = Asks::Failed(kind, code, error.attempts());
    }
}

/// In place of a signer, so that credentials are asked for.
struct Unsigned;

impl Sign for Unsigned {
    fn sign(&self, _: &mut http::Request<Bytes>, _: &SigningContext<'_>) -> Result<(), SignError> {
        Ok(())
    }
}

fn call() -> Call {
    Call::new("arn").unwrap()
}

/// A call that fails after all its attempts.
fn fail(session: &Session) {
    let mut exchange = Exchange::new(call(), session).unwrap();
    let mut now = Now {
        wall: SystemTime::UNIX_EPOCH,
        monotonic: Duration::ZERO,
    };
    loop {
        match exchange.step(now) {
            Ok(Step::Send { .. }) => {
                exchange.on_reply(now, Err(TransportError::new(TransportErrorKind::Closed)));
            }
            Ok(Step::Wait(wait)) => now.monotonic += wait,
            Ok(step) => panic!("{step:?}"),
            Err(_) => return,
        }
    }
}

fn response(
    reply: Reply,
    served: &Served,
    asked_millis: Option<u64>,
) -> Result<http::Response<Bytes>, TransportError> {
    let broken = |kind| Err(TransportError::new(kind));
    let (status, body) = match reply {
        Reply::Page => (200, body(served)),
        Reply::Garbage => (200, "<html>".to_owned()),
        Reply::Error(status, code) => (status, format!(r#"{{"__type": "{code}"}}"#)),
        Reply::Connect => return broken(TransportErrorKind::Connect),
        Reply::Timeout => return broken(TransportErrorKind::Timeout),
        Reply::Closed => return broken(TransportErrorKind::Closed),
        Reply::Tls => return broken(TransportErrorKind::Tls),
    };
    let mut response = http::Response::builder().status(status);
    if let Some(millis) = asked_millis {
        response = response.header("x-amz-retry-after", millis);
    }
    Ok(response.body(Bytes::from(body)).unwrap())
}

fn body(served: &Served) -> String {
    let entries = served.ids.iter().map(|id| match id {
        Some(id) => {
            format!(r#"{{"connectorOperationArn": "{id}", "connectorOperationState": "PENDING"}}"#)
        }
        None => "null".to_owned(),
    });
    let entries = entries.collect::<Vec<_>>().join(", ");
    let token = served
        .next
        .map(|page| format!(r#", "nextToken": "{page}""#));
    format!(
        r#"{{"connectorOperations": [{entries}]{}}}"#,
        token.unwrap_or_default()
    )
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_listing_does_what_the_documentation_says(sequential 1..60 => Subject);
}
