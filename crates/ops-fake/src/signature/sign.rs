use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SignatureLocation,
    SigningSettings, UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use bytes::Bytes;
use http::{HeaderMap, Request, Uri, header};
use percent_encoding::percent_decode_str;
use tracing::dispatcher::{Dispatch, with_default};

use super::X_AMZ_DATE;
use super::authorization::Scope;
use super::key::AccessKey;
use super::time::SigningTime;

/// The signature that the key makes of this request: of exactly these headers, `host;x-amz-date;…`, each of them the
/// lower-case name of a header, in ascending order. A header that is not there is signed as an empty one, but `host` as the
/// URI's.
///
/// `None` if there is none: for other lists of headers, for an `x-amz-date` that is listed and not there, and for what
/// cannot be signed without loss.
pub(super) fn signature(
    request: &Request<Bytes>,
    signed_headers: &str,
    scope: &Scope<'_>,
    time: SigningTime,
    key: &AccessKey,
) -> Option<String> {
    let names: Vec<&str> = signed_headers.split(';').collect();
    // The signer adds this one whether it is there or not.
    let is_dated = names.contains(&X_AMZ_DATE);
    if is_dated && !request.headers().contains_key(X_AMZ_DATE) {
        return None;
    }
    let mut settings = SigningSettings::default();
    settings.percent_encoding_mode = PercentEncodingMode::Double;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Enabled;
    settings.payload_checksum_kind = PayloadChecksumKind::NoHeader;
    settings.signature_location = SignatureLocation::Headers;
    settings.excluded_headers = (!is_dated).then(|| vec![X_AMZ_DATE.into()]);

    let headers = headers(request.headers(), &names)?;
    let target = target(request)?;
    let body = SignableBody::Bytes(request.body());
    let signable =
        SignableRequest::new(request.method().as_str(), target, headers.into_iter(), body).ok()?;

    // A session token is signed as any other header.
    let identity: Identity =
        Credentials::new(key.id(), key.secret(), None, None, "ops-fake").into();
    let params = v4::SigningParams::builder()
        .identity(&identity)
        .region(scope.region)
        .name(scope.service)
        .time(time.system_time())
        .settings(settings)
        .build()
        .ok()?
        .into();
    // aws-sigv4 tells `tracing` the whole query, and a page token is in it.
    let signed = with_default(&Dispatch::none(), || sign(signable, &params));
    let (_instructions, signature) = signed.ok()?.into_parts();
    Some(signature)
}

/// The headers of these names, in their order; `None` if the names are not what a signature lists.
fn headers<'a>(headers: &'a HeaderMap, names: &[&'a str]) -> Option<Vec<(&'a str, &'a str)>> {
    let lower_case = |name: &&str| !name.bytes().any(|byte| byte.is_ascii_uppercase());
    if !names.is_sorted_by(|one, next| one < next) || !names.iter().all(lower_case) {
        return None;
    }
    let mut signed = Vec::with_capacity(names.len());
    for &name in names {
        let mut values = headers.get_all(name).iter().peekable();
        if values.peek().is_none() && name != header::HOST.as_str() {
            signed.push((name, ""));
        }
        for value in values {
            signed.push((name, value.to_str().ok()?));
        }
    }
    Some(signed)
}

/// What the signer reads path, query and, without a `host` header, the host from.
fn target(request: &Request<Bytes>) -> Option<String> {
    // The signer panics if the query, decoded and encoded again, makes an over-long URI; three times its length and a `=`
    // is the most that can happen. Servers refuse shorter ones.
    const MAX_URI: usize = 65_534;
    let uri = request.uri();
    let target = if request.headers().contains_key(header::HOST) {
        path_and_query(uri)
    } else {
        // Nor does it take a URI without a host, or without a path.
        uri.scheme()?;
        uri.to_string()
    };
    let query = uri.query().unwrap_or_default();
    // Whatever is no UTF-8 is the same to the signer.
    let is_text = percent_decode_str(query).decode_utf8().is_ok();
    (is_text && target.len() + 2 * query.len() + 2 <= MAX_URI).then_some(target)
}

fn path_and_query(uri: &Uri) -> String {
    let path = match uri.path() {
        "" => "/",
        path => path,
    };
    match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    }
}
