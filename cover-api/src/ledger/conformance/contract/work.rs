//! What is kept of work, and that it is run.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use super::super::{Mismatch, ensure};
use super::{OPERATION, Scope, add, found};
use crate::ledger::{
    AttemptId, AttemptState, Entry, EntryId, EntryState, Filter, Fingerprint, LedgerError, LedgerHandle, Purchase,
    Rows, TaskSource,
};

pub(super) async fn failed_work_leaves_nothing(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let kept = scope.add(scope.purchase(None, "kept"), EntryState::Unknown).await?;
    let ended = scope.add(scope.purchase(Some("ended"), "ended"), EntryState::Done).await?;
    let ended = scope.change(ended.id, |entry| entry.delivered = true).await?;
    let (old, new, account) = (kept.clone(), scope.purchase(Some("new"), "new"), scope.account.clone());
    let seen = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&seen);
    let work = move |rows: &mut dyn Rows| {
        let added = add(rows, new.clone(), EntryState::Running)?;
        let mut attempt = found(rows.attempt(old.attempt.unwrap_or(AttemptId(0)))?)?;
        (attempt.task, attempt.source) = (Some("task".to_owned()), Some(TaskSource::Reply));
        attempt.state = AttemptState::Task;
        let purchase = Purchase { fingerprint: new.fingerprint, ..old.purchase.clone() };
        rows.update_entry(&Entry { state: EntryState::Running, task: attempt.task.clone(), purchase, ..old.clone() })?;
        rows.put_attempt(&attempt, &old.purchase)?;
        rows.purge(&account, OPERATION, SystemTime::now(), usize::MAX)?;
        // Within the work, all of it is seen.
        let is_seen = rows.entry_by_key(&account, OPERATION, "new")?.is_some()
            && rows.attempt_by_task(&account, OPERATION, "task")?.is_some()
            && rows.entry_by_key(&account, OPERATION, "ended")?.is_none();
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some((added, is_seen));
        Err::<(), _>(LedgerError::refused("the work fails in the end"))
    };
    let result = scope.store.run(work).await;
    let is_own = result.as_ref().is_err_and(LedgerError::is_refused);
    ensure(is_own, || format!("work that fails returned {result:?}, and not its error"))?;
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some((added, is_seen)) = seen else { return Err(Mismatch("the work was not run to its end".to_owned())) };
    ensure(is_seen, || "work does not see its own writes".to_owned())?;
    let account = scope.account.clone();
    let look = move |rows: &mut dyn Rows| {
        let print = Fingerprint::new(OPERATION, b"kept");
        let kept = rows.entry(kept.id)?.as_ref() == Some(&kept)
            && rows.open_entries(&account, OPERATION, &print)? == [kept.clone()]
            && rows.attempt(kept.attempt.unwrap_or(AttemptId(0)))?.is_some_and(|attempt| attempt.task.is_none())
            && rows.attempt_by_task(&account, OPERATION, "task")?.is_none()
            && rows.entries(&account, OPERATION, Filter::Open, EntryId(0), 9)?.len() == 1;
        let restored = rows.entry_by_key(&account, OPERATION, "ended")?.as_ref() == Some(&ended)
            && rows.attempt(ended.attempt.unwrap_or(AttemptId(0)))?.is_some()
            && rows.attempt_by_task(&account, OPERATION, &ended.task.unwrap_or_default())?.is_some();
        let gone = rows.entry(added.id)?.is_none()
            && rows.entry_by_key(&account, OPERATION, "new")?.is_none()
            && rows.attempt(added.attempt.unwrap_or(AttemptId(0)))?.is_none()
            && rows.attempt_by_task(&account, OPERATION, &added.task.unwrap_or_default())?.is_none();
        Ok((kept, restored, gone))
    };
    let (kept, restored, gone) = scope.run(look).await?;
    ensure(kept, || "an entry or its attempt stays changed".to_owned())?;
    ensure(restored, || "what was purged stays away".to_owned())?;
    ensure(gone, || "what was added stays".to_owned())
}

/// Work whose future is dropped runs, even if that is not at once.
pub(super) async fn dropped_work_is_run(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let purchase = scope.purchase(Some("dropped"), "dropped");
    let (done, is_done) = tokio::sync::oneshot::channel::<()>();
    drop(scope.store.run(move |rows| {
        let _done = &done;
        add(rows, purchase.clone(), EntryState::Posting)
    }));
    // The work is dropped after its transaction.
    is_done.await.ok();
    let account = scope.account.clone();
    let read = scope.run(move |rows| rows.entry_by_key(&account, OPERATION, "dropped")).await?;
    ensure(read.is_some(), || "the work was not run, or was dropped before its end".to_owned())
}
