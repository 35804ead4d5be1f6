//! What the calls share of HTTP and of the protocols.

pub(crate) mod aws_json;
#[cfg(feature = "cbor")]
pub(crate) mod cbor;
mod error;
pub(crate) mod fault;
pub(crate) mod json;
mod kind;
pub(crate) mod response;
pub(crate) mod rest_json;
mod route;
#[cfg(feature = "cbor")]
pub(crate) mod rpc_v2_cbor;

pub use error::encode_error;
pub use kind::Protocol;
pub use response::request_id;
pub use route::Route;

use bytes::Bytes;
use http::{HeaderValue, Method, Uri, header};

use crate::{BaseUrl, EncodeError};

/// The longest URI that the `http` crate takes, in bytes.
const URI_MAX_LENGTH: usize = (u16::MAX - 1) as usize;

/// A request to `base`, its path extended by `path_and_query`, with its `host` header.
fn request(
    method: Method,
    base: &BaseUrl,
    path_and_query: &str,
    body: Bytes,
) -> Result<http::Request<Bytes>, EncodeError> {
    let base_path = if path_and_query.is_empty() {
        base.path()
    } else {
        base.path().trim_end_matches('/')
    };
    let uri = format!("{}{base_path}{path_and_query}", base.origin());
    if uri.len() > URI_MAX_LENGTH {
        return Err(EncodeError::UriTooLong { length: uri.len() });
    }
    let mut request = http::Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = Uri::try_from(uri)
        .expect("a checked base, percent-encoded labels and values, and short enough");
    let host = HeaderValue::try_from(base.host_header()).expect("a checked host is visible ASCII");
    request.headers_mut().insert(header::HOST, host);
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_has_at_most_65534_bytes() {
        let base: BaseUrl = "https://a".parse().unwrap();
        let send = |length: usize| {
            let path = format!("/{}", "x".repeat(length - "https://a/".len()));
            request(Method::GET, &base, &path, Bytes::new())
        };
        assert_eq!(send(65_534).unwrap().uri().to_string().len(), 65_534);
        assert_eq!(
            send(65_535).unwrap_err(),
            EncodeError::UriTooLong { length: 65_535 }
        );
    }
}
