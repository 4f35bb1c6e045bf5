//! Decides which process waits for a task.
//!
//! The process whose attempt became the task waits for it first. The name of a process is unique to each of its starts, so
//! that one which seemed dead and comes back can tell by the name whether it still waits.

use super::task::{entry_of_task, is_adopted};
use crate::ledger::{Entry, EntryId, LedgerError, Rows};

/// Makes this process the waiter of at most `limit` running entries whose waiter has gone, or that have none. Returns them.
///
/// Entries that are posting or unknown stay as they are.
pub fn adopt(rows: &mut dyn Rows, account: &str, operation: &str, limit: usize) -> Result<Vec<Entry>, LedgerError> {
    let mut adopted = Vec::new();
    for waiter in rows.waiters(account)? {
        if adopted.len() >= limit {
            break;
        }
        let is_present = waiter.as_deref().map(|waiter| rows.is_present(waiter)).transpose()?;
        if is_present == Some(true) {
            continue;
        }
        for mut entry in rows.waiting(account, operation, waiter.as_deref(), limit - adopted.len())? {
            entry.waiter = Some(rows.holder().to_owned());
            rows.update_entry(&entry)?;
            adopted.push(entry);
        }
    }
    Ok(adopted)
}

/// Returns whether this process may go on waiting for a task, as the waiter that it was before. `waits_on`: it becomes the waiter again
/// if no process is.
pub fn may_wait(
    rows: &mut dyn Rows,
    account: &str,
    operation: &str,
    task: &str,
    waits_on: bool,
) -> Result<bool, LedgerError> {
    // The ledger has nothing to say about a task that it does not have any more.
    let Some(mut entry) = entry_of_task(rows, account, operation, task)? else { return Ok(true) };
    if is_adopted(rows, &entry) {
        return Ok(false);
    }
    if waits_on && entry.waiter.is_none() {
        entry.waiter = Some(rows.holder().to_owned());
        rows.update_entry(&entry)?;
    }
    Ok(true)
}

/// Lets other processes adopt the tasks of these entries, as far as this process waits for them.
pub fn hand_over(rows: &mut dyn Rows, entries: &[EntryId]) -> Result<(), LedgerError> {
    entries.iter().try_for_each(|id| rows.leave(*id))
}

/// Lets other processes adopt at most `limit` of the tasks of an account that this process waits for. Returns how many there were.
pub fn hand_over_all(rows: &mut dyn Rows, account: &str, limit: usize) -> Result<usize, LedgerError> {
    let (own, mut found) = (rows.holder().to_owned(), 0);
    for operation in rows.operations(account)? {
        for mut entry in rows.waiting(account, &operation, Some(&own), limit - found)? {
            entry.waiter = None;
            rows.update_entry(&entry)?;
            found += 1;
        }
    }
    Ok(found)
}
