//! The service's clock is not this machine's.

use super::*;

/// A reply of a service whose clock is so many seconds ahead: `Ok` with the operation, or `Err` with a code.
struct Answer {
    result: Result<(), &'static str>,
    ahead: Option<i64>,
    age: bool,
    took: f64,
}

fn good(ahead: i64) -> Answer {
    Answer {
        result: Ok(()),
        ahead: Some(ahead),
        age: false,
        took: 2.0,
    }
}

fn refused(code: &'static str, ahead: i64) -> Answer {
    Answer {
        result: Err(code),
        ..good(ahead)
    }
}

impl Answer {
    fn undated(self) -> Self {
        Self {
            ahead: None,
            ..self
        }
    }

    fn cached(self) -> Self {
        Self { age: true, ..self }
    }

    fn after(self, took: f64) -> Self {
        Self { took, ..self }
    }

    /// The response whose exchange was under way from `sent` on.
    fn reply(&self, sent: f64) -> Reply {
        let mut reply = match self.result {
            Ok(()) => reply(200, OPERATION),
            Err(code) => reply(403, &format!(r#"{{"__type": "{code}"}}"#)),
        };
        let headers = reply.as_mut().unwrap().headers_mut();
        if let Some(ahead) = self.ahead {
            let middle = at(sent + self.took / 2.0).wall;
            let theirs = if ahead < 0 {
                middle - Duration::from_secs(ahead.unsigned_abs())
            } else {
                middle + Duration::from_secs(ahead.unsigned_abs())
            };
            headers.insert("date", httpdate::fmt_http_date(theirs).parse().unwrap());
        }
        if self.age {
            headers.insert("age", "60".parse().unwrap());
        }
        reply
    }
}

/// Makes a call after each other's end on one session: how far ahead of this machine's clock each attempt was signed,
/// and how the call ended.
fn signed(session: &Session, answers: &[Answer]) -> Vec<String> {
    let mut answers = answers.iter();
    let (mut seconds, mut trace) = (0.0, Vec::new());
    while answers.len() > 0 {
        let mut exchange = get(session);
        loop {
            match exchange.step(at(seconds)) {
                Ok(Step::Send { request, .. }) => {
                    let label = request.headers()["authorization"].to_str().unwrap();
                    let time: i64 = label.rsplit(' ').next().unwrap().parse().unwrap();
                    trace.push(format!(
                        "{:+}",
                        time - 1_700_000_000 - seconds.floor() as i64
                    ));
                    let answer = answers.next().expect("the answers are enough");
                    let reply = answer.reply(seconds);
                    seconds += answer.took;
                    exchange.on_reply(at(seconds), reply);
                }
                Ok(Step::Wait(duration)) => {
                    // To the next full second, so that the trace is in seconds.
                    seconds = (seconds + duration.as_secs_f64()).ceil();
                }
                Ok(Step::Ready(_)) => break trace.push("ok".to_owned()),
                Err(error) => {
                    break trace.push(
                        error
                            .service_error()
                            .unwrap()
                            .code
                            .as_ref()
                            .unwrap()
                            .to_string(),
                    );
                }
                other => panic!("{other:?}"),
            }
        }
    }
    trace
}

#[test]
fn signatures_are_in_the_service_s_time() {
    let check = |name: &str, answers: &[Answer], expected: &str, skew: i64| {
        let session = session().with_signer(Label);
        session.keep_credentials(Credentials::new("AKID", "secret"), at(0.0).wall);
        assert_eq!(signed(&session, answers).join(" "), expected, "{name}");
        assert_eq!(session.clock_skew().as_millis(), skew * 1_000, "{name}");
    };
    check("clocks that agree", &[good(0), good(0)], "+0 ok +0 ok", 0);
    check(
        "learnt from a success",
        &[good(900), good(900)],
        "+0 ok +900 ok",
        900,
    );
    check(
        "a clock that is behind",
        &[good(-900), good(-900)],
        "+0 ok -900 ok",
        -900,
    );
    check(
        "a clock that was set right meanwhile",
        &[good(900), good(0), good(0)],
        "+0 ok +900 ok +0 ok",
        0,
    );
    for code in [
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "AuthFailure",
        "RequestTimeTooSkewed",
        "AccessDeniedException",
    ] {
        check(
            "refused, then signed in the service's time",
            &[refused(code, 400), good(400), good(400)],
            "+0 +400 ok +400 ok",
            400,
        );
        let failed = format!("+0 {code} +100 ok");
        check(
            "too little to be the reason; still learnt",
            &[refused(code, 100), good(100)],
            &failed,
            100,
        );
        check(
            "without a date nothing is known",
            &[refused(code, 0).undated()],
            &format!("+0 {code}"),
            0,
        );
    }
    check(
        "a code of something else",
        &[refused("InvalidInput", 400)],
        "+0 InvalidInput",
        400,
    );
    check(
        "what a cache kept says nothing",
        &[good(-4_000).cached(), good(0)],
        "+0 ok +0 ok",
        0,
    );
    check(
        "nor does what was long under way",
        &[good(-4_000).after(901.0), good(0)],
        "+0 ok +0 ok",
        0,
    );
    check(
        "a refusal that stays ends with the attempts",
        &[
            refused("AuthFailure", 400),
            refused("AuthFailure", 400),
            refused("AuthFailure", 400),
        ],
        "+0 +400 +400 AuthFailure",
        400,
    );
}

#[test]
fn it_is_learnt_without_a_retry_to_spare_and_by_failures_that_are_final() {
    let session = session().with_signer(Label).with_retry(RetryPolicy::NEVER);
    session.keep_credentials(Credentials::new("AKID", "secret"), at(0.0).wall);
    let trace = signed(&session, &[refused("RequestTimeTooSkewed", 700), good(700)]);
    assert_eq!(trace.join(" "), "+0 RequestTimeTooSkewed +700 ok");
}

#[test]
fn an_unsigned_request_is_not_tried_again_for_the_time() {
    let session = session();
    let mut exchange = get(&session);
    exchange.step(at(0.0)).unwrap();
    exchange.on_reply(at(2.0), refused("AccessDeniedException", 4_000).reply(0.0));
    assert_eq!(exchange.step(at(2.0)).unwrap_err().attempts(), 1);
}
