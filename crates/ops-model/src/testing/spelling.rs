use crate::cloud_map::{Condition, DateUnit, Filter, FilterName, RawFilter};

/// Every way to write this filter that reads as the same filter, its dates in this unit; [`Filter::to_raw`]'s is the first.
///
/// `EQ` may be omitted, `SUCCESS` be `SUCCEED`, and a number have zeros where they do not count.
///
/// ```
/// use ops_model::cloud_map::{DateUnit, Filter};
/// use ops_model::testing::spellings;
///
/// let filter: Filter = "Name=STATUS,Values=SUCCESS".parse()?;
/// let spellings: Vec<_> = spellings(&filter, DateUnit::Milliseconds)
///     .iter()
///     .map(ToString::to_string)
///     .collect();
/// assert_eq!(
///     spellings,
///     [
///         "Name=STATUS,Condition=EQ,Values=SUCCESS",
///         "Name=STATUS,Condition=EQ,Values=SUCCEED",
///         "Name=STATUS,Values=SUCCESS",
///         "Name=STATUS,Values=SUCCEED",
///     ]
/// );
/// # Ok::<(), ops_model::cloud_map::ParseFilterError>(())
/// ```
#[must_use]
pub fn spellings(filter: &Filter, unit: DateUnit) -> Vec<RawFilter> {
    let canonical = filter.to_raw(unit);
    let mut values = vec![canonical.values.clone()];
    let mut all_as = |respell: fn(&str) -> Option<String>| {
        let respelled = canonical.values.iter();
        let respelled = respelled.map(|value| respell(value).unwrap_or_else(|| value.clone()));
        values.push(respelled.collect());
    };
    match filter.name() {
        FilterName::NamespaceId | FilterName::ServiceId | FilterName::Type => {}
        FilterName::Status => all_as(|value| (value == "SUCCESS").then(|| "SUCCEED".to_owned())),
        FilterName::UpdateDate => {
            all_as(|value| Some(format!("00{value}")));
            if unit == DateUnit::Seconds {
                all_as(|value| (!value.contains('.')).then(|| format!("{value}.0")));
                all_as(|value| {
                    let shorter = value.trim_end_matches('0');
                    value.contains('.').then(|| shorter.to_owned())
                });
            }
        }
    }
    let mut spellings: Vec<RawFilter> = Vec::new();
    for values in values {
        let spelling = RawFilter {
            values,
            ..canonical.clone()
        };
        if !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    }
    if filter.condition() == Condition::Eq {
        let omitted = spellings.clone().into_iter().map(|spelling| RawFilter {
            condition: None,
            ..spelling
        });
        spellings.extend(omitted);
    }
    spellings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_condition_is_omitted_and_success_has_two_names() {
        let check = |filter: &str, expected: &[&str]| {
            let spellings = spellings(&filter.parse().unwrap(), DateUnit::Milliseconds);
            let spellings: Vec<_> = spellings.iter().map(ToString::to_string).collect();
            assert_eq!(spellings, expected);
        };
        check(
            "Name=SERVICE_ID,Values=srv-1",
            &[
                "Name=SERVICE_ID,Condition=EQ,Values=srv-1",
                "Name=SERVICE_ID,Values=srv-1",
            ],
        );
        check(
            "Name=STATUS,Condition=IN,Values=SUCCESS,FAIL",
            &[
                "Name=STATUS,Condition=IN,Values=SUCCESS,FAIL",
                "Name=STATUS,Condition=IN,Values=SUCCEED,FAIL",
            ],
        );
    }

    #[test]
    fn zeros_that_do_not_count_are_written() {
        let filter: Filter = "Name=UPDATE_DATE,Condition=BETWEEN,Values=0,1516925490500"
            .parse()
            .unwrap();
        let check = |unit: DateUnit, expected: &[[&str; 2]]| {
            let spellings = spellings(&filter, unit);
            let values: Vec<_> = spellings.into_iter().map(|raw| raw.values).collect();
            assert_eq!(values, expected);
        };
        check(
            DateUnit::Milliseconds,
            &[["0", "1516925490500"], ["000", "001516925490500"]],
        );
        check(
            DateUnit::Seconds,
            &[
                ["0", "1516925490.500"],
                ["000", "001516925490.500"],
                ["0.0", "1516925490.500"],
                ["0", "1516925490.5"],
            ],
        );
    }
}
