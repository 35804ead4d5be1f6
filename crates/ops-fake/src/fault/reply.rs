use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use ops_model::{ErrorCode, Protocol, Service, ServiceError, encode_error};
use serde_json::{Map, Value, json};

use super::{Fault, skew};
use crate::token::Lead;

const HTML: &[u8] = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n\
    <center><h1>502 Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n";

impl Fault {
    /// What the service answers instead of looking at the request.
    pub(crate) fn refusal(
        &self,
        request: &Request<Bytes>,
        now: SystemTime,
    ) -> Option<Response<Bytes>> {
        let error = match self {
            Self::Error(error) => error.clone(),
            Self::ErrorInHeader(error) => return Some(in_header(error)),
            Self::ExpiredCredentials { access_key_id } => {
                (access_key(request)? == access_key_id).then_some(())?;
                ServiceError::new(
                    StatusCode::FORBIDDEN,
                    ErrorCode::ExpiredTokenException,
                    "The security token included in the request is expired",
                )
            }
            Self::SkewedClock { .. } => skew::refusal(request, now)?,
            _ => return None,
        };
        Some(encode_error(Protocol::of(request), &error))
    }

    /// Where the token of a page leads. `number` is the exchange's own; tokens that lead on have the nonce 0.
    pub(crate) const fn lead(&self, number: u64) -> Lead {
        match self {
            Self::RepeatedToken { pages } => Lead::Back { pages: *pages },
            Self::DuplicatePage => Lead::Again { nonce: number + 1 },
            _ => Lead::On,
        }
    }

    /// Makes of the right response what the client gets.
    pub(crate) fn spoil(&self, service: Service, response: &mut Response<Bytes>) {
        let (list, token) = match service {
            Service::CloudMap => ("Operations", "NextToken"),
            Service::KafkaConnect => ("connectorOperations", "nextToken"),
        };
        let body = response.body_mut();
        match self {
            Self::BadGateway => {
                *response = Response::new(Bytes::from_static(HTML));
                *response.status_mut() = StatusCode::BAD_GATEWAY;
                let html = HeaderValue::from_static("text/html");
                response.headers_mut().insert(header::CONTENT_TYPE, html);
            }
            Self::InternalError => {
                body.clear();
                *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
                response.headers_mut().remove(header::CONTENT_TYPE);
            }
            Self::ArrayBody => *body = Bytes::from_static(b"[]"),
            Self::NullBody => *body = Bytes::from_static(b"null"),
            Self::TruncatedJson => body.truncate(body.len() / 2),
            Self::ByteOrderMark => *body = [b"\xef\xbb\xbf", &body[..]].concat().into(),
            Self::MovedPermanently => redirect(response, StatusCode::MOVED_PERMANENTLY),
            Self::TemporaryRedirect => redirect(response, StatusCode::TEMPORARY_REDIRECT),
            Self::NumericToken => edit_page(body, list, |page| {
                page.insert(token.to_owned(), json!(7));
            }),
            Self::ObjectToken => edit_page(body, list, |page| {
                page.insert(token.to_owned(), json!({"next": 7}));
            }),
            Self::NullItem { index } => edit_page(body, list, |page| {
                if let Some(item) = page[list].get_mut(*index) {
                    *item = Value::Null;
                }
            }),
            _ => {}
        }
    }
}

fn in_header(error: &ServiceError) -> Response<Bytes> {
    let mut response = Response::new(Bytes::new());
    *response.status_mut() = error.status;
    if let Some(code) = &error.code
        && let Ok(code) = HeaderValue::from_str(code.as_str())
    {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    response
}

fn redirect(response: &mut Response<Bytes>, status: StatusCode) {
    *response = Response::new(Bytes::new());
    *response.status_mut() = status;
    let elsewhere = HeaderValue::from_static("/elsewhere");
    response.headers_mut().insert(header::LOCATION, elsewhere);
}

/// Changes the body of a page; a body that holds no list stays as it is.
fn edit_page(body: &mut Bytes, list: &str, edit: impl FnOnce(&mut Map<String, Value>)) {
    if let Ok(Value::Object(mut page)) = serde_json::from_slice(body)
        && page.contains_key(list)
    {
        edit(&mut page);
        *body = Value::Object(page).to_string().into();
    }
}

/// The access key that has signed a request.
fn access_key(request: &Request<Bytes>) -> Option<&str> {
    let authorization = request
        .headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?;
    let (_, credential) = authorization.split_once("Credential=")?;
    credential.split('/').next()
}
