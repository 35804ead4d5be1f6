//! Asks a codec what it takes and keeps, by changing a full document one place at a time.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Number, Value, json};

/// A text that is no value of an enum.
const ANY_TEXT: &str = "any text";
/// Longer texts and lists are not tried: what takes one of this length has no limit.
const LONGEST: i64 = 12_000;

/// What a codec has made of a document.
pub struct Kept {
    /// The value, written as a document again.
    pub written: Value,
    /// Its `Debug` form.
    pub debug: String,
}

/// A codec, and a document that has all that the codec knows of.
pub struct Probe<'a> {
    pub full: Value,
    /// Reads a document; `None` if it is refused.
    pub read: &'a dyn Fn(&Value) -> Option<Kept>,
    /// Every value of every enum.
    pub terms: &'a BTreeSet<&'static str>,
}

/// What is found out about one place, or about all entries of a list together: whatever one of them allows.
struct Found {
    kind: &'static str,
    required: bool,
    least: Option<i64>,
    most: Option<i64>,
    /// The values of an enum.
    known: BTreeSet<String>,
    any_characters: bool,
    sensitive: bool,
}

impl Probe<'_> {
    /// The facts about every place in the document, each a sentence.
    pub fn facts(&self, name: &str) -> Vec<String> {
        assert_eq!(
            self.read(&self.full).map(|kept| kept.written).as_ref(),
            Some(&self.full),
            "{name} is written as it was read"
        );
        let mut found = BTreeMap::new();
        self.walk(name, "", false, &mut found);
        found
            .into_iter()
            .flat_map(|(path, found)| found.facts(&path))
            .collect()
    }

    fn read(&self, document: &Value) -> Option<Kept> {
        (self.read)(document)
    }

    fn at(&self, pointer: &str) -> &Value {
        self.full.pointer(pointer).unwrap()
    }

    /// What is made of the document with another value in this place.
    fn with(&self, pointer: &str, value: impl Into<Value>) -> Option<Kept> {
        let mut document = self.full.clone();
        *document.pointer_mut(pointer).unwrap() = value.into();
        self.read(&document)
    }

    fn takes(&self, pointer: &str, value: impl Into<Value>) -> bool {
        self.with(pointer, value).is_some()
    }

    fn walk(&self, path: &str, pointer: &str, required: bool, found: &mut BTreeMap<String, Found>) {
        let mut here = match self.at(pointer) {
            Value::Object(members) if self.is_map(pointer) => {
                self.keys(&format!("{path}<key>"), pointer, found);
                for name in members.keys() {
                    let value = format!("{path}<value>");
                    self.walk(&value, &format!("{pointer}/{name}"), false, found);
                }
                Found::of("a map")
            }
            Value::Object(members) => {
                for name in members.keys() {
                    let mut others = members.clone();
                    others.remove(name);
                    let required = !self.takes(pointer, others);
                    let member = format!("{path}.{name}");
                    self.walk(&member, &format!("{pointer}/{name}"), required, found);
                }
                Found::of("a structure")
            }
            Value::Array(entries) => {
                for index in 0..entries.len() {
                    let entry = format!("{path}[]");
                    self.walk(&entry, &format!("{pointer}/{index}"), false, found);
                }
                let repeated = |count| entries.iter().cycle().take(count).cloned().collect();
                self.sized("a list", pointer, entries.len(), &|count| {
                    Value::Array(repeated(count))
                })
            }
            Value::String(text) => self.text(pointer, text),
            Value::Number(number) => self.number(pointer, number),
            Value::Bool(_) => Found::of("a boolean"),
            Value::Null => panic!("{path}: the document is not full"),
        };
        here.required = required;
        match found.get_mut(path) {
            None => {
                found.insert(path.to_owned(), here);
            }
            Some(before) => before.widen(here),
        }
    }

    /// A structure drops a member that it does not know, a map keeps it.
    fn is_map(&self, pointer: &str) -> bool {
        let mut more = self.at(pointer).clone();
        more[ANY_TEXT] = more.as_object().unwrap().values().next().unwrap().clone();
        let kept = self.with(pointer, more.clone());
        kept.is_some_and(|kept| kept.written.pointer(pointer) == Some(&more))
    }

    fn keys(&self, path: &str, pointer: &str, found: &mut BTreeMap<String, Found>) {
        let map = self.at(pointer).as_object().unwrap();
        let (first, value) = map.iter().next().unwrap();
        let renamed = |key: &str| {
            let mut map = map.clone();
            map.remove(first);
            map.insert(key.to_owned(), value.clone());
            self.with(pointer, map)
        };
        let keys = Found {
            known: self.known(renamed),
            sensitive: !renamed(ANY_TEXT).unwrap().debug.contains(ANY_TEXT),
            ..Found::of("a string")
        };
        found.insert(path.to_owned(), keys);
    }

    /// The values of an enum, asked for by what becomes of them; none where every text means as much.
    fn known(&self, with: impl Fn(&str) -> Option<Kept>) -> BTreeSet<String> {
        let is_known = |text: &str| {
            let unknown = format!("Unknown({text:?})");
            with(text).is_some_and(|kept| !kept.debug.contains(&unknown))
        };
        if is_known(ANY_TEXT) {
            return BTreeSet::new();
        }
        let known = self.terms.iter().filter(|text| is_known(text));
        known.map(ToString::to_string).collect()
    }

    fn text(&self, pointer: &str, text: &str) -> Found {
        let known = self.known(|text| self.with(pointer, text));
        if !known.is_empty() {
            return Found {
                known,
                ..Found::of("a string")
            };
        }
        if !self.takes(pointer, ANY_TEXT) && self.takes(pointer, "2001-02-03T04:05:06.789+01:00") {
            return Found::of("a timestamp in RFC 3339");
        }
        let chars = text.chars().count();
        let repeated = |count| text.chars().cycle().take(count).collect::<String>();
        Found {
            any_characters: self.takes(pointer, "é".repeat(chars)),
            sensitive: !self.read(&self.full).unwrap().debug.contains(text),
            ..self.sized("a string", pointer, chars, &|count| repeated(count).into())
        }
    }

    fn sized(
        &self,
        kind: &'static str,
        pointer: &str,
        size: usize,
        of_size: &dyn Fn(usize) -> Value,
    ) -> Found {
        let takes = |size: i64| self.takes(pointer, of_size(size as usize));
        Found {
            least: least(0, size as i64, takes),
            most: most(size as i64, LONGEST, takes),
            ..Found::of(kind)
        }
    }

    fn number(&self, pointer: &str, number: &Number) -> Found {
        let Some(number) = number.as_i64() else {
            assert!(self.takes(pointer, json!(-1.5)));
            return Found::of("a timestamp in epoch seconds");
        };
        Found {
            least: least(i64::MIN, number, |number| self.takes(pointer, number)),
            most: most(number, i64::MAX, |number| self.takes(pointer, number)),
            ..Found::of("an integer")
        }
    }
}

/// The least number from which on all are taken, up to one that is; `None` if that is the lowest.
fn least(lowest: i64, taken: i64, takes: impl Fn(i64) -> bool) -> Option<i64> {
    let (mut refused, mut taken) = (lowest, taken);
    if takes(lowest) {
        return None;
    }
    while i128::from(taken) - i128::from(refused) > 1 {
        let between = i64::midpoint(refused, taken);
        *(if takes(between) {
            &mut taken
        } else {
            &mut refused
        }) = between;
    }
    Some(taken)
}

/// The greatest number up to which all are taken, from one that is; `None` if that is the highest.
fn most(taken: i64, highest: i64, takes: impl Fn(i64) -> bool) -> Option<i64> {
    // Bitwise, as the least number has no negative.
    least(!highest, !taken, |number| takes(!number)).map(|number| !number)
}

impl Found {
    fn of(kind: &'static str) -> Self {
        Self {
            kind,
            required: false,
            least: None,
            most: None,
            known: BTreeSet::new(),
            any_characters: true,
            sensitive: false,
        }
    }

    /// Another entry of the same list. A text that may be anything says more than the values of an enum.
    fn widen(&mut self, other: Self) {
        assert_eq!(self.kind, other.kind);
        let required = self.required && other.required;
        if self.known.is_empty() == other.known.is_empty() {
            self.known.extend(other.known);
            self.least = self.least.and_then(|least| Some(least.min(other.least?)));
            self.most = self.most.and_then(|most| Some(most.max(other.most?)));
            self.any_characters |= other.any_characters;
            self.sensitive &= other.sensitive;
        } else if other.known.is_empty() {
            *self = other;
        }
        self.required = required;
    }

    fn facts(self, path: &str) -> Vec<String> {
        let mut facts = vec![format!("{path} is {}", self.kind)];
        let (is, unit) = match self.kind {
            "a list" => ("has", " entries"),
            "a string" => ("has", " characters"),
            _ => ("is", ""),
        };
        facts.extend(self.required.then(|| format!("{path} is required")));
        facts.extend(
            self.least
                .map(|least| format!("{path} {is} at least {least}{unit}")),
        );
        facts.extend(
            self.most
                .map(|most| format!("{path} {is} at most {most}{unit}")),
        );
        facts.extend(
            (!self.any_characters).then(|| format!("{path} does not take every character")),
        );
        facts.extend(self.sensitive.then(|| format!("{path} is sensitive")));
        for known in self.known {
            facts.push(format!("{path} may be {known}"));
        }
        facts
    }
}
