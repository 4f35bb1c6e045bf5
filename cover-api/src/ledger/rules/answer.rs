//! Keeps the answers of operations that answer at once.
//!
//! An answer is kept until a caller has received it. With a key, it is kept until its entry is purged.

use bytes::Bytes;

use crate::ledger::{AttemptId, Entry, LedgerError, Rows};

/// The size of the largest answer that is kept, in bytes.
pub const MAX_ANSWER: usize = 256 * 1024;

/// Returns the answer of the task of an entry, if it is kept.
pub fn answer(rows: &mut dyn Rows, entry: &Entry) -> Result<Option<Bytes>, LedgerError> {
    let (account, operation) = (&entry.purchase.account, &entry.purchase.operation);
    let Some(task) = &entry.task else { return Ok(None) };
    let Some(attempt) = rows.attempt_by_task(account, operation, task)? else { return Ok(None) };
    rows.answer(attempt.id)
}

/// Keeps an answer, unless it is too large or a caller has received it.
pub(super) fn keep_answer(
    rows: &mut dyn Rows,
    entry: &Entry,
    attempt: AttemptId,
    bytes: &Bytes,
) -> Result<(), LedgerError> {
    if bytes.len() > MAX_ANSWER || is_over(entry) {
        return Ok(());
    }
    rows.put_answer(attempt, entry.id, bytes)
}

/// Deletes the answers of an entry that needs them no longer.
pub(super) fn drop_answers(rows: &mut dyn Rows, entry: &Entry) -> Result<(), LedgerError> {
    if is_over(entry) { rows.delete_answers(entry.id) } else { Ok(()) }
}

fn is_over(entry: &Entry) -> bool {
    entry.delivered && entry.purchase.key.is_none()
}
