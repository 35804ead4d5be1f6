//! Which operations a filter lists, on both sides of its edges.

use ops_model::cloud_map::{DateUnit, Filter, Operation};
use ops_model::testing::operations_near;
use ops_model::testing::strategy::{filter, filter_and_operation, operation};
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
}
