//! AWS Signature Version 4 for `ops-client`.
//!
//! # In scope
//!
//! * [`SigV4`]: the signer.

mod sign;

pub use sign::SigV4;
