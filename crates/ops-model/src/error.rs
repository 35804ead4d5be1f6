use std::fmt;

use http::StatusCode;

use crate::one_line::OneLine;
use crate::open_enum::open_enum;

open_enum! {
    /// The code of an error that one of the services answers with.
    ///
    /// The errors that the service models document for the four operations, and AWS's common errors.
    /// <https://docs.aws.amazon.com/cloud-map/latest/api/CommonErrors.html>
    pub enum ErrorCode {
        /// Cloud Map: one or more of the request's values are not valid.
        InvalidInput = "InvalidInput",
        /// Cloud Map: there is no operation with this id.
        OperationNotFound = "OperationNotFound",
        /// MSK Connect: the request is not valid.
        BadRequestException = "BadRequestException",
        /// MSK Connect: the caller may not do this.
        ForbiddenException = "ForbiddenException",
        /// MSK Connect: a failure within the service.
        InternalServerErrorException = "InternalServerErrorException",
        /// MSK Connect: there is no such connector or operation.
        NotFoundException = "NotFoundException",
        /// MSK Connect: the service cannot answer now.
        ServiceUnavailableException = "ServiceUnavailableException",
        /// MSK Connect: too many requests.
        TooManyRequestsException = "TooManyRequestsException",
        /// MSK Connect: the caller is not known.
        UnauthorizedException = "UnauthorizedException",
        /// The caller may not do this.
        AccessDeniedException = "AccessDeniedException",
        /// The session token has expired.
        ExpiredTokenException = "ExpiredTokenException",
        /// The session token has expired; the older name.
        ExpiredToken = "ExpiredToken",
        /// The signature lacks a part.
        IncompleteSignature = "IncompleteSignature",
        /// A failure within the service.
        InternalFailure = "InternalFailure",
        /// A failure within the service.
        InternalServerError = "InternalServerError",
        /// The service has no such operation.
        UnknownOperationException = "UnknownOperationException",
        /// The access key id or the session token is not known.
        InvalidClientTokenId = "InvalidClientTokenId",
        /// The signature does not match, or its time is off.
        InvalidSignatureException = "InvalidSignatureException",
        /// The request is not signed.
        MissingAuthenticationTokenException = "MissingAuthenticationTokenException",
        /// The access key id needs a subscription to the service.
        OptInRequired = "OptInRequired",
        /// The signature is too old, or its time lies ahead.
        RequestExpired = "RequestExpired",
        /// Too many requests.
        RequestLimitExceeded = "RequestLimitExceeded",
        /// The body is not what the protocol asks for.
        SerializationException = "SerializationException",
        /// The service cannot answer now.
        ServiceUnavailable = "ServiceUnavailable",
        /// The signature does not match.
        SignatureDoesNotMatch = "SignatureDoesNotMatch",
        /// Too many requests.
        ThrottlingException = "ThrottlingException",
        /// The session token is not valid.
        UnrecognizedClientException = "UnrecognizedClientException",
        /// The request breaks a constraint.
        ValidationException = "ValidationException",
    }
}

/// The service's answer to a request that it did not carry out.
///
/// Nothing of AWS's answer is lost: the code and the message stand as they were sent, and so does the status, whatever
/// the body was (HTML of a proxy, nothing at all).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ServiceError {
    /// The HTTP status. Decide by the code, not by this: the services have been seen answering 400 to everything.
    pub status: StatusCode,
    /// AWS's error code, without namespace and URI; `None` if the response carries none.
    pub code: Option<ErrorCode>,
    /// AWS's message.
    pub message: Option<String>,
    /// The id under which AWS support finds the request.
    pub request_id: Option<String>,
}

impl ServiceError {
    /// An error of this status, code and message.
    #[must_use]
    pub fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            status,
            code: Some(code),
            message: Some(message.into()),
            request_id: None,
        }
    }
}

impl fmt::Display for ServiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.code {
            Some(code) => write!(f, "{}", OneLine(code.as_str()))?,
            None => write!(f, "HTTP status {}", self.status)?,
        }
        match self.message.as_deref() {
            Some(message) if !message.is_empty() => write!(f, ": {}", OneLine(message)),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for ServiceError {}

/// What a response holds instead of the documented output.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResponseError {
    /// The service has answered with an error.
    #[error(transparent)]
    Service(ServiceError),
    /// The status says success, but the body is not what the service documents.
    #[error(transparent)]
    Malformed(MalformedResponse),
}

/// A success whose body is not what the service documents: truncated, of a proxy, or without a required member.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct MalformedResponse {
    /// The HTTP status.
    pub status: StatusCode,
    /// The id under which AWS support finds the request.
    pub request_id: Option<String>,
    /// What is wrong. Shows nothing of the body.
    pub reason: String,
}

impl fmt::Display for MalformedResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the response is not what the service documents: {} (HTTP status {})",
            self.reason, self.status
        )
    }
}

impl std::error::Error for MalformedResponse {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_prints_its_code_and_its_message_in_one_line() {
        let check = |code: Option<&str>, message: Option<&str>, expected: &str| {
            let error = ServiceError {
                status: StatusCode::BAD_REQUEST,
                code: code.map(ErrorCode::from),
                message: message.map(str::to_owned),
                request_id: None,
            };
            assert_eq!(error.to_string(), expected);
        };
        check(
            Some("InvalidInput"),
            Some("No such id"),
            "InvalidInput: No such id",
        );
        check(Some("InvalidInput"), Some(""), "InvalidInput");
        check(Some("InvalidInput"), None, "InvalidInput");
        check(None, None, "HTTP status 400 Bad Request");
        check(None, Some("a\nb"), r"HTTP status 400 Bad Request: a\nb");
    }

    #[test]
    fn a_malformed_response_prints_the_reason_and_the_status() {
        let response = MalformedResponse {
            status: StatusCode::OK,
            request_id: None,
            reason: "expected a JSON object".to_owned(),
        };
        assert_eq!(
            response.to_string(),
            "the response is not what the service documents: expected a JSON object (HTTP status 200 OK)"
        );
    }
}
