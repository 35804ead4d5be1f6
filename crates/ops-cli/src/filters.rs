//! From flags to filters: every fault of every flag is found before anything is sent.

use std::time::SystemTime;

use ops_model::cloud_map::{self, Filter, ListOperations, RawFilter};
use ops_model::kafka_connect::{
    ConnectorFilter, ConnectorOperationState, ConnectorOperationType, ListConnectorOperations,
};
use ops_model::{InvalidTimestamp, Timestamp};

use crate::arguments::{CloudMapList, DateUnit, KafkaConnectList};
use crate::exit::Failure;

/// The request that the flags of `cloud-map list` ask for. `now` is where ages and open ends are counted from.
pub(crate) fn list_operations(
    flags: &CloudMapList,
    now: SystemTime,
) -> Result<ListOperations, Failure> {
    let mut faults = Faults::default();
    let mut call = ListOperations::new();

    let unit = match flags.date_unit {
        DateUnit::Milliseconds => cloud_map::DateUnit::Milliseconds,
        DateUnit::Seconds => cloud_map::DateUnit::Seconds,
    };
    call = call.with_date_unit(unit);

    let mut raw_filters = Vec::new();
    for text in &flags.filters {
        raw_filters.extend(
            faults
                .take("--filter", RawFilter::parse_list(text))
                .into_iter()
                .flatten(),
        );
    }
    raw_filters.extend(
        flags
            .namespace_id
            .iter()
            .map(|id| RawFilter::new("NAMESPACE_ID", Some("EQ"), [id])),
    );
    raw_filters.extend(
        flags
            .service_id
            .iter()
            .map(|id| RawFilter::new("SERVICE_ID", Some("EQ"), [id])),
    );
    raw_filters.extend(one_or_in("STATUS", &flags.status));
    raw_filters.extend(one_or_in("TYPE", &flags.types));
    for raw in &raw_filters {
        match Filter::from_raw(raw, unit) {
            Ok(filter) => call = call.with_filter(filter),
            Err(error) => faults.0.push(error.to_string()),
        }
    }
    let after = faults.time("--updated-after", flags.updated_after.as_deref(), now);
    let before = faults.time("--updated-before", flags.updated_before.as_deref(), now);
    if let (Some(after), Some(before)) = (after, before)
        && (after.is_some() || before.is_some())
    {
        let now = faults
            .take("the clock", Timestamp::try_from(now))
            .unwrap_or(Timestamp::MAX);
        let (start, end) = (
            after.unwrap_or(Timestamp::UNIX_EPOCH),
            before.unwrap_or(now),
        );
        if let Some(filter) = faults.take(
            "--updated-after/--updated-before",
            Filter::updated_between(start, end),
        ) {
            call = call.with_filter(filter);
        }
    }
    for text in &flags.unchecked_filters {
        for raw in faults
            .take("--unchecked-filter", RawFilter::parse_list(text))
            .into_iter()
            .flatten()
        {
            call = call.with_unchecked_filter(raw);
        }
    }
    if let Some(size) = flags.paging.page_size {
        call = call.with_page_size(size);
    }
    faults.none(call)
}

/// One value is EQ, several are IN.
fn one_or_in(name: &str, values: &[String]) -> Option<RawFilter> {
    let condition = match values {
        [] => return None,
        [_] => "EQ",
        _ => "IN",
    };
    Some(RawFilter::new(name, Some(condition), values))
}

/// The request that the flags of `kafka-connect list` ask for.
pub(crate) fn list_connector_operations(
    flags: &KafkaConnectList,
    now: SystemTime,
) -> Result<ListConnectorOperations, Failure> {
    let mut faults = Faults::default();
    let states = faults.known(
        "--state",
        &flags.states,
        ConnectorOperationState::KNOWN,
        ConnectorOperationState::as_str,
    );
    let types = faults.known(
        "--type",
        &flags.types,
        ConnectorOperationType::KNOWN,
        ConnectorOperationType::as_str,
    );
    let after = faults
        .time("--created-after", flags.created_after.as_deref(), now)
        .flatten();
    let before = faults
        .time("--created-before", flags.created_before.as_deref(), now)
        .flatten();
    let filter = ConnectorFilter::new()
        .with_states(states)
        .with_types(types)
        .with_created(after, before);
    let filter = faults.take("--created-after/--created-before", filter);
    let call = faults.take(
        "CONNECTOR_ARN",
        ListConnectorOperations::new(flags.connector_arn.as_deref().unwrap_or_default()),
    );
    let call = call.zip(filter).map(|(call, filter)| {
        let call = call.with_filter(filter);
        match flags.paging.page_size {
            Some(size) => call.with_page_size(size),
            None => call,
        }
    });
    match call {
        Some(call) => faults.none(call),
        None => Err(Failure::Usage(faults.0)),
    }
}

/// What is wrong with the flags, all of it.
#[derive(Default)]
struct Faults(Vec<String>);

impl Faults {
    fn take<T, E: std::fmt::Display>(&mut self, flag: &str, result: Result<T, E>) -> Option<T> {
        result
            .map_err(|error| self.0.push(format!("{flag}: {error}")))
            .ok()
    }

    /// A time: `None` if it is wrong, `Some(None)` if there is none.
    fn time(
        &mut self,
        flag: &str,
        text: Option<&str>,
        now: SystemTime,
    ) -> Option<Option<Timestamp>> {
        match text {
            None => Some(None),
            Some(text) => self.take(flag, time(text, now)).map(Some),
        }
    }

    /// Values that this version knows; a typing error would silently keep nothing.
    fn known<T: Clone>(
        &mut self,
        flag: &str,
        texts: &[String],
        known: &[T],
        as_str: fn(&T) -> &str,
    ) -> Vec<T> {
        let mut values = Vec::new();
        for text in texts {
            match known.iter().find(|value| as_str(value) == text) {
                Some(value) => values.push(value.clone()),
                None => {
                    let all: Vec<_> = known.iter().map(as_str).collect();
                    self.0.push(format!(
                        "{flag}: `{}` is unknown; use {}",
                        text.escape_debug(),
                        all.join(", ")
                    ));
                }
            }
        }
        values
    }

    fn none<T>(self, value: T) -> Result<T, Failure> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(Failure::Usage(self.0))
        }
    }
}

/// RFC 3339, or an age: so long before `now`.
fn time(text: &str, now: SystemTime) -> Result<Timestamp, String> {
    text.parse().or_else(|error: InvalidTimestamp| {
        let age = humantime::parse_duration(text)
            .map_err(|_| format!("{error}; or as an age like 90s, 2h or 3days"))?;
        let time = now.checked_sub(age).map_or(SystemTime::UNIX_EPOCH, |time| {
            time.max(SystemTime::UNIX_EPOCH)
        });
        Timestamp::try_from(time).map_err(|error| error.to_string())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_time_is_rfc_3339_or_an_age() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let check = |text: &str, expected: Option<i64>| {
            assert_eq!(
                time(text, now).ok().map(Timestamp::as_millis),
                expected,
                "{text}"
            );
        };
        check("2023-11-14T22:13:20Z", Some(1_700_000_000_000));
        check("2h", Some(1_699_992_800_000));
        check("1h 30m", Some(1_699_994_600_000));
        check("0s", Some(1_700_000_000_000));
        check("9999years", Some(0));
        for text in ["", "yesterday", "2", "-2h", "2023-11-14"] {
            check(text, None);
        }
    }
}
