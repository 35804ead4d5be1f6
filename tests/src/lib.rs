//! What the cross-crate tests of ops share.

pub mod fuzz;
#[cfg(feature = "generated")]
pub mod generated;
pub mod outcome;
pub mod vectors;

/// The examples of the README compile, and those that need no network run.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct ReadmeDoctests;

/// As [`ReadmeDoctests`], for the architecture.
#[cfg(doctest)]
#[doc = include_str!("../../ARCHITECTURE.md")]
pub struct ArchitectureDoctests;
