use ops_model::cloud_map::{DateUnit, Filter, RawFilter};

use super::one_line;

/// A text as a filter: what can be read is written as it was read, in every form and unit.
pub fn filter_shorthand(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let filters = match RawFilter::parse_list(text) {
        Ok(filters) => filters,
        Err(error) => {
            one_line(&error);
            assert!(text.is_char_boundary(error.position()), "{error}");
            assert!(text.parse::<RawFilter>().is_err());
            return;
        }
    };
    let json = serde_json::to_string(&filters).unwrap();
    assert_eq!(
        RawFilter::parse_list(&json).as_ref(),
        Ok(&filters),
        "{json}"
    );
    filters.iter().for_each(read_again);
}

/// A filter, in every form and unit that it is written in.
pub(super) fn read_again(raw: &RawFilter) {
    let shorthand = raw.to_string();
    let read: RawFilter = shorthand.parse().unwrap();
    assert_eq!(read, *raw, "{shorthand}");
    assert_eq!(read.to_string(), shorthand);
    let json = serde_json::to_string(raw).unwrap();
    assert_eq!(json.parse().as_ref(), Ok(raw), "{json}");
    rules(raw);
}

fn rules(raw: &RawFilter) {
    for unit in [DateUnit::Milliseconds, DateUnit::Seconds] {
        match Filter::from_raw(raw, unit) {
            Ok(filter) => {
                assert_eq!(
                    Filter::from_raw(&filter.to_raw(unit), unit).as_ref(),
                    Ok(&filter)
                );
                assert_eq!(filter.to_string().parse().as_ref(), Ok(&filter));
                assert_eq!(
                    Filter::from_request(&filter.to_raw(DateUnit::Milliseconds)),
                    Ok(filter)
                );
            }
            Err(error) => {
                assert!(!error.violations().is_empty());
                one_line(&error);
            }
        }
    }
}
