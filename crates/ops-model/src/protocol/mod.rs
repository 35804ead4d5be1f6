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
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Uri, header};

use crate::{BaseUrl, EncodeError};

/// The longest URI that the `http` crate takes, in bytes.
const URI_MAX_LENGTH: usize = (u16::MAX - 1) as usize;

/// Room for the headers of a protocol, and for those that an attempt and a signature add.
const HEADERS: usize = 12;

/// A request to `base`, its path extended by `path_and_query` unless that is empty, with its `host` header.
fn request(
    method: Method,
    base: &BaseUrl,
    path_and_query: &str,
    body: Bytes,
) -> Result<http::Request<Bytes>, EncodeError> {
    let uri = if path_and_query.is_empty() {
        base.uri().clone()
    } else {
        extended(base.uri(), path_and_query)?
    };
    let mut request = http::Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = HeaderMap::with_capacity(HEADERS);
    request
        .headers_mut()
        .insert(header::HOST, base.host_header().clone());
    Ok(request)
}

fn extended(base: &Uri, path_and_query: &str) -> Result<Uri, EncodeError> {
    let base_path = base.path().trim_end_matches('/');
    let mut parts = base.clone().into_parts();
    let length = parts
        .scheme
        .as_ref()
        .map_or(0, |scheme| scheme.as_str().len())
        + "://".len()
        + parts
            .authority
            .as_ref()
            .map_or(0, |host| host.as_str().len())
        + base_path.len()
        + path_and_query.len();
    if length > URI_MAX_LENGTH {
        return Err(EncodeError::UriTooLong { length });
    }
    let path_and_query = PathAndQuery::try_from([base_path, path_and_query].concat())
        .expect("a checked base, percent-encoded labels and values, and short enough");
    parts.path_and_query = Some(path_and_query);
    Ok(Uri::from_parts(parts).expect("all three parts are there"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uri_has_at_most_65534_bytes() {
        for base in ["https://a", "http://b:1/c/d"] {
            let url: BaseUrl = base.parse().unwrap();
            let send = |length: usize| {
                let path = format!("/{}", "x".repeat(length - base.len() - 1));
                request(Method::GET, &url, &path, Bytes::new())
            };
            assert_eq!(send(65_534).unwrap().uri().to_string().len(), 65_534);
            assert_eq!(
                send(65_535).unwrap_err(),
                EncodeError::UriTooLong { length: 65_535 }
            );
        }
    }
}
