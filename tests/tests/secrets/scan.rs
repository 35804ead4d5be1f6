//! Everything that a program may show, and the search for canaries in it.

use std::error::Error as StdError;
use std::fmt::{Debug, Display};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use ops_client::Error;

/// A secret that is told from every other. It has no spaces, and nothing that JSON or a URL would quote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Canary {
    pub(crate) slot: &'static str,
    pub(crate) text: String,
}

impl Canary {
    pub(crate) fn new(slot: &'static str, text: impl Into<String>) -> Self {
        Self {
            slot,
            text: text.into(),
        }
    }

    /// The canary as text, as hexadecimal digits, as a list of numbers, and wherever it may stand in Base64. Without
    /// spaces.
    fn forms(&self) -> Vec<String> {
        let bytes = self.text.bytes();
        let hex: String = bytes.clone().map(|byte| format!("{byte:02x}")).collect();
        let numbers: Vec<_> = bytes.map(|byte| byte.to_string()).collect();
        let mut forms = vec![
            self.text.clone(),
            hex.to_ascii_uppercase(),
            hex,
            numbers.join(","),
        ];
        for before in 0..3 {
            let text = STANDARD_NO_PAD.encode(["\0".repeat(before), self.text.clone()].concat());
            // What depends on the bytes before and after is left out.
            let whole = (before * 8).div_ceil(6)..(before + self.text.len()) * 8 / 6;
            forms.push(text[whole].to_owned());
        }
        forms
    }

    pub(crate) fn is_in(&self, text: &str) -> bool {
        is_any_in(&self.forms(), &without_spaces(text))
    }
}

fn is_any_in(forms: &[String], text: &str) -> bool {
    forms.iter().any(|form| text.contains(form))
}

fn without_spaces(text: &str) -> String {
    text.replace([' ', '\n'], "")
}

/// What was shown, each text with what it is of.
#[derive(Default)]
pub(crate) struct Scan(Vec<(String, String)>);

impl Scan {
    pub(crate) fn text(&mut self, what: impl Display, text: impl Into<String>) {
        self.0.push((what.to_string(), text.into()));
    }

    /// `Debug`, on one line and on many.
    pub(crate) fn value(&mut self, what: impl Display, value: &impl Debug) {
        self.text(what, format!("{value:?}\n{value:#?}"));
    }

    /// An error with its causes.
    pub(crate) fn error(&mut self, what: impl Display, error: &(dyn StdError + 'static)) {
        let mut next = Some(error);
        while let Some(error) = next {
            self.text(&what, format!("{error}\n{error:#}"));
            self.value(&what, &error);
            next = error.source();
        }
    }

    /// A client's error, with all that it gives away. The JSON of its checkpoint holds the page token: that is its
    /// purpose, and so it is no part of the scan.
    pub(crate) fn failure(&mut self, what: impl Display, error: &Error) {
        self.error(&what, error);
        self.value(&what, &error.checkpoint());
        self.value(
            &what,
            &(error.kind(), error.end_reason(), error.request_id()),
        );
        if let Some(service) = error.service_error() {
            self.error(&what, &service.clone());
        }
        if let Some(bad) = error.bad_item() {
            self.error(&what, &bad.clone());
        }
    }

    /// Takes over what another scan has, with what it is of.
    pub(crate) fn take(&mut self, when: impl Display, other: Self) {
        let texts = other.0.into_iter();
        self.0
            .extend(texts.map(|(what, text)| (format!("{what} ({when})"), text)));
    }

    /// Where a canary is shown.
    pub(crate) fn leaks(&self, canaries: &[Canary]) -> Vec<String> {
        let forms: Vec<_> = canaries.iter().map(Canary::forms).collect();
        let mut leaks = Vec::new();
        for (what, text) in &self.0 {
            let plain = without_spaces(text);
            for (canary, _) in canaries
                .iter()
                .zip(&forms)
                .filter(|(_, forms)| is_any_in(forms, &plain))
            {
                leaks.push(format!("the {} is shown by {what}: {text}", canary.slot));
            }
        }
        leaks
    }
}
