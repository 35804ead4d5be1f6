use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use ops_client::CredentialsError;
use zeroize::Zeroizing;

use super::parse::{Section, parse};
use crate::Environment;

/// One of the two shared files, read whole.
pub(super) struct ProfileFile {
    path: PathBuf,
    text: Result<Zeroizing<String>, Absent>,
}

/// Why there is nothing to read, which is no error.
#[derive(Clone, Copy)]
enum Absent {
    NoFile,
    NoHome,
}

/// Far more than thousands of profiles take; a device or a wrong file is not read to its end.
const MAX_FILE_SIZE: u64 = 16 << 20;

impl ProfileFile {
    /// The file that `variable` names, or else `default`; a leading `~` is the home folder.
    pub(super) fn read(
        environment: &Environment,
        variable: &str,
        default: &str,
    ) -> Result<Self, CredentialsError> {
        let path = match environment.var_os(variable) {
            Some(path) => PathBuf::from(path),
            None => PathBuf::from(default),
        };
        let path = match path.strip_prefix("~") {
            Ok(below_home) => match home(environment) {
                Some(home) => home.join(below_home),
                None => {
                    return Ok(Self {
                        path,
                        text: Err(Absent::NoHome),
                    });
                }
            },
            Err(_) => path,
        };
        match read_bounded(&path) {
            Ok(bytes) => {
                let text = into_text(&path, bytes)?;
                Ok(Self {
                    path,
                    text: Ok(text),
                })
            }
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                Ok(Self {
                    path,
                    text: Err(Absent::NoFile),
                })
            }
            Err(error) => Err(
                CredentialsError::new(format!("cannot read {}", path.display())).with_source(error),
            ),
        }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The sections; none if there is no file.
    pub(super) fn sections(&self) -> Result<Vec<Section<'_>>, CredentialsError> {
        let Ok(text) = &self.text else {
            return Ok(Vec::new());
        };
        parse(text).map_err(|malformed| {
            CredentialsError::new(format!(
                "{}, line {}: {}",
                self.path.display(),
                malformed.line,
                malformed.problem
            ))
        })
    }

    /// The path, with a note if there is nothing.
    pub(super) fn describe(&self) -> String {
        let path = self.path.display();
        match self.text {
            Ok(_) => path.to_string(),
            Err(Absent::NoFile) => format!("{path} (no such file)"),
            Err(Absent::NoHome) => format!("{path} (the home folder is unknown)"),
        }
    }
}

/// As the AWS CLI finds it on each platform; the other variable helps under emulations.
fn home(environment: &Environment) -> Option<PathBuf> {
    let [first, second] = if cfg!(windows) {
        ["USERPROFILE", "HOME"]
    } else {
        ["HOME", "USERPROFILE"]
    };
    environment
        .var_os(first)
        .or_else(|| environment.var_os(second))
        .map(PathBuf::from)
}

fn read_bounded(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let file = File::open(path)?;
    // Room for all of it at once: growing would leave copies behind that are not wiped.
    let size = file.metadata()?.len().min(MAX_FILE_SIZE);
    let mut bytes = Zeroizing::new(Vec::with_capacity(size as usize + 1));
    file.take(MAX_FILE_SIZE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_FILE_SIZE {
        return Err(io::Error::new(
            io::ErrorKind::FileTooLarge,
            "a profile file of more than 16 MiB",
        ));
    }
    Ok(bytes)
}

fn into_text(
    path: &Path,
    mut bytes: Zeroizing<Vec<u8>>,
) -> Result<Zeroizing<String>, CredentialsError> {
    String::from_utf8(std::mem::take(&mut *bytes))
        .map(Zeroizing::new)
        .map_err(|error| {
            let valid = error.utf8_error().valid_up_to();
            let bytes = Zeroizing::new(error.into_bytes());
            let line = bytes[..valid].iter().filter(|byte| **byte == b'\n').count() + 1;
            CredentialsError::new(format!("{}, line {line}: not UTF-8 text", path.display()))
        })
}
