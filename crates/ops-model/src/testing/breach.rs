use std::collections::BTreeMap;

use crate::Timestamp;
use crate::cloud_map::{
    Condition, DateFault, DateUnit, Filter, FilterName, RawFilter, ValueCount, Violation,
};

/// One rule for the filters of `ListOperations`, broken as little as possible.
///
/// [`of`](Self::of) lists every breach that a filter can have; [`BrokenFilter::new`] breaks it. A `usize` is the index of
/// the value that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Breach {
    /// This name instead, which is nearly the filter's own.
    UnknownName(&'static str),
    /// This condition instead, which is nearly the filter's own.
    UnknownCondition(&'static str),
    /// `BEGINS_WITH`: in the enum that Cloud Map's filters share, but documented for no filter of operations.
    BeginsWith,
    /// This condition of other filters; `None` is an omitted one, where `EQ` does not go with the name.
    WrongCondition(Option<Condition>),
    /// No value at all.
    NoValues,
    /// The first value once more, where their number is fixed.
    OneValueMore,
    /// All values but the last, where there are two.
    OneValueLess,
    /// A value without a character.
    EmptyValue(usize),
    /// A value of 256 such characters.
    LongValue(usize, char),
    /// This status, which is nearly one.
    UnknownStatus(usize, &'static str),
    /// This operation type, which is nearly one.
    UnknownType(usize, &'static str),
    /// This date, which is none in the filter's unit, or cannot be meant.
    BadDate(usize, &'static str),
    /// An end one millisecond before the start.
    ReversedDates,
}

/// A filter on the wire that breaks rules, and what there is to say of it.
///
/// The violations follow from how the filter was broken: nothing here asks the code that checks filters.
///
/// ```
/// use ops_model::cloud_map::{DateUnit, Filter, OperationStatus};
/// use ops_model::testing::{Breach, BrokenFilter};
///
/// let filter = Filter::status(OperationStatus::Fail)?;
/// let unit = DateUnit::Milliseconds;
/// for breach in Breach::of(&filter, unit) {
///     let broken = BrokenFilter::new(&filter, unit, &[breach]).expect("a breach of this filter");
///     let error = Filter::from_raw(&broken.raw, unit).unwrap_err();
///     assert_eq!(error.violations(), broken.violations);
/// }
/// # Ok::<(), ops_model::cloud_map::InvalidFilter>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct BrokenFilter {
    /// The filter on the wire.
    pub raw: RawFilter,
    /// The unit in which its dates are meant.
    pub unit: DateUnit,
    /// How it was broken: one breach at each place, in the order of the places.
    pub breaches: Vec<Breach>,
    /// What [`Filter::from_raw`] must report: at least one violation, in this order.
    pub violations: Vec<Violation>,
}

/// Where a breach is, in the order in which violations are reported.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Name,
    Condition,
    Count,
    Value(usize),
    Order,
}

impl Breach {
    /// Every breach that this filter can have when its dates are written in this unit, by place.
    #[must_use]
    pub fn of(filter: &Filter, unit: DateUnit) -> Vec<Self> {
        let (name, condition) = (filter.name(), filter.condition());
        let mut breaches: Vec<Self> = Vec::new();
        breaches.extend(near_names(name).iter().copied().map(Self::UnknownName));
        let conditions = near_conditions(condition).iter().copied();
        breaches.extend(conditions.map(Self::UnknownCondition));
        breaches.push(Self::BeginsWith);
        let conditions = wrong_conditions(name).iter().copied();
        breaches.extend(conditions.map(Self::WrongCondition));
        breaches.push(Self::NoValues);
        if condition != Condition::In {
            breaches.push(Self::OneValueMore);
        }
        if condition == Condition::Between {
            breaches.push(Self::OneValueLess);
        }
        for index in 0..filter.to_raw(unit).values.len() {
            breaches.push(Self::EmptyValue(index));
            breaches.extend(LONG.map(|char| Self::LongValue(index, char)));
            match name {
                FilterName::NamespaceId | FilterName::ServiceId => {}
                FilterName::Status => {
                    breaches.extend(NEAR_STATUSES.map(|text| Self::UnknownStatus(index, text)));
                }
                FilterName::Type => {
                    breaches.extend(NEAR_TYPES.map(|text| Self::UnknownType(index, text)));
                }
                FilterName::UpdateDate => {
                    let dates = BAD_DATES.iter().filter(|(of, ..)| *of == unit);
                    breaches.extend(dates.map(|(_, text, _)| Self::BadDate(index, text)));
                }
            }
        }
        if name == FilterName::UpdateDate {
            breaches.push(Self::ReversedDates);
        }
        breaches
    }

    const fn place(self) -> Place {
        match self {
            Self::UnknownName(_) => Place::Name,
            Self::UnknownCondition(_) | Self::BeginsWith | Self::WrongCondition(_) => {
                Place::Condition
            }
            Self::NoValues | Self::OneValueMore | Self::OneValueLess => Place::Count,
            Self::EmptyValue(index)
            | Self::LongValue(index, _)
            | Self::UnknownStatus(index, _)
            | Self::UnknownType(index, _)
            | Self::BadDate(index, _) => Place::Value(index),
            Self::ReversedDates => Place::Order,
        }
    }
}

impl BrokenFilter {
    /// Breaks a filter in these ways at once; of two breaches at one place the first counts.
    ///
    /// A breach that another one hides is no violation: the status of a filter whose name is unknown, say. `None` if
    /// there is no breach, or one that is not [of](Breach::of) this filter.
    #[must_use]
    pub fn new(filter: &Filter, unit: DateUnit, breaches: &[Breach]) -> Option<Self> {
        let possible = Breach::of(filter, unit);
        let mut places = BTreeMap::new();
        for breach in breaches {
            if !possible.contains(breach) {
                return None;
            }
            places.entry(breach.place()).or_insert(*breach);
        }
        if places.is_empty() {
            return None;
        }
        let mut broken = Self {
            raw: filter.to_raw(unit),
            unit,
            breaches: places.into_values().collect(),
            violations: Vec::new(),
        };
        // Dates are exchanged before one of them is overwritten, and values are dropped last.
        for breach in broken.breaches.clone().into_iter().rev() {
            broken.write(breach, filter);
        }
        for breach in broken.breaches.clone() {
            broken.violations.extend(broken.violation(breach, filter));
        }
        Some(broken)
    }

    fn write(&mut self, breach: Breach, filter: &Filter) {
        let values = &mut self.raw.values;
        match breach {
            Breach::UnknownName(text) => text.clone_into(&mut self.raw.name),
            Breach::UnknownCondition(text) => self.raw.condition = Some(text.to_owned()),
            Breach::BeginsWith => self.raw.condition = Some("BEGINS_WITH".to_owned()),
            Breach::WrongCondition(condition) => {
                self.raw.condition = condition.map(|condition| condition.to_string());
            }
            Breach::NoValues => values.clear(),
            Breach::OneValueMore => {
                values.extend(filter.to_raw(self.unit).values.into_iter().next());
            }
            Breach::OneValueLess => values.truncate(1),
            Breach::EmptyValue(index) => values[index].clear(),
            Breach::LongValue(index, char) => values[index] = char.to_string().repeat(256),
            Breach::UnknownStatus(index, text)
            | Breach::UnknownType(index, text)
            | Breach::BadDate(index, text) => text.clone_into(&mut values[index]),
            Breach::ReversedDates => {
                let (end, start) = neighbours(filter);
                let in_order = Filter::updated_between(end, start).expect("two late dates");
                *values = in_order.to_raw(self.unit).values;
                values.reverse();
            }
        }
    }

    /// What there is to say of a breach beside the others; nothing if they hide it.
    fn violation(&self, breach: Breach, filter: &Filter) -> Option<Violation> {
        let any_name = || self.raw.name.clone();
        let name = Some(filter.name()).filter(|_| !self.is_broken_at(Place::Name));
        let value = |index: usize| self.raw.values.get(index).cloned();
        Some(match breach {
            Breach::UnknownName(_) => Violation::UnknownName { name: any_name() },
            Breach::UnknownCondition(text) => Violation::UnknownCondition {
                name: any_name(),
                condition: text.to_owned(),
            },
            Breach::BeginsWith => Violation::UndocumentedCondition {
                name: any_name(),
                condition: Condition::BeginsWith,
            },
            Breach::WrongCondition(condition) => Violation::WrongCondition {
                name: name?,
                condition,
            },
            Breach::NoValues => Violation::NoValues { name: any_name() },
            Breach::OneValueMore | Breach::OneValueLess => {
                let name = name?;
                // Another condition may be meant, and of these two names one takes a list.
                if self.is_broken_at(Place::Condition)
                    && matches!(name, FilterName::Status | FilterName::Type)
                {
                    return None;
                }
                Violation::WrongCount {
                    name,
                    condition: filter.condition(),
                    count: match filter.condition() {
                        Condition::Between => ValueCount::Two,
                        _ => ValueCount::One,
                    },
                    given: self.raw.values.len(),
                }
            }
            Breach::EmptyValue(index) => {
                value(index)?;
                Violation::EmptyValue {
                    name: any_name(),
                    index,
                }
            }
            Breach::LongValue(index, _) => {
                value(index)?;
                Violation::LongValue {
                    name: any_name(),
                    index,
                    chars: 256,
                }
            }
            Breach::UnknownStatus(index, _) => Violation::UnknownStatus {
                name: name?,
                index,
                value: value(index)?,
            },
            Breach::UnknownType(index, _) => Violation::UnknownType {
                name: name?,
                index,
                value: value(index)?,
            },
            Breach::BadDate(index, text) => Violation::Date {
                name: name?,
                index,
                value: value(index)?,
                unit: self.unit,
                fault: BAD_DATES
                    .iter()
                    .find(|(unit, of, _)| (*unit, *of) == (self.unit, text))
                    .map(|(.., fault)| *fault)?,
            },
            Breach::ReversedDates => {
                let name = name?;
                // Two dates that can be read, or there is no order.
                if self.is_broken_at(Place::Count)
                    || self.is_broken_at(Place::Value(0))
                    || self.is_broken_at(Place::Value(1))
                {
                    return None;
                }
                let (end, start) = neighbours(filter);
                Violation::ReversedDates { name, start, end }
            }
        })
    }

    fn is_broken_at(&self, place: Place) -> bool {
        self.breaches.iter().any(|breach| breach.place() == place)
    }
}

/// Two dates one millisecond apart, near the filter's end, that can stand in a filter.
fn neighbours(filter: &Filter) -> (Timestamp, Timestamp) {
    let raw = filter.to_raw(DateUnit::Milliseconds);
    let end: i64 = raw.values[1].parse().expect("a date in milliseconds");
    let millis = end.max(100_000_000_001);
    [millis - 1, millis]
        .map(|millis| Timestamp::from_millis(millis).expect("as early as a date of a filter"))
        .into()
}

/// Names that a hasty person writes.
const fn near_names(name: FilterName) -> &'static [&'static str] {
    match name {
        FilterName::NamespaceId => &["namespace_id", "NAMESPACE_IDS", "NamespaceId", "NAMESPACE"],
        FilterName::ServiceId => &["service_id", "SERVICE_IDS", "ServiceId", "SERVICE"],
        FilterName::Status => &["status", "STATUSES", "Status", " STATUS", ""],
        FilterName::Type => &["type", "TYPES", "Type", "OPERATION_TYPE"],
        FilterName::UpdateDate => &["update_date", "UPDATE_DATES", "UpdateDate", "CREATE_DATE"],
    }
}

/// Conditions that a hasty person writes.
const fn near_conditions(condition: Condition) -> &'static [&'static str] {
    match condition {
        Condition::Eq => &["eq", "EQUALS", "Eq", "EQ ", ""],
        Condition::In => &["in", "INS", "In", "ONE_OF"],
        Condition::Between => &["between", "BETWEENS", "Between", "RANGE"],
        Condition::BeginsWith => &["begins_with"],
    }
}

/// The conditions of filters of operations that do not go with the name.
const fn wrong_conditions(name: FilterName) -> &'static [Option<Condition>] {
    match name {
        FilterName::NamespaceId | FilterName::ServiceId => {
            &[Some(Condition::In), Some(Condition::Between)]
        }
        FilterName::Status | FilterName::Type => &[Some(Condition::Between)],
        FilterName::UpdateDate => &[None, Some(Condition::Eq), Some(Condition::In)],
    }
}

/// Characters of one, two and four bytes.
const LONG: [char; 3] = ['a', 'é', '😀'];

const NEAR_STATUSES: [&str; 5] = ["success", "SUCCEEDED", "FAILED", "Pending", " FAIL"];

const NEAR_TYPES: [&str; 4] = [
    "create_namespace",
    "CreateNamespace",
    "CREATE_NAMESPACES",
    "CREATE_SERVICE",
];

/// Texts that are no date of a filter: each fault at its boundary, and as people write it.
const BAD_DATES: [(DateUnit, &str, DateFault); 29] = {
    use DateFault::{BeforeEpoch, LooksLikeSeconds, NotANumber, TooEarly, TooLarge};
    use DateUnit::{Milliseconds, Seconds};
    [
        (Milliseconds, "1", LooksLikeSeconds),
        (Milliseconds, "99999999999", LooksLikeSeconds),
        (Milliseconds, "1.5", LooksLikeSeconds),
        (Milliseconds, "0.0", LooksLikeSeconds),
        (Milliseconds, "99999999999.9999", LooksLikeSeconds),
        (Milliseconds, "100000000000.0", NotANumber),
        (Milliseconds, "1516925490087.5", NotANumber),
        (Milliseconds, "today", NotANumber),
        (Milliseconds, "+1516925490087", NotANumber),
        (Milliseconds, " 1516925490087", NotANumber),
        (Milliseconds, "2018-01-26T00:11:30.087Z", NotANumber),
        (Milliseconds, "-1", BeforeEpoch),
        (Milliseconds, "-0", BeforeEpoch),
        (Milliseconds, "253402300800000", TooLarge),
        (Milliseconds, "99999999999999999999", TooLarge),
        (Seconds, "1", TooEarly),
        (Seconds, "0.001", TooEarly),
        (Seconds, "99999999.999", TooEarly),
        (Seconds, "1516925490.0870", NotANumber),
        (Seconds, "1516925490.", NotANumber),
        (Seconds, ".5", NotANumber),
        (Seconds, "1.5e9", NotANumber),
        (Seconds, "today", NotANumber),
        (Seconds, "2018-01-26T00:11:30.087Z", NotANumber),
        (Seconds, "-1", BeforeEpoch),
        (Seconds, "-0.001", BeforeEpoch),
        (Seconds, "253402300800", TooLarge),
        (Seconds, "253402300800.000", TooLarge),
        (Seconds, "1516925490087", TooLarge),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud_map::OperationStatus;

    fn broken(filter: &Filter, breaches: &[Breach]) -> BrokenFilter {
        BrokenFilter::new(filter, DateUnit::Milliseconds, breaches).expect("breaches of the filter")
    }

    #[test]
    fn what_another_breach_hides_is_no_violation() {
        let check = |shorthand: &str, breaches: &[Breach], raw: &str, expected: &[&str]| {
            let broken = broken(&shorthand.parse().expect(shorthand), breaches);
            assert_eq!(broken.raw.to_string(), raw);
            let violations = broken.violations.iter();
            let kinds: Vec<String> = violations
                .map(|violation| {
                    let text = format!("{violation:?}");
                    text.split(' ').next().unwrap_or_default().to_owned()
                })
                .collect();
            assert_eq!(kinds, expected, "{raw}");
        };
        use Breach::{
            BadDate, EmptyValue, OneValueLess, OneValueMore, ReversedDates, UnknownName,
            UnknownStatus, WrongCondition,
        };
        let status = "Name=STATUS,Values=FAIL";
        check(
            status,
            &[UnknownStatus(0, "FAILED"), UnknownName("status")],
            "Name=status,Condition=EQ,Values=FAILED",
            &["UnknownName"],
        );
        check(
            status,
            &[OneValueMore, EmptyValue(0)],
            "Name=STATUS,Condition=EQ,Values=\"\",FAIL",
            &["WrongCount", "EmptyValue"],
        );
        check(
            status,
            &[WrongCondition(Some(Condition::Between)), OneValueMore],
            "Name=STATUS,Condition=BETWEEN,Values=FAIL,FAIL",
            &["WrongCondition"],
        );
        let dates = "Name=UPDATE_DATE,Condition=BETWEEN,Values=0,1516925490087";
        check(
            dates,
            &[ReversedDates, WrongCondition(None)],
            "Name=UPDATE_DATE,Values=1516925490087,1516925490086",
            &["WrongCondition", "ReversedDates"],
        );
        check(
            dates,
            &[ReversedDates, BadDate(1, "-1")],
            "Name=UPDATE_DATE,Condition=BETWEEN,Values=1516925490087,-1",
            &["Date"],
        );
        check(
            dates,
            &[BadDate(1, "-1"), OneValueLess],
            "Name=UPDATE_DATE,Condition=BETWEEN,Values=0",
            &["WrongCount"],
        );
        check(
            "Name=UPDATE_DATE,Condition=BETWEEN,Values=0,0",
            &[ReversedDates],
            "Name=UPDATE_DATE,Condition=BETWEEN,Values=100000000001,100000000000",
            &["ReversedDates"],
        );
    }

    #[test]
    fn a_breach_of_another_filter_breaks_nothing() {
        let filter = Filter::status(OperationStatus::Fail).unwrap();
        let check = |breaches: &[Breach]| {
            assert_eq!(
                BrokenFilter::new(&filter, DateUnit::Seconds, breaches),
                None
            );
        };
        check(&[]);
        check(&[Breach::EmptyValue(1)]);
        check(&[Breach::NoValues, Breach::ReversedDates]);
        check(&[Breach::UnknownName("STATUS")]);
    }
}
