//! MSK Connect's `UpdateConnector`.

use bytes::Bytes;
use http::Method;
use ops_model::kafka_connect::{
    ConnectorConfiguration, ConnectorOperation, ConnectorOperationState,
    ConnectorOperationType as Type, WorkerSetting,
};
use ops_model::{Protocol, Service, ServiceError, Timestamp};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde_json::Value;

use super::rules::{Fault, Form, Member, Rule, check, optional, required};
use super::wire::{self, Data};
use super::{Answer, bad_request};
use crate::Life;
use crate::holdings::Holdings;
use crate::life::{Held, steps};

const CONNECTOR_ARN: &str = "connectorArn";
const CURRENT_VERSION: &str = "currentVersion";

/// The members of the path, the query and the body.
///
/// <https://docs.aws.amazon.com/msk/latest/mskc/v1-connectors-connectorarn.html>
static MEMBERS: [Member; 7] = [
    required(CONNECTOR_ARN, TEXT),
    required(CURRENT_VERSION, TEXT),
    optional(
        "capacity",
        Rule::Structure(&[
            optional(
                "autoScaling",
                Rule::Structure(&[
                    required("maxWorkerCount", COUNT),
                    required("minWorkerCount", COUNT),
                    required("mcuCount", MCU_COUNT),
                    required("scaleInPolicy", POLICY),
                    required("scaleOutPolicy", POLICY),
                    optional("maxAutoscalingTaskCount", COUNT),
                ]),
            ),
            optional(
                "provisionedCapacity",
                Rule::Structure(&[
                    required("mcuCount", MCU_COUNT),
                    required("workerCount", COUNT),
                ]),
            ),
        ]),
    ),
    optional(
        "plugins",
        Rule::List(&Rule::Structure(&[required(
            "customPlugin",
            Rule::Structure(&[
                required("customPluginArn", TEXT),
                required("revision", REVISION),
            ]),
        )])),
    ),
    optional(
        "workerConfiguration",
        Rule::Structure(&[
            required("workerConfigurationArn", TEXT),
            required("revision", REVISION),
        ]),
    ),
    optional("useDefaultWorkerConfiguration", Rule::Flag),
    optional(
        "connectorConfiguration",
        Rule::Map {
            key: &ANY_TEXT,
            value: &ANY_TEXT,
        },
    ),
];

const TEXT: Rule = Rule::Text(1..=usize::MAX, Form::ANY);
const ANY_TEXT: Rule = Rule::Text(0..=usize::MAX, Form::ANY);
const COUNT: Rule = Rule::Integer(i32::MIN as i64..=i32::MAX as i64);
const MCU_COUNT: Rule = Rule::Integer(1..=8);
const REVISION: Rule = Rule::Integer(1..=i64::MAX);
const POLICY: Rule =
    Rule::Structure(&[required("cpuUtilizationPercentage", Rule::Integer(1..=100))]);

/// What an update changes: one of the two.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Update {
    #[serde(flatten)]
    workers: WorkerSetting,
    connector_configuration: Option<ConnectorConfiguration>,
}

/// Whether a request is for this call.
pub(super) fn is_update(request: &http::Request<Bytes>) -> bool {
    request.method() == Method::PUT && label(request).is_some()
}

/// The connector's ARN, still encoded.
fn label(request: &http::Request<Bytes>) -> Option<&str> {
    let label = request.uri().path().strip_prefix("/v1/connectors/")?;
    (!label.contains('/')).then_some(label)
}

/// Adds the operation that updates the connector.
pub(super) fn answer(
    request: &http::Request<Bytes>,
    held: &mut Holdings,
    life: Life<ConnectorOperationState>,
    now: Timestamp,
) -> Result<Answer, ServiceError> {
    let (connector, update) =
        read(request).map_err(|fault| bad_request(Service::KafkaConnect, fault))?;
    if held.connectors.operations(&connector).is_none() {
        return Err(held.not_found("connector", &connector));
    }
    let prefix = connector.replacen(":connector/", ":connector-operation/", 1);
    let mut random = held.ledger.next();
    let arn = loop {
        let arn = format!("{prefix}/{}", random.uuid());
        if held.connectors.find(&arn).is_none() {
            break arn;
        }
    };

    let mut operation = ConnectorOperation::new(arn.clone(), ConnectorOperationState::Pending);
    operation.connector_arn = Some(connector.clone());
    operation.creation_time = Some(now);
    let operation_type = if let Some(configuration) = update.connector_configuration {
        operation.target_connector_configuration = Some(configuration);
        Type::UpdateConnectorConfiguration
    } else {
        operation.target_worker_setting = Some(update.workers);
        Type::UpdateWorkerSetting
    };
    operation.operation_steps = steps(&operation_type, &operation.connector_operation_state);
    operation.connector_operation_type = Some(operation_type);
    held.connectors
        .add(Held::new(operation, life, now))
        .expect("there is the connector, and no operation has this ARN");
    Ok(Answer::ok(Data::Structure(vec![
        (CONNECTOR_ARN, Data::Text(connector)),
        ("connectorState", Data::text("UPDATING")),
        ("connectorOperationArn", Data::Text(arn)),
    ])))
}

/// The connector's ARN, and what it is to be.
fn read(request: &http::Request<Bytes>) -> Result<(String, Update), Fault> {
    let unreadable = |reason: &str| Fault::Unreadable(reason.to_owned());
    let arn = percent_decode_str(label(request).unwrap_or_default())
        .decode_utf8()
        .map_err(|_| unreadable("the path holds no ARN in UTF-8"))?;
    let mut input = wire::input(request, Protocol::RestJson1)?;
    input.insert(CONNECTOR_ARN.to_owned(), Value::from(&*arn));
    input.insert(CURRENT_VERSION.to_owned(), current_version(request));
    check(&input, &MEMBERS)?;

    let update: Update = Update::deserialize(Value::Object(input))
        .map_err(|_| unreadable("a member has not the type of its like"))?;
    let sets_workers = update.workers != WorkerSetting::default();
    if sets_workers == update.connector_configuration.is_some() {
        return Err(Fault::Invalid(vec![
            "give either connectorConfiguration, or one or more of capacity, plugins, workerConfiguration and \
             useDefaultWorkerConfiguration"
                .to_owned(),
        ]));
    }
    Ok((arn.into_owned(), update))
}

/// The member of the query, still encoded: that it is there is all that is asked for.
fn current_version(request: &http::Request<Bytes>) -> Value {
    let mut pairs = request.uri().query().unwrap_or_default().split('&');
    pairs
        .find_map(|pair| pair.strip_prefix(CURRENT_VERSION)?.strip_prefix('='))
        .into()
}
