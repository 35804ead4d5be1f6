//! MSK Connect's calls, by hand-written requests against hand-written rows.

use crate::common::{Answer, column, get, post, send};
use bytes::Bytes;
use ops_fake::{EXAMPLE_CONNECTOR_ARN, FakeService};
use ops_model::kafka_connect::ConnectorOperation;
use serde_json::json;

const EXAMPLE: &str = "/v1/connectors/arn%3Aaws%3Akafkaconnect%3Aus-east-1%3A123456789012%3Aconnector%2Fops-example%2F0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4/operations";
const EXAMPLE_OPERATION: &str = "/v1/connectorOperations/arn%3Aaws%3Akafkaconnect%3Aus-east-1%3A123456789012%3Aconnector-operation%2Fops-example%2F0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4%2F41b6ad56-3184-479b-850a-a8bedd5a02f";

/// The connector c with five operations, d with two, e with none.
fn rows() -> FakeService {
    let mut builder = FakeService::builder().without_examples().connector("e");
    for (connector, arn) in [
        ("c", "1"),
        ("d", "2"),
        ("c", "3"),
        ("c", "4"),
        ("d", "5"),
        ("c", "6"),
        ("c", "7"),
    ] {
        let mut operation = ConnectorOperation::new(arn, "UPDATE_IN_PROGRESS".into());
        operation.connector_arn = Some(connector.to_owned());
        builder = builder.connector_operation(operation);
    }
    builder.build()
}

fn arns(answer: &Answer) -> Vec<&str> {
    column(&answer.json["connectorOperations"], "connectorOperationArn")
}

fn check_error(answer: &Answer, status: u16, code: &str, text: &str) {
    assert_eq!(answer.status, status, "{}", answer.json);
    assert_eq!(answer.header("x-amzn-errortype"), code, "{}", answer.json);
    assert_eq!(answer.header("content-type"), "application/json");
    let message = answer.json["message"].as_str().unwrap();
    assert!(message.contains(text), "{message} has no `{text}`");
    assert_eq!(answer.json.as_object().unwrap().len(), 1, "{}", answer.json);
}

#[test]
fn the_example_connector_has_four_operations() {
    let answer = get(&FakeService::new(), EXAMPLE);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), "application/json");
    let arn = |last: u8| {
        format!(
            "arn:aws:kafkaconnect:us-east-1:123456789012:connector-operation/ops-example/\
             0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4/41b6ad56-3184-479b-850a-a8bedd5a02f{last}"
        )
    };
    assert_eq!(
        answer.json,
        json!({"connectorOperations": [
            {
                "connectorOperationArn": arn(1),
                "connectorOperationType": "UPDATE_WORKER_SETTING",
                "connectorOperationState": "UPDATE_COMPLETE",
                "creationTime": "2025-01-15T10:20:30.123Z",
                "endTime": "2025-01-15T10:27:02.456Z",
            },
            {
                "connectorOperationArn": arn(2),
                "connectorOperationType": "UPDATE_CONNECTOR_CONFIGURATION",
                "connectorOperationState": "ROLLBACK_COMPLETE",
                "creationTime": "2025-01-15T11:00:00Z",
                "endTime": "2025-01-15T11:14:45.5Z",
            },
            {
                "connectorOperationArn": arn(3),
                "connectorOperationType": "UPDATE_CONNECTOR_CONFIGURATION",
                "connectorOperationState": "UPDATE_IN_PROGRESS",
                "creationTime": "2025-01-15T12:30:00.25Z",
            },
            {
                "connectorOperationArn": arn(4),
                "connectorOperationType": "RESTART_CONNECTOR",
                "connectorOperationState": "PENDING",
                "creationTime": "2025-01-15T12:31:07.9Z",
            },
        ]})
    );
}

#[test]
fn an_operation_is_told_in_full() {
    let service = FakeService::new();
    let answer = get(&service, &format!("{EXAMPLE_OPERATION}2"));
    assert_eq!(answer.status, 200);
    assert_eq!(
        answer.json,
        json!({
            "connectorArn": EXAMPLE_CONNECTOR_ARN,
            "connectorOperationArn": "arn:aws:kafkaconnect:us-east-1:123456789012:connector-operation/ops-example/\
                                      0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4/41b6ad56-3184-479b-850a-a8bedd5a02f2",
            "connectorOperationState": "ROLLBACK_COMPLETE",
            "connectorOperationType": "UPDATE_CONNECTOR_CONFIGURATION",
            "operationSteps": [
                {"stepType": "INITIALIZE_UPDATE", "stepState": "COMPLETED"},
                {"stepType": "VALIDATE_UPDATE", "stepState": "COMPLETED"},
                {"stepType": "UPDATE_CONNECTOR_CONFIGURATION", "stepState": "FAILED"},
                {"stepType": "FINALIZE_UPDATE", "stepState": "CANCELLED"},
            ],
            "originConnectorConfiguration": {
                "connector.class": "io.confluent.connect.s3.S3SinkConnector", "tasks.max": "2", "topics": "orders",
            },
            "targetConnectorConfiguration": {
                "connector.class": "io.confluent.connect.s3.S3SinkConnector", "tasks.max": "64", "topics": "orders",
            },
            "errorInfo": {
                "code": "UnknownError.Unknown", "message": "The last operation failed. Retry the operation.",
            },
            "creationTime": "2025-01-15T11:00:00Z",
            "endTime": "2025-01-15T11:14:45.5Z",
        })
    );
    let answer = get(&service, &format!("{EXAMPLE_OPERATION}1"));
    assert_eq!(
        answer.json["targetWorkerSetting"]["capacity"]["autoScaling"],
        json!({
            "maxWorkerCount": 4, "minWorkerCount": 1, "mcuCount": 2,
            "scaleInPolicy": {"cpuUtilizationPercentage": 20}, "scaleOutPolicy": {"cpuUtilizationPercentage": 80},
        })
    );
    for last in ["3", "4"] {
        assert_eq!(
            get(&service, &format!("{EXAMPLE_OPERATION}{last}")).json["connectorArn"],
            EXAMPLE_CONNECTOR_ARN
        );
    }
}

#[test]
fn each_connector_lists_its_own_operations_a_page_at_a_time() {
    let service = rows();
    let check = |connector: &str, size: u32, pages: &[&[&str]]| {
        let mut token = String::new();
        for (number, page) in pages.iter().enumerate() {
            let path = format!(
                "/v1/connectors/{connector}/operations?maxResults={size}&nextToken={token}"
            );
            let answer = get(&service, &path);
            assert_eq!(arns(&answer), *page, "{path}");
            let next = answer
                .json
                .get("nextToken")
                .map(|token| token.as_str().unwrap().to_owned());
            assert_eq!(next.is_some(), number + 1 < pages.len(), "{path}");
            token = next.unwrap_or_default();
        }
    };
    check("c", 1, &[&["1"], &["3"], &["4"], &["6"], &["7"]]);
    check("c", 2, &[&["1", "3"], &["4", "6"], &["7"]]);
    check("c", 3, &[&["1", "3", "4"], &["6", "7"]]);
    check("c", 5, &[&["1", "3", "4", "6", "7"]]);
    check("d", 1, &[&["2"], &["5"]]);
    check("e", 1, &[&[]]);
}

#[test]
fn a_token_is_good_for_its_connector_whatever_the_page_size() {
    let service = rows();
    let first = get(&service, "/v1/connectors/c/operations?maxResults=1");
    let token = first.json["nextToken"].as_str().unwrap();
    let with = |connector: &str, token: &str| {
        get(
            &service,
            &format!("/v1/connectors/{connector}/operations?nextToken={token}"),
        )
    };
    assert_eq!(arns(&with("c", token)), ["3", "4", "6", "7"]);
    assert_eq!(arns(&with("c", "")), ["1", "3", "4", "6", "7"]);
    check_error(
        &with("d", token),
        400,
        "BadRequestException",
        "with the same connector",
    );
    let cloud_map = post(
        &FakeService::new(),
        "ListOperations",
        r#"{"MaxResults": 1}"#,
    );
    let cloud_map = cloud_map.json["NextToken"].as_str().unwrap();
    for token in [
        &token[1..],
        &token[..token.len() - 1],
        &format!("{token}x"),
        cloud_map,
        "1",
        "%20",
        "x%2By",
    ] {
        let text = "the nextToken is none that ListConnectorOperations gave";
        check_error(&with("c", token), 400, "BadRequestException", text);
    }
    check_error(&with("c", "%FF"), 400, "BadRequestException", "UTF-8");
}

#[test]
fn what_is_not_there_is_not_found_and_the_answer_says_what_is() {
    let service = FakeService::new();
    let only = format!("the only connector here is {EXAMPLE_CONNECTOR_ARN}");
    let answer = get(&service, "/v1/connectors/nope/operations");
    check_error(
        &answer,
        404,
        "NotFoundException",
        "there is no connector `nope`; ",
    );
    check_error(&answer, 404, "NotFoundException", &only);
    let answer = get(&service, "/v1/connectorOperations/nope%22");
    check_error(
        &answer,
        404,
        "NotFoundException",
        "there is no connector operation `nope\\\"`; ",
    );
    check_error(&answer, 404, "NotFoundException", &only);
    let answer = get(&rows(), "/v1/connectors/f/operations");
    check_error(
        &answer,
        404,
        "NotFoundException",
        "the connectors here are c, d, e",
    );
    let four = FakeService::builder()
        .connector("a")
        .connector("b")
        .connector("c")
        .build();
    check_error(
        &get(&four, "/v1/connectors/f/operations"),
        404,
        "NotFoundException",
        "are a, arn:aws:",
    );
    let none = FakeService::builder().without_examples().build();
    check_error(
        &get(&none, "/v1/connectors/f/operations"),
        404,
        "NotFoundException",
        "holds no connector",
    );
    check_error(
        &get(&none, EXAMPLE),
        404,
        "NotFoundException",
        "holds no connector",
    );
}

#[test]
fn a_bad_request_is_told_from_an_unknown_path() {
    let service = FakeService::new();
    for (size, text) in [
        ("0", "it takes 1 to 100"),
        ("101", "it takes 1 to 100"),
        ("-1", "it takes 1 to 100"),
        ("x", "maxResults is no integer"),
        ("", "maxResults is no integer"),
    ] {
        let answer = get(&service, &format!("{EXAMPLE}?maxResults={size}"));
        check_error(&answer, 400, "BadRequestException", text);
    }
    check_error(
        &get(&service, "/v1/connectors//operations"),
        400,
        "BadRequestException",
        "ARN",
    );
    check_error(
        &get(&service, "/v1/connectors/%FF/operations"),
        400,
        "BadRequestException",
        "UTF-8",
    );
    for path in [
        "/v1/",
        "/v1/connectors",
        "/v1/connectors/a/b/operations",
        "/v1/custom-plugins",
        "/v1/operations",
    ] {
        let text = "serves GET of /v1/connectors/{connectorArn}/operations";
        check_error(&get(&service, path), 404, "UnknownOperationException", text);
    }
    let request = http::Request::delete(EXAMPLE).body(Bytes::new()).unwrap();
    check_error(
        &send(&service, request),
        404,
        "UnknownOperationException",
        "GET",
    );
    for path in ["/", "/v2/connectors", "/favicon.ico"] {
        check_error(
            &get(&service, path),
            404,
            "UnknownOperationException",
            "a path that starts with /v1/",
        );
    }
}

#[test]
fn an_operation_that_names_no_connector_belongs_to_the_example() {
    let service = FakeService::builder()
        .without_examples()
        .connector_operation(ConnectorOperation::new("mine", "PENDING".into()))
        .build();
    assert_eq!(arns(&get(&service, EXAMPLE)), ["mine"]);
    assert_eq!(
        get(&service, "/v1/connectorOperations/mine").json,
        json!({"connectorOperationArn": "mine", "connectorOperationState": "PENDING"})
    );
}

#[test]
fn an_operation_with_the_arn_of_an_earlier_one_takes_its_place() {
    let operation = |connector: &str, arn: &str, state: &str| {
        let mut operation = ConnectorOperation::new(arn, state.into());
        operation.connector_arn = Some(connector.to_owned());
        operation
    };
    let service = FakeService::builder()
        .without_examples()
        .connector_operation(operation("c", "1", "PENDING"))
        .connector_operation(operation("c", "2", "PENDING"))
        .connector_operation(operation("c", "3", "PENDING"))
        .connector_operation(operation("c", "1", "PAUSE_COMPLETE"))
        .connector_operation(operation("d", "2", "RESUME_FAILED"))
        .build();
    let states = |answer: &Answer| -> Vec<String> {
        let states = column(
            &answer.json["connectorOperations"],
            "connectorOperationState",
        );
        states.into_iter().map(str::to_owned).collect()
    };
    let of_c = get(&service, "/v1/connectors/c/operations");
    assert_eq!(
        (arns(&of_c), states(&of_c)),
        (
            vec!["1", "3"],
            vec!["PAUSE_COMPLETE".to_owned(), "PENDING".to_owned()]
        )
    );
    let of_d = get(&service, "/v1/connectors/d/operations");
    assert_eq!(
        (arns(&of_d), states(&of_d)),
        (vec!["2"], vec!["RESUME_FAILED".to_owned()])
    );
    assert_eq!(
        get(&service, "/v1/connectorOperations/2").json["connectorArn"],
        "d"
    );
}
