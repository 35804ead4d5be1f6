//! The calls that create operations, as far as a test suite needs them to get an operation's id.
//!
//! The rules of their inputs are data, held against JSON values, so that there is one copy of them for every protocol.

mod cloud_map;
mod kafka_connect;
mod ledger;
mod rules;
mod wire;

pub(crate) use ledger::Ledger;

use bytes::Bytes;
use http::StatusCode;
use ops_model::{ErrorCode, Protocol, Service, ServiceError, Timestamp, encode_error};

use crate::blueprint::Blueprint;
use crate::holdings::Holdings;
use rules::Fault;
use wire::Data;

/// A call that creates an operation, or what operations act on.
pub(crate) enum Creation {
    CloudMap(&'static cloud_map::Call),
    UpdateConnector,
}

/// What a call answers.
struct Answer {
    status: StatusCode,
    body: Data,
}

impl Answer {
    const fn ok(body: Data) -> Self {
        Self {
            status: StatusCode::OK,
            body,
        }
    }
}

impl Creation {
    /// The call that a request is for, if it is one of these.
    pub(crate) fn of(request: &http::Request<Bytes>) -> Option<Self> {
        if let Some(call) = cloud_map::Call::of(request) {
            return Some(Self::CloudMap(call));
        }
        kafka_connect::is_update(request).then_some(Self::UpdateConnector)
    }

    /// Reads the call, carries it out, writes the answer.
    pub(crate) fn serve(
        self,
        request: &http::Request<Bytes>,
        held: &mut Holdings,
        blueprint: &Blueprint,
        now: Timestamp,
    ) -> http::Response<Bytes> {
        let answer = match self {
            Self::CloudMap(call) => call.answer(request, held, blueprint.created_life(), now),
            Self::UpdateConnector => {
                kafka_connect::answer(request, held, blueprint.updated_life(), now)
            }
        };
        let protocol = Protocol::of(request);
        match answer {
            Ok(answer) => wire::response(answer.status, protocol, &answer.body),
            Err(error) => encode_error(protocol, &error),
        }
    }
}

fn bad_request(service: Service, fault: Fault) -> ServiceError {
    let code = match (service, &fault) {
        (Service::CloudMap, Fault::Unreadable(_)) => ErrorCode::SerializationException,
        (Service::CloudMap, Fault::Invalid(_)) => ErrorCode::InvalidInput,
        (Service::KafkaConnect, _) => ErrorCode::BadRequestException,
    };
    let message = match fault {
        Fault::Unreadable(reason) => format!("the request cannot be read: {reason}"),
        Fault::Invalid(broken) => broken.join("; "),
    };
    ServiceError::new(StatusCode::BAD_REQUEST, code, message)
}
