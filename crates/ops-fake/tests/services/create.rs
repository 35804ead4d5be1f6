//! The calls that create operations, by hand-written requests against hand-written rows.

mod cbor;
mod kafka_connect;

use std::collections::BTreeSet;
use std::time::Duration;

use ops_fake::{FakeService, Life, VirtualClock};
use ops_model::cloud_map::OperationStatus;
use serde_json::{Value, json};

use crate::common::{Answer, column, post};

const SECOND: Duration = Duration::from_secs(1);

/// A service without operations, on a clock that stands still.
fn empty() -> (FakeService, VirtualClock) {
    let clock = VirtualClock::new();
    let builder = FakeService::builder().without_examples().connector("c");
    (builder.clock(clock.clone()).build(), clock)
}

fn call(service: &FakeService, name: &str, input: &Value) -> Answer {
    post(service, name, &input.to_string())
}

/// The operation that a call has created.
fn created(service: &FakeService, name: &str, input: &Value) -> String {
    let answer = call(service, name, input);
    assert_eq!(answer.status, 200, "{name} {input}: {}", answer.json);
    assert_eq!(answer.json.as_object().unwrap().len(), 1, "{}", answer.json);
    answer.json["OperationId"].as_str().unwrap().to_owned()
}

fn operation(service: &FakeService, id: &str) -> Value {
    call(service, "GetOperation", &json!({ "OperationId": id })).json["Operation"].clone()
}

fn check_refused(answer: &Answer, code: &str, text: &str) {
    assert_eq!(answer.status, 400, "{}", answer.json);
    assert_eq!(answer.json["__type"], code, "{}", answer.json);
    let member = if code == "InvalidInput" {
        "Message"
    } else {
        "message"
    };
    let message = answer.json[member].as_str().unwrap();
    assert!(message.contains(text), "{message} has no `{text}`");
}

/// Each call that creates an operation: what it has to have, the operation's type and its targets. An id that ends in
/// `-` is a new one.
fn calls() -> Vec<(&'static str, Value, &'static str, Value)> {
    let instance = json!({"SERVICE": "srv-1", "INSTANCE": "i/1"});
    vec![
        (
            "CreateHttpNamespace",
            json!({"Name": "example.com"}),
            "CREATE_NAMESPACE",
            json!({"NAMESPACE": "ns-"}),
        ),
        (
            "CreatePrivateDnsNamespace",
            json!({"Name": "example", "Vpc": "vpc-1"}),
            "CREATE_NAMESPACE",
            json!({"NAMESPACE": "ns-"}),
        ),
        (
            "CreatePublicDnsNamespace",
            json!({"Name": "example.com"}),
            "CREATE_NAMESPACE",
            json!({"NAMESPACE": "ns-"}),
        ),
        (
            "DeleteNamespace",
            json!({"Id": "ns-1"}),
            "DELETE_NAMESPACE",
            json!({"NAMESPACE": "ns-1"}),
        ),
        (
            "DeleteNamespace",
            json!({"Id": "arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-1"}),
            "DELETE_NAMESPACE",
            json!({"NAMESPACE": "ns-1"}),
        ),
        (
            "UpdateService",
            json!({"Id": "srv-1", "Service": {}}),
            "UPDATE_SERVICE",
            json!({"SERVICE": "srv-1"}),
        ),
        (
            "RegisterInstance",
            json!({"ServiceId": "srv-1", "InstanceId": "i/1", "Attributes": {}}),
            "REGISTER_INSTANCE",
            instance.clone(),
        ),
        (
            "DeregisterInstance",
            json!({
                "ServiceId": "arn:aws:servicediscovery:eu-west-1:123456789012:service/srv-1", "InstanceId": "i/1",
            }),
            "DEREGISTER_INSTANCE",
            instance,
        ),
    ]
}

#[test]
fn each_call_creates_an_operation_that_lives_and_is_listed() {
    let (service, clock) = empty();
    let mut expected = Vec::new();
    for (name, input, operation_type, targets) in calls() {
        let start = clock.now().wall;
        let start = start.duration_since(std::time::UNIX_EPOCH).unwrap();
        let id = created(&service, name, &input);
        let mut seen = Vec::new();
        for _ in 0..7 {
            let mut now = operation(&service, &id);
            let updated = now["UpdateDate"].as_f64().unwrap() - start.as_secs_f64();
            seen.push(format!("{} {updated}", now["Status"].as_str().unwrap()));
            assert_eq!(now["CreateDate"].as_f64().unwrap(), start.as_secs_f64());
            for (_, target) in now["Targets"].as_object_mut().unwrap() {
                let text = target.as_str().unwrap();
                if text.len() == "ns-".len() + 16 {
                    *target = text[..3].into();
                }
            }
            assert_eq!(now["Targets"], targets, "{name}");
            assert_eq!(now["Type"], operation_type, "{name}");
            assert_eq!(now["OwnerAccount"], "123456789012", "{name}");
            clock.advance(SECOND);
        }
        let states = ["SUBMITTED 0", "PENDING 1", "SUCCESS 5"].map(str::to_owned);
        assert_eq!(seen[0], states[0], "{name}");
        assert!(
            seen[1..5].iter().all(|state| *state == states[1]),
            "{seen:?}"
        );
        assert!(
            seen[5..].iter().all(|state| *state == states[2]),
            "{seen:?}"
        );
        expected.push(id);
    }
    let listed = call(&service, "ListOperations", &json!({})).json;
    assert_eq!(column(&listed["Operations"], "Id"), expected);
    let filter = json!({"Filters": [{"Name": "SERVICE_ID", "Values": ["srv-1"]}]});
    let listed = call(&service, "ListOperations", &filter).json;
    assert_eq!(column(&listed["Operations"], "Id"), expected[5..]);
}

#[test]
fn the_builder_says_what_becomes_of_them() {
    let clock = VirtualClock::new();
    let failure = ("ACCESS_DENIED", "not your hosted zone");
    let service = FakeService::builder()
        .clock(clock.clone())
        .created_life(Life::new().then_failed(SECOND, OperationStatus::Fail, failure.0, failure.1))
        .build();
    let id = created(&service, "DeleteNamespace", &json!({"Id": "ns-1"}));
    assert_eq!(operation(&service, &id)["Status"], "SUBMITTED");
    clock.advance(SECOND);
    let failed = operation(&service, &id);
    assert_eq!(failed["Status"], "FAIL");
    assert_eq!(failed["ErrorCode"], failure.0);
}

/// AWS's model has no operation here: what the call makes is there at once.
#[test]
fn a_service_is_created_at_once() {
    let (service, _) = empty();
    let input = json!({"Name": "a.b_c", "NamespaceId": "ns-1", "CreatorRequestId": "x", "Description": "d"});
    let answer = call(&service, "CreateService", &input);
    assert_eq!(answer.status, 200);
    let id = answer.json["Service"]["Id"].as_str().unwrap();
    assert!(id.starts_with("srv-") && id.len() == 20, "{id}");
    assert_eq!(
        answer.json,
        json!({"Service": {
            "Id": id,
            "Arn": format!("arn:aws:servicediscovery:us-east-1:123456789012:service/{id}"),
            "CreateDate": 1_767_225_600.0,
            "Name": "a.b_c",
            "NamespaceId": "ns-1",
            "CreatorRequestId": "x",
        }})
    );
    let listed = call(&service, "ListOperations", &json!({})).json;
    assert_eq!(listed["Operations"], json!([]));

    let other = json!({"Name": "a.b_d", "NamespaceId": "ns-1", "CreatorRequestId": "x"});
    let refused = call(&service, "CreateService", &other);
    assert_eq!(refused.status, 400);
    assert_eq!(
        refused.json["__type"],
        "com.amazonaws.servicediscovery#ServiceAlreadyExists"
    );
    assert_eq!(refused.json["ServiceId"], id);
    assert_eq!(refused.json["ServiceArn"], answer.json["Service"]["Arn"]);
    assert_eq!(refused.json["CreatorRequestId"], "x");
    assert_eq!(call(&service, "CreateService", &input).json, answer.json);
}

#[test]
fn every_required_member_is_asked_for() {
    let (service, _) = empty();
    let mut rows: Vec<(&str, Value)> = calls()
        .into_iter()
        .map(|(name, input, ..)| (name, input))
        .collect();
    rows.push(("CreateService", json!({"Name": "s"})));
    for (name, input) in rows {
        for member in input.as_object().unwrap().keys() {
            let mut without = input.clone();
            without.as_object_mut().unwrap().remove(member);
            let text = format!("{member} is missing");
            check_refused(&call(&service, name, &without), "InvalidInput", &text);
            without[member] = Value::Null;
            check_refused(&call(&service, name, &without), "InvalidInput", &text);
            without[member] = json!(5);
            let text = format!("{member}: expected a");
            check_refused(
                &call(&service, name, &without),
                "SerializationException",
                &text,
            );
        }
    }
    let all = call(&service, "RegisterInstance", &json!({}));
    check_refused(
        &all,
        "InvalidInput",
        "ServiceId is missing; InstanceId is missing; Attributes is missing",
    );
    for body in ["[]", "5", "{", "{\"Name\": \"\u{1}\"}"] {
        let answer = post(&service, "CreateHttpNamespace", body);
        check_refused(
            &answer,
            "SerializationException",
            "the request cannot be read",
        );
    }
    let listed = call(&service, "ListOperations", &json!({})).json;
    assert_eq!(listed["Operations"], json!([]), "nothing was created");
}

#[test]
fn members_are_what_the_model_says() {
    let long = |count: usize| "x".repeat(count);
    let domain = |first: usize| format!("{}.{}.{}.com", long(first), long(63), long(63));
    let attributes = |key: &str, value: &str| json!({ key: value });
    let rows: Vec<(&str, &str, Vec<Value>, Vec<Value>)> = vec![
        (
            "CreateHttpNamespace",
            "Name",
            vec![json!("!~"), json!(long(1024)), json!("a:arn:")],
            vec![
                json!(""),
                json!(long(1025)),
                json!("a b"),
                json!("é"),
                json!("arn:x"),
            ],
        ),
        (
            "CreateHttpNamespace",
            "CreatorRequestId",
            vec![json!(""), json!("é".repeat(64)), json!(null)],
            vec![json!(long(65))],
        ),
        (
            "CreatePrivateDnsNamespace",
            "Name",
            vec![json!(long(253))],
            vec![json!(long(254)), json!("arn:x")],
        ),
        (
            "CreatePrivateDnsNamespace",
            "Vpc",
            vec![json!(long(64))],
            vec![json!(""), json!(long(65))],
        ),
        (
            "CreatePublicDnsNamespace",
            "Name",
            vec![json!("a.b"), json!("a-1.b.c"), json!(domain(63))],
            vec![
                json!("a"),
                json!("a."),
                json!(".a.b"),
                json!("-a.b"),
                json!("a-.b"),
                json!("a_1.b"),
                json!(domain(64)),
                json!(format!("{}.{}", domain(63), long(63))),
            ],
        ),
        (
            "DeleteNamespace",
            "Id",
            vec![json!(long(255))],
            vec![json!(""), json!(long(256))],
        ),
        (
            "CreateService",
            "Name",
            vec![
                json!("."),
                json!("_a-b_"),
                json!("a.b"),
                json!(format!("{0}.{0}", long(63))),
            ],
            vec![
                json!("_"),
                json!("-a"),
                json!("a.."),
                json!(long(64)),
                json!(format!("{0}.{0}.a", long(63))),
            ],
        ),
        (
            "RegisterInstance",
            "InstanceId",
            vec![json!("aZ0_/:.@-"), json!(long(64))],
            vec![json!(""), json!("a b"), json!("a\n"), json!(long(65))],
        ),
        (
            "RegisterInstance",
            "Attributes",
            vec![
                attributes("AWS_INSTANCE_IPV4", "10.0.0.1"),
                attributes(&long(255), &long(1024)),
                attributes("a", ""),
                attributes("a", "b \t"),
                json!({"a": null}),
            ],
            vec![
                attributes("", "b"),
                attributes("a b", "b"),
                attributes(&long(256), "b"),
                attributes("a", " b"),
                attributes("a", "é"),
                attributes("a", &long(1025)),
            ],
        ),
    ];
    let (service, _) = empty();
    for (name, member, good, bad) in rows {
        let mut rows = calls().into_iter();
        let required = rows.find(|(call, ..)| *call == name);
        let mut input = required.map_or_else(|| json!({}), |(_, input, ..)| input);
        for value in good {
            input[member] = value;
            let answer = call(&service, name, &input);
            assert_eq!(answer.status, 200, "{input}: {}", answer.json);
        }
        for value in bad {
            input[member] = value;
            check_refused(&call(&service, name, &input), "InvalidInput", member);
        }
    }
    let answer = call(
        &service,
        "RegisterInstance",
        &json!({"ServiceId": "s", "InstanceId": "i", "Attributes": {"canary-key": ["canary"]}}),
    );
    check_refused(
        &answer,
        "SerializationException",
        "a value of Attributes: expected a string",
    );
    assert!(!answer.json.to_string().contains("canary"));
}

#[test]
fn a_creator_request_id_makes_one_operation() {
    let (service, _) = empty();
    let request = |name: &str, id: &str| json!({"Name": name, "CreatorRequestId": id});
    let first = created(&service, "CreateHttpNamespace", &request("a", "x"));
    let again = created(&service, "CreateHttpNamespace", &request("a", "x"));
    assert_eq!(first, again);
    let answer = call(&service, "CreateHttpNamespace", &request("b", "x"));
    assert_eq!(answer.status, 409);
    assert_eq!(
        answer.json["__type"],
        "com.amazonaws.servicediscovery#DuplicateRequest"
    );
    assert_eq!(answer.json["DuplicateOperationId"], first);
    assert!(
        answer.json["Message"]
            .as_str()
            .unwrap()
            .contains("CreatorRequestId")
    );

    let mut ids = BTreeSet::from([first]);
    for input in [
        request("a", "y"),
        request("a", ""),
        request("a", ""),
        json!({"Name": "a"}),
        json!({"Name": "a"}),
    ] {
        assert!(
            ids.insert(created(&service, "CreateHttpNamespace", &input)),
            "{input}"
        );
    }
    // Each call has request ids of its own.
    assert!(ids.insert(created(
        &service,
        "CreatePublicDnsNamespace",
        &request("a.b", "x")
    )));
    let listed = call(&service, "ListOperations", &json!({})).json;
    assert_eq!(listed["Operations"].as_array().unwrap().len(), ids.len());
}

#[test]
fn the_seed_and_the_number_of_the_request_make_the_id() {
    let build = |seed| FakeService::builder().seed(seed).build();
    let ids = |service: &FakeService| -> Vec<String> {
        let calls = calls().into_iter();
        calls
            .map(|(name, input, ..)| created(service, name, &input))
            .collect()
    };
    let service = build(7);
    let first = ids(&service);
    assert_eq!(ids(&build(7)), first);
    assert_ne!(ids(&build(8)), first);
    assert_ne!(ids(&service), first, "the next requests");
    service.reset();
    assert_eq!(ids(&service), first, "begun anew");
    assert_eq!(first.iter().collect::<BTreeSet<_>>().len(), first.len());
    assert!(first.iter().all(|id| id.len() == 41), "{first:?}");
    let namespaces: BTreeSet<String> = first[..3]
        .iter()
        .map(|id| operation(&service, id)["Targets"]["NAMESPACE"].to_string())
        .collect();
    assert_eq!(namespaces.len(), 3, "{namespaces:?}");

    // An operation that has the id already keeps it.
    let taken = ops_model::cloud_map::Operation::new(first[0].clone(), OperationStatus::Fail);
    let service = FakeService::builder()
        .seed(7)
        .cloud_map_operation(taken)
        .build();
    let other = created(&service, calls()[0].0, &calls()[0].1);
    assert_ne!(other, first[0]);
    assert_eq!(operation(&service, &first[0])["Status"], "FAIL");
}

#[test]
fn what_is_not_emulated_is_refused_by_name() {
    let (service, _) = empty();
    for name in [
        "UpdateHttpNamespace",
        "ListNamespaces",
        "DeleteService",
        "GetNamespace",
    ] {
        let answer = call(&service, name, &json!({}));
        check_refused(&answer, "UnknownOperationException", "CreateHttpNamespace");
    }
    let request = http::Request::get("/")
        .header(
            "x-amz-target",
            "Route53AutoNaming_v20170314.DeleteNamespace",
        )
        .body(bytes::Bytes::from(r#"{"Id": "ns-1"}"#));
    let answer = crate::common::send(&service, request.unwrap());
    check_refused(&answer, "UnknownOperationException", "POST");
}
