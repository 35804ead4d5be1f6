//! Wall time of the hot paths of ops: `cargo bench -p ops-benches`.
//!
//! Read the numbers as ratios within one run; machines differ. `.ci/run` runs each bench once, as a test.
