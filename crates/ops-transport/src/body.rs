use std::fmt;

use bytes::Bytes;

use crate::{Attempt, TransportError, TransportErrorKind};

/// The most room that a body gets with its first byte, whatever length it announces.
const FIRST: usize = 64 * 1024;

/// Up to here the room is doubled; beyond, it is as large as the default limit at once.
const SMALL: usize = 512 * 1024;

/// Collects a response body up to [`Attempt::max_body`] bytes, within that memory: what a transport needs for clause 6.
///
/// The body is in one buffer, as pieces that hold a byte each would cost many times the limit. The buffer is not doubled
/// all the way: doubling copies, and for a moment holds half as much again. What is reserved and not written takes no
/// memory yet.
///
/// ```
/// use ops_transport::{BodyBuffer, TransportErrorKind};
///
/// let mut body = BodyBuffer::new(None, 5)?;
/// body.push(b"abc")?;
/// body.push(b"de")?;
/// assert_eq!(body.push(b"f").unwrap_err().kind(), TransportErrorKind::BodyTooLarge);
/// assert_eq!(body.into_bytes(), "abcde");
///
/// assert!(BodyBuffer::new(Some(6), 5).is_err(), "a length that is announced is refused at once");
/// # Ok::<(), ops_transport::TransportError>(())
/// ```
pub struct BodyBuffer {
    bytes: Vec<u8>,
    /// The room to begin with.
    first: usize,
    limit: usize,
}

impl BodyBuffer {
    /// A buffer for a body of at most `limit` bytes, of which the peer has announced so many, if it has.
    ///
    /// # Errors
    ///
    /// [`TransportErrorKind::BodyTooLarge`] if it announces more than the limit.
    pub fn new(announced: Option<u64>, limit: usize) -> Result<Self, TransportError> {
        let announced = usize::try_from(announced.unwrap_or(0)).unwrap_or(usize::MAX);
        if announced > limit {
            return Err(TransportError::new(TransportErrorKind::BodyTooLarge));
        }
        Ok(Self {
            bytes: Vec::new(),
            first: announced.min(FIRST),
            limit,
        })
    }

    /// Takes the next bytes of the body.
    ///
    /// # Errors
    ///
    /// [`TransportErrorKind::BodyTooLarge`] if the body is larger than the limit.
    pub fn push(&mut self, data: &[u8]) -> Result<(), TransportError> {
        let length = self.bytes.len();
        if data.len() > self.limit - length {
            return Err(TransportError::new(TransportErrorKind::BodyTooLarge));
        }
        let needed = length + data.len();
        if needed > self.bytes.capacity() {
            let mut room = needed.max(self.first).max(length.saturating_mul(2));
            if room > SMALL {
                room = room.max(Attempt::DEFAULT_MAX_BODY);
            }
            self.bytes.reserve_exact(room.min(self.limit) - length);
        }
        self.bytes.extend_from_slice(data);
        Ok(())
    }

    /// The body.
    #[must_use]
    pub fn into_bytes(self) -> Bytes {
        self.bytes.into()
    }
}

/// Shows nothing of the body.
impl fmt::Debug for BodyBuffer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BodyBuffer")
            .field("length", &self.bytes.len())
            .field("limit", &self.limit)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_on_the_way_to_the_limit_is_small() {
        for piece in [1000, 300_000] {
            let limit = Attempt::DEFAULT_MAX_BODY;
            let mut body = BodyBuffer::new(None, limit).expect("nothing is announced");
            let piece = vec![b'x'; piece];
            loop {
                let (length, room) = (body.bytes.len(), body.bytes.capacity());
                let rest = piece.len().min(limit - length);
                body.push(&piece[..rest]).expect("it fits");
                let grown = body.bytes.capacity();
                assert!(grown <= limit);
                assert!(grown == room || length <= SMALL, "{room} to {grown}");
                if rest == 0 {
                    break;
                }
            }
            assert!(body.push(b"x").is_err());
            assert_eq!(body.into_bytes().len(), limit);
        }
    }

    #[test]
    fn any_limit_is_taken() {
        let mut body = BodyBuffer::new(Some(u64::MAX >> 1), usize::MAX).expect("no limit");
        assert!(body.bytes.capacity() <= FIRST);
        for _ in 0..3 {
            body.push(&vec![b'x'; 5_000_000]).expect("no limit");
        }
        assert_eq!(body.into_bytes().len(), 15_000_000);

        let mut body = BodyBuffer::new(Some(0), 0).expect("nothing is as much as the limit");
        body.push(b"").expect("it is empty");
        assert!(body.push(b"x").is_err());
        assert!(BodyBuffer::new(Some(1), 0).is_err());
    }

    #[test]
    fn debug_shows_no_body() {
        let mut body = BodyBuffer::new(None, 9).expect("nothing is announced");
        body.push(b"secret").expect("it fits");
        assert_eq!(format!("{body:?}"), "BodyBuffer { length: 6, limit: 9 }");
    }
}
