use async_trait::async_trait;
use bytes::Bytes;
use ops_transport::{Attempt, BlockingTransport, Transport, TransportError, TransportErrorKind};

use crate::FakeService;

/// Answers at once, whatever [`Fault`](crate::Fault) the request meets: a fault that takes its time takes it on the
/// service's [`VirtualClock`](crate::VirtualClock), if it has one.
#[async_trait]
impl Transport for FakeService {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        exchange(self, request, attempt)
    }
}

/// As the [`Transport`] is.
impl BlockingTransport for FakeService {
    fn send_blocking(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        exchange(self, request, attempt)
    }
}

fn exchange(
    service: &FakeService,
    request: http::Request<Bytes>,
    attempt: &Attempt,
) -> Result<http::Response<Bytes>, TransportError> {
    let (response, fault) = service.meet(request);
    if let Some(fault) = fault {
        let failed =
            |kind| Err(TransportError::new(kind).with_source(format!("the fake enacts {fault:?}")));
        if let Some(kind) = fault.transport_error() {
            return failed(kind);
        }
        let delay = fault.delay(&response);
        service.pass(delay.min(attempt.timeout));
        if delay > attempt.timeout {
            return failed(TransportErrorKind::Timeout);
        }
    }
    within_limit(response, attempt)
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
