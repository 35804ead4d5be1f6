//! The official SDK against the fake, and its requests against ours.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use aws_sdk_kafkaconnect as kafkaconnect;
use aws_sdk_servicediscovery as servicediscovery;
use bytes::Bytes;
use kafkaconnect::types::{ConnectorOperationState, ConnectorOperationType};
use ops_client::{BlockingClient, Client, Credentials, Session, Sign, SigningContext};
use ops_fake::{EXAMPLE_CONNECTOR_ARN, FakeServer, FakeService};
use ops_hyper::{HyperTransport, TokioClock};
use ops_model::cloud_map::{self, RawFilter};
use ops_model::{Call, EndpointParams, PageSize, Timestamp, kafka_connect};
use ops_sigv4::SigV4;
use ops_transport::ConnectOptions;
use ops_ureq::UreqTransport;
use serde_json::Value;
use servicediscovery::operation::list_operations::builders::ListOperationsFluentBuilder;
use servicediscovery::types::{
    FilterCondition, OperationFilter, OperationFilterName, OperationTargetType,
};

const REGION: &str = "us-east-1";
const KEY: (&str, &str) = ("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
const SESSION_TOKEN: &str = "AQoDYXdzEPT//////////wEXAMPLE+/=";

/// The three operations of AWS's own example, in its order.
const PINNED: [(&str, &str); 3] = [
    ("76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample", "SUCCESS"),
    ("prysnyzpji3u2ciy45nke83x2zanl7yk-dexample", "SUCCESS"),
    ("ko4ekftir7kzlbechsh7xvcdgcpk66gh-7example", "PENDING"),
];

fn serve(service: FakeService) -> FakeServer {
    FakeServer::start(service, "127.0.0.1:0".parse().unwrap()).unwrap()
}

fn cloud_map_sdk(url: &str, session_token: Option<&str>) -> servicediscovery::Client {
    use servicediscovery::config::{BehaviorVersion, Config, Credentials, Region};
    let token = session_token.map(str::to_owned);
    servicediscovery::Client::from_conf(
        Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(url)
            .credentials_provider(Credentials::new(KEY.0, KEY.1, token, None, "test"))
            .build(),
    )
}

fn connect_sdk(url: &str, session_token: Option<&str>) -> kafkaconnect::Client {
    use kafkaconnect::config::{BehaviorVersion, Config, Credentials, Region};
    let token = session_token.map(str::to_owned);
    kafkaconnect::Client::from_conf(
        Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(REGION))
            .endpoint_url(url)
            .credentials_provider(Credentials::new(KEY.0, KEY.1, token, None, "test"))
            .build(),
    )
}

fn session(url: &str) -> Session {
    Session::new(EndpointParams::at_url(
        url.parse().unwrap(),
        Some(REGION.parse().unwrap()),
    ))
    .with_signer(SigV4)
}

fn credentials(session_token: Option<&str>) -> Credentials {
    let credentials = Credentials::new(KEY.0, KEY.1);
    match session_token {
        Some(token) => credentials.with_session_token(token),
        None => credentials,
    }
}

fn ours(url: &str, session_token: Option<&str>) -> Client {
    Client::new(
        session(url),
        HyperTransport::new(ConnectOptions::new()).unwrap(),
        TokioClock::new(),
    )
    .with_credentials(credentials(session_token))
}

fn ours_blocking(url: &str, session_token: Option<&str>) -> BlockingClient {
    BlockingClient::new(
        session(url),
        UreqTransport::new(ConnectOptions::new()).unwrap(),
    )
    .with_credentials(credentials(session_token))
}

/// Every filter that the rules allow of the pinned operations, the SDK's and ours, and the places it selects.
fn filters() -> Vec<(OperationFilter, cloud_map::Filter, &'static [usize])> {
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
            ours.push((item.id, item.status.to_string()));
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
                item.connector_operation_arn,
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

/// What differs between the SDK's requests and ours, whatever the call: the header, and why it may.
const DIFFERENCES: [(&str, Difference, &str); 4] = [
    (
        "amz-sdk-invocation-id",
        Difference::Value,
        "a random UUID for each call",
    ),
    ("authorization", Difference::Value, "compared part by part"),
    ("user-agent", Difference::Value, "names the program"),
    (
        "x-amz-user-agent",
        Difference::OnlyTheirs,
        "the SDK's user agent again, with what it measures of itself",
    ),
];

/// The headers that the SDK signs and we do not, and why.
const SIGNED_BY_THE_SDK: [(&str, &str); 2] = [
    (
        "content-length",
        "a transport's own; the body's digest is signed in any case",
    ),
    ("x-amz-user-agent", "we send none"),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Difference {
    /// Both send it, with different values.
    Value,
    OnlyTheirs,
    OnlyOurs,
}

/// A request as it arrived. Header names are in lower case, and their order is not looked at.
struct Arrived {
    line: String,
    headers: BTreeMap<String, String>,
    body: Bytes,
}

impl Arrived {
    fn of(request: &http::Request<Bytes>) -> Self {
        let mut headers = BTreeMap::new();
        for (name, value) in request.headers() {
            let before = headers.insert(name.to_string(), value.to_str().unwrap().to_owned());
            assert_eq!(before, None, "{name} twice");
        }
        Self {
            line: format!(
                "{} {} {:?}",
                request.method(),
                request.uri(),
                request.version()
            ),
            headers,
            body: request.body().clone(),
        }
    }

    fn json(&self) -> Option<Value> {
        (!self.body.is_empty()).then(|| serde_json::from_slice(&self.body).unwrap())
    }

    fn signature(&self) -> Signature<'_> {
        let mut parts = self.headers["authorization"]
            .split([' ', ',', '=', '/'])
            .filter(|part| !part.is_empty());
        let mut next = || parts.next().unwrap();
        let algorithm = next();
        assert_eq!(next(), "Credential");
        let signature = Signature {
            algorithm,
            access_key_id: next(),
            date: next(),
            scope: [next(), next(), next()],
            signed: match (next(), next()) {
                ("SignedHeaders", names) => names.split(';').collect(),
                other => panic!("{other:?}"),
            },
        };
        assert_eq!(next(), "Signature");
        assert_eq!(next().len(), 64);
        assert_eq!(parts.next(), None);
        signature
    }
}

#[derive(Debug)]
struct Signature<'a> {
    algorithm: &'a str,
    access_key_id: &'a str,
    date: &'a str,
    scope: [&'a str; 3],
    signed: BTreeSet<&'a str>,
}

/// The SDK and our clients, all on one service that keeps the latest request.
struct Wire {
    service: FakeService,
    _server: FakeServer,
    cloud_map: servicediscovery::Client,
    connect: kafkaconnect::Client,
    ours: Client,
    ours_blocking: BlockingClient,
    session_token: Option<&'static str>,
}

impl Wire {
    fn new(path: &str, session_token: Option<&'static str>) -> Self {
        let service = FakeService::builder().record(1).build();
        let server = serve(service.clone());
        let url = format!("{}{path}", server.url());
        Self {
            cloud_map: cloud_map_sdk(&url, session_token),
            connect: connect_sdk(&url, session_token),
            ours: ours(&url, session_token),
            ours_blocking: ours_blocking(&url, session_token),
            _server: server,
            service,
            session_token,
        }
    }

    fn latest(&self) -> http::Request<Bytes> {
        self.service.requests().remove(0)
    }

    /// The SDK's request and ours are the same, but for what is listed above. Whether the service likes them does not
    /// matter.
    async fn check<C: Call + Clone>(&self, sdk: impl Future, call: C) {
        sdk.await;
        let theirs = self.latest();
        let _ = self.ours.send(call.clone()).await;
        let by_hyper = self.latest();
        let _ = self.ours_blocking.send(call);
        let by_ureq = self.latest();
        for (transport, ours) in [("hyper", by_hyper), ("ureq", by_ureq)] {
            same(
                &format!("{} {} by {transport}", C::NAME, theirs.uri()),
                &theirs,
                &ours,
            );
        }
        if theirs.method() == http::Method::GET {
            self.signs_as_the_sdk(&theirs);
        }
    }

    /// Our signature of the SDK's own request is the SDK's: nothing that we leave unsigned is among its headers.
    fn signs_as_the_sdk(&self, theirs: &http::Request<Bytes>) {
        let mut request = theirs.clone();
        let host = request.headers()["host"].to_str().unwrap();
        *request.uri_mut() = format!("http://{host}{}", request.uri()).parse().unwrap();
        for name in ["authorization", "x-amz-date", "x-amz-security-token"] {
            request.headers_mut().remove(name);
        }
        let credentials = credentials(self.session_token);
        let time = time(theirs.headers()["x-amz-date"].to_str().unwrap());
        SigV4
            .sign(
                &mut request,
                &SigningContext::new(&credentials, REGION, "kafkaconnect", time),
            )
            .unwrap();
        assert_eq!(
            request.headers()["authorization"],
            theirs.headers()["authorization"]
        );
    }
}

fn same(case: &str, theirs: &http::Request<Bytes>, ours: &http::Request<Bytes>) {
    let (theirs, ours) = (Arrived::of(theirs), Arrived::of(ours));
    assert_eq!(ours.line, theirs.line, "{case}");
    assert_eq!(ours.json(), theirs.json(), "{case}");

    let mut differences = Vec::new();
    for name in theirs
        .headers
        .keys()
        .chain(ours.headers.keys())
        .collect::<BTreeSet<_>>()
    {
        match (theirs.headers.get(name), ours.headers.get(name)) {
            (Some(theirs), Some(ours)) if theirs == ours => {}
            // The same moment, give or take the time between the two.
            (Some(theirs), Some(ours)) if name == "x-amz-date" => {
                let apart = time(ours).duration_since(time(theirs));
                let apart = apart.unwrap_or_else(|earlier| earlier.duration());
                assert!(apart < Duration::from_secs(60), "{case}: {apart:?}");
            }
            (Some(_), Some(_)) => differences.push((name.as_str(), Difference::Value)),
            (Some(_), None) => differences.push((name.as_str(), Difference::OnlyTheirs)),
            (None, _) => differences.push((name.as_str(), Difference::OnlyOurs)),
        }
    }
    let allowed = DIFFERENCES.map(|(name, difference, _)| (name, difference));
    assert_eq!(differences, allowed, "{case}");
    for each in [&theirs, &ours] {
        let id = each.headers["amz-sdk-invocation-id"].as_bytes();
        assert!(
            id.len() == 36 && id[8] == b'-' && id[14] == b'4' && b"89ab".contains(&id[19]),
            "{case}"
        );
    }

    let (signed_by_them, signed_by_us) = (theirs.signature(), ours.signature());
    assert_eq!(signed_by_us.algorithm, signed_by_them.algorithm, "{case}");
    assert_eq!(
        signed_by_us.access_key_id, signed_by_them.access_key_id,
        "{case}"
    );
    assert_eq!(signed_by_us.scope, signed_by_them.scope, "{case}");
    for (signature, arrived) in [(&signed_by_them, &theirs), (&signed_by_us, &ours)] {
        assert!(
            arrived.headers["x-amz-date"].starts_with(signature.date),
            "{case}"
        );
    }
    let mut expected = signed_by_them.signed.clone();
    expected.retain(|name| {
        !SIGNED_BY_THE_SDK
            .iter()
            .any(|(only_theirs, _)| name == only_theirs)
    });
    assert_eq!(signed_by_us.signed, expected, "{case}");
    assert!(signed_by_them.signed.contains("x-amz-user-agent"), "{case}");
    assert_eq!(
        signed_by_them.signed.contains("content-length"),
        !theirs.body.is_empty(),
        "{case}"
    );
}

/// The moment of an `x-amz-date`: `20260830T123600Z`.
fn time(text: &str) -> SystemTime {
    let part = |range: std::ops::Range<usize>| &text[range];
    let rfc_3339 = format!(
        "{}-{}-{}T{}:{}:{}Z",
        part(0..4),
        part(4..6),
        part(6..8),
        part(9..11),
        part(11..13),
        part(13..15)
    );
    let millis = rfc_3339.parse::<Timestamp>().unwrap().as_millis();
    SystemTime::UNIX_EPOCH + Duration::from_millis(millis as u64)
}

#[tokio::test]
async fn our_requests_are_the_sdks_but_for_what_is_listed() {
    for (path, session_token) in [("", None), ("", Some(SESSION_TOKEN)), ("/prefix/", None)] {
        let wire = Wire::new(path, session_token);
        cloud_map_requests(&wire).await;
        msk_connect_requests(&wire).await;
    }
    msk_connect_requests(&Wire::new("/prefix", None)).await;
}

/// An endpoint override is used as it is, and as botocore uses it; the Rust SDK adds a slash.
#[tokio::test]
async fn the_path_of_an_override_stays_as_it_is() {
    let wire = Wire::new("/prefix", None);
    let _ = wire.cloud_map.list_operations().send().await;
    assert_eq!(wire.latest().uri(), "/prefix/");
    let _ = wire.ours.send(cloud_map::ListOperations::new()).await;
    assert_eq!(wire.latest().uri(), "/prefix");
    let _ = wire.ours_blocking.send(cloud_map::ListOperations::new());
    assert_eq!(wire.latest().uri(), "/prefix");
}

async fn cloud_map_requests(wire: &Wire) {
    use cloud_map::{GetOperation, ListOperations};
    let list = || wire.cloud_map.list_operations();
    wire.check(list().send(), ListOperations::new()).await;
    for size in [1, 100] {
        let call = ListOperations::new().with_page_size(PageSize::new(size).unwrap());
        wire.check(list().max_results(size).send(), call).await;
    }
    for token in [
        "",
        "AAAA+/==",
        "a \"\\/\n\u{7f} é 世 \u{1f600} \u{2028} <&>",
    ] {
        let call = ListOperations::new().with_token(token).unwrap();
        wire.check(list().next_token(token).send(), call).await;
    }
    let mut all = (list().max_results(7).next_token("t"), ListOperations::new());
    for (theirs, ours, _) in filters() {
        let call = ListOperations::new().with_filter(ours.clone());
        wire.check(list().filters(theirs.clone()).send(), call)
            .await;
        all = (all.0.filters(theirs), all.1.with_filter(ours));
    }
    let call = all
        .1
        .with_page_size(PageSize::new(7).unwrap())
        .with_token("t")
        .unwrap();
    wire.check(all.0.send(), call).await;
    // A filter without a condition, which we send only unchecked.
    let bare = OperationFilter::builder()
        .name(OperationFilterName::Status)
        .values("FAIL")
        .build()
        .unwrap();
    let call =
        ListOperations::new().with_unchecked_filter(RawFilter::new("STATUS", None, ["FAIL"]));
    wire.check(list().filters(bare).send(), call).await;

    let get = |id: &str| wire.cloud_map.get_operation().operation_id(id);
    for id in [PINNED[0].0, "x", "é \"\\ \u{1f600}"] {
        wire.check(get(id).send(), GetOperation::new(id).unwrap())
            .await;
    }
    let call = GetOperation::new("x")
        .unwrap()
        .with_owner_account("123456789012")
        .unwrap();
    wire.check(get("x").owner_account("123456789012").send(), call)
        .await;
}

async fn msk_connect_requests(wire: &Wire) {
    use kafka_connect::{DescribeConnectorOperation, ListConnectorOperations};
    let list = |arn: &str| wire.connect.list_connector_operations().connector_arn(arn);
    let arns = [
        EXAMPLE_CONNECTOR_ARN,
        "x",
        "a/b:c d",
        "é世\u{1f600}",
        "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
        "%2F",
    ];
    for arn in arns {
        wire.check(list(arn).send(), ListConnectorOperations::new(arn).unwrap())
            .await;
        let describe = wire
            .connect
            .describe_connector_operation()
            .connector_operation_arn(arn);
        wire.check(
            describe.send(),
            DescribeConnectorOperation::new(arn).unwrap(),
        )
        .await;
    }
    for size in [1, 100] {
        let call = ListConnectorOperations::new(EXAMPLE_CONNECTOR_ARN).unwrap();
        let call = call.with_page_size(PageSize::new(size).unwrap());
        wire.check(list(EXAMPLE_CONNECTOR_ARN).max_results(size).send(), call)
            .await;
    }
    for token in ["", "AAAA+/==", "a b&c=d?e#f%20;~", "é世\u{1f600}\n"] {
        let call = ListConnectorOperations::new("x").unwrap().with_token(token);
        wire.check(list("x").next_token(token).send(), call.clone())
            .await;
        let call = call.with_page_size(PageSize::new(7).unwrap());
        wire.check(list("x").next_token(token).max_results(7).send(), call)
            .await;
    }
}
