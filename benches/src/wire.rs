use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use async_trait::async_trait;
use bytes::{Buf as _, Bytes};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::rt::{Read, ReadBufCursor, Write};
use ops_transport::{Attempt, Transport, TransportError, TransportErrorKind};
use tokio::sync::Mutex;

use crate::List;
use crate::recorded::{DATE_TEXT, REQUEST_ID};

/// The far end of a connection, byte for byte, within this process: the n-th request that is written is answered by the
/// n-th response, without a look at it.
#[derive(Debug)]
pub struct Wire {
    responses: VecDeque<Bytes>,
    /// What is left of the response that is being read.
    current: Bytes,
    reader: Option<Waker>,
}

impl Wire {
    /// The responses to a listing of so many pages.
    #[must_use]
    pub fn new(list: &List, pages: u32) -> Self {
        let response = |number| {
            let body = list.page(number, pages);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\ndate: {DATE_TEXT}\r\n{}: {}\r\n\r\n",
                body.len(),
                REQUEST_ID.0,
                REQUEST_ID.1,
            );
            [head.as_bytes(), &body].concat().into()
        };
        Self {
            responses: (0..pages).map(response).collect(),
            current: Bytes::new(),
            reader: None,
        }
    }

    /// hyper's connection over it, driven by the current tokio runtime.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub async fn connect(self) -> SendRequest<Full<Bytes>> {
        let (sender, connection) = handshake(self).await.expect("no byte is exchanged yet");
        tokio::spawn(connection);
        sender
    }
}

impl Write for Wire {
    /// hyper writes a small request at once, so what is written after a response has been read is the next one.
    fn poll_write(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.current.is_empty() {
            self.current = self.responses.pop_front().unwrap_or_default();
            if let Some(reader) = self.reader.take() {
                reader.wake();
            }
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl Read for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        if self.current.is_empty() {
            self.reader = Some(context.waker().clone());
            return Poll::Pending;
        }
        let length = self.current.len().min(buffer.remaining());
        // A kernel's copy counts for nobody, and valgrind counts every byte of a long one.
        for piece in self.current[..length].chunks(1024) {
            buffer.put_slice(piece);
        }
        self.current.advance(length);
        Poll::Ready(Ok(()))
    }
}

/// A transport over one such connection: hyper's protocol without a socket, a pool or a clock.
#[derive(Debug)]
pub struct OverWire(Mutex<SendRequest<Full<Bytes>>>);

impl OverWire {
    /// A transport over this connection.
    #[must_use]
    pub fn new(connection: SendRequest<Full<Bytes>>) -> Self {
        Self(Mutex::new(connection))
    }
}

#[async_trait]
impl Transport for OverWire {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: &Attempt,
    ) -> Result<Response<Bytes>, TransportError> {
        let lost = |_| TransportError::new(TransportErrorKind::Connect);
        let mut connection = self.0.lock().await;
        connection.ready().await.map_err(lost)?;
        let sent = connection.send_request(request.map(Full::new));
        let (head, body) = sent.await.map_err(lost)?.into_parts();
        let body = body.collect().await.map_err(lost)?.to_bytes();
        Ok(Response::from_parts(head, body))
    }
}
