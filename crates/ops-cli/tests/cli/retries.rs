//! How often a call is tried and how fast requests go out: by flag, and by the variables of AWS's SDKs.

use std::time::{Duration, Instant};

use crate::common::{Ops, TRANSPORTS};
use crate::exit::list;
use crate::server::{Reply, Script};

#[test]
fn attempts_are_the_flags_then_the_variables_then_three() {
    let check = |args: &[&str], variables: &[(&str, &str)], attempts: usize| {
        for transport in TRANSPORTS {
            let server = Script::new([Reply::Html(503, String::new())]);
            let ops = list(&server, transport, args).envs(variables.iter().copied());
            assert_eq!(ops.run().code, Some(1), "{args:?} {variables:?}");
            let sent = server.requests();
            assert_eq!(sent.len(), attempts, "{args:?} {variables:?}");
            let expected = format!("attempt=1; max={attempts}");
            assert_eq!(sent[0].header("amz-sdk-request"), Some(&*expected));
        }
    };
    check(&[], &[], 3);
    check(&[], &[("AWS_MAX_ATTEMPTS", "")], 3);
    check(&[], &[("AWS_MAX_ATTEMPTS", "1")], 1);
    check(&[], &[("AWS_MAX_ATTEMPTS", "4")], 4);
    check(&["--max-attempts", "2"], &[("AWS_MAX_ATTEMPTS", "4")], 2);
    check(&["--max-attempts", "2"], &[("AWS_MAX_ATTEMPTS", "x")], 2);
    check(&[], &[("AWS_RETRY_MODE", "standard")], 3);
    let both = [("AWS_RETRY_MODE", "adaptive"), ("AWS_MAX_ATTEMPTS", "2")];
    check(&[], &both, 2);
}

#[test]
fn a_bad_variable_is_named_with_its_remedy() {
    let server = Script::new([Reply::json("{}")]);
    let check = |name: &str, value: &str, message: &str| {
        for command in [
            &["cloud-map", "list"][..],
            &["kafka-connect", "describe", "arn"],
        ] {
            let outcome = Ops::new(command)
                .args(["--endpoint-url", &server.url()])
                .signed()
                .env(name, value)
                .run();
            assert_eq!(
                (outcome.code, outcome.stdout.as_str()),
                (Some(2), ""),
                "{outcome:?}"
            );
            assert_eq!(outcome.stderr, format!("error: {name} is {message}\n"));
            let fake = Ops::new(["cloud-map", "list", "--fake"])
                .env(name, value)
                .run();
            assert_eq!(
                fake.code,
                Some(0),
                "the fake reads no environment: {fake:?}"
            );
        }
    };
    let number = "it takes a number from 1 on";
    for value in ["0", "-1", "1.5", "many", "4294967296"] {
        check("AWS_MAX_ATTEMPTS", value, &format!("`{value}`; {number}"));
    }
    for value in ["legacy", "Standard", "fast"] {
        let remedy = "set standard or adaptive, or unset it";
        check("AWS_RETRY_MODE", value, &format!("`{value}`; {remedy}"));
    }
    check(
        "AWS_MAX_ATTEMPTS",
        "\u{1b}[2J",
        &format!(r"`\u{{1b}}[2J`; {number}"),
    );
    assert_eq!(server.requests().len(), 0);
}

#[test]
fn requests_go_out_no_faster_than_asked() {
    /// Pages that are no end.
    const PAGES: u32 = 12;
    let pages = || (0..).map(|token| Reply::json(format!(r#"{{"NextToken":"{token}"}}"#)));
    let pages = || pages().take(PAGES as usize);
    let last_page = || [Reply::json("{}")];
    let check = |args: &[&str], variables: &[(&str, &str)], least: Duration| {
        for transport in TRANSPORTS {
            let server = Script::new(pages().chain(last_page()));
            let ops = list(&server, transport, args).envs(variables.iter().copied());
            let start = Instant::now();
            assert_eq!(ops.run().code, Some(0));
            assert!(start.elapsed() >= least, "{args:?} {:?}", start.elapsed());
            assert_eq!(server.requests().len(), PAGES as usize + 1);
        }
    };
    let adaptive = [("AWS_RETRY_MODE", "adaptive")];
    // One request every 50 ms, none of them ahead.
    check(
        &["--max-rate", "20"],
        &[],
        PAGES * Duration::from_millis(50),
    );
    check(
        &["--max-rate", "20"],
        &adaptive,
        PAGES * Duration::from_millis(50),
    );
    // Ten a second, ten of them at once.
    check(&[], &adaptive, Duration::from_millis(300));

    for args in [&[][..], &["--transport", "hyper"], &["--transport", "ureq"]] {
        let start = Instant::now();
        let fake = Ops::new(["cloud-map", "list", "--fake", "--page-size", "1"]).args(args);
        assert_eq!(fake.args(["--max-rate", "10"]).run().code, Some(0));
        assert!(start.elapsed() >= Duration::from_millis(200));
    }
}
