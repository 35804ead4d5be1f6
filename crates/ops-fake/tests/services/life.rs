//! Operations that change, and the service's time.

use std::time::Duration;

use ops_fake::{FakeService, Life, VirtualClock};
use ops_model::cloud_map::{Operation, OperationStatus};
use ops_model::kafka_connect::{
    ConnectorOperation, ConnectorOperationState as State, ConnectorOperationType,
};
use serde_json::json;

use crate::common::{column, get, post};

const SECOND: Duration = Duration::from_secs(1);

fn status(service: &FakeService, id: &str) -> String {
    let answer = post(
        service,
        "GetOperation",
        &json!({ "OperationId": id }).to_string(),
    );
    let operation = &answer.json["Operation"];
    format!(
        "{} {}",
        operation["Status"].as_str().unwrap(),
        operation["UpdateDate"].as_f64().unwrap() - 1_767_225_600.0
    )
}

#[test]
fn an_operation_goes_through_its_life_on_the_clock() {
    let clock = VirtualClock::new();
    let life = Life::new()
        .then(2 * SECOND, OperationStatus::Pending)
        .then_failed(
            5 * SECOND,
            OperationStatus::Fail,
            "HOSTED_ZONE_NOT_FOUND",
            "gone",
        );
    let service = FakeService::builder()
        .without_examples()
        .clock(clock.clone())
        .cloud_map_life(Operation::new("op", OperationStatus::Submitted), life)
        .build();
    let mut seen = Vec::new();
    for _ in 0..7 {
        seen.push(status(&service, "op"));
        clock.advance(SECOND);
    }
    assert_eq!(
        seen,
        [
            "SUBMITTED 0",
            "SUBMITTED 0",
            "PENDING 2",
            "PENDING 2",
            "PENDING 2",
            "FAIL 5",
            "FAIL 5"
        ]
    );
    let filter = r#"{"Filters": [{"Name": "STATUS", "Values": ["FAIL"]}]}"#;
    let answer = post(&service, "ListOperations", filter);
    assert_eq!(column(&answer.json["Operations"], "Id"), ["op"]);
    let answer = post(&service, "GetOperation", r#"{"OperationId": "op"}"#);
    assert_eq!(
        answer.json["Operation"]["ErrorCode"],
        "HOSTED_ZONE_NOT_FOUND"
    );
    assert_eq!(answer.json["Operation"]["ErrorMessage"], "gone");
}

#[test]
fn what_is_under_way_among_generated_operations_ends_by_itself() {
    let under_way = |service: &FakeService| {
        let filter = r#"{"Filters": [{"Name": "STATUS", "Condition": "IN", "Values": ["SUBMITTED", "PENDING"]}]}"#;
        let cloud_map = post(service, "ListOperations", filter);
        let msk = get(service, crate::shared::EXAMPLE);
        let states = column(&msk.json["connectorOperations"], "connectorOperationState");
        let open = |state: &&&str| state.ends_with("_IN_PROGRESS") || **state == "PENDING";
        (
            cloud_map.json["Operations"].as_array().unwrap().len(),
            states.iter().filter(open).count(),
        )
    };
    let build = || {
        FakeService::builder()
            .without_examples()
            .operations(100)
            .build()
    };
    let service = build();
    let (cloud_map, msk) = under_way(&service);
    assert!(cloud_map > 10 && msk > 10, "{cloud_map} {msk}");
    service.advance(60 * SECOND);
    let (fewer, fewer_msk) = under_way(&service);
    assert!(
        (1..cloud_map).contains(&fewer) && (1..msk).contains(&fewer_msk),
        "{fewer} {fewer_msk}"
    );
    service.advance(240 * SECOND);
    assert_eq!(under_way(&service), (0, 0));
    service.reset();
    assert_eq!(under_way(&service), (cloud_map, msk), "as it began");
}

#[test]
fn a_generated_operation_is_found_by_its_id() {
    let service = FakeService::builder()
        .without_examples()
        .operations(1_000_000)
        .seed(5)
        .build();
    let answer = post(&service, "ListOperations", "{}");
    for id in column(&answer.json["Operations"], "Id") {
        let answer = post(
            &service,
            "GetOperation",
            &json!({ "OperationId": id }).to_string(),
        );
        assert_eq!(answer.json["Operation"]["Id"], id);
    }
    let answer = get(&service, crate::shared::EXAMPLE);
    for arn in column(&answer.json["connectorOperations"], "connectorOperationArn") {
        let path = arn.replace(':', "%3A").replace('/', "%2F");
        let answer = get(&service, &format!("/v1/connectorOperations/{path}"));
        assert_eq!(answer.json["connectorOperationArn"], arn);
    }
    // Another seed's, and one beyond the end.
    for (operations, seed) in [(1_000_000, 6), (0, 5)] {
        let other = FakeService::builder()
            .operations(operations)
            .seed(seed)
            .build();
        let id = column(
            &post(&service, "ListOperations", "{}").json["Operations"],
            "Id",
        )[0]
        .to_owned();
        let answer = post(
            &other,
            "GetOperation",
            &json!({ "OperationId": id }).to_string(),
        );
        assert_eq!(answer.status, 404);
    }
}

#[test]
fn operations_come_and_fail_while_the_service_runs() {
    let service = FakeService::builder()
        .without_examples()
        .connector("c")
        .operations(2)
        .build();
    let life = || Life::new().then(SECOND, OperationStatus::Success);
    let new = || Operation::new("new", OperationStatus::Submitted);
    service.advance(1_000 * SECOND);
    assert_eq!(service.add_cloud_map_operation(new(), life()), Ok(()));
    assert!(
        service.add_cloud_map_operation(new(), life()).is_err(),
        "there is one"
    );
    assert!(status(&service, "new").starts_with("SUBMITTED"));
    service.advance(SECOND);
    assert!(status(&service, "new").starts_with("SUCCESS"));

    let ids = post(&service, "ListOperations", "{}").json;
    let ids = column(&ids["Operations"], "Id");
    assert_eq!(ids[2..], ["new"]);
    for id in ids {
        assert!(service.fail_cloud_map_operation(id, "ACCESS_DENIED", "no"));
        assert!(status(&service, id).starts_with("FAIL"));
    }
    assert!(!service.fail_cloud_map_operation("nope", "ACCESS_DENIED", "no"));

    let mut operation = ConnectorOperation::new("arn", State::Pending);
    operation.connector_arn = Some("c".to_owned());
    operation.connector_operation_type = Some(ConnectorOperationType::RestartConnector);
    assert_eq!(
        service.add_connector_operation(operation.clone(), Life::new()),
        Ok(())
    );
    assert!(
        service
            .add_connector_operation(operation.clone(), Life::new())
            .is_err()
    );
    operation.connector_arn = Some("elsewhere".to_owned());
    operation.connector_operation_arn = "another".into();
    assert!(
        service
            .add_connector_operation(operation, Life::new())
            .is_err(),
        "no such connector"
    );
    assert!(service.fail_connector_operation("arn", State::RestartFailed, "E", "m"));
    let answer = get(&service, "/v1/connectorOperations/arn");
    assert_eq!(answer.json["connectorOperationState"], "RESTART_FAILED");
    assert_eq!(
        answer.json["errorInfo"],
        json!({"code": "E", "message": "m"})
    );
    assert!(answer.json["endTime"].is_string());
    service.reset();
    assert_eq!(get(&service, "/v1/connectorOperations/arn").status, 404);
}

#[test]
fn a_token_is_its_account_s_and_expires() {
    let service = FakeService::builder()
        .token_lifetime(60 * SECOND)
        .clock(VirtualClock::new())
        .build();
    let list = |key: &str, token: Option<&str>| {
        let scope = "20260101/us-east-1/servicediscovery/aws4_request";
        let body = json!({ "MaxResults": 1, "NextToken": token });
        let request = http::Request::post("/")
            .header("x-amz-target", "Route53AutoNaming_v20170314.ListOperations")
            .header(
                "authorization",
                format!(
                    "AWS4-HMAC-SHA256 Credential={key}/{scope}, SignedHeaders=host, Signature=0"
                ),
            )
            .body(body.to_string().into())
            .unwrap();
        crate::common::send(&service, request)
    };
    // Two keys of one account, and one of another.
    let (first, second, foreign) = (
        "ASIAQNZGKIQY56JQ7WML",
        "AKIAQNZGKIQY5AAAAAAA",
        "AKIAIOSFODNN7EXAMPLE",
    );
    let page = list(first, None);
    let token = page.json["NextToken"].as_str().unwrap();
    let refused = list(foreign, Some(token));
    assert_eq!(
        (refused.status, &refused.json["__type"]),
        (400, &json!("InvalidInput"))
    );
    service.advance(59 * SECOND);
    let page = list(second, Some(token));
    assert_eq!(page.status, 200);
    service.advance(2 * SECOND);
    let next = page.json["NextToken"].as_str().unwrap();
    for token in [token, next] {
        assert_eq!(
            list(first, Some(token)).status,
            400,
            "by the listing's beginning"
        );
    }
}
