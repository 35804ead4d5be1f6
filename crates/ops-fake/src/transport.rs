use async_trait::async_trait;
use bytes::Bytes;
use ops_transport::{Attempt, BlockingTransport, Transport, TransportError, TransportErrorKind};

use crate::FakeService;

/// Answers at once. The only error is a body above [`Attempt::max_body`].
#[async_trait]
impl Transport for FakeService {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        within_limit(self.respond(request), attempt)
    }
}

/// Answers at once. The only error is a body above [`Attempt::max_body`].
impl BlockingTransport for FakeService {
    fn send_blocking(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        within_limit(self.respond(request), attempt)
    }
}

/// The response, if its body is no larger than the attempt allows.
pub(crate) fn within_limit(
    response: http::Response<Bytes>,
    attempt: &Attempt,
) -> Result<http::Response<Bytes>, TransportError> {
    if response.body().len() > attempt.max_body {
        return Err(TransportError::new(TransportErrorKind::BodyTooLarge));
    }
    Ok(response)
}
