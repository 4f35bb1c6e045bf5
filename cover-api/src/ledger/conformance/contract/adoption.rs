//! Who waits for a task, and how other processes adopt it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{DEATH, Mismatch, Suite, ensure};
use super::{OPERATION, Scope, add, found, new_attempt};
use crate::ledger::{
    AttemptState, Entry, EntryId, EntryState, Ledger, LedgerError, LedgerHandle, Rows, Settlement, TaskSource, adopt,
    deliver, end, hand_over, hand_over_all, lose, may_wait, settle,
};

const GONE: &str = "a process that has gone";

/// Adds an entry in this state with this waiter.
async fn add_with(
    scope: &Scope<'_>,
    key: &str,
    state: EntryState,
    waiter: Option<String>,
) -> Result<EntryId, Mismatch> {
    let purchase = scope.purchase(Some(key), key);
    let entry = move |rows: &mut dyn Rows| {
        let entry = Entry { waiter, ..add(rows, purchase, state)? };
        rows.update_entry(&entry)?;
        Ok(entry.id)
    };
    scope.run(entry).await
}

async fn name_of(store: &LedgerHandle) -> Result<String, Mismatch> {
    Ok(store.run(|rows| Ok(rows.holder().to_owned())).await?)
}

async fn adopts(store: &LedgerHandle, scope: &Scope<'_>, limit: usize) -> Result<Vec<EntryId>, Mismatch> {
    let account = scope.account.clone();
    let adopted = store.run(move |rows| adopt(rows, &account, OPERATION, limit)).await?;
    Ok(adopted.iter().map(|entry| entry.id).collect())
}

async fn waiter_of(scope: &Scope<'_>, id: EntryId) -> Result<Option<String>, Mismatch> {
    scope.run(move |rows| Ok(found(rows.entry(id)?)?.waiter)).await
}

pub(super) async fn waiters_are_found(store: &LedgerHandle) -> Result<(), Mismatch> {
    let scope = Scope::new(store);
    let [one, two] = ["one", "two"].map(|name| Some(name.to_owned()));
    let mut ids = Vec::new();
    for (key, waiter) in [("a", &one), ("b", &two), ("c", &one), ("d", &None), ("e", &one)] {
        ids.push(add_with(&scope, key, EntryState::Running, waiter.clone()).await?);
    }
    for (key, state) in [("f", EntryState::Done), ("g", EntryState::Unknown), ("h", EntryState::Posting)] {
        add_with(&scope, key, state, Some("none of running entries".to_owned())).await?;
    }
    add_with(&Scope::new(store), "a", EntryState::Running, Some("another account".to_owned())).await?;
    let account = scope.account.clone();
    let read = move |rows: &mut dyn Rows| {
        let waiters = rows.waiters(&account)?;
        let mut waiting = |operation, waiter, limit| -> Result<Vec<EntryId>, LedgerError> {
            let entries = rows.waiting(&account, operation, waiter, limit)?;
            Ok(entries.iter().map(|entry| entry.id).collect())
        };
        let of_one = [waiting(OPERATION, Some("one"), 9)?, waiting(OPERATION, Some("one"), 2)?];
        Ok((waiters, of_one, waiting(OPERATION, None, 9)?, waiting("another operation", Some("one"), 9)?))
    };
    let (waiters, of_one, of_nobody, elsewhere) = scope.run(read).await?;
    let distinct: BTreeSet<_> = waiters.iter().cloned().collect();
    let is_right = waiters.len() == 3 && distinct == BTreeSet::from([one, two, None]);
    ensure(is_right, || format!("the waiters are one, two and nobody, and not {waiters:?}"))?;
    let wanted = [vec![ids[0], ids[2], ids[4]], vec![ids[0], ids[2]]];
    ensure(of_one == wanted, || format!("one waits for {wanted:?}, and not {of_one:?}"))?;
    ensure(of_nobody == [ids[3]] && elsewhere.is_empty(), || format!("{of_nobody:?}, {elsewhere:?}"))
}

pub(super) async fn tasks_belong_to_their_sender(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    let scope = Scope::new(&stores[0]);
    let own = name_of(&stores[0]).await?;
    for (number, settler) in stores.iter().enumerate() {
        let purchase = scope.purchase(Some(&number.to_string()), "request");
        let post = move |rows: &mut dyn Rows| {
            let entry = add(rows, purchase, EntryState::Ready)?;
            let attempt = new_attempt(rows, entry.id, 1, AttemptState::Posting);
            rows.update_entry(&Entry { state: EntryState::Posting, attempt: Some(attempt.id), ..entry.clone() })?;
            rows.put_attempt(&attempt, &entry.purchase)?;
            Ok((entry.id, attempt.id))
        };
        let (entry, attempt) = scope.run(post).await?;
        let settlement = Settlement::Task { task: format!("task-{number}"), source: TaskSource::Claim };
        settler.run(move |rows| settle(rows, attempt, &settlement)).await?;
        let waiter = waiter_of(&scope, entry).await?;
        ensure(waiter.as_ref() == Some(&own), || format!("{own} has sent it, and {waiter:?} waits for it"))?;
    }
    Ok(())
}

pub(super) async fn only_abandoned_tasks_are_adopted(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    let scope = Scope::new(&stores[0]);
    let (gone, own) = (Some(GONE.to_owned()), name_of(&stores[0]).await?);
    let mut left = Vec::new();
    for state in EntryState::ALL.into_iter().filter(|state| *state != EntryState::Running) {
        left.push((add_with(&scope, state.name(), state, gone.clone()).await?, gone.clone()));
    }
    for (number, store) in stores.iter().enumerate() {
        let waiter = Some(name_of(store).await?);
        left.push((add_with(&scope, &number.to_string(), EntryState::Running, waiter.clone()).await?, waiter));
    }
    let mut abandoned = BTreeSet::new();
    for (key, waiter) in [("gone", gone.clone()), ("nobody", None), ("gone too", gone)] {
        abandoned.insert(add_with(&scope, key, EntryState::Running, waiter).await?);
    }
    let first = adopts(&stores[0], &scope, 2).await?;
    let second = adopts(&stores[0], &scope, 9).await?;
    ensure(first.len() == 2 && second.len() == 1, || format!("at most 2, then the rest: {first:?}, {second:?}"))?;
    let adopted: BTreeSet<EntryId> = first.into_iter().chain(second).collect();
    ensure(adopted == abandoned, || format!("{abandoned:?} were abandoned, and {adopted:?} were adopted"))?;
    for id in adopted {
        left.push((id, Some(own.clone())));
    }
    for (id, wanted) in left {
        let waiter = waiter_of(&scope, id).await?;
        ensure(waiter == wanted, || format!("{wanted:?} waits for {id:?}, and not {waiter:?}"))?;
    }
    Ok(())
}

pub(super) async fn adopted_tasks_are_of_one_process(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    const TASKS: usize = 40;
    let scope = Scope::new(&stores[0]);
    for number in 0..TASKS {
        add_with(&scope, &number.to_string(), EntryState::Running, Some(GONE.to_owned())).await?;
    }
    let mut adopted = BTreeMap::new();
    while adopted.len() < TASKS {
        let account = &scope.account;
        let begin = |store: &LedgerHandle| {
            let account = account.clone();
            store.run(move |rows| Ok((rows.holder().to_owned(), adopt(rows, &account, OPERATION, 7)?)))
        };
        let begun: Vec<_> = stores.iter().map(begin).collect();
        let before = adopted.len();
        for one in begun {
            let (process, entries) = one.await?;
            for entry in entries {
                let twice = adopted.insert(entry.id, process.clone());
                ensure(twice.is_none(), || format!("{process} and {twice:?} have adopted {:?}", entry.id))?;
            }
        }
        ensure(adopted.len() > before, || format!("{before} of {TASKS} tasks are adopted, and no more"))?;
    }
    for (id, process) in adopted {
        let waiter = waiter_of(&scope, id).await?;
        ensure(waiter.as_ref() == Some(&process), || format!("{process} has adopted {id:?}, and {waiter:?} waits"))?;
    }
    Ok(())
}

pub(super) async fn handed_over_tasks_are_adopted(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    let scope = Scope::new(&stores[0]);
    let own = name_of(&stores[0]).await?;
    let mut ids = Vec::new();
    for key in ["a", "b", "c", "d"] {
        ids.push(add_with(&scope, key, EntryState::Running, Some(own.clone())).await?);
    }
    let other = stores.last().unwrap_or(&stores[0]);
    let adopted = adopts(other, &scope, 9).await?;
    ensure(adopted.is_empty(), || format!("{adopted:?} were not handed over"))?;
    let listed = ids[1..3].to_vec();
    scope.run(move |rows| hand_over(rows, &listed)).await?;
    let adopted = adopts(other, &scope, 9).await?;
    ensure(adopted == ids[1..3], || format!("{adopted:?} were adopted, and not {:?}", &ids[1..3]))?;
    let of_other = add_with(&scope, "e", EntryState::Running, Some(GONE.to_owned())).await?;
    let account = scope.account.clone();
    scope.run(move |rows| hand_over_all(rows, &account, 9).map(drop)).await?;
    let is_alone = stores.len() == 1;
    for (id, is_handed_over) in [(ids[0], true), (ids[1], is_alone), (ids[3], true), (of_other, false)] {
        let waiter = waiter_of(&scope, id).await?;
        ensure(waiter.is_none() == is_handed_over, || format!("{waiter:?} waits for {id:?}"))?;
    }
    // A process that goes on becomes the waiter again.
    let (account, task) = (scope.account.clone(), scope.run(task_of(ids[0])).await?);
    let waits = scope.run(move |rows| may_wait(rows, &account, OPERATION, &task, true)).await?;
    let waiter = waiter_of(&scope, ids[0]).await?;
    ensure(waits && waiter == Some(own), || format!("{waiter:?} waits for {:?}", ids[0]))
}

fn task_of(id: EntryId) -> impl FnOnce(&mut dyn Rows) -> Result<String, LedgerError> + Clone + Send + 'static {
    move |rows| found(found(rows.entry(id)?)?.task)
}

pub(super) async fn reports_of_former_waiters_change_nothing(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    let scope = Scope::new(&stores[0]);
    let elsewhere = Some("another process".to_owned());
    let id = add_with(&scope, "key", EntryState::Running, elsewhere.clone()).await?;
    let (account, task) = (scope.account.clone(), scope.run(task_of(id)).await?);
    let report = move |rows: &mut dyn Rows| {
        let before = found(rows.entry(id)?)?;
        deliver(rows, id, &task, true)?;
        end(rows, &account, OPERATION, &task, EntryState::Failed, "FAILED", true)?;
        lose(rows, &account, OPERATION, &task, true)?;
        let waits = may_wait(rows, &account, OPERATION, &task, true)?;
        let after = found(rows.entry(id)?)?;
        Ok((before, after, waits))
    };
    let (before, after, waits) = scope.run(report).await?;
    ensure(before == after && !waits, || format!("{before:?} became {after:?}"))?;
    let attempt = scope.run(move |rows| found(found(rows.entry(id)?)?.attempt)).await?;
    let evidence = move |rows: &mut dyn Rows| {
        let entry = found(rows.entry(id)?)?;
        let claimed = found(rows.attempt(attempt)?)?;
        rows.put_attempt(&crate::ledger::Attempt { source: Some(TaskSource::Claim), ..claimed }, &entry.purchase)?;
        let settlement = Settlement::Task { task: found(entry.task)?, source: TaskSource::Reply };
        settle(rows, attempt, &settlement)?;
        Ok((found(rows.attempt(attempt)?)?.source, found(rows.entry(id)?)?))
    };
    let (source, entry) = scope.run(evidence).await?;
    let is_recorded = source == Some(TaskSource::Reply) && entry.waiter == elsewhere;
    ensure(is_recorded, || format!("a reply is recorded, and changes no waiter: {source:?}, {entry:?}"))
}

pub(super) async fn processes_stay_present<F, L>(suite: &Suite<F>, stores: &[LedgerHandle]) -> Result<(), Mismatch>
where
    F: AsyncFn() -> Result<L, LedgerError>,
    L: Ledger,
{
    let is_present = async |store: &LedgerHandle, name: &str| -> Result<bool, Mismatch> {
        let name = name.to_owned();
        Ok(store.run(move |rows| rows.is_present(&name)).await?)
    };
    let mortal = suite.open().await?;
    let name = name_of(&mortal).await?;
    for store in stores.iter().chain([&mortal]) {
        ensure(is_present(store, &name).await?, || "a living process is absent".to_owned())?;
        ensure(!is_present(store, GONE).await?, || "a process that never was is present".to_owned())?;
    }
    drop(mortal);
    let left = std::time::Instant::now();
    for store in stores {
        while is_present(store, &name).await? {
            ensure(left.elapsed() < DEATH, || "a process has ended, and is present".to_owned())?;
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
        }
    }
    Ok(())
}
