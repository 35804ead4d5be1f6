//! CBOR bodies: where data items end, what is read of them, and how they are written.
//!
//! RFC 8949, <https://www.rfc-editor.org/rfc/rfc8949.html>. A body is walked over once, so that every item in it is known
//! to be well-formed before any is read: what cannot be read then is one item's fault, not the body's.

mod read;
mod walk;
mod write;

pub(crate) use read::Item;
pub(crate) use write::Data;
