//! Cloud Map's calls, by hand-written requests against hand-written rows.

use crate::common::{Answer, column, post, send};
use bytes::Bytes;
use ops_fake::{FakeService, VirtualClock};
use ops_model::Timestamp;
use ops_model::cloud_map::{Operation, OperationTargetType};
use serde_json::{Value, json};

/// Id, status, type, namespace, service, update date.
type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    Option<&'static str>,
    Option<i64>,
);

const ROWS: [Row; 7] = [
    (
        "a",
        "SUCCESS",
        "CREATE_NAMESPACE",
        "ns-1",
        None,
        Some(1_000_000_000_000),
    ),
    (
        "b",
        "FAIL",
        "REGISTER_INSTANCE",
        "ns-1",
        Some("srv-1"),
        Some(1_000_000_000_001),
    ),
    (
        "c",
        "PENDING",
        "UPDATE_SERVICE",
        "ns-1",
        Some("srv-1"),
        Some(1_000_000_000_002),
    ),
    (
        "d",
        "SUBMITTED",
        "DELETE_NAMESPACE",
        "ns-2",
        None,
        Some(1_000_000_000_003),
    ),
    (
        "e",
        "SUCCESS",
        "DEREGISTER_INSTANCE",
        "ns-2",
        Some("srv-2"),
        Some(1_000_000_000_004),
    ),
    (
        "f",
        "SUCCESS",
        "UPDATE_NAMESPACE",
        "ns-1",
        None,
        Some(1_000_000_000_005),
    ),
    ("g", "FAIL", "CREATE_NAMESPACE", "ns-3", None, None),
];

fn rows() -> FakeService {
    rows_with_seed(0)
}

fn rows_with_seed(seed: u64) -> FakeService {
    let mut builder = FakeService::builder().without_examples().seed(seed);
    for (id, status, operation_type, namespace, service, updated) in ROWS {
        let mut operation = Operation::new(id, status.into());
        operation.operation_type = Some(operation_type.into());
        operation.update_date = updated.map(|millis| Timestamp::from_millis(millis).unwrap());
        operation
            .targets
            .insert(OperationTargetType::Namespace, namespace.to_owned());
        if let Some(service) = service {
            operation
                .targets
                .insert(OperationTargetType::Service, service.to_owned());
        }
        builder = builder.cloud_map_operation(operation);
    }
    builder.build()
}

fn list(service: &FakeService, body: &str) -> Answer {
    post(service, "ListOperations", body)
}

/// The first token of this list.
fn token(service: &FakeService, body: &str) -> String {
    list(service, body).json["NextToken"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// An error: its status, its code, and whether the message has this text.
fn check_error(answer: &Answer, status: u16, code: &str, text: &str) {
    assert_eq!(answer.status, status, "{}", answer.json);
    assert_eq!(answer.json["__type"], code, "{}", answer.json);
    let modelled = matches!(code, "InvalidInput" | "OperationNotFound");
    let message = &answer.json[if modelled { "Message" } else { "message" }];
    assert!(
        message.as_str().unwrap().contains(text),
        "{message} has no `{text}`"
    );
    assert_eq!(answer.header("content-type"), "application/x-amz-json-1.1");
    assert!(!answer.headers.contains_key("x-amzn-errortype"));
}

#[test]
fn the_default_list_is_that_of_the_documentation() {
    let answer = list(&FakeService::new(), "{}");
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/x-amz-json-1.1");
    let expected = json!({"Operations": [
        {"Id": "76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample", "Status": "SUCCESS"},
        {"Id": "prysnyzpji3u2ciy45nke83x2zanl7yk-dexample", "Status": "SUCCESS"},
        {"Id": "ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example", "Status": "PENDING"},
    ]});
    assert_eq!(answer.json, expected);
    for body in [
        "",
        " {} ",
        r#"{"Filters": []}"#,
        r#"{"Filters": null, "MaxResults": null, "NextToken": null}"#,
    ] {
        assert_eq!(list(&FakeService::default(), body).json, expected, "{body}");
    }
    let pending = r#"{"Filters": [{"Name": "STATUS", "Values": ["PENDING"]}]}"#;
    assert_eq!(
        list(&FakeService::new(), pending).json,
        json!({"Operations": [{"Id": "ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example", "Status": "PENDING"}]})
    );
}

#[test]
fn a_service_without_operations_has_an_empty_list() {
    let service = FakeService::builder().without_examples().build();
    assert_eq!(list(&service, "{}").json, json!({"Operations": []}));
}

#[test]
fn filters_select_and_several_are_anded() {
    let service = rows();
    let check = |filters: &str, ids: &[&str]| {
        let answer = list(&service, &format!(r#"{{"Filters": [{filters}]}}"#));
        assert_eq!(column(&answer.json["Operations"], "Id"), ids, "{filters}");
        assert_eq!(answer.json.get("NextToken"), None, "{filters}");
    };
    check("", &["a", "b", "c", "d", "e", "f", "g"]);
    check(
        r#"{"Name": "STATUS", "Values": ["SUCCESS"]}"#,
        &["a", "e", "f"],
    );
    check(
        r#"{"Name": "STATUS", "Condition": "EQ", "Values": ["FAIL"]}"#,
        &["b", "g"],
    );
    check(
        r#"{"Name": "STATUS", "Condition": "IN", "Values": ["SUBMITTED", "PENDING"]}"#,
        &["c", "d"],
    );
    check(
        r#"{"Name": "TYPE", "Values": ["CREATE_NAMESPACE"]}"#,
        &["a", "g"],
    );
    check(
        r#"{"Name": "TYPE", "Condition": "IN", "Values": ["DEREGISTER_INSTANCE", "REGISTER_INSTANCE"]}"#,
        &["b", "e"],
    );
    check(
        r#"{"Name": "NAMESPACE_ID", "Values": ["ns-1"]}"#,
        &["a", "b", "c", "f"],
    );
    check(r#"{"Name": "NAMESPACE_ID", "Values": ["ns-9"]}"#, &[]);
    check(
        r#"{"Name": "SERVICE_ID", "Condition": "EQ", "Values": ["srv-1"]}"#,
        &["b", "c"],
    );
    check(
        r#"{"Name": "UPDATE_DATE", "Condition": "BETWEEN", "Values": ["1000000000001", "1000000000003"]}"#,
        &["b", "c", "d"],
    );
    check(
        r#"{"Name": "UPDATE_DATE", "Condition": "BETWEEN", "Values": ["0", "9000000000000"]}"#,
        &["a", "b", "c", "d", "e", "f"],
    );
    // Seconds where milliseconds are meant: no error, and nothing found.
    check(
        r#"{"Name": "UPDATE_DATE", "Condition": "BETWEEN", "Values": ["1000000000", "1000000001"]}"#,
        &[],
    );
    check(
        r#"{"Name": "STATUS", "Values": ["SUCCESS"]}, {"Name": "NAMESPACE_ID", "Values": ["ns-1"]}"#,
        &["a", "f"],
    );
    check(
        r#"{"Name": "STATUS", "Values": ["SUCCESS"]}, {"Name": "STATUS", "Values": ["FAIL"]}"#,
        &[],
    );
}

#[test]
fn operations_are_taken_and_then_filtered() {
    let service = rows();
    let check = |size: u32, filters: &str, pages: &[&[&str]]| {
        let mut token = None::<String>;
        for (number, page) in pages.iter().enumerate() {
            let token_member = token
                .map(|token| format!(r#", "NextToken": "{token}""#))
                .unwrap_or_default();
            let body = format!(r#"{{"MaxResults": {size}, "Filters": [{filters}]{token_member}}}"#);
            let answer = list(&service, &body);
            assert_eq!(column(&answer.json["Operations"], "Id"), *page, "{body}");
            token = answer
                .json
                .get("NextToken")
                .map(|token| token.as_str().unwrap().to_owned());
            assert_eq!(token.is_some(), number + 1 < pages.len(), "{body}");
        }
    };
    check(
        1,
        "",
        &[&["a"], &["b"], &["c"], &["d"], &["e"], &["f"], &["g"]],
    );
    check(2, "", &[&["a", "b"], &["c", "d"], &["e", "f"], &["g"]]);
    check(3, "", &[&["a", "b", "c"], &["d", "e", "f"], &["g"]]);
    check(6, "", &[&["a", "b", "c", "d", "e", "f"], &["g"]]);
    check(7, "", &[&["a", "b", "c", "d", "e", "f", "g"]]);
    let failed = r#"{"Name": "STATUS", "Values": ["FAIL"]}"#;
    check(1, failed, &[&[], &["b"], &[], &[], &[], &[], &["g"]]);
    check(2, failed, &[&["b"], &[], &[], &["g"]]);
    check(3, failed, &[&["b"], &[], &["g"]]);
    check(100, failed, &[&["b", "g"]]);
    let third = r#"{"Name": "NAMESPACE_ID", "Values": ["ns-2"]}"#;
    check(3, third, &[&[], &["d", "e"], &[]]);
    check(1, third, &[&[], &[], &[], &["d"], &["e"], &[], &[]]);
    check(
        3,
        r#"{"Name": "NAMESPACE_ID", "Values": ["ns-9"]}"#,
        &[&[], &[], &[]],
    );
}

#[test]
fn a_page_has_100_operations_unless_the_request_says_otherwise() {
    let mut builder = FakeService::builder().without_examples();
    for number in 0..101 {
        builder = builder.cloud_map_operation(Operation::new(number.to_string(), "PENDING".into()));
    }
    let service = builder.build();
    for body in ["{}", r#"{"MaxResults": 100}"#] {
        let answer = list(&service, body);
        let ids: Vec<String> = (0..100).map(|number| number.to_string()).collect();
        assert_eq!(column(&answer.json["Operations"], "Id"), ids);
        let token = &answer.json["NextToken"];
        let answer = list(&service, &json!({"NextToken": token}).to_string());
        assert_eq!(
            answer.json,
            json!({"Operations": [{"Id": "100", "Status": "PENDING"}]})
        );
    }
}

#[test]
fn a_token_is_good_for_its_filters_whatever_the_page_size() {
    let service = rows();
    let (status, namespace) = (
        r#"{"Name": "STATUS", "Values": ["SUCCESS"]}"#,
        r#"{"Name": "NAMESPACE_ID", "Values": ["ns-1"]}"#,
    );
    let given = token(
        &service,
        &format!(r#"{{"MaxResults": 2, "Filters": [{status}, {namespace}]}}"#),
    );
    let with = |filters: &str| {
        list(
            &service,
            &format!(r#"{{"NextToken": "{given}", "Filters": [{filters}]}}"#),
        )
    };

    let written_out = r#"{"Name": "STATUS", "Condition": "EQ", "Values": ["SUCCESS"]}"#;
    for filters in [
        format!("{status}, {namespace}"),
        format!("{namespace}, {status}"),
        format!("{written_out}, {namespace}"),
    ] {
        assert_eq!(
            with(&filters).json,
            json!({"Operations": [{"Id": "f", "Status": "SUCCESS"}]}),
            "{filters}"
        );
    }
    for filters in [
        String::new(),
        status.to_owned(),
        namespace.to_owned(),
        format!("{status}, {namespace}, {status}"),
        format!("{status}, {}", namespace.replace("ns-1", "ns-2")),
    ] {
        check_error(
            &with(&filters),
            400,
            "InvalidInput",
            "with the same filters",
        );
    }
}

#[test]
fn any_other_token_is_refused_and_an_empty_one_is_none() {
    let service = rows();
    let with = |token: &str| {
        list(
            &service,
            &json!({"NextToken": token, "MaxResults": 1}).to_string(),
        )
    };
    let given = token(&service, r#"{"MaxResults": 3}"#);
    assert_eq!(
        with(&given).json["Operations"],
        json!([{"Id": "d", "Status": "SUBMITTED"}])
    );
    assert_eq!(
        with("").json["Operations"],
        json!([{"Id": "a", "Status": "SUCCESS"}])
    );

    let other_seed = token(&rows_with_seed(1), r#"{"MaxResults": 3}"#);
    let connectors = crate::common::get(
        &service_with_connector(),
        "/v1/connectors/c/operations?maxResults=1",
    );
    let connectors = connectors.json["nextToken"].as_str().unwrap();
    let changed = given.replacen(|c: char| c.is_ascii_lowercase(), "A", 1);
    for token in [
        &given[1..],
        &given[..given.len() - 1],
        &format!("{given}A"),
        &format!(" {given}"),
        &changed,
        &given.to_uppercase(),
        &other_seed,
        connectors,
        "0",
        "3",
        "Mw",
        "é",
        "\0",
    ] {
        check_error(
            &with(token),
            400,
            "InvalidInput",
            "the NextToken is none that ListOperations gave",
        );
    }
    check_error(&with(&"t".repeat(4097)), 400, "InvalidInput", "4096");
}

#[test]
fn a_token_of_a_longer_list_is_refused() {
    let long = FakeService::builder()
        .operations(1000)
        .clock(VirtualClock::new())
        .build();
    let given = token(&long, r#"{"MaxResults": 100}"#);
    assert_eq!(token(&long, r#"{"MaxResults": 100}"#), given);
    let answer = list(
        &FakeService::new(),
        &json!({"NextToken": given}).to_string(),
    );
    check_error(&answer, 400, "InvalidInput", "NextToken");
}

fn service_with_connector() -> FakeService {
    let mut builder = FakeService::builder().without_examples();
    for arn in ["o1", "o2"] {
        let mut operation =
            ops_model::kafka_connect::ConnectorOperation::new(arn, "PENDING".into());
        operation.connector_arn = Some("c".to_owned());
        builder = builder.connector_operation(operation);
    }
    builder.build()
}

#[test]
fn what_breaks_a_rule_is_invalid_input() {
    let service = rows();
    let check = |body: &str, code: &str, texts: &[&str]| {
        let answer = list(&service, body);
        for text in texts {
            check_error(&answer, 400, code, text);
        }
    };
    let filters = |filters: &str| format!(r#"{{"Filters": [{filters}]}}"#);
    check(
        r#"{"MaxResults": 0}"#,
        "InvalidInput",
        &["MaxResults", "1 to 100"],
    );
    check(
        r#"{"MaxResults": 101}"#,
        "InvalidInput",
        &["MaxResults", "1 to 100"],
    );
    check(r#"{"MaxResults": -1}"#, "InvalidInput", &["MaxResults"]);
    check(
        &filters(r#"{"Name": "COLOUR", "Values": ["RED"]}"#),
        "InvalidInput",
        &["COLOUR"],
    );
    check(
        &filters(r#"{"Name": "NAMESPACE_ID", "Condition": "IN", "Values": ["ns-1"]}"#),
        "InvalidInput",
        &["NAMESPACE_ID"],
    );
    check(
        &filters(r#"{"Name": "STATUS", "Condition": "BEGINS_WITH", "Values": ["S"]}"#),
        "InvalidInput",
        &["STATUS"],
    );
    check(
        &filters(r#"{"Name": "STATUS", "Values": ["DONE"]}"#),
        "InvalidInput",
        &["DONE"],
    );
    check(
        &filters(r#"{"Name": "STATUS", "Values": []}"#),
        "InvalidInput",
        &["STATUS"],
    );
    check(
        &filters(r#"{"Name": "UPDATE_DATE", "Values": ["1", "2"]}"#),
        "InvalidInput",
        &["UPDATE_DATE"],
    );
    check(
        &filters(r#"{"Name": "UPDATE_DATE", "Condition": "BETWEEN", "Values": ["2", "1"]}"#),
        "InvalidInput",
        &["UPDATE_DATE"],
    );
    check(
        r#"{"MaxResults": 500, "Filters": [{"Name": "A", "Values": ["x"]}, {"Name": "B", "Values": ["x"]}]}"#,
        "InvalidInput",
        &["500", "`A`", "`B`"],
    );
    for body in [
        "[]",
        "{",
        "null",
        "<xml/>",
        r#"{"MaxResults": "5"}"#,
        r#"{"Filters": {}}"#,
        r#"{"NextToken": 1}"#,
    ] {
        check(body, "SerializationException", &["cannot be read"]);
    }
}

#[test]
fn an_operation_is_told_in_full() {
    let service = FakeService::new();
    let answer = post(
        &service,
        "GetOperation",
        r#"{"OperationId": "76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample"}"#,
    );
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json,
        json!({"Operation": {
            "Id": "76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample",
            "OwnerAccount": "123456789012",
            "Type": "CREATE_NAMESPACE",
            "Status": "SUCCESS",
            "CreateDate": 1_516_924_820.121,
            "UpdateDate": 1_516_924_860.469,
            "Targets": {"NAMESPACE": "ns-e4anhexample0004"},
        }})
    );
    let answer = post(&rows(), "GetOperation", r#"{"OperationId": "g"}"#);
    assert_eq!(
        answer.json,
        json!({"Operation": {
            "Id": "g", "Type": "CREATE_NAMESPACE", "Status": "FAIL", "Targets": {"NAMESPACE": "ns-3"},
        }})
    );
}

#[test]
fn an_operation_that_is_not_there_is_not_found() {
    let service = FakeService::new();
    let get = |body: &str| post(&service, "GetOperation", body);
    check_error(
        &get(r#"{"OperationId": "no\"pe"}"#),
        404,
        "OperationNotFound",
        "no operation `no\\\"pe`",
    );
    let owned = |account: &str| {
        get(&format!(
            r#"{{"OperationId": "ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example", "OwnerAccount": "{account}"}}"#
        ))
    };
    assert_eq!(owned("123456789012").status, 200);
    check_error(
        &owned("210987654321"),
        404,
        "OperationNotFound",
        "no operation",
    );
    check_error(&owned("1"), 400, "InvalidInput", "12 digits");
    check_error(&get("{}"), 400, "InvalidInput", "1 to 255");
    check_error(
        &get(&format!(r#"{{"OperationId": "{}"}}"#, "i".repeat(256))),
        400,
        "InvalidInput",
        "255",
    );
    check_error(
        &get("nonsense"),
        400,
        "SerializationException",
        "cannot be read",
    );
}

#[test]
fn what_is_no_call_is_answered_in_the_form_of_its_service() {
    let service = FakeService::new();
    let answer = post(&service, "ListNamespaces", "{}");
    check_error(
        &answer,
        400,
        "UnknownOperationException",
        "ListOperations and GetOperation",
    );
    let target = "Route53AutoNaming_v20170314.ListOperations";
    let answer = send(
        &service,
        http::Request::get("/")
            .header("x-amz-target", target)
            .body(Bytes::new())
            .unwrap(),
    );
    check_error(&answer, 400, "UnknownOperationException", "POST");
    for target in [
        None,
        Some("DynamoDB_20120810.ListTables"),
        Some("ListOperations"),
        Some(""),
    ] {
        let mut request = http::Request::post("/");
        if let Some(target) = target {
            request = request.header("x-amz-target", target);
        }
        let answer = send(&service, request.body(Bytes::from("{}")).unwrap());
        assert_eq!(answer.status, 404, "{target:?}");
        assert_eq!(
            answer.header("x-amzn-errortype"),
            "UnknownOperationException",
            "{target:?}"
        );
        assert!(
            answer.json["message"]
                .as_str()
                .unwrap()
                .contains("x-amz-target"),
            "{target:?}"
        );
    }
}

#[test]
fn the_content_type_of_a_request_is_not_looked_at() {
    let request = http::Request::post("/")
        .header("content-type", "text/plain")
        .header("x-amz-target", "Route53AutoNaming_v20170314.ListOperations")
        .body(Bytes::from(r#"{"MaxResults": 1}"#));
    let answer = send(&FakeService::new(), request.unwrap());
    assert_eq!(answer.json["Operations"].as_array().map(Vec::len), Some(1));
}

#[test]
fn an_operation_with_the_id_of_an_earlier_one_takes_its_place() {
    let service = FakeService::builder()
        .cloud_map_operation(Operation::new("new", "PENDING".into()))
        .cloud_map_operation(Operation::new(
            "prysnyzpji3u2ciy45nke83x2zanl7yk-dexample",
            "FAIL".into(),
        ))
        .build();
    let answer = list(&service, "{}");
    let statuses: Vec<(&str, &str)> = column(&answer.json["Operations"], "Id")
        .into_iter()
        .zip(column(&answer.json["Operations"], "Status"))
        .collect();
    assert_eq!(
        statuses,
        [
            ("76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample", "SUCCESS"),
            ("prysnyzpji3u2ciy45nke83x2zanl7yk-dexample", "FAIL"),
            ("ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example", "PENDING"),
            ("new", "PENDING"),
        ]
    );
    let answer = post(
        &service,
        "GetOperation",
        r#"{"OperationId": "prysnyzpji3u2ciy45nke83x2zanl7yk-dexample"}"#,
    );
    assert_eq!(answer.json["Operation"].get("Type"), None::<&Value>);
}
