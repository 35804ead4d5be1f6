use std::time::Duration;

use ops_model::cloud_map::{
    Operation, OperationErrorCode, OperationStatus, OperationTargetType, OperationType,
};

use super::{Generated, Seeded, created, mask, since, timestamp};
use crate::life::{Held, Life};
use crate::random::{Purpose, Random};

/// The account of all operations that are made up or created.
pub(crate) const OWNER_ACCOUNT: &str = "123456789012";
const NAMESPACES: u64 = 8;
const SERVICES_PER_NAMESPACE: u64 = 4;

impl Generated for Operation {
    /// All types and statuses, in a few namespaces and services. What is submitted or pending when the service begins
    /// ends within two minutes.
    fn generated(seeded: Seeded, index: u32) -> Held<Self> {
        let mut random = Random::new(seeded.seed, Purpose::Operation, index.into());
        let operation = operation(seeded.seed, index, &mut random);
        let created = operation.create_date.unwrap_or(seeded.start);
        let life = life(&operation.status, &mut random, |after| {
            since(created, seeded.start, after)
        });
        Held::new(operation, life, seeded.start)
    }

    fn index(seed: u64, id: &str) -> Option<u32> {
        let (head, rest) = id.split_at_checked(INDEX_LETTERS)?;
        let hidden = u64::from_str_radix(head, 36).ok()?;
        Some(u32::try_from(hidden).ok()? ^ mask(seed, rest))
    }
}

/// How many letters of an id hold its index: 32 bits in base 36.
const INDEX_LETTERS: usize = 7;

/// An id that holds the index.
fn id(seed: u64, index: u32, random: &mut Random) -> String {
    let letters = random.letters(32);
    let rest = format!("{}-{}", &letters[INDEX_LETTERS..], random.letters(8));
    let mut hidden = index ^ mask(seed, &rest);
    let mut head = [b'0'; INDEX_LETTERS];
    for letter in head.iter_mut().rev() {
        *letter = b"0123456789abcdefghijklmnopqrstuvwxyz"[hidden as usize % 36];
        hidden /= 36;
    }
    head.map(char::from).into_iter().collect::<String>() + &rest
}

/// What becomes of an operation in this status; `since` makes a time after the service's begin one after the creation.
fn life(
    status: &OperationStatus,
    random: &mut Random,
    since: impl Fn(Duration) -> Duration,
) -> Life<OperationStatus> {
    let begins = Duration::from_secs(10 + random.below(10));
    let ends = begins + Duration::from_secs(5 + random.below(90));
    let fails = random.below(6) == 0;
    let (code, message) = random.pick(&FAILURES);
    let mut life = Life::new();
    if *status == OperationStatus::Submitted {
        life = life.then(since(begins), OperationStatus::Pending);
    }
    match status {
        OperationStatus::Submitted | OperationStatus::Pending if fails => {
            life.then_failed(since(ends), OperationStatus::Fail, code.as_str(), message)
        }
        OperationStatus::Submitted | OperationStatus::Pending => {
            life.then(since(ends), OperationStatus::Success)
        }
        _ => life,
    }
}

/// The operation as it is when the service begins.
fn operation(seed: u64, index: u32, random: &mut Random) -> Operation {
    let id = id(seed, index, random);
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
    let created = created(random, index.into());
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
