//! A service whose clock is off, and the signatures that it refuses.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, StatusCode};
use ops_model::{ErrorCode, ServiceError, Timestamp};

use super::Fault;

/// The most that the time of a signature may be away from the service's own, in milliseconds: 5 minutes.
const SKEW_MAX: i64 = 5 * 60 * 1000;

impl Fault {
    /// The service's time, where this is the right one.
    pub(crate) fn time(&self, now: SystemTime) -> SystemTime {
        let Self::SkewedClock { seconds } = self else {
            return now;
        };
        let skew = Duration::from_secs(seconds.unsigned_abs());
        let skewed = if *seconds < 0 {
            now.checked_sub(skew)
        } else {
            now.checked_add(skew)
        };
        skewed.unwrap_or(now)
    }
}

/// What the service answers if the request was signed at another time than `now`.
pub(super) fn refusal(request: &Request<Bytes>, now: SystemTime) -> Option<ServiceError> {
    let signed = request.headers().get("x-amz-date")?.to_str().ok()?;
    let at = read(signed)?;
    let now = Timestamp::try_from(now).ok()?.as_millis();
    let message = if at < now - SKEW_MAX {
        let earliest = write(now - SKEW_MAX)?;
        let now = write(now)?;
        format!("Signature expired: {signed} is now earlier than {earliest} ({now} - 5 min.)")
    } else if at > now + SKEW_MAX {
        let latest = write(now + SKEW_MAX)?;
        let now = write(now)?;
        format!("Signature not yet current: {signed} is still later than {latest} ({now} + 5 min.)")
    } else {
        return None;
    };
    let code = ErrorCode::InvalidSignatureException;
    Some(ServiceError::new(StatusCode::FORBIDDEN, code, message))
}

/// Milliseconds since the epoch, of `20260101T000000Z`.
fn read(date: &str) -> Option<i64> {
    let part = |start: usize, end: usize| date.get(start..end);
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, rest) = (part(8, 11)?, part(11, 13)?, part(13, date.len())?);
    let text = format!("{year}-{month}-{day}{hour}:{minute}:{rest}");
    Some(text.parse::<Timestamp>().ok()?.as_millis())
}

fn write(millis: i64) -> Option<String> {
    let seconds = Timestamp::from_millis(millis.div_euclid(1000) * 1000).ok()?;
    Some(seconds.to_string().replace(['-', ':'], ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_may_be_five_minutes_off() {
        let check = |signed: &str, seconds: i64, message: Option<&str>| {
            let request = Request::get("/").header("x-amz-date", signed);
            let now = SystemTime::UNIX_EPOCH + Duration::from_millis(1_767_225_600_500);
            let now = Fault::SkewedClock { seconds }.time(now);
            let error = refusal(&request.body(Bytes::new()).unwrap(), now);
            assert_eq!(
                error.and_then(|error| error.message).as_deref(),
                message,
                "{signed} {seconds}"
            );
        };
        check("20260101T000000Z", 0, None);
        check("20260101T000000Z", 299, None);
        check("20260101T000000Z", -300, None);
        check(
            "20260101T000000Z",
            300,
            Some(
                "Signature expired: 20260101T000000Z is now earlier than 20260101T000000Z (20260101T000500Z - 5 min.)",
            ),
        );
        check(
            "20260101T000000Z",
            3600,
            Some(
                "Signature expired: 20260101T000000Z is now earlier than 20260101T005500Z (20260101T010000Z - 5 min.)",
            ),
        );
        check(
            "20260101T000000Z",
            -3600,
            Some(
                "Signature not yet current: 20260101T000000Z is still later than 20251231T230500Z (20251231T230000Z + 5 min.)",
            ),
        );
        for no_date in ["", "20260101", "20260101T00000é", "2026-01-01T00:00:00Z"] {
            let request = Request::get("/").header("x-amz-date", no_date.as_bytes());
            let request = request.body(Bytes::new()).unwrap();
            assert_eq!(refusal(&request, SystemTime::UNIX_EPOCH), None, "{no_date}");
        }
    }
}
