/// Where an operation stands, in words that fit both services.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Accepted, not begun.
    Queued,
    /// Under way; a rollback that is under way included.
    Running,
    /// Done as asked.
    Succeeded,
    /// Ended without success.
    Failed,
    /// Undone after a failure: what was asked did **not** happen.
    RolledBack,
    /// A state that this version does not know.
    Unknown,
}

/// What both services' operations answer: which one, and how far.
pub trait LongRunning {
    /// The identity that the service gave: an operation id, or an ARN.
    fn id(&self) -> &str;

    /// Where the operation stands.
    fn phase(&self) -> Phase;

    /// Whether the operation will not change any more, as far as this value shows.
    ///
    /// An [`Unknown`](Phase::Unknown) phase is not taken for an end.
    fn is_terminal(&self) -> bool {
        match self.phase() {
            Phase::Succeeded | Phase::Failed | Phase::RolledBack => true,
            Phase::Queued | Phase::Running | Phase::Unknown => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_is_over_unless_it_may_change() {
        struct At(Phase);
        impl LongRunning for At {
            fn id(&self) -> &str {
                ""
            }
            fn phase(&self) -> Phase {
                self.0
            }
        }
        for (phase, terminal) in [
            (Phase::Queued, false),
            (Phase::Running, false),
            (Phase::Succeeded, true),
            (Phase::Failed, true),
            (Phase::RolledBack, true),
            (Phase::Unknown, false),
        ] {
            assert_eq!(At(phase).is_terminal(), terminal, "{phase:?}");
        }
    }
}
