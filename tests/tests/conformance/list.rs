//! The list, as its `about` tells it.

use std::collections::BTreeMap;

use ops_fake::{FakeService, VirtualClock};
use serde::Deserialize;
use serde_json::{Map, Value};

const LIST: &str = include_str!("../../../crates/ops-fake/conformance.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(rename = "about")]
    _about: Vec<String>,
    scenarios: BTreeMap<String, Value>,
    rows: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) documented: String,
    scenario: Value,
    pub(crate) steps: Vec<Step>,
    pub(crate) departs: Option<Departs>,
}

/// Read for its form alone.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Departs {
    #[serde(rename = "aws")]
    _aws: String,
    #[serde(rename = "because")]
    _because: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Step {
    Advance(Advance),
    Call(Call),
    Request(Request),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Advance {
    pub(crate) advance: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct Call {
    pub(crate) call: String,
    pub(crate) access_key: Option<String>,
    pub(crate) input: Value,
    pub(crate) expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) request: Sent,
    pub(crate) expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sent {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    pub(crate) output: Option<Value>,
    pub(crate) page: Option<Page>,
    pub(crate) error: Option<Error>,
    #[serde(default)]
    pub(crate) headers: Map<String, Value>,
    #[serde(default)]
    pub(crate) wire: BTreeMap<Protocol, Wire>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Page {
    pub(crate) ids: Option<Vec<String>>,
    pub(crate) count: Option<usize>,
    pub(crate) more: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Error {
    pub(crate) status: Status,
    pub(crate) code: String,
    pub(crate) says: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Status {
    Any(u16),
    Of(BTreeMap<Protocol, u16>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wire {
    #[serde(default)]
    pub(crate) headers: Map<String, Value>,
    pub(crate) body: Option<Value>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub(crate) enum Protocol {
    #[serde(rename = "awsJson1_1")]
    AwsJson,
    #[serde(rename = "restJson1")]
    RestJson,
    #[serde(rename = "rpcv2Cbor")]
    Cbor,
}

/// The rows, with their scenarios in place of the scenarios' names.
pub(crate) fn rows() -> Vec<Row> {
    let list: List = serde_json::from_str(LIST).unwrap();
    let mut rows = list.rows;
    for row in &mut rows {
        if let Value::String(name) = &row.scenario {
            row.scenario = list.scenarios[name].clone();
        }
    }
    rows
}

impl Row {
    /// The service that the row begins with.
    pub(crate) fn service(&self) -> FakeService {
        let builder = FakeService::scenario(&self.scenario.to_string()).unwrap();
        builder.clock(VirtualClock::new()).build()
    }
}
