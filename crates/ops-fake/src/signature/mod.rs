//! Whether a request is signed with one of the service's keys, and what AWS answers if it is not.
//!
//! The checks come in the order in which AWS was seen to make them, and with the messages that it gave. They were
//! written down for Kinesis and DynamoDB, which speak JSON as Cloud Map does, by tests that ran against both:
//! <https://github.com/mhart/kinesalite/blob/master/test/connection.js>,
//! <https://github.com/mhart/dynalite/blob/master/index.js>.

mod authorization;
mod key;
mod refusal;
mod sign;
mod time;

use bytes::Bytes;
use http::{HeaderMap, Request};
use ops_model::{Protocol, Region, Service, ServiceError, Timestamp};
use subtle::ConstantTimeEq;

pub use key::AccessKey;

use authorization::{Authorization, Scope};
use refusal::Refusal;
use time::SigningTime;

const X_AMZ_DATE: &str = "x-amz-date";
const X_AMZ_SECURITY_TOKEN: &str = "x-amz-security-token";

/// The keys and the region that requests have to be signed with.
pub(crate) struct Verifier {
    pub(crate) keys: Vec<AccessKey>,
    /// Any, if this is none.
    pub(crate) region: Option<Region>,
}

impl Verifier {
    /// The service's answer to a request that is not signed as it has to be at this time.
    ///
    /// What the request asks for is not looked at: whoever is not known learns nothing about it.
    pub(crate) fn verify(
        &self,
        request: &Request<Bytes>,
        now: Timestamp,
    ) -> Result<(), ServiceError> {
        let service = match Protocol::of(request) {
            Protocol::RestJson1 => Service::KafkaConnect,
            _ => Service::CloudMap,
        };
        self.check(request, service, now)
            .map_err(|refusal| refusal.into_error(service))
    }

    fn check(
        &self,
        request: &Request<Bytes>,
        service: Service,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let headers = request.headers();
        let authorization = Authorization::of(headers)?;
        let time = SigningTime::of(headers)?;
        time.check(now)?;
        check_signed(headers, authorization.signed_headers)?;
        authorization.check_algorithm()?;
        let scope = Scope::of(authorization.credential)?;
        scope.check(self.region.as_ref(), service, time)?;
        let key = self.key(&scope, headers, now)?;

        let signature = sign::signature(request, authorization.signed_headers, &scope, time, key)
            .ok_or(Refusal::Mismatch)?;
        let given = authorization.signature.as_bytes();
        if bool::from(signature.as_bytes().ct_eq(given)) {
            Ok(())
        } else {
            Err(Refusal::Mismatch)
        }
    }

    /// The key that the scope and the session token name.
    fn key(
        &self,
        scope: &Scope<'_>,
        headers: &HeaderMap,
        now: Timestamp,
    ) -> Result<&AccessKey, Refusal> {
        let token = headers
            .get(X_AMZ_SECURITY_TOKEN)
            .map(http::HeaderValue::as_bytes);
        let key = self
            .keys
            .iter()
            .find(|key| key.id() == scope.key_id && key.has_session_token(token))
            .ok_or(Refusal::UnknownToken)?;
        if key.is_expired(now) {
            return Err(Refusal::ExpiredToken);
        }
        Ok(key)
    }
}

/// `host` has to be signed, and so does every `x-amz-*` header that is there.
///
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>
fn check_signed(headers: &HeaderMap, signed: &str) -> Result<(), Refusal> {
    let is_signed = |name: &str| {
        signed
            .split(';')
            .any(|signed| signed.eq_ignore_ascii_case(name))
    };
    if !is_signed("host") {
        // https://github.com/aws/aws-sdk-php/issues/2469
        return Err(Refusal::unsigned("'Host' or ':authority'"));
    }
    let unsigned = headers
        .keys()
        .find(|name| name.as_str().starts_with("x-amz-") && !is_signed(name.as_str()));
    match unsigned {
        Some(name) => Err(Refusal::unsigned(&format!("'{name}'"))),
        None => Ok(()),
    }
}
