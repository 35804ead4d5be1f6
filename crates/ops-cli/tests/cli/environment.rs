//! Variables and files, with the AWS CLI's names and precedence.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;

use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::common::{Ops, TRANSPORTS};
use crate::server::{Reply, Request, Script, Untouched};

/// Keys, as variables.
const KEYS: [(&str, &str); 2] = [
    ("AWS_ACCESS_KEY_ID", "AKIDENV"),
    ("AWS_SECRET_ACCESS_KEY", "secret-env"),
];

const CONFIG: &str = "\
[default]
region = eu-west-1
[profile dev]
region = eu-west-2
";
const CREDENTIALS: &str = "\
[default]
aws_access_key_id = AKIDDEFAULT
aws_secret_access_key = secret-default
[dev]
aws_access_key_id = AKIDDEV
aws_secret_access_key = secret-dev
";

fn with_files(ops: Ops) -> Ops {
    ops.file(".aws/config", CONFIG)
        .file(".aws/credentials", CREDENTIALS)
}

/// The host that a command asks a proxy for, the same over both HTTP clients. Nothing leaves this machine.
fn host_of(args: &[&str], variables: &[(&str, &str)]) -> String {
    let [first, second] = TRANSPORTS.map(|transport| {
        let proxy = Script::new([Reply::Html(502, String::new())]);
        let outcome = with_files(Ops::new(args))
            .args(["--transport", transport, "--max-attempts", "1"])
            .envs(KEYS)
            .envs(variables.iter().copied())
            .env("HTTPS_PROXY", proxy.url())
            .run();
        assert_eq!(outcome.code, Some(1), "{args:?} {variables:?} {outcome:?}");
        let line = proxy.requests().remove(0).line;
        let target = line
            .strip_prefix("CONNECT ")
            .and_then(|line| line.strip_suffix(":443 HTTP/1.1"));
        target.unwrap().to_owned()
    });
    assert_eq!(first, second);
    first
}

#[test]
fn the_region_is_the_flags_then_the_variables_then_the_profiles() {
    let check = |args: &[&str], variables: &[(&str, &str)], region: &str| {
        let args: Vec<_> = ["cloud-map", "list"].iter().chain(args).copied().collect();
        assert_eq!(
            host_of(&args, variables),
            format!("servicediscovery.{region}.amazonaws.com"),
            "{args:?} {variables:?}"
        );
    };
    let first = ("AWS_REGION", "ap-south-1");
    let second = ("AWS_DEFAULT_REGION", "ap-south-2");
    check(&["--region", "sa-east-1"], &[first, second], "sa-east-1");
    check(&[], &[first, second], "ap-south-1");
    check(&[], &[second], "ap-south-2");
    check(&[], &[("AWS_REGION", ""), second], "ap-south-2");
    check(&[], &[], "eu-west-1");
    check(&[], &[("AWS_PROFILE", "dev")], "eu-west-2");
    check(&["--profile", "dev"], &[], "eu-west-2");
    check(
        &["--profile", "default"],
        &[("AWS_PROFILE", "dev")],
        "eu-west-1",
    );
    check(&["--profile", "dev"], &[first], "ap-south-1");
}

#[test]
fn hosts_follow_service_partition_fips_and_dual_stack() {
    let fips = ("AWS_USE_FIPS_ENDPOINT", "true");
    let dual = ("AWS_USE_DUALSTACK_ENDPOINT", "TRUE");
    let off = ("AWS_USE_FIPS_ENDPOINT", "false");
    let list = |region| ["cloud-map", "list", "--region", region];
    let describe = |region| ["kafka-connect", "describe", "arn", "--region", region];
    let check = |args: &[&str], variables: &[(&str, &str)], host: &str| {
        assert_eq!(host_of(args, variables), host, "{args:?} {variables:?}");
    };
    check(
        &list("us-east-1"),
        &[off],
        "servicediscovery.us-east-1.amazonaws.com",
    );
    check(
        &list("us-east-1"),
        &[fips],
        "servicediscovery-fips.us-east-1.amazonaws.com",
    );
    check(
        &list("us-east-1"),
        &[dual],
        "servicediscovery.us-east-1.api.aws",
    );
    check(
        &list("us-east-1"),
        &[fips, dual],
        "servicediscovery-fips.us-east-1.api.aws",
    );
    check(
        &list("cn-north-1"),
        &[],
        "servicediscovery.cn-north-1.amazonaws.com.cn",
    );
    check(
        &describe("us-east-1"),
        &[],
        "kafkaconnect.us-east-1.amazonaws.com",
    );
    check(
        &describe("us-gov-west-1"),
        &[fips],
        "kafkaconnect.us-gov-west-1.amazonaws.com",
    );
}

/// The access key id that a request is signed with.
fn key_of(args: &[&str], variables: &[(&str, &str)]) -> String {
    let server = Script::new([Reply::json("{}")]);
    let outcome = with_files(Ops::new([
        "cloud-map",
        "list",
        "--endpoint-url",
        &server.url(),
    ]))
    .args(args)
    .envs(variables.iter().copied())
    .run();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    let requests = server.requests();
    let authorization = requests[0].header("authorization").unwrap();
    let (_, rest) = authorization.split_once("Credential=").unwrap();
    rest.split('/').next().unwrap().to_owned()
}

#[test]
fn keys_are_the_variables_unless_a_profile_is_chosen_by_flag() {
    let profile = ("AWS_PROFILE", "dev");
    assert_eq!(key_of(&[], &KEYS), "AKIDENV");
    assert_eq!(key_of(&[], &[KEYS[0], KEYS[1], profile]), "AKIDENV");
    assert_eq!(key_of(&["--profile", "dev"], &KEYS), "AKIDDEV");
    assert_eq!(key_of(&["--profile", "default"], &[profile]), "AKIDDEFAULT");
    assert_eq!(key_of(&[], &[profile]), "AKIDDEV");
    assert_eq!(key_of(&[], &[]), "AKIDDEFAULT");
    assert_eq!(key_of(&[], &[("AWS_PROFILE", "")]), "AKIDDEFAULT");
}

#[test]
fn a_session_token_is_sent() {
    let server = Script::new([Reply::json("{}")]);
    let outcome = Ops::new(["cloud-map", "list", "--endpoint-url", &server.url()])
        .signed()
        .env("AWS_SESSION_TOKEN", "the-token")
        .run();
    assert_eq!(outcome.code, Some(0), "{outcome:?}");
    assert_eq!(
        server.requests()[0].header("x-amz-security-token"),
        Some("the-token")
    );
}

#[test]
fn the_endpoint_is_the_flags_then_the_services_then_anyones() {
    let check = |command: &[&str], own: &str, others: &str| {
        // The first of the three that is set is asked, the others are not.
        for set in 0..3 {
            let servers = [(); 3].map(|()| Script::new([Reply::json("{}")]));
            let names = ["", own, "AWS_ENDPOINT_URL"];
            let mut ops = Ops::new(command)
                .signed()
                .env(others, "http://127.0.0.1:1")
                .env("AWS_ENDPOINT_URL", "");
            for place in set..3 {
                let url = servers[place].url();
                ops = match place {
                    0 => ops.args(["--endpoint-url", &url]),
                    _ => ops.env(names[place], url),
                };
            }
            let _ = ops.run();
            let asked = servers.map(|server| server.requests().len());
            assert_eq!(asked, [0, 1, 2].map(|place| usize::from(place == set)));
        }
    };
    let cloud_map = "AWS_ENDPOINT_URL_SERVICEDISCOVERY";
    let msk_connect = "AWS_ENDPOINT_URL_KAFKACONNECT";
    check(&["cloud-map", "list"], cloud_map, msk_connect);
    check(&["kafka-connect", "list", "arn"], msk_connect, cloud_map);
}

#[test]
fn a_path_of_the_endpoint_is_kept() {
    let server = Script::new([Reply::json("{}")]);
    let base = format!("{}/a/b/", server.url());
    for command in [
        &["cloud-map", "list"][..],
        &["kafka-connect", "list", "arn"],
    ] {
        let outcome = Ops::new(command)
            .signed()
            .env("AWS_ENDPOINT_URL", &base)
            .run();
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
    }
    let lines: Vec<_> = server
        .requests()
        .into_iter()
        .map(|request| request.line)
        .collect();
    assert_eq!(
        lines,
        [
            "POST /a/b/ HTTP/1.1",
            "GET /a/b/v1/connectors/arn/operations HTTP/1.1"
        ]
    );
}

#[test]
fn the_fake_reads_no_environment() {
    let variables = [
        ("AWS_REGION", "not a region"),
        ("AWS_PROFILE", "nobody"),
        ("AWS_ENDPOINT_URL", "nonsense"),
        ("AWS_USE_FIPS_ENDPOINT", "perhaps"),
        ("AWS_CA_BUNDLE", "/no/such/file"),
        ("HTTPS_PROXY", "socks5://nowhere"),
    ];
    for args in [&[][..], &["--transport", "hyper"], &["--transport", "ureq"]] {
        let run = |ops: Ops| {
            let outcome = ops.args(args).run();
            assert_eq!(outcome.code, Some(0), "{outcome:?}");
            outcome
        };
        let list = || Ops::new(["cloud-map", "list", "--fake"]);
        assert_eq!(run(list().envs(variables)), run(list()));
    }
}

#[test]
fn https_goes_through_the_proxy_and_http_does_not() {
    for transport in TRANSPORTS {
        for (name, other) in [("HTTPS_PROXY", None), ("https_proxy", Some("HTTPS_PROXY"))] {
            let proxy = Script::new([Reply::Html(502, String::new())]);
            let target = Untouched::new();
            let run = |url: &str, args: &[&str]| {
                let mut ops = Ops::new(["cloud-map", "list", "--endpoint-url", url])
                    .args(["--transport", transport, "--max-attempts", "1"])
                    .args(args)
                    .signed()
                    .env(name, proxy.url().replace("//", "//me:s%40crit@"));
                if let Some(other) = other {
                    // The name in lower case wins.
                    ops = ops.env(other, "http://127.0.0.1:1");
                }
                ops.run()
            };
            let outcome = run(&target.url().replace("http:", "https:"), &[]);
            assert_eq!(outcome.code, Some(1), "{outcome:?}");
            assert!(!outcome.stderr.contains("crit"), "{outcome:?}");
            let requests = proxy.requests();
            let authority = target.url().replace("http://", "");
            assert_eq!(requests[0].line, format!("CONNECT {authority} HTTP/1.1"));
            // me:s@crit
            assert_eq!(
                requests[0].header("proxy-authorization"),
                Some("Basic bWU6c0Bjcml0")
            );
            assert!(!target.was_touched());

            // Nobody answers there.
            let _ = run(&target.url(), &["--attempt-timeout", "200ms"]);
            assert_eq!(proxy.requests().len(), 1);
            assert!(target.was_touched());
        }
    }
}

#[test]
fn no_proxy_names_who_is_asked_directly() {
    let check = |variable: &str, no_proxy: &str, proxied: bool| {
        for transport in TRANSPORTS {
            let proxy = Script::new([Reply::Html(502, String::new())]);
            let target = Untouched::new();
            let url = target.url().replace("http:", "https:");
            let _ = Ops::new(["cloud-map", "list", "--endpoint-url", &url])
                .args(["--transport", transport, "--max-attempts", "1"])
                .args(["--attempt-timeout", "1s"])
                .signed()
                .env("HTTPS_PROXY", proxy.url())
                .env(variable, no_proxy)
                .run();
            assert_eq!(
                (proxy.requests().len(), target.was_touched()),
                if proxied { (1, false) } else { (0, true) },
                "{variable} {no_proxy} {transport}"
            );
        }
    };
    check("NO_PROXY", "", true);
    check("NO_PROXY", "example.com,10.0.0.0/8", true);
    check("NO_PROXY", "example.com, 127.0.0.1", false);
    check("NO_PROXY", "127.0.0.0/8", false);
    check("NO_PROXY", "*", false);
    check("no_proxy", "127.0.0.1", false);
}

#[test]
fn a_ca_bundle_must_be_there_and_hold_a_certificate() {
    for transport in TRANSPORTS {
        let target = Untouched::new();
        let run = |ops: Ops| {
            let outcome = ops
                .args(["--endpoint-url", &target.url(), "--transport", transport])
                .signed()
                .run();
            assert_eq!(outcome.code, Some(2), "{outcome:?}");
            assert!(!target.was_touched());
            outcome.stderr
        };
        let missing = run(Ops::new(["cloud-map", "list"]).env("AWS_CA_BUNDLE", "/no/such/file"));
        assert!(
            missing.starts_with("error: AWS_CA_BUNDLE (/no/such/file): "),
            "{missing}"
        );
        let empty = run(Ops::new(["cloud-map", "list"])
            .file("bundle.pem", "no certificate")
            .env("AWS_CA_BUNDLE", "bundle.pem"));
        assert!(
            empty.contains("the CA bundle holds no PEM certificate"),
            "{empty}"
        );
    }
}

/// A server of HTTPS that answers one request, behind a proxy if it is told to play one.
struct Https {
    port: u16,
    certificate: String,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Https {
    fn new(host: &str, is_proxy: bool) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed([host.to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(signing_key.serialize_der().into());
        let config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(vec![cert.der().clone()], key)
                .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                if is_proxy {
                    seen.lock().unwrap().extend(Request::read(&stream));
                    stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
                }
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let mut stream = StreamOwned::new(connection, stream);
                let Some(request) = Request::read(&mut stream) else {
                    continue;
                };
                seen.lock().unwrap().push(request);
                let body = r#"{"Operations":[{"Id":"op-1","Status":"SUCCESS"}]}"#;
                let head = format!(
                    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                stream.write_all(head.as_bytes()).unwrap();
                stream.write_all(body.as_bytes()).unwrap();
                stream.conn.send_close_notify();
                let _ = stream.flush();
                let _ = stream.sock.read(&mut [0]);
            }
        });
        Self {
            port,
            certificate: cert.pem(),
            requests,
        }
    }
}

#[test]
fn a_ca_bundle_is_trusted_and_nothing_else() {
    for transport in TRANSPORTS {
        let server = Https::new("localhost", false);
        let other = Https::new("localhost", false);
        let url = format!("https://localhost:{}", server.port);
        let list = || {
            Ops::new([
                "cloud-map",
                "list",
                "--output",
                "csv",
                "--endpoint-url",
                &url,
            ])
            .args(["--transport", transport, "--max-attempts", "1"])
            .signed()
        };
        let trusted = list()
            .file("bundle.pem", &server.certificate)
            .env("AWS_CA_BUNDLE", "bundle.pem")
            .run();
        assert_eq!(
            (trusted.code, trusted.stdout.as_str()),
            (Some(0), "Id,Status\nop-1,SUCCESS\n"),
            "{trusted:?}"
        );
        let bundles = [None, Some(&other.certificate)];
        for bundle in bundles {
            let mut ops = list();
            if let Some(bundle) = bundle {
                ops = ops
                    .file("bundle.pem", bundle)
                    .env("AWS_CA_BUNDLE", "bundle.pem");
            }
            let outcome = ops.run();
            assert_eq!(outcome.code, Some(1), "{outcome:?}");
            assert!(
                outcome.stderr.contains("the TLS handshake failed"),
                "{outcome:?}"
            );
        }
        assert_eq!(server.requests.lock().unwrap().len(), 1);
    }
}

#[test]
fn the_services_own_url_is_asked_through_the_tunnel() {
    for transport in TRANSPORTS {
        let host = "servicediscovery.eu-central-1.amazonaws.com";
        let proxy = Https::new(host, true);
        let outcome = Ops::new([
            "cloud-map",
            "list",
            "--output",
            "csv",
            "--region",
            "eu-central-1",
        ])
        .args(["--transport", transport, "--max-attempts", "1"])
        .signed()
        .file("bundle.pem", &proxy.certificate)
        .env("AWS_CA_BUNDLE", "bundle.pem")
        .env("HTTPS_PROXY", format!("127.0.0.1:{}", proxy.port))
        .run();
        assert_eq!(
            (outcome.code, outcome.stdout.as_str()),
            (Some(0), "Id,Status\nop-1,SUCCESS\n"),
            "{outcome:?}"
        );
        let requests = proxy.requests.lock().unwrap();
        assert_eq!(requests[0].line, format!("CONNECT {host}:443 HTTP/1.1"));
        assert_eq!(requests[0].header("authorization"), None);
        assert_eq!(requests[1].line, "POST / HTTP/1.1");
        assert_eq!(requests[1].header("host"), Some(host));
        assert!(
            requests[1]
                .header("authorization")
                .unwrap()
                .contains("/eu-central-1/servicediscovery/aws4_request")
        );
    }
}

#[test]
fn colours_are_for_those_who_want_them() {
    let run = |variables: &[(&str, &str)]| {
        Ops::new(["cloud-map", "get", "--fake", "nobody"])
            .envs(variables.iter().copied())
            .run()
    };
    let plain = run(&[]).stderr;
    assert!(plain.starts_with("error: GetOperation: "), "{plain}");
    // What a terminal would do by itself.
    let forced = ("CLICOLOR_FORCE", "1");
    assert!(run(&[forced]).stderr.starts_with('\u{1b}'));
    assert_eq!(run(&[forced, ("NO_COLOR", "1")]).stderr, plain);
    let data = Ops::new(["cloud-map", "list", "--fake"])
        .envs([forced])
        .run()
        .stdout;
    assert!(!data.contains('\u{1b}'));
}
