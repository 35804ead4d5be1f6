//! Any list, page size, filter and schedule of passing faults: the pages together are what a plain loop gives.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use futures_executor::block_on;
use http::StatusCode;
use ops_client::{BlockingClient, Client, Session};
use ops_fake::{FakeService, Fault, VirtualClock};
use ops_model::cloud_map::{Filter, ListOperations, Operation};
use ops_model::kafka_connect::{ConnectorFilter, ConnectorOperation, ListConnectorOperations};
use ops_model::{
    EndpointParams, ErrorCode, LongRunning, PageSize, PagedCall, ServiceError, Timestamp,
};
use ops_sigv4::SigV4;
use ops_transport::{Attempt, BlockingTransport, Transport, TransportError};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::world::ARN;

const STATUSES: [&str; 4] = ["SUBMITTED", "PENDING", "SUCCESS", "FAIL"];
const STATES: [&str; 4] = [
    "PENDING",
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE",
    "ROLLBACK_COMPLETE",
];
/// Dates are so many seconds after this.
const EPOCH_MILLIS: i64 = 1_760_000_000_000;

/// A listing, whatever it lists: each number stands for an operation of either service.
#[derive(Clone, Debug)]
struct Case {
    /// The status of each operation, and when it was updated or created.
    operations: Vec<(usize, i64)>,
    page_size: Option<i64>,
    /// The statuses to keep; none keeps all.
    statuses: Vec<usize>,
    /// The dates to keep, both ends included.
    dates: Option<(i64, i64)>,
    faults: Vec<Option<Fault>>,
    seed: u64,
}

fn case() -> impl Strategy<Value = Case> {
    let dates = (0..100i64, 0..100i64).prop_map(|(one, other)| (one.min(other), one.max(other)));
    (
        vec((0..STATUSES.len(), 0..100i64), 0..60),
        proptest::option::of(1..=100i64).prop_flat_map(|size| {
            // Small pages make long lists.
            prop_oneof![Just(size), (1..=5i64).prop_map(Some)]
        }),
        subsequence((0..STATUSES.len()).collect::<Vec<_>>(), 0..=STATUSES.len()),
        proptest::option::of(dates),
        // Bursts of one or two, as many as the quota pays for.
        vec((0..8usize, vec(passing_fault(), 1..=2)), 0..15),
        any::<u64>(),
    )
        .prop_map(
            |(operations, page_size, statuses, dates, bursts, seed)| Case {
                operations,
                page_size,
                statuses,
                dates,
                faults: bursts
                    .into_iter()
                    .flat_map(|(good, burst)| {
                        // At least one good exchange between two bursts.
                        let good = std::iter::repeat_n(None, good + 1);
                        burst.into_iter().map(Some).chain(good)
                    })
                    .collect(),
                seed,
            },
        )
}

fn passing_fault() -> impl Strategy<Value = Fault> {
    let error = |status, code: ErrorCode| ServiceError::new(status, code, "Rate exceeded");
    select(vec![
        Fault::Refuse,
        Fault::ResetBeforeHead,
        Fault::ResetInBody,
        Fault::TruncatedBody,
        Fault::SlowDrip {
            pause: Duration::from_secs(1),
        },
        Fault::BadGateway,
        Fault::InternalError,
        Fault::Error(error(
            StatusCode::BAD_REQUEST,
            ErrorCode::ThrottlingException,
        )),
        Fault::Error(error(
            StatusCode::TOO_MANY_REQUESTS,
            ErrorCode::RequestLimitExceeded,
        )),
        Fault::ErrorInHeader(error(
            StatusCode::BAD_REQUEST,
            ErrorCode::ThrottlingException,
        )),
    ])
}

impl Case {
    /// The numbers of the operations that a plain loop keeps.
    fn expected(&self) -> Vec<String> {
        let mut kept = Vec::new();
        for (number, (status, date)) in self.operations.iter().enumerate() {
            let status_is_kept = self.statuses.is_empty() || self.statuses.contains(status);
            let date_is_kept = match self.dates {
                Some((start, end)) => start <= *date && *date <= end,
                None => true,
            };
            if status_is_kept && date_is_kept {
                kept.push(number.to_string());
            }
        }
        kept
    }

    fn service(&self, clock: &VirtualClock) -> FakeService {
        let mut builder = FakeService::builder()
            .without_examples()
            .connector(ARN)
            .clock(clock.clone())
            .seed(self.seed);
        for (number, (status, date)) in self.operations.iter().enumerate() {
            let mut operation = Operation::new(format!("op/{number}"), STATUSES[*status].into());
            operation.update_date = Some(time(*date));
            builder = builder.cloud_map_operation(operation);
            let arn = format!("{ARN}/op/{number}");
            let mut operation = ConnectorOperation::new(arn, STATES[*status].into());
            operation.connector_arn = Some(ARN.to_owned());
            operation.creation_time = Some(time(*date));
            builder = builder.connector_operation(operation);
        }
        builder.faults(self.faults.clone()).build()
    }

    fn page_size(&self) -> Option<PageSize> {
        self.page_size.map(|size| PageSize::new(size).unwrap())
    }

    fn list_operations(&self) -> ListOperations {
        let mut call = ListOperations::new();
        if !self.statuses.is_empty() {
            let statuses = self.statuses.iter().map(|status| STATUSES[*status].into());
            call = call.with_filter(Filter::status_in(statuses).unwrap());
        }
        if let Some((start, end)) = self.dates {
            call = call.with_filter(Filter::updated_between(time(start), time(end)).unwrap());
        }
        match self.page_size() {
            Some(size) => call.with_page_size(size),
            None => call,
        }
    }

    fn list_connector_operations(&self) -> ListConnectorOperations {
        let mut filter = ConnectorFilter::new()
            .with_states(self.statuses.iter().map(|status| STATES[*status].into()));
        if let Some((start, end)) = self.dates {
            filter = filter
                .with_created(Some(time(start)), Some(time(end)))
                .unwrap();
        }
        let call = ListConnectorOperations::new(ARN)
            .unwrap()
            .with_filter(filter);
        match self.page_size() {
            Some(size) => call.with_page_size(size),
            None => call,
        }
    }

    /// The numbers that a driver lists, and all that it did.
    fn run<C: PagedCall + Clone>(&self, call: C, driver: Driver) -> (Vec<String>, Vec<String>) {
        let clock = VirtualClock::new();
        let transport = Traced(self.service(&clock), clock.clone(), Arc::default());
        let trace = Arc::clone(&transport.2);
        let params = EndpointParams::in_region("us-east-1".parse().unwrap());
        let session = Session::new(params).with_seed(self.seed).with_signer(SigV4);
        let key = ops_client::Credentials::new("AKID", "secret");
        let mut numbers = Vec::new();
        let mut deliver = |id: &str| numbers.push(id.rsplit('/').next().unwrap().to_owned());
        match driver {
            Driver::Blocking => {
                let client = BlockingClient::new(session, transport)
                    .with_clock(clock)
                    .with_credentials(key);
                for item in client.items(call).unwrap() {
                    deliver(item.unwrap().id());
                }
            }
            Driver::Async => {
                let client = Client::new(session, transport, clock).with_credentials(key);
                let mut items = client.items(call).unwrap();
                while let Some(item) = block_on(items.next()) {
                    deliver(item.unwrap().id());
                }
            }
        }
        let trace = std::mem::take(&mut *trace.lock().unwrap());
        (numbers, trace)
    }

    fn check<C: PagedCall + Clone>(&self, call: &C) -> Result<(), TestCaseError> {
        let (numbers, trace) = self.run(call.clone(), Driver::Blocking);
        prop_assert_eq!(numbers, self.expected());
        for driver in [Driver::Blocking, Driver::Async] {
            let (_, again) = self.run(call.clone(), driver);
            prop_assert_eq!(&again, &trace);
        }
        Ok(())
    }
}

#[derive(Clone, Copy)]
enum Driver {
    Blocking,
    Async,
}

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_millis(EPOCH_MILLIS + seconds * 1000).unwrap()
}

/// The fake, with a record of when what was sent, byte for byte, and what came of it.
struct Traced(FakeService, VirtualClock, Arc<Mutex<Vec<String>>>);

#[async_trait::async_trait]
impl Transport for Traced {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.send_blocking(request, attempt)
    }
}

impl BlockingTransport for Traced {
    fn send_blocking(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let mut request_line = format!("{:?} {} {}", self.1.now(), request.method(), request.uri());
        for (name, value) in request.headers() {
            // As bytes: a sensitive one shows nothing.
            request_line += &format!(" {name}: {:?}", value.as_bytes());
        }
        let line = format!("{request_line} {:?} {attempt:?}", request.body());
        let reply = self.0.send_blocking(request, attempt);
        self.2.lock().unwrap().push(format!("{line} -> {reply:?}"));
        reply
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn pages_together_are_what_a_plain_loop_gives_and_the_same_seed_gives_the_same_trace(
        case in case(),
    ) {
        case.check(&case.list_operations())?;
        case.check(&case.list_connector_operations())?;
    }
}
