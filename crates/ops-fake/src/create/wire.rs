//! Inputs and outputs in each protocol.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use minicbor::data::{IanaTag, Type};
use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encode, Encoder, Error as EncodeError, Write};
use ops_model::{Protocol, Timestamp};
use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::rules::{Fault, Input};

/// How deep items may nest: as deep as `serde_json` lets JSON.
const MAX_DEPTH: usize = 128;

/// Reads an input. An empty body is an empty structure; a member that is null is absent.
///
/// # Errors
///
/// [`Fault::Unreadable`].
pub(super) fn input(request: &http::Request<Bytes>, protocol: Protocol) -> Result<Input, Fault> {
    read(request.body(), protocol).map_err(Fault::Unreadable)
}

fn read(body: &[u8], protocol: Protocol) -> Result<Input, String> {
    let value = match protocol {
        _ if body.is_empty() => Value::Object(Map::new()),
        Protocol::RpcV2Cbor => cbor(body)?,
        _ => serde_json::from_slice(body).map_err(|error| error.to_string())?,
    };
    let Value::Object(mut input) = value else {
        return Err("expected a structure".to_owned());
    };
    input.retain(|_, member| !member.is_null());
    Ok(input)
}

/// The JSON that says the same as a body of CBOR.
fn cbor(body: &[u8]) -> Result<Value, String> {
    let mut decoder = Decoder::new(body);
    let value = item(&mut decoder, MAX_DEPTH)
        .map_err(|_| "the CBOR is cut off, or holds what no member is".to_owned())?;
    if decoder.position() < body.len() {
        return Err("something follows the data item".to_owned());
    }
    Ok(value)
}

/// Reads a data item of the types that the members of these inputs have: no blobs, no floats, no dates.
fn item(decoder: &mut Decoder<'_>, depth: usize) -> Result<Value, Error> {
    let depth = depth
        .checked_sub(1)
        .ok_or_else(|| Error::message("too deep"))?;
    Ok(match decoder.datatype()? {
        Type::Map | Type::MapIndef => {
            let mut entries = Map::new();
            let count = decoder.map()?;
            repeat(decoder, count, |decoder| {
                entries.insert(text(decoder)?, item(decoder, depth)?);
                Ok(())
            })?;
            Value::Object(entries)
        }
        Type::Array | Type::ArrayIndef => {
            let mut items = Vec::new();
            let count = decoder.array()?;
            repeat(decoder, count, |decoder| {
                items.push(item(decoder, depth)?);
                Ok(())
            })?;
            Value::Array(items)
        }
        Type::Tag => {
            decoder.tag()?;
            item(decoder, depth)?
        }
        Type::String | Type::StringIndef => Value::String(text(decoder)?),
        Type::Bool => Value::Bool(decoder.bool()?),
        Type::Null | Type::Undefined => {
            decoder.skip()?;
            Value::Null
        }
        _ => Value::from(decoder.i64()?),
    })
}

/// Does something `count` times; if the length is indefinite, until the break.
fn repeat<'b>(
    decoder: &mut Decoder<'b>,
    count: Option<u64>,
    mut each: impl FnMut(&mut Decoder<'b>) -> Result<(), Error>,
) -> Result<(), Error> {
    match count {
        Some(count) => (0..count).try_for_each(|_| each(decoder)),
        None => {
            while decoder.datatype()? != Type::Break {
                each(decoder)?;
            }
            decoder.skip()
        }
    }
}

/// A text, in one piece or in several.
fn text(decoder: &mut Decoder<'_>) -> Result<String, Error> {
    decoder.str_iter()?.collect()
}

/// A value of an output.
#[derive(Clone)]
pub(super) enum Data {
    Text(String),
    Date(Timestamp),
    Structure(Vec<(&'static str, Self)>),
}

impl Data {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// Seconds since the epoch, the milliseconds their fraction.
    fn seconds(date: Timestamp) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "below 2^53 throughout the range of dates"
        )]
        let millis = date.as_millis() as f64;
        millis / 1000.0
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Date(date) => serializer.serialize_f64(Self::seconds(*date)),
            Self::Structure(members) => {
                serializer.collect_map(members.iter().map(|(name, value)| (name, value)))
            }
        }
    }
}

impl<C> Encode<C> for Data {
    fn encode<W: Write>(
        &self,
        encoder: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), EncodeError<W::Error>> {
        match self {
            Self::Text(text) => encoder.str(text)?.ok(),
            Self::Date(date) => encoder
                .tag(IanaTag::Timestamp)?
                .f64(Self::seconds(*date))?
                .ok(),
            Self::Structure(members) => {
                encoder.map(members.len() as u64)?;
                members.iter().try_for_each(|(name, value)| {
                    encoder.str(name)?;
                    value.encode(encoder, context)
                })
            }
        }
    }
}

/// A response with this body.
pub(super) fn response(
    status: StatusCode,
    protocol: Protocol,
    body: &Data,
) -> http::Response<Bytes> {
    let (content_type, bytes) = match protocol {
        Protocol::RpcV2Cbor => (
            "application/cbor",
            minicbor::to_vec(body).expect("a vector takes whatever is written"),
        ),
        Protocol::RestJson1 => ("application/json", json(body)),
        _ => ("application/x-amz-json-1.1", json(body)),
    };
    let mut response = http::Response::new(bytes.into());
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    if protocol == Protocol::RpcV2Cbor {
        let protocol = HeaderValue::from_static("rpc-v2-cbor");
        headers.insert("smithy-protocol", protocol);
    }
    response
}

fn json(body: &Data) -> Vec<u8> {
    serde_json::to_vec(body).expect("texts, finite numbers, and structures of them")
}
