//! The table of outcomes in the documentation of `Fault`.

use crate::matrix::Seen;
use crate::rows::{Outcome, Row};
use crate::world::{WAYS, Way};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/ops-fake/FAULTS.md");

/// Asks for the file to be written instead of checked.
const BLESS: &str = "OPS_BLESS";

const TEXT: &str = "\
<!-- Written by the test `faults` of `tests/` from what it saw: run it with OPS_BLESS=1. -->
# What a client makes of them

What `ops-client` makes of a listing that meets a fault, in memory, with `ops-hyper` and with `ops-ureq` over a socket.
Cloud Map and MSK Connect are alike.

* *The list* is every operation once and in order.
* *The list, resumed*: the error carries a checkpoint, and the listing that goes on from there delivers exactly what was
  missing.
* Numbers are the operations, from 0 to 7, in pages of two; `bad` is an error in the place of an item that cannot be
  read.
* A cycle of tokens puts what lies behind it out of reach. One of up to 4,096 tokens is found before any page is fetched
  twice, and the checkpoint is that of the page whose token leads back: once the service has a better token for it, the
  listing goes on exactly. A longer one is found in bounded memory, after at most `3 × n` pages, where `n` is the length of the cycle or
  of what precedes it, whichever is longer; the pages in between are delivered again.
* Pages that come twice under fresh tokens are delivered as they are served: nothing tells them from a list that holds
  its operations twice. `ops_model::Limits` ends a list that never ends.

| fault, and how often in a row | the client | in memory | hyper | ureq |
|---|---|---|---|---|
";

/// Holds the file against the table, or writes it if it is asked to.
pub(crate) fn check(rows: &[Row], seen: &[(Way, Vec<Seen>)]) {
    let mut lines: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(place, row)| {
            let client = alike(seen.iter().map(|(.., seen)| action(row, &seen[place])));
            let cells = WAYS.map(|way| {
                let of_way = seen.iter().filter(|(other, _)| *other == way);
                alike(of_way.map(|(_, seen)| outcome(row, &seen[place])))
            });
            format!("| {} | {client} | {} |\n", row.fault, cells.join(" | "))
        })
        .collect();
    lines.dedup();
    let text = format!("{TEXT}{}", lines.concat());
    if std::env::var_os(BLESS).is_some_and(|set| set == "1") {
        std::fs::write(FILE, text).unwrap();
    } else {
        let file = std::fs::read_to_string(FILE).unwrap();
        assert!(
            file == text,
            "{FILE} is not what the test saw; run it with {BLESS}=1"
        );
    }
}

/// What is the same for all of them.
fn alike(texts: impl Iterator<Item = String>) -> String {
    let mut texts: Vec<String> = texts.collect();
    texts.dedup();
    assert_eq!(texts.len(), 1, "{texts:?}");
    texts.remove(0)
}

fn action(row: &Row, seen: &Seen) -> String {
    let attempts = seen.extra + 1;
    let Some(error) = &seen.error else {
        return match attempts {
            1 => "reads on".to_owned(),
            2 => "tries again".to_owned(),
            _ => format!("tries again, {attempts} times in all"),
        };
    };
    let line = match row.outcome {
        Outcome::Fails(_, line) => line,
        _ => "the service repeated a page token",
    };
    let tries = match attempts {
        1 => String::new(),
        _ => format!(" after {attempts} tries"),
    };
    format!("stops{tries}: `{:?}`, {line}", error.kind())
}

fn outcome(row: &Row, seen: &Seen) -> String {
    match row.outcome {
        Outcome::List => "the list".to_owned(),
        Outcome::Items(_) => seen.words.join(" "),
        Outcome::Fails(..) => "the list, resumed".to_owned(),
        Outcome::Cycle { .. } => "no page twice; the list, resumed".to_owned(),
        Outcome::LongCycle { length } => {
            let twice = seen.pages as usize - length - 1;
            format!("{twice} pages again")
        }
    }
}
