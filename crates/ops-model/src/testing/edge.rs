use crate::Timestamp;
use crate::cloud_map::{
    DateUnit, Filter, FilterName, Operation, OperationStatus, OperationTargetType, OperationType,
};

/// This operation on both sides of the filter's edges: with what the filter looks for, with what is nearly that, and
/// without what it looks at.
///
/// For a range of dates: its start and its end, and a millisecond before and after each. For an id: the id as another
/// target as well. For a status or a type: every known one.
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
        FilterName::Status => terms(OperationStatus::KNOWN, &values[0])
            .map(|status| Operation {
                status,
                ..operation.clone()
            })
            .collect(),
        FilterName::Type => terms(OperationType::KNOWN, &values[0])
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

/// Every known term, and one that is nearly the filter's own.
fn terms<T: for<'a> From<&'a str> + Clone>(known: &[T], own: &str) -> impl Iterator<Item = T> {
    let near = T::from(&own.to_lowercase());
    known.iter().cloned().chain([near])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(filter: &str) -> Vec<Operation> {
        let mut operation = Operation::new("op-1", OperationStatus::Success);
        operation.owner_account = Some("123456789012".into());
        let near = operations_near(&filter.parse().unwrap(), &operation);
        for one in &near {
            assert_eq!(
                (&one.id, &one.owner_account),
                (&operation.id, &operation.owner_account)
            );
        }
        near
    }

    #[test]
    fn a_date_has_a_millisecond_on_either_side() {
        let dates = |filter| -> Vec<_> {
            let dates = near(filter).into_iter().map(|one| one.update_date);
            dates.map(|date| date.map(Timestamp::as_millis)).collect()
        };
        assert_eq!(
            dates("Name=UPDATE_DATE,Condition=BETWEEN,Values=0,1516925490087"),
            [
                Some(-1),
                Some(0),
                Some(1),
                Some(1_516_925_490_086),
                Some(1_516_925_490_087),
                Some(1_516_925_490_088),
                None,
            ]
        );
    }

    #[test]
    fn an_id_is_on_its_target_and_on_another() {
        let targets = |filter| -> Vec<_> {
            let targets = near(filter).into_iter().map(|one| one.targets);
            targets
                .map(|targets| {
                    let targets = targets.iter().map(|(target, id)| format!("{target}={id}"));
                    targets.collect::<Vec<_>>().join(" ")
                })
                .collect()
        };
        assert_eq!(
            targets("Name=NAMESPACE_ID,Values=ns-a"),
            [
                "NAMESPACE=ns-a",
                "SERVICE=ns-a",
                "NAMESPACE=ns-ax SERVICE=ns-a",
                "NAMESPACE=NS-A",
                ""
            ]
        );
        assert_eq!(
            targets("Name=SERVICE_ID,Values=srv-a"),
            [
                "SERVICE=srv-a",
                "NAMESPACE=srv-a",
                "NAMESPACE=srv-a SERVICE=srv-ax",
                "SERVICE=SRV-A",
                ""
            ]
        );
    }

    #[test]
    fn every_term_is_there_and_one_in_another_case() {
        let statuses: Vec<_> = near("Name=STATUS,Values=FAIL")
            .into_iter()
            .map(|one| one.status.as_str().to_owned())
            .collect();
        assert_eq!(
            statuses,
            ["SUBMITTED", "PENDING", "SUCCESS", "FAIL", "fail"]
        );
        let types: Vec<_> = near("Name=TYPE,Values=UPDATE_SERVICE")
            .into_iter()
            .map(|one| one.operation_type)
            .collect();
        assert_eq!(types.len(), OperationType::KNOWN.len() + 2);
        assert!(types.contains(&Some(OperationType::from("update_service"))));
        assert!(types.contains(&None));
    }
}
