//! Requests written by hand, and the bytes that answer them.

use std::io::{Read, Write};
use std::net::TcpStream;

use ops_fake::{EXAMPLE_CONNECTOR_ARN, FakeServer, FakeService};

use crate::rows::{ARN, Row, row, service};

/// Sends bytes as they stand; returns the status, the headers in lower case, and the body.
fn exchange(server: &FakeServer, request: &[u8]) -> (u16, String, String) {
    let mut stream = TcpStream::connect(server.addr()).unwrap();
    stream.write_all(request).unwrap();
    let mut response = String::new();
    stream.read_to_string(&mut response).unwrap();
    let (head, body) = response.split_once("\r\n\r\n").unwrap();
    let status = head.strip_prefix("HTTP/1.1 ").unwrap()[..3]
        .parse()
        .unwrap();
    (status, head.to_lowercase(), body.to_owned())
}

fn post(operation: &str, body: &str) -> Vec<u8> {
    format!(
        "POST / HTTP/1.1\r\nHost: cloud-map.test\r\nConnection: close\r\n\
         Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: Route53AutoNaming_v20170314.{operation}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

fn get(target: &str) -> Vec<u8> {
    format!("GET {target} HTTP/1.1\r\nHost: kafkaconnect.test\r\nConnection: close\r\n\r\n")
        .into_bytes()
}

const CONNECTOR: &str = "/v1/connectors/arn%3Aaws%3Akafkaconnect%3Aus-east-1%3A123456789012%3Aconnector%2Fops-example%2F0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4/operations";

#[test]
fn cloud_map_answers_bytes_written_by_hand() {
    let server = FakeServer::start(FakeService::new(), "127.0.0.1:0".parse().unwrap()).unwrap();
    let rows = [
        (
            "ListOperations",
            "{}",
            200,
            r#"{"Operations":[{"Id":"76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample","Status":"SUCCESS"},{"Id":"prysnyzpji3u2ciy45nke83x2zanl7yk-dexample","Status":"SUCCESS"},{"Id":"ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example","Status":"PENDING"}]}"#,
        ),
        (
            "ListOperations",
            r#" { "Filters" : [ {"Values":["PENDING","FAIL"],"Condition":"IN","Name":"STATUS"} ], "Unknown": {} } "#,
            200,
            r#"{"Operations":[{"Id":"ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example","Status":"PENDING"}]}"#,
        ),
        (
            "ListOperations",
            r#"{"Filters":[{"Name":"UPDATE_DATE","Condition":"BETWEEN","Values":["1516925431087","1516925490086"]}]}"#,
            200,
            r#"{"Operations":[{"Id":"prysnyzpji3u2ciy45nke83x2zanl7yk-dexample","Status":"SUCCESS"}]}"#,
        ),
        (
            "ListOperations",
            r#"{"MaxResults":101}"#,
            400,
            r#"{"Message":"the page size (MaxResults) is 101; it takes 1 to 100","__type":"InvalidInput"}"#,
        ),
        (
            "GetOperation",
            r#"{"OperationId":"ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example"}"#,
            200,
            r#"{"Operation":{"Id":"ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example","OwnerAccount":"123456789012","Type":"UPDATE_SERVICE","Status":"PENDING","CreateDate":1516925488.912,"UpdateDate":1516925490.087,"Targets":{"NAMESPACE":"ns-e4anhexample0004","SERVICE":"srv-e4anhexample0004"}}}"#,
        ),
        (
            "GetOperation",
            r#"{"OperationId":"x"}"#,
            404,
            r#"{"Message":"there is no operation `x`","__type":"OperationNotFound"}"#,
        ),
    ];
    for (operation, body, status, expected) in rows {
        let (found, head, answer) = exchange(&server, &post(operation, body));
        assert_eq!(
            (found, answer.as_str()),
            (status, expected),
            "{operation} {body}"
        );
        assert!(
            head.contains("\r\ncontent-type: application/x-amz-json-1.1\r\n"),
            "{head}"
        );
        assert!(head.contains("\r\nx-amzn-requestid: "), "{head}");
    }
}

#[test]
fn msk_connect_answers_bytes_written_by_hand() {
    let server = FakeServer::start(FakeService::new(), "127.0.0.1:0".parse().unwrap()).unwrap();
    let arn = |last: &str| {
        format!(
            "arn:aws:kafkaconnect:us-east-1:123456789012:connector-operation/ops-example/0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4/41b6ad56-3184-479b-850a-a8bedd5a02{last}"
        )
    };
    let (status, head, body) = exchange(&server, &get(CONNECTOR));
    assert_eq!(status, 200);
    assert!(
        head.contains("\r\ncontent-type: application/json\r\n"),
        "{head}"
    );
    let expected = [
        format!(
            r#"{{"connectorOperations":[{{"connectorOperationArn":"{}","connectorOperationType":"UPDATE_WORKER_SETTING","connectorOperationState":"UPDATE_COMPLETE","creationTime":"2025-01-15T10:20:30.123Z","endTime":"2025-01-15T10:27:02.456Z"}}"#,
            arn("f1")
        ),
        format!(
            r#"{{"connectorOperationArn":"{}","connectorOperationType":"UPDATE_CONNECTOR_CONFIGURATION","connectorOperationState":"ROLLBACK_COMPLETE","creationTime":"2025-01-15T11:00:00Z","endTime":"2025-01-15T11:14:45.5Z"}}"#,
            arn("f2")
        ),
        format!(
            r#"{{"connectorOperationArn":"{}","connectorOperationType":"UPDATE_CONNECTOR_CONFIGURATION","connectorOperationState":"UPDATE_IN_PROGRESS","creationTime":"2025-01-15T12:30:00.25Z"}}"#,
            arn("f3")
        ),
        format!(
            r#"{{"connectorOperationArn":"{}","connectorOperationType":"RESTART_CONNECTOR","connectorOperationState":"PENDING","creationTime":"2025-01-15T12:31:07.9Z"}}]}}"#,
            arn("f4")
        ),
    ];
    assert_eq!(body, expected.join(","));

    let operation = arn("f4").replace(':', "%3a").replace('/', "%2f");
    let (status, _, body) = exchange(
        &server,
        &get(&format!("/v1/connectorOperations/{operation}")),
    );
    assert_eq!(status, 200);
    assert_eq!(
        body,
        format!(
            r#"{{"connectorArn":"{EXAMPLE_CONNECTOR_ARN}","connectorOperationArn":"{}","connectorOperationState":"PENDING","connectorOperationType":"RESTART_CONNECTOR","creationTime":"2025-01-15T12:31:07.9Z"}}"#,
            arn("f4")
        )
    );

    let (status, head, body) = exchange(&server, &get("/v1/connectorOperations/arn%3Ax"));
    assert_eq!(status, 404);
    assert!(
        head.contains("\r\nx-amzn-errortype: notfoundexception\r\n"),
        "{head}"
    );
    assert_eq!(
        body,
        format!(
            r#"{{"message":"there is no connector operation `arn:x`; the only connector here is {EXAMPLE_CONNECTOR_ARN}"}}"#
        )
    );
    for size in ["0", "101"] {
        let (status, head, body) =
            exchange(&server, &get(&format!("{CONNECTOR}?maxResults={size}")));
        assert_eq!(status, 400);
        assert!(
            head.contains("\r\nx-amzn-errortype: badrequestexception\r\n"),
            "{head}"
        );
        assert_eq!(
            body,
            format!(r#"{{"message":"the page size (MaxResults) is {size}; it takes 1 to 100"}}"#)
        );
    }
}

/// What stands between `before` and the next quotation mark, at every place.
fn texts<'a>(body: &'a str, before: &str) -> Vec<&'a str> {
    body.split(before)
        .skip(1)
        .map(|rest| rest.split('"').next().unwrap())
        .collect()
}

#[test]
fn pages_by_hand_are_the_pages_of_the_client() {
    let rows: Vec<Row> = (20..43).map(row).collect();
    let server = FakeServer::start(service(&rows), "127.0.0.1:0".parse().unwrap()).unwrap();

    // Three at a time, then filtered: a page holds as many of its three as have failed.
    let mut pages = Vec::new();
    let mut token = String::new();
    loop {
        let body = format!(
            r#"{{"MaxResults":3,"NextToken":"{token}","Filters":[{{"Name":"STATUS","Values":["FAIL"]}}]}}"#
        );
        let (status, _, body) = exchange(&server, &post("ListOperations", &body));
        assert_eq!(status, 200, "{body}");
        pages.push(texts(&body, r#""Id":""#).join(" "));
        match texts(&body, r#""NextToken":""#)[..] {
            [] => break,
            [next] => token = next.to_owned(),
            _ => panic!("{body}"),
        }
    }
    assert_eq!(
        pages,
        ["", "op-23", "op-27", "op-31", "", "op-35", "op-39", ""]
    );

    let connector = ARN
        .replace('%', "%25")
        .replace(':', "%3A")
        .replace('/', "%2F");
    let connector = connector
        .replace('é', "%C3%A9")
        .replace('+', "%2B")
        .replace(' ', "%20");
    let mut pages = Vec::new();
    let mut query = "?maxResults=10".to_owned();
    loop {
        let (status, _, body) = exchange(
            &server,
            &get(&format!("/v1/connectors/{connector}/operations{query}")),
        );
        assert_eq!(status, 200, "{body}");
        pages.push(texts(&body, "connector-operation/c/").join(" "));
        match texts(&body, r#""nextToken":""#)[..] {
            [] => break,
            [next] => query = format!("?nextToken={next}&maxResults=10"),
            _ => panic!("{body}"),
        }
    }
    assert_eq!(
        pages,
        [
            "20 21 22 23 24 25 26 27 28 29",
            "30 31 32 33 34 35 36 37 38 39",
            "40 41 42"
        ]
    );
}
