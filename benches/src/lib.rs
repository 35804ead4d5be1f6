//! What the benches share: lists as the services send them, and ways to have their pages at hand.
//!
//! `benches/run` runs all of it and writes `benches/RESULTS.md`; the README beside it says how.

mod list;
mod recorded;
#[cfg(feature = "instructions")]
mod wire;

pub use list::{List, Listed, OPERATIONS, asked_for};
pub use recorded::{DATE_TEXT, Recorded, session, time};
#[cfg(feature = "instructions")]
pub use wire::{OverWire, Wire};
