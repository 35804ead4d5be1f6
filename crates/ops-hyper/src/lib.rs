//! The async transport of ops over hyper, rustls and tokio.
//!
//! # In scope
//!
//! * [`HyperTransport`]: [`Transport`](ops_transport::Transport) over a pool of HTTP/1.1 connections, TLS by rustls with
//!   the ring provider, and a `CONNECT` tunnel for `https` where a proxy is asked for.
//! * [`TokioClock`]: [`Clock`](ops_transport::Clock) over tokio's time, a paused one included.
//!
//! # Out of scope
//!
//! HTTP/2, compression, redirects, retries, cookies, client certificates, and proxies that are reached over TLS or
//! SOCKS. The environment: proxy and trusted authorities come from [`ConnectOptions`](ops_transport::ConnectOptions).
//!
//! # Example
//!
//! ```
//! use std::io::{Read, Write};
//!
//! use bytes::Bytes;
//! use ops_hyper::HyperTransport;
//! use ops_transport::{Attempt, ConnectOptions, Transport};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! let address = listener.local_addr()?;
//! std::thread::spawn(move || -> std::io::Result<()> {
//!     let (mut peer, _) = listener.accept()?;
//!     let _ = peer.read(&mut [0; 1024])?;
//!     peer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
//! });
//!
//! let transport = HyperTransport::new(ConnectOptions::new())?;
//! let request = http::Request::get(format!("http://{address}/v1/connectors")).body(Bytes::new())?;
//! let response = transport.send(request, &Attempt::new("ListConnectors")).await?;
//! assert_eq!(response.status(), 200);
//! assert_eq!(response.body().as_ref(), b"{}");
//! # Ok(())
//! # }
//! ```

mod clock;
mod connect;
mod error;
mod paced;
mod tls;
mod transport;

pub use clock::TokioClock;
pub use transport::HyperTransport;
