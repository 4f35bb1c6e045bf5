//! Passes callbacks on to the waits of their tasks, and keeps what they claim about attempts whose task is not known.
//!
//! A callback is not believed: it only makes a wait poll. Nothing that comes from the network makes the inbox grow, because
//! it holds only attempts and waits of this client.

mod listener;
mod rank;
mod records;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::ids::AttemptId;
use listener::Subscription;
use records::{AttemptRecord, AttemptTask, Records};

pub(crate) use listener::Listener;
pub(crate) use rank::Rank;
pub(crate) use records::CallbackEffect;

/// Number of attempts that may be looked up in the ledger at once, so that a flood of old callbacks does not keep it busy.
const MAX_LOOKUPS: usize = 16;
/// Number of look-ups that may be under way or queued.
const MAX_QUEUED: usize = 512;

/// What the callbacks of a client have reported so far, and who listens to them.
pub(crate) struct Inbox {
    records: Mutex<Records>,
    lookups: Semaphore,
    queue: Semaphore,
}

impl Default for Inbox {
    fn default() -> Self {
        Self { records: Mutex::default(), lookups: Semaphore::new(MAX_LOOKUPS), queue: Semaphore::new(MAX_QUEUED) }
    }
}

impl Inbox {
    fn records(&self) -> MutexGuard<'_, Records> {
        // No code that holds the lock leaves the records half changed.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, attempt: AttemptId, change: impl FnOnce(&mut AttemptRecord)) {
        if let Some(record) = self.records().attempts.get_mut(&attempt) {
            change(record);
            record.changed.notify_waiters();
        }
    }

    /// Adds an attempt that is about to be sent with a callback address of its own.
    pub(crate) fn add_sending(&self, attempt: AttemptId) {
        self.records().add(attempt, true);
    }

    /// Adds an attempt of another process that may have become a task.
    pub(crate) fn add_recalled(&self, attempt: AttemptId) {
        self.records().add(attempt, false);
    }

    /// Removes an attempt that created nothing.
    pub(crate) fn forget(&self, attempt: AttemptId) {
        self.records().forget(attempt);
    }

    /// Records that the outcome of an attempt is unknown. Returns its task if that was confirmed just before.
    pub(crate) fn mark_unknown(&self, attempt: AttemptId) -> Option<Box<str>> {
        let mut records = self.records();
        let record = records.attempts.get_mut(&attempt)?;
        record.is_in_flight = false;
        if let AttemptTask::Confirmed(task) = &record.task { Some(task.clone()) } else { None }
    }

    /// Records that the reply of an attempt came without a task, or will never come.
    pub(crate) fn mark_reply_ended(&self, attempt: AttemptId) {
        self.change(attempt, |record| record.has_reply_ended = true);
    }

    /// Waits until the reply of an attempt can no longer name its task.
    pub(crate) async fn wait_for_reply(&self, attempt: AttemptId) {
        loop {
            let changed;
            let change = {
                let records = self.records();
                let Some(record) = records.attempts.get(&attempt).filter(|record| !record.has_reply_ended) else {
                    return;
                };
                if !record.is_in_flight {
                    return;
                }
                changed = Arc::clone(&record.changed);
                changed.notified()
            };
            change.await;
        }
    }

    /// Records that an attempt became this task, by its reply or by a poll that confirmed a claim. Returns whether its outcome
    /// was unknown, as its caller was told.
    pub(crate) fn confirm(&self, attempt: AttemptId, task: &str) -> bool {
        self.records().confirm(attempt, task)
    }

    /// Records that a callback to the address of `attempt` says that `task` has reached `rank`, and wakes the listeners of the
    /// task. Calls `before_waking` before it wakes them.
    pub(crate) fn receive(
        &self,
        attempt: AttemptId,
        task: &str,
        rank: Rank,
        before_waking: impl FnOnce(CallbackEffect),
    ) -> CallbackEffect {
        let mut records = self.records();
        let effect = records.receive(attempt, task, rank);
        before_waking(effect);
        if effect == CallbackEffect::New
            && let Some(record) = records.tasks.get(task)
        {
            record.subscriptions.iter().for_each(|subscription| subscription.notify(rank));
        }
        effect
    }

    /// Returns the task that callbacks claim the attempt became, and whether its reply may still come. `None` if there is no
    /// claim, or if the task is confirmed.
    pub(crate) fn pending_claim(&self, attempt: AttemptId) -> Option<(Box<str>, bool)> {
        let records = self.records();
        let record = records.attempts.get(&attempt)?;
        match &record.task {
            AttemptTask::Claimed(task, _) => Some((task.clone(), record.is_in_flight)),
            _ => None,
        }
    }

    /// Drops the claim about an attempt, unless it is confirmed. The next callback may claim it again.
    pub(crate) fn drop_claim(&self, attempt: AttemptId) {
        self.change(attempt, |record| {
            if matches!(record.task, AttemptTask::Claimed(..)) {
                record.task = AttemptTask::Unknown;
            }
        });
    }

    /// Waits for a look-up in the ledger of an attempt that this client did not send. `None` if too many are queued.
    pub(crate) async fn begin_lookup(&self) -> Option<[SemaphorePermit<'_>; 2]> {
        let queued = self.queue.try_acquire().ok()?;
        Some([queued, self.lookups.acquire().await.ok()?])
    }

    /// Returns whether this client sent an attempt, as far as the inbox knows.
    #[cfg(feature = "callback")]
    pub(crate) fn is_own(&self, attempt: AttemptId) -> bool {
        self.records().attempts.get(&attempt).is_some_and(|record| record.is_own)
    }

    /// Returns how far callbacks say that a task is.
    pub(crate) fn rank_of(&self, task: &str) -> Rank {
        self.records().tasks.get(task).map(|record| record.rank).unwrap_or_default()
    }

    /// Returns whether there is nothing that a callback could be about.
    pub(crate) fn is_empty(&self) -> bool {
        let records = self.records();
        records.attempts.is_empty() && records.tasks.is_empty()
    }

    /// Returns the attempt that became this task.
    pub(crate) fn attempt_of(&self, task: &str) -> Option<AttemptId> {
        self.records().tasks.get(task)?.attempt
    }

    /// Waits for the task of an attempt. `None` once the attempt is forgotten.
    pub(crate) async fn wait_for_task(&self, attempt: AttemptId) -> Option<Box<str>> {
        self.watch(attempt, true).await
    }

    /// Waits until the pending claim about an attempt is confirmed or dropped. Returns the confirmed task, if any; `None` at once
    /// if there is no claim.
    pub(crate) async fn wait_for_claim(&self, attempt: AttemptId) -> Option<Box<str>> {
        self.watch(attempt, false).await
    }

    async fn watch(&self, attempt: AttemptId, awaits_claims: bool) -> Option<Box<str>> {
        loop {
            let changed;
            let change = {
                let records = self.records();
                let record = records.attempts.get(&attempt)?;
                match &record.task {
                    AttemptTask::Confirmed(task) => return Some(task.clone()),
                    AttemptTask::Unknown if !awaits_claims => return None,
                    _ => {}
                }
                changed = Arc::clone(&record.changed);
                changed.notified()
            };
            change.await;
        }
    }

    /// Returns a listener for the callbacks of a task. It also sees what earlier callbacks reported.
    pub(crate) fn listen(self: &Arc<Self>, task: &str) -> Listener {
        let mut records = self.records();
        let record = records.tasks.entry(task.into()).or_default();
        let subscription = Arc::new(Subscription::new(record.rank));
        record.subscriptions.push(Arc::clone(&subscription));
        Listener::new(Arc::clone(self), task, subscription, record.attempt.is_some())
    }

    /// Records that a poll has seen the end of a task.
    pub(crate) fn end_task(&self, task: &str) {
        self.records().end(task);
    }

    /// Returns the share of tasks whose end no callback reported, from 0 to 1; recent tasks weigh more.
    pub(crate) fn lost_share(&self) -> f64 {
        self.records().lost_share
    }

    fn unsubscribe(&self, task: &str, subscription: &Arc<Subscription>) {
        let mut records = self.records();
        if let Some(record) = records.tasks.get_mut(task) {
            record.subscriptions.retain(|other| !Arc::ptr_eq(other, subscription));
        }
        records.tidy(task);
    }
}
