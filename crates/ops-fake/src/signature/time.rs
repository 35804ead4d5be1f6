use std::fmt;
use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};
use ops_model::Timestamp;

use super::X_AMZ_DATE;
use super::refusal::Refusal;

/// How far a signature's time may be from the service's, either way.
const TOLERANCE_MILLIS: i64 = 5 * 60 * 1000;

/// When a request was signed, to the second.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SigningTime(Timestamp);

impl SigningTime {
    /// Whether a request says when it was signed.
    pub(super) fn is_given(headers: &HeaderMap) -> bool {
        headers.contains_key(X_AMZ_DATE) || headers.contains_key(header::DATE)
    }

    /// Reads `x-amz-date`, or else `date`, which may be HTTP's form as well: where a request has a `date`, botocore sets
    /// that one anew, its zone written as `-0000`.
    ///
    /// <https://docs.aws.amazon.com/general/latest/gr/sigv4-date-handling.html>
    pub(super) fn of(headers: &HeaderMap) -> Result<Self, Refusal> {
        let name = if headers.contains_key(X_AMZ_DATE) {
            X_AMZ_DATE
        } else {
            header::DATE.as_str()
        };
        let values: Vec<_> = headers
            .get_all(name)
            .iter()
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        let text = values.join(",");
        let http_date = || {
            let time = httpdate::parse_http_date(&text.replace("-0000", "GMT")).ok()?;
            Timestamp::try_from(time).ok()
        };
        basic(&text)
            .or_else(|| (name != X_AMZ_DATE).then(http_date).flatten())
            .map(Self)
            .ok_or_else(|| {
                Refusal::Incomplete(format!(
                    "Date must be in ISO-8601 'basic format'. Got '{text}'. See http://en.wikipedia.org/wiki/ISO_8601"
                ))
            })
    }

    /// Whether it is within five minutes of now.
    ///
    /// The messages: <https://github.com/m0ngr31/kanzi/issues/270>, <https://github.com/s12v/awsbeats/issues/48>.
    pub(super) fn check(self, now: Timestamp) -> Result<(), Refusal> {
        let now = Self::at_millis(now.as_millis().div_euclid(1000) * 1000);
        let earliest = Self::at_millis(now.0.as_millis() - TOLERANCE_MILLIS);
        let latest = Self::at_millis(now.0.as_millis() + TOLERANCE_MILLIS);
        if self < earliest {
            return Err(Refusal::Invalid(format!(
                "Signature expired: {self} is now earlier than {earliest} ({now} - 5 min.)"
            )));
        }
        if self > latest {
            return Err(Refusal::Invalid(format!(
                "Signature not yet current: {self} is still later than {latest} ({now} + 5 min.)"
            )));
        }
        Ok(())
    }

    /// `YYYYMMDD`, as a scope has it.
    pub(super) fn date(self) -> String {
        let mut text = self.to_string();
        text.truncate("YYYYMMDD".len());
        text
    }

    /// What is checked is within five minutes of a service's time, which is never before 1970.
    pub(super) fn system_time(self) -> SystemTime {
        let millis = self.0.as_millis();
        let distance = Duration::from_millis(millis.unsigned_abs());
        if millis < 0 {
            SystemTime::UNIX_EPOCH - distance
        } else {
            SystemTime::UNIX_EPOCH + distance
        }
    }

    fn at_millis(millis: i64) -> Self {
        Self(Timestamp::from_millis(millis).unwrap_or(Timestamp::MAX))
    }
}

/// `YYYYMMDDTHHMMSSZ`
impl fmt::Display for SigningTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.0.to_string();
        let seconds = seconds.split(['.', 'Z']).next().unwrap_or_default();
        write!(f, "{}Z", seconds.replace(['-', ':'], ""))
    }
}

fn basic(text: &str) -> Option<Timestamp> {
    if text.len() != "YYYYMMDDTHHMMSSZ".len() || !text.is_ascii() {
        return None;
    }
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (year, month, day) = (date.get(..4)?, date.get(4..6)?, date.get(6..)?);
    let (hour, minute, second) = (time.get(..2)?, time.get(2..4)?, time.get(4..)?);
    format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z")
        .parse()
        .ok()
}
