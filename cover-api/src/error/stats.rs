use std::time::Duration;

/// What a wait has seen until it ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct WaitStats {
    /// Number of polls that were made.
    pub polls: u32,
    /// Number of polls that brought nothing that can be used.
    pub failed: u32,
    /// Number of polls that were answered that the task is not known, while that still could mean "not yet".
    pub not_known: u32,
    /// How long the wait took.
    pub waited: Duration,
}

impl WaitStats {
    pub(crate) fn new(polls: u32, failed: u32, not_known: u32, waited: Duration) -> Self {
        Self { polls, failed, not_known, waited }
    }
}
