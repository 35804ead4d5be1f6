use serde::{Deserialize, Serialize};

use crate::protocol::json;

/// How a connector's workers are set up. Every member may be absent.
///
/// <https://docs.aws.amazon.com/msk/latest/mskc/v1-connectoroperations-connectoroperationarn.html>
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WorkerSetting {
    /// How many workers of which size.
    #[serde(
        default,
        deserialize_with = "json::member",
        skip_serializing_if = "Option::is_none"
    )]
    pub capacity: Option<Capacity>,
    /// The plugins that the workers load.
    #[serde(
        default,
        deserialize_with = "json::list_member",
        skip_serializing_if = "Option::is_none"
    )]
    pub plugins: Option<Vec<Plugin>>,
    /// The worker configuration in use.
    #[serde(
        default,
        deserialize_with = "json::member",
        skip_serializing_if = "Option::is_none"
    )]
    pub worker_configuration: Option<WorkerConfiguration>,
    /// Whether the default worker configuration is in use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub use_default_worker_configuration: Option<bool>,
}

/// A connector's capacity: one of the two kinds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Capacity {
    /// Capacity that follows the load.
    #[serde(
        default,
        deserialize_with = "json::member",
        skip_serializing_if = "Option::is_none"
    )]
    pub auto_scaling: Option<AutoScaling>,
    /// Fixed capacity.
    #[serde(
        default,
        deserialize_with = "json::member",
        skip_serializing_if = "Option::is_none"
    )]
    pub provisioned_capacity: Option<ProvisionedCapacity>,
}

/// The bounds and thresholds of capacity that follows the load.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct AutoScaling {
    /// The most workers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_worker_count: Option<i32>,
    /// The fewest workers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_worker_count: Option<i32>,
    /// Microcontroller units per worker: 1, 2, 4 or 8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mcu_count: Option<i32>,
    /// The most tasks that scaling may lead to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_autoscaling_task_count: Option<i32>,
    /// When workers are taken away.
    #[serde(
        default,
        deserialize_with = "json::member",
        skip_serializing_if = "Option::is_none"
    )]
    pub scale_in_policy: Option<ScalingPolicy>,
    /// When workers are added.
    #[serde(
        default,
        deserialize_with = "json::member",
        skip_serializing_if = "Option::is_none"
    )]
    pub scale_out_policy: Option<ScalingPolicy>,
}

/// A threshold of scaling.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ScalingPolicy {
    /// CPU utilisation in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_utilization_percentage: Option<i32>,
}

/// A fixed capacity.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ProvisionedCapacity {
    /// Microcontroller units per worker: 1, 2, 4 or 8.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mcu_count: Option<i32>,
    /// The number of workers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker_count: Option<i32>,
}

/// A plugin of a connector.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Plugin {
    /// A plugin that the account has uploaded.
    #[serde(
        default,
        deserialize_with = "json::member",
        skip_serializing_if = "Option::is_none"
    )]
    pub custom_plugin: Option<CustomPlugin>,
}

/// A plugin that the account has uploaded.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CustomPlugin {
    /// The plugin's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_plugin_arn: Option<String>,
    /// The plugin's revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
}

/// A worker configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct WorkerConfiguration {
    /// The configuration's revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
    /// The configuration's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worker_configuration_arn: Option<String>,
}
