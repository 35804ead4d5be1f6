#[cfg(feature = "cbor")]
mod cbor;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::open_enum::open_enum;
use crate::protocol::json::{self, Shape, without_nulls};
use crate::timestamp::{AnyDate, Date, DateForm, serialize_epoch_seconds};
use crate::{LongRunning, OperationId, Phase, Timestamp};

open_enum! {
    /// The status of a Cloud Map operation.
    pub enum OperationStatus {
        /// Accepted, not begun.
        Submitted = "SUBMITTED",
        /// Under way.
        Pending = "PENDING",
        /// Done. (The filter documentation writes `SUCCEED`; the service sends and takes `SUCCESS`.)
        Success = "SUCCESS",
        /// Failed: `ErrorCode` and `ErrorMessage` say why.
        Fail = "FAIL",
    }
}

impl OperationStatus {
    /// The status in words that fit both services.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        match self {
            Self::Submitted => Phase::Queued,
            Self::Pending => Phase::Running,
            Self::Success => Phase::Succeeded,
            Self::Fail => Phase::Failed,
            Self::Unknown(_) => Phase::Unknown,
        }
    }
}

open_enum! {
    /// What a Cloud Map operation does.
    pub enum OperationType {
        /// A namespace is being created.
        CreateNamespace = "CREATE_NAMESPACE",
        /// A namespace is being deleted.
        DeleteNamespace = "DELETE_NAMESPACE",
        /// A namespace is being changed.
        UpdateNamespace = "UPDATE_NAMESPACE",
        /// A service is being changed.
        UpdateService = "UPDATE_SERVICE",
        /// An instance is being registered.
        RegisterInstance = "REGISTER_INSTANCE",
        /// An instance is being deregistered.
        DeregisterInstance = "DEREGISTER_INSTANCE",
    }
}

open_enum! {
    /// What a Cloud Map operation acts on.
    pub enum OperationTargetType {
        /// A namespace id.
        Namespace = "NAMESPACE",
        /// A service id.
        Service = "SERVICE",
        /// An instance id.
        Instance = "INSTANCE",
    }
}

open_enum! {
    /// Why a Cloud Map operation failed, as the documentation of `Operation` lists it.
    pub enum OperationErrorCode {
        /// The caller may not do this.
        AccessDenied = "ACCESS_DENIED",
        /// Route 53 could not create the hosted zone.
        CannotCreateHostedZone = "CANNOT_CREATE_HOSTED_ZONE",
        /// The caller's security token had expired.
        ExpiredToken = "EXPIRED_TOKEN",
        /// The namespace's hosted zone is gone.
        HostedZoneNotFound = "HOSTED_ZONE_NOT_FOUND",
        /// A failure within the service.
        InternalFailure = "INTERNAL_FAILURE",
        /// Route 53 refused the change.
        InvalidChangeBatch = "INVALID_CHANGE_BATCH",
        /// Too many requests.
        ThrottledRequest = "THROTTLED_REQUEST",
    }
}

/// One operation in a list: its id and its status. `GetOperation` has the rest.
///
/// <https://docs.aws.amazon.com/cloud-map/latest/api/API_OperationSummary.html>
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(rename_all = "PascalCase", from = "OperationSummaryShape<'_>")]
#[non_exhaustive]
pub struct OperationSummary {
    /// The operation's id.
    pub id: OperationId,
    /// How far the operation is.
    pub status: OperationStatus,
}

impl OperationSummary {
    /// A summary of these parts.
    #[must_use]
    pub fn new(id: impl Into<OperationId>, status: OperationStatus) -> Self {
        Self {
            id: id.into(),
            status,
        }
    }
}

/// The JSON shape of [`OperationSummary`].
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct OperationSummaryShape<'a> {
    #[serde(borrow)]
    id: Cow<'a, str>,
    status: OperationStatus,
}

impl<'de> Shape<'de> for OperationSummaryShape<'de> {
    type Item = OperationSummary;

    fn id(&self) -> &str {
        &self.id
    }

    fn into_item(self, id: OperationId) -> OperationSummary {
        OperationSummary::new(id, self.status)
    }
}

impl From<OperationSummaryShape<'_>> for OperationSummary {
    fn from(shape: OperationSummaryShape<'_>) -> Self {
        json::item(shape)
    }
}

/// A Cloud Map operation with everything that `GetOperation` tells of it.
///
/// The serde form is AWS's own JSON: dates are written as seconds since the epoch, and read in that form or as ISO 8601
/// text, as the AWS CLI prints them. Members that are absent stay absent.
///
/// <https://docs.aws.amazon.com/cloud-map/latest/api/API_Operation.html>
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
#[serde(rename_all = "PascalCase", from = "OperationShape<AnyDate>")]
#[non_exhaustive]
pub struct Operation {
    /// The operation's id.
    pub id: OperationId,
    /// The account that owns the namespace: 12 digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_account: Option<String>,
    /// What the operation does.
    #[serde(rename = "Type", skip_serializing_if = "Option::is_none")]
    pub operation_type: Option<OperationType>,
    /// How far the operation is.
    pub status: OperationStatus,
    /// Why it failed, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_code: Option<OperationErrorCode>,
    /// When the request was submitted.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "serialize_epoch_seconds"
    )]
    pub create_date: Option<Timestamp>,
    /// When the status last changed.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "serialize_epoch_seconds"
    )]
    pub update_date: Option<Timestamp>,
    /// What the operation acts on: the id of the namespace, the service or the instance.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub targets: BTreeMap<OperationTargetType, String>,
}

impl Operation {
    /// An operation with its required members; every other member is absent.
    #[must_use]
    pub fn new(id: impl Into<OperationId>, status: OperationStatus) -> Self {
        Self {
            id: id.into(),
            owner_account: None,
            operation_type: None,
            status,
            error_message: None,
            error_code: None,
            create_date: None,
            update_date: None,
            targets: BTreeMap::new(),
        }
    }

    /// What a list tells of this operation.
    #[must_use]
    pub fn summary(&self) -> OperationSummary {
        OperationSummary::new(self.id.clone(), self.status.clone())
    }
}

/// The JSON shape of [`Operation`], its dates read in the form `F`.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", bound = "F: DateForm")]
pub(crate) struct OperationShape<F> {
    id: OperationId,
    owner_account: Option<String>,
    r#type: Option<OperationType>,
    status: OperationStatus,
    error_message: Option<String>,
    error_code: Option<OperationErrorCode>,
    create_date: Option<Date<F>>,
    update_date: Option<Date<F>>,
    targets: Option<BTreeMap<OperationTargetType, Option<String>>>,
}

impl<F> From<OperationShape<F>> for Operation {
    fn from(shape: OperationShape<F>) -> Self {
        Self {
            id: shape.id,
            owner_account: shape.owner_account,
            operation_type: shape.r#type,
            status: shape.status,
            error_message: shape.error_message,
            error_code: shape.error_code,
            create_date: shape.create_date.map(Into::into),
            update_date: shape.update_date.map(Into::into),
            targets: without_nulls(shape.targets),
        }
    }
}

impl LongRunning for OperationSummary {
    fn id(&self) -> &str {
        &self.id
    }

    fn phase(&self) -> Phase {
        self.status.phase()
    }
}

impl LongRunning for Operation {
    fn id(&self) -> &str {
        &self.id
    }

    fn phase(&self) -> Phase {
        self.status.phase()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_and_its_summary_are_the_same_operation() {
        for status in OperationStatus::KNOWN {
            let operation = Operation::new("op", status.clone());
            let summary = operation.summary();
            assert_eq!((operation.id(), summary.id()), ("op", "op"));
            assert_eq!(operation.phase(), summary.phase());
            assert_eq!(summary.status, *status);
        }
    }
}
