//! A hostile server against the whole client, over both transports and for both services: each answer ends within its
//! limits, as the right kind of error with a checkpoint, and in bounded memory.
//!
//! Each case runs in a process of its own, as a peak of memory is a process's. `-- --nocapture` shows the table.
//!
//! What the body limit covers is the body: from after a harmless exchange to its peak, the process grows by at most the
//! limit and 1 MiB. A process learns its peak on Linux alone; elsewhere all but the memory is checked.

mod cases;
mod client;
mod memory;

use std::fmt::Write as _;
use std::time::Duration;
use std::{env, iter, thread};

use ops_transport::conformance::{Server, in_a_child};

use cases::{CASES, Case, ROOM, Service};
use client::{Outcome, Transport};

/// How much later than its time limit a listing may end: a machine may be busy.
const SLACK: Duration = Duration::from_secs(5);

#[test]
fn every_answer_ends_within_its_limits() {
    if let Ok(run) = env::var("OPS_HOSTILE_RUN") {
        return client::report(&run);
    }
    let sides = Transport::ALL.map(|transport| Service::ALL.map(|service| (transport, service)));
    let sides = sides.into_iter().flatten().map(|(transport, service)| {
        thread::spawn(move || {
            let run = |case| (case, transport, service, run(case, transport, service));
            CASES.iter().map(run).collect::<Vec<_>>()
        })
    });
    let mut table = format!(
        "{:<38}over   of         seconds  MiB more  outcome\n",
        "case"
    );
    let mut wrong = Vec::new();
    for side in sides.collect::<Vec<_>>() {
        for (case, transport, service, outcome) in side.join().expect("a case runs") {
            let line = line(case, transport, service, &outcome);
            writeln!(table, "{line}").expect("a string takes any text");
            wrong.extend(
                case.differences(&outcome)
                    .map(|what| format!("{line}: {what}")),
            );
        }
    }
    println!("{table}");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn line(case: &Case, transport: Transport, service: Service, outcome: &Outcome) -> String {
    let more = outcome.growth.map_or("-".to_owned(), |growth| {
        format!("{:.2}", growth as f64 / memory::MIB as f64)
    });
    format!(
        "{:<38}{:<7}{:<11}{:>7.2}  {more:>8}  {}",
        case.name,
        transport.name(),
        service.name(),
        outcome.took.as_secs_f64(),
        outcome.ends.join(" | ")
    )
}

/// Plays the case to a client in a process of its own. The server is in this one, so that its memory does not count.
fn run(case: &'static Case, transport: Transport, service: Service) -> Outcome {
    let hostile = move || (case.script)(service);
    let scripts = iter::once_with(move || service.harmless()).chain(iter::repeat_with(hostile));
    let server = Server::start(scripts);
    let run = [case.name, transport.name(), service.name(), &server.url("")].join("|");
    let child = in_a_child(
        "every_answer_ends_within_its_limits",
        &[("OPS_HOSTILE_RUN", &run)],
    )
    .expect("this is the parent");
    assert!(child.passed, "{run}: {}", child.output);
    Outcome::read(&child.output).unwrap_or_else(|| panic!("{run}: {}", child.output))
}

impl Case {
    /// What is not as the case says.
    fn differences(&self, outcome: &Outcome) -> impl Iterator<Item = String> {
        let ends = [self.end, self.or];
        let is_expected = |found: &String| ends.iter().any(|end| found.starts_with(end));
        let end = !outcome.ends.iter().all(is_expected);
        let end = end.then(|| format!("expected {}", ends.join(" or ")));
        let most = self.limits().call + SLACK;
        let late = (outcome.took > most).then(|| format!("expected an end within {most:?}"));
        let memory = outcome
            .growth
            .filter(|growth| *growth > ROOM)
            .map(|_| format!("expected at most {} MiB", ROOM / memory::MIB));
        [end, late, memory].into_iter().flatten()
    }
}
