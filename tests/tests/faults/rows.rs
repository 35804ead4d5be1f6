//! The matrix: what goes wrong, and what comes of it in every way on both services.

use std::iter::{repeat, repeat_n};
use std::time::Duration;

use http::StatusCode;
use ops_client::{Error, ErrorKind};
use ops_fake::Fault;
use ops_model::{ErrorCode, ServiceError};

use crate::world::{OLD_KEY, Outage, Setup};

/// What goes wrong with a listing, and what comes of it.
pub(crate) struct Row {
    /// What goes wrong, for the table.
    pub(crate) fault: String,
    pub(crate) setup: Setup,
    pub(crate) page_size: usize,
    /// What the requests of the listing meet in memory, and on a socket unless the listener itself is gone.
    pub(crate) faults: Schedule,
    /// How many requests were sent beyond one for each page.
    pub(crate) extra: u32,
    pub(crate) outcome: Outcome,
    /// What holds of the error, if there is one.
    pub(crate) error_is: fn(&Error) -> bool,
}

/// A schedule, from its start.
pub(crate) type Schedule = Box<dyn Fn() -> Box<dyn Iterator<Item = Option<Fault>> + Send> + Sync>;

/// What a listing comes to.
#[derive(Clone, Copy)]
pub(crate) enum Outcome {
    /// The list, each operation once and in order.
    List,
    /// These operations in this order; `bad` is one that cannot be read.
    Items(&'static str),
    /// The first two pages, an error of this kind whose line starts like this, and by its checkpoint the rest.
    Fails(ErrorKind, &'static str),
    /// Each of the first pages once; then the error that a token has come again.
    Cycle { pages: usize },
    /// Pages over and over, but no more than three times the cycle's length; then the same error.
    LongCycle { length: usize },
}

use Outcome::{Cycle, Fails, Items, List, LongCycle};

/// Eight operations by two, so four pages; the faults begin with the second.
fn row(
    fault: impl Into<String>,
    faults: impl Fn() -> Box<dyn Iterator<Item = Option<Fault>> + Send> + Sync + 'static,
    extra: u32,
    outcome: Outcome,
) -> Row {
    Row {
        fault: fault.into(),
        setup: Setup {
            operations: 8,
            keys: &[OLD_KEY],
            attempt: Duration::from_secs(30),
            outage: None,
        },
        page_size: 2,
        faults: Box::new(move || Box::new([None].into_iter().chain(faults()))),
        extra,
        outcome,
        error_is: |_| true,
    }
}

/// A fault that so many attempts in a row meet.
fn met(times: usize, label: &str, fault: &Fault, extra: u32, outcome: Outcome) -> Row {
    let fault = fault.clone();
    let how_often = match times {
        1 => String::new(),
        times => format!(" × {times}"),
    };
    row(
        format!("{label}{how_often}"),
        move || Box::new(repeat_n(Some(fault.clone()), times)),
        extra,
        outcome,
    )
}

/// A fault that is worth another attempt: the third one brings the list, or is the last.
fn passing(label: &str, fault: &Fault, kind: ErrorKind, line: &'static str) -> [Row; 2] {
    [
        met(2, label, fault, 2, List),
        met(3, label, fault, 2, Fails(kind, line)),
    ]
}

/// A fault after which nothing is tried again.
fn lasting(label: &str, fault: &Fault, kind: ErrorKind, line: &'static str) -> Row {
    met(1, label, fault, 0, Fails(kind, line))
}

/// A fault that costs nothing.
fn harmless(label: &str, fault: &Fault) -> Row {
    met(1, label, fault, 0, List)
}

pub(crate) fn rows() -> Vec<Row> {
    let mut rows = wire();
    rows.extend(replies());
    rows.extend(throttling());
    rows.extend(signatures());
    rows.extend(pages());
    rows
}

fn wire() -> Vec<Row> {
    use ErrorKind::{Timeout, Transport};
    const CLOSED: &str = "the connection closed before the whole response had arrived";
    const TOO_LARGE: &str = "the response body is larger than the limit";
    const NOT_HTTP: &str = "the peer's answer is not valid HTTP";
    let mut rows = Vec::new();
    let refused = passing("`Refuse`", &Fault::Refuse, Transport, "cannot connect");
    for (mut row, outage) in refused
        .into_iter()
        .zip([Outage::TwoAttempts, Outage::UntilResumed])
    {
        row.setup.outage = Some(outage);
        rows.push(row);
    }
    for (label, fault) in [
        ("`ResetBeforeHead`", Fault::ResetBeforeHead),
        ("`ResetInHead`", Fault::ResetInHead),
        ("`ResetAfterHead`", Fault::ResetAfterHead),
        ("`ResetInBody`", Fault::ResetInBody),
        ("`TruncatedBody`", Fault::TruncatedBody),
    ] {
        rows.extend(passing(label, &fault, Transport, CLOSED));
    }
    rows.extend([
        harmless("`OverlongBody`", &Fault::OverlongBody),
        lasting("`HugeBody`", &Fault::HugeBody, Transport, TOO_LARGE),
        lasting("`EndlessBody`", &Fault::EndlessBody, Transport, TOO_LARGE),
        lasting("`Garbage`", &Fault::Garbage, Transport, NOT_HTTP),
        lasting("`HeaderFlood`", &Fault::HeaderFlood, Transport, NOT_HTTP),
    ]);
    let drip = |millis| Fault::SlowDrip {
        pause: Duration::from_millis(millis),
    };
    let slow = "`SlowDrip` beyond the attempt's time";
    for mut row in passing(slow, &drip(50), Timeout, "the attempt timed out") {
        row.setup.attempt = Duration::from_millis(300);
        row.error_is = Error::is_timeout;
        rows.push(row);
    }
    rows.extend([
        harmless("`SlowDrip` within it", &drip(0)),
        harmless("`Continue`", &Fault::Continue),
    ]);
    rows
}

fn replies() -> Vec<Row> {
    use ErrorKind::{Response, Service};
    const MALFORMED: &str =
        "the response is not what the service documents: expected a JSON object";
    const CUT: &str = "the response is not what the service documents: EOF while parsing";
    let mut rows = Vec::new();
    for (label, fault, line) in [
        (
            "`BadGateway`",
            Fault::BadGateway,
            "HTTP status 502 Bad Gateway",
        ),
        (
            "`InternalError`",
            Fault::InternalError,
            "HTTP status 500 Internal Server Error",
        ),
    ] {
        rows.extend(passing(label, &fault, Service, line));
    }
    rows.extend([
        lasting("`ArrayBody`", &Fault::ArrayBody, Response, MALFORMED),
        lasting("`NullBody`", &Fault::NullBody, Response, MALFORMED),
        lasting("`TruncatedJson`", &Fault::TruncatedJson, Response, CUT),
        lasting(
            "`ByteOrderMark`",
            &Fault::ByteOrderMark,
            Response,
            MALFORMED,
        ),
        lasting(
            "`MovedPermanently`",
            &Fault::MovedPermanently,
            Service,
            "HTTP status 301 Moved Permanently",
        ),
        lasting(
            "`TemporaryRedirect`",
            &Fault::TemporaryRedirect,
            Service,
            "HTTP status 307 Temporary Redirect",
        ),
    ]);
    rows
}

fn throttling() -> Vec<Row> {
    let mut rows = Vec::new();
    for (code, line) in [
        (
            ErrorCode::ThrottlingException,
            "ThrottlingException: Rate exceeded",
        ),
        (
            ErrorCode::RequestLimitExceeded,
            "RequestLimitExceeded: Rate exceeded",
        ),
    ] {
        for status in [StatusCode::BAD_REQUEST, StatusCode::TOO_MANY_REQUESTS] {
            let label = format!("`Error` {} `{code}`", status.as_u16());
            let fault = Fault::Error(ServiceError::new(status, code.clone(), "Rate exceeded"));
            rows.extend(passing(&label, &fault, ErrorKind::Service, line));
            let label = format!("`ErrorInHeader` {} `{code}`", status.as_u16());
            let fault = Fault::ErrorInHeader(ServiceError::new(status, code.clone(), ""));
            let (line, _) = line.split_once(':').unwrap();
            rows.extend(passing(&label, &fault, ErrorKind::Service, line));
        }
    }
    for row in &mut rows {
        row.error_is = Error::is_throttled;
    }
    rows
}

fn signatures() -> Vec<Row> {
    const EXPIRED: &str =
        "ExpiredTokenException: The security token included in the request is expired";
    let forever = |fault: Fault| {
        move || -> Box<dyn Iterator<Item = Option<Fault>> + Send> {
            Box::new(repeat(Some(fault.clone())))
        }
    };
    let expired = || {
        forever(Fault::ExpiredCredentials {
            access_key_id: OLD_KEY.to_owned(),
        })
    };
    let mut new_key = row(
        "`ExpiredCredentials`, and the source gives others",
        expired(),
        1,
        List,
    );
    new_key.setup.keys = &[OLD_KEY, "AKIDNEW"];
    let mut old_key = row(
        "`ExpiredCredentials`, and the source gives them again",
        expired(),
        1,
        Fails(ErrorKind::Service, EXPIRED),
    );
    old_key.setup.keys = &[OLD_KEY, OLD_KEY, "AKIDNEW"];
    old_key.error_is = Error::is_credentials;
    let skewed = |label: &str, seconds, extra| {
        let label = format!("`SkewedClock`, {label}");
        row(label, forever(Fault::SkewedClock { seconds }), extra, List)
    };
    vec![
        new_key,
        old_key,
        skewed("an hour ahead", 3600, 1),
        skewed("an hour behind", -3600, 1),
        skewed("four minutes ahead", 240, 0),
    ]
}

fn pages() -> Vec<Row> {
    const NO_TEXT: &str = "the response is not what the service documents: expected a string";
    let null = |index| Fault::NullItem { index };
    let mut rows = vec![
        met(
            1,
            "`NullItem`, the first of its page",
            &null(0),
            0,
            Items("0 1 bad 3 4 5 6 7"),
        ),
        met(
            2,
            "`NullItem`, the second of its page",
            &null(1),
            0,
            Items("0 1 2 bad 4 bad 6 7"),
        ),
        lasting(
            "`NumericToken`",
            &Fault::NumericToken,
            ErrorKind::Response,
            NO_TEXT,
        ),
        lasting(
            "`ObjectToken`",
            &Fault::ObjectToken,
            ErrorKind::Response,
            NO_TEXT,
        ),
        met(
            1,
            "`DuplicatePage`",
            &Fault::DuplicatePage,
            0,
            Items("0 1 2 3 2 3 4 5 6 7"),
        ),
        met(
            2,
            "`DuplicatePage`",
            &Fault::DuplicatePage,
            0,
            Items("0 1 2 3 2 3 2 3 4 5 6 7"),
        ),
    ];
    let short = (1..=50).map(|length| (length, "of 1 to 50"));
    rows.extend(short.chain([(4096, "of 4,096")]).map(|(length, label)| {
        let pages = length + 1;
        cycle(length, label, Cycle { pages })
    }));
    rows.push(cycle(5000, "of 5,000", LongCycle { length: 5000 }));
    rows
}

/// A list of two pages more than the cycle has, whose last page but one leads back to the second: once, as far as a
/// listing that ends there can tell, or again and again.
fn cycle(length: usize, label: &str, outcome: Outcome) -> Row {
    let back = Fault::RepeatedToken {
        pages: length as u64,
    };
    let round = move || {
        let on = repeat_n(None, length - 1);
        [Some(back.clone())].into_iter().chain(on)
    };
    let rounds = match outcome {
        LongCycle { .. } => usize::MAX,
        _ => 1,
    };
    Row {
        fault: format!("`RepeatedToken`, a cycle {label}"),
        setup: Setup {
            operations: length + 2,
            keys: &[],
            attempt: Duration::from_secs(30),
            outage: None,
        },
        page_size: 1,
        faults: Box::new(move || {
            let rounds = repeat_n(round(), rounds).flatten();
            Box::new(repeat_n(None, length).chain(rounds))
        }),
        extra: 0,
        outcome,
        error_is: |_| true,
    }
}
