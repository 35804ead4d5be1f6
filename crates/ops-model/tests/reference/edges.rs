//! Which operations a filter lists, on both sides of its edges.

use ops_model::Timestamp;
use ops_model::cloud_map::{DateUnit, Filter, Operation};
use ops_model::kafka_connect::{ConnectorFilter, ConnectorOperationSummary};
use ops_model::testing::operations_near;
use ops_model::testing::strategy::{filter, filter_and_operation, operation};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::rules;

fn agree(filter: &Filter, operation: &Operation) -> Result<bool, TestCaseError> {
    let raw = filter.to_raw(DateUnit::Milliseconds);
    let json = serde_json::to_value(operation).unwrap();
    let matches = filter.matches(operation);
    prop_assert_eq!(
        matches,
        rules::matches(&raw.name, &raw.values, &json),
        "{} {}",
        filter,
        json
    );
    Ok(matches)
}

proptest! {
    #[test]
    fn an_operation_near_the_edge_is_listed_or_not(pair in filter_and_operation()) {
        agree(&pair.0, &pair.1)?;
    }

    #[test]
    fn every_filter_has_operations_on_both_sides(filter in filter(), operation in operation()) {
        let mut sides = [0; 2];
        for operation in operations_near(&filter, &operation) {
            sides[usize::from(agree(&filter, &operation)?)] += 1;
        }
        prop_assert!(sides.iter().all(|count| *count > 0), "{:?}", sides);
    }

    #[test]
    fn a_connector_operation_at_an_end_is_kept(
        (states, types) in (vec("[AB]", 0..3), vec("[AB]", 0..3)),
        (after, before) in (option::of(-2..=0_i64), option::of(0..=2_i64)),
        (state, of_type, created) in ("[AB]", option::of("[AB]"), option::of(-3..=3_i64)),
    ) {
        let time = |millis: Option<i64>| millis.map(|millis| Timestamp::from_millis(millis).unwrap());
        let filter = ConnectorFilter::new()
            .with_states(states.iter().map(|text| text.as_str().into()))
            .with_types(types.iter().map(|text| text.as_str().into()))
            .with_created(time(after), time(before))
            .unwrap();
        let mut operation = ConnectorOperationSummary::new("arn", state.as_str().into());
        operation.connector_operation_type = of_type.as_deref().map(Into::into);
        operation.creation_time = time(created);

        let right_state = states.is_empty() || states.contains(&state);
        let right_type = types.is_empty() || of_type.is_some_and(|of_type| types.contains(&of_type));
        let in_time = match (after, created, before) {
            (None, _, None) => true,
            (_, None, _) => false,
            (after, Some(created), before) => {
                (after.unwrap_or(-9)..=before.unwrap_or(9)).contains(&created)
            }
        };
        prop_assert_eq!(filter.matches(&operation), right_state && right_type && in_time);
    }
}
