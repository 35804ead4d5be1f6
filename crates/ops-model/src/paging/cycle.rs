use std::collections::HashSet;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};

use super::Token;

/// How many tokens are remembered one by one, at least; twice as many at most.
const WINDOW: usize = 4096;

/// Finds out whether a sequence of tokens repeats itself, in bounded memory.
///
/// Two nets: a token that repeats one of the last 4,096 is found at once. A longer cycle is found by Brent's method,
/// which keeps one token and moves it forward at every power of two: at the latest when three times the cycle's length
/// (or three times what precedes it, if that is more) has been passed.
///
/// Tokens are remembered as fingerprints, and room for all of them is made at the first, so that memory depends neither on
/// their length nor on their number.
#[derive(Clone, Debug, Default)]
pub(super) struct CycleDetector {
    /// Fewer than the window, and the whole window before them.
    recent: HashSet<Fingerprint, Repeatable>,
    before: HashSet<Fingerprint, Repeatable>,
    landmark: Option<Fingerprint>,
    steps: u64,
    next_landmark: u64,
}

/// 64 bits of a token. In a list of a million pages two tokens share them once in four thousand million such lists.
type Fingerprint = u64;

/// The same hashes in every run.
type Repeatable = BuildHasherDefault<DefaultHasher>;

impl CycleDetector {
    /// Takes in the next token; returns whether it has been seen.
    pub(super) fn repeats(&mut self, token: &Token) -> bool {
        let fingerprint = Repeatable::default().hash_one(token);
        if self.recent.capacity() == 0 {
            self.recent.reserve(WINDOW);
            self.before.reserve(WINDOW);
        }
        if self.landmark == Some(fingerprint)
            || self.before.contains(&fingerprint)
            || !self.recent.insert(fingerprint)
        {
            return true;
        }
        if self.recent.len() == WINDOW {
            std::mem::swap(&mut self.recent, &mut self.before);
            self.recent.clear();
        }
        if self.steps == self.next_landmark {
            self.landmark = Some(fingerprint);
            self.next_landmark = self.next_landmark * 2 + 1;
        }
        self.steps += 1;
        false
    }
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
    fn memory_is_bounded_and_the_same_from_the_first_token_on() {
        let mut detector = CycleDetector::default();
        let capacities =
            |detector: &CycleDetector| (detector.recent.capacity(), detector.before.capacity());
        assert_eq!(capacities(&detector), (0, 0));
        assert!(!detector.repeats(&Token::new("first")));
        let at_first = capacities(&detector);
        assert!(at_first.0 < 2 * WINDOW);
        for token in 0..100_000 {
            assert!(!detector.repeats(&Token::new(token.to_string())));
            assert!(detector.recent.len() < WINDOW);
        }
        assert_eq!(detector.before.len(), WINDOW);
        assert_eq!(capacities(&detector), at_first);
    }
}
