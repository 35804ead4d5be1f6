//! What is not the head of a request, or not of a reasonable one.

use std::net::SocketAddr;

use crate::wire::{check_serves, exchange};

const MIB: usize = 1024 * 1024;

/// Sends these bytes: what comes back is nothing, or a response that does not blame the service; and the next good request
/// is answered.
pub(crate) fn check(addr: SocketAddr, bytes: &[u8]) {
    let answer = exchange(addr, bytes);
    let sent = bytes[..bytes.len().min(60)].escape_ascii();
    let is_right = answer.is_empty() || RIGHT.iter().any(|right| answer.starts_with(right));
    assert!(is_right, "{sent}: {}", answer.escape_ascii());
    check_serves(addr);
}

/// How responses begin that say the request was taken, or that the client is wrong.
const RIGHT: [&[u8]; 5] = [
    b"HTTP/1.1 100 ",
    b"HTTP/1.1 200 ",
    b"HTTP/1.1 4",
    b"HTTP/1.0 200 ",
    b"HTTP/1.0 4",
];

pub(crate) fn bad() -> Vec<Vec<u8>> {
    let long = |before: &str, length: usize, after: &str| {
        [before.as_bytes(), &vec![b'x'; length], after.as_bytes()].concat()
    };
    let mut all: Vec<Vec<u8>> = BAD.iter().map(|bytes| bytes.to_vec()).collect();
    all.extend([
        long("", MIB, " / HTTP/1.1\r\n\r\n"),
        long("GET /", MIB, " HTTP/1.1\r\n\r\n"),
        long("GET / HTTP/", MIB, "\r\n\r\n"),
        long("GET / HTTP/1.1\r\nx: ", MIB, "\r\n\r\n"),
        long("GET / HTTP/1.1\r\n", MIB, ": x\r\n\r\n"),
        long("GET / HTTP/1.1\r\nx: ", 16 * MIB, ""),
        long("POST / HTTP/1.1\r\ncontent-length: ", 30, "\r\n\r\n"),
        long(
            "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1;",
            MIB,
            "\r\nx\r\n0\r\n\r\n",
        ),
        [
            b"GET / HTTP/1.1\r\n".as_slice(),
            &b"x: y\r\n".repeat(100_000),
            b"\r\n",
        ]
        .concat(),
        b"\r\n".repeat(MIB / 2),
        vec![0; MIB],
        (0..=u8::MAX).collect(),
    ]);
    all
}

const BAD: &[&[u8]] = &[
    b"",
    b"\r\n\r\n\r\n\r\n",
    b"\0\0\0\0\r\n\r\n",
    // TLS, HTTP/2, SOCKS, and an older HTTP.
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"\x05\x01\x00",
    b"GET /\r\n",
    b"GET / HTTP/1.0\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n",
    b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
    // Lines.
    b"GET\r\n\r\n",
    b"GET / HTTP/1.1",
    b"GET / HTTP/1.1\n\n",
    b"GET / HTTP/1.1\r\r",
    b"GET  /  HTTP/1.1\r\n\r\n",
    b"GET \xff HTTP/1.1\r\n\r\n",
    b"GET http://[ HTTP/1.1\r\n\r\n",
    b"GET * HTTP/1.1\r\n\r\n",
    b"CONNECT localhost:1 HTTP/1.1\r\n\r\n",
    b"G\0T / HTTP/1.1\r\n\r\n",
    // Headers.
    b"GET / HTTP/1.1\r\nbad header\r\n\r\n",
    b"GET / HTTP/1.1\r\n: empty\r\n\r\n",
    b"GET / HTTP/1.1\r\nx : space\r\n\r\n",
    b"GET / HTTP/1.1\r\nx: \0\r\n\r\n",
    b"GET / HTTP/1.1\r\nx: \xff\xfe\r\n\r\n",
    b"GET / HTTP/1.1\r\nx: folded\r\n over lines\r\n\r\n",
    b"GET / HTTP/1.1\r\n folded: at once\r\n\r\n",
    b"GET / HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n",
    b"GET / HTTP/1.1\r\nupgrade: h2c\r\nconnection: upgrade, http2-settings\r\nhttp2-settings: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n",
    b"POST / HTTP/1.1\r\nexpect: the unexpected\r\ncontent-length: 2\r\n\r\n{}",
    // Lengths.
    b"POST / HTTP/1.1\r\ncontent-length: x\r\n\r\n",
    b"POST / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\ncontent-length: +2\r\n\r\n{}",
    b"POST / HTTP/1.1\r\ncontent-length: 0x2\r\n\r\n{}",
    b"POST / HTTP/1.1\r\ncontent-length: 2, 2\r\n\r\n{}",
    b"POST / HTTP/1.1\r\ncontent-length: 18446744073709551615\r\n\r\n{}",
    b"POST / HTTP/1.1\r\ncontent-length: 18446744073709551616\r\n\r\n{}",
    b"POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n{}",
    b"POST / HTTP/1.1\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 2\r\n\r\n{}",
    b"POST / HTTP/1.1\r\ntransfer-encoding: gzip\r\n\r\n{}",
    b"POST / HTTP/1.1\r\ntransfer-encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\ncontent-length: 10\r\n\r\n{",
    // Chunks.
    b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n",
    b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n{}",
    b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n{}",
    b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}}\r\n0\r\n\r\n",
    b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\ntrailer: \0\r\n\r\n",
];
