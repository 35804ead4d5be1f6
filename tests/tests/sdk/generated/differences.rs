//! What the SDK and we do differently with the same response, each with its reason.

use http::Response;
use ops_model::Call;
use ops_model::cloud_map::{GetOperation, ListOperations};
use ops_model::kafka_connect::{DescribeConnectorOperation, ListConnectorOperations};
use ops_tests::outcome::Outcome;
use serde_json::{Value, json};

use super::peer::{Peer, Sdk};

/// Holds the reason true: with this body, this is what comes to pass, ours first.
#[track_caller]
fn differ<C: Peer>(reason: &str, body: &str, ours: Value, theirs: Value) {
    assert_ne!(ours, theirs, "{reason}");
    let response = Response::new(body.to_owned().into());
    let outcome = Outcome::of(C::NAME, false, &response);
    assert_eq!(
        serde_json::to_value(outcome).unwrap(),
        ours,
        "ours: {reason}"
    );
    let outcome = Sdk::new().make(&C::any(), response);
    assert_eq!(
        serde_json::to_value(outcome).unwrap(),
        theirs,
        "theirs: {reason}"
    );
}

fn malformed() -> Value {
    json!({"malformed": {"status": 200, "request_id": null}})
}

fn value(value: Value) -> Value {
    json!({"value": value})
}

/// An operation of MSK Connect with this member too.
fn with(member: &str) -> String {
    format!(r#"{{"connectorOperationArn": "a", "connectorOperationState": "PENDING", {member}}}"#)
}

#[test]
fn a_bad_item_loses_the_page_of_the_sdk() {
    let reason = "one bad item does not lose its page, and does not vanish";
    let ours = json!({"items": [[1], {"Operations": [{"Id": "a", "Status": "FAIL"}]}]});
    for bad in [r#"{"Id": 7, "Status": "FAIL"}"#, "null"] {
        let body = format!(r#"{{"Operations": [{{"Id": "a", "Status": "FAIL"}}, {bad}]}}"#);
        differ::<ListOperations>(reason, &body, ours.clone(), malformed());
    }
    let body = with(r#""endTime": 5"#);
    let body = format!(r#"{{"connectorOperations": [{body}]}}"#);
    differ::<ListConnectorOperations>(reason, &body, json!({"items": [[0], {}]}), malformed());
}

#[test]
fn an_operation_without_identity_or_status_is_none_to_us() {
    let reason = "an operation is nothing without identity and status";
    let theirs = value(json!({"Operations": [{"Id": "a"}]}));
    let ours = json!({"items": [[0], {}]});
    differ::<ListOperations>(reason, r#"{"Operations": [{"Id": "a"}]}"#, ours, theirs);
    for body in ["", "{}", r#"{"Operation": null}"#, r#"{"Operation": {}}"#] {
        differ::<GetOperation>(reason, body, malformed(), value(json!({})));
    }
    differ::<DescribeConnectorOperation>(reason, "{}", malformed(), value(json!({})));
}

#[test]
fn numbers_and_dates_are_stricter_with_us() {
    let reason = "an integer is written as one";
    let setting = |count: u32| {
        let capacity = json!({"provisionedCapacity": {"mcuCount": count, "workerCount": 0}});
        let setting = json!({"capacity": capacity, "useDefaultWorkerConfiguration": false});
        let arn = json!("a");
        value(
            json!({"connectorOperationArn": arn, "connectorOperationState": "PENDING", "originWorkerSetting": setting}),
        )
    };
    for (number, theirs) in [("3.0", setting(3)), ("1e3", setting(1000))] {
        let member =
            r#""originWorkerSetting": {"capacity": {"provisionedCapacity": {"mcuCount": N}}}"#;
        let body = with(&member.replace('N', number));
        differ::<DescribeConnectorOperation>(reason, &body, malformed(), theirs);
    }
    let reason = "a time lies within the years 0000 to 9999; the SDK's wraps around";
    for (number, millis) in [
        ("1e300", -1000_i64),
        ("-62167219200.5", -62_167_219_200_500),
    ] {
        let body =
            format!(r#"{{"Operation": {{"Id": "a", "Status": "FAIL", "CreateDate": {number}}}}}"#);
        let operation = json!({"Id": "a", "Status": "FAIL", "CreateDate": millis});
        let theirs = value(json!({"Operation": operation}));
        differ::<GetOperation>(reason, &body, malformed(), theirs);
    }
}

#[test]
fn what_is_absent_is_nothing_to_us_and_zero_to_the_sdk() {
    let reason = "a number that the service did not send is not 0";
    let operation = |setting: Value| {
        let mut operation =
            json!({"connectorOperationArn": "a", "connectorOperationState": "PENDING"});
        operation
            .as_object_mut()
            .unwrap()
            .extend(setting.as_object().unwrap().clone());
        value(operation)
    };
    let body =
        with(r#""originWorkerSetting": {"workerConfiguration": {"workerConfigurationArn": "w"}}"#);
    let ours = json!({"workerConfiguration": {"workerConfigurationArn": "w"}});
    let theirs = json!({"workerConfiguration": {"workerConfigurationArn": "w", "revision": 0}, "useDefaultWorkerConfiguration": false});
    let [ours, theirs] =
        [ours, theirs].map(|setting| operation(json!({"originWorkerSetting": setting})));
    differ::<DescribeConnectorOperation>(reason, &body, ours, theirs);
}

#[test]
fn nulls_in_maps_are_absent_to_us() {
    let reason = "a null member is an absent one, in a map as in a structure";
    let body = r#"{"Operation": {"Id": "a", "Status": "FAIL", "Targets": {"SERVICE": null}}}"#;
    let ours = value(json!({"Operation": {"Id": "a", "Status": "FAIL"}}));
    differ::<GetOperation>(reason, body, ours, malformed());
    let body = with(r#""originConnectorConfiguration": {"a": null}"#);
    let ours = value(json!({"connectorOperationArn": "a", "connectorOperationState": "PENDING"}));
    differ::<DescribeConnectorOperation>(reason, &body, ours, malformed());
}

#[test]
fn a_member_that_comes_twice_is_refused_by_us() {
    let reason = "nobody can tell which token is meant";
    let body = r#"{"NextToken": "a", "NextToken": "b"}"#;
    differ::<ListOperations>(reason, body, malformed(), value(json!({"NextToken": "b"})));
}

#[test]
fn dates_may_have_escapes_for_us() {
    let reason = "a text is the same text however it is escaped";
    let body = with(r#""endTime": "2025-01-15T10:20:30\u005a""#);
    let ours = value(
        json!({"connectorOperationArn": "a", "connectorOperationState": "PENDING", "endTime": 1_736_936_430_000_i64}),
    );
    differ::<DescribeConnectorOperation>(reason, &body, ours, malformed());
}

#[test]
fn an_error_without_a_code_keeps_its_message() {
    let mut response = Response::new(r#"{"message": "m"}"#.into());
    *response.status_mut() = http::StatusCode::BAD_REQUEST;
    let [ours, theirs] = [
        Outcome::of("ListOperations", false, &response),
        Sdk::new().make(&ListOperations::any(), response),
    ]
    .map(|outcome| serde_json::to_value(outcome).unwrap()["error"]["message"].clone());
    assert_eq!((ours, theirs), (json!("m"), json!(null)));
}

#[test]
fn the_sdk_cuts_off_what_a_binary_fraction_lacks() {
    let body = r#"{"Operation": {"Id": "a", "Status": "FAIL", "CreateDate": 1516925490.087}}"#;
    let response: Response<bytes::Bytes> = Response::new(body.into());
    let ours = GetOperation::decode(&response)
        .unwrap()
        .create_date
        .unwrap();
    assert_eq!(ours.as_millis(), 1_516_925_490_087);
    let theirs = Sdk::new().create_date(response);
    assert_eq!(theirs.to_millis().unwrap(), 1_516_925_490_086);
}
