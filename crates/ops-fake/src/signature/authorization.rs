use http::{HeaderMap, header};
use ops_model::{Region, Service};

use super::refusal::Refusal;
use super::time::SigningTime;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const TERMINATOR: &str = "aws4_request";

/// The parts of an `Authorization` header.
pub(super) struct Authorization<'a> {
    algorithm: &'a str,
    pub(super) credential: &'a str,
    pub(super) signed_headers: &'a str,
    pub(super) signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// Reads `{algorithm} Credential=…, SignedHeaders=…, Signature=…`: in any order, with commas, spaces or both between
    /// them, empty ones included.
    ///
    /// All that is missing is named at once, the time among it: <https://github.com/aws/chalice/issues/828>.
    pub(super) fn of(headers: &'a HeaderMap) -> Result<Self, Refusal> {
        let header = headers
            .get(header::AUTHORIZATION)
            .ok_or(Refusal::MissingToken)?;
        // What is no ASCII has none of the parts.
        let text = header.to_str().unwrap_or_default().trim();
        let (algorithm, rest) = text.split_once(' ').unwrap_or((text, ""));
        let mut parts = [
            ("Credential", None),
            ("Signature", None),
            ("SignedHeaders", None),
        ];
        for part in rest.split([',', ' ']).filter(|part| !part.is_empty()) {
            // https://github.com/awslabs/fhir-works-on-aws-deployment/issues/379
            let (name, value) = part.split_once('=').ok_or_else(|| {
                Refusal::Incomplete(
                    "'…' not a valid key=value pair (missing equal-sign) in Authorization header: '…'."
                        .to_owned(),
                )
            })?;
            if let Some((_, part)) = parts.iter_mut().find(|(known, _)| *known == name) {
                *part = Some(value);
            }
        }
        if let [
            (_, Some(credential)),
            (_, Some(signature)),
            (_, Some(signed_headers)),
        ] = parts
            && SigningTime::is_given(headers)
        {
            return Ok(Self {
                algorithm,
                credential,
                signed_headers,
                signature,
            });
        }
        let mut message: String = parts
            .iter()
            .filter(|(_, value)| value.is_none())
            .map(|(name, _)| format!("Authorization header requires '{name}' parameter. "))
            .collect();
        if !SigningTime::is_given(headers) {
            message += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
        }
        message += "Authorization=…";
        Err(Refusal::Incomplete(message))
    }

    pub(super) fn check_algorithm(&self) -> Result<(), Refusal> {
        if self.algorithm == ALGORITHM {
            return Ok(());
        }
        Err(Refusal::Incomplete(format!(
            "Unsupported AWS 'algorithm': '{}' (only {ALGORITHM} for now). ",
            self.algorithm
        )))
    }
}

/// What a signature is for: `{key id}/{date}/{region}/{service}/aws4_request`.
pub(super) struct Scope<'a> {
    pub(super) key_id: &'a str,
    date: &'a str,
    pub(super) region: &'a str,
    pub(super) service: &'a str,
    terminator: &'a str,
}

impl<'a> Scope<'a> {
    pub(super) fn of(credential: &'a str) -> Result<Self, Refusal> {
        let elements: Vec<&str> = credential.split('/').collect();
        let &[key_id, date, region, service, terminator] = &elements[..] else {
            // https://github.com/prometheus-community/yet-another-cloudwatch-exporter/issues/169
            return Err(Refusal::Incomplete(
                "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '…'"
                    .to_owned(),
            ));
        };
        Ok(Self {
            key_id,
            date,
            region,
            service,
            terminator,
        })
    }

    /// Whether it is for this region (any, if that is none), this service and the date of this time. All that is wrong is
    /// named at once, each with a space behind it: <https://github.com/aws/aws-sdk-ruby/issues/431>.
    pub(super) fn check(
        &self,
        region: Option<&Region>,
        service: Service,
        time: SigningTime,
    ) -> Result<(), Refusal> {
        let mut message = String::new();
        let is_valid_region = match region {
            Some(region) => self.region == region.as_str(),
            None => self.region.parse::<Region>().is_ok(),
        };
        if !is_valid_region {
            message += &format!(
                "Credential should be scoped to a valid region, not '{}'. ",
                self.region
            );
        }
        if self.service != service.signing_name() {
            message += &format!(
                "Credential should be scoped to correct service: '{}'. ",
                service.signing_name()
            );
        }
        if self.terminator != TERMINATOR {
            message += &format!(
                "Credential should be scoped with a valid terminator: '{TERMINATOR}', not '{}'. ",
                self.terminator
            );
        }
        if self.date != time.date() {
            // https://github.com/tedder/requests-aws4auth/issues/7
            message += &format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '{}' != '{}', \
                 from '{time}'. ",
                self.date,
                time.date()
            );
        }
        if message.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Invalid(message))
        }
    }
}
