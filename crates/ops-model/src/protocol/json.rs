//! JSON bodies: members, lists whose items stand for themselves, and reasons that show no content.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::paging::Entry;
use crate::{BadItem, LIST_MAX_ENTRIES, OperationId, PAGE_SIZE_MAX};

/// A structure that may be absent, as a member of another.
pub(crate) fn member<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let found: Option<Object<T>> = Deserialize::deserialize(deserializer)?;
    Ok(found.map(|Object(structure)| structure))
}

/// A list of structures that may be absent, as a member of another.
pub(crate) fn list_member<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Vec<T>>, D::Error> {
    let found: Option<Vec<Object<T>>> = Deserialize::deserialize(deserializer)?;
    let structures = |list: Vec<_>| {
        list.into_iter()
            .map(|Object(structure)| structure)
            .collect()
    };
    Ok(found.map(structures))
}

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

/// Reads an output structure in one pass, if nothing at all is wrong with it; what it is then is what [`structure`]
/// reads. `None` says no more than that.
pub(crate) fn at_once<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Option<T> {
    let text = std::str::from_utf8(body).ok()?;
    serde_json::from_str(text).ok().map(|Object(output)| output)
}

/// A structure that is a JSON object, which it is on the wire: serde takes an array too.
#[derive(Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Object<T>(pub(crate) T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Members<T> {
            type Value = T;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map))
            }
        }

        deserializer.deserialize_map(Members(PhantomData)).map(Self)
    }
}

/// The items of a list as they stand, [`LIST_MAX_ENTRIES`] at most.
#[derive(Default)]
pub(crate) struct RawItems<'a>(Vec<&'a RawValue>);

impl<'de: 'a, 'a> Deserialize<'de> for RawItems<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Limited(Self::default(), LIST_MAX_ENTRIES))
    }
}

impl<'de: 'a, 'a> DeserializeSeed<'de> for &mut RawItems<'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.push(Deserialize::deserialize(deserializer)?);
        Ok(())
    }
}

/// The JSON shape of an item of a page, which borrows its id from the body.
pub(crate) trait Shape<'de>: Deserialize<'de> {
    type Item;

    fn id(&self) -> &str;

    /// The item, which has this id.
    fn into_item(self, id: OperationId) -> Self::Item;
}

/// An item by itself, its id in a text of its own.
pub(crate) fn item<'de, S: Shape<'de>>(shape: S) -> S::Item {
    let id = shape.id().into();
    shape.into_item(id)
}

/// The items of a list, all of them readable.
///
/// No more of them than a page has, so that no more memory is taken before the body turns out not to be one.
pub(crate) struct Items<S>(Vec<S>);

impl<'de, S: Shape<'de>> Items<S> {
    pub(crate) fn into_entries(items: Option<Self>) -> Vec<Entry<S::Item>> {
        let shapes = items.map_or_else(Vec::new, |Self(shapes)| shapes);
        let mut ids = String::with_capacity(shapes.iter().map(|shape| shape.id().len()).sum());
        shapes.iter().for_each(|shape| ids.push_str(shape.id()));
        let mut next_id = OperationId::cut_off(&ids);
        let items = shapes.into_iter().map(|shape| {
            let id = next_id(shape.id().len());
            Ok(shape.into_item(id))
        });
        items.enumerate().collect()
    }
}

impl<'de, S: Deserialize<'de>> Deserialize<'de> for Items<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let most = PAGE_SIZE_MAX as usize;
        let items = Self(Vec::with_capacity(most));
        deserializer.deserialize_seq(Limited(items, most))
    }
}

impl<'de, S: Deserialize<'de>> DeserializeSeed<'de> for &mut Items<S> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, S: Deserialize<'de>> Visitor<'de> for &mut Items<S> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        self.0
            .push(S::deserialize(MapAccessDeserializer::new(map))?);
        Ok(())
    }
}

/// Reads a list into what collects its items, so many at most.
struct Limited<C>(C, usize);

impl<'de, C> Visitor<'de> for Limited<C>
where
    for<'c> &'c mut C: DeserializeSeed<'de, Value = ()>,
{
    type Value = C;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sequence")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<C, A::Error> {
        let mut items = 0;
        while list.next_element_seed(&mut self.0)?.is_some() {
            items += 1;
            if items > self.1 {
                return Err(A::Error::custom(too_long()));
            }
        }
        Ok(self.0)
    }
}

/// Why a list is not read.
pub(crate) fn too_long() -> String {
    format!("a list has more than {LIST_MAX_ENTRIES} entries")
}

/// Reads the items of a list one by one: what cannot be read stands in its place.
pub(crate) fn items<'a, S: Shape<'a>>(
    items: Option<RawItems<'a>>,
    id_member: &'static str,
) -> impl Iterator<Item = Result<S::Item, BadItem>> {
    items
        .unwrap_or_default()
        .0
        .into_iter()
        .enumerate()
        .map(move |(index, raw)| {
            structure::<S>(raw.get().as_bytes())
                .map(item)
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
    value: &impl Serialize,
) -> http::Response<Bytes> {
    let mut response = http::Response::new(body(value));
    let content_type = http::HeaderValue::from_static(content_type);
    response
        .headers_mut()
        .insert(http::header::CONTENT_TYPE, content_type);
    response
}

/// A body of this value.
pub(crate) fn body(value: &impl Serialize) -> Bytes {
    // More than most requests take.
    let mut body = Vec::with_capacity(512);
    serde_json::to_writer(&mut body, value)
        .expect("our shapes have string keys and finite numbers");
    body.into()
}

#[cfg(test)]
mod tests {
    use serde::de::{DeserializeOwned, IgnoredAny};

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
        let is_read_at_once = |items: usize| {
            let list = format!("[{}]", vec!["{}"; items].join(","));
            serde_json::from_str::<Items<IgnoredAny>>(&list).is_ok()
        };
        assert!(is_read_at_once(100));
        assert!(!is_read_at_once(101));
    }

    #[test]
    fn a_list_is_an_array_and_a_structure_an_object() {
        type Good = Items<IgnoredAny>;
        fn check<T: DeserializeOwned>(json: &str, expected: &str) {
            let error = serde_json::from_str::<T>(json).err().expect(json);
            assert_eq!(reason(&error), expected, "{json}");
        }
        check::<Good>("{}", "expected a sequence at line 1 column 0");
        check::<Good>("[[]]", "expected a JSON object at line 1 column 1");
        check::<Object<IgnoredAny>>("[]", "expected a JSON object at line 1 column 0");
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
