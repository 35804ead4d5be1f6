use std::error::Error as StdError;
use std::fmt;

use ops_model::{
    BadItem, Checkpoint, CheckpointError, EncodeError, EndReason, MalformedResponse, ServiceError,
    TokenCycle,
};
use ops_transport::{TransportError, TransportErrorKind};

use crate::endpoint::InvalidEndpoint;
use crate::retry::RetryClass;
use crate::{CredentialsError, SignError};

/// What went wrong with a call or a listing, and where it can go on.
///
/// `Display` says it in one line: the operation, AWS's code and message, the number of attempts and the request id. It
/// shows no secret, no page token and no body. Ask with the predicates rather than by matching on
/// [`kind`](Self::kind).
///
/// # Troubleshooting
///
/// * [`is_credentials`](Self::is_credentials): there are no credentials, or the service rejects them. Check which
///   profile or environment is in effect, and the clock.
/// * [`is_timeout`](Self::is_timeout): a deadline ran out. [`checkpoint`](Self::checkpoint) is where to go on.
/// * [`is_throttled`](Self::is_throttled): the service asked for less, and went on asking. Try again later.
/// * [`is_bad_item`](Self::is_bad_item): one item of a page cannot be read. The listing goes on after it.
///
/// ```
/// use ops_client::{BlockingClient, RetryPolicy, Session};
/// use ops_fake::Script;
/// use ops_model::EndpointParams;
/// use ops_model::cloud_map::ListOperations;
///
/// let script = Script::new([
///     Script::json(200, r#"{"Operations": [{"Id": "op-1", "Status": "FAIL"}], "NextToken": "t"}"#),
///     Script::json(400, r#"{"__type": "ThrottlingException", "message": "Rate exceeded"}"#),
/// ]);
/// let session = Session::new(EndpointParams::in_region("us-east-1".parse()?)).with_retry(RetryPolicy::NEVER);
/// let mut operations = BlockingClient::new(session, script).items(ListOperations::new())?;
/// assert!(operations.next().is_some_and(|operation| operation.is_ok()));
///
/// let error = operations.next().expect("a second page").unwrap_err();
/// assert!(error.is_throttled() && !error.is_timeout() && !error.is_credentials());
/// assert_eq!(error.to_string(), "ListOperations: ThrottlingException: Rate exceeded");
/// assert_eq!(error.checkpoint().and_then(|place| place.last_id()), Some("op-1"));
/// assert!(operations.next().is_none(), "a failure ends the listing; its checkpoint goes on");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    operation: &'static str,
    cause: Cause,
    attempts: u32,
    checkpoint: Option<Checkpoint>,
}

/// The kinds of [`Error`], by what they mean to the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The client is set up wrongly, or the request cannot be sent: no endpoint, no signature, a foreign checkpoint.
    /// Nothing was sent.
    Setup,
    /// There are no credentials. Nothing was sent.
    Credentials,
    /// No whole response arrived.
    Transport,
    /// The service answered with an error.
    Service,
    /// The service's answer is not what it documents.
    Response,
    /// A deadline ran out: of the attempt, the call or the listing.
    Timeout,
    /// The service repeated a page token.
    TokenCycle,
    /// One item of a page cannot be read. The listing goes on after it.
    BadItem,
    /// The caller cancelled.
    Cancelled,
}

#[derive(Debug)]
pub(crate) enum Cause {
    Endpoint(InvalidEndpoint),
    Encode(EncodeError),
    Sign(SignError),
    Checkpoint(CheckpointError),
    Credentials(CredentialsError),
    Transport(TransportError),
    Service(ServiceError),
    Malformed(MalformedResponse),
    /// A deadline ran out; what the last attempt had come to, if there was one.
    Deadline(Deadline, Option<Box<Self>>),
    /// The rate limit lets no attempt out before this deadline; what the last attempt had come to, if there was one.
    RateLimit(Deadline, Option<Box<Self>>),
    TokenCycle(TokenCycle),
    BadItem(BadItem),
    /// The caller cancelled; what the last attempt had come to, if there was one.
    Cancelled(Option<Box<Self>>),
}

/// Which deadline ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deadline {
    Call,
    Listing,
}

impl Error {
    pub(crate) fn new(operation: &'static str, cause: Cause) -> Self {
        Self(Box::new(Inner {
            operation,
            cause,
            attempts: 0,
            checkpoint: None,
        }))
    }

    pub(crate) fn with_attempts(mut self, attempts: u32) -> Self {
        self.0.attempts = attempts;
        self
    }

    pub(crate) fn with_checkpoint(mut self, checkpoint: Checkpoint) -> Self {
        self.0.checkpoint = Some(checkpoint);
        self
    }

    /// What it means to the caller.
    #[must_use]
    pub const fn kind(&self) -> ErrorKind {
        self.0.cause.kind()
    }

    /// How a listing ends that this ends.
    #[must_use]
    pub const fn end_reason(&self) -> EndReason {
        match self.kind() {
            ErrorKind::Timeout => EndReason::Deadline,
            ErrorKind::Cancelled => EndReason::Cancelled,
            ErrorKind::TokenCycle => EndReason::TokenCycle,
            _ => EndReason::Error,
        }
    }

    /// AWS's name of the operation that was called.
    #[must_use]
    pub const fn operation(&self) -> &'static str {
        self.0.operation
    }

    /// How many attempts were made.
    #[must_use]
    pub const fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The service's own error: status, code, message, request id.
    #[must_use]
    pub fn service_error(&self) -> Option<&ServiceError> {
        self.0.cause.service_error()
    }

    /// The id under which AWS support finds the last request, if its response came.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match &self.0.cause {
            Cause::Malformed(response) => response.request_id.as_deref(),
            cause => cause.service_error()?.request_id.as_deref(),
        }
    }

    /// What could not be read, if this is a bad item.
    #[must_use]
    pub fn bad_item(&self) -> Option<&BadItem> {
        match &self.0.cause {
            Cause::BadItem(item) => Some(item),
            _ => None,
        }
    }

    /// Where the listing can go on: at the page that failed, or after the bad item.
    #[must_use]
    pub fn checkpoint(&self) -> Option<&Checkpoint> {
        self.0.checkpoint.as_ref()
    }

    /// Whether a deadline ran out.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.kind() == ErrorKind::Timeout
    }

    /// Whether the service asked for less.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.service_error().is_some_and(|error| {
            RetryClass::of(error.status, error.code.as_ref()) == RetryClass::Throttling
        })
    }

    /// Whether the service has no such operation, connector or resource.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.has_code(&["OperationNotFound", "NotFoundException"])
    }

    /// Whether there are no credentials, or the service rejects them or the signature.
    #[must_use]
    pub fn is_credentials(&self) -> bool {
        self.kind() == ErrorKind::Credentials || self.has_code(&REJECTED)
    }

    /// Whether one item of a page cannot be read; the listing goes on after it.
    #[must_use]
    pub fn is_bad_item(&self) -> bool {
        self.kind() == ErrorKind::BadItem
    }

    /// Whether the caller cancelled.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.kind() == ErrorKind::Cancelled
    }

    fn has_code(&self, codes: &[&str]) -> bool {
        self.service_error()
            .and_then(|error| error.code.as_ref())
            .is_some_and(|code| codes.contains(&code.as_str()))
    }
}

/// What AWS's services answer when they reject the credentials or the signature. Most services use only a few of them.
///
/// <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>
const REJECTED: [&str; 14] = [
    "AuthFailure",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "RequestExpired",
    "SignatureDoesNotMatch",
    "UnauthorizedException",
    "UnrecognizedClientException",
];

impl Cause {
    /// What the last attempt had come to, if something else ended the call.
    fn last(&self) -> Option<&Self> {
        match self {
            Self::Deadline(_, last) | Self::RateLimit(_, last) | Self::Cancelled(last) => {
                last.as_deref()
            }
            _ => None,
        }
    }

    const fn kind(&self) -> ErrorKind {
        match self {
            Self::Endpoint(_) | Self::Encode(_) | Self::Sign(_) | Self::Checkpoint(_) => {
                ErrorKind::Setup
            }
            Self::Credentials(_) => ErrorKind::Credentials,
            Self::Transport(error) => match error.kind() {
                TransportErrorKind::Timeout => ErrorKind::Timeout,
                _ => ErrorKind::Transport,
            },
            Self::Service(_) => ErrorKind::Service,
            Self::Malformed(_) => ErrorKind::Response,
            Self::Deadline(..) | Self::RateLimit(..) => ErrorKind::Timeout,
            Self::TokenCycle(_) => ErrorKind::TokenCycle,
            Self::BadItem(_) => ErrorKind::BadItem,
            Self::Cancelled(_) => ErrorKind::Cancelled,
        }
    }

    fn service_error(&self) -> Option<&ServiceError> {
        match self {
            Self::Service(error) => Some(error),
            cause => cause.last()?.service_error(),
        }
    }

    fn as_error(&self) -> Option<&(dyn StdError + 'static)> {
        Some(match self {
            Self::Endpoint(error) => error,
            Self::Encode(error) => error,
            Self::Sign(error) => error,
            Self::Checkpoint(error) => error,
            Self::Credentials(error) => error,
            Self::Transport(error) => error,
            Self::Service(error) => error,
            Self::Malformed(error) => error,
            Self::Deadline(..) | Self::RateLimit(..) | Self::Cancelled(_) => {
                return self.last().and_then(Self::as_error);
            }
            Self::TokenCycle(error) => error,
            Self::BadItem(error) => error,
        })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deadline(which, _) => write!(f, "the time limit of {which} ran out")?,
            Self::RateLimit(which, _) => write!(
                f,
                "the rate limit lets no request out within the time limit of {which}"
            )?,
            Self::Cancelled(_) => f.write_str("cancelled")?,
            cause => {
                return cause
                    .as_error()
                    .map_or(Ok(()), |error| fmt::Display::fmt(error, f));
            }
        }
        self.last()
            .map_or(Ok(()), |last| write!(f, "; the last attempt: {last}"))
    }
}

impl fmt::Display for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Call => "the call",
            Self::Listing => "the listing",
        })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.operation(), self.0.cause)?;
        let attempts = (self.attempts() > 1).then(|| format!("{} attempts", self.attempts()));
        let request_id = self
            .request_id()
            .map(|id| format!("request id {}", id.escape_debug()));
        match (attempts, request_id) {
            (Some(attempts), Some(request_id)) => write!(f, " ({attempts}, {request_id})"),
            (Some(part), None) | (None, Some(part)) => write!(f, " ({part})"),
            (None, None) => Ok(()),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("operation", &self.0.operation)
            .field("cause", &self.0.cause)
            .field("attempts", &self.0.attempts)
            .field("checkpoint", &self.0.checkpoint)
            .finish()
    }
}

impl StdError for Error {
    /// What caused it, beyond the line that `Display` writes.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.cause.as_error().and_then(StdError::source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ops_model::ErrorCode;

    #[test]
    fn one_line_says_operation_code_message_attempts_and_request_id() {
        let mut error = ServiceError::new(
            http::StatusCode::BAD_REQUEST,
            ErrorCode::ThrottlingException,
            "Rate exceeded",
        );
        error.request_id = Some("6f2b1c1e".to_owned());
        let error = Error::new("ListOperations", Cause::Service(error)).with_attempts(3);
        assert_eq!(
            error.to_string(),
            "ListOperations: ThrottlingException: Rate exceeded (3 attempts, request id 6f2b1c1e)"
        );
        assert!(error.is_throttled() && !error.is_credentials() && !error.is_timeout());

        let last = Cause::Transport(
            TransportError::new(TransportErrorKind::Connect).with_source("refused"),
        );
        let error = Error::new(
            "GetOperation",
            Cause::Deadline(Deadline::Call, Some(Box::new(last))),
        );
        assert_eq!(
            error.to_string(),
            "GetOperation: the time limit of the call ran out; the last attempt: cannot connect"
        );
        assert_eq!(error.source().unwrap().to_string(), "refused");
        assert!(error.is_timeout());
    }
}
