//! A transport of one's own: here over `reqwest`, held to the contract by the conformance kit.
//!
//! `cargo run -p ops-transport --features conformance --example over_reqwest` sends one request to a scripted server;
//! `cargo test` in place of `cargo run` runs the kit, which is the module `clauses` below.
//!
//! What an HTTP client is to be kept from, and how, is in `ReqwestTransport::new`. Three things about reqwest that no
//! setting of its changes:
//!
//! * It sends a request again if the connection was a kept one and turns out to be closed, so no connection is kept.
//! * It adds `accept: */*`, which means the same as no `accept` at all, and which the kit is told of.
//! * Its URLs resolve dot segments and quote some characters. A path that would change is refused.

#![expect(clippy::print_stdout, reason = "an example talks to its user")]

use std::error::Error;
use std::fmt;
use std::io;

use async_trait::async_trait;
use bytes::Bytes;
use http::header::CONTENT_LENGTH;
use http::{HeaderValue, Method, Request, Response};
use ops_transport::conformance::Server;
use ops_transport::{
    Attempt, BodyBuffer, ConnectOptions, Transport, TransportError, TransportErrorKind, TrustRoots,
    check_request,
};
use reqwest::{Certificate, Client, ClientBuilder, redirect, retry};

/// [`Transport`] over reqwest: HTTP/1.1, a connection for each call.
///
/// It runs on tokio, with its IO and time drivers.
#[derive(Clone)]
struct ReqwestTransport {
    client: Client,
}

impl ReqwestTransport {
    fn new(options: &ConnectOptions) -> Result<Self, TransportError> {
        // An error says that the program has chosen its provider, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Clause 10: without this, the proxy is the environment's.
        let mut builder = Client::builder().no_proxy();
        if let Some(proxy) = &options.proxy {
            let url = format!("http://{}:{}", proxy.host(), proxy.port());
            let mut https = reqwest::Proxy::https(url).map_err(unusable)?;
            if let Some(authorization) = proxy.basic_authorization() {
                https = https.custom_http_auth(authorization);
            }
            builder = builder.proxy(https);
        }
        if let TrustRoots::Pem(pem) = &options.trust {
            builder = trusting(builder, pem)?;
        }
        let client = builder
            .http1_only()
            // Clause 2.
            .redirect(redirect::Policy::none())
            .referer(false)
            // Clause 3: the policy is about what the peer asks for; the pool has one of its own.
            .retry(retry::never())
            .pool_max_idle_per_host(0)
            .build()
            .map_err(unusable)?;
        Ok(Self { client })
    }

    async fn exchange(
        &self,
        request: reqwest::Request,
        max_body: usize,
    ) -> Result<Response<Bytes>, TransportError> {
        let mut received = self.client.execute(request).await.map_err(failed)?;
        let mut response = Response::new(Bytes::new());
        *response.status_mut() = received.status();
        *response.version_mut() = received.version();
        *response.headers_mut() = std::mem::take(received.headers_mut());
        *response.body_mut() = collect(received, max_body).await?;
        Ok(response)
    }
}

#[async_trait]
impl Transport for ReqwestTransport {
    async fn send(
        &self,
        request: Request<Bytes>,
        attempt: &Attempt,
    ) -> Result<Response<Bytes>, TransportError> {
        let mut request = admit(request)?;
        // Clause 7: from the first step of connecting to the last byte of the body.
        *request.timeout_mut() = Some(attempt.timeout);
        self.exchange(request, attempt.max_body).await
    }
}

/// Clause 8: reqwest's own would show the settings of the proxy.
impl fmt::Debug for ReqwestTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReqwestTransport").finish_non_exhaustive()
    }
}

fn trusting(builder: ClientBuilder, pem: &[u8]) -> Result<ClientBuilder, TransportError> {
    let certificates = Certificate::from_pem_bundle(pem).map_err(unusable)?;
    if certificates.is_empty() {
        let reason = "the CA bundle holds no PEM certificate";
        return Err(TransportError::new(TransportErrorKind::Request).with_source(reason));
    }
    Ok(builder.tls_certs_only(certificates))
}

/// Clause 1: refuses what cannot be sent as it stands.
fn admit(request: Request<Bytes>) -> Result<reqwest::Request, TransportError> {
    check_request(&request)?;
    let (mut head, body) = request.into_parts();
    // An empty body is a body here, whose length is announced; hyper leaves that out.
    if body.is_empty() && [Method::PATCH, Method::POST, Method::PUT].contains(&head.method) {
        let none = HeaderValue::from_static("0");
        head.headers.insert(CONTENT_LENGTH, none);
    }
    let uri = head.uri.clone();
    let request = reqwest::Request::try_from(Request::from_parts(head, body)).map_err(unusable)?;
    let url = request.url();
    if (url.path(), url.query()) != (uri.path(), uri.query()) {
        let reason = "its path or query is not one that a URL keeps";
        return Err(TransportError::new(TransportErrorKind::Request).with_source(reason));
    }
    Ok(request)
}

/// Clause 6: reads a body of at most `limit` bytes.
async fn collect(mut body: reqwest::Response, limit: usize) -> Result<Bytes, TransportError> {
    let mut collected = BodyBuffer::new(body.content_length(), limit)?;
    while let Some(chunk) = body.chunk().await.map_err(failed)? {
        collected.push(&chunk)?;
    }
    Ok(collected.into_bytes())
}

/// The options or the request are not usable.
fn unusable(error: reqwest::Error) -> TransportError {
    TransportError::new(TransportErrorKind::Request).with_source(error.without_url())
}

/// What a failure means for a retry. Clause 8: without the URL, whose query holds a page token.
fn failed(error: reqwest::Error) -> TransportError {
    let error = error.without_url();
    let kind = if error.is_timeout() {
        TransportErrorKind::Timeout
    } else if error.is_connect() {
        match find::<rustls::Error>(&error) {
            Some(_) => TransportErrorKind::Tls,
            None => TransportErrorKind::Connect,
        }
    } else if is_invalid(&error) {
        TransportErrorKind::InvalidResponse
    } else {
        TransportErrorKind::Closed
    };
    TransportError::new(kind).with_source(error)
}

/// Whether the bytes that came are not HTTP: neither hyper's parser nor its decoder of chunks takes them.
fn is_invalid(error: &reqwest::Error) -> bool {
    use io::ErrorKind::{InvalidData, InvalidInput};
    find::<hyper::Error>(error).is_some_and(hyper::Error::is_parse)
        || find::<rustls::Error>(error).is_none()
            && find::<io::Error>(error)
                .is_some_and(|error| matches!(error.kind(), InvalidData | InvalidInput))
}

/// The first error of type `T` among `error` and its causes.
fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = match error.downcast_ref::<io::Error>() {
            // `source` of an `io::Error` passes over the very error that it wraps.
            Some(io) => io.get_ref().map(|inner| inner as _),
            None => error.source(),
        };
    }
    None
}

fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

fn main() -> Result<(), Box<dyn Error>> {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    let transport = ReqwestTransport::new(&ConnectOptions::new())?;
    let request = Request::get(server.url("/v1/connectors")).body(Bytes::new())?;
    let attempt = Attempt::new("ListConnectors");
    let response = runtime()?.block_on(transport.send(request, &attempt))?;
    println!("{} {:?}", response.status(), response.body());
    Ok(())
}

#[cfg(test)]
mod clauses {
    use ops_transport::ConnectOptions;
    use ops_transport::conformance::{Call, Subject};

    use super::{ReqwestTransport, runtime};

    ops_transport::conformance_tests!({
        // Opening the platform's trust store takes time: once for each check is enough.
        let transport = ReqwestTransport::new(&ConnectOptions::new()).expect("a transport");
        Subject::new(move || {
            let runtime = runtime().expect("a runtime");
            (transport.clone(), move |call: Call<'_>| {
                runtime.block_on(call);
            })
        })
        .with_accept()
    });
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;
    use ops_transport::Proxy;
    use ops_transport::conformance::Step;

    fn sent(options: &ConnectOptions, uri: &str) -> Result<Response<Bytes>, TransportError> {
        let request = Request::get(uri).body(Bytes::new()).expect("a request");
        let transport = ReqwestTransport::new(options)?;
        let attempt = Attempt::new("ListConnectors");
        runtime()
            .expect("a runtime")
            .block_on(transport.send(request, &attempt))
    }

    #[test]
    fn only_https_goes_through_the_proxy_with_its_credentials() {
        let proxy = Server::answering("HTTP/1.1 407 Who are you\r\n\r\n");
        let url = format!("http://me:secret@{}", proxy.address());
        let options = ConnectOptions::new().with_proxy(Proxy::parse(&url).expect("a proxy"));
        let error = sent(&options, "https://service.test/").expect_err("no tunnel");
        assert_eq!(error.kind(), TransportErrorKind::Connect);
        let received = proxy.received();
        assert_eq!(received.line, "CONNECT service.test:443 HTTP/1.1");
        let authorization = "proxy-authorization: Basic bWU6c2VjcmV0";
        assert!(
            received
                .headers
                .iter()
                .any(|line| line.eq_ignore_ascii_case(authorization))
        );

        let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        let response = sent(&options, &server.url("/")).expect("a response");
        assert_eq!(response.status(), 200);
    }

    #[test]
    fn a_peer_that_speaks_no_tls_fails_the_handshake() {
        let answer = Step::Send("HTTP/1.1 400 Bad Request\r\n\r\n".into());
        let server = Server::start([vec![answer, Step::Hold]]);
        let error = sent(&ConnectOptions::new(), &server.https("/")).expect_err("no TLS");
        assert_eq!(error.kind(), TransportErrorKind::Tls, "{error:?}");
    }

    #[test]
    fn a_bundle_without_certificates_is_refused() {
        let options = ConnectOptions::new().with_ca_bundle("garbage");
        let error = sent(&options, "https://service.test/").expect_err("nobody is trusted");
        assert_eq!(error.kind(), TransportErrorKind::Request);
        let reason = error.source().expect("a reason").to_string();
        assert_eq!(reason, "the CA bundle holds no PEM certificate");
    }
}
