//! Pages, filters and retries.

use super::*;

#[test]
fn pages() {
    check(
        "three pages",
        &Case::new(list(), [page("a b", "t1"), page("c", "t2"), page("d", "")]),
        "send 1 | item a | item b | send 1 t1 | item c | send 1 t2 | item d | \
         end exhausted, 3 pages @ t2[1] after d",
    );
    check(
        "empty pages",
        &Case::new(
            list(),
            [
                page("", "t1"),
                page("", "t2"),
                page("a", "t3"),
                page("", ""),
            ],
        ),
        "send 1 | send 1 t1 | send 1 t2 | item a | send 1 t3 | \
         end exhausted, 4 pages @ t3[0] after a",
    );
    for nothing in ["{}", "", r#"{"Operations":null}"#] {
        check(
            nothing,
            &Case::new(list(), [Script::json(200, nothing)]),
            "send 1 | end exhausted, 1 pages @ -[0] after -",
        );
    }
    let filtered = list()
        .with_filter(Filter::status(OperationStatus::Success).unwrap())
        .with_page_size(PageSize::new(2).unwrap())
        .with_token("t0")
        .unwrap();
    check(
        "a listing that starts within the list",
        &Case::new(filtered, [page("a", "t1"), page("b", "")]),
        "send 1 t0 | item a | send 1 t1 | item b | end exhausted, 2 pages @ t1[1] after b",
    );
}

#[test]
fn pages_of_a_connector_are_filtered_here() {
    let body = |operations: &[(&str, &str)], next: &str| {
        let operations: Vec<Value> = operations
            .iter()
            .map(|(arn, state)| serde_json::json!({"connectorOperationArn": arn, "connectorOperationState": state}))
            .collect();
        Script::json(
            200,
            serde_json::json!({"connectorOperations": operations, "nextToken": next}).to_string(),
        )
    };
    let failed = ConnectorFilter::new().with_states([ConnectorOperationState::UpdateFailed]);
    let call = ListConnectorOperations::new(ARN)
        .unwrap()
        .with_filter(failed)
        .with_page_size(PageSize::MAX);
    check(
        "a filter of states",
        &Case::new(
            call,
            [
                body(
                    &[("a", "PENDING"), ("b", "UPDATE_FAILED"), ("c", "PENDING")],
                    "+/= é",
                ),
                body(&[("d", "PENDING")], "t2"),
                body(&[("e", "UPDATE_FAILED")], ""),
            ],
        ),
        "send 1 | item b Failed | send 1 %2B%2F%3D%20%C3%A9 | send 1 t2 | item e Failed | \
         end exhausted, 3 pages @ t2[1] after e",
    );
}

#[test]
fn retries() {
    check(
        "a burst of throttling",
        &Case::new(
            list(),
            [
                Script::json(400, THROTTLED),
                Script::json(429, ""),
                page("a", ""),
            ],
        ),
        "send 1 | sleep | send 2 | sleep | send 3 | item a | \
         end exhausted, 1 pages @ -[1] after a",
    );
    check(
        "throttling without end, on the second page",
        &Case::new(
            list(),
            [
                page("a", "t1"),
                Script::json(400, THROTTLED),
                Script::json(400, THROTTLED),
                Script::json(400, THROTTLED),
            ],
        ),
        "send 1 | item a | send 1 t1 | sleep | send 2 t1 | sleep | send 3 t1 | \
         error ListOperations: ThrottlingException: Rate exceeded (3 attempts) @ t1[0] after a | \
         end error, 1 pages @ t1[0] after a",
    );
    check(
        "the service says how long to wait",
        &Case::new(
            list(),
            [
                wait_for(1000),
                wait_for(2500),
                page("a", "t1"),
                wait_for(600_000),
                page("b", ""),
            ],
        ),
        "send 1 | sleep 1s | send 2 | sleep 2.5s | send 3 | item a | send 1 t1 | sleep | \
         send 2 t1 | item b | end exhausted, 2 pages @ t1[1] after b",
    );
    for status in [500, 502, 503, 504] {
        check(
            &status.to_string(),
            &Case::new(list(), [Script::json(status, "<html>"), page("a", "")]),
            "send 1 | sleep | send 2 | item a | end exhausted, 1 pages @ -[1] after a",
        );
    }
    for kind in [
        TransportErrorKind::Connect,
        TransportErrorKind::Timeout,
        TransportErrorKind::Closed,
    ] {
        check(
            &format!("{kind:?}"),
            &Case::new(list(), [Err(kind), Err(kind), page("a", "")]),
            "send 1 | sleep | send 2 | sleep | send 3 | item a | \
             end exhausted, 1 pages @ -[1] after a",
        );
    }
    let case = Case::new(list(), vec![Script::json(500, ""); 2]);
    let never = |session: Session| session.with_retry(RetryPolicy::NEVER);
    check(
        "one attempt",
        &Case {
            session: never,
            ..case
        },
        "send 1 | error ListOperations: HTTP status 500 Internal Server Error @ -[0] after - | \
         end error, 0 pages @ -[0] after -",
    );

    // A retry costs 14 of 500.
    let mut expected = vec!["send 1".to_owned()];
    for retry in 2..=36 {
        expected.extend(["sleep".to_owned(), format!("send {retry}")]);
    }
    expected.push(
        "error ListOperations: HTTP status 500 Internal Server Error (36 attempts) @ -[0] after -"
            .to_owned(),
    );
    expected.push("end error, 0 pages @ -[0] after -".to_owned());
    let case = Case::new(list(), vec![Script::json(500, ""); 50]);
    check(
        "the quota is spent",
        &Case {
            session: |session| {
                let day = Timeouts {
                    call: Duration::from_secs(86_400),
                    ..Timeouts::default()
                };
                session
                    .with_timeouts(day)
                    .with_retry(RetryPolicy::attempts(NonZeroU32::new(100).unwrap()))
            },
            ..case
        },
        &expected.join(" | "),
    );
}
