//! The fake as a server for any client.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};

use crate::common::{EXAMPLE_CONNECTOR_ARN, EXAMPLE_IDS, Ops, Running, TRANSPORTS, stdout_of};

/// A running `ops fake serve`.
struct Serving {
    running: Running,
    stdout: BufReader<std::process::ChildStdout>,
    url: String,
}

impl Serving {
    fn start(args: &[&str]) -> Self {
        Self::of(Ops::new(["fake", "serve"]).args(args))
    }

    fn of(serve: Ops) -> Self {
        let mut running = serve.spawn();
        let mut stdout = BufReader::new(running.child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let url = line
            .strip_prefix("listening on ")
            .and_then(|line| line.strip_suffix('\n'));
        Self {
            url: url.unwrap().to_owned(),
            running,
            stdout,
        }
    }

    /// The stdout of a command that asks this server.
    fn ask(&self, args: &[&str], transport: &str) -> String {
        let outcome = Ops::new(args)
            .args(["--endpoint-url", &self.url, "--transport", transport])
            .signed()
            .run();
        assert_eq!(outcome.code, Some(0), "{args:?} {outcome:?}");
        outcome.stdout
    }
}

#[test]
fn both_services_are_served_from_the_line_on() {
    let serving = Serving::start(&[]);
    let address = serving.url.strip_prefix("http://").unwrap();
    assert!(address.starts_with("127.0.0.1:"), "{address}");
    for command in [
        &["cloud-map", "list"][..],
        &["cloud-map", "get", EXAMPLE_IDS[0]],
        &["kafka-connect", "list", EXAMPLE_CONNECTOR_ARN],
    ] {
        let embedded = stdout_of(command.iter().copied().chain(["--fake"]));
        for transport in TRANSPORTS {
            assert_eq!(serving.ask(command, transport), embedded, "{command:?}");
        }
    }

    // Hand-written bytes do as well.
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(
            b"POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\
              x-amz-target: Route53AutoNaming_v20170314.ListOperations\r\n\r\n{}",
        )
        .unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    assert!(response.starts_with("HTTP/1.1 200 OK\r\n"), "{response}");
    assert!(
        EXAMPLE_IDS.iter().all(|id| response.contains(id)),
        "{response}"
    );
}

#[test]
fn signatures_are_verified_with_the_key_of_the_environment() {
    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    let serve = ["fake", "serve", "--verify-signatures"];
    let serving = Serving::of(Ops::new(serve).signed().args(["--region", "us-east-1"]));
    let list = ["cloud-map", "list", "--output", "ndjson"];
    for transport in TRANSPORTS {
        assert_eq!(serving.ask(&list, transport).lines().count(), 3);
        let ask = |change: [(&str, &str); 1]| {
            Ops::new(list)
                .args(["--endpoint-url", &serving.url, "--transport", transport])
                .signed()
                .envs(change)
                .run()
        };
        for (change, message) in [
            (
                ("AWS_SECRET_ACCESS_KEY", "canary"),
                "InvalidSignatureException: The request signature we calculated",
            ),
            (
                ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLF"),
                "UnrecognizedClientException: The security token",
            ),
            (
                ("AWS_REGION", "us-west-2"),
                "InvalidSignatureException: Credential should be scoped to a valid region, not 'us-west-2'.",
            ),
        ] {
            let outcome = ask([change]);
            assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(4), ""));
            assert!(outcome.stderr.contains(message), "{outcome:?}");
            assert!(!outcome.stderr.contains(SECRET), "{outcome:?}");
        }
    }

    let outcome = Ops::new(serve).run();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(4), ""));
}

#[cfg(unix)]
#[test]
fn a_signal_ends_it_well() {
    for signal in ["TERM", "INT"] {
        let mut serving = Serving::start(&["--operations", "5"]);
        // A connection that is open does not hold the end up.
        let _stream = TcpStream::connect(serving.url.strip_prefix("http://").unwrap()).unwrap();
        serving.running.signal(signal);
        let (code, stderr) = serving.running.wait();
        assert_eq!((code, stderr.as_str()), (Some(0), ""), "{signal}");
        let mut rest = String::new();
        serving.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }
}

// On Linux the whole range is this machine, so that no other test comes to have the port in between.
#[cfg(target_os = "linux")]
#[test]
fn it_listens_where_it_is_told() {
    let taken = TcpListener::bind("127.0.0.92:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let outcome = Ops::new(["fake", "serve", "--listen", &address]).run();
    assert_eq!((outcome.code, outcome.stdout.as_str()), (Some(1), ""));
    assert!(
        outcome
            .stderr
            .starts_with(&format!("error: cannot listen on {address}: ")),
        "{outcome:?}"
    );
    drop(taken);
    let serving = Serving::start(&["--listen", &address]);
    assert_eq!(serving.url, format!("http://{address}"));
}

#[test]
fn operations_depend_on_the_seed_alone() {
    let list = ["cloud-map", "list", "--output", "ndjson"];
    let connect = [
        "kafka-connect",
        "list",
        EXAMPLE_CONNECTOR_ARN,
        "--output",
        "ndjson",
    ];
    let embedded = |command: &[&str], fake: &[&str]| {
        let args = command.iter().chain(fake).copied();
        stdout_of(args.chain(["--fake"]))
    };
    for (command, pinned) in [(&list[..], 3), (&connect, 4)] {
        let ten = embedded(command, &["--operations", "10", "--seed", "7"]);
        assert_eq!(ten.lines().count(), 10 + pinned);
        assert_eq!(
            embedded(command, &["--operations", "10", "--seed", "7"]),
            ten
        );
        let hundred = embedded(command, &["--operations", "100", "--seed", "7"]);
        assert!(hundred.starts_with(&ten));
        let other = embedded(command, &["--operations", "10", "--seed", "8"]);
        let same = ten.lines().zip(other.lines()).filter(|(a, b)| a == b);
        assert_eq!(same.count(), pinned);

        let serving = Serving::start(&["--operations", "10", "--seed", "7"]);
        assert_eq!(serving.ask(command, "hyper"), ten);
        let serving = Serving::start(&["--operations", "10", "--seed", "8"]);
        assert_eq!(serving.ask(command, "ureq"), other);
    }
}

#[test]
fn a_scenario_says_what_the_fake_holds_and_what_goes_wrong() {
    let scenario = r#"{
        "examples": false,
        "cloudMap": {"operations": [
            {"Id": "op-1", "Status": "SUBMITTED", "life": [{"after": 0, "state": "SUCCESS"}]},
            {"Id": "op-2", "Status": "PENDING"}
        ]},
        "faults": ["internalError"]
    }"#;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scenario.json");
    std::fs::write(&path, scenario).unwrap();
    let path = path.to_str().unwrap();
    let list = ["cloud-map", "list", "--output", "csv"];
    let expected = "Id,Status\nop-1,SUCCESS\nop-2,PENDING\n";
    let embedded = list.into_iter().chain(["--fake", "--scenario", path]);
    assert_eq!(stdout_of(embedded), expected);
    for transport in TRANSPORTS {
        let serving = Serving::start(&["--scenario", path]);
        let outcome = Ops::new(list)
            .args(["--endpoint-url", &serving.url, "--transport", transport])
            .args(["--max-attempts", "1"])
            .signed()
            .run();
        assert_eq!(outcome.code, Some(1), "the fault comes first: {outcome:?}");
        assert_eq!(serving.ask(&list, transport), expected);
    }

    for (text, message) in [
        ("{", "EOF while parsing an object"),
        (
            r#"{"cloudMap": {"operations": [{"Id": "a"}]}}"#,
            "cloudMap.operations[0]: missing field `Status`",
        ),
    ] {
        std::fs::write(path, text).unwrap();
        let outcome = Ops::new(["fake", "serve", "--scenario", path]).run();
        assert_eq!(outcome.code, Some(2), "{outcome:?}");
        assert!(
            outcome.stderr.contains(path) && outcome.stderr.contains(message),
            "{outcome:?}"
        );
    }
    let outcome = Ops::new(list)
        .args(["--fake", "--scenario", "no-such-file.json"])
        .run();
    assert_eq!(outcome.code, Some(2), "{outcome:?}");
    let outcome = Ops::new(list).args(["--scenario", path]).run();
    assert!(outcome.stderr.contains("add --fake"), "{outcome:?}");
}
