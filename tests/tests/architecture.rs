//! The arrows between the crates, and what their manifests promise. `ARCHITECTURE.md` draws them.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{Dependency, DependencyKind, Metadata, MetadataCommand, Package};

/// Every normal dependency between our crates: who depends on whom.
const NORMAL: [(&str, &str); 14] = [
    ("ops-cli", "ops-client"),
    ("ops-cli", "ops-fake"),
    ("ops-cli", "ops-hyper"),
    ("ops-cli", "ops-model"),
    ("ops-cli", "ops-sigv4"),
    ("ops-cli", "ops-transport"),
    ("ops-cli", "ops-ureq"),
    ("ops-client", "ops-model"),
    ("ops-client", "ops-transport"),
    ("ops-fake", "ops-model"),
    ("ops-fake", "ops-transport"),
    ("ops-hyper", "ops-transport"),
    ("ops-sigv4", "ops-client"),
    ("ops-ureq", "ops-transport"),
];

/// Every dev-dependency between our crates. A test that needs types of two of them lives here in `tests/`.
const DEVELOPMENT: [(&str, &str); 7] = [
    // Examples.
    ("ops-client", "ops-fake"),
    ("ops-client", "ops-hyper"),
    ("ops-client", "ops-sigv4"),
    ("ops-client", "ops-ureq"),
    // The conformance kit.
    ("ops-hyper", "ops-transport"),
    ("ops-ureq", "ops-transport"),
    // Its own features, for its tests.
    ("ops-model", "ops-model"),
];

/// What the model is made of: no HTTP client, no async, no clock, no randomness. `arbitrary` and `proptest`, behind
/// features of their names, make values for tests.
const MODEL: [&str; 10] = [
    "arbitrary",
    "bytes",
    "http",
    "minicbor",
    "percent-encoding",
    "proptest",
    "serde",
    "serde_json",
    "thiserror",
    "time",
];

/// Members that are not published. Their dependencies are free.
const UNPUBLISHED: [&str; 3] = ["ops-benches", "ops-peers", "ops-tests"];

/// Crates in two versions: their versions, and who holds them apart. None is one that our manifests name.
const DUPLICATES: [(&str, &[&str], &str); 5] = [
    (
        "bit-vec",
        &["0.10", "0.9"],
        "the old one is yasna's, for certificates in tests; the new one comes with proptest-state-machine",
    ),
    ("getrandom", &["0.2", "0.4"], "ring has the old one"),
    (
        "syn",
        &["2", "3"],
        "derive macros move over one by one; of use while building only",
    ),
    (
        "synstructure",
        &["0.13", "0.14"],
        "goes with syn; of asn1-rs-derive, for certificates in tests, and of yoke-derive",
    ),
    ("windows-sys", &["0.52", "0.61"], "ring has the old one"),
];

/// The manifests alone: neither a lock file nor the network is needed.
fn metadata() -> Metadata {
    MetadataCommand::new().no_deps().exec().unwrap()
}

fn published(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    let unpublished = |package: &&Package| UNPUBLISHED.contains(&package.name.as_str());
    metadata
        .packages
        .iter()
        .filter(move |package| !unpublished(package))
}

/// The dependencies between our crates of one kind.
fn arrows(
    metadata: &Metadata,
    kind: DependencyKind,
) -> impl Iterator<Item = (&Package, &Dependency)> {
    let ours = |dependency: &&Dependency| dependency.path.is_some();
    published(metadata).flat_map(move |package| {
        let of_kind = package
            .dependencies
            .iter()
            .filter(move |dependency| dependency.kind == kind);
        of_kind
            .filter(ours)
            .map(move |dependency| (package, dependency))
    })
}

#[track_caller]
fn check_arrows(metadata: &Metadata, kind: DependencyKind, listed: &[(&str, &str)]) {
    let found: BTreeSet<(&str, &str)> = arrows(metadata, kind)
        .map(|(package, dependency)| (package.name.as_str(), dependency.name.as_str()))
        .collect();
    let listed: BTreeSet<(&str, &str)> = listed.iter().copied().collect();
    let unlisted: Vec<_> = found.difference(&listed).collect();
    let gone: Vec<_> = listed.difference(&found).collect();
    assert!(
        unlisted.is_empty(),
        "{kind:?}: not in the list: {unlisted:?}"
    );
    assert!(
        gone.is_empty(),
        "{kind:?}: in the list, but in no manifest: {gone:?}"
    );
}

#[test]
fn crates_depend_on_each_other_as_drawn() {
    let metadata = metadata();
    check_arrows(&metadata, DependencyKind::Normal, &NORMAL);
    check_arrows(&metadata, DependencyKind::Development, &DEVELOPMENT);
    check_arrows(&metadata, DependencyKind::Build, &[]);
}

#[test]
fn dev_dependencies_between_our_crates_are_by_path_alone() {
    let metadata = metadata();
    for (package, dependency) in arrows(&metadata, DependencyKind::Development) {
        // With a version, publishing one crate would need the other published before.
        assert_eq!(
            dependency.req.to_string(),
            "*",
            "{} -> {}",
            package.name,
            dependency.name
        );
    }
    for (package, dependency) in arrows(&metadata, DependencyKind::Normal) {
        assert_ne!(
            dependency.req.to_string(),
            "*",
            "{} -> {}",
            package.name,
            dependency.name
        );
    }
}

#[test]
fn the_model_knows_no_http_client_and_no_async() {
    let metadata = metadata();
    let model = metadata
        .packages
        .iter()
        .find(|package| package.name.as_str() == "ops-model")
        .unwrap();
    let normal = model
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal);
    let names: BTreeSet<&str> = normal.map(|dependency| dependency.name.as_str()).collect();
    assert_eq!(names, MODEL.into());
}

#[test]
fn a_crate_is_complete_or_not_published() {
    let metadata = metadata();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let published = package
            .publish
            .as_ref()
            .is_none_or(|registries| !registries.is_empty());
        assert_eq!(published, !UNPUBLISHED.contains(&name), "{name}");
        let Some(readme) = &package.readme else {
            assert!(!published, "{name}: no readme");
            continue;
        };
        let folder = package.manifest_path.parent().unwrap();
        assert!(folder.join(readme).exists(), "{name}: {readme}");
        assert!(package.description.is_some(), "{name}: no description");
        assert!(package.license.is_some(), "{name}: no license");
        assert!(package.documentation.is_some(), "{name}: no documentation");
    }
}

#[test]
fn no_crate_is_there_twice_but_for_a_reason() {
    let metadata = metadata();
    let lock = std::fs::read_to_string(metadata.workspace_root.join("Cargo.lock")).unwrap();
    let twice: BTreeMap<&str, BTreeSet<String>> = locked(&lock)
        .into_iter()
        .filter(|(_, versions)| versions.len() > 1)
        .collect();
    let listed = DUPLICATES
        .map(|(name, versions, _)| (name, versions.iter().map(ToString::to_string).collect()));
    assert_eq!(twice, BTreeMap::from(listed));

    let dependencies = metadata
        .packages
        .iter()
        .flat_map(|package| &package.dependencies);
    let named: BTreeSet<&str> = dependencies
        .map(|dependency| dependency.name.as_str())
        .collect();
    for (name, ..) in DUPLICATES {
        assert!(
            !named.contains(name),
            "our manifests name {name}, which is there twice"
        );
    }
}

/// The crates of a lock file, each with its incompatible versions: `1`, `0.2`.
fn locked(lock: &str) -> BTreeMap<&str, BTreeSet<String>> {
    let mut crates: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let member = |name: &str| {
            let line = package
                .lines()
                .find_map(|line| line.strip_prefix(name))
                .unwrap();
            line.trim_start_matches(" = ").trim_matches('"')
        };
        let mut numbers = member("version").split('.');
        let mut version = numbers.next().unwrap().to_owned();
        if version == "0" {
            version = format!("0.{}", numbers.next().unwrap());
        }
        crates.entry(member("name")).or_default().insert(version);
    }
    crates
}
