//! What a test does to a service on a socket, from any language: JSON over HTTP, on paths of its own.

use bytes::Bytes;
use http::uri::Authority;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use ops_model::cloud_map::{Operation, OperationStatus};
use ops_model::kafka_connect::{ConnectorOperation, ConnectorOperationState};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::scenario::{Told, located, seconds};
use crate::{FakeService, Fault};

/// What the paths of the control API begin with.
pub(crate) const PREFIX: &str = "/_ops-fake/";
/// The header that a request must have: no web page can send it without asking, and the answer to that is no.
const KEY: &str = "x-ops-fake";

const PATHS: &str = "POST cloud-map/operations, cloud-map/fail, kafka-connect/operations, kafka-connect/fail, advance, \
                     faults or reset; GET dump";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fail {
    id: String,
    code: String,
    message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FailConnector {
    arn: String,
    state: ConnectorOperationState,
    code: String,
    message: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    #[serde(deserialize_with = "seconds")]
    seconds: std::time::Duration,
}

type Answer = Result<Value, (StatusCode, String)>;

impl FakeService {
    /// The response to a request of the control API.
    pub(crate) fn control(&self, request: &Request<Bytes>) -> Response<Bytes> {
        let answer = guard(request.headers()).and_then(|()| self.act(request));
        let (status, body) = match answer {
            Ok(body) => (StatusCode::OK, body),
            Err((status, message)) => (status, json!({ "message": message })),
        };
        let mut response = Response::new(Bytes::from(body.to_string()));
        *response.status_mut() = status;
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response
    }

    fn act(&self, request: &Request<Bytes>) -> Answer {
        let body = request.body();
        let path = request
            .uri()
            .path()
            .strip_prefix(PREFIX)
            .unwrap_or_default();
        match (request.method(), path) {
            (&Method::POST, "cloud-map/operations") => {
                let told: Told<Operation, OperationStatus> = read(body)?;
                self.add_cloud_map_operation(told.operation, told.life)
                    .map_err(|operation| {
                        conflict(format!("there is an operation `{}` already", operation.id))
                    })?;
            }
            (&Method::POST, "kafka-connect/operations") => {
                let told: Told<ConnectorOperation, ConnectorOperationState> = read(body)?;
                self.add_connector_operation(told.operation, told.life)
                    .map_err(|operation| {
                        conflict(format!(
                            "there is an operation `{}` already, or no such connector",
                            operation.connector_operation_arn
                        ))
                    })?;
            }
            (&Method::POST, "cloud-map/fail") => {
                let Fail { id, code, message } = read(body)?;
                if !self.fail_cloud_map_operation(&id, &code, &message) {
                    return Err(missing(&id));
                }
            }
            (&Method::POST, "kafka-connect/fail") => {
                let FailConnector {
                    arn,
                    state,
                    code,
                    message,
                } = read(body)?;
                if !self.fail_connector_operation(&arn, state, &code, &message) {
                    return Err(missing(&arn));
                }
            }
            (&Method::POST, "advance") => {
                let Advance { seconds } = read(body)?;
                self.advance(seconds);
            }
            (&Method::POST, "faults") => {
                let faults: Vec<Fault> = read(body)?;
                faults.into_iter().for_each(|fault| self.inject(fault));
            }
            (&Method::POST, "reset") => self.reset(),
            (&Method::GET, "dump") => return Ok(self.dump()),
            _ => {
                let message = format!("the control API has {PATHS}, each under {PREFIX}");
                return Err((StatusCode::NOT_FOUND, message));
            }
        }
        Ok(json!({ "now": self.now().to_string() }))
    }

    /// Everything that is held, as it is now: what a scenario would have, without the lives.
    fn dump(&self) -> Value {
        let now = self.now();
        let held = self.0.holdings();
        let connectors = &held.connectors;
        let connector_operations: Vec<_> = connectors
            .arns()
            .filter_map(|arn| connectors.operations(arn))
            .flat_map(|list| (0..list.len()).map(|place| json!(list.at(place, now))))
            .collect();
        let operations = &held.operations;
        let operations: Vec<_> = (0..operations.len())
            .map(|place| json!(operations.at(place, now)))
            .collect();
        json!({
            "now": now.to_string(),
            "cloudMap": { "operations": operations },
            "kafkaConnect": {
                "connectors": connectors.arns().collect::<Vec<_>>(),
                "operations": connector_operations,
            },
        })
    }
}

/// Lets in who sends the header, to an address of this machine: no page of a browser does both.
fn guard(headers: &HeaderMap) -> Result<(), (StatusCode, String)> {
    let forbidden = |message: &str| Err((StatusCode::FORBIDDEN, message.to_owned()));
    let host = headers
        .get(header::HOST)
        .and_then(|host| Authority::try_from(host.as_bytes()).ok());
    let is_local = host.is_some_and(|host| is_local(host.host()));
    if !is_local {
        return forbidden(
            "the control API is for this machine: send host: localhost, or a loopback address",
        );
    }
    if !headers.contains_key(KEY) || headers.contains_key(header::ORIGIN) {
        return forbidden(
            "the control API is not for browsers: send the header x-ops-fake, with any value",
        );
    }
    Ok(())
}

fn is_local(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host.eq_ignore_ascii_case("localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.to_canonical().is_loopback())
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, (StatusCode, String)> {
    located(&mut serde_json::Deserializer::from_slice(body))
        .map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))
}

const fn conflict(message: String) -> (StatusCode, String) {
    (StatusCode::CONFLICT, message)
}

fn missing(id: &str) -> (StatusCode, String) {
    let message = format!("there is no operation `{}`", id.escape_debug());
    (StatusCode::NOT_FOUND, message)
}
