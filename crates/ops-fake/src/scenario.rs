//! What a fake holds, as a JSON document.

use std::time::{Duration, SystemTime};

use ops_model::Timestamp;
use ops_model::cloud_map::{Operation, OperationStatus};
use ops_model::kafka_connect::{ConnectorOperation, ConnectorOperationState};
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::blueprint::Blueprint;
use crate::{Fault, Life};

/// A scenario, member by member.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Scenario {
    #[serde(default = "yes")]
    pub(crate) examples: bool,
    #[serde(default)]
    pub(crate) seed: u64,
    #[serde(default)]
    pub(crate) generated: u32,
    #[serde(default, deserialize_with = "time")]
    pub(crate) clock: Option<SystemTime>,
    #[serde(default = "day", deserialize_with = "seconds")]
    pub(crate) token_lifetime: Duration,
    #[serde(default)]
    pub(crate) cloud_map: CloudMap,
    #[serde(default)]
    pub(crate) kafka_connect: KafkaConnect,
    #[serde(default)]
    pub(crate) faults: Vec<Option<Fault>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CloudMap {
    #[serde(default)]
    pub(crate) operations: Vec<Told<Operation, OperationStatus>>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct KafkaConnect {
    #[serde(default)]
    pub(crate) connectors: Vec<String>,
    #[serde(default)]
    pub(crate) operations: Vec<Told<ConnectorOperation, ConnectorOperationState>>,
}

const fn yes() -> bool {
    true
}

fn day() -> Duration {
    Blueprint::new().token_lifetime
}

/// An operation in AWS's own JSON shape, with the member `life` beside AWS's.
pub(crate) struct Told<T, S> {
    pub(crate) operation: T,
    pub(crate) life: Life<S>,
}

/// A state of a life.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stage<S> {
    /// Seconds after the creation.
    #[serde(deserialize_with = "seconds")]
    after: Duration,
    state: S,
    error: Option<StageError>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StageError {
    code: String,
    message: String,
}

/// A number of seconds; fractions are fine.
pub(crate) fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(seconds)
        .map_err(|_| D::Error::custom(format!("{seconds} is no number of seconds from 0 on")))
}

/// A date and time from 1970 on, in the form of RFC 3339.
fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SystemTime>, D::Error> {
    let text = String::deserialize(deserializer)?;
    let time: Timestamp = text.parse().map_err(D::Error::custom)?;
    let millis = u64::try_from(time.as_millis())
        .map_err(|_| D::Error::custom(format!("`{text}` is before 1970")))?;
    Ok(Some(SystemTime::UNIX_EPOCH + Duration::from_millis(millis)))
}

impl<'de, T, S> Deserialize<'de> for Told<T, S>
where
    T: DeserializeOwned + Serialize,
    S: DeserializeOwned,
{
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut members = Map::deserialize(deserializer)?;
        let stages: Vec<Stage<S>> = match members.remove("life") {
            None => Vec::new(),
            Some(life) => serde_path_to_error::deserialize(life)
                .map_err(|error| D::Error::custom(format!("life{}", at(&error))))?,
        };
        let given = Value::Object(members);
        let operation: T = serde_path_to_error::deserialize(&given)
            .map_err(|error| D::Error::custom(at(&error).trim_start_matches(['.', ':', ' '])))?;
        // What a service would pass over is a slip of the pen here.
        let kept = serde_json::to_value(&operation).map_err(D::Error::custom)?;
        if let Some(member) = dropped(&given, &kept) {
            return Err(D::Error::custom(format!(
                "`{member}` is no member of an operation; write members as AWS does"
            )));
        }
        let life = stages
            .into_iter()
            .fold(Life::new(), |life, stage| match stage.error {
                None => life.then(stage.after, stage.state),
                Some(error) => {
                    life.then_failed(stage.after, stage.state, error.code, error.message)
                }
            });
        Ok(Self { operation, life })
    }
}

/// The place and the text of an error: `[1].after: …`.
fn at(error: &serde_path_to_error::Error<serde_json::Error>) -> String {
    match error.path().to_string().as_str() {
        "." => format!(": {}", error.inner()),
        path if path.starts_with('[') => format!("{path}: {}", error.inner()),
        path => format!(".{path}: {}", error.inner()),
    }
}

/// The first member of an object, at any depth, that is not in its copy.
fn dropped(given: &Value, kept: &Value) -> Option<String> {
    match (given, kept) {
        (Value::Object(given), Value::Object(kept)) => given
            .iter()
            .filter(|(_, value)| !value.is_null())
            .find_map(|(name, value)| match kept.get(name) {
                None => Some(name.clone()),
                Some(kept) => dropped(value, kept).map(|member| {
                    let dot = if member.starts_with('[') { "" } else { "." };
                    format!("{name}{dot}{member}")
                }),
            }),
        (Value::Array(given), Value::Array(kept)) => {
            given
                .iter()
                .zip(kept)
                .enumerate()
                .find_map(|(index, (given, kept))| {
                    dropped(given, kept).map(|member| format!("[{index}].{member}"))
                })
        }
        _ => None,
    }
}

/// A scenario that cannot be read: where it is wrong, and what is.
#[derive(Debug, thiserror::Error)]
#[error("{}", one_line(place, reason))]
pub struct ScenarioError {
    place: String,
    reason: serde_json::Error,
}

/// A member may have any name: what would break or disguise the line is escaped, quotes are not.
fn one_line(place: &str, reason: &serde_json::Error) -> String {
    let text = match place {
        "." => reason.to_string(),
        place => format!("{place}: {reason}"),
    };
    let escaped = text.chars().map(|char| match char {
        '"' | '\'' | '\\' => char.to_string(),
        _ => char.escape_debug().to_string(),
    });
    escaped.collect()
}

impl Scenario {
    pub(crate) fn parse(json: &str) -> Result<Self, ScenarioError> {
        located(&mut serde_json::Deserializer::from_str(json))
    }
}

/// Reads a whole document; an error tells its place.
pub(crate) fn located<'de, T: Deserialize<'de>>(
    deserializer: &mut serde_json::Deserializer<impl serde_json::de::Read<'de>>,
) -> Result<T, ScenarioError> {
    let value =
        serde_path_to_error::deserialize(&mut *deserializer).map_err(|error| ScenarioError {
            place: error.path().to_string(),
            reason: error.into_inner(),
        })?;
    deserializer.end().map_err(|reason| ScenarioError {
        place: ".".to_owned(),
        reason,
    })?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_tell_the_place_and_what_is_wrong() {
        let check = |json: &str, expected: &str| {
            let error = Scenario::parse(json).map(|_| ()).unwrap_err().to_string();
            let (text, _) = error.split_once(" at line ").unwrap_or((&error, ""));
            assert_eq!(text, expected, "{json}");
        };
        check("", "EOF while parsing a value");
        check("{} {}", "trailing characters");
        check(
            r#"{"sed": 1}"#,
            "sed: unknown field `sed`, expected one of `examples`, `seed`, `generated`, `clock`, \
             `tokenLifetime`, `cloudMap`, `kafkaConnect`, \
             `faults`",
        );
        check(
            r#"{"generated": -1}"#,
            "generated: invalid value: integer `-1`, expected u32",
        );
        check(
            r#"{"clock": "noon"}"#,
            "clock: `noon` is no date and time; write it as 2025-01-15T10:20:30Z, with a fraction or an offset if need be",
        );
        check(
            r#"{"clock": "1969-12-31T23:59:59Z"}"#,
            "clock: `1969-12-31T23:59:59Z` is before 1970",
        );
        let operations =
            |operation: &str| format!(r#"{{"cloudMap": {{"operations": [{operation}]}}}}"#);
        check(
            &operations(r#"{"Id": "a"}"#),
            "cloudMap.operations[0]: missing field `Status`",
        );
        check(
            &operations(r#"{"Id": "a", "Status": "FAIL", "CreateDate": "yesterday"}"#),
            "cloudMap.operations[0]: CreateDate: invalid value: string \"yesterday\", expected a number of seconds since \
             the epoch, or an RFC 3339 date and time",
        );
        check(
            &operations(r#"{"Id": "a", "Status": "FAIL", "Typ": "CREATE_NAMESPACE"}"#),
            "cloudMap.operations[0]: `Typ` is no member of an operation; write members as AWS does",
        );
        let life = |life: &str| {
            operations(&format!(
                r#"{{"Id": "a", "Status": "SUBMITTED", "life": {life}}}"#
            ))
        };
        check(
            &life(r#"[{"after": 1, "state": "PENDING"}, {"after": -1, "state": "SUCCESS"}]"#),
            "cloudMap.operations[0]: life[1].after: -1 is no number of seconds from 0 on",
        );
        check(
            &life(r#"[{"after": 1, "state": "FAIL", "error": {"code": "x"}}]"#),
            "cloudMap.operations[0]: life[0].error: missing field `message`",
        );
        check(
            &life("3"),
            "cloudMap.operations[0]: life: invalid type: integer `3`, expected a sequence",
        );
        check(
            r#"{"cloudMap": {"operations": [{"Id": "a", "Status": "b", "\u001b[2J\n": "\"é\""}]}}"#,
            "cloudMap.operations[0]: `\\u{1b}[2J\\n` is no member of an operation; write members as AWS does",
        );
        check(
            r#"{"faults": [null, "garbage", "garbag"]}"#,
            "faults[2]: unknown variant `garbag`, expected one of `refuse`, `resetBeforeHead`, `resetInHead`, \
             `resetAfterHead`, `resetInBody`, `truncatedBody`, `overlongBody`, `hugeBody`, `endlessBody`, `garbage`, \
             `headerFlood`, `slowDrip`, `continue`, `badGateway`, `internalError`, `arrayBody`, `nullBody`, \
             `truncatedJson`, `byteOrderMark`, `movedPermanently`, `temporaryRedirect`, `error`, `errorInHeader`, \
             `expiredCredentials`, `skewedClock`, `repeatedToken`, `duplicatePage`, `numericToken`, `objectToken`, \
             `nullItem`",
        );
        check(
            r#"{"faults": [{"error": {"status": 42, "code": "X"}}]}"#,
            "faults[0].error: 42 is no HTTP status",
        );
        check(
            r#"{"kafkaConnect": {"operations": [{"connectorOperationArn": "a", "connectorOperationState": "PENDING",
                "operationSteps": [{"stepType": "VALIDATE_UPDATE"}, {"step": 1}]}]}}"#,
            "kafkaConnect.operations[0]: `operationSteps[1].step` is no member of an operation; write members as AWS does",
        );
    }
}
