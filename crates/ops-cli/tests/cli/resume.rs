//! Going on where another run ended.

use crate::common::{EXAMPLE_CONNECTOR_ARN, FORMS, Ops, TRANSPORTS, ids, stdout_of};
use crate::exit::{first_page, list, one_row};
use crate::server::{Reply, Script, Untouched};

const SERVICES: [(&str, &[&str]); 2] = [
    ("cloud-map", &["--status", "SUCCESS,FAIL"]),
    (
        "kafka-connect",
        &[EXAMPLE_CONNECTOR_ARN, "--type", "PAUSE_CONNECTOR"],
    ),
];

/// A checkpoint of an unfiltered list of Cloud Map.
fn checkpoint(endpoint: &str, region: &str, place: &str) -> String {
    format!(
        r#"{{"version":1,"operation":"ListOperations","endpoint":"{endpoint}/","region":"{region}","request":{{}},{place}}}"#
    )
}

#[test]
fn a_list_goes_on_in_mid_page_until_all_is_there() {
    let reached = [&[][..], &["--transport", "hyper"], &["--transport", "ureq"]];
    for (service, request) in SERVICES {
        let fake = [service, "list", "--fake", "--operations", "40"];
        for (form, reached) in FORMS
            .into_iter()
            .flat_map(|form| reached.map(|by| (form, by)))
        {
            let args = fake
                .into_iter()
                .chain(["--output", form])
                .chain(reached.iter().copied());
            let whole = stdout_of(args.clone().chain(request.iter().copied()));
            let whole = ids(form, &whole);
            assert!(whole.len() > 4, "{service}: {whole:?}");

            let mut all = Vec::new();
            let mut run = Ops::new(args.clone())
                .args(request)
                .args(["--page-size", "7"]);
            let reason = loop {
                let outcome = run.args(["--max-items", "2"]).run();
                assert_eq!(outcome.code, Some(0), "{outcome:?}");
                all.extend(ids(form, &outcome.stdout));
                let (_, reason) = outcome.stderr.trim_end().rsplit_once(": ").unwrap();
                if reason != "item limit" {
                    break reason.to_owned();
                }
                run = Ops::new(args.clone()).args(["--resume", outcome.checkpoint()]);
            };
            assert_eq!(reason, "exhausted");
            assert_eq!(all, whole, "{service} {form} {reached:?}");
        }
    }
}

#[test]
fn a_fake_is_the_same_however_it_is_reached() {
    let list =
        |by: &[&str]| Ops::new(["cloud-map", "list", "--fake", "--output", "ndjson"]).args(by);
    let reached = [&[][..], &["--transport", "hyper"], &["--transport", "ureq"]];
    for (first, second) in reached.into_iter().flat_map(|a| reached.map(|b| (a, b))) {
        let start = list(first)
            .args(["--page-size", "2", "--max-pages", "1"])
            .run();
        let rest = list(second).args(["--resume", start.checkpoint()]).run();
        assert_eq!(rest.code, Some(0), "{first:?} {second:?} {rest:?}");
        let all = [start.stdout, rest.stdout].concat();
        assert_eq!(
            all,
            stdout_of(["cloud-map", "list", "--fake", "--output", "ndjson"])
        );
    }
}

#[test]
fn a_list_goes_on_at_the_page_that_failed() {
    let last_page = Reply::json(r#"{"Operations":[{"Id":"op-2","Status":"FAIL"}]}"#);
    for transport in TRANSPORTS {
        let server = Script::new([
            first_page(),
            Reply::Html(500, String::new()),
            last_page.clone(),
        ]);
        let failed = list(
            &server,
            transport,
            &["--max-attempts", "1", "--output", "ndjson"],
        )
        .args([
            "--updated-after",
            "2h",
            "--page-size",
            "5",
            "--date-unit",
            "seconds",
        ])
        .run();
        assert_eq!(
            (failed.code, failed.stdout.as_str()),
            (Some(6), one_row("ndjson"))
        );
        let checkpoint = failed.checkpoint();
        let resumed = list(
            &server,
            transport,
            &["--output", "ndjson", "--resume", checkpoint],
        )
        .run();
        assert_eq!(resumed.code, Some(0), "{resumed:?}");
        assert_eq!(resumed.stdout, "{\"Id\":\"op-2\",\"Status\":\"FAIL\"}\n");
        assert_eq!(resumed.stderr, "1 operation on 1 page: exhausted\n");
        // The request that failed is sent again, to the second of its dates.
        let bodies: Vec<_> = server
            .requests()
            .into_iter()
            .map(|request| request.body)
            .collect();
        assert!(bodies[1].contains(r#""NextToken":"t""#), "{bodies:?}");
        assert_eq!(bodies[1], bodies[2]);
    }
}

#[test]
fn a_checkpoint_is_an_argument_a_file_or_stdin() {
    let text = checkpoint("https://ops-fake.invalid", "us-east-1", r#""index":2"#);
    let list = |argument: &str| {
        Ops::new([
            "cloud-map",
            "list",
            "--fake",
            "--output",
            "csv",
            "--resume",
            argument,
        ])
    };
    let rest = "Id,Status\nko4ekftir7kzlbechsh7xvcdgcpk66gh-7example,PENDING\n";
    for ops in [
        list(&text),
        list(&format!(" {text}\n")),
        list("@a file").file("a file", &text),
        list("@a file").file("a file", &format!("{text}\r\n")),
        list("@-").stdin(&format!("{text}\n")),
    ] {
        let outcome = ops.run();
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (Some(0), rest),
            "{outcome:?}"
        );
    }
}

#[test]
fn limits_count_from_the_checkpoint_on() {
    let text = checkpoint("https://ops-fake.invalid", "us-east-1", r#""index":5"#);
    let list = |limit: [&str; 2]| {
        let args = [
            "cloud-map",
            "list",
            "--fake",
            "--operations",
            "500",
            "--resume",
            &text,
        ];
        ids(
            "csv",
            &stdout_of(args.into_iter().chain(["--output", "csv"]).chain(limit)),
        )
    };
    assert_eq!(list(["--max-items", "7"]).len(), 7);
    assert_eq!(list(["--max-pages", "2"]).len(), 195);
}

#[test]
fn a_region_that_is_set_nowhere_is_the_checkpoints() {
    for transport in TRANSPORTS {
        let server = Script::new([Reply::json("{}")]);
        let text = checkpoint(&server.url(), "eu-west-1", r#""index":0"#);
        let run = |ops: Ops| {
            let outcome = ops.args(["--resume", &text]).env("AWS_REGION", "").run();
            assert_eq!(outcome.code, Some(0), "{outcome:?}");
        };
        run(list(&server, transport, &[]));
        run(list(&server, transport, &["--region", "eu-west-1"]));
        for request in server.requests() {
            let signature = request.header("authorization").unwrap();
            assert!(
                signature.contains("/eu-west-1/servicediscovery/"),
                "{signature}"
            );
        }
    }
    let elsewhere = checkpoint("https://ops-fake.invalid", "eu-west-1", r#""index":0"#);
    stdout_of(["cloud-map", "list", "--fake", "--resume", &elsewhere]);
}

#[test]
fn a_list_that_has_changed_is_said_to() {
    let check = |page: &str, warning: &str| {
        for transport in TRANSPORTS {
            let server = Script::new([
                Reply::json(page),
                Reply::json(r#"{"Operations":[{"Id":"op-4","Status":"FAIL"}]}"#),
            ]);
            let text = checkpoint(&server.url(), "us-east-1", r#""index":2,"last_id":"op-2""#);
            let args = ["--output", "csv", "--resume", &text];
            let outcome = list(&server, transport, &args).run();
            assert_eq!(outcome.code, Some(0), "{outcome:?}");
            assert_eq!(outcome.stdout, "Id,Status\nop-3,FAIL\nop-4,FAIL\n");
            let summary = "2 operations on 2 pages: exhausted\n";
            assert_eq!(outcome.stderr, format!("{warning}{summary}"));
        }
    };
    let page = |second: &str| {
        format!(
            r#"{{"Operations":[null,{second},{{"Id":"op-3","Status":"FAIL"}}],"NextToken":"t"}}"#
        )
    };
    let warning = |found: &str| {
        format!(
            "warning: the list has changed since: expected `op-2` before the place to go on from, found {found}; \
             operations may be missing or repeated around it\n"
        )
    };
    check(&page(r#"{"Id":"op-2","Status":"FAIL"}"#), "");
    check(
        &page(r#"{"Id":"op\n5","Status":"FAIL"}"#),
        &warning(r"`op\n5`"),
    );
    check(&page("null"), &warning("nothing that can be read"));
}

#[test]
fn a_checkpoint_of_another_listing_is_refused_with_the_difference() {
    let server = Untouched::new();
    let url = server.url();
    let place = r#""index":0"#;
    let own = checkpoint(&url, "us-east-1", place);
    let check = |service: &str, text: &str, message: &str| {
        for transport in TRANSPORTS {
            let outcome = Ops::new([service, "list", "--endpoint-url", &url])
                .args(["--transport", transport, "--resume", text])
                .signed()
                .run();
            assert_eq!(
                (outcome.code, outcome.stdout.as_str()),
                (Some(2), ""),
                "{outcome:?}"
            );
            assert_eq!(outcome.lines().len(), 1, "{outcome:?}");
            assert!(outcome.stderr.contains(message), "{message}: {outcome:?}");
            assert!(!outcome.stderr.contains("canary"), "{outcome:?}");
        }
    };
    let other = "the checkpoint is of another listing: its";
    check(
        "kafka-connect",
        &own,
        &format!("{other} operation is ListOperations, and this one's is ListConnectorOperations"),
    );
    check(
        "cloud-map",
        &own.replace("ListOperations", "GetOperation"),
        &format!("{other} operation is GetOperation, and this one's is ListOperations"),
    );
    check(
        "cloud-map",
        &checkpoint(&url, "eu-west-1", place),
        &format!("{other} region is eu-west-1, and this one's is us-east-1"),
    );
    for endpoint in ["https://ops-fake.invalid", "http://127.0.0.1:1"] {
        check(
            "cloud-map",
            &checkpoint(endpoint, "us-east-1", place),
            &format!("{other} endpoint is {endpoint}/, and this one's is {url}/"),
        );
    }
    let no_checkpoint = "error: --resume: this is no checkpoint: ";
    for text in ["", "{}", "canary", "'canary'", &own[..own.len() - 1]] {
        check("cloud-map", text, no_checkpoint);
    }
    check(
        "cloud-map",
        "@/no/such/file",
        "error: --resume @/no/such/file: ",
    );
    check("cloud-map", "@-", no_checkpoint);
    check(
        "cloud-map",
        &own.replace(r#""version":1"#, r#""version":2"#),
        "error: --resume: the checkpoint has version 2, and this program reads version 1",
    );
    check(
        "cloud-map",
        &own.replace(r#""request":{}"#, r#""request":{"MaxResults":101}"#),
        "error: --resume: the request in the checkpoint is not valid: ",
    );
    assert!(!server.was_touched());
    // What is the fake's is not AWS's, nor the other way round.
    let text = checkpoint(
        "https://servicediscovery.us-east-1.amazonaws.com",
        "us-east-1",
        place,
    );
    let outcome = Ops::new(["cloud-map", "list", "--fake", "--resume", &text]).run();
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
}

#[test]
fn a_flag_that_says_what_is_listed_is_refused_beside_a_checkpoint() {
    let server = Untouched::new();
    let text = checkpoint(&server.url(), "us-east-1", r#""index":0"#);
    let check = |service: &str, flag: &str, value: &str| {
        let beside: &[&str] = match flag {
            "[CONNECTOR_ARN]" => &[value],
            _ => &[flag, value],
        };
        let outcome = Ops::new([service, "list", "--endpoint-url", &server.url()])
            .args(["--resume", &text])
            .args(beside)
            .signed()
            .run();
        assert_eq!(outcome.code, Some(2), "{outcome:?}");
        let [error, _, tip, ..] = outcome.lines()[..] else {
            panic!("{outcome:?}");
        };
        // clap names first what comes first.
        for part in [
            &format!("'{flag}"),
            "' cannot be used with '",
            "'--resume <CHECKPOINT>'",
        ] {
            assert!(error.contains(part), "{part}: {outcome:?}");
        }
        let remedy = "tip: the checkpoint says what is listed; leave out one or the other";
        assert_eq!(tip.trim(), remedy);
    };
    check("cloud-map", "--filter", "Name=STATUS,Values=FAIL");
    check("cloud-map", "--unchecked-filter", "Name=STATUS,Values=FAIL");
    check("cloud-map", "--namespace-id", "ns-1");
    check("cloud-map", "--service-id", "srv-1");
    check("cloud-map", "--status", "FAIL");
    check("cloud-map", "--type", "UPDATE_SERVICE");
    check("cloud-map", "--updated-after", "2h");
    check("cloud-map", "--updated-before", "2h");
    check("cloud-map", "--date-unit", "milliseconds");
    check("cloud-map", "--page-size", "100");
    check("kafka-connect", "[CONNECTOR_ARN]", EXAMPLE_CONNECTOR_ARN);
    check("kafka-connect", "--state", "PENDING");
    check("kafka-connect", "--type", "PAUSE_CONNECTOR");
    check("kafka-connect", "--created-after", "2h");
    check("kafka-connect", "--created-before", "2h");
    check("kafka-connect", "--page-size", "100");
    assert!(!server.was_touched());
}
