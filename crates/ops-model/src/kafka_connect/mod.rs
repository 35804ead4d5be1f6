//! Amazon MSK Connect: `ListConnectorOperations` and `DescribeConnectorOperation`.

mod describe_connector_operation;
mod filter;
mod list_connector_operations;
mod operation;
mod worker_setting;

pub use describe_connector_operation::DescribeConnectorOperation;
pub use filter::ConnectorFilter;
pub use list_connector_operations::ListConnectorOperations;
pub use operation::{
    ConnectorConfiguration, ConnectorOperation, ConnectorOperationState, ConnectorOperationStep,
    ConnectorOperationStepState, ConnectorOperationStepType, ConnectorOperationSummary,
    ConnectorOperationType, ErrorInfo,
};
pub use worker_setting::{
    AutoScaling, Capacity, CustomPlugin, Plugin, ProvisionedCapacity, ScalingPolicy,
    WorkerConfiguration, WorkerSetting,
};
