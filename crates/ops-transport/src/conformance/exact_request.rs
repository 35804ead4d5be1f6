//! Clause 1: sends exactly this request.

use bytes::Bytes;
use http::{HeaderValue, Method, Request};

use super::expect::{At, OK, Outcome, answered, attempt, equal, equal_bytes, fails, get, ok};
use super::{Received, Server, Subject};
use crate::TransportErrorKind;

/// Compares a request with what arrived. Names of headers are of any case; their order counts among those of one name.
///
/// `length_needed` asks for a `content-length`, where the request gives none.
pub(super) fn check_received(
    subject: &Subject,
    received: &Received,
    server: &Server,
    line: &str,
    headers: &[(&str, &str)],
    body: &[u8],
    length_needed: bool,
) -> Outcome {
    equal("the request line", received.line.as_str(), line)?;
    equal_bytes("the body", &received.body, body)?;
    let given = |name: &str| headers.iter().any(|(given, _)| *given == name);
    let own = |value: &str| value.to_owned();
    let mut expected: Vec<_> = headers.iter().map(|&(n, v)| (own(n), own(v))).collect();
    expected.sort_by(|(a, _), (b, _)| a.cmp(b));
    let (sent, added): (Vec<_>, Vec<_>) = received
        .fields()
        .into_iter()
        .partition(|(name, _)| given(name));
    equal("the headers", &sent, &expected)?;

    let host = server.address().to_string();
    let length = body.len().to_string();
    for (n, (name, value)) in added.iter().enumerate() {
        let allowed = match name.as_str() {
            "host" => *value == host,
            "content-length" => *value == length,
            "connection" => true,
            "accept" => subject.adds_accept && value == "*/*",
            _ => false,
        };
        if !allowed || added[..n].iter().any(|(before, _)| before == name) {
            return Err(format!("the header {name}: {value} was added"));
        }
    }
    let has = |name: &str| given(name) || added.iter().any(|(added, _)| added == name);
    for (name, needed) in [("host", true), ("content-length", length_needed)] {
        if needed && !has(name) {
            return Err(format!("there is no header {name}"));
        }
    }
    Ok(())
}

pub(super) fn clause_01_sends_exactly_this_request(subject: &Subject) -> Outcome {
    let check = |method: &str,
                 path: &str,
                 headers: &[(&'static str, &'static str)],
                 body: &'static [u8],
                 length_needed: bool| {
        let server = Server::answering(OK);
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = Request::builder().method(&method).uri(server.url(path));
        for &(name, value) in headers {
            // One byte per char.
            let value: Vec<u8> = value.chars().map(|c| c as u8).collect();
            request = request.header(name, HeaderValue::try_from(value).expect("a value"));
        }
        let request = request.body(Bytes::from_static(body)).expect("a request");
        let line = format!("{method} {path} HTTP/1.1");
        ok(subject.fresh().send(request, &attempt()), b"ok").at(&line)?;
        let received = server.received();
        check_received(
            subject,
            &received,
            &server,
            &line,
            headers,
            body,
            length_needed,
        )
        .at(&line)
    };
    let arn = "/v1/connectors/arn%3Aaws%3Akafkaconnect%3Aus-east-1%3A123%3Aconnector%2Fa.b_c~d-e%2F1/operations";
    let signature = "AWS4-HMAC-SHA256 Credential=a/b, Signature=c";
    check(
        "GET",
        &format!("{arn}?maxResults=10&nextToken="),
        &[("authorization", signature)],
        b"",
        false,
    )?;
    check(
        "POST",
        "/",
        &[
            ("x-amz-target", "Route53AutoNaming_v20170314.ListOperations"),
            ("content-type", "application/x-amz-json-1.1"),
        ],
        b"{\"MaxResults\":1}\r\n\0\xff",
        true,
    )?;
    // Lower and upper case, signs, and what looks as if it could be normalised.
    let path = "/a%2fb%2F%41//c/%2e%2e%2e/?a=%20&&b&c==&d=a/b?";
    check("GET", path, &[], b"", false)?;
    // Values stay bytes; several of one name stay several; a length that is given is not given again.
    let headers = [
        ("x-bytes", "a\u{e9} \"\tb"),
        ("x-empty", ""),
        ("x-many", "2"),
        ("x-many", "1"),
        ("accept", "application/json"),
        ("user-agent", "ops/1"),
        ("content-length", "3"),
    ];
    check("POST", "/x", &headers, b"abc", true)?;
    check("DELETE", "/x", &[], b"", false)?;
    check("GET", "/x", &[], b"abc", true)?;
    // RFC 9110, section 8.6: an empty body of a POST has a length, too. Servers answer 411 without.
    check("POST", "/x", &[], b"", true)?;
    check("PURGE", "/x", &[], b"", false)
}

/// ops builds no path with a dot segment. Clients that resolve one, also in this form, refuse it.
pub(super) fn clause_01_resolves_no_dot_segments(subject: &Subject) -> Outcome {
    for path in ["/a/%2e%2e/b", "/a/%2E/b", "/a/.%2e"] {
        let server = Server::answering(OK);
        match subject.fresh().send(get(&server.url(path)), &attempt()) {
            Ok(_) => {
                let line = format!("GET {path} HTTP/1.1");
                equal("the request line", &server.received().line, &line)?;
            }
            refused => {
                fails(refused, TransportErrorKind::Request).at(path)?;
                equal("the requests", &server.arrived(), &[]).at(path)?;
            }
        }
    }
    Ok(())
}

pub(super) fn clause_01_keeps_a_host_header_that_is_given(subject: &Subject) -> Outcome {
    let server = Server::answering(OK);
    let mut request = get(&server.url("/"));
    request
        .headers_mut()
        .insert("host", HeaderValue::from_static("service.test"));
    ok(subject.fresh().send(request, &attempt()), b"ok")?;
    let headers = [("host", "service.test")];
    let line = "GET / HTTP/1.1";
    check_received(
        subject,
        &server.received(),
        &server,
        line,
        &headers,
        b"",
        false,
    )
}

pub(super) fn clause_01_sends_a_large_body_whole(subject: &Subject) -> Outcome {
    let server = Server::answering(OK);
    let body: Vec<u8> = (0..1_000_000_u32).map(|n| n.to_le_bytes()[1]).collect();
    let request = Request::post(server.url("/"))
        .body(Bytes::from(body.clone()))
        .expect("a request");
    ok(subject.fresh().send(request, &attempt()), b"ok")?;
    let line = "POST / HTTP/1.1";
    check_received(subject, &server.received(), &server, line, &[], &body, true)
}

pub(super) fn clause_01_refuses_what_it_would_send_otherwise(subject: &Subject) -> Outcome {
    let check = |uri: &str, headers: &[(&'static str, &'static str)]| {
        let mut request = get(uri);
        for &(name, value) in headers {
            let value = HeaderValue::from_static(value);
            request.headers_mut().append(name, value);
        }
        let sent = subject.fresh().send(request, &attempt());
        fails(sent, TransportErrorKind::Request).at(format_args!("{uri} {headers:?}"))
    };
    check("/relative", &[])?;
    check("ftp://127.0.0.1/", &[])?;
    check("http://me:secret@127.0.0.1:1/", &[])?;
    let uri = "http://127.0.0.1:1/";
    check(uri, &[("transfer-encoding", "chunked")])?;
    check(uri, &[("content-length", "1")])?;
    check(uri, &[("content-length", "x")])?;
    check(uri, &[("host", "a"), ("host", "b")])?;
    // It is the request that it refuses, not what it sends to nobody.
    ok(answered(subject, OK, &attempt()), b"ok")
}
