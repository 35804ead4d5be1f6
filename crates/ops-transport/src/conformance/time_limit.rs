//! Clause 7: keeps the time limit over the whole exchange.

use std::time::{Duration, Instant};

use bytes::Bytes;
use http::Request;

use super::expect::{At, OK, Outcome, answered, attempt, fails, get, ok, quick};
use super::{Server, Step, Subject};
use crate::{Attempt, Cancel, TransportErrorKind};

/// How much later than its time limit a call may end: a machine may be busy.
const SLACK: Duration = Duration::from_millis(2800);

/// How much earlier: the time limit of a socket counts ticks of the kernel, which lag and catch up on a busy machine.
const TICKS: Duration = Duration::from_millis(20);

pub(super) fn clause_07_keeps_the_time_limit_over_the_whole_exchange(subject: &Subject) -> Outcome {
    let check = |what: &str, head: &str, last: Step| {
        let server = Server::start([vec![Step::Request, Step::Send(head.into()), last]]);
        times_out(subject, get(&server.url("/")), &quick()).at(what)
    };
    let drip = |piece: &str| Step::Drip(piece.into());
    check("no answer", "", Step::Hold)?;
    check("a dripping head", "HTTP/1.1 200 OK\r\nx: ", drip("y"))?;
    let hint = drip("HTTP/1.1 103 Early Hints\r\n\r\n");
    check("hints for ever", "", hint)?;
    let length = "HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n";
    check("a dripping body", length, drip("x"))?;
    let to_the_end = "HTTP/1.1 200 OK\r\n\r\n";
    check("a dripping body to the end", to_the_end, drip("x"))?;
    let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
    check("dripping chunks", chunked, drip("1\r\nx\r\n"))?;
    let trailers = format!("{chunked}0\r\n");
    check("dripping trailers", &trailers, drip("x: y\r\n"))
}

pub(super) fn clause_07_a_request_that_is_not_read_times_out(subject: &Subject) -> Outcome {
    let server = Server::start([vec![Step::Until(Cancel::new())]]);
    // More than any socket buffers, and the time to fill the buffers.
    let request = Request::post(server.url("/"))
        .body(Bytes::from(vec![0; 64 * 1024 * 1024]))
        .expect("a request");
    let attempt = attempt().with_timeout(Duration::from_secs(1));
    times_out(subject, request, &attempt)
}

pub(super) fn clause_07_takes_any_limit(subject: &Subject) -> Outcome {
    let longest = attempt().with_timeout(Duration::MAX);
    ok(answered(subject, OK, &longest), b"ok").at("the longest limit")?;
    let server = Server::start([vec![Step::Request, Step::Hold]]);
    let none = attempt().with_timeout(Duration::ZERO);
    times_out(subject, get(&server.url("/")), &none).at("no time at all")
}

fn times_out(subject: &Subject, request: Request<Bytes>, attempt: &Attempt) -> Outcome {
    let transport = subject.fresh();
    let started = Instant::now();
    let sent = transport.send(request, attempt);
    let took = started.elapsed();
    let limit = attempt.timeout;
    if took > limit + SLACK {
        return Err(format!("the limit is {limit:?}, the call took {took:?}"));
    }
    fails(sent, TransportErrorKind::Timeout)?;
    if took + TICKS < limit {
        return Err(format!(
            "the limit is {limit:?}, and yet it ended after {took:?}"
        ));
    }
    Ok(())
}
