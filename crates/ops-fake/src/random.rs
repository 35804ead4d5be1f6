/// A stream of numbers that a seed, a purpose and an index determine.
///
/// `SplitMix64`, written out here because generated operations, tokens and request ids have to stay what they are when
/// a dependency changes its generator. <https://doi.org/10.1145/2714064.2660195>
pub(crate) struct Random {
    state: u64,
}

/// What numbers are drawn for: two purposes share none.
#[derive(Clone, Copy)]
pub(crate) enum Purpose {
    Operation,
    ConnectorOperation,
    Places,
    RequestId,
    Token,
    Index,
    Created,
}

impl Random {
    const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

    pub(crate) fn new(seed: u64, purpose: Purpose, index: u64) -> Self {
        let state = mix(mix(seed.wrapping_add(Self::STEP)) ^ purpose as u64);
        Self {
            state: mix(state ^ index),
        }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(Self::STEP);
        mix(self.state)
    }

    /// A number from 0 to `end` - 1; 0 if `end` is 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next().checked_rem(end).unwrap_or(0)
    }

    /// One of these.
    pub(crate) fn pick<T: Clone, const N: usize>(&mut self, from: &[T; N]) -> T {
        const { assert!(N > 0, "there is something to pick from") };
        let place = usize::try_from(self.below(N as u64)).expect("below an array's length");
        from[place].clone()
    }

    /// So many lower-case letters and digits, as Cloud Map's ids have them.
    pub(crate) fn letters(&mut self, count: usize) -> String {
        const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
        (0..count)
            .map(|_| char::from(self.pick(ALPHABET)))
            .collect()
    }

    /// A UUID of version 4.
    pub(crate) fn uuid(&mut self) -> String {
        let bits = u128::from(self.next()) << 64 | u128::from(self.next());
        uuid::Builder::from_random_bytes(bits.to_be_bytes())
            .into_uuid()
            .to_string()
    }
}

/// Spreads every bit of a number over all of its bits, one to one.
pub(crate) const fn mix(mut number: u64) -> u64 {
    number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut random = Random { state: 1_234_567 };
        let numbers: Vec<u64> = (0..3).map(|_| random.next()).collect();
        assert_eq!(
            numbers,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423
            ]
        );
    }

    #[test]
    fn seed_purpose_and_index_each_give_other_numbers() {
        let first = |seed, purpose, index| Random::new(seed, purpose, index).next();
        let all = [
            first(0, Purpose::Operation, 0),
            first(1, Purpose::Operation, 0),
            first(0, Purpose::Token, 0),
            first(0, Purpose::Operation, 1),
        ];
        for (place, number) in all.iter().enumerate() {
            assert!(!all[..place].contains(number), "{place}");
        }
    }

    #[test]
    fn a_uuid_has_its_version_and_variant() {
        for index in 0..100 {
            let uuid = Random::new(7, Purpose::RequestId, index).uuid();
            let lengths: Vec<usize> = uuid.split('-').map(str::len).collect();
            assert_eq!(lengths, [8, 4, 4, 4, 12], "{uuid}");
            assert_eq!(uuid.as_bytes()[14], b'4', "{uuid}");
            assert!(b"89ab".contains(&uuid.as_bytes()[19]), "{uuid}");
        }
    }
}
