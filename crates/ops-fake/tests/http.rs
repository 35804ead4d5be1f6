//! The server, by raw bytes over sockets. Garbage and crowds are in the cross-crate tests.
#![cfg(test)]

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use ops_fake::{FakeServer, FakeService, Fault, VirtualClock};

const LIST: &[u8] = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-amz-json-1.1\r\n\
    X-Amz-Target: Route53AutoNaming_v20170314.ListOperations\r\nContent-Length: 16\r\n\r\n{\"MaxResults\":2}";
const BODY_MAX: usize = 1024 * 1024;

fn loopback() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

fn server() -> FakeServer {
    let service = FakeService::builder()
        .clock(VirtualClock::new())
        .record(100)
        .build();
    FakeServer::start(service, loopback()).unwrap()
}

/// A connection on which a missing answer fails the test instead of hanging it.
fn connect(server: &FakeServer) -> TcpStream {
    let stream = TcpStream::connect(server.addr()).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
        .set_write_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
}

/// Reads one response: its head in lower case, and its body.
fn read(stream: &mut TcpStream) -> (String, String) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let (_, length) = head.split_once("\r\ncontent-length: ").unwrap();
    let mut body = vec![0; length.lines().next().unwrap().parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    (head, String::from_utf8(body).unwrap())
}

/// Sends a whole request over a connection of its own, and expects the list.
fn check_serves(server: &FakeServer) {
    let mut stream = connect(server);
    stream.write_all(LIST).unwrap();
    let (head, body) = read(&mut stream);
    assert!(head.starts_with("http/1.1 200 ok\r\n"), "{head}");
    assert!(
        body.starts_with(r#"{"Operations":[{"Id":"76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample""#),
        "{body}"
    );
}

#[test]
fn a_connection_serves_many_requests_and_every_answer_is_whole() {
    let server = server();
    let mut stream = connect(&server);
    for _ in 0..3 {
        stream.write_all(LIST).unwrap();
        let (head, body) = read(&mut stream);
        assert!(head.starts_with("http/1.1 200 ok\r\n"), "{head}");
        assert!(
            head.contains("\r\ncontent-type: application/x-amz-json-1.1\r\n"),
            "{head}"
        );
        assert!(head.contains("\r\nx-amzn-requestid: "), "{head}");
        assert_eq!(head.matches("\r\ndate: ").count(), 1, "{head}");
        assert!(
            head.contains("\r\ndate: thu, 01 jan 2026 00:00:00 gmt\r\n"),
            "{head}"
        );
        assert!(body.contains(r#""NextToken":""#), "{body}");
    }
    stream
        .write_all(
            b"GET /v1/connectors/arn%3Aaws%2Fx/operations HTTP/1.1\r\nHost: localhost\r\n\r\n",
        )
        .unwrap();
    let (head, body) = read(&mut stream);
    assert!(head.starts_with("http/1.1 404 not found\r\n"), "{head}");
    assert!(
        head.contains("\r\nx-amzn-errortype: notfoundexception\r\n"),
        "{head}"
    );
    assert!(
        body.starts_with(r#"{"message":"there is no connector `arn:aws/x`; "#),
        "{body}"
    );
}

#[test]
fn pipelined_and_chunked_requests_are_served() {
    let server = server();
    let mut stream = connect(&server);
    let chunked = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\
        X-Amz-Target: Route53AutoNaming_v20170314.ListOperations\r\n\r\n\
        1\r\n{\r\n9\r\n\"MaxResul\r\n6\r\nts\":1}\r\n0\r\n\r\n";
    stream.write_all(&[LIST, chunked, LIST].concat()).unwrap();
    let sizes = [(); 3].map(|()| read(&mut stream).1.matches("\"Id\"").count());
    assert_eq!(sizes, [2, 1, 2]);
}

#[test]
fn requests_are_recorded_as_they_came() {
    let service = FakeService::builder().record(10).build();
    let server = FakeServer::start(service.clone(), loopback()).unwrap();
    let mut stream = connect(&server);
    stream
        .write_all(
            b"POST /a%2Fb/../c?x=%20&y= HTTP/1.1\r\nHost: h:1\r\nAuthorization: AWS4-HMAC-SHA256 x\r\n\
              X-Twice: 1\r\nX-Twice: 2\r\nContent-Length: 4\r\n\r\n\x00\xff{}",
        )
        .unwrap();
    read(&mut stream);
    let requests = service.requests();
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0].method(), "POST");
    assert_eq!(requests[0].uri(), "/a%2Fb/../c?x=%20&y=");
    let headers: Vec<(&str, &str)> = requests[0]
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap()))
        .collect();
    assert_eq!(
        headers,
        [
            ("host", "h:1"),
            ("authorization", "AWS4-HMAC-SHA256 x"),
            ("x-twice", "1"),
            ("x-twice", "2"),
            ("content-length", "4"),
        ]
    );
    assert_eq!(&requests[0].body()[..], b"\x00\xff{}");
}

#[test]
fn a_body_above_1_mib_is_answered_with_413_even_to_a_client_that_is_still_writing() {
    let server = server();
    let send = |length: usize| {
        let mut stream = connect(&server);
        let head = format!(
            "POST / HTTP/1.1\r\nHost: h\r\nX-Amz-Target: Route53AutoNaming_v20170314.ListOperations\r\n\
             Content-Length: {length}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&vec![b' '; length]).unwrap();
        let (head, body) = read(&mut stream);
        // The connection goes on.
        stream.write_all(LIST).unwrap();
        assert!(read(&mut stream).0.starts_with("http/1.1 200 "));
        (head.lines().next().unwrap().to_owned(), body)
    };
    assert_eq!(send(BODY_MAX).0, "http/1.1 400 bad request");
    for length in [BODY_MAX + 1, 16 * BODY_MAX] {
        let (status, body) = send(length);
        assert_eq!(status, "http/1.1 413 payload too large");
        assert_eq!(body, "the fake takes bodies of 1 MiB at most\n");
    }
}

#[test]
fn a_client_that_has_shut_down_its_side_still_gets_its_answer() {
    let server = server();
    let mut stream = connect(&server);
    stream.write_all(LIST).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
}

#[test]
fn only_loopback_addresses_unless_asked_for_more() {
    for addr in [
        "0.0.0.0:0",
        "192.0.2.1:80",
        "[::]:0",
        "[::ffff:192.0.2.1]:0",
    ] {
        let error = FakeServer::start(FakeService::new(), addr.parse().unwrap()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{addr}");
        assert!(
            error.to_string().contains("FakeServer::start_exposed"),
            "{error}"
        );
    }
    let server =
        FakeServer::start_exposed(FakeService::new(), "0.0.0.0:0".parse().unwrap()).unwrap();
    let mut stream = TcpStream::connect(("127.0.0.1", server.addr().port())).unwrap();
    stream.write_all(LIST).unwrap();
    assert!(read(&mut stream).0.starts_with("http/1.1 200 "));
}

#[test]
fn the_url_names_the_address() {
    let server = server();
    assert_ne!(server.addr().port(), 0);
    assert_eq!(
        server.url(),
        format!("http://127.0.0.1:{}", server.addr().port())
    );
    assert_eq!(
        format!("{server:?}"),
        format!("FakeServer {{ addr: {}, .. }}", server.addr())
    );
    // Not every machine has IPv6.
    if let Ok(server) = FakeServer::start(FakeService::new(), "[::1]:0".parse().unwrap()) {
        assert_eq!(
            server.url(),
            format!("http://[::1]:{}", server.addr().port())
        );
        check_serves(&server);
    }
}

#[test]
fn an_address_in_use_is_an_error() {
    let server = server();
    let error = FakeServer::start(FakeService::new(), server.addr()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::AddrInUse);
}

#[test]
fn an_end_closes_every_connection_and_frees_the_address() {
    // An address of its own where there is one: other tests take free ports of the usual one.
    let server = FakeServer::start(FakeService::new(), "127.0.0.7:0".parse().unwrap())
        .unwrap_or_else(|_| server());
    let addr = server.addr();
    let (mut idle, mut used, mut half) = (connect(&server), connect(&server), connect(&server));
    used.write_all(LIST).unwrap();
    read(&mut used);
    half.write_all(&LIST[..40]).unwrap();
    server.stop();
    for stream in [&mut idle, &mut used, &mut half] {
        // A reset or the end: nothing more comes.
        assert_eq!(stream.read(&mut [0; 1]).unwrap_or(0), 0);
    }
    assert!(TcpStream::connect(addr).is_err());
    let again = FakeServer::start(FakeService::new(), addr).unwrap();
    check_serves(&again);
}

#[test]
fn servers_of_one_service_share_it() {
    let service = FakeService::builder().record(10).build();
    let servers = [(); 2].map(|()| FakeServer::start(service.clone(), loopback()).unwrap());
    servers.iter().for_each(check_serves);
    assert_eq!(service.requests().len(), 2);
}

/// What a client reads that takes 100 kB at most, and how that ends.
fn read_faulty(fault: Fault) -> (Vec<u8>, Option<io::ErrorKind>) {
    let service = FakeService::builder()
        .clock(VirtualClock::new())
        .faults([Some(fault)])
        .build();
    let server = FakeServer::start(service, loopback()).unwrap();
    let mut stream = connect(&server);
    stream.write_all(LIST).unwrap();
    let mut answer = Vec::new();
    let end = (&mut stream).take(100_000).read_to_end(&mut answer);
    drop(stream);
    // The fault costs its own connection and no other.
    check_serves(&server);
    (answer, end.err().map(|error| error.kind()))
}

#[test]
fn a_fault_of_the_wire_breaks_the_response_where_it_says() {
    use io::ErrorKind::ConnectionReset;
    let (right, _) = read_faulty(Fault::Continue);
    let right = right
        .strip_prefix(b"HTTP/1.1 100 Continue\r\n\r\n")
        .unwrap();
    let right = String::from_utf8(right.to_vec()).unwrap();
    let whole = right.replace("connection: close\r\n", "");
    let (head, body) = whole.split_at(whole.find("\r\n\r\n").unwrap() + 4);
    assert!(
        head.starts_with("HTTP/1.1 200 OK\r\ncontent-type: "),
        "{head}"
    );
    assert!(head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())));
    assert!(body.starts_with(r#"{"Operations":[{"Id":""#) && body.ends_with('}'));

    let check = |fault: Fault, expected: &str, end: Option<io::ErrorKind>| {
        let (answer, ended) = read_faulty(fault.clone());
        assert_eq!(String::from_utf8(answer).unwrap(), expected, "{fault:?}");
        assert_eq!(ended, end, "{fault:?}");
    };
    let half_body = format!("{head}{}", &body[..body.len() / 2]);
    check(Fault::Refuse, "", Some(ConnectionReset));
    check(Fault::ResetBeforeHead, "", Some(ConnectionReset));
    check(
        Fault::ResetInHead,
        &head[..head.len() / 2],
        Some(ConnectionReset),
    );
    check(Fault::ResetAfterHead, head, Some(ConnectionReset));
    check(Fault::ResetInBody, &half_body, Some(ConnectionReset));
    check(Fault::TruncatedBody, &half_body, None);
    let pause = Duration::ZERO;
    check(Fault::SlowDrip { pause }, &right, None);

    let (garbage, end) = read_faulty(Fault::Garbage);
    assert!(!garbage.starts_with(b"HTTP/") && end.is_none());
    for (fault, start) in [
        (
            Fault::HugeBody,
            "\r\ncontent-length: 1099511627776\r\n\r\n    ",
        ),
        (
            Fault::EndlessBody,
            "\r\ntransfer-encoding: chunked\r\n\r\n1000\r\n    ",
        ),
        (Fault::HeaderFlood, "HTTP/1.1 200 OK\r\nx-flood: "),
    ] {
        let (answer, end) = read_faulty(fault.clone());
        assert_eq!((answer.len(), end), (100_000, None), "{fault:?}");
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.contains(start), "{fault:?}");
    }
}

#[test]
fn what_follows_an_overlong_body_is_another_response_on_an_open_connection() {
    let service = FakeService::builder()
        .faults([Some(Fault::OverlongBody)])
        .build();
    let server = FakeServer::start(service, loopback()).unwrap();
    let mut stream = connect(&server);
    stream.write_all(LIST).unwrap();
    assert!(read(&mut stream).1.contains("kexample"));
    assert_eq!(read(&mut stream).1, "{}");
    stream
        .set_read_timeout(Some(Duration::from_millis(50)))
        .unwrap();
    let open = stream.read(&mut [0]).unwrap_err().kind();
    assert_eq!(open, io::ErrorKind::WouldBlock);
}

#[test]
fn a_server_stops_in_the_middle_of_a_fault() {
    for fault in [
        Fault::SlowDrip {
            pause: Duration::from_secs(3600),
        },
        Fault::OverlongBody,
        Fault::EndlessBody,
    ] {
        let service = FakeService::builder().faults([Some(fault)]).build();
        let server = FakeServer::start(service, loopback()).unwrap();
        let mut stream = connect(&server);
        stream.write_all(LIST).unwrap();
        stream.read_exact(&mut [0]).unwrap();
        server.stop();
        // What was under way, and then the end or a reset: nothing hangs.
        let end = stream.read_to_end(&mut Vec::new()).err();
        assert!(end.is_none_or(|error| error.kind() == io::ErrorKind::ConnectionReset));
    }
}

/// A request to the control API with these headers: the status, and the body.
fn control(server: &FakeServer, line: &str, headers: &str, body: &str) -> (u16, String) {
    let mut stream = connect(server);
    let length = body.len();
    write!(
        stream,
        "{line} HTTP/1.1\r\n{headers}content-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let (head, body) = read(&mut stream);
    (head[9..12].parse().unwrap(), body)
}

const KEY: &str = "host: localhost\r\nx-ops-fake: 1\r\n";

#[test]
fn a_test_in_any_language_drives_the_service() {
    let server = server();
    let act = |line: &str, body: &str| {
        let (status, body) = control(&server, &format!("POST /_ops-fake/{line}"), KEY, body);
        assert_eq!((status, &body[..8]), (200, r#"{"now":""#), "{line}: {body}");
    };
    let dump = || control(&server, "GET /_ops-fake/dump", KEY, "").1;
    let before = dump();
    act(
        "cloud-map/operations",
        r#"{"Id": "op-1", "Status": "SUBMITTED", "life": [{"after": 5, "state": "SUCCESS"}]}"#,
    );
    assert!(dump().contains(r#""Id":"op-1","#), "{}", dump());
    assert!(dump().contains(r#""Status":"SUBMITTED""#));
    act("advance", r#"{"seconds": 5}"#);
    assert!(!dump().contains(r#""Status":"SUBMITTED""#));
    act(
        "cloud-map/fail",
        r#"{"id": "op-1", "code": "ACCESS_DENIED", "message": "no"}"#,
    );
    assert!(dump().contains(r#""ErrorCode":"ACCESS_DENIED""#));
    act(
        "kafka-connect/operations",
        r#"{"connectorOperationArn": "arn-1", "connectorOperationState": "PENDING"}"#,
    );
    act(
        "kafka-connect/fail",
        r#"{"arn": "arn-1", "state": "RESTART_FAILED", "code": "E", "message": "m"}"#,
    );
    assert!(dump().contains(r#""connectorOperationState":"RESTART_FAILED""#));

    act(
        "faults",
        r#"["internalError", {"error": {"status": 400, "code": "ThrottlingException"}}]"#,
    );
    for expected in ["500", "400", "200"] {
        let mut stream = connect(&server);
        stream.write_all(LIST).unwrap();
        let (head, _) = read(&mut stream);
        assert_eq!(&head[9..12], expected);
    }
    act("faults", r#"["garbage"]"#);
    act("reset", "");
    assert_eq!(dump(), before);
    check_serves(&server);
}

#[test]
fn the_control_api_says_what_is_wrong() {
    let server = server();
    let check = |line: &str, body: &str, status, message: &str| {
        let (code, body) = control(&server, line, KEY, body);
        assert_eq!(code, status, "{line}: {body}");
        assert!(body.contains(message), "{line}: {body}");
    };
    check("GET /_ops-fake/nope", "", 404, "POST cloud-map/operations");
    check("GET /_ops-fake/reset", "", 404, "reset");
    check("POST /_ops-fake/advance", "", 400, "EOF");
    check(
        "POST /_ops-fake/advance",
        r#"{"seconds": -1}"#,
        400,
        "seconds: -1 is no number of seconds",
    );
    check(
        "POST /_ops-fake/faults",
        r#"["nope"]"#,
        400,
        "[0]: unknown variant",
    );
    check(
        "POST /_ops-fake/cloud-map/operations",
        r#"{"Id": "a"}"#,
        400,
        "missing field `Status`",
    );
    let twice = r#"{"Id": "76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample", "Status": "FAIL"}"#;
    check(
        "POST /_ops-fake/cloud-map/operations",
        twice,
        409,
        "already",
    );
    let nobody = r#"{"id": "nope", "code": "c", "message": "m"}"#;
    check(
        "POST /_ops-fake/cloud-map/fail",
        nobody,
        404,
        "there is no operation `nope`",
    );
}

#[test]
fn no_web_page_can_drive_the_service() {
    let server = server();
    for (headers, status) in [
        (KEY, 200),
        ("host: 127.0.0.1:8080\r\nx-ops-fake: \r\n", 200),
        ("host: [::1]:8080\r\nx-ops-fake: 1\r\n", 200),
        ("host: localhost\r\n", 403),
        ("host: rebound.example.com\r\nx-ops-fake: 1\r\n", 403),
        ("host: 192.168.0.1\r\nx-ops-fake: 1\r\n", 403),
        (
            "host: localhost\r\nx-ops-fake: 1\r\norigin: http://example.com\r\n",
            403,
        ),
        ("x-ops-fake: 1\r\n", 403),
        // What a browser asks first, for a page that would send the header.
        (
            "host: localhost\r\naccess-control-request-headers: x-ops-fake\r\n",
            403,
        ),
    ] {
        let (code, body) = control(&server, "POST /_ops-fake/reset", headers, "");
        assert_eq!(code, status, "{headers}: {body}");
    }
}
