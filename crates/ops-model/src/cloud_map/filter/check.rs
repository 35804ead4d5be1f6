use std::convert::Infallible;

use super::date::{DateReading, is_clearly_millis};
use super::rules::{Condition, FILTER_RULES, FilterName, FilterRule, VALUE_MAX_CHARS, ValueSyntax};
use super::violation::{InvalidFilter, Violation};
use super::{Filter, Values};
use crate::cloud_map::{OperationStatus, OperationType};

/// Whether a filter of these parts breaks no rule. If it breaks one, [`check`] says so of its wire form.
pub(super) fn is_valid(name: FilterName, condition: Condition, values: &Values) -> bool {
    let is_row_for = |count: usize| {
        FilterRule::of(name).any(|rule| rule.condition == condition && rule.count.accepts(count))
    };
    match values {
        Values::Ids(ids) => {
            let chars = 1..=VALUE_MAX_CHARS;
            is_row_for(ids.len()) && ids.iter().all(|id| chars.contains(&id.chars().count()))
        }
        Values::Statuses(statuses) => {
            is_row_for(statuses.len()) && statuses.iter().all(OperationStatus::is_known)
        }
        Values::Types(types) => {
            is_row_for(types.len()) && types.iter().all(OperationType::is_known)
        }
        Values::Dates(dates) => {
            let are_clear = dates.iter().copied().all(is_clearly_millis);
            is_row_for(dates.len()) && are_clear && dates.is_sorted()
        }
    }
}

/// Applies every rule to the wire form, and reports each that is broken: of the name, the condition, the count, then
/// value by value.
pub(super) fn check(
    name: &str,
    condition: Option<&str>,
    values: &[impl AsRef<str>],
    dates: DateReading,
) -> Result<Filter, InvalidFilter> {
    let mut check = Check {
        given: name,
        name: name.parse().ok(),
        condition,
        values,
        violations: Vec::new(),
    };
    let rule = check.rule();
    check.count(rule);
    let values = check.values(dates);
    match rule {
        Some(rule) if check.violations.is_empty() => Ok(Filter {
            name: rule.name,
            condition: rule.condition,
            values,
        }),
        _ => Err(InvalidFilter::new(name.to_owned(), check.violations)),
    }
}

struct Check<'a, V> {
    /// The name as it was given.
    given: &'a str,
    /// The filter's name, if there is such a filter.
    name: Option<FilterName>,
    condition: Option<&'a str>,
    values: &'a [V],
    violations: Vec<Violation>,
}

impl<V: AsRef<str>> Check<'_, V> {
    /// Finds the rule of the name and the condition; there is none only if one of them is in violation.
    fn rule(&mut self) -> Option<&'static FilterRule> {
        let name = || self.given.to_owned();
        if self.name.is_none() {
            self.violations
                .push(Violation::UnknownName { name: name() });
        }
        let given = match self.condition {
            None => None,
            Some(text) => {
                let Ok(condition) = text.parse() else {
                    self.violations.push(Violation::UnknownCondition {
                        name: name(),
                        condition: text.to_owned(),
                    });
                    return None;
                };
                Some(condition)
            }
        };
        let condition = given.unwrap_or(Condition::DEFAULT);
        if !FILTER_RULES.iter().any(|rule| rule.condition == condition) {
            self.violations.push(Violation::UndocumentedCondition {
                name: name(),
                condition,
            });
            return None;
        }
        let name = self.name?;
        let rule = FilterRule::of(name).find(|rule| rule.condition == condition);
        if rule.is_none() {
            self.violations.push(Violation::WrongCondition {
                name,
                condition: given,
            });
        }
        rule
    }

    /// Holds the number of values against the rule or, where there is none, against all rules of the name.
    fn count(&mut self, rule: Option<&'static FilterRule>) {
        let given = self.values.len();
        if given == 0 {
            let name = self.given.to_owned();
            self.violations.push(Violation::NoValues { name });
            return;
        }
        let of_name = || self.name.into_iter().flat_map(FilterRule::of);
        let rule = rule
            .or_else(|| of_name().find(|rule| rule.count.accepts(given)))
            .or_else(|| of_name().next());
        if let Some(rule) = rule.filter(|rule| !rule.count.accepts(given)) {
            self.violations.push(Violation::WrongCount {
                name: rule.name,
                condition: rule.condition,
                count: rule.count,
                given,
            });
        }
    }

    /// Reads the values in the syntax of the name; without one, only their lengths are looked at.
    fn values(&mut self, dates: DateReading) -> Values {
        let syntax = |name| Some((name, FilterRule::of(name).next()?.syntax));
        match self.name.and_then(syntax) {
            None | Some((_, ValueSyntax::Id)) => {
                let read = |id: &str| Ok::<_, Infallible>(id.to_owned());
                Values::Ids(self.read(read, |_, _, never| match never {}))
            }
            Some((name, ValueSyntax::Status)) => {
                Values::Statuses(self.read(read_status, |index, value, ()| {
                    Violation::UnknownStatus { name, index, value }
                }))
            }
            Some((name, ValueSyntax::Type)) => Values::Types(self.read(
                read_type,
                |index, value, ()| Violation::UnknownType { name, index, value },
            )),
            Some((name, ValueSyntax::Date)) => {
                let read = self.read(
                    |value| dates.read(value),
                    |index, value, fault| Violation::Date {
                        name,
                        index,
                        value,
                        unit: dates.unit,
                        fault,
                    },
                );
                if let [start, end] = read[..]
                    && self.values.len() == 2
                    && end < start
                {
                    self.violations
                        .push(Violation::ReversedDates { name, start, end });
                }
                Values::Dates(read)
            }
        }
    }

    /// Reads every value of a right length; `violation` describes a value that cannot be read.
    fn read<T, E>(
        &mut self,
        read: impl Fn(&str) -> Result<T, E>,
        violation: impl Fn(usize, String, E) -> Violation,
    ) -> Vec<T> {
        let mut values = Vec::with_capacity(self.values.len());
        for (index, value) in self.values.iter().map(AsRef::as_ref).enumerate() {
            let name = || self.given.to_owned();
            let read = match value.chars().count() {
                0 => Err(Violation::EmptyValue {
                    name: name(),
                    index,
                }),
                chars if chars > VALUE_MAX_CHARS => Err(Violation::LongValue {
                    name: name(),
                    index,
                    chars,
                }),
                _ => read(value).map_err(|error| violation(index, value.to_owned(), error)),
            };
            match read {
                Ok(value) => values.push(value),
                Err(violation) => self.violations.push(violation),
            }
        }
        values
    }
}

fn read_status(value: &str) -> Result<OperationStatus, ()> {
    // The documentation of the filter writes SUCCEED; the enum and the service say SUCCESS.
    let status = OperationStatus::from(if value == "SUCCEED" { "SUCCESS" } else { value });
    if status.is_known() {
        Ok(status)
    } else {
        Err(())
    }
}

fn read_type(value: &str) -> Result<OperationType, ()> {
    let operation_type = OperationType::from(value);
    if operation_type.is_known() {
        Ok(operation_type)
    } else {
        Err(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Timestamp;
    use crate::cloud_map::{DateFault, DateUnit, RawFilter, ValueCount};
    use crate::testing::strategy::filter;

    proptest! {
        #[test]
        fn a_filter_that_exists_is_valid(filter in filter()) {
            prop_assert!(is_valid(filter.name, filter.condition, &filter.values));
        }
    }

    #[test]
    fn every_violation_is_reported_in_order() {
        use FilterName::{NamespaceId, ServiceId, Status, UpdateDate};
        let check = |shorthand: &str, expected: &[Violation]| {
            let raw: RawFilter = shorthand.parse().expect(shorthand);
            match Filter::from_raw(&raw, DateUnit::Milliseconds) {
                Ok(_) => assert!(expected.is_empty(), "{raw}"),
                Err(error) => {
                    assert_eq!(error.name(), raw.name);
                    assert_eq!(error.violations(), expected, "{raw}");
                }
            }
        };
        let date = |index, value: &str, fault| Violation::Date {
            name: UpdateDate,
            index,
            value: value.into(),
            unit: DateUnit::Milliseconds,
            fault,
        };
        check("Name=STATUS,Values=SUCCEED", &[]);
        check("Name=STATUS,Condition=IN,Values=FAIL,FAIL", &[]);
        check(
            "Name=STATUS,Condition=BETWEEN,Values=[]",
            &[
                Violation::WrongCondition {
                    name: Status,
                    condition: Some(Condition::Between),
                },
                Violation::NoValues {
                    name: "STATUS".into(),
                },
            ],
        );
        check(
            "Name=NAMESPACE_ID,Condition=IN,Values=ns-1,ns-2",
            &[
                Violation::WrongCondition {
                    name: NamespaceId,
                    condition: Some(Condition::In),
                },
                Violation::WrongCount {
                    name: NamespaceId,
                    condition: Condition::Eq,
                    count: ValueCount::One,
                    given: 2,
                },
            ],
        );
        check(
            "Name=SERVICE_ID,Condition=IN,Values=srv-1",
            &[Violation::WrongCondition {
                name: ServiceId,
                condition: Some(Condition::In),
            }],
        );
        check(
            "Name=STATUS,Values=PENDING,DONE",
            &[
                Violation::WrongCount {
                    name: Status,
                    condition: Condition::Eq,
                    count: ValueCount::One,
                    given: 2,
                },
                Violation::UnknownStatus {
                    name: Status,
                    index: 1,
                    value: "DONE".into(),
                },
            ],
        );
        check(
            "Name=UPDATE_DATE,Condition=EQ,Values=1516925490",
            &[
                Violation::WrongCondition {
                    name: UpdateDate,
                    condition: Some(Condition::Eq),
                },
                Violation::WrongCount {
                    name: UpdateDate,
                    condition: Condition::Between,
                    count: ValueCount::Two,
                    given: 1,
                },
                date(0, "1516925490", DateFault::LooksLikeSeconds),
            ],
        );
        check(
            "Name=UPDATE_DATE,Values=1516925490087,1516925490086",
            &[
                Violation::WrongCondition {
                    name: UpdateDate,
                    condition: None,
                },
                Violation::ReversedDates {
                    name: UpdateDate,
                    start: Timestamp::from_millis(1_516_925_490_087).unwrap(),
                    end: Timestamp::from_millis(1_516_925_490_086).unwrap(),
                },
            ],
        );
        check(
            "Name=UPDATE_DATE,Condition=BETWEEN,Values=2,today,1516925490086",
            &[
                Violation::WrongCount {
                    name: UpdateDate,
                    condition: Condition::Between,
                    count: ValueCount::Two,
                    given: 3,
                },
                date(0, "2", DateFault::LooksLikeSeconds),
                date(1, "today", DateFault::NotANumber),
            ],
        );
        let long = "x".repeat(256);
        check(
            &format!("Name=Status,Condition=LIKE,Values=,{long}"),
            &[
                Violation::UnknownName {
                    name: "Status".into(),
                },
                Violation::UnknownCondition {
                    name: "Status".into(),
                    condition: "LIKE".into(),
                },
                Violation::EmptyValue {
                    name: "Status".into(),
                    index: 0,
                },
                Violation::LongValue {
                    name: "Status".into(),
                    index: 1,
                    chars: 256,
                },
            ],
        );
        check(
            "Name=COLOUR,Condition=BEGINS_WITH,Values=[]",
            &[
                Violation::UnknownName {
                    name: "COLOUR".into(),
                },
                Violation::UndocumentedCondition {
                    name: "COLOUR".into(),
                    condition: Condition::BeginsWith,
                },
                Violation::NoValues {
                    name: "COLOUR".into(),
                },
            ],
        );
    }
}
