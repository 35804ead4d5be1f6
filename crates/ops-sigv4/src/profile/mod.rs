mod files;
mod lookup;
mod parse;
mod process;
mod split;

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use ops_client::{BlockingCredentialsSource, Credentials, CredentialsError, CredentialsSource};

use crate::Environment;
use crate::thread::on_thread;
use files::ProfileFile;
use lookup::{Plan, Profile};

/// Credentials, and the region, of a profile of the shared AWS files.
///
/// # What is read
///
/// * The profile: the one given, else `AWS_PROFILE`, else `default`.
/// * `AWS_SHARED_CREDENTIALS_FILE`, else `~/.aws/credentials`, with sections `[name]`; and `AWS_CONFIG_FILE`, else
///   `~/.aws/config`, with sections `[profile name]` and `[default]`. A leading `~` is `HOME` (on Windows `USERPROFILE`).
///   A file that is not there is an empty one. Both are read anew each time the source is asked.
/// * In the order of the AWS CLI: `aws_access_key_id`, `aws_secret_access_key` and `aws_session_token` of the
///   credentials file; `credential_process`; the three of the config file. Of other settings that stand in both files,
///   the credentials file's counts. An empty setting counts as unset.
///
/// # `credential_process`
///
/// The program gets this process's environment and folder, an empty standard input, and, as the AWS CLI does, no shell.
/// Its standard error is dropped. After a [time limit](Self::with_process_time_limit) of a minute it is killed (what it
/// has started is not), and it may print 64,000 bytes.
///
/// # Blocking
///
/// As a [`BlockingCredentialsSource`] it works in the caller's thread. As a [`CredentialsSource`] it works on a thread
/// of its own, needs no async runtime and never holds up an executor; if the future is dropped, the thread ends by itself,
/// within the time limit.
///
/// # Errors
///
/// * A profile that was named and is in neither file: the error names the files and the profiles that there are.
/// * A profile without credentials, with half a key pair, or with a value that goes on over several lines.
/// * A profile that signs in through SSO, `aws login` or a role, which this crate does not do: the error names the
///   AWS CLI command that does.
/// * A file that cannot be read, is larger than 16 MiB or malformed (with its line, never its content), and a failing
///   `credential_process` (never with its output).
///
/// AWS: [Shared config and credentials files](https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html),
/// [their location](https://docs.aws.amazon.com/sdkref/latest/guide/file-location.html),
/// [Process credential provider](https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html).
#[derive(Clone, Debug)]
pub struct ProfileCredentials {
    environment: Environment,
    profile: Option<String>,
    process_time_limit: Duration,
}

impl ProfileCredentials {
    /// The profile that this environment names, in the files that it names.
    #[must_use]
    pub const fn new(environment: Environment) -> Self {
        Self {
            environment,
            profile: None,
            process_time_limit: Duration::from_secs(60),
        }
    }

    /// Reads this profile, whatever `AWS_PROFILE` says.
    #[must_use]
    pub fn with_profile(mut self, profile: impl Into<String>) -> Self {
        self.profile = Some(profile.into());
        self
    }

    /// How long a `credential_process` may take. Default: one minute.
    #[must_use]
    pub const fn with_process_time_limit(mut self, time_limit: Duration) -> Self {
        self.process_time_limit = time_limit;
        self
    }

    /// The profile's `region`, as it is written; `None` if it has none, or if there is no profile `default`.
    ///
    /// It reads the two files in the caller's thread.
    ///
    /// # Errors
    ///
    /// As the source, except for what is wrong with credentials only.
    pub fn region(&self) -> Result<Option<String>, CredentialsError> {
        self.read(|profile| Ok(profile.text("region")?.map(str::to_owned)))
    }

    /// Whether the caller chose the profile.
    pub(crate) const fn is_explicit(&self) -> bool {
        self.profile.is_some()
    }

    /// The credentials; `Err` inside if there are none, with what was looked at.
    pub(crate) fn find(&self) -> Result<Result<Credentials, Nothing>, CredentialsError> {
        self.read(|profile| match profile.plan()? {
            Plan::Keys(credentials) => Ok(Ok(credentials)),
            Plan::Process(command) => {
                process::run(profile.name, command, self.process_time_limit).map(Ok)
            }
            Plan::Nothing => Ok(Err(Nothing {
                profile: profile.name.to_owned(),
                looked_at: profile.looked_at(),
                others: profile.others(),
            })),
        })
    }

    /// [`find`](Self::find) for async callers.
    pub(crate) async fn find_on_thread(
        &self,
    ) -> Result<Result<Credentials, Nothing>, CredentialsError> {
        let source = self.clone();
        on_thread("aws-profile", move || source.find())
            .await
            .unwrap_or_else(|error| {
                Err(
                    CredentialsError::new("cannot start a thread to read the AWS profile")
                        .with_source(error),
                )
            })
    }

    fn read<T>(
        &self,
        use_profile: impl FnOnce(&Profile<'_>) -> Result<T, CredentialsError>,
    ) -> Result<T, CredentialsError> {
        let named = match &self.profile {
            Some(profile) => Some(profile.clone()),
            None => self.environment.var(PROFILE)?,
        };
        let credentials_file =
            ProfileFile::read(&self.environment, CREDENTIALS_FILE, "~/.aws/credentials")?;
        let config_file = ProfileFile::read(&self.environment, CONFIG_FILE, "~/.aws/config")?;
        let profile = Profile {
            name: named.as_deref().unwrap_or("default"),
            in_credentials: credentials_file.sections()?,
            in_config: config_file.sections()?,
            credentials_file: &credentials_file,
            config_file: &config_file,
        };
        if named.is_some() && !profile.exists() {
            return Err(profile.missing());
        }
        use_profile(&profile)
    }
}

impl BlockingCredentialsSource for ProfileCredentials {
    fn credentials_blocking(&self) -> Result<Credentials, CredentialsError> {
        self.find()?.map_err(Nothing::into_error)
    }
}

#[async_trait]
impl CredentialsSource for ProfileCredentials {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        self.find_on_thread().await?.map_err(Nothing::into_error)
    }
}

const PROFILE: &str = "AWS_PROFILE";
const CREDENTIALS_FILE: &str = "AWS_SHARED_CREDENTIALS_FILE";
const CONFIG_FILE: &str = "AWS_CONFIG_FILE";

/// A search that found nothing, and no fault: `Display` says where it looked.
pub(crate) struct Nothing {
    profile: String,
    looked_at: String,
    others: BTreeSet<String>,
}

impl Nothing {
    /// What to do about it, as the end of a sentence.
    pub(crate) fn remedy(&self) -> String {
        let configure = format!("run `aws configure --profile {}`", quoted(&self.profile));
        if self.others.is_empty() {
            configure
        } else {
            format!(
                "{configure}, or name another profile ({})",
                listed(&self.others)
            )
        }
    }

    pub(crate) fn into_error(self) -> CredentialsError {
        CredentialsError::new(format!("no AWS credentials: {self}; {}", self.remedy()))
    }
}

impl fmt::Display for Nothing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "profile `{}` has none in {}",
            self.profile, self.looked_at
        )
    }
}

/// A profile's name as an argument that can be pasted into a shell.
fn quoted(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./@%+=:,".contains(&byte);
    if !name.is_empty() && name.bytes().all(plain) {
        name.to_owned()
    } else {
        format!("'{}'", name.replace('\'', r"'\''"))
    }
}

fn listed(names: &BTreeSet<String>) -> String {
    const MOST: usize = 20;
    let mut list: Vec<String> = names
        .iter()
        .take(MOST)
        .map(|name| format!("`{name}`"))
        .collect();
    if names.len() > MOST {
        list.push(format!("{} more", names.len() - MOST));
    }
    list.join(", ")
}

#[cfg(test)]
mod tests;
