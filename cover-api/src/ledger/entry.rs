//! What a ledger remembers: entries, and the attempts of each.

use std::fmt;
use std::time::SystemTime;

use super::{AttemptId, Fingerprint};
use crate::redact::Shown;

/// Identifies an entry of one ledger. Ids are never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(pub i64);

/// What a caller intends to buy, as far as a ledger can tell purchases apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchase {
    /// Who pays.
    pub account: String,
    /// The operation of the service, as the spec calls it.
    pub operation: String,
    /// The caller's idempotency key.
    pub key: Option<String>,
    /// Stands for the request.
    pub fingerprint: Fingerprint,
}

/// How an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// Nothing was created; it may be posted.
    Ready,
    /// An attempt was recorded, and may reach the service.
    Posting,
    /// An attempt ended without proof either way.
    Unknown,
    /// It became a task that is not known to have ended.
    Running,
    /// Its task is done.
    Done,
    /// Its task has failed.
    Failed,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 6] = [Self::Ready, Self::Posting, Self::Unknown, Self::Running, Self::Done, Self::Failed];

    /// The name that stores write down.
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

    /// The state of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether the entry became a task.
    #[must_use]
    pub fn has_task(self) -> bool {
        matches!(self, Self::Running | Self::Done | Self::Failed)
    }

    /// Whether its task has ended.
    #[must_use]
    pub fn has_ended(self) -> bool {
        matches!(self, Self::Done | Self::Failed)
    }
}

/// One intention to buy.
#[derive(Clone, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: EntryId,
    /// What is bought.
    pub purchase: Purchase,
    /// How it stands.
    pub state: State,
    /// The attempt that counts; none before the first.
    pub attempt: Option<AttemptId>,
    /// Number of attempts that were recorded.
    pub attempts: u32,
    /// The task that it became.
    pub task: Option<String>,
    /// What the task cost, where the service says so.
    pub cost: Option<f64>,
    /// Whether a caller accepted that its unknown attempt may be charged twice.
    pub consent: bool,
    /// Whether a caller was given its task.
    pub delivered: bool,
    /// The last status of a task that has ended, in the service's words. It stays while the entry is posted again.
    pub status: Option<String>,
    /// When it was made.
    pub created: SystemTime,
    /// When it last changed.
    pub changed: SystemTime,
}

impl Entry {
    /// An entry that is ready. The store chooses its id when it is inserted.
    pub(super) fn new(purchase: Purchase, now: SystemTime) -> Self {
        Self {
            id: EntryId(0),
            purchase,
            state: State::Ready,
            attempt: None,
            attempts: 0,
            task: None,
            cost: None,
            consent: false,
            delivered: false,
            status: None,
            created: now,
            changed: now,
        }
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptState {
    /// It may reach the service.
    Posting,
    /// It created nothing, by proof or by an operator's word.
    NotCreated,
    /// It ended without proof either way.
    Unknown,
    /// It became a task.
    Task,
}

impl AttemptState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Posting, Self::NotCreated, Self::Unknown, Self::Task];

    /// The name that stores write down.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Posting => "posting",
            Self::NotCreated => "not-created",
            Self::Unknown => "unknown",
            Self::Task => "task",
        }
    }

    /// The state of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// Who says which task an attempt became. A reply outranks the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// A callback, or the beginning of a broken reply; a poll has confirmed that there is such a task.
    Claim,
    /// A person, who looked at the account.
    Operator,
    /// The service's reply to the POST.
    Reply,
}

impl Source {
    /// Every source.
    pub const ALL: [Self; 3] = [Self::Claim, Self::Operator, Self::Reply];

    /// The name that stores write down.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Claim => "claim",
            Self::Operator => "operator",
            Self::Reply => "reply",
        }
    }

    /// The source of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }
}

/// One POST of an entry.
#[derive(Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Its id.
    pub id: AttemptId,
    /// The entry that it belongs to.
    pub entry: EntryId,
    /// 1 for the first of its entry.
    pub number: u32,
    /// The attempt that stood in its way: one that is unknown, by consent, or one whose task has failed. Where this attempt
    /// creates nothing, that one counts again.
    pub supersedes: Option<AttemptId>,
    /// The process that makes it.
    pub holder: String,
    /// What became of it.
    pub state: AttemptState,
    /// The task that it became.
    pub task: Option<String>,
    /// Who says so.
    pub source: Option<Source>,
    /// Whether its task is a second charge: its entry has another task.
    pub duplicate: bool,
    /// The id of a task that its broken reply seemed to give.
    pub hint: Option<String>,
    /// Why its outcome is what it is, in words.
    pub evidence: Option<String>,
    /// When it was recorded.
    pub started: SystemTime,
}

/// Texts of the service are shown fit to be read.
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
            .finish()
    }
}

/// Texts of the service are shown fit to be read.
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
            .finish()
    }
}
