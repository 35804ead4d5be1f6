use std::sync::Arc;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, DATE};
use http::{HeaderName, HeaderValue, Request, Response};
use ops_client::Session;
use ops_fake::VirtualClock;
use ops_model::EndpointParams;
use ops_transport::{Attempt, BlockingTransport, Transport, TransportError, TransportErrorKind};

use crate::{List, asked_for};

/// What [`time`] is, as a service writes it.
pub const DATE_TEXT: &str = "Sat, 01 Feb 2025 00:00:00 GMT";

/// A clock that stands still, at the time that the recorded responses tell: no skew is seen.
#[must_use]
pub fn time() -> VirtualClock {
    VirtualClock::starting_at(SystemTime::UNIX_EPOCH + Duration::from_secs(1_738_368_000))
}

/// A session whose requests are the same each time.
#[must_use]
pub fn session() -> Session {
    let region = "us-east-1".parse().expect("a region");
    Session::new(EndpointParams::in_region(region)).with_seed(7)
}

/// A transport that has a list at hand, and goes nowhere: what remains is the client's own work.
#[derive(Clone, Debug)]
pub struct Recorded {
    list: Arc<List>,
    pages: u32,
}

impl Recorded {
    /// A list of so many pages.
    #[must_use]
    pub fn new(list: List, pages: u32) -> Self {
        Self {
            list: Arc::new(list),
            pages,
        }
    }

    fn respond(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, TransportError> {
        let query = request.uri().query().unwrap_or_default();
        let text = [query.as_bytes(), request.body()];
        let text = text.iter().find(|text| !text.is_empty());
        let number = asked_for(text.copied().unwrap_or_default())
            .ok_or_else(|| TransportError::new(TransportErrorKind::Request))?;
        let body = self.list.page(number, self.pages);
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static("application/json")),
            (CONTENT_LENGTH, body.len().into()),
            (DATE, HeaderValue::from_static(DATE_TEXT)),
            (REQUEST_ID.0, HeaderValue::from_static(REQUEST_ID.1)),
        ];
        let mut response = Response::new(body);
        response.headers_mut().extend(headers);
        Ok(response)
    }
}

/// What AWS's responses have beside.
pub(crate) const REQUEST_ID: (HeaderName, &str) = (
    HeaderName::from_static("x-amzn-requestid"),
    "5f2d1c3e-7c1b-4d86-9a8b-2f7e3b6a9d10",
);

impl BlockingTransport for Recorded {
    fn send_blocking(
        &self,
        request: Request<Bytes>,
        _: &Attempt,
    ) -> Result<Response<Bytes>, TransportError> {
        self.respond(&request)
    }
}

#[async_trait]
impl Transport for Recorded {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: &Attempt,
    ) -> Result<Response<Bytes>, TransportError> {
        self.respond(&request)
    }
}
