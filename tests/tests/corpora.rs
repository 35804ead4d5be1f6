//! The committed corpora of the fuzz targets, replayed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use ops_tests::fuzz::{TARGETS, Target};

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
    assert!(!files.is_empty());
    for file in files {
        // The last line of the output names the file that broke a rule.
        println!("{}", file.display());
        target(&fs::read(file).unwrap());
    }
}

#[test]
fn filter_shorthand() {
    replay("filter_shorthand");
}

#[test]
fn decode_responses() {
    replay("decode_responses");
}

#[test]
fn decode_requests() {
    replay("decode_requests");
}

#[test]
fn decode_cbor() {
    replay("decode_cbor");
}

#[test]
fn checkpoint() {
    replay("checkpoint");
}

#[test]
fn every_target_has_a_corpus_and_a_program() {
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
    assert_eq!(names(corpora().join("../fuzz_targets")), targets);
}
