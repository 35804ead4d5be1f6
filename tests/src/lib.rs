//! What the cross-crate tests of ops share.

pub mod vectors;
