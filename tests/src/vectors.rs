//! The golden vectors; `tests/vectors/README.md` says what they are.

use std::collections::BTreeMap;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

pub const REQUESTS: &str = include_str!("../vectors/requests.json");
pub const RESPONSES: &str = include_str!("../vectors/responses.json");
pub const ENDPOINTS: &str = include_str!("../vectors/endpoints.json");
pub const RETRY: &str = include_str!("../vectors/retry.json");

/// The name of rpcv2Cbor in the files.
pub const CBOR: &str = "smithy-rpc-v2-cbor";

/// The rows of one list of a file.
pub fn rows<T: DeserializeOwned>(file: &str, list: &str) -> Vec<T> {
    // Raw, as Python reads and writes a lone surrogate and `Value` does not.
    let lists: BTreeMap<String, &RawValue> = serde_json::from_str(file).unwrap();
    let rows: Vec<T> = serde_json::from_str(lists[list].get()).unwrap();
    assert!(!rows.is_empty(), "{list}");
    rows
}

/// A row of `vectors` in [`RESPONSES`].
#[derive(Deserialize)]
pub struct ResponseRow {
    pub id: String,
    pub operation: String,
    pub protocol: String,
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    /// The body, if it is a text: that of every JSON protocol.
    pub body: Option<String>,
    #[serde(default, deserialize_with = "base64")]
    pub body_base64: Option<Vec<u8>>,
    /// botocore's value.
    pub parsed: Option<Box<RawValue>>,
    pub expect: Expect,
}

/// What is expected of a response.
#[derive(Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Expect {
    Value,
    Items {
        bad_indices: Vec<usize>,
    },
    Malformed,
    Error {
        status: u16,
        code: Option<String>,
        message: Option<String>,
        request_id: Option<String>,
    },
}

impl ResponseRow {
    /// The rows of every protocol.
    pub fn all() -> Vec<Self> {
        rows(RESPONSES, "vectors")
    }

    /// The rows of the two JSON protocols.
    pub fn json() -> Vec<Self> {
        let mut rows = Self::all();
        rows.retain(|row| row.body.is_some());
        rows
    }
}

/// A body that is no text: that of [`CBOR`].
pub fn base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<u8>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| BASE64_STANDARD.decode(text).expect("base64")))
}
