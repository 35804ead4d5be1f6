//! The SDK of MSK Connect against the fake.

use aws_sdk_kafkaconnect as kafkaconnect;
use kafkaconnect::types::{ConnectorOperationState, ConnectorOperationType};
use ops_fake::{EXAMPLE_CONNECTOR_ARN, FakeService};
use ops_model::{PageSize, kafka_connect};

use crate::{connect_sdk, ours, serve};

#[tokio::test]
async fn msk_connect_lists_and_pages() {
    let server = serve(FakeService::builder().operations(6).seed(3).build());
    let sdk = connect_sdk(&server.url(), None);
    let output = sdk
        .list_connector_operations()
        .connector_arn(EXAMPLE_CONNECTOR_ARN)
        .send()
        .await
        .unwrap();
    let pinned: Vec<_> = output.connector_operations()[..4]
        .iter()
        .map(|operation| {
            let arn = operation.connector_operation_arn().unwrap();
            (
                &arn[arn.len() - 2..],
                operation.connector_operation_state().unwrap(),
                operation.connector_operation_type().unwrap(),
                operation.creation_time().unwrap().to_millis().unwrap(),
                operation.end_time().map(|time| time.to_millis().unwrap()),
            )
        })
        .collect();
    // 2025-01-15T00:00:00Z
    let midnight = 1_736_899_200_000;
    let at =
        |hour: i64, minute: i64, millis: i64| midnight + (hour * 60 + minute) * 60_000 + millis;
    assert_eq!(
        pinned,
        [
            (
                "f1",
                &ConnectorOperationState::UpdateComplete,
                &ConnectorOperationType::UpdateWorkerSetting,
                at(10, 20, 30_123),
                Some(at(10, 27, 2_456))
            ),
            (
                "f2",
                &ConnectorOperationState::RollbackComplete,
                &ConnectorOperationType::UpdateConnectorConfiguration,
                at(11, 0, 0),
                Some(at(11, 14, 45_500))
            ),
            (
                "f3",
                &ConnectorOperationState::UpdateInProgress,
                &ConnectorOperationType::UpdateConnectorConfiguration,
                at(12, 30, 250),
                None
            ),
            (
                "f4",
                &ConnectorOperationState::Pending,
                &ConnectorOperationType::RestartConnector,
                at(12, 31, 7_900),
                None
            ),
        ]
    );

    let ours = ours(&server.url(), None);
    for size in 1..=3 {
        let mut listed = Vec::new();
        let mut items = sdk
            .list_connector_operations()
            .connector_arn(EXAMPLE_CONNECTOR_ARN)
            .into_paginator()
            .page_size(size)
            .items()
            .send();
        while let Some(item) = items.next().await {
            let item = item.unwrap();
            listed.push((
                item.connector_operation_arn().unwrap().to_owned(),
                item.connector_operation_state().unwrap().to_string(),
            ));
        }
        assert_eq!(listed.len(), 10);

        let call = kafka_connect::ListConnectorOperations::new(EXAMPLE_CONNECTOR_ARN)
            .unwrap()
            .with_page_size(PageSize::new(size).unwrap());
        let mut items = ours.items(call).unwrap();
        let mut ours = Vec::new();
        while let Some(item) = items.next().await {
            let item = item.unwrap();
            ours.push((
                item.connector_operation_arn.to_string(),
                item.connector_operation_state.to_string(),
            ));
        }
        assert_eq!(listed, ours);
    }
}

#[tokio::test]
async fn msk_connect_describes_an_operation() {
    let server = serve(FakeService::new());
    let sdk = connect_sdk(&server.url(), None);
    let operation = |last: &str| {
        let arn = EXAMPLE_CONNECTOR_ARN.replace(":connector/", ":connector-operation/");
        let arn = format!("{arn}/41b6ad56-3184-479b-850a-a8bedd5a02{last}");
        sdk.describe_connector_operation()
            .connector_operation_arn(arn)
            .send()
    };

    let output = operation("f1").await.unwrap();
    assert_eq!(output.connector_arn(), Some(EXAMPLE_CONNECTOR_ARN));
    assert_eq!(
        output.connector_operation_state(),
        Some(&ConnectorOperationState::UpdateComplete)
    );
    let steps: Vec<_> = output
        .operation_steps()
        .iter()
        .map(|step| {
            (
                step.step_type().unwrap().as_str(),
                step.step_state().unwrap().as_str(),
            )
        })
        .collect();
    assert_eq!(
        steps,
        [
            ("INITIALIZE_UPDATE", "COMPLETED"),
            ("VALIDATE_UPDATE", "COMPLETED"),
            ("UPDATE_WORKER_SETTING", "COMPLETED"),
            ("FINALIZE_UPDATE", "COMPLETED"),
        ]
    );
    let origin = output.origin_worker_setting().unwrap().capacity().unwrap();
    let provisioned = origin.provisioned_capacity().unwrap();
    assert_eq!(
        (provisioned.mcu_count(), provisioned.worker_count()),
        (1, 2)
    );
    let scaling = output
        .target_worker_setting()
        .unwrap()
        .capacity()
        .unwrap()
        .auto_scaling()
        .unwrap();
    assert_eq!(
        (
            scaling.min_worker_count(),
            scaling.max_worker_count(),
            scaling.mcu_count()
        ),
        (1, 4, 2)
    );
    assert_eq!(
        scaling
            .scale_out_policy()
            .unwrap()
            .cpu_utilization_percentage(),
        80
    );

    let output = operation("f2").await.unwrap();
    assert_eq!(
        output.connector_operation_state(),
        Some(&ConnectorOperationState::RollbackComplete)
    );
    assert!(
        output
            .error_info()
            .is_some_and(|info| info.code().is_some() && info.message().is_some())
    );
    assert!(
        output
            .target_connector_configuration()
            .is_some_and(|members| members.contains_key("tasks.max"))
    );

    let output = operation("f4").await.unwrap();
    assert_eq!(output.end_time(), None);
    assert!(output.operation_steps().is_empty());
}

#[tokio::test]
async fn msk_connect_errors_are_the_sdks_own() {
    let server = serve(FakeService::new());
    let sdk = connect_sdk(&server.url(), None);
    let error = sdk
        .describe_connector_operation()
        .connector_operation_arn("arn:no-such")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_not_found_exception());
    assert!(
        error
            .meta()
            .message()
            .unwrap()
            .starts_with("there is no connector operation `arn:no-such`")
    );

    let list = |arn: &str| sdk.list_connector_operations().connector_arn(arn);
    let error = list("arn:no-such")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_not_found_exception());
    for (call, part) in [
        (
            list(EXAMPLE_CONNECTOR_ARN).max_results(0),
            "is 0; it takes 1 to 100",
        ),
        (
            list(EXAMPLE_CONNECTOR_ARN).max_results(101),
            "is 101; it takes 1 to 100",
        ),
        (
            list(EXAMPLE_CONNECTOR_ARN).next_token("none of its own"),
            "nextToken",
        ),
    ] {
        let error = call.send().await.unwrap_err().into_service_error();
        assert!(error.is_bad_request_exception(), "{part}: {error:?}");
        let message = error.meta().message().unwrap();
        assert!(message.contains(part), "{message}");
    }
}
