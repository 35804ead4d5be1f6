//! Clauses 2 and 3: one exchange for one call.

use std::iter;
use std::time::Duration;

use super::expect::{
    At, Outcome, answers, attempt, equal, equal_bytes, fails, get, ok, response, values,
};
use super::{Received, Server, Step, Subject};
use crate::{Cancel, TransportErrorKind};

pub(super) fn clause_02_returns_a_redirect_as_it_is(subject: &Subject) -> Outcome {
    for status in [301, 302, 303, 307, 308] {
        let answer = format!(
            "HTTP/1.1 {status} Elsewhere\r\nlocation: /elsewhere\r\ncontent-length: 4\r\n\r\ngone"
        );
        let script = vec![Step::Request, Step::Send(answer.into())];
        let server = Server::start(iter::once(script).chain(iter::repeat_with(|| answers(1))));
        let sent = subject.fresh().send(get(&server.url("/")), &attempt());
        let response = response(sent).at(status)?;
        equal("the status", &response.status().as_u16(), &status)?;
        equal("location", &values(&response, "location"), &["/elsewhere"]).at(status)?;
        equal_bytes("the body", response.body(), b"gone").at(status)?;
        let lines = lines(server.arrived());
        equal("the requests", &lines, &["GET / HTTP/1.1"]).at(status)?;
    }
    Ok(())
}

pub(super) fn clause_03_never_retries(subject: &Subject) -> Outcome {
    // Whether the connection is new or reused, and whether the peer closes it or resets it.
    for (reused, connection) in [(false, "a new"), (true, "a reused")] {
        for (end, how) in [(Step::Request, "closes"), (Step::Reset, "resets")] {
            let row = format_args!("the peer {how} {connection} connection").to_string();
            let before = usize::from(reused);
            let first = [answers(before), vec![end]].concat();
            let server = Server::start(iter::once(first).chain(iter::repeat_with(|| answers(2))));
            let transport = subject.fresh();
            let call = |path| transport.send(get(&server.url(path)), &attempt());
            if reused {
                ok(call("/0"), b"ok").at(&row)?;
            }
            let lost = call("/1");
            let mut arrived = server.arrived();
            let kept = arrived.iter().filter(|it| it.connection == 0).count() > before;
            // A transport that keeps no connection sends it on a new one, which answers.
            let elsewhere = reused && !subject.reuses && !kept;
            if elsewhere {
                ok(lost, b"ok").at(&row)?;
            } else {
                fails(lost, TransportErrorKind::Closed).at(&row)?;
            }
            ok(call("/2"), b"ok").at(&row)?;
            // Only what was asked for again came after.
            arrived.extend(server.arrived());
            arrived.retain(|received| received.connection > 0);
            let expected = ["GET /1 HTTP/1.1", "GET /2 HTTP/1.1"];
            let expected = if elsewhere {
                &expected[..]
            } else {
                &expected[1..]
            };
            equal("the requests", lines(arrived).as_slice(), expected).at(&row)?;
        }
    }
    Ok(())
}

pub(super) fn clause_03_sends_once_after_a_close_while_idle(subject: &Subject) -> Outcome {
    let (idle, finished) = (Cancel::new(), Cancel::new());
    let first = [
        answers(1),
        vec![
            Step::Until(idle.clone()),
            // Only its own side, so that what is sent all the same is seen.
            Step::Finish,
            Step::Signal(finished.clone()),
            Step::Request,
        ],
    ];
    let server = Server::start(iter::once(first.concat()).chain(iter::repeat_with(|| answers(2))));
    let transport = subject.fresh();
    let call = |path| transport.send(get(&server.url(path)), &attempt());
    ok(call("/0"), b"ok")?;
    idle.cancel();
    finished.wait(Duration::from_secs(5));
    // It may notice the close before it sends, and take a new connection, or pay with this call.
    let stale = call("/1");
    let served = stale.is_ok();
    match served {
        true => ok(stale, b"ok").at("closed while idle")?,
        false => fails(stale, TransportErrorKind::Closed).at("closed while idle")?,
    }
    ok(call("/2"), b"ok").at("after the closed connection")?;
    // What was sent on the first connection is reported by the time that it is closed.
    server.awaits_close(0, Duration::from_secs(1));
    let lines = lines(server.arrived());
    let count = |sent: &str| lines.iter().filter(|line| *line == sent).count();
    let (first, second) = (count("GET /1 HTTP/1.1"), count("GET /2 HTTP/1.1"));
    match first > 1 || served && first == 0 || second != 1 {
        true => Err(format!("each is sent once: {lines:?}")),
        false => Ok(()),
    }
}

fn lines(arrived: Vec<Received>) -> Vec<String> {
    arrived.into_iter().map(|received| received.line).collect()
}
