//! Records the further life of a task.
//!
//! `as_waiter` says that the caller got the task by its own attempt, or adopted it. Once another process has adopted the task, what such
//! a caller reports changes nothing.

use super::drop_answers;
use super::settle::release;
use crate::ledger::{Entry, EntryId, EntryState, LedgerError, Rows};

/// Records that a caller received the task of an entry.
pub fn deliver(rows: &mut dyn Rows, id: EntryId, task: &str, as_waiter: bool) -> Result<(), LedgerError> {
    match rows.entry(id)?.filter(|entry| !(as_waiter && is_adopted(rows, entry))) {
        Some(mut entry) if entry.task.as_deref() == Some(task) && !entry.delivered => {
            entry.delivered = true;
            entry.changed = rows.now();
            rows.update_entry(&entry)?;
            drop_answers(rows, &entry)
        }
        _ => Ok(()),
    }
}

/// Records that a task is done or has failed, and that a caller received the result.
pub fn end(
    rows: &mut dyn Rows,
    account: &str,
    operation: &str,
    task: &str,
    state: EntryState,
    status: &str,
    as_waiter: bool,
) -> Result<(), LedgerError> {
    let Some(mut entry) = entry_of_task(rows, account, operation, task)? else { return Ok(()) };
    if (entry.state, entry.delivered) == (state, true) || (as_waiter && is_adopted(rows, &entry)) {
        return Ok(());
    }
    (entry.state, entry.delivered, entry.status) = (state, true, Some(status.to_owned()));
    entry.changed = rows.now();
    rows.update_entry(&entry)?;
    drop_answers(rows, &entry)
}

/// Records that the service no longer knows a task that was running.
pub fn lose(
    rows: &mut dyn Rows,
    account: &str,
    operation: &str,
    task: &str,
    as_waiter: bool,
) -> Result<(), LedgerError> {
    let Some(entry) = entry_of_task(rows, account, operation, task)? else { return Ok(()) };
    if as_waiter && is_adopted(rows, &entry) {
        return Ok(());
    }
    let attempt = rows.attempt_by_task(account, operation, task)?;
    let Some(mut attempt) = attempt.filter(|_| entry.state == EntryState::Running) else { return Ok(()) };
    attempt.hint = Some(task.to_owned());
    release(rows, attempt, "the service no longer knows its task").map(drop)
}

/// Returns whether another process waits for the task of an entry.
pub(super) fn is_adopted(rows: &dyn Rows, entry: &Entry) -> bool {
    entry.waiter.as_deref().is_some_and(|waiter| waiter != rows.holder())
}

/// Returns the entry whose current task this is.
pub(super) fn entry_of_task(
    rows: &mut dyn Rows,
    account: &str,
    operation: &str,
    task: &str,
) -> Result<Option<Entry>, LedgerError> {
    let Some(attempt) = rows.attempt_by_task(account, operation, task)? else { return Ok(None) };
    let entry = rows.entry(attempt.entry)?;
    Ok(entry.filter(|entry| entry.task.as_deref() == Some(task)))
}
