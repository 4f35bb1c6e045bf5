use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use super::{AttemptId, SpendLimit};
use crate::attempt::Stop;

/// State that all users of a store in this process share: the attempts under way, and a notification for those who wait for one.
///
/// It decides nothing. If an attempt is posting in the store and is not under way here, this process has abandoned it, so its
/// outcome is unknown.
#[derive(Debug, Default)]
pub struct Local {
    live: Mutex<HashMap<AttemptId, Option<Arc<Stop>>>>,
    settled: Notify,
    /// The limits of each account, as long as a client has them.
    limits: Mutex<HashMap<String, Vec<Weak<SpendLimit>>>>,
}

impl Local {
    fn live(&self) -> MutexGuard<'_, HashMap<AttemptId, Option<Arc<Stop>>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether an attempt is under way in this process.
    #[must_use]
    pub fn is_live(&self, attempt: AttemptId) -> bool {
        self.live().contains_key(&attempt)
    }

    /// Returns whether an attempt is under way in this process and its body may reach the service, since it was not revoked.
    pub(crate) fn may_post(&self, attempt: AttemptId) -> bool {
        self.live().get(&attempt).is_some_and(|stop| stop.as_ref().is_none_or(|stop| !stop.is_revoked()))
    }

    /// Limits what an account spends, until the limit is dropped.
    pub(crate) fn limit_spending(&self, account: &str, limit: &Arc<SpendLimit>) {
        let mut all = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        let limits = all.entry(account.to_owned()).or_default();
        limits.retain(|limit| limit.strong_count() > 0);
        limits.push(Arc::downgrade(limit));
    }

    /// Returns the limits of an account. All of them must be kept.
    pub(crate) fn spend_limits(&self, account: &str) -> Vec<SpendLimit> {
        let all = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(account).into_iter().flatten().filter_map(Weak::upgrade).map(|limit| *limit).collect()
    }

    /// Registers an attempt before it is recorded. `stop` revokes its body.
    pub(crate) fn begin(&self, attempt: AttemptId, stop: Option<Arc<Stop>>) {
        self.live().insert(attempt, stop);
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
