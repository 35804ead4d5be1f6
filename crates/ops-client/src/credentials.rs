use std::error::Error;
use std::fmt;
use std::time::SystemTime;

use async_trait::async_trait;
use zeroize::Zeroizing;

/// An AWS key pair, with the session token and the expiry of temporary ones.
///
/// `Debug` shows the access key id and the expiry, never a secret; the secrets are wiped when the value is dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    access_key_id: String,
    secret_access_key: Zeroizing<String>,
    session_token: Option<Zeroizing<String>>,
    expires_at: Option<SystemTime>,
}

impl Credentials {
    /// A long-term key pair.
    #[must_use]
    pub fn new(access_key_id: impl Into<String>, secret_access_key: impl Into<String>) -> Self {
        Self {
            access_key_id: access_key_id.into(),
            secret_access_key: Zeroizing::new(secret_access_key.into()),
            session_token: None,
            expires_at: None,
        }
    }

    /// Makes them temporary: sets the session token.
    #[must_use]
    pub fn with_session_token(mut self, session_token: impl Into<String>) -> Self {
        self.session_token = Some(Zeroizing::new(session_token.into()));
        self
    }

    /// Sets when they expire. A client asks its source again five minutes earlier.
    #[must_use]
    pub const fn with_expiry(mut self, expires_at: SystemTime) -> Self {
        self.expires_at = Some(expires_at);
        self
    }

    /// The access key id, which is no secret.
    #[must_use]
    pub fn access_key_id(&self) -> &str {
        &self.access_key_id
    }

    /// The secret access key.
    #[must_use]
    pub fn secret_access_key(&self) -> &str {
        &self.secret_access_key
    }

    /// The session token of temporary credentials.
    #[must_use]
    pub fn session_token(&self) -> Option<&str> {
        self.session_token.as_ref().map(|token| token.as_str())
    }

    /// When they expire, if they do.
    #[must_use]
    pub const fn expires_at(&self) -> Option<SystemTime> {
        self.expires_at
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Where an async client gets its credentials.
///
/// The client keeps what it gets. It asks once, again five minutes before the expiry, and once more after the service
/// has called them expired.
#[async_trait]
pub trait CredentialsSource: Send + Sync {
    /// The credentials to sign with from now on.
    ///
    /// # Errors
    ///
    /// [`CredentialsError`] if there are none, or if the source cannot be read.
    async fn credentials(&self) -> Result<Credentials, CredentialsError>;
}

/// Where a blocking client gets its credentials; asked as [`CredentialsSource`] is.
pub trait BlockingCredentialsSource: Send + Sync {
    /// The credentials to sign with from now on.
    ///
    /// # Errors
    ///
    /// As [`CredentialsSource::credentials`].
    fn credentials_blocking(&self) -> Result<Credentials, CredentialsError>;
}

/// Fixed credentials are a source of themselves.
#[async_trait]
impl CredentialsSource for Credentials {
    async fn credentials(&self) -> Result<Self, CredentialsError> {
        Ok(self.clone())
    }
}

impl BlockingCredentialsSource for Credentials {
    fn credentials_blocking(&self) -> Result<Self, CredentialsError> {
        Ok(self.clone())
    }
}

/// There are no credentials, or their source cannot be read.
///
/// The message says where they were looked for and what to do. It never repeats what a file or a program held.
#[derive(Debug)]
pub struct CredentialsError {
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl CredentialsError {
    /// An error with a message for the user: what is missing, and what to do.
    #[must_use]
    pub fn new(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            source: None,
        }
    }

    /// Adds the cause.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for CredentialsError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let credentials =
            Credentials::new("AKIDEXAMPLE", "secret-canary").with_session_token("token-canary");
        assert_eq!(
            format!("{credentials:?}"),
            r#"Credentials { access_key_id: "AKIDEXAMPLE", expires_at: None, .. }"#
        );
    }
}
