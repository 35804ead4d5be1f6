//! How ureq reaches its peer: its own TCP and TLS connectors, with a tunnel between them.
//!
//! ureq's own proxy connector is not used: it gives every read of the proxy's answer the whole time limit anew, and its
//! proxy setting holds for `http` too.

use std::io::{self, Read, Write};

use http::uri::Scheme;
use http::{HeaderValue, StatusCode, Uri};
use ops_transport::{Proxy, TransportError, TransportErrorKind};
use ureq::Error;
use ureq::config::Config;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::time::{Duration, Instant};
use ureq::unversioned::transport::{
    Buffers, ConnectionDetails, Connector, NextTimeout, RustlsConnector, TcpConnector, Transport,
    TransportAdapter,
};

use crate::error::{BeforeSending, Broken};

/// The longest answer to a `CONNECT` that is read.
const MAX_TUNNEL_HEAD: usize = 8 * 1024;

/// The way to a peer: the proxy for `https`, if there is one.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    proxy: Option<Uri>,
    authorization: Option<HeaderValue>,
}

impl Route {
    pub(crate) fn new(proxy: Option<&Proxy>) -> Result<Self, TransportError> {
        let Some(proxy) = proxy else {
            return Ok(Self {
                proxy: None,
                authorization: None,
            });
        };
        let uri = Uri::builder()
            .scheme(Scheme::HTTP)
            .authority(format!("{}:{}", proxy.host(), proxy.port()))
            .path_and_query("/")
            .build()
            .map_err(|error| TransportError::new(TransportErrorKind::Request).with_source(error))?;
        Ok(Self {
            proxy: Some(uri),
            authorization: proxy.basic_authorization(),
        })
    }

    /// The proxy between here and `target`.
    fn proxy_for(&self, target: &Uri) -> Option<&Uri> {
        self.proxy
            .as_ref()
            .filter(|_| target.scheme() == Some(&Scheme::HTTPS))
    }

    /// The connector and the resolver of an agent that goes this way.
    pub(crate) fn into_parts(self) -> (impl Connector, impl Resolver) {
        let chain = TcpConnector::default()
            .chain(Tunnel(self.clone()))
            .chain(RustlsConnector::default());
        (Connect { route: self, chain }, Later)
    }
}

/// ureq asks for addresses before each request, also of one that goes over a connection of the pool, which needs none:
/// [`Connect`] asks for them.
#[derive(Debug)]
struct Later;

impl Resolver for Later {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}

/// Resolves the name of whoever the TCP connection goes to, marks what fails before the request is sent, and wraps what
/// comes of success.
#[derive(Debug)]
struct Connect<C> {
    route: Route,
    chain: C,
}

impl<C: Connector> Connector for Connect<C> {
    type Out = Sound<C::Out>;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<()>,
    ) -> Result<Option<Self::Out>, Error> {
        let peer = self.route.proxy_for(details.uri).unwrap_or(details.uri);
        let addrs = DefaultResolver::default()
            .resolve(peer, details.config, details.timeout)
            .map_err(BeforeSending::mark)?;
        let details = ConnectionDetails {
            uri: details.uri,
            addrs,
            config: details.config,
            // Every request has settings of its own, for its time limit. Where TLS settings may differ by request, ureq
            // builds them for each connection anew, and opens the platform's trust store each time.
            request_level: false,
            resolver: details.resolver,
            now: (details.current_time)(),
            timeout: time_left(details),
            current_time: details.current_time.clone(),
            run_connector: details.run_connector.clone(),
            register_shutdown: details.register_shutdown.clone(),
        };
        match self.chain.connect(&details, chained) {
            Ok(transport) => Ok(transport.map(Sound)),
            Err(error) => Err(BeforeSending::mark(error)),
        }
    }
}

/// A connection on which a break is an error, always.
///
/// ureq takes a reset, and the end of a TLS stream without its closing record, for the good end of a body whose length
/// is not announced.
#[derive(Debug)]
struct Sound<T>(T);

impl<T: Transport> Transport for Sound<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.0.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.0.transmit_output(amount, timeout)
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.0.await_input(timeout).map_err(Broken::mark)
    }

    fn is_open(&mut self) -> bool {
        self.0.is_open()
    }

    fn is_tls(&self) -> bool {
        self.0.is_tls()
    }
}

/// Asks the proxy for a tunnel to the target, where there is a proxy on the way.
#[derive(Debug)]
struct Tunnel(Route);

impl<In: Transport> Connector<In> for Tunnel {
    type Out = In;

    fn connect(
        &self,
        details: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<In>, Error> {
        let Some(transport) = chained else {
            return Ok(None);
        };
        if self.0.proxy_for(details.uri).is_none() {
            return Ok(Some(transport));
        }
        let mut proxy = TransportAdapter::new(transport, details.current_time.clone());
        proxy.set_timeout(time_left(details));
        open_tunnel(&mut proxy, details.uri, self.0.authorization.as_ref())?;
        Ok(Some(proxy.into_inner()))
    }
}

/// What is left of the time limit, which counts from `details.now`.
fn time_left(details: &ConnectionDetails<'_>) -> NextTimeout {
    let mut timeout = details.timeout;
    if let (Instant::Exact(now), Instant::Exact(start)) = ((details.current_time)(), details.now) {
        let passed = now.saturating_duration_since(start);
        timeout.after = Duration::Exact(timeout.after.saturating_sub(passed));
    }
    timeout
}

fn open_tunnel(
    proxy: &mut (impl Read + Write),
    target: &Uri,
    authorization: Option<&HeaderValue>,
) -> io::Result<()> {
    let host = target.host().unwrap_or_default();
    let port = target.port_u16().unwrap_or(443);
    let mut request =
        format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n").into_bytes();
    if let Some(authorization) = authorization {
        request.extend_from_slice(b"Proxy-Authorization: ");
        request.extend_from_slice(authorization.as_bytes());
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"\r\n");
    proxy.write_all(&request)?;

    let mut head = Vec::new();
    // Byte by byte out of the connection's buffer: what follows the head belongs to the tunnel.
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == MAX_TUNNEL_HEAD {
            return Err(io::Error::other("the proxy's answer is too long"));
        }
        let mut byte = [0];
        proxy.read_exact(&mut byte)?;
        head.extend_from_slice(&byte);
    }
    match status(&head) {
        Some(status) if status.is_success() => Ok(()),
        Some(status) => Err(io::Error::other(format!("the proxy answers {status}"))),
        None => Err(io::Error::other("the proxy's answer is not HTTP")),
    }
}

/// The status of an HTTP/1 response that begins like this.
fn status(head: &[u8]) -> Option<StatusCode> {
    let rest = head.strip_prefix(b"HTTP/1.")?;
    let [_, b' ', a, b, c, b' ' | b'\r', ..] = rest else {
        return None;
    };
    StatusCode::from_bytes(&[*a, *b, *c]).ok()
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A proxy that answers with fixed bytes and keeps what it gets.
    struct Fixed {
        answer: Cursor<&'static [u8]>,
        received: Vec<u8>,
    }

    impl Read for Fixed {
        fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
            self.answer.read(buf)
        }
    }

    impl Write for Fixed {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.received.write(buf)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn open(target: &'static str, answer: &'static [u8]) -> (io::Result<()>, Fixed) {
        let mut proxy = Fixed {
            answer: Cursor::new(answer),
            received: Vec::new(),
        };
        let result = open_tunnel(&mut proxy, &Uri::from_static(target), None);
        (result, proxy)
    }

    #[test]
    fn a_tunnel_opens_with_any_2xx_and_takes_no_byte_too_many() {
        let rows: [(&[u8], u64); 3] = [
            (b"HTTP/1.1 200 OK\r\n\r\nrest", 4),
            (b"HTTP/1.0 299\r\nproxy-agent: x\r\n\r\n", 0),
            (b"HTTP/1.1 200 Connection established\r\n\r\n", 0),
        ];
        for (answer, left) in rows {
            let (result, proxy) = open("https://service.test/", answer);
            result.expect("open");
            assert_eq!(answer.len() as u64 - proxy.answer.position(), left);
            assert_eq!(
                String::from_utf8_lossy(&proxy.received),
                "CONNECT service.test:443 HTTP/1.1\r\nHost: service.test:443\r\n\r\n"
            );
        }
        let (_, proxy) = open("https://[::1]:8443/", b"");
        assert!(
            proxy
                .received
                .starts_with(b"CONNECT [::1]:8443 HTTP/1.1\r\n")
        );
    }

    #[test]
    fn a_tunnel_that_does_not_open_says_why() {
        const LONG: [u8; MAX_TUNNEL_HEAD + 1] = [b'x'; MAX_TUNNEL_HEAD + 1];
        let rows: [(&[u8], &str); 6] = [
            (
                b"HTTP/1.1 407 Who are you\r\nset-cookie: secret\r\n\r\n",
                "the proxy answers 407 Proxy Authentication Required",
            ),
            (
                b"HTTP/1.1 101 Switch\r\n\r\n",
                "the proxy answers 101 Switching Protocols",
            ),
            (
                b"HTTP/1.1 2000 OK\r\n\r\n",
                "the proxy's answer is not HTTP",
            ),
            (b"secret\r\n\r\n", "the proxy's answer is not HTTP"),
            (&LONG, "the proxy's answer is too long"),
            (b"HTTP/1.1 200 OK\r\n", "failed to fill whole buffer"),
        ];
        for (answer, reason) in rows {
            let (result, _) = open("https://service.test/", answer);
            assert_eq!(result.expect_err(reason).to_string(), reason);
        }
    }

    #[test]
    fn only_https_goes_through_the_proxy() {
        let proxy = Proxy::parse("http://me:secret@proxy:3128").expect("a proxy");
        let route = Route::new(Some(&proxy)).expect("a route");
        let peer = |target| {
            route
                .proxy_for(&Uri::from_static(target))
                .map(Uri::to_string)
        };
        assert_eq!(
            peer("https://service.test/").as_deref(),
            Some("http://proxy:3128/")
        );
        assert_eq!(peer("http://service.test/"), None);
        assert!(!format!("{route:?}").contains("secret"));
    }
}
