/// How deep items may nest: as deep as `serde_json` lets JSON.
const MAX_DEPTH: usize = 128;

const ENDS_EARLY: &str = "the CBOR ends within a data item";
const RESERVED: &str = "the CBOR holds a data item that is not well-formed";
const TOO_DEEP: &str = "the CBOR is nested deeper than 128 levels";
const GOES_ON: &str = "something follows the data item";

/// The end of every indefinite length.
const BREAK: u8 = 0xff;

/// The bytes that a walk over data items has still before it.
pub(super) struct Walk<'b> {
    rest: &'b [u8],
}

impl<'b> Walk<'b> {
    pub(super) const fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Walks over one data item: its bytes, if they are well-formed.
    pub(super) fn item(&mut self) -> Result<&'b [u8], &'static str> {
        let start = self.rest;
        self.step_over(MAX_DEPTH)?;
        Ok(&start[..start.len() - self.rest.len()])
    }

    /// Does something `count` times; if the length is indefinite, until the break.
    pub(super) fn repeat<E: From<&'static str>>(
        &mut self,
        count: Option<u64>,
        mut each: impl FnMut(&mut Self) -> Result<(), E>,
    ) -> Result<(), E> {
        match count {
            Some(count) => (0..count).try_for_each(|_| each(self)),
            None => {
                while self.rest.first() != Some(&BREAK) {
                    each(self)?;
                }
                Ok(self.take(1).map(drop)?)
            }
        }
    }

    /// Holds that nothing is left.
    pub(super) fn end(self) -> Result<(), &'static str> {
        if self.rest.is_empty() {
            Ok(())
        } else {
            Err(GOES_ON)
        }
    }

    /// The major types: <https://www.rfc-editor.org/rfc/rfc8949.html#section-3.1>
    fn step_over(&mut self, depth: usize) -> Result<(), &'static str> {
        let depth = depth.checked_sub(1).ok_or(TOO_DEEP)?;
        match self.head()? {
            (0 | 1 | 7, Some(_)) => Ok(()),
            (2 | 3, Some(length)) => self.take(length).map(drop),
            (string @ (2 | 3), None) => self.repeat(None, |walk| match walk.head()? {
                (major, Some(length)) if major == string => walk.take(length).map(drop),
                _ => Err(RESERVED),
            }),
            (4, count) => self.repeat(count, |walk| walk.step_over(depth)),
            (5, count) => self.repeat(count, |walk| {
                walk.step_over(depth)?;
                walk.step_over(depth)
            }),
            (6, Some(_)) => self.step_over(depth),
            _ => Err(RESERVED),
        }
    }

    /// The head of a data item: its major type and its argument, which an indefinite length has not.
    fn head(&mut self) -> Result<(u8, Option<u64>), &'static str> {
        let initial = self.take(1)?[0];
        let (major, info) = (initial >> 5, initial & 0x1f);
        let argument = match info {
            0..=23 => Some(info.into()),
            24..=27 => {
                let bytes = self.take(1 << (info - 24))?;
                Some(
                    bytes
                        .iter()
                        .fold(0, |sum, byte| sum << 8 | u64::from(*byte)),
                )
            }
            31 => None,
            _ => return Err(RESERVED),
        };
        // Simple values below 32 have a shorter form, which alone is well-formed.
        if major == 7 && info == 24 && argument < Some(32) {
            return Err(RESERVED);
        }
        Ok((major, argument))
    }

    fn take(&mut self, length: u64) -> Result<&'b [u8], &'static str> {
        let (taken, rest) = usize::try_from(length)
            .ok()
            .and_then(|length| self.rest.split_at_checked(length))
            .ok_or(ENDS_EARLY)?;
        self.rest = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(bytes: &[u8]) -> Result<(), &'static str> {
        let mut walk = Walk::new(bytes);
        assert!(bytes.starts_with(walk.item()?));
        walk.end()
    }

    #[test]
    fn what_is_well_formed_is_walked_over() {
        for bytes in [
            &b"\x00"[..],
            b"\x17",
            b"\x18\x18",
            b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x3b\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\xf9\x7e\x00",
            b"\xfa\x7f\x80\x00\x00",
            b"\xfb\xc0\x10\x66\x66\x66\x66\x66\x66",
            b"\xe0",
            b"\xf4",
            b"\xf6",
            b"\xf7",
            b"\xf8\xff",
            b"\xc0\x60",
            b"\xd9\xd9\xf7\xd8\x20\x40",
            b"\x40",
            b"\x5f\x41a\x40\xff",
            b"\x78\x01a",
            b"\x7f\x61a\x78\x01b\xff",
            b"\x7f\xff",
            b"\x61\xff",
            b"\x80",
            b"\x98\x01\x9f\x01\x82\x02\x03\xff",
            b"\xa1\x00\x80",
            b"\xbf\x61a\x9f\xff\xa0\xf6\xff",
        ] {
            assert_eq!(walk(bytes), Ok(()), "{bytes:02x?}");
        }
    }

    #[test]
    fn what_ends_early_is_told_at_every_byte() {
        let whole = b"\xbf\x61a\x9f\x19\x01\x00\xc1\xfb\x41\xd4\xd7\xfb\xf3\x80\x00\x00\xff\x7f\x61b\xff\x82\x5f\xff\xf8\x20\xff";
        assert_eq!(walk(whole), Ok(()));
        for length in 0..whole.len() {
            assert_eq!(walk(&whole[..length]), Err(ENDS_EARLY), "{length}");
        }
        assert_eq!(walk(b"\xa0\xa0"), Err(GOES_ON));
    }

    #[test]
    fn a_huge_length_ends_early_at_once() {
        for major in [0x40, 0x60, 0x80, 0xa0_u8] {
            let bytes = [major | 27, 0x10, 0, 0, 0, 0, 0, 0, 0, 1];
            assert_eq!(walk(&bytes), Err(ENDS_EARLY), "{bytes:02x?}");
            let bytes = [
                major | 27,
                0xff,
                0xff,
                0xff,
                0xff,
                0xff,
                0xff,
                0xff,
                0xff,
                1,
            ];
            assert_eq!(walk(&bytes), Err(ENDS_EARLY), "{bytes:02x?}");
        }
    }

    #[test]
    fn what_the_rfc_reserves_is_not_well_formed() {
        for bytes in [
            &b"\x1c"[..],
            b"\x3d\0",
            b"\x1f",
            b"\x3f",
            b"\xdf\x00",
            b"\xfc",
            b"\xff",
            b"\xf8\x18",
            b"\xf8\x00",
            b"\x5c\0",
            b"\x81\xff",
            b"\xa1\xff\x00",
            b"\xbf\x00\xff",
            b"\xc1\xff",
            b"\x5f\x61a\xff",
            b"\x5f\x00\xff",
            b"\x7f\x41a\xff",
            b"\x7f\x7f\xff\xff",
            b"\x9f\x9e\xff",
        ] {
            assert_eq!(walk(bytes), Err(RESERVED), "{bytes:02x?}");
        }
    }

    #[test]
    fn minicbor_walks_another_way() {
        let skip = |bytes: &[u8]| minicbor::Decoder::new(bytes).skip().is_ok();
        assert!(skip(b"\x82\xff\xff") && walk(b"\x82\xff\xff") == Err(RESERVED));
        assert!(skip(&[&[0x81; 1000][..], b"\x00"].concat()));
        assert!(!skip(b"\x61\xff") && walk(b"\x61\xff") == Ok(()));
    }

    #[test]
    fn items_nest_to_128_levels_and_no_deeper_whatever_their_number() {
        for opening in [&b"\x81"[..], b"\x9f", b"\xa1\x00", b"\xbf\x00", b"\xc6"] {
            let nested = |levels: usize| opening.repeat(levels);
            assert_eq!(walk(&nested(127)), Err(ENDS_EARLY), "{opening:02x?}");
            assert_eq!(walk(&nested(128)), Err(TOO_DEEP), "{opening:02x?}");
            assert_eq!(walk(&nested(1_000_000)), Err(TOO_DEEP), "{opening:02x?}");
        }
        let mut arrays = vec![0x81; 127];
        arrays.push(0x80);
        assert_eq!(walk(&arrays), Ok(()));
    }
}
