use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::AttemptId;

/// State that all users of a store in this process share: the attempts under way, and a notification for those who wait for one.
///
/// It decides nothing. If an attempt is posting in the store and is not under way here, this process has abandoned it, so its
/// outcome is unknown.
#[derive(Debug, Default)]
pub struct Local {
    live: Mutex<HashSet<AttemptId>>,
    settled: Notify,
}

impl Local {
    fn live(&self) -> MutexGuard<'_, HashSet<AttemptId>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether an attempt is under way in this process.
    #[must_use]
    pub fn is_live(&self, attempt: AttemptId) -> bool {
        self.live().contains(&attempt)
    }

    /// Registers an attempt before it is recorded.
    pub(crate) fn begin(&self, attempt: AttemptId) {
        self.live().insert(attempt);
    }

    /// Unregisters an attempt after it was settled, or if it never will be.
    pub(crate) fn finish(&self, attempt: AttemptId) {
        self.live().remove(&attempt);
        self.settled.notify_waiters();
    }

    /// Wakes those who wait for a settlement.
    pub(crate) fn notify(&self) {
        self.settled.notify_waiters();
    }

    /// Waits for the next settlement, counted from the call and not from the first poll.
    pub(crate) fn next_settlement(&self) -> Notified<'_> {
        self.settled.notified()
    }
}
