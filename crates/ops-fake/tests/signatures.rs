//! Signed requests, as text: what is taken, and what is refused in which words.
#![cfg(test)]

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{HeaderValue, Method, Request, header};
use ops_fake::{AccessKey, FakeService, VirtualClock};
use ops_model::Timestamp;
use serde_json::Value;

/// When everything here was signed: 2026-08-30T12:36:00Z.
const SIGNED_AT: u64 = 1_788_093_360;

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJGMEQCIH+abc/def==";

const MISMATCH: &str = "The request signature we calculated does not match the signature you provided. Check your AWS \
    Secret Access Key and signing method. Consult the service documentation for details.";
const UNKNOWN: &str = "The security token included in the request is invalid.";

fn long_term() -> AccessKey {
    AccessKey::new("AKIDEXAMPLE", SECRET)
}

fn temporary() -> AccessKey {
    AccessKey::new(
        "ASIAEXAMPLETEMP00000",
        "tEmP/SeCrEt+KeY/ExAmPlE0123456789abcdEFG",
    )
    .with_session_token(TOKEN)
}

fn at(seconds: u64) -> VirtualClock {
    VirtualClock::starting_at(SystemTime::UNIX_EPOCH + Duration::from_secs(seconds))
}

fn service() -> FakeService {
    FakeService::builder()
        .verify_signatures([long_term(), temporary()])
        .clock(at(SIGNED_AT))
        .signing_region("us-east-1".parse().unwrap())
        .connector("a")
        .build()
}

fn request(method: &str, uri: &str, headers: &[(&str, &str)], body: &'static str) -> Signed {
    let mut request = Request::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(Bytes::from_static(body.as_bytes())).unwrap()
}

type Signed = Request<Bytes>;

/// A list of Cloud Map's, as botocore signs it.
fn list() -> Signed {
    request(
        "POST",
        "/",
        &[
            ("host", "servicediscovery.us-east-1.amazonaws.com"),
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "Route53AutoNaming_v20170314.ListOperations"),
            ("x-amz-date", "20260830T123600Z"),
            ("user-agent", "Boto3"),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260830/us-east-1/servicediscovery/aws4_request, \
                 SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
                 Signature=251642a6a215409c3d3c9891e5f554fae8a231b0b2dcd49f35d3a300906ddbac",
            ),
        ],
        "{}",
    )
}

/// A GET of MSK Connect's, as botocore signs it with the long-term key.
fn get(uri: &str, headers: &[(&str, &str)], signed: &str, signature: &str) -> Signed {
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260830/us-east-1/kafkaconnect/aws4_request, \
         SignedHeaders={signed}, Signature={signature}"
    );
    let headers: Vec<_> = headers
        .iter()
        .copied()
        .chain([("authorization", &authorization[..])])
        .collect();
    request("GET", uri, &headers, "")
}

const HOST: (&str, &str) = ("host", "kafkaconnect.us-east-1.amazonaws.com");
const DATE: (&str, &str) = ("x-amz-date", "20260830T123600Z");

fn list_of_connector() -> Signed {
    get(
        "/v1/connectors/a/operations",
        &[HOST, DATE],
        "host;x-amz-date",
        "eb60146d24805d6b58a2d0b8d6fdd9a25f85f5a3bff0b6cc1599d9334cc67295",
    )
}

fn list_with_token() -> Signed {
    request(
        "GET",
        "/v1/connectors/a/operations",
        &[
            HOST,
            DATE,
            ("x-amz-security-token", TOKEN),
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLETEMP00000/20260830/us-east-1/kafkaconnect/aws4_request, \
                 SignedHeaders=host;x-amz-date;x-amz-security-token, \
                 Signature=bb42c6d6d51b6a3149989a791512310383766e3db57db27e7615ba51c49b116f",
            ),
        ],
        "",
    )
}

fn set(request: &mut Signed, name: &'static str, value: &str) {
    let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
    request.headers_mut().insert(name, value);
}

/// Changes the `Authorization` header.
fn resign(request: &mut Signed, from: &str, to: &str) {
    let before = request.headers()[header::AUTHORIZATION].to_str().unwrap();
    let after = before.replace(from, to);
    assert_ne!(before, after, "{from}");
    set(request, "authorization", &after);
}

fn changed(mut request: Signed, change: impl FnOnce(&mut Signed)) -> Signed {
    change(&mut request);
    request
}

fn resigned(from: &str, to: &str) -> Signed {
    changed(list(), |request| resign(request, from, to))
}

#[track_caller]
fn check_taken(service: &FakeService, request: Signed) {
    let text = format!("{request:?}");
    let response = service.respond(request);
    assert_eq!(response.status(), 200, "{text} {:?}", response.body());
}

/// What refuses a request: the status, the code and the message.
fn refusal(service: &FakeService, request: Signed) -> (u16, String, String) {
    let cloud_map = request.headers().contains_key("x-amz-target");
    let (parts, body) = service.respond(request).into_parts();
    assert!(parts.headers.contains_key("x-amzn-requestid"));
    let text = std::str::from_utf8(&body).unwrap();
    for secret in [SECRET, TOKEN, "tEmP/SeCrEt", "251642a6a2", "AKIDEXAMPLE"] {
        assert!(!text.contains(secret), "{text}");
    }
    let json: Value = serde_json::from_slice(&body).unwrap();
    let code = if cloud_map {
        assert_eq!(parts.headers["content-type"], "application/x-amz-json-1.1");
        json["__type"].as_str()
    } else {
        assert_eq!(parts.headers["content-type"], "application/json");
        parts
            .headers
            .get("x-amzn-errortype")
            .map(|code| code.to_str().unwrap())
    };
    (
        parts.status.as_u16(),
        code.unwrap_or_default().to_owned(),
        json["message"].as_str().unwrap_or_default().to_owned(),
    )
}

/// Cloud Map refuses everything with 400.
#[track_caller]
fn check_refused(request: Signed, code: &str, message: &str) {
    let expected = (400, code.to_owned(), message.to_owned());
    assert_eq!(refusal(&service(), request), expected);
}

#[test]
fn what_botocore_signs_is_taken() {
    let service = service();
    for request in [
        list(),
        list_of_connector(),
        list_with_token(),
        get(
            "/v1/connectors/a/operations",
            &[HOST, ("date", "Sun, 30 Aug 2026 12:36:00 -0000")],
            "date;host",
            "f9062a372ac8f0d6d7a8c0ab62610448aeb59592fa9727530bc8b22ca48875ca",
        ),
        get(
            "/v1/connectors/a/operations",
            &[
                HOST,
                ("x-custom", "  a   b "),
                ("x-custom", "c"),
                ("accept", "*/*"),
                ("x-empty", ""),
                DATE,
            ],
            "accept;host;x-amz-date;x-custom;x-empty",
            "1f9ea9ca6cd7484bd9430caa0260fe7facec5973ccc1aabdd722d338226dca13",
        ),
        // Its hash of the body is a header as any other.
        get(
            "/v1/connectors/a/operations",
            &[
                HOST,
                DATE,
                (
                    "x-amz-content-sha256",
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                ),
            ],
            "host;x-amz-content-sha256;x-amz-date",
            "432aaeb664c072db4c55c7206cb80f6a7d27bac49273ef5a3003b549dab3939b",
        ),
    ] {
        check_taken(&service, request);
    }
}

#[test]
fn the_target_is_read_as_botocore_reads_it() {
    for (target, signature) in [
        (
            "/v1/connectors/a/operations?nextToken=%2B%20%3D&maxResults=2",
            "8433c1ae3f1f2e43ccacf24ebc3fa55cd147d6b8fd45b90628f66b9759f2bef3",
        ),
        (
            "/v1/connectors/./x//y/../operations?a&b=",
            "10760e28285843ce37c42e062b6d873cc09189274611ebe3521d56a645cfaf85",
        ),
    ] {
        let headers = [("host", "127.0.0.1:4566"), DATE];
        let request = get(target, &headers, "host;x-amz-date", signature);
        // Neither the token nor the path is any, so it is an answer but no refusal of the signature.
        let (status, code, _) = refusal(&service(), request);
        assert!(matches!(status, 400 | 404), "{target} {status} {code}");
    }
}

#[test]
fn a_signature_is_read_however_it_is_written() {
    let service = service();
    for request in [
        resigned(", ", ","),
        resigned(", ", " "),
        resigned(", ", " , ,  "),
        resigned("AWS4-HMAC-SHA256 ", "  AWS4-HMAC-SHA256   "),
        resigned("Credential=", "X=, Credential="),
        changed(list(), |request| {
            // The other way round.
            let text = request.headers()["authorization"]
                .to_str()
                .unwrap()
                .to_owned();
            let (algorithm, parts) = text.split_once(' ').unwrap();
            let parts: Vec<_> = parts.rsplit(", ").collect();
            set(
                request,
                "authorization",
                &format!("{algorithm} {}", parts.join(", ")),
            );
        }),
        // What is not signed may change.
        changed(list(), |request| {
            request.headers_mut().remove("user-agent").unwrap();
            set(request, "amz-sdk-request", "attempt=1; max=3");
            set(request, "date", "yesterday");
        }),
        // The host of the URI, if there is no header.
        changed(list(), |request| {
            let host = request.headers_mut().remove("host").unwrap();
            *request.uri_mut() = format!("https://{}:443/", host.to_str().unwrap())
                .parse()
                .unwrap();
        }),
    ] {
        check_taken(&service, request);
    }
}

#[test]
fn a_signature_that_lacks_a_part_is_incomplete() {
    let without_date = || {
        changed(list(), |request| {
            request.headers_mut().remove("x-amz-date").unwrap();
        })
    };
    let with_authorization =
        |text: &str| changed(list(), |request| set(request, "authorization", text));
    let dated = |text: &str| changed(list(), |request| set(request, "x-amz-date", text));
    let pair = "'…' not a valid key=value pair (missing equal-sign) in Authorization header: '…'.";
    let elements = "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, \
                    got '…'";
    let iso = |text: &str| {
        format!(
            "Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601"
        )
    };
    for (request, message) in [
        (
            with_authorization("eyJ0eXAi"),
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. \
             Authorization header requires 'SignedHeaders' parameter. Authorization=…",
        ),
        (with_authorization("Bearer eyJ0eXAi"), pair),
        (resigned("Signature=", ""), pair),
        (resigned("Credential=", "Credential= "), pair),
        (
            with_authorization("\u{e4}"),
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. \
             Authorization header requires 'SignedHeaders' parameter. Authorization=…",
        ),
        (
            resigned("Credential=", "credential="),
            "Authorization header requires 'Credential' parameter. Authorization=…",
        ),
        (
            resigned("Signature=", "X="),
            "Authorization header requires 'Signature' parameter. Authorization=…",
        ),
        (
            changed(without_date(), |request| {
                resign(request, "SignedHeaders=", "X=");
            }),
            "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either \
             a 'X-Amz-Date' or a 'Date' header. Authorization=…",
        ),
        (
            without_date(),
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. Authorization=…",
        ),
        (dated("2026-08-30T12:36:00Z"), &iso("2026-08-30T12:36:00Z")),
        (dated("20260830T123600"), &iso("20260830T123600")),
        (dated("20260830T126000Z"), &iso("20260830T126000Z")),
        (
            dated("Sun, 30 Aug 2026 12:36:00 GMT"),
            &iso("Sun, 30 Aug 2026 12:36:00 GMT"),
        ),
        (dated("2026083\u{e4}123600Z"), &iso("2026083\u{e4}123600Z")),
        (
            changed(list(), |request| {
                request
                    .headers_mut()
                    .append("x-amz-date", HeaderValue::from_static("20260830T123600Z"));
            }),
            &iso("20260830T123600Z,20260830T123600Z"),
        ),
        (
            changed(without_date(), |request| set(request, "date", "today")),
            &iso("today"),
        ),
        (
            resigned("SHA256", "SHA25"),
            "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). ",
        ),
        (resigned("/aws4_request", ""), elements),
        (resigned("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG"), elements),
        (resigned("/aws4_request", "/aws4_request/"), elements),
    ] {
        check_refused(request, "IncompleteSignatureException", message);
    }
}

#[test]
fn a_signature_for_something_else_is_invalid() {
    let host = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.";
    for (request, message) in [
        (resigned("content-type;host;", "content-type;"), host),
        (
            resigned("content-type;host;x-amz-date;x-amz-target", ""),
            host,
        ),
        (
            resigned(";x-amz-target", ""),
            "'x-amz-target' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        (
            changed(list(), |request| set(request, "X-Amz-Meta", "a")),
            "'x-amz-meta' must be a 'SignedHeader' in the AWS Authorization.",
        ),
        (
            resigned("us-east-1", "us-east-2"),
            "Credential should be scoped to a valid region, not 'us-east-2'. ",
        ),
        (
            resigned("servicediscovery", "kafkaconnect"),
            "Credential should be scoped to correct service: 'servicediscovery'. ",
        ),
        (
            resigned("aws4_request", "aws5_request"),
            "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5_request'. ",
        ),
        (
            resigned("/20260830/", "/20260831/"),
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '20260831' != \
             '20260830', from '20260830T123600Z'. ",
        ),
        (
            resigned(
                "/20260830/us-east-1/servicediscovery/aws4_request",
                "/b/c/d/e",
            ),
            "Credential should be scoped to a valid region, not 'c'. Credential should be scoped to correct service: \
             'servicediscovery'. Credential should be scoped with a valid terminator: 'aws4_request', not 'e'. Date in \
             Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: 'b' != '20260830', from \
             '20260830T123600Z'. ",
        ),
    ] {
        check_refused(request, "InvalidSignatureException", message);
    }
}

#[test]
fn a_signature_of_something_else_does_not_match() {
    for request in [
        changed(list(), |request| *request.method_mut() = Method::PUT),
        changed(list(), |request| *request.uri_mut() = "/x".parse().unwrap()),
        changed(list(), |request| {
            *request.uri_mut() = "/?x".parse().unwrap();
        }),
        changed(list(), |request| {
            *request.uri_mut() = format!("/?{}", "+".repeat(30_000)).parse().unwrap();
        }),
        changed(list(), |request| {
            *request.body_mut() = Bytes::from_static(b"{ }");
        }),
        changed(list(), |request| set(request, "host", "localhost")),
        changed(list(), |request| {
            request.headers_mut().remove("host").unwrap();
        }),
        // A host without a path.
        changed(list(), |request| {
            request.headers_mut().remove("host").unwrap();
            *request.uri_mut() = "localhost".parse().unwrap();
        }),
        changed(list(), |request| set(request, "content-type", "text/json")),
        changed(list(), |request| {
            set(request, "content-type", "text/\u{e4}");
        }),
        changed(list(), |request| {
            request.headers_mut().remove("content-type").unwrap();
        }),
        changed(list(), |request| {
            let target = "Route53AutoNaming_v20170314.GetOperation";
            set(request, "x-amz-target", target);
        }),
        changed(list(), |request| {
            set(request, "x-amz-date", "20260830T123601Z");
        }),
        // The same time, but not what was signed.
        changed(list(), |request| {
            request.headers_mut().remove("x-amz-date").unwrap();
            set(request, "date", "Sun, 30 Aug 2026 12:36:00 GMT");
        }),
        // The header is there, empty, to whoever lists it.
        resigned("content-type;host;", "content-type;host;missing;"),
        resigned("content-type;host;", "content-type;host;host;"),
        resigned("content-type;host;", "host;content-type;"),
        resigned("content-type;host;", "Content-Type;host;"),
        resigned("content-type;host;", ";content-type;host;"),
        resigned("906ddbac", "906ddbad"),
        resigned("906ddbac", "906ddba"),
        resigned("906ddbac", "906ddbac0"),
        resigned("906ddbac", "906DDBAC"),
        resigned(
            "251642a6a215409c3d3c9891e5f554fae8a231b0b2dcd49f35d3a300906ddbac",
            "",
        ),
    ] {
        check_refused(request, "InvalidSignatureException", MISMATCH);
    }
}

/// To the signer, whatever is no UTF-8 is the same.
#[test]
fn a_query_that_is_no_text_does_not_match() {
    let signature = "da90d7caf54a266e4c8c7d01c19334f3fc6a353ebe12047b50fbc68e3728bca5";
    for (token, status) in [("%EF%BF%BD", 400), ("%FF", 403)] {
        let uri = format!("/v1/connectors/a/operations?nextToken={token}");
        let request = get(&uri, &[HOST, DATE], "host;x-amz-date", signature);
        assert_eq!(refusal(&service(), request).0, status, "{token}");
    }
}

#[test]
fn a_signature_is_good_for_five_minutes_either_way() {
    let answer = |seconds: u64| {
        let service = FakeService::builder()
            .verify_signatures([long_term()])
            .clock(at(seconds))
            .build();
        // The service's time is its clock's, and what it was set forward.
        service.advance(Duration::from_millis(999));
        let (status, _, message) = refusal(&service, list());
        (status, message)
    };
    assert_eq!(answer(SIGNED_AT - 300).0, 200);
    assert_eq!(answer(SIGNED_AT + 300).0, 200);
    let expired = "Signature expired: 20260830T123600Z is now earlier than 20260830T123601Z (20260830T124101Z - 5 min.)";
    assert_eq!(answer(SIGNED_AT + 301), (400, expired.to_owned()));
    let not_yet = "Signature not yet current: 20260830T123600Z is still later than 20260830T123559Z (20260830T123059Z + 5 min.)";
    assert_eq!(answer(SIGNED_AT - 301), (400, not_yet.to_owned()));
    assert_eq!(answer(0).0, 400);
    assert_eq!(answer(253_402_300_799).0, 400);
}

#[test]
fn msk_connect_refuses_with_403_in_its_own_form() {
    let check = |change: &dyn Fn(&mut Signed), code: &str, message: &str| {
        let request = changed(list_of_connector(), change);
        let expected = (403, code.to_owned(), message.to_owned());
        assert_eq!(refusal(&service(), request), expected);
    };
    check(
        &|request| {
            request.headers_mut().remove("authorization").unwrap();
        },
        "MissingAuthenticationTokenException",
        "Missing Authentication Token",
    );
    check(
        &|request| resign(request, "Signature=", "X="),
        "IncompleteSignatureException",
        "Authorization header requires 'Signature' parameter. Authorization=…",
    );
    check(
        &|request| resign(request, "kafkaconnect", "servicediscovery"),
        "InvalidSignatureException",
        "Credential should be scoped to correct service: 'kafkaconnect'. ",
    );
    check(
        &|request| resign(request, "AKIDEXAMPLE", "AKIDEXAMPLF"),
        "UnrecognizedClientException",
        UNKNOWN,
    );
    check(
        &|request| {
            *request.uri_mut() = "/v1/connectors/b/operations".parse().unwrap();
        },
        "InvalidSignatureException",
        MISMATCH,
    );
}

#[test]
fn who_is_not_known_learns_nothing() {
    for (mut request, status) in [
        (list(), 400),
        (list_of_connector(), 403),
        (
            request(
                "POST",
                "/",
                &[("x-amz-target", "Route53AutoNaming_v20170314.X")],
                "{",
            ),
            400,
        ),
        (request("DELETE", "/v1/x", &[], ""), 403),
        (request("GET", "/", &[], ""), 403),
        // Presigned.
        (
            request("GET", "/v1/x?X-Amz-Algorithm=AWS4-HMAC-SHA256", &[], ""),
            403,
        ),
    ] {
        request.headers_mut().remove("authorization");
        let expected = (
            status,
            "MissingAuthenticationTokenException".to_owned(),
            "Missing Authentication Token".to_owned(),
        );
        assert_eq!(refusal(&service(), request), expected);
    }
}

#[test]
fn a_key_is_its_id_and_its_session_token() {
    let long_term_with_token = get(
        "/v1/connectors/a/operations",
        &[HOST, DATE, ("x-amz-security-token", "x")],
        "host;x-amz-date;x-amz-security-token",
        "58a0e5f5ad063be9308e62e8d8d256b3102a9aacfedb63b1f2df7318020cd6b4",
    );
    for request in [
        changed(list_with_token(), |request| {
            set(
                request,
                "x-amz-security-token",
                &TOKEN.replace("abc", "abd"),
            );
        }),
        changed(list_with_token(), |request| {
            request
                .headers_mut()
                .remove("x-amz-security-token")
                .unwrap();
        }),
        long_term_with_token,
    ] {
        let expected = (
            403,
            "UnrecognizedClientException".to_owned(),
            UNKNOWN.to_owned(),
        );
        assert_eq!(refusal(&service(), request), expected);
    }
    check_refused(
        resigned("AKIDEXAMPLE", "ASIAEXAMPLETEMP00000"),
        "UnrecognizedClientException",
        UNKNOWN,
    );
    let nobody = FakeService::builder()
        .verify_signatures([])
        .clock(at(SIGNED_AT))
        .build();
    assert_eq!(refusal(&nobody, list()).1, "UnrecognizedClientException");
}

#[test]
fn a_key_expires_by_the_services_time() {
    let expiry = Timestamp::from_millis(i64::try_from(SIGNED_AT * 1000 + 60_000).unwrap());
    let service = FakeService::builder()
        .verify_signatures([temporary().with_expiry(expiry.unwrap())])
        .clock(at(SIGNED_AT))
        .connector("a")
        .build();
    service.advance(Duration::from_millis(59_999));
    check_taken(&service, list_with_token());
    service.advance(Duration::from_millis(1));
    let expected = (
        403,
        "ExpiredTokenException".to_owned(),
        "The security token included in the request is expired".to_owned(),
    );
    assert_eq!(refusal(&service, list_with_token()), expected);
}

#[test]
fn any_region_is_good_unless_one_is_set() {
    let request = || {
        let mut request = get(
            "/v1/connectors/a/operations",
            &[HOST, DATE],
            "host;x-amz-date",
            "15f9004505b56d71d96a846a43de4a163f0bda7c023f97fe83715d5878444453",
        );
        resign(&mut request, "us-east-1", "eu-central-1");
        request
    };
    let anywhere = FakeService::builder()
        .verify_signatures([long_term()])
        .clock(at(SIGNED_AT))
        .connector("a")
        .build();
    check_taken(&anywhere, request());
    check_taken(&anywhere, list_of_connector());
    assert_eq!(
        refusal(&service(), request()).1,
        "InvalidSignatureException"
    );
    let nowhere = changed(request(), |request| {
        resign(request, "eu-central-1", "Europa!");
    });
    assert_eq!(
        refusal(&anywhere, nowhere).2,
        "Credential should be scoped to a valid region, not 'Europa!'. "
    );
}

#[test]
fn nothing_is_verified_unless_asked_for() {
    let service = FakeService::builder().connector("a").build();
    check_taken(&service, resigned("906ddbac", "906ddbad"));
    check_taken(
        &service,
        request("GET", "/v1/connectors/a/operations", &[], ""),
    );
}

#[test]
fn refused_requests_are_recorded_too() {
    let service = FakeService::builder()
        .verify_signatures([])
        .record(1)
        .build();
    assert_eq!(refusal(&service, list()).0, 400);
    assert_eq!(service.requests().len(), 1);
}

#[test]
fn debug_shows_no_key() {
    let builder = FakeService::builder().verify_signatures([long_term(), temporary()]);
    for text in [format!("{builder:?}"), format!("{:?}", builder.build())] {
        for secret in ["AKID", SECRET, TOKEN] {
            assert!(!text.contains(secret), "{text}");
        }
    }
}
