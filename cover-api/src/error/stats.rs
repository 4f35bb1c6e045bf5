use std::time::Duration;

/// Figures of a wait that has ended, returned by [`Error::wait_stats`](crate::runtime::Error::wait_stats).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitStats {
    /// Number of polls that were made.
    pub polls: u32,
    /// Number of polls that got no answer, or an answer that cannot be used.
    pub failed: u32,
    /// Number of polls that the service answered with "unknown task".
    pub not_known: u32,
    /// How long the wait took.
    pub waited: Duration,
}

impl WaitStats {
    pub(crate) fn new(polls: u32, failed: u32, not_known: u32, waited: Duration) -> Self {
        Self { polls, failed, not_known, waited }
    }
}
