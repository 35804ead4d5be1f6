use std::fmt;

use ops_model::Timestamp;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// An access key that requests may be signed with, for [`FakeServiceBuilder::verify_signatures`].
///
/// `Debug` shows the key id and the expiry, never a secret; the secrets are wiped when the value is dropped.
///
/// [`FakeServiceBuilder::verify_signatures`]: crate::FakeServiceBuilder::verify_signatures
#[derive(Clone)]
pub struct AccessKey {
    id: String,
    secret: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
    expires_at: Option<Timestamp>,
}

impl AccessKey {
    /// A long-term key: its id, and its secret.
    #[must_use]
    pub fn new(id: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            secret: Zeroizing::new(secret.into()),
            session_token: None,
            expires_at: None,
        }
    }

    /// Makes it temporary: every request has to carry this session token. Without one, none may carry any.
    #[must_use]
    pub fn with_session_token(mut self, session_token: impl Into<String>) -> Self {
        self.session_token = Some(Zeroizing::new(session_token.into()));
        self
    }

    /// Sets from when on it is refused as expired, by the service's time.
    #[must_use]
    pub const fn with_expiry(mut self, expires_at: Timestamp) -> Self {
        self.expires_at = Some(expires_at);
        self
    }

    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn secret(&self) -> &str {
        &self.secret
    }

    /// Whether this is its session token; `None` is none.
    pub(super) fn has_session_token(&self, given: Option<&[u8]>) -> bool {
        match (&self.session_token, given) {
            (Some(token), Some(given)) => token.as_bytes().ct_eq(given).into(),
            (None, None) => true,
            _ => false,
        }
    }

    pub(super) fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|expires_at| expires_at <= now)
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccessKey")
            .field("id", &self.id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let key = AccessKey::new("AKIDEXAMPLE", "secret-canary")
            .with_session_token("token-canary")
            .with_expiry(Timestamp::UNIX_EPOCH);
        assert_eq!(
            format!("{key:?}"),
            r#"AccessKey { id: "AKIDEXAMPLE", expires_at: Some(1970-01-01T00:00:00Z), .. }"#
        );
    }
}
