//! The bodies of the fuzz targets: functions of any bytes that panic if a rule is broken. A file for each.
//!
//! `fuzz/` runs them on bytes that it finds, `tests/corpora.rs` on the bytes that are committed there.

mod checkpoint;
mod decode_cbor;
mod decode_requests;
mod decode_responses;
mod filter_shorthand;

pub use checkpoint::checkpoint;
pub use decode_cbor::decode_cbor;
pub use decode_requests::decode_requests;
pub use decode_responses::decode_responses;
pub use filter_shorthand::filter_shorthand;

use std::fmt::Display;

use ops_model::BaseUrl;

/// Stands in bodies for what no reason may show.
const CANARY: &str = "canary";

/// A body.
pub type Target = fn(&[u8]);

/// Every target, by its name.
pub const TARGETS: [(&str, Target); 5] = [
    ("filter_shorthand", filter_shorthand),
    ("decode_responses", decode_responses),
    ("decode_requests", decode_requests),
    ("decode_cbor", decode_cbor),
    ("checkpoint", checkpoint),
];

fn base() -> BaseUrl {
    "https://example.com".parse().expect("a URL")
}

/// Whatever holds a stranger's text is shown in one line, without control characters.
fn one_line(shown: &impl Display) {
    let text = shown.to_string();
    assert!(!text.chars().any(char::is_control), "{text:?}");
}
