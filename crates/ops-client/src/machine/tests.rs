//! The machines on hand-written replies and a clock that is a number.

mod listing;
mod pace;
mod skew;

use std::num::NonZeroU32;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use ops_model::cloud_map::{GetOperation, ListOperations};
use ops_model::{EndReason, EndpointParams, Limits};
use ops_transport::{Now, TransportError, TransportErrorKind};

use super::{Exchange, Listing, Machine, Step};
use crate::{
    Credentials, CredentialsError, Error, ErrorKind, RetryPolicy, Session, Sign, SignError,
    SigningContext, Timeouts,
};

type Reply = Result<http::Response<Bytes>, TransportError>;

const OPERATION: &str = r#"{"Operation": {"Id": "op", "Status": "SUCCESS"}}"#;
const THROTTLED: &str = r#"{"__type": "ThrottlingException", "message": "Rate exceeded"}"#;
const EXPIRED: &str = r#"{"__type": "ExpiredTokenException"}"#;

fn at(seconds: f64) -> Now {
    Now {
        wall: SystemTime::UNIX_EPOCH
            + Duration::from_secs(1_700_000_000)
            + Duration::from_secs_f64(seconds),
        monotonic: Duration::from_secs_f64(seconds),
    }
}

fn reply(status: u16, body: &str) -> Reply {
    let response = http::Response::builder().status(status);
    Ok(response
        .body(Bytes::copy_from_slice(body.as_bytes()))
        .unwrap())
}

fn broken(kind: TransportErrorKind) -> Reply {
    Err(TransportError::new(kind))
}

/// A page of operations with these ids.
fn page(ids: &str, token: &str) -> Reply {
    let items: Vec<_> = ids
        .split_whitespace()
        .map(|id| format!(r#"{{"Id": "{id}", "Status": "FAIL"}}"#))
        .collect();
    reply(
        200,
        &format!(
            r#"{{"Operations": [{}], "NextToken": "{token}"}}"#,
            items.join(",")
        ),
    )
}

fn session() -> Session {
    Session::new(EndpointParams::in_region("us-east-1".parse().unwrap())).with_seed(7)
}

/// Writes the access key id and the time into a header, in place of a signature.
struct Label;

impl Sign for Label {
    fn sign(
        &self,
        request: &mut http::Request<Bytes>,
        context: &SigningContext<'_>,
    ) -> Result<(), SignError> {
        let since = context
            .time
            .duration_since(SystemTime::UNIX_EPOCH)
            .map_err(SignError::new)?;
        let label = format!(
            "{} {} {}",
            context.credentials.access_key_id(),
            context.service,
            since.as_secs()
        );
        request
            .headers_mut()
            .insert("authorization", label.parse().map_err(SignError::new)?);
        Ok(())
    }
}

fn get(session: &Session) -> Exchange<GetOperation> {
    Exchange::new(GetOperation::new("op").unwrap(), session).unwrap()
}

/// Steps through an exchange with these replies, waiting as it asks; returns what was done, and how it ended.
fn run(
    session: &Session,
    replies: impl IntoIterator<Item = Reply>,
) -> (Vec<String>, Result<String, Error>) {
    let mut exchange = get(session);
    let mut replies = replies.into_iter();
    let mut seconds = 0.0;
    let mut trace = Vec::new();
    for _ in 0..100 {
        match exchange.step(at(seconds)) {
            Ok(Step::Send { request, attempt }) => {
                let number = request.headers()["amz-sdk-request"].to_str().unwrap();
                trace.push(format!("send {number} within {:?}", attempt.timeout));
                exchange.on_reply(at(seconds), replies.next().expect("the replies are enough"));
            }
            Ok(Step::Wait(duration)) => {
                trace.push("wait".to_owned());
                seconds += duration.as_secs_f64();
            }
            Ok(Step::Credentials) => {
                trace.push("credentials".to_owned());
                exchange.on_credentials(
                    at(seconds),
                    Ok(Credentials::new(format!("AKID{}", trace.len()), "secret")),
                );
            }
            Ok(Step::Ready(operation)) => return (trace, Ok(operation.id.into())),
            Ok(Step::Done(reason)) => panic!("done without a result: {reason}"),
            Err(error) => return (trace, Err(error)),
        }
    }
    panic!("the machine does not come to an end: {trace:?}");
}

#[test]
fn clause_1_doing_what_step_says_comes_to_a_result_and_an_end() {
    let mut exchange = get(&session());
    let Step::Send { request, attempt } = exchange.step(at(0.0)).unwrap() else {
        panic!("no signer")
    };
    assert_eq!(
        request.uri(),
        "https://servicediscovery.us-east-1.amazonaws.com/"
    );
    assert_eq!(
        request.headers()["host"],
        "servicediscovery.us-east-1.amazonaws.com"
    );
    assert_eq!(request.headers()["amz-sdk-request"], "attempt=1; max=3");
    assert!(request.headers().get("authorization").is_none());
    assert_eq!((attempt.operation, attempt.number), ("GetOperation", 1));
    exchange.on_reply(at(0.1), reply(200, OPERATION));
    assert!(matches!(exchange.step(at(0.1)), Ok(Step::Ready(_))));
    assert!(matches!(
        exchange.step(at(0.1)),
        Ok(Step::Done(EndReason::Exhausted))
    ));
}

#[test]
fn transient_failures_are_tried_three_times() {
    let sends = [
        "send attempt=1; max=3 within 30s",
        "send attempt=2; max=3 within 30s",
        "send attempt=3; max=3 within 30s",
    ];
    for failure in [
        || reply(500, ""),
        || reply(503, "<html>"),
        || reply(400, THROTTLED),
        || reply(429, ""),
        || broken(TransportErrorKind::Closed),
        || broken(TransportErrorKind::Timeout),
    ] {
        let (trace, outcome) = run(&session(), [failure(), failure(), reply(200, OPERATION)]);
        assert_eq!(trace, [sends[0], "wait", sends[1], "wait", sends[2]]);
        assert_eq!(outcome.unwrap(), "op");

        let (trace, outcome) = run(&session(), [failure(), failure(), failure()]);
        assert_eq!(trace.len(), 5);
        assert_eq!(outcome.unwrap_err().attempts(), 3);
    }
}

#[test]
fn permanent_failures_are_not_tried_again() {
    for (failure, kind) in [
        (
            reply(400, r#"{"__type": "InvalidInput", "Message": "m"}"#),
            ErrorKind::Service,
        ),
        (
            reply(404, r#"{"__type": "OperationNotFound"}"#),
            ErrorKind::Service,
        ),
        (reply(301, ""), ErrorKind::Service),
        (reply(200, "<html>"), ErrorKind::Response),
        (reply(200, "{}"), ErrorKind::Response),
        (broken(TransportErrorKind::Tls), ErrorKind::Transport),
        (
            broken(TransportErrorKind::BodyTooLarge),
            ErrorKind::Transport,
        ),
    ] {
        let (trace, outcome) = run(&session(), [failure]);
        assert_eq!(trace.len(), 1, "{kind:?}");
        assert_eq!(outcome.unwrap_err().kind(), kind);
    }
}

#[test]
fn the_quota_of_a_session_ends_retries_of_all_its_calls() {
    let session = session();
    let attempts: usize = (0..40)
        .map(|_| {
            run(&session, (0..3).map(|_| reply(500, "")))
                .0
                .iter()
                .filter(|step| *step != "wait")
                .count()
        })
        .sum();
    assert_eq!(attempts, 40 + 35, "35 retries at 14 tokens each");
}

#[test]
fn clause_4_time_is_measured_by_the_nows_that_come_in() {
    let timeouts = Timeouts {
        call: Duration::from_secs(10),
        ..Timeouts::default()
    };
    let session = session().with_timeouts(timeouts);
    let mut exchange = get(&session);
    let Step::Send { attempt, .. } = exchange.step(at(0.0)).unwrap() else {
        panic!()
    };
    assert_eq!(
        attempt.timeout,
        Duration::from_secs(10),
        "not the 30 seconds of an attempt"
    );
    exchange.on_reply(at(9.99), reply(500, ""));
    let left = match exchange.step(at(9.99)) {
        Ok(Step::Wait(duration)) => exchange.step(at(9.99 + duration.as_secs_f64())).map(|_| ()),
        other => other.map(|_| ()),
    };
    if let Err(error) = left {
        assert!(error.is_timeout());
        assert_eq!(
            error.service_error().unwrap().status,
            500,
            "the last attempt is not lost"
        );
    }

    let mut late = get(&session);
    late.step(at(0.0)).unwrap();
    assert!(late.step(at(10.0)).unwrap_err().is_timeout());
}

#[test]
fn an_attempt_that_the_deadline_cut_short_is_named_after_it() {
    let timeouts = Timeouts {
        call: Duration::from_secs(10),
        ..Timeouts::default()
    };
    for retry in [RetryPolicy::NEVER, RetryPolicy::default()] {
        let mut exchange = get(&session().with_timeouts(timeouts).with_retry(retry));
        exchange.step(at(0.0)).unwrap();
        exchange.on_reply(at(10.0), broken(TransportErrorKind::Timeout));
        assert_eq!(
            exchange.step(at(10.0)).unwrap_err().to_string(),
            "GetOperation: the time limit of the call ran out; the last attempt: the attempt timed out"
        );
    }
}

#[test]
fn clause_2_an_attempt_that_was_dropped_is_asked_for_again() {
    let mut exchange = get(&session());
    for _ in 0..3 {
        let Step::Send { attempt, .. } = exchange.step(at(0.0)).unwrap() else {
            panic!()
        };
        assert_eq!(attempt.number, 1);
    }
}

#[test]
fn same_inputs_same_steps_byte_for_byte() {
    let steps = || {
        let mut exchange = get(&session());
        let mut steps = Vec::new();
        for _ in 0..3 {
            if let Step::Send { request, .. } = exchange.step(at(0.0)).unwrap() {
                steps.push(format!("{:?} {:?}", request.headers(), request.body()));
                exchange.on_reply(at(0.0), reply(500, ""));
            }
            steps.push(format!("{:?}", exchange.step(at(0.0)).unwrap()));
        }
        steps
    };
    assert_eq!(steps(), steps());
}

#[test]
fn credentials_are_asked_for_once_and_again_before_they_expire() {
    let session = session().with_signer(Label);
    let (trace, _) = run(&session, [reply(200, OPERATION)]);
    assert_eq!(trace[0], "credentials");
    let (trace, _) = run(&session, [reply(200, OPERATION)]);
    assert!(trace[0].starts_with("send"), "{trace:?}");

    let expiry = at(600.0).wall;
    let mut first = get(&session.clone().with_signer(Label));
    let temporary = Credentials::new("AKID", "secret").with_expiry(expiry);
    session.keep_credentials(temporary, at(0.0).wall);
    assert!(matches!(first.step(at(299.0)), Ok(Step::Send { .. })));
    let mut second = get(&session);
    assert!(matches!(second.step(at(301.0)), Ok(Step::Credentials)));
    second.on_credentials(at(301.0), Err(CredentialsError::new("the source is away")));
    assert!(
        matches!(second.step(at(301.0)), Ok(Step::Send { .. })),
        "they are still valid"
    );
    let mut third = get(&session);
    assert!(matches!(third.step(at(601.0)), Ok(Step::Credentials)));
    third.on_credentials(at(601.0), Err(CredentialsError::new("the source is away")));
    let error = third.step(at(601.0)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
    assert!(error.to_string().contains("the source is away"), "{error}");
}

#[test]
fn a_source_with_nothing_better_is_not_asked_for_every_call() {
    let session = session().with_signer(Label);
    let expiry = at(120.0).wall;
    session.keep_credentials(
        Credentials::new("AKID", "secret").with_expiry(expiry),
        at(0.0).wall,
    );
    assert!(matches!(
        get(&session).step(at(60.0)),
        Ok(Step::Send { .. })
    ));
    assert!(matches!(
        get(&session).step(at(120.0)),
        Ok(Step::Credentials)
    ));
}

#[test]
fn credentials_that_another_call_has_renewed_are_used() {
    let session = session().with_signer(Label);
    session.keep_credentials(Credentials::new("OLD", "secret"), at(0.0).wall);
    let mut exchange = get(&session);
    exchange.step(at(0.0)).unwrap();
    session.keep_credentials(Credentials::new("NEW", "secret"), at(0.0).wall);
    exchange.on_reply(at(0.0), reply(403, EXPIRED));
    let Step::Send { request, .. } = exchange.step(at(0.0)).unwrap() else {
        panic!("the new ones are there")
    };
    assert_eq!(
        request.headers()["authorization"],
        "NEW servicediscovery 1700000000"
    );
}

#[test]
fn only_attempts_that_were_sent_are_counted() {
    let session = session().with_signer(Label);
    let mut exchange = get(&session);
    assert!(matches!(exchange.step(at(0.0)), Ok(Step::Credentials)));
    exchange.on_credentials(at(0.0), Ok(Credentials::new("AKID", "secret")));
    exchange.step(at(0.0)).unwrap();
    exchange.on_reply(at(0.0), reply(403, EXPIRED));
    assert!(matches!(exchange.step(at(0.0)), Ok(Step::Credentials)));
    exchange.on_credentials(at(0.0), Err(CredentialsError::new("the source is away")));
    assert_eq!(exchange.step(at(0.0)).unwrap_err().attempts(), 1);
}

#[test]
fn a_cancelled_call_says_what_its_last_attempt_came_to() {
    let refused = || reply(403, r#"{"__type": "AccessDeniedException"}"#);
    for (last, code) in [
        (refused(), Some("AccessDeniedException")),
        (reply(400, THROTTLED), Some("ThrottlingException")),
        (reply(200, OPERATION), None),
    ] {
        let mut exchange = get(&session());
        exchange.step(at(0.0)).unwrap();
        exchange.on_reply(at(0.0), last);
        let error = exchange.cancel();
        assert_eq!((error.kind(), error.attempts()), (ErrorKind::Cancelled, 1));
        let found = error.service_error().and_then(|error| error.code.as_ref());
        assert_eq!(found.map(ops_model::ErrorCode::as_str), code);
    }
}

#[test]
fn an_expired_token_is_renewed_once() {
    let session = session().with_signer(Label).with_retry(RetryPolicy::NEVER);
    let (trace, outcome) = run(&session, [reply(403, EXPIRED), reply(200, OPERATION)]);
    assert_eq!(
        trace,
        [
            "credentials",
            "send attempt=1; max=1 within 30s",
            "credentials",
            "send attempt=2; max=2 within 30s"
        ]
    );
    assert_eq!(outcome.unwrap(), "op");
    let (trace, outcome) = run(&session, [reply(403, EXPIRED), reply(403, EXPIRED)]);
    assert_eq!(
        trace.len(),
        3,
        "the credentials of the call before, renewed once"
    );
    assert!(outcome.unwrap_err().is_credentials());
}

#[test]
fn every_attempt_is_signed_anew() {
    let session = session().with_signer(Label);
    let mut exchange = get(&session);
    assert!(matches!(exchange.step(at(0.0)), Ok(Step::Credentials)));
    exchange.on_credentials(at(0.0), Ok(Credentials::new("AKID", "secret")));
    let signature = |step: Result<Step<_>, Error>| match step {
        Ok(Step::Send { request, .. }) => request.headers()["authorization"]
            .to_str()
            .unwrap()
            .to_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(
        signature(exchange.step(at(0.0))),
        "AKID servicediscovery 1700000000"
    );
    exchange.on_reply(at(1.0), reply(500, ""));
    assert!(matches!(exchange.step(at(1.0)), Ok(Step::Wait(_))));
    assert_eq!(
        signature(exchange.step(at(2.0))),
        "AKID servicediscovery 1700000002"
    );
}

#[test]
fn setup_faults_are_found_before_anything_is_sent() {
    let check = |params: EndpointParams, signed: bool| {
        let session = Session::new(params);
        let session = if signed {
            session.with_signer(Label)
        } else {
            session
        };
        let error = Exchange::new(ListOperations::new(), &session).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Setup, "{error}");
    };
    check(EndpointParams::default(), false);
    check(
        EndpointParams::at_url("http://example.com".parse().unwrap(), None),
        false,
    );
    check(
        EndpointParams::at_url("https://example.com".parse().unwrap(), None),
        true,
    );
}

#[test]
fn debug_shows_neither_token_nor_body_nor_signature() {
    let session = session().with_signer(Label);
    let call = ListOperations::new().with_token("token-canary").unwrap();
    let mut listing = Listing::new(call, &session).unwrap();
    listing.step(at(0.0)).unwrap();
    listing.on_credentials(at(0.0), Ok(Credentials::new("AKID", "secret-canary")));
    let step = listing.step(at(0.0)).unwrap();
    listing.on_reply(
        at(0.0),
        reply(
            200,
            r#"{"Operations": "body-canary", "NextToken": "token-canary"}"#,
        ),
    );
    let debug = format!("{step:?} {listing:?} {session:?}");
    assert!(!debug.contains("canary"), "{debug}");
    for shown in [
        r#"Send(Attempt { operation: "ListOperations", number: 1"#,
        r#"Exchange { operation: "ListOperations", attempt: 1, state: "failed""#,
    ] {
        assert!(debug.contains(shown), "{debug}");
    }
    let error = listing.step(at(0.0)).unwrap_err();
    assert!(
        !format!("{error} {error:?}").contains("canary"),
        "{error:?}"
    );
}
