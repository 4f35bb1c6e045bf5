//! The process in the list of those that use the ledger.
//!
//! A process that ends removes its row, and its attempts count as dead at once. A killed one leaves its row, and its attempts count
//! as dead when their leases have passed.
//!
//! While a process lives, it writes again and again until when it is present. Other processes adopt the tasks that it waits for when
//! that time has passed. Only the database's clock counts.

use std::time::{Duration, SystemTime};

use crate::ledger::sql::{Database, Lock, Value, from_millis, get, statements, to_millis};
use crate::ledger::{Attempt, LedgerError};

/// Adds this process, or adds it again if its row was removed.
pub(super) fn enter(transaction: &mut impl Database, silence: Duration) -> Result<(), LedgerError> {
    let (now, name) = (to_millis(transaction.now()).into(), transaction.holder().into());
    let until = until(transaction, silence);
    transaction.write(statements::ENTER, vec![name, now, until])
}

/// Stays present for as long as the process may be silent. Returns whether it was certainly present all the time: with a margin of
/// half of that time, since a transaction that adopts tasks may have read its row a moment earlier.
pub(super) fn stay(transaction: &mut impl Database, silence: Duration) -> Result<bool, LedgerError> {
    let name = transaction.holder().to_owned();
    let was_present = present_until(transaction, &name)? > transaction.now().checked_add(silence / 2);
    let until = until(transaction, silence);
    transaction.update(statements::STAY, vec![until, (&name).into()])?;
    Ok(was_present)
}

/// Returns whether another process is present.
pub(super) fn is_present(transaction: &mut impl Database, name: &str) -> Result<bool, LedgerError> {
    Ok(present_until(transaction, name)? > Some(transaction.now()))
}

fn until(transaction: &mut impl Database, silence: Duration) -> Value {
    transaction.now().checked_add(silence).map(to_millis).into()
}

fn present_until(transaction: &mut impl Database, name: &str) -> Result<Option<SystemTime>, LedgerError> {
    let mut until = Ok(None);
    transaction
        .query(statements::HOLDER, Lock::Nothing, vec![name.into()], &mut |row| until = get::<Option<i64>>(row, 0))?;
    Ok(until?.map(from_millis))
}

/// Removes this process. None of its attempts is under way any more, since each of them would keep the ledger open.
pub(super) fn leave(transaction: &mut impl Database) -> Result<(), LedgerError> {
    let name = transaction.holder().to_owned();
    transaction.write(statements::DELETE_MESSAGES, vec![(&name).into()])?;
    transaction.write(statements::REMOVE_HOLDER, vec![(&name).into()])
}

/// Returns whether a process is listed.
pub(super) fn is_listed(transaction: &mut impl Database, name: &str) -> Result<bool, LedgerError> {
    let mut is_listed = false;
    transaction.query(statements::HOLDER, Lock::Nothing, vec![name.into()], &mut |_| is_listed = true)?;
    Ok(is_listed)
}

/// Returns whether another process may still send an attempt, at a number of leases after it was recorded.
pub(super) fn may_send(transaction: &mut impl Database, attempt: &Attempt, leases: u32) -> Result<bool, LedgerError> {
    let end = attempt.lease.and_then(|lease| attempt.started.checked_add(lease.saturating_mul(leases)));
    if end.is_none_or(|end| end <= transaction.now()) {
        return Ok(false);
    }
    is_listed(transaction, &attempt.holder)
}
