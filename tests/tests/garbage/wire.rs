//! Raw bytes over sockets to a fake, and what comes back.

use std::fmt::Write as _;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::Duration;

use serde_json::Value;

/// How long an answer may take before its test fails: long, as a machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A connection on which a missing answer fails the test instead of hanging it.
pub(crate) fn connect(addr: SocketAddr) -> TcpStream {
    let stream = TcpStream::connect(addr).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// A request with these lines between its first line and its body.
pub(crate) fn request(line: &str, headers: &[&str], body: &[u8]) -> Vec<u8> {
    let mut head = format!("{line} HTTP/1.1\r\nhost: localhost\r\n");
    for header in headers {
        write!(head, "{header}\r\n").unwrap();
    }
    write!(head, "content-length: {}\r\n\r\n", body.len()).unwrap();
    [head.as_bytes(), body].concat()
}

/// A good request for a list.
pub(crate) fn list(body: &str) -> Vec<u8> {
    let target = "x-amz-target: Route53AutoNaming_v20170314.ListOperations";
    request("POST /", &[target], body.as_bytes())
}

/// Reads one response: its status and its body.
pub(crate) fn read(stream: &mut TcpStream) -> io::Result<(u16, Vec<u8>)> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap().to_lowercase();
    let (_, length) = head.split_once("\r\ncontent-length: ").unwrap();
    let mut body = vec![0; length.lines().next().unwrap().parse().unwrap()];
    stream.read_exact(&mut body)?;
    Ok((head[9..12].parse().unwrap(), body))
}

/// Sends these bytes and shuts down: all that comes back until the service ends the connection.
///
/// It may end it before all is sent, and by a reset.
pub(crate) fn exchange(addr: SocketAddr, bytes: &[u8]) -> Vec<u8> {
    let mut stream = connect(addr);
    let _ = stream.write_all(bytes);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset, "{error}");
    }
    answer
}

/// Asks for AWS's example over a connection of its own, and expects it.
pub(crate) fn check_serves(addr: SocketAddr) {
    let mut stream = connect(addr);
    stream.write_all(&list(r#"{"MaxResults":2}"#)).unwrap();
    let (status, body) = read(&mut stream).unwrap();
    assert_eq!(
        (status, &ids(&body)[..]),
        (200, &EXAMPLE.map(str::to_owned)[..])
    );
}

const EXAMPLE: [&str; 2] = [
    "76yy8ovhpdz0plmjzbsnqgnrqvpv2qdt-kexample",
    "prysnyzpji3u2ciy45nke83x2zanl7yk-dexample",
];

/// The ids on a page.
pub(crate) fn ids(body: &[u8]) -> Vec<String> {
    let page: Value = serde_json::from_slice(body).unwrap();
    let items = page["Operations"].as_array().unwrap().iter();
    items
        .map(|item| item["Id"].as_str().unwrap().to_owned())
        .collect()
}

/// The ids of a whole list, over one connection.
pub(crate) fn whole_list(stream: &mut TcpStream) -> Vec<String> {
    let mut all = Vec::new();
    let mut asked = serde_json::json!({});
    loop {
        stream.write_all(&list(&asked.to_string())).unwrap();
        let (status, body) = read(stream).unwrap();
        assert_eq!(status, 200);
        all.extend(ids(&body));
        let page: Value = serde_json::from_slice(&body).unwrap();
        match page.get("NextToken") {
            Some(token) => asked = serde_json::json!({ "NextToken": token }),
            None => return all,
        }
    }
}
