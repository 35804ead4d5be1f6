use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ops_model::Token;

use crate::random::{Purpose, Random, mix};

/// Writes and reads page tokens: a position in a list, sealed with the listing that it belongs to.
///
/// A token tells a caller nothing. The same position of the same listing has one token for each nonce, always the same.
/// This is no cryptography: whoever reads this file can forge one.
#[derive(Clone, Copy)]
pub(crate) struct Tokens {
    key: u64,
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
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            key: Random::new(seed, Purpose::Token, 0).next(),
        }
    }

    /// The token of a position. `listing` is everything that must be the same when the token comes back.
    pub(crate) fn write(self, listing: &str, position: u64, nonce: u64) -> Token {
        let seal = self.seal(listing, position, nonce);
        let mask = self.mask(seal);
        let parts = [seal, position ^ mask, nonce ^ mix(mask)];
        Token::new(URL_SAFE_NO_PAD.encode(parts.map(u64::to_be_bytes).concat()))
    }

    /// The position of a token; `None` if this listing never gave it.
    pub(crate) fn read(self, listing: &str, token: &Token) -> Option<u64> {
        let bytes = URL_SAFE_NO_PAD.decode(token.as_str()).ok()?;
        let (&[seal, position, nonce], []) = bytes.as_chunks() else {
            return None;
        };
        let seal = u64::from_be_bytes(seal);
        let mask = self.mask(seal);
        let position = u64::from_be_bytes(position) ^ mask;
        let nonce = u64::from_be_bytes(nonce) ^ mix(mask);
        (self.seal(listing, position, nonce) == seal).then_some(position)
    }

    fn seal(self, listing: &str, position: u64, nonce: u64) -> u64 {
        let sealed = listing.bytes().fold(self.key, |hash, byte| {
            mix(hash ^ u64::from(byte)).wrapping_add(self.key)
        });
        mix(mix(sealed ^ position).wrapping_add(self.key) ^ nonce)
    }

    const fn mask(self, seal: u64) -> u64 {
        mix(seal ^ self.key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_in_its_own_listing_only() {
        let tokens = Tokens::new(1);
        for (position, nonce) in [0, 1, 2, 99, 100, 1_000_000, u64::MAX]
            .into_iter()
            .flat_map(|position| [0, 1, u64::MAX].map(|nonce| (position, nonce)))
        {
            let token = tokens.write("a listing", position, nonce);
            assert_eq!(tokens.read("a listing", &token), Some(position));
            assert_eq!(tokens.read("a listinh", &token), None);
            assert_eq!(Tokens::new(2).read("a listing", &token), None);
            assert_eq!(token, tokens.write("a listing", position, nonce));
            assert_ne!(token, tokens.write("a listing", position ^ 1, nonce));
            assert_ne!(token, tokens.write("a listing", position, nonce ^ 1));
            assert!(token.as_str().parse::<f64>().is_err(), "{}", token.as_str());
        }
    }

    #[test]
    fn every_cut_and_every_changed_character_is_noticed() {
        let tokens = Tokens::new(0);
        let token = tokens.write("", 5, 0);
        let text = token.as_str();
        assert_eq!(text.len(), 32);
        for place in 0..text.len() {
            assert_eq!(
                tokens.read("", &Token::new(&text[..place])),
                None,
                "{place}"
            );
            for byte in (b' '..=b'~').filter(|byte| *byte != text.as_bytes()[place]) {
                let mut changed = text.as_bytes().to_vec();
                changed[place] = byte;
                let changed = String::from_utf8(changed).unwrap();
                assert_eq!(
                    tokens.read("", &Token::new(changed)),
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
                tokens.read("", &Token::new(longer.as_str())),
                None,
                "{longer}"
            );
        }
    }
}
