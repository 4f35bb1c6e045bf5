//! Messages about callbacks, from one process to another.

use super::super::{Mismatch, ensure};
use super::{OPERATION, Scope, found};
use crate::ledger::{AttemptId, Entry, EntryState, LedgerError, LedgerHandle, Message, Rows};

/// Adds an entry with a task, and returns the message about it.
async fn message(scope: &Scope<'_>, key: &str, rank: u32) -> Result<(Entry, Message), Mismatch> {
    let entry = scope.add(scope.purchase(Some(key), key), EntryState::Running).await?;
    let (account, operation) = (scope.account.clone(), OPERATION.to_owned());
    let (attempt, task) = (found(entry.attempt)?, found(entry.task.clone())?);
    Ok((entry, Message { account, operation, attempt, task, rank }))
}

async fn put(store: &LedgerHandle, holder: &str, message: &Message) -> Result<(), Mismatch> {
    let (holder, message) = (holder.to_owned(), message.clone());
    Ok(store.run(move |rows| rows.put_message(&holder, &message)).await?)
}

async fn take(store: &LedgerHandle, limit: usize) -> Result<Vec<Message>, Mismatch> {
    let mut taken = store.run(move |rows| rows.take_messages(limit)).await?;
    taken.sort_by_key(|message| message.attempt.0);
    Ok(taken)
}

async fn holder(store: &LedgerHandle) -> Result<String, Mismatch> {
    Ok(store.run(|rows| Ok(rows.holder().to_owned())).await?)
}

pub(super) async fn messages_are_taken_once(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    let (one, other) = (&stores[0], &stores[1]);
    let (scope, to) = (Scope::new(one), holder(other).await?);
    let mut all = Vec::new();
    for number in 0..5 {
        let (_, message) = message(&scope, &format!("key {number}"), number).await?;
        put(one, &to, &message).await?;
        all.push(message);
    }
    all.sort_by_key(|message| message.attempt.0);
    let taken = take(one, 10).await?;
    ensure(taken.is_empty(), || format!("a process got the messages of another: {taken:?}"))?;
    let mut taken = take(other, 2).await?;
    ensure(taken.len() == 2, || format!("at most two were wanted: {taken:?}"))?;
    taken.extend(take(other, 10).await?);
    taken.sort_by_key(|message| message.attempt.0);
    ensure(taken == all, || format!("{all:?} are taken as {taken:?}"))?;
    let taken = take(other, 10).await?;
    ensure(taken.is_empty(), || format!("taken again: {taken:?}"))
}

pub(super) async fn an_attempt_has_one_message(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    let (one, other) = (&stores[0], &stores[1]);
    let (scope, to) = (Scope::new(one), holder(other).await?);
    let (_, message) = message(&scope, "key", 0).await?;
    for rank in [3, 7, u32::MAX, 5] {
        put(one, &to, &Message { rank, ..message.clone() }).await?;
    }
    let highest = vec![Message { rank: u32::MAX, ..message.clone() }];
    let taken = take(other, 10).await?;
    ensure(taken == highest, || format!("{highest:?} is taken as {taken:?}"))?;
    // The process that is to get it may change.
    put(one, &to, &message).await?;
    put(other, &holder(one).await?, &message).await?;
    let taken = (take(other, 10).await?, take(one, 10).await?);
    ensure(taken == (Vec::new(), vec![message]), || format!("it is taken as {taken:?}"))
}

pub(super) async fn messages_are_deleted(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    let (one, other) = (&stores[0], &stores[1]);
    let (scope, to) = (Scope::new(one), holder(other).await?);
    let (mut entry, message) = message(&scope, "key", 1).await?;
    // With all messages of a process.
    put(one, &to, &message).await?;
    let gone = to.clone();
    scope.run(move |rows| rows.delete_messages(&gone)).await?;
    let taken = take(other, 10).await?;
    ensure(taken.is_empty(), || format!("deleted, and still there: {taken:?}"))?;
    // With work that fails.
    let (failed, lost) = (message.clone(), to.clone());
    let fails = move |rows: &mut dyn Rows| {
        rows.put_message(&lost, &failed)?;
        Err(LedgerError::unavailable("the work fails"))
    };
    scope.refuses("failed work", fails).await?;
    // With their attempt.
    put(one, &to, &message).await?;
    (entry.state, entry.delivered) = (EntryState::Done, true);
    let account = scope.account.clone();
    let purge = move |rows: &mut dyn Rows| {
        rows.update_entry(&entry)?;
        let before = rows.now();
        rows.purge(&account, OPERATION, before, 10)
    };
    let purged = scope.run(purge).await?;
    ensure(purged == 1, || format!("{purged} entries were purged"))?;
    let taken = take(other, 10).await?;
    ensure(taken.is_empty(), || format!("its attempt was purged, and it is still there: {taken:?}"))
}

pub(super) async fn processes_are_present(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    for store in stores {
        let name = holder(store).await?;
        for other in stores {
            let wanted = name.clone();
            let is_present = other.run(move |rows| rows.is_present(&wanted)).await?;
            ensure(is_present, || format!("`{name}` uses the store, and is said to be gone"))?;
        }
    }
    let nobody = AttemptId::new().to_string();
    let is_present = stores[0].run(move |rows| rows.is_present(&nobody)).await?;
    ensure(!is_present, || "a process that never was is said to use the store".to_owned())
}
