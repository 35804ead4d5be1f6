use http::StatusCode;
use ops_model::{ErrorCode, ResponseError};
use ops_transport::TransportError;

/// What a failed attempt means for the next one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetryClass {
    /// Trying again does not help.
    Permanent,
    /// Trying again may help soon.
    Transient,
    /// The service asks for less: try again, later.
    Throttling,
}

/// A failed attempt.
#[derive(Debug)]
pub(crate) enum Failure {
    /// No whole response.
    Transport(TransportError),
    /// A response that is not the documented output.
    Response(ResponseError),
}

impl Failure {
    /// AWS's code of the error, if the service sent one.
    pub(crate) const fn code(&self) -> Option<&ErrorCode> {
        match self {
            Self::Response(ResponseError::Service(error)) => error.code.as_ref(),
            Self::Transport(_) | Self::Response(ResponseError::Malformed(_)) => None,
        }
    }

    pub(crate) fn class(&self) -> RetryClass {
        match self {
            Self::Transport(error) if error.kind().is_transient() => RetryClass::Transient,
            Self::Transport(_) | Self::Response(ResponseError::Malformed(_)) => {
                RetryClass::Permanent
            }
            Self::Response(ResponseError::Service(error)) => {
                RetryClass::of(error.status, error.code.as_ref())
            }
        }
    }
}

/// AWS's list of throttling codes.
const THROTTLING: [&str; 14] = [
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "RequestThrottledException",
    "TooManyRequestsException",
    "ProvisionedThroughputExceededException",
    "TransactionInProgressException",
    "RequestLimitExceeded",
    "BandwidthLimitExceeded",
    "LimitExceededException",
    "RequestThrottled",
    "SlowDown",
    "PriorRequestNotComplete",
    "EC2ThrottledException",
];

/// AWS's list of transient codes and statuses.
const TRANSIENT: [&str; 2] = ["RequestTimeout", "RequestTimeoutException"];
const TRANSIENT_STATUS: [StatusCode; 4] = [
    StatusCode::INTERNAL_SERVER_ERROR,
    StatusCode::BAD_GATEWAY,
    StatusCode::SERVICE_UNAVAILABLE,
    StatusCode::GATEWAY_TIMEOUT,
];

impl RetryClass {
    /// The class of an error response: by its code, and by its status only where no known code decides.
    #[must_use]
    pub fn of(status: StatusCode, code: Option<&ErrorCode>) -> Self {
        let listed = |list: &[&str]| code.is_some_and(|code| list.contains(&code.as_str()));
        let is_known = code.is_some_and(ErrorCode::is_known);
        if listed(&THROTTLING) || (status == StatusCode::TOO_MANY_REQUESTS && !is_known) {
            Self::Throttling
        } else if listed(&TRANSIENT) || TRANSIENT_STATUS.contains(&status) {
            Self::Transient
        } else {
            Self::Permanent
        }
    }

    /// What a retry takes from the quota.
    #[must_use]
    pub const fn cost(self) -> u32 {
        match self {
            Self::Permanent => 0,
            Self::Transient => 14,
            Self::Throttling => 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ops_transport::TransportErrorKind;

    #[test]
    fn the_code_decides_and_the_status_only_where_no_known_code_does() {
        use RetryClass::{Permanent, Throttling, Transient};
        let check = |status: u16, code: Option<&str>, class| {
            let code = code.map(ErrorCode::from);
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(
                RetryClass::of(status, code.as_ref()),
                class,
                "{status} {code:?}"
            );
        };
        for code in THROTTLING {
            check(400, Some(code), Throttling);
            check(503, Some(code), Throttling);
        }
        for code in TRANSIENT {
            check(400, Some(code), Transient);
        }
        for status in [500, 502, 503, 504] {
            check(status, None, Transient);
            check(status, Some("InternalFailure"), Transient);
        }
        for status in [
            400, 401, 403, 404, 408, 409, 413, 499, 501, 505, 507, 509, 529, 301, 304,
        ] {
            check(status, None, Permanent);
        }
        check(400, Some("InvalidInput"), Permanent);
        check(400, Some("throttlingexception"), Permanent);
        check(400, Some("ServiceUnavailable"), Permanent);
        check(429, None, Throttling);
        check(429, Some("SomethingNew"), Throttling);
        check(429, Some("BadRequestException"), Permanent);
    }

    #[test]
    fn a_transport_error_is_transient_by_its_kind() {
        let class = |kind| Failure::Transport(TransportError::new(kind)).class();
        assert_eq!(class(TransportErrorKind::Connect), RetryClass::Transient);
        assert_eq!(class(TransportErrorKind::Timeout), RetryClass::Transient);
        assert_eq!(class(TransportErrorKind::Closed), RetryClass::Transient);
        assert_eq!(class(TransportErrorKind::Tls), RetryClass::Permanent);
        assert_eq!(
            class(TransportErrorKind::BodyTooLarge),
            RetryClass::Permanent
        );
    }
}
