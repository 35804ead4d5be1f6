//! The rows by the official SDK over HTTP.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_sdk_kafkaconnect as kafkaconnect;
use aws_sdk_servicediscovery as servicediscovery;
use http::{HeaderMap, HeaderName, HeaderValue};
use kafkaconnect::types::{ConnectorOperationSummary, ConnectorState};
use ops_fake::FakeServer;
use serde_json::{Map, Value, json};
use servicediscovery::config::interceptors::BeforeDeserializationInterceptorContextRef;
use servicediscovery::config::retry::RetryConfig;
use servicediscovery::config::{
    BehaviorVersion, ConfigBag, Credentials, Intercept, Region, RuntimeComponents,
};
use servicediscovery::error::{BoxError, ProvideErrorMetadata, SdkError};
use servicediscovery::primitives::{DateTime, DateTimeFormat};
use servicediscovery::types::{FilterCondition, OperationFilter};

use crate::judge::{Seen, filled, judge};
use crate::list::{self, Call, Protocol, Row, Step};

/// The rows that the SDK does not do, and why.
const NOT_BY_THE_SDK: [(&str, &str); 5] = [
    (
        "GetOperation tells all of an operation, its dates to the millisecond",
        "it cuts .087 off to .086",
    ),
    (
        "an operation that Cloud Map does not have is UnknownOperationException",
        BY_HAND,
    ),
    (
        "a body of Cloud Map that cannot be read is SerializationException",
        BY_HAND,
    ),
    (
        "a query of MSK Connect that cannot be read is BadRequestException",
        BY_HAND,
    ),
    (
        "a request of neither service is UnknownOperationException",
        BY_HAND,
    ),
];
const BY_HAND: &str = "the request is written by hand";

#[tokio::test]
async fn every_row_holds_but_those_that_the_sdk_does_not_do() {
    let mut not_done = Vec::new();
    for row in list::rows() {
        let listed = NOT_BY_THE_SDK.iter().find(|(name, _)| *name == row.name);
        match (run(&row).await, listed) {
            (Ok(()), None) => {}
            (Err(_), Some((name, _))) => not_done.push(*name),
            (Ok(()), Some((name, _))) => panic!("{name}: the SDK does it"),
            (Err(found), None) => panic!("{}, {found}", row.name),
        }
    }
    assert_eq!(not_done, NOT_BY_THE_SDK.map(|(name, _)| name));
}

async fn run(row: &Row) -> Result<(), String> {
    let service = row.service();
    let server = FakeServer::start(service.clone(), "127.0.0.1:0".parse().unwrap()).unwrap();
    let mut earlier: Vec<Option<Seen>> = Vec::new();
    for (number, step) in row.steps.iter().enumerate() {
        let call = match step {
            Step::Advance(step) => {
                service.advance(Duration::from_secs(step.advance));
                earlier.push(None);
                continue;
            }
            Step::Call(call) => call,
            Step::Request(_) => return Err(BY_HAND.to_owned()),
        };
        let seen = ask(&server, call, &filled(&call.input, &earlier)).await;
        judge(&call.expect, &seen, &earlier)
            .map_err(|found| format!("in step {}: {found}", number + 1))?;
        earlier.push(Some(seen));
    }
    Ok(())
}

/// Makes a call as the SDK's users do.
async fn ask(server: &FakeServer, call: &Call, input: &Value) -> Seen {
    let head = Head::default();
    let key = call.access_key.as_deref().unwrap_or("AKIDEXAMPLE");
    let (protocol, answer) = match call.call.as_str() {
        "ListConnectorOperations"
        | "DescribeConnectorOperation"
        | "ListConnectors"
        | "UpdateConnector" => {
            let config = kafkaconnect::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("us-east-1"))
                .endpoint_url(server.url())
                .credentials_provider(Credentials::new(key, "secret", None, None, "test"))
                .retry_config(RetryConfig::disabled())
                .interceptor(head.clone());
            let sdk = kafkaconnect::Client::from_conf(config.build());
            (
                Protocol::RestJson,
                of_msk_connect(&sdk, &call.call, input).await,
            )
        }
        name => {
            let config = servicediscovery::Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("us-east-1"))
                .endpoint_url(server.url())
                .credentials_provider(Credentials::new(key, "secret", None, None, "test"))
                .retry_config(RetryConfig::disabled())
                .interceptor(head.clone());
            let sdk = servicediscovery::Client::from_conf(config.build());
            (Protocol::AwsJson, of_cloud_map(&sdk, name, input).await)
        }
    };
    let (status, headers) = head
        .0
        .lock()
        .unwrap()
        .take()
        .expect("the SDK sends the call");
    Seen {
        protocol,
        status,
        headers,
        answer,
        body: None,
    }
}

type Answer = Result<Value, (String, String)>;

async fn of_cloud_map(sdk: &servicediscovery::Client, name: &str, input: &Value) -> Answer {
    match name {
        "ListOperations" => {
            let filters = input["Filters"]
                .as_array()
                .map(|filters| filters.iter().map(filter).collect());
            let call = sdk
                .list_operations()
                .set_next_token(text(input, "NextToken"))
                .set_max_results(integer(input, "MaxResults"))
                .set_filters(filters);
            answer(call.send().await, |output| {
                let operations = output.operations().iter().map(|operation| {
                    members([
                        ("Id", operation.id().map(Value::from)),
                        (
                            "Status",
                            operation.status().map(|status| status.as_str().into()),
                        ),
                    ])
                });
                members([
                    ("Operations", Some(operations.collect())),
                    ("NextToken", output.next_token().map(Value::from)),
                ])
            })
        }
        "GetOperation" => {
            let call = sdk
                .get_operation()
                .set_operation_id(text(input, "OperationId"))
                .set_owner_account(text(input, "OwnerAccount"));
            answer(
                call.send().await,
                |output| json!({"Operation": operation(output.operation().unwrap())}),
            )
        }
        "ListNamespaces" => answer(sdk.list_namespaces().send().await, |_| json!({})),
        "CreateHttpNamespace" => {
            let call = sdk
                .create_http_namespace()
                .set_name(text(input, "Name"))
                .set_creator_request_id(text(input, "CreatorRequestId"));
            answer(
                call.send().await,
                |output| json!({"OperationId": output.operation_id()}),
            )
        }
        "DeleteNamespace" => {
            let call = sdk.delete_namespace().set_id(text(input, "Id"));
            answer(
                call.send().await,
                |output| json!({"OperationId": output.operation_id()}),
            )
        }
        "RegisterInstance" => {
            let call = sdk
                .register_instance()
                .set_service_id(text(input, "ServiceId"))
                .set_instance_id(text(input, "InstanceId"))
                .set_attributes(texts(input, "Attributes"));
            answer(
                call.send().await,
                |output| json!({"OperationId": output.operation_id()}),
            )
        }
        other => panic!("{other}"),
    }
}

fn filter(given: &Value) -> OperationFilter {
    let values = given["Values"].as_array().unwrap().iter();
    OperationFilter::builder()
        .name(given["Name"].as_str().unwrap().into())
        .set_condition(
            text(given, "Condition").map(|condition| FilterCondition::from(condition.as_str())),
        )
        .set_values(Some(
            values
                .map(|value| value.as_str().unwrap().to_owned())
                .collect(),
        ))
        .build()
        .unwrap()
}

fn operation(operation: &servicediscovery::types::Operation) -> Value {
    let seconds = |date: Option<&DateTime>| {
        date.map(|date| Value::from(date.to_millis().unwrap() as f64 / 1000.0))
    };
    let targets = operation.targets().map(|targets| {
        let named = targets
            .iter()
            .map(|(target, id)| (target.as_str().to_owned(), Value::from(id.as_str())));
        Value::Object(named.collect())
    });
    members([
        ("Id", operation.id().map(Value::from)),
        ("OwnerAccount", operation.owner_account().map(Value::from)),
        ("Type", operation.r#type().map(|kind| kind.as_str().into())),
        (
            "Status",
            operation.status().map(|status| status.as_str().into()),
        ),
        ("ErrorCode", operation.error_code().map(Value::from)),
        ("ErrorMessage", operation.error_message().map(Value::from)),
        ("CreateDate", seconds(operation.create_date())),
        ("UpdateDate", seconds(operation.update_date())),
        ("Targets", targets),
    ])
}

async fn of_msk_connect(sdk: &kafkaconnect::Client, name: &str, input: &Value) -> Answer {
    match name {
        "ListConnectorOperations" => {
            let call = sdk
                .list_connector_operations()
                .set_connector_arn(text(input, "connectorArn"))
                .set_max_results(integer(input, "maxResults"))
                .set_next_token(text(input, "nextToken"));
            answer(call.send().await, |output| {
                members([
                    (
                        "connectorOperations",
                        Some(output.connector_operations().iter().map(summary).collect()),
                    ),
                    ("nextToken", output.next_token().map(Value::from)),
                ])
            })
        }
        "DescribeConnectorOperation" => {
            let arn = text(input, "connectorOperationArn");
            let call = sdk
                .describe_connector_operation()
                .set_connector_operation_arn(arn);
            answer(call.send().await, |output| {
                let error = output
                    .error_info()
                    .map(|error| json!({"code": error.code(), "message": error.message()}));
                members([
                    ("connectorArn", output.connector_arn().map(Value::from)),
                    (
                        "connectorOperationArn",
                        output.connector_operation_arn().map(Value::from),
                    ),
                    (
                        "connectorOperationState",
                        output
                            .connector_operation_state()
                            .map(|state| state.as_str().into()),
                    ),
                    (
                        "connectorOperationType",
                        output
                            .connector_operation_type()
                            .map(|kind| kind.as_str().into()),
                    ),
                    ("errorInfo", error),
                    ("creationTime", date(output.creation_time())),
                    ("endTime", date(output.end_time())),
                ])
            })
        }
        "ListConnectors" => answer(sdk.list_connectors().send().await, |_| json!({})),
        "UpdateConnector" => {
            let call = sdk
                .update_connector()
                .set_connector_arn(text(input, "connectorArn"))
                .set_current_version(text(input, "currentVersion"))
                .set_connector_configuration(texts(input, "connectorConfiguration"));
            answer(call.send().await, |output| {
                json!({
                    "connectorArn": output.connector_arn(),
                    "connectorState": output.connector_state().map(ConnectorState::as_str),
                    "connectorOperationArn": output.connector_operation_arn(),
                })
            })
        }
        other => panic!("{other}"),
    }
}

fn summary(operation: &ConnectorOperationSummary) -> Value {
    members([
        (
            "connectorOperationArn",
            operation.connector_operation_arn().map(Value::from),
        ),
        (
            "connectorOperationState",
            operation
                .connector_operation_state()
                .map(|state| state.as_str().into()),
        ),
        (
            "connectorOperationType",
            operation
                .connector_operation_type()
                .map(|kind| kind.as_str().into()),
        ),
        ("creationTime", date(operation.creation_time())),
        ("endTime", date(operation.end_time())),
    ])
}

fn date(date: Option<&DateTime>) -> Option<Value> {
    date.map(|date| date.fmt(DateTimeFormat::DateTime).unwrap().into())
}

fn text(input: &Value, member: &str) -> Option<String> {
    input
        .get(member)
        .map(|text| text.as_str().unwrap().to_owned())
}

fn integer(input: &Value, member: &str) -> Option<i32> {
    input
        .get(member)
        .map(|number| number.as_i64().unwrap().try_into().unwrap())
}

fn texts(input: &Value, member: &str) -> Option<HashMap<String, String>> {
    let entries = input.get(member)?.as_object().unwrap().iter();
    Some(
        entries
            .map(|(name, text)| (name.clone(), text.as_str().unwrap().to_owned()))
            .collect(),
    )
}

/// A structure of the members that are there.
fn members<const N: usize>(members: [(&str, Option<Value>); N]) -> Value {
    let there = members
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), value?)));
    Value::Object(there.collect::<Map<_, _>>())
}

fn answer<O, E: ProvideErrorMetadata, R>(
    result: Result<O, SdkError<E, R>>,
    output: impl FnOnce(O) -> Value,
) -> Answer {
    result.map(output).map_err(|error| {
        let text = |text: Option<&str>| text.unwrap_or("none").to_owned();
        (text(error.code()), text(error.message()))
    })
}

/// The status and the headers of the latest response.
#[derive(Clone, Debug, Default)]
struct Head(Arc<Mutex<Option<(u16, HeaderMap)>>>);

impl Intercept for Head {
    fn name(&self) -> &'static str {
        "Head"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let header = |(name, value): (&str, &str)| -> Result<_, BoxError> {
            Ok((HeaderName::try_from(name)?, HeaderValue::try_from(value)?))
        };
        let headers = response
            .headers()
            .iter()
            .map(header)
            .collect::<Result<HeaderMap, _>>()?;
        *self.0.lock().unwrap() = Some((response.status().as_u16(), headers));
        Ok(())
    }
}
