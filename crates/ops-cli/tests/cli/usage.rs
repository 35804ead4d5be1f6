//! Every wrong input has its message, exit code 2, and sends nothing.

use crate::common::{EXAMPLE_CONNECTOR_ARN, Ops, Outcome, TRANSPORTS};
use crate::server::Untouched;

/// Runs against an endpoint that must stay untouched, and returns the outcome of exit code 2.
fn refused(args: &[&str], variables: &[(&str, &str)]) -> Outcome {
    let endpoint = Untouched::new();
    let outcome = Ops::new(args)
        .signed()
        .env("AWS_ENDPOINT_URL", endpoint.url())
        .envs(variables.iter().copied())
        .run();
    assert_eq!(outcome.code, Some(2), "{args:?} {variables:?} {outcome:?}");
    assert_eq!(outcome.stdout, "", "{args:?}");
    assert!(!endpoint.was_touched(), "{args:?}");
    outcome
}

/// Checks that the message holds every part: what is wrong, the rule, the remedy.
fn check(args: &[&str], parts: &[&str]) {
    let outcome = refused(args, &[]);
    for part in parts {
        assert!(
            outcome.stderr.contains(part),
            "{args:?} lacks {part:?}: {}",
            outcome.stderr
        );
    }
}

fn check_filter(shorthand: &str, message: &str) {
    for flag in ["--filter", "--filter="] {
        let (first, second) = match flag.ends_with('=') {
            true => (format!("{flag}{shorthand}"), None),
            false => (flag.to_owned(), Some(shorthand)),
        };
        let args: Vec<&str> = ["cloud-map", "list", &first]
            .into_iter()
            .chain(second)
            .collect();
        assert_eq!(
            refused(&args, &[]).stderr,
            format!("error: {message}\n"),
            "{shorthand}"
        );
    }
}

#[test]
fn a_valid_listing_touches_its_endpoint() {
    // The counterpart of the rows below: what they count is counted.
    for transport in TRANSPORTS {
        let endpoint = Untouched::new();
        let outcome = Ops::new(["cloud-map", "list", "--transport", transport])
            .args(["--attempt-timeout", "200ms", "--max-attempts", "1"])
            .args(["--endpoint-url", &endpoint.url()])
            .signed()
            .run();
        assert_eq!(outcome.code, Some(3), "{outcome:?}");
        assert!(endpoint.was_touched());
    }
}

#[test]
fn a_bad_filter_is_named_with_its_rule_and_its_remedy() {
    let check = check_filter;
    let (long, short) = ("x".repeat(256), "é".repeat(255));
    check(
        "Name=STATUS,Values=PENDING,SUCCESS",
        "STATUS: EQ takes one value, 2 given; use Condition=IN for a list",
    );
    check(
        "Name=TYPE,Condition=EQ,Values=UPDATE_SERVICE,CREATE_NAMESPACE",
        "TYPE: EQ takes one value, 2 given; use Condition=IN for a list",
    );
    check(
        "Name=SERVICE_ID,Values=srv-1,srv-2",
        "SERVICE_ID: EQ takes one value, 2 given; list once for each value",
    );
    check(
        "Name=STATUS,Condition=IN,Values=[]",
        "STATUS: no value given; use Condition=EQ with one value or Condition=IN with one or more values",
    );
    check(
        "Name=NAMESPACE_ID,Values=[]",
        "NAMESPACE_ID: no value given; use Condition=EQ with one value",
    );
    check(
        "Name=SERVICE_ID,Values=",
        "SERVICE_ID: value 1 is empty; fill it in or leave it out",
    );
    check(
        "Name=STATUS,Condition=IN,Values=[FAIL,'']",
        "STATUS: value 2 is empty; fill it in or leave it out",
    );
    check(
        &format!("Name=SERVICE_ID,Values={long}"),
        "SERVICE_ID: value 1 has 256 characters; give at most 255",
    );
    check(
        &format!("Name=NAMESPACE_ID,Values={short}é"),
        "NAMESPACE_ID: value 1 has 256 characters; give at most 255",
    );
    for name in ["NAMESPACE_ID", "SERVICE_ID"] {
        check(
            &format!("Name={name},Condition=IN,Values=a"),
            &format!("{name}: IN is not supported; use Condition=EQ with one value"),
        );
        check(
            &format!("Name={name},Condition=BETWEEN,Values=a"),
            &format!("{name}: BETWEEN is not supported; use Condition=EQ with one value"),
        );
        check(
            &format!("Name={name},Condition=BEGINS_WITH,Values=a"),
            &format!(
                "{name}: BEGINS_WITH is in the enum that Cloud Map's filters share, but documented for no filter of \
                 operations; use EQ"
            ),
        );
    }
    check(
        "Name=STATUS,Condition=BETWEEN,Values=FAIL,SUCCESS",
        "STATUS: BETWEEN is not supported; use Condition=EQ with one value or Condition=IN with one or more values",
    );
    check(
        "Name=TYPE,Condition=BETWEEN,Values=CREATE_NAMESPACE,UPDATE_SERVICE",
        "TYPE: BETWEEN is not supported; use Condition=EQ with one value or Condition=IN with one or more values",
    );
    check(
        "Name=COLOUR,Values=red",
        "`COLOUR`: no filter has this name; use NAMESPACE_ID, SERVICE_ID, STATUS, TYPE or UPDATE_DATE",
    );
    check(
        "Name=status,Values=FAIL",
        "`status`: no filter has this name; write STATUS",
    );
    check(
        "Name=STATUS,Condition=LIKE,Values=FAIL",
        "STATUS: there is no condition `LIKE`; use EQ or IN",
    );
    check(
        "Name=STATUS,Condition=in,Values=FAIL",
        "STATUS: there is no condition `in`; write IN",
    );
    check(
        "Name=STATUS,Values=DONE",
        "STATUS: value 1 (`DONE`) is no status; use SUBMITTED, PENDING, SUCCESS or FAIL",
    );
    check(
        "Name=STATUS,Condition=IN,Values=FAIL,success",
        "STATUS: value 2 (`success`) is no status; write SUCCESS",
    );
    check(
        "Name=TYPE,Values=CREATE_SERVICE",
        "TYPE: value 1 (`CREATE_SERVICE`) is no operation type; use CREATE_NAMESPACE, DELETE_NAMESPACE, \
         UPDATE_NAMESPACE, UPDATE_SERVICE, REGISTER_INSTANCE or DEREGISTER_INSTANCE",
    );
}

#[test]
fn a_bad_date_filter_is_named_with_its_rule_and_its_remedy() {
    let check = check_filter;
    let between = |dates: &str| format!("Name=UPDATE_DATE,Condition=BETWEEN,Values={dates}");
    check(
        "Name=UPDATE_DATE,Values=1516925490087,1516925490088",
        "UPDATE_DATE: an omitted condition means EQ, which is not supported; use Condition=BETWEEN with two values",
    );
    for condition in ["EQ", "IN"] {
        check(
            &format!("Name=UPDATE_DATE,Condition={condition},Values=1516925490087,1516925490088"),
            &format!(
                "UPDATE_DATE: {condition} is not supported; use Condition=BETWEEN with two values"
            ),
        );
    }
    check(
        &between("1516925490087"),
        "UPDATE_DATE: BETWEEN takes two values, 1 given; give the start and the end",
    );
    check(
        &between("0,1516925490087,1516925490088"),
        "UPDATE_DATE: BETWEEN takes two values, 3 given; give the start and the end",
    );
    check(
        &between("1516925490088,1516925490087"),
        "UPDATE_DATE: the end 2018-01-26T00:11:30.087Z is before the start 2018-01-26T00:11:30.088Z; give the start \
         first",
    );
    check(
        &between("0,2018-01-26T00:11:30.087Z"),
        "UPDATE_DATE: value 2 (`2018-01-26T00:11:30.087Z`) is no integer; write 1516925490087",
    );
    check(
        &between("0,now"),
        "UPDATE_DATE: value 2 (`now`) is no integer; write milliseconds since 1970-01-01T00:00:00Z",
    );
    check(
        &between("0,1516925490"),
        "UPDATE_DATE: value 2 (`1516925490`) looks like seconds; write 1516925490000 or set the unit to seconds",
    );
    check(
        &between("0,1516925490.087"),
        "UPDATE_DATE: value 2 (`1516925490.087`) looks like seconds; write 1516925490087 or set the unit to seconds",
    );
    check(
        &between("-5,1516925490087"),
        "UPDATE_DATE: value 1 (`-5`) is before 1970-01-01T00:00:00Z; write 0 for an open start",
    );
}

#[test]
fn a_filter_that_cannot_be_read_is_said_to_be() {
    let check = |shorthand: &str, message: &str| {
        check_filter(shorthand, &format!("--filter: {message}"));
    };
    check(
        "STATUS",
        "expected the key Name, Condition or Values, found `STATUS` at offset 0",
    );
    check(
        "Name=STATUS,Value=FAIL",
        "expected the key Name, Condition or Values, found `Value` at offset 12",
    );
    check(
        "",
        "expected the key Name, Condition or Values, found the end at offset 0",
    );
    check(
        "Name=STATUS",
        "expected the key Values, found the end at offset 11",
    );
    check(
        r#"{"Name":"STATUS","Values":"FAIL"}"#,
        "expected a filter as JSON, found invalid type: string \"FAIL\", expected a sequence at offset 31",
    );
    // Unchecked is what the filter says, not how it is written.
    let outcome = refused(
        &["cloud-map", "list", "--unchecked-filter", "STATUS=FAIL"],
        &[],
    );
    assert_eq!(
        outcome.stderr,
        "error: --unchecked-filter: expected the key Name, Condition or Values, found `STATUS` at offset 0\n"
    );
}

#[test]
fn a_flag_that_is_a_filter_is_held_to_the_same_rules() {
    let check = |flags: &[&str], message: &str| {
        let args: Vec<_> = ["cloud-map", "list"].iter().chain(flags).copied().collect();
        assert_eq!(
            refused(&args, &[]).stderr,
            format!("error: {message}\n"),
            "{flags:?}"
        );
    };
    check(
        &["--status", "DONE"],
        "STATUS: value 1 (`DONE`) is no status; use SUBMITTED, PENDING, SUCCESS or FAIL",
    );
    check(
        &["--status", "FAIL,"],
        "STATUS: value 2 is empty; fill it in or leave it out",
    );
    check(
        &["--status="],
        "STATUS: value 1 is empty; fill it in or leave it out",
    );
    check(
        &["--type", "UPDATE_SERVICE,update-service"],
        "TYPE: value 2 (`update-service`) is no operation type; write UPDATE_SERVICE",
    );
    check(
        &["--namespace-id", ""],
        "NAMESPACE_ID: value 1 is empty; fill it in or leave it out",
    );
    check(
        &["--service-id", &"s".repeat(256)],
        "SERVICE_ID: value 1 has 256 characters; give at most 255",
    );
    check(
        &[
            "--updated-after",
            "2018-01-26T00:11:30Z",
            "--updated-before",
            "2018-01-26T00:11:29.9Z",
        ],
        "--updated-after/--updated-before: UPDATE_DATE: the end 2018-01-26T00:11:29.9Z is before the start \
         2018-01-26T00:11:30Z; give the start first",
    );
}

#[test]
fn a_bad_time_says_how_to_write_one() {
    let list = ["cloud-map", "list"];
    let connect = ["kafka-connect", "list", EXAMPLE_CONNECTOR_ARN];
    let commands: [(&[&str], [&str; 2]); 2] = [
        (&list, ["--updated-after", "--updated-before"]),
        (&connect, ["--created-after", "--created-before"]),
    ];
    for (command, flags) in commands {
        for flag in flags {
            for text in [
                "",
                "yesterday",
                "2",
                "2018-01-26",
                "2018-01-26T00:11:30",
                "2018-01-26 00:11:30Z",
                "2018-13-26T00:11:30Z",
                "1516925490",
                "2 fortnights",
            ] {
                let args: Vec<_> = command.iter().copied().chain([flag, text]).collect();
                check(
                    &args,
                    &[
                        &format!("error: {flag}: `{text}`"),
                        "is no date and time",
                        "write it as 2025-01-15T10:20:30Z",
                        "or as an age like 90s, 2h or 3days",
                    ],
                );
            }
        }
    }
    check(
        &[
            "kafka-connect",
            "list",
            EXAMPLE_CONNECTOR_ARN,
            "--created-after",
            "1h",
            "--created-before",
            "2h",
        ],
        &[
            "--created-after/--created-before: the range ends",
            "before it starts",
            "give the earlier time first",
        ],
    );
    // An open end is now.
    check(
        &[
            "cloud-map",
            "list",
            "--updated-after",
            "9999-01-01T00:00:00Z",
        ],
        &[
            "--updated-after/--updated-before: UPDATE_DATE: the end",
            "give the start first",
        ],
    );
}

#[test]
fn page_sizes_and_limits_are_positive_numbers() {
    for command in [
        &["cloud-map", "list"][..],
        &["kafka-connect", "list", EXAMPLE_CONNECTOR_ARN],
    ] {
        let refuse = |flag: &str, value: &str, rule: &str| {
            let args: Vec<_> = command.iter().copied().chain([flag, value]).collect();
            check(&args, &[&format!("'{value}' for '{flag} <N>'"), rule]);
        };
        for size in ["0", "101", "-1", "9223372036854775807"] {
            refuse("--page-size", size, "it takes 1 to 100");
        }
        for size in ["", "ten", "1.5", "9223372036854775808"] {
            refuse("--page-size", size, "it takes a number from 1 to 100");
        }
        for flag in ["--max-items", "--max-pages", "--max-attempts"] {
            for value in ["", "0", "-1", "ten", "99999999999999999999"] {
                refuse(flag, value, "it takes a number from 1 on");
            }
        }
    }
}

#[test]
fn ids_accounts_and_arns_are_checked() {
    check(
        &["cloud-map", "get", ""],
        &["error: the operation id has 0 characters; it takes 1 to 255\n"],
    );
    check(
        &["cloud-map", "get", &"é".repeat(256)],
        &["error: the operation id has 256 characters; it takes 1 to 255\n"],
    );
    for account in [
        "",
        "1",
        "12345678901",
        "1234567890123",
        "12345678901x",
        "１２３４５６７８９０１２",
    ] {
        check(
            &["cloud-map", "get", "id", "--owner-account", account],
            &[&format!(
                "error: the owner account is `{account}`; an account id has 12 digits\n"
            )],
        );
    }
    for arn in ["", ".", ".."] {
        for command in ["list", "describe"] {
            check(
                &["kafka-connect", command, arn],
                &[&format!(
                    "the ARN is `{arn}`, which would reach another path of the service; give the whole ARN, \
                     arn:aws:kafkaconnect:…\n"
                )],
            );
        }
    }
    check(
        &[
            "kafka-connect",
            "list",
            EXAMPLE_CONNECTOR_ARN,
            "--state",
            "DONE",
        ],
        &[
            "error: --state: `DONE` is unknown; use PENDING, ",
            "RESTART_FAILED\n",
        ],
    );
    check(
        &[
            "kafka-connect",
            "list",
            EXAMPLE_CONNECTOR_ARN,
            "--type",
            "PAUSE_CONNECTOR,",
        ],
        &[
            "error: --type: `` is unknown; use UPDATE_WORKER_SETTING, ",
            "RESUME_CONNECTOR\n",
        ],
    );
}

#[test]
fn a_bad_duration_says_how_to_write_one() {
    for flag in ["--attempt-timeout", "--call-timeout", "--timeout"] {
        for value in ["", "5x", "-", "soon"] {
            check(
                &["cloud-map", "list", flag, value],
                &[
                    &format!("'{value}' for '{flag} <TIME>'"),
                    "write it as 90s, 2m or 1h",
                ],
            );
        }
    }
}

#[test]
fn every_fault_is_named_at_once() {
    let outcome = refused(
        &[
            "cloud-map",
            "list",
            "--filter",
            "Name=STATUS,Condition=in,Values=[DONE,'']",
            "--filter",
            "oops",
            "--status",
            "x",
            "--updated-after",
            "y",
            "--unchecked-filter",
            "z",
        ],
        &[],
    );
    assert_eq!(
        outcome.stderr,
        "\
error: --filter: expected the key Name, Condition or Values, found `oops` at offset 0
error: STATUS: there is no condition `in`; write IN; STATUS: value 1 (`DONE`) is no status; use SUBMITTED, PENDING, SUCCESS or FAIL; STATUS: value 2 is empty; fill it in or leave it out
error: STATUS: value 1 (`x`) is no status; use SUBMITTED, PENDING, SUCCESS or FAIL
error: --updated-after: `y` is no date and time; write it as 2025-01-15T10:20:30Z, with a fraction or an offset if need be; or as an age like 90s, 2h or 3days
error: --unchecked-filter: expected the key Name, Condition or Values, found `z` at offset 0
"
    );
}

#[test]
fn endpoints_are_checked_and_the_message_says_where_they_come_from() {
    let form = "write http(s)://host[:port][/path]";
    for url in [
        "",
        "example.com",
        "ftp://example.com",
        "https://",
        "https://me:secret@example.com",
        "https://example.com:70000",
        "https://example.com/?a=b",
        "https://example.com/../a",
        "not a url",
    ] {
        let outcome = refused(&["cloud-map", "list", "--endpoint-url", url], &[]);
        assert!(
            outcome.stderr.starts_with("error: --endpoint-url: "),
            "{outcome:?}"
        );
        assert!(outcome.stderr.contains(form), "{outcome:?}");
        assert!(!outcome.stderr.contains("secret"), "{outcome:?}");
    }
    for name in ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_SERVICEDISCOVERY"] {
        let outcome = refused(&["cloud-map", "list"], &[(name, "example.com")]);
        assert!(
            outcome.stderr.starts_with(&format!("error: {name}: ")),
            "{outcome:?}"
        );
    }
    for url in [
        "http://example.com",
        "http://192.0.2.1:8080",
        "http://localhost.example.com",
    ] {
        check(
            &["cloud-map", "list", "--endpoint-url", url],
            &["plain HTTP to ", "use https", "--allow-plain-http"],
        );
    }
    for (name, kind) in [
        ("AWS_USE_FIPS_ENDPOINT", "a FIPS endpoint"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "a dual-stack endpoint"),
    ] {
        let outcome = refused(&["cloud-map", "list"], &[(name, "true")]);
        assert!(
            outcome.stderr.contains(kind)
                && outcome.stderr.contains("exclude each other; leave one out"),
            "{outcome:?}"
        );
        let outcome = refused(&["cloud-map", "list"], &[(name, "yes")]);
        assert_eq!(
            outcome.stderr,
            format!("error: {name} is neither true nor false; set one of them, or unset it\n")
        );
    }
}

#[test]
fn a_region_is_needed_and_checked() {
    let check = |ops: Ops, message: &str| {
        let outcome = ops.run();
        assert_eq!(outcome.code, Some(2), "{outcome:?}");
        assert_eq!(outcome.stderr, format!("error: {message}\n"));
    };
    let none = "no region is set; give --region, set AWS_REGION, or set one in the profile";
    check(Ops::new(["cloud-map", "list"]), none);
    check(Ops::new(["kafka-connect", "describe", "arn"]), none);
    check(Ops::new(["cloud-map", "list"]).env("AWS_REGION", ""), none);
    let endpoint = Untouched::new();
    check(
        Ops::new(["cloud-map", "list", "--endpoint-url", &endpoint.url()]),
        none,
    );
    assert!(!endpoint.was_touched());
    let bad = "`eu west` is no region; a region is made of letters, digits and hyphens, for example eu-central-1";
    check(
        Ops::new(["cloud-map", "list", "--region", "eu west"]),
        &format!("--region: {bad}"),
    );
    check(
        Ops::new(["cloud-map", "list"]).env("AWS_REGION", "eu west"),
        &format!("AWS_REGION: {bad}"),
    );
    check(
        Ops::new(["cloud-map", "list"]).env("AWS_DEFAULT_REGION", "eu west"),
        &format!("AWS_DEFAULT_REGION: {bad}"),
    );
}

#[test]
fn a_command_line_that_makes_no_sense_is_refused() {
    check(&[], &["Usage: ops"]);
    check(&["cloud-map"], &["Usage: ops cloud-map"]);
    check(&["cloud-map", "get"], &["<ID>"]);
    check(&["kafka-connect", "list"], &["<CONNECTOR_ARN>"]);
    check(&["route53"], &["unrecognized subcommand 'route53'"]);
    check(
        &["cloud-map", "list", "--colour"],
        &["unexpected argument '--colour'"],
    );
    check(
        &["cloud-map", "list", "extra"],
        &["unexpected argument 'extra'"],
    );
    check(
        &["cloud-map", "list", "--output", "yaml"],
        &["'yaml' for '--output <FORM>'", "table, json, ndjson, csv"],
    );
    check(
        &["cloud-map", "list", "--transport", "curl"],
        &["'curl' for '--transport <NAME>'", "hyper, ureq"],
    );
    check(
        &[
            "cloud-map",
            "list",
            "--fake",
            "--endpoint-url",
            "http://127.0.0.1:1",
        ],
        &["'--fake' cannot be used with '--endpoint-url <URL>'"],
    );
    for flag in ["--operations", "--seed"] {
        check(
            &["cloud-map", "list", flag, "1"],
            &["--operations, --seed and --scenario are the fake's; add --fake"],
        );
    }
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0"] {
        check(
            &["fake", "serve", "--listen", listen],
            &[listen, "let it listen on a loopback address"],
        );
    }
    for listen in ["", "localhost", "127.0.0.1", "127.0.0.1:70000"] {
        check(
            &["fake", "serve", "--listen", listen],
            &["for '--listen <ADDR>'", "write it as 127.0.0.1:8080"],
        );
    }
}

#[test]
fn help_and_version_are_data() {
    for args in [
        &["--help"][..],
        &["-h"],
        &["help"],
        &["cloud-map", "list", "--help"],
        &["--version"],
    ] {
        let outcome = Ops::new(args).run();
        assert_eq!(
            (outcome.code, outcome.stderr.as_str()),
            (Some(0), ""),
            "{args:?}"
        );
        assert!(outcome.stdout.contains("ops"), "{args:?}");
    }
}
