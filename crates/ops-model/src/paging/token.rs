use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A page token, as the service made it: opaque, and never changed. A clone costs no allocation.
///
/// `Debug` shows its length only: a token can grant a look at somebody's operations.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Token(Arc<str>);

impl Token {
    /// A token of this text. An empty text is no token: the service ends a list with it as with none.
    #[must_use]
    pub fn new(text: impl Into<Arc<str>>) -> Self {
        Self(text.into())
    }

    /// The token's text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({} bytes)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_token() {
        assert_eq!(format!("{:?}", Token::new("canary")), "Token(6 bytes)");
    }
}
