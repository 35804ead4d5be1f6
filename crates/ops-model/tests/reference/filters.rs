//! What is read, what is refused, and what is said of it.

use ops_model::cloud_map::{DateUnit, Filter, InvalidFilter, RawFilter};
use ops_model::testing::strategy::{
    broken_filter, filter, multiply_broken_filter, raw_filter, spelled_filter, wild_raw_filter,
};
use ops_model::testing::{Breach, BrokenFilter, spellings};
use proptest::prelude::*;

use crate::rules::{self, Dates};

/// Holds the code against the rules, however dates are read.
fn agree(raw: &RawFilter) -> Result<(), TestCaseError> {
    let by_unit = |unit| Filter::from_raw(raw, unit);
    let readings: [(Dates, Result<Filter, InvalidFilter>); 3] = [
        (Dates::Milliseconds, by_unit(DateUnit::Milliseconds)),
        (Dates::Seconds, by_unit(DateUnit::Seconds)),
        (Dates::AsTheService, Filter::from_request(raw)),
    ];
    for (dates, read) in readings {
        let condition = raw.condition.as_deref();
        let valid = rules::is_valid(&raw.name, condition, &raw.values, dates);
        prop_assert_eq!(read.is_ok(), valid, "{:?} {}", dates, raw);
        match read {
            Ok(filter) => {
                let meant = RawFilter {
                    name: raw.name.clone(),
                    condition: condition.or(Some("EQ")).map(ToOwned::to_owned),
                    values: rules::meant(&raw.name, &raw.values, dates),
                };
                prop_assert_eq!(filter.to_raw(DateUnit::Milliseconds), meant);
            }
            Err(error) => {
                prop_assert_eq!(error.name(), &raw.name);
                prop_assert!(!error.violations().is_empty());
                prop_assert!(!error.to_string().chars().any(char::is_control));
            }
        }
    }
    Ok(())
}

/// Each filter's breaches, one by one and by twos, without any randomness.
#[test]
fn every_breach_and_every_two_give_exactly_their_violations() {
    for shorthand in [
        "Name=NAMESPACE_ID,Values=ns-1",
        "Name=SERVICE_ID,Values=srv-1",
        "Name=STATUS,Values=FAIL",
        "Name=STATUS,Condition=IN,Values=PENDING,SUCCESS,FAIL",
        "Name=TYPE,Values=UPDATE_SERVICE",
        "Name=TYPE,Condition=IN,Values=UPDATE_SERVICE,REGISTER_INSTANCE",
        "Name=UPDATE_DATE,Condition=BETWEEN,Values=0,1516925490087",
    ] {
        let filter: Filter = shorthand.parse().unwrap();
        for unit in [DateUnit::Milliseconds, DateUnit::Seconds] {
            let breaches = Breach::of(&filter, unit);
            for one in &breaches {
                for other in &breaches {
                    let broken = BrokenFilter::new(&filter, unit, &[*one, *other]).unwrap();
                    let error = Filter::from_raw(&broken.raw, unit).unwrap_err();
                    assert_eq!(error.violations(), broken.violations, "{broken:?}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn a_broken_filter_gives_exactly_its_violations(
        broken in prop_oneof![broken_filter(), multiply_broken_filter()],
    ) {
        let error = Filter::from_raw(&broken.raw, broken.unit).unwrap_err();
        prop_assert_eq!(error.name(), &broken.raw.name);
        prop_assert_eq!(error.violations(), broken.violations);
    }

    #[test]
    fn a_spelling_is_read_as_its_filter((raw, unit, filter) in spelled_filter()) {
        let condition = raw.condition.as_deref();
        let dates = match unit {
            DateUnit::Milliseconds => Dates::Milliseconds,
            DateUnit::Seconds => Dates::Seconds,
        };
        prop_assert!(rules::is_valid(&raw.name, condition, &raw.values, dates));
        prop_assert_eq!(Filter::from_raw(&raw, unit), Ok(filter));
    }

    #[test]
    fn the_service_reads_every_spelling_in_milliseconds(filter in filter()) {
        for raw in spellings(&filter, DateUnit::Milliseconds) {
            prop_assert_eq!(Filter::from_request(&raw), Ok(filter.clone()));
        }
    }

    #[test]
    fn what_is_read_is_what_the_rules_allow(raw in raw_filter()) {
        agree(&raw)?;
    }

    #[test]
    fn every_text_in_quotes_is_read_as_it_is(raw in raw_filter()) {
        prop_assert_eq!(rules::in_quotes(&raw.name, raw.condition.as_deref(), &raw.values).parse(), Ok(raw));
    }

    #[test]
    fn whatever_is_sent_is_read_or_refused_as_the_rules_say(raw in wild_raw_filter()) {
        agree(&raw)?;
    }

    #[test]
    fn a_date_means_the_same_to_both(
        texts in prop::collection::vec(r"0{0,2}[0-9]{1,16}(\.[0-9]{0,4})?|[-+]?[0-9.]{0,9}", 2),
    ) {
        agree(&RawFilter::new("UPDATE_DATE", Some("BETWEEN"), texts))?;
    }
}
