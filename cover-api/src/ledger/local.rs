use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::AttemptId;

/// What all users of one store in this process share: which attempts are under way, and a wake-up for those who wait for one.
///
/// It decides nothing. An attempt that is posting in the store and not under way here was given up without a trace, so that
/// its outcome is unknown.
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

    /// An attempt is about to be recorded.
    pub(crate) fn begin(&self, attempt: AttemptId) {
        self.live().insert(attempt);
    }

    /// An attempt was settled, or will never be.
    pub(crate) fn finish(&self, attempt: AttemptId) {
        self.live().remove(&attempt);
        self.settled.notify_waiters();
    }

    /// Something was settled that may concern others who wait.
    pub(crate) fn notify(&self) {
        self.settled.notify_waiters();
    }

    /// Waits for the next settlement. Those between the call and the first poll count.
    pub(crate) fn next_settlement(&self) -> Notified<'_> {
        self.settled.notified()
    }
}
