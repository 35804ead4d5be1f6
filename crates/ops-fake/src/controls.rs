//! What a test does to a service while it runs.

use std::time::Duration;

use ops_model::Timestamp;
use ops_model::cloud_map::{Operation, OperationStatus};
use ops_model::kafka_connect::{ConnectorOperation, ConnectorOperationState};

use crate::life::{Failure, Held};
use crate::{FakeService, Life};

impl FakeService {
    /// What time it is for the service.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.0.time.timestamp()
    }

    /// Sets the service's time forward: whatever should have happened by then has happened.
    pub fn advance(&self, by: Duration) {
        self.0.time.advance(by);
    }

    /// Adds an operation at the end of Cloud Map's list. Its life begins with its creation date, which is now unless it
    /// has one.
    ///
    /// # Errors
    ///
    /// The operation, if there is one with its id.
    #[expect(clippy::result_large_err, reason = "what is not taken is given back")]
    pub fn add_cloud_map_operation(
        &self,
        operation: Operation,
        life: Life<OperationStatus>,
    ) -> Result<(), Operation> {
        let held = Held::new(operation, life, self.now());
        self.0.holdings_mut().operations.add(held)
    }

    /// Adds an operation at the end of its connector's list: the example's, unless it names another. Its life begins
    /// with its creation date, which is now unless it has one.
    ///
    /// # Errors
    ///
    /// The operation, if there is one with its ARN, or if there is no such connector.
    #[expect(clippy::result_large_err, reason = "what is not taken is given back")]
    pub fn add_connector_operation(
        &self,
        operation: ConnectorOperation,
        life: Life<ConnectorOperationState>,
    ) -> Result<(), ConnectorOperation> {
        let held = Held::new(operation, life, self.now());
        self.0.holdings_mut().connectors.add(held)
    }

    /// Ends an operation of Cloud Map's now: it fails, and stays so. Whether there is one with this id.
    pub fn fail_cloud_map_operation(&self, id: &str, code: &str, message: &str) -> bool {
        let now = self.now();
        let failure = Failure::new(code, message);
        let fail = |held: &mut Held<Operation>| held.end(OperationStatus::Fail, failure, now);
        self.0.holdings_mut().operations.change(id, fail)
    }

    /// Ends an operation of a connector now: it is in this state, with this error, and stays so. Whether there is one
    /// with this ARN.
    pub fn fail_connector_operation(
        &self,
        arn: &str,
        state: ConnectorOperationState,
        code: &str,
        message: &str,
    ) -> bool {
        let now = self.now();
        let failure = Failure::new(code, message);
        let fail = |held: &mut Held<ConnectorOperation>| held.end(state, failure, now);
        self.0.holdings_mut().connectors.change(arn, fail)
    }

    /// Begins anew: the service holds what it was built with, its time is the clock's again, and faults that were
    /// [injected](Self::inject) are forgotten. Page tokens that it has given stay good; the schedule of faults goes on.
    pub fn reset(&self) {
        self.0.faults.forget();
        self.0.time.reset();
        let holdings = self.0.blueprint.holdings(self.now());
        *self.0.holdings_mut() = holdings;
    }
}
