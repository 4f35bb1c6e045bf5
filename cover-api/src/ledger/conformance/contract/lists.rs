//! Lists, and what a purge deletes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::super::{Mismatch, ensure};
use super::{OPERATION, Scope, add, found, new_attempt, seconds_ago};
use crate::ledger::{
    Attempt, AttemptId, AttemptState, Entry, EntryId, EntryState, Filter, Fingerprint, LedgerHandle, Purchase, Rows,
};

pub(super) async fn open_entries_are_found(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    for (number, state) in EntryState::ALL.into_iter().enumerate() {
        for (delivered, consent) in [(false, false), (true, false), (false, true), (true, true)] {
            let request = format!("{number} {delivered} {consent}");
            scope.add(scope.purchase(Some(&request), &request), state).await?;
            let entry = scope.add(scope.purchase(None, &request), state).await?;
            let entry =
                scope.change(entry.id, move |entry| (entry.delivered, entry.consent) = (delivered, consent)).await?;
            let (account, print) = (scope.account.clone(), entry.purchase.fingerprint);
            let read = scope.run(move |rows| rows.open_entries(&account, OPERATION, &print)).await?;
            let is_wanted = !(consent || (state.has_task() && delivered));
            let wanted: Vec<Entry> = is_wanted.then_some(entry).into_iter().collect();
            ensure(read == wanted, || format!("found are {read:?}, and not {wanted:?}"))?;
        }
    }
    // An entry that comes to its fingerprint later has its place by its id all the same.
    let mut wanted = vec![scope.add(scope.purchase(None, "early"), EntryState::Ready).await?];
    for state in [EntryState::Running, EntryState::Ready, EntryState::Unknown, EntryState::Failed] {
        wanted.push(scope.add(scope.purchase(None, "late"), state).await?);
    }
    let print = wanted[1].purchase.fingerprint;
    wanted[0] = scope.change(wanted[0].id, move |entry| entry.purchase.fingerprint = print).await?;
    let (account, early) = (scope.account.clone(), Fingerprint::new(OPERATION, b"early"));
    let look = move |rows: &mut dyn Rows| {
        let late = rows.open_entries(&account, OPERATION, &print)?;
        Ok((late, rows.open_entries(&account, OPERATION, &early)?))
    };
    let (read, none) = scope.run(look).await?;
    ensure(read == wanted, || format!("found are {read:?}, and not {wanted:?}"))?;
    ensure(none.is_empty(), || format!("by a fingerprint that they had once, found are {none:?}"))
}

pub(super) async fn lists_are_complete(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let mut all = Vec::new();
    for number in 0..3 {
        for state in EntryState::ALL {
            for delivered in [false, true] {
                let request = format!("{number} {state:?} {delivered}");
                let key = (number != 0).then_some(request.as_str());
                let entry = scope.add(scope.purchase(key, &request), state).await?;
                all.push(scope.change(entry.id, move |entry| entry.delivered = delivered).await?);
            }
        }
    }
    for filter in [Filter::Open, Filter::Unfinished] {
        let wanted: Vec<Entry> = all.iter().filter(|entry| filter.has(entry)).cloned().collect();
        for limit in [1, 2, wanted.len(), usize::MAX] {
            let (mut read, mut after) = (Vec::new(), EntryId(0));
            loop {
                let account = scope.account.clone();
                let page = scope.run(move |rows| rows.entries(&account, OPERATION, filter, after, limit)).await?;
                ensure(page.len() <= limit, || format!("a page of {limit} has {}", page.len()))?;
                let Some(last) = page.last() else { break };
                after = last.id;
                read.extend(page);
                ensure(read.len() <= wanted.len(), || format!("in pages of {limit}, {filter:?} does not end"))?;
            }
            ensure(read == wanted, || format!("in pages of {limit}, {filter:?} has {read:?}, and not {wanted:?}"))?;
        }
        let account = scope.account.clone();
        let beyond = scope.run(move |rows| rows.entries(&account, OPERATION, filter, EntryId(i64::MAX), 9)).await?;
        ensure(beyond.is_empty(), || format!("after the last id there are {beyond:?}"))?;
    }
    Ok(())
}

pub(super) async fn duplicates_are_listed(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let mut entries = Vec::new();
    for key in ["a", "b", "c"] {
        entries.push(scope.add(scope.purchase(Some(key), key), EntryState::Running).await?);
    }
    let mut wanted = Vec::new();
    for at in [2, 0] {
        let of = entries[at].clone();
        let double = move |rows: &mut dyn Rows| {
            let attempt = new_attempt(rows, of.id, 2, AttemptState::Task);
            let attempt = Attempt { duplicate: true, ..attempt };
            rows.put_attempt(&attempt, &of.purchase)?;
            Ok(attempt)
        };
        wanted.insert(0, scope.run(double).await?);
    }
    let account = scope.account.clone();
    let read = scope.run(move |rows| rows.duplicates(&account, OPERATION)).await?;
    ensure(read == wanted, || format!("listed are {read:?}, and not {wanted:?}"))?;
    let (account, purchase) = (scope.account.clone(), entries[0].purchase.clone());
    let mut first = wanted.remove(0);
    first.duplicate = false;
    let change = move |rows: &mut dyn Rows| {
        rows.put_attempt(&first, &purchase)?;
        rows.duplicates(&account, OPERATION)
    };
    let read = scope.run(change).await?;
    ensure(read == wanted, || format!("listed are {read:?}, and not {wanted:?}"))
}

pub(super) async fn purge_deletes_what_is_over(store: &LedgerHandle) -> Result<(), Mismatch> {
    let (scope, other) = (Scope::new(store), Scope::new(store));
    let before = seconds_ago(30);
    let (mut kept, mut over) = (Vec::new(), Vec::new());
    for state in EntryState::ALL {
        for bits in 0..16_u8 {
            let [is_keyed, delivered, is_old, is_double] = [1, 2, 4, 8].map(|bit| bits & bit != 0);
            let request = format!("{state:?} {bits}");
            let purchase = scope.purchase(is_keyed.then_some(request.as_str()), &request);
            let add = move |rows: &mut dyn Rows| {
                let mut entry = add(rows, purchase, state)?;
                entry.delivered = delivered;
                // One that changed at this very time has not changed before it.
                entry.changed = if is_old { before - Duration::from_secs(1) } else { before };
                rows.update_entry(&entry)?;
                if is_double {
                    let attempt = new_attempt(rows, entry.id, 2, AttemptState::Task);
                    rows.put_attempt(&Attempt { duplicate: true, ..attempt }, &entry.purchase)?;
                }
                Ok(entry)
            };
            let entry = scope.run(add).await?;
            let is_over = (state.has_ended() && delivered) || (state == EntryState::Ready && !is_keyed);
            let list = if is_over && is_old && !is_double { &mut over } else { &mut kept };
            list.push(entry);
        }
    }
    let bystander = other.add(other.purchase(None, "Ready 0"), EntryState::Ready).await?;
    kept.push(other.change(bystander.id, |entry| entry.changed = UNIX_EPOCH + Duration::from_secs(1)).await?);
    for (limit, expected) in [(0, 0), (1, 1), (usize::MAX, over.len() as u64 - 1), (usize::MAX, 0)] {
        let account = scope.account.clone();
        let purged = scope.run(move |rows| rows.purge(&account, OPERATION, before, limit)).await?;
        ensure(purged == expected, || format!("with a limit of {limit} it says {purged}, and not {expected}"))?;
    }
    for (entry, is_kept) in kept.iter().map(|entry| (entry, true)).chain(over.iter().map(|entry| (entry, false))) {
        let of = entry.clone();
        let look = move |rows: &mut dyn Rows| {
            let Purchase { account, operation, key, .. } = &of.purchase;
            let mut found = vec![rows.entry(of.id)?.as_ref() == Some(&of)];
            if let Some(id) = of.attempt {
                found.push(rows.attempt(id)?.is_some());
            }
            if let Some(key) = key {
                found.push(rows.entry_by_key(account, operation, key)?.is_some());
            }
            if let Some(task) = &of.task {
                found.push(rows.attempt_by_task(account, operation, task)?.is_some());
            }
            Ok(found)
        };
        let found = scope.run(look).await?;
        let is_right = found.iter().all(|found| *found == is_kept);
        ensure(is_right, || format!("{entry:?} should be {}", if is_kept { "kept" } else { "deleted" }))?;
    }
    // Its key, its task and its attempt are as if they had never been.
    let again = over.iter().find(|entry| entry.purchase.key.is_some()).cloned();
    let Some(again) = again else { return Ok(()) };
    let repeat = move |rows: &mut dyn Rows| {
        let mut entry = add(rows, again.purchase.clone(), EntryState::Running)?;
        let mut attempt = found(rows.attempt(entry.attempt.unwrap_or(AttemptId(0)))?)?;
        attempt.task.clone_from(&again.task);
        entry.task = again.task;
        rows.update_entry(&entry)?;
        rows.put_attempt(&attempt, &entry.purchase)
    };
    scope.run(repeat).await
}

pub(super) async fn ids_are_not_reused(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let mut last = EntryId(0);
    for _ in 0..3 {
        let entry = scope.add(scope.purchase(None, "request"), EntryState::Ready).await?;
        ensure(entry.id > last, || format!("after {last:?} comes {:?}", entry.id))?;
        last = entry.id;
        let account = scope.account.clone();
        let purged = scope.run(move |rows| rows.purge(&account, OPERATION, SystemTime::now(), usize::MAX)).await?;
        ensure(purged == 1, || format!("it purged {purged}"))?;
    }
    Ok(())
}
