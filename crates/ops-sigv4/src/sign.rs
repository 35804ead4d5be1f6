use std::time::{Duration, UNIX_EPOCH};

use aws_credential_types::Credentials as AwsCredentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::uri::Scheme;
use http::{HeaderName, HeaderValue, Request, Uri};
use ops_client::{Credentials, Sign, SignError, SigningContext};
use tracing::dispatcher::{Dispatch, with_default};

/// Signs with AWS Signature Version 4, in the request's headers.
///
/// * Every header of the request is signed, save those that retries, transports and proxies set or change:
///   `user-agent`, `amz-sdk-request`, `amz-sdk-invocation-id`, `content-length`, `accept-encoding`, `expect`,
///   `x-amzn-trace-id` and the hop-by-hop ones. A missing `host` is signed as the URI's host, with its port unless
///   that is the scheme's default, and not added.
/// * The canonical path is the path on the wire, its dot segments and empty segments removed, percent-encoded once
///   more: `a%2F..%2Fb` is one segment and becomes `a%252F..%252Fb`.
/// * The body's SHA-256 is signed; `x-amz-content-sha256` is not added.
/// * `authorization`, `x-amz-date` and, with temporary credentials, `x-amz-security-token` are set, or replaced if
///   they are there. The first and the last are marked [sensitive](HeaderValue::set_sensitive).
///
/// Signing fails, and leaves the request as it was, if a signed header is not visible ASCII, if the request names no
/// host, if the key id or the session token cannot be a header's value, if the query is longer than some 20 kB, or if the
/// time is not in the years 1970 to 9999.
///
/// AWS: [Create a signed request](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
#[derive(Clone, Copy, Debug, Default)]
pub struct SigV4;

impl Sign for SigV4 {
    fn sign(
        &self,
        request: &mut Request<Bytes>,
        context: &SigningContext<'_>,
    ) -> Result<(), SignError> {
        for (name, value) in signature_headers(request, context)? {
            request.headers_mut().insert(name, value);
        }
        if context.credentials.session_token().is_none() {
            request.headers_mut().remove(X_AMZ_SECURITY_TOKEN);
        }
        Ok(())
    }
}

const X_AMZ_DATE: HeaderName = HeaderName::from_static("x-amz-date");
const X_AMZ_SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// What an earlier signature left: replaced, not signed.
const REPLACED: [HeaderName; 3] = [AUTHORIZATION, X_AMZ_DATE, X_AMZ_SECURITY_TOKEN];

/// What may differ between signing and arrival.
const UNSIGNED: [&str; 15] = [
    "accept-encoding",
    "amz-sdk-invocation-id",
    "amz-sdk-request",
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

/// The first second of the year 10000, which `x-amz-date` cannot write.
const END_OF_TIME: Duration = Duration::from_secs(253_402_300_800);

fn signature_headers(
    request: &Request<Bytes>,
    context: &SigningContext<'_>,
) -> Result<Vec<(HeaderName, HeaderValue)>, SignError> {
    // aws-sigv4 panics on a time that the `time` crate cannot hold.
    if !matches!(context.time.duration_since(UNIX_EPOCH), Ok(since) if since < END_OF_TIME) {
        return Err(SignError::new(
            "the time of signing is not in the years 1970 to 9999",
        ));
    }

    let target = signing_target(request.uri())?;
    let mut headers = Vec::with_capacity(request.headers().len() + 1);
    for (name, value) in request.headers() {
        if REPLACED.contains(name) || UNSIGNED.contains(&name.as_str()) {
            continue;
        }
        let value = value
            .to_str()
            .map_err(|_| SignError::new(format!("the header `{name}` is not visible ASCII")))?;
        headers.push((name.as_str(), value));
    }
    let host;
    if !request.headers().contains_key(HOST) {
        host = host_of(request.uri())
            .ok_or_else(|| SignError::new("neither the headers nor the URI name a host"))?;
        headers.push((HOST.as_str(), &host));
    }

    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Double;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Enabled;
    settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
    settings.signature_location = SignatureLocation::Headers;
    settings.excluded_headers = None;
    let identity = identity(context.credentials);
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(context.region)
        .name(context.service)
        .time(context.time)
        .settings(settings)
        .build()
        .map_err(SignError::new)?
        .into();
    let signable = SignableRequest::new(
        request.method().as_str(),
        target,
        headers.into_iter(),
        SignableBody::Bytes(request.body()),
    )
    .map_err(SignError::new)?;
    // aws-sigv4 tells `tracing` the whole query, and a page token is in it.
    let (instructions, _signature) = with_default(&Dispatch::none(), || sign(signable, &params))
        .map_err(SignError::new)?
        .into_parts();

    // Not `apply_to_request_http1x`: it panics where a key id cannot be a header's value.
    let (headers, _no_query) = instructions.into_parts();
    headers
        .iter()
        .map(|header| {
            let name = HeaderName::from_static(header.name());
            let mut value = HeaderValue::from_str(header.value()).map_err(SignError::new)?;
            value.set_sensitive(name != X_AMZ_DATE);
            Ok((name, value))
        })
        .collect()
}

/// Path and query. The authority is left out: it is signed as `host`.
fn signing_target(uri: &Uri) -> Result<String, SignError> {
    // aws-sigv4 panics if the query, decoded and encoded again, makes an over-long URI; three times its length and a
    // `=` is the most that can happen. Servers refuse shorter ones.
    const MAX_URI: usize = 65_534;
    let path = match uri.path() {
        "" => "/",
        path => path,
    };
    match uri.query() {
        Some(query) if path.len() + 3 * query.len() + 2 > MAX_URI => {
            Err(SignError::new("the URI's query is too long to sign"))
        }
        Some(query) => Ok(format!("{path}?{query}")),
        None => Ok(path.to_owned()),
    }
}

/// As the transports write it: without user information and without a default port.
fn host_of(uri: &Uri) -> Option<String> {
    let host = uri.host()?;
    let default_port = match uri.scheme() {
        Some(scheme) if *scheme == Scheme::HTTP => Some(80),
        Some(scheme) if *scheme == Scheme::HTTPS => Some(443),
        _ => None,
    };
    match uri.port_u16() {
        Some(port) if Some(port) != default_port => Some(format!("{host}:{port}")),
        _ => Some(host.to_owned()),
    }
}

fn identity(credentials: &Credentials) -> Identity {
    AwsCredentials::new(
        credentials.access_key_id(),
        credentials.secret_access_key(),
        credentials.session_token().map(str::to_owned),
        credentials.expires_at(),
        "ops",
    )
    .into()
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    const TIME: u64 = 1_788_093_360;

    fn long_term() -> Credentials {
        Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    }

    fn temporary() -> Credentials {
        Credentials::new(
            "ASIAEXAMPLETEMP00000",
            "tEmP/SeCrEt+KeY/ExAmPlE0123456789abcdEFG",
        )
        .with_session_token("IQoJb3JpZ2luX2VjEXAMPLE//////////wEaCXVzLWVhc3QtMSJGMEQCIH+abc/def==")
    }

    fn request(
        method: &str,
        uri: &str,
        headers: &[(&str, &str)],
        body: &'static str,
    ) -> Request<Bytes> {
        let mut request = Request::builder().method(method).uri(uri);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Bytes::from_static(body.as_bytes())).unwrap()
    }

    fn list(headers: &[(&str, &str)]) -> Request<Bytes> {
        let json = [
            ("content-type", "application/x-amz-json-1.1"),
            ("x-amz-target", "Route53AutoNaming_v20170314.ListOperations"),
        ];
        let headers: Vec<_> = json.iter().chain(headers).copied().collect();
        request(
            "POST",
            "https://servicediscovery.us-east-1.amazonaws.com/",
            &headers,
            "{}",
        )
    }

    fn signed(
        mut request: Request<Bytes>,
        credentials: &Credentials,
        region: &str,
        service: &str,
    ) -> Request<Bytes> {
        let time = UNIX_EPOCH + Duration::from_secs(TIME);
        let context = SigningContext::new(credentials, region, service, time);
        SigV4.sign(&mut request, &context).unwrap();
        request
    }

    fn authorization(request: &Request<Bytes>) -> &str {
        request.headers()[AUTHORIZATION].to_str().unwrap()
    }

    /// `list` without further headers, as botocore signs it.
    const LIST: &str = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260830/us-east-1/servicediscovery/aws4_request, \
        SignedHeaders=content-type;host;x-amz-date;x-amz-target, \
        Signature=251642a6a215409c3d3c9891e5f554fae8a231b0b2dcd49f35d3a300906ddbac";

    fn check_list(headers: &[(&str, &str)]) {
        let request = signed(list(headers), &long_term(), "us-east-1", "servicediscovery");
        assert_eq!(authorization(&request), LIST, "{headers:?}");
    }

    #[test]
    fn signs_what_botocore_signs() {
        check_list(&[]);
    }

    /// Rows of botocore: each path and query, and the signature of a GET of it.
    #[test]
    fn the_path_is_encoded_once_more_and_normalised() {
        for (target, signature) in [
            (
                "/v1/connectors/a%2F..%2Fb/operations",
                "e85c936834546224e3c39bd16833703c36f7676dc06b4b0aa76abc599a02ad40",
            ),
            (
                "/v1/connectorOperations/%2F%2Fa%2F%2F",
                "addd7ae5eb0f8ab71c678ef3f7291c0d4e5f5df06992722a5f9efc2094ecd429",
            ),
            (
                "/v1/connectors/./operations",
                "a1683e3f54d8feb0b6b1d1b24a5e2968c3215e1fb8e16cb89c19e5f73422046e",
            ),
            (
                "/v1/connectors/../operations",
                "2bcae48dcb1d44ebb8fa3cdfabc4b51b462fd3a9eb28eb5da1c131fbd807b746",
            ),
            (
                "/v1/connectors/arn%3Aaws%3Akafkaconnect%3Aus-east-1%3A123456789012%3Aconnector%2Fmy-connector%2F0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4/operations?nextToken=eyJ2IjoyLCJjIjoiQUJDREVGK2doaS9qa2w9In0%2B%2F%3D%3D",
                "6fc5ceb418f8ef8ba00b6d1620389abd67cd9fb0412df8d156c6a5b5b5895438",
            ),
        ] {
            let uri = format!("https://kafkaconnect.us-east-1.amazonaws.com{target}");
            let request = signed(
                request("GET", &uri, &[], ""),
                &long_term(),
                "us-east-1",
                "kafkaconnect",
            );
            assert_eq!(
                authorization(&request),
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260830/us-east-1/kafkaconnect/aws4_request, \
                     SignedHeaders=host;x-amz-date, Signature={signature}"
                ),
                "{target}"
            );
            assert_eq!(request.uri(), uri.as_str());
        }
    }

    #[test]
    fn a_session_token_is_added_and_signed() {
        let uri = "https://kafkaconnect.eu-central-1.amazonaws.com/v1/connectorOperations/arn%3Aaws%3Akafkaconnect%3Aus-east-1%3A123456789012%3Aconnector-operation%2Fmy-connector%2F0f9a1c55-9a3a-4a6e-9b57-0c2e2a7f5d2e-4%2F7f6c2d1e-8b9a-4c3d-a1b2-c3d4e5f60718";
        let request = signed(
            request("GET", uri, &[], ""),
            &temporary(),
            "eu-central-1",
            "kafkaconnect",
        );
        assert_eq!(
            authorization(&request),
            "AWS4-HMAC-SHA256 Credential=ASIAEXAMPLETEMP00000/20260830/eu-central-1/kafkaconnect/aws4_request, \
             SignedHeaders=host;x-amz-date;x-amz-security-token, \
             Signature=3922d311a7fcc78d540f8bb226d55326a822e6eea2b25469f8442392183aaeaf"
        );
        assert_eq!(
            request.headers()[X_AMZ_SECURITY_TOKEN],
            temporary().session_token().unwrap()
        );
    }

    #[test]
    fn adds_its_headers_and_nothing_else() {
        for (credentials, added) in [
            (long_term(), &["authorization", "x-amz-date"][..]),
            (
                temporary(),
                &["authorization", "x-amz-date", "x-amz-security-token"],
            ),
        ] {
            let before = list(&[("user-agent", "ops")]);
            let mut after = signed(
                before.clone(),
                &credentials,
                "us-east-1",
                "servicediscovery",
            );
            assert_eq!(after.headers()[X_AMZ_DATE], "20260830T123600Z");
            for name in added {
                assert!(after.headers_mut().remove(*name).is_some(), "{name}");
            }
            assert_eq!(after.headers(), before.headers());
            assert_eq!(after.body(), before.body());
        }
    }

    #[test]
    fn secrets_are_sensitive_headers() {
        let request = signed(list(&[]), &temporary(), "us-east-1", "servicediscovery");
        assert!(request.headers()[AUTHORIZATION].is_sensitive());
        assert!(request.headers()[X_AMZ_SECURITY_TOKEN].is_sensitive());
        assert!(!request.headers()[X_AMZ_DATE].is_sensitive());
    }

    #[test]
    fn headers_that_change_on_the_way_are_not_signed() {
        for name in UNSIGNED {
            check_list(&[(name, "anything")]);
        }
    }

    #[test]
    fn every_other_header_is_signed() {
        let request = list(&[
            ("X-Amz-Meta", "b"),
            ("x-amz-meta", "  a   a "),
            ("accept", "*/*"),
        ]);
        let request = signed(request, &long_term(), "us-east-1", "servicediscovery");
        assert!(authorization(&request).contains(
            "SignedHeaders=accept;content-type;host;x-amz-date;x-amz-meta;x-amz-target,"
        ));
    }

    #[test]
    fn host_is_the_header_or_else_the_uris() {
        const HOST_NAME: &str = "servicediscovery.us-east-1.amazonaws.com";
        check_list(&[("host", HOST_NAME)]);
        for (uri, expected) in [
            ("https://a.example/", Some("a.example")),
            ("https://a.example:443/", Some("a.example")),
            ("http://a.example:80/", Some("a.example")),
            ("https://a.example:80/", Some("a.example:80")),
            ("http://localhost:4566", Some("localhost:4566")),
            ("http://[::1]:4566/", Some("[::1]:4566")),
            ("https://user:canary@a.example/", Some("a.example")),
            ("a.example:443", Some("a.example:443")),
            ("/", None),
        ] {
            assert_eq!(host_of(&uri.parse().unwrap()).as_deref(), expected, "{uri}");
        }
    }

    #[test]
    fn any_form_of_uri_is_signed() {
        let headers = [("host", "a.example")];
        for (uri, same_as) in [
            ("/", "https://a.example/"),
            ("a.example:443", "https://a.example/"),
            ("https://a.example", "https://a.example/"),
            ("https://a.example?x=1", "https://a.example/?x=1"),
            ("https://a.example/?", "https://a.example/"),
        ] {
            let [one, other] = [uri, same_as].map(|uri| {
                let request = request("GET", uri, &headers, "");
                authorization(&signed(request, &long_term(), "us-east-1", "kafkaconnect"))
                    .to_owned()
            });
            assert_eq!(one, other, "{uri}");
        }
    }

    #[test]
    fn signing_again_replaces_the_signature() {
        let first = signed(list(&[]), &temporary(), "eu-central-1", "servicediscovery");
        let second = signed(first, &long_term(), "us-east-1", "servicediscovery");
        assert_eq!(authorization(&second), LIST);
        assert_eq!(second.headers().get_all(AUTHORIZATION).iter().count(), 1);
        assert!(!second.headers().contains_key(X_AMZ_SECURITY_TOKEN));
    }

    /// The cause of the refusal, which leaves the request as it was and shows no canary.
    fn refused(request: Request<Bytes>, credentials: &Credentials, time: u64) -> String {
        let mut after = request.clone();
        let time = UNIX_EPOCH + Duration::from_secs(time);
        let context = SigningContext::new(credentials, "us-east-1", "servicediscovery", time);
        let error = SigV4.sign(&mut after, &context).unwrap_err();
        assert_eq!(after.headers(), request.headers());
        assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        error.source().unwrap().to_string()
    }

    #[test]
    fn what_cannot_be_signed_is_refused_without_a_panic() {
        let long_query = format!("https://a.example/?t={}", "+".repeat(30_000));
        let not_ascii = "canary-\u{e4}";
        for (request, credentials, time, expected) in [
            (
                list(&[("x-amz-meta", not_ascii)]),
                long_term(),
                TIME,
                "the header `x-amz-meta` is not visible ASCII",
            ),
            (
                request("GET", "/", &[], ""),
                long_term(),
                TIME,
                "neither the headers nor the URI name a host",
            ),
            (
                request("GET", &long_query, &[], ""),
                long_term(),
                TIME,
                "the URI's query is too long to sign",
            ),
            (
                list(&[]),
                long_term(),
                253_402_300_800,
                "the time of signing is not in the years 1970 to 9999",
            ),
            (
                list(&[]),
                long_term(),
                u64::from(u32::MAX) << 30,
                "the time of signing is not in the years 1970 to 9999",
            ),
            (
                list(&[]),
                Credentials::new("canary\n", "canary"),
                TIME,
                "failed to parse header value",
            ),
            (
                list(&[]),
                long_term().with_session_token("canary\n"),
                TIME,
                "failed to create canonical request",
            ),
        ] {
            assert_eq!(refused(request, &credentials, time), expected);
        }
    }

    #[test]
    fn debug_is_the_name() {
        assert_eq!(format!("{SigV4:?}"), "SigV4");
    }
}
