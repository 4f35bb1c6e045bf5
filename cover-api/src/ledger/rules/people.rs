//! Lists unknown outcomes, and records an operator's decision about them.

use std::fmt;

use super::damaged;
use super::look_up::{may_be_sent, refresh};
use super::settle::{Settled, Settlement, settle};
use crate::ledger::{Attempt, AttemptId, Entry, EntryId, EntryState, Filter, LedgerError, Rows, TaskSource};
use crate::redact::Shown;

/// An operator's decision about an unknown outcome.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Resolution {
    /// The attempt created this task.
    Task(String),
    /// The attempt created nothing, and nothing was charged. It is refused while the process of the attempt may still send it.
    NotCharged,
}

/// The task may be a hint, which is a text of the service.
impl fmt::Debug for Resolution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Task(task) => f.debug_tuple("Task").field(&Shown(task)).finish(),
            Self::NotCharged => f.write_str("NotCharged"),
        }
    }
}

/// Records an operator's decision about an unknown entry, unless the entry changed since it was listed with this attempt. An attempt
/// that its process may still send cannot be resolved as not charged.
pub fn resolve(
    rows: &mut dyn Rows,
    id: EntryId,
    listed: AttemptId,
    resolution: &Resolution,
) -> Result<Entry, LedgerError> {
    let entry = rows.entry(id)?.ok_or_else(|| LedgerError::refused("there is no such entry"))?;
    let (entry, attempt) = refresh(rows, entry)?;
    if entry.state != EntryState::Unknown || entry.attempt != Some(listed) {
        return Err(LedgerError::refused("the entry is not unknown, or has changed since it was listed"));
    }
    if *resolution == Resolution::NotCharged
        && let Some(attempt) = attempt
        && may_be_sent(rows, &attempt)?
    {
        return Err(LedgerError::may_be_sent(attempt.may_be_sent_for(rows.now())));
    }
    let settlement = match resolution {
        Resolution::NotCharged => Settlement::NotCreated { evidence: "an operator's word".to_owned() },
        Resolution::Task(task) => Settlement::Task { task: task.clone(), source: TaskSource::Operator },
    };
    match settle(rows, listed, &settlement)? {
        Settled::Recorded(entry) | Settled::Duplicate(entry) => Ok(entry),
        Settled::Contradicted => Err(LedgerError::refused("the task belongs to another entry")),
        Settled::Missing => Err(damaged("an entry lacks its attempt")),
    }
}

/// A page of entries whose outcome is unknown, each with its current attempt.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UnknownPage {
    /// The entries, oldest first.
    pub entries: Vec<(Entry, Attempt)>,
    /// The entry after which the next page begins; `None` on the last page.
    pub next: Option<EntryId>,
}

/// Lists at most `limit` entries whose outcome is unknown, after the entry `after`.
pub fn unknown(
    rows: &mut dyn Rows,
    account: &str,
    operation: &str,
    after: EntryId,
    limit: usize,
) -> Result<UnknownPage, LedgerError> {
    let open = rows.entries(account, operation, Filter::Open, after, limit)?;
    let next = open.last().map(|entry| entry.id).filter(|_| open.len() == limit);
    let mut entries = Vec::new();
    for entry in open {
        let (entry, attempt) = match refresh(rows, entry) {
            Ok(refreshed) => refreshed,
            // A row that a later version wrote must not hide the others.
            Err(error) if error.is_damaged() => continue,
            Err(error) => return Err(error),
        };
        if let Some(attempt) = attempt.filter(|_| entry.state == EntryState::Unknown) {
            entries.push((entry, attempt));
        }
    }
    Ok(UnknownPage { entries, next })
}
