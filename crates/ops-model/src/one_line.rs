use std::fmt::{self, Write};

/// A text from outside in a message of one line: what would break or disguise the line is escaped, quotes are not.
pub(crate) struct OneLine<'a>(pub(crate) &'a str);

impl fmt::Display for OneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| write_char(f, char))
    }
}

/// One character of such a text.
pub(crate) fn write_char(f: &mut fmt::Formatter<'_>, char: char) -> fmt::Result {
    match char {
        '"' | '\'' | '\\' => f.write_char(char),
        _ => fmt::Display::fmt(&char.escape_debug(), f),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_breaks_or_disguises_a_line_is_escaped_and_quotes_are_not() {
        let text = "it's \"é\" \\ \n\u{1b}[2J\u{85}\u{202e}";
        assert_eq!(
            OneLine(text).to_string(),
            r#"it's "é" \ \n\u{1b}[2J\u{85}\u{202e}"#
        );
    }
}
