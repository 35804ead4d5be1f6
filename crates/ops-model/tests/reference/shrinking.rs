//! A case that fails shrinks to what a person would have written.

use std::fmt::Debug;

use ops_model::cloud_map::{DateUnit, Filter};
use ops_model::testing::BrokenFilter;
use ops_model::testing::strategy::{
    broken_filter, checkpoint, filter, filter_and_operation, list_operations, listing,
    multiply_broken_filter, operation, operation_summary,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

/// What a property that does not hold is shrunk to, by a seed that stays.
fn shrunk<T: Debug>(strategy: impl Strategy<Value = T>, holds: impl Fn(&T) -> bool) -> T {
    let config = Config {
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    let run = TestRunner::new_with_rng(config, rng).run(&strategy, |value| {
        prop_assert!(holds(&value));
        Ok(())
    });
    match run {
        Err(TestError::Fail(_, value)) => value,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_filter_shrinks_to_the_first_terms_and_the_epoch() {
    let check = |holds: fn(&Filter) -> bool, expected: &str| {
        assert_eq!(shrunk(filter(), holds).to_string(), expected);
    };
    check(|_| false, "Name=STATUS,Condition=EQ,Values=SUBMITTED");
    check(
        |filter| filter.condition().as_str() != "BETWEEN",
        "Name=UPDATE_DATE,Condition=BETWEEN,Values=0,0",
    );
    check(
        |filter| filter.name().as_str() != "SERVICE_ID",
        "Name=SERVICE_ID,Condition=EQ,Values=ns-1",
    );
    check(
        |filter| filter.to_raw(DateUnit::Milliseconds).values.len() < 3,
        "Name=STATUS,Condition=IN,Values=SUBMITTED,SUBMITTED,SUBMITTED",
    );
}

#[test]
fn a_broken_filter_shrinks_to_the_fewest_breaches() {
    let check = |broken: BrokenFilter, expected: &str| {
        let BrokenFilter { raw, breaches, .. } = broken;
        assert_eq!(format!("{raw} {breaches:?}"), expected);
    };
    check(
        shrunk(broken_filter(), |broken| broken.violations.is_empty()),
        r#"Name=status,Condition=EQ,Values=SUBMITTED [UnknownName("status")]"#,
    );
    check(
        // "No filter has two violations."
        shrunk(multiply_broken_filter(), |broken| {
            let error = Filter::from_raw(&broken.raw, broken.unit).unwrap_err();
            error.violations().len() < 2
        }),
        r#"Name=STATUS,Condition=eq,Values="" [UnknownCondition("eq"), EmptyValue(0)]"#,
    );
    check(
        shrunk(broken_filter(), |broken| {
            !format!("{:?}", broken.violations).contains("TooLarge")
        }),
        r#"Name=UPDATE_DATE,Condition=BETWEEN,Values=0,253402300800000 [BadDate(1, "253402300800000")]"#,
    );
}

#[test]
fn values_and_listings_shrink_to_short_ones() {
    let check = |shrunk: String, expected: &str| assert_eq!(shrunk, expected);
    check(
        format!(
            "{:?}",
            shrunk(operation(), |operation| operation.targets.is_empty()).targets
        ),
        r#"{Namespace: "ns-1"}"#,
    );
    let pair = shrunk(filter_and_operation(), |(filter, operation)| {
        !filter.matches(operation) || filter.name().as_str() != "UPDATE_DATE"
    });
    check(
        format!("{} {:?}", pair.0, pair.1.update_date),
        "Name=UPDATE_DATE,Condition=BETWEEN,Values=0,100000000000 Some(1970-01-01T00:00:00Z)",
    );
    check(
        format!(
            "{:?}",
            shrunk(list_operations(), |call| call.filters().is_empty())
        ),
        "ListOperations { filters: [Checked(Filter { name: Status, condition: Eq, values: Statuses([Submitted]) })], \
         date_unit: Milliseconds, page_size: None, token: None }",
    );
    check(
        format!(
            "{:?}",
            shrunk(listing(operation_summary()), |listing| listing
                .items()
                .count()
                < 2)
        ),
        r#"Listing { pages: [Page { entries: [(0, Ok(OperationSummary { id: "ns-1", status: Submitted })), (1, Ok(OperationSummary { id: "ns-1", status: Submitted }))], next_token: None }] }"#,
    );
    check(
        shrunk(checkpoint(), |checkpoint| checkpoint.index() < 9).to_json(),
        r#"{"version":1,"operation":"ListOperations","endpoint":"https://localhost/","request":{},"index":9}"#,
    );
}
