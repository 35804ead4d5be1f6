use serde::{Deserialize, Serialize};

use super::{ConnectorOperationState, ConnectorOperationSummary, ConnectorOperationType};
use crate::{InvalidRequest, Timestamp};

/// Which connector operations a listing keeps. MSK Connect has no filters: the client applies it to each page.
///
/// Every part that is set must hold; a list of states or types holds if it names the operation's own. The default keeps
/// everything.
///
/// ```
/// use ops_model::kafka_connect::{ConnectorFilter, ConnectorOperationState, ConnectorOperationSummary};
///
/// let failed = ConnectorFilter::new().with_states([ConnectorOperationState::UpdateFailed]);
/// let operation = ConnectorOperationSummary::new("arn:…", ConnectorOperationState::UpdateComplete);
/// assert!(!failed.matches(&operation));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConnectorFilter {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    states: Vec<ConnectorOperationState>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    types: Vec<ConnectorOperationType>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis")]
    created_after: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none", with = "millis")]
    created_before: Option<Timestamp>,
}

impl ConnectorFilter {
    /// A filter that keeps everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps operations in one of these states. No state at all means any.
    #[must_use]
    pub fn with_states(
        mut self,
        states: impl IntoIterator<Item = ConnectorOperationState>,
    ) -> Self {
        self.states = states.into_iter().collect();
        self
    }

    /// Keeps operations of one of these types. No type at all means any.
    #[must_use]
    pub fn with_types(mut self, types: impl IntoIterator<Item = ConnectorOperationType>) -> Self {
        self.types = types.into_iter().collect();
        self
    }

    /// Keeps operations that were created within this range, both ends included; an absent end is open.
    ///
    /// An operation without a creation time lies in no range.
    ///
    /// # Errors
    ///
    /// [`InvalidRequest::Range`] if the range ends before it starts.
    pub fn with_created(
        mut self,
        after: Option<Timestamp>,
        before: Option<Timestamp>,
    ) -> Result<Self, InvalidRequest> {
        if let (Some(after), Some(before)) = (after, before)
            && before < after
        {
            return Err(InvalidRequest::Range { after, before });
        }
        self.created_after = after;
        self.created_before = before;
        Ok(self)
    }

    /// Whether the filter keeps this operation.
    #[must_use]
    pub fn matches(&self, operation: &ConnectorOperationSummary) -> bool {
        let within = |time: Timestamp| {
            self.created_after.is_none_or(|after| after <= time)
                && self.created_before.is_none_or(|before| time <= before)
        };
        let unbounded = self.created_after.is_none() && self.created_before.is_none();
        (self.states.is_empty() || self.states.contains(&operation.connector_operation_state))
            && (self.types.is_empty()
                || operation
                    .connector_operation_type
                    .as_ref()
                    .is_some_and(|of| self.types.contains(of)))
            && (unbounded || operation.creation_time.is_some_and(within))
    }
}

/// A time in a checkpoint: RFC 3339 text.
mod millis {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    use crate::Timestamp;

    pub(super) fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        crate::timestamp::serialize_date_time(time, serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        Option::<String>::deserialize(deserializer)?
            .map(|text| text.parse().map_err(D::Error::custom))
            .transpose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_must_hold_and_both_ends_are_included() {
        let at = |millis| Some(Timestamp::from_millis(millis).unwrap());
        let mut operation =
            ConnectorOperationSummary::new("arn", ConnectorOperationState::UpdateComplete);
        operation.connector_operation_type = Some(ConnectorOperationType::UpdateWorkerSetting);
        operation.creation_time = at(1000);
        let any = ConnectorFilter::new;
        let created = |after, before| any().with_created(after, before).unwrap();
        let check = |filter: ConnectorFilter, expected: bool| {
            assert_eq!(filter.matches(&operation), expected, "{filter:?}");
            let record = serde_json::to_value(&filter).unwrap();
            assert_eq!(
                serde_json::from_value::<ConnectorFilter>(record).unwrap(),
                filter
            );
        };
        check(any(), true);
        check(
            any().with_states(["PENDING".into(), "UPDATE_COMPLETE".into()]),
            true,
        );
        check(any().with_states(["PENDING".into()]), false);
        check(any().with_types(["UPDATE_WORKER_SETTING".into()]), true);
        check(
            any().with_types(["PAUSE_CONNECTOR".into(), "NEW".into()]),
            false,
        );
        check(
            any()
                .with_states(["UPDATE_COMPLETE".into()])
                .with_types(["NEW".into()]),
            false,
        );
        check(created(at(1000), at(1000)), true);
        check(created(at(1001), None), false);
        check(created(None, at(999)), false);
        check(created(at(0), None), true);

        let bare = ConnectorOperationSummary::new("arn", ConnectorOperationState::Pending);
        assert!(any().matches(&bare));
        assert!(!created(at(0), None).matches(&bare));
        assert!(!any().with_types(["PAUSE_CONNECTOR".into()]).matches(&bare));
        assert!(any().with_created(at(2), at(1)).is_err());
    }
}
