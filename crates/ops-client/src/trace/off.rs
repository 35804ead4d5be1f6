use std::time::Duration;

use bytes::Bytes;
use ops_model::{Region, Service};
use ops_transport::TransportError;

use crate::{Error, RetryClass};

/// No span.
pub(crate) struct CallSpan;

impl CallSpan {
    pub(crate) const fn new(_: Service, _: &str, _: Option<&Region>) -> Self {
        Self
    }

    pub(crate) const fn page(&self, _: u64) {}

    pub(crate) const fn sending(&self, _: u32) {}

    pub(crate) const fn answered(&mut self, _: &Result<http::Response<Bytes>, TransportError>) {}

    pub(crate) const fn retrying(&self, _: RetryClass, _: Duration) {}

    pub(crate) const fn succeeded(&self, _: u32) {}

    pub(crate) const fn failed(&self, _: &Error) {}
}
