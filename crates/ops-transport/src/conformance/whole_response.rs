//! Clauses 4 and 5: the response as it is, if it is whole.

use bytes::Bytes;
use http::Request;

use super::exact_request::check_received;
use super::expect::{
    At, OK, Outcome, answered, attempt, equal, equal_bytes, fails, get, ok, response, shown, values,
};
use super::{Server, Step, Subject};
use crate::TransportErrorKind::{self, Closed, InvalidResponse};

pub(super) fn clause_04_a_compressed_body_stays_compressed(subject: &Subject) -> Outcome {
    let body = b"\x1f\x8b\x08\x00not really";
    for encoding in ["gzip", "br", "deflate", "zstd"] {
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-encoding: {encoding}\r\ncontent-type: text/plain; charset=utf-16\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let server = Server::answering([head.as_bytes(), body].concat());
        let sent = subject.fresh().send(get(&server.url("/")), &attempt());
        let response = response(sent).at(encoding)?;
        for (name, expected) in [("content-encoding", encoding), ("content-length", "14")] {
            equal(name, &values(&response, name), &[expected]).at(encoding)?;
        }
        equal_bytes("the body", response.body(), body).at(encoding)?;
        let line = "GET / HTTP/1.1";
        check_received(subject, &server.received(), &server, line, &[], b"", false).at(encoding)?;
    }
    Ok(())
}

pub(super) fn clause_05_any_status_is_ok(subject: &Subject) -> Outcome {
    for status in [
        200, 201, 204, 206, 304, 400, 401, 403, 404, 407, 413, 429, 500, 503, 599, 999,
    ] {
        let body = match status {
            204 | 304 => "",
            _ => "{\"a\":1}",
        };
        let answer = format!(
            "HTTP/1.1 {status} Whatever\r\nx-amzn-requestid: r-1\r\nx-many: 1\r\nX-Many: 2\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let sent = answered(subject, answer.as_bytes(), &attempt());
        let response = response(sent).at(status)?;
        equal("the status", &response.status().as_u16(), &status)?;
        equal_bytes("the body", response.body(), body.as_bytes()).at(status)?;
        equal(
            "x-amzn-requestid",
            &values(&response, "x-amzn-requestid"),
            &["r-1"],
        )
        .at(status)?;
        equal("x-many", &values(&response, "x-many"), &["1", "2"]).at(status)?;
    }
    Ok(())
}

pub(super) fn clause_05_a_whole_response_is_ok_in_every_framing(subject: &Subject) -> Outcome {
    let check = |answer: &[u8], body: &[u8]| {
        ok(answered(subject, answer, &attempt()), body).at(shown(answer))
    };
    check(OK, b"ok")?;
    check(b"HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n", b"")?;
    check(b"HTTP/1.1 200 OK\r\n\r\nuntil the end", b"until the end")?;
    check(b"HTTP/1.0 200 OK\r\n\r\nold", b"old")?;
    check(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n3;x=y\r\ncde\r\n0\r\n\r\n",
        b"abcde",
    )?;
    check(
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\ntrailer: x\r\n\r\n",
        b"a",
    )?;
    // Whatever is said before the response is not the response.
    check(
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
        b"ok",
    )
}

pub(super) fn clause_05_a_response_to_head_has_no_body(subject: &Subject) -> Outcome {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n");
    let request = Request::head(server.url("/"))
        .body(Bytes::new())
        .expect("a request");
    let attempt = attempt().with_max_body(10);
    ok(subject.fresh().send(request, &attempt), b"")
}

pub(super) fn clause_05_what_is_not_a_whole_response_is_an_error(subject: &Subject) -> Outcome {
    let check = |answer: &[u8], kind: TransportErrorKind| {
        fails(answered(subject, answer, &attempt()), kind).at(shown(answer))
    };
    check(b"", Closed)?;
    check(b"HTTP/1.1 200 OK\r\ncontent-le", Closed)?;
    check(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok", Closed)?;
    check(b"HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\n", Closed)?;
    let chunked = |body: &str, kind| {
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        check(format!("{head}{body}").as_bytes(), kind)
    };
    chunked("", Closed)?;
    chunked("5\r\nabc", Closed)?;
    chunked("2\r\nab\r\n", Closed)?;
    chunked("zz\r\nab\r\n0\r\n\r\n", InvalidResponse)?;
    chunked("2\r\nabcd\r\n0\r\n\r\n", InvalidResponse)?;
    chunked("ffffffffffffffffff\r\nab", InvalidResponse)?;
    check(b"SSH-2.0-OpenSSH_9.9\r\n\r\n", InvalidResponse)?;
    check(b"\0\x01\x02\x03garbage\r\n\r\n", InvalidResponse)?;
    check(b"{\"not\":\"http\"}\r\n\r\n", InvalidResponse)?;
    check(b"HTTP/1.1 abc OK\r\n\r\n", InvalidResponse)?;
    check(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", InvalidResponse)?;
    check(
        b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        InvalidResponse,
    )
}

pub(super) fn clause_05_a_reset_within_a_body_is_an_error(subject: &Subject) -> Outcome {
    // A reset needs data that the peer has not read: the end of a request that it answers early.
    let head = "HTTP/1.1 200 OK\r\n\r\nnot all of it";
    let server = Server::start([vec![Step::Send(head.into()), Step::Reset]]);
    let sent = subject.fresh().send(get(&server.url("/")), &attempt());
    fails(sent, Closed)
}
