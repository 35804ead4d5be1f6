use std::time::Duration;

use bytes::Bytes;
use ops_model::{Region, Service, request_id};
use ops_transport::TransportError;
use tracing::field::Empty;
use tracing::{Span, debug, info_span};

use crate::{Error, RetryClass};

/// The span of one call, and what the latest response had for it.
pub(crate) struct CallSpan {
    span: Span,
    request_id: Option<String>,
    status: Option<u16>,
}

impl CallSpan {
    pub(crate) fn new(service: Service, operation: &str, region: Option<&Region>) -> Self {
        let service = match service {
            Service::CloudMap => "ServiceDiscovery",
            Service::KafkaConnect => "KafkaConnect",
        };
        let span = info_span!(
            "call",
            otel.name = format!("{service}.{}", operation),
            otel.kind = "client",
            rpc.system = "aws-api",
            rpc.service = service,
            rpc.method = operation,
            cloud.region = region.map(Region::as_str),
            page = Empty,
            attempt = Empty,
            aws.request_id = Empty,
            http.response.status_code = Empty,
            error.r#type = Empty,
        );
        Self {
            span,
            request_id: None,
            status: None,
        }
    }

    /// The call asks for this page of a listing, from 1.
    pub(crate) fn page(&self, number: u64) {
        self.span.record("page", number);
    }

    pub(crate) fn sending(&self, attempt: u32) {
        debug!(parent: &self.span, attempt, "sending");
    }

    pub(crate) fn answered(&mut self, reply: &Result<http::Response<Bytes>, TransportError>) {
        match reply {
            Ok(response) => {
                self.request_id = request_id(response.headers());
                self.status = Some(response.status().as_u16());
                debug!(parent: &self.span, http.response.status_code = self.status, "answered");
            }
            Err(error) => debug!(parent: &self.span, error.r#type = ?error.kind(), "not answered"),
        }
    }

    pub(crate) fn retrying(&self, class: RetryClass, wait: Duration) {
        debug!(parent: &self.span, class = ?class, wait = ?wait, "trying again");
    }

    pub(crate) fn succeeded(&self, attempts: u32) {
        self.over(attempts);
    }

    pub(crate) fn failed(&self, error: &Error) {
        self.over(error.attempts());
        let code = error.service_error().and_then(|error| error.code.as_ref());
        match code {
            Some(code) => self.span.record("error.type", code.as_str()),
            None => self
                .span
                .record("error.type", tracing::field::debug(error.kind())),
        };
    }

    fn over(&self, attempts: u32) {
        self.span.record("attempt", attempts);
        if let Some(status) = self.status {
            self.span.record("http.response.status_code", status);
        }
        if let Some(request_id) = &self.request_id {
            self.span.record("aws.request_id", request_id.as_str());
        }
    }
}
