use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;

/// The latest requests, so many of them at most.
pub(crate) struct Recorder {
    limit: NonZeroUsize,
    requests: Mutex<VecDeque<http::Request<Bytes>>>,
}

impl Recorder {
    pub(crate) fn new(limit: NonZeroUsize) -> Self {
        Self {
            limit,
            requests: Mutex::default(),
        }
    }

    pub(crate) fn keep(&self, request: http::Request<Bytes>) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        if requests.len() == self.limit.get() {
            requests.pop_front();
        }
        requests.push_back(request);
    }

    pub(crate) fn requests(&self) -> Vec<http::Request<Bytes>> {
        self.requests
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .cloned()
            .collect()
    }
}
