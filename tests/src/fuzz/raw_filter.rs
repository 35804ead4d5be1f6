use ops_model::cloud_map::{
    Filter, ListOperations, Operation, OperationTargetType, OperationType, RawFilter, RpcV2Cbor,
};
use ops_model::{ServedCall, Timestamp};

use super::filter_shorthand::read_again;
use super::{base, one_line};

/// Texts between bytes 0xFF: the name, the condition behind a `+` (anything else is none), and the values of a filter.
///
/// It is read as it was written, in every form and unit; the service takes exactly what keeps the rules, over both of its
/// protocols; and what is taken matches as the texts say.
pub fn raw_filter(data: &[u8]) {
    let texts: Result<Vec<&str>, _> = data
        .split(|byte| *byte == 0xff)
        .map(std::str::from_utf8)
        .collect();
    let Ok([name, rest @ ..]) = texts.as_deref() else {
        return;
    };
    let (condition, values) = rest.split_first().unwrap_or((&"", &[]));
    let raw = RawFilter::new(*name, condition.strip_prefix('+'), values.iter().copied());
    read_again(&raw);

    let taken = Filter::from_request(&raw);
    let call = ListOperations::new().with_unchecked_filter(raw.clone());
    served(&call, taken.as_ref().ok());
    served(&RpcV2Cbor(call), taken.as_ref().ok());
    match taken {
        Ok(filter) => {
            for operation in operations(&raw) {
                let listed = filter.matches(&operation);
                assert_eq!(listed, is_meant(&raw, &operation), "{raw} {operation:?}");
            }
        }
        Err(error) => {
            assert!(!error.violations().is_empty());
            one_line(&error);
        }
    }
}

/// A call with a filter that nobody has checked reaches the service, which takes it if it keeps the rules.
fn served<C: Listed>(call: &C, taken: Option<&Filter>) {
    let request = call.encode(&base()).unwrap();
    match (C::decode_request(&request), taken) {
        (Ok(call), Some(filter)) => {
            assert!(call.list().checked_filters().eq([filter]));
            let written = call.encode(&base()).unwrap();
            assert_eq!(C::decode_request(&written).as_ref(), Ok(&call));
        }
        (Err(error), None) => one_line(&error),
        (Ok(_), None) => panic!("{call:?} breaks the rules and was taken"),
        (Err(error), Some(_)) => panic!("{call:?} keeps the rules and was refused: {error}"),
    }
}

/// `ListOperations`, over either protocol.
trait Listed: ServedCall + std::fmt::Debug + PartialEq {
    fn list(&self) -> &ListOperations;
}

impl Listed for ListOperations {
    fn list(&self) -> &Self {
        self
    }
}

impl Listed for RpcV2Cbor<ListOperations> {
    fn list(&self) -> &ListOperations {
        &self.0
    }
}

/// Operations that have each value of a filter, wherever they can, and their neighbours.
fn operations(raw: &RawFilter) -> Vec<Operation> {
    let mut operations = vec![Operation::new("without anything", "PENDING".into())];
    for value in &raw.values {
        let mut operation = Operation::new("op", value.as_str().into());
        operation.operation_type = Some(OperationType::from(value.as_str()));
        for target in [
            OperationTargetType::Namespace,
            OperationTargetType::Service,
            OperationTargetType::Instance,
        ] {
            operation.targets = [(target, value.clone())].into();
            operations.push(operation.clone());
        }
        for aside in [-1, 0, 1] {
            let millis = value
                .parse::<i64>()
                .ok()
                .map(|millis| millis.saturating_add(aside));
            operation.update_date = millis.and_then(|millis| Timestamp::from_millis(millis).ok());
            operations.push(operation.clone());
        }
    }
    let succeeded = Operation::new("op", "SUCCESS".into());
    operations.push(succeeded);
    operations
}

/// Whether a filter that keeps the rules means an operation, by a plain reading of its texts.
fn is_meant(raw: &RawFilter, operation: &Operation) -> bool {
    let has = |text: &str| raw.values.iter().any(|value| value == text);
    let has_target = |target| operation.targets.get(&target).is_some_and(|id| has(id));
    match raw.name.as_str() {
        "NAMESPACE_ID" => has_target(OperationTargetType::Namespace),
        "SERVICE_ID" => has_target(OperationTargetType::Service),
        // AWS's documentation of the filters has another word for it.
        "STATUS" if operation.status.as_str() == "SUCCESS" => has("SUCCESS") || has("SUCCEED"),
        "STATUS" => operation.status.is_known() && has(operation.status.as_str()),
        "TYPE" => operation
            .operation_type
            .as_ref()
            .is_some_and(|operation_type| has(operation_type.as_str())),
        "UPDATE_DATE" => {
            let [start, end] = [0, 1].map(|place| raw.values[place].parse::<i64>().unwrap());
            operation
                .update_date
                .is_some_and(|date| start <= date.as_millis() && date.as_millis() <= end)
        }
        other => panic!("{other} is no name of a filter"),
    }
}
