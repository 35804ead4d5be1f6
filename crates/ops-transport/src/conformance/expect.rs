//! What the checks share: requests, and expectations that say what differed.

use std::fmt::{Debug, Display};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderValue, Request, Response};

use super::{Server, Step, Subject};
use crate::{Attempt, TransportError, TransportErrorKind};

/// What differed, if anything did.
pub(super) type Outcome<T = ()> = Result<T, String>;

pub(super) type Sent = Result<Response<Bytes>, TransportError>;

pub(super) const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

pub(super) fn get(uri: &str) -> Request<Bytes> {
    Request::get(uri).body(Bytes::new()).expect("a request")
}

pub(super) fn attempt() -> Attempt {
    Attempt::new("ListOperations")
}

pub(super) fn quick() -> Attempt {
    attempt().with_timeout(Duration::from_millis(200))
}

/// A script that answers so many requests.
pub(super) fn answers(number: usize) -> Vec<Step> {
    [Step::Request, Step::Send(OK.to_vec())]
        .into_iter()
        .cycle()
        .take(2 * number)
        .collect()
}

/// What a new transport makes of this answer to a GET.
pub(super) fn answered(subject: &Subject, answer: &[u8], attempt: &Attempt) -> Sent {
    let server = Server::answering(answer);
    subject.fresh().send(get(&server.url("/")), attempt)
}

pub(super) fn response(sent: Sent) -> Outcome<Response<Bytes>> {
    sent.map_err(|error| format!("expected a response, got {error:?}"))
}

pub(super) fn values<'a>(response: &'a Response<Bytes>, name: &str) -> Vec<&'a HeaderValue> {
    response.headers().get_all(name).iter().collect()
}

pub(super) fn ok(sent: Sent, body: &[u8]) -> Outcome {
    let response = response(sent)?;
    equal("the status", &response.status().as_u16(), &200)?;
    equal_bytes("the body", response.body(), body)
}

pub(super) fn fails(sent: Sent, kind: TransportErrorKind) -> Outcome {
    match sent {
        Ok(response) => {
            let (status, length) = (response.status(), response.body().len());
            Err(format!(
                "expected the error {kind:?}, got a response: {status} with {length} bytes"
            ))
        }
        Err(error) if error.kind() == kind => Ok(()),
        Err(error) => Err(format!("expected the error {kind:?}, got {error:?}")),
    }
}

pub(super) fn equal<A, E>(what: &str, actual: &A, expected: &E) -> Outcome
where
    A: Debug + PartialEq<E> + ?Sized,
    E: Debug + ?Sized,
{
    if actual == expected {
        return Ok(());
    }
    Err(format!("{what}: expected {expected:?}, got {actual:?}"))
}

pub(super) fn equal_bytes(what: &str, actual: &[u8], expected: &[u8]) -> Outcome {
    if actual == expected {
        return Ok(());
    }
    let (actual, expected) = (shown(actual), shown(expected));
    Err(format!("{what}: expected {expected}, got {actual}"))
}

/// The beginning of these bytes, as text.
pub(super) fn shown(bytes: &[u8]) -> String {
    const SHOWN: usize = 80;
    let start = bytes[..bytes.len().min(SHOWN)].escape_ascii();
    match bytes.len() {
        0..=SHOWN => format!("\"{start}\""),
        length => format!("\"{start}\"… ({length} bytes)"),
    }
}

/// Says in which of its rows a check failed.
pub(super) trait At {
    fn at(self, row: impl Display) -> Self;
}

impl<T> At for Outcome<T> {
    fn at(self, row: impl Display) -> Self {
        self.map_err(|what| format!("{row}: {what}"))
    }
}
