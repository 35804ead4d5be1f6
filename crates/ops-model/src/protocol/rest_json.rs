//! restJson1, MSK Connect's protocol.
//!
//! <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html>

use bytes::Bytes;
use http::Method;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use super::fault::serialization_error;
use crate::{BaseUrl, EncodeError, Service, ServiceError};

pub(crate) const CONTENT_TYPE: &str = "application/json";

/// Everything but RFC 3986's unreserved characters.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// `GET {before}{label}{after}?{query}`, without a body.
pub(crate) fn request(
    base: &BaseUrl,
    before: &str,
    label: &str,
    after: &str,
    query: &[(&str, Option<&str>)],
) -> Result<http::Request<Bytes>, EncodeError> {
    // More than an ARN and a token take, most often.
    let mut target = String::with_capacity(512);
    target.push_str(before);
    target.extend(utf8_percent_encode(label, RESERVED));
    target.push_str(after);
    let mut separator = '?';
    for (name, value) in query {
        if let Some(value) = value {
            target.push(separator);
            target.extend([*name, "="]);
            target.extend(utf8_percent_encode(value, RESERVED));
            separator = '&';
        }
    }
    super::request(Method::GET, base, &target, Bytes::new())
}

/// The label between `before` and `after` in a request's path, still encoded.
pub(crate) fn label<'a>(path: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let label = path.strip_prefix(before)?.strip_suffix(after)?;
    (!label.contains('/')).then_some(label)
}

/// Undoes the percent-encoding of a label or a query value; `None` if it is no UTF-8.
pub(crate) fn decoded(text: &str) -> Option<String> {
    percent_decode_str(text).decode_utf8().ok().map(Into::into)
}

/// The first value of a query member, still encoded.
pub(crate) fn query_member<'a>(query: Option<&'a str>, name: &str) -> Option<&'a str> {
    query?.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key)? == name).then_some(value)
    })
}

/// The ARN in the path of a request, as the service reads it.
pub(crate) fn arn(
    request: &http::Request<Bytes>,
    before: &str,
    after: &str,
) -> Result<String, ServiceError> {
    label(request.uri().path(), before, after)
        .and_then(decoded)
        .ok_or_else(|| serialization_error(Service::KafkaConnect, "the path holds no ARN in UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_and_values_are_encoded_but_for_unreserved_characters() {
        let base = "https://kafkaconnect.us-east-1.amazonaws.com/prefix/"
            .parse()
            .unwrap();
        let query = [("a", Some("x +/=é~")), ("b", None), ("c", Some(""))];
        let request = request(&base, "/v1/", "arn:aws/é.-_~", "/end", &query).unwrap();
        assert_eq!(
            request.uri().path_and_query().unwrap().as_str(),
            "/prefix/v1/arn%3Aaws%2F%C3%A9.-_~/end?a=x%20%2B%2F%3D%C3%A9~&c="
        );
        let query = request.uri().query();
        assert_eq!(
            query_member(query, "a").and_then(decoded).as_deref(),
            Some("x +/=é~")
        );
        assert_eq!(query_member(query, "b"), None);
        assert_eq!(query_member(query, "c"), Some(""));
        let label = label(request.uri().path(), "/prefix/v1/", "/end").unwrap();
        assert_eq!(decoded(label).as_deref(), Some("arn:aws/é.-_~"));
        assert_eq!(decoded("%FF"), None);
    }

    #[test]
    fn a_uri_beyond_what_http_takes_is_an_error() {
        let base = "https://example.com".parse().unwrap();
        let error = request(&base, "/", &"a".repeat(70_000), "", &[]).unwrap_err();
        assert_eq!(error, EncodeError::UriTooLong { length: 70_020 });
    }
}
