use std::fmt;
use std::num::NonZeroUsize;
use std::sync::atomic::AtomicU64;

use ops_model::cloud_map::Operation;
use ops_model::kafka_connect::ConnectorOperation;
use ops_transport::BlockingClock;

use crate::examples::Examples;
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
    recorded: Option<NonZeroUsize>,
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
            recorded: None,
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

    /// Takes the time of the `date` header from this clock instead of the machine's.
    pub fn clock(mut self, clock: impl BlockingClock + 'static) -> Self {
        self.clock = Some(Box::new(clock));
        self
    }

    /// Keeps the latest `count` requests for [`FakeService::requests`], credentials and all. None are kept unless this
    /// is set, or if `count` is 0.
    pub const fn record(mut self, count: usize) -> Self {
        self.recorded = NonZeroUsize::new(count);
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
