//! Operations made up from a seed, when they are asked for.
//!
//! Each depends on the seed, its index and the time at which the service began, so ten are the first ten of a thousand,
//! and a million take no memory. The index is in the id, so an operation is found by its id as well.

mod cloud_map;
mod kafka_connect;

pub(crate) use cloud_map::OWNER_ACCOUNT;

use std::time::Duration;

use ops_model::Timestamp;

use crate::life::{Held, Living};
use crate::random::{Purpose, Random, mix};

/// 2025-02-01T00:00:00Z, when the first generated operation is about to be created.
const START_MILLIS: u64 = 1_738_368_000_000;
/// From the creation of one operation to that of the next, on average.
const INTERVAL_MILLIS: u64 = 37_000;

/// What generated operations depend on, beside their index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seeded {
    pub(crate) seed: u64,
    /// When the service began: what is under way goes on from here.
    pub(crate) start: Timestamp,
}

/// An operation that can be made up.
pub(crate) trait Generated: Living {
    fn generated(seeded: Seeded, index: u32) -> Held<Self>;

    /// The index of the operation of this id; anything if it is no id of a generated operation.
    fn index(seed: u64, id: &str) -> Option<u32>;
}

/// What hides an index in an id whose other part is `rest`.
fn mask(seed: u64, rest: &str) -> u32 {
    let key = Random::new(seed, Purpose::Index, 0).next();
    let hash = rest
        .bytes()
        .fold(key, |hash, byte| mix(hash ^ u64::from(byte)));
    (hash >> 32) as u32
}

/// From the creation of an operation to so long after the service began.
fn since(created: Timestamp, start: Timestamp, after: Duration) -> Duration {
    let before = start.as_millis().saturating_sub(created.as_millis());
    Duration::from_millis(u64::try_from(before).unwrap_or(0)).saturating_add(after)
}

/// Milliseconds since the epoch: later for each index.
fn created(random: &mut Random, index: u64) -> u64 {
    index
        .saturating_mul(INTERVAL_MILLIS)
        .saturating_add(START_MILLIS + random.below(INTERVAL_MILLIS))
}

fn timestamp(millis: u64) -> Timestamp {
    i64::try_from(millis)
        .ok()
        .and_then(|millis| Timestamp::from_millis(millis).ok())
        .unwrap_or(Timestamp::MAX)
}
