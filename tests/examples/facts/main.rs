//! Prints what the types and codecs of `ops-model` say of the four operations, one fact a line, for
//! `interop/drift.py` to compare with AWS's service models.
//!
//! Nothing here repeats a rule: the codecs are asked what they take, keep and refuse. What the full values below leave
//! out shows as a member that AWS has and we have not.

mod probe;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use ops_model::cloud_map::{
    Condition, FILTER_RULES, Filter, FilterName, FilterRule, GetOperation, ListOperations,
    Operation, OperationErrorCode, OperationStatus, OperationSummary, OperationTargetType,
    OperationType, RpcV2Cbor,
};
use ops_model::kafka_connect::{
    AutoScaling, Capacity, ConnectorConfiguration, ConnectorOperation, ConnectorOperationState,
    ConnectorOperationStep, ConnectorOperationStepState, ConnectorOperationStepType,
    ConnectorOperationType, CustomPlugin, DescribeConnectorOperation, ErrorInfo,
    ListConnectorOperations, Plugin, ProvisionedCapacity, ScalingPolicy, WorkerConfiguration,
    WorkerSetting,
};
use ops_model::{
    BaseUrl, Call, ErrorCode, Page, PageSize, ServedCall, ServiceError, Timestamp, Token,
    encode_error,
};
use probe::{Kept, Probe};
use serde_json::Value;

/// The label of a request's path.
const LABEL: &str = "the-arn";

fn main() {
    let created = Some(Timestamp::from_millis(1_516_925_490_087).unwrap());
    let ended = Some(Timestamp::from_millis(-1).unwrap());

    let list = ListOperations::new()
        .with_filter(Filter::namespace_id("the-namespace").unwrap())
        .with_filter(Filter::status_in([OperationStatus::Fail]).unwrap())
        .with_filter(Filter::operation_type_in([OperationType::UpdateService]).unwrap())
        .with_filter(Filter::updated_between(Timestamp::UNIX_EPOCH, Timestamp::MAX).unwrap())
        .with_page_size(PageSize::new(7).unwrap())
        .with_token("the-token")
        .unwrap();
    let summaries = [OperationSummary::new("the-id", OperationStatus::Fail)];
    let get = GetOperation::new("the-id").unwrap();
    let get = get.with_owner_account("123456789012").unwrap();
    let mut operation = Operation::new("the-id", OperationStatus::Fail);
    operation.owner_account = Some("the-account".to_owned());
    operation.operation_type = Some(OperationType::CreateNamespace);
    operation.error_message = Some("the-message".to_owned());
    operation.error_code = Some(OperationErrorCode::AccessDenied);
    operation.create_date = created;
    operation.update_date = ended;
    operation.targets = [(OperationTargetType::Service, "the-target".to_owned())].into();

    let list_of_connector = ListConnectorOperations::new(LABEL)
        .unwrap()
        .with_page_size(PageSize::new(7).unwrap())
        .with_token("the-token");
    let describe = DescribeConnectorOperation::new(LABEL).unwrap();
    let mut connector_operation =
        ConnectorOperation::new("the-operation", ConnectorOperationState::UpdateFailed);
    connector_operation.connector_arn = Some("the-connector".to_owned());
    connector_operation.connector_operation_type = Some(ConnectorOperationType::IsolateConnector);
    connector_operation.creation_time = created;
    connector_operation.end_time = ended;
    let connector_summaries = [connector_operation.summary()];
    connector_operation.operation_steps = Some(vec![ConnectorOperationStep::new(
        ConnectorOperationStepType::InitializeUpdate,
        ConnectorOperationStepState::Cancelled,
    )]);
    let configuration = |value: &str| {
        Some(ConnectorConfiguration(
            [("name".to_owned(), value.to_owned())].into(),
        ))
    };
    connector_operation.origin_worker_setting = Some(worker_setting("origin"));
    connector_operation.origin_connector_configuration = configuration("the-origin-value");
    connector_operation.target_worker_setting = Some(worker_setting("target"));
    connector_operation.target_connector_configuration = configuration("the-target-value");
    connector_operation.error_info = Some(ErrorInfo::new("the-code", "the-message"));

    let facts = [
        over_cbor(&list).to_vec(),
        over_cbor(&get).to_vec(),
        operation_facts(&list, &page(summaries)),
        operation_facts(&get, &operation),
        operation_facts(&list_of_connector, &page(connector_summaries)),
        operation_facts(&describe, &connector_operation),
        filters(),
        errors(),
    ];
    for fact in facts.into_iter().flatten().collect::<BTreeSet<_>>() {
        println!("{fact}");
    }
}

fn worker_setting(name: &str) -> WorkerSetting {
    let policy = |percent| {
        let mut policy = ScalingPolicy::default();
        policy.cpu_utilization_percentage = Some(percent);
        Some(policy)
    };
    let mut auto_scaling = AutoScaling::default();
    auto_scaling.max_worker_count = Some(4);
    auto_scaling.min_worker_count = Some(1);
    auto_scaling.mcu_count = Some(2);
    auto_scaling.max_autoscaling_task_count = Some(9);
    auto_scaling.scale_in_policy = policy(20);
    auto_scaling.scale_out_policy = policy(80);
    let mut provisioned_capacity = ProvisionedCapacity::default();
    provisioned_capacity.mcu_count = Some(2);
    provisioned_capacity.worker_count = Some(3);
    let mut capacity = Capacity::default();
    capacity.auto_scaling = Some(auto_scaling);
    capacity.provisioned_capacity = Some(provisioned_capacity);
    let mut custom_plugin = CustomPlugin::default();
    custom_plugin.custom_plugin_arn = Some(format!("the-{name}-plugin"));
    custom_plugin.revision = Some(1);
    let mut plugin = Plugin::default();
    plugin.custom_plugin = Some(custom_plugin);
    let mut worker_configuration = WorkerConfiguration::default();
    worker_configuration.revision = Some(1);
    worker_configuration.worker_configuration_arn = Some(format!("the-{name}-configuration"));
    let mut setting = WorkerSetting::default();
    setting.capacity = Some(capacity);
    setting.plugins = Some(vec![plugin]);
    setting.worker_configuration = Some(worker_configuration);
    setting.use_default_worker_configuration = Some(false);
    setting
}

fn page<T, const N: usize>(items: [T; N]) -> Page<T> {
    Page::new(items.map(Ok), Some(Token::new("the-next-token")))
}

fn base() -> BaseUrl {
    "https://example.com".parse().unwrap()
}

/// Every value of every enum. One that is not here shows as a value that AWS has and we have not.
fn terms() -> BTreeSet<&'static str> {
    let condition = Condition::ALL.iter().map(|term| term.as_str());
    let name = FilterName::ALL.iter().map(|term| term.as_str());
    let mut terms: BTreeSet<_> = condition.chain(name).collect();
    macro_rules! known {
        ($($name:ident)*) => { $(terms.extend($name::KNOWN.iter().map($name::as_str));)* };
    }
    known!(OperationStatus OperationType OperationTargetType OperationErrorCode);
    known!(ConnectorOperationType ConnectorOperationState);
    known!(ConnectorOperationStepType ConnectorOperationStepState);
    terms
}

fn operation_facts<C>(call: &C, output: &C::Output) -> Vec<String>
where
    C: ServedCall<Output: Debug> + Debug,
{
    let request = call.encode(&base()).unwrap();
    let template = request.uri().path().replace(LABEL, "{}");
    let protocol = C::PROTOCOL;
    let mut facts = vec![
        format!("{} speaks {protocol:?}", C::SERVICE.signing_name()),
        format!(
            "{} over {protocol:?} is {} {template}",
            C::NAME,
            request.method()
        ),
    ];
    if let Some(target) = request.headers().get("x-amz-target") {
        facts.push(format!("{} is named {}", C::NAME, target.to_str().unwrap()));
    }
    let terms = terms();
    let input = Probe {
        full: document(&request, &template),
        read: &|document| {
            let call = C::decode_request(&with_document(&request, &template, document)?).ok()?;
            Some(Kept {
                written: self::document(&call.encode(&base()).unwrap(), &template),
                debug: format!("{call:?}"),
            })
        },
        terms: &terms,
    };
    facts.extend(input.facts(&format!("{}.input", C::NAME)));
    let output = Probe {
        full: serde_json::from_slice(C::encode_response(output).body()).unwrap(),
        read: &|document| {
            let output = C::decode(&Response::new(document.to_string().into())).ok()?;
            let debug = format!("{output:?}");
            (!debug.contains("BadItem")).then(|| Kept {
                written: serde_json::from_slice(C::encode_response(&output).body()).unwrap(),
                debug,
            })
        },
        terms: &terms,
    };
    facts.extend(output.facts(&format!("{}.output", C::NAME)));
    facts
}

/// The members of a request: those of its body, or those of its query and, named `{}`, its label, all still encoded.
fn document(request: &Request<Bytes>, template: &str) -> Value {
    if !request.body().is_empty() {
        return serde_json::from_slice(request.body()).unwrap();
    }
    let (before, after) = template.split_once("{}").unwrap();
    let path = request.uri().path();
    let label = &path[before.len()..path.len() - after.len()];
    let query = request.uri().query().unwrap_or_default();
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let members = pairs.chain([("{}", label)]).map(|(name, text)| {
        let value = text
            .parse()
            .map_or_else(|_| text.into(), |number: i64| number.into());
        (name.to_owned(), value)
    });
    Value::Object(members.collect())
}

/// A request of these members; `None` if no URI can hold them.
fn with_document(
    request: &Request<Bytes>,
    template: &str,
    document: &Value,
) -> Option<Request<Bytes>> {
    let mut request = request.clone();
    if !request.body().is_empty() {
        *request.body_mut() = document.to_string().into();
        return Some(request);
    }
    let encoded = |value: &Value| -> String {
        let text = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        text.bytes().map(|byte| format!("%{byte:02X}")).collect()
    };
    let mut members = document.as_object()?.clone();
    let label = members
        .remove("{}")
        .map_or_else(String::new, |label| encoded(&label));
    let query = members
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)));
    let query = query.collect::<Vec<_>>().join("&");
    *request.uri_mut() = format!("{}?{query}", template.replace("{}", &label))
        .parse()
        .ok()?;
    Some(request)
}

/// The calls of Cloud Map have a second protocol, with codecs of its own. Its members are compared in other tests.
fn over_cbor<C>(call: &C) -> [String; 2]
where
    C: ServedCall + Clone,
    RpcV2Cbor<C>: ServedCall,
{
    let request = RpcV2Cbor(call.clone()).encode(&base()).unwrap();
    let protocol = RpcV2Cbor::<C>::PROTOCOL;
    [
        format!("{} speaks {protocol:?}", C::SERVICE.signing_name()),
        format!(
            "{} over {protocol:?} is {} {}",
            C::NAME,
            request.method(),
            request.uri().path()
        ),
    ]
}

fn filters() -> Vec<String> {
    let rules = FILTER_RULES.iter();
    let fact = |rule: &FilterRule| format!("a filter by {} may be {}", rule.name, rule.condition);
    rules.map(fact).collect()
}

/// The codes of errors, and what else an error has.
fn errors() -> Vec<String> {
    let codes = ErrorCode::KNOWN
        .iter()
        .map(|code| format!("an error is {code}"));
    let services = [
        (
            ListOperations::SERVICE,
            ListOperations::PROTOCOL,
            ErrorCode::InvalidInput,
        ),
        (
            ListConnectorOperations::SERVICE,
            ListConnectorOperations::PROTOCOL,
            ErrorCode::NotFoundException,
        ),
    ];
    let members = services.into_iter().flat_map(|(service, protocol, code)| {
        let error = ServiceError::new(StatusCode::BAD_REQUEST, code, "the-message");
        let response = encode_error(protocol, &error);
        let body: BTreeMap<String, Value> = serde_json::from_slice(response.body()).unwrap();
        let members = body.into_keys().filter(|name| name != "__type");
        members.map(move |name| format!("an error of {} has {name}", service.signing_name()))
    });
    codes.chain(members).collect()
}
