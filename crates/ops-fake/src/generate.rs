//! Operations made up from a seed: each depends on the seed and its index only, so ten are the first ten of a thousand.

use ops_model::cloud_map::{
    Operation, OperationErrorCode, OperationStatus, OperationTargetType, OperationType,
};
use ops_model::kafka_connect::{
    Capacity, ConnectorConfiguration, ConnectorOperation, ConnectorOperationState as State,
    ConnectorOperationStep, ConnectorOperationStepState as StepState,
    ConnectorOperationStepType as StepType, ConnectorOperationType as Type, ErrorInfo,
    ProvisionedCapacity, WorkerSetting,
};
use ops_model::{Phase, Timestamp};

use crate::EXAMPLE_CONNECTOR_ARN;
use crate::random::{Purpose, Random};

const OWNER_ACCOUNT: &str = "123456789012";
/// 2025-02-01T00:00:00Z, when the first generated operation is about to be created.
const START_MILLIS: u64 = 1_738_368_000_000;
/// From the creation of one operation to that of the next, on average.
const INTERVAL_MILLIS: u64 = 37_000;
const NAMESPACES: u64 = 8;
const SERVICES_PER_NAMESPACE: u64 = 4;

/// Cloud Map's generated operation of this index: all types and statuses, in a few namespaces and services.
pub(crate) fn operation(seed: u64, index: u64) -> Operation {
    let mut random = Random::new(seed, Purpose::Operation, index);
    let id = format!("{}-{}", random.letters(32), random.letters(8));
    let status = random.pick(&[
        OperationStatus::Submitted,
        OperationStatus::Pending,
        OperationStatus::Fail,
        OperationStatus::Success,
        OperationStatus::Success,
        OperationStatus::Success,
        OperationStatus::Success,
        OperationStatus::Success,
    ]);
    let operation_type = random.pick(&[
        OperationType::CreateNamespace,
        OperationType::DeleteNamespace,
        OperationType::UpdateNamespace,
        OperationType::UpdateService,
        OperationType::RegisterInstance,
        OperationType::DeregisterInstance,
    ]);
    let created = created(&mut random, index);
    let age = match status {
        OperationStatus::Submitted => 0,
        OperationStatus::Pending => random.below(60_000),
        _ => 1_000 + random.below(600_000),
    };

    let mut operation = Operation::new(id, status);
    operation.owner_account = Some(OWNER_ACCOUNT.to_owned());
    operation.create_date = Some(timestamp(created));
    operation.update_date = Some(timestamp(created.saturating_add(age)));
    if operation.status == OperationStatus::Fail {
        let (code, message) = random.pick(&FAILURES);
        operation.error_code = Some(code);
        operation.error_message = Some(message.to_owned());
    }

    let namespace = random.below(NAMESPACES);
    let service = namespace * SERVICES_PER_NAMESPACE + random.below(SERVICES_PER_NAMESPACE);
    let place = |prefix: &str, index| {
        format!(
            "{prefix}-{}",
            Random::new(seed, Purpose::Places, index).letters(16)
        )
    };
    operation
        .targets
        .insert(OperationTargetType::Namespace, place("ns", namespace));
    let (in_service, on_instance) = match operation_type {
        OperationType::RegisterInstance | OperationType::DeregisterInstance => (true, true),
        OperationType::UpdateService => (true, false),
        _ => (false, false),
    };
    if in_service {
        operation.targets.insert(
            OperationTargetType::Service,
            place("srv", NAMESPACES + service),
        );
    }
    if on_instance {
        operation.targets.insert(
            OperationTargetType::Instance,
            format!("i-{}", random.letters(17)),
        );
    }
    operation.operation_type = Some(operation_type);
    operation
}

/// MSK Connect's generated operation of this index, of the example connector: updates, restarts, pauses and
/// resumptions, in every state that fits.
pub(crate) fn connector_operation(seed: u64, index: u64) -> ConnectorOperation {
    let mut random = Random::new(seed, Purpose::ConnectorOperation, index);
    let arn = format!(
        "{}/{}",
        EXAMPLE_CONNECTOR_ARN.replacen(":connector/", ":connector-operation/", 1),
        random.uuid()
    );
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
    let created = created(&mut random, index);
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
        operation.error_info = Some(ErrorInfo::new(
            "UnknownError.Unknown",
            "The last operation failed. Retry the operation.",
        ));
    }
    match operation_type {
        Type::UpdateWorkerSetting => {
            operation.operation_steps = Some(steps(StepType::UpdateWorkerSetting, state));
            operation.origin_worker_setting = Some(workers(&mut random));
            operation.target_worker_setting = Some(workers(&mut random));
        }
        Type::UpdateConnectorConfiguration => {
            operation.operation_steps = Some(steps(StepType::UpdateConnectorConfiguration, state));
            operation.origin_connector_configuration = Some(configuration(&mut random));
            operation.target_connector_configuration = Some(configuration(&mut random));
        }
        _ => {}
    }
    operation.connector_operation_type = Some(operation_type);
    operation
}

const FAILURES: [(OperationErrorCode, &str); 7] = [
    (
        OperationErrorCode::AccessDenied,
        "The caller is not allowed to change the hosted zone.",
    ),
    (
        OperationErrorCode::CannotCreateHostedZone,
        "Amazon Route 53 could not create the hosted zone.",
    ),
    (
        OperationErrorCode::ExpiredToken,
        "The security token has expired.",
    ),
    (
        OperationErrorCode::HostedZoneNotFound,
        "The hosted zone of the namespace does not exist.",
    ),
    (
        OperationErrorCode::InternalFailure,
        "An internal failure has occurred.",
    ),
    (
        OperationErrorCode::InvalidChangeBatch,
        "Amazon Route 53 refused the change of the DNS records.",
    ),
    (
        OperationErrorCode::ThrottledRequest,
        "Too many requests to Amazon Route 53.",
    ),
];

/// Milliseconds since the epoch: later for each index.
fn created(random: &mut Random, index: u64) -> u64 {
    index
        .saturating_mul(INTERVAL_MILLIS)
        .saturating_add(START_MILLIS + random.below(INTERVAL_MILLIS))
}

fn timestamp(millis: u64) -> Timestamp {
    i64::try_from(millis)
        .ok()
        .and_then(|millis| Timestamp::from_millis(millis).ok())
        .unwrap_or(Timestamp::MAX)
}

/// The steps of an update, as far as an operation in this state has come.
fn steps(update: StepType, state: &State) -> Vec<ConnectorOperationStep> {
    use StepState::{Cancelled, Completed, Failed, InProgress, Pending};
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
    types
        .into_iter()
        .zip(states)
        .map(|(of, state)| ConnectorOperationStep::new(of, state))
        .collect()
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
