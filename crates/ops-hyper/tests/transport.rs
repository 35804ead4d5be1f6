//! The clauses of the transport contract, and what they leave open: TLS, the proxy, the pool.

mod tls;

use std::env;
use std::error::Error;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use ops_hyper::HyperTransport;
use ops_transport::conformance::{Call, MISLEADING_ENVIRONMENT, Server, Step, Subject};
use ops_transport::{
    Attempt, Cancel, ConnectOptions, Proxy, Transport, TransportError, TransportErrorKind,
    conformance,
};
use tokio::runtime::{Builder, Runtime};

use tls::certificate;

type Sent = Result<Response<Bytes>, TransportError>;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// The transport on a runtime of its own, called from outside of it.
#[derive(Debug)]
struct Driven {
    transport: HyperTransport,
    runtime: Runtime,
}

impl Driven {
    fn send(&self, request: Request<Bytes>, attempt: &Attempt) -> Sent {
        self.runtime.block_on(async {
            let sent = self.transport.send(request, attempt).await;
            settle().await;
            sent
        })
    }
}

/// Lets every task run that can: hyper-util puts a connection back into its pool from a task of its own, and the next
/// call of a test is to find it there. One thread runs them all, so that a few rounds are enough, always.
async fn settle() {
    for _ in 0..16 {
        tokio::task::yield_now().await;
    }
}

fn runtime() -> Runtime {
    Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime")
}

fn transport(options: ConnectOptions) -> Driven {
    Driven {
        transport: HyperTransport::new(options).expect("the options are good"),
        runtime: runtime(),
    }
}

fn direct() -> Driven {
    transport(ConnectOptions::new())
}

fn get(uri: &str) -> Request<Bytes> {
    Request::get(uri).body(Bytes::new()).expect("a request")
}

fn attempt() -> Attempt {
    Attempt::new("ListOperations")
}

fn quick() -> Attempt {
    attempt().with_timeout(Duration::from_millis(200))
}

fn send(transport: &Driven, uri: &str) -> Sent {
    transport.send(get(uri), &attempt())
}

#[track_caller]
fn check_ok(sent: Sent, body: &[u8]) {
    let response = sent.expect("a response");
    assert_eq!(response.status(), 200);
    assert_eq!(response.body().as_ref(), body);
}

#[track_caller]
fn check_kind(sent: Sent, kind: TransportErrorKind, what: &str) {
    match sent {
        Ok(response) => panic!("{what}: {}", response.status()),
        Err(error) => assert_eq!(error.kind(), kind, "{what}: {error:?}"),
    }
}

/// The error with its causes, in every form that a program may print.
fn printed(error: &TransportError) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text += &format!(" {error} {error:?}");
        cause = error.source();
    }
    text
}

mod clauses {
    use super::{Call, Driven, Subject, direct, settle};

    ops_transport::conformance_tests!(
        Subject::new(|| {
            let Driven { transport, runtime } = direct();
            let block_on = move |call: Call<'_>| {
                runtime.block_on(async {
                    call.await;
                    settle().await;
                });
            };
            (transport, block_on)
        })
        .with_reuse()
    );
}

#[test]
fn clause_01_adds_host_and_the_length_of_a_body_and_nothing_else() {
    let check = |method: &str, body: &'static [u8], length: Option<&str>| {
        let server = Server::answering(OK);
        let request = Request::builder()
            .method(method)
            .uri(server.url("/"))
            .body(Bytes::from_static(body))
            .expect("a request");
        check_ok(direct().send(request, &attempt()), b"ok");
        let length = length.map(|length| format!("content-length: {length}"));
        let host = format!("host: {}", server.address());
        let expected: Vec<_> = length.into_iter().chain([host]).collect();
        assert_eq!(server.received().headers, expected, "{method}");
    };
    check("GET", b"", None);
    check("GET", b"abc", Some("3"));
    check("DELETE", b"", None);
    check("PURGE", b"", None);
    check("POST", b"", Some("0"));
    check("POST", b"abc", Some("3"));
}

#[test]
fn clause_03_a_connection_that_the_peer_closed_while_idle_costs_one_call() {
    // Without a round of the runtime before it, the call is written to the closed connection; with one, hyper gives the
    // request back unsent, which is where hyper-util would try again.
    for rounds in [0, 1] {
        let idle = Cancel::new();
        let once = vec![Step::Request, Step::Send(OK.to_vec())];
        let first = [once.clone(), vec![Step::Until(idle.clone())]].concat();
        let server = Server::start([first, once]);
        let driven = direct();
        check_ok(send(&driven, &server.url("/0")), b"ok");
        idle.cancel();
        assert_eq!(server.closed(), 0);
        let request = get(&server.url("/1"));
        let stale = driven.runtime.block_on(async {
            for _ in 0..rounds {
                tokio::task::yield_now().await;
            }
            driven.transport.send(request, &attempt()).await
        });
        check_kind(stale, TransportErrorKind::Closed, "closed while idle");
        check_ok(send(&driven, &server.url("/2")), b"ok");
        let lines = [(); 2].map(|()| server.received().line);
        assert_eq!(lines, ["GET /0 HTTP/1.1", "GET /2 HTTP/1.1"]);
    }
}

#[test]
fn clause_05_a_head_that_is_too_long_is_an_error() {
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(1000));
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(2_000_000));
    for (what, answer) in [("many headers", many), ("a long header", long)] {
        let sent = send(&direct(), &Server::answering(answer).url("/"));
        check_kind(sent, TransportErrorKind::InvalidResponse, what);
    }
}

#[test]
fn clause_05_a_head_may_take_64_kib() {
    let send = |length: usize| {
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nx: ";
        let padding = "y".repeat(length - head.len() - 4);
        let server = Server::answering(format!("{head}{padding}\r\n\r\nok"));
        send(&direct(), &server.url("/"))
    };
    check_ok(send(65_000), b"ok");
    check_kind(
        send(140_000),
        TransportErrorKind::InvalidResponse,
        "a longer head",
    );
}

#[test]
fn clause_07_keeps_the_time_limit_over_tls_and_through_a_proxy() {
    enum By {
        Https,
        Proxy,
    }
    let send = |text: &str| Step::Send(text.into());
    let (pem, tls) = certificate();
    let rows = [
        ("no handshake", By::Https, vec![Step::Hold]),
        (
            "a dripping handshake",
            By::Https,
            vec![
                Step::Send(b"\x16\x03\x03\x3f\xff".to_vec()),
                Step::Drip(vec![0]),
            ],
        ),
        (
            "a dripping body within TLS",
            By::Https,
            vec![
                tls,
                Step::Request,
                send("HTTP/1.1 200 OK\r\n\r\n"),
                Step::Drip(b"x".to_vec()),
            ],
        ),
        (
            "no answer of the proxy",
            By::Proxy,
            vec![Step::Request, Step::Hold],
        ),
        (
            "a dripping proxy",
            By::Proxy,
            vec![
                Step::Request,
                send("HTTP/1.1 200 OK\r\nx: "),
                Step::Drip(b"y".to_vec()),
            ],
        ),
        (
            "no handshake behind the proxy",
            By::Proxy,
            vec![Step::Request, send("HTTP/1.1 200 OK\r\n\r\n"), Step::Hold],
        ),
    ];
    for (what, by, script) in rows {
        let server = Server::start([script]);
        let options = ConnectOptions::new().with_ca_bundle(pem.clone());
        let (options, uri) = match by {
            By::Https => (options, server.https("/")),
            By::Proxy => {
                let proxy = Proxy::parse(&server.address().to_string()).expect("a proxy");
                (
                    options.with_proxy(proxy),
                    "https://service.test/".to_owned(),
                )
            }
        };
        let transport = transport(options);
        let started = Instant::now();
        let sent = transport.send(get(&uri), &quick());
        let took = started.elapsed();
        check_kind(sent, TransportErrorKind::Timeout, what);
        assert!(
            (quick().timeout..Duration::from_secs(3)).contains(&took),
            "{what}: {took:?}"
        );
    }
}

#[test]
fn clause_08_shows_neither_the_credentials_nor_the_answer_of_a_proxy() {
    let (pem, _) = certificate();
    for answer in [
        "HTTP/1.1 407 secret\r\nset-cookie: secret\r\n\r\nsecret",
        "secret\r\n\r\n",
        "",
    ] {
        let server = Server::answering(answer);
        let proxy = format!("http://secret:secret@{}", server.address());
        let options = ConnectOptions::new()
            .with_proxy(Proxy::parse(&proxy).expect("a proxy"))
            .with_ca_bundle(pem.clone());
        let transport = transport(options);
        let request = Request::post("https://service.test/")
            .header("authorization", "secret")
            .header("x-amz-security-token", "secret")
            .body(Bytes::from_static(b"secret"))
            .expect("a request");
        let error = transport.send(request, &attempt()).expect_err("no tunnel");
        assert_eq!(error.kind(), TransportErrorKind::Connect);
        let text = format!("{} {transport:?} {transport:#?}", printed(&error));
        assert!(!text.contains("secret"), "{text}");
    }
}

#[test]
fn clause_09_a_call_on_another_runtime_gets_a_connection_of_its_own() {
    let script = vec![Step::Request, Step::Send(OK.to_vec()), Step::Hold];
    let server = Server::start([script.clone(), script]);
    let transport = direct().transport;
    for connection in 0..2 {
        let sent = runtime().block_on(transport.send(get(&server.url("/")), &attempt()));
        check_ok(sent, b"ok");
        assert_eq!(server.received().connection, connection);
    }
}

/// Runs the test of this name again in a process of its own, with these variables. True in that process.
fn in_a_child(test: &str, variables: &[(&str, &str)]) -> bool {
    let Some(child) = conformance::in_a_child(test, variables) else {
        return true;
    };
    assert!(child.passed, "{}", child.output);
    false
}

#[test]
fn clause_10_reads_no_proxy_and_no_bundle_from_the_environment() {
    let test = "clause_10_reads_no_proxy_and_no_bundle_from_the_environment";
    if !in_a_child(test, &MISLEADING_ENVIRONMENT) {
        return;
    }
    let (pem, tls) = certificate();
    let script = vec![tls.clone(), Step::Request, Step::Send(OK.to_vec())];
    let server = Server::start([script]);
    let trusting = ConnectOptions::new().with_ca_bundle(pem.clone());
    check_ok(send(&transport(trusting), &server.https("/")), b"ok");

    // A proxy that is an option is not passed over for the sake of NO_PROXY.
    let server = Server::start([tunnelled(tls)]);
    let proxy = Proxy::parse(&server.address().to_string()).expect("a proxy");
    let options = ConnectOptions::new().with_ca_bundle(pem).with_proxy(proxy);
    check_ok(send(&transport(options), "https://service.test/"), b"ok");
}

/// A proxy that opens a tunnel to itself and answers one request there.
fn tunnelled(tls: Step) -> Vec<Step> {
    vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 200 Connection established\r\n\r\n".to_vec()),
        tls,
        Step::Request,
        Step::Send(OK.to_vec()),
    ]
}

#[test]
fn connections_are_reused() {
    let script: Vec<_> = (0..3)
        .flat_map(|_| [Step::Request, Step::Send(OK.to_vec())])
        .collect();
    let (pem, tls) = certificate();
    let mut secure = vec![tls];
    secure.extend(script.clone());
    let transport = transport(ConnectOptions::new().with_ca_bundle(pem));
    for (script, scheme) in [(script, "http"), (secure, "https")] {
        let server = Server::start([script]);
        for n in 0..3 {
            let uri = format!("{scheme}://{}/{n}", server.address());
            check_ok(send(&transport, &uri), b"ok");
            let received = server.received();
            assert_eq!(received.connection, 0);
            assert_eq!(received.line, format!("GET /{n} HTTP/1.1"));
        }
    }
}

#[test]
fn a_refused_connection_and_an_unknown_name_are_connect() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .expect("a port that was free");
    let label = "x".repeat(64);
    for uri in [
        format!("http://{closed}/"),
        format!("https://{closed}/"),
        // A label of 64 letters is no name, so no server is asked for it.
        format!("http://{label}.test/"),
    ] {
        check_kind(send(&direct(), &uri), TransportErrorKind::Connect, &uri);
    }
    // The same of a proxy.
    for proxy in [closed.to_string(), format!("{label}.test")] {
        let proxy = Proxy::parse(&proxy).expect("a proxy");
        let transport = transport(ConnectOptions::new().with_proxy(proxy));
        let sent = send(&transport, "https://127.0.0.1/");
        check_kind(sent, TransportErrorKind::Connect, "by proxy");
    }
}

#[test]
fn a_bundle_is_trusted_and_nothing_else_is() {
    let (pem, tls) = certificate();
    let (other, _) = certificate();
    let script = vec![tls, Step::Request, Step::Send(OK.to_vec())];
    let server = Server::start([script.clone(), script.clone(), script.clone(), script]);
    let trusting = |pem: &str| transport(ConnectOptions::new().with_ca_bundle(pem));

    check_ok(send(&trusting(&pem), &server.https("/")), b"ok");
    check_ok(
        send(&trusting(&format!("{other}{pem}")), &server.https("/")),
        b"ok",
    );
    let sent = send(&trusting(&other), &server.https("/"));
    check_kind(sent, TransportErrorKind::Tls, "another authority");
    let sent = send(&direct(), &server.https("/"));
    check_kind(sent, TransportErrorKind::Tls, "the platform's authorities");
}

/// On Linux the platform's store is a file, so that a test can choose it.
#[cfg(target_os = "linux")]
#[test]
fn the_platform_store_is_trusted() {
    const URL: &str = "OPS_TRANSPORT_TEST_URL";
    let name = "the_platform_store_is_trusted";
    if let Ok(url) = env::var(URL) {
        check_ok(send(&direct(), &url), b"ok");
        return;
    }
    let (pem, tls) = certificate();
    let script = vec![tls, Step::Request, Step::Send(OK.to_vec())];
    let server = Server::start([script]);
    let path = env::temp_dir().join(format!("ops-hyper-{}.pem", std::process::id()));
    std::fs::write(&path, pem).expect("it is written");
    let store = path.to_str().expect("a path in UTF-8");
    in_a_child(name, &[("SSL_CERT_FILE", store), (URL, &server.https("/"))]);
    std::fs::remove_file(&path).expect("it is removed");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_platform_store_http_works_and_https_is_tls() {
    let none = [("SSL_CERT_FILE", "/nowhere"), ("SSL_CERT_DIR", "/nowhere")];
    if !in_a_child(
        "without_a_platform_store_http_works_and_https_is_tls",
        &none,
    ) {
        return;
    }
    let transport = direct();
    for _ in 0..2 {
        let server = Server::answering(OK);
        check_ok(send(&transport, &server.url("/")), b"ok");
        let server = Server::start([vec![Step::Hold]]);
        let sent = send(&transport, &server.https("/"));
        check_kind(sent, TransportErrorKind::Tls, "no store");
    }
}

#[test]
fn a_failed_handshake_is_tls_and_a_broken_one_is_connect() {
    let (pem, tls) = certificate();
    let trusting = transport(ConnectOptions::new().with_ca_bundle(pem));
    let rows = [
        // The certificate names 127.0.0.1 and service.test only.
        (
            "localhost",
            vec![tls, Step::Request],
            TransportErrorKind::Tls,
        ),
        (
            "127.0.0.1",
            vec![
                Step::Send(b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
                Step::Hold,
            ],
            TransportErrorKind::Tls,
        ),
        ("127.0.0.1", vec![], TransportErrorKind::Connect),
        ("127.0.0.1", vec![Step::Reset], TransportErrorKind::Connect),
    ];
    for (host, script, kind) in rows {
        let server = Server::start([script]);
        let uri = format!("https://{host}:{}/", server.address().port());
        check_kind(send(&trusting, &uri), kind, host);
    }
}

#[test]
fn a_tls_stream_that_ends_without_its_closing_record_is_an_error() {
    let (pem, tls) = certificate();
    let trusting = transport(ConnectOptions::new().with_ca_bundle(pem));
    let answer = b"HTTP/1.1 200 OK\r\n\r\nperhaps not all of it".to_vec();
    let server = Server::start([vec![tls, Step::Request, Step::Send(answer)]]);
    let sent = send(&trusting, &server.https("/"));
    check_kind(sent, TransportErrorKind::Closed, "cut off");
}

#[test]
fn an_unusable_bundle_is_a_clear_error() {
    for pem in ["", "garbage"] {
        let error = HyperTransport::new(ConnectOptions::new().with_ca_bundle(pem)).expect_err(pem);
        assert_eq!(error.kind(), TransportErrorKind::Request);
        assert_eq!(
            error.source().expect("a reason").to_string(),
            "the CA bundle holds no PEM certificate"
        );
    }
}

#[test]
fn https_is_tunnelled_through_the_proxy_with_credentials() {
    let (pem, tls) = certificate();
    let mut script = tunnelled(tls);
    script.extend([Step::Request, Step::Send(OK.to_vec())]);
    let server = Server::start([script]);
    let proxy = format!("http://me:s%40crit@{}", server.address());
    let options = ConnectOptions::new()
        .with_ca_bundle(pem)
        .with_proxy(Proxy::parse(&proxy).expect("a proxy"));
    let transport = transport(options);

    // The target's name does not resolve here; that is up to the proxy.
    check_ok(send(&transport, "https://service.test/1?a=b"), b"ok");
    let received = server.received();
    assert_eq!(received.line, "CONNECT service.test:443 HTTP/1.1");
    assert_eq!(
        received.headers,
        [
            "Host: service.test:443",
            "Proxy-Authorization: Basic bWU6c0Bjcml0"
        ]
    );
    assert!(received.body.is_empty());
    let received = server.received();
    assert_eq!(received.line, "GET /1?a=b HTTP/1.1");
    assert_eq!(received.headers, ["host: service.test"]);

    // The tunnel is reused.
    check_ok(send(&transport, "https://service.test/2"), b"ok");
    assert_eq!(server.received().line, "GET /2 HTTP/1.1");
}

#[test]
fn http_goes_past_the_proxy() {
    let server = Server::answering(OK);
    let options = ConnectOptions::new().with_proxy(Proxy::parse("127.0.0.1:1").expect("a proxy"));
    check_ok(send(&transport(options), &server.url("/")), b"ok");
    assert_eq!(server.received().line, "GET / HTTP/1.1");
}

#[test]
fn a_proxy_that_refuses_is_connect() {
    for answer in [
        "HTTP/1.1 407 Proxy Authentication Required\r\nproxy-authenticate: Basic\r\n\r\n",
        "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n",
        "garbage\r\n\r\n",
        "HTTP/1.1 200 O",
        "",
    ] {
        let server = Server::answering(answer);
        let proxy = Proxy::parse(&server.address().to_string()).expect("a proxy");
        let (pem, _) = certificate();
        let options = ConnectOptions::new().with_proxy(proxy).with_ca_bundle(pem);
        let sent = send(&transport(options), "https://service.test/");
        check_kind(sent, TransportErrorKind::Connect, answer);
    }
}
