use super::RetryClass;

/// What all calls of one client may spend on retries together: when a service is in trouble, they stop adding to it.
///
/// 500 tokens. A retry takes 14, after throttling 5; a success gives back what its last retry took, and 1 if it needed
/// none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetryQuota {
    tokens: u32,
}

impl RetryQuota {
    /// The tokens of a full quota.
    pub const CAPACITY: u32 = 500;

    /// A full quota.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            tokens: Self::CAPACITY,
        }
    }

    /// What is left.
    #[must_use]
    pub const fn tokens(&self) -> u32 {
        self.tokens
    }

    /// Takes what a retry of this class costs; returns whether there was enough.
    pub const fn take(&mut self, class: RetryClass) -> bool {
        match self.tokens.checked_sub(class.cost()) {
            None => false,
            Some(left) => {
                self.tokens = left;
                true
            }
        }
    }

    /// Gives back after a success: `retried` is the class of the call's last retry, if it needed one.
    pub fn give_back(&mut self, retried: Option<RetryClass>) {
        let tokens = retried.map_or(1, RetryClass::cost);
        self.tokens = (self.tokens + tokens).min(Self::CAPACITY);
    }
}

impl Default for RetryQuota {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quota_lasts_for_35_transient_or_100_throttled_retries() {
        for (class, granted, left) in [
            (RetryClass::Transient, 35, 10),
            (RetryClass::Throttling, 100, 0),
        ] {
            let mut quota = RetryQuota::new();
            assert_eq!((0..1000).filter(|_| quota.take(class)).count(), granted);
            assert_eq!(quota.tokens(), left);
        }
    }

    #[test]
    fn a_success_gives_back() {
        let mut quota = RetryQuota::new();
        quota.give_back(None);
        assert_eq!(quota.tokens(), 500);
        assert!(quota.take(RetryClass::Transient) && quota.take(RetryClass::Throttling));
        quota.give_back(Some(RetryClass::Throttling));
        assert_eq!(quota.tokens(), 486);
        quota.give_back(None);
        assert_eq!(quota.tokens(), 487);
    }
}
