use async_trait::async_trait;
use ops_client::{BlockingCredentialsSource, Credentials, CredentialsError, CredentialsSource};

use crate::environment::{ACCESS_KEY_ID, SECRET_ACCESS_KEY};
use crate::profile::Nothing;
use crate::{Environment, EnvironmentCredentials, ProfileCredentials};

/// The environment's credentials, else those of the profile: what the AWS CLI does on a user's machine.
///
/// 1. [`EnvironmentCredentials`], unless a profile was [chosen](Self::with_profile). `AWS_PROFILE` does not choose one
///    in this sense: with keys in the environment too, the keys are used.
/// 2. [`ProfileCredentials`].
///
/// The first that has credentials gives them, and the first that is at fault ends the search with its error: half a key
/// pair in the environment does not fall through to a profile. Roles of containers and instances are not asked.
///
/// AWS: [Credential precedence](https://docs.aws.amazon.com/cli/latest/userguide/cli-chap-configure.html#configure-precedence).
#[derive(Clone, Debug)]
pub struct CredentialsChain {
    environment: EnvironmentCredentials,
    profile: ProfileCredentials,
}

impl CredentialsChain {
    /// The chain of this environment.
    #[must_use]
    pub fn new(environment: Environment) -> Self {
        Self {
            environment: EnvironmentCredentials::new(environment.clone()),
            profile: ProfileCredentials::new(environment),
        }
    }

    /// Uses this profile and not the environment's credentials, as `--profile` of the AWS CLI.
    #[must_use]
    pub fn with_profile(mut self, profile: impl Into<String>) -> Self {
        self.profile = self.profile.with_profile(profile);
        self
    }

    /// The chain's profile: its region, or it alone as a source.
    #[must_use]
    pub const fn profile(&self) -> &ProfileCredentials {
        &self.profile
    }

    fn in_environment(&self) -> Result<Option<Credentials>, CredentialsError> {
        if self.profile.is_explicit() {
            Ok(None)
        } else {
            self.environment.find()
        }
    }

    fn error(&self, nothing: Nothing) -> CredentialsError {
        if self.profile.is_explicit() {
            nothing.into_error()
        } else {
            CredentialsError::new(format!(
                "no AWS credentials: {ACCESS_KEY_ID} and {SECRET_ACCESS_KEY} are not set, and {nothing}; set both, {}",
                nothing.remedy()
            ))
        }
    }
}

impl BlockingCredentialsSource for CredentialsChain {
    fn credentials_blocking(&self) -> Result<Credentials, CredentialsError> {
        match self.in_environment()? {
            Some(credentials) => Ok(credentials),
            None => self.profile.find()?.map_err(|nothing| self.error(nothing)),
        }
    }
}

#[async_trait]
impl CredentialsSource for CredentialsChain {
    async fn credentials(&self) -> Result<Credentials, CredentialsError> {
        match self.in_environment()? {
            Some(credentials) => Ok(credentials),
            None => self
                .profile
                .find_on_thread()
                .await?
                .map_err(|nothing| self.error(nothing)),
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_executor::block_on;
    use tempfile::TempDir;

    use super::*;

    const KEYS: [(&str, &str); 2] = [
        ("AWS_ACCESS_KEY_ID", "AKIDENV"),
        ("AWS_SECRET_ACCESS_KEY", "secret-env"),
    ];

    /// The key id, or the error with the home folder written as `~`; the same from both traits.
    fn ask(chain: CredentialsChain, home: &TempDir) -> Result<String, String> {
        let [blocking, asynchronous] =
            [chain.credentials_blocking(), block_on(chain.credentials())].map(|outcome| {
                outcome
                    .map(|credentials| credentials.access_key_id().to_owned())
                    .map_err(|error| {
                        error
                            .to_string()
                            .replace(home.path().to_str().unwrap(), "~")
                    })
            });
        assert_eq!(blocking, asynchronous);
        blocking
    }

    fn check(
        credentials_file: Option<&str>,
        variables: &[(&str, &str)],
        profile: Option<&str>,
        expected: Result<&str, &str>,
    ) {
        let home = tempfile::tempdir().unwrap();
        if let Some(text) = credentials_file {
            std::fs::create_dir(home.path().join(".aws")).unwrap();
            std::fs::write(home.path().join(".aws/credentials"), text).unwrap();
        }
        let home_variables =
            ["HOME", "USERPROFILE"].map(|name| (name, home.path().to_str().unwrap()));
        let environment = Environment::from_iter(variables.iter().copied().chain(home_variables));
        let mut chain = CredentialsChain::new(environment);
        if let Some(profile) = profile {
            chain = chain.with_profile(profile);
        }
        let expected = expected.map(str::to_owned).map_err(str::to_owned);
        assert_eq!(ask(chain, &home), expected, "{variables:?} {profile:?}");
    }

    const FILE: &str = "\
[default]
aws_access_key_id = AKIDDEFAULT
aws_secret_access_key = secret-default
[dev]
aws_access_key_id = AKIDDEV
aws_secret_access_key = secret-dev
";

    #[test]
    fn environment_then_profile() {
        check(Some(FILE), &KEYS, None, Ok("AKIDENV"));
        check(Some(FILE), &[], None, Ok("AKIDDEFAULT"));
        check(Some(FILE), &[("AWS_PROFILE", "dev")], None, Ok("AKIDDEV"));
        check(None, &KEYS, None, Ok("AKIDENV"));
    }

    #[test]
    fn a_chosen_profile_ignores_the_environments_keys_and_aws_profile_does_not() {
        let both = [KEYS[0], KEYS[1], ("AWS_PROFILE", "dev")];
        check(Some(FILE), &both, None, Ok("AKIDENV"));
        check(Some(FILE), &both, Some("default"), Ok("AKIDDEFAULT"));
        check(Some(FILE), &KEYS[..1], Some("dev"), Ok("AKIDDEV"));
    }

    #[test]
    fn a_fault_ends_the_search() {
        check(
            Some(FILE),
            &KEYS[..1],
            None,
            Err("AWS_ACCESS_KEY_ID is set but AWS_SECRET_ACCESS_KEY is not: set both, or neither"),
        );
        check(
            Some(FILE),
            &[("AWS_PROFILE", "prod")],
            None,
            Err(
                "no profile `prod` in ~/.aws/credentials or ~/.aws/config (no such file): the profiles are `default`, `dev`",
            ),
        );
    }

    #[test]
    fn nothing_found_says_where_and_what_to_do() {
        check(
            None,
            &[],
            None,
            Err(
                "no AWS credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and profile `default` has \
                 none in ~/.aws/credentials (no such file) or ~/.aws/config (no such file); set both, run `aws configure \
                 --profile default`",
            ),
        );
        check(
            Some("[dev]"),
            &[],
            None,
            Err(
                "no AWS credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, and profile `default` has \
                 none in ~/.aws/credentials or ~/.aws/config (no such file); set both, run `aws configure --profile \
                 default`, or name another profile (`dev`)",
            ),
        );
        check(
            Some("[dev]"),
            &KEYS,
            Some("dev"),
            Err(
                "no AWS credentials: profile `dev` has none in ~/.aws/credentials or ~/.aws/config (no such file); run \
                 `aws configure --profile dev`",
            ),
        );
    }

    #[test]
    fn the_chain_tells_its_profiles_region() {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("config");
        std::fs::write(&config, "[profile dev]\nregion = eu-central-1\n").unwrap();
        let environment = Environment::from_iter([("AWS_CONFIG_FILE", config)]);
        let chain = CredentialsChain::new(environment).with_profile("dev");
        assert_eq!(
            chain.profile().region().unwrap().as_deref(),
            Some("eu-central-1")
        );
    }

    #[test]
    fn debug_shows_no_secret() {
        let chain = CredentialsChain::new(Environment::from_iter(KEYS)).with_profile("dev");
        assert_eq!(
            format!("{chain:?}"),
            "CredentialsChain { environment: EnvironmentCredentials { environment: Environment { .. } }, \
             profile: ProfileCredentials { environment: Environment { .. }, profile: Some(\"dev\"), \
             process_time_limit: 60s } }"
        );
    }
}
