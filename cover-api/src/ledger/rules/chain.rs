//! The chain of attempts of an entry, and which of them counts.
//!
//! An attempt counts while it is open, or if it has a task that is not a second charge. Each attempt names the one that it
//! replaced, so that the entry can return to that one if the attempt created nothing. The chain begins with the entry's current
//! attempt, the latest first. It may end with an attempt of another entry, without a key.

use super::write_entry;
use crate::ledger::{
    Attempt, AttemptId, AttemptState, Entry, EntryId, EntryState, Filter, LedgerError, Purchase, Rows,
};

/// The attempt that an entry returns to.
pub(super) enum Base {
    /// The latest of its attempts that counts.
    Own(Attempt),
    /// None of its own. It may have replaced this attempt of another entry.
    Other(Option<AttemptId>),
}

/// Finds the latest attempt of an entry that counts.
pub(super) fn base(rows: &mut dyn Rows, entry: &Entry) -> Result<Base, LedgerError> {
    let (mut next, mut above) = (entry.attempt, u32::MAX);
    while let Some(id) = next {
        let Some(attempt) = rows.attempt(id)? else { break };
        if attempt.entry != entry.id {
            return Ok(Base::Other(Some(id)));
        }
        if counts(&attempt) {
            return Ok(Base::Own(attempt));
        }
        // Numbers decrease, so that the loop ends even if the rows are damaged.
        next = attempt.supersedes.filter(|_| attempt.number < above);
        above = attempt.number;
    }
    Ok(Base::Other(None))
}

/// Returns how many tasks of an entry have failed, given that its current one has. The entry was posted again after each.
pub(super) fn failed_tasks(rows: &mut dyn Rows, entry: &Entry) -> Result<u32, LedgerError> {
    let (mut next, mut above, mut failed) = (entry.attempt, u32::MAX, 0);
    while let Some(id) = next {
        let Some(attempt) = rows.attempt(id)?.filter(|attempt| attempt.entry == entry.id) else { break };
        failed += u32::from(attempt.state == AttemptState::Task && !attempt.duplicate);
        next = attempt.supersedes.filter(|_| attempt.number < above);
        above = attempt.number;
    }
    Ok(failed)
}

fn counts(attempt: &Attempt) -> bool {
    match attempt.state {
        AttemptState::Posting | AttemptState::Unknown => true,
        AttemptState::Task => !attempt.duplicate,
        AttemptState::NotCreated => false,
    }
}

/// Inserts an attempt into the chain at its place. It was thought to have created nothing before.
pub(super) fn include(rows: &mut dyn Rows, entry: &mut Entry, attempt: &mut Attempt) -> Result<(), LedgerError> {
    let (mut next, mut above): (_, Option<Attempt>) = (entry.attempt, None);
    while let Some(id) = next {
        if id == attempt.id {
            return Ok(());
        }
        let Some(other) = rows.attempt(id)? else { break };
        let is_above = other.entry == entry.id && other.number > attempt.number;
        if !is_above || above.as_ref().is_some_and(|above| above.number <= other.number) {
            break;
        }
        next = other.supersedes;
        above = Some(other);
    }
    attempt.supersedes = next;
    rows.put_attempt(attempt, &entry.purchase)?;
    if let Some(mut above) = above {
        above.supersedes = Some(attempt.id);
        return rows.put_attempt(&above, &entry.purchase);
    }
    entry.attempt = Some(attempt.id);
    Ok(())
}

/// Sets the state of an entry to that of its latest attempt that counts. If the entry has a task, it keeps it.
pub(super) fn stand(rows: &mut dyn Rows, entry: &mut Entry) -> Result<(), LedgerError> {
    let Base::Own(latest) = base(rows, entry)? else {
        if entry.task.is_none() {
            (entry.state, entry.status) = (EntryState::Ready, None);
        }
        return Ok(());
    };
    entry.attempt = Some(latest.id);
    if entry.task.is_some() {
        return Ok(());
    }
    entry.state = match latest.state {
        AttemptState::Posting => EntryState::Posting,
        AttemptState::Task => {
            // The entry was posted again after this task had failed.
            (entry.task, entry.delivered) = (latest.task, true);
            EntryState::Failed
        }
        AttemptState::Unknown | AttemptState::NotCreated => EntryState::Unknown,
    };
    guard(rows, entry)
}

/// Withdraws the consent for the entry that this one replaced, if none of its own attempts counts.
pub(super) fn take_back(rows: &mut dyn Rows, entry: &Entry) -> Result<(), LedgerError> {
    let mut seen: Vec<EntryId> = Vec::new();
    let mut entry = entry.clone();
    while !seen.contains(&entry.id) {
        let Base::Other(Some(below)) = base(rows, &entry)? else { break };
        let Some(below) = rows.attempt(below)? else { break };
        let Some(other) = rows.entry(below.entry)? else { break };
        seen.push(entry.id);
        entry = other;
    }
    if !seen.is_empty() && Filter::Open.has(&entry) && entry.consent {
        guard(rows, &mut entry)?;
        write_entry(rows, &mut entry)?;
    }
    Ok(())
}

/// Makes an open entry guard against equal requests, unless an equal entry without a key does. The caller has not consented to the
/// attempt that it returned to.
pub(super) fn guard(rows: &mut dyn Rows, entry: &mut Entry) -> Result<(), LedgerError> {
    if !Filter::Open.has(entry) {
        return Ok(());
    }
    entry.consent = entry.purchase.key.is_none() && {
        rows.exclude_equal(&entry.purchase)?;
        let Purchase { account, operation, fingerprint, .. } = &entry.purchase;
        let equal = rows.open_entries(account, operation, fingerprint)?;
        equal.iter().any(|other| other.id != entry.id && Filter::Open.has(other))
    };
    Ok(())
}
