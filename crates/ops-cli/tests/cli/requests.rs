//! What is sent, as a server sees it.

use crate::common::{EXAMPLE_CONNECTOR_ARN, Ops, TRANSPORTS};
use crate::server::{Reply, Request, Script};

/// The one request of a command.
fn sent_over(transport: &str, args: &[&str]) -> Request {
    let server = Script::new([Reply::json("{}")]);
    let outcome = Ops::new(args)
        .args(["--endpoint-url", &server.url(), "--transport", transport])
        .signed()
        .run();
    let mut requests = server.requests();
    assert_eq!(requests.len(), 1, "{args:?} {outcome:?}");
    requests.remove(0)
}

/// The one request of a command, the same over both HTTP clients.
fn sent(args: &[&str]) -> Request {
    let [first, second] = TRANSPORTS.map(|transport| sent_over(transport, args));
    assert_eq!((&first.line, &first.body), (&second.line, &second.body));
    first
}

#[test]
fn a_listing_of_cloud_map_sends_its_filters() {
    let check = |args: &[&str], expected: &str| {
        let args: Vec<_> = ["cloud-map", "list"].iter().chain(args).copied().collect();
        let request = sent(&args);
        assert_eq!(request.line, "POST / HTTP/1.1");
        assert_eq!(request.body, expected, "{args:?}");
        assert_eq!(
            request.header("x-amz-target"),
            Some("Route53AutoNaming_v20170314.ListOperations")
        );
        assert_eq!(
            request.header("content-type"),
            Some("application/x-amz-json-1.1")
        );
        let authorization = request.header("authorization").unwrap();
        assert!(
            authorization.starts_with("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/")
                && authorization.contains("/us-east-1/servicediscovery/aws4_request,"),
            "{authorization}"
        );
    };
    check(&[], "{}");
    check(&["--page-size", "3"], r#"{"MaxResults":3}"#);
    // The number of operations is the client's to count.
    check(&["--max-items", "3"], "{}");
    check(
        &["--status", "SUCCEED"],
        r#"{"Filters":[{"Name":"STATUS","Condition":"EQ","Values":["SUCCESS"]}]}"#,
    );
    check(
        &["--status", "FAIL,PENDING", "--type", "UPDATE_SERVICE"],
        "{\"Filters\":[{\"Name\":\"STATUS\",\"Condition\":\"IN\",\"Values\":[\"FAIL\",\"PENDING\"]},\
         {\"Name\":\"TYPE\",\"Condition\":\"EQ\",\"Values\":[\"UPDATE_SERVICE\"]}]}",
    );
    let dates = |values: &str| {
        format!(
            r#"{{"Filters":[{{"Name":"UPDATE_DATE","Condition":"BETWEEN","Values":[{values}]}}]}}"#
        )
    };
    check(
        &["--updated-before", "2018-01-26T00:11:30.087Z"],
        &dates(r#""0","1516925490087""#),
    );
    check(
        &[
            "--updated-after",
            "2018-01-26T01:11:30+01:00",
            "--updated-before",
            "2018-01-26T00:11:30.087Z",
        ],
        &dates(r#""1516925490000","1516925490087""#),
    );
    check(
        &[
            "--filter",
            "Name=UPDATE_DATE,Condition=BETWEEN,Values=0,1516925490087",
        ],
        &dates(r#""0","1516925490087""#),
    );
    check(
        &[
            "--date-unit",
            "seconds",
            "--filter",
            "Name=UPDATE_DATE,Condition=BETWEEN,Values=0,1516925490.087",
        ],
        &dates(r#""0","1516925490.087""#),
    );
    check(
        &[
            "--date-unit",
            "seconds",
            "--updated-before",
            "2018-01-26T00:11:30.087Z",
        ],
        &dates(r#""0","1516925490.087""#),
    );
    // Unchecked filters go out as they are, whatever they say.
    check(
        &[
            "--unchecked-filter",
            "Name=COLOUR,Condition=LIKE,Values=",
            "--unchecked-filter",
            "Name=STATUS,Values=SUCCEED",
        ],
        r#"{"Filters":[{"Name":"COLOUR","Condition":"LIKE","Values":[""]},{"Name":"STATUS","Values":["SUCCEED"]}]}"#,
    );
}

#[test]
fn an_open_end_is_now() {
    let millis = || {
        std::time::SystemTime::UNIX_EPOCH
            .elapsed()
            .unwrap()
            .as_millis()
    };
    let before = millis();
    let request = sent_over("hyper", &["cloud-map", "list", "--updated-after", "2h"]);
    let after = millis();
    let body: serde_json::Value = serde_json::from_str(&request.body).unwrap();
    let values = &body["Filters"][0]["Values"];
    let [start, end] = [0, 1].map(|index| values[index].as_str().unwrap().parse::<u128>().unwrap());
    // The age and the end are counted from the same now.
    assert_eq!(end - start, 2 * 60 * 60 * 1000);
    assert!((before..=after).contains(&end), "{before} {end} {after}");
}

#[test]
fn an_operation_of_cloud_map_is_asked_for() {
    let request = sent(&[
        "cloud-map",
        "get",
        "id-1",
        "--owner-account",
        "123456789012",
    ]);
    assert_eq!(
        request.header("x-amz-target"),
        Some("Route53AutoNaming_v20170314.GetOperation")
    );
    assert_eq!(
        request.body,
        r#"{"OperationId":"id-1","OwnerAccount":"123456789012"}"#
    );
    let request = sent(&["cloud-map", "get", "a\"b\n\u{e9}"]);
    assert_eq!(request.body, "{\"OperationId\":\"a\\\"b\\n\u{e9}\"}");
}

#[test]
fn an_arn_of_msk_connect_is_one_segment_of_the_path() {
    let check = |args: &[&str], expected: &str| {
        let request = sent(args);
        assert_eq!(request.line, format!("GET {expected} HTTP/1.1"), "{args:?}");
        assert_eq!(request.body, "");
        assert!(
            request
                .header("authorization")
                .unwrap()
                .contains("/us-east-1/kafkaconnect/aws4_request,")
        );
    };
    let arn = "arn%3Aaws%3Akafkaconnect%3Aus-east-1%3A123456789012%3Aconnector%2Fops-example%2F\
               0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4";
    check(
        &["kafka-connect", "list", EXAMPLE_CONNECTOR_ARN],
        &format!("/v1/connectors/{arn}/operations"),
    );
    check(
        &[
            "kafka-connect",
            "list",
            EXAMPLE_CONNECTOR_ARN,
            "--page-size",
            "7",
            "--state",
            "PENDING",
        ],
        &format!("/v1/connectors/{arn}/operations?maxResults=7"),
    );
    check(
        &["kafka-connect", "describe", "../a b?%2F#\u{e9}"],
        "/v1/connectorOperations/..%2Fa%20b%3F%252F%23%C3%A9",
    );
}

#[test]
fn a_page_is_asked_for_with_the_token_before_it() {
    for transport in TRANSPORTS {
        let server = Script::new([
            Reply::json(r#"{"Operations":[],"NextToken":"a b+/=\"\u00e9"}"#),
            Reply::json(r#"{"Operations":[]}"#),
        ]);
        let outcome = Ops::new(["cloud-map", "list", "--status", "FAIL", "--page-size", "2"])
            .args(["--endpoint-url", &server.url(), "--transport", transport])
            .signed()
            .run();
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        let bodies: Vec<serde_json::Value> = server
            .requests()
            .iter()
            .map(|request| serde_json::from_str(&request.body).unwrap())
            .collect();
        assert_eq!(bodies.len(), 2);
        assert_eq!(bodies[0].get("NextToken"), None);
        assert_eq!(bodies[1]["NextToken"], "a b+/=\"\u{e9}");
        for body in bodies {
            assert_eq!(body["MaxResults"], 2);
            assert_eq!(body["Filters"][0]["Values"][0], "FAIL");
        }

        let server = Script::new([
            Reply::json(r#"{"connectorOperations":[],"nextToken":"a b+/=&"}"#),
            Reply::json("{}"),
        ]);
        let outcome = Ops::new(["kafka-connect", "list", "arn"])
            .args(["--endpoint-url", &server.url(), "--transport", transport])
            .signed()
            .run();
        assert_eq!(outcome.code, Some(0), "{outcome:?}");
        assert_eq!(
            server.requests()[1].line,
            "GET /v1/connectors/arn/operations?nextToken=a%20b%2B%2F%3D%26 HTTP/1.1"
        );
    }
}
