use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderValue, StatusCode, header};
use ops_transport::{Attempt, BlockingTransport, Transport, TransportError, TransportErrorKind};

use crate::transport::within_limit;

/// What a [`Script`] replies: a response, or the kind of failure.
pub type Reply = Result<http::Response<Bytes>, TransportErrorKind>;

/// A transport that replies by a script and remembers what it was sent: for the error handling of your own code.
///
/// The replies are played in their order, one for each request. Once all are played, every further request is refused
/// with [`TransportErrorKind::Request`], whose cause says so. Clones are handles to one script.
///
/// ```
/// use bytes::Bytes;
/// use ops_fake::Script;
/// use ops_transport::{Attempt, BlockingTransport, TransportErrorKind};
///
/// let script = Script::new([
///     Err(TransportErrorKind::Closed),
///     Script::json(429, r#"{"__type": "ThrottlingException"}"#),
///     Script::json(200, r#"{"Operations": []}"#),
/// ]);
/// let attempt = Attempt::new("ListOperations");
/// let send = || script.send_blocking(http::Request::new(Bytes::from("{}")), &attempt);
///
/// assert_eq!(send().unwrap_err().kind(), TransportErrorKind::Closed);
/// assert_eq!(send()?.status(), 429);
/// assert_eq!(send()?.status(), 200);
/// assert_eq!(script.requests().len(), 3);
/// # Ok::<(), ops_transport::TransportError>(())
/// ```
#[derive(Clone)]
pub struct Script(Arc<Inner>);

struct Inner {
    replies: Replies,
    requests: Mutex<Vec<(http::Request<Bytes>, Attempt)>>,
}

enum Replies {
    Listed(Mutex<VecDeque<Reply>>),
    Computed(Box<Compute>),
}

type Compute = dyn Fn(&http::Request<Bytes>, &Attempt) -> Reply + Send + Sync;

impl Script {
    /// A script of these replies.
    #[must_use]
    pub fn new(replies: impl IntoIterator<Item = Reply>) -> Self {
        Self::of(Replies::Listed(Mutex::new(replies.into_iter().collect())))
    }

    /// A script that computes each reply from the request and its attempt.
    ///
    /// Requests that are sent at the same time are computed at the same time.
    #[must_use]
    pub fn computed(
        reply: impl Fn(&http::Request<Bytes>, &Attempt) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self::of(Replies::Computed(Box::new(reply)))
    }

    /// A reply with a JSON body, of any text: it need not be JSON.
    ///
    /// # Panics
    ///
    /// If `status` is not within 100 to 999.
    pub fn json(status: u16, body: impl Into<Bytes>) -> Reply {
        let mut response = http::Response::new(body.into());
        *response.status_mut() =
            StatusCode::from_u16(status).expect("the caller gives a status from 100 to 999");
        response.headers_mut().insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/json"),
        );
        Ok(response)
    }

    /// What was sent so far, in its order: each request with its attempt.
    #[must_use]
    pub fn requests(&self) -> Vec<(http::Request<Bytes>, Attempt)> {
        locked(&self.0.requests).clone()
    }

    fn of(replies: Replies) -> Self {
        Self(Arc::new(Inner {
            replies,
            requests: Mutex::default(),
        }))
    }

    fn reply(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let reply = match &self.0.replies {
            Replies::Computed(reply) => {
                let reply = reply(&request, attempt);
                locked(&self.0.requests).push((request, attempt.clone()));
                Some(reply)
            }
            Replies::Listed(replies) => {
                // Held over both, so that the n-th recorded request is the one that got the n-th reply.
                let mut requests = locked(&self.0.requests);
                requests.push((request, attempt.clone()));
                locked(replies).pop_front()
            }
        };
        match reply {
            Some(Ok(response)) => within_limit(response, attempt),
            Some(Err(kind)) => Err(TransportError::new(kind).with_source("the script says so")),
            None => {
                let text = format!("the script has no reply left for {}", attempt.operation);
                Err(TransportError::new(TransportErrorKind::Request).with_source(text))
            }
        }
    }
}

/// Shows no request and no reply: they may carry credentials.
impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Script")
            .field("requests", &locked(&self.0.requests).len())
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl Transport for Script {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.reply(request, attempt)
    }
}

impl BlockingTransport for Script {
    fn send_blocking(
        &self,
        request: http::Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<http::Response<Bytes>, TransportError> {
        self.reply(request, attempt)
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::error::Error;

    use super::*;

    fn request(path: &'static str) -> http::Request<Bytes> {
        http::Request::get(path)
            .header("authorization", "canary")
            .body(Bytes::from_static(b"canary"))
            .unwrap()
    }

    #[test]
    fn replies_come_in_order_and_requests_are_kept_with_their_attempts() {
        let script = Script::new([
            Script::json(503, "no JSON"),
            Err(TransportErrorKind::Timeout),
        ]);
        let (first, second) = (Attempt::new("A"), Attempt::new("B").with_number(2));

        let response = script.send_blocking(request("/1"), &first).unwrap();
        assert_eq!(
            (response.status().as_u16(), &response.body()[..]),
            (503, &b"no JSON"[..])
        );
        let error =
            futures_executor::block_on(script.clone().send(request("/2"), &second)).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Timeout);

        let sent = script.requests();
        assert_eq!(
            sent.iter()
                .map(|(request, _)| request.uri().path())
                .collect::<Vec<_>>(),
            ["/1", "/2"]
        );
        assert_eq!(
            sent.iter().map(|(_, attempt)| attempt).collect::<Vec<_>>(),
            [&first, &second]
        );
        assert_eq!(sent[0].0.body(), "canary");
    }

    #[test]
    fn a_script_at_its_end_says_so() {
        let script = Script::new([]);
        for _ in 0..2 {
            let error = script
                .send_blocking(request("/"), &Attempt::new("GetOperation"))
                .unwrap_err();
            assert_eq!(error.kind(), TransportErrorKind::Request);
            let cause = error.source().unwrap().to_string();
            assert_eq!(cause, "the script has no reply left for GetOperation");
        }
        assert_eq!(script.requests().len(), 2);
    }

    #[test]
    fn a_computed_reply_sees_the_request_and_may_look_at_the_script() {
        let script = Script::computed(|request, attempt| match attempt.number {
            1 => Err(TransportErrorKind::Connect),
            _ => Script::json(200, request.uri().path().to_owned()),
        });
        let attempt = Attempt::new("A");
        let error = script.send_blocking(request("/x"), &attempt).unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Connect);
        let response = script
            .send_blocking(request("/x"), &attempt.with_number(2))
            .unwrap();
        assert_eq!(response.body(), "/x");
        assert_eq!(script.requests().len(), 2);
    }

    #[test]
    fn the_body_limit_holds() {
        let script = Script::new([Script::json(200, "four"), Script::json(200, "four")]);
        let attempt = Attempt::new("A");
        let error = script
            .send_blocking(request("/"), &attempt.clone().with_max_body(3))
            .unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::BodyTooLarge);
        assert!(
            script
                .send_blocking(request("/"), &attempt.with_max_body(4))
                .is_ok()
        );
    }

    #[test]
    fn debug_shows_no_request_and_no_reply() {
        let script = Script::new([Script::json(200, "canary"), Script::json(200, "canary")]);
        script
            .send_blocking(request("/canary"), &Attempt::new("A"))
            .unwrap();
        assert_eq!(format!("{script:?}"), "Script { requests: 1, .. }");
    }
}
