//! Callbacks that reach another process than the one that waits.

use crate::ledger::{Attempt, AttemptId, AttemptState, LedgerError, Message, Rows};

/// What a process does with a callback for an attempt that it did not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PassedOn {
    /// It finds out whether the callback is right, since the ledger does not know what the attempt became.
    Open {
        /// Whether another process may still get the reply, which says so without a poll.
        awaits_reply: bool,
    },
    /// Nothing more: the process that waits for the task is told.
    Told,
    /// Nothing: nobody waits.
    Nothing,
}

/// Leaves a message for the process that waits for the task of an attempt, unless that is this one.
pub(crate) fn pass_on(rows: &mut dyn Rows, attempt: AttemptId, task: &str, rank: u32) -> Result<PassedOn, LedgerError> {
    let Some(attempt) = rows.attempt(attempt)? else { return Ok(PassedOn::Nothing) };
    match attempt.state {
        AttemptState::Posting => {
            let awaits_reply = attempt.holder != rows.holder() && rows.is_alive(&attempt)?;
            Ok(PassedOn::Open { awaits_reply })
        }
        AttemptState::Unknown => Ok(PassedOn::Open { awaits_reply: false }),
        AttemptState::Task if attempt.task.as_deref() == Some(task) => tell(rows, &attempt, task, rank),
        AttemptState::Task | AttemptState::NotCreated => Ok(PassedOn::Nothing),
    }
}

fn tell(rows: &mut dyn Rows, attempt: &Attempt, task: &str, rank: u32) -> Result<PassedOn, LedgerError> {
    let entry = rows.entry(attempt.entry)?;
    let Some(entry) = entry.filter(|entry| !entry.state.has_ended()) else { return Ok(PassedOn::Nothing) };
    let Some(receiver) = entry.waiter.as_deref().filter(|waiter| *waiter != rows.holder()) else {
        return Ok(PassedOn::Nothing);
    };
    if !rows.is_present(receiver)? {
        rows.delete_messages(receiver)?;
        return Ok(PassedOn::Nothing);
    }
    let (account, operation) = (entry.purchase.account.clone(), entry.purchase.operation.clone());
    rows.put_message(receiver, &Message { account, operation, attempt: attempt.id, task: task.to_owned(), rank })?;
    Ok(PassedOn::Told)
}
