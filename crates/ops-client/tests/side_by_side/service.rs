//! Lists of one operation to a page, whose service counts the requests that it has under way.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use ops_fake::Script;
use ops_transport::{Attempt, Transport, TransportError};

/// Clones are handles to one service.
#[derive(Clone, Default)]
pub(crate) struct Count(Arc<Inner>);

#[derive(Default)]
struct Inner {
    sent: AtomicUsize,
    under_way: AtomicUsize,
    most: AtomicUsize,
}

/// A request that is under way until this is dropped.
pub(crate) struct UnderWay(Count);

impl Count {
    pub(crate) fn begin(&self) -> UnderWay {
        self.0.sent.fetch_add(1, Ordering::SeqCst);
        let now = self.0.under_way.fetch_add(1, Ordering::SeqCst) + 1;
        self.0.most.fetch_max(now, Ordering::SeqCst);
        UnderWay(self.clone())
    }

    /// How many requests there were.
    pub(crate) fn sent(&self) -> usize {
        self.0.sent.load(Ordering::SeqCst)
    }

    /// How many there are now.
    pub(crate) fn under_way(&self) -> usize {
        self.0.under_way.load(Ordering::SeqCst)
    }

    /// How many there were at the same time.
    pub(crate) fn most(&self) -> usize {
        self.0.most.load(Ordering::SeqCst)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A list of so many pages, each of which takes so long.
pub(crate) struct Slow {
    pub(crate) pages: usize,
    pub(crate) exchange: Duration,
    pub(crate) count: Count,
}

impl Slow {
    pub(crate) fn new(pages: usize, exchange: Duration) -> Self {
        Self {
            pages,
            exchange,
            count: Count::default(),
        }
    }
}

#[async_trait]
impl Transport for Slow {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        _: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let _under_way = self.count.begin();
        tokio::time::sleep(self.exchange).await;
        Ok(page(number(&request), self.pages))
    }
}

/// The number of the page that a request asks for, from 0.
pub(crate) fn number(request: &http::Request<Bytes>) -> usize {
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
    body["NextToken"]
        .as_str()
        .map_or(0, |token| token.parse().unwrap())
}

/// The page of this number of a list of so many.
pub(crate) fn page(number: usize, pages: usize) -> http::Response<Bytes> {
    let next = if number + 1 < pages {
        (number + 1).to_string()
    } else {
        String::new()
    };
    let operation = format!(r#"{{"Id": "op-{number}", "Status": "SUCCESS"}}"#);
    let body = format!(r#"{{"Operations": [{operation}], "NextToken": "{next}"}}"#);
    Script::json(200, body).unwrap()
}
