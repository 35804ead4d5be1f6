//! Operations as rows and fields, under AWS's member names.

use ops_model::Timestamp;
use ops_model::cloud_map::{Operation, OperationSummary};
use ops_model::kafka_connect::{ConnectorOperation, ConnectorOperationSummary};
use serde::Serialize;

/// An item of a list, as a row.
pub(crate) trait Row: Serialize {
    /// The member that holds the list in AWS's response.
    const LIST: &'static str;
    const HEADER: &'static [&'static str];

    fn cells(&self) -> Vec<String>;
}

/// One operation, as names and values; an absent member is empty.
pub(crate) trait Fields {
    fn fields(&self) -> Vec<(&'static str, String)>;
}

impl Row for OperationSummary {
    const LIST: &'static str = "Operations";
    const HEADER: &'static [&'static str] = &["Id", "Status"];

    fn cells(&self) -> Vec<String> {
        vec![self.id.to_string(), self.status.to_string()]
    }
}

impl Row for ConnectorOperationSummary {
    const LIST: &'static str = "connectorOperations";
    const HEADER: &'static [&'static str] = &[
        "connectorOperationArn",
        "connectorOperationType",
        "connectorOperationState",
        "creationTime",
        "endTime",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.connector_operation_arn.to_string(),
            text(self.connector_operation_type.as_ref()),
            self.connector_operation_state.to_string(),
            time(self.creation_time),
            time(self.end_time),
        ]
    }
}

impl Fields for Operation {
    fn fields(&self) -> Vec<(&'static str, String)> {
        let targets: Vec<_> = self
            .targets
            .iter()
            .map(|(kind, id)| format!("{kind}={id}"))
            .collect();
        vec![
            ("Id", self.id.to_string()),
            ("OwnerAccount", text(self.owner_account.as_ref())),
            ("Type", text(self.operation_type.as_ref())),
            ("Status", self.status.to_string()),
            ("ErrorCode", text(self.error_code.as_ref())),
            ("ErrorMessage", text(self.error_message.as_ref())),
            ("CreateDate", time(self.create_date)),
            ("UpdateDate", time(self.update_date)),
            ("Targets", targets.join(" ")),
        ]
    }
}

impl Fields for ConnectorOperation {
    fn fields(&self) -> Vec<(&'static str, String)> {
        let steps = self.operation_steps.iter().flatten().map(|step| {
            format!(
                "{}={}",
                text(step.step_type.as_ref()),
                text(step.step_state.as_ref())
            )
        });
        let error = self.error_info.clone().unwrap_or_default();
        vec![
            (
                "connectorOperationArn",
                self.connector_operation_arn.to_string(),
            ),
            ("connectorArn", text(self.connector_arn.as_ref())),
            (
                "connectorOperationType",
                text(self.connector_operation_type.as_ref()),
            ),
            (
                "connectorOperationState",
                self.connector_operation_state.to_string(),
            ),
            ("operationSteps", steps.collect::<Vec<_>>().join(" ")),
            (
                "originWorkerSetting",
                json(self.origin_worker_setting.as_ref()),
            ),
            (
                "originConnectorConfiguration",
                json(self.origin_connector_configuration.as_ref()),
            ),
            (
                "targetWorkerSetting",
                json(self.target_worker_setting.as_ref()),
            ),
            (
                "targetConnectorConfiguration",
                json(self.target_connector_configuration.as_ref()),
            ),
            ("errorInfo.code", error.code.unwrap_or_default()),
            ("errorInfo.message", error.message.unwrap_or_default()),
            ("creationTime", time(self.creation_time)),
            ("endTime", time(self.end_time)),
        ]
    }
}

fn text(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

fn time(value: Option<Timestamp>) -> String {
    text(value.as_ref())
}

fn json(value: Option<&impl Serialize>) -> String {
    value
        .map(|value| serde_json::to_string(value).expect("string keys and finite numbers"))
        .unwrap_or_default()
}

/// A text without line breaks and other control characters, so that a hostile value cannot forge a row.
pub(crate) fn on_one_line(text: &str) -> String {
    if text.contains(char::is_control) {
        text.escape_debug().to_string()
    } else {
        text.to_owned()
    }
}
