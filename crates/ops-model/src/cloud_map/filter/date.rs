use crate::Timestamp;

/// The unit of the dates of an `UPDATE_DATE` filter, counted since 1970-01-01T00:00:00Z.
///
/// AWS documents "Unix date/time format"; its own controller for Kubernetes sends milliseconds. A wrong unit is no
/// error: the list is empty.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "arbitrary", derive(arbitrary::Arbitrary))]
pub enum DateUnit {
    /// Integer milliseconds: `1516925490087`.
    #[default]
    Milliseconds,
    /// Seconds, with three decimals unless they are whole: `1516925490.087`, `1516925490`.
    Seconds,
}

impl DateUnit {
    pub(super) fn write(self, time: Timestamp) -> String {
        let millis = time.as_millis();
        match self {
            Self::Milliseconds => millis.to_string(),
            Self::Seconds if millis % 1000 == 0 => (millis / 1000).to_string(),
            Self::Seconds => {
                let sign = if millis.is_negative() { "-" } else { "" };
                let millis = millis.unsigned_abs();
                format!("{sign}{}.{:03}", millis / 1000, millis % 1000)
            }
        }
    }
}

/// What is wrong with a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DateFault {
    /// In milliseconds no integer, in seconds no number with at most three decimals.
    NotANumber,
    /// In milliseconds: below 100000000000 and not 0, or a decimal.
    LooksLikeSeconds,
    /// Negative.
    BeforeEpoch,
    /// In seconds: below 100000000 and not 0. In milliseconds the filter could not be read back.
    TooEarly,
    /// Beyond the year 9999, as a number in a finer unit is.
    TooLarge,
}

impl DateFault {
    /// What is wrong with the value, and what to do about it.
    pub(super) fn explain(self, value: &str, unit: DateUnit) -> String {
        // The value as it should have been written, where that can be told.
        let write = |meant: Option<Timestamp>, otherwise: &str| match meant {
            Some(date) if is_clearly_millis(date) => format!("write {}", unit.write(date)),
            _ => otherwise.to_owned(),
        };
        match (self, unit) {
            (Self::NotANumber, DateUnit::Milliseconds) => {
                let since = "write milliseconds since 1970-01-01T00:00:00Z";
                format!("is no integer; {}", write(value.parse().ok(), since))
            }
            (Self::NotANumber, DateUnit::Seconds) => {
                let since = "write seconds since 1970-01-01T00:00:00Z";
                let remedy = write(value.parse().ok(), since);
                format!("is no number with at most three decimals; {remedy}")
            }
            (Self::LooksLikeSeconds, _) => {
                let meant = read_number(value, DateUnit::Seconds).ok();
                let remedy = write(meant, "multiply it by 1000, without decimals,");
                format!("looks like seconds; {remedy} or set the unit to seconds")
            }
            (Self::BeforeEpoch, _) => {
                "is before 1970-01-01T00:00:00Z; write 0 for an open start".to_owned()
            }
            (Self::TooEarly, _) => {
                "is too early to tell milliseconds from seconds; write 0 for an open start, or a date from \
                 1973-03-03T09:46:40Z on"
                    .to_owned()
            }
            (Self::TooLarge, DateUnit::Milliseconds) => {
                "is beyond the year 9999 and looks like microseconds or nanoseconds; write milliseconds"
                    .to_owned()
            }
            (Self::TooLarge, DateUnit::Seconds) => {
                "is beyond the year 9999 and looks like milliseconds; divide it by 1000 or set the unit to milliseconds"
                    .to_owned()
            }
        }
    }
}

/// How dates are read.
#[derive(Clone, Copy)]
pub(super) struct DateReading {
    pub(super) unit: DateUnit,
    /// Whether a date is refused if its milliseconds could be mistaken for seconds.
    pub(super) guarded: bool,
}

impl DateReading {
    /// A caller's dates in this unit.
    pub(super) const fn of(unit: DateUnit) -> Self {
        Self {
            unit,
            guarded: true,
        }
    }

    pub(super) fn read(self, text: &str) -> Result<Timestamp, DateFault> {
        let date = read_number(text, self.unit)?;
        if self.guarded && !is_clearly_millis(date) {
            return Err(match self.unit {
                DateUnit::Milliseconds => DateFault::LooksLikeSeconds,
                DateUnit::Seconds => DateFault::TooEarly,
            });
        }
        Ok(date)
    }
}

/// The first millisecond whose number is taken for one: read as seconds, 100000000000 is in the year 5138.
const FIRST_CLEAR_MILLIS: i64 = 100_000_000_000;

/// Whether the date's milliseconds cannot be mistaken for seconds. 0 is the same date in both.
pub(super) fn is_clearly_millis(date: Timestamp) -> bool {
    date == Timestamp::UNIX_EPOCH || date.as_millis() >= FIRST_CLEAR_MILLIS
}

/// The date of a number in this unit, be it clear or not.
fn read_number(text: &str, unit: DateUnit) -> Result<Timestamp, DateFault> {
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = text.strip_prefix('-').unwrap_or(text);
    let (whole, decimals) = match number.split_once('.') {
        None => (number, None),
        Some((whole, decimals)) => (whole, Some(decimals)),
    };
    if !is_digits(whole) || !decimals.is_none_or(is_digits) {
        return Err(DateFault::NotANumber);
    }
    if number.len() < text.len() {
        return Err(DateFault::BeforeEpoch);
    }
    let millis = match (unit, decimals) {
        (DateUnit::Milliseconds, None) => whole.parse(),
        // A decimal of milliseconds, 1516925490087.5, is no seconds either.
        (DateUnit::Milliseconds, Some(_)) => {
            return Err(match whole.parse::<i64>() {
                Ok(whole) if whole < FIRST_CLEAR_MILLIS => DateFault::LooksLikeSeconds,
                _ => DateFault::NotANumber,
            });
        }
        (DateUnit::Seconds, Some(decimals)) if decimals.len() > 3 => {
            return Err(DateFault::NotANumber);
        }
        (DateUnit::Seconds, decimals) => {
            format!("{whole}{:0<3}", decimals.unwrap_or_default()).parse()
        }
    };
    millis
        .ok()
        .and_then(|millis| Timestamp::from_millis(millis).ok())
        .ok_or(DateFault::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cloud_map::{Filter, RawFilter};

    #[test]
    fn seconds_have_three_decimals_or_none() {
        let check = |millis: i64, expected: &str| {
            let time = Timestamp::from_millis(millis).unwrap();
            assert_eq!(DateUnit::Seconds.write(time), expected);
        };
        check(0, "0");
        check(1_516_925_490_087, "1516925490.087");
        check(1_516_925_490_000, "1516925490");
        check(1_516_925_490_500, "1516925490.500");
        check(-1, "-0.001");
        check(-1_500, "-1.500");
    }

    #[test]
    fn a_date_is_an_integer_of_milliseconds_or_a_number_of_seconds() {
        use DateFault::{BeforeEpoch, LooksLikeSeconds, NotANumber, TooEarly, TooLarge};
        use DateUnit::{Milliseconds, Seconds};
        let check = |text: &str, unit: DateUnit, expected: Result<i64, DateFault>| {
            let read = DateReading::of(unit).read(text).map(Timestamp::as_millis);
            assert_eq!(read, expected, "{text} {unit:?}");
        };
        check("0", Milliseconds, Ok(0));
        check("0", Seconds, Ok(0));
        check("0.000", Seconds, Ok(0));
        check("1516925490087", Milliseconds, Ok(1_516_925_490_087));
        check("01516925490087", Milliseconds, Ok(1_516_925_490_087));
        check("1516925490.087", Seconds, Ok(1_516_925_490_087));
        check("1516925490.5", Seconds, Ok(1_516_925_490_500));
        check("1516925490", Seconds, Ok(1_516_925_490_000));
        check("100000000000", Milliseconds, Ok(100_000_000_000));
        check("99999999999", Milliseconds, Err(LooksLikeSeconds));
        check("1", Milliseconds, Err(LooksLikeSeconds));
        check("1516925490", Milliseconds, Err(LooksLikeSeconds));
        check("1516925490.087", Milliseconds, Err(LooksLikeSeconds));
        check("1516925490.0871234", Milliseconds, Err(LooksLikeSeconds));
        check("99999999999.5", Milliseconds, Err(LooksLikeSeconds));
        check("100000000000.5", Milliseconds, Err(NotANumber));
        check("1516925490087.5", Milliseconds, Err(NotANumber));
        check("100000000", Seconds, Ok(100_000_000_000));
        check("99999999.999", Seconds, Err(TooEarly));
        check("0.001", Seconds, Err(TooEarly));
        check("253402300799999", Milliseconds, Ok(253_402_300_799_999));
        check("253402300800000", Milliseconds, Err(TooLarge));
        check("1516925490087000", Milliseconds, Err(TooLarge));
        check(&"9".repeat(255), Milliseconds, Err(TooLarge));
        check("253402300799.999", Seconds, Ok(253_402_300_799_999));
        check("253402300800", Seconds, Err(TooLarge));
        check("1516925490087", Seconds, Err(TooLarge));
        check(&"9".repeat(255), Seconds, Err(TooLarge));
        check("1516925490.0870", Seconds, Err(NotANumber));
        for unit in [Milliseconds, Seconds] {
            check("-1", unit, Err(BeforeEpoch));
            check("-1.5", unit, Err(BeforeEpoch));
            for text in [
                "",
                "-",
                ".",
                "1.",
                ".5",
                "--1",
                "+1",
                "1e9",
                "0x10",
                " 1",
                "1 ",
                "1,5",
                "1_000",
                "١",
                "NaN",
                "2018-01-26",
                "2018-01-26T00:11:30Z",
                "1.2.3",
                "-x",
            ] {
                check(text, unit, Err(NotANumber));
            }
        }
    }

    #[test]
    fn a_message_on_a_date_says_what_to_write_where_that_can_be_told() {
        let check = |value: &str, unit: DateUnit, expected: &str| {
            let raw = RawFilter::new("UPDATE_DATE", Some("BETWEEN"), ["0", value]);
            let expected = format!("UPDATE_DATE: value 2 (`{value}`) {expected}");
            let error = Filter::from_raw(&raw, unit).unwrap_err();
            assert_eq!(error.to_string(), expected);
        };
        let millis = DateUnit::Milliseconds;
        check(
            "1516925490",
            millis,
            "looks like seconds; write 1516925490000 or set the unit to seconds",
        );
        check(
            "1516925490.087",
            millis,
            "looks like seconds; write 1516925490087 or set the unit to seconds",
        );
        check(
            "1516925490.0871234",
            millis,
            "looks like seconds; multiply it by 1000, without decimals, or set the unit to seconds",
        );
        check(
            "2018-01-26T00:11:30.087Z",
            millis,
            "is no integer; write 1516925490087",
        );
        check(
            "2018-01-26",
            millis,
            "is no integer; write milliseconds since 1970-01-01T00:00:00Z",
        );
        check(
            "1960-01-01T00:00:00Z",
            millis,
            "is no integer; write milliseconds since 1970-01-01T00:00:00Z",
        );
        check(
            "-5",
            millis,
            "is before 1970-01-01T00:00:00Z; write 0 for an open start",
        );
        check(
            "1516925490087000",
            millis,
            "is beyond the year 9999 and looks like microseconds or nanoseconds; write milliseconds",
        );
        check(
            "2018-01-26T00:11:30.087Z",
            DateUnit::Seconds,
            "is no number with at most three decimals; write 1516925490.087",
        );
        check(
            "now",
            DateUnit::Seconds,
            "is no number with at most three decimals; write seconds since 1970-01-01T00:00:00Z",
        );
        check(
            "1516925490087",
            DateUnit::Seconds,
            "is beyond the year 9999 and looks like milliseconds; divide it by 1000 or set the unit to milliseconds",
        );
        check(
            "5",
            DateUnit::Seconds,
            "is too early to tell milliseconds from seconds; write 0 for an open start, or a date from \
             1973-03-03T09:46:40Z on",
        );
    }
}
