//! Faults on a socket that hyper has given back: one mechanism for all of them.

use std::io;
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::Fault;
use super::memory::{head, message, whole_head};

/// How long a reset waits, so that what was sent before it is read before it.
const BEFORE_RESET: Duration = Duration::from_millis(20);
/// How long a flood or a held connection lasts if the client does not end it.
const LONGEST: Duration = Duration::from_secs(30);
/// An empty list, of either service, behind a response that is over.
const NEXT_RESPONSE: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}";

/// What is done to a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    Send(Vec<u8>),
    /// Sends byte by byte, with this pause after each.
    Drip(Vec<u8>, Duration),
    /// Sends the same again and again until the client is gone.
    Flood(Vec<u8>),
    /// Reads and forgets until the client is gone.
    Hold,
    /// Ends the connection at once, in both directions.
    Reset,
}

impl Fault {
    /// What is done to the connection in place of writing the response; `None` if the response is written as it is.
    pub(crate) fn pieces(&self, response: &http::Response<Bytes>) -> Option<Vec<Piece>> {
        use Piece::{Drip, Flood, Hold, Reset, Send};
        let body = response.body();
        let half_body = || [&whole_head(response), &body[..body.len() / 2]].concat();
        Some(match self {
            Self::Refuse | Self::ResetBeforeHead => vec![Reset],
            Self::ResetInHead => {
                let mut head = whole_head(response);
                head.truncate(head.len() / 2);
                vec![Send(head), Reset]
            }
            Self::ResetAfterHead => vec![Send(whole_head(response)), Reset],
            Self::ResetInBody => vec![Send(half_body()), Reset],
            Self::TruncatedBody => vec![Send(half_body())],
            Self::OverlongBody => vec![Send([&message(response), NEXT_RESPONSE].concat()), Hold],
            Self::HugeBody => vec![
                Send(head(response, "content-length: 1099511627776")),
                Flood(vec![b' '; 4096]),
            ],
            Self::EndlessBody => vec![
                Send(head(response, "transfer-encoding: chunked")),
                Flood([b"1000\r\n", &[b' '; 4096][..], b"\r\n"].concat()),
            ],
            Self::Garbage => vec![Send(b"\x16\x03\x01 no HTTP \xff\xfe\0\r\n\r\n".to_vec())],
            Self::HeaderFlood => vec![
                Send(b"HTTP/1.1 200 OK\r\n".to_vec()),
                Flood(b"x-flood: drop by drop\r\n".repeat(100)),
            ],
            Self::SlowDrip { pause } => vec![Drip(last_message(response), *pause)],
            Self::Continue => {
                let interim = b"HTTP/1.1 100 Continue\r\n\r\n";
                vec![Send([interim, &last_message(response)[..]].concat())]
            }
            Self::BadGateway
            | Self::InternalError
            | Self::ArrayBody
            | Self::NullBody
            | Self::TruncatedJson
            | Self::ByteOrderMark
            | Self::MovedPermanently
            | Self::TemporaryRedirect
            | Self::Error(_)
            | Self::ErrorInHeader(_)
            | Self::ExpiredCredentials { .. }
            | Self::SkewedClock { .. }
            | Self::RepeatedToken { .. }
            | Self::DuplicatePage
            | Self::NumericToken
            | Self::ObjectToken
            | Self::NullItem { .. } => return None,
        })
    }
}

/// The whole response, with the announcement that the connection ends after it.
fn last_message(response: &http::Response<Bytes>) -> Vec<u8> {
    let body = response.body();
    let framing = format!("content-length: {}\r\nconnection: close", body.len());
    [&head(response, &framing), &body[..]].concat()
}

/// Plays these pieces one after another; then the connection ends.
///
/// # Errors
///
/// The client is gone, which is how some pieces end.
pub(crate) async fn play(mut stream: TcpStream, pieces: &[Piece]) -> io::Result<()> {
    for piece in pieces {
        match piece {
            Piece::Send(bytes) => stream.write_all(bytes).await?,
            Piece::Drip(bytes, pause) => {
                for byte in bytes {
                    stream.write_u8(*byte).await?;
                    sleep(*pause).await;
                }
            }
            Piece::Flood(bytes) => {
                let flood = async { while stream.write_all(bytes).await.is_ok() {} };
                let _ = timeout(LONGEST, flood).await;
            }
            Piece::Hold => {
                let mut buffer = [0; 1024];
                let hold =
                    async { while stream.read(&mut buffer).await.is_ok_and(|read| read > 0) {} };
                let _ = timeout(LONGEST, hold).await;
            }
            Piece::Reset => {
                sleep(BEFORE_RESET).await;
                // What lingers for no time is reset when it is dropped.
                return stream.set_zero_linger();
            }
        }
    }
    stream.shutdown().await
}
