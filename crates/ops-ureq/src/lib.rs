//! The blocking transport of ops over ureq and rustls.
//!
//! # In scope
//!
//! * [`UreqTransport`]: [`BlockingTransport`](ops_transport::BlockingTransport) over a pool of HTTP/1.1 connections, TLS
//!   by rustls with the ring provider, and a `CONNECT` tunnel for `https` where a proxy is asked for.
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
//! use ops_transport::{Attempt, BlockingTransport, ConnectOptions};
//! use ops_ureq::UreqTransport;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
//! let address = listener.local_addr()?;
//! std::thread::spawn(move || -> std::io::Result<()> {
//!     let (mut peer, _) = listener.accept()?;
//!     let _ = peer.read(&mut [0; 1024])?;
//!     peer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
//! });
//!
//! let transport = UreqTransport::new(ConnectOptions::new())?;
//! let request = http::Request::get(format!("http://{address}/v1/connectors")).body(Bytes::new())?;
//! let response = transport.send_blocking(request, &Attempt::new("ListConnectors"))?;
//! assert_eq!(response.status(), 200);
//! assert_eq!(response.body().as_ref(), b"{}");
//! # Ok(())
//! # }
//! ```
//!
//! # What ureq does beside
//!
//! Three things that no setting of ureq's turns off:
//!
//! * It writes to the [`log`](https://docs.rs/log) facade. At level `debug`: method, scheme, host, status, and the
//!   headers of an allow-list that holds no credentials. At level `trace`: the path and query, `location`, and, from
//!   `ureq_proto`, **every byte** of request heads and of responses in hexadecimal. A program that installs a logger
//!   holds the targets `ureq` and `ureq_proto` at `debug` (`RUST_LOG=trace,ureq=debug,ureq_proto=debug`); then nothing
//!   that carries a credential or a body is logged.
//! * Its features `gzip`, `brotli`, `charset` and `cookies` change what every agent in the program does with a response,
//!   and cargo turns a feature on for all crates of a build alike. This crate uses none of them; a program that asks
//!   for them elsewhere also gets them here.
//! * Its configuration begins with a look at the proxy variables of the environment. What it finds is discarded before
//!   the transport exists.

mod connect;
mod error;
mod tls;
mod transport;

pub use transport::UreqTransport;
