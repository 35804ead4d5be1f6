use std::collections::BTreeSet;

use ops_client::{Credentials, CredentialsError};

use super::files::ProfileFile;
use super::parse::{Section, Setting};
use super::split::split_posix;
use super::{listed, quoted};

/// Where a profile's credentials come from.
pub(super) enum Plan<'a> {
    Keys(Credentials),
    Process(&'a str),
    Nothing,
}

/// A profile's name, and both files to look it up in.
pub(super) struct Profile<'a> {
    pub(super) name: &'a str,
    pub(super) in_credentials: Vec<Section<'a>>,
    pub(super) in_config: Vec<Section<'a>>,
    pub(super) credentials_file: &'a ProfileFile,
    pub(super) config_file: &'a ProfileFile,
}

impl<'a> Profile<'a> {
    pub(super) fn plan(&self) -> Result<Plan<'a>, CredentialsError> {
        if self.has_any(&SIGN_IN_BEFORE_KEYS)? {
            return Err(self.needs_sign_in());
        }
        if let Some(credentials) = self.keys(self.credentials_settings(), self.credentials_file)? {
            return Ok(Plan::Keys(credentials));
        }
        if self.has_any(&["login_session"])? {
            return Err(self.needs_sign_in());
        }
        if let Some(command) = self.text("credential_process")? {
            return Ok(Plan::Process(command));
        }
        if let Some(credentials) = self.keys(self.config_settings(), self.config_file)? {
            return Ok(Plan::Keys(credentials));
        }
        if self.has_any(&SIGN_IN_WITHOUT_KEYS)? {
            return Err(self.needs_sign_in());
        }
        Ok(Plan::Nothing)
    }

    /// A setting of the profile in either file; the credentials file's counts.
    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, CredentialsError> {
        match self.value(self.credentials_settings(), name, self.credentials_file)? {
            Some(value) => Ok(Some(value)),
            None => self.value(self.config_settings(), name, self.config_file),
        }
    }

    fn has_any(&self, names: &[&str]) -> Result<bool, CredentialsError> {
        for name in names {
            if self.text(name)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A key pair, both halves from one file.
    fn keys(
        &self,
        settings: impl Iterator<Item = Setting<'a>> + Clone,
        file: &ProfileFile,
    ) -> Result<Option<Credentials>, CredentialsError> {
        const ACCESS_KEY_ID: &str = "aws_access_key_id";
        const SECRET_ACCESS_KEY: &str = "aws_secret_access_key";
        let half = |present: &str, absent: &str| {
            CredentialsError::new(format!(
                "profile `{}` in {} has {present} but no {absent}: add it, or remove the other",
                self.name,
                file.path().display(),
            ))
        };
        let access_key_id = self.value(settings.clone(), ACCESS_KEY_ID, file)?;
        let secret_access_key = self.value(settings.clone(), SECRET_ACCESS_KEY, file)?;
        let credentials = match (access_key_id, secret_access_key) {
            (Some(access_key_id), Some(secret_access_key)) => {
                Credentials::new(access_key_id, secret_access_key)
            }
            (Some(_), None) => return Err(half(ACCESS_KEY_ID, SECRET_ACCESS_KEY)),
            (None, Some(_)) => return Err(half(SECRET_ACCESS_KEY, ACCESS_KEY_ID)),
            (None, None) => return Ok(None),
        };
        Ok(Some(
            match self.value(settings, "aws_session_token", file)? {
                Some(session_token) => credentials.with_session_token(session_token),
                None => credentials,
            },
        ))
    }

    /// The last setting of this name, unless it is empty.
    fn value(
        &self,
        settings: impl Iterator<Item = Setting<'a>>,
        name: &str,
        file: &ProfileFile,
    ) -> Result<Option<&'a str>, CredentialsError> {
        let setting = settings
            .filter(|setting| setting.name.eq_ignore_ascii_case(name))
            .last();
        match setting {
            Some(setting) if setting.continued => Err(CredentialsError::new(format!(
                "{name} of profile `{}` in {} goes on in the indented line below it: write it in one line",
                self.name,
                file.path().display(),
            ))),
            Some(setting) if !setting.value.is_empty() => Ok(Some(setting.value)),
            _ => Ok(None),
        }
    }

    fn credentials_settings(&self) -> impl Iterator<Item = Setting<'a>> + Clone {
        self.in_credentials
            .iter()
            .filter(|section| section.name == self.name)
            .flat_map(|section| section.settings.iter().copied())
    }

    fn config_settings(&self) -> impl Iterator<Item = Setting<'a>> + Clone {
        // `[profile default]` puts `[default]` out of force, so that a key pair is never made of both.
        let plain_default =
            self.name == "default" && !self.in_config.iter().any(is_profile_default);
        self.in_config
            .iter()
            .filter(move |section| {
                config_profile(section.name).as_deref() == Some(self.name)
                    && (section.name != "default" || plain_default)
            })
            .flat_map(|section| section.settings.iter().copied())
    }

    pub(super) fn exists(&self) -> bool {
        self.all().contains(self.name)
    }

    /// The names of every profile in either file.
    fn all(&self) -> BTreeSet<String> {
        let in_credentials = self
            .in_credentials
            .iter()
            .map(|section| section.name.to_owned());
        let in_config = self
            .in_config
            .iter()
            .filter_map(|section| config_profile(section.name));
        in_credentials.chain(in_config).collect()
    }

    pub(super) fn others(&self) -> BTreeSet<String> {
        let mut others = self.all();
        others.remove(self.name);
        others
    }

    pub(super) fn looked_at(&self) -> String {
        format!(
            "{} or {}",
            self.credentials_file.describe(),
            self.config_file.describe()
        )
    }

    pub(super) fn missing(&self) -> CredentialsError {
        let all = self.all();
        let found = if all.is_empty() {
            "there are no profiles".to_owned()
        } else {
            format!("the profiles are {}", listed(&all))
        };
        let hint = if self
            .in_config
            .iter()
            .any(|section| section.name == self.name)
        {
            format!(
                "; in {} its section must be written `[profile {}]`",
                self.config_file.path().display(),
                self.name
            )
        } else {
            String::new()
        };
        CredentialsError::new(format!(
            "no profile `{}` in {}: {found}{hint}",
            self.name,
            self.looked_at(),
        ))
    }

    fn needs_sign_in(&self) -> CredentialsError {
        let profile = quoted(self.name);
        CredentialsError::new(format!(
            "profile `{}` signs in through SSO, `aws login` or a role, which only the AWS CLI does: put into the \
             environment what `aws configure export-credentials --profile {profile} --format env` prints, or use a profile \
             with `credential_process = aws configure export-credentials --profile {profile} --format process`",
            self.name,
        ))
    }
}

/// The profile that a section of the config file is of.
fn config_profile(section: &str) -> Option<String> {
    if section == "default" {
        return Some(section.to_owned());
    }
    // As the AWS CLI, which quotes names with spaces.
    match split_posix(section)?.as_mut_slice() {
        [keyword, name] if keyword == "profile" => Some(std::mem::take(name)),
        _ => None,
    }
}

fn is_profile_default(section: &Section<'_>) -> bool {
    section.name != "default" && config_profile(section.name).as_deref() == Some("default")
}

/// Settings by which the AWS CLI prefers a sign-in that this crate cannot do to keys in the same profile.
const SIGN_IN_BEFORE_KEYS: [&str; 4] = [
    "role_arn",
    "web_identity_token_file",
    "sso_account_id",
    "sso_role_name",
];

/// Settings that show, where no credentials were found, that a sign-in was meant.
const SIGN_IN_WITHOUT_KEYS: [&str; 4] = [
    "source_profile",
    "credential_source",
    "sso_session",
    "sso_start_url",
];
