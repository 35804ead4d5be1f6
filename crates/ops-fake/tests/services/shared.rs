//! What all answers share, generated operations, the recorder, and both transports.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use crate::common::{get, post};
use bytes::Bytes;
use ops_fake::{EXAMPLE_CONNECTOR_ARN, FakeService, VirtualClock};
use ops_transport::{Attempt, BlockingTransport, Transport, TransportErrorKind};
use serde_json::{Value, json};

pub(crate) const EXAMPLE: &str = "/v1/connectors/arn%3Aaws%3Akafkaconnect%3Aus-east-1%3A123456789012%3Aconnector%2Fops-example%2F0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4/operations";

/// Cloud Map's operations in full, page by page.
fn operations(service: &FakeService) -> Vec<Value> {
    let mut all = Vec::new();
    let mut token = String::new();
    loop {
        let page = post(
            service,
            "ListOperations",
            &json!({"NextToken": token}).to_string(),
        )
        .json;
        for summary in page["Operations"].as_array().unwrap() {
            let body = json!({"OperationId": summary["Id"]}).to_string();
            let operation = &post(service, "GetOperation", &body).json["Operation"];
            assert_eq!(operation["Status"], summary["Status"]);
            all.push(operation.clone());
        }
        let Some(next) = page.get("NextToken") else {
            return all;
        };
        token = next.as_str().unwrap().to_owned();
    }
}

/// The example connector's operations in full, page by page.
fn connector_operations(service: &FakeService) -> Vec<Value> {
    let mut all = Vec::new();
    let mut token = String::new();
    loop {
        let page = get(service, &format!("{EXAMPLE}?nextToken={token}")).json;
        for summary in page["connectorOperations"].as_array().unwrap() {
            let arn = summary["connectorOperationArn"].as_str().unwrap();
            let path = format!(
                "/v1/connectorOperations/{}",
                arn.replace(':', "%3A").replace('/', "%2F")
            );
            let operation = get(service, &path).json;
            for (member, value) in summary.as_object().unwrap() {
                assert_eq!(&operation[member], value);
            }
            all.push(operation);
        }
        let Some(next) = page.get("nextToken") else {
            return all;
        };
        token = next.as_str().unwrap().to_owned();
    }
}

fn generated(seed: u64, count: u32) -> FakeService {
    FakeService::builder()
        .without_examples()
        .seed(seed)
        .operations(count)
        .build()
}

#[test]
fn the_same_seed_gives_the_same_operations() {
    let (ops, connector_ops) = (
        operations(&generated(7, 250)),
        connector_operations(&generated(7, 250)),
    );
    assert_eq!((ops.len(), connector_ops.len()), (250, 250));
    assert_eq!(operations(&generated(7, 250)), ops);
    assert_eq!(connector_operations(&generated(7, 250)), connector_ops);
    assert_eq!(operations(&generated(7, 101)), ops[..101]);
    assert_eq!(
        connector_operations(&generated(7, 101)),
        connector_ops[..101]
    );
    assert_ne!(operations(&generated(8, 1)), ops[..1]);
    assert_ne!(connector_operations(&generated(8, 1)), connector_ops[..1]);
    assert!(operations(&generated(7, 0)).is_empty());
}

#[test]
fn generated_operations_come_after_the_examples() {
    let service = FakeService::builder().operations(2).build();
    let with_examples = operations(&service);
    assert_eq!(with_examples.len(), 5);
    assert_eq!(
        with_examples[0]["Id"],
        "76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample"
    );
    assert_eq!(with_examples[3..], operations(&generated(0, 2)));
    assert_eq!(
        connector_operations(&service)[4..],
        connector_operations(&generated(0, 2))
    );
}

#[test]
fn generated_operations_have_every_status_and_type_and_are_consistent() {
    let mut seen = BTreeMap::<&str, BTreeSet<String>>::new();
    let mut last = 0.0;
    for operation in operations(&generated(1, 1000)) {
        let text = |member: &str| operation[member].as_str().unwrap();
        for member in ["Status", "Type", "Id"] {
            seen.entry(member)
                .or_default()
                .insert(text(member).to_owned());
        }
        for member in ["NAMESPACE", "SERVICE"] {
            if let Some(id) = operation["Targets"][member].as_str() {
                seen.entry(member).or_default().insert(id.to_owned());
            }
        }
        assert_eq!(text("OwnerAccount"), "123456789012");
        assert_eq!(text("Id").len(), 41);
        let failed = text("Status") == "FAIL";
        assert_eq!(
            (
                operation["ErrorCode"].is_string(),
                operation["ErrorMessage"].is_string()
            ),
            (failed, failed)
        );
        let targets: Vec<&str> = operation["Targets"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        match text("Type") {
            "REGISTER_INSTANCE" | "DEREGISTER_INSTANCE" => {
                assert_eq!(targets, ["INSTANCE", "NAMESPACE", "SERVICE"]);
            }
            "UPDATE_SERVICE" => assert_eq!(targets, ["NAMESPACE", "SERVICE"]),
            _ => assert_eq!(targets, ["NAMESPACE"]),
        }
        let (created, updated) = (
            operation["CreateDate"].as_f64().unwrap(),
            operation["UpdateDate"].as_f64().unwrap(),
        );
        assert!(last < created && created <= updated, "{operation}");
        last = created;
    }
    let counts: Vec<(&str, usize)> = seen
        .iter()
        .map(|(member, values)| (*member, values.len()))
        .collect();
    assert_eq!(
        counts,
        [
            ("Id", 1000),
            ("NAMESPACE", 8),
            ("SERVICE", 32),
            ("Status", 4),
            ("Type", 6)
        ]
    );
}

#[test]
fn generated_connector_operations_have_states_that_fit_their_types() {
    let mut seen = BTreeMap::<String, BTreeSet<String>>::new();
    let mut arns = BTreeSet::new();
    for operation in connector_operations(&generated(1, 1000)) {
        let text = |member: &str| operation[member].as_str().unwrap();
        let (of, state) = (
            text("connectorOperationType"),
            text("connectorOperationState"),
        );
        assert_eq!(text("connectorArn"), EXAMPLE_CONNECTOR_ARN);
        assert!(arns.insert(text("connectorOperationArn").to_owned()));
        seen.entry(of.to_owned())
            .or_default()
            .insert(state.to_owned());
        let ended = state.ends_with("_COMPLETE") || state.ends_with("_FAILED");
        assert_eq!(operation["endTime"].is_string(), ended, "{operation}");
        let failed = state.ends_with("_FAILED") || state.starts_with("ROLLBACK");
        assert_eq!(
            operation["errorInfo"]["code"].is_string(),
            failed,
            "{operation}"
        );
        assert_eq!(
            operation["originWorkerSetting"].is_object(),
            of == "UPDATE_WORKER_SETTING"
        );
        assert_eq!(
            operation["targetConnectorConfiguration"].is_object(),
            of == "UPDATE_CONNECTOR_CONFIGURATION"
        );
        let steps = operation["operationSteps"].as_array();
        assert_eq!(steps.is_some(), of.starts_with("UPDATE"), "{operation}");
        if let Some(steps) = steps {
            let states: Vec<&str> = steps
                .iter()
                .map(|step| step["stepState"].as_str().unwrap())
                .collect();
            assert_eq!(
                states.iter().all(|state| *state == "COMPLETED"),
                state == "UPDATE_COMPLETE",
                "{operation}"
            );
            assert_eq!(states.contains(&"FAILED"), failed, "{operation}");
        }
    }
    let update = [
        "PENDING",
        "ROLLBACK_COMPLETE",
        "ROLLBACK_FAILED",
        "ROLLBACK_IN_PROGRESS",
        "UPDATE_COMPLETE",
        "UPDATE_FAILED",
        "UPDATE_IN_PROGRESS",
    ]
    .as_slice();
    let expected = [
        (
            "PAUSE_CONNECTOR",
            [
                "PENDING",
                "PAUSE_COMPLETE",
                "PAUSE_FAILED",
                "PAUSE_IN_PROGRESS",
            ]
            .as_slice(),
        ),
        (
            "RESTART_CONNECTOR",
            &[
                "PENDING",
                "RESTART_COMPLETE",
                "RESTART_FAILED",
                "RESTART_IN_PROGRESS",
            ],
        ),
        (
            "RESUME_CONNECTOR",
            &[
                "PENDING",
                "RESUME_COMPLETE",
                "RESUME_FAILED",
                "RESUME_IN_PROGRESS",
            ],
        ),
        ("UPDATE_CONNECTOR_CONFIGURATION", update),
        ("UPDATE_WORKER_SETTING", update),
    ];
    let expected: BTreeMap<String, BTreeSet<String>> = expected
        .into_iter()
        .map(|(of, states)| {
            (
                of.to_owned(),
                states.iter().map(|state| (*state).to_owned()).collect(),
            )
        })
        .collect();
    assert_eq!(seen, expected);
}

/// What has been generated once must not change under people's tests.
#[test]
fn the_first_generated_operations_are_pinned() {
    let expected = json!({
        "Id": "0gy6325x5zz7xxd56ewlq0xfyyztl7eq-gyptrqv9",
        "OwnerAccount": "123456789012",
        "Type": "UPDATE_SERVICE",
        "Status": "SUCCESS",
        "CreateDate": 1_738_368_027.556,
        "UpdateDate": 1_738_368_051.383,
        "Targets": {"NAMESPACE": "ns-ea2r0wndos87xej5", "SERVICE": "srv-h54dhfv5uxxlgrqz"},
    });
    assert_eq!(operations(&generated(0, 1)), [expected]);
    let workers = |mcu: u8, workers: u8| {
        json!({
            "capacity": {"provisionedCapacity": {"mcuCount": mcu, "workerCount": workers}},
            "useDefaultWorkerConfiguration": true,
        })
    };
    let expected = json!({
        "connectorArn": EXAMPLE_CONNECTOR_ARN,
        "connectorOperationArn": "arn:aws:kafkaconnect:us-east-1:123456789012:connector-operation/ops-example/\
                                  0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4/ce35bf3d-6bac-4349-8f0a-26f0432b38c8",
        "connectorOperationState": "UPDATE_COMPLETE",
        "connectorOperationType": "UPDATE_WORKER_SETTING",
        "operationSteps": [
            {"stepType": "INITIALIZE_UPDATE", "stepState": "COMPLETED"},
            {"stepType": "VALIDATE_UPDATE", "stepState": "COMPLETED"},
            {"stepType": "UPDATE_WORKER_SETTING", "stepState": "COMPLETED"},
            {"stepType": "FINALIZE_UPDATE", "stepState": "COMPLETED"},
        ],
        "originWorkerSetting": workers(4, 8),
        "targetWorkerSetting": workers(4, 3),
        "creationTime": "2025-02-01T00:00:35.448Z",
        "endTime": "2025-02-01T00:05:20.731Z",
    });
    assert_eq!(connector_operations(&generated(0, 1)), [expected]);
}

#[test]
fn every_answer_has_its_date_and_an_id_of_its_own() {
    let clock = VirtualClock::new();
    let service = FakeService::builder().clock(clock.clone()).seed(3).build();
    let other = FakeService::builder().clock(clock.clone()).seed(3).build();
    let mut ids = BTreeSet::new();
    for path in [EXAMPLE, "/v1/connectors/nope/operations", "/nope", EXAMPLE] {
        let answer = get(&service, path);
        assert_eq!(answer.header("date"), "Thu, 01 Jan 2026 00:00:00 GMT");
        let id = answer.header("x-amzn-requestid").to_owned();
        assert_eq!(id.len(), 36);
        assert_eq!(get(&other, "/").header("x-amzn-requestid"), id);
        assert!(ids.insert(id));
    }
    clock.advance(Duration::from_secs(61));
    assert_eq!(
        post(&service, "ListOperations", "{}").header("date"),
        "Thu, 01 Jan 2026 00:01:01 GMT"
    );
}

#[test]
fn a_date_that_cannot_be_written_is_the_nearest_that_can() {
    let check = |start: SystemTime, date: &str| {
        let service = FakeService::builder()
            .clock(VirtualClock::starting_at(start))
            .build();
        assert_eq!(get(&service, "/").header("date"), date);
    };
    let day = Duration::from_secs(86_400);
    check(
        SystemTime::UNIX_EPOCH - day,
        "Thu, 01 Jan 1970 00:00:00 GMT",
    );
    check(
        SystemTime::UNIX_EPOCH + 4_000_000 * day,
        "Fri, 31 Dec 9999 23:59:59 GMT",
    );
}

#[test]
fn a_clone_is_a_handle_to_the_same_service() {
    let service = FakeService::builder().record(9).build();
    let (first, second) = (get(&service, "/1"), get(&service.clone(), "/2"));
    assert_ne!(
        first.header("x-amzn-requestid"),
        second.header("x-amzn-requestid")
    );
    let paths: Vec<String> = service
        .requests()
        .iter()
        .map(|request| request.uri().path().to_owned())
        .collect();
    assert_eq!(paths, ["/1", "/2"]);
}

#[test]
fn the_recorder_keeps_the_latest_requests_if_it_is_asked_to() {
    for (limit, kept) in [
        (None, [].as_slice()),
        (Some(0), &[]),
        (Some(2), &["/2", "/3"]),
        (Some(5), &["/1", "/2", "/3"]),
    ] {
        let mut builder = FakeService::builder();
        if let Some(limit) = limit {
            builder = builder.record(limit);
        }
        let service = builder.build();
        for path in ["/1", "/2", "/3"] {
            get(&service, path);
        }
        let paths: Vec<String> = service
            .requests()
            .iter()
            .map(|request| request.uri().path().to_owned())
            .collect();
        assert_eq!(paths, kept, "{limit:?}");
    }
}

#[test]
fn debug_shows_no_request() {
    let service = FakeService::builder().record(1).build();
    get(&service, "/canary");
    assert_eq!(
        format!("{service:?}"),
        "FakeService { operations: 3, connectors: 1, seed: 0, .. }"
    );
    let builder = FakeService::builder().operations(5).seed(2).record(1);
    assert_eq!(
        format!("{builder:?}"),
        "FakeServiceBuilder { examples: true, operations: 0, connector_operations: 0, generated: 5, seed: 2, .. }"
    );
}

#[test]
fn both_transports_answer_as_respond_does_and_keep_the_body_limit() {
    fn shared<T: Send + Sync + Clone + 'static>(value: T) -> T {
        value
    }
    let service = shared(FakeService::builder().clock(VirtualClock::new()).build());
    let expected = FakeService::builder().clock(VirtualClock::new()).build();
    let request = || http::Request::get(EXAMPLE).body(Bytes::new()).unwrap();
    let attempt = Attempt::new("ListConnectorOperations");

    let replies = [
        service.send_blocking(request(), &attempt),
        futures_executor::block_on(service.send(request(), &attempt)),
    ];
    let mut length = 0;
    for reply in replies {
        let (reply, expected) = (reply.unwrap(), expected.respond(request()));
        assert_eq!(reply.headers(), expected.headers());
        assert_eq!(reply.body(), expected.body());
        length = reply.body().len();
    }
    assert!(
        service
            .send_blocking(request(), &attempt.clone().with_max_body(length))
            .is_ok()
    );
    let attempt = attempt.with_max_body(length - 1);
    for reply in [
        service.send_blocking(request(), &attempt),
        futures_executor::block_on(service.send(request(), &attempt)),
    ] {
        assert_eq!(reply.unwrap_err().kind(), TransportErrorKind::BodyTooLarge);
    }
}
