use serde::Serialize;

use super::{DateUnit, Filter, RawFilter, Values};
use crate::cloud_map::{OperationStatus, OperationType};

/// The wire form of a filter as a request writes it: [`RawFilter`] without copies.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct WireFilter<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    condition: Option<&'a str>,
    values: WireValues<'a>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum WireValues<'a> {
    Texts(&'a [String]),
    Statuses(&'a [OperationStatus]),
    Types(&'a [OperationType]),
    Dates(Vec<String>),
}

impl RawFilter {
    pub(crate) fn to_wire(&self) -> WireFilter<'_> {
        WireFilter {
            name: &self.name,
            condition: self.condition.as_deref(),
            values: WireValues::Texts(&self.values),
        }
    }
}

impl Filter {
    /// As [`to_raw`](Self::to_raw).
    pub(crate) fn to_wire(&self, unit: DateUnit) -> WireFilter<'_> {
        let values = match &self.values {
            Values::Ids(ids) => WireValues::Texts(ids),
            Values::Statuses(statuses) => WireValues::Statuses(statuses),
            Values::Types(types) => WireValues::Types(types),
            Values::Dates(dates) => {
                WireValues::Dates(dates.iter().map(|date| unit.write(*date)).collect())
            }
        };
        WireFilter {
            name: self.name.as_str(),
            condition: Some(self.condition.as_str()),
            values,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::strategy::{date_unit, filter, wild_raw_filter};

    fn json(value: &impl Serialize) -> String {
        serde_json::to_string(value).unwrap()
    }

    proptest! {
        #[test]
        fn a_filter_is_written_as_its_wire_form(filter in filter(), unit in date_unit()) {
            prop_assert_eq!(json(&filter.to_wire(unit)), json(&filter.to_raw(unit)));
        }

        #[test]
        fn an_unchecked_filter_is_written_as_it_is(filter in wild_raw_filter()) {
            prop_assert_eq!(json(&filter.to_wire()), json(&filter));
        }
    }
}
