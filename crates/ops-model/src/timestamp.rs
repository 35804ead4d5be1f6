mod usual;

use std::fmt;
use std::time::SystemTime;

use serde::de::{self, Deserializer, Visitor};
use serde::ser::Serializer;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::one_line::OneLine;

/// A point in time, in whole milliseconds: what both services keep.
///
/// Between 0000-01-01T00:00:00Z and 9999-12-31T23:59:59.999Z, the years that RFC 3339 can write. A finer fraction is
/// rounded to the nearest millisecond when it is read.
///
/// ```
/// use ops_model::Timestamp;
///
/// let time: Timestamp = "2018-01-26T00:11:30.087Z".parse()?;
/// assert_eq!(time.as_millis(), 1_516_925_490_087);
/// assert_eq!(time.to_string(), "2018-01-26T00:11:30.087Z");
/// # Ok::<(), ops_model::InvalidTimestamp>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp {
    millis: i64,
}

/// A text or a number that is no [`Timestamp`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTimestamp {
    /// The text is not RFC 3339.
    #[error(
        "`{}` is no date and time; write it as 2025-01-15T10:20:30Z, with a fraction or an offset if need be",
        OneLine(text)
    )]
    Syntax {
        /// The text.
        text: String,
    },
    /// The time lies outside of the years 0000 to 9999.
    #[error("the time lies outside of the years 0000 to 9999")]
    Range,
}

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const UNIX_EPOCH: Self = Self { millis: 0 };
    /// 0000-01-01T00:00:00Z.
    pub const MIN: Self = Self {
        millis: -62_167_219_200_000,
    };
    /// 9999-12-31T23:59:59.999Z.
    pub const MAX: Self = Self {
        millis: 253_402_300_799_999,
    };

    /// The time so many milliseconds after (or before) the Unix epoch.
    ///
    /// # Errors
    ///
    /// [`InvalidTimestamp::Range`] outside of [`MIN`](Self::MIN)`..=`[`MAX`](Self::MAX).
    pub const fn from_millis(millis: i64) -> Result<Self, InvalidTimestamp> {
        if millis < Self::MIN.millis || millis > Self::MAX.millis {
            return Err(InvalidTimestamp::Range);
        }
        Ok(Self { millis })
    }

    /// Milliseconds since the Unix epoch.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.millis
    }

    /// The time so many whole seconds after the Unix epoch.
    #[cfg(feature = "cbor")]
    pub(crate) const fn from_whole_seconds(seconds: i64) -> Result<Self, InvalidTimestamp> {
        Self::from_millis(seconds.saturating_mul(1000))
    }

    /// Seconds since the Unix epoch, if they are whole.
    pub(crate) const fn whole_seconds(self) -> Option<i64> {
        if self.millis % 1000 == 0 {
            Some(self.millis / 1000)
        } else {
            None
        }
    }

    /// Seconds since the Unix epoch, the milliseconds their fraction.
    pub(crate) const fn seconds(self) -> f64 {
        #[expect(
            clippy::cast_precision_loss,
            reason = "below 2^53 throughout the range"
        )]
        let millis = self.millis as f64;
        millis / 1000.0
    }

    /// The time so many seconds after the Unix epoch, rounded to the nearest millisecond.
    ///
    /// A double holds every millisecond of the years 0000 to 9999, so `1516925490.087` stays `.087`.
    pub(crate) fn from_seconds(seconds: f64) -> Result<Self, InvalidTimestamp> {
        let millis = (seconds * 1000.0).round();
        if !(-1e15..=1e15).contains(&millis) {
            return Err(InvalidTimestamp::Range);
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "an integral value of at most 1e15"
        )]
        Self::from_millis(millis as i64)
    }
}

impl std::str::FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// Reads RFC 3339: `T` or `t`, an optional fraction, and `Z`, `z` or an offset. Nothing else is taken.
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        usual::read(text).map_or_else(|| read_any(text), Ok)
    }
}

/// Reads every form of RFC 3339.
fn read_any(text: &str) -> Result<Timestamp, InvalidTimestamp> {
    let syntax = || InvalidTimestamp::Syntax {
        text: text.to_owned(),
    };
    // `time` takes any separator between date and time.
    if !matches!(text.as_bytes().get(10), Some(b'T' | b't')) {
        return Err(syntax());
    }
    let time = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| syntax())?;
    let nanos = time.unix_timestamp_nanos();
    let millis = (nanos + 500_000).div_euclid(1_000_000);
    let millis = i64::try_from(millis).map_err(|_| InvalidTimestamp::Range)?;
    // The last half millisecond of the year 9999 stays in it.
    Timestamp::from_millis(if millis == Timestamp::MAX.millis + 1 {
        Timestamp::MAX.millis
    } else {
        millis
    })
}

impl From<Timestamp> for OffsetDateTime {
    fn from(timestamp: Timestamp) -> Self {
        Self::from_unix_timestamp_nanos(i128::from(timestamp.millis) * 1_000_000)
            .expect("the years 0000 to 9999 are within time's range")
    }
}

impl TryFrom<OffsetDateTime> for Timestamp {
    type Error = InvalidTimestamp;

    /// Drops what is finer than a millisecond.
    fn try_from(time: OffsetDateTime) -> Result<Self, InvalidTimestamp> {
        let millis = time.unix_timestamp_nanos().div_euclid(1_000_000);
        i64::try_from(millis)
            .map_err(|_| InvalidTimestamp::Range)
            .and_then(Self::from_millis)
    }
}

impl TryFrom<SystemTime> for Timestamp {
    type Error = InvalidTimestamp;

    /// Drops what is finer than a millisecond.
    fn try_from(time: SystemTime) -> Result<Self, InvalidTimestamp> {
        let (sign, duration) = match time.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => (1, after),
            Err(before) => (-1, before.duration()),
        };
        i64::try_from(duration.as_millis())
            .map_err(|_| InvalidTimestamp::Range)
            .and_then(|millis| Self::from_millis(sign * millis))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = OffsetDateTime::from(*self)
            .format(&Rfc3339)
            .expect("the years 0000 to 9999 can be written");
        f.pad(&text)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A date in a JSON body, in one of the forms below.
pub(crate) trait DateForm {
    const NUMBER: bool;
    const TEXT: bool;
}

/// awsJson1_1: a number of seconds since the epoch.
pub(crate) struct EpochSeconds;
/// restJson1: RFC 3339 text.
pub(crate) struct DateTimeText;
/// Recorded output: either.
pub(crate) struct AnyDate;

impl DateForm for EpochSeconds {
    const NUMBER: bool = true;
    const TEXT: bool = false;
}

impl DateForm for DateTimeText {
    const NUMBER: bool = false;
    const TEXT: bool = true;
}

impl DateForm for AnyDate {
    const NUMBER: bool = true;
    const TEXT: bool = true;
}

/// A [`Timestamp`] that is read in the form `F`.
pub(crate) struct Date<F> {
    timestamp: Timestamp,
    form: std::marker::PhantomData<F>,
}

impl<F> From<Date<F>> for Timestamp {
    fn from(date: Date<F>) -> Self {
        date.timestamp
    }
}

impl<'de, F: DateForm> de::Deserialize<'de> for Date<F> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self {
            timestamp: deserializer.deserialize_any(DateVisitor::<F>::NEW)?,
            form: std::marker::PhantomData,
        })
    }
}

struct DateVisitor<F>(std::marker::PhantomData<F>);

impl<F> DateVisitor<F> {
    const NEW: Self = Self(std::marker::PhantomData);
}

impl<F: DateForm> Visitor<'_> for DateVisitor<F> {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match (F::NUMBER, F::TEXT) {
            (true, false) => "a number of seconds since the epoch",
            (false, true) => "an RFC 3339 date and time",
            _ => "a number of seconds since the epoch, or an RFC 3339 date and time",
        })
    }

    fn visit_f64<E: de::Error>(self, seconds: f64) -> Result<Timestamp, E> {
        if !F::NUMBER {
            return Err(E::invalid_type(de::Unexpected::Float(seconds), &self));
        }
        Timestamp::from_seconds(seconds).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Timestamp, E> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "exact up to 2^53, and far beyond the range from there"
        )]
        self.visit_f64(seconds as f64)
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Timestamp, E> {
        #[expect(
            clippy::cast_precision_loss,
            reason = "exact up to 2^53, and far beyond the range from there"
        )]
        self.visit_f64(seconds as f64)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
        if !F::TEXT {
            return Err(E::invalid_type(de::Unexpected::Str(text), &self));
        }
        text.parse().map_err(|error| match error {
            InvalidTimestamp::Syntax { .. } => E::invalid_value(de::Unexpected::Str(text), &self),
            InvalidTimestamp::Range => E::custom(error),
        })
    }
}

/// Writes seconds since the epoch: an integer where it is whole, else with its milliseconds.
pub(crate) fn serialize_epoch_seconds<S: Serializer>(
    timestamp: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let Some(timestamp) = timestamp else {
        return serializer.serialize_none();
    };
    match timestamp.whole_seconds() {
        Some(seconds) => serializer.serialize_i64(seconds),
        None => serializer.serialize_f64(timestamp.seconds()),
    }
}

/// Writes RFC 3339 text.
pub(crate) fn serialize_date_time<S: Serializer>(
    timestamp: &Option<Timestamp>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match timestamp {
        None => serializer.serialize_none(),
        Some(timestamp) => serializer.collect_str(timestamp),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc_3339_with_t_fraction_and_offset_and_nothing_else() {
        let check = |text: &str, expected: Option<i64>| {
            assert_eq!(
                text.parse::<Timestamp>().ok().map(Timestamp::as_millis),
                expected,
                "{text}"
            );
        };
        check("1970-01-01T00:00:00Z", Some(0));
        check("2025-01-15t10:20:30z", Some(1_736_936_430_000));
        check("2025-01-15T10:20:30.123Z", Some(1_736_936_430_123));
        check("2025-01-15T10:20:30.123456789Z", Some(1_736_936_430_123));
        check("2025-01-15T10:20:30.9996Z", Some(1_736_936_431_000));
        check("2025-01-15T10:20:30.5+05:30", Some(1_736_916_630_500));
        check("1969-12-31T23:59:59.5Z", Some(-500));
        check("9999-12-31T23:59:59.999Z", Some(Timestamp::MAX.as_millis()));
        check(
            "9999-12-31T23:59:59.9999Z",
            Some(Timestamp::MAX.as_millis()),
        );
        check("0000-01-01T00:00:00Z", Some(Timestamp::MIN.as_millis()));
        check("0000-01-01T00:00:00+01:00", None);
        check("9999-12-31T23:59:59-01:00", None);
        for text in [
            "",
            "2025-01-15",
            "2025-01-15T10:20:30",
            "2025-01-15 10:20:30Z",
            "2025-01-15_10:20:30Z",
            "2025-02-29T00:00:00Z",
            "2025-01-15T24:00:00Z",
            "2025-01-15T10:20Z",
            "1736936430",
            "2025-01-15T10:20:30Z ",
            "2025-01-15T10:20:30.Z",
            "+2025-01-15T10:20:30Z",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn a_timestamp_prints_as_rfc_3339_and_parses_to_itself() {
        for millis in [
            0,
            -1,
            1,
            1_516_925_490_087,
            1_736_936_430_100,
            Timestamp::MIN.millis,
            Timestamp::MAX.millis,
        ] {
            let timestamp = Timestamp::from_millis(millis).unwrap();
            assert_eq!(timestamp.to_string().parse(), Ok(timestamp), "{millis}");
        }
        assert_eq!(
            Timestamp::from_millis(1_500).unwrap().to_string(),
            "1970-01-01T00:00:01.5Z"
        );
        assert_eq!(
            Timestamp::from_millis(Timestamp::MAX.millis + 1),
            Err(InvalidTimestamp::Range)
        );
    }

    #[test]
    fn a_system_time_on_either_side_of_the_epoch_keeps_whole_milliseconds() {
        use std::time::Duration;
        let epoch = SystemTime::UNIX_EPOCH;
        for (time, millis) in [
            (epoch, 0),
            (
                epoch + Duration::from_micros(1_516_925_490_087_999),
                1_516_925_490_087,
            ),
            (epoch - Duration::from_millis(1_500), -1_500),
        ] {
            assert_eq!(
                Timestamp::try_from(time).map(Timestamp::as_millis),
                Ok(millis)
            );
        }
        assert_eq!(
            format!("{:?}", Timestamp::UNIX_EPOCH),
            "1970-01-01T00:00:00Z"
        );
    }

    #[test]
    fn a_date_in_another_form_is_refused_by_the_form_that_is_expected() {
        fn check<F: DateForm>(json: &str, expected: &str) {
            let error = serde_json::from_str::<Date<F>>(json).err().expect(json);
            let reason = crate::protocol::json::reason(&error);
            assert!(reason.starts_with(expected), "{reason}");
        }
        check::<EpochSeconds>("\"x\"", "expected a number of seconds since the epoch at");
        check::<DateTimeText>("1.5", "expected an RFC 3339 date and time at");
        check::<AnyDate>(
            "true",
            "expected a number of seconds since the epoch, or an RFC 3339 date and time at",
        );
    }

    #[test]
    fn epoch_seconds_keep_their_milliseconds() {
        #[derive(serde::Serialize)]
        struct Out(#[serde(serialize_with = "serialize_epoch_seconds")] Option<Timestamp>);

        let check = |json: &str, millis: i64| {
            let date: Date<EpochSeconds> = serde_json::from_str(json).expect(json);
            assert_eq!(Timestamp::from(date).as_millis(), millis, "{json}");
        };
        check("1516925490.087", 1_516_925_490_087);
        check("1516925490.0869999", 1_516_925_490_087);
        check("-1.5", -1_500);
        check("-1", -1_000);
        check("1.5e9", 1_500_000_000_000);
        check("253402300799.999", Timestamp::MAX.millis);
        for (millis, expected) in [
            (1_516_925_490_087, "1516925490.087"),
            (1_516_925_490_000, "1516925490"),
            (0, "0"),
            (-1_500, "-1.5"),
            (-1, "-0.001"),
            (253_402_300_799_998, "253402300799.998"),
        ] {
            let json =
                serde_json::to_string(&Out(Some(Timestamp::from_millis(millis).unwrap()))).unwrap();
            assert_eq!(json, expected);
            check(&json, millis);
        }
        for json in [
            "true",
            "null",
            "\"1516925490\"",
            "1e300",
            "253402300800",
            "{}",
        ] {
            assert!(
                serde_json::from_str::<Date<EpochSeconds>>(json).is_err(),
                "{json}"
            );
        }
        for json in ["1516925490.087", "\"1516925490\"", "null"] {
            assert!(
                serde_json::from_str::<Date<DateTimeText>>(json).is_err(),
                "{json}"
            );
        }
        for json in ["1516925490.087", "\"2018-01-26T00:11:30.087Z\""] {
            let date: Date<AnyDate> = serde_json::from_str(json).expect(json);
            assert_eq!(Timestamp::from(date).as_millis(), 1_516_925_490_087);
        }
    }
}
