//! Keeps the answers of operations that answer at once.
//!
//! An answer is kept until a caller has received it. With a key, it is kept until its entry is purged.

use std::fmt;

use bytes::Bytes;

use crate::ledger::{AttemptId, Entry, LedgerError, Rows};

/// The size of the largest answer that is kept, in bytes.
pub const MAX_ANSWER: usize = 256 * 1024;

/// What an entry bought.
#[derive(Clone, PartialEq, Eq)]
pub enum Bought {
    /// A task.
    Task,
    /// The answer of an operation that answers at once, if it was kept.
    Answer(Option<Bytes>),
}

/// Returns what an entry with a task bought. An answer has the id of its attempt as its task.
pub fn bought(rows: &mut dyn Rows, entry: &Entry) -> Result<Bought, LedgerError> {
    let Some(id) = may_be_answer(entry) else { return Ok(Bought::Task) };
    let is_of_attempt = rows.attempt(id)?.is_some_and(|attempt| attempt.task == entry.task);
    if is_of_attempt { rows.answer(id).map(Bought::Answer) } else { Ok(Bought::Task) }
}

/// Returns the attempt that the entry has an answer of, unless its task is one of the service. That is not looked up.
pub(crate) fn may_be_answer(entry: &Entry) -> Option<AttemptId> {
    entry.task.as_deref().and_then(AttemptId::read)
}

/// The answer is not shown, since it may have secrets.
impl fmt::Debug for Bought {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Task => f.write_str("Task"),
            Self::Answer(bytes) => f.debug_tuple("Answer").field(&bytes.as_ref().map(Bytes::len)).finish(),
        }
    }
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
