//! The clauses of the transport contract, each against bytes on a real socket.

mod tls;

use std::cell::RefCell;
use std::env;
use std::error::Error;
use std::process::Command;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, Response};
use log::{Level, LevelFilter, Log, Metadata, Record};
use ops_transport::conformance::{Server, Step};
use ops_transport::{
    Attempt, BlockingTransport, ConnectOptions, Proxy, TransportError, TransportErrorKind,
};
use ops_ureq::UreqTransport;
use tls::certificate;

type Sent = Result<Response<Bytes>, TransportError>;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

fn transport(options: ConnectOptions) -> UreqTransport {
    UreqTransport::new(options).expect("the options are good")
}

fn direct() -> UreqTransport {
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

fn send(transport: &UreqTransport, uri: &str) -> Sent {
    transport.send_blocking(get(uri), &attempt())
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

#[test]
fn clause_01_sends_exactly_this_request() {
    let check = |request: Request<&'static [u8]>, line: &str, headers: &[&str]| {
        let server = Server::answering(OK);
        let body = *request.body();
        let mut request = request.map(Bytes::from_static);
        let path = request.uri().to_string();
        *request.uri_mut() = server.url(&path).parse().expect("a URI");
        check_ok(direct().send_blocking(request, &attempt()), b"ok");
        let (sent_line, sent_headers, sent_body) = server.received().parts();
        let host = format!("host: {}", server.address);
        let mut expected: Vec<_> = headers.iter().map(|&header| header.to_owned()).collect();
        expected.push(host);
        expected.sort();
        assert_eq!(
            (sent_line.as_str(), sent_headers, sent_body.as_slice()),
            (line, expected, body)
        );
    };
    let arn = "/v1/connectors/arn%3Aaws%3Akafkaconnect%3Aus-east-1%3A123%3Aconnector%2Fa.b_c~d-e%2F1/operations";
    let request = |method: Method, path: &str| Request::builder().method(method).uri(path);
    check(
        request(Method::GET, &format!("{arn}?maxResults=10&nextToken="))
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=a/b, Signature=c",
            )
            .body(b"".as_slice())
            .expect("a request"),
        &format!("GET {arn}?maxResults=10&nextToken= HTTP/1.1"),
        &["authorization: AWS4-HMAC-SHA256 Credential=a/b, Signature=c"],
    );
    check(
        request(Method::POST, "/")
            .header("x-amz-target", "Route53AutoNaming_v20170314.ListOperations")
            .header("content-type", "application/x-amz-json-1.1")
            .body(b"{\"MaxResults\":1}\r\n\0\xff".as_slice())
            .expect("a request"),
        "POST / HTTP/1.1",
        &[
            "content-length: 20",
            "content-type: application/x-amz-json-1.1",
            "x-amz-target: Route53AutoNaming_v20170314.ListOperations",
        ],
    );
    // Lower and upper case, signs, and what looks as if it could be normalised.
    check(
        request(Method::GET, "/a%2fb%2F%41//c/%2e%2e/?a=%20&&b&c==&d=a/b?")
            .body(b"".as_slice())
            .expect("a request"),
        "GET /a%2fb%2F%41//c/%2e%2e/?a=%20&&b&c==&d=a/b? HTTP/1.1",
        &[],
    );
    // Values stay bytes; several of one name stay several; a length that is given is not given again.
    check(
        request(Method::POST, "/x")
            .header(
                "x-bytes",
                HeaderValue::from_bytes(b"a\xe9 \"\tb").expect("a value"),
            )
            .header("x-empty", "")
            .header("x-many", "2")
            .header("x-many", "1")
            .header("accept", "application/json")
            .header("user-agent", "ops/1")
            .header("content-length", "3")
            .body(b"abc".as_slice())
            .expect("a request"),
        "POST /x HTTP/1.1",
        &[
            "accept: application/json",
            "content-length: 3",
            "user-agent: ops/1",
            "x-bytes: a\u{e9} \"\tb",
            "x-empty: ",
            "x-many: 1",
            "x-many: 2",
        ],
    );
    check(
        request(Method::DELETE, "/x")
            .body(b"".as_slice())
            .expect("a request"),
        "DELETE /x HTTP/1.1",
        &[],
    );
    check(
        request(Method::GET, "/x")
            .body(b"abc".as_slice())
            .expect("a request"),
        "GET /x HTTP/1.1",
        &["content-length: 3"],
    );
    check(
        request(Method::POST, "/x")
            .body(b"".as_slice())
            .expect("a request"),
        "POST /x HTTP/1.1",
        &["content-length: 0"],
    );
    check(
        request(Method::from_bytes(b"PURGE").expect("a method"), "/x")
            .body(b"".as_slice())
            .expect("a request"),
        "PURGE /x HTTP/1.1",
        &[],
    );
}

#[test]
fn clause_01_keeps_a_host_header_that_is_given() {
    let server = Server::answering(OK);
    let mut request = get(&server.url("/"));
    request
        .headers_mut()
        .insert("host", HeaderValue::from_static("service.test"));
    check_ok(direct().send_blocking(request, &attempt()), b"ok");
    let (_, headers, _) = server.received().parts();
    assert_eq!(headers, ["host: service.test"]);
}

#[test]
fn clause_01_sends_a_large_body_whole() {
    let server = Server::answering(OK);
    let body: Vec<u8> = (0..1_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let request = Request::post(server.url("/"))
        .body(Bytes::from(body.clone()))
        .expect("a request");
    check_ok(direct().send_blocking(request, &attempt()), b"ok");
    assert!(server.received().parts().2 == body);
}

#[test]
fn clause_01_refuses_what_it_would_send_otherwise() {
    let header = |name: &'static str, value: &'static str| {
        let mut request = get("http://127.0.0.1:1/");
        request
            .headers_mut()
            .append(name, HeaderValue::from_static(value));
        request
    };
    let mut two_hosts = header("host", "a");
    two_hosts
        .headers_mut()
        .append("host", HeaderValue::from_static("b"));
    let rows = [
        get("/relative"),
        get("ftp://127.0.0.1/"),
        get("http://me:secret@127.0.0.1:1/"),
        header("transfer-encoding", "chunked"),
        header("content-length", "1"),
        header("content-length", "x"),
        two_hosts,
    ];
    for request in rows {
        let what = format!("{} {:?}", request.uri().path(), request.headers().keys());
        let sent = direct().send_blocking(request, &attempt());
        check_kind(sent, TransportErrorKind::Request, &what);
    }
}

#[test]
fn clause_01_refuses_a_line_that_is_longer_than_ureq_can_write() {
    let check = |length: usize, fits: bool| {
        let server = Server::answering(OK);
        let sent = send(&direct(), &server.url(&format!("/{}", "x".repeat(length))));
        if fits {
            check_ok(sent, b"ok");
            assert_eq!(server.received().parts().0.len(), length + 14);
        } else {
            check_kind(sent, TransportErrorKind::Request, "too long");
        }
    };
    check(60 * 1024, true);
    // The `http` crate takes no URI of 64 KiB; a header may be as long as one likes.
    let check = |length: usize, fits: bool| {
        let server = Server::answering(OK);
        let mut request = get(&server.url("/"));
        let value = HeaderValue::try_from("x".repeat(length)).expect("a value");
        request.headers_mut().insert("x-long", value);
        let sent = direct().send_blocking(request, &attempt());
        if fits {
            check_ok(sent, b"ok");
            assert_eq!(server.received().parts().1[1].len(), length + 8);
        } else {
            check_kind(sent, TransportErrorKind::Request, "too long");
        }
    };
    check(128 * 1024 - 70, true);
    check(128 * 1024 - 69, false);
}

#[test]
fn clause_02_returns_a_redirect_as_it_is() {
    for status in [301, 302, 303, 307, 308] {
        let answer = format!(
            "HTTP/1.1 {status} Elsewhere\r\nlocation: /elsewhere\r\ncontent-length: 4\r\n\r\ngone"
        );
        let script = vec![Step::Request, Step::Send(answer.into()), Step::Request];
        let server = Server::start([script]);
        let response = send(&direct(), &server.url("/")).expect("a response");
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["location"], "/elsewhere");
        assert_eq!(response.body().as_ref(), b"gone");
        server.received();
        assert_eq!(server.others(), 0);
    }
}

#[test]
fn clause_03_never_retries() {
    // Whether the connection is new or reused, and whether the peer closes it or resets it.
    for reused in [false, true] {
        for end in [vec![Step::Request], vec![Step::Reset]] {
            let mut first = Vec::new();
            if reused {
                first.extend([Step::Request, Step::Send(OK.to_vec())]);
            }
            first.extend(end);
            let server = Server::start([first, vec![Step::Request, Step::Send(OK.to_vec())]]);
            let transport = direct();
            if reused {
                check_ok(send(&transport, &server.url("/0")), b"ok");
            }
            let lost = send(&transport, &server.url("/1"));
            check_kind(lost, TransportErrorKind::Closed, "the peer closes");
            check_ok(send(&transport, &server.url("/2")), b"ok");
            // Only what was asked for again came on the second connection.
            let again = loop {
                let received = server.received();
                if received.connection == 1 {
                    break received;
                }
            };
            assert_eq!(again.parts().0, "GET /2 HTTP/1.1");
            assert_eq!(server.others(), 0);
        }
    }
}

#[test]
fn clause_03_a_connection_that_the_peer_closed_while_idle_is_not_used() {
    let idle = Arc::new(Barrier::new(2));
    let script = vec![
        Step::Request,
        Step::Send(OK.to_vec()),
        Step::Meet(idle.clone()),
    ];
    let server = Server::start([script.clone(), script]);
    let transport = direct();
    for connection in 0..2 {
        // ureq looks at a pooled connection before it writes to it.
        check_ok(send(&transport, &server.url("/")), b"ok");
        assert_eq!(server.received().connection, connection);
        idle.wait();
        assert_eq!(server.closed(), connection);
    }
}

#[test]
fn clause_04_a_compressed_body_stays_compressed() {
    let body = b"\x1f\x8b\x08\x00not really";
    for encoding in ["gzip", "br", "deflate", "zstd"] {
        let mut answer = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-type: text/plain; charset=utf-16\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        answer.extend_from_slice(body);
        let server = Server::answering(answer);
        let response = send(&direct(), &server.url("/")).expect("a response");
        assert_eq!(response.headers()["content-encoding"], encoding);
        assert_eq!(response.headers()["content-length"], "14");
        assert_eq!(response.body().as_ref(), body);
        let (_, headers, _) = server.received().parts();
        assert_eq!(headers, [format!("host: {}", server.address)]);
    }
}

#[test]
fn clause_05_any_status_is_ok() {
    for status in [
        200, 201, 204, 206, 304, 400, 401, 403, 404, 407, 413, 429, 500, 503, 599, 999,
    ] {
        let body = if [204, 304].contains(&status) {
            ""
        } else {
            "{\"a\":1}"
        };
        let server = Server::answering(format!(
            "HTTP/1.1 {status} Whatever\r\nx-amzn-requestid: r-1\r\nx-many: 1\r\nX-Many: 2\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ));
        let response = send(&direct(), &server.url("/")).expect("a response");
        assert_eq!(response.status(), status);
        assert_eq!(response.body().as_ref(), body.as_bytes());
        assert_eq!(response.headers()["x-amzn-requestid"], "r-1");
        let many: Vec<_> = response.headers().get_all("x-many").iter().collect();
        assert_eq!(many, ["1", "2"]);
    }
}

#[test]
fn clause_05_a_whole_response_is_ok_in_every_framing() {
    let check = |answer: &'static [u8], body: &[u8]| {
        check_ok(send(&direct(), &Server::answering(answer).url("/")), body);
    };
    check(OK, b"ok");
    check(b"HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", b"");
    check(b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end");
    check(b"HTTP/1.0 200 OK\r\n\r\nold", b"old");
    check(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n",
        b"abcde",
    );
    check(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\ntrailer: x\r\n\r\n",
        b"a",
    );
    // Whatever is said before the response is not the response.
    check(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
        b"ok",
    );
}

#[test]
fn clause_05_a_response_to_head_has_no_body() {
    let server = Server::answering(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n".as_slice());
    let request = Request::head(server.url("/"))
        .body(Bytes::new())
        .expect("a request");
    let sent = direct().send_blocking(request, &attempt().with_max_body(10));
    check_ok(sent, b"");
}

#[test]
fn clause_05_what_is_not_a_whole_response_is_an_error() {
    use TransportErrorKind::{Closed, InvalidResponse};
    let check = |answer: &[u8], kind: TransportErrorKind| {
        let shown = String::from_utf8_lossy(&answer[..answer.len().min(80)]).into_owned();
        check_kind(
            send(&direct(), &Server::answering(answer).url("/")),
            kind,
            &shown,
        );
    };
    check(b"", Closed);
    check(b"HTTP/1.1 200 OK\r\ncontent-le", Closed);
    check(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok", Closed);
    check(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n", Closed);
    let chunked = |body: &str, kind| {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        check(format!("{head}{body}").as_bytes(), kind);
    };
    chunked("", Closed);
    chunked("5\r\nabc", Closed);
    chunked("2\r\nab\r\n", Closed);
    chunked("zz\r\nab\r\n0\r\n\r\n", InvalidResponse);
    chunked("2\r\nabcd\r\n0\r\n\r\n", InvalidResponse);
    chunked("ffffffffffffffffff\r\nab", InvalidResponse);
    check(b"SSH-2.0-OpenSSH_9.9\r\n\r\n", InvalidResponse);
    check(b"\0\x01\x02\x03garbage\r\n\r\n", InvalidResponse);
    check(b"{\"not\":\"http\"}\r\n\r\n", InvalidResponse);
    check(b"HTTP/1.1 abc OK\r\n\r\n", InvalidResponse);
    check(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", InvalidResponse);
    check(
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        InvalidResponse,
    );
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(1000));
    check(many.as_bytes(), InvalidResponse);
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "y".repeat(2_000_000));
    check(long.as_bytes(), InvalidResponse);
}

#[test]
fn clause_05_a_reset_within_a_body_is_an_error() {
    // A reset needs data that the peer has not read: the end of a request that it answers early.
    let head = "HTTP/1.1 200 OK\r\n\r\nnot all of it";
    let server = Server::start([vec![Step::Send(head.into()), Step::Reset]]);
    let sent = send(&direct(), &server.url("/"));
    check_kind(sent, TransportErrorKind::Closed, "reset");
}

#[test]
fn clause_06_stops_at_the_body_limit() {
    let limit = 1000;
    let length = |n: usize| {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {n}\r\n\r\n");
        [head.as_bytes(), &vec![b'x'; n]].concat()
    };
    let chunked = |n: usize| {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        format!("{head}{}0\r\n\r\n", "1\r\nx\r\n".repeat(n)).into_bytes()
    };
    let to_the_end = |n: usize| [b"HTTP/1.1 200 OK\r\n\r\n", vec![b'x'; n].as_slice()].concat();
    let framings: [&dyn Fn(usize) -> Vec<u8>; 3] = [&length, &chunked, &to_the_end];
    for framing in framings {
        let receive = |n: usize, limit: usize| {
            let server = Server::answering(framing(n));
            direct().send_blocking(get(&server.url("/")), &attempt().with_max_body(limit))
        };
        check_ok(receive(limit, limit), &vec![b'x'; limit]);
        check_ok(receive(limit - 1, limit), &vec![b'x'; limit - 1]);
        check_ok(receive(0, 0), b"");
        check_ok(receive(limit, usize::MAX), &vec![b'x'; limit]);
        check_kind(
            receive(limit + 1, limit),
            TransportErrorKind::BodyTooLarge,
            "one more",
        );
        check_kind(
            receive(1, 0),
            TransportErrorKind::BodyTooLarge,
            "one of none",
        );
    }
}

#[test]
fn clause_06_refuses_an_announced_length_at_once() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n";
    let server = Server::start([vec![Step::Request, Step::Send(head.into()), Step::Hold]]);
    let sent = direct().send_blocking(get(&server.url("/")), &attempt().with_max_body(1000));
    check_kind(sent, TransportErrorKind::BodyTooLarge, "announced");
}

#[test]
fn clause_06_an_announced_length_takes_no_memory() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 4611686018427387904\r\n\r\nx";
    let server = Server::answering(head);
    let sent = direct().send_blocking(get(&server.url("/")), &attempt().with_max_body(usize::MAX));
    check_kind(sent, TransportErrorKind::Closed, "announced");
}

#[test]
fn clause_06_stops_a_body_without_end() {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let kib = format!("400\r\n{}\r\n", "x".repeat(1024));
    let rows = [
        (chunked, kib, TransportErrorKind::BodyTooLarge),
        (
            chunked,
            "1\r\nx\r\n".to_owned(),
            TransportErrorKind::BodyTooLarge,
        ),
        (
            "HTTP/1.1 200 OK\r\n\r\n",
            "x".repeat(1024),
            TransportErrorKind::BodyTooLarge,
        ),
        // Neither is the extension of a chunk.
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;",
            "x".repeat(1024),
            TransportErrorKind::InvalidResponse,
        ),
    ];
    for (head, piece, kind) in rows {
        let what = format!("{head}{}", &piece[..6]);
        let server = Server::start([vec![
            Step::Request,
            Step::Send(head.into()),
            Step::Flood(piece.into()),
        ]]);
        let sent = direct().send_blocking(get(&server.url("/")), &attempt().with_max_body(100_000));
        check_kind(sent, kind, &what);
    }
}

#[test]
fn clause_06_stops_a_head_without_end() {
    for piece in ["x: y\r\n", "y"] {
        let server = Server::start([vec![
            Step::Request,
            Step::Send(b"HTTP/1.1 200 OK\r\nx: ".to_vec()),
            Step::Flood(piece.repeat(100).into()),
        ]]);
        let sent = send(&direct(), &server.url("/"));
        check_kind(sent, TransportErrorKind::InvalidResponse, piece);
    }
}

#[test]
fn clause_07_keeps_the_time_limit_over_the_whole_exchange() {
    enum By {
        Http,
        Https,
        Proxy,
    }
    let send = |text: &str| Step::Send(text.into());
    let drip = |head: &str, piece: &str| vec![Step::Request, send(head), Step::Drip(piece.into())];
    let (pem, tls) = certificate();
    let rows = [
        ("no answer", By::Http, vec![Step::Request, Step::Hold]),
        (
            "a dripping head",
            By::Http,
            drip("HTTP/1.1 200 OK\r\nx: ", "y"),
        ),
        (
            "hints for ever",
            By::Http,
            drip("", "HTTP/1.1 103 Early Hints\r\n\r\n"),
        ),
        (
            "a dripping body",
            By::Http,
            drip("HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n", "x"),
        ),
        (
            "a dripping body to the end",
            By::Http,
            drip("HTTP/1.1 200 OK\r\n\r\n", "x"),
        ),
        (
            "dripping chunks",
            By::Http,
            drip(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                "1\r\nx\r\n",
            ),
        ),
        (
            "dripping trailers",
            By::Http,
            drip(
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n",
                "x: y\r\n",
            ),
        ),
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
            drip("HTTP/1.1 200 OK\r\nx: ", "y"),
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
            By::Http => (options, server.url("/")),
            By::Https => (options, server.https("/")),
            By::Proxy => {
                let proxy = Proxy::parse(&server.address.to_string()).expect("a proxy");
                (
                    options.with_proxy(proxy),
                    "https://service.test/".to_owned(),
                )
            }
        };
        let transport = transport(options);
        let started = Instant::now();
        let sent = transport.send_blocking(get(&uri), &quick());
        let took = started.elapsed();
        check_kind(sent, TransportErrorKind::Timeout, what);
        assert!(
            (quick().timeout..Duration::from_secs(3)).contains(&took),
            "{what}: {took:?}"
        );
    }
}

#[test]
fn clause_07_a_request_that_is_not_read_times_out() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let uri = format!("http://{}/", listener.local_addr().expect("an address"));
    // More than any socket buffers, to a peer that never even accepts.
    let request = Request::post(uri)
        .body(Bytes::from(vec![0; 64 * 1024 * 1024]))
        .expect("a request");
    let sent = direct().send_blocking(request, &quick());
    check_kind(sent, TransportErrorKind::Timeout, "nobody reads");
}

#[test]
fn clause_07_takes_any_limit() {
    let server = Server::answering(OK);
    let longest = attempt().with_timeout(Duration::MAX);
    check_ok(
        direct().send_blocking(get(&server.url("/")), &longest),
        b"ok",
    );
    let server = Server::start([vec![Step::Request, Step::Hold]]);
    let none = attempt().with_timeout(Duration::ZERO);
    let sent = direct().send_blocking(get(&server.url("/")), &none);
    check_kind(sent, TransportErrorKind::Timeout, "no time at all");
}

#[test]
fn clause_08_neither_errors_nor_debug_show_headers_bodies_or_credentials() {
    let chunked = "HTTP/1.1 200 OK\r\nset-cookie: secret\r\ntransfer-encoding: chunked\r\n\r\n";
    let answers = [
        String::new(),
        "secret\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nset-cookie: secret\r\ncontent-length: 9\r\n\r\nsecret".to_owned(),
        "HTTP/1.1 200 OK\r\nx-secret: secret\r\ncontent-length: secret\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nsecret\r\n\r\n".to_owned(),
        format!("{chunked}secret\r\nsecret\r\n"),
        format!("{chunked}6\r\nsecretsecret\r\n"),
        format!("{chunked}6\r\nsecret\r\n6\r\nsecret\r\n0\r\n\r\n"),
    ];
    let transport = direct();
    let secretive = |uri: &str| {
        Request::post(uri)
            .header("authorization", "secret")
            .header("x-amz-security-token", "secret")
            .body(Bytes::from_static(b"secret"))
            .expect("a request")
    };
    for answer in answers {
        let server = Server::answering(answer.clone());
        let sent =
            transport.send_blocking(secretive(&server.url("/")), &attempt().with_max_body(8));
        let error = sent.expect_err(&answer);
        let text = printed(&error);
        assert!(!text.to_ascii_lowercase().contains("secret"), "{text}");
    }
    // A proxy's credentials, and its answer.
    let (pem, _) = certificate();
    for answer in [
        "HTTP/1.1 407 secret\r\nset-cookie: secret\r\n\r\nsecret",
        "secret\r\n\r\n",
        "",
    ] {
        let server = Server::answering(answer);
        let proxy = format!("http://secret:secret@{}", server.address);
        let options = ConnectOptions::new()
            .with_proxy(Proxy::parse(&proxy).expect("a proxy"))
            .with_ca_bundle(pem.clone());
        let transport = self::transport(options);
        let error = transport
            .send_blocking(secretive("https://service.test/"), &attempt())
            .expect_err("no tunnel");
        assert_eq!(error.kind(), TransportErrorKind::Connect);
        let text = format!("{} {transport:?} {transport:#?}", printed(&error));
        assert!(!text.contains("secret"), "{text}");
    }
    let refused = printed(
        &transport
            .send_blocking(secretive("http://me:secret@127.0.0.1:1/"), &attempt())
            .expect_err("refused"),
    );
    assert!(!refused.contains("secret"), "{refused}");
}

/// Takes what a thread logs once it has asked for it, as far as the crate's documentation says that a program may.
struct Lines;

thread_local! {
    static LINES: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

impl Log for Lines {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        let held_back = metadata.target().starts_with("ureq") && metadata.level() == Level::Trace;
        !held_back && LINES.with_borrow(Option::is_some)
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            let line = format!("{}: {}", record.target(), record.args());
            LINES.with_borrow_mut(|lines| lines.get_or_insert_default().push(line));
        }
    }

    fn flush(&self) {}
}

#[test]
fn clause_08_logs_no_secret_if_ureq_is_held_at_debug() {
    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nset-cookie: xyzzy\r\nlocation: /xyzzy\r\nx-amz-x: xyzzy\r\ncontent-length: 5\r\n\r\nxyzzy";
    log::set_logger(&Lines).expect("the only logger");
    log::set_max_level(LevelFilter::Trace);
    LINES.set(Some(Vec::new()));

    let (pem, tls) = certificate();
    let server = Server::start([vec![
        Step::Request,
        Step::Send(b"HTTP/1.1 200 OK\r\nset-cookie: xyzzy\r\n\r\n".to_vec()),
        tls,
        Step::Request,
        Step::Send(ANSWER.to_vec()),
    ]]);
    let proxy = format!("http://xyzzy:xyzzy@{}", server.address);
    let options = ConnectOptions::new()
        .with_ca_bundle(pem)
        .with_proxy(Proxy::parse(&proxy).expect("a proxy"));
    let request = Request::post("https://service.test/?nextToken=xyzzy")
        .header("authorization", "xyzzy")
        .header("x-amz-security-token", "xyzzy")
        .body(Bytes::from_static(b"xyzzy"))
        .expect("a request");
    check_ok(
        transport(options).send_blocking(request, &attempt()),
        b"xyzzy",
    );

    let lines = LINES.take().expect("they were asked for");
    // The test would say nothing if nothing were logged.
    let logged_by = |target| lines.iter().any(|line| line.starts_with(target));
    assert!(logged_by("ureq::") && logged_by("rustls::"));
    // As text, as hexadecimal digits, and as Base64 of the proxy's user and password.
    let forms = ["xyzzy", "78797a7a79", "ehl6enk6ehl6enk="];
    for line in &lines {
        let plain = line.to_ascii_lowercase().replace(' ', "");
        assert!(!forms.iter().any(|form| plain.contains(form)), "{line}");
    }
}

#[test]
fn clause_09_a_failed_exchange_does_not_poison_a_later_one() {
    let failing: [(Vec<Step>, TransportErrorKind); 5] = [
        (vec![Step::Request], TransportErrorKind::Closed),
        (vec![Step::Reset], TransportErrorKind::Closed),
        (vec![Step::Request, Step::Hold], TransportErrorKind::Timeout),
        (
            vec![
                Step::Request,
                Step::Send(b"garbage\r\n\r\n".to_vec()),
                Step::Hold,
            ],
            TransportErrorKind::InvalidResponse,
        ),
        (
            vec![
                Step::Request,
                Step::Send(b"HTTP/1.1 200 OK\r\n\r\n".to_vec()),
                Step::Flood(vec![b'x'; 1024]),
            ],
            TransportErrorKind::BodyTooLarge,
        ),
    ];
    let transport = direct();
    for (script, kind) in failing {
        let answer = [Step::Request, Step::Send(OK.to_vec())];
        let good = [answer.clone(), answer].concat();
        let server = Server::start([script, good]);
        let short = attempt()
            .with_timeout(Duration::from_millis(500))
            .with_max_body(1000);
        check_kind(
            transport.send_blocking(get(&server.url("/")), &short),
            kind,
            "fails",
        );
        for _ in 0..2 {
            check_ok(send(&transport, &server.url("/")), b"ok");
        }
    }
}

#[test]
fn clause_09_many_callers_share_a_transport() {
    const CALLERS: usize = 8;
    const CALLS: usize = 20;
    let script: Vec<_> = (0..CALLERS * CALLS)
        .flat_map(|_| [Step::Request, Step::Send(OK.to_vec())])
        .collect();
    let server = Server::start(vec![script; CALLERS * CALLS]);
    let transport = direct();
    let together = Barrier::new(CALLERS);
    thread::scope(|scope| {
        for caller in 0..CALLERS {
            let (transport, together) = (&transport, &together);
            let root = server.url("");
            scope.spawn(move || {
                together.wait();
                for call in 0..CALLS {
                    let sent = send(transport, &format!("{root}/{caller}/{call}"));
                    check_ok(sent, b"ok");
                }
            });
        }
    });
    let mut lines: Vec<_> = (0..CALLERS * CALLS)
        .map(|_| server.received().parts().0)
        .collect();
    lines.sort();
    lines.dedup();
    assert_eq!(lines.len(), CALLERS * CALLS);
    assert_eq!(server.others(), 0);
}

/// Runs the test of this name again in a process of its own, with these variables: this process's environment is shared
/// by every test. True in that process.
fn in_a_child(name: &str, variables: &[(&str, &str)]) -> bool {
    const CHILD: &str = "OPS_TRANSPORT_TEST_CHILD";
    if env::var_os(CHILD).is_some() {
        return true;
    }
    let output = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", name])
        .env(CHILD, "1")
        .envs(variables.iter().copied())
        .output()
        .expect("it runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}"
    );
    false
}

#[test]
fn clause_10_reads_no_proxy_and_no_bundle_from_the_environment() {
    let nowhere = "http://127.0.0.1:1";
    let variables = [
        ("HTTP_PROXY", nowhere),
        ("http_proxy", nowhere),
        ("HTTPS_PROXY", nowhere),
        ("https_proxy", nowhere),
        ("ALL_PROXY", nowhere),
        ("all_proxy", nowhere),
        ("NO_PROXY", "service.test"),
        ("AWS_CA_BUNDLE", "/nowhere"),
    ];
    if !in_a_child(
        "clause_10_reads_no_proxy_and_no_bundle_from_the_environment",
        &variables,
    ) {
        return;
    }
    let server = Server::answering(OK);
    check_ok(send(&direct(), &server.url("/")), b"ok");

    let (pem, tls) = certificate();
    let script = vec![tls.clone(), Step::Request, Step::Send(OK.to_vec())];
    let server = Server::start([script]);
    let trusting = ConnectOptions::new().with_ca_bundle(pem.clone());
    check_ok(send(&transport(trusting), &server.https("/")), b"ok");

    // A proxy that is an option is not passed over for the sake of NO_PROXY.
    let server = Server::start([tunnelled(tls)]);
    let proxy = Proxy::parse(&server.address.to_string()).expect("a proxy");
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
            let uri = format!("{scheme}://{}/{n}", server.address);
            check_ok(send(&transport, &uri), b"ok");
            let received = server.received();
            assert_eq!(received.connection, 0);
            assert_eq!(received.parts().0, format!("GET /{n} HTTP/1.1"));
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
    let path = env::temp_dir().join(format!("ops-ureq-{}.pem", std::process::id()));
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
        let uri = format!("https://{host}:{}/", server.address.port());
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
        let error = UreqTransport::new(ConnectOptions::new().with_ca_bundle(pem)).expect_err(pem);
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
    let proxy = format!("http://me:s%40crit@{}", server.address);
    let options = ConnectOptions::new()
        .with_ca_bundle(pem)
        .with_proxy(Proxy::parse(&proxy).expect("a proxy"));
    let transport = transport(options);

    // The target's name does not resolve here; that is up to the proxy.
    check_ok(send(&transport, "https://service.test/1?a=b"), b"ok");
    let (line, headers, body) = server.received().parts();
    assert_eq!(line, "CONNECT service.test:443 HTTP/1.1");
    assert_eq!(
        headers,
        [
            "Host: service.test:443",
            "Proxy-Authorization: Basic bWU6c0Bjcml0"
        ]
    );
    assert!(body.is_empty());
    let (line, headers, _) = server.received().parts();
    assert_eq!(line, "GET /1?a=b HTTP/1.1");
    assert_eq!(headers, ["host: service.test"]);

    // The tunnel is reused.
    check_ok(send(&transport, "https://service.test/2"), b"ok");
    assert_eq!(server.received().parts().0, "GET /2 HTTP/1.1");
}

#[test]
fn http_goes_past_the_proxy() {
    let server = Server::answering(OK);
    let options = ConnectOptions::new().with_proxy(Proxy::parse("127.0.0.1:1").expect("a proxy"));
    check_ok(send(&transport(options), &server.url("/")), b"ok");
    assert_eq!(server.received().parts().0, "GET / HTTP/1.1");
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
        let proxy = Proxy::parse(&server.address.to_string()).expect("a proxy");
        let (pem, _) = certificate();
        let options = ConnectOptions::new().with_proxy(proxy).with_ca_bundle(pem);
        let sent = send(&transport(options), "https://service.test/");
        check_kind(sent, TransportErrorKind::Connect, answer);
    }
}
