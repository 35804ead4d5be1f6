use std::fmt;

use super::violation::{Shown, instead};

/// The most characters of one value, counted as Unicode scalar values; the fewest is one.
///
/// <https://docs.aws.amazon.com/cloud-map/latest/api/API_OperationFilter.html>, "Length Constraints" of `Values`.
pub const VALUE_MAX_CHARS: usize = 255;

const SOURCE: &str = "https://docs.aws.amazon.com/cloud-map/latest/api/API_OperationFilter.html";
/// Read on that page's text in the service model of botocore 1.44.5.
const CHECKED: &str = "2026-11-22";

/// Every filter that AWS documents for `ListOperations`: one row for each name and condition that go together.
///
/// What is not here is refused: see [`Filter`](super::Filter).
pub const FILTER_RULES: &[FilterRule] = {
    use Condition::{Between, Eq, In};
    use FilterName::{NamespaceId, ServiceId, Status, Type, UpdateDate};
    use ValueCount::{One, OneOrMore, Two};
    &[
        FilterRule::new(NamespaceId, Eq, One, ValueSyntax::Id),
        FilterRule::new(ServiceId, Eq, One, ValueSyntax::Id),
        FilterRule::new(Status, Eq, One, ValueSyntax::Status),
        FilterRule::new(Status, In, OneOrMore, ValueSyntax::Status),
        FilterRule::new(Type, Eq, One, ValueSyntax::Type),
        FilterRule::new(Type, In, OneOrMore, ValueSyntax::Type),
        FilterRule::new(UpdateDate, Between, Two, ValueSyntax::Date),
    ]
};

/// A name and a condition that go together, and the values that they take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct FilterRule {
    /// What the filter looks at.
    pub name: FilterName,
    /// How it compares.
    pub condition: Condition,
    /// How many values it takes.
    pub count: ValueCount,
    /// What each value is. The same in all rows of a name.
    pub syntax: ValueSyntax,
    /// AWS's page.
    pub source: &'static str,
    /// The day on which the row was last compared with AWS's text, as `YYYY-MM-DD`.
    pub checked: &'static str,
}

impl FilterRule {
    const fn new(
        name: FilterName,
        condition: Condition,
        count: ValueCount,
        syntax: ValueSyntax,
    ) -> Self {
        Self {
            name,
            condition,
            count,
            syntax,
            source: SOURCE,
            checked: CHECKED,
        }
    }

    /// The rows of a name, in the table's order.
    pub(super) fn of(name: FilterName) -> impl Iterator<Item = &'static Self> {
        FILTER_RULES.iter().filter(move |rule| rule.name == name)
    }
}

/// Defines an enum that is closed: it is the caller's input, and a text that it does not know is an error.
macro_rules! terms {
    (
        $(#[$meta:meta])*
        pub enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $text:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_meta])* #[doc = concat!(" `", $text, "`.")] $variant,)+
        }

        impl $name {
            /// Every value, in the order of AWS's documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The value as it stands on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownTerm;

            /// Reads the value as it stands on the wire, to the letter.
            fn from_str(text: &str) -> Result<Self, UnknownTerm> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err(UnknownTerm {
                        text: text.to_owned(),
                        known: &[$($text,)+],
                    }),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.as_str())
            }
        }
    };
}

terms! {
    /// What a filter looks at.
    pub enum FilterName {
        /// The namespace that the operation acts on.
        NamespaceId = "NAMESPACE_ID",
        /// The service that the operation acts on.
        ServiceId = "SERVICE_ID",
        /// The operation's status.
        Status = "STATUS",
        /// What the operation does.
        Type = "TYPE",
        /// When the operation's status last changed.
        UpdateDate = "UPDATE_DATE",
    }
}

terms! {
    /// How a filter compares. [`FILTER_RULES`] says which name takes which.
    pub enum Condition {
        /// Equal to the one value. What an omitted condition means.
        Eq = "EQ",
        /// Equal to one of the values.
        In = "IN",
        /// From the first value to the second, both included.
        Between = "BETWEEN",
        /// In the enum that Cloud Map's filters share, but documented for no filter of operations.
        BeginsWith = "BEGINS_WITH",
    }
}

impl Condition {
    /// What an omitted condition means.
    pub const DEFAULT: Self = Self::Eq;
}

/// A text that is none of the values of a [`FilterName`] or a [`Condition`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is unknown; {}", Shown(.text), instead(.text, .known))]
pub struct UnknownTerm {
    text: String,
    known: &'static [&'static str],
}

/// How many values a filter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueCount {
    /// Exactly one.
    One,
    /// At least one.
    OneOrMore,
    /// Exactly two.
    Two,
}

impl ValueCount {
    /// Whether a filter may have so many values.
    #[must_use]
    pub const fn accepts(self, count: usize) -> bool {
        match self {
            Self::One => count == 1,
            Self::OneOrMore => count >= 1,
            Self::Two => count == 2,
        }
    }
}

impl fmt::Display for ValueCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::One => "one value",
            Self::OneOrMore => "one or more values",
            Self::Two => "two values",
        })
    }
}

/// What the values of a filter are. Every value has 1 to [`VALUE_MAX_CHARS`] characters besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueSyntax {
    /// The id of a namespace or a service; not looked into.
    Id,
    /// A status that [`OperationStatus`](super::OperationStatus) knows. `SUCCEED`, as AWS's filter documentation writes it, is read as
    /// `SUCCESS`.
    Status,
    /// A type that [`OperationType`](super::OperationType) knows.
    Type,
    /// A time since 1970-01-01T00:00:00Z in the given [`DateUnit`](super::DateUnit). The second date is not before the first.
    Date,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud_map::{DateUnit, Filter, RawFilter};

    #[test]
    fn a_term_is_read_to_the_letter_and_the_error_says_what_to_write() {
        let check = |text: &str, expected: &str| {
            let error = text.parse::<FilterName>().unwrap_err();
            assert_eq!(error.to_string(), expected);
        };
        for name in FilterName::ALL {
            assert_eq!(name.to_string().parse(), Ok(*name));
        }
        for condition in Condition::ALL {
            assert_eq!(condition.to_string().parse(), Ok(*condition));
        }
        check("status", "`status` is unknown; write STATUS");
        check("UpdateDate", "`UpdateDate` is unknown; write UPDATE_DATE");
        check(
            "STATUSES",
            "`STATUSES` is unknown; use NAMESPACE_ID, SERVICE_ID, STATUS, TYPE or UPDATE_DATE",
        );
        check(
            "",
            "`` is unknown; use NAMESPACE_ID, SERVICE_ID, STATUS, TYPE or UPDATE_DATE",
        );
    }

    #[test]
    fn the_rows_of_a_name_agree_and_differ_in_their_conditions() {
        for name in FilterName::ALL {
            let rules: Vec<_> = FilterRule::of(*name).collect();
            assert!(!rules.is_empty(), "{name}");
            for (index, rule) in rules.iter().enumerate() {
                assert_eq!(rule.syntax, rules[0].syntax, "{name}");
                let before = &rules[..index];
                assert!(before.iter().all(|other| other.condition != rule.condition));
            }
        }
    }

    #[test]
    fn every_pair_is_refused_but_for_the_rows_of_the_table() {
        for name in FilterName::ALL {
            let values: &[&str] = match FilterRule::of(*name).next().unwrap().syntax {
                ValueSyntax::Id => &["id"],
                ValueSyntax::Status => &["FAIL"],
                ValueSyntax::Type => &["UPDATE_SERVICE"],
                ValueSyntax::Date => &["0", "1516925490087"],
            };
            for condition in Condition::ALL {
                let raw = RawFilter::new(name.as_str(), Some(condition.as_str()), values.to_vec());
                let is_row = FilterRule::of(*name).any(|rule| rule.condition == *condition);
                let filter = Filter::from_raw(&raw, DateUnit::Milliseconds);
                assert_eq!(filter.is_ok(), is_row, "{raw}");
                if let Err(error) = filter {
                    // Only the condition is wrong: the count and the values fit the name.
                    assert_eq!(error.violations().len(), 1, "{error}");
                }
            }
        }
    }
}
