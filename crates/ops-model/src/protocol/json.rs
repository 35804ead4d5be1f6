//! JSON bodies: members, lists whose items stand for themselves, and reasons that show no content.

use std::collections::BTreeMap;
use std::fmt;

use bytes::Bytes;
use serde::de::{DeserializeOwned, Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::{BadItem, LIST_MAX_ENTRIES};

/// A map without its `null` members, which are absent.
pub(crate) fn without_nulls<K: Ord>(
    map: Option<BTreeMap<K, Option<String>>>,
) -> BTreeMap<K, String> {
    map.into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
}

/// Reads an output structure. An empty body is an empty structure.
pub(crate) fn structure<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, String> {
    let body: &[u8] = if body.is_empty() { b"{}" } else { body };
    // serde takes an array for a structure: the members in order. AWS does not.
    if !matches!(
        body.iter().find(|byte| !byte.is_ascii_whitespace()),
        Some(b'{')
    ) {
        return Err("expected a JSON object".to_owned());
    }
    serde_json::from_slice(body).map_err(|error| reason(&error))
}

/// The items of a list as they stand, [`LIST_MAX_ENTRIES`] at most.
pub(crate) struct RawItems<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for RawItems<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Limited;

        impl<'de> Visitor<'de> for Limited {
            type Value = Vec<&'de RawValue>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a sequence")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = list.next_element()? {
                    if items.len() == LIST_MAX_ENTRIES {
                        return Err(A::Error::custom(too_long()));
                    }
                    items.push(item);
                }
                Ok(items)
            }
        }

        deserializer.deserialize_seq(Limited).map(Self)
    }
}

/// Why a list is not read.
pub(crate) fn too_long() -> String {
    format!("a list has more than {LIST_MAX_ENTRIES} entries")
}

/// Reads the items of a list one by one: what cannot be read stands in its place.
pub(crate) fn items<S: DeserializeOwned, T: From<S>>(
    items: Option<RawItems<'_>>,
    id_member: &'static str,
) -> impl Iterator<Item = Result<T, BadItem>> {
    items
        .into_iter()
        .flat_map(|items| items.0)
        .enumerate()
        .map(move |(index, raw)| {
            structure::<S>(raw.get().as_bytes())
                .map(T::from)
                .map_err(|mut reason| {
                    if let Some(position) = reason.find(" at line ") {
                        reason.truncate(position);
                    }
                    BadItem::new(index, readable_id(raw, id_member), reason)
                })
        })
}

fn readable_id(raw: &RawValue, id_member: &str) -> Option<String> {
    let members: BTreeMap<&str, &RawValue> = serde_json::from_str(raw.get()).ok()?;
    serde_json::from_str(members.get(id_member)?.get()).ok()
}

/// What is wrong with a body, without showing any of it: it may hold a token or a connector's configuration.
pub(crate) fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match (error.classify(), text.rsplit_once(", expected ")) {
        // `invalid type: string "…", expected …`: the part before is content.
        (Category::Data, Some((_, expected))) => format!("expected {expected}"),
        _ => text,
    }
}

/// A successful response with this value as its body.
pub(crate) fn response(
    content_type: &'static str,
    value: &impl serde::Serialize,
) -> http::Response<Bytes> {
    let mut response = http::Response::new(body(value));
    let content_type = http::HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, content_type);
    response
}

/// A body of this value.
pub(crate) fn body(value: &impl serde::Serialize) -> Bytes {
    serde_json::to_vec(value)
        .expect("our shapes have string keys and finite numbers")
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_too_long_is_refused() {
        let read = |items: usize| {
            let list = format!("[{}]", vec!["0"; items].join(","));
            serde_json::from_str::<RawItems<'_>>(&list)
                .map(|items| items.0.len())
                .map_err(|error| reason(&error))
        };
        assert_eq!(read(LIST_MAX_ENTRIES), Ok(10_000));
        assert_eq!(
            read(LIST_MAX_ENTRIES + 1).unwrap_err(),
            "a list has more than 10000 entries at line 1 column 20003"
        );
        let error = serde_json::from_str::<RawItems<'_>>("7").err().unwrap();
        assert_eq!(reason(&error), "expected a sequence at line 1 column 1");
    }

    #[test]
    fn a_reason_shows_no_content() {
        #[derive(Debug, Deserialize)]
        #[expect(dead_code, reason = "read, never looked at")]
        struct Shape {
            number: Option<i64>,
            map: Option<BTreeMap<String, String>>,
            id: String,
        }
        let check = |body: &str, expected: &str| {
            assert_eq!(
                structure::<Shape>(body.as_bytes()).unwrap_err(),
                expected,
                "{body}"
            );
        };
        check(
            r#"{"number": "canary"}"#,
            "expected i64 at line 1 column 19",
        );
        check(
            r#"{"number": "canary, expected canary"}"#,
            "expected i64 at line 1 column 36",
        );
        check(r#"{"map": "canary"}"#, "expected a map at line 1 column 16");
        check(r#"{"number": 1}"#, "missing field `id` at line 1 column 13");
        check(
            r#"{"id": "canary"#,
            "EOF while parsing a string at line 1 column 14",
        );
        check("<html>canary", "expected a JSON object");
        check("[]", "expected a JSON object");
        check("null", "expected a JSON object");
        check("\u{feff}{}", "expected a JSON object");
    }
}
