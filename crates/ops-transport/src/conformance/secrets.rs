//! Clause 8: never logs or prints headers or bodies.

use std::error::Error;

use bytes::Bytes;
use http::Request;

use super::expect::{At, OK, Outcome, attempt, ok};
use super::{Server, Subject, in_a_child};
use crate::TransportError;

/// What is in every header and body of these checks. It is no part of any other text.
const SECRET: &str = "xyzzy";

pub(super) fn clause_08_neither_errors_nor_debug_show_headers_or_bodies(
    subject: &Subject,
) -> Outcome {
    let chunked = "HTTP/1.1 200 OK\r\nset-cookie: xyzzy\r\ntransfer-encoding: chunked\r\n\r\n";
    let answers = [
        String::new(),
        "xyzzy\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nset-cookie: xyzzy\r\ncontent-length: 9\r\n\r\nxyzzy".to_owned(),
        "HTTP/1.1 200 OK\r\nx-xyzzy: xyzzy\r\ncontent-length: xyzzy\r\n\r\n".to_owned(),
        "HTTP/1.1 200 OK\r\nxyzzy\r\n\r\n".to_owned(),
        format!("{chunked}xyzzy\r\nxyzzy\r\n"),
        format!("{chunked}5\r\nxyzzyxyzzy\r\n"),
        format!("{chunked}5\r\nxyzzy\r\n5\r\nxyzzy\r\n0\r\n\r\n"),
    ];
    let transport = subject.fresh();
    let attempt = attempt().with_max_body(8);
    let check = |row: &str, uri: &str| {
        let Err(error) = transport.send(secretive(uri), &attempt) else {
            return Err(format!("{row:?}: expected an error, got a response"));
        };
        holds_no_secret(&printed(&error)).at(format_args!("the error on {row:?}"))
    };
    for answer in answers {
        let server = Server::answering(answer.clone());
        check(&answer, &server.url("/"))?;
    }
    let refused = "http://me:xyzzy@127.0.0.1:1/";
    check(refused, refused)?;
    let server = Server::answering(OK);
    ok(transport.send(secretive(&server.url("/")), &attempt), b"ok")?;
    holds_no_secret(&format!("{transport:?} {transport:#?}")).at("Debug of the transport")
}

/// In a process of its own, where everything that is printed can be had.
pub(super) fn clause_08_prints_nothing(subject: &Subject) -> Outcome {
    let Some(test) = &subject.test else {
        return Ok(());
    };
    // The variables by which programs choose what they log, in case that a transport obeys one.
    let variables = [("RUST_LOG", "trace"), ("DEBUG", "1")];
    if let Some(child) = in_a_child(test, &variables) {
        if !child.passed {
            return Err(child.output);
        }
        return holds_no_secret(&child.output).at("what is printed");
    }
    let transport = subject.fresh();
    let answer = "HTTP/1.1 200 OK\r\nset-cookie: xyzzy\r\ncontent-length: 5\r\n\r\nxyzzy";
    let server = Server::answering(answer);
    let sent = transport.send(secretive(&server.url("/?nextToken=xyzzy")), &attempt());
    ok(sent, b"xyzzy").map_err(|what| what.replace(SECRET, "…"))?;
    for answer in ["xyzzy\r\n\r\n", &answer[..answer.len() - 1]] {
        let server = Server::answering(answer);
        let sent = transport.send(secretive(&server.url("/")), &attempt());
        if sent.is_ok() {
            return Err("a broken response is taken for a whole one".to_owned());
        }
    }
    Ok(())
}

fn secretive(uri: &str) -> Request<Bytes> {
    Request::post(uri)
        .header("authorization", SECRET)
        .header("x-amz-security-token", SECRET)
        .body(Bytes::from_static(SECRET.as_bytes()))
        .expect("a request")
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

fn holds_no_secret(text: &str) -> Outcome {
    let plain = text.to_ascii_lowercase();
    // As text, as hexadecimal digits, and as a list of numbers.
    for form in ["xyzzy", "78797a7a79", "120, 121, 122, 122, 121"] {
        if plain.replace(' ', "").contains(&form.replace(' ', "")) {
            return Err(format!(
                "{SECRET}, which was in headers and bodies, is shown: {text}"
            ));
        }
    }
    Ok(())
}
