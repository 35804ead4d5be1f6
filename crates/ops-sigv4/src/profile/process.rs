use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use ops_client::{Credentials, CredentialsError};
use serde::Deserialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zeroize::Zeroizing;

use super::split::split_command;

/// The largest output that is read; AWS's own Java SDK allows as much.
const MAX_OUTPUT: usize = 64_000;

/// How often a program that has closed its output is asked whether it has ended.
const EXIT_POLL: Duration = Duration::from_millis(5);

/// Runs the `credential_process` of `profile` and reads what it prints.
///
/// No error shows the command or any of its output.
pub(super) fn run(
    profile: &str,
    command: &str,
    time_limit: Duration,
) -> Result<Credentials, CredentialsError> {
    let failed = |what: &str| {
        CredentialsError::new(format!(
            "the credential_process of profile `{profile}` {what}"
        ))
    };
    let words = split_command(command)
        .ok_or_else(|| failed("has a quote that is not closed, or ends in a backslash"))?;
    let (program, arguments) = words
        .split_first()
        .ok_or_else(|| failed("names no program"))?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| failed("cannot be started").with_source(error))?;

    let outcome = collect(&mut child, Instant::now(), time_limit);
    if outcome.is_err() {
        // Both fail only if it has ended meanwhile, which is as good.
        let _ = child.kill();
        let _ = child.wait();
    }
    let (output, status) = outcome.map_err(|failure| match failure {
        Failure::TimeLimit => failed(&format!("did not end within {time_limit:?}")),
        Failure::TooLong => failed(&format!("printed more than {MAX_OUTPUT} bytes")),
        Failure::Io(error) => failed("cannot be read").with_source(error),
    })?;
    if !status.success() {
        return Err(failed(&format!(
            "failed ({status}): run it by hand to see why"
        )));
    }
    credentials(&output).map_err(|problem| failed(&problem))
}

enum Failure {
    TimeLimit,
    TooLong,
    Io(std::io::Error),
}

fn collect(
    child: &mut Child,
    start: Instant,
    time_limit: Duration,
) -> Result<(Zeroizing<Vec<u8>>, ExitStatus), Failure> {
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        // A thread, because std reads a pipe only without a time limit. After that it is left behind until the pipe
        // closes, which killing the program does unless it has handed the pipe on.
        thread::Builder::new()
            .name("credential_process".to_owned())
            .spawn(move || {
                // Room for all of it at once: growing would leave copies behind that are not wiped.
                let mut output = Zeroizing::new(Vec::with_capacity(MAX_OUTPUT + 1));
                let read = stdout.take(MAX_OUTPUT as u64 + 1).read_to_end(&mut output);
                // Nobody listens after the time limit.
                let _ = sender.send(read.map(|_| output));
            })
            .map_err(Failure::Io)?;
    }
    let output = match receiver.recv_timeout(time_limit.saturating_sub(start.elapsed())) {
        Ok(output) => output.map_err(Failure::Io)?,
        Err(_) => return Err(Failure::TimeLimit),
    };
    if output.len() > MAX_OUTPUT {
        return Err(Failure::TooLong);
    }
    loop {
        if let Some(status) = child.try_wait().map_err(Failure::Io)? {
            return Ok((output, status));
        }
        if start.elapsed() >= time_limit {
            return Err(Failure::TimeLimit);
        }
        thread::sleep(EXIT_POLL);
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Output {
    version: Option<u64>,
    access_key_id: Option<Zeroizing<String>>,
    secret_access_key: Option<Zeroizing<String>>,
    session_token: Option<Zeroizing<String>>,
    expiration: Option<String>,
}

/// Reads the version 1 form; the error completes "the credential_process …".
fn credentials(output: &[u8]) -> Result<Credentials, String> {
    // serde's own message quotes values, so only its place is told.
    let output: Output = serde_json::from_slice(output).map_err(|error| {
        format!(
            "did not print the JSON that AWS asks for: it goes wrong at line {}, column {}",
            error.line(),
            error.column()
        )
    })?;
    match output.version {
        Some(1) => {}
        Some(version) => return Err(format!("printed Version {version}; only 1 is known")),
        None => return Err("printed no Version".to_owned()),
    }
    let access_key_id = present(output.access_key_id, "AccessKeyId")?;
    let secret_access_key = present(output.secret_access_key, "SecretAccessKey")?;
    let mut credentials = Credentials::new(access_key_id.as_str(), secret_access_key.as_str());
    if let Some(session_token) = output.session_token.filter(|token| !token.is_empty()) {
        credentials = credentials.with_session_token(session_token.as_str());
    }
    if let Some(expiration) = output.expiration {
        let expiration = OffsetDateTime::parse(&expiration, &Rfc3339)
            .map_err(|_| "printed an Expiration that is not an RFC 3339 time".to_owned())?;
        credentials = credentials.with_expiry(expiration.into());
    }
    Ok(credentials)
}

fn present(value: Option<Zeroizing<String>>, name: &str) -> Result<Zeroizing<String>, String> {
    value
        .filter(|value| !value.is_empty())
        .ok_or_else(|| format!("printed no {name}"))
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    #[test]
    fn reads_the_version_1_form() {
        let keys = Credentials::new("AKIDEXAMPLE", "secret=+/");
        let temporary = keys
            .clone()
            .with_session_token("token==")
            .with_expiry(UNIX_EPOCH + Duration::from_secs(1_788_093_360));
        for (output, expected) in [
            (
                r#"{"Version":1,"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"secret=+/"}"#,
                &keys,
            ),
            (
                "\n{ \"Version\": 1, \"AccessKeyId\": \"AKIDEXAMPLE\", \"SecretAccessKey\": \"secret=+\\/\",\n\
                 \"SessionToken\": null, \"Expiration\": null, \"AccountId\": \"123456789012\" }\n",
                &keys,
            ),
            (
                r#"{"Version":1,"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"secret=+/","SessionToken":""}"#,
                &keys,
            ),
            (
                r#"{"Version":1,"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"secret=+/","SessionToken":"token==","Expiration":"2026-08-30T12:36:00Z"}"#,
                &temporary,
            ),
            (
                r#"{"Version":1,"AccessKeyId":"AKIDEXAMPLE","SecretAccessKey":"secret=+/","SessionToken":"token==","Expiration":"2026-08-30T14:36:00+02:00"}"#,
                &temporary,
            ),
        ] {
            assert_eq!(
                credentials(output.as_bytes()).as_ref(),
                Ok(expected),
                "{output}"
            );
        }
    }

    #[test]
    fn what_it_printed_is_in_no_error() {
        const JSON: &str = "did not print the JSON that AWS asks for: it goes wrong at ";
        for (output, expected) in [
            ("", format!("{JSON}line 1, column 0")),
            ("canary", format!("{JSON}line 1, column 1")),
            ("{\"Version\":1}canary", format!("{JSON}line 1, column 14")),
            (
                "{\"Version\":\"canary\"}",
                format!("{JSON}line 1, column 19"),
            ),
            (
                "{\"Version\":1,\n\"AccessKeyId\":7}",
                format!("{JSON}line 2, column 15"),
            ),
            ("{}", "printed no Version".to_owned()),
            (
                "{\"Version\":2}",
                "printed Version 2; only 1 is known".to_owned(),
            ),
            (
                r#"{"Version":1,"SecretAccessKey":"canary"}"#,
                "printed no AccessKeyId".to_owned(),
            ),
            (
                r#"{"Version":1,"AccessKeyId":"canary","SecretAccessKey":""}"#,
                "printed no SecretAccessKey".to_owned(),
            ),
            (
                r#"{"Version":1,"AccessKeyId":"a","SecretAccessKey":"b","Expiration":"canary"}"#,
                "printed an Expiration that is not an RFC 3339 time".to_owned(),
            ),
        ] {
            assert_eq!(credentials(output.as_bytes()), Err(expected), "{output}");
        }
    }
}

/// Run with a POSIX shell, so only where there is one; what differs elsewhere is `split`.
#[cfg(all(test, unix))]
mod unix_tests {
    use super::*;

    const LONG: Duration = Duration::from_secs(60);

    fn check(command: &str, time_limit: Duration, expected: Result<Credentials, &str>) {
        let outcome = run("dev", command, time_limit).map_err(|error| error.to_string());
        let expected =
            expected.map_err(|what| format!("the credential_process of profile `dev` {what}"));
        assert_eq!(outcome, expected, "{command}");
    }

    #[test]
    fn runs_the_program_and_reads_its_output() {
        check(
            r#"sh -c 'echo canary >&2; printf "%s" "$0"' '{"Version":1,"AccessKeyId":"A K","SecretAccessKey":"s"}'"#,
            LONG,
            Ok(Credentials::new("A K", "s")),
        );
    }

    #[test]
    fn standard_input_is_empty() {
        check(
            r#"sh -c 'cat; printf "%s" "$0"' '{"Version":1,"AccessKeyId":"a","SecretAccessKey":"s"}'"#,
            LONG,
            Ok(Credentials::new("a", "s")),
        );
    }

    #[test]
    fn every_failure_says_what_happened_and_shows_no_output() {
        check("", LONG, Err("names no program"));
        check(
            "sh 'canary",
            LONG,
            Err("has a quote that is not closed, or ends in a backslash"),
        );
        check("/nonexistent/canary", LONG, Err("cannot be started"));
        check(
            "sh -c 'echo canary; echo canary >&2; exit 3'",
            LONG,
            Err("failed (exit status: 3): run it by hand to see why"),
        );
        check(
            "sh -c 'kill -9 $$'",
            LONG,
            Err("failed (signal: 9 (SIGKILL)): run it by hand to see why"),
        );
    }

    #[test]
    fn output_is_bounded() {
        check(
            "sh -c 'while :; do echo canary; done'",
            LONG,
            Err("printed more than 64000 bytes"),
        );
    }

    #[test]
    fn time_is_bounded_while_it_prints_and_after() {
        let limit = Duration::from_millis(100);
        check("sleep 60", limit, Err("did not end within 100ms"));
        check(
            "sh -c 'exec >&-; exec sleep 60'",
            limit,
            Err("did not end within 100ms"),
        );
    }
}
