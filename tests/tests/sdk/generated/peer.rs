//! The SDK without a network, and its values in AWS's JSON shape.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};

use aws_sdk_kafkaconnect as kafkaconnect;
use aws_sdk_servicediscovery as servicediscovery;
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use bytes::Bytes;
use http::{Request, Response};
use kafkaconnect::types::{
    ConnectorOperationState, ConnectorOperationStepState, ConnectorOperationStepType,
    ConnectorOperationType, ScaleInPolicyDescription, ScaleOutPolicyDescription,
};
use ops_model::cloud_map::{GetOperation, ListOperations};
use ops_model::kafka_connect::{DescribeConnectorOperation, ListConnectorOperations};
use ops_model::{Call, PageSize, PagedCall, Timestamp, Token};
use ops_tests::outcome::{Outcome, Reply, normal};
use serde_json::{Value, json};
use servicediscovery::config::retry::RetryConfig;
use servicediscovery::error::{ProvideErrorMetadata, SdkError};
use servicediscovery::operation::RequestId;
use servicediscovery::primitives::DateTime;
use servicediscovery::types::{OperationFilter, OperationStatus, OperationSummary, OperationType};

use super::URL;
use crate::{cloud_map_config, connect_config};

/// The SDK over an HTTP client that keeps the request and gives the response that it is told.
pub struct Sdk {
    runtime: tokio::runtime::Runtime,
    cloud_map: servicediscovery::Client,
    connect: kafkaconnect::Client,
    wire: Wire,
}

#[derive(Clone, Debug, Default)]
struct Wire(Arc<Mutex<(Request<Bytes>, Response<Bytes>)>>);

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut wire = self.0.lock().unwrap();
        let request = request.try_into_http1x().unwrap();
        wire.0 = request.map(|body| Bytes::copy_from_slice(body.bytes().unwrap()));
        let response = wire.1.clone().map(Into::into);
        HttpConnectorFuture::ready(Ok(HttpResponse::try_from(response).unwrap()))
    }
}

impl Sdk {
    pub fn new() -> Self {
        let wire = Wire::default();
        let connector = SharedHttpConnector::new(wire.clone());
        let http = http_client_fn(move |_, _| connector.clone());
        let cloud_map = cloud_map_config(URL, None)
            .http_client(http.clone())
            .retry_config(RetryConfig::disabled());
        let connect = connect_config(URL, None)
            .http_client(http)
            .retry_config(RetryConfig::disabled());
        Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            cloud_map: servicediscovery::Client::from_conf(cloud_map.build()),
            connect: kafkaconnect::Client::from_conf(connect.build()),
            wire,
        }
    }

    /// What the SDK makes of this response to the call.
    pub fn make<C: Peer>(&self, call: &C, response: Response<Bytes>) -> Outcome {
        self.wire.0.lock().unwrap().1 = response;
        self.runtime.block_on(call.send(self))
    }

    /// The `CreateDate` that the SDK finds in a response to `GetOperation`, as it stands.
    pub fn create_date(&self, response: Response<Bytes>) -> DateTime {
        self.wire.0.lock().unwrap().1 = response;
        let request = self.cloud_map.get_operation().operation_id("op");
        let output = self.runtime.block_on(request.send()).unwrap();
        *output.operation().unwrap().create_date().unwrap()
    }

    /// The latest request.
    pub fn sent(&self) -> Request<Bytes> {
        self.wire.0.lock().unwrap().0.clone()
    }
}

/// A call that the SDK has as well.
pub trait Peer: Call {
    /// A call like any other.
    fn any() -> Self;

    /// The same call by the SDK.
    async fn send(&self, sdk: &Sdk) -> Outcome;
}

impl Peer for ListOperations {
    fn any() -> Self {
        Self::new()
    }

    async fn send(&self, sdk: &Sdk) -> Outcome {
        let filters: Vec<_> = self
            .filters()
            .into_iter()
            .map(|raw| {
                OperationFilter::builder()
                    .name(raw.name.as_str().into())
                    .set_values(Some(raw.values))
                    .set_condition(raw.condition.as_deref().map(Into::into))
                    .build()
                    .unwrap()
            })
            .collect();
        let request = sdk
            .cloud_map
            .list_operations()
            .set_filters(Some(filters).filter(|filters| !filters.is_empty()))
            .set_max_results(size(self.page_size()))
            .set_next_token(text(self.token()));
        outcome(request.send().await, |output| {
            let items = output.operations().iter();
            let item = |item: &OperationSummary| json!({"Id": item.id(), "Status": item.status().map(OperationStatus::as_str)});
            json!({"Operations": items.map(item).collect::<Vec<_>>(), "NextToken": output.next_token()})
        })
    }
}

impl Peer for GetOperation {
    fn any() -> Self {
        Self::new("op").unwrap()
    }

    async fn send(&self, sdk: &Sdk) -> Outcome {
        let request = sdk
            .cloud_map
            .get_operation()
            .operation_id(self.operation_id())
            .set_owner_account(self.owner_account().map(str::to_owned));
        let seconds = |time: &DateTime| millis(time) as f64 / 1000.0;
        outcome(request.send().await, |output| {
            let operation = output.operation().map(|it| {
                let targets = it.targets().into_iter().flatten();
                let targets = targets.map(|(name, id)| (name.as_str(), id));
                json!({
                    "Id": it.id(),
                    "OwnerAccount": it.owner_account(),
                    "Type": it.r#type().map(OperationType::as_str),
                    "Status": it.status().map(OperationStatus::as_str),
                    "ErrorMessage": it.error_message(),
                    "ErrorCode": it.error_code(),
                    "CreateDate": it.create_date().map(seconds),
                    "UpdateDate": it.update_date().map(seconds),
                    "Targets": targets.collect::<BTreeMap<_, _>>(),
                })
            });
            json!({"Operation": operation})
        })
    }
}

impl Peer for ListConnectorOperations {
    fn any() -> Self {
        Self::new("arn").unwrap()
    }

    async fn send(&self, sdk: &Sdk) -> Outcome {
        let request = sdk
            .connect
            .list_connector_operations()
            .connector_arn(self.connector_arn())
            .set_max_results(size(self.page_size()))
            .set_next_token(text(self.token()));
        outcome(request.send().await, |output| {
            let items = output.connector_operations().iter().map(|it| {
                json!({
                    "connectorOperationArn": it.connector_operation_arn(),
                    "connectorOperationType": it.connector_operation_type().map(ConnectorOperationType::as_str),
                    "connectorOperationState": it.connector_operation_state().map(ConnectorOperationState::as_str),
                    "creationTime": it.creation_time().map(date_time),
                    "endTime": it.end_time().map(date_time),
                })
            });
            let items: Vec<_> = items.collect();
            json!({"connectorOperations": items, "nextToken": output.next_token()})
        })
    }
}

impl Peer for DescribeConnectorOperation {
    fn any() -> Self {
        Self::new("arn").unwrap()
    }

    async fn send(&self, sdk: &Sdk) -> Outcome {
        let request = sdk
            .connect
            .describe_connector_operation()
            .connector_operation_arn(self.connector_operation_arn());
        outcome(request.send().await, |it| {
            let steps = it.operation_steps().iter().map(|step| {
                json!({
                    "stepType": step.step_type().map(ConnectorOperationStepType::as_str),
                    "stepState": step.step_state().map(ConnectorOperationStepState::as_str),
                })
            });
            json!({
                "connectorArn": it.connector_arn(),
                "connectorOperationArn": it.connector_operation_arn(),
                "connectorOperationState": it.connector_operation_state().map(ConnectorOperationState::as_str),
                "connectorOperationType": it.connector_operation_type().map(ConnectorOperationType::as_str),
                "operationSteps": steps.collect::<Vec<_>>(),
                "originWorkerSetting": it.origin_worker_setting().map(worker_setting),
                "originConnectorConfiguration": it.origin_connector_configuration().map(sorted),
                "targetWorkerSetting": it.target_worker_setting().map(worker_setting),
                "targetConnectorConfiguration": it.target_connector_configuration().map(sorted),
                "errorInfo": it.error_info().map(|it| json!({"code": it.code(), "message": it.message()})),
                "creationTime": it.creation_time().map(date_time),
                "endTime": it.end_time().map(date_time),
            })
        })
    }
}

fn size(size: Option<PageSize>) -> Option<i32> {
    size.map(|size| size.get() as i32)
}

fn text(token: Option<&Token>) -> Option<String> {
    token.map(|token| token.as_str().to_owned())
}

fn sorted(map: &HashMap<String, String>) -> BTreeMap<&String, &String> {
    map.iter().collect()
}

fn worker_setting(setting: &kafkaconnect::types::WorkerSetting) -> Value {
    let capacity = setting.capacity().map(|it| {
        let auto_scaling = it.auto_scaling().map(|it| {
            let scale_in = it
                .scale_in_policy()
                .map(ScaleInPolicyDescription::cpu_utilization_percentage);
            let scale_out = it
                .scale_out_policy()
                .map(ScaleOutPolicyDescription::cpu_utilization_percentage);
            json!({
                "maxWorkerCount": it.max_worker_count(),
                "minWorkerCount": it.min_worker_count(),
                "mcuCount": it.mcu_count(),
                "maxAutoscalingTaskCount": it.max_autoscaling_task_count(),
                "scaleInPolicy": {"cpuUtilizationPercentage": scale_in},
                "scaleOutPolicy": {"cpuUtilizationPercentage": scale_out},
            })
        });
        let provisioned = it
            .provisioned_capacity()
            .map(|it| json!({"mcuCount": it.mcu_count(), "workerCount": it.worker_count()}));
        json!({"autoScaling": auto_scaling, "provisionedCapacity": provisioned})
    });
    let plugins = setting.plugins().iter().map(|plugin| {
        let custom = plugin.custom_plugin().map(
            |it| json!({"customPluginArn": it.custom_plugin_arn(), "revision": it.revision()}),
        );
        json!({"customPlugin": custom})
    });
    let configuration = setting.worker_configuration().map(|it| {
        let arn = it.worker_configuration_arn();
        json!({"revision": it.revision(), "workerConfigurationArn": arn})
    });
    json!({
        "capacity": capacity,
        "plugins": plugins.collect::<Vec<_>>(),
        "workerConfiguration": configuration,
        "useDefaultWorkerConfiguration": setting.use_default_worker_configuration(),
    })
}

/// The nearest millisecond: the SDK's fractions are those of a binary number, cut off.
fn millis(time: &DateTime) -> i64 {
    (time.as_nanos() + 500_000).div_euclid(1_000_000) as i64
}

fn date_time(time: &DateTime) -> String {
    Timestamp::from_millis(millis(time)).unwrap().to_string()
}

fn outcome<T, E>(
    result: Result<T, SdkError<E, HttpResponse>>,
    value: impl FnOnce(T) -> Value,
) -> Outcome
where
    E: ProvideErrorMetadata + std::fmt::Debug,
    SdkError<E, HttpResponse>: RequestId,
{
    let error = match result {
        Ok(output) => return Outcome::Value(normal(value(output))),
        Err(error) => error,
    };
    let status = error.raw_response().map(HttpResponse::status);
    let status = status.unwrap_or_else(|| panic!("no response: {error:?}"));
    let reply = Reply {
        status: status.as_u16(),
        request_id: error.request_id().map(str::to_owned),
    };
    if status.is_success() {
        return Outcome::Malformed(reply);
    }
    Outcome::Error {
        reply,
        code: error.code().map(str::to_owned),
        message: error.message().map(str::to_owned),
    }
}
