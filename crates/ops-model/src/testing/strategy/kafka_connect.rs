use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

use super::{arn, id, open_enum, page_size, text, timestamp, token};
use crate::kafka_connect::{
    AutoScaling, Capacity, ConnectorConfiguration, ConnectorFilter, ConnectorOperation,
    ConnectorOperationState, ConnectorOperationStep, ConnectorOperationStepState,
    ConnectorOperationStepType, ConnectorOperationSummary, ConnectorOperationType, CustomPlugin,
    DescribeConnectorOperation, ErrorInfo, ListConnectorOperations, Plugin, ProvisionedCapacity,
    ScalingPolicy, WorkerConfiguration, WorkerSetting,
};

/// A request for a connector's operations, with and without each of its members and a filter.
pub fn list_connector_operations() -> impl Strategy<Value = ListConnectorOperations> {
    let members = (
        arn(),
        connector_filter(),
        option::of(page_size()),
        option::of(token()),
    );
    members.prop_map(|(arn, filter, size, token)| {
        let mut call = ListConnectorOperations::new(arn)
            .expect("no dot segment")
            .with_filter(filter);
        if let Some(size) = size {
            call = call.with_page_size(size);
        }
        match token {
            None => call,
            Some(token) => call.with_token(token.as_str()),
        }
    })
}

/// A request for one operation of a connector.
pub fn describe_connector_operation() -> impl Strategy<Value = DescribeConnectorOperation> {
    arn().prop_map(|arn| DescribeConnectorOperation::new(arn).expect("no dot segment"))
}

/// A filter of connector operations, with and without each of its parts.
pub fn connector_filter() -> impl Strategy<Value = ConnectorFilter> {
    let parts = (
        vec(open_enum(ConnectorOperationState::KNOWN), 0..3),
        vec(open_enum(ConnectorOperationType::KNOWN), 0..3),
        option::of(timestamp()),
        option::of(timestamp()),
    );
    parts.prop_map(|(states, types, a, b)| {
        let (after, before) = match (a, b) {
            (Some(a), Some(b)) => (Some(a.min(b)), Some(a.max(b))),
            open => open,
        };
        ConnectorFilter::new()
            .with_states(states)
            .with_types(types)
            .with_created(after, before)
            .expect("in order")
    })
}

/// A connector operation as a list tells of it, with and without each of its members.
pub fn connector_operation_summary() -> impl Strategy<Value = ConnectorOperationSummary> {
    let members = (
        arn(),
        open_enum(ConnectorOperationState::KNOWN),
        option::of(open_enum(ConnectorOperationType::KNOWN)),
        option::of(timestamp()),
        option::of(timestamp()),
    );
    members.prop_map(
        |(arn, state, connector_operation_type, creation_time, end_time)| {
            ConnectorOperationSummary {
                connector_operation_type,
                creation_time,
                end_time,
                ..ConnectorOperationSummary::new(arn, state)
            }
        },
    )
}

/// A connector operation, with and without each of its members and of theirs.
pub fn connector_operation() -> impl Strategy<Value = ConnectorOperation> {
    let members = (
        connector_operation_summary(),
        option::of(arn()),
        option::of(vec(step(), 0..4)),
        option::of(worker_setting()),
        option::of(configuration()),
        option::of(worker_setting()),
        option::of(configuration()),
        option::of(error_info()),
    );
    members.prop_map(
        |(
            summary,
            connector_arn,
            operation_steps,
            origin_worker_setting,
            origin_connector_configuration,
            target_worker_setting,
            target_connector_configuration,
            error_info,
        )| ConnectorOperation {
            connector_arn,
            connector_operation_arn: summary.connector_operation_arn,
            connector_operation_state: summary.connector_operation_state,
            connector_operation_type: summary.connector_operation_type,
            operation_steps,
            origin_worker_setting,
            origin_connector_configuration,
            target_worker_setting,
            target_connector_configuration,
            error_info,
            creation_time: summary.creation_time,
            end_time: summary.end_time,
        },
    )
}

fn step() -> impl Strategy<Value = ConnectorOperationStep> {
    let members = (
        option::of(open_enum(ConnectorOperationStepType::KNOWN)),
        option::of(open_enum(ConnectorOperationStepState::KNOWN)),
    );
    members.prop_map(|(step_type, step_state)| ConnectorOperationStep {
        step_type,
        step_state,
    })
}

fn configuration() -> impl Strategy<Value = ConnectorConfiguration> {
    let key = prop_oneof!["connector\\.class|tasks\\.max|topics", text()];
    btree_map(key, text(), 0..4).prop_map(ConnectorConfiguration)
}

fn error_info() -> impl Strategy<Value = ErrorInfo> {
    (option::of(text()), option::of(text())).prop_map(|(code, message)| ErrorInfo { code, message })
}

/// A worker setting, with and without each of its members and of theirs.
pub fn worker_setting() -> impl Strategy<Value = WorkerSetting> {
    let members = (
        option::of(capacity()),
        option::of(vec(plugin(), 0..3)),
        option::of(worker_configuration()),
        any::<Option<bool>>(),
    );
    let setting = members.prop_map(
        |(capacity, plugins, worker_configuration, use_default_worker_configuration)| {
            WorkerSetting {
                capacity,
                plugins,
                worker_configuration,
                use_default_worker_configuration,
            }
        },
    );
    // For the sake of the stack: an operation has two.
    setting.boxed()
}

fn count() -> impl Strategy<Value = Option<i32>> {
    option::of(prop_oneof![4 => 1..=10, 1 => any::<i32>()])
}

fn capacity() -> impl Strategy<Value = Capacity> {
    let provisioned =
        (count(), count()).prop_map(|(mcu_count, worker_count)| ProvisionedCapacity {
            mcu_count,
            worker_count,
        });
    let members = (option::of(auto_scaling()), option::of(provisioned));
    members.prop_map(|(auto_scaling, provisioned_capacity)| Capacity {
        auto_scaling,
        provisioned_capacity,
    })
}

fn auto_scaling() -> impl Strategy<Value = AutoScaling> {
    let policy = || {
        option::of(
            count().prop_map(|cpu_utilization_percentage| ScalingPolicy {
                cpu_utilization_percentage,
            }),
        )
    };
    let members = (count(), count(), count(), count(), policy(), policy());
    members.prop_map(|(max, min, mcu, tasks, scale_in, scale_out)| AutoScaling {
        max_worker_count: max,
        min_worker_count: min,
        mcu_count: mcu,
        max_autoscaling_task_count: tasks,
        scale_in_policy: scale_in,
        scale_out_policy: scale_out,
    })
}

fn revision() -> impl Strategy<Value = Option<i64>> {
    option::of(prop_oneof![4 => 1..=10_i64, 1 => any::<i64>()])
}

fn plugin() -> impl Strategy<Value = Plugin> {
    let custom =
        (option::of(id()), revision()).prop_map(|(custom_plugin_arn, revision)| CustomPlugin {
            custom_plugin_arn,
            revision,
        });
    option::of(custom).prop_map(|custom_plugin| Plugin { custom_plugin })
}

fn worker_configuration() -> impl Strategy<Value = WorkerConfiguration> {
    (revision(), option::of(id())).prop_map(|(revision, worker_configuration_arn)| {
        WorkerConfiguration {
            revision,
            worker_configuration_arn,
        }
    })
}
