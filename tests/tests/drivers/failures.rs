//! Failures, credentials and bad items.

use super::*;

#[test]
fn failures_that_are_final() {
    let last = "end error, 0 pages @ -[0] after -";
    for (kind, text) in [
        (TransportErrorKind::Tls, "the TLS handshake failed"),
        (
            TransportErrorKind::InvalidResponse,
            "the peer's answer is not valid HTTP",
        ),
        (
            TransportErrorKind::BodyTooLarge,
            "the response body is larger than the limit",
        ),
        (TransportErrorKind::Request, "the request cannot be sent"),
    ] {
        let error = format!("error ListOperations: {text} @ -[0] after -");
        check(
            text,
            &Case::new(list(), [Err(kind), page("a", "")]),
            &format!("send 1 | {error} | {last}"),
        );
    }
    for (status, body, text) in [
        (
            400,
            r#"{"__type":"InvalidInput","Message":"no such\n\"filter\""}"#,
            "InvalidInput: no such\\n\"filter\"",
        ),
        (
            403,
            r#"{"__type":"AccessDeniedException","message":"no"}"#,
            "AccessDeniedException: no",
        ),
        (301, "", "HTTP status 301 Moved Permanently"),
    ] {
        let error = format!("error ListOperations: {text} @ -[0] after -");
        check(
            text,
            &Case::new(list(), [Script::json(status, body)]),
            &format!("send 1 | {error} | {last}"),
        );
    }
    for (body, reason) in [
        ("<html></html>", "expected a JSON object"),
        (
            r#"{"Operations":[{"Id":"a","Status":"FAIL"}"#,
            "EOF while parsing a list at line 1 column 41",
        ),
        ("[]", "expected a JSON object"),
    ] {
        let case = Case::new(list(), [Script::json(200, body)]);
        let world = case.world();
        let error = case
            .blocking_client(&world)
            .items(list())
            .unwrap()
            .next()
            .unwrap()
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Response);
        let line = error.to_string();
        assert!(line.contains(reason), "{line}");
        let error = format!("error {line} @ -[0] after -");
        check(body, &case, &format!("send 1 | {error} | {last}"));
    }
    let case = Case::new(list(), [page("a", "")]);
    check(
        "a body beyond the limit",
        &Case {
            session: |session| session.with_max_body(10),
            ..case
        },
        &format!(
            "send 1 | \
         error ListOperations: the response body is larger than the limit @ -[0] after - | \
         {last}"
        ),
    );
}

#[test]
fn credentials() {
    let forbidden = || Script::json(403, EXPIRED);
    check(
        "asked once",
        &Case::new(list(), [page("a", "t1"), page("b", "")]).signed([Ok(key("A"))]),
        "credentials | send 1 | item a | send 1 t1 | item b | \
         end exhausted, 2 pages @ t1[1] after b",
    );
    check(
        "asked again when the service says that they have expired",
        &Case::new(list(), [page("a", "t1"), forbidden(), page("b", "")])
            .signed([Ok(key("A")), Ok(key("B"))]),
        "credentials | send 1 | item a | send 1 t1 | credentials | send 2 t1 | item b | \
         end exhausted, 2 pages @ t1[1] after b",
    );
    check(
        "asked again only once",
        &Case::new(list(), [forbidden(), forbidden()]).signed([
            Ok(key("A")),
            Ok(key("B")),
            Ok(key("C")),
        ]),
        "credentials | send 1 | credentials | send 2 | \
         error ListOperations: ExpiredTokenException: expired (2 attempts) @ -[0] after - | \
         end error, 0 pages @ -[0] after -",
    );
    let brief =
        || key("A").with_expiry(VirtualClock::new().now().wall + Duration::from_millis(301_500));
    check(
        "asked again five minutes before they expire",
        &Case::new(list(), [page("a", "t1"), page("b", "t2"), page("c", "")])
            .signed([Ok(brief()), Ok(key("B"))]),
        "credentials | send 1 | item a | send 1 t1 | item b | credentials | send 1 t2 | item c | \
         end exhausted, 3 pages @ t2[1] after c",
    );
    let away =
        Case::new(list(), [page("a", "t1"), page("b", "")]).signed([Ok(brief()), Err("away")]);
    check(
        "still valid while the source is away",
        &Case {
            took: Duration::from_secs(2),
            ..away
        },
        "credentials | send 1 | item a | credentials | send 1 t1 | item b | \
         end exhausted, 2 pages @ t1[1] after b",
    );
    let gone =
        Case::new(list(), [page("a", "t1"), page("b", "")]).signed([Ok(brief()), Err("away")]);
    check(
        "expired while the source is away",
        &Case {
            took: Duration::from_secs(302),
            ..gone
        },
        "credentials | send 1 | item a | credentials | \
         error ListOperations: away @ t1[0] after a | end error, 1 pages @ t1[0] after a",
    );
    check(
        "no credentials",
        &Case::new(list(), []).signed([Err("run `aws configure`")]),
        "credentials | error ListOperations: run `aws configure` @ -[0] after - | \
         end error, 0 pages @ -[0] after -",
    );
    let case = Case::new(list(), []);
    check(
        "no source",
        &Case {
            session: |session| session.with_signer(Label),
            ..case
        },
        "error ListOperations: the client signs its requests but was given no source of credentials @ -[0] after - | \
         end error, 0 pages @ -[0] after -",
    );
    check(
        "not to be signed with",
        &Case::new(list(), []).signed([Ok(key("UNSIGNABLE"))]),
        "credentials | error ListOperations: the request cannot be signed @ -[0] after - | \
         end error, 0 pages @ -[0] after -",
    );
}

#[test]
fn bad_items_stand_in_their_place() {
    let body = r#"{"Operations":[{"Id":"a","Status":"FAIL"},null,{"Id":"c"},{"Id":"d","Status":"NEW"}],"NextToken":"t1"}"#;
    check(
        "two of four",
        &Case::new(list(), [Script::json(200, body), page("e", "")]),
        "send 1 | item a Failed | \
         error ListOperations: item 1 of its page cannot be read: expected a JSON object @ -[2] after - | \
         error ListOperations: item 2 of its page (c) cannot be read: missing field `Status` @ -[3] after c | \
         item d Unknown | send 1 t1 | item e | end exhausted, 2 pages @ t1[1] after e",
    );
}
