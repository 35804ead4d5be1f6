use ops_model::cloud_map::Operation;
use ops_model::kafka_connect::ConnectorOperation;
use serde::Deserialize;

/// The connector that a [`FakeService`](crate::FakeService) holds unless it is told otherwise.
pub const EXAMPLE_CONNECTOR_ARN: &str = "arn:aws:kafkaconnect:us-east-1:123456789012:connector/ops-example/0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4";

/// The pinned operations of both services, in their order.
///
/// Cloud Map's three are those of AWS's own example of a list, with the details that the example leaves out.
/// <https://docs.aws.amazon.com/cloud-map/latest/api/API_ListOperations.html#API_ListOperations_Examples>
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Examples {
    pub(crate) operations: Vec<Operation>,
    pub(crate) connector_operations: Vec<ConnectorOperation>,
}

impl Examples {
    pub(crate) fn pinned() -> Self {
        serde_json::from_str(include_str!("examples.json"))
            .expect("a file of this crate, and every test reads it")
    }
}
