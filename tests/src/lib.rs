//! Cross-crate tests of ops.
