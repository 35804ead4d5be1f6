//! Checkpoints, as `--resume` reads them and as the end of a listing prints them.

use std::fmt::Write as _;
use std::{fs, io};

use ops_model::Checkpoint;

use crate::exit::Failure;

/// The checkpoint that `--resume` was given: its text, or `@` and the file that holds it, `@-` for stdin.
pub(crate) fn read(argument: &str) -> Result<Checkpoint, Failure> {
    let text = match argument.strip_prefix('@') {
        None => Ok(argument.to_owned()),
        Some("-") => io::read_to_string(io::stdin()),
        Some(path) => fs::read_to_string(path),
    };
    text.map_err(|error| Failure::usage(format!("--resume {argument}: {error}")))?
        .trim()
        .parse()
        .map_err(|error| Failure::usage(format!("--resume: {error}")))
}

/// The flag that goes on from here, to be pasted into a shell: one word in single quotes, of ASCII that a terminal shows.
pub(crate) fn flag(checkpoint: &Checkpoint) -> String {
    format!("--resume '{}'", plain(&checkpoint.to_json()))
}

/// The same JSON without quotes of the shell and without anything that a terminal may take for a command. Such
/// characters stand in strings only, where each can be escaped.
fn plain(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for char in json.chars() {
        if matches!(char, ' '..='~') && char != '\'' {
            text.push(char);
        } else {
            for unit in char.encode_utf16(&mut [0; 2]) {
                write!(text, "\\u{unit:04x}").expect("a string takes all");
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_is_one_word_of_ascii_and_reads_back() {
        let id = "it's\n\u{7f}\u{9b}2J é \u{202e} 🦀 $HOME `x` \\ \"";
        let json = serde_json::json!({
            "version": 1,
            "operation": "ListOperations",
            "endpoint": "https://example.com/",
            "request": {},
            "token": id,
            "index": 1,
            "last_id": id,
        });
        let checkpoint: Checkpoint = json.to_string().parse().unwrap();
        let flag = flag(&checkpoint);
        let text = flag
            .strip_prefix("--resume '")
            .and_then(|rest| rest.strip_suffix('\''))
            .unwrap();
        assert!(
            text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) && !text.contains('\''),
            "{text}"
        );
        assert_eq!(read(text).unwrap(), checkpoint);
        assert_eq!(checkpoint.last_id(), Some(id));
    }
}
