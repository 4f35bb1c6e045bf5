//! The rows of a ledger: entries, and the attempts of each entry.

use std::fmt;
use std::time::{Duration, SystemTime};

use cover_spec::tables::Credits;

use super::{AttemptId, Fingerprint};
use crate::redact::Shown;

/// Identifies an entry of one ledger. Ids are never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(pub i64);

/// The properties that distinguish purchases from each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// The account that is charged.
    pub account: String,
    /// The operation of the service, as the spec names it.
    pub operation: String,
    /// The caller's idempotency key, if any.
    pub key: Option<String>,
    /// The fingerprint of the request.
    pub fingerprint: Fingerprint,
}

/// The state of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum EntryState {
    /// Nothing was created. The entry may be posted.
    Ready,
    /// An attempt was recorded, and may reach the service.
    Posting,
    /// The outcome of an attempt is unknown.
    Unknown,
    /// The entry has a task that is not known to have ended.
    Running,
    /// The task is done.
    Done,
    /// The task failed, or was cancelled.
    Failed,
}

impl EntryState {
    /// All states.
    pub const ALL: [Self; 6] = [Self::Ready, Self::Posting, Self::Unknown, Self::Running, Self::Done, Self::Failed];

    /// Returns the name that stores write.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Posting => "posting",
            Self::Unknown => "unknown",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    /// Returns the state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Returns whether the entry has a task.
    #[must_use]
    pub fn has_task(self) -> bool {
        matches!(self, Self::Running | Self::Done | Self::Failed)
    }

    /// Returns whether the task has ended.
    #[must_use]
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}

/// One purchase, with all its attempts.
#[derive(Clone, PartialEq)]
pub struct Entry {
    /// The id.
    pub id: EntryId,
    /// The purchase.
    pub purchase: Purchase,
    /// The state.
    pub state: EntryState,
    /// The current attempt; `None` before the first.
    pub attempt: Option<AttemptId>,
    /// Number of attempts that were recorded.
    pub attempts: u32,
    /// The id of the task, if the entry has one.
    pub task: Option<String>,
    /// The price of the last attempt that was recorded, if its spec has one.
    pub cost: Option<Credits>,
    /// Whether a caller accepted that the unknown attempt may be charged twice.
    pub consent: bool,
    /// Whether a caller received the task.
    pub delivered: bool,
    /// The last status of a task that has ended, as the service reported it. It stays while the entry is posted again.
    pub status: Option<String>,
    /// When the entry was created.
    pub created: SystemTime,
    /// When the entry last changed.
    pub changed: SystemTime,
    /// The process that waits for the task of an entry that is running. `None`: none does, so that any process may adopt the entry.
    pub waiter: Option<String>,
}

impl Entry {
    /// Creates an entry that is ready. The store chooses its id when it inserts the entry.
    pub(super) fn new(purchase: Purchase, now: SystemTime) -> Self {
        Self {
            id: EntryId(0),
            purchase,
            state: EntryState::Ready,
            attempt: None,
            attempts: 0,
            task: None,
            cost: None,
            consent: false,
            delivered: false,
            status: None,
            created: now,
            changed: now,
            waiter: None,
        }
    }
}

/// The state of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptState {
    /// It may reach the service.
    Posting,
    /// It created nothing, according to proof or to an operator.
    NotCreated,
    /// Its outcome is unknown.
    Unknown,
    /// It created a task.
    Task,
}

impl AttemptState {
    /// All states.
    pub const ALL: [Self; 4] = [Self::Posting, Self::NotCreated, Self::Unknown, Self::Task];

    /// Returns the name that stores write.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Posting => "posting",
            Self::NotCreated => "not-created",
            Self::Unknown => "unknown",
            Self::Task => "task",
        }
    }

    /// Returns the state with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// The origin of the information which task an attempt created. A reply outranks the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum TaskSource {
    /// A callback, or the beginning of a broken reply. A poll has confirmed that the task exists.
    Claim,
    /// An operator who checked the account.
    Operator,
    /// The service's reply to the POST.
    Reply,
}

impl TaskSource {
    /// All sources.
    pub const ALL: [Self; 3] = [Self::Claim, Self::Operator, Self::Reply];

    /// Returns the name that stores write.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Operator => "operator",
            Self::Reply => "reply",
        }
    }

    /// Returns the source with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// One POST of an entry.
#[derive(Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The id.
    pub id: AttemptId,
    /// The entry that it belongs to.
    pub entry: EntryId,
    /// The number of the attempt within its entry, counted from 1.
    pub number: u32,
    /// The attempt that this one replaces: one whose outcome is unknown, by consent, or one whose task failed. If this attempt
    /// creates nothing, the replaced one counts again.
    pub supersedes: Option<AttemptId>,
    /// The process that makes the attempt.
    pub holder: String,
    /// The state.
    pub state: AttemptState,
    /// The task that it created.
    pub task: Option<String>,
    /// The source of the task.
    pub source: Option<TaskSource>,
    /// Whether the task is a second charge, since its entry has another task.
    pub duplicate: bool,
    /// The id of a task in a broken reply.
    pub hint: Option<String>,
    /// The reason for the state, in words.
    pub evidence: Option<String>,
    /// When the attempt was recorded.
    pub started: SystemTime,
    /// The price, if the spec has one. Attempts that an earlier version of this crate recorded have none.
    pub cost: Option<Credits>,
    /// How long the attempt counts as alive after `started` if nothing is heard of its process. `None`: its process can no longer
    /// send it.
    pub lease: Option<Duration>,
}

impl Attempt {
    /// Returns the time at which the process of the attempt counts as dead in any case: two leases after the attempt was recorded.
    /// Returns `None` if the process can no longer send it.
    #[must_use]
    pub fn surely_dead_from(&self) -> Option<SystemTime> {
        self.started.checked_add(self.lease?.saturating_mul(2))
    }

    /// Returns for how long the process may still send the attempt, in whole seconds, rounded up.
    pub(crate) fn may_be_sent_for(&self, now: SystemTime) -> Duration {
        let left = self.surely_dead_from().and_then(|time| time.duration_since(now).ok()).unwrap_or_default();
        Duration::from_secs(left.as_secs() + u64::from(left.subsec_nanos() > 0))
    }
}

/// Texts of the service are shown without secrets.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("id", &self.id)
            .field("purchase", &self.purchase)
            .field("state", &self.state)
            .field("attempt", &self.attempt)
            .field("attempts", &self.attempts)
            .field("task", &self.task.as_deref().map(Shown))
            .field("cost", &self.cost)
            .field("consent", &self.consent)
            .field("delivered", &self.delivered)
            .field("status", &self.status.as_deref().map(Shown))
            .field("created", &self.created)
            .field("changed", &self.changed)
            .field("waiter", &self.waiter)
            .finish()
    }
}

/// Texts of the service are shown without secrets.
impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Attempt")
            .field("id", &self.id)
            .field("entry", &self.entry)
            .field("number", &self.number)
            .field("supersedes", &self.supersedes)
            .field("holder", &self.holder)
            .field("state", &self.state)
            .field("task", &self.task.as_deref().map(Shown))
            .field("source", &self.source)
            .field("duplicate", &self.duplicate)
            .field("hint", &self.hint.as_deref().map(Shown))
            .field("evidence", &self.evidence.as_deref().map(Shown))
            .field("started", &self.started)
            .field("cost", &self.cost)
            .field("lease", &self.lease)
            .finish()
    }
}
