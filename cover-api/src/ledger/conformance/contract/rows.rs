//! Rows are read as they were written, and what is unique stays so.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime};

use cover_spec::tables::Credits;

use super::super::{Mismatch, account, ensure};
use super::{OPERATION, Scope, add, found, new_attempt, new_entry, seconds_ago};
use crate::ledger::{
    Attempt, AttemptId, AttemptState, Entry, EntryId, EntryState, Filter, Fingerprint, LedgerHandle, Purchase, Rows,
    TaskSource,
};

pub(super) async fn entries_are_read_as_written(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    for (number, state) in EntryState::ALL.into_iter().enumerate() {
        for key in [None, Some(format!("ключ '{number}\" %_;\n"))] {
            let purchase = scope.purchase(key.as_deref(), &format!("{number}"));
            let entry = scope.add(purchase, state).await?;
            let written = scope
                .change(entry.id, move |entry| {
                    entry.purchase.fingerprint.version = u16::MAX;
                    entry.purchase.fingerprint.digest[31] ^= 0xff;
                    entry.attempts = 70_000;
                    entry.cost = Some(Credits::from_thousandths(12_345));
                    entry.consent = state == EntryState::Unknown;
                    entry.delivered = state.has_task();
                    entry.status = state.has_ended().then(|| "ВСЁ 'ended'\n".to_owned());
                    entry.changed = seconds_ago(7);
                })
                .await?;
            let read = scope.run(move |rows| rows.entry(entry.id)).await?;
            ensure(read.as_ref() == Some(&written), || format!("{written:?} is read as {read:?}"))?;
            if let Some(key) = key {
                let account = scope.account.clone();
                let read = scope.run(move |rows| rows.entry_by_key(&account, OPERATION, &key)).await?;
                ensure(read.as_ref() == Some(&written), || format!("by its key, {written:?} is read as {read:?}"))?;
            }
        }
    }
    Ok(())
}

pub(super) async fn attempts_are_read_as_written(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let purchase = scope.purchase(Some("key"), "request");
    let entry = scope.add(purchase.clone(), EntryState::Ready).await?;
    for (number, state) in (1..).zip(AttemptState::ALL) {
        for is_high in [false, true] {
            let (of, account) = (purchase.clone(), scope.account.clone());
            let write = move |rows: &mut dyn Rows| {
                let mut attempt = new_attempt(rows, entry.id, number, AttemptState::Posting);
                if is_high {
                    attempt.id = AttemptId(!attempt.id.0);
                }
                rows.put_attempt(&attempt, &of)?;
                attempt.state = state;
                if state == AttemptState::Task {
                    attempt.task = Some(format!("задача '{number}\" {is_high}"));
                    attempt.source = Some(if is_high { TaskSource::Claim } else { TaskSource::Operator });
                    attempt.duplicate = is_high;
                }
                attempt.hint = Some("hint '\"\n".to_owned());
                attempt.supersedes = is_high.then(AttemptId::new);
                attempt.cost = is_high.then_some(Credits::MAX);
                attempt.lease = is_high.then_some(Duration::from_millis(1_234_567));
                attempt.evidence = is_high.then(|| "доказательство".to_owned());
                rows.put_attempt(&attempt, &of)?;
                Ok(attempt)
            };
            let written = scope.run(write).await?;
            let id = written.id;
            let read = scope.run(move |rows| rows.attempt(id)).await?;
            ensure(read.as_ref() == Some(&written), || format!("{written:?} is read as {read:?}"))?;
            if let Some(task) = written.task.clone() {
                let read = scope.run(move |rows| rows.attempt_by_task(&account, OPERATION, &task)).await?;
                ensure(read.as_ref() == Some(&written), || format!("by its task, {written:?} is read as {read:?}"))?;
            }
        }
    }
    Ok(())
}

pub(super) async fn nothing_is_found(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let account = scope.account.clone();
    let look = move |rows: &mut dyn Rows| {
        let found = rows.entry(EntryId(i64::MAX))?.is_some()
            || rows.entry_by_key(&account, OPERATION, "key")?.is_some()
            || rows.attempt(AttemptId::new())?.is_some()
            || rows.attempt_by_task(&account, OPERATION, "task")?.is_some();
        let listed = rows.open_entries(&account, OPERATION, &Fingerprint::new("", b""))?.len()
            + rows.entries(&account, OPERATION, Filter::Open, EntryId(0), 9)?.len()
            + rows.operations(&account)?.len()
            + rows.duplicates(&account, OPERATION)?.len();
        Ok(found || listed > 0 || rows.purge(&account, OPERATION, SystemTime::now(), usize::MAX)? > 0)
    };
    let is_found = scope.run(look).await?;
    ensure(!is_found, || "a new account has something".to_owned())
}

pub(super) async fn names_are_exact(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let names = ["a", "A", "a ", " a", "", "ä", "a\u{308}", "1", "01", "1.0"];
    let mut ids = Vec::new();
    for name in names {
        let purchase = scope.purchase(Some(name), name);
        let write = move |rows: &mut dyn Rows| {
            let mut entry = add(rows, purchase, EntryState::Posting)?;
            let mut attempt = found(rows.attempt(entry.attempt.unwrap_or(AttemptId(0)))?)?;
            (attempt.task, attempt.source) = (Some(name.to_owned()), Some(TaskSource::Reply));
            attempt.state = AttemptState::Task;
            (entry.task, entry.state) = (Some(name.to_owned()), EntryState::Running);
            rows.update_entry(&entry)?;
            rows.put_attempt(&attempt, &entry.purchase)?;
            Ok((entry.id, attempt.id))
        };
        ids.push(scope.run(write).await?);
    }
    for (name, (entry, attempt)) in names.into_iter().zip(ids) {
        let account = scope.account.clone();
        let look = move |rows: &mut dyn Rows| {
            let by_key = rows.entry_by_key(&account, OPERATION, name)?.map(|entry| entry.id);
            let by_task = rows.attempt_by_task(&account, OPERATION, name)?.map(|attempt| attempt.id);
            Ok((by_key, by_task))
        };
        let read = scope.run(look).await?;
        ensure(read == (Some(entry), Some(attempt)), || format!("`{name}` is taken for another name"))?;
    }
    Ok(())
}

pub(super) async fn scopes_are_apart(store: &LedgerHandle) -> Result<(), Mismatch> {
    let base = account("contract");
    // Some of them would be one, if account and operation ran into each other.
    let scopes = [("", "ab"), ("a", "b"), ("ab", ""), ("A", "b"), ("a", "B")];
    let scopes = scopes.map(|(account, operation)| (format!("{base}{account}"), operation.to_owned()));
    let mut ids = Vec::new();
    for (account, operation) in scopes.clone() {
        let write = move |rows: &mut dyn Rows| {
            let (account, operation) = (account.clone(), operation.clone());
            let fingerprint = Fingerprint::new("", b"");
            let purchase = Purchase { account, operation, key: Some("key".to_owned()), fingerprint };
            let mut entry = add(rows, purchase.clone(), EntryState::Running)?;
            let mut attempt = found(rows.attempt(entry.attempt.unwrap_or(AttemptId(0)))?)?;
            entry.task = Some("task".to_owned());
            attempt.task.clone_from(&entry.task);
            rows.update_entry(&entry)?;
            rows.put_attempt(&attempt, &purchase)?;
            let mut double = new_attempt(rows, entry.id, 2, AttemptState::Task);
            (double.task, double.duplicate) = (Some("double".to_owned()), true);
            rows.put_attempt(&double, &purchase)?;
            let open = add(rows, Purchase { key: None, ..purchase }, EntryState::Unknown)?;
            Ok((entry.id, attempt.id, double.id, open.id))
        };
        ids.push(store.run(write).await?);
    }
    for (account, _) in &scopes {
        let of_account = scopes.iter().filter(|(other, _)| other == account);
        let wanted: BTreeSet<String> = of_account.map(|(_, operation)| operation.clone()).collect();
        let of = account.clone();
        let read = store.run(move |rows| rows.operations(&of)).await?;
        let is_right = read.len() == wanted.len() && read.iter().all(|operation| wanted.contains(operation));
        ensure(is_right, || format!("{account} has the operations {read:?}, and not {wanted:?}"))?;
    }
    for ((account, operation), wanted) in scopes.into_iter().zip(ids) {
        let look = move |rows: &mut dyn Rows| {
            let (account, operation) = (account.as_str(), operation.as_str());
            let print = Fingerprint::new("", b"");
            let by_key = rows.entry_by_key(account, operation, "key")?.map(|entry| entry.id);
            let by_task = rows.attempt_by_task(account, operation, "task")?.map(|attempt| attempt.id);
            let doubles = rows.duplicates(account, operation)?.iter().map(|attempt| attempt.id).collect::<Vec<_>>();
            let mut lists = vec![rows.open_entries(account, operation, &print)?];
            for filter in [Filter::Open, Filter::Unfinished] {
                lists.push(rows.entries(account, operation, filter, EntryId(0), 100)?);
            }
            let lists = lists.iter().map(|list| list.iter().map(|entry| entry.id).collect::<Vec<_>>());
            Ok((by_key, by_task, doubles, lists.collect::<Vec<_>>()))
        };
        let read = store.run(look).await?;
        let (entry, attempt, double, open) = wanted;
        let wanted = (Some(entry), Some(attempt), vec![double], vec![vec![open], vec![open], vec![entry]]);
        ensure(read == wanted, || format!("one has {read:?}, and not {wanted:?}"))?;
    }
    Ok(())
}

pub(super) async fn keys_are_unique(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let first = scope.add(scope.purchase(Some("key"), "one"), EntryState::Ready).await?;
    let second = scope.purchase(Some("key"), "two");
    let insert = move |rows: &mut dyn Rows| rows.insert_entry(&new_entry(second, EntryState::Ready)).map(|_| ());
    scope.refuses("a second entry of a key", insert).await?;
    let account = scope.account.clone();
    let read = scope.run(move |rows| rows.entry_by_key(&account, OPERATION, "key")).await?;
    ensure(read.as_ref() == Some(&first), || format!("after a refusal, {first:?} is {read:?}"))
}

pub(super) async fn fingerprints_are_unique(store: &LedgerHandle) -> Result<(), Mismatch> {
    for (open, other) in [EntryState::Posting, EntryState::Unknown]
        .into_iter()
        .flat_map(|state| [(state, EntryState::Posting), (state, EntryState::Unknown)])
    {
        let scope = Scope::new(store);
        let equal = scope.purchase(None, "equal");
        let first = scope.add(equal.clone(), open).await?;
        let second = equal.clone();
        let insert = move |rows: &mut dyn Rows| rows.insert_entry(&new_entry(second, other)).map(|_| ());
        scope.refuses("a second open entry, when it is added", insert).await?;
        // None of these is a second one of its kind.
        let mut later = equal.clone();
        later.fingerprint.version += 1;
        scope.add(later, other).await?;
        scope.add(scope.purchase(Some("key"), "equal"), other).await?;
        scope.add(scope.purchase(None, "different"), other).await?;
        scope.add(equal.clone(), EntryState::Running).await?;
        scope.add(equal.clone(), EntryState::Ready).await?;
        let ready = scope.add(equal.clone(), EntryState::Ready).await?;
        let update = move |rows: &mut dyn Rows| {
            let attempt = new_attempt(rows, ready.id, 1, AttemptState::Posting);
            rows.update_entry(&Entry { state: other, attempt: Some(attempt.id), attempts: 1, ..ready })
        };
        scope.refuses("a second open entry, when it is changed", update).await?;
        // Consent takes an entry out of the way, and must not be taken back.
        scope.change(first.id, |entry| entry.consent = true).await?;
        scope.add(equal, other).await?;
        let revoke = move |rows: &mut dyn Rows| rows.update_entry(&first);
        scope.refuses("a second open entry, whose consent is taken back", revoke).await?;
    }
    Ok(())
}

pub(super) async fn tasks_are_unique(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let first = scope.add(scope.purchase(Some("one"), "one"), EntryState::Running).await?;
    let second = scope.add(scope.purchase(Some("two"), "two"), EntryState::Running).await?;
    let (task, of) = (first.task.clone(), second.clone());
    let update = move |rows: &mut dyn Rows| rows.update_entry(&Entry { task, ..of });
    scope.refuses("a task of two entries", update).await?;
    let (task, of) = (first.task.clone(), second.clone());
    let replace = move |rows: &mut dyn Rows| {
        let mut attempt = found(rows.attempt(of.attempt.unwrap_or(AttemptId(0)))?)?;
        attempt.task = task;
        rows.put_attempt(&attempt, &of.purchase)
    };
    scope.refuses("a task of two attempts, when one is replaced", replace).await?;
    let (task, of) = (first.task.clone(), first.clone());
    let put = move |rows: &mut dyn Rows| {
        let attempt = new_attempt(rows, of.id, 2, AttemptState::Task);
        rows.put_attempt(&Attempt { task, duplicate: true, ..attempt }, &of.purchase)
    };
    scope.refuses("a task of two attempts of an entry, when one is added", put).await?;
    for entry in [first, second] {
        let account = scope.account.clone();
        let task = entry.task.clone().unwrap_or_default();
        let look = move |rows: &mut dyn Rows| Ok(rows.attempt_by_task(&account, OPERATION, &task)?.map(|one| one.id));
        let owner = scope.run(look).await?;
        ensure(owner == entry.attempt, || format!("after a refusal, {entry:?} is of {owner:?}"))?;
    }
    Ok(())
}
