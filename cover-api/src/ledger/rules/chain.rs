//! Which attempt of an entry counts.
//!
//! An attempt counts while it is open or has a task that is not a second charge. Each attempt names the one that it
//! superseded, so that there is something to return to where it created nothing. All that count are among those that begin
//! with an entry's current attempt, the latest of them first; below them may be one of another entry, without a key.

use super::write_entry;
use crate::ledger::{Attempt, AttemptId, AttemptState, Entry, EntryId, Filter, LedgerError, Purchase, Rows, State};

/// What an entry goes back to.
pub(super) enum Base {
    /// The latest of its attempts that counts.
    Own(Attempt),
    /// Nothing of its own; this attempt of another entry, where its first one superseded that.
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
        // Numbers fall, so that this ends whatever the rows say.
        next = attempt.supersedes.filter(|_| attempt.number < above);
        above = attempt.number;
    }
    Ok(Base::Other(None))
}

fn counts(attempt: &Attempt) -> bool {
    match attempt.state {
        AttemptState::Posting | AttemptState::Unknown => true,
        AttemptState::Task => !attempt.duplicate,
        AttemptState::NotCreated => false,
    }
}

/// Lets an attempt count, which may have created nothing as far as was known, by its place in the order of attempts.
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

/// Makes an entry stand as the latest attempt that counts. Its own task stays where it has one.
pub(super) fn stand(rows: &mut dyn Rows, entry: &mut Entry) -> Result<(), LedgerError> {
    let Base::Own(latest) = base(rows, entry)? else {
        if entry.task.is_none() {
            (entry.state, entry.status) = (State::Ready, None);
        }
        return Ok(());
    };
    entry.attempt = Some(latest.id);
    if entry.task.is_some() {
        return Ok(());
    }
    entry.state = match latest.state {
        AttemptState::Posting => State::Posting,
        AttemptState::Task => {
            // It was posted again after this task had failed.
            (entry.task, entry.delivered) = (latest.task, true);
            State::Failed
        }
        AttemptState::Unknown | AttemptState::NotCreated => State::Unknown,
    };
    guard(rows, entry)
}

/// Takes back the consent to whatever an entry superseded, where nothing of it counts.
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

/// Nobody has consented to the attempt that an open entry goes back to. Where an equal entry without a key is open already,
/// that one guards against others: there is one guard at a time.
pub(super) fn guard(rows: &mut dyn Rows, entry: &mut Entry) -> Result<(), LedgerError> {
    if !Filter::Open.has(entry) {
        return Ok(());
    }
    let Purchase { account, operation, key, fingerprint } = &entry.purchase;
    entry.consent = key.is_none() && {
        let equal = rows.open_entries(account, operation, fingerprint)?;
        equal.iter().any(|other| other.id != entry.id && Filter::Open.has(other))
    };
    Ok(())
}
