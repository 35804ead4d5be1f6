use http::StatusCode;
use ops_model::{ErrorCode, Service, ServiceError};

/// Why a request is not taken.
///
/// Where AWS's message quotes the `Authorization` header or the key id, this one has an ellipsis: by mistake they hold
/// secrets more often than one would think. The canonical request, which AWS adds to a signature that does not match, is
/// left out for the same reason.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// There is no signature.
    MissingToken,
    /// The signature lacks a part, or a part cannot be read.
    Incomplete(String),
    /// The signature is for another time, region or service, or of too few headers.
    Invalid(String),
    /// The signature is not the one that the key makes of this request.
    Mismatch,
    /// There is no such key, or not with this session token.
    UnknownToken,
    /// The key has expired.
    ExpiredToken,
}

impl Refusal {
    /// A header that has to be signed is not.
    pub(super) fn unsigned(header: &str) -> Self {
        Self::Invalid(format!(
            "{header} must be a 'SignedHeader' in the AWS Authorization."
        ))
    }

    /// The answer of a service.
    ///
    /// Services that speak JSON to one path answer 400 to everything (Kinesis: <https://github.com/aws/aws-sdk-go/issues/2194>,
    /// Cognito: <https://github.com/aws/aws-sdk-php/issues/2444>), services with paths answer 403 to everything (Lambda:
    /// <https://github.com/iann0036/iamlive/issues/58>, API Gateway: <https://github.com/aws/chalice/issues/828>).
    pub(super) fn into_error(self, service: Service) -> ServiceError {
        let status = match service {
            Service::CloudMap => StatusCode::BAD_REQUEST,
            Service::KafkaConnect => StatusCode::FORBIDDEN,
        };
        let (code, message) = match self {
            Self::MissingToken => (
                ErrorCode::MissingAuthenticationTokenException,
                "Missing Authentication Token".to_owned(),
            ),
            Self::Incomplete(message) => ("IncompleteSignatureException".into(), message),
            Self::Invalid(message) => (ErrorCode::InvalidSignatureException, message),
            Self::Mismatch => (
                ErrorCode::InvalidSignatureException,
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret \
                 Access Key and signing method. Consult the service documentation for details."
                    .to_owned(),
            ),
            Self::UnknownToken => (
                ErrorCode::UnrecognizedClientException,
                "The security token included in the request is invalid.".to_owned(),
            ),
            Self::ExpiredToken => (
                ErrorCode::ExpiredTokenException,
                "The security token included in the request is expired".to_owned(),
            ),
        };
        ServiceError::new(status, code, message)
    }
}
