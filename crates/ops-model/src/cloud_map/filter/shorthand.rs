//! The AWS CLI's shorthand of a structure, as its parser (`awscli/shorthand.py`, read in 1.46.3) takes it:
//!
//! - `Key=value` pairs, separated by commas, in any order; white space around `=` and `,` does not count.
//! - A value goes on over commas as a list, up to the next `word=`; or a list stands in brackets, where a comma may end
//!   it. Nothing between two separators is the empty text, but not in a list without brackets after its first value.
//! - A word has no quotes and does not begin with `=`, `[` or `{`. After its first character, `]` and `}` end it, but
//!   not where it goes on a list without brackets; there `=` makes it a key. `\,` is a comma, any other backslash is
//!   itself, white space at the end is dropped.
//! - In single or double quotes, the quote and the backslash are written with a backslash before them; before anything
//!   else a backslash is itself.
//!
//! Different on purpose, where the AWS CLI refuses what is clear or loses what was written:
//!
//! - White space around the whole does not count.
//! - A word may have control characters and characters beyond U+FFFF.
//! - In quotes `\\` is always one backslash: `"a\\","b"` is two values, and `"a\"` lacks its closing quote. (The AWS CLI
//!   takes the second backslash of `\\"` for one that escapes the quote, if there is another quote further on; it then
//!   refuses the text or drops the value.)
//! - Where a list cannot be read on, the AWS CLI goes back to the nearest comma, and drops what was between. This is an
//!   error: two commas before a key, `\,` in a word before `=`, anything but a comma after a text in quotes.
//! - An unknown or missing key, and a list for `Name` or `Condition`, are errors of the syntax. (The AWS CLI finds them
//!   when it checks the request.)
//! - Nested structures and lists, which no filter has, and `Key@=file://..`, which reads a file, are refused.
//! - In JSON a repeated member is an error, and a `Condition` of `null` is omitted.

use std::borrow::Cow;

use super::violation::Shown;

/// A text that is neither the AWS CLI's shorthand of a filter nor its JSON form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected}, found {found} at offset {position}")]
pub struct ShorthandError {
    position: usize,
    expected: String,
    found: String,
}

impl ShorthandError {
    pub(super) fn new(
        position: usize,
        expected: impl Into<String>,
        found: impl Into<String>,
    ) -> Self {
        Self {
            position,
            expected: expected.into(),
            found: found.into(),
        }
    }

    /// Where the text could not be read further, in JSON nearly so: a byte offset at a character boundary, or the text's
    /// length.
    #[must_use]
    pub const fn position(&self) -> usize {
        self.position
    }

    /// What should stand there, in words.
    #[must_use]
    pub fn expected(&self) -> &str {
        &self.expected
    }
}

/// A filter as its shorthand says it.
#[derive(Debug, PartialEq)]
pub(super) struct Shorthand<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) condition: Option<Cow<'a, str>>,
    pub(super) values: Vec<Cow<'a, str>>,
}

/// Reads `Name=..,Condition=..,Values=..`.
pub(super) fn parse(text: &str) -> Result<Shorthand<'_>, ShorthandError> {
    Parser { text, at: 0 }.filter()
}

struct Parser<'a> {
    text: &'a str,
    /// A byte offset at a character boundary.
    at: usize,
}

impl<'a> Parser<'a> {
    fn filter(&mut self) -> Result<Shorthand<'a>, ShorthandError> {
        let mut name = None;
        let mut condition = None;
        let mut values = None;
        self.skip_space();
        loop {
            let start = self.at;
            match self.key() {
                "Name" => self.pair(start, "Name", &mut name, Self::one_value)?,
                "Condition" => self.pair(start, "Condition", &mut condition, Self::one_value)?,
                "Values" => self.pair(start, "Values", &mut values, Self::values)?,
                key => {
                    let found = match key {
                        "" => self.found(),
                        _ => Shown(key).to_string(),
                    };
                    let expected = "the key Name, Condition or Values";
                    return Err(ShorthandError::new(start, expected, found));
                }
            }
            self.skip_space();
            if self.peek().is_none() {
                break;
            }
            self.expect(',')?;
            self.skip_space();
        }
        Ok(Shorthand {
            name: name.ok_or_else(|| self.error("the key Name"))?,
            condition,
            values: values.ok_or_else(|| self.error("the key Values"))?,
        })
    }

    fn key(&mut self) -> &'a str {
        let rest = self.rest();
        let is_key = |b: &u8| {
            b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'#' | b'/' | b':')
        };
        let length = rest.bytes().take_while(is_key).count();
        self.at += length;
        &rest[..length]
    }

    /// Reads on after a key, which began at `start`, and fills its slot.
    fn pair<T>(
        &mut self,
        start: usize,
        key: &str,
        slot: &mut Option<T>,
        read: impl Fn(&mut Self) -> Result<T, ShorthandError>,
    ) -> Result<(), ShorthandError> {
        if slot.is_some() {
            let found = format!("a second {key}");
            return Err(ShorthandError::new(start, "each key once", found));
        }
        self.skip_space();
        self.expect('=')?;
        self.skip_space();
        *slot = Some(read(self)?);
        Ok(())
    }

    fn one_value(&mut self) -> Result<Cow<'a, str>, ShorthandError> {
        let start = self.at;
        if matches!(self.peek(), Some('[' | '{')) {
            return Err(self.error("one value"));
        }
        let value = self.first_value()?;
        let mut more = Vec::new();
        self.more_values(&mut more)?;
        if !more.is_empty() {
            let found = format!("{} values", 1 + more.len());
            return Err(ShorthandError::new(start, "one value", found));
        }
        Ok(value)
    }

    fn values(&mut self) -> Result<Vec<Cow<'a, str>>, ShorthandError> {
        match self.peek() {
            Some('[') => self.bracketed_list(),
            Some('{') => Err(self.error("a value or a list of values")),
            _ => {
                let mut values = vec![self.first_value()?];
                self.more_values(&mut values)?;
                Ok(values)
            }
        }
    }

    /// What goes on a list without brackets, which ends before the comma that the next key follows.
    fn more_values(&mut self, values: &mut Vec<Cow<'a, str>>) -> Result<(), ShorthandError> {
        loop {
            self.skip_space();
            let comma = self.at;
            if !self.eat(',') {
                return Ok(());
            }
            self.skip_space();
            let value = match self.quoted()? {
                Some(value) => value,
                None => match self.word(|b| matches!(b, b'"' | b'\'' | b',' | b'=')) {
                    Some(_) if self.peek() == Some('=') => {
                        self.at = comma;
                        return Ok(());
                    }
                    Some(word) => word,
                    None => return Err(self.error("a value or a key")),
                },
            };
            values.push(value);
        }
    }

    /// `[A,B]`.
    fn bracketed_list(&mut self) -> Result<Vec<Cow<'a, str>>, ShorthandError> {
        let mut values = Vec::new();
        self.expect('[')?;
        self.skip_space();
        while !self.eat(']') {
            if matches!(self.peek(), Some('[' | '{')) {
                return Err(self.error("a value"));
            }
            values.push(self.first_value()?);
            self.skip_space();
            if self.peek() != Some(']') {
                if !self.eat(',') {
                    return Err(self.error("`,` or `]`"));
                }
                self.skip_space();
            }
        }
        Ok(values)
    }

    /// A value at the head of a list or in brackets; it may be nothing.
    fn first_value(&mut self) -> Result<Cow<'a, str>, ShorthandError> {
        Ok(match self.quoted()? {
            Some(value) => value,
            None => self
                .word(|b| matches!(b, b'"' | b'\'' | b',' | b']' | b'}'))
                .unwrap_or_default(),
        })
    }

    /// A text in quotes, if there is an opening quote.
    fn quoted(&mut self) -> Result<Option<Cow<'a, str>>, ShorthandError> {
        let Some(quote @ ('"' | '\'')) = self.peek() else {
            return Ok(None);
        };
        let mut value = String::new();
        let mut chars = self.rest().char_indices().skip(1).peekable();
        while let Some((index, c)) = chars.next() {
            if c == quote {
                self.at += index + 1;
                return Ok(Some(value.into()));
            }
            let escaped = (c == '\\')
                .then(|| chars.next_if(|(_, next)| *next == quote || *next == '\\'))
                .flatten();
            value.push(escaped.map_or(c, |(_, escaped)| escaped));
        }
        let start = self.at;
        self.at = self.text.len();
        Err(self.error(format!(
            "the closing {quote} of the quote at offset {start}"
        )))
    }

    /// A text without quotes up to a byte that ends it, if one can begin here. A comma does not where a backslash stands
    /// before it.
    fn word(&mut self, ends: impl Fn(u8) -> bool) -> Option<Cow<'a, str>> {
        let rest = self.rest();
        let bytes = rest.as_bytes();
        let cannot_begin = |b| is_space(b) || matches!(b, b'"' | b'\'' | b',' | b'=' | b'[' | b'{');
        if bytes.first().copied().is_none_or(cannot_begin) {
            return None;
        }
        let goes_on = |pair: &[u8]| pair == br"\," || !ends(pair[1]);
        let length = 1 + bytes.windows(2).take_while(|pair| goes_on(pair)).count();
        self.at += length;
        let word = rest[..length].trim_end();
        Some(if word.contains(',') {
            word.replace(r"\,", ",").into()
        } else {
            word.into()
        })
    }

    fn skip_space(&mut self) {
        self.at += self.rest().bytes().take_while(|b| is_space(*b)).count();
    }

    fn expect(&mut self, c: char) -> Result<(), ShorthandError> {
        if self.eat(c) {
            return Ok(());
        }
        Err(self.error(format!("`{c}`")))
    }

    fn eat(&mut self, c: char) -> bool {
        let is_next = self.peek() == Some(c);
        if is_next {
            self.at += c.len_utf8();
        }
        is_next
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn error(&self, expected: impl Into<String>) -> ShorthandError {
        ShorthandError::new(self.at, expected, self.found())
    }

    /// What stands here, in words.
    fn found(&self) -> String {
        match self.peek() {
            Some(c) => Shown(c.encode_utf8(&mut [0; 4])).to_string(),
            None => "the end".to_owned(),
        }
    }
}

/// ASCII white space, vertical tab included.
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// Writes `Name=..,Condition=..,Values=..` so that [`parse`] reads the same filter.
pub(super) fn write(
    name: &str,
    condition: Option<&str>,
    values: impl IntoIterator<Item = impl AsRef<str>>,
) -> String {
    // More than most filters take.
    let mut text = String::with_capacity(64);
    text.push_str("Name=");
    push(&mut text, name);
    if let Some(condition) = condition {
        text.push_str(",Condition=");
        push(&mut text, condition);
    }
    text.push_str(",Values=");
    let mut values = values.into_iter();
    match values.next() {
        Some(first) => push(&mut text, first.as_ref()),
        // Nothing at all would be one empty value.
        None => text.push_str("[]"),
    }
    for value in values {
        text.push(',');
        push(&mut text, value.as_ref());
    }
    text
}

/// Writes a text as a word where that is plain, else in double quotes.
fn push(out: &mut String, text: &str) {
    let is_plain =
        |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':' | b'/');
    if !text.is_empty() && text.bytes().all(is_plain) {
        return out.push_str(text);
    }
    out.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud_map::RawFilter;

    #[test]
    fn values_are_words_quoted_texts_and_lists() {
        let check = |values: &str, expected: &[&str]| {
            for text in [
                format!("Name=N,Condition=C,Values={values}"),
                format!("Values={values},Condition=C,Name=N"),
                format!(" Condition = C , Values = {values} , Name = N "),
            ] {
                let filter = RawFilter::new("N", Some("C"), expected.iter().copied());
                assert_eq!(parse(&text).map(RawFilter::from), Ok(filter), "{text}");
            }
        };
        check("A", &["A"]);
        check("A,B,C", &["A", "B", "C"]);
        check("A , B\n,\tC", &["A", "B", "C"]);
        check("a b ,c d", &["a b", "c d"]);
        check("", &[""]);
        check(",A", &["", "A"]);
        check("a=b,c", &["a=b", "c"]);
        check(r"a\,b,c\,d", &["a,b", "c,d"]);
        check(r"\,,\,\,", &[",", ",,"]);
        check(r"a\\,b\c", &[r"a\,b\c"]);
        check("a[{b,c]}d", &["a[{b", "c]}d"]);
        check("]a,}b", &["]a", "}b"]);
        check(r#""a,b",'c=d'"#, &["a,b", "c=d"]);
        check(r#""\"\'\\\n",'\"\'\\\n'"#, &[r#""\'\\n"#, r#"\"'\\n"#]);
        check(r#""a\\","b""#, &[r"a\", "b"]);
        check(r#""",''"#, &["", ""]);
        check("\"\n\"", &["\n"]);
        check("é,日本 ,😀", &["é", "日本", "😀"]);
        check("[A,B]", &["A", "B"]);
        check("[ A , B , ]", &["A", "B"]);
        check("[]", &[]);
        check("[ ]", &[]);
        check("[}a]", &["}a"]);
        check("[,A,,B]", &["", "A", "", "B"]);
        check(r#"[a=b,"]",' ']"#, &["a=b", "]", " "]);
        check("file:///etc/hosts", &["file:///etc/hosts"]);
    }

    #[test]
    fn a_mistake_is_found_where_it_is() {
        let check = |text: &str, position: usize, expected: &str| {
            let error = parse(text).unwrap_err();
            let remedy = expected.split(", found").next();
            assert_eq!(Some(error.expected()), remedy, "{text}");
            let expected = format!("expected {expected} at offset {position}");
            assert_eq!(error.to_string(), expected, "{text}");
            assert_eq!(error.position(), position, "{text}");
        };
        let key = "the key Name, Condition or Values, found";
        check("", 0, &format!("{key} the end"));
        check("=A", 0, &format!("{key} `=`"));
        check("STATUS=A", 0, &format!("{key} `STATUS`"));
        check("Name=A,values=B", 7, &format!("{key} `values`"));
        check("Name", 4, "`=`, found the end");
        check("Name:A", 0, &format!("{key} `Name:A`"));
        check("Name@=file://x", 4, "`=`, found `@`");
        check("Name=A", 6, "the key Values, found the end");
        check("Values=A", 8, "the key Name, found the end");
        check(
            "Name=A,Name=B,Values=C",
            7,
            "each key once, found a second Name",
        );
        check(
            "Name=A,Values=B,Values=C",
            16,
            "each key once, found a second Values",
        );
        check("Name=A,B,Values=C", 5, "one value, found 2 values");
        check("Name=[A],Values=C", 5, "one value, found `[`");
        check("Name=A,Condition={},Values=C", 17, "one value, found `{`");
        check(
            "Name=A,Values={a=b}",
            14,
            "a value or a list of values, found `{`",
        );
        check("Name=A,Values=[[B]]", 15, "a value, found `[`");
        check("Name=A,Values=[B,{a=b}]", 17, "a value, found `{`");
        check("Name=A,Values=[B", 16, "`,` or `]`, found the end");
        check("Name=A,Values=[B}", 16, "`,` or `]`, found `}`");
        check("Name=A,Values=[B]C", 17, "`,`, found `C`");
        check("Name=A,Values=B]", 15, "`,`, found `]`");
        check("Name=A,Values=B,", 16, "a value or a key, found the end");
        check("Values=B,,Name=A", 9, "a value or a key, found `,`");
        check("Name=A,Values=B,[C]", 16, "a value or a key, found `[`");
        check(r"Values=B,c\,Name=A", 9, &format!("{key} `c`"));
        check("Name=A,Values=a\"b", 15, "`,`, found `\"`");
        check("Name=A,Values==", 14, "`,`, found `=`");
        let quote = "the closing \" of the quote at offset 14, found the end";
        check("Name=A,Values=\"B", 16, quote);
        check("Name=A,Values=\"B\\\"", 18, quote);
        check("Name=A,Values='B'C", 17, "`,`, found `C`");
    }

    #[test]
    fn a_filter_is_written_as_a_person_would() {
        let check = |filter: RawFilter, expected: &str| assert_eq!(filter.to_string(), expected);
        check(
            RawFilter::new("STATUS", None, ["FAIL"]),
            "Name=STATUS,Values=FAIL",
        );
        check(
            RawFilter::new("STATUS", Some("IN"), ["PENDING", "SUCCESS"]),
            "Name=STATUS,Condition=IN,Values=PENDING,SUCCESS",
        );
        check(
            RawFilter::new("", Some(""), [""; 0]),
            r#"Name="",Condition="",Values=[]"#,
        );
        check(
            RawFilter::new("A", None, ["", "x y", "a=b", "a,b", r#"\""#]),
            r#"Name=A,Values="","x y","a=b","a,b","\\\"""#,
        );
    }
}
