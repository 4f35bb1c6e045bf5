//! What the inbox holds: a record of each attempt that may become a task, and of each task with a listener or an attempt.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::sync::Notify;

use super::Rank;
use super::listener::Subscription;
use crate::ids::AttemptId;

/// Number of attempts that are kept. Beyond it, each new attempt replaces the oldest.
pub(super) const MAX_ATTEMPTS: usize = 1 << 16;
/// Weight of the latest ended task in the share of lost callbacks.
const LATEST_WEIGHT: f64 = 1.0 / 8.0;

#[derive(Default)]
pub(super) struct Records {
    pub(super) attempts: HashMap<AttemptId, AttemptRecord>,
    order: VecDeque<AttemptId>,
    pub(super) tasks: HashMap<Box<str>, TaskRecord>,
    /// Share of ended tasks whose end no callback reported; recent tasks weigh more.
    pub(super) lost_share: f64,
}

/// An attempt that may have become a task.
pub(super) struct AttemptRecord {
    /// Whether this client sent it, and not an earlier or another process.
    pub(super) is_own: bool,
    pub(super) is_in_flight: bool,
    /// Whether the reply can no longer name the task: it came without one, or will never come.
    pub(super) has_reply_ended: bool,
    pub(super) task: AttemptTask,
    pub(super) changed: Arc<Notify>,
}

/// The task that an attempt became, as far as that is known.
#[derive(Clone)]
pub(super) enum AttemptTask {
    Unknown,
    /// A callback names it; the service has not confirmed it.
    Claimed(Box<str>, Rank),
    Confirmed(Box<str>),
}

/// A task that has a listener, or comes from an attempt of this client.
#[derive(Default)]
pub(super) struct TaskRecord {
    pub(super) rank: Rank,
    /// The attempt that became it, if the service was given a callback address for that attempt.
    pub(super) attempt: Option<AttemptId>,
    pub(super) subscriptions: Vec<Arc<Subscription>>,
}

/// What a callback changed in the inbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallbackEffect {
    /// It reports progress of a task, and the listeners of that task are woken.
    New,
    /// It names the task that an attempt became. That is to be confirmed.
    Claim,
    /// It reports what an earlier callback reported.
    Repeated,
    /// The attempt is known to have become another task.
    OtherTask,
    /// Neither the attempt nor the task is known here.
    Unawaited,
}

impl CallbackEffect {
    /// Returns its name in events.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Claim => "claim",
            Self::Repeated => "repeated",
            Self::OtherTask => "other_task",
            Self::Unawaited => "unawaited",
        }
    }
}

impl Records {
    /// Adds an attempt, unless it is known. The oldest attempt makes room if there are too many.
    pub(super) fn add(&mut self, attempt: AttemptId, is_own: bool) {
        if self.attempts.contains_key(&attempt) {
            return;
        }
        if self.order.len() == MAX_ATTEMPTS
            && let Some(oldest) = self.order.pop_front()
        {
            self.forget(oldest);
        }
        let (task, changed) = (AttemptTask::Unknown, Arc::default());
        let record = AttemptRecord { is_own, is_in_flight: is_own, has_reply_ended: !is_own, task, changed };
        self.attempts.insert(attempt, record);
        self.order.push_back(attempt);
    }

    /// Records that a callback to the address of `attempt` says that `task` has reached `rank`.
    pub(super) fn receive(&mut self, attempt: AttemptId, task: &str, rank: Rank) -> CallbackEffect {
        match self.attempts.get_mut(&attempt) {
            Some(AttemptRecord { task: AttemptTask::Confirmed(known), .. }) if **known != *task => {
                return CallbackEffect::OtherTask;
            }
            Some(AttemptRecord { task: AttemptTask::Confirmed(_), .. }) | None => {}
            Some(record) => return record.claim(task, rank),
        }
        match self.tasks.get_mut(task) {
            Some(record) if record.rank >= rank => CallbackEffect::Repeated,
            Some(record) => {
                record.rank = rank;
                CallbackEffect::New
            }
            None => CallbackEffect::Unawaited,
        }
    }

    /// Records that an attempt became this task. Returns whether its outcome was unknown, as its caller was told.
    pub(super) fn confirm(&mut self, attempt: AttemptId, task: &str) -> bool {
        let Some(record) = self.attempts.get_mut(&attempt) else { return false };
        let was_unknown = !record.is_in_flight && !matches!(record.task, AttemptTask::Confirmed(_));
        let rank = match &record.task {
            AttemptTask::Claimed(claimed, rank) if **claimed == *task => *rank,
            _ => Rank::NOTHING,
        };
        (record.task, record.is_in_flight) = (AttemptTask::Confirmed(task.into()), false);
        record.changed.notify_waiters();

        let record = self.tasks.entry(task.into()).or_default();
        (record.attempt, record.rank) = (Some(attempt), record.rank.max(rank));
        was_unknown
    }

    /// Records that a task has ended, and learns from it how many callbacks get lost.
    pub(super) fn end(&mut self, task: &str) {
        let Some(record) = self.tasks.get_mut(task) else { return };
        if let Some(attempt) = record.attempt.take() {
            let was_lost = if record.rank < Rank::END { 1.0 } else { 0.0 };
            self.lost_share += (was_lost - self.lost_share) * LATEST_WEIGHT;
            self.attempts.remove(&attempt);
        }
        self.tidy(task);
    }

    pub(super) fn forget(&mut self, attempt: AttemptId) {
        let Some(record) = self.attempts.remove(&attempt) else { return };
        record.changed.notify_waiters();
        if let AttemptTask::Confirmed(task) = record.task {
            if let Some(record) = self.tasks.get_mut(&*task) {
                record.attempt = None;
            }
            self.tidy(&task);
        }
    }

    /// Removes a task that has neither a listener nor an attempt.
    pub(super) fn tidy(&mut self, task: &str) {
        if self.tasks.get(task).is_some_and(|record| record.attempt.is_none() && record.subscriptions.is_empty()) {
            self.tasks.remove(task);
        }
    }
}

impl AttemptRecord {
    /// Records the task that a callback names. While an earlier claim is being confirmed, the latest one is what gets checked.
    fn claim(&mut self, task: &str, rank: Rank) -> CallbackEffect {
        let effect = if matches!(self.task, AttemptTask::Claimed(..)) {
            CallbackEffect::Repeated
        } else {
            CallbackEffect::Claim
        };
        match &mut self.task {
            AttemptTask::Claimed(claimed, highest) if **claimed == *task => *highest = (*highest).max(rank),
            other => *other = AttemptTask::Claimed(task.into(), rank),
        }
        effect
    }
}
