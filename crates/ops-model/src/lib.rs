//! x
pub mod cloud_map;
mod open_enum;
mod phase;
mod timestamp;

pub use open_enum::UnknownValue;
pub use phase::{LongRunning, Phase};
pub use timestamp::{InvalidTimestamp, Timestamp};
