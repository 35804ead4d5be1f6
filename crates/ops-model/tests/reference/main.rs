//! The filter rules and the calls, held against a second opinion that shares nothing with the code, and the generators
//! against both.
#![cfg(test)]

mod calls;
mod edges;
mod filters;
mod generators;
mod listings;
mod rules;
mod shrinking;

#[test]
fn every_test_that_the_docs_name_is_here() {
    const DOCS: &str = include_str!("../../src/testing/mod.rs");
    let mut named = 0;
    for (file, source) in [
        ("calls", include_str!("calls.rs")),
        ("edges", include_str!("edges.rs")),
        ("filters", include_str!("filters.rs")),
        ("generators", include_str!("generators.rs")),
        ("listings", include_str!("listings.rs")),
        ("shrinking", include_str!("shrinking.rs")),
    ] {
        for after in DOCS.split(&format!("`{file}::")).skip(1) {
            let name = after.split('`').next().unwrap();
            assert!(source.contains(&format!("fn {name}(")), "{file}::{name}");
            named += 1;
        }
    }
    assert!(named > 10, "{named}");
}
