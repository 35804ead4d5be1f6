use bytes::Bytes;
use http::Request;
use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::uri::Scheme;

use crate::{TransportError, TransportErrorKind};

/// Refuses a request that HTTP clients would send otherwise than it stands, or not at all.
///
/// Every transport refuses such a request, before it connects; most do it by calling this. A transport whose client has
/// limits of its own adds them.
///
/// # Errors
///
/// [`TransportErrorKind::Request`], with the reason as its cause, if
///
/// * the URI is neither `http` nor `https`, or names a user;
/// * there is a `transfer-encoding`, which is up to the transport;
/// * there is more than one `host`, or a `content-length` that is not the length of the body.
///
/// ```
/// use bytes::Bytes;
/// use ops_transport::check_request;
///
/// let request = http::Request::get("/relative").body(Bytes::new())?;
/// assert!(check_request(&request).is_err());
/// # Ok::<(), http::Error>(())
/// ```
pub fn check_request(request: &Request<Bytes>) -> Result<(), TransportError> {
    let refuse =
        |reason: &str| Err(TransportError::new(TransportErrorKind::Request).with_source(reason));
    let (uri, headers) = (request.uri(), request.headers());
    if uri.scheme() != Some(&Scheme::HTTP) && uri.scheme() != Some(&Scheme::HTTPS) {
        return refuse("its URI is neither http nor https");
    }
    // An http or https URI has an authority: the `http` crate parses none without.
    if uri
        .authority()
        .is_some_and(|authority| authority.as_str().contains('@'))
    {
        return refuse("its URI holds a user name");
    }
    if headers.contains_key(TRANSFER_ENCODING) {
        return refuse("it sets transfer-encoding, which is up to the transport");
    }
    if headers.get_all(HOST).iter().count() > 1 {
        return refuse("it has more than one host header");
    }
    let length = request.body().len().to_string();
    let lengths = headers.get_all(CONTENT_LENGTH);
    if lengths.iter().count() > 1 || lengths.iter().any(|it| it.as_bytes() != length.as_bytes()) {
        return refuse("its content-length is not the length of its body");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn a_request_that_cannot_be_sent_as_it_stands_is_refused() {
        let check = |uri: &str, headers: &[(&str, &str)], reason: Option<&str>| {
            let mut request = Request::post(uri);
            for &(name, value) in headers {
                request = request.header(name, value);
            }
            let request = request.body(Bytes::from_static(b"abc")).expect("a request");
            let refused = check_request(&request).err().map(|error| {
                assert_eq!(error.kind(), TransportErrorKind::Request);
                error.source().expect("a reason").to_string()
            });
            assert_eq!(refused.as_deref(), reason, "{uri} {headers:?}");
        };
        let uri = "https://service.test/";
        check(uri, &[], None);
        check("http://service.test:8080/a?b", &[("host", "other")], None);
        check(uri, &[("content-length", "3")], None);
        let reason = Some("its URI is neither http nor https");
        check("/relative", &[], reason);
        check("ftp://service.test/", &[], reason);
        let reason = Some("its URI holds a user name");
        check("http://me:secret@service.test/", &[], reason);
        let reason = Some("it sets transfer-encoding, which is up to the transport");
        check(uri, &[("transfer-encoding", "chunked")], reason);
        let reason = Some("it has more than one host header");
        check(uri, &[("host", "a"), ("host", "b")], reason);
        let reason = Some("its content-length is not the length of its body");
        check(uri, &[("content-length", "4")], reason);
        check(uri, &[("content-length", "x")], reason);
        check(uri, &[("content-length", "+3")], reason);
        let twice = [("content-length", "3"), ("content-length", "3")];
        check(uri, &twice, reason);
    }
}
