use std::collections::{HashSet, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::Token;

/// How many tokens are remembered one by one.
const WINDOW: usize = 4096;

/// Finds out whether a sequence of tokens repeats itself, in bounded memory.
///
/// Two nets: a token that repeats one of the last 4,096 is found at once. A longer cycle is found by Brent's method,
/// which keeps one token and moves it forward at every power of two: at the latest when three times the cycle's length
/// (or three times what precedes it, if that is more) has been passed.
///
/// Tokens are remembered as fingerprints, so that memory does not depend on their length.
#[derive(Clone, Debug, Default)]
pub(super) struct CycleDetector {
    recent: HashSet<Fingerprint>,
    order: VecDeque<Fingerprint>,
    landmark: Option<Fingerprint>,
    steps: u64,
    next_landmark: u64,
}

/// 128 bits of a token.
type Fingerprint = (u64, u64);

impl CycleDetector {
    /// Takes in the next token; returns whether it has been seen.
    pub(super) fn repeats(&mut self, token: &Token) -> bool {
        let fingerprint = fingerprint(token);
        if self.landmark == Some(fingerprint) || !self.recent.insert(fingerprint) {
            return true;
        }
        self.order.push_back(fingerprint);
        if self.order.len() > WINDOW
            && let Some(oldest) = self.order.pop_front()
        {
            self.recent.remove(&oldest);
        }
        if self.steps == self.next_landmark {
            self.landmark = Some(fingerprint);
            self.next_landmark = self.next_landmark * 2 + 1;
        }
        self.steps += 1;
        false
    }
}

fn fingerprint(token: &Token) -> Fingerprint {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        salt.hash(&mut hasher);
        token.hash(&mut hasher);
        hasher.finish()
    };
    (half(0), half(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many tokens of `tail`, then `cycle` over and over, a repetition is found.
    fn found_after(tail: usize, cycle: usize) -> usize {
        let mut detector = CycleDetector::default();
        let place = |step: usize| {
            if step < tail {
                step
            } else {
                tail + (step - tail) % cycle
            }
        };
        (0..)
            .find(|step| detector.repeats(&Token::new(place(*step).to_string())))
            .expect("the range has no end")
    }

    #[test]
    fn a_cycle_within_the_window_is_found_at_its_first_repetition() {
        for cycle in [1, 2, 3, 50, 4095, 4096] {
            for tail in [0, 1, 100, 10_000] {
                assert_eq!(found_after(tail, cycle), tail + cycle, "{tail} {cycle}");
            }
        }
    }

    #[test]
    fn a_longer_cycle_is_found_too() {
        for (tail, cycle) in [
            (0, 4097),
            (0, 5000),
            (1, 10_000),
            (20_000, 5000),
            (100, 65_536),
        ] {
            let found = found_after(tail, cycle);
            assert!(
                found >= tail + cycle && found <= 3 * tail.max(cycle) + cycle,
                "{tail} {cycle}: {found}"
            );
        }
    }

    #[test]
    fn memory_is_bounded() {
        let mut detector = CycleDetector::default();
        for token in 0..100_000 {
            assert!(!detector.repeats(&Token::new(token.to_string())));
        }
        assert_eq!(detector.recent.len(), WINDOW);
        assert_eq!(detector.order.len(), WINDOW);
    }
}
