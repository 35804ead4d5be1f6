use crate::Timestamp;
use crate::cloud_map::{
    DateUnit, Filter, FilterName, Operation, OperationStatus, OperationTargetType,
};

/// This operation on both sides of the filter's edges: with each value that the filter looks for, with its neighbours,
/// and without what the filter looks at.
///
/// For a range of dates: its start and its end, and a millisecond before and after each. For an id: the id as another
/// target as well.
///
/// ```
/// use ops_model::cloud_map::{Filter, Operation, OperationStatus};
/// use ops_model::testing::operations_near;
///
/// let filter: Filter = "Name=UPDATE_DATE,Condition=BETWEEN,Values=0,1516925490087".parse()?;
/// let operation = Operation::new("op-1", OperationStatus::Success);
/// let matching = operations_near(&filter, &operation)
///     .into_iter()
///     .filter(|operation| filter.matches(operation));
/// let dates: Vec<i64> = matching.map(|operation| operation.update_date.unwrap().as_millis()).collect();
/// assert_eq!(dates, [0, 1, 1516925490086, 1516925490087]);
/// # Ok::<(), ops_model::cloud_map::ParseFilterError>(())
/// ```
#[must_use]
pub fn operations_near(filter: &Filter, operation: &Operation) -> Vec<Operation> {
    let values = filter.to_raw(DateUnit::Milliseconds).values;
    match filter.name() {
        FilterName::NamespaceId => {
            on_targets(operation, &values[0], OperationTargetType::Namespace)
        }
        FilterName::ServiceId => on_targets(operation, &values[0], OperationTargetType::Service),
        FilterName::Status => with_texts(&values, OperationStatus::KNOWN)
            .map(|status| Operation {
                status,
                ..operation.clone()
            })
            .collect(),
        FilterName::Type => with_texts(&values, crate::cloud_map::OperationType::KNOWN)
            .map(Some)
            .chain([None])
            .map(|operation_type| Operation {
                operation_type,
                ..operation.clone()
            })
            .collect(),
        FilterName::UpdateDate => values
            .iter()
            .flat_map(|value| {
                let edge: i64 = value.parse().expect("a date in milliseconds");
                [edge - 1, edge, edge + 1]
            })
            .filter_map(|millis| Timestamp::from_millis(millis).ok())
            .map(Some)
            .chain([None])
            .map(|update_date| Operation {
                update_date,
                ..operation.clone()
            })
            .collect(),
    }
}

/// The id as this target, as another, in another case, and nowhere.
fn on_targets(operation: &Operation, id: &str, target: OperationTargetType) -> Vec<Operation> {
    let other = match target {
        OperationTargetType::Namespace => OperationTargetType::Service,
        _ => OperationTargetType::Namespace,
    };
    let targets = [
        vec![(target.clone(), id.to_owned())],
        vec![(other.clone(), id.to_owned())],
        vec![(target.clone(), format!("{id}x")), (other, id.to_owned())],
        vec![(target, id.to_uppercase())],
        vec![],
    ];
    let on = |targets: Vec<_>| Operation {
        targets: targets.into_iter().collect(),
        ..operation.clone()
    };
    targets.into_iter().map(on).collect()
}

/// These values, every known one, and one that is nearly known.
fn with_texts<T: for<'a> From<&'a str> + Clone>(
    values: &[String],
    known: &[T],
) -> impl Iterator<Item = T> {
    let near = values[0].to_lowercase();
    let values = values
        .iter()
        .map(|value| T::from(value))
        .collect::<Vec<_>>();
    values
        .into_iter()
        .chain(known.to_vec())
        .chain([T::from(&near)])
}
