//! Requests within a rate limit.

use super::*;
use crate::RateLimit;

fn every(seconds: u64) -> RateLimit {
    RateLimit::every(Duration::from_secs(seconds))
}

/// Lists with these replies, each in no time: the seconds at which requests went out, and how it ended.
fn sent(
    session: &Session,
    replies: impl IntoIterator<Item = Reply>,
) -> (Vec<f64>, Result<EndReason, Error>) {
    let mut listing = Listing::new(ListOperations::new(), session).unwrap();
    let mut replies = replies.into_iter();
    let (mut seconds, mut times) = (0.0, Vec::new());
    loop {
        match listing.step(at(seconds)) {
            Ok(Step::Send { .. }) => {
                times.push((seconds * 1_000.0).round() / 1_000.0);
                listing.on_reply(at(seconds), replies.next().expect("the replies are enough"));
            }
            Ok(Step::Wait(duration)) => seconds += duration.as_secs_f64(),
            Ok(Step::Ready(_)) => {}
            Ok(Step::Done(reason)) => return (times, Ok(reason)),
            Ok(Step::Credentials) => panic!("no signer"),
            Err(error) => return (times, Err(error)),
        }
    }
}

fn pages(count: usize) -> Vec<Reply> {
    (1..count)
        .map(|number| page("", &number.to_string()))
        .chain([page("", "")])
        .collect()
}

#[test]
fn requests_go_out_at_the_rate_and_after_a_burst() {
    let check = |limit: RateLimit, expected: [f64; 5]| {
        let (times, end) = sent(&session().with_rate_limit(limit), pages(5));
        assert_eq!(
            (times, end.unwrap()),
            (expected.to_vec(), EndReason::Exhausted)
        );
    };
    check(every(0), [0.0; 5]);
    check(every(3), [0.0, 3.0, 6.0, 9.0, 12.0]);
    check(
        every(3).with_burst(NonZeroU32::new(3).unwrap()),
        [0.0, 0.0, 0.0, 3.0, 6.0],
    );
    let (times, _) = sent(&session(), pages(5));
    assert_eq!(times, [0.0; 5], "none unless set");
}

#[test]
fn retries_count_and_throttling_slows_down() {
    let session = session().with_rate_limit(every(4));
    let replies = [
        reply(503, ""),
        page("", "1"),
        reply(400, THROTTLED),
        page("", "2"),
        page("", ""),
    ];
    let (times, _) = sent(&session, replies);
    assert_eq!(times[..3], [0.0, 4.0, 8.0]);
    let (after_throttling, next) = (times[3] - times[2], times[4] - times[3]);
    assert!(
        (6.9..=8.0).contains(&after_throttling),
        "half the rate, coming back: {times:?}"
    );
    assert!((4.0..after_throttling).contains(&next), "{times:?}");
}

#[test]
fn the_calls_of_a_session_share_the_rate_of_each_operation() {
    let session = session().with_rate_limit(every(10));
    let list = || Listing::new(ListOperations::new(), &session).unwrap();
    let (mut first, mut second) = (list(), list());
    assert!(matches!(first.step(at(0.0)), Ok(Step::Send { .. })));
    let Ok(Step::Wait(wait)) = second.step(at(0.0)) else {
        panic!("the first has taken what there was")
    };
    assert_eq!(wait, Duration::from_secs(10));
    assert!(matches!(second.step(at(4.0)), Ok(Step::Wait(wait)) if wait == Duration::from_secs(6)));
    assert!(
        matches!(get(&session).step(at(0.0)), Ok(Step::Send { .. })),
        "another operation"
    );
    assert!(matches!(second.step(at(10.0)), Ok(Step::Send { .. })));
}

#[test]
fn a_wait_beyond_the_deadline_is_refused_at_once_and_takes_nothing() {
    let timeouts = Timeouts {
        call: Duration::from_secs(5),
        ..Timeouts::default()
    };
    let session = session().with_timeouts(timeouts).with_rate_limit(every(60));
    let (times, end) = sent(&session, pages(2));
    assert_eq!(times, [0.0]);
    let error = end.unwrap_err();
    assert!(error.is_timeout() && error.checkpoint().is_some());
    assert_eq!(
        error.to_string(),
        "ListOperations: the rate limit lets no request out within the time limit of the call"
    );
    let mut later = Listing::new(ListOperations::new(), &session).unwrap();
    assert!(matches!(later.step(at(60.0)), Ok(Step::Send { .. })));
}
