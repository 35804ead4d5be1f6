use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ops_model::{Timestamp, Token};

use crate::life::later;
use crate::random::{Purpose, Random, mix};

/// Writes and reads page tokens: a position in a list, sealed with the listing that it belongs to.
///
/// A token tells a caller nothing. It remembers when its listing began, and expires by that; the same position of the
/// same listing has one token for each nonce, always the same. This is no cryptography: whoever reads this file can
/// forge one.
#[derive(Clone, Copy)]
pub(crate) struct Tokens {
    key: u64,
    lifetime: Duration,
}

/// Where the token of a page leads.
#[derive(Clone, Copy)]
pub(crate) enum Lead {
    /// To what is left of the list, if anything is.
    On,
    /// To the page so many pages before the next one.
    Back { pages: u64 },
    /// To the same page, by a token of this nonce.
    Again { nonce: u64 },
}

impl Tokens {
    pub(crate) fn new(seed: u64, lifetime: Duration) -> Self {
        Self {
            key: Random::new(seed, Purpose::Token, 0).next(),
            lifetime,
        }
    }

    /// The token of a position. `listing` is everything that must be the same when the token comes back.
    pub(crate) fn write(self, listing: &str, position: u64, nonce: u64, begun: Timestamp) -> Token {
        // Any number of milliseconds in 64 bits.
        let begun = begun.as_millis() as u64;
        let seal = self.seal(listing, [position, nonce, begun]);
        let mut mask = seal;
        let parts = [position, nonce, begun].map(|part| {
            mask = self.mask(mask);
            part ^ mask
        });
        let bytes = [&[seal], &parts[..]].concat();
        Token::new(
            URL_SAFE_NO_PAD.encode(
                bytes
                    .into_iter()
                    .flat_map(u64::to_be_bytes)
                    .collect::<Vec<_>>(),
            ),
        )
    }

    /// The position of a token, and when its listing began; `None` if this listing never gave it, or if it has expired.
    pub(crate) fn read(
        self,
        listing: &str,
        token: &Token,
        now: Timestamp,
    ) -> Option<(u64, Timestamp)> {
        let bytes = URL_SAFE_NO_PAD.decode(token.as_str()).ok()?;
        let (parts, []) = bytes.as_chunks() else {
            return None;
        };
        let &[seal, position, nonce, begun] = <&[_; 4]>::try_from(parts).ok()?;
        let seal = u64::from_be_bytes(seal);
        let mut mask = seal;
        let parts = [position, nonce, begun].map(|part| {
            mask = self.mask(mask);
            u64::from_be_bytes(part) ^ mask
        });
        let [position, _, begun] = parts;
        (self.seal(listing, parts) == seal).then_some(())?;
        let begun = Timestamp::from_millis(begun as i64).ok()?;
        (now <= later(begun, self.lifetime)).then_some((position, begun))
    }

    fn seal(self, listing: &str, parts: [u64; 3]) -> u64 {
        let sealed = listing.bytes().fold(self.key, |hash, byte| {
            mix(hash ^ u64::from(byte)).wrapping_add(self.key)
        });
        parts
            .into_iter()
            .fold(sealed, |hash, part| mix(hash ^ part).wrapping_add(self.key))
    }

    const fn mask(self, seal: u64) -> u64 {
        mix(seal ^ self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_700_000_000_000 + seconds * 1_000).unwrap()
    }

    #[test]
    fn a_token_expires_by_the_beginning_of_its_listing() {
        let tokens = Tokens::new(1, DAY);
        let token = tokens.write("", 7, 0, at(0));
        assert_ne!(token, tokens.write("", 7, 0, at(1)));
        for (now, is_good) in [(0, true), (86_400, true), (86_401, false), (-5, true)] {
            let read = tokens.read("", &token, at(now));
            assert_eq!(read, is_good.then_some((7, at(0))), "{now}");
        }
    }

    #[test]
    fn a_token_reads_back_in_its_own_listing_only() {
        let tokens = Tokens::new(1, DAY);
        for (position, nonce) in [0, 1, 2, 99, 100, 1_000_000, u64::MAX]
            .into_iter()
            .flat_map(|position| [0, 1, u64::MAX].map(|nonce| (position, nonce)))
        {
            let token = tokens.write("a listing", position, nonce, at(0));
            assert_eq!(
                tokens.read("a listing", &token, at(0)),
                Some((position, at(0)))
            );
            assert_eq!(tokens.read("a listinh", &token, at(0)), None);
            assert_eq!(Tokens::new(2, DAY).read("a listing", &token, at(0)), None);
            assert_eq!(token, tokens.write("a listing", position, nonce, at(0)));
            assert_ne!(token, tokens.write("a listing", position ^ 1, nonce, at(0)));
            assert_ne!(token, tokens.write("a listing", position, nonce ^ 1, at(0)));
            assert!(token.as_str().parse::<f64>().is_err(), "{}", token.as_str());
        }
    }

    #[test]
    fn every_cut_and_every_changed_character_is_noticed() {
        let tokens = Tokens::new(0, DAY);
        let token = tokens.write("", 5, 0, at(0));
        let text = token.as_str();
        assert_eq!(text.len(), 43);
        for place in 0..text.len() {
            assert_eq!(
                tokens.read("", &Token::new(&text[..place]), at(0)),
                None,
                "{place}"
            );
            for byte in (b' '..=b'~').filter(|byte| *byte != text.as_bytes()[place]) {
                let mut changed = text.as_bytes().to_vec();
                changed[place] = byte;
                let changed = String::from_utf8(changed).unwrap();
                assert_eq!(
                    tokens.read("", &Token::new(changed), at(0)),
                    None,
                    "{place} {}",
                    char::from(byte)
                );
            }
        }
        for longer in [
            format!("{text}="),
            format!("{text}A"),
            format!("{text}{text}"),
            format!("{text}\n"),
        ] {
            assert_eq!(
                tokens.read("", &Token::new(longer.as_str()), at(0)),
                None,
                "{longer}"
            );
        }
    }
}
