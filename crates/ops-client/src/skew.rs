use std::time::{Duration, SystemTime};

use http::{HeaderMap, header};
use ops_model::ErrorCode;
use ops_transport::Now;

/// How far the service's clock is ahead of this machine's, as the `date` headers of its responses tell.
///
/// AWS refuses signatures that are more than five minutes off. A client therefore signs in the service's time: it learns
/// the difference from every response, whatever its status, and keeps it for its later calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClockSkew {
    /// Negative if the service's clock is behind.
    millis: i64,
}

/// An exchange that took longer says too little about either clock.
const LONGEST_EXCHANGE: Duration = Duration::from_secs(15 * 60);
/// What a failure may be due to: AWS's limit of five minutes, less what a measurement may be off.
const NOTABLE_MILLIS: u64 = 4 * 60 * 1000;

/// What AWS's services answer when the time of a signature is off, among other reasons.
const SKEWED: [&str; 5] = [
    "InvalidSignatureException",
    "SignatureDoesNotMatch",
    "AuthFailure",
    "RequestTimeTooSkewed",
    "AccessDeniedException",
];

impl ClockSkew {
    /// What a response tells: its `date` against the middle of the exchange. `None` if it has no date, if it comes from
    /// a cache (`age`), or if the exchange took more than 15 minutes.
    #[must_use]
    pub fn measure(headers: &HeaderMap, sent: Now, received: Now) -> Option<Self> {
        let took = received.monotonic.saturating_sub(sent.monotonic);
        if headers.contains_key(header::AGE) || took > LONGEST_EXCHANGE {
            return None;
        }
        let date = headers.get(header::DATE)?.to_str().ok()?;
        let theirs = httpdate::parse_http_date(date).ok()?;
        let ours = received.wall.checked_sub(took / 2)?;
        let millis = match theirs.duration_since(ours) {
            Ok(ahead) => i64::try_from(ahead.as_millis()).ok()?,
            Err(behind) => -i64::try_from(behind.duration().as_millis()).ok()?,
        };
        Some(Self { millis })
    }

    /// The difference in milliseconds; negative if the service's clock is behind.
    #[must_use]
    pub const fn as_millis(self) -> i64 {
        self.millis
    }

    /// The service's time when this machine's clock shows `wall`.
    #[must_use]
    pub fn correct(self, wall: SystemTime) -> SystemTime {
        let difference = Duration::from_millis(self.millis.unsigned_abs());
        let corrected = if self.millis.is_negative() {
            wall.checked_sub(difference)
        } else {
            wall.checked_add(difference)
        };
        corrected.unwrap_or(wall)
    }

    /// Whether an error with this code may come from the difference: more than four minutes, and a code that AWS uses
    /// for it. Signed in the service's time, the request may then succeed.
    #[must_use]
    pub fn explains(self, code: &ErrorCode) -> bool {
        self.millis.unsigned_abs() > NOTABLE_MILLIS && SKEWED.contains(&code.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-03-01T12:00:00Z, and so much later.
    fn at(seconds: u64) -> Now {
        Now {
            wall: SystemTime::UNIX_EPOCH + Duration::from_secs(1_772_366_400 + seconds),
            monotonic: Duration::from_secs(seconds),
        }
    }

    #[test]
    fn the_date_is_held_against_the_middle_of_the_exchange() {
        let check = |headers: &[(&'static str, &str)], took: u64, millis: Option<i64>| {
            let headers = headers
                .iter()
                .map(|(name, value)| (http::HeaderName::from_static(name), value.parse().unwrap()))
                .collect();
            let skew = ClockSkew::measure(&headers, at(0), at(took));
            assert_eq!(skew.map(ClockSkew::as_millis), millis, "{headers:?} {took}");
        };
        let noon = "Sun, 01 Mar 2026 12:00:00 GMT";
        check(&[("date", noon)], 0, Some(0));
        check(&[("date", noon)], 3, Some(-1_500));
        check(
            &[("date", "Sun, 01 Mar 2026 12:10:01 GMT")],
            2,
            Some(600_000),
        );
        check(
            &[("date", "Sun, 01 Mar 2026 11:00:01 GMT")],
            2,
            Some(-3_600_000),
        );
        check(&[("date", noon)], 900, Some(-450_000));
        check(&[("date", noon)], 901, None);
        check(&[("date", noon), ("age", "0")], 0, None);
        check(&[], 0, None);
        for nonsense in [
            "",
            "now",
            "2026-03-01T12:00:00Z",
            "Sun, 01 Mar 2026 12:00:00 CET",
        ] {
            check(&[("date", nonsense)], 0, None);
        }
    }

    #[test]
    fn a_wall_clock_that_jumps_during_the_exchange_is_read_after_it() {
        let headers = [(
            header::DATE,
            "Sun, 01 Mar 2026 12:00:01 GMT".parse().unwrap(),
        )];
        let sent = Now {
            wall: SystemTime::UNIX_EPOCH,
            ..at(0)
        };
        let skew = ClockSkew::measure(&headers.into_iter().collect(), sent, at(2));
        assert_eq!(skew, Some(ClockSkew::default()));
    }

    #[test]
    fn it_explains_errors_of_time_only_beyond_four_minutes() {
        let check = |millis, code: &str, explains| {
            let skew = ClockSkew { millis };
            assert_eq!(skew.explains(&code.into()), explains, "{millis} {code}");
        };
        for code in SKEWED {
            check(240_000, code, false);
            check(240_001, code, true);
            check(-240_001, code, true);
        }
        check(900_000, "InvalidInput", false);
        check(900_000, "ExpiredTokenException", false);
        check(i64::MIN, "AuthFailure", true);
    }

    #[test]
    fn correcting_adds_the_difference_and_never_fails() {
        let wall = at(0).wall;
        for (millis, corrected) in [
            (0, wall),
            (1_500, wall + Duration::from_millis(1_500)),
            (-1_500, wall - Duration::from_millis(1_500)),
        ] {
            assert_eq!(ClockSkew { millis }.correct(wall), corrected);
        }
        for millis in [i64::MIN, i64::MAX] {
            let _ = ClockSkew { millis }.correct(wall);
        }
    }
}
