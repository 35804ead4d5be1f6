use std::path::Path;

use futures_executor::block_on;
use tempfile::TempDir;

use super::*;

/// A home folder with the two files, `None` for no file.
fn home(credentials: Option<&str>, config: Option<&str>) -> TempDir {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".aws");
    std::fs::create_dir(&folder).unwrap();
    for (name, text) in [("credentials", credentials), ("config", config)] {
        if let Some(text) = text {
            std::fs::write(folder.join(name), text).unwrap();
        }
    }
    home
}

fn environment(home: &Path, variables: &[(&str, &str)]) -> Environment {
    let home = home.to_str().unwrap();
    let home = [("HOME", home), ("USERPROFILE", home)];
    Environment::from_iter(home.into_iter().chain(variables.iter().copied()))
}

/// An error's text with the home folder written as `~`.
fn text(error: &CredentialsError, home: &TempDir) -> String {
    error
        .to_string()
        .replace(home.path().to_str().unwrap(), "~")
}

/// Asks for `profile`; both traits must agree, and no error may show a canary.
#[track_caller]
fn check(
    credentials: &str,
    config: &str,
    profile: &str,
    expected: Result<Credentials, impl AsRef<str>>,
) {
    let home = home(Some(credentials), Some(config));
    let source = ProfileCredentials::new(environment(home.path(), &[])).with_profile(profile);
    let asynchronous = block_on(source.credentials());
    for outcome in [source.credentials_blocking(), asynchronous] {
        if let Err(error) = &outcome {
            assert!(!format!("{error:?}").contains("canary"), "{error:?}");
        }
        let outcome = outcome.map_err(|error| text(&error, &home));
        let expected = expected.as_ref().map_err(AsRef::as_ref);
        assert_eq!(outcome.as_ref().map_err(String::as_str), expected);
    }
}

const OK: fn(&str, &str) -> Result<Credentials, &'static str> =
    |access_key_id, secret| Ok(Credentials::new(access_key_id, secret));

#[test]
fn keys_of_the_credentials_file() {
    let file = "\
# comment
[default]
aws_access_key_id = AKIDDEFAULT
aws_secret_access_key = a/b+c==\\\"'%$:~
[dev] ; comment
AWS_ACCESS_KEY_ID=AKIDDEV   # comment
Aws_Secret_Access_Key=s#e;c
aws_session_token = token==
s3 =
  max_concurrent_requests = 10
";
    check(file, "", "default", OK("AKIDDEFAULT", "a/b+c==\\\"'%$:~"));
    let dev = Credentials::new("AKIDDEV", "s#e;c").with_session_token("token==");
    check(file, "", "dev", Ok::<_, &str>(dev));
}

#[test]
fn the_credentials_file_wins_and_pairs_do_not_mix() {
    let keys = "aws_access_key_id = AKIDCRED\naws_secret_access_key = cred\n";
    let config_keys =
        "aws_access_key_id = AKIDCONF\naws_secret_access_key = conf\naws_session_token = conf\n";
    let both = format!("[profile dev]\n{config_keys}");
    check(
        &format!("[dev]\n{keys}"),
        &both,
        "dev",
        OK("AKIDCRED", "cred"),
    );
    check(
        "[dev]\nregion = x\n",
        &both,
        "dev",
        Ok::<_, &str>(Credentials::new("AKIDCONF", "conf").with_session_token("conf")),
    );
    check(
        "[dev]\naws_access_key_id = AKIDCRED\n",
        &both,
        "dev",
        Err(
            "profile `dev` in ~/.aws/credentials has aws_access_key_id but no aws_secret_access_key: add it, or remove the other",
        ),
    );
    check(
        "",
        "[profile dev]\naws_access_key_id =\naws_secret_access_key = canary\n",
        "dev",
        Err(
            "profile `dev` in ~/.aws/config has aws_secret_access_key but no aws_access_key_id: add it, or remove the other",
        ),
    );
}

#[test]
fn sections_of_the_config_file() {
    let keys = "aws_access_key_id = AKID\naws_secret_access_key = s\n";
    for (section, profile) in [
        ("default", "default"),
        ("profile default", "default"),
        ("profile dev", "dev"),
        ("profile\tdev", "dev"),
        ("profile 'my dev'", "my dev"),
        ("profile \"my dev\"", "my dev"),
        ("profile a.b-c_d@e:f/g", "a.b-c_d@e:f/g"),
    ] {
        check(
            "",
            &format!("[{section}]\n{keys}"),
            profile,
            OK("AKID", "s"),
        );
    }
    // Half a pair in each: only one of the two sections is in force.
    check(
        "",
        "[default]\naws_access_key_id = canary\n[profile default]\naws_access_key_id = AKID\naws_secret_access_key = s\n",
        "default",
        OK("AKID", "s"),
    );
}

#[test]
fn a_setting_that_goes_on_is_refused() {
    check(
        "[dev]\naws_access_key_id = AKID\naws_secret_access_key = canary\n  canary\n",
        "",
        "dev",
        Err(
            "aws_secret_access_key of profile `dev` in ~/.aws/credentials goes on in the indented line below it: write it in one line",
        ),
    );
}

#[test]
fn a_sign_in_names_the_command_that_does_it() {
    const KEYS: &str = "[dev]\naws_access_key_id = AKID\naws_secret_access_key = canary\n";
    const REMEDY: &str = "profile `dev` signs in through SSO, `aws login` or a role, which only the AWS CLI does: put into \
        the environment what `aws configure export-credentials --profile dev --format env` prints, or use a profile with \
        `credential_process = aws configure export-credentials --profile dev --format process`";
    for (setting, despite_keys) in [
        ("role_arn", true),
        ("web_identity_token_file", true),
        ("sso_account_id", true),
        ("sso_role_name", true),
        ("login_session", false),
        ("sso_session", false),
        ("sso_start_url", false),
        ("source_profile", false),
        ("credential_source", false),
    ] {
        let config = format!("[profile dev]\n{setting} = canary\n");
        check("", &config, "dev", Err(REMEDY));
        if despite_keys {
            check(KEYS, &config, "dev", Err(REMEDY));
        } else {
            check(KEYS, &config, "dev", OK("AKID", "canary"));
        }
    }
    let home = home(None, Some("[profile 'my dev']\nrole_arn = x\n"));
    let source = ProfileCredentials::new(environment(home.path(), &[])).with_profile("my dev");
    assert!(
        source
            .credentials_blocking()
            .unwrap_err()
            .to_string()
            .contains("`aws configure export-credentials --profile 'my dev' --format env`")
    );
}

#[test]
fn a_missing_profile_names_files_and_profiles() {
    for (credentials, config, expected) in [
        (
            None,
            None,
            "no profile `dev` in ~/.aws/credentials (no such file) or ~/.aws/config (no such file): there are no profiles",
        ),
        (
            Some("[b]\nk = canary\n[a]\n"),
            Some("[default]\n[profile c]\n[sso-session d]\n"),
            "no profile `dev` in ~/.aws/credentials or ~/.aws/config: the profiles are `a`, `b`, `c`, `default`",
        ),
        (
            None,
            Some("[dev]\n"),
            "no profile `dev` in ~/.aws/credentials (no such file) or ~/.aws/config: there are no profiles; in \
             ~/.aws/config its section must be written `[profile dev]`",
        ),
    ] {
        let home = home(credentials, config);
        let chosen = ProfileCredentials::new(environment(home.path(), &[])).with_profile("dev");
        let named = ProfileCredentials::new(environment(home.path(), &[("AWS_PROFILE", "dev")]));
        for source in [chosen, named] {
            assert_eq!(
                text(&source.credentials_blocking().unwrap_err(), &home),
                expected
            );
            assert_eq!(text(&source.region().unwrap_err(), &home), expected);
        }
    }
}

#[test]
fn at_most_twenty_profiles_are_listed() {
    let names: BTreeSet<String> = (10..33).map(|number| number.to_string()).collect();
    let list = listed(&names);
    assert!(list.starts_with("`10`, `11`, "), "{list}");
    assert!(list.ends_with("`29`, 3 more"), "{list}");
}

#[test]
fn a_profile_without_credentials_says_what_to_do() {
    check(
        "",
        "[profile dev]\nregion = eu-central-1\n[profile b]\n",
        "dev",
        Err(
            "no AWS credentials: profile `dev` has none in ~/.aws/credentials or ~/.aws/config; run `aws configure \
             --profile dev`, or name another profile (`b`)",
        ),
    );
}

#[test]
fn a_malformed_file_is_named_with_its_line() {
    check(
        "[dev]\n\ncanary\n",
        "",
        "dev",
        Err("~/.aws/credentials, line 3: a setting must be written `name = value`"),
    );
    check(
        "",
        "[profile canary\n",
        "dev",
        Err("~/.aws/config, line 1: a section must be written `[name]`"),
    );
    let home = home(None, None);
    std::fs::write(home.path().join(".aws/config"), b"[a]\nk = canary\xff\n").unwrap();
    let error = ProfileCredentials::new(environment(home.path(), &[]))
        .credentials_blocking()
        .unwrap_err();
    assert_eq!(text(&error, &home), "~/.aws/config, line 2: not UTF-8 text");
}

#[test]
fn a_file_that_cannot_be_read_is_an_error() {
    let home = home(None, None);
    std::fs::create_dir(home.path().join(".aws/credentials")).unwrap();
    let error = ProfileCredentials::new(environment(home.path(), &[]))
        .credentials_blocking()
        .unwrap_err();
    assert_eq!(text(&error, &home), "cannot read ~/.aws/credentials");
    assert!(std::error::Error::source(&error).is_some());
}

#[test]
fn the_environment_names_files_and_profile() {
    let home = home(
        Some("[default]\naws_access_key_id = AKIDWRONG\naws_secret_access_key = s\n"),
        None,
    );
    let elsewhere = home.path().join("elsewhere");
    std::fs::write(
        &elsewhere,
        "[dev]\naws_access_key_id = AKIDDEV\naws_secret_access_key = s\nregion = us-west-2\n",
    )
    .unwrap();
    for file in ["~/elsewhere", elsewhere.to_str().unwrap()] {
        let variables = [
            ("AWS_SHARED_CREDENTIALS_FILE", file),
            ("AWS_PROFILE", "dev"),
        ];
        let source = ProfileCredentials::new(environment(home.path(), &variables));
        let credentials = source.credentials_blocking().unwrap();
        assert_eq!(credentials.access_key_id(), "AKIDDEV", "{file}");
        assert_eq!(source.region().unwrap().as_deref(), Some("us-west-2"));
    }
}

#[test]
fn without_a_home_folder_there_are_no_default_files() {
    let source = ProfileCredentials::new(Environment::from_fn(|_| None));
    assert_eq!(
        source.credentials_blocking().unwrap_err().to_string(),
        "no AWS credentials: profile `default` has none in ~/.aws/credentials (the home folder is unknown) or \
         ~/.aws/config (the home folder is unknown); run `aws configure --profile default`"
    );
}

#[test]
fn region_is_the_credentials_files_then_the_configs() {
    for (credentials, config, expected) in [
        (None, None, None),
        (None, Some("[default]\n"), None),
        (None, Some("[default]\nregion =\n"), None),
        (
            None,
            Some("[default]\nregion = eu-central-1 # here\n"),
            Some("eu-central-1"),
        ),
        (
            None,
            Some("[default]\nrole_arn = x\nregion = eu-central-1\n"),
            Some("eu-central-1"),
        ),
        (
            Some("[default]\nregion = a\n"),
            Some("[default]\nregion = b\n"),
            Some("a"),
        ),
    ] {
        let home = home(credentials, config);
        let region = ProfileCredentials::new(environment(home.path(), &[])).region();
        assert_eq!(
            region.unwrap().as_deref(),
            expected,
            "{credentials:?} {config:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn credential_process_is_run_between_the_two_files_keys() {
    const PROCESS: &str = r#"credential_process = printf '{"Version":1,"AccessKeyId":"AKID%s","SecretAccessKey":"s"}' PROCESS"#;
    let config_keys = "aws_access_key_id = AKIDCONF\naws_secret_access_key = s\n";
    let config = format!("[profile dev]\n{PROCESS}\n{config_keys}");
    check("", &config, "dev", OK("AKIDPROCESS", "s"));
    check(
        &format!("[dev]\n{PROCESS}\n"),
        "[profile dev]\n",
        "dev",
        OK("AKIDPROCESS", "s"),
    );
    check(
        "[dev]\naws_access_key_id = AKIDCRED\naws_secret_access_key = s\n",
        &config,
        "dev",
        OK("AKIDCRED", "s"),
    );
    check(
        "",
        "[profile dev]\ncredential_process = printf canary\n",
        "dev",
        Err(
            "the credential_process of profile `dev` did not print the JSON that AWS asks for: it goes wrong at line 1, column 1",
        ),
    );
}

#[cfg(unix)]
#[test]
fn the_process_time_limit_is_kept() {
    let home = home(None, Some("[default]\ncredential_process = sleep 60\n"));
    let source = ProfileCredentials::new(environment(home.path(), &[]))
        .with_process_time_limit(Duration::from_millis(50));
    assert_eq!(
        source.credentials_blocking().unwrap_err().to_string(),
        "the credential_process of profile `default` did not end within 50ms"
    );
}

#[test]
fn files_are_read_anew_each_time() {
    let home = home(None, None);
    let source = ProfileCredentials::new(environment(home.path(), &[]));
    assert!(source.credentials_blocking().is_err());
    for access_key_id in ["AKIDONE", "AKIDTWO"] {
        let text =
            format!("[default]\naws_access_key_id = {access_key_id}\naws_secret_access_key = s\n");
        std::fs::write(home.path().join(".aws/credentials"), text).unwrap();
        assert_eq!(
            source.credentials_blocking().unwrap().access_key_id(),
            access_key_id
        );
    }
}

#[test]
fn names_are_quoted_for_the_shell() {
    for (name, expected) in [
        ("dev", "dev"),
        ("a.b-c_d@e:f/g", "a.b-c_d@e:f/g"),
        ("", "''"),
        ("my dev", "'my dev'"),
        ("it's $(x)", r"'it'\''s $(x)'"),
    ] {
        assert_eq!(quoted(name), expected);
    }
}

#[test]
fn debug_shows_no_secret() {
    let environment = Environment::from_iter([("AWS_SECRET_ACCESS_KEY", "canary")]);
    assert_eq!(
        format!("{:?}", ProfileCredentials::new(environment)),
        "ProfileCredentials { environment: Environment { .. }, profile: None, process_time_limit: 60s }"
    );
}
