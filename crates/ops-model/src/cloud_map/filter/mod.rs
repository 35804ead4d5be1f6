//! Filters of `ListOperations`: valid by construction, in the wire form, in the AWS CLI's shorthand, and as a predicate.

mod check;
mod date;
mod raw;
mod rules;
mod shorthand;
mod violation;
mod wire;

use std::fmt;

pub use date::{DateFault, DateUnit};
pub use raw::RawFilter;
pub use rules::{
    Condition, FILTER_RULES, FilterName, FilterRule, UnknownTerm, VALUE_MAX_CHARS, ValueCount,
    ValueSyntax,
};
pub use shorthand::ShorthandError;
pub use violation::{InvalidFilter, Violation};
pub(crate) use wire::WireFilter;

use super::{Operation, OperationStatus, OperationTargetType, OperationType};
use crate::Timestamp;
use date::DateReading;
use shorthand::Shorthand;

/// A filter of `ListOperations` that breaks none of the [`FILTER_RULES`].
///
/// Made by a constructor, from the wire form ([`from_raw`](Self::from_raw)) or from the AWS CLI's shorthand (`FromStr`);
/// all of them apply the same rules. `Display` writes the shorthand, which parses to the same filter. Several filters
/// are ANDed by the service.
///
/// ```
/// use ops_model::Timestamp;
/// use ops_model::cloud_map::{Filter, Operation, OperationStatus};
///
/// let failed = Filter::status(OperationStatus::Fail)?;
/// assert_eq!(failed.to_string(), "Name=STATUS,Condition=EQ,Values=FAIL");
///
/// let unfinished: Filter = "Name=STATUS,Condition=IN,Values=SUBMITTED,PENDING".parse()?;
/// let recent = Filter::updated_between("2018-01-26T00:00:00Z".parse()?, Timestamp::MAX)?;
///
/// let mut operation = Operation::new("dns-abc", OperationStatus::Pending);
/// operation.update_date = Some("2018-01-26T00:11:30.087Z".parse()?);
/// assert!(unfinished.matches(&operation) && recent.matches(&operation));
///
/// let error = "Name=STATUS,Values=PENDING,SUCCESS".parse::<Filter>().unwrap_err();
/// assert_eq!(error.to_string(), "STATUS: EQ takes one value, 2 given; use Condition=IN for a list");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Filter {
    name: FilterName,
    condition: Condition,
    values: Values,
}

/// The values of a filter, as many as its rule takes; dates are the start and the end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Values {
    Ids(Vec<String>),
    Statuses(Vec<OperationStatus>),
    Types(Vec<OperationType>),
    Dates(Vec<Timestamp>),
}

impl Filter {
    /// Operations on this namespace.
    ///
    /// # Errors
    ///
    /// The id is empty or has more than [`VALUE_MAX_CHARS`] characters.
    pub fn namespace_id(id: impl Into<String>) -> Result<Self, InvalidFilter> {
        let values = Values::Ids(vec![id.into()]);
        Self::new(FilterName::NamespaceId, Condition::Eq, values)
    }

    /// Operations on this service.
    ///
    /// # Errors
    ///
    /// The id is empty or has more than [`VALUE_MAX_CHARS`] characters.
    pub fn service_id(id: impl Into<String>) -> Result<Self, InvalidFilter> {
        let values = Values::Ids(vec![id.into()]);
        Self::new(FilterName::ServiceId, Condition::Eq, values)
    }

    /// Operations with this status.
    ///
    /// # Errors
    ///
    /// The status is unknown.
    pub fn status(status: OperationStatus) -> Result<Self, InvalidFilter> {
        let values = Values::Statuses(vec![status]);
        Self::new(FilterName::Status, Condition::Eq, values)
    }

    /// Operations with one of these statuses.
    ///
    /// # Errors
    ///
    /// There is no status, or one of them is unknown.
    pub fn status_in(
        statuses: impl IntoIterator<Item = OperationStatus>,
    ) -> Result<Self, InvalidFilter> {
        let values = Values::Statuses(statuses.into_iter().collect());
        Self::new(FilterName::Status, Condition::In, values)
    }

    /// Operations of this type.
    ///
    /// # Errors
    ///
    /// The type is unknown.
    pub fn operation_type(operation_type: OperationType) -> Result<Self, InvalidFilter> {
        let values = Values::Types(vec![operation_type]);
        Self::new(FilterName::Type, Condition::Eq, values)
    }

    /// Operations of one of these types.
    ///
    /// # Errors
    ///
    /// There is no type, or one of them is unknown.
    pub fn operation_type_in(
        types: impl IntoIterator<Item = OperationType>,
    ) -> Result<Self, InvalidFilter> {
        let values = Values::Types(types.into_iter().collect());
        Self::new(FilterName::Type, Condition::In, values)
    }

    /// Operations whose status last changed between these times, both included.
    ///
    /// For an open start give [`Timestamp::UNIX_EPOCH`], for an open end [`Timestamp::MAX`].
    ///
    /// # Errors
    ///
    /// The end is before the start, or a time other than the epoch is before 1973-03-03T09:46:40Z: as milliseconds it
    /// could not be told from seconds, so that the filter would not parse back.
    pub fn updated_between(start: Timestamp, end: Timestamp) -> Result<Self, InvalidFilter> {
        let values = Values::Dates(vec![start, end]);
        Self::new(FilterName::UpdateDate, Condition::Between, values)
    }

    fn new(name: FilterName, condition: Condition, values: Values) -> Result<Self, InvalidFilter> {
        let is_valid = check::is_valid(name, condition, &values);
        let filter = Self {
            name,
            condition,
            values,
        };
        if is_valid {
            return Ok(filter);
        }
        // In seconds a time is read for what it is: the guard against mistaken seconds is for texts.
        Self::from_raw(&filter.to_raw(DateUnit::Seconds), DateUnit::Seconds)
    }

    /// Applies the rules to the wire form; dates are in this unit.
    ///
    /// An omitted condition means `EQ`. `SUCCEED`, as AWS's filter documentation writes it, is read as `SUCCESS`. A date
    /// in milliseconds is an integer; a decimal, or an integer other than 0 below 100000000000, is refused as it looks
    /// like seconds. A date in seconds may have up to three decimals.
    ///
    /// # Errors
    ///
    /// [`InvalidFilter`] has every violation, not only the first.
    ///
    /// ```
    /// use ops_model::cloud_map::{DateUnit, Filter, RawFilter};
    ///
    /// let raw = RawFilter::new("UPDATE_DATE", Some("BETWEEN"), ["1516838400", "1516925490.087"]);
    /// let filter = Filter::from_raw(&raw, DateUnit::Seconds)?;
    /// assert_eq!(
    ///     filter.to_raw(DateUnit::Milliseconds).values,
    ///     ["1516838400000", "1516925490087"]
    /// );
    /// # Ok::<(), ops_model::cloud_map::InvalidFilter>(())
    /// ```
    pub fn from_raw(raw: &RawFilter, unit: DateUnit) -> Result<Self, InvalidFilter> {
        let dates = DateReading::of(unit);
        check::check(&raw.name, raw.condition.as_deref(), &raw.values, dates)
    }

    /// Reads the wire form as the service itself does: dates are milliseconds, even those that look like seconds.
    ///
    /// The service cannot know what its caller meant: a date in seconds lies in January 1970 and silently matches
    /// nothing. For a fake of the service; a caller's filter is read by [`from_raw`](Self::from_raw). A filter with such
    /// a date is the one that does not parse back from what it prints.
    ///
    /// # Errors
    ///
    /// As [`from_raw`](Self::from_raw), but for integers that look like seconds.
    pub fn from_request(raw: &RawFilter) -> Result<Self, InvalidFilter> {
        let dates = DateReading {
            unit: DateUnit::Milliseconds,
            guarded: false,
        };
        check::check(&raw.name, raw.condition.as_deref(), &raw.values, dates)
    }

    /// What the filter looks at.
    #[must_use]
    pub const fn name(&self) -> FilterName {
        self.name
    }

    /// How the filter compares.
    #[must_use]
    pub const fn condition(&self) -> Condition {
        self.condition
    }

    /// The wire form, its condition always written, its dates in this unit.
    ///
    /// [`from_raw`](Self::from_raw) in the same unit gives the same filter.
    #[must_use]
    pub fn to_raw(&self, unit: DateUnit) -> RawFilter {
        let values = match &self.values {
            Values::Ids(ids) => ids.clone(),
            Values::Statuses(statuses) => statuses.iter().map(ToString::to_string).collect(),
            Values::Types(types) => types.iter().map(ToString::to_string).collect(),
            Values::Dates(dates) => dates.iter().map(|date| unit.write(*date)).collect(),
        };
        RawFilter::new(self.name.as_str(), Some(self.condition.as_str()), values)
    }

    /// Whether the service would list this operation.
    ///
    /// The namespace and the service are looked up in the operation's targets, the date is its `UpdateDate` to the
    /// millisecond. An operation that lacks what the filter looks at does not match. A summary has only an id and a
    /// status, so it cannot be asked.
    #[must_use]
    pub fn matches(&self, operation: &Operation) -> bool {
        match &self.values {
            Values::Ids(ids) => self
                .name
                .target()
                .and_then(|target| operation.targets.get(&target))
                .is_some_and(|id| ids.contains(id)),
            Values::Statuses(statuses) => statuses.contains(&operation.status),
            Values::Types(types) => operation
                .operation_type
                .as_ref()
                .is_some_and(|operation_type| types.contains(operation_type)),
            Values::Dates(dates) => operation
                .update_date
                .is_some_and(|date| (dates.first()..=dates.last()).contains(&Some(&date))),
        }
    }
}

impl FilterName {
    /// The target whose id a filter of this name compares.
    const fn target(self) -> Option<OperationTargetType> {
        match self {
            Self::NamespaceId => Some(OperationTargetType::Namespace),
            Self::ServiceId => Some(OperationTargetType::Service),
            Self::Status | Self::Type | Self::UpdateDate => None,
        }
    }
}

/// The AWS CLI's shorthand, dates in milliseconds: it parses to the same filter.
impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, condition) = (self.name.as_str(), Some(self.condition.as_str()));
        let text = match &self.values {
            Values::Ids(ids) => shorthand::write(name, condition, ids),
            Values::Statuses(statuses) => {
                let statuses = statuses.iter().map(OperationStatus::as_str);
                shorthand::write(name, condition, statuses)
            }
            Values::Types(types) => {
                let types = types.iter().map(OperationType::as_str);
                shorthand::write(name, condition, types)
            }
            Values::Dates(dates) => {
                let millis = dates.iter().map(|date| date.as_millis().to_string());
                shorthand::write(name, condition, millis)
            }
        };
        f.write_str(&text)
    }
}

impl std::str::FromStr for Filter {
    type Err = ParseFilterError;

    /// Reads the AWS CLI's shorthand or its JSON form as [`RawFilter`] does, and applies the rules; dates are in
    /// milliseconds.
    fn from_str(text: &str) -> Result<Self, ParseFilterError> {
        if raw::is_json(text) {
            let raw: RawFilter = text.parse()?;
            return Ok(Self::from_raw(&raw, DateUnit::Milliseconds)?);
        }
        let Shorthand {
            name,
            condition,
            values,
        } = shorthand::parse(text)?;
        let dates = DateReading::of(DateUnit::Milliseconds);
        Ok(check::check(&name, condition.as_deref(), &values, dates)?)
    }
}

/// A text that is no [`Filter`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseFilterError {
    /// The text is no filter at all.
    #[error(transparent)]
    Shorthand(#[from] ShorthandError),
    /// The text is a filter that breaks the rules.
    #[error(transparent)]
    Invalid(#[from] InvalidFilter),
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;
    use crate::testing::strategy::{filter, id, open_enum, timestamp};

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_constructor_writes_its_name_condition_and_values() {
        let check = |filter: Result<Filter, InvalidFilter>, expected: &str| {
            let printed = match filter {
                Ok(filter) => filter.to_string(),
                Err(error) => error.to_string(),
            };
            assert_eq!(printed, expected);
        };
        check(
            Filter::namespace_id("ns-1"),
            "Name=NAMESPACE_ID,Condition=EQ,Values=ns-1",
        );
        check(
            Filter::service_id("srv, \"1\""),
            r#"Name=SERVICE_ID,Condition=EQ,Values="srv, \"1\"""#,
        );
        check(
            Filter::status(OperationStatus::Fail),
            "Name=STATUS,Condition=EQ,Values=FAIL",
        );
        check(
            Filter::status_in(OperationStatus::KNOWN.iter().cloned()),
            "Name=STATUS,Condition=IN,Values=SUBMITTED,PENDING,SUCCESS,FAIL",
        );
        check(
            Filter::operation_type(OperationType::UpdateService),
            "Name=TYPE,Condition=EQ,Values=UPDATE_SERVICE",
        );
        check(
            Filter::operation_type_in([OperationType::UpdateService]),
            "Name=TYPE,Condition=IN,Values=UPDATE_SERVICE",
        );
        check(
            Filter::updated_between(Timestamp::UNIX_EPOCH, time("2018-01-26T00:11:30.087Z")),
            "Name=UPDATE_DATE,Condition=BETWEEN,Values=0,1516925490087",
        );
        check(
            Filter::namespace_id(""),
            "NAMESPACE_ID: value 1 is empty; fill it in or leave it out",
        );
        check(
            Filter::service_id("é".repeat(256)),
            "SERVICE_ID: value 1 has 256 characters; give at most 255",
        );
        check(
            Filter::status("DONE".into()),
            "STATUS: value 1 (`DONE`) is no status; use SUBMITTED, PENDING, SUCCESS or FAIL",
        );
        check(
            Filter::status_in([]),
            "STATUS: no value given; use Condition=EQ with one value or Condition=IN with one or more values",
        );
        check(
            Filter::operation_type_in([OperationType::UpdateService, "update_service".into()]),
            "TYPE: value 2 (`update_service`) is no operation type; write UPDATE_SERVICE",
        );
        check(
            Filter::updated_between(time("2025-01-02T00:00:00Z"), time("2025-01-01T00:00:00Z")),
            "UPDATE_DATE: the end 2025-01-01T00:00:00Z is before the start 2025-01-02T00:00:00Z; give the start first",
        );
        check(
            Filter::updated_between(time("1969-12-31T23:59:59.999Z"), Timestamp::MAX),
            "UPDATE_DATE: value 1 (`-0.001`) is before 1970-01-01T00:00:00Z; write 0 for an open start",
        );
        check(
            Filter::updated_between(time("1973-03-03T09:46:39.999Z"), Timestamp::MAX),
            "UPDATE_DATE: value 1 (`99999999.999`) is too early to tell milliseconds from seconds; \
             write 0 for an open start, or a date from 1973-03-03T09:46:40Z on",
        );
        check(
            Filter::updated_between(time("1973-03-03T09:46:40Z"), Timestamp::MAX),
            "Name=UPDATE_DATE,Condition=BETWEEN,Values=100000000000,253402300799999",
        );
    }

    #[test]
    fn a_longest_id_counts_characters() {
        assert!(Filter::service_id("é".repeat(VALUE_MAX_CHARS)).is_ok());
    }

    #[test]
    fn a_request_with_seconds_is_read_as_january_1970() {
        let raw = RawFilter::new("UPDATE_DATE", Some("BETWEEN"), ["1516838400", "1516925490"]);
        assert!(Filter::from_raw(&raw, DateUnit::Milliseconds).is_err());
        let filter = Filter::from_request(&raw).unwrap();
        let mut operation = Operation::new("op", OperationStatus::Success);
        operation.update_date = Some(time("2018-01-25T12:00:00Z"));
        assert!(!filter.matches(&operation));
        operation.update_date = Some(time("1970-01-18T13:22:00Z"));
        assert!(filter.matches(&operation));
    }

    #[test]
    fn an_operation_matches_as_the_service_compares() {
        let mut operation = Operation::new("op", OperationStatus::Success);
        operation.operation_type = Some(OperationType::UpdateService);
        operation.update_date = Some(time("2018-01-26T00:11:30.087Z"));
        operation.targets = [
            (OperationTargetType::Namespace, "ns-1".to_owned()),
            (OperationTargetType::Service, "srv-1".to_owned()),
        ]
        .into();
        let bare = Operation::new("op", OperationStatus::Pending);

        let check = |shorthand: &str, expected: bool| {
            let filter: Filter = shorthand.parse().expect(shorthand);
            assert_eq!(filter.matches(&operation), expected, "{shorthand}");
            assert!(!filter.matches(&bare), "{shorthand}");
        };
        check("Name=NAMESPACE_ID,Values=ns-1", true);
        check("Name=NAMESPACE_ID,Values=NS-1", false);
        check("Name=NAMESPACE_ID,Values=srv-1", false);
        check("Name=SERVICE_ID,Values=srv-1", true);
        check("Name=SERVICE_ID,Values=ns-1", false);
        check("Name=STATUS,Values=SUCCESS", true);
        check("Name=STATUS,Values=SUCCEED", true);
        check("Name=STATUS,Condition=IN,Values=FAIL,SUCCESS", true);
        check("Name=STATUS,Condition=IN,Values=FAIL", false);
        check("Name=TYPE,Values=UPDATE_SERVICE", true);
        check(
            "Name=TYPE,Condition=IN,Values=UPDATE_SERVICE,REGISTER_INSTANCE",
            true,
        );
        check("Name=TYPE,Values=REGISTER_INSTANCE", false);
        let check_dates = |start: &str, end: &str, expected: bool| {
            let shorthand = format!("Name=UPDATE_DATE,Condition=BETWEEN,Values={start},{end}");
            check(&shorthand, expected);
        };
        check_dates("1516925490087", "1516925490087", true);
        check_dates("1516925490087", "1516925490088", true);
        check_dates("1516925490086", "1516925490087", true);
        check_dates("1516925490088", "1516925490089", false);
        check_dates("0", "1516925490086", false);
        check_dates("0", "253402300799999", true);
    }

    #[test]
    fn a_filter_is_debugged_by_its_parts() {
        let filter = Filter::status(OperationStatus::Fail).unwrap();
        assert_eq!(
            format!("{filter:?}"),
            "Filter { name: Status, condition: Eq, values: Statuses([Fail]) }"
        );
    }

    proptest! {
        #[test]
        fn a_constructor_refuses_what_the_rules_refuse_and_takes_the_rest(
            id in prop_oneof![4 => id(), 1 => Just(String::new()), 1 => "(?s).{254,257}"],
            statuses in vec(open_enum(OperationStatus::KNOWN), 0..4),
            types in vec(open_enum(OperationType::KNOWN), 0..4),
            (start, end) in (timestamp(), timestamp()),
        ) {
            use FilterName::{NamespaceId, ServiceId, Status, Type, UpdateDate};
            let check = |filter: Result<Filter, InvalidFilter>, name: FilterName, condition: &str, values: Vec<String>| {
                let raw = RawFilter::new(name.as_str(), Some(condition), values);
                prop_assert_eq!(filter, Filter::from_raw(&raw, DateUnit::Seconds));
                Ok(())
            };
            check(Filter::namespace_id(&id), NamespaceId, "EQ", vec![id.clone()])?;
            check(Filter::service_id(&id), ServiceId, "EQ", vec![id.clone()])?;
            for status in &statuses {
                check(Filter::status(status.clone()), Status, "EQ", vec![status.to_string()])?;
            }
            for of_type in &types {
                check(Filter::operation_type(of_type.clone()), Type, "EQ", vec![of_type.to_string()])?;
            }
            let texts = statuses.iter().map(ToString::to_string).collect();
            check(Filter::status_in(statuses), Status, "IN", texts)?;
            let texts = types.iter().map(ToString::to_string).collect();
            check(Filter::operation_type_in(types), Type, "IN", texts)?;
            let texts = [start, end].map(|date| DateUnit::Seconds.write(date)).into();
            check(Filter::updated_between(start, end), UpdateDate, "BETWEEN", texts)?;
        }

        #[test]
        fn a_filter_prints_and_parses_to_itself(filter in filter()) {
            prop_assert_eq!(filter.to_string().parse(), Ok(filter.clone()));
            let json = serde_json::to_string(&filter.to_raw(DateUnit::Milliseconds)).unwrap();
            prop_assert_eq!(json.parse(), Ok(filter));
        }

        #[test]
        fn the_wire_form_in_either_unit_reads_back(filter in filter()) {
            for unit in [DateUnit::Milliseconds, DateUnit::Seconds] {
                let raw = filter.to_raw(unit);
                prop_assert_eq!(Filter::from_raw(&raw, unit), Ok(filter.clone()));
            }
            let request = filter.to_raw(DateUnit::Milliseconds);
            prop_assert_eq!(Filter::from_request(&request), Ok(filter));
        }
    }
}
