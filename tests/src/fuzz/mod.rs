//! The bodies of the fuzz targets: functions of any bytes that panic if a rule is broken. A file for each.
//!
//! `fuzz/` runs them on bytes that it finds, `tests/corpora.rs` on the bytes that are committed there.

mod arn;
mod checkpoint;
mod decode_cbor;
mod decode_requests;
mod decode_responses;
mod error_response;
mod fake;
mod filter_shorthand;
mod listing;
mod raw_filter;
mod scenario;

pub use arn::arn;
pub use checkpoint::checkpoint;
pub use decode_cbor::decode_cbor;
pub use decode_requests::decode_requests;
pub use decode_responses::decode_responses;
pub use error_response::error_response;
pub use fake::fake;
pub use filter_shorthand::filter_shorthand;
pub use listing::listing;
pub use raw_filter::raw_filter;
pub use scenario::scenario;

use std::fmt::Display;

use ops_model::BaseUrl;

/// Stands in bodies for what no reason may show.
const CANARY: &str = "canary";

/// A body.
pub type Target = fn(&[u8]);

/// Every target, by its name.
pub const TARGETS: [(&str, Target); 11] = [
    ("arn", arn),
    ("checkpoint", checkpoint),
    ("decode_cbor", decode_cbor),
    ("decode_requests", decode_requests),
    ("decode_responses", decode_responses),
    ("error_response", error_response),
    ("fake", fake),
    ("filter_shorthand", filter_shorthand),
    ("listing", listing),
    ("raw_filter", raw_filter),
    ("scenario", scenario),
];

fn base() -> BaseUrl {
    "https://example.com".parse().expect("a URL")
}

/// The lines of some bytes, and last what is behind them; what is missing is empty.
fn lines<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut lines = data.splitn(N, |byte| *byte == b'\n');
    std::array::from_fn(|_| lines.next().unwrap_or_default())
}

/// Whatever holds a stranger's text is shown in one line, without control characters.
fn one_line(shown: &impl Display) {
    let text = shown.to_string();
    assert!(!text.chars().any(char::is_control), "{text:?}");
}
