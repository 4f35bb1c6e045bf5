//! Answers are kept as they were written, until nobody needs them.

use bytes::Bytes;

use super::super::{Mismatch, ensure};
use super::again::{Buyer, PLAIN};
use super::{OPERATION, Scope, new_attempt};
use crate::ledger::{
    AttemptId, AttemptState, Bought, EntryState, LedgerHandle, MAX_ANSWER, PurchaseState, Rows, Settlement, bought,
    deliver,
};

async fn read(scope: &Scope<'_>, of: AttemptId) -> Result<Option<Bytes>, Mismatch> {
    scope.run(move |rows| rows.answer(of)).await
}

pub(super) async fn answers_are_read_as_written(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let purchase = scope.purchase(Some("key"), "request");
    let entry = scope.add(purchase.clone(), EntryState::Ready).await?;
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let (mut number, mut written) = (0, Vec::new());
    for bytes in [Bytes::new(), Bytes::from_static(b"{}"), all.into(), vec![b'.'; MAX_ANSWER].into()] {
        let (of, put) = (purchase.clone(), bytes.clone());
        number += 1;
        let write = move |rows: &mut dyn Rows| {
            let attempt = new_attempt(rows, entry.id, number, AttemptState::Task);
            rows.put_attempt(&attempt, &of)?;
            rows.put_answer(attempt.id, entry.id, &Bytes::from_static(b"replaced"))?;
            rows.put_answer(attempt.id, entry.id, &put)?;
            Ok(attempt.id)
        };
        written.push((scope.run(write).await?, bytes));
    }
    for (id, bytes) in &written {
        let read = read(&scope, *id).await?;
        ensure(read.as_ref() == Some(bytes), || format!("{} bytes are read as {read:?}", bytes.len()))?;
    }
    let read = read(&scope, AttemptId::new()).await?;
    ensure(read.is_none(), || format!("an attempt without an answer has {read:?}"))
}

pub(super) async fn answers_are_deleted_with_their_entry(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let mut attempts = Vec::new();
    for (key, state) in [("deleted", EntryState::Done), ("purged", EntryState::Done), ("kept", EntryState::Running)] {
        let entry = scope.add(scope.purchase(Some(key), key), state).await?;
        let id = entry.attempt.unwrap_or(AttemptId(0));
        let put = move |rows: &mut dyn Rows| rows.put_answer(id, entry.id, &Bytes::from_static(b"answer"));
        scope.run(put).await?;
        scope.change(entry.id, |entry| entry.delivered = true).await?;
        attempts.push((entry.id, id));
    }
    let fail = |id| {
        move |rows: &mut dyn Rows| {
            rows.delete_answers(id)?;
            Err(crate::ledger::LedgerError::unavailable("the work fails"))
        }
    };
    scope.refuses("work that fails", fail(attempts[0].0)).await?;
    ensure(read(&scope, attempts[0].1).await?.is_some(), || "failed work deleted an answer".to_owned())?;
    let (deleted, account) = (attempts[0].0, scope.account.clone());
    scope.run(move |rows| rows.delete_answers(deleted)).await?;
    let mut found = Vec::new();
    for (_, id) in &attempts {
        found.push(read(&scope, *id).await?.is_some());
    }
    ensure(found == [false, true, true], || format!("after the first was deleted, there are {found:?}"))?;
    let later = std::time::Duration::from_secs(1);
    let purge = move |rows: &mut dyn Rows| {
        let before = rows.now() + later;
        rows.purge(&account, OPERATION, before, usize::MAX)
    };
    scope.run(purge).await?;
    let found = [read(&scope, attempts[1].1).await?.is_some(), read(&scope, attempts[2].1).await?.is_some()];
    ensure(found == [false, true], || format!("after a purge, there are {found:?}"))
}

/// An answer ends its entry at once, and is kept until a caller has it, or with a key until it is purged.
pub(super) async fn answers_are_kept_until_received(store: &LedgerHandle) -> Result<(), Mismatch> {
    for key in [Some("key"), None] {
        for size in [0, 6, MAX_ANSWER, MAX_ANSWER + 1] {
            let buyer = Buyer::new(store, key);
            let (entry, id) = buyer.post(None, PLAIN).await?;
            let bytes = Bytes::from(vec![b'.'; size]);
            buyer.settle(id, Settlement::Answer { bytes: bytes.clone() }).await?;
            let standing = buyer.stands(None, PLAIN).await?;
            let is_done = matches!(&standing, PurchaseState::Task(entry)
                if entry.state == EntryState::Done && !entry.delivered && entry.task == Some(id.to_string()));
            ensure(is_done, || format!("it was answered, and stands as {standing:?}"))?;
            let kept = async || {
                buyer
                    .scope
                    .run(move |rows| {
                        let entry = rows.entry(entry)?;
                        entry.map_or(Ok(Bought::Task), |entry| bought(rows, &entry))
                    })
                    .await
            };
            let wanted = (size <= MAX_ANSWER).then_some(bytes.clone());
            let is_kept = kept().await? == Bought::Answer(wanted.clone());
            ensure(is_kept, || format!("an answer of {size} bytes is not as it came"))?;
            buyer.scope.run(move |rows| deliver(rows, entry, &id.to_string(), false)).await?;
            // A settlement may be repeated, since its process may not have learnt that it was stored.
            buyer.settle(id, Settlement::Answer { bytes }).await?;
            let wanted = wanted.filter(|_| key.is_some());
            let is_right = kept().await? == Bought::Answer(wanted);
            ensure(is_right, || format!("a delivered answer of {size} bytes with {key:?} is wrong"))?;
        }
    }
    Ok(())
}
