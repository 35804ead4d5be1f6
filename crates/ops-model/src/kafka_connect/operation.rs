use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::WorkerSetting;
use crate::open_enum::open_enum;
use crate::protocol::json::{self, Shape, without_nulls};
use crate::timestamp::{AnyDate, Date, DateForm, serialize_date_time};
use crate::{LongRunning, OperationId, Phase, Timestamp};

open_enum! {
    /// What a connector operation does.
    pub enum ConnectorOperationType {
        /// The workers' settings are being changed.
        UpdateWorkerSetting = "UPDATE_WORKER_SETTING",
        /// The connector's configuration is being changed.
        UpdateConnectorConfiguration = "UPDATE_CONNECTOR_CONFIGURATION",
        /// The service isolates the connector.
        IsolateConnector = "ISOLATE_CONNECTOR",
        /// The service restores the connector.
        RestoreConnector = "RESTORE_CONNECTOR",
        /// The connector is being restarted.
        RestartConnector = "RESTART_CONNECTOR",
        /// The connector is being paused.
        PauseConnector = "PAUSE_CONNECTOR",
        /// The connector is being resumed.
        ResumeConnector = "RESUME_CONNECTOR",
    }
}

open_enum! {
    /// The state of a connector operation.
    pub enum ConnectorOperationState {
        /// Accepted, not begun.
        Pending = "PENDING",
        /// An update is under way.
        UpdateInProgress = "UPDATE_IN_PROGRESS",
        /// An update is done.
        UpdateComplete = "UPDATE_COMPLETE",
        /// An update failed; whether a rollback follows is not documented.
        UpdateFailed = "UPDATE_FAILED",
        /// A failed update is being undone.
        RollbackInProgress = "ROLLBACK_IN_PROGRESS",
        /// A failed update could not be undone.
        RollbackFailed = "ROLLBACK_FAILED",
        /// A failed update has been undone: what was asked did **not** happen.
        RollbackComplete = "ROLLBACK_COMPLETE",
        /// A pause is done.
        PauseComplete = "PAUSE_COMPLETE",
        /// A pause failed.
        PauseFailed = "PAUSE_FAILED",
        /// A resumption is done.
        ResumeComplete = "RESUME_COMPLETE",
        /// A resumption failed.
        ResumeFailed = "RESUME_FAILED",
        /// A pause is under way.
        PauseInProgress = "PAUSE_IN_PROGRESS",
        /// A resumption is under way.
        ResumeInProgress = "RESUME_IN_PROGRESS",
        /// A restart is under way.
        RestartInProgress = "RESTART_IN_PROGRESS",
        /// A restart is done.
        RestartComplete = "RESTART_COMPLETE",
        /// A restart failed.
        RestartFailed = "RESTART_FAILED",
    }
}

impl ConnectorOperationState {
    /// The state in words that fit both services.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Pending => Phase::Queued,
            Self::UpdateInProgress
            | Self::RollbackInProgress
            | Self::PauseInProgress
            | Self::ResumeInProgress
            | Self::RestartInProgress => Phase::Running,
            Self::UpdateComplete
            | Self::PauseComplete
            | Self::ResumeComplete
            | Self::RestartComplete => Phase::Succeeded,
            Self::UpdateFailed
            | Self::RollbackFailed
            | Self::PauseFailed
            | Self::ResumeFailed
            | Self::RestartFailed => Phase::Failed,
            Self::RollbackComplete => Phase::RolledBack,
            Self::Unknown(_) => Phase::Unknown,
        }
    }

    /// Whether an operation in this state will not change any more, given its end time.
    ///
    /// A failed update may yet be rolled back, and what an unknown state leads to is unknown: of these an end time is
    /// the only evidence.
    const fn is_terminal(&self, end_time: Option<Timestamp>) -> bool {
        match self.phase() {
            Phase::Succeeded | Phase::RolledBack => true,
            Phase::Failed => end_time.is_some() || !matches!(self, Self::UpdateFailed),
            Phase::Unknown => end_time.is_some(),
            Phase::Queued | Phase::Running => false,
        }
    }
}

open_enum! {
    /// What one step of a connector operation does.
    pub enum ConnectorOperationStepType {
        /// The update is being prepared.
        InitializeUpdate = "INITIALIZE_UPDATE",
        /// The update is being finished.
        FinalizeUpdate = "FINALIZE_UPDATE",
        /// The workers' settings are being changed.
        UpdateWorkerSetting = "UPDATE_WORKER_SETTING",
        /// The connector's configuration is being changed.
        UpdateConnectorConfiguration = "UPDATE_CONNECTOR_CONFIGURATION",
        /// The update is being checked.
        ValidateUpdate = "VALIDATE_UPDATE",
    }
}

open_enum! {
    /// The state of one step of a connector operation.
    pub enum ConnectorOperationStepState {
        /// Not begun.
        Pending = "PENDING",
        /// Under way.
        InProgress = "IN_PROGRESS",
        /// Done.
        Completed = "COMPLETED",
        /// Failed.
        Failed = "FAILED",
        /// Given up before its end.
        Cancelled = "CANCELLED",
    }
}

/// One connector operation in a list.
///
/// The serde form is AWS's own JSON: dates are written as RFC 3339 text, and read in that form or as seconds since the
/// epoch.
///
/// <https://docs.aws.amazon.com/msk/latest/mskc/v1-connectors-connectorarn-operations.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(
    rename_all = "camelCase",
    from = "ConnectorOperationSummaryShape<'_, AnyDate>"
)]
#[non_exhaustive]
pub struct ConnectorOperationSummary {
    /// The operation's ARN.
    pub connector_operation_arn: OperationId,
    /// What the operation does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector_operation_type: Option<ConnectorOperationType>,
    /// How far the operation is.
    pub connector_operation_state: ConnectorOperationState,
    /// When the operation was created.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "serialize_date_time"
    )]
    pub creation_time: Option<Timestamp>,
    /// When the operation ended.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "serialize_date_time"
    )]
    pub end_time: Option<Timestamp>,
}

impl ConnectorOperationSummary {
    /// A summary with its required members; every other member is absent.
    #[must_use]
    pub fn new(
        connector_operation_arn: impl Into<OperationId>,
        state: ConnectorOperationState,
    ) -> Self {
        Self {
            connector_operation_arn: connector_operation_arn.into(),
            connector_operation_type: None,
            connector_operation_state: state,
            creation_time: None,
            end_time: None,
        }
    }
}

/// The JSON shape of [`ConnectorOperationSummary`], its dates read in the form `F`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound = "F: DateForm")]
pub(crate) struct ConnectorOperationSummaryShape<'a, F> {
    #[serde(borrow)]
    connector_operation_arn: Cow<'a, str>,
    connector_operation_type: Option<ConnectorOperationType>,
    connector_operation_state: ConnectorOperationState,
    creation_time: Option<Date<F>>,
    end_time: Option<Date<F>>,
}

impl<'de, F: DateForm> Shape<'de> for ConnectorOperationSummaryShape<'de, F> {
    type Item = ConnectorOperationSummary;

    fn id(&self) -> &str {
        &self.connector_operation_arn
    }

    fn into_item(self, connector_operation_arn: OperationId) -> ConnectorOperationSummary {
        ConnectorOperationSummary {
            connector_operation_arn,
            connector_operation_type: self.connector_operation_type,
            connector_operation_state: self.connector_operation_state,
            creation_time: self.creation_time.map(Into::into),
            end_time: self.end_time.map(Into::into),
        }
    }
}

impl<F: DateForm> From<ConnectorOperationSummaryShape<'_, F>> for ConnectorOperationSummary {
    fn from(shape: ConnectorOperationSummaryShape<'_, F>) -> Self {
        json::item(shape)
    }
}

/// One step of a connector operation. Either member may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ConnectorOperationStep {
    /// What the step does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_type: Option<ConnectorOperationStepType>,
    /// How far the step is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step_state: Option<ConnectorOperationStepState>,
}

impl ConnectorOperationStep {
    /// A step of these parts.
    #[must_use]
    pub const fn new(
        step_type: ConnectorOperationStepType,
        step_state: ConnectorOperationStepState,
    ) -> Self {
        Self {
            step_type: Some(step_type),
            step_state: Some(step_state),
        }
    }
}

/// Why a connector operation failed. Either member may be absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ErrorInfo {
    /// A code; AWS documents no list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// The reason in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

impl ErrorInfo {
    /// An error of these parts.
    #[must_use]
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: Some(code.into()),
            message: Some(message.into()),
        }
    }
}

/// A connector's configuration: names and values, which AWS marks as sensitive.
///
/// `Debug` shows the number of entries, nothing else. Serialising writes them.
#[derive(Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(transparent)]
pub struct ConnectorConfiguration(pub BTreeMap<String, String>);

impl<'de> Deserialize<'de> for ConnectorConfiguration {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|map| Self(without_nulls(map)))
    }
}

impl fmt::Debug for ConnectorConfiguration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectorConfiguration({} entries)", self.0.len())
    }
}

/// A connector operation with everything that `DescribeConnectorOperation` tells of it.
///
/// The serde form is AWS's own JSON, as of [`ConnectorOperationSummary`].
///
/// <https://docs.aws.amazon.com/msk/latest/mskc/v1-connectoroperations-connectoroperationarn.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(rename_all = "camelCase", from = "ConnectorOperationShape<AnyDate>")]
#[non_exhaustive]
pub struct ConnectorOperation {
    /// The connector's ARN.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector_arn: Option<String>,
    /// The operation's ARN.
    pub connector_operation_arn: OperationId,
    /// How far the operation is.
    pub connector_operation_state: ConnectorOperationState,
    /// What the operation does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector_operation_type: Option<ConnectorOperationType>,
    /// The steps, in order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation_steps: Option<Vec<ConnectorOperationStep>>,
    /// The workers' settings before the operation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_worker_setting: Option<WorkerSetting>,
    /// The connector's configuration before the operation. Sensitive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin_connector_configuration: Option<ConnectorConfiguration>,
    /// The workers' settings that the operation brings about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_worker_setting: Option<WorkerSetting>,
    /// The connector's configuration that the operation brings about. Sensitive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target_connector_configuration: Option<ConnectorConfiguration>,
    /// Why the operation failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_info: Option<ErrorInfo>,
    /// When the operation was created.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "serialize_date_time"
    )]
    pub creation_time: Option<Timestamp>,
    /// When the operation ended.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "serialize_date_time"
    )]
    pub end_time: Option<Timestamp>,
}

impl ConnectorOperation {
    /// An operation with its required members; every other member is absent.
    #[must_use]
    pub fn new(
        connector_operation_arn: impl Into<OperationId>,
        state: ConnectorOperationState,
    ) -> Self {
        Self {
            connector_arn: None,
            connector_operation_arn: connector_operation_arn.into(),
            connector_operation_state: state,
            connector_operation_type: None,
            operation_steps: None,
            origin_worker_setting: None,
            origin_connector_configuration: None,
            target_worker_setting: None,
            target_connector_configuration: None,
            error_info: None,
            creation_time: None,
            end_time: None,
        }
    }

    /// What a list tells of this operation.
    #[must_use]
    pub fn summary(&self) -> ConnectorOperationSummary {
        ConnectorOperationSummary {
            connector_operation_arn: self.connector_operation_arn.clone(),
            connector_operation_type: self.connector_operation_type.clone(),
            connector_operation_state: self.connector_operation_state.clone(),
            creation_time: self.creation_time,
            end_time: self.end_time,
        }
    }
}

/// The JSON shape of [`ConnectorOperation`], its dates read in the form `F`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", bound = "F: DateForm")]
pub(crate) struct ConnectorOperationShape<F> {
    connector_arn: Option<String>,
    connector_operation_arn: OperationId,
    connector_operation_state: ConnectorOperationState,
    connector_operation_type: Option<ConnectorOperationType>,
    #[serde(default, deserialize_with = "json::list_member")]
    operation_steps: Option<Vec<ConnectorOperationStep>>,
    #[serde(default, deserialize_with = "json::member")]
    origin_worker_setting: Option<WorkerSetting>,
    origin_connector_configuration: Option<ConnectorConfiguration>,
    #[serde(default, deserialize_with = "json::member")]
    target_worker_setting: Option<WorkerSetting>,
    target_connector_configuration: Option<ConnectorConfiguration>,
    #[serde(default, deserialize_with = "json::member")]
    error_info: Option<ErrorInfo>,
    creation_time: Option<Date<F>>,
    end_time: Option<Date<F>>,
}

impl<F> From<ConnectorOperationShape<F>> for ConnectorOperation {
    fn from(shape: ConnectorOperationShape<F>) -> Self {
        Self {
            connector_arn: shape.connector_arn,
            connector_operation_arn: shape.connector_operation_arn,
            connector_operation_state: shape.connector_operation_state,
            connector_operation_type: shape.connector_operation_type,
            operation_steps: shape.operation_steps,
            origin_worker_setting: shape.origin_worker_setting,
            origin_connector_configuration: shape.origin_connector_configuration,
            target_worker_setting: shape.target_worker_setting,
            target_connector_configuration: shape.target_connector_configuration,
            error_info: shape.error_info,
            creation_time: shape.creation_time.map(Into::into),
            end_time: shape.end_time.map(Into::into),
        }
    }
}

impl LongRunning for ConnectorOperationSummary {
    fn id(&self) -> &str {
        &self.connector_operation_arn
    }

    fn phase(&self) -> Phase {
        self.connector_operation_state.phase()
    }

    fn is_terminal(&self) -> bool {
        self.connector_operation_state.is_terminal(self.end_time)
    }
}

impl LongRunning for ConnectorOperation {
    fn id(&self) -> &str {
        &self.connector_operation_arn
    }

    fn phase(&self) -> Phase {
        self.connector_operation_state.phase()
    }

    fn is_terminal(&self) -> bool {
        self.connector_operation_state.is_terminal(self.end_time)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_phase() {
        for state in ConnectorOperationState::KNOWN {
            let text = state.as_str();
            let expected = match text.rsplit_once('_').map_or(text, |(_, end)| end) {
                "PENDING" => Phase::Queued,
                "PROGRESS" => Phase::Running,
                "FAILED" => Phase::Failed,
                "COMPLETE" if text == "ROLLBACK_COMPLETE" => Phase::RolledBack,
                "COMPLETE" => Phase::Succeeded,
                other => unreachable!("{other}"),
            };
            assert_eq!(state.phase(), expected, "{text}");
        }
        assert_eq!(ConnectorOperationState::KNOWN.len(), 16);
    }

    #[test]
    fn a_failed_or_unknown_end_needs_an_end_time() {
        let check = |state: &str, end_time: Option<Timestamp>, terminal: bool| {
            let mut operation = ConnectorOperationSummary::new("arn", state.into());
            operation.end_time = end_time;
            assert_eq!(operation.is_terminal(), terminal, "{state} {end_time:?}");
            let mut whole = ConnectorOperation::new("arn", state.into());
            whole.end_time = end_time;
            assert_eq!(whole.is_terminal(), terminal, "{state} {end_time:?}");
            assert_eq!((operation.id(), whole.id()), ("arn", "arn"));
        };
        let ended = Some(Timestamp::UNIX_EPOCH);
        check("PENDING", None, false);
        check("UPDATE_IN_PROGRESS", None, false);
        check("UPDATE_COMPLETE", None, true);
        check("UPDATE_FAILED", None, false);
        check("UPDATE_FAILED", ended, true);
        check("ROLLBACK_IN_PROGRESS", None, false);
        check("ROLLBACK_FAILED", None, true);
        check("ROLLBACK_COMPLETE", None, true);
        check("RESTART_FAILED", None, true);
        check("SOMETHING_NEW", None, false);
        check("SOMETHING_NEW", ended, true);
    }

    #[test]
    fn debug_shows_no_configuration() {
        let mut operation = ConnectorOperation::new("arn", ConnectorOperationState::Pending);
        operation.origin_connector_configuration = Some(ConnectorConfiguration(
            [("password-canary".to_owned(), "value-canary".to_owned())].into(),
        ));
        let debug = format!("{operation:?}");
        assert!(
            debug.contains("ConnectorConfiguration(1 entries)"),
            "{debug}"
        );
        assert!(!debug.contains("canary"), "{debug}");
    }
}
