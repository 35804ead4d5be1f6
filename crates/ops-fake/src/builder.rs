use std::any::Any;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicU64;

use ops_model::cloud_map::Operation;
use ops_model::kafka_connect::ConnectorOperation;
use ops_transport::BlockingClock;

use crate::VirtualClock;
use crate::examples::Examples;
use crate::fault::{Fault, Faults, Schedule};
use crate::generate;
use crate::holdings::Holdings;
use crate::recorder::Recorder;
use crate::service::{FakeService, Inner};

/// What a [`FakeService`] will hold. Made by [`FakeService::builder`].
///
/// Both services list their operations in this order: the pinned examples, those that were added, those that were
/// generated. An operation with the id (or the ARN) of an earlier one takes its place.
#[must_use = "nothing is served until `build` is called"]
pub struct FakeServiceBuilder {
    examples: bool,
    operations: Vec<Operation>,
    connectors: Vec<String>,
    connector_operations: Vec<ConnectorOperation>,
    generated: usize,
    seed: u64,
    clock: Option<Box<dyn BlockingClock>>,
    virtual_clock: Option<VirtualClock>,
    recorded: Option<NonZeroUsize>,
    faults: Option<Schedule>,
}

impl FakeServiceBuilder {
    pub(crate) const fn new() -> Self {
        Self {
            examples: true,
            operations: Vec::new(),
            connectors: Vec::new(),
            connector_operations: Vec::new(),
            generated: 0,
            seed: 0,
            clock: None,
            virtual_clock: None,
            recorded: None,
            faults: None,
        }
    }

    /// Leaves out the pinned examples: nothing is held but what is added and generated.
    pub const fn without_examples(mut self) -> Self {
        self.examples = false;
        self
    }

    /// Adds an operation to Cloud Map's list.
    pub fn cloud_map_operation(mut self, operation: Operation) -> Self {
        self.operations.push(operation);
        self
    }

    /// Adds a connector that has no operations yet.
    pub fn connector(mut self, connector_arn: impl Into<String>) -> Self {
        self.connectors.push(connector_arn.into());
        self
    }

    /// Adds an operation to its connector, and the connector if need be. An operation that names no connector belongs
    /// to [`EXAMPLE_CONNECTOR_ARN`](crate::EXAMPLE_CONNECTOR_ARN).
    pub fn connector_operation(mut self, operation: ConnectorOperation) -> Self {
        self.connector_operations.push(operation);
        self
    }

    /// Adds `count` generated operations to Cloud Map's list, and as many to the connector
    /// [`EXAMPLE_CONNECTOR_ARN`](crate::EXAMPLE_CONNECTOR_ARN). 0 unless set.
    ///
    /// They depend on the [seed](Self::seed) only: neither on the clock nor on `count`, so that ten are the first ten of
    /// a thousand. Their creation dates ascend from February 2025 on. They have every status and type, but no connector
    /// is isolated or restored: AWS documents no states for that.
    pub const fn operations(mut self, count: usize) -> Self {
        self.generated = count;
        self
    }

    /// Sets what generated operations, page tokens and request ids depend on. 0 unless set.
    ///
    /// A page token of one seed means nothing to a service of another.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
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

    /// The service.
    #[must_use]
    pub fn build(self) -> FakeService {
        let mut holdings = Holdings::new(self.seed);
        if self.examples {
            let examples = Examples::pinned();
            for operation in examples.operations {
                holdings.operations.put(operation);
            }
            for operation in examples.connector_operations {
                holdings.connectors.put(operation);
            }
        }
        for operation in self.operations {
            holdings.operations.put(operation);
        }
        for connector_arn in self.connectors {
            holdings.connectors.add(connector_arn);
        }
        for operation in self.connector_operations {
            holdings.connectors.put(operation);
        }
        for index in 0..self.generated as u64 {
            holdings
                .operations
                .put(generate::operation(self.seed, index));
            holdings
                .connectors
                .put(generate::connector_operation(self.seed, index));
        }
        FakeService::of(Inner {
            holdings,
            seed: self.seed,
            served: AtomicU64::new(0),
            clock: self.clock,
            virtual_clock: self.virtual_clock,
            faults: Faults::new(self.faults),
            recorder: self.recorded.map(Recorder::new),
        })
    }
}

impl fmt::Debug for FakeServiceBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeServiceBuilder")
            .field("examples", &self.examples)
            .field("operations", &self.operations.len())
            .field("connector_operations", &self.connector_operations.len())
            .field("generated", &self.generated)
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}
