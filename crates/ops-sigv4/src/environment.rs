use std::ffi::OsString;
use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use ops_client::{BlockingCredentialsSource, Credentials, CredentialsError, CredentialsSource};

pub(crate) const ACCESS_KEY_ID: &str = "AWS_ACCESS_KEY_ID";
pub(crate) const SECRET_ACCESS_KEY: &str = "AWS_SECRET_ACCESS_KEY";
pub(crate) const SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";

/// The environment variables that a credentials source sees: the process's, or any lookup.
///
/// A variable that is set to nothing counts as unset. `Debug` shows no value.
///
/// ```
/// use ops_sigv4::Environment;
///
/// let process = Environment::process();
/// let fixed = Environment::from_iter([("AWS_PROFILE", "staging"), ("HOME", "/home/me")]);
/// let none = Environment::from_fn(|_name| None);
/// ```
#[derive(Clone)]
pub struct Environment {
    lookup: Arc<Lookup>,
}

type Lookup = dyn Fn(&str) -> Option<OsString> + Send + Sync;

impl Environment {
    /// The environment of this process, read anew each time a source is asked.
    #[must_use]
    pub fn process() -> Self {
        Self::from_fn(|name| std::env::var_os(name))
    }

    /// An environment of which `lookup` knows the variables; it is asked anew each time a source is.
    #[must_use]
    pub fn from_fn(lookup: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static) -> Self {
        Self {
            lookup: Arc::new(lookup),
        }
    }

    /// A variable's value, `None` if it is unset or empty.
    pub(crate) fn var_os(&self, name: &str) -> Option<OsString> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }

    /// As [`var_os`](Self::var_os), for a variable that holds text.
    pub(crate) fn var(&self, name: &str) -> Result<Option<String>, CredentialsError> {
        self.var_os(name)
            .map(|value| {
                value
                    .into_string()
                    .map_err(|_| CredentialsError::new(format!("{name} is not valid Unicode")))
            })
            .transpose()
    }
}

/// An environment of exactly these variables; of two with one name, the later.
impl<K: Into<String>, V: Into<OsString>> FromIterator<(K, V)> for Environment {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(variables: I) -> Self {
        let variables: std::collections::HashMap<String, OsString> = variables
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self::from_fn(move |name| variables.get(name).cloned())
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment").finish_non_exhaustive()
    }
}

/// Credentials from `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and, if it is set, `AWS_SESSION_TOKEN`.
///
/// The values are taken as they are. They carry no expiry.
///
/// # Errors
///
/// Asking fails if neither key variable is set, if only one of them is, and if a value is not Unicode.
///
/// AWS: [Environment variables](https://docs.aws.amazon.com/sdkref/latest/guide/environment-variables.html),
/// [AWS access keys](https://docs.aws.amazon.com/sdkref/latest/guide/feature-static-credentials.html).
#[derive(Clone, Debug)]
pub struct EnvironmentCredentials {
    environment: Environment,
}

impl EnvironmentCredentials {
    /// The credentials of this environment.
    #[must_use]
    pub const fn new(environment: Environment) -> Self {
        Self { environment }
    }

    /// `None` if neither key variable is set.
    pub(crate) fn find(&self) -> Result<Option<Credentials>, CredentialsError> {
        let access_key_id = self.environment.var(ACCESS_KEY_ID)?;
        let secret_access_key = self.environment.var(SECRET_ACCESS_KEY)?;
        let (access_key_id, secret_access_key) = match (access_key_id, secret_access_key) {
            (Some(access_key_id), Some(secret_access_key)) => (access_key_id, secret_access_key),
            (Some(_), None) => return Err(half_set(ACCESS_KEY_ID, SECRET_ACCESS_KEY)),
            (None, Some(_)) => return Err(half_set(SECRET_ACCESS_KEY, ACCESS_KEY_ID)),
            (None, None) => return Ok(None),
        };
        let credentials = Credentials::new(access_key_id, secret_access_key);
        Ok(Some(match self.environment.var(SESSION_TOKEN)? {
            Some(session_token) => credentials.with_session_token(session_token),
            None => credentials,
        }))
    }
}

fn half_set(set: &str, unset: &str) -> CredentialsError {
    CredentialsError::new(format!(
        "{set} is set but {unset} is not: set both, or neither"
    ))
}

impl BlockingCredentialsSource for EnvironmentCredentials {
    fn credentials_blocking(&self) -> Result<Credentials, CredentialsError> {
        self.find()?.ok_or_else(|| {
            CredentialsError::new(format!(
                "no AWS credentials: set {ACCESS_KEY_ID} and {SECRET_ACCESS_KEY}"
            ))
        })
    }
}

#[async_trait]
impl CredentialsSource for EnvironmentCredentials {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.credentials_blocking()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(variables: &[(&str, &str)]) -> Result<Option<Credentials>, String> {
        let environment = Environment::from_iter(variables.iter().copied());
        EnvironmentCredentials::new(environment)
            .find()
            .map_err(|error| error.to_string())
    }

    #[test]
    fn both_keys_or_neither() {
        let keys = Credentials::new("AKIDEXAMPLE", "secret=+/ #;");
        for (variables, expected) in [
            (&[][..], Ok(None)),
            (&[("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")], Ok(None)),
            (&[("AWS_SESSION_TOKEN", "token")], Ok(None)),
            (
                &[("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"), ("AWS_SECRET_ACCESS_KEY", "secret=+/ #;")],
                Ok(Some(keys.clone())),
            ),
            (
                &[
                    ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
                    ("AWS_SECRET_ACCESS_KEY", "secret=+/ #;"),
                    ("AWS_SESSION_TOKEN", ""),
                ],
                Ok(Some(keys.clone())),
            ),
            (
                &[
                    ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
                    ("AWS_SECRET_ACCESS_KEY", "secret=+/ #;"),
                    ("AWS_SESSION_TOKEN", "token=="),
                ],
                Ok(Some(keys.clone().with_session_token("token=="))),
            ),
            (
                &[("AWS_ACCESS_KEY_ID", "canary"), ("AWS_SECRET_ACCESS_KEY", "")],
                Err("AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not: set both, or neither".to_owned()),
            ),
            (
                &[("AWS_SECRET_ACCESS_KEY", "canary")],
                Err("AWS_SECRET_ACCESS_KEY is set but AWS_ACCESS_KEY_ID is not: set both, or neither".to_owned()),
            ),
        ] {
            assert_eq!(find(variables), expected, "{variables:?}");
        }
    }

    #[test]
    fn nothing_set_is_an_error_of_the_source() {
        let source = EnvironmentCredentials::new(Environment::from_fn(|_| None));
        let expected = "no AWS credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
        assert_eq!(
            source.credentials_blocking().unwrap_err().to_string(),
            expected
        );
        let asynchronous = futures_executor::block_on(source.credentials());
        assert_eq!(asynchronous.unwrap_err().to_string(), expected);
    }

    #[cfg(unix)]
    #[test]
    fn a_value_that_is_not_unicode_is_an_error_without_it() {
        use std::os::unix::ffi::OsStringExt;

        let source = EnvironmentCredentials::new(Environment::from_fn(|_| {
            Some(OsString::from_vec(b"canary\xff".to_vec()))
        }));
        assert_eq!(
            source.find().unwrap_err().to_string(),
            "AWS_ACCESS_KEY_ID is not valid Unicode"
        );
    }

    #[test]
    fn debug_shows_no_value() {
        let environment = Environment::from_iter([("AWS_SECRET_ACCESS_KEY", "canary")]);
        assert_eq!(
            format!("{:?}", EnvironmentCredentials::new(environment)),
            "EnvironmentCredentials { environment: Environment { .. } }"
        );
    }

    #[test]
    fn the_process_environment_is_read_when_asked() {
        assert_eq!(
            Environment::process().var_os("PATH"),
            std::env::var_os("PATH").filter(|path| !path.is_empty())
        );
    }
}
