//! Records the outcomes of attempts, from any source and at any time.

use std::fmt;

use bytes::Bytes;

use super::chain::{guard, include, stand, take_back};
use super::charge::count;
use super::{damaged, keep_answer, write, write_entry};
use crate::ledger::{
    Attempt, AttemptId, AttemptState, Entry, EntryId, EntryState, LedgerError, Purchase, Rows, TaskSource,
};
use crate::redact::Shown;

/// The outcome of an attempt.
#[derive(Clone, PartialEq, Eq)]
pub enum Settlement {
    /// It created a task.
    Task {
        /// The id of the task.
        task: String,
        /// The source of the information.
        source: TaskSource,
    },
    /// The reply is the result. The task is the id of the attempt as text, and has ended.
    Answer {
        /// The reply, as it came.
        bytes: Bytes,
    },
    /// It is proven to have created nothing.
    NotCreated {
        /// The proof, in words.
        evidence: String,
    },
    /// Nothing is proven.
    Unknown {
        /// The id of a task in a broken reply.
        hint: Option<String>,
        /// What happened, in words.
        evidence: String,
    },
}

impl Settlement {
    /// Returns the task of the attempt with this id; empty if it has none.
    pub(crate) fn task(&self, id: AttemptId) -> String {
        match self {
            Self::Task { task, .. } => task.clone(),
            Self::Answer { .. } => id.to_string(),
            Self::NotCreated { .. } | Self::Unknown { .. } => String::new(),
        }
    }
}

/// The effect of a settlement.
#[derive(Debug, Clone, PartialEq)]
pub enum Settled {
    /// It is recorded. Contains the entry after that.
    Recorded(Entry),
    /// The task is a second charge, since the entry has another one.
    Duplicate(Entry),
    /// The task belongs to another attempt, or the attempt has another task from a stronger source. Nothing was assigned.
    Contradicted,
    /// There is no such attempt.
    Missing,
}

/// Texts of the service are shown without secrets.
impl fmt::Debug for Settlement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Task { task, source } => {
                f.debug_struct("Task").field("task", &Shown(task)).field("source", source).finish()
            }
            Self::Answer { bytes } => f.debug_struct("Answer").field("bytes", &bytes.len()).finish(),
            Self::NotCreated { evidence } => f.debug_struct("NotCreated").field("evidence", &Shown(evidence)).finish(),
            Self::Unknown { hint, evidence } => {
                let hint = hint.as_deref().map(Shown);
                f.debug_struct("Unknown").field("hint", &hint).field("evidence", &Shown(evidence)).finish()
            }
        }
    }
}

/// Records the outcome of an attempt. Its lease ends, unless a claim or an operator names the task: the process may not have sent it
/// yet if they are wrong. A task is always recorded, whatever the state of the entry. Any other outcome changes the
/// entry only if the attempt is its current one.
pub fn settle(rows: &mut dyn Rows, id: AttemptId, settlement: &Settlement) -> Result<Settled, LedgerError> {
    let Some(attempt) = rows.attempt(id)? else { return Ok(Settled::Missing) };
    match settlement {
        Settlement::Task { task, source } => settle_task(rows, attempt, task, *source),
        Settlement::Answer { bytes } => settle_answer(rows, attempt, bytes),
        Settlement::NotCreated { evidence } => settle_without(rows, attempt, AttemptState::NotCreated, None, evidence),
        Settlement::Unknown { hint, evidence } => {
            settle_without(rows, attempt, AttemptState::Unknown, hint.clone(), evidence)
        }
    }
}

fn settle_task(
    rows: &mut dyn Rows,
    mut attempt: Attempt,
    task: &str,
    source: TaskSource,
) -> Result<Settled, LedgerError> {
    let mut entry = entry_of(rows, &attempt)?;
    let Purchase { account, operation, .. } = entry.purchase.clone();
    if attempt.task.as_deref() == Some(task) {
        if attempt.source < Some(source) {
            attempt.source = Some(source);
            end_lease(&mut attempt, source);
            rows.put_attempt(&attempt, &entry.purchase)?;
        }
        return Ok(Settled::Recorded(entry));
    }
    let owner = rows.attempt_by_task(&account, &operation, task)?;
    let is_outranked = |word: Option<TaskSource>| source == TaskSource::Reply && word != Some(TaskSource::Reply);
    let has_other = attempt.task.is_some() && !is_outranked(attempt.source);
    if has_other || owner.as_ref().is_some_and(|owner| !is_outranked(owner.source)) {
        // Only a reply ends its attempt. A wrong claim says nothing about it.
        if source == TaskSource::Reply && attempt.state == AttemptState::Posting {
            let evidence = "its task belongs to another attempt";
            settle_without(rows, attempt, AttemptState::Unknown, Some(task.to_owned()), evidence)?;
        }
        return Ok(Settled::Contradicted);
    }
    let mut robbed = None;
    if let Some(mut owner) = owner {
        let evidence = "the task that it had claimed belongs to another attempt";
        if owner.entry == entry.id {
            // The entry keeps its task, which now belongs to another of its attempts.
            unclaim(rows, &mut entry, &mut owner, evidence)?;
            entry.task.take_if(|of_owner| of_owner == task);
        } else {
            robbed = release(rows, owner, evidence)?;
        }
    }
    // Releasing the other attempt may have changed the chain.
    attempt.supersedes = rows.attempt(attempt.id)?.and_then(|attempt| attempt.supersedes);
    if attempt.task.is_some() && entry.task == attempt.task {
        entry.task = None;
    }
    attempt.duplicate = entry.task.is_some();
    count(rows, &account, &attempt, AttemptState::Task)?;
    (attempt.task, attempt.source, attempt.state) = (Some(task.to_owned()), Some(source), AttemptState::Task);
    end_lease(&mut attempt, source);
    rows.put_attempt(&attempt, &entry.purchase)?;
    if !attempt.duplicate {
        (entry.task, entry.state) = (Some(task.to_owned()), EntryState::Running);
        (entry.delivered, entry.status) = (false, None);
        entry.waiter = Some(attempt.holder.clone());
        // Without a key, consent stops the entry from guarding. It was given for an attempt without a task.
        entry.consent &= entry.purchase.key.is_some();
        include(rows, &mut entry, &mut attempt)?;
    }
    stand(rows, &mut entry)?;
    write_entry(rows, &mut entry)?;
    if let Some(robbed) = robbed
        && let Some(mut robbed) = rows.entry(robbed)?
    {
        // The entry of the settled attempt was open until now, and no longer guards.
        guard(rows, &mut robbed)?;
        rows.update_entry(&robbed)?;
    }
    Ok(if attempt.duplicate { Settled::Duplicate(entry) } else { Settled::Recorded(entry) })
}

fn end_lease(attempt: &mut Attempt, source: TaskSource) {
    attempt.lease.take_if(|_| source == TaskSource::Reply);
}

/// Records that an attempt was answered with the result. Repeating it changes nothing.
fn settle_answer(rows: &mut dyn Rows, attempt: Attempt, bytes: &Bytes) -> Result<Settled, LedgerError> {
    let (id, task) = (attempt.id, attempt.id.to_string());
    let mut settled = settle_task(rows, attempt, &task, TaskSource::Reply)?;
    if let Settled::Recorded(entry) | Settled::Duplicate(entry) = &mut settled {
        if entry.state == EntryState::Running && entry.task.as_deref() == Some(&*task) {
            entry.state = EntryState::Done;
            write_entry(rows, entry)?;
        }
        keep_answer(rows, entry, id, bytes)?;
    }
    Ok(settled)
}

/// Takes the task from an attempt, and from its entry if that had it. Returns the entry in that case.
pub(super) fn release(rows: &mut dyn Rows, mut owner: Attempt, evidence: &str) -> Result<Option<EntryId>, LedgerError> {
    let mut entry = entry_of(rows, &owner)?;
    let was_first = entry.task.is_some() && entry.task == owner.task;
    unclaim(rows, &mut entry, &mut owner, evidence)?;
    if was_first {
        (entry.task, entry.status, entry.delivered) = (None, None, false);
        inherit(rows, &mut entry)?;
    }
    stand(rows, &mut entry)?;
    write_entry(rows, &mut entry)?;
    Ok(was_first.then_some(entry.id))
}

/// Takes the task from an attempt, which becomes unknown.
fn unclaim(rows: &mut dyn Rows, entry: &mut Entry, owner: &mut Attempt, evidence: &str) -> Result<(), LedgerError> {
    (owner.task, owner.source, owner.duplicate) = (None, None, false);
    owner.state = AttemptState::Unknown;
    owner.evidence = Some(evidence.to_owned());
    rows.put_attempt(owner, &entry.purchase)?;
    include(rows, entry, owner)
}

/// Makes the first duplicate the task of an entry that lost its own.
fn inherit(rows: &mut dyn Rows, entry: &mut Entry) -> Result<(), LedgerError> {
    let duplicates = rows.duplicates(&entry.purchase.account, &entry.purchase.operation)?;
    let of_entry = duplicates.into_iter().filter(|attempt| attempt.entry == entry.id);
    let Some(mut heir) = of_entry.min_by_key(|attempt| attempt.number) else { return Ok(()) };
    heir.duplicate = false;
    (entry.task, entry.state, entry.waiter) = (heir.task.clone(), EntryState::Running, Some(heir.holder.clone()));
    rows.put_attempt(&heir, &entry.purchase)?;
    include(rows, entry, &mut heir)
}

fn settle_without(
    rows: &mut dyn Rows,
    mut attempt: Attempt,
    state: AttemptState,
    hint: Option<String>,
    evidence: &str,
) -> Result<Settled, LedgerError> {
    let mut entry = entry_of(rows, &attempt)?;
    let is_settled = matches!(attempt.state, AttemptState::Task | AttemptState::NotCreated);
    if is_settled {
        return Ok(Settled::Recorded(entry));
    }
    let is_current = entry.attempt == Some(attempt.id);
    count(rows, &entry.purchase.account, &attempt, state)?;
    (attempt.state, attempt.lease) = (state, None);
    attempt.hint = hint.or(attempt.hint);
    attempt.evidence = Some(evidence.to_owned());
    let became_unknown = state == AttemptState::Unknown && entry.state == EntryState::Posting && is_current;
    if became_unknown {
        entry.state = EntryState::Unknown;
    }
    write(rows, &mut entry, &attempt)?;
    if state == AttemptState::NotCreated && is_current {
        stand(rows, &mut entry)?;
        write_entry(rows, &mut entry)?;
        take_back(rows, &entry)?;
    }
    Ok(Settled::Recorded(entry))
}

fn entry_of(rows: &mut dyn Rows, attempt: &Attempt) -> Result<Entry, LedgerError> {
    rows.entry(attempt.entry)?.ok_or_else(|| damaged("an attempt lacks its entry"))
}
