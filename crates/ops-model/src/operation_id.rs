use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::{Deref, Range};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An operation's id: of Cloud Map its `Id`, of MSK Connect its ARN. It is a `str` in every way that reads one.
///
/// A clone costs no allocation, and nor do the ids of a page, if it is JSON without a flaw: they share one text. So an id
/// may keep the ids of its whole page, some kilobytes; where few are kept of many, [`detached`](Self::detached) keeps no
/// more than the id.
///
/// ```
/// use ops_model::cloud_map::{GetOperation, ListOperations};
/// use ops_model::{Call, OperationId};
///
/// let body = r#"{"Operations": [{"Id": "abc-1", "Status": "FAIL"}, {"Id": "def-2", "Status": "FAIL"}]}"#;
/// let page = ListOperations::decode(&http::Response::new(body.into()))?;
/// let last: OperationId = page.items().last().expect("it has two").id.detached();
///
/// assert_eq!(last, "def-2");
/// assert!(last.starts_with("def"));
/// GetOperation::new(last)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct OperationId {
    /// Of this id, or of the ids of a page one after the other.
    text: Arc<str>,
    place: Range<usize>,
}

impl OperationId {
    /// The id as it stands on the wire.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text[self.place.clone()]
    }

    /// The same id in a text of its own, if it shares one with others.
    #[must_use]
    pub fn detached(&self) -> Self {
        if self.place.len() == self.text.len() {
            self.clone()
        } else {
            self.as_str().into()
        }
    }

    /// Cuts ids off the front of a text that they share, each of the length in bytes that is asked for.
    pub(crate) fn cut_off(text: &str) -> impl FnMut(usize) -> Self {
        let text: Arc<str> = text.into();
        let mut start = 0;
        move |length| {
            let place = start..start + length;
            start = place.end;
            Self {
                text: Arc::clone(&text),
                place,
            }
        }
    }
}

impl Deref for OperationId {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl AsRef<str> for OperationId {
    fn as_ref(&self) -> &str {
        self
    }
}

impl Borrow<str> for OperationId {
    fn borrow(&self) -> &str {
        self
    }
}

impl From<&str> for OperationId {
    fn from(id: &str) -> Self {
        Self {
            text: id.into(),
            place: 0..id.len(),
        }
    }
}

impl From<String> for OperationId {
    fn from(id: String) -> Self {
        id.as_str().into()
    }
}

impl From<&String> for OperationId {
    fn from(id: &String) -> Self {
        id.as_str().into()
    }
}

impl From<OperationId> for String {
    fn from(id: OperationId) -> Self {
        id.as_str().to_owned()
    }
}

impl From<&OperationId> for String {
    fn from(id: &OperationId) -> Self {
        id.as_str().to_owned()
    }
}

impl<T: AsRef<str> + ?Sized> PartialEq<T> for OperationId {
    fn eq(&self, other: &T) -> bool {
        self.as_str() == other.as_ref()
    }
}

impl Eq for OperationId {}

impl PartialOrd for OperationId {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for OperationId {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other)
    }
}

impl Hash for OperationId {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Display for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for OperationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl Serialize for OperationId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for OperationId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeSet, HashSet};

    use super::*;

    #[test]
    fn the_ids_of_a_page_without_a_flaw_share_one_text() {
        use crate::Call;
        use crate::cloud_map::ListOperations;

        let check = |more: &str, shared: bool| {
            let items = r#"{"Id": "a", "Status": "FAIL"}, {"Id": "\u0062", "Status": "FAIL"}"#;
            let body = format!(r#"{{"Operations": [{items}{more}]}}"#);
            let page = ListOperations::decode(&http::Response::new(body.into())).unwrap();
            let ids: Vec<_> = page.items().map(|item| &item.id).collect();
            assert_eq!(ids, ["a", "b"]);
            assert_eq!(Arc::ptr_eq(&ids[0].text, &ids[1].text), shared, "{more}");
        };
        check("", true);
        check(", null", false);
    }

    #[test]
    fn a_detached_id_keeps_its_own_text_alone() {
        let mut next = OperationId::cut_off("abcd");
        let [first, second] = [1, 3].map(&mut next);
        assert!(Arc::ptr_eq(&first.text, &second.text));
        let detached = second.detached();
        assert_eq!(&*detached.text, "bcd");
        assert!(Arc::ptr_eq(&detached.text, &detached.detached().text));
        assert_ne!(first, second);
        assert!(first < second);
    }

    #[test]
    fn an_id_of_a_page_is_the_text_that_it_is_alone() {
        let mut next = OperationId::cut_off("abécd");
        let [first, none, second] = [2, 0, 4].map(&mut next);
        for (id, text) in [(first, "ab"), (none, ""), (second, "écd")] {
            let alone = OperationId::from(text);
            assert_eq!(id, alone);
            assert_eq!(id, text);
            assert_eq!(id, *text);
            assert_eq!(id, text.to_owned());
            assert_eq!(id.detached(), id);
            assert_eq!(id.cmp(&alone), Ordering::Equal);
            assert_eq!(
                format!("{id}{id:?}{id:>5}"),
                format!("{text}{text:?}{text:>5}")
            );
            assert_eq!([String::from(&id), String::from(id.clone())], [text, text]);
            assert!(HashSet::from([id.clone()]).contains(text));
            assert!(BTreeSet::from([id.clone()]).contains(text));
            let json = serde_json::to_string(&id).unwrap();
            assert_eq!(json, serde_json::to_string(text).unwrap());
            assert_eq!(serde_json::from_str::<OperationId>(&json).unwrap(), id);
        }
    }
}
