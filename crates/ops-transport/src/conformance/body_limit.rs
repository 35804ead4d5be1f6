//! Clause 6: stops at the body limit.

use super::expect::{At, Outcome, Sent, answered, attempt, fails, get, ok};
use super::{Server, Step, Subject};
use crate::Attempt;
use crate::TransportErrorKind::{BodyTooLarge, Closed, InvalidResponse};

pub(super) fn clause_06_stops_at_the_body_limit(subject: &Subject) -> Outcome {
    let limit = 1000;
    let framings: [fn(usize) -> Vec<u8>; 3] = [with_length, in_chunks, to_the_end];
    for (framing, what) in framings
        .iter()
        .zip(["with a length", "in chunks", "to the end"])
    {
        let receive = |n: usize, limit: usize| {
            let attempt = attempt().with_max_body(limit);
            answered(subject, &framing(n), &attempt)
        };
        let fits = |n: usize, limit: usize| {
            let row = format!("{n} of {limit} bytes {what}");
            ok(receive(n, limit), &vec![b'x'; n]).at(row)
        };
        let exceeds = |n: usize, limit: usize| {
            let row = format!("{n} of {limit} bytes {what}");
            fails(receive(n, limit), BodyTooLarge).at(row)
        };
        fits(limit, limit)?;
        fits(limit - 1, limit)?;
        fits(0, 0)?;
        fits(limit, usize::MAX)?;
        exceeds(limit + 1, limit)?;
        exceeds(1, 0)?;
    }
    Ok(())
}

fn with_length(n: usize) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {n}\r\n\r\n");
    [head.into_bytes(), vec![b'x'; n]].concat()
}

fn in_chunks(n: usize) -> Vec<u8> {
    let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    format!("{head}{}0\r\n\r\n", "1\r\nx\r\n".repeat(n)).into_bytes()
}

fn to_the_end(n: usize) -> Vec<u8> {
    [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; n]].concat()
}

pub(super) fn clause_06_refuses_an_announced_length_at_once(subject: &Subject) -> Outcome {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n";
    let script = vec![Step::Request, Step::Send(head.into()), Step::Hold];
    fails(
        served(subject, script, &attempt().with_max_body(1000)),
        BodyTooLarge,
    )
}

pub(super) fn clause_06_an_announced_length_takes_no_memory(subject: &Subject) -> Outcome {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 4611686018427387904\r\n\r\nx";
    let attempt = attempt().with_max_body(usize::MAX);
    fails(answered(subject, answer, &attempt), Closed)
}

pub(super) fn clause_06_stops_a_body_without_end(subject: &Subject) -> Outcome {
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    let extension = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;";
    let to_the_end = "HTTP/1.1 200 OK\r\n\r\n";
    let kib = "x".repeat(1024);
    let rows = [
        ("chunks", chunked, format!("400\r\n{kib}\r\n"), BodyTooLarge),
        (
            "small chunks",
            chunked,
            "1\r\nx\r\n".to_owned(),
            BodyTooLarge,
        ),
        ("a body to the end", to_the_end, kib.clone(), BodyTooLarge),
        // The extension of a chunk is no body, and has no end either.
        ("the extension of a chunk", extension, kib, InvalidResponse),
    ];
    for (what, head, piece, kind) in rows {
        let flood = Step::Flood(piece.into());
        let script = vec![Step::Request, Step::Send(head.into()), flood];
        let sent = served(subject, script, &attempt().with_max_body(100_000));
        fails(sent, kind).at(what)?;
    }
    Ok(())
}

pub(super) fn clause_06_stops_a_head_without_end(subject: &Subject) -> Outcome {
    for (what, piece) in [("many headers", "x: y\r\n"), ("a long header", "y")] {
        let head = "HTTP/1.1 200 OK\r\nx: ";
        let flood = Step::Flood(piece.repeat(100).into());
        let script = vec![Step::Request, Step::Send(head.into()), flood];
        fails(served(subject, script, &attempt()), InvalidResponse).at(what)?;
    }
    Ok(())
}

fn served(subject: &Subject, script: Vec<Step>, attempt: &Attempt) -> Sent {
    let server = Server::start([script]);
    subject.fresh().send(get(&server.url("/")), attempt)
}
