//! Limits, deadlines, resumption and single calls.

use super::*;

#[test]
fn limits_and_cycles() {
    let case = |limits, replies: &[Reply]| Case {
        limits,
        ..Case::new(list(), replies.iter().cloned())
    };
    let cyclic = [
        page("a", "t1"),
        page("b", "t2"),
        page("c", "t1"),
        page("d", ""),
    ];
    let three = "send 1 | item a | send 1 t1 | item b | send 1 t2 | item c";
    check(
        "a cycle of two",
        &case(Limits::default(), &cyclic),
        &format!(
            "{three} | \
             error ListOperations: after 3 pages the service repeated a page token; the rest of the list is out of reach @ t2[1] after c | \
             end token cycle, 3 pages @ t2[1] after c"
        ),
    );
    check(
        "a cycle where to stop",
        &case(limits(0, 0, OnCycle::Stop), &cyclic),
        &format!("{three} | end token cycle, 3 pages @ t2[1] after c"),
    );
    check(
        "a page that names itself",
        &case(
            limits(0, 0, OnCycle::Stop),
            &[page("a", "t1"), page("", "t1")],
        ),
        "send 1 | item a | send 1 t1 | end token cycle, 2 pages @ t1[0] after a",
    );
    let twos = [page("a b", "t1"), page("c d", "t2"), page("e f", "")];
    check(
        "three items",
        &case(limits(3, 0, OnCycle::Fail), &twos),
        "send 1 | item a | item b | send 1 t1 | item c | end item limit, 2 pages @ t1[1] after c",
    );
    check(
        "two items, the end of a page",
        &case(limits(2, 0, OnCycle::Fail), &twos),
        "send 1 | item a | item b | end item limit, 1 pages @ t1[0] after b",
    );
    check(
        "one page",
        &case(limits(0, 1, OnCycle::Fail), &twos),
        "send 1 | item a | item b | end page limit, 1 pages @ t1[0] after b",
    );
    check(
        "a limit that is not reached",
        &case(limits(6, 3, OnCycle::Fail), &twos[2..]),
        "send 1 | item e | item f | end exhausted, 1 pages @ -[2] after f",
    );
}

#[test]
fn deadlines() {
    let case = |session, took: u64, replies: &[Reply]| Case {
        session,
        took: Duration::from_secs(took),
        ..Case::new(list(), replies.iter().cloned())
    };
    let call: fn(Session) -> Session = |session| {
        session.with_timeouts(Timeouts {
            call: Duration::from_secs(10),
            ..Timeouts::default()
        })
    };
    check(
        "a call that runs out while it waits",
        &case(call, 4, &[wait_for(1000), wait_for(1000), page("a", "")]),
        "send 1 in 10s | sleep 1s | send 2 in 5s | \
         error ListOperations: the time limit of the call ran out; the last attempt: HTTP status 503 Service Unavailable (2 attempts) @ -[0] after - | \
         end deadline, 0 pages @ -[0] after -",
    );
    check(
        "each page is a call",
        &case(call, 8, &[page("a", "t1"), page("b", "")]),
        "send 1 in 10s | item a | send 1 t1 in 10s | item b | \
         end exhausted, 2 pages @ t1[1] after b",
    );
    check(
        "a listing that runs out between pages",
        &case(
            |session| {
                session.with_timeouts(Timeouts {
                    listing: Some(Duration::from_secs(10)),
                    ..Timeouts::default()
                })
            },
            4,
            &[
                page("a", "t1"),
                page("b", "t2"),
                page("c", "t3"),
                page("d", ""),
            ],
        ),
        "send 1 in 10s | item a | send 1 t1 in 6s | item b | send 1 t2 in 2s | item c | \
         error ListOperations: the time limit of the listing ran out @ t3[0] after c | \
         end deadline, 3 pages @ t3[0] after c",
    );
    check(
        "an attempt",
        &case(
            |session| {
                session.with_timeouts(Timeouts {
                    attempt: Duration::from_secs(3),
                    ..Timeouts::default()
                })
            },
            4,
            &[Err(TransportErrorKind::Timeout), page("a", "")],
        ),
        "send 1 in 3s | sleep | send 2 in 3s | item a | end exhausted, 1 pages @ -[1] after a",
    );
}

#[test]
fn resumption() {
    let checkpoint = |region: &str| -> Checkpoint {
        format!(
            r#"{{"version":1,"operation":"ListOperations","endpoint":"https://servicediscovery.us-east-1.amazonaws.com/","region":"{region}","request":{{}},"token":"t1","index":1,"last_id":"c"}}"#
        )
        .parse()
        .unwrap()
    };
    let case = |region, replies: &[Reply]| Case {
        resume: Some(checkpoint(region)),
        ..Case::new(list(), replies.iter().cloned())
    };
    check(
        "within a page",
        &case("us-east-1", &[page("c d", "t2"), page("e", "")]),
        "send 1 t1 | item d | send 1 t2 | item e | \
         end exhausted, 2 pages @ t2[1] after e, unchanged",
    );
    check(
        "within a page that has changed",
        &case("us-east-1", &[page("x c d", "")]),
        "send 1 t1 | item c | item d | \
         end exhausted, 1 pages @ t1[3] after d, c became Some(\"x\")",
    );
    check(
        "of another listing",
        &case("eu-west-1", &[]),
        "error ListOperations: the checkpoint is of another listing: its region is eu-west-1, \
         and this one's is us-east-1",
    );
}

#[test]
fn endpoints() {
    let at = |url: &str| EndpointParams::at_url(url.parse().unwrap(), None);
    let case = |params, session| Case {
        params,
        session,
        ..Case::new(list(), [page("a", "")])
    };
    let plain: fn(Session) -> Session = |session| session;
    check(
        "no region",
        &case(EndpointParams::default(), plain),
        "error ListOperations: no region is set; set one, for example eu-central-1",
    );
    check(
        "plain HTTP",
        &case(at("http://example.com"), plain),
        "error ListOperations: plain HTTP to example.com would go unencrypted over the network; \
         use https, or allow plain HTTP explicitly",
    );
    check(
        "plain HTTP that is allowed",
        &case(at("http://example.com"), |session| {
            session.with_plain_http(PlainHttp::Anywhere)
        }),
        "send 1 | item a | end exhausted, 1 pages @ -[1] after a",
    );
}

#[test]
fn calls() {
    let get = || GetOperation::new("op").unwrap();
    let operation = || {
        Script::json(
            200,
            r#"{"Operation":{"Id":"op","Status":"PENDING","UpdateDate":1516925490.087}}"#,
        )
    };
    check_call(
        "at once",
        &Case::new(get(), [operation()]),
        "send 1 | item op Running",
    );
    check_call(
        "after credentials and retries",
        &Case::new(
            get(),
            [Err(TransportErrorKind::Closed), wait_for(700), operation()],
        )
        .signed([Ok(key("A"))]),
        "credentials | send 1 | sleep | send 2 | sleep 700ms | send 3 | item op Running",
    );
    check_call(
        "not found",
        &Case::new(
            get(),
            [Script::json(
                400,
                r#"{"__type":"OperationNotFound","Message":"gone"}"#,
            )],
        ),
        "send 1 | error GetOperation: OperationNotFound: gone",
    );
    let body =
        r#"{"connectorOperationArn":"arn:op","connectorOperationState":"ROLLBACK_COMPLETE"}"#;
    check_call(
        "MSK Connect",
        &Case::new(
            DescribeConnectorOperation::new("arn:op").unwrap(),
            [Script::json(200, body)],
        ),
        "send 1 | item arn:op RolledBack",
    );
}

#[test]
fn the_requests_of_a_listing_stand_as_they_are() {
    let case = Case::new(
        list(),
        [page("a", "t1"), Script::json(400, THROTTLED), page("b", "")],
    )
    .signed([Ok(key("A"))]);
    let world = case.world();
    let items = block_on(async {
        let mut items = case.client(&world).items(list()).unwrap();
        let mut ids = Vec::new();
        while let Some(item) = items.next().await {
            ids.push(item.unwrap().id);
        }
        ids
    });
    assert_eq!(items, ["a", "b"]);
    let requests = world.0.script.requests();
    let seen: Vec<_> = requests
        .iter()
        .map(|(request, attempt)| {
            let header = |name: &str| request.headers()[name].to_str().unwrap();
            assert_eq!(request.method(), "POST");
            assert_eq!(
                request.uri(),
                "https://servicediscovery.us-east-1.amazonaws.com/"
            );
            assert_eq!(header("host"), "servicediscovery.us-east-1.amazonaws.com");
            assert_eq!(header("content-type"), "application/x-amz-json-1.1");
            assert_eq!(
                header("x-amz-target"),
                "Route53AutoNaming_v20170314.ListOperations"
            );
            assert_eq!(request.headers().len(), 7, "{:?}", request.headers());
            assert_eq!(
                (attempt.operation, attempt.max_body),
                ("ListOperations", 8 * 1024 * 1024)
            );
            let body = std::str::from_utf8(request.body()).unwrap();
            (header("amz-sdk-request"), body, attempt.number)
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("attempt=1; max=3", "{}", 1),
            ("attempt=1; max=3", r#"{"NextToken":"t1"}"#, 1),
            ("attempt=2; max=3", r#"{"NextToken":"t1"}"#, 2),
        ]
    );
    // 2026-01-01T00:00:00Z and one second; then the wait and its jitter.
    let signed = |place: usize| {
        requests[place].0.headers()["authorization"]
            .to_str()
            .unwrap()
    };
    assert_eq!(signed(0), "A us-east-1 servicediscovery 1767225600s over 6");
    assert_eq!(signed(1), "A us-east-1 servicediscovery 1767225601s over 6");
    assert_ne!(signed(1), signed(2), "every attempt is signed anew");
    let id = |place: usize| &requests[place].0.headers()["amz-sdk-invocation-id"];
    assert!(id(0) != id(1) && id(1) == id(2));
}
