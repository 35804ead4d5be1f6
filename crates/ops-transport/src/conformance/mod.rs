//! What the tests of a transport need.

mod server;

pub use server::{Received, Server, Step, Stream, Upgrade};
