use std::any::Any;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::RwLock;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

#[cfg(feature = "verify-signatures")]
use ops_model::Region;
use ops_model::cloud_map::{Operation, OperationStatus};
use ops_model::kafka_connect::{ConnectorOperation, ConnectorOperationState};
use ops_transport::BlockingClock;

use crate::blueprint::Blueprint;
use crate::fault::{Fault, Faults, Schedule};
use crate::recorder::Recorder;
use crate::scenario::{Scenario, Told};
use crate::service::{FakeService, Inner};
#[cfg(feature = "verify-signatures")]
use crate::signature::{AccessKey, Verifier};
use crate::time::ServiceTime;
use crate::{Life, VirtualClock};

/// What a [`FakeService`] will hold. Made by [`FakeService::builder`].
///
/// Both services list their operations in this order: the pinned examples, those that were added, those that were
/// generated. An operation with the id (or the ARN) of an earlier one takes its place.
#[must_use = "nothing is served until `build` is called"]
pub struct FakeServiceBuilder {
    blueprint: Blueprint,
    clock: Option<Box<dyn BlockingClock>>,
    virtual_clock: Option<VirtualClock>,
    recorded: Option<NonZeroUsize>,
    faults: Option<Schedule>,
    #[cfg(feature = "verify-signatures")]
    keys: Option<Vec<AccessKey>>,
    #[cfg(feature = "verify-signatures")]
    signing_region: Option<Region>,
}

impl FakeServiceBuilder {
    pub(crate) const fn new() -> Self {
        Self {
            blueprint: Blueprint::new(),
            clock: None,
            virtual_clock: None,
            recorded: None,
            faults: None,
            #[cfg(feature = "verify-signatures")]
            keys: None,
            #[cfg(feature = "verify-signatures")]
            signing_region: None,
        }
    }

    pub(crate) fn of(scenario: Scenario) -> Self {
        let mut builder = Self::new();
        builder.blueprint = Blueprint {
            examples: scenario.examples,
            operations: pairs(scenario.cloud_map.operations),
            connectors: scenario.kafka_connect.connectors,
            connector_operations: pairs(scenario.kafka_connect.operations),
            generated: scenario.generated,
            seed: scenario.seed,
            token_lifetime: scenario.token_lifetime,
            ..Blueprint::new()
        };
        if let Some(time) = scenario.clock {
            builder = builder.clock(VirtualClock::starting_at(time));
        }
        builder.faults(scenario.faults)
    }

    /// Leaves out the pinned examples: nothing is held but what is added and generated.
    pub const fn without_examples(mut self) -> Self {
        self.blueprint.examples = false;
        self
    }

    /// Adds an operation to Cloud Map's list.
    pub fn cloud_map_operation(mut self, operation: Operation) -> Self {
        self.blueprint.operations.push((operation, Life::new()));
        self
    }

    /// Adds an operation to Cloud Map's list that goes through this life. It begins with the operation's creation date,
    /// which is the service's beginning unless it has one.
    pub fn cloud_map_life(mut self, operation: Operation, life: Life<OperationStatus>) -> Self {
        self.blueprint.operations.push((operation, life));
        self
    }

    /// Adds a connector that has no operations yet.
    pub fn connector(mut self, connector_arn: impl Into<String>) -> Self {
        self.blueprint.connectors.push(connector_arn.into());
        self
    }

    /// Adds an operation to its connector, and the connector if need be. An operation that names no connector belongs
    /// to [`EXAMPLE_CONNECTOR_ARN`](crate::EXAMPLE_CONNECTOR_ARN).
    pub fn connector_operation(mut self, operation: ConnectorOperation) -> Self {
        self.blueprint
            .connector_operations
            .push((operation, Life::new()));
        self
    }

    /// Adds an operation that goes through this life to its connector, as
    /// [`connector_operation`](Self::connector_operation). It begins with the operation's creation date, which is the
    /// service's beginning unless it has one.
    pub fn connector_life(
        mut self,
        operation: ConnectorOperation,
        life: Life<ConnectorOperationState>,
    ) -> Self {
        self.blueprint.connector_operations.push((operation, life));
        self
    }

    /// Adds `count` generated operations to Cloud Map's list, and as many to the connector
    /// [`EXAMPLE_CONNECTOR_ARN`](crate::EXAMPLE_CONNECTOR_ARN). 0 unless set.
    ///
    /// What they are when the service begins depends on the [seed](Self::seed) only: neither on the clock nor on `count`,
    /// so that ten are the first ten of a thousand. Their creation dates ascend from February 2025 on. They have every
    /// status and type, but no connector is isolated or restored: AWS documents no states for that. What is under way
    /// goes on from there, and ends within five minutes.
    ///
    /// They are made up whenever they are asked for: a million take no memory and no time.
    pub const fn operations(mut self, count: u32) -> Self {
        self.blueprint.generated = count;
        self
    }

    /// Sets what becomes of the operations that Cloud Map's calls create, from `SUBMITTED` on. Unless set, they are
    /// `PENDING` after a second and `SUCCESS` after five.
    pub fn created_life(mut self, life: Life<OperationStatus>) -> Self {
        self.blueprint.created_life = Some(life);
        self
    }

    /// Sets what becomes of the operations that `UpdateConnector` creates, from `PENDING` on. Unless set, they are
    /// `UPDATE_IN_PROGRESS` after a second and `UPDATE_COMPLETE` after five.
    pub fn updated_life(mut self, life: Life<ConnectorOperationState>) -> Self {
        self.blueprint.updated_life = Some(life);
        self
    }

    /// Sets what generated and created operations, page tokens and request ids depend on. 0 unless set.
    ///
    /// A page token of one seed means nothing to a service of another.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.blueprint.seed = seed;
        self
    }

    /// Sets how long page tokens are good, from the first page of their listing. 24 hours unless set: AWS documents no
    /// time.
    pub const fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.blueprint.token_lifetime = lifetime;
        self
    }

    /// Takes the service's time, which its `date` header shows, from this clock instead of the machine's.
    ///
    /// If it is a [`VirtualClock`], an answer that takes its time ([`Fault::SlowDrip`]) advances it when it is sent in
    /// memory. Any other clock is only read: in memory nobody ever waits.
    pub fn clock(mut self, clock: impl BlockingClock + 'static) -> Self {
        self.virtual_clock = (&clock as &dyn Any).downcast_ref().cloned();
        self.clock = Some(Box::new(clock));
        self
    }

    /// Keeps the latest `count` requests for [`FakeService::requests`], credentials and all. None are kept unless this
    /// is set, or if `count` is 0.
    pub const fn record(mut self, count: usize) -> Self {
        self.recorded = NonZeroUsize::new(count);
        self
    }

    /// Sets which requests meet which faults: the n-th request that is sent meets the n-th entry, `None` is answered as
    /// it should be, and so is everything after the end. None do unless this is set.
    ///
    /// The entries are taken one by one, as requests come, and may go on for ever:
    ///
    /// ```
    /// use std::iter::repeat_n;
    ///
    /// use http::StatusCode;
    /// use ops_fake::{Fault, FakeService};
    /// use ops_model::{ErrorCode, ServiceError};
    ///
    /// let throttled = ServiceError::new(
    ///     StatusCode::TOO_MANY_REQUESTS,
    ///     ErrorCode::ThrottlingException,
    ///     "Rate exceeded",
    /// );
    /// // A burst of five after the tenth request, and a reset on every hundredth.
    /// let burst = repeat_n(None, 10).chain(repeat_n(Some(Fault::Error(throttled)), 5));
    /// let resets = repeat_n(None, 99).chain([Some(Fault::ResetBeforeHead)]);
    /// let service = FakeService::builder().faults(burst.chain(resets.cycle()));
    /// ```
    pub fn faults<I>(mut self, schedule: I) -> Self
    where
        I: IntoIterator<Item = Option<Fault>, IntoIter: Send + 'static>,
    {
        self.faults = Some(Box::new(schedule.into_iter()));
        self
    }

    /// Answers only requests that are signed (AWS Signature Version 4, in their headers) with one of these keys, for
    /// their service and within five minutes of the service's time. All others are refused with AWS's code and message,
    /// before what they ask for is looked at. Anything is taken unless this is set; of several calls the last one counts.
    ///
    /// ```
    /// use bytes::Bytes;
    /// use ops_fake::{AccessKey, FakeService};
    ///
    /// let key = AccessKey::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    /// let service = FakeService::builder().verify_signatures([key]).build();
    /// let request = http::Request::get("/v1/connectorOperations/x").body(Bytes::new())?;
    /// let response = service.respond(request);
    /// assert_eq!(response.status(), 403);
    /// assert_eq!(response.body(), r#"{"message":"Missing Authentication Token"}"#);
    /// # Ok::<(), http::Error>(())
    /// ```
    #[cfg(feature = "verify-signatures")]
    pub fn verify_signatures(mut self, keys: impl IntoIterator<Item = AccessKey>) -> Self {
        self.keys = Some(keys.into_iter().collect());
        self
    }

    /// Sets the only region that verified signatures may be for. Any is good unless this is set.
    #[cfg(feature = "verify-signatures")]
    pub fn signing_region(mut self, region: Region) -> Self {
        self.signing_region = Some(region);
        self
    }

    /// The service.
    #[must_use]
    pub fn build(self) -> FakeService {
        let time = ServiceTime::new(self.clock);
        FakeService::of(Inner {
            holdings: RwLock::new(self.blueprint.holdings(time.timestamp())),
            blueprint: self.blueprint,
            served: AtomicU64::new(0),
            time,
            virtual_clock: self.virtual_clock,
            faults: Faults::new(self.faults),
            recorder: self.recorded.map(Recorder::new),
            #[cfg(feature = "verify-signatures")]
            verifier: self.keys.map(|keys| Verifier {
                keys,
                region: self.signing_region,
            }),
        })
    }
}

fn pairs<T, S>(told: Vec<Told<T, S>>) -> Vec<(T, Life<S>)> {
    let told = told.into_iter();
    told.map(|told| (told.operation, told.life)).collect()
}

impl fmt::Debug for FakeServiceBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeServiceBuilder")
            .field("examples", &self.blueprint.examples)
            .field("operations", &self.blueprint.operations.len())
            .field(
                "connector_operations",
                &self.blueprint.connector_operations.len(),
            )
            .field("generated", &self.blueprint.generated)
            .field("seed", &self.blueprint.seed)
            .finish_non_exhaustive()
    }
}
