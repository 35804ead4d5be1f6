//! The words of a command line, as the AWS CLI finds them on each platform.
//!
//! Written here because the crates for it follow a shell (comments, `$` and backquote escapes, line continuations), while
//! the AWS CLI follows Python's `shlex.split` and, on Windows, the C runtime; see botocore's `compat_shell_split`.

/// The words of a `credential_process`; `None` if a quote is not closed or nothing follows a final backslash.
pub(super) fn split_command(command: &str) -> Option<Vec<String>> {
    if cfg!(windows) {
        split_windows(command)
    } else {
        split_posix(command)
    }
}

/// Blanks separate; `'…'` is literal; a backslash takes the next character as it is, inside `"…"` only `"` and `\`.
pub(super) fn split_posix(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = command.chars();
    while let Some(character) = characters.next() {
        match character {
            ' ' | '\t' | '\r' | '\n' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().push(characters.next()?),
            '\'' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '\'' => break,
                        other => word.push(other),
                    }
                }
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match characters.next()? {
                        '"' => break,
                        '\\' => match characters.next()? {
                            escaped @ ('"' | '\\') => word.push(escaped),
                            other => word.extend(['\\', other]),
                        },
                        other => word.push(other),
                    }
                }
            }
            other => word.get_or_insert_default().push(other),
        }
    }
    words.extend(word);
    Some(words)
}

/// Blanks separate; only `"` quotes; backslashes are literal unless they stand before a `"`: then each pair is one
/// backslash, and an odd one makes the quote literal.
fn split_windows(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quoted = false;
    let mut backslashes = 0;
    for character in command.chars() {
        if character == '\\' {
            backslashes += 1;
            continue;
        }
        if character == '"' {
            let word = word.get_or_insert_default();
            word.extend(std::iter::repeat_n('\\', backslashes / 2));
            if backslashes % 2 == 1 {
                word.push('"');
            } else {
                quoted = !quoted;
            }
            backslashes = 0;
            continue;
        }
        if backslashes > 0 {
            let literal = std::iter::repeat_n('\\', backslashes);
            word.get_or_insert_default().extend(literal);
            backslashes = 0;
        }
        if matches!(character, ' ' | '\t') && !quoted {
            words.extend(word.take());
        } else {
            word.get_or_insert_default().push(character);
        }
    }
    if backslashes > 0 {
        let literal = std::iter::repeat_n('\\', backslashes);
        word.get_or_insert_default().extend(literal);
    }
    words.extend(word);
    (!quoted).then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Rows<'a> = &'a [(&'a str, Option<&'a [&'a str]>)];

    fn check(split: fn(&str) -> Option<Vec<String>>, rows: Rows<'_>) {
        for (command, expected) in rows {
            let words = split(command);
            let words: Option<Vec<&str>> = words
                .as_ref()
                .map(|words| words.iter().map(String::as_str).collect());
            assert_eq!(words.as_deref(), *expected, "{command}");
        }
    }

    #[test]
    fn posix_words_are_those_of_python_shlex() {
        check(
            split_posix,
            &[
                ("", Some(&[])),
                (" \t ", Some(&[])),
                ("/opt/tool --x", Some(&["/opt/tool", "--x"])),
                (
                    r#""/path/to my/tool.sh" plain "with spaces""#,
                    Some(&["/path/to my/tool.sh", "plain", "with spaces"]),
                ),
                (r#"a 'b c'd"e f""#, Some(&["a", "b cde f"])),
                (r#"'' "" x"#, Some(&["", "", "x"])),
                (r"a\ b \'c \\", Some(&["a b", "'c", r"\"])),
                (r#"'a\b' "a\b\"\\$x`""#, Some(&[r"a\b", r#"a\b"\$x`"#])),
                ("a #b", Some(&["a", "#b"])),
                ("a;b $(c) ~ $D", Some(&["a;b", "$(c)", "~", "$D"])),
                ("a 'b", None),
                (r#"a "b"#, None),
                (r"a \", None),
            ],
        );
    }

    #[test]
    fn windows_words_are_those_of_the_c_runtime() {
        check(
            split_windows,
            &[
                ("", Some(&[])),
                (" \t ", Some(&[])),
                (
                    r#""C:\Path To\tool.cmd" plain "with spaces""#,
                    Some(&[r"C:\Path To\tool.cmd", "plain", "with spaces"]),
                ),
                (r"C:\a\ \b\\", Some(&[r"C:\a\", r"\b\\"])),
                (r#""" x'y'"#, Some(&["", "x'y'"])),
                (
                    r#"a\"b a\\"b c" "d\\\"e""#,
                    Some(&[r#"a"b"#, r"a\b c", r#"d\"e"#]),
                ),
                (r#""a b\\""#, Some(&[r"a b\"])),
                (r#"a "b"#, None),
                (r#"a "b\""#, None),
            ],
        );
    }
}
