use http::{HeaderMap, header};

/// The account of whoever has no access key that tells.
const DEFAULT: u64 = 123_456_789_012;

/// The account that a request is made for, as its access key tells: AWS's key ids have the account in them, in base 32.
///
/// Keys that are made up tell none, and neither does a request without a signature: they are all of one account.
pub(crate) fn account(headers: &HeaderMap) -> u64 {
    headers
        .get(header::AUTHORIZATION)
        .and_then(|value| {
            value
                .to_str()
                .ok()?
                .split_once("Credential=")?
                .1
                .split('/')
                .next()
        })
        .and_then(of_access_key)
        .unwrap_or(DEFAULT)
}

fn of_access_key(id: &str) -> Option<u64> {
    let letters = id
        .strip_prefix("AKIA")
        .or_else(|| id.strip_prefix("ASIA"))?;
    let letters = letters.as_bytes();
    if letters.len() != 16 {
        return None;
    }
    // 47 of the first 48 bits, less the last 7: the first 10 letters have 50.
    let bits = letters[..10].iter().try_fold(0_u64, |bits, letter| {
        let five = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        Some(bits << 5 | u64::from(five))
    })?;
    Some((bits >> 2 & 0x7fff_ffff_ffff) >> 7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_key_tells_its_account() {
        let check = |authorization: &str, expected: u64| {
            let mut headers = HeaderMap::new();
            headers.insert("authorization", authorization.parse().unwrap());
            assert_eq!(account(&headers), expected, "{authorization}");
        };
        let scope =
            "/20260101/us-east-1/servicediscovery/aws4_request, SignedHeaders=host, Signature=0";
        for (key, expected) in [
            ("ASIAQNZGKIQY56JQ7WML", 29_608_264_753),
            ("AKIAQNZGKIQY5AAAAAAA", 29_608_264_753),
            ("AKIAIOSFODNN7EXAMPLE", 581_039_954_779),
            ("AKIDEXAMPLE", DEFAULT),
            ("AKIA", DEFAULT),
            ("AKIAQNZGKIQY0000000", DEFAULT),
            ("", DEFAULT),
        ] {
            check(
                &format!("AWS4-HMAC-SHA256 Credential={key}{scope}"),
                expected,
            );
        }
        check("Bearer x", DEFAULT);
        assert_eq!(account(&HeaderMap::new()), DEFAULT);
    }
}
