use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::{id, operation, text};
use crate::Timestamp;
use crate::cloud_map::{
    Condition, DateUnit, Filter, FilterName, Operation, OperationStatus, OperationType, RawFilter,
};
use crate::testing::{Breach, BrokenFilter, operations_near, spellings};

/// A filter of every rule: names, conditions, one value or several, dates at their boundaries.
pub fn filter() -> impl Strategy<Value = Filter> {
    let statuses = || select(OperationStatus::KNOWN);
    let types = || select(OperationType::KNOWN);
    let dates = (filter_date(), filter_date());
    prop_oneof![
        statuses().prop_map(Filter::status),
        vec(statuses(), 1..5).prop_map(Filter::status_in),
        types().prop_map(Filter::operation_type),
        vec(types(), 1..5).prop_map(Filter::operation_type_in),
        id().prop_map(Filter::namespace_id),
        id().prop_map(Filter::service_id),
        dates.prop_map(|(a, b)| Filter::updated_between(a.min(b), a.max(b))),
    ]
    .prop_map(|filter| filter.expect("known terms, ids of 1 to 255 characters, dates in order"))
}

/// A date that a filter takes: the epoch, or from 1973-03-03T09:46:40Z on.
pub fn filter_date() -> impl Strategy<Value = Timestamp> {
    const FIRST: i64 = 100_000_000_000;
    let last = Timestamp::MAX.as_millis();
    prop_oneof![
        2 => select(vec![0, FIRST, FIRST + 1, last - 1, last]),
        2 => 1_516_925_490_000..1_516_925_490_003_i64,
        // Of whole hundredths and tenths of a second, whose zeros may be left out.
        1 => (FIRST / 10..=410_244_480_000).prop_map(|hundredths| hundredths * 10),
        1 => (FIRST / 1000..=4_102_444_800).prop_map(|seconds| seconds * 1000),
        1 => FIRST..=last,
    ]
    .prop_map(|millis| Timestamp::from_millis(millis).expect("within the range"))
}

/// The unit of a filter's dates.
pub fn date_unit() -> impl Strategy<Value = DateUnit> {
    select(&[DateUnit::Milliseconds, DateUnit::Seconds])
}

/// A filter on the wire, the unit of its dates, and the filter that it must be read as: every [spelling](spellings).
pub fn spelled_filter() -> impl Strategy<Value = (RawFilter, DateUnit, Filter)> {
    (filter(), date_unit(), any::<Index>()).prop_map(|(filter, unit, which)| {
        let spelling = which.get(&spellings(&filter, unit)).clone();
        (spelling, unit, filter)
    })
}

/// A filter on the wire that breaks one rule; see [`Breach`].
pub fn broken_filter() -> impl Strategy<Value = BrokenFilter> {
    broken(1..2)
}

/// A filter on the wire that breaks several rules at once.
pub fn multiply_broken_filter() -> impl Strategy<Value = BrokenFilter> {
    broken(2..6)
}

fn broken(breaches: std::ops::Range<usize>) -> impl Strategy<Value = BrokenFilter> {
    let parts = (filter(), date_unit(), vec(any::<Index>(), breaches));
    parts.prop_map(|(filter, unit, which)| {
        let possible = Breach::of(&filter, unit);
        let breaches: Vec<_> = which.iter().map(|which| *which.get(&possible)).collect();
        BrokenFilter::new(&filter, unit, &breaches).expect("breaches of this filter")
    })
}

/// A filter on the wire of any texts, most of them near to what filters hold.
pub fn wild_raw_filter() -> impl Strategy<Value = RawFilter> {
    let name = prop_oneof![
        3 => select(FilterName::ALL).prop_map(|name| name.to_string()),
        1 => text(),
    ];
    let condition = prop_oneof![
        3 => select(Condition::ALL).prop_map(|condition| condition.to_string()),
        1 => text(),
    ];
    let value = prop_oneof![
        2 => select(OperationStatus::KNOWN).prop_map(|status| status.to_string()),
        2 => select(OperationType::KNOWN).prop_map(|operation_type| operation_type.to_string()),
        2 => r"-?[0-9]{0,16}(\.[0-9]{0,5})?",
        1 => Just("SUCCEED".to_owned()),
        1 => id(),
        1 => text(),
        1 => "(?s).{250,260}",
    ];
    let parts = (name, option::of(condition), vec(value, 0..4));
    parts.prop_map(|(name, condition, values)| RawFilter {
        name,
        condition,
        values,
    })
}

/// A filter on the wire: valid, broken, or wild.
pub fn raw_filter() -> impl Strategy<Value = RawFilter> {
    prop_oneof![
        spelled_filter().prop_map(|(raw, ..)| raw),
        broken_filter().prop_map(|broken| broken.raw),
        multiply_broken_filter().prop_map(|broken| broken.raw),
        wild_raw_filter(),
    ]
}

/// A filter and an operation near its edge; see [`operations_near`].
pub fn filter_and_operation() -> impl Strategy<Value = (Filter, Operation)> {
    (filter(), operation(), any::<Index>()).prop_map(|(filter, operation, which)| {
        let near = which.get(&operations_near(&filter, &operation)).clone();
        (filter, near)
    })
}
