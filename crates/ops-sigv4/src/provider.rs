use std::fmt;

use async_trait::async_trait;
use aws_credential_types::provider::ProvideCredentials;
use ops_client::{Credentials, CredentialsError, CredentialsSource};

/// Any provider of the official SDK as a source for an async client, `aws-config`'s default chain for one: it knows SSO,
/// roles, containers and instances.
///
/// Key pair, session token and expiry are carried over; the account id is not.
///
/// # Errors
///
/// Asking fails when the provider does. The provider's own error is the cause, and what that one shows is up to the
/// provider.
///
/// ```
/// use aws_credential_types::provider::SharedCredentialsProvider;
/// use ops_sigv4::ProvidedCredentials;
///
/// fn source(provider: SharedCredentialsProvider) -> ProvidedCredentials<SharedCredentialsProvider> {
///     ProvidedCredentials::new(provider)
/// }
/// ```
#[derive(Clone)]
pub struct ProvidedCredentials<P> {
    provider: P,
}

impl<P: ProvideCredentials> ProvidedCredentials<P> {
    /// The credentials of this provider.
    #[must_use]
    pub const fn new(provider: P) -> Self {
        Self { provider }
    }
}

#[async_trait]
impl<P: ProvideCredentials> CredentialsSource for ProvidedCredentials<P> {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        let provided = self.provider.provide_credentials().await.map_err(|error| {
            CredentialsError::new("the credentials provider of the AWS SDK has failed")
                .with_source(error)
        })?;
        let mut credentials =
            Credentials::new(provided.access_key_id(), provided.secret_access_key());
        if let Some(session_token) = provided.session_token() {
            credentials = credentials.with_session_token(session_token);
        }
        if let Some(expires_at) = provided.expiry() {
            credentials = credentials.with_expiry(expires_at);
        }
        Ok(credentials)
    }
}

/// Without the provider, which may show anything.
impl<P> fmt::Debug for ProvidedCredentials<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProvidedCredentials")
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::time::{Duration, UNIX_EPOCH};

    use aws_credential_types::Credentials as AwsCredentials;
    use aws_credential_types::provider::error::CredentialsError as AwsCredentialsError;
    use aws_credential_types::provider::future;
    use futures_executor::block_on;

    use super::*;

    #[derive(Debug)]
    struct Failing;

    impl ProvideCredentials for Failing {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let error = AwsCredentialsError::not_loaded("no container");
            future::ProvideCredentials::ready(Err(error))
        }
    }

    #[test]
    fn everything_that_signing_needs_is_carried_over() {
        let expiry = UNIX_EPOCH + Duration::from_secs(1_788_093_360);
        let token = Some("token".to_owned());
        let keys = Credentials::new("AKIDEXAMPLE", "secret");
        for (provided, expected) in [
            (
                AwsCredentials::new("AKIDEXAMPLE", "secret", None, None, "test"),
                keys.clone(),
            ),
            (
                AwsCredentials::new("AKIDEXAMPLE", "secret", token, Some(expiry), "test"),
                keys.with_session_token("token").with_expiry(expiry),
            ),
        ] {
            let source = ProvidedCredentials::new(provided);
            assert_eq!(block_on(source.credentials()).unwrap(), expected);
        }
    }

    #[test]
    fn the_providers_error_is_the_cause() {
        let error = block_on(ProvidedCredentials::new(Failing).credentials()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the credentials provider of the AWS SDK has failed"
        );
        assert!(error.source().unwrap().is::<AwsCredentialsError>());
    }

    #[test]
    fn debug_shows_nothing_of_the_provider() {
        assert_eq!(
            format!("{:?}", ProvidedCredentials::new(Failing)),
            "ProvidedCredentials { .. }"
        );
    }
}
