use std::num::NonZeroU64;
use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};
use http::StatusCode;
use ops_client::{RateLimit, Session, Timeouts};
use ops_fake::{FakeService, Fault, VirtualClock};
use ops_model::cloud_map::{Filter, ListOperations, Operation};
use ops_model::kafka_connect::{ConnectorFilter, ConnectorOperation, ListConnectorOperations};
use ops_model::{EndpointParams, ErrorCode, Limits, OnCycle, PageSize, ServiceError, Timestamp};

const ARN: &str = "arn:aws:kafkaconnect:us-east-1:123456789012:connector/c/0f9a-4";
const STATUSES: [&str; 4] = ["SUBMITTED", "PENDING", "SUCCESS", "FAIL"];
const STATES: [&str; 4] = [
    "PENDING",
    "UPDATE_IN_PROGRESS",
    "UPDATE_COMPLETE",
    "ROLLBACK_COMPLETE",
];
/// Dates are so many seconds after this.
const EPOCH_MILLIS: i64 = 1_760_000_000_000;

/// The most operations, exchanges that meet something, and moves of the caller.
const MOST: usize = 48;
/// The access key that expires.
pub(super) const OLD_KEY: &str = "AKIDOLD";

#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    Json,
    Cbor,
    Connector,
}

impl Which {
    /// The id of the operation in a place of the list.
    pub(super) fn id(self, place: usize) -> String {
        match self {
            Self::Json | Self::Cbor => format!("op/{place}"),
            Self::Connector => format!("{ARN}/op/{place}"),
        }
    }
}

/// What is listed, how, and what happens meanwhile.
#[derive(Arbitrary, Debug)]
pub(super) struct Plan {
    pub(super) call: Which,
    page_size: u8,
    /// The statuses to keep, a bit for each; none keeps all.
    statuses: u8,
    /// The dates to keep, both ends included.
    dates: Option<(u8, u8)>,
    max_items: u8,
    max_pages: u8,
    stops_at_cycle: bool,
    signs: bool,
    /// Little time for an attempt, a call, and the listing.
    hurries: (bool, bool, bool),
    rate: Option<u8>,
    seed: u8,
    /// The status of each operation, and when it was updated or created.
    pub(super) operations: Vec<(u8, u8)>,
    /// What each exchange meets.
    pub(super) troubles: Vec<Trouble>,
    /// What the caller does before each step.
    pub(super) moves: Vec<Move>,
}

/// What an exchange meets.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    None,
    Refuse,
    ResetInBody,
    HugeBody,
    Garbage,
    SlowDrip(bool),
    BadGateway,
    InternalError,
    ArrayBody,
    NullBody,
    TruncatedJson,
    ByteOrderMark,
    Redirect,
    Throttled,
    ThrottledInHeader,
    AccessDenied,
    ExpiredCredentials,
    SkewedClock(i8),
    RepeatedToken(u8),
    DuplicatePage,
    NumericToken,
    ObjectToken,
    NullItem(u8),
}

/// What the caller does.
#[derive(Arbitrary, Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Move {
    GoOn,
    /// Cancels, and steps on all the same.
    Cancel,
    /// Cancels, and goes on from the checkpoint of that.
    Resume,
    /// Goes on from after this entry of the page that was delivered last.
    ResumeAfter(u8),
    /// Sets other limits on the way.
    Limit(u8, u8),
    /// Has another step before it does what the last one said.
    StepAgain,
}

impl Trouble {
    pub(super) fn fault(self) -> Option<Fault> {
        let error = |status, code: &str| {
            let status = StatusCode::from_u16(status).expect("a status");
            ServiceError::new(status, ErrorCode::from(code), "why")
        };
        Some(match self {
            Self::None => return None,
            Self::Refuse => Fault::Refuse,
            Self::ResetInBody => Fault::ResetInBody,
            Self::HugeBody => Fault::HugeBody,
            Self::Garbage => Fault::Garbage,
            Self::SlowDrip(is_slow) => Fault::SlowDrip {
                pause: Duration::from_millis(if is_slow { 1000 } else { 1 }),
            },
            Self::BadGateway => Fault::BadGateway,
            Self::InternalError => Fault::InternalError,
            Self::ArrayBody => Fault::ArrayBody,
            Self::NullBody => Fault::NullBody,
            Self::TruncatedJson => Fault::TruncatedJson,
            Self::ByteOrderMark => Fault::ByteOrderMark,
            Self::Redirect => Fault::TemporaryRedirect,
            Self::Throttled => Fault::Error(error(400, "ThrottlingException")),
            Self::ThrottledInHeader => Fault::ErrorInHeader(error(429, "TooManyRequestsException")),
            Self::AccessDenied => Fault::Error(error(403, "AccessDeniedException")),
            Self::ExpiredCredentials => Fault::ExpiredCredentials {
                access_key_id: OLD_KEY.to_owned(),
            },
            Self::SkewedClock(minutes) => Fault::SkewedClock {
                seconds: i64::from(minutes) * 60,
            },
            Self::RepeatedToken(pages) => Fault::RepeatedToken {
                pages: pages.into(),
            },
            Self::DuplicatePage => Fault::DuplicatePage,
            Self::NumericToken => Fault::NumericToken,
            Self::ObjectToken => Fault::ObjectToken,
            Self::NullItem(index) => Fault::NullItem {
                index: index.into(),
            },
        })
    }

    /// Whether the body that arrives with 200 is no page.
    pub(super) fn spoils(self, call: Which) -> bool {
        match self {
            Self::ArrayBody | Self::NullBody | Self::TruncatedJson | Self::ByteOrderMark => true,
            Self::NumericToken | Self::ObjectToken => call != Which::Cbor,
            _ => false,
        }
    }
}

impl Plan {
    pub(super) fn of(bytes: Unstructured<'_>) -> arbitrary::Result<Self> {
        let mut plan = Self::arbitrary_take_rest(bytes)?;
        plan.operations.truncate(MOST);
        plan.troubles.truncate(MOST);
        plan.moves.truncate(MOST);
        Ok(plan)
    }

    pub(super) fn page_size(&self) -> Option<PageSize> {
        // Small pages make long lists.
        match self.page_size % 16 {
            0 => None,
            15 => Some(PageSize::MAX),
            size => Some(PageSize::new(size).expect("1 to 14")),
        }
    }

    /// The limits of these numbers; 0 is none.
    pub(super) fn limits(&self, max_items: u8, max_pages: u8) -> Limits {
        Limits {
            max_items: NonZeroU64::new(u64::from(max_items % 16)),
            max_pages: NonZeroU64::new(u64::from(max_pages % 8)),
            on_cycle: if self.stops_at_cycle {
                OnCycle::Stop
            } else {
                OnCycle::Fail
            },
        }
    }

    /// The limits that every listing begins with.
    pub(super) fn first_limits(&self) -> Limits {
        self.limits(self.max_items, self.max_pages)
    }

    fn statuses(&self) -> impl Iterator<Item = usize> {
        (0..STATUSES.len()).filter(|place| self.statuses >> place & 1 == 1)
    }

    fn dates(&self) -> Option<(u8, u8)> {
        self.dates
            .map(|(one, other)| (one.min(other), one.max(other)))
    }

    /// Whether the listing keeps the operation in this place.
    pub(super) fn keeps(&self, place: usize) -> bool {
        let (status, date) = self.operations[place];
        let status_is_kept = self.statuses().next().is_none()
            || self.statuses().any(|kept| kept == usize::from(status % 4));
        let date_is_kept = self
            .dates()
            .is_none_or(|(start, end)| start <= date && date <= end);
        status_is_kept && date_is_kept
    }

    pub(super) fn list_operations(&self) -> ListOperations {
        let mut call = ListOperations::new();
        if self.statuses().next().is_some() {
            let statuses = self.statuses().map(|place| STATUSES[place].into());
            call = call.with_filter(Filter::status_in(statuses).expect("known statuses"));
        }
        if let Some((start, end)) = self.dates() {
            let dates = Filter::updated_between(time(start), time(end));
            call = call.with_filter(dates.expect("the start first"));
        }
        match self.page_size() {
            Some(size) => call.with_page_size(size),
            None => call,
        }
    }

    pub(super) fn list_connector_operations(&self) -> ListConnectorOperations {
        let states = self.statuses().map(|place| STATES[place].into());
        let mut filter = ConnectorFilter::new().with_states(states);
        if let Some((start, end)) = self.dates() {
            let dates = filter.with_created(Some(time(start)), Some(time(end)));
            filter = dates.expect("the start first");
        }
        let call = ListConnectorOperations::new(ARN).expect("an ARN");
        let call = call.with_filter(filter);
        match self.page_size() {
            Some(size) => call.with_page_size(size),
            None => call,
        }
    }

    pub(super) fn service(&self, clock: &VirtualClock) -> FakeService {
        let mut builder = FakeService::builder()
            .without_examples()
            .connector(ARN)
            .clock(clock.clone())
            .seed(self.seed.into());
        for (place, (status, date)) in self.operations.iter().enumerate() {
            let (id, status) = (self.call.id(place), usize::from(status % 4));
            builder = match self.call {
                Which::Json | Which::Cbor => {
                    let mut operation = Operation::new(id, STATUSES[status].into());
                    operation.update_date = Some(time(*date));
                    builder.cloud_map_operation(operation)
                }
                Which::Connector => {
                    let mut operation = ConnectorOperation::new(id, STATES[status].into());
                    operation.connector_arn = Some(ARN.to_owned());
                    operation.creation_time = Some(time(*date));
                    builder.connector_operation(operation)
                }
            };
        }
        builder.build()
    }

    pub(super) fn session(&self) -> Session {
        let (attempt, call, listing) = self.hurries;
        let seconds =
            |hurries, short, long| Duration::from_secs(if hurries { short } else { long });
        let params = EndpointParams::in_region("us-east-1".parse().expect("a region"));
        let mut session = Session::new(params)
            .with_seed(self.seed.into())
            .with_timeouts(Timeouts {
                attempt: seconds(attempt, 1, 30),
                call: seconds(call, 5, 120),
                listing: listing.then_some(Duration::from_secs(10)),
            });
        if self.signs {
            session = session.with_signer(super::Label);
        }
        if let Some(tenths) = self.rate {
            let interval = Duration::from_millis(100 * u64::from(tenths));
            session = session.with_rate_limit(RateLimit::every(interval));
        }
        session
    }
}

fn time(seconds: u8) -> Timestamp {
    Timestamp::from_millis(EPOCH_MILLIS + i64::from(seconds) * 1000).expect("a date")
}
