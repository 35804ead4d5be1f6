//! `UpdateConnector`.

use bytes::Bytes;
use ops_fake::{EXAMPLE_CONNECTOR_ARN, FakeService, Life};
use ops_model::kafka_connect::ConnectorOperationState;
use serde_json::{Value, json};

use super::{SECOND, empty};
use crate::common::{Answer, column, get, send};

fn put(service: &FakeService, path: &str, body: &str) -> Answer {
    let request = http::Request::put(path).body(Bytes::copy_from_slice(body.as_bytes()));
    send(service, request.unwrap())
}

fn update(service: &FakeService, body: &Value) -> Answer {
    put(
        service,
        "/v1/connectors/c?currentVersion=K1",
        &body.to_string(),
    )
}

fn encoded(arn: &str) -> String {
    arn.replace(':', "%3A").replace('/', "%2F")
}

fn describe(service: &FakeService, arn: &Value) -> Value {
    let arn = encoded(arn.as_str().unwrap());
    get(service, &format!("/v1/connectorOperations/{arn}")).json
}

fn check_refused(answer: &Answer, status: u16, code: &str, text: &str) {
    assert_eq!(answer.status, status, "{}", answer.json);
    assert_eq!(answer.header("x-amzn-errortype"), code, "{}", answer.json);
    let message = answer.json["message"].as_str().unwrap();
    assert!(message.contains(text), "{message} has no `{text}`");
    assert!(!message.contains("canary"), "{message}");
}

fn auto_scaling() -> Value {
    json!({"capacity": {"autoScaling": {
        "maxWorkerCount": 4, "minWorkerCount": 1, "mcuCount": 8, "maxAutoscalingTaskCount": 9,
        "scaleInPolicy": {"cpuUtilizationPercentage": 20}, "scaleOutPolicy": {"cpuUtilizationPercentage": 80},
    }}})
}

fn provisioned() -> Value {
    json!({"capacity": {"provisionedCapacity": {"mcuCount": 1, "workerCount": 2}}})
}

fn others() -> Value {
    json!({
        "plugins": [{"customPlugin": {"customPluginArn": "p", "revision": 9_007_199_254_740_993_i64}}],
        "workerConfiguration": {"revision": 1, "workerConfigurationArn": "w"},
        "useDefaultWorkerConfiguration": false,
    })
}

fn configuration() -> Value {
    json!({"connectorConfiguration": {"tasks.max": "2", "password": "canary"}})
}

#[test]
fn an_update_is_an_operation_that_lives_and_is_listed() {
    let (service, clock) = empty();
    let mut expected = Vec::new();
    for (body, operation_type, target) in [
        (
            auto_scaling(),
            "UPDATE_WORKER_SETTING",
            "targetWorkerSetting",
        ),
        (
            provisioned(),
            "UPDATE_WORKER_SETTING",
            "targetWorkerSetting",
        ),
        (others(), "UPDATE_WORKER_SETTING", "targetWorkerSetting"),
        (
            configuration(),
            "UPDATE_CONNECTOR_CONFIGURATION",
            "targetConnectorConfiguration",
        ),
    ] {
        let answer = update(&service, &body);
        assert_eq!(answer.status, 200, "{}", answer.json);
        assert_eq!(answer.header("content-type"), "application/json");
        let arn = &answer.json["connectorOperationArn"];
        assert_eq!(
            answer.json,
            json!({"connectorArn": "c", "connectorState": "UPDATING", "connectorOperationArn": arn})
        );
        let mut seen = Vec::new();
        for _ in 0..6 {
            let now = describe(&service, arn);
            let steps = column(&now["operationSteps"], "stepState").join(" ");
            seen.push(format!(
                "{} {} {steps}",
                now["connectorOperationState"].as_str().unwrap(),
                now["endTime"].is_string()
            ));
            assert_eq!(now["connectorOperationType"], operation_type);
            assert_eq!(now["connectorArn"], "c");
            let given = body.get("connectorConfiguration").unwrap_or(&body);
            assert_eq!(now[target], *given);
            clock.advance(SECOND);
        }
        let under_way = "UPDATE_IN_PROGRESS false COMPLETED COMPLETED IN_PROGRESS PENDING";
        assert_eq!(
            seen,
            [
                "PENDING false PENDING PENDING PENDING PENDING",
                under_way,
                under_way,
                under_way,
                under_way,
                "UPDATE_COMPLETE true COMPLETED COMPLETED COMPLETED COMPLETED",
            ]
        );
        expected.push(arn.as_str().unwrap().to_owned());
    }
    let listed = get(&service, "/v1/connectors/c/operations").json;
    let listed = column(&listed["connectorOperations"], "connectorOperationArn");
    assert_eq!(listed, expected);
}

#[test]
fn the_arn_of_an_operation_is_made_of_the_connectors() {
    let service = FakeService::builder()
        .seed(3)
        .updated_life(Life::new().then(SECOND, ConnectorOperationState::UpdateFailed))
        .build();
    let path = format!(
        "/v1/connectors/{}?currentVersion=K1",
        encoded(EXAMPLE_CONNECTOR_ARN)
    );
    let first = put(&service, &path, &provisioned().to_string()).json;
    assert_eq!(first["connectorArn"], EXAMPLE_CONNECTOR_ARN);
    let arn = first["connectorOperationArn"].as_str().unwrap();
    let prefix = EXAMPLE_CONNECTOR_ARN.replace(":connector/", ":connector-operation/");
    assert_eq!(arn.rsplit_once('/').unwrap().0, prefix);
    let second = put(&service, &path, &provisioned().to_string()).json;
    assert_ne!(first, second, "another operation");
    service.advance(SECOND);
    let failed = describe(&service, &first["connectorOperationArn"]);
    assert_eq!(failed["connectorOperationState"], "UPDATE_FAILED");
    service.reset();
    assert_eq!(put(&service, &path, &provisioned().to_string()).json, first);
}

#[test]
fn a_request_has_its_members_and_its_connector() {
    let (service, _) = empty();
    let body = provisioned().to_string();
    for (path, text) in [
        ("/v1/connectors/c", "currentVersion is missing"),
        (
            "/v1/connectors/c?currentVersion",
            "currentVersion is missing",
        ),
        (
            "/v1/connectors/c?currentVersion=",
            "currentVersion has 0 characters",
        ),
        (
            "/v1/connectors/?currentVersion=K1",
            "connectorArn has 0 characters",
        ),
        ("/v1/connectors/%FF?currentVersion=K1", "UTF-8"),
    ] {
        check_refused(
            &put(&service, path, &body),
            400,
            "BadRequestException",
            text,
        );
    }
    let elsewhere = put(&service, "/v1/connectors/d?currentVersion=K1", &body);
    check_refused(
        &elsewhere,
        404,
        "NotFoundException",
        "there is no connector `d`",
    );
    let further = put(&service, "/v1/connectors/c/tags?currentVersion=K1", &body);
    check_refused(
        &further,
        404,
        "UnknownOperationException",
        "PUT of /v1/connectors/",
    );

    // A member that is required is asked for wherever it is.
    for (body, paths) in [
        (provisioned(), ["mcuCount", "workerCount"].as_slice()),
        (
            auto_scaling(),
            &[
                "maxWorkerCount",
                "minWorkerCount",
                "mcuCount",
                "scaleInPolicy",
                "scaleOutPolicy",
            ],
        ),
    ] {
        let (kind, members) = body["capacity"].as_object().unwrap().iter().next().unwrap();
        for member in paths {
            let mut members = members.clone();
            members.as_object_mut().unwrap().remove(*member).unwrap();
            let answer = update(&service, &json!({"capacity": {kind: members}}));
            let text = format!("capacity.{kind}.{member} is missing");
            check_refused(&answer, 400, "BadRequestException", &text);
        }
    }
    let either = "give either connectorConfiguration, or";
    let mut both = configuration();
    both["useDefaultWorkerConfiguration"] = true.into();
    let worker = |name: &str| json!({"workerConfiguration": {name: 1}});
    for (body, text) in [
        (json!({}), either),
        (
            json!({"skipHealthValidation": true, "connectorConfiguration": null}),
            either,
        ),
        (both, either),
        (
            json!({"capacity": {"provisionedCapacity": {"mcuCount": 9, "workerCount": 2}}}),
            "mcuCount is 9; it takes 1 to 8",
        ),
        (
            json!({"capacity": {"provisionedCapacity": {"mcuCount": 1.5, "workerCount": 2}}}),
            "mcuCount: expected an integer",
        ),
        (
            json!({"capacity": {"provisionedCapacity": {"mcuCount": 1, "workerCount": 2_147_483_648_i64}}}),
            "workerCount is",
        ),
        (
            json!({"capacity": "canary"}),
            "capacity: expected a structure",
        ),
        (
            json!({"plugins": [{}]}),
            "plugins[0].customPlugin is missing",
        ),
        (
            worker("revision"),
            "workerConfiguration.workerConfigurationArn is missing",
        ),
        (worker("x"), "workerConfiguration.revision is missing"),
        (
            json!({"useDefaultWorkerConfiguration": "canary"}),
            "expected a boolean",
        ),
        (
            json!({"connectorConfiguration": {"canary-key": ["canary"]}}),
            "connectorConfiguration: expected a string",
        ),
        (json!("canary"), "expected a structure"),
    ] {
        check_refused(&update(&service, &body), 400, "BadRequestException", text);
    }
    let listed = get(&service, "/v1/connectors/c/operations").json;
    assert_eq!(
        listed["connectorOperations"],
        json!([]),
        "nothing was created"
    );
}
