//! The SDKs create operations of the fake, and wait for them on its clock.

use std::time::Duration;

use aws_sdk_kafkaconnect as kafkaconnect;
use aws_sdk_servicediscovery as servicediscovery;
use kafkaconnect::types::{
    CapacityUpdate, ConnectorOperationState, ConnectorOperationType, ConnectorState,
    ProvisionedCapacityUpdate,
};
use ops_fake::{EXAMPLE_CONNECTOR_ARN, FakeService, VirtualClock};
use servicediscovery::operation::create_http_namespace::CreateHttpNamespaceError;
use servicediscovery::types::{
    Operation, OperationStatus, OperationTargetType, OperationType, ServiceChange,
};

use crate::{cloud_map_sdk, connect_sdk, serve};

const SECOND: Duration = Duration::from_secs(1);

fn service() -> (FakeService, VirtualClock) {
    let clock = VirtualClock::new();
    let builder = FakeService::builder().without_examples();
    let service = builder
        .connector(EXAMPLE_CONNECTOR_ARN)
        .clock(clock.clone())
        .build();
    (service, clock)
}

/// Asks once a second, on the fake's clock, until the operation has ended.
async fn ended(
    sdk: &servicediscovery::Client,
    clock: &VirtualClock,
    id: Option<&str>,
) -> Operation {
    for _ in 0..10 {
        let request = sdk.get_operation().operation_id(id.unwrap());
        let operation = request.send().await.unwrap().operation.unwrap();
        if !matches!(
            operation.status(),
            Some(OperationStatus::Submitted | OperationStatus::Pending)
        ) {
            return operation;
        }
        clock.advance(SECOND);
    }
    panic!("{id:?} goes on");
}

#[tokio::test]
async fn cloud_map_creates_operations_and_waits_for_them() {
    let (service, clock) = service();
    let server = serve(service);
    let sdk = cloud_map_sdk(&server.url(), None);

    let http = sdk.create_http_namespace().name("web").send().await;
    let private = sdk.create_private_dns_namespace().name("in").vpc("vpc-1");
    let public = sdk.create_public_dns_namespace().name("example.com");
    let private = private.send().await.unwrap();
    let public = public.send().await.unwrap();
    let http = ended(&sdk, &clock, http.unwrap().operation_id()).await;
    let namespace = &http.targets().unwrap()[&OperationTargetType::Namespace];

    let made = sdk
        .create_service()
        .name("api")
        .namespace_id(namespace)
        .send()
        .await;
    let made = made.unwrap().service.unwrap();
    assert_eq!(made.namespace_id(), Some(namespace.as_str()));
    assert_eq!(
        made.create_date().unwrap().to_millis().unwrap(),
        1_767_225_605_000
    );
    let srv = made.id().unwrap();
    let register = sdk.register_instance().service_id(srv).instance_id("i-1");
    let register = register.attributes("AWS_INSTANCE_IPV4", "10.0.0.1");
    let register = register.send().await.unwrap();
    let update = sdk.update_service().id(made.arn().unwrap());
    let update = update
        .service(ServiceChange::builder().description("d").build())
        .send()
        .await
        .unwrap();
    let deregister = sdk.deregister_instance().service_id(srv).instance_id("i-1");
    let deregister = deregister.send().await.unwrap();
    let delete = sdk.delete_namespace().id(namespace).send().await.unwrap();

    let rows = [
        (http.id(), OperationType::CreateNamespace, None),
        (private.operation_id(), OperationType::CreateNamespace, None),
        (public.operation_id(), OperationType::CreateNamespace, None),
        (
            register.operation_id(),
            OperationType::RegisterInstance,
            Some(srv),
        ),
        (
            update.operation_id(),
            OperationType::UpdateService,
            Some(srv),
        ),
        (
            deregister.operation_id(),
            OperationType::DeregisterInstance,
            Some(srv),
        ),
        (delete.operation_id(), OperationType::DeleteNamespace, None),
    ];
    let listed = sdk.list_operations().send().await.unwrap();
    let listed: Vec<_> = listed.operations().iter().map(|each| each.id()).collect();
    assert_eq!(listed, rows.each_ref().map(|(id, ..)| *id));
    for (id, operation_type, srv) in rows {
        let operation = ended(&sdk, &clock, id).await;
        assert_eq!(operation.status(), Some(&OperationStatus::Success));
        assert_eq!(operation.r#type(), Some(&operation_type));
        let targets = operation.targets().unwrap();
        let of_service = targets.get(&OperationTargetType::Service);
        assert_eq!(of_service.map(String::as_str), srv);
    }
}

#[tokio::test]
async fn cloud_map_refuses_as_its_model_says() {
    let (service, _) = service();
    let server = serve(service);
    let sdk = cloud_map_sdk(&server.url(), None);
    let create = |name: &str| {
        let request = sdk.create_http_namespace().name(name);
        request.creator_request_id("x").send()
    };
    let first = create("a").await.unwrap();
    let again = create("a").await.unwrap();
    assert_eq!(first.operation_id(), again.operation_id());
    match create("b").await.unwrap_err().into_service_error() {
        CreateHttpNamespaceError::DuplicateRequest(error) => {
            assert_eq!(error.duplicate_operation_id(), first.operation_id());
            assert!(error.message().unwrap().contains("CreatorRequestId"));
        }
        other => panic!("{other:?}"),
    }
    match create("a b").await.unwrap_err().into_service_error() {
        CreateHttpNamespaceError::InvalidInput(error) => {
            let text = "Name takes visible ASCII characters only, and no ARN";
            assert_eq!(error.message(), Some(text));
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn msk_connect_updates_a_connector_and_waits_for_it() {
    let (service, clock) = service();
    let server = serve(service);
    let sdk = connect_sdk(&server.url(), None);
    let provisioned = ProvisionedCapacityUpdate::builder()
        .mcu_count(2)
        .worker_count(3)
        .build();
    let capacity = CapacityUpdate::builder().provisioned_capacity(provisioned);
    let update = || {
        let request = sdk.update_connector().connector_arn(EXAMPLE_CONNECTOR_ARN);
        request.current_version("K1:/ é")
    };
    let workers = update().capacity(capacity.build()).send().await.unwrap();
    let configuration = update().connector_configuration("tasks.max", "2");
    let configuration = configuration.send().await.unwrap();
    for (answer, operation_type) in [
        (&workers, ConnectorOperationType::UpdateWorkerSetting),
        (
            &configuration,
            ConnectorOperationType::UpdateConnectorConfiguration,
        ),
    ] {
        assert_eq!(answer.connector_arn(), Some(EXAMPLE_CONNECTOR_ARN));
        assert_eq!(answer.connector_state(), Some(&ConnectorState::Updating));
        let describe = || {
            let request = sdk.describe_connector_operation();
            let arn = answer.connector_operation_arn().unwrap();
            request.connector_operation_arn(arn).send()
        };
        let mut operation = describe().await.unwrap();
        assert_eq!(operation.connector_operation_type(), Some(&operation_type));
        for _ in 0..5 {
            clock.advance(SECOND);
            operation = describe().await.unwrap();
        }
        let state = operation.connector_operation_state().unwrap();
        assert_eq!(*state, ConnectorOperationState::UpdateComplete);
    }
    let list = sdk.list_connector_operations();
    let listed = list.connector_arn(EXAMPLE_CONNECTOR_ARN).send().await;
    let listed: Vec<Option<String>> = listed
        .unwrap()
        .connector_operations()
        .iter()
        .map(|each| each.connector_operation_arn().map(str::to_owned))
        .collect();
    let created = [&workers, &configuration];
    assert_eq!(
        listed,
        created.map(|answer| answer.connector_operation_arn().map(str::to_owned))
    );

    let unknown = sdk.update_connector().connector_arn("arn:nobody");
    let refused = unknown.current_version("K1").send().await.unwrap_err();
    assert!(refused.into_service_error().is_bad_request_exception());
}
