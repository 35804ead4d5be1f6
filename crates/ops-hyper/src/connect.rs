use std::error::Error;
use std::future::ready;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::Uri;
use http::uri::Scheme;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::Tunnel;
use hyper_util::rt::TokioIo;
use ops_transport::{ConnectOptions, Proxy, TransportError, TransportErrorKind};
use tokio::net::TcpStream;
use tower_service::Service;

use crate::paced::Paced;
use crate::tls::Tls;

type BoxError = Box<dyn Error + Send + Sync>;

/// Opens connections: `http` directly, `https` with TLS, through the proxy if there is one.
#[derive(Clone)]
pub(crate) struct Connector {
    tcp: HttpConnector,
    tunnel: Option<Tunnel<HttpConnector>>,
    tls: Tls,
}

impl Connector {
    pub(crate) fn new(options: &ConnectOptions) -> Result<Self, TransportError> {
        let mut tcp = HttpConnector::new();
        // It also makes the TCP connections of `https`.
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let tunnel = match &options.proxy {
            None => None,
            Some(proxy) => Some(tunnel(proxy, tcp.clone())?),
        };
        Ok(Self {
            tcp,
            tunnel,
            tls: Tls::new(&options.trust)?,
        })
    }
}

impl Service<Uri> for Connector {
    type Response = Paced<MaybeHttpsStream<TokioIo<TcpStream>>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        // The tunnel holds a clone of the same connector, which is ready when this one is.
        self.tcp.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        if target.scheme() == Some(&Scheme::HTTP) {
            let connecting = self.tcp.call(target);
            return Box::pin(async { Ok(Paced::new(connecting.await?.into())) });
        }
        let config = match self.tls.config() {
            Ok(config) => config,
            Err(error) => return Box::pin(ready(Err(error.into()))),
        };
        let connecting = match &self.tunnel {
            None => HttpsConnector::from((self.tcp.clone(), config)).call(target),
            Some(tunnel) => HttpsConnector::from((tunnel.clone(), config)).call(target),
        };
        Box::pin(async { Ok(Paced::new(connecting.await?)) })
    }
}

fn tunnel(proxy: &Proxy, tcp: HttpConnector) -> Result<Tunnel<HttpConnector>, TransportError> {
    let uri = Uri::builder()
        .scheme(Scheme::HTTP)
        .authority(format!("{}:{}", proxy.host(), proxy.port()))
        .path_and_query("/")
        .build()
        .map_err(|error| TransportError::new(TransportErrorKind::Request).with_source(error))?;
    let tunnel = Tunnel::new(uri, tcp);
    Ok(match proxy.basic_authorization() {
        None => tunnel,
        Some(authorization) => tunnel.with_auth(authorization),
    })
}
