use bytes::Bytes;
use minicbor::data::IanaTag;
use minicbor::encode::{Encode, Encoder, Error, Write};

use crate::Timestamp;

/// A value to be written, in the shortest form and of definite length.
pub(crate) enum Data<'a> {
    Text(&'a str),
    Integer(i64),
    Date(Timestamp),
    List(Vec<Self>),
    Map(Vec<(&'a str, Self)>),
}

impl<'a> Data<'a> {
    /// A structure with those of its members that are there.
    pub(crate) fn structure<const N: usize>(members: [(&'a str, Option<Self>); N]) -> Self {
        let members = members.into_iter();
        Self::Map(
            members
                .filter_map(|(name, value)| Some((name, value?)))
                .collect(),
        )
    }

    /// A body of this value alone.
    pub(crate) fn to_body(&self) -> Bytes {
        minicbor::to_vec(self)
            .expect("a vector takes whatever is written")
            .into()
    }
}

impl<C> Encode<C> for Data<'_> {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), Error<W::Error>> {
        match self {
            Self::Text(text) => encoder.str(text)?.ok(),
            Self::Integer(integer) => encoder.i64(*integer)?.ok(),
            Self::Date(date) => {
                encoder.tag(IanaTag::Timestamp)?;
                match date.whole_seconds() {
                    Some(seconds) => encoder.i64(seconds)?.ok(),
                    None => encoder.f64(date.seconds())?.ok(),
                }
            }
            Self::List(items) => {
                encoder.array(items.len() as u64)?;
                items
                    .iter()
                    .try_for_each(|item| item.encode(encoder, context))
            }
            Self::Map(entries) => {
                encoder.map(entries.len() as u64)?;
                entries.iter().try_for_each(|(key, value)| {
                    encoder.str(key)?;
                    value.encode(encoder, context)
                })
            }
        }
    }
}
