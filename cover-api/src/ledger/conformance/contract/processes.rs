//! Several processes on one store. Most of it holds for one as well.

use super::super::{LEASE, Mismatch, Suite, await_death, ensure};
use super::{OPERATION, Scope, add, found, new_attempt};
use crate::ledger::{
    Attempt, AttemptId, AttemptState, Charge, Entry, EntryState, Intended, Ledger, LedgerError, LedgerHandle, Rows,
    Terms, intend,
};

/// Records that this process posts.
pub(super) async fn post(store: &LedgerHandle, key: &str) -> Result<Attempt, Mismatch> {
    let scope = Scope::new(store);
    let purchase = scope.purchase(Some(key), key);
    let id = AttemptId::new();
    store.local().begin(id, None);
    let post = move |rows: &mut dyn Rows| {
        let entry = add(rows, purchase, EntryState::Ready)?;
        let attempt = Attempt { id, lease: Some(LEASE), ..new_attempt(rows, entry.id, 1, AttemptState::Posting) };
        rows.update_entry(&Entry { state: EntryState::Posting, attempt: Some(id), attempts: 1, ..entry.clone() })?;
        rows.put_attempt(&attempt, &entry.purchase)?;
        Ok(attempt)
    };
    scope.run(post).await
}

pub(super) async fn is_alive(store: &LedgerHandle, attempt: &Attempt) -> Result<bool, Mismatch> {
    let attempt = attempt.clone();
    Ok(store.run(move |rows| rows.is_alive(&attempt)).await?)
}

pub(super) async fn attempts_live_while_under_way(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    let own = &stores[0];
    let attempt = post(own, "own").await?;
    let name = own.run(|rows| Ok(rows.holder().to_owned())).await?;
    ensure(attempt.holder == name, || format!("this process is called {name}, and was {}", attempt.holder))?;
    ensure(is_alive(own, &attempt).await?, || "an attempt that is under way is dead".to_owned())?;
    for other in &stores[1..] {
        ensure(is_alive(other, &attempt).await?, || "another process's attempt is dead".to_owned())?;
    }
    own.local().finish(attempt.id);
    ensure(!is_alive(own, &attempt).await?, || "an attempt that was given up is alive".to_owned())?;
    for other in &stores[1..] {
        // Another process cannot know that it was given up.
        ensure(is_alive(other, &attempt).await?, || "the attempt of a living process is dead".to_owned())?;
    }
    Ok(())
}

pub(super) async fn commits_are_seen(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    for writer in stores {
        let scope = Scope::new(writer);
        let entry = scope.add(scope.purchase(Some("key"), "request"), EntryState::Running).await?;
        for reader in stores {
            let (account, id) = (scope.account.clone(), entry.id);
            let look = move |rows: &mut dyn Rows| {
                Ok((rows.entry(id)?, rows.entry_by_key(&account, OPERATION, "key")?.map(|entry| entry.id)))
            };
            let read = reader.run(look).await?;
            let is_same = read.0.as_ref() == Some(&entry) && read.1 == Some(id);
            ensure(is_same, || format!("one writes {entry:?}, and another reads {read:?}"))?;
        }
    }
    Ok(())
}

pub(super) async fn transactions_do_not_overlap(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    const ROUNDS: u32 = 25;
    let scope = Scope::new(&stores[0]);
    let entry = scope.add(scope.purchase(Some("key"), "request"), EntryState::Ready).await?;
    let count = move |rows: &mut dyn Rows| {
        let mut entry = found(rows.entry(entry.id)?)?;
        entry.attempts += 1;
        rows.update_entry(&entry)
    };
    // All are begun before any is awaited.
    let mut begun = Vec::new();
    for _ in 0..ROUNDS {
        begun.extend(stores.iter().map(|store| store.run(count)));
    }
    for one in begun {
        one.await?;
    }
    let wanted = ROUNDS * u32::try_from(stores.len()).unwrap_or(u32::MAX);
    let counted = scope.run(move |rows| Ok(found(rows.entry(entry.id)?)?.attempts)).await?;
    ensure(counted == wanted, || format!("{wanted} transactions counted to {counted}"))
}

pub(super) async fn one_intent_wins(stores: &[LedgerHandle]) -> Result<(), Mismatch> {
    for (round, key) in [None, Some("key")].into_iter().cycle().take(10).enumerate() {
        let scope = Scope::new(&stores[0]);
        let purchase = scope.purchase(key, "request");
        let mut begun = Vec::new();
        for store in stores.iter().chain(stores) {
            let (purchase, id) = (purchase.clone(), AttemptId::new());
            store.local().begin(id, None);
            begun.push(
                store.run(move |rows| intend(rows, &purchase, None, Terms::default(), &Charge::default(), id, LEASE)),
            );
        }
        begun.rotate_left(round % stores.len());
        let mut recorded = 0;
        for one in begun {
            recorded += usize::from(matches!(one.await?, Intended::Recorded { .. }));
        }
        ensure(recorded == 1, || format!("{recorded} equal intents were recorded"))?;
    }
    Ok(())
}

pub(super) async fn holders_die<F, L>(suite: &Suite<F>, stores: &[LedgerHandle]) -> Result<(), Mismatch>
where
    F: AsyncFn() -> Result<L, LedgerError>,
    L: Ledger,
{
    let mortal = suite.open().await?;
    let attempt = post(&mortal, "mortal").await?;
    ensure(is_alive(&stores[0], &attempt).await?, || "the attempt of a living process is dead".to_owned())?;
    drop(mortal);
    let successor = suite.open().await?;
    await_death(&successor, &attempt).await?;
    for store in stores {
        ensure(!is_alive(store, &attempt).await?, || "a process that has ended is alive to another".to_owned())?;
    }
    let nobody = Attempt { holder: "nobody".to_owned(), ..attempt };
    ensure(!is_alive(&stores[0], &nobody).await?, || "a holder that never was is alive".to_owned())
}
