use std::fmt;
use std::sync::atomic::Ordering;

use ops_client::{Error, ErrorKind};
use ops_model::cloud_map::ListOperations;
use ops_model::kafka_connect::ListConnectorOperations;
use ops_model::{EndReason, LongRunning, PageSize, PagedCall, Service};

use crate::rows::{Outcome, Row, rows};
use crate::table;
use crate::world::{ARN, Lister, Outage, WAYS, Way, World};

/// What a listing came to.
pub(crate) struct Seen {
    /// What was delivered before the listing ended: numbers, and `bad`.
    pub(crate) words: Vec<String>,
    pub(crate) pages: u64,
    pub(crate) error: Option<Error>,
    /// What was delivered from the error's checkpoint on.
    rest: Vec<String>,
    /// How many requests were sent beyond one for each page, until the end or the error.
    pub(crate) extra: u32,
}

impl fmt::Debug for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first = &self.words[..self.words.len().min(20)];
        let line = self.error.as_ref().map(ToString::to_string);
        let kind = self.error.as_ref().map(Error::kind);
        write!(
            f,
            "{} words {first:?}, {kind:?} {line:?}, then {:?}; {} pages, {} more requests",
            self.words.len(),
            self.rest,
            self.pages,
            self.extra
        )
    }
}

/// No listing here has more words than this many times its operations.
const ROUNDS_MAX: usize = 4;

fn see<C: PagedCall + Clone>(way: Way, row: &Row, call: C) -> Seen {
    let world = World::new(way, &row.setup, (row.faults)());
    let lister = Lister::new(way, &world, &row.setup);
    let limit = ROUNDS_MAX * row.setup.operations;

    let mut error = None;
    let mut words = Vec::new();
    let (end, pages) = lister.list(call.clone(), None, |item| {
        match word(item) {
            Ok(word) => words.push(word),
            Err(failure) => return error = Some(failure),
        }
        assert!(words.len() <= limit, "{}: {way:?} does not end", row.fault);
        if world.outage.is_some() && words.len() == row.page_size {
            world.stop();
        }
    });
    let sent = world.sent.load(Ordering::Relaxed);
    let failed = error.as_ref().map(Error::end_reason);
    assert_eq!(
        end,
        Some(failed.unwrap_or(EndReason::Exhausted)),
        "{}",
        row.fault
    );
    if world.outage == Some(Outage::UntilResumed) {
        world.restart();
    }

    let mut rest = Vec::new();
    if let Some(error) = &error
        && !matches!(row.outcome, Outcome::LongCycle { .. })
    {
        let checkpoint = error
            .checkpoint()
            .expect("a failed listing has a checkpoint");
        let written = checkpoint.to_json().parse().unwrap();
        let (end, _) = lister.list(call, Some(&written), |item| {
            rest.push(word(item).expect("the fault has passed"));
            assert!(rest.len() <= limit, "{}: {way:?} does not end", row.fault);
        });
        assert_eq!(end, Some(EndReason::Exhausted), "{}", row.fault);
    }
    // The page that failed has not been fetched, and was asked for all the same.
    let asked = pages as u32 + u32::from(failed.is_some_and(|end| end != EndReason::TokenCycle));
    Seen {
        words,
        pages,
        error,
        rest,
        extra: sent - asked,
    }
}

/// An item's number, `bad` for one that cannot be read, or what ended the listing.
fn word<T: LongRunning>(item: Result<T, Error>) -> Result<String, Error> {
    match item {
        Ok(item) => Ok(item.id().rsplit('/').next().unwrap().to_owned()),
        Err(error) if error.is_bad_item() => {
            assert!(error.checkpoint().is_some());
            Ok("bad".to_owned())
        }
        Err(error) => Err(error),
    }
}

/// Whether it came as the row has it.
fn is_as_expected(row: &Row, seen: &Seen) -> bool {
    let numbers = |numbers: &mut dyn Iterator<Item = usize>| -> Vec<String> {
        numbers.map(|number| number.to_string()).collect()
    };
    let all = row.setup.operations;
    let cycle_ends = |error: &Error| error.kind() == ErrorKind::TokenCycle;
    let ended = match (&row.outcome, &seen.error) {
        (Outcome::List | Outcome::Items(_), error) => error.is_none(),
        (Outcome::Fails(kind, line), Some(error)) => {
            let shown = error.to_string();
            let (_, shown) = shown.split_once(": ").unwrap();
            error.kind() == *kind && shown.starts_with(line) && (row.error_is)(error)
        }
        (Outcome::Cycle { .. } | Outcome::LongCycle { .. }, Some(error)) => cycle_ends(error),
        (_, None) => false,
    };
    let words = match row.outcome {
        Outcome::List => numbers(&mut (0..all)),
        Outcome::Items(words) => words.split(' ').map(str::to_owned).collect(),
        Outcome::Fails(..) => numbers(&mut (0..row.page_size)),
        Outcome::Cycle { pages } => numbers(&mut (0..pages)),
        Outcome::LongCycle { length } => numbers(
            // The first page, then the cycle's pages over and over.
            &mut (0..seen.words.len()).map(|place| match place {
                0 => 0,
                place => 1 + (place - 1) % length,
            }),
        ),
    };
    let rest = match row.outcome {
        Outcome::Fails(..) => numbers(&mut (row.page_size..all)),
        Outcome::Cycle { pages } => numbers(&mut (pages..all)),
        _ => Vec::new(),
    };
    let in_time = match row.outcome {
        Outcome::LongCycle { length } => seen.pages as usize <= 3 * length,
        _ => true,
    };
    ended && in_time && seen.words == words && seen.rest == rest && seen.extra == row.extra
}

#[test]
fn every_fault_by_every_way_on_both_services() {
    let rows = rows();
    let cell = &|way, service| {
        let all = rows.iter().map(|row| {
            let size = PageSize::new(row.page_size as i64).unwrap();
            match service {
                Service::CloudMap => see(way, row, ListOperations::new().with_page_size(size)),
                Service::KafkaConnect => {
                    let call = ListConnectorOperations::new(ARN).unwrap();
                    see(way, row, call.with_page_size(size))
                }
            }
        });
        all.collect::<Vec<_>>()
    };
    let seen: Vec<_> = std::thread::scope(|scope| {
        let services = [Service::CloudMap, Service::KafkaConnect];
        let cells = WAYS.map(|way| services.map(|service| (way, service)));
        let running: Vec<_> = cells
            .into_iter()
            .flatten()
            .map(|(way, service)| (way, service, scope.spawn(move || cell(way, service))))
            .collect();
        running
            .into_iter()
            .map(|(way, service, cell)| (way, service, cell.join().unwrap()))
            .collect()
    });
    let mut wrong = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        for (way, service, seen) in &seen {
            let seen = &seen[place];
            if !is_as_expected(row, seen) {
                wrong.push(format!("{}, {way:?}, {service}: {seen:?}", row.fault));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let by_way: Vec<_> = seen.into_iter().map(|(way, _, seen)| (way, seen)).collect();
    table::check(&rows, &by_way);
}
