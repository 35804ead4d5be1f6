//! How each listing ends: with its reason in the last line, and before it the place to go on from.

use crate::common::{Ops, Outcome, TRANSPORTS};
use crate::exit::{first_page, list};
use crate::server::{Reply, Script};

/// Checks the last line, and that the one before it is a checkpoint unless the list is complete.
fn check(outcome: &Outcome, code: i32, last_line: &str) {
    assert_eq!(outcome.code, Some(code), "{outcome:?}");
    let lines = outcome.lines();
    assert_eq!(lines.last(), Some(&last_line), "{outcome:?}");
    let is_checkpoint = |line: &&str| line.starts_with("resume with: --resume '{");
    let place = lines.iter().rev().position(is_checkpoint);
    let expected = (!last_line.ends_with(": exhausted")).then_some(1);
    assert_eq!(place, expected, "{outcome:?}");
}

#[test]
fn every_end_on_the_fake_has_its_reason() {
    for transport in [&[][..], &["--transport", "hyper"], &["--transport", "ureq"]] {
        let check = |args: &[&str], last_line: &str| {
            let ops = Ops::new(["cloud-map", "list", "--fake"]).args(transport);
            check(&ops.args(args).run(), 0, last_line);
        };
        check(&[], "3 operations on 1 page: exhausted");
        // A limit that leaves nothing cuts nothing.
        check(
            &["--max-items", "3", "--max-pages", "1"],
            "3 operations on 1 page: exhausted",
        );
        check(&["--max-items", "1"], "1 operation on 1 page: item limit");
        check(
            &["--page-size", "1", "--max-items", "2"],
            "2 operations on 2 pages: item limit",
        );
        check(
            &["--page-size", "1", "--max-pages", "2"],
            "2 operations on 2 pages: page limit",
        );
    }
}

#[test]
fn every_failure_has_its_reason_after_its_error() {
    let check = |replies: &[Reply], args: &[&str], code: i32, error: &str, last_line: &str| {
        for transport in TRANSPORTS {
            let server = Script::new(replies.to_vec());
            let outcome = list(&server, transport, args).run();
            check(&outcome, code, last_line);
            let first = outcome.lines()[0];
            assert!(first.starts_with(error), "{transport} {outcome:?}");
        }
    };
    let empty = |token: &str| Reply::json(format!(r#"{{"NextToken":"{token}"}}"#));
    check(
        &[Reply::error(400, "InvalidInput")],
        &[],
        1,
        "error: ListOperations: InvalidInput",
        "0 operations on 0 pages: error",
    );
    check(
        &[first_page(), Reply::Html(500, String::new())],
        &["--max-attempts", "1"],
        6,
        "error: ListOperations: HTTP status 500",
        "1 operation on 1 page: error",
    );
    check(
        &[first_page(), Reply::error(403, "ExpiredToken")],
        &["--max-attempts", "1"],
        4,
        "error: ListOperations: ExpiredToken",
        "1 operation on 1 page: error",
    );
    check(
        &[first_page(), empty("u"), empty("t")],
        &[],
        6,
        "error: ListOperations: after 3 pages the service repeated a page token",
        "1 operation on 3 pages: token cycle",
    );
    for limit in ["--timeout", "--call-timeout", "--attempt-timeout"] {
        check(
            &[first_page(), Reply::Hang],
            &[limit, "500ms", "--max-attempts", "1"],
            3,
            "error: ListOperations: the ",
            "1 operation on 1 page: deadline",
        );
    }
    check(
        &[Reply::json(r#"{"Operations":[null,7]}"#)],
        &[],
        6,
        "warning: page 1: item 0 of its page cannot be read: ",
        "0 operations on 1 page: exhausted",
    );
    check(
        &[Reply::json(
            r#"{"Operations":[{"Id":"op-1","Status":"FAIL"},null],"NextToken":"t"}"#,
        )],
        &["--max-pages", "1"],
        6,
        "warning: page 1: item 1 of its page cannot be read: ",
        "1 operation on 1 page: page limit",
    );
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_ends_the_list_before_it() {
    for form in crate::common::FORMS {
        let outcome = Ops::new(["cloud-map", "list", "--fake", "--page-size", "2"])
            .args(["--output", form])
            .run_to_full_disk();
        // A table is written once all pages are in.
        let pages = if form == "table" { "2 pages" } else { "1 page" };
        check(&outcome, 1, &format!("0 operations on {pages}: error"));
        assert!(
            outcome.checkpoint().ends_with(r#","index":0}"#),
            "{outcome:?}"
        );
    }
}

#[test]
fn a_command_that_sends_nothing_has_an_error_alone() {
    let check = |ops: Ops, code: i32| {
        let outcome = ops.run();
        assert_eq!(outcome.code, Some(code), "{outcome:?}");
        assert_eq!(outcome.lines().len(), 1, "{outcome:?}");
        assert!(outcome.stderr.starts_with("error: "), "{outcome:?}");
    };
    let list = || Ops::new(["cloud-map", "list"]);
    check(list(), 2);
    check(list().env("AWS_REGION", "us-east-1"), 4);
    check(list().signed().args(["--status", "x"]), 2);
    check(list().signed().args(["--endpoint-url", "x"]), 2);
    check(list().signed().args(["--resume", "x"]), 2);
}
