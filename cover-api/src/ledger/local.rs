use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use tokio::sync::futures::Notified;
use tokio::sync::{Notify, broadcast};

use super::presence::Presence;
use super::{AttemptId, Message, SpendLimit};
use crate::attempt::Stop;

/// State that all users of a store in this process share: the attempts under way, and a notification for those who wait for one.
///
/// It decides nothing. If an attempt is posting in the store and is not under way here, this process has abandoned it, so its
/// outcome is unknown.
#[derive(Debug, Default)]
pub struct Local {
    live: Mutex<HashMap<AttemptId, Option<Arc<Stop>>>>,
    settled: Notify,
    writes: Mutex<Writes>,
    /// Passes messages of other processes on to all inboxes.
    messages: OnceLock<broadcast::Sender<Arc<Message>>>,
    /// The limits of each account, as long as a client has them.
    limits: Mutex<HashMap<String, Vec<Weak<SpendLimit>>>>,
    presence: Presence,
}

/// Number of messages that an inbox may be behind the others.
const MESSAGES: usize = 1_024;

impl Local {
    fn live(&self) -> MutexGuard<'_, HashMap<AttemptId, Option<Arc<Stop>>>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether other processes count this one as alive.
    pub(crate) fn presence(&self) -> &Presence {
        &self.presence
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

    fn writes(&self) -> MutexGuard<'_, Writes> {
        self.writes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn message_sender(&self) -> &broadcast::Sender<Arc<Message>> {
        self.messages.get_or_init(|| broadcast::Sender::new(MESSAGES))
    }

    /// Passes a message of another process on to everyone who called [`messages`](Self::messages).
    pub(crate) fn hand_out(&self, message: Message) {
        // Without a receiver, no inbox waits.
        self.message_sender().send(Arc::new(message)).ok();
    }

    /// Returns a receiver of the messages that are handed out from now on.
    pub(crate) fn messages(&self) -> broadcast::Receiver<Arc<Message>> {
        self.message_sender().subscribe()
    }

    /// Lists a write about a task that nobody waits for, until the result is dropped.
    pub(crate) fn begin_write(self: &Arc<Self>, task: &str) -> WriteUnderWay {
        let mut writes = self.writes();
        let number = writes.next;
        writes.next += 1;
        writes.under_way.insert(number);
        *writes.by_task.entry(task.to_owned()).or_default() += 1;
        drop(writes);
        WriteUnderWay { local: Arc::clone(self), number, task: task.to_owned() }
    }

    /// Returns the tasks of the writes that are under way.
    pub(crate) fn written_tasks(&self) -> HashSet<String> {
        self.writes().by_task.keys().cloned().collect()
    }

    /// Waits until the ledger shows all that this process knows at the time of the call.
    pub(crate) async fn wait_for_writes(&self) {
        let next = self.writes().next;
        loop {
            let changed = self.settled.notified();
            if self.writes().under_way.first().is_none_or(|first| *first >= next) {
                return;
            }
            changed.await;
        }
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

/// The writes that nobody waits for.
#[derive(Debug, Default)]
struct Writes {
    /// The number of the next write.
    next: u64,
    under_way: BTreeSet<u64>,
    /// The number of writes about each task.
    by_task: HashMap<String, usize>,
}

/// A write that nobody waits for.
pub(crate) struct WriteUnderWay {
    local: Arc<Local>,
    number: u64,
    task: String,
}

impl Drop for WriteUnderWay {
    fn drop(&mut self) {
        let mut writes = self.local.writes();
        writes.under_way.remove(&self.number);
        if let Some(count) = writes.by_task.get_mut(&self.task) {
            *count -= 1;
            if *count == 0 {
                writes.by_task.remove(&self.task);
            }
        }
        drop(writes);
        self.local.notify();
    }
}
