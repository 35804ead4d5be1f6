//! The golden vectors; `tests/vectors/README.md` says what they are.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

pub const REQUESTS: &str = include_str!("../vectors/requests.json");
pub const RESPONSES: &str = include_str!("../vectors/responses.json");
pub const ENDPOINTS: &str = include_str!("../vectors/endpoints.json");
pub const RETRY: &str = include_str!("../vectors/retry.json");

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
    /// Absent if it is no text: of `smithy-rpc-v2-cbor`.
    pub body: Option<String>,
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
    /// The rows of the two JSON protocols.
    pub fn json() -> Vec<Self> {
        let mut rows: Vec<Self> = rows(RESPONSES, "vectors");
        rows.retain(|row| row.body.is_some());
        rows
    }
}
