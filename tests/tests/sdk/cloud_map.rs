//! The SDK of Cloud Map against the fake.

use aws_sdk_servicediscovery as servicediscovery;
use ops_fake::FakeService;
use ops_model::{PageSize, Timestamp, cloud_map};
use servicediscovery::operation::list_operations::builders::ListOperationsFluentBuilder;
use servicediscovery::types::{
    FilterCondition, OperationFilter, OperationFilterName, OperationTargetType,
};

use crate::{cloud_map_sdk, ours, serve};

/// The three operations of AWS's own example, in its order.
pub(crate) const PINNED: [(&str, &str); 3] = [
    ("76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample", "SUCCESS"),
    ("prysnyzpji3u2ciy45nke83x2zanl7yk-dexample", "SUCCESS"),
    ("ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example", "PENDING"),
];

/// Every filter that the rules allow of the pinned operations, the SDK's and ours, and the places it selects.
pub(crate) fn filters() -> Vec<(OperationFilter, cloud_map::Filter, &'static [usize])> {
    use cloud_map::Filter;
    let raw = |name: OperationFilterName, condition: FilterCondition, values: &[&str]| {
        let filter = OperationFilter::builder().name(name).condition(condition);
        values
            .iter()
            .fold(filter, |filter, value| filter.values(*value))
            .build()
            .unwrap()
    };
    let time = |text: &str| text.parse::<Timestamp>().unwrap();
    let (start, end) = (
        time("2018-01-26T00:10:31.087Z"),
        time("2018-01-26T00:11:30.087Z"),
    );
    vec![
        (
            raw(
                OperationFilterName::NamespaceId,
                FilterCondition::Eq,
                &["ns-e4anhexample0004"],
            ),
            Filter::namespace_id("ns-e4anhexample0004").unwrap(),
            &[0, 1, 2],
        ),
        (
            raw(
                OperationFilterName::ServiceId,
                FilterCondition::Eq,
                &["srv-e4anhexample0004"],
            ),
            Filter::service_id("srv-e4anhexample0004").unwrap(),
            &[1, 2],
        ),
        (
            raw(
                OperationFilterName::Status,
                FilterCondition::Eq,
                &["PENDING"],
            ),
            Filter::status("PENDING".into()).unwrap(),
            &[2],
        ),
        (
            raw(
                OperationFilterName::Status,
                FilterCondition::In,
                &["SUCCESS", "FAIL"],
            ),
            Filter::status_in(["SUCCESS".into(), "FAIL".into()]).unwrap(),
            &[0, 1],
        ),
        (
            raw(
                OperationFilterName::Type,
                FilterCondition::Eq,
                &["REGISTER_INSTANCE"],
            ),
            Filter::operation_type("REGISTER_INSTANCE".into()).unwrap(),
            &[1],
        ),
        (
            raw(
                OperationFilterName::Type,
                FilterCondition::In,
                &["CREATE_NAMESPACE", "UPDATE_SERVICE"],
            ),
            Filter::operation_type_in(["CREATE_NAMESPACE".into(), "UPDATE_SERVICE".into()])
                .unwrap(),
            &[0, 2],
        ),
        (
            raw(
                OperationFilterName::UpdateDate,
                FilterCondition::Between,
                &["1516925431087", "1516925490087"],
            ),
            Filter::updated_between(start, end).unwrap(),
            &[1, 2],
        ),
    ]
}

#[tokio::test]
async fn cloud_map_lists_what_is_pinned() {
    let server = serve(FakeService::new());
    let output = cloud_map_sdk(&server.url(), None)
        .list_operations()
        .send()
        .await
        .unwrap();
    let listed: Vec<_> = output
        .operations()
        .iter()
        .map(|operation| {
            (
                operation.id().unwrap(),
                operation.status().unwrap().as_str(),
            )
        })
        .collect();
    assert_eq!(listed, PINNED);
    assert_eq!(output.next_token(), None);
}

#[tokio::test]
async fn cloud_map_pages_as_it_does_for_us() {
    let server = serve(FakeService::builder().operations(7).seed(3).build());
    let sdk = cloud_map_sdk(&server.url(), None);
    let ours = ours(&server.url(), None);
    for size in 1..=3 {
        let mut listed = Vec::new();
        let mut pages = sdk
            .list_operations()
            .into_paginator()
            .page_size(size)
            .send();
        let mut count = 0;
        while let Some(page) = pages.next().await {
            let page = page.unwrap();
            assert!(page.operations().len() <= size as usize);
            count += 1;
            for operation in page.operations() {
                listed.push((
                    operation.id().unwrap().to_owned(),
                    operation.status().unwrap().to_string(),
                ));
            }
        }
        assert_eq!(count, 10usize.div_ceil(size as usize));
        assert_eq!(listed.len(), 10);

        let call = cloud_map::ListOperations::new().with_page_size(PageSize::new(size).unwrap());
        let mut items = ours.items(call).unwrap();
        let mut ours = Vec::new();
        while let Some(item) = items.next().await {
            let item = item.unwrap();
            ours.push((item.id.to_string(), item.status.to_string()));
        }
        assert_eq!(listed, ours);
        assert_eq!(items.pages_fetched(), count as u64);
    }
}

#[tokio::test]
async fn cloud_map_filters_by_every_kind() {
    let server = serve(FakeService::new());
    let sdk = cloud_map_sdk(&server.url(), None);
    let ours = ours(&server.url(), None);
    let mut rows: Vec<_> = filters()
        .into_iter()
        .map(|(theirs, ours, places)| (vec![theirs], vec![ours], places))
        .collect();
    let [_, (service, our_service, _), .., (types, our_types, _), _] = &filters()[..] else {
        unreachable!()
    };
    rows.push((
        vec![service.clone(), types.clone()],
        vec![our_service.clone(), our_types.clone()],
        &[2],
    ));
    for (filters, our_filters, places) in rows {
        let expected: Vec<&str> = places.iter().map(|place| PINNED[*place].0).collect();
        let output = sdk
            .list_operations()
            .set_filters(Some(filters.clone()))
            .send()
            .await
            .unwrap();
        let listed: Vec<_> = output
            .operations()
            .iter()
            .map(|operation| operation.id().unwrap())
            .collect();
        assert_eq!(listed, expected, "{filters:?}");

        let call = our_filters
            .into_iter()
            .fold(cloud_map::ListOperations::new(), |call, filter| {
                call.with_filter(filter)
            });
        let page = ours.pages(call).unwrap().next().await.unwrap().unwrap();
        let listed: Vec<_> = page
            .items()
            .map(|operation| operation.id.as_str())
            .collect();
        assert_eq!(listed, expected, "{filters:?}");
    }
}

#[tokio::test]
async fn cloud_map_describes_an_operation() {
    let server = serve(FakeService::new());
    let sdk = cloud_map_sdk(&server.url(), None);
    let output = sdk
        .get_operation()
        .operation_id(PINNED[1].0)
        .send()
        .await
        .unwrap();
    let operation = output.operation().unwrap();
    assert_eq!(operation.id(), Some(PINNED[1].0));
    assert_eq!(operation.owner_account(), Some("123456789012"));
    assert_eq!(operation.r#type().unwrap().as_str(), "REGISTER_INSTANCE");
    assert_eq!(operation.status().unwrap().as_str(), "SUCCESS");
    assert_eq!(
        (operation.error_code(), operation.error_message()),
        (None, None)
    );
    assert_eq!(
        operation.create_date().unwrap().to_millis().unwrap(),
        1_516_925_402_500
    );
    // The SDK reads `.087` through a double and cuts it off.
    let updated = operation.update_date().unwrap().to_millis().unwrap();
    assert!(
        (1_516_925_431_086..=1_516_925_431_087).contains(&updated),
        "{updated}"
    );
    let targets = operation.targets().unwrap();
    assert_eq!(targets.len(), 3);
    assert_eq!(
        targets[&OperationTargetType::Namespace],
        "ns-e4anhexample0004"
    );
    assert_eq!(
        targets[&OperationTargetType::Service],
        "srv-e4anhexample0004"
    );
    assert_eq!(targets[&OperationTargetType::Instance], "myservice-53");

    let owned = sdk.get_operation().operation_id(PINNED[1].0);
    assert!(
        owned
            .clone()
            .owner_account("123456789012")
            .send()
            .await
            .is_ok()
    );
    assert!(owned.owner_account("210987654321").send().await.is_err());
}

#[tokio::test]
async fn cloud_map_errors_are_the_sdks_own() {
    let server = serve(FakeService::new());
    let sdk = cloud_map_sdk(&server.url(), None);
    let error = sdk
        .get_operation()
        .operation_id("no-such")
        .send()
        .await
        .unwrap_err()
        .into_service_error();
    assert!(error.is_operation_not_found());
    assert_eq!(error.meta().code(), Some("OperationNotFound"));
    assert_eq!(
        error.meta().message(),
        Some("there is no operation `no-such`")
    );

    let filter = |name: OperationFilterName, condition| {
        OperationFilter::builder()
            .name(name)
            .condition(condition)
            .values("SUCCESS")
            .build()
            .unwrap()
    };
    let list = || sdk.list_operations();
    let rows: [(ListOperationsFluentBuilder, &str); 6] = [
        (
            list().filters(filter(
                OperationFilterName::Status,
                FilterCondition::Between,
            )),
            "STATUS",
        ),
        (
            list().filters(filter(
                OperationFilterName::UpdateDate,
                FilterCondition::Between,
            )),
            "UPDATE_DATE",
        ),
        (
            list().filters(filter(OperationFilterName::Type, FilterCondition::Eq)),
            "TYPE",
        ),
        (
            list().filters(filter("NEW_NAME".into(), FilterCondition::Eq)),
            "NEW_NAME",
        ),
        (list().max_results(101), "101"),
        (list().next_token("none of its own"), "NextToken"),
    ];
    for (call, part) in rows {
        let error = call.send().await.unwrap_err().into_service_error();
        assert!(error.is_invalid_input(), "{part}: {error:?}");
        let message = error.meta().message().unwrap();
        assert!(message.contains(part), "{part}: {message}");
    }
}
