//! The binary `ops` as its users meet it: what it prints, what it sends, and how it ends.

#![expect(
    clippy::unwrap_used,
    reason = "all of this is test code, the helpers included"
)]

mod common;
mod environment;
mod exit;
mod fake;
mod output;
mod requests;
mod server;
mod usage;
