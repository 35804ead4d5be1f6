//! The kit passes a transport that keeps the clauses, and catches each of its offending variants.

#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a transport opens sockets and keeps time limits"
)]

mod toy;

use ops_transport::conformance::{Call, Check, Subject, check_all, checks};

use toy::{AsyncToy, Misdeed, Toy};

fn blocking(misdeed: Misdeed) -> Subject {
    Subject::new_blocking(move || Toy::new(misdeed)).with_reuse()
}

fn with_accept(misdeed: Misdeed) -> Subject {
    blocking(misdeed).with_accept()
}

fn asynchronous(misdeed: Misdeed) -> Subject {
    let block_on = |call: Call<'_>| futures_executor::block_on(call);
    Subject::new(move || (AsyncToy::new(misdeed), block_on)).with_reuse()
}

mod innocent_and_blocking {
    ops_transport::conformance_tests!(super::blocking(super::Misdeed::None));
}

mod innocent_and_async {
    ops_transport::conformance_tests!(super::asynchronous(super::Misdeed::None));
}

#[test]
fn an_innocent_has_no_violation() {
    assert_eq!(check_all(&blocking(Misdeed::None)), []);
}

#[test]
fn an_accept_that_is_said_is_no_violation() {
    assert_eq!(check_all(&with_accept(Misdeed::AddsAccept)), []);
}

#[test]
fn the_checks_are_in_the_order_of_the_clauses_and_leave_none_out() {
    let mut clauses: Vec<_> = checks().iter().map(Check::clause).collect();
    assert!(clauses.is_sorted());
    clauses.dedup();
    assert_eq!(clauses, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
}

/// A test for each misdeed: the check of this name fails, as one of its clause.
macro_rules! caught {
    ($($misdeed:ident: $subject:ident, $clause:literal, $check:ident, $test:ident;)+) => {
        $(
            #[test]
            fn $test() {
                let subject = $subject(Misdeed::$misdeed).with_test(stringify!($test));
                check_caught(&subject, $clause, stringify!($check));
            }
        )+
    };
}

#[track_caller]
fn check_caught(subject: &Subject, clause: u8, name: &str) {
    let check = checks().iter().find(|check| check.name() == name);
    let outcome = check.expect("a check of this name").run(subject);
    if std::env::var_os("OPS_TRANSPORT_CONFORMANCE_CHILD").is_some() {
        // The process of the check itself, which is to see the violation.
        return outcome.expect("the transport keeps the clause");
    }
    let violation = outcome.expect_err("it is caught");
    assert_eq!((violation.clause(), violation.check()), (clause, name));
    assert!(violation.to_string().starts_with(&format!("{name}: ")));
}

caught! {
    AddsAccept: blocking, 1, clause_01_sends_exactly_this_request, adds_accept;
    AsksForJson: with_accept, 1, clause_01_sends_exactly_this_request, asks_for_json;
    DecodesPaths: blocking, 1, clause_01_sends_exactly_this_request, decodes_paths;
    ResolvesDots: blocking, 1, clause_01_resolves_no_dot_segments, resolves_dots;
    DropsRepeatedHeaders: blocking, 1, clause_01_sends_exactly_this_request, drops_headers;
    SendsChunks: blocking, 1, clause_01_sends_exactly_this_request, sends_chunks;
    AsksForGzip: blocking, 1, clause_01_sends_exactly_this_request, adds_accept_encoding;
    OverwritesHost: blocking, 1, clause_01_keeps_a_host_header_that_is_given, overwrites_host;
    CutsBodies: blocking, 1, clause_01_sends_a_large_body_whole, cuts_bodies;
    SendsAnything: blocking, 1, clause_01_refuses_what_it_would_send_otherwise, sends_anything;
    FollowsRedirects: blocking, 2, clause_02_returns_a_redirect_as_it_is, follows_redirects;
    Retries: blocking, 3, clause_03_never_retries, retries;
    RetriesIfReused: blocking, 3, clause_03_never_retries, retries_if_reused;
    RetriesIfReused: blocking, 3, clause_03_sends_once_after_a_close_while_idle, retries_if_stale;
    AsksForGzip: blocking, 4, clause_04_a_compressed_body_stays_compressed, asks_for_gzip;
    HidesCompression: blocking, 4, clause_04_a_compressed_body_stays_compressed, decompresses;
    ErrsOnStatus: blocking, 5, clause_05_any_status_is_ok, errs_on_status;
    DropsRepeatedAnswers: blocking, 5, clause_05_any_status_is_ok, drops_headers_of_answers;
    TakesInterimAnswers: blocking, 5, clause_05_a_whole_response_is_ok_in_every_framing, takes_interim_answers;
    ReadsBodiesOfHead: blocking, 5, clause_05_a_response_to_head_has_no_body, reads_bodies_of_head;
    TakesTruncatedBodies: blocking, 5, clause_05_what_is_not_a_whole_response_is_an_error, takes_truncated_bodies;
    TakesResetsForEnds: blocking, 5, clause_05_a_reset_within_a_body_is_an_error, takes_resets_for_ends;
    KnowsNoBodyLimit: blocking, 6, clause_06_stops_at_the_body_limit, knows_no_body_limit;
    KnowsNoBodyLimit: blocking, 6, clause_06_stops_a_body_without_end, reads_a_body_without_end;
    ReadsOnToTheLimit: blocking, 6, clause_06_refuses_an_announced_length_at_once, reads_on_to_the_limit;
    KnowsNoExtensionLimit: blocking, 6, clause_06_stops_a_body_without_end, knows_no_extension_limit;
    KnowsNoHeadLimit: blocking, 6, clause_06_stops_a_head_without_end, knows_no_head_limit;
    KnowsNoTimeLimit: blocking, 7, clause_07_keeps_the_time_limit_over_the_whole_exchange, knows_no_time_limit;
    CountsTimeByRead: blocking, 7, clause_07_keeps_the_time_limit_over_the_whole_exchange, counts_time_by_read;
    WritesForEver: blocking, 7, clause_07_a_request_that_is_not_read_times_out, writes_for_ever;
    KnowsNoTimeLimit: blocking, 7, clause_07_takes_any_limit, knows_no_time_limit_of_zero;
    ShowsAnswersInErrors: blocking, 8, clause_08_neither_errors_nor_debug_show_headers_or_bodies, shows_answers_in_errors;
    ShowsRequestsInDebug: blocking, 8, clause_08_neither_errors_nor_debug_show_headers_or_bodies, shows_requests_in_debug;
    Prints: blocking, 8, clause_08_prints_nothing, prints;
    KeepsBrokenConnections: blocking, 9, clause_09_a_failed_call_does_not_poison_a_later_one, keeps_broken_connections;
    IsPoisonedByDrops: asynchronous, 9, clause_09_a_dropped_call_does_not_poison_a_later_one, is_poisoned_by_drops;
    AnswersFromMemory: blocking, 9, clause_09_many_callers_share_a_transport, answers_from_memory;
    ReadsProxyVariables: blocking, 10, clause_10_reads_no_environment, reads_proxy_variables;
}
