//! The committed corpora of the fuzz targets, replayed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ops_tests::fuzz::{TARGETS, Target};

/// A corpus stays small: so many files at most, each of so many bytes.
const FILES: usize = 96;
const BYTES: usize = 1024;

fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus")
}

fn replay(name: &str) {
    let (_, target): (_, Target) = TARGETS.into_iter().find(|(of, _)| *of == name).unwrap();
    let mut files: Vec<_> = fs::read_dir(corpora().join(name))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    assert!((1..=FILES).contains(&files.len()), "{} files", files.len());
    for file in files {
        // The last line of the output names the file that broke a rule.
        println!("{}", file.display());
        let data = fs::read(file).unwrap();
        assert!(data.len() <= BYTES, "{} bytes", data.len());
        target(&data);
    }
}

/// A test for each target.
macro_rules! replays {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                replay(stringify!($name));
            }
        )*

        const REPLAYED: &[&str] = &[$(stringify!($name)),*];
    };
}

replays! {
    arn
    checkpoint
    decode_cbor
    decode_requests
    decode_responses
    error_response
    fake
    filter_shorthand
    listing
    raw_filter
    scenario
}

#[test]
fn every_target_has_a_corpus_a_program_and_a_test() {
    let names = |folder: PathBuf| -> BTreeSet<String> {
        let files = fs::read_dir(folder).unwrap();
        files
            .map(|file| {
                file.unwrap()
                    .path()
                    .file_stem()
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned()
            })
            .collect()
    };
    let targets = BTreeSet::from(TARGETS.map(|(name, _)| name.to_owned()));
    assert_eq!(names(corpora()), targets);
    assert!(targets.iter().eq(REPLAYED));
    assert_eq!(names(corpora().join("../fuzz_targets")), targets);
}

#[test]
fn the_table_of_runs_has_a_row_for_each_target() {
    let table = fs::read_to_string(corpora().join("../RESULTS.md")).unwrap();
    let rows = table.lines().skip_while(|line| !line.starts_with("|---"));
    let rows = rows
        .skip(1)
        .map(|row| row.split('|').nth(1).unwrap().trim());
    assert!(rows.eq(TARGETS.map(|(name, _)| name)), "{table}");
}
