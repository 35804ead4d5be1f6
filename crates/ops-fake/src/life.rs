use std::borrow::Cow;
use std::time::Duration;

use ops_model::cloud_map::{Operation, OperationErrorCode, OperationStatus};
use ops_model::kafka_connect::{
    ConnectorOperation, ConnectorOperationState as State, ConnectorOperationStep,
    ConnectorOperationStepState as StepState, ConnectorOperationStepType as StepType,
    ConnectorOperationType as Type, ErrorInfo,
};
use ops_model::{LongRunning, Phase, Timestamp};

/// What becomes of an operation by itself: the states that it takes on, each so long after its creation.
///
/// The service shows the latest state whose time has come, as if it had happened then: Cloud Map's `UpdateDate` and MSK
/// Connect's `endTime` are of that moment, and the steps of an update follow its state. Until the first one the
/// operation is as it was given.
///
/// ```
/// use std::time::Duration;
///
/// use ops_fake::Life;
/// use ops_model::cloud_map::OperationStatus;
///
/// let life = Life::new()
///     .then(Duration::from_secs(2), OperationStatus::Pending)
///     .then_failed(Duration::from_secs(9), OperationStatus::Fail, "ACCESS_DENIED", "not your hosted zone");
/// assert_eq!(life.states().count(), 2);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life<S> {
    /// Ascending by time.
    stages: Vec<Stage<S>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Stage<S> {
    after: Duration,
    state: S,
    failure: Option<Failure>,
}

/// Why an operation failed, in the service's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) code: String,
    pub(crate) message: String,
}

impl Failure {
    pub(crate) fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }
}

impl<S> Life<S> {
    /// The operation stays as it is.
    #[must_use]
    pub const fn new() -> Self {
        Self { stages: Vec::new() }
    }

    /// So long after its creation the operation is in this state.
    #[must_use]
    pub fn then(self, after: Duration, state: S) -> Self {
        self.with(after, state, None)
    }

    /// So long after its creation the operation is in this state, with this error code and message. They stay with the
    /// states that follow a failure: those of a rollback, not those of a success.
    #[must_use]
    pub fn then_failed(
        self,
        after: Duration,
        state: S,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        self.with(after, state, Some(Failure::new(code, message)))
    }

    fn with(mut self, after: Duration, state: S, failure: Option<Failure>) -> Self {
        let place = self.stages.partition_point(|stage| stage.after <= after);
        let stage = Stage {
            after,
            state,
            failure,
        };
        self.stages.insert(place, stage);
        self
    }

    /// The states and when each is taken on.
    pub fn states(&self) -> impl Iterator<Item = (Duration, &S)> {
        self.stages.iter().map(|stage| (stage.after, &stage.state))
    }
}

impl<S> Default for Life<S> {
    fn default() -> Self {
        Self::new()
    }
}

/// An operation of one of the services, as it changes.
pub(crate) trait Living: LongRunning + Clone {
    type State: Clone;

    fn created(&self) -> Option<Timestamp>;

    fn set_created(&mut self, time: Timestamp);

    /// Takes on a state. The failure is the latest one of its life; a state that knows none drops it.
    fn enter(&mut self, state: Self::State, failure: Option<Failure>, time: Timestamp);
}

/// An operation as it was created, and what becomes of it.
#[derive(Clone, Debug)]
pub(crate) struct Held<T: Living> {
    operation: T,
    life: Life<T::State>,
}

impl<T: Living> Held<T> {
    /// An operation with its life, which begins with its creation date: `now` unless it has one. An operation that stays
    /// as it is needs none.
    pub(crate) fn new(mut operation: T, life: Life<T::State>, now: Timestamp) -> Self {
        if !life.stages.is_empty() && operation.created().is_none() {
            operation.set_created(now);
        }
        Self { operation, life }
    }

    pub(crate) fn id(&self) -> &str {
        self.operation.id()
    }

    /// The operation as it was created.
    pub(crate) const fn origin(&self) -> &T {
        &self.operation
    }

    pub(crate) fn into_origin(self) -> T {
        self.operation
    }

    /// The operation as it is at this time.
    pub(crate) fn at(&self, now: Timestamp) -> Cow<'_, T> {
        let Some(created) = self.operation.created() else {
            return Cow::Borrowed(&self.operation);
        };
        let age = now.as_millis().saturating_sub(created.as_millis());
        let reached = u64::try_from(age).map_or(0, |age| {
            let age = Duration::from_millis(age);
            self.life.stages.partition_point(|stage| stage.after <= age)
        });
        let reached = &self.life.stages[..reached];
        let Some(stage) = reached.last() else {
            return Cow::Borrowed(&self.operation);
        };
        let failure = reached.iter().rev().find_map(|stage| stage.failure.clone());
        let mut operation = self.operation.clone();
        operation.enter(stage.state.clone(), failure, later(created, stage.after));
        Cow::Owned(operation)
    }

    /// Takes on a state now, and keeps it.
    pub(crate) fn end(&mut self, state: T::State, failure: Failure, now: Timestamp) {
        self.operation = self.at(now).into_owned();
        self.operation.enter(state, Some(failure), now);
        self.life = Life::new();
    }
}

/// The time that is so much later, or the last one that there is.
pub(crate) fn later(time: Timestamp, by: Duration) -> Timestamp {
    let millis = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
    Timestamp::from_millis(time.as_millis().saturating_add(millis)).unwrap_or(Timestamp::MAX)
}

impl Living for Operation {
    type State = OperationStatus;

    fn created(&self) -> Option<Timestamp> {
        self.create_date
    }

    fn set_created(&mut self, time: Timestamp) {
        self.create_date = Some(time);
        self.update_date.get_or_insert(time);
    }

    fn enter(&mut self, status: OperationStatus, failure: Option<Failure>, time: Timestamp) {
        self.status = status;
        self.update_date = Some(time);
        let failure = failure.filter(|_| self.status == OperationStatus::Fail);
        (self.error_code, self.error_message) = failure
            .map(|Failure { code, message }| (OperationErrorCode::from(code.as_str()), message))
            .unzip();
    }
}

impl Living for ConnectorOperation {
    type State = State;

    fn created(&self) -> Option<Timestamp> {
        self.creation_time
    }

    fn set_created(&mut self, time: Timestamp) {
        self.creation_time = Some(time);
    }

    fn enter(&mut self, state: State, failure: Option<Failure>, time: Timestamp) {
        self.connector_operation_state = state;
        self.end_time = self.is_terminal().then_some(time);
        self.error_info = failure
            .filter(|_| self.phase() != Phase::Succeeded)
            .map(|Failure { code, message }| ErrorInfo::new(code, message));
        self.operation_steps = self
            .connector_operation_type
            .as_ref()
            .and_then(|of| steps(of, &self.connector_operation_state));
    }
}

/// The steps of an update, as far as an operation in this state has come. Other operations have none.
pub(crate) fn steps(of: &Type, state: &State) -> Option<Vec<ConnectorOperationStep>> {
    use StepState::{Cancelled, Completed, Failed, InProgress, Pending};
    let update = match of {
        Type::UpdateWorkerSetting => StepType::UpdateWorkerSetting,
        Type::UpdateConnectorConfiguration => StepType::UpdateConnectorConfiguration,
        _ => return None,
    };
    let states = match state {
        State::Pending => [Pending, Pending, Pending, Pending],
        State::UpdateInProgress => [Completed, Completed, InProgress, Pending],
        State::UpdateComplete => [Completed, Completed, Completed, Completed],
        _ => [Completed, Completed, Failed, Cancelled],
    };
    let types = [
        StepType::InitializeUpdate,
        StepType::ValidateUpdate,
        update,
        StepType::FinalizeUpdate,
    ];
    let steps = types.into_iter().zip(states);
    Some(
        steps
            .map(|(of, state)| ConnectorOperationStep::new(of, state))
            .collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_000_000_000_000 + seconds * 1_000).unwrap()
    }

    #[test]
    fn an_operation_is_what_its_latest_state_makes_of_it() {
        let life = Life::new()
            .then_failed(
                Duration::from_secs(9),
                OperationStatus::Fail,
                "ACCESS_DENIED",
                "no",
            )
            .then(Duration::from_secs(2), OperationStatus::Pending);
        let held = Held::new(
            Operation::new("op", OperationStatus::Submitted),
            life,
            at(0),
        );
        for (now, status, updated) in [
            (-5, "SUBMITTED", 0),
            (0, "SUBMITTED", 0),
            (1, "SUBMITTED", 0),
            (2, "PENDING", 2),
            (8, "PENDING", 2),
            (9, "FAIL", 9),
            (100_000, "FAIL", 9),
        ] {
            let operation = held.at(at(now));
            assert_eq!(operation.status.as_str(), status, "{now}");
            assert_eq!(operation.create_date, Some(at(0)), "{now}");
            assert_eq!(operation.update_date, Some(at(updated)), "{now}");
            let code = operation
                .error_code
                .as_ref()
                .map(OperationErrorCode::as_str);
            assert_eq!(code, (status == "FAIL").then_some("ACCESS_DENIED"), "{now}");
            assert_eq!(operation.error_message.is_some(), status == "FAIL");
        }
    }

    #[test]
    fn an_update_that_is_rolled_back_shows_its_steps_and_its_end() {
        let mut operation = ConnectorOperation::new("arn", State::Pending);
        operation.connector_operation_type = Some(Type::UpdateWorkerSetting);
        let life = Life::new()
            .then(Duration::from_secs(1), State::UpdateInProgress)
            .then_failed(Duration::from_secs(2), State::RollbackInProgress, "E", "m")
            .then(Duration::from_secs(3), State::RollbackComplete);
        let held = Held::new(operation, life, at(0));
        for (now, state, steps, failed, ended) in [
            (
                1,
                "UPDATE_IN_PROGRESS",
                "COMPLETED COMPLETED IN_PROGRESS PENDING",
                false,
                None,
            ),
            (
                2,
                "ROLLBACK_IN_PROGRESS",
                "COMPLETED COMPLETED FAILED CANCELLED",
                true,
                None,
            ),
            (
                3,
                "ROLLBACK_COMPLETE",
                "COMPLETED COMPLETED FAILED CANCELLED",
                true,
                Some(at(3)),
            ),
        ] {
            let operation = held.at(at(now));
            assert_eq!(operation.connector_operation_state.as_str(), state);
            let shown: Vec<&str> = operation
                .operation_steps
                .iter()
                .flatten()
                .map(|step| step.step_state.as_ref().unwrap().as_str())
                .collect();
            assert_eq!(shown.join(" "), steps, "{state}");
            assert_eq!(operation.error_info.is_some(), failed, "{state}");
            assert_eq!(operation.end_time, ended, "{state}");
        }
    }

    #[test]
    fn an_end_by_hand_stays() {
        let life = Life::new().then(Duration::from_secs(2), OperationStatus::Success);
        let mut held = Held::new(Operation::new("op", OperationStatus::Pending), life, at(0));
        held.end(OperationStatus::Fail, Failure::new("c", "m"), at(1));
        let operation = held.at(at(100));
        assert_eq!(operation.status, OperationStatus::Fail);
        assert_eq!(operation.update_date, Some(at(1)));
    }
}
