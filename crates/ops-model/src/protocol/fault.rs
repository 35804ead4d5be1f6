//! What a service answers to requests that it cannot read or that break its rules.

use http::StatusCode;

use crate::{ErrorCode, Service, ServiceError};

/// The service's answer to a body or a query that its protocol does not allow.
pub(crate) fn serialization_error(service: Service, reason: &str) -> ServiceError {
    let code = match service {
        Service::CloudMap => ErrorCode::SerializationException,
        Service::KafkaConnect => ErrorCode::BadRequestException,
    };
    ServiceError::new(
        StatusCode::BAD_REQUEST,
        code,
        format!("the request cannot be read: {reason}"),
    )
}

/// The service's answer to a request that breaks its rules.
pub(crate) fn invalid_input(service: Service, message: &str) -> ServiceError {
    let code = match service {
        Service::CloudMap => ErrorCode::InvalidInput,
        Service::KafkaConnect => ErrorCode::BadRequestException,
    };
    ServiceError::new(StatusCode::BAD_REQUEST, code, message)
}
