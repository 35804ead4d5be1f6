use std::time::Duration;

use ops_model::Phase;
use ops_model::kafka_connect::{
    Capacity, ConnectorConfiguration, ConnectorOperation, ConnectorOperationState as State,
    ConnectorOperationType as Type, ErrorInfo, ProvisionedCapacity, WorkerSetting,
};

use super::{Generated, Seeded, created, mask, since, timestamp};
use crate::EXAMPLE_CONNECTOR_ARN;
use crate::life::{Held, Life, steps};
use crate::random::{Purpose, Random};

impl Generated for ConnectorOperation {
    /// Of the example connector: updates, restarts, pauses and resumptions, in every state that fits. What is pending or
    /// under way when the service begins ends within five minutes.
    fn generated(seeded: Seeded, index: u32) -> Held<Self> {
        let mut random = Random::new(seeded.seed, Purpose::ConnectorOperation, index.into());
        let operation = operation(seeded.seed, index, &mut random);
        let created = operation.creation_time.unwrap_or(seeded.start);
        let life = life(&operation, &mut random, |after| {
            since(created, seeded.start, after)
        });
        Held::new(operation, life, seeded.start)
    }

    fn index(seed: u64, arn: &str) -> Option<u32> {
        let (_, uuid) = arn.rsplit_once('/')?;
        let (head, rest) = uuid.split_once('-')?;
        Some(u32::from_str_radix(head, 16).ok()? ^ mask(seed, rest))
    }
}

/// An ARN whose UUID holds the index.
fn arn(seed: u64, index: u32, random: &mut Random) -> String {
    let uuid = random.uuid();
    let (_, rest) = uuid.split_once('-').expect("a UUID has groups");
    let prefix = EXAMPLE_CONNECTOR_ARN.replacen(":connector/", ":connector-operation/", 1);
    format!("{prefix}/{:08x}-{rest}", index ^ mask(seed, rest))
}

/// What becomes of an operation in its state; `since` makes a time after the service's begin one after the creation.
fn life(
    operation: &ConnectorOperation,
    random: &mut Random,
    since: impl Fn(Duration) -> Duration,
) -> Life<State> {
    let begins = Duration::from_secs(10 + random.below(10));
    let ends = begins + Duration::from_secs(30 + random.below(190));
    let rolled_back = ends + Duration::from_secs(10 + random.below(50));
    let fails = random.below(6) == 0;
    let state = &operation.connector_operation_state;
    let (under_way, complete, failed) = match operation.connector_operation_type {
        Some(Type::RestartConnector) => (
            State::RestartInProgress,
            State::RestartComplete,
            State::RestartFailed,
        ),
        Some(Type::PauseConnector) => (
            State::PauseInProgress,
            State::PauseComplete,
            State::PauseFailed,
        ),
        Some(Type::ResumeConnector) => (
            State::ResumeInProgress,
            State::ResumeComplete,
            State::ResumeFailed,
        ),
        _ => (
            State::UpdateInProgress,
            State::UpdateComplete,
            State::RollbackInProgress,
        ),
    };
    let (code, message) = FAILURE;
    let mut life = Life::new();
    if *state == State::Pending {
        life = life.then(since(begins), under_way);
    } else if *state == State::RollbackInProgress {
        return life.then_failed(since(ends), State::RollbackComplete, code, message);
    } else if *state != under_way {
        return life;
    }
    if !fails {
        return life.then(since(ends), complete);
    }
    let life = life.then_failed(since(ends), failed.clone(), code, message);
    if failed == State::RollbackInProgress {
        life.then(since(rolled_back), State::RollbackComplete)
    } else {
        life
    }
}

const FAILURE: (&str, &str) = (
    "UnknownError.Unknown",
    "The last operation failed. Retry the operation.",
);

/// The operation as it is when the service begins.
fn operation(seed: u64, index: u32, random: &mut Random) -> ConnectorOperation {
    let arn = arn(seed, index, random);
    let operation_type = random.pick(&[
        Type::UpdateWorkerSetting,
        Type::UpdateConnectorConfiguration,
        Type::RestartConnector,
        Type::PauseConnector,
        Type::ResumeConnector,
    ]);
    let mut state = |under_way, complete: State, failed| {
        random.pick(&[
            State::Pending,
            under_way,
            failed,
            complete.clone(),
            complete.clone(),
            complete,
        ])
    };
    let state = match operation_type {
        Type::RestartConnector => state(
            State::RestartInProgress,
            State::RestartComplete,
            State::RestartFailed,
        ),
        Type::PauseConnector => state(
            State::PauseInProgress,
            State::PauseComplete,
            State::PauseFailed,
        ),
        Type::ResumeConnector => state(
            State::ResumeInProgress,
            State::ResumeComplete,
            State::ResumeFailed,
        ),
        _ => match state(
            State::UpdateInProgress,
            State::UpdateComplete,
            State::UpdateFailed,
        ) {
            State::UpdateFailed => random.pick(&[
                State::UpdateFailed,
                State::RollbackInProgress,
                State::RollbackFailed,
                State::RollbackComplete,
            ]),
            other => other,
        },
    };
    let created = created(random, index.into());
    let ended = created.saturating_add(30_000 + random.below(900_000));

    let mut operation = ConnectorOperation::new(arn, state);
    operation.connector_arn = Some(EXAMPLE_CONNECTOR_ARN.to_owned());
    operation.creation_time = Some(timestamp(created));
    let state = &operation.connector_operation_state;
    if !matches!(state.phase(), Phase::Queued | Phase::Running) {
        operation.end_time = Some(timestamp(ended));
    }
    if matches!(state.phase(), Phase::Failed | Phase::RolledBack)
        || *state == State::RollbackInProgress
    {
        let (code, message) = FAILURE;
        operation.error_info = Some(ErrorInfo::new(code, message));
    }
    operation.operation_steps = steps(&operation_type, state);
    match operation_type {
        Type::UpdateWorkerSetting => {
            operation.origin_worker_setting = Some(workers(random));
            operation.target_worker_setting = Some(workers(random));
        }
        Type::UpdateConnectorConfiguration => {
            operation.origin_connector_configuration = Some(configuration(random));
            operation.target_connector_configuration = Some(configuration(random));
        }
        _ => {}
    }
    operation.connector_operation_type = Some(operation_type);
    operation
}

fn workers(random: &mut Random) -> WorkerSetting {
    let mut provisioned = ProvisionedCapacity::default();
    provisioned.mcu_count = Some(random.pick(&[1, 2, 4, 8]));
    provisioned.worker_count = Some(random.pick(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
    let mut capacity = Capacity::default();
    capacity.provisioned_capacity = Some(provisioned);
    let mut setting = WorkerSetting::default();
    setting.capacity = Some(capacity);
    setting.use_default_worker_configuration = Some(true);
    setting
}

fn configuration(random: &mut Random) -> ConnectorConfiguration {
    let tasks = (1 + random.below(16)).to_string();
    let members = [
        ("connector.class", "io.confluent.connect.s3.S3SinkConnector"),
        ("tasks.max", &tasks),
        ("topics", "orders"),
    ];
    ConnectorConfiguration(
        members
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
    )
}
