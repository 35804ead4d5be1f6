//! Each exit code, by its cause, over both HTTP clients.

use std::io::{BufRead, BufReader, Read};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::common::{FORMS, Ops, Outcome, TRANSPORTS};
use crate::server::{Reply, Script};

/// A page of Cloud Map with one operation, and the token of another page.
pub(crate) fn first_page() -> Reply {
    Reply::json(r#"{"Operations":[{"Id":"op-1","Status":"SUCCESS"}],"NextToken":"t"}"#)
}

/// A list of that one operation.
pub(crate) fn one_row(form: &str) -> &'static str {
    match form {
        "table" => "Id    Status\nop-1  SUCCESS\n",
        "json" => "{\"Operations\": [\n    {\"Id\":\"op-1\",\"Status\":\"SUCCESS\"}\n]}\n",
        "ndjson" => "{\"Id\":\"op-1\",\"Status\":\"SUCCESS\"}\n",
        _ => "Id,Status\nop-1,SUCCESS\n",
    }
}

/// `cloud-map list` against a script.
pub(crate) fn list(server: &Script, transport: &str, args: &[&str]) -> Ops {
    Ops::new(["cloud-map", "list", "--endpoint-url", &server.url()])
        .args(["--transport", transport])
        .args(args)
        .signed()
}

/// Runs `cloud-map list` over both HTTP clients and checks exit code, stdout and parts of stderr.
fn check(replies: &[Reply], args: &[&str], code: i32, stdout: &str, parts: &[&str]) {
    for transport in TRANSPORTS {
        let server = Script::new(replies.to_vec());
        let outcome = list(&server, transport, args).run();
        assert_eq!(outcome.code, Some(code), "{transport} {args:?} {outcome:?}");
        assert_eq!(outcome.stdout, stdout, "{transport} {args:?}");
        for part in parts {
            assert!(
                outcome.stderr.contains(part),
                "{transport} {args:?} lacks {part:?}: {}",
                outcome.stderr
            );
        }
    }
}

#[test]
fn a_limit_that_was_asked_for_is_a_success() {
    check(
        &[first_page()],
        &["--max-pages", "1", "--output", "csv"],
        0,
        "Id,Status\nop-1,SUCCESS\n",
        &["1 operation on 1 page: page limit"],
    );
    check(
        &[first_page()],
        &["--max-items", "1", "--output", "csv"],
        0,
        "Id,Status\nop-1,SUCCESS\n",
        &["1 operation on 1 page: item limit"],
    );
}

#[test]
fn rejected_credentials_are_4() {
    for (status, code) in [
        (400, "UnrecognizedClientException"),
        (400, "com.amazon.coral.service#UnrecognizedClientException"),
        (403, "InvalidSignatureException"),
        (403, "SignatureDoesNotMatch"),
        (403, "InvalidClientTokenId"),
        (403, "MissingAuthenticationTokenException"),
        (400, "ExpiredTokenException"),
        (400, "ExpiredToken"),
        (400, "RequestExpired"),
    ] {
        let name = code.rsplit('#').next().unwrap();
        check(
            &[Reply::error(status, code)],
            &[],
            4,
            "",
            &[&format!(
                "error: ListOperations: {name}: as the script has it"
            )],
        );
    }
    for transport in TRANSPORTS {
        let server = Script::new([Reply::error(401, "UnauthorizedException")]);
        let outcome = Ops::new(["kafka-connect", "describe", "arn"])
            .args(["--endpoint-url", &server.url(), "--transport", transport])
            .signed()
            .run();
        assert_eq!(outcome.code, Some(4), "{outcome:?}");
    }
    // The cause counts, not what was printed before.
    check(
        &[
            first_page(),
            Reply::error(400, "UnrecognizedClientException"),
        ],
        &["--output", "ndjson"],
        4,
        "{\"Id\":\"op-1\",\"Status\":\"SUCCESS\"}\n",
        &[],
    );
}

#[test]
fn missing_credentials_are_4_and_send_nothing() {
    for transport in TRANSPORTS {
        let server = Script::new([Reply::json("{}")]);
        let run = |ops: Ops| {
            let outcome = ops
                .args(["--endpoint-url", &server.url(), "--transport", transport])
                .env("AWS_REGION", "us-east-1")
                .run();
            assert_eq!(outcome.code, Some(4), "{outcome:?}");
            assert_eq!(outcome.stdout, "");
            outcome.stderr
        };
        for command in [
            &["cloud-map", "list"][..],
            &["cloud-map", "get", "id"],
            &["kafka-connect", "list", "arn"],
            &["kafka-connect", "describe", "arn"],
        ] {
            let stderr = run(Ops::new(command));
            for part in [
                "no AWS credentials: ",
                "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set",
                "aws configure",
            ] {
                assert!(stderr.contains(part), "{stderr}");
            }
        }
        let half = run(Ops::new(["cloud-map", "list"]).env("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"));
        assert!(half.contains("AWS_SECRET_ACCESS_KEY is not"), "{half}");
        let profile = run(Ops::new(["cloud-map", "list", "--profile", "nobody"]));
        assert!(profile.contains("no profile `nobody`"), "{profile}");
        assert_eq!(server.requests().len(), 0);
    }
}

#[test]
fn a_refusal_of_the_service_is_1() {
    for (status, code) in [
        (400, "InvalidInput"),
        (404, "OperationNotFound"),
        (400, "AccessDeniedException"),
        (418, "SomethingNew"),
    ] {
        check(
            &[Reply::error(status, code)],
            &[],
            1,
            "",
            &[
                &format!("error: ListOperations: {code}: as the script has it"),
                &format!("request id request-{status}"),
            ],
        );
    }
    for transport in TRANSPORTS {
        for (args, code) in [
            (["cloud-map", "get", "id"], "OperationNotFound"),
            (["kafka-connect", "list", "arn"], "NotFoundException"),
            (["kafka-connect", "describe", "arn"], "BadRequestException"),
        ] {
            let server = Script::new([Reply::error(404, code)]);
            let outcome = Ops::new(args)
                .args(["--endpoint-url", &server.url(), "--transport", transport])
                .signed()
                .run();
            assert_eq!(outcome.code, Some(1), "{outcome:?}");
            assert!(outcome.stderr.contains(code), "{outcome:?}");
        }
    }
    // A hostile text stays on its line.
    check(
        &[Reply::Http(
            400,
            r#"{"__type":"Bad\u001b[2J","message":"a\nb\u001b[31m"}"#.to_owned(),
        )],
        &[],
        1,
        "",
        &[r"a\nb\u{1b}[31m"],
    );
}

#[test]
fn transient_failures_are_tried_again_and_are_1() {
    let unavailable = || Reply::Html(503, "<html>busy</html>".to_owned());
    for transport in TRANSPORTS {
        let server = Script::new([unavailable()]);
        let outcome = list(&server, transport, &["--max-attempts", "2"]).run();
        assert_eq!(outcome.code, Some(1), "{outcome:?}");
        assert!(
            outcome.stderr.contains("HTTP status 503") && outcome.stderr.contains("2 attempts"),
            "{outcome:?}"
        );
        let attempts: Vec<_> = server
            .requests()
            .iter()
            .map(|request| request.header("amz-sdk-request").unwrap().to_owned())
            .collect();
        assert_eq!(attempts, ["attempt=1; max=2", "attempt=2; max=2"]);

        let server = Script::new([unavailable(), Reply::json("{}")]);
        let outcome = list(&server, transport, &[]).run();
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
    }
}

#[test]
fn an_answer_that_is_not_the_services_is_1() {
    for body in [
        "<html>sign in</html>",
        r#"{"Operations":[{"Id":"op-1","Sta"#,
        "[]",
        "null",
        r#"{"Operations":{}}"#,
    ] {
        check(
            &[Reply::Html(200, body.to_owned())],
            &[],
            1,
            "",
            &["error: ListOperations: ", "request id request-200"],
        );
    }
    // What is legal is not an error.
    for body in ["", "{}", r#"{"Operations":null}"#] {
        check(&[Reply::json(body)], &["--output", "ndjson"], 0, "", &[]);
    }
}

#[test]
fn nobody_listening_is_1() {
    for transport in TRANSPORTS {
        // Port 1 of the loopback address, where nobody listens.
        let outcome = Ops::new(["cloud-map", "list", "--max-attempts", "1"])
            .args([
                "--endpoint-url",
                "http://127.0.0.1:1",
                "--transport",
                transport,
            ])
            .signed()
            .run();
        assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""));
        assert!(
            outcome
                .stderr
                .starts_with("error: ListOperations: cannot connect"),
            "{outcome:?}"
        );
    }
}

#[test]
fn a_later_page_that_fails_is_6_and_what_came_is_printed() {
    for form in FORMS {
        let expected = one_row(form);
        if form == "json" {
            serde_json::from_str::<Value>(expected).unwrap();
        }
        let args = ["--output", form, "--max-attempts", "1"];
        let broken = || Reply::Html(500, String::new());
        let message = "error: ListOperations: HTTP status 500 Internal Server Error";
        check(&[first_page(), broken()], &args, 6, expected, &[message]);
        // Nothing was printed: the first page was empty.
        let empty = Reply::json(r#"{"Operations":[],"NextToken":"t"}"#);
        check(&[empty, broken()], &args, 1, "", &[message]);
        // A token that comes again would begin the same page again.
        check(
            &[
                first_page(),
                Reply::json(r#"{"Operations":[],"NextToken":"t"}"#),
            ],
            &args,
            6,
            expected,
            &["error: ListOperations: "],
        );
        check(
            &[first_page(), Reply::Html(200, "<html>".to_owned())],
            &args,
            6,
            expected,
            &["error: ListOperations: "],
        );
    }
}

#[test]
fn a_token_that_cannot_be_sent_on_is_6() {
    for transport in TRANSPORTS {
        let server = Script::new([Reply::json(format!(
            "{{\"connectorOperations\":[{{\"connectorOperationArn\":\"op-1\",\
             \"connectorOperationState\":\"PENDING\"}}],\"nextToken\":\"{}\"}}",
            "t".repeat(70_000)
        ))]);
        let outcome = Ops::new(["kafka-connect", "list", "arn", "--output", "ndjson"])
            .args(["--endpoint-url", &server.url(), "--transport", transport])
            .signed()
            .run();
        assert_eq!(outcome.code, Some(6), "{outcome:?}");
        assert_eq!(
            outcome.stdout,
            "{\"connectorOperationArn\":\"op-1\",\"connectorOperationState\":\"PENDING\"}\n"
        );
        assert!(
            outcome.stderr.contains("the page token is too long"),
            "{outcome:?}"
        );
    }
}

#[test]
fn items_that_cannot_be_read_are_6_and_the_others_are_printed() {
    let page = r#"{"Operations":[{"Id":"op-1","Status":"SUCCESS"},null,{"Id":7,"Status":"FAIL"},
        {"Id":"op-4"},{"Id":"op-5","Status":"NEW","Colour":"red"}],"NextToken":"t"}"#;
    let last = r#"{"Operations":["x",{"Id":"op-6","Status":"FAIL"}]}"#;
    check(
        &[Reply::json(page), Reply::json(last)],
        &["--output", "ndjson"],
        6,
        "{\"Id\":\"op-1\",\"Status\":\"SUCCESS\"}\n{\"Id\":\"op-5\",\"Status\":\"NEW\"}\n\
         {\"Id\":\"op-6\",\"Status\":\"FAIL\"}\n",
        &[
            "warning: page 1: item 1 of its page cannot be read: ",
            "warning: page 1: item 2 of its page cannot be read: ",
            "warning: page 1: item 3 of its page (op-4) cannot be read: ",
            "warning: page 2: item 0 of its page cannot be read: ",
            "3 operations on 2 pages: exhausted\n",
            "error: 4 items could not be read\n",
        ],
    );
    check(
        &[Reply::json(r#"{"Operations":[null]}"#)],
        &["--output", "json"],
        6,
        "{\"Operations\": []}\n",
        &["error: 1 item could not be read\n"],
    );
}

#[test]
fn a_deadline_is_3_and_says_which() {
    let check = |args: &[&str], requests: usize, message: &str| {
        for transport in TRANSPORTS {
            let server = Script::new([Reply::Hang]);
            let start = Instant::now();
            let outcome = list(&server, transport, args).run();
            assert_eq!(outcome.code, Some(3), "{transport} {args:?} {outcome:?}");
            assert_eq!(outcome.stdout, "");
            assert!(
                outcome
                    .stderr
                    .starts_with(&format!("error: ListOperations: {message}")),
                "{transport} {args:?} {outcome:?}"
            );
            assert_eq!(server.requests().len(), requests, "{transport} {args:?}");
            assert!(start.elapsed() < Duration::from_secs(10));
        }
    };
    check(
        &["--attempt-timeout", "200ms", "--max-attempts", "1"],
        1,
        "the attempt timed out",
    );
    check(
        &["--attempt-timeout", "100ms", "--max-attempts", "2"],
        2,
        "the attempt timed out (2 attempts)",
    );
    check(
        &["--call-timeout", "200ms"],
        1,
        "the time limit of the call ran out",
    );
    check(
        &["--timeout", "200ms"],
        1,
        "the time limit of the listing ran out",
    );
}

#[test]
fn a_deadline_after_the_first_page_is_3_and_the_page_is_printed() {
    for form in FORMS {
        for limit in ["--timeout", "--call-timeout", "--attempt-timeout"] {
            for transport in TRANSPORTS {
                let server = Script::new([first_page(), Reply::Hang]);
                let args = ["--output", form, limit, "500ms", "--max-attempts", "1"];
                let outcome = list(&server, transport, &args).run();
                assert_eq!(outcome.code, Some(3), "{args:?} {outcome:?}");
                assert!(outcome.stdout.contains("op-1"), "{args:?} {outcome:?}");
                if form == "json" {
                    serde_json::from_str::<Value>(&outcome.stdout).unwrap();
                }
            }
        }
    }
}

#[test]
fn a_page_is_printed_before_the_next_one_comes() {
    for transport in TRANSPORTS {
        let server = Script::new([first_page(), Reply::Hang]);
        let mut running = list(&server, transport, &["--output", "ndjson"]).spawn();
        let mut line = String::new();
        BufReader::new(running.child.stdout.as_mut().unwrap())
            .read_line(&mut line)
            .unwrap();
        assert_eq!(line, "{\"Id\":\"op-1\",\"Status\":\"SUCCESS\"}\n");
    }
}

#[test]
fn a_closed_pipe_is_quiet() {
    for form in FORMS {
        for transport in [&[][..], &["--transport", "hyper"], &["--transport", "ureq"]] {
            let mut running = Ops::new(["cloud-map", "list", "--fake", "--operations", "20000"])
                .args(["--output", form])
                .args(transport)
                .spawn();
            let mut stdout = running.child.stdout.take().unwrap();
            stdout.read_exact(&mut [0]).unwrap();
            drop(stdout);
            assert_eq!(
                running.wait(),
                (Some(0), String::new()),
                "{form} {transport:?}"
            );
        }
    }
    for args in [
        &[
            "cloud-map",
            "get",
            "--fake",
            "76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample",
        ][..],
        &["cloud-map", "list", "--fake"],
        &["--help"],
    ] {
        let mut running = Ops::new(args).spawn();
        drop(running.child.stdout.take());
        assert_eq!(running.wait(), (Some(0), String::new()), "{args:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_output_that_cannot_be_written_is_1() {
    for form in FORMS {
        let outcome =
            Ops::new(["cloud-map", "list", "--fake", "--output", form]).run_to_full_disk();
        let Outcome { code, stderr, .. } = &outcome;
        assert_eq!(*code, Some(1), "{outcome:?}");
        assert!(
            stderr.contains("error: cannot write the output: No space left on device"),
            "{outcome:?}"
        );
    }
}
