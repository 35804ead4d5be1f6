use std::fmt;
use std::io;
use std::process::ExitCode;

use ops_client::{CredentialsError, Error, ErrorKind};

/// Why the command did not simply succeed; what it prints, and its exit code.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The command line, the environment or a file that it names is wrong. Nothing was sent.
    Usage(Vec<String>),
    /// The profile that the credentials and the region come from cannot be read. Nothing was sent.
    Credentials(CredentialsError),
    /// A call or a listing failed; whether something had been printed by then.
    Call { error: Error, printed: bool },
    /// The list is complete but for items that could not be read.
    BadItems(u64),
    /// Writing the output failed.
    Output(io::Error),
    /// Something else.
    Other(String),
}

/// SIGINT's number, above the 128 of a shell.
pub(crate) const INTERRUPTED: i32 = 130;

impl Failure {
    pub(crate) fn usage(message: impl fmt::Display) -> Self {
        Self::Usage(vec![message.to_string()])
    }

    /// Whether there is nothing to say: whoever read the output has seen enough.
    pub(crate) fn is_quiet(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The exit code, by cause.
    pub(crate) fn code(&self) -> ExitCode {
        ExitCode::from(match self {
            _ if self.is_quiet() => 0,
            Self::Usage(_) => 2,
            Self::Call { error, .. } if error.is_timeout() => 3,
            Self::Credentials(_) => 4,
            Self::Call { error, .. } if error.is_credentials() => 4,
            Self::Call { printed: true, .. } | Self::BadItems(_) => 6,
            // Later in a listing it is no fault of the command line: the service gave a token that cannot be sent.
            Self::Call { error, .. } if error.kind() == ErrorKind::Setup => 2,
            Self::Call { .. } | Self::Output(_) | Self::Other(_) => 1,
        })
    }

    /// The lines that say what happened.
    pub(crate) fn lines(&self) -> Vec<String> {
        match self {
            Self::Usage(messages) => messages.clone(),
            Self::Credentials(error) => vec![chain(error)],
            Self::Call { error, .. } => vec![chain(error)],
            Self::BadItems(1) => vec!["1 item could not be read".to_owned()],
            Self::BadItems(count) => vec![format!("{count} items could not be read")],
            Self::Output(error) => vec![format!("cannot write the output: {error}")],
            Self::Other(message) => vec![message.clone()],
        }
    }
}

/// Before anything was printed.
impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Call {
            error,
            printed: false,
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

/// An error and its causes in one line, without saying the same twice.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        source = cause.source();
    }
    line
}
