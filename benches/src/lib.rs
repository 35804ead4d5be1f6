//! Cross-crate benches of ops.
