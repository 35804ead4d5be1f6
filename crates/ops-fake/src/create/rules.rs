//! What members an input has to have, and what they may be: the models' constraints, as data.

use std::ops::RangeInclusive;

use serde_json::{Map, Value};

/// A structure of an input, its members by name.
pub(super) type Input = Map<String, Value>;

/// A member of a structure, if it is one that is looked at.
pub(super) struct Member {
    name: &'static str,
    is_required: bool,
    rule: Rule,
}

/// What a member may be.
pub(super) enum Rule {
    /// A text of so many characters, of this form.
    Text(RangeInclusive<usize>, &'static Form),
    Integer(RangeInclusive<i64>),
    Flag,
    /// A map of texts.
    Map {
        key: &'static Self,
        value: &'static Self,
    },
    List(&'static Self),
    Structure(&'static [Member]),
}

/// What characters a text has, beside their number.
pub(super) struct Form {
    fits: fn(&str) -> bool,
    text: &'static str,
}

impl Form {
    /// Any text at all.
    pub(super) const ANY: &'static Self = &Self::new(|_| true, "any text");

    /// A form, and how it reads behind "takes".
    pub(super) const fn new(fits: fn(&str) -> bool, text: &'static str) -> Self {
        Self { fits, text }
    }
}

/// What is wrong with an input. Shows nothing of it, as it may be a connector's configuration.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It has not the types that it should have.
    Unreadable(String),
    /// It breaks these rules.
    Invalid(Vec<String>),
}

pub(super) const fn required(name: &'static str, rule: Rule) -> Member {
    Member {
        name,
        is_required: true,
        rule,
    }
}

pub(super) const fn optional(name: &'static str, rule: Rule) -> Member {
    Member {
        name,
        is_required: false,
        rule,
    }
}

/// Holds an input against the rules of its members. Others are not looked at.
pub(super) fn check(input: &Input, members: &[Member]) -> Result<(), Fault> {
    let mut broken = Vec::new();
    check_members(input, members, "", &mut broken).map_err(Fault::Unreadable)?;
    if broken.is_empty() {
        Ok(())
    } else {
        Err(Fault::Invalid(broken))
    }
}

/// Adds the rules that are broken; an error is a type that is not as it should be.
fn check_members(
    input: &Input,
    members: &[Member],
    within: &str,
    broken: &mut Vec<String>,
) -> Result<(), String> {
    for member in members {
        let path = format!("{within}{}", member.name);
        match input.get(member.name) {
            None | Some(Value::Null) if member.is_required => {
                broken.push(format!("{path} is missing"));
            }
            None | Some(Value::Null) => {}
            Some(value) => check_value(value, &member.rule, &path, broken)?,
        }
    }
    Ok(())
}

fn check_value(
    value: &Value,
    rule: &Rule,
    path: &str,
    broken: &mut Vec<String>,
) -> Result<(), String> {
    match (rule, value) {
        (Rule::Text(lengths, form), Value::String(text)) => {
            let chars = text.chars().count();
            if !lengths.contains(&chars) {
                broken.push(format!(
                    "{path} has {chars} characters; it takes {} to {}",
                    lengths.start(),
                    lengths.end()
                ));
            } else if !(form.fits)(text) {
                broken.push(format!("{path} takes {}", form.text));
            }
        }
        (Rule::Integer(range), Value::Number(number)) => {
            let integer = number
                .as_i64()
                .ok_or_else(|| format!("{path}: expected an integer"))?;
            if !range.contains(&integer) {
                broken.push(format!(
                    "{path} is {integer}; it takes {} to {}",
                    range.start(),
                    range.end()
                ));
            }
        }
        (Rule::Flag, Value::Bool(_)) => {}
        (Rule::Map { key, value }, Value::Object(entries)) => {
            let (key_path, value_path) = (format!("a key of {path}"), format!("a value of {path}"));
            for (name, entry) in entries.iter().filter(|(_, entry)| !entry.is_null()) {
                check_value(&Value::from(name.as_str()), key, &key_path, broken)?;
                check_value(entry, value, &value_path, broken)?;
            }
        }
        (Rule::List(each), Value::Array(items)) => {
            for (index, item) in items.iter().enumerate() {
                check_value(item, each, &format!("{path}[{index}]"), broken)?;
            }
        }
        (Rule::Structure(members), Value::Object(input)) => {
            check_members(input, members, &format!("{path}."), broken)?;
        }
        (rule, _) => return Err(format!("{path}: expected {}", rule.kind())),
    }
    Ok(())
}

impl Rule {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Text(..) => "a string",
            Self::Integer(_) => "an integer",
            Self::Flag => "a boolean",
            Self::Map { .. } => "a map",
            Self::List(_) => "a list",
            Self::Structure(_) => "a structure",
        }
    }
}
