//! [`arbitrary::Arbitrary`] for the types that have rules to keep; the others derive it.

use arbitrary::{Arbitrary, Result, Unstructured};
use http::StatusCode;

use super::{Breach, BrokenFilter, BrokenRequest, Listing, checkpoint, listing, spellings};
use crate::cloud_map::*;
use crate::kafka_connect::*;
use crate::{
    BaseUrl, Checkpoint, EndpointParams, ErrorCode, OperationId, Origin, Page, PageSize, Region,
    ServiceError, Timestamp, Token,
};

/// A text of so many characters; where the bytes give more or fewer, it is cut or filled up.
fn text(u: &mut Unstructured<'_>, chars: std::ops::RangeInclusive<usize>) -> Result<String> {
    let mut text: String = u.arbitrary::<&str>()?.chars().take(*chars.end()).collect();
    while text.chars().count() < *chars.start() {
        text.push('a');
    }
    Ok(text)
}

/// An ARN: a text that is no dot segment.
fn arn(u: &mut Unstructured<'_>) -> Result<String> {
    text(u, 3..=512)
}

macro_rules! open_enums {
    ($($type:ty,)+) => {$(
        impl<'a> Arbitrary<'a> for $type {
            fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
                if u.ratio(3, 4)? {
                    return u.choose(Self::KNOWN).cloned();
                }
                Ok(u.arbitrary::<&str>()?.into())
            }
        }
    )+};
}

open_enums! {
    ConnectorOperationState,
    ConnectorOperationStepState,
    ConnectorOperationStepType,
    ConnectorOperationType,
    ErrorCode,
    OperationErrorCode,
    OperationStatus,
    OperationTargetType,
    OperationType,
}

macro_rules! arbitrary {
    ($(|$u:ident| $type:ty = $value:expr,)+) => {$(
        impl<'a> Arbitrary<'a> for $type {
            fn arbitrary($u: &mut Unstructured<'a>) -> Result<Self> {
                $value
            }
        }
    )+};
}

arbitrary! {
    |u| Timestamp = timestamp(u, Timestamp::MIN.as_millis()),
    |u| OperationId = u.arbitrary::<&str>().map(Self::from),
    |u| Token = text(u, 1..=4096).map(Token::new),
    |u| PageSize = u.int_in_range(1..=100_i64).map(|size| PageSize::new(size).expect("1 to 100")),
    |u| Region = region(u),
    |u| BaseUrl = base_url(u),
    |u| EndpointParams = endpoint_params(u),
    |u| Origin = Ok(Self::new(
        u.arbitrary::<BaseUrl>()?.to_string(),
        u.arbitrary::<Option<Region>>()?.as_ref().map(Region::as_str),
    )),
    |u| ServiceError = service_error(u),
    |u| Checkpoint = any_checkpoint(u),

    |u| Filter = filter(u),
    |u| RawFilter = raw_filter(u),
    |u| BrokenFilter = broken_filter(u),
    |u| BrokenRequest = u.choose(&Self::all()).cloned(),
    |u| ListOperations = list_operations(u),
    |u| GetOperation = get_operation(u),

    |u| ConnectorFilter = connector_filter(u),
    |u| ListConnectorOperations = list_connector_operations(u),
    |u| DescribeConnectorOperation = Ok(Self::new(arn(u)?).expect("no dot segment")),
}

impl<'a, T: Arbitrary<'a>> Arbitrary<'a> for Page<T> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let entries = listing::readable_or_bad(u.arbitrary()?);
        Ok(Self::new(entries, u.arbitrary()?))
    }
}

impl<'a, T: Arbitrary<'a>> Arbitrary<'a> for Listing<T> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let prefix = text(u, 1..=99)?;
        let pages: Vec<Vec<Option<T>>> = u.arbitrary()?;
        Ok(Self::new(&prefix, pages))
    }
}

fn timestamp(u: &mut Unstructured<'_>, first: i64) -> Result<Timestamp> {
    let millis = u.int_in_range(first..=Timestamp::MAX.as_millis())?;
    Ok(Timestamp::from_millis(millis).expect("within the range"))
}

fn region(u: &mut Unstructured<'_>) -> Result<Region> {
    let known = ["us-east-1", "us-gov-west-1", "cn-north-1"];
    if u.ratio(1, 2)? {
        return u.choose(&known).map(|text| text.parse().expect("a region"));
    }
    let mut label = text(u, 1..=63)?;
    label.retain(|char| char.is_ascii_alphanumeric() || char == '-');
    let label = label.trim_matches('-').parse();
    Ok(label.unwrap_or_else(|_| known[0].parse().expect("a region")))
}

fn base_url(u: &mut Unstructured<'_>) -> Result<BaseUrl> {
    let scheme = u.choose(&["https", "http"])?;
    let host = u.choose(&["localhost", "127.0.0.1", "[::1]", "example.com"])?;
    let port = match u.arbitrary::<u16>()? {
        0 => String::new(),
        port => format!(":{port}"),
    };
    let path = u.choose(&["", "/", "/a", "/a%2Fb/", "/a/b/c"])?;
    let url = format!("{scheme}://{host}{port}{path}").parse();
    Ok(url.expect("a scheme, a host, a port and encoded segments"))
}

fn endpoint_params(u: &mut Unstructured<'_>) -> Result<EndpointParams> {
    if u.arbitrary()? {
        return Ok(EndpointParams::at_url(u.arbitrary()?, u.arbitrary()?));
    }
    Ok(EndpointParams {
        use_fips: u.arbitrary()?,
        use_dual_stack: u.arbitrary()?,
        ..EndpointParams::in_region(u.arbitrary()?)
    })
}

fn service_error(u: &mut Unstructured<'_>) -> Result<ServiceError> {
    Ok(ServiceError {
        status: StatusCode::from_u16(u.int_in_range(300..=599)?).expect("a status"),
        code: u.arbitrary()?,
        message: u.arbitrary()?,
        request_id: u.arbitrary()?,
    })
}

fn any_checkpoint(u: &mut Unstructured<'_>) -> Result<Checkpoint> {
    let origin = u.arbitrary()?;
    let behind: Option<(u16, Option<String>)> = u.arbitrary()?;
    let behind = behind.map(|(index, id)| (index.into(), id));
    Ok(if u.arbitrary()? {
        checkpoint(u.arbitrary::<ListOperations>()?, &origin, behind)
    } else {
        checkpoint(u.arbitrary::<ListConnectorOperations>()?, &origin, behind)
    })
}

fn filter(u: &mut Unstructured<'_>) -> Result<Filter> {
    let list = 1..=4_usize;
    let known = |u: &mut Unstructured<'_>| u.choose(OperationStatus::KNOWN).cloned();
    let known_type = |u: &mut Unstructured<'_>| u.choose(OperationType::KNOWN).cloned();
    let date = |u: &mut Unstructured<'_>| {
        if u.ratio(1, 4)? {
            return Ok(Timestamp::UNIX_EPOCH);
        }
        timestamp(u, 100_000_000_000)
    };
    let filter = match u.int_in_range(0..=6_u8)? {
        0 => Filter::status(known(u)?),
        1 => {
            let length = u.int_in_range(list)?;
            Filter::status_in((0..length).map(|_| known(u)).collect::<Result<Vec<_>>>()?)
        }
        2 => Filter::operation_type(known_type(u)?),
        3 => {
            let length = u.int_in_range(list)?;
            let types = (0..length).map(|_| known_type(u));
            Filter::operation_type_in(types.collect::<Result<Vec<_>>>()?)
        }
        4 => Filter::namespace_id(text(u, 1..=255)?),
        5 => Filter::service_id(text(u, 1..=255)?),
        _ => {
            let (a, b) = (date(u)?, date(u)?);
            Filter::updated_between(a.min(b), a.max(b))
        }
    };
    Ok(filter.expect("known terms, ids of 1 to 255 characters, dates in order"))
}

fn raw_filter(u: &mut Unstructured<'_>) -> Result<RawFilter> {
    Ok(match u.int_in_range(0..=2_u8)? {
        0 => {
            let spellings = spellings(&u.arbitrary()?, u.arbitrary()?);
            u.choose(&spellings)?.clone()
        }
        1 => u.arbitrary::<BrokenFilter>()?.raw,
        _ => RawFilter {
            name: u.arbitrary()?,
            condition: u.arbitrary()?,
            values: u.arbitrary()?,
        },
    })
}

fn broken_filter(u: &mut Unstructured<'_>) -> Result<BrokenFilter> {
    let (filter, unit): (Filter, DateUnit) = u.arbitrary()?;
    let possible = Breach::of(&filter, unit);
    let count = u.int_in_range(1..=5_usize)?;
    let breaches = (0..count).map(|_| u.choose(&possible).copied());
    let breaches = breaches.collect::<Result<Vec<_>>>()?;
    Ok(BrokenFilter::new(&filter, unit, &breaches).expect("breaches of this filter"))
}

fn list_operations(u: &mut Unstructured<'_>) -> Result<ListOperations> {
    let filters: Vec<Filter> = u.arbitrary()?;
    let mut call = filters
        .into_iter()
        .fold(ListOperations::new(), ListOperations::with_filter)
        .with_date_unit(u.arbitrary()?);
    if let Some(size) = u.arbitrary()? {
        call = call.with_page_size(size);
    }
    match u.arbitrary::<Option<Token>>()? {
        None => Ok(call),
        Some(token) => Ok(call.with_token(token.as_str()).expect("a short token")),
    }
}

fn get_operation(u: &mut Unstructured<'_>) -> Result<GetOperation> {
    let call = GetOperation::new(text(u, 1..=255)?).expect("1 to 255 characters");
    if u.arbitrary()? {
        let account = u.int_in_range(0..=999_999_999_999_u64)?;
        return Ok(call
            .with_owner_account(format!("{account:012}"))
            .expect("12 digits"));
    }
    Ok(call)
}

fn connector_filter(u: &mut Unstructured<'_>) -> Result<ConnectorFilter> {
    let (after, before) = match u.arbitrary::<(Option<Timestamp>, Option<Timestamp>)>()? {
        (Some(a), Some(b)) => (Some(a.min(b)), Some(a.max(b))),
        open => open,
    };
    let filter = ConnectorFilter::new()
        .with_states(u.arbitrary::<Vec<_>>()?)
        .with_types(u.arbitrary::<Vec<_>>()?);
    Ok(filter.with_created(after, before).expect("in order"))
}

fn list_connector_operations(u: &mut Unstructured<'_>) -> Result<ListConnectorOperations> {
    let mut call = ListConnectorOperations::new(arn(u)?)
        .expect("no dot segment")
        .with_filter(u.arbitrary()?);
    if let Some(size) = u.arbitrary()? {
        call = call.with_page_size(size);
    }
    match u.arbitrary::<Option<Token>>()? {
        None => Ok(call),
        Some(token) => Ok(call.with_token(token.as_str())),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_text_is_cut_or_filled_up() {
        let check = |given: &str, least, most, expected: &str| {
            let bytes = [given.as_bytes(), &[u8::try_from(given.len()).unwrap()]].concat();
            let text = text(&mut Unstructured::new(&bytes), least..=most);
            assert_eq!(text.as_deref(), Ok(expected));
        };
        check("", 0, 5, "");
        check("", 1, 5, "a");
        check("é", 3, 5, "éaa");
        check("one two", 1, 5, "one t");
        let mut nothing = Unstructured::new(&[]);
        assert_eq!(arn(&mut nothing).as_deref(), Ok("aaa"));
        let mut something = Unstructured::new(b"arn:aws\x07");
        assert_eq!(arn(&mut something).as_deref(), Ok("arn:aws"));
    }

    #[test]
    fn a_region_is_known_or_what_is_left_of_a_text() {
        let regions = |text: &str| -> BTreeSet<String> {
            let length = u8::try_from(text.len()).unwrap();
            let regions = (0..=u8::MAX).map(|first| {
                let bytes = [&[first], text.as_bytes(), &[length]].concat();
                region(&mut Unstructured::new(&bytes)).unwrap()
            });
            regions.map(|region| region.as_str().to_owned()).collect()
        };
        assert!(regions("-a_b-C.9-").contains("ab-C9"));
        assert!(regions("--").contains("us-east-1"));
    }
}
