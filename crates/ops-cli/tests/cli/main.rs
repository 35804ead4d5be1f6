//! The binary `ops` as its users meet it: what it prints, what it sends, and how it ends.

#![expect(
    clippy::unwrap_used,
    reason = "all of this is test code, the helpers included"
)]

mod common;
mod ends;
mod environment;
mod exit;
mod fake;
#[cfg(unix)]
mod interrupt;
mod output;
mod requests;
mod resume;
mod retries;
mod server;
mod usage;
