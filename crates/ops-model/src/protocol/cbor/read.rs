use std::borrow::Cow;

use minicbor::data::{IanaTag, Type};
use minicbor::decode::{Decoder, Error};

use super::walk::Walk;
use crate::protocol::json;
use crate::{InvalidTimestamp, LIST_MAX_ENTRIES, Timestamp};

/// What rpcv2Cbor takes for the same.
const NULL: u8 = 0xf6;
const UNDEFINED: u8 = 0xf7;
/// What is before the two bytes of a half float.
const HALF: u8 = 0xf9;

/// A well-formed data item.
///
/// Tags in front of an item are passed over where its type says all that they could.
#[derive(Clone, Copy)]
pub(crate) struct Item<'b>(&'b [u8]);

/// A member of a structure: absent, or an item that is not null.
pub(crate) struct Member<'b> {
    name: &'static str,
    value: Option<Item<'b>>,
}

impl<'b> Item<'b> {
    /// The item that is all of a body. An empty body is an empty structure.
    pub(crate) fn of_body(body: &'b [u8]) -> Result<Self, String> {
        let mut walk = Walk::new(if body.is_empty() { b"\xa0" } else { body });
        let item = walk.item()?;
        walk.end()?;
        Ok(Self(item))
    }

    /// These members of a structure. Others are ignored; one that stands there twice makes the structure unreadable.
    pub(crate) fn members<const N: usize>(
        self,
        names: [&'static str; N],
    ) -> Result<[Member<'b>; N], String> {
        let mut members = names.map(|name| Member { name, value: None });
        self.entries(|key, value| {
            let Ok(name) = key.borrowed_text() else {
                return Ok(());
            };
            let Some(member) = members.iter_mut().find(|member| member.name == name) else {
                return Ok(());
            };
            if member.value.replace(value).is_some() {
                return Err(format!("duplicate field `{}`", member.name));
            }
            Ok(())
        })?;
        Ok(members)
    }

    /// Every key and value of a map, but for the values that are null.
    pub(crate) fn entries(
        self,
        mut each: impl FnMut(Self, Self) -> Result<(), String>,
    ) -> Result<(), String> {
        let mut decoder = self.untagged();
        let count = decoder.map().map_err(|_| "expected a map")?;
        self.behind(&decoder).repeat(count, |walk| {
            let (key, value) = (Self(walk.item()?), Self(walk.item()?));
            if value.is_null() {
                Ok(())
            } else {
                each(key, value)
            }
        })
    }

    /// The items of a list, [`LIST_MAX_ENTRIES`] at most, null ones included.
    pub(crate) fn list(self) -> Result<Vec<Self>, String> {
        let mut decoder = self.untagged();
        let count = decoder.array().map_err(|_| "expected a list")?;
        let mut items = Vec::new();
        self.behind(&decoder).repeat(count, |walk| {
            if items.len() == LIST_MAX_ENTRIES {
                return Err(json::too_long());
            }
            items.push(Self(walk.item()?));
            Ok(())
        })?;
        Ok(items)
    }

    /// A text, in one piece or in several.
    pub(crate) fn text(self) -> Result<String, String> {
        self.borrowed_text().map(Cow::into_owned)
    }

    /// A text, borrowed if it is in one piece.
    fn borrowed_text(self) -> Result<Cow<'b, str>, String> {
        self.untagged()
            .str_iter()
            .and_then(|mut pieces| {
                pieces.try_fold(Cow::Borrowed(""), |text, piece| Ok(text + piece?))
            })
            .map_err(|_| "expected a string".to_owned())
    }

    /// A text that is a value of an open enum.
    pub(crate) fn term<T: for<'t> From<&'t str>>(self) -> Result<T, String> {
        self.borrowed_text().map(|text| text.as_ref().into())
    }

    /// An integer of any width.
    pub(crate) fn integer(self) -> Result<i64, String> {
        self.untagged().i64().map_err(|_| "expected i64".to_owned())
    }

    /// A date: seconds since the epoch, as a number of any width behind the tag that says so.
    pub(crate) fn timestamp(self) -> Result<Timestamp, String> {
        let expected = |_: Error| "expected a tagged number of seconds since the epoch";
        let mut decoder = Decoder::new(self.0);
        while decoder.tag().map_err(expected)? != IanaTag::Timestamp {}
        let time = if let [HALF, high, low] = self.0[decoder.position()..] {
            Timestamp::from_seconds(half([high, low]))
        } else if let Ok(seconds) = decoder.f64() {
            Timestamp::from_seconds(seconds)
        } else {
            i64::try_from(decoder.int().map_err(expected)?)
                .map_err(|_| InvalidTimestamp::Range)
                .and_then(Timestamp::from_whole_seconds)
        };
        time.map_err(|error| error.to_string())
    }

    const fn is_null(self) -> bool {
        matches!(self.0, [NULL | UNDEFINED])
    }

    /// A decoder of what is behind the tags.
    fn untagged(self) -> Decoder<'b> {
        let mut decoder = Decoder::new(self.0);
        while matches!(decoder.datatype(), Ok(Type::Tag)) && decoder.tag().is_ok() {}
        decoder
    }

    /// What is behind that which the decoder has read.
    fn behind(self, decoder: &Decoder<'b>) -> Walk<'b> {
        Walk::new(&self.0[decoder.position()..])
    }
}

impl<'b> Member<'b> {
    /// The member's value, if it is there.
    pub(crate) fn optional<T>(
        self,
        read: impl FnOnce(Item<'b>) -> Result<T, String>,
    ) -> Result<Option<T>, String> {
        let read = |value| read(value).map_err(|reason| format!("`{}`: {reason}", self.name));
        self.value.map(read).transpose()
    }

    /// The member's value, which has to be there.
    pub(crate) fn required<T>(
        self,
        read: impl FnOnce(Item<'b>) -> Result<T, String>,
    ) -> Result<T, String> {
        let name = self.name;
        self.optional(read)?
            .ok_or_else(|| format!("missing field `{name}`"))
    }
}

/// The value of a half float.
fn half([high, low]: [u8; 2]) -> f64 {
    let bits = u32::from(u16::from_be_bytes([high, low]));
    // A single float has the same fields, but for wider ones: the exponent is off by the difference of the two biases.
    let magnitude = f32::from_bits((bits & 0x7fff) << 13) * 2_f32.powi(127 - 15);
    let magnitude = match bits & 0x7fff {
        ..0x7c00 => magnitude,
        0x7c00 => f32::INFINITY,
        _ => f32::NAN,
    };
    f64::from(if bits & 0x8000 == 0 {
        magnitude
    } else {
        -magnitude
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_too_long_is_refused() {
        let read = |items: u16| {
            let head = [&[0x99][..], &items.to_be_bytes()].concat();
            let list = [head, vec![0; items.into()]].concat();
            Item(&list).list().map(|items| items.len())
        };
        assert_eq!(read(10_000), Ok(LIST_MAX_ENTRIES));
        let reason = "a list has more than 10000 entries";
        assert_eq!(read(10_001), Err(reason.to_owned()));
    }

    #[test]
    fn a_half_float_is_its_fields() {
        for bits in 0..=u16::MAX {
            let (exponent, fraction) = (i32::from(bits >> 10 & 0x1f), f64::from(bits & 0x3ff));
            let magnitude = match exponent {
                0 => fraction * 2_f64.powi(-24),
                31 if fraction == 0.0 => f64::INFINITY,
                31 => f64::NAN,
                _ => (1024.0 + fraction) * 2_f64.powi(exponent - 25),
            };
            let expected = if bits >> 15 == 0 {
                magnitude
            } else {
                -magnitude
            };
            let read = half(bits.to_be_bytes());
            assert!(
                read == expected || read.is_nan() && expected.is_nan(),
                "{bits:04x}: {read} {expected}"
            );
        }
    }
}
