//! The form of RFC 3339 that services write, from fixed places: a page has two for each operation.

use super::Timestamp;

/// The days of a year before each month, and before the next year, leap days aside.
const DAYS_BEFORE: [u16; 13] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365];

/// Reads `YYYY-MM-DDThh:mm:ssZ`, with or without a fraction of up to three digits. `None` of everything else, be it a time
/// or not.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.as_bytes().split_first_chunk()?;
    let (clock, rest) = rest.split_first_chunk()?;
    let [century, _, years, _, _, month, _, _] = pairs(*date, *b"0000-00-")?;
    let [day, _, _, hour, _, _, minute, _] = pairs(*clock, *b"00T00:00")?;
    let (second, millis) = match *rest {
        [b':', s1, s2, b'Z'] => (pair(s1, s2)?, 0),
        [b':', s1, s2, b'.', f1, b'Z'] => (pair(s1, s2)?, thousandths(f1, b'0', b'0')?),
        [b':', s1, s2, b'.', f1, f2, b'Z'] => (pair(s1, s2)?, thousandths(f1, f2, b'0')?),
        [b':', s1, s2, b'.', f1, f2, f3, b'Z'] => (pair(s1, s2)?, thousandths(f1, f2, f3)?),
        _ => return None,
    };
    let month = usize::from(month).checked_sub(1)?;
    let (before, after) = (*DAYS_BEFORE.get(month)?, *DAYS_BEFORE.get(month + 1)?);
    let year = i64::from(century) * 100 + i64::from(years);
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_of_month = after - before + u16::from(is_leap && month == 1);
    let day = u16::from(day).checked_sub(1)?;
    if day >= days_of_month || hour > 23 || minute > 59 || second > 59 {
        return None;
    }

    let leap_days =
        (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400 + i64::from(is_leap && month > 1);
    let days = year * 365 + leap_days + i64::from(before + day);
    let minutes = (days * 24 + i64::from(hour)) * 60 + i64::from(minute);
    let millis = (minutes * 60 + i64::from(second)) * 1000 + i64::from(millis);
    Some(Timestamp {
        millis: Timestamp::MIN.millis + millis,
    })
}

/// The numbers of two digits in a text of this shape, in which a `0` is any digit: each where its first digit was.
///
/// All eight bytes are handled at once, as one number.
fn pairs(text: [u8; 8], shape: [u8; 8]) -> Option<[u8; 8]> {
    let number = u64::from_le_bytes;
    let fixed = number(shape.map(|byte| if byte == b'0' { 0xF0 } else { 0xFF }));
    // Sets a bit of the upper half where a digit is more than 9.
    let carry = number(shape.map(|byte| if byte == b'0' { 6 } else { 0 }));
    let digits = number(text) ^ number(shape);
    if digits & fixed != 0 || (digits + carry) & fixed != 0 {
        return None;
    }
    Some((digits * 10 + (digits >> 8)).to_le_bytes())
}

/// The number of two digits.
fn pair(tens: u8, ones: u8) -> Option<u8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| tens * 10 + ones)
}

/// The thousandths in three digits of a fraction.
fn thousandths(first: u8, second: u8, third: u8) -> Option<u16> {
    Some(u16::from(pair(first, second)?) * 10 + u16::from(pair(b'0', third)?))
}

#[cfg(test)]
mod tests {
    use super::super::read_any;
    use super::*;

    #[test]
    fn the_usual_form_is_read_as_every_other() {
        let check = |text: &str| {
            let usual = read(text);
            assert!(usual.is_none() || usual == read_any(text).ok(), "{text}");
            usual.is_some()
        };
        for text in [
            "2025-01-15T10:20:30Z",
            "2025-01-15T10:20:30.123Z",
            "2024-02-28T23:59:59.999Z",
            "2024-02-29T23:59:59.1Z",
            "2000-02-29T00:00:00.01Z",
            "0000-01-01T00:00:00.000Z",
            "1969-12-31T23:59:59.001Z",
            "9999-12-31T23:59:59.999Z",
        ] {
            assert!(check(text), "{text}");
            // As near as can be.
            for index in 0..text.len() {
                for byte in b'*'..=b';' {
                    let mut text = text.to_owned().into_bytes();
                    text[index] = byte;
                    check(str::from_utf8(&text).unwrap());
                }
                let (before, after) = text.split_at(index);
                for between in ["0", "é", "Z", "+01:00"] {
                    check(&format!("{before}{between}{after}"));
                    check(&format!("{before}{between}{}", &after[1..]));
                }
                check(&format!("{before}{}", &after[1..]));
            }
        }
        for text in [
            "2025-01-15t10:20:30Z",
            "2025-01-15T10:20:30z",
            "2025-01-15T10:20:30.Z",
            "2025-01-15T10:20:30.1234Z",
            "2025-01-15T10:20:30+00:00",
            "2025-02-29T10:20:30Z",
            "1900-02-29T10:20:30Z",
            "2025-13-01T10:20:30Z",
            "2016-12-31T23:59:60Z",
        ] {
            assert!(!check(text), "{text}");
        }
    }

    #[test]
    fn every_day_of_these_years_is_where_it_is() {
        for year in [
            0, 1, 4, 99, 100, 399, 400, 401, 1900, 1970, 2000, 2024, 2025, 9999,
        ] {
            for month in 0..=13 {
                for day in 0..=32 {
                    let text = format!("{year:04}-{month:02}-{day:02}T12:34:56Z");
                    assert_eq!(read(&text), read_any(&text).ok(), "{text}");
                }
            }
        }
    }
}
