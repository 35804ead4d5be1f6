use std::fmt;

use super::rules::{Condition, FILTER_RULES, FilterName, FilterRule, VALUE_MAX_CHARS};
use super::{DateFault, DateUnit, ValueCount};
use crate::Timestamp;
use crate::cloud_map::{OperationStatus, OperationType};
use crate::one_line::write_char;

/// A filter that breaks rules, and all the rules that it breaks.
///
/// Prints every violation, in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidFilter {
    name: String,
    violations: Vec<Violation>,
}

impl InvalidFilter {
    pub(super) const fn new(name: String, violations: Vec<Violation>) -> Self {
        Self { name, violations }
    }

    /// The filter's name as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is wrong, at least one: with the name, the condition, the number of values, then value by value.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}

impl fmt::Display for InvalidFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, violation) in self.violations.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            fmt::Display::fmt(violation, f)?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidFilter {}

/// One rule that a filter breaks. Prints the filter's name, the rule and the remedy in one line.
///
/// A `name` that is a `String` may itself be unknown. An `index` counts from 0; messages count from 1. Long texts are
/// shortened in messages, and control characters are escaped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// No filter has this name.
    #[error("{}: no filter has this name; {}", Shown(.name), instead(.name, &names()))]
    UnknownName {
        /// The name.
        name: String,
    },
    /// There is no such condition.
    #[error("{}: there is no condition {}; {}", Name(.name), Shown(.condition), instead(.condition, &conditions(.name)))]
    UnknownCondition {
        /// The filter's name.
        name: String,
        /// The condition.
        condition: String,
    },
    /// The condition exists, but is documented for no filter of operations.
    #[error(
        "{}: {condition} is in the enum that Cloud Map's filters share, but documented for no filter of operations; {}",
        Name(.name),
        instead("", &conditions(.name))
    )]
    UndocumentedCondition {
        /// The filter's name.
        name: String,
        /// The condition.
        condition: Condition,
    },
    /// The condition does not go with the name.
    #[error("{name}: {}; {}", refused(*.condition), usage(.name.as_str()))]
    WrongCondition {
        /// The filter's name.
        name: FilterName,
        /// The condition; `None` if it was omitted, which means `EQ`.
        condition: Option<Condition>,
    },
    /// There is no value.
    #[error("{}: no value given; {}", Name(.name), usage(.name))]
    NoValues {
        /// The filter's name.
        name: String,
    },
    /// The condition takes another number of values.
    #[error("{name}: {condition} takes {count}, {given} given; {}", recount(*.name, *.count, *.given))]
    WrongCount {
        /// The filter's name.
        name: FilterName,
        /// A condition that goes with the name: the filter's own, unless that is wrong as well.
        condition: Condition,
        /// How many values the condition takes.
        count: ValueCount,
        /// How many values were given.
        given: usize,
    },
    /// A value is empty.
    #[error("{}: value {} is empty; fill it in or leave it out", Name(.name), .index.saturating_add(1))]
    EmptyValue {
        /// The filter's name.
        name: String,
        /// Which value.
        index: usize,
    },
    /// A value has more than [`VALUE_MAX_CHARS`] characters.
    #[error("{}: value {} has {chars} characters; give at most {VALUE_MAX_CHARS}", Name(.name), .index.saturating_add(1))]
    LongValue {
        /// The filter's name.
        name: String,
        /// Which value.
        index: usize,
        /// How many Unicode scalar values it has.
        chars: usize,
    },
    /// A value is no status that this version knows.
    #[error("{name}: value {} ({}) is no status; {}", .index.saturating_add(1), Shown(.value), instead(.value, &statuses()))]
    UnknownStatus {
        /// The filter's name.
        name: FilterName,
        /// Which value.
        index: usize,
        /// The value.
        value: String,
    },
    /// A value is no operation type that this version knows.
    #[error("{name}: value {} ({}) is no operation type; {}", .index.saturating_add(1), Shown(.value), instead(.value, &types()))]
    UnknownType {
        /// The filter's name.
        name: FilterName,
        /// Which value.
        index: usize,
        /// The value.
        value: String,
    },
    /// A value is no date, or not one that can be meant.
    #[error("{name}: value {} ({}) {}", .index.saturating_add(1), Shown(.value), .fault.explain(.value, *.unit))]
    Date {
        /// The filter's name.
        name: FilterName,
        /// Which value.
        index: usize,
        /// The value.
        value: String,
        /// The unit that it was read in.
        unit: DateUnit,
        /// What is wrong with it.
        fault: DateFault,
    },
    /// The second date is before the first.
    #[error("{name}: the end {end} is before the start {start}; give the start first")]
    ReversedDates {
        /// The filter's name.
        name: FilterName,
        /// The first date.
        start: Timestamp,
        /// The second date.
        end: Timestamp,
    },
}

/// A text in backticks, for a message.
pub(super) struct Shown<'a>(pub(super) &'a str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", Short(self.0, 40))
    }
}

/// So many characters of a text at most, and none that would break or disguise the line.
pub(super) struct Short<'a>(pub(super) &'a str, pub(super) usize);

impl fmt::Display for Short<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chars = self.0.chars();
        for c in chars.by_ref().take(self.1) {
            write_char(f, c)?;
        }
        f.write_str(if chars.as_str().is_empty() { "" } else { "…" })
    }
}

/// The name of a filter at the head of a message.
struct Name<'a>(&'a str);

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.parse::<FilterName>() {
            Ok(name) => fmt::Display::fmt(&name, f),
            Err(_) => fmt::Display::fmt(&Shown(self.0), f),
        }
    }
}

/// What to write instead of `text`: the term that differs only in case and punctuation, else any of the terms.
pub(super) fn instead(text: &str, terms: &[&str]) -> String {
    let letters = |text: &str| -> String {
        let letters = text.chars().filter(char::is_ascii_alphanumeric);
        letters.map(|c| c.to_ascii_uppercase()).collect()
    };
    // A text that is longer than this is no term.
    let meant = terms
        .iter()
        .find(|term| text.len() <= 2 * term.len() && letters(text) == letters(term));
    match meant {
        Some(term) => format!("write {term}"),
        None => format!("use {}", any_of(terms)),
    }
}

/// `A, B or C`.
fn any_of(terms: &[impl AsRef<str>]) -> String {
    let mut text = String::new();
    for (index, term) in terms.iter().enumerate() {
        let separator = match index {
            0 => "",
            _ if index + 1 == terms.len() => " or ",
            _ => ", ",
        };
        text.push_str(separator);
        text.push_str(term.as_ref());
    }
    text
}

fn names() -> Vec<&'static str> {
    FilterName::ALL.iter().map(|name| name.as_str()).collect()
}

fn statuses() -> Vec<&'static str> {
    OperationStatus::KNOWN
        .iter()
        .map(OperationStatus::as_str)
        .collect()
}

fn types() -> Vec<&'static str> {
    OperationType::KNOWN
        .iter()
        .map(OperationType::as_str)
        .collect()
}

/// The conditions that go with a name, or those that go with any if there is no such name.
fn conditions(name: &str) -> Vec<&'static str> {
    let name: Option<FilterName> = name.parse().ok();
    let goes = |condition: &Condition| {
        FILTER_RULES
            .iter()
            .any(|rule| rule.condition == *condition && name.is_none_or(|name| rule.name == name))
    };
    Condition::ALL
        .iter()
        .filter(|condition| goes(condition))
        .map(|condition| condition.as_str())
        .collect()
}

/// What the rules of a name take.
fn usage(name: &str) -> String {
    let Ok(name) = name.parse() else {
        return "give at least one".to_owned();
    };
    let rules: Vec<String> = FilterRule::of(name)
        .map(|rule| format!("Condition={} with {}", rule.condition, rule.count))
        .collect();
    format!("use {}", any_of(&rules))
}

fn refused(condition: Option<Condition>) -> String {
    match condition {
        Some(condition) => format!("{condition} is not supported"),
        None => format!(
            "an omitted condition means {}, which is not supported",
            Condition::DEFAULT
        ),
    }
}

/// What to do about a number of values that `count` does not accept.
fn recount(name: FilterName, count: ValueCount, given: usize) -> String {
    match FilterRule::of(name).find(|rule| rule.count.accepts(given)) {
        Some(rule) => format!("use Condition={} for a list", rule.condition),
        None => match count {
            ValueCount::One => "list once for each value",
            ValueCount::OneOrMore => "give at least one",
            ValueCount::Two => "give the start and the end",
        }
        .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud_map::{Filter, RawFilter};

    #[test]
    fn a_message_names_the_filter_the_rule_and_the_remedy() {
        let check = |shorthand: &str, expected: &str| {
            let raw: RawFilter = shorthand.parse().expect(shorthand);
            let error = Filter::from_raw(&raw, DateUnit::Milliseconds).unwrap_err();
            assert_eq!(error.to_string(), expected);
        };
        check(
            "Name=STATUS,Values=PENDING,SUCCESS",
            "STATUS: EQ takes one value, 2 given; use Condition=IN for a list",
        );
        check(
            "Name=SERVICE_ID,Values=a,b,c",
            "SERVICE_ID: EQ takes one value, 3 given; list once for each value",
        );
        check(
            "Name=TYPE,Condition=IN,Values=[]",
            "TYPE: no value given; use Condition=EQ with one value or Condition=IN with one or more values",
        );
        check(
            "Name=NAMESPACE_ID,Condition=IN,Values=ns-1",
            "NAMESPACE_ID: IN is not supported; use Condition=EQ with one value",
        );
        check(
            "Name=UPDATE_DATE,Values=0",
            "UPDATE_DATE: an omitted condition means EQ, which is not supported; use Condition=BETWEEN with two values; \
             UPDATE_DATE: BETWEEN takes two values, 1 given; give the start and the end",
        );
        check(
            "Name=STATUS,Condition=BEGINS_WITH,Values=FAIL",
            "STATUS: BEGINS_WITH is in the enum that Cloud Map's filters share, but documented for no filter of operations; \
             use EQ or IN",
        );
        check(
            "Name=status,Condition=in,Values=FAIL",
            "`status`: no filter has this name; write STATUS; `status`: there is no condition `in`; write IN",
        );
        check(
            "Name=SERVICE_ID,Condition=in,Values=srv-1",
            "SERVICE_ID: there is no condition `in`; use EQ",
        );
        check(
            "Name=COLOUR,Condition=LIKE,Values=[]",
            "`COLOUR`: no filter has this name; use NAMESPACE_ID, SERVICE_ID, STATUS, TYPE or UPDATE_DATE; \
             `COLOUR`: there is no condition `LIKE`; use EQ, IN or BETWEEN; `COLOUR`: no value given; give at least one",
        );
        check(
            "Name=STATUS,Values=success",
            "STATUS: value 1 (`success`) is no status; write SUCCESS",
        );
        check(
            "Name=TYPE,Values=DeleteNamespace",
            "TYPE: value 1 (`DeleteNamespace`) is no operation type; write DELETE_NAMESPACE",
        );
        check(
            "Name=SERVICE_ID,Values=",
            "SERVICE_ID: value 1 is empty; fill it in or leave it out",
        );
    }

    #[test]
    fn a_term_is_meant_whatever_its_case_and_its_punctuation_up_to_twice_its_length() {
        for (text, expected) in [
            ("fail", "write FAIL"),
            ("F_A_I_L_", "write FAIL"),
            ("F_A_I_L__", "use SUCCESS or FAIL"),
            ("failed", "use SUCCESS or FAIL"),
            ("", "use SUCCESS or FAIL"),
        ] {
            assert_eq!(instead(text, &["SUCCESS", "FAIL"]), expected, "{text}");
        }
    }

    #[test]
    fn a_hostile_text_is_shortened_and_escaped() {
        let check = |text: &str, expected: &str| assert_eq!(Shown(text).to_string(), expected);
        check("", "``");
        check("it's \"C:\\\"", "`it's \"C:\\\"`");
        check("a\nb\u{1b}[31m\0\u{202e}", r"`a\nb\u{1b}[31m\0\u{202e}`");
        check("héé 😀", "`héé 😀`");
        check(&"é".repeat(40), &format!("`{}`", "é".repeat(40)));
        check(&"é".repeat(41), &format!("`{}…`", "é".repeat(40)));
    }
}
