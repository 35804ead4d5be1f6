//! The syntax of the shared profile files.
//!
//! Written here because no maintained parser keeps it. `configparser` 3.3 cuts a value at any `#` or `;`, also inside a
//! secret, and takes a line without `=` for a name. `rust-ini` 0.21 takes a section of indented lines for one value, and
//! with inline comments it joins the line after one to it. The parser of the SDK, in `aws-runtime`, is reached only
//! through its loader, with the SDK's whole runtime, and copies every secret.
//!
//! What AWS's tools agree on is kept, and where they differ, what reads more files:
//!
//! * `[section]`, then `name = value` lines; the first `=` splits, names ignore case.
//! * A line whose first visible character is `#` or `;` is a comment (as in the AWS CLI, indented or not); so is the rest
//!   of a line from a `#` or `;` after white space (as in the SDKs), but not `a#b`.
//! * A line that is indented more than the setting above it belongs to that setting (as in the AWS CLI, so a section whose
//!   every line is indented alike works).
//! * A section may come twice, and so may a name; the later value wins (as in the SDKs).
//!
//! Nothing is copied: sections and settings borrow from the text, which its owner wipes.
//!
//! Sources: <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>, botocore's `configloader`.

/// A `[name]` with the settings below it.
pub(super) struct Section<'a> {
    pub(super) name: &'a str,
    pub(super) settings: Vec<Setting<'a>>,
}

/// One `name = value`, comments and outer white space removed.
#[derive(Clone, Copy)]
pub(super) struct Setting<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
    /// Whether indented lines follow that belong to the value; they are not in `value`.
    pub(super) continued: bool,
}

/// Why a text is not a profile file; says nothing of what the line holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    /// Counted from 1.
    pub(super) line: usize,
    pub(super) problem: &'static str,
}

/// The sections in the order of the text.
pub(super) fn parse(text: &str) -> Result<Vec<Section<'_>>, Malformed> {
    // Windows editors write a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut sections: Vec<Section<'_>> = Vec::new();
    let mut indent_above = 0;
    for (index, line) in text.lines().enumerate() {
        let content = line.trim_matches(WHITE_SPACE);
        if content.is_empty() || content.starts_with(COMMENT) {
            continue;
        }
        let indent = line.len() - line.trim_start_matches(WHITE_SPACE).len();
        let setting_above = sections
            .last_mut()
            .and_then(|section| section.settings.last_mut());
        if let Some(setting) = setting_above
            && indent > indent_above
        {
            setting.continued = true;
            continue;
        }
        indent_above = indent;

        let malformed = |problem| Malformed {
            line: index + 1,
            problem,
        };
        if content.starts_with('[') {
            sections.push(Section {
                name: section_name(content)
                    .ok_or_else(|| malformed("a section must be written `[name]`"))?,
                settings: Vec::new(),
            });
        } else {
            let setting = setting(content)
                .ok_or_else(|| malformed("a setting must be written `name = value`"))?;
            sections
                .last_mut()
                .ok_or_else(|| malformed("a setting stands before the first `[section]`"))?
                .settings
                .push(setting);
        }
    }
    Ok(sections)
}

const WHITE_SPACE: [char; 2] = [' ', '\t'];
const COMMENT: [char; 2] = ['#', ';'];

fn section_name(content: &str) -> Option<&str> {
    let (name, rest) = content.strip_prefix('[')?.split_once(']')?;
    let name = name.trim_matches(WHITE_SPACE);
    let rest = rest.trim_start_matches(WHITE_SPACE);
    (!name.is_empty() && (rest.is_empty() || rest.starts_with(COMMENT))).then_some(name)
}

fn setting(content: &str) -> Option<Setting<'_>> {
    let (name, value) = without_comment(content).split_once('=')?;
    let name = name.trim_matches(WHITE_SPACE);
    (!name.is_empty()).then_some(Setting {
        name,
        value: value.trim_matches(WHITE_SPACE),
        continued: false,
    })
}

fn without_comment(content: &str) -> &str {
    let end = content
        .match_indices(COMMENT)
        .map(|(at, _)| at)
        .find(|at| content[..*at].ends_with(WHITE_SPACE));
    end.map_or(content, |end| &content[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each section as `[name]`, each setting as `name=value`, `+` behind those that go on below.
    fn parsed(text: &str) -> Result<Vec<String>, Malformed> {
        Ok(parse(text)?
            .iter()
            .flat_map(|section| {
                let settings = section.settings.iter().map(|setting| {
                    let mark = if setting.continued { "+" } else { "" };
                    format!("{}={}{mark}", setting.name, setting.value)
                });
                std::iter::once(format!("[{}]", section.name)).chain(settings)
            })
            .collect())
    }

    #[test]
    fn reads_what_aws_reads() {
        for (text, expected) in [
            ("", &[][..]),
            ("\n  \n# c\n; c\n  # c\n", &[]),
            ("[default]", &["[default]"]),
            ("\u{feff}[a]\r\nk = v\r\n", &["[a]", "k=v"]),
            ("[ \tprofile x \t] # c", &["[profile x]"]),
            ("[profile x];c", &["[profile x]"]),
            ("[a#b;c]", &["[a#b;c]"]),
            ("[a]\nk=v", &["[a]", "k=v"]),
            ("[a]\nk \t=\t v \t", &["[a]", "k=v"]),
            ("[a]\nk =", &["[a]", "k="]),
            (
                "[a]\nk = v # c\nl = v ; c\nm = v\t#c = d",
                &["[a]", "k=v", "l=v", "m=v"],
            ),
            ("[a]\nk = v#w;x", &["[a]", "k=v#w;x"]),
            ("[a]\nk = #c", &["[a]", "k="]),
            ("[a]\nk = a=b==", &["[a]", "k=a=b=="]),
            (
                "[a]\nk = a/b+c\\d\"e'f:g%h$i",
                &["[a]", "k=a/b+c\\d\"e'f:g%h$i"],
            ),
            ("[a]\nk = schlüssel\u{a0}x", &["[a]", "k=schlüssel\u{a0}x"]),
            ("[a]\nK = v\nk = w", &["[a]", "K=v", "k=w"]),
            (
                "[a]\nk = 1\n[b]\n[a]\nk = 2",
                &["[a]", "k=1", "[b]", "[a]", "k=2"],
            ),
            (
                "[a]\ns3 =\n  max = 10\n  # c\n\n\tmin = 1\nk = v",
                &["[a]", "s3=+", "k=v"],
            ),
            (
                "[a]\nk = v\n  [b]\n  nonsense\n[b]",
                &["[a]", "k=v+", "[b]"],
            ),
            (
                "[a]\n  k = v\n  l = w\n    x\n[b]\nm = y",
                &["[a]", "k=v", "l=w+", "[b]", "m=y"],
            ),
            ("  [a]\n  k = v\n  [b]\n", &["[a]", "k=v", "[b]"]),
        ] {
            let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
            assert_eq!(parsed(text), Ok(expected), "{text:?}");
        }
    }

    #[test]
    fn a_malformed_line_is_named_by_its_number_only() {
        const SECTION: &str = "a section must be written `[name]`";
        const SETTING: &str = "a setting must be written `name = value`";
        const ORPHAN: &str = "a setting stands before the first `[section]`";
        for (text, line, problem) in [
            ("k = v", 1, ORPHAN),
            ("# c\n\n  k = v\n[a]", 3, ORPHAN),
            ("[a]\n[b", 2, SECTION),
            ("[]", 1, SECTION),
            ("[ ]", 1, SECTION),
            ("[a] b", 1, SECTION),
            ("[a]\nk", 2, SETTING),
            ("[a]\nk : v", 2, SETTING),
            ("[a]\n= v", 2, SETTING),
            ("[a]\nk # c = v", 2, SETTING),
            ("[a]\n[b]\n  k", 3, SETTING),
        ] {
            assert_eq!(parsed(text), Err(Malformed { line, problem }), "{text:?}");
        }
    }
}
