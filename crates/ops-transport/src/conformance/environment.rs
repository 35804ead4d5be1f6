//! Clause 10: reads no environment variable.

use super::expect::{At, OK, Outcome, answered, attempt, ok};
use super::{Subject, in_a_child};

/// What programs read to find a proxy or a CA bundle, each with a value that leads nowhere.
pub const MISLEADING_ENVIRONMENT: [(&str, &str); 11] = [
    ("HTTP_PROXY", "http://127.0.0.1:1"),
    ("http_proxy", "http://127.0.0.1:1"),
    ("HTTPS_PROXY", "http://127.0.0.1:1"),
    ("https_proxy", "http://127.0.0.1:1"),
    ("ALL_PROXY", "http://127.0.0.1:1"),
    ("all_proxy", "http://127.0.0.1:1"),
    ("NO_PROXY", "service.test"),
    ("no_proxy", "service.test"),
    ("AWS_CA_BUNDLE", "/nowhere"),
    ("REQUESTS_CA_BUNDLE", "/nowhere"),
    ("CURL_CA_BUNDLE", "/nowhere"),
];

/// In a process of its own, as the environment of this one is shared by all tests.
pub(super) fn clause_10_reads_no_environment(subject: &Subject) -> Outcome {
    let Some(test) = &subject.test else {
        return Ok(());
    };
    match in_a_child(test, &MISLEADING_ENVIRONMENT) {
        Some(child) if child.passed => Ok(()),
        Some(child) => Err(child.output),
        None => ok(answered(subject, OK, &attempt()), b"ok").at("with misleading variables"),
    }
}
