//! The conformance list of the fake, in memory by hand-written requests and by the official SDK over HTTP.
//!
//! `tests/interop` asks boto3 the same, and moto.

mod by_hand;
mod judge;
mod list;
mod sdk;

use std::collections::HashSet;

/// The table of how another emulator does with the rows.
const TABLE: &str = include_str!("../../../crates/ops-fake/CONFORMANCE.md");

#[test]
fn every_row_has_a_name_of_its_own_and_a_line_in_the_table() {
    let rows = list::rows();
    let lines: Vec<&str> = TABLE
        .lines()
        .filter(|line| line.starts_with("| ["))
        .collect();
    assert_eq!(
        lines.len(),
        rows.len(),
        "run tests/interop/run with OPS_BLESS=1"
    );
    for (row, line) in rows.iter().zip(lines) {
        let link = format!("| [{}]({}) | ", row.name, row.documented);
        assert!(line.starts_with(&link), "{line}\nis not of {}", row.name);
        assert_eq!(
            line.contains("departs from AWS"),
            row.departs.is_some(),
            "{line}"
        );
    }
    let names: HashSet<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names.len(), rows.len());
}
