//! Checks each promise of [`Rows`] and [`Ledger`].

mod again;
mod answers;
mod lists;
mod processes;
mod rows;
mod spending;
mod work;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use self::again::{
    consent_is_for_one_attempt, consents_are_taken_back_in_turn, failures_are_counted, failures_are_remembered,
    purged_entries_are_not_replaced,
};
use self::answers::{
    answers_are_deleted_with_their_entry, answers_are_kept_until_received, answers_are_read_as_written,
};
use self::lists::{
    duplicates_are_listed, ids_are_not_reused, lists_are_complete, open_entries_are_found, purge_deletes_what_is_over,
};
use self::processes::{
    attempts_live_while_under_way, commits_are_seen, holders_die, one_intent_wins, transactions_do_not_overlap,
};
use self::rows::{
    attempts_are_read_as_written, entries_are_read_as_written, fingerprints_are_unique, keys_are_unique,
    names_are_exact, nothing_is_found, scopes_are_apart, tasks_are_unique,
};
use self::spending::{failed_work_spends_nothing, spending_is_counted, spending_outlasts_a_purge};
use self::work::{dropped_work_is_run, failed_work_leaves_nothing, work_is_in_order};
use super::{Mismatch, Suite, SuiteError, account, ensure};
use crate::ledger::{
    Attempt, AttemptId, AttemptState, Entry, EntryId, EntryState, Fingerprint, Ledger, LedgerError, LedgerHandle,
    Purchase, Rows, TaskSource,
};

const OPERATION: &str = "cover";

pub(super) async fn check<F, L>(suite: &Suite<F>) -> Result<(), SuiteError>
where
    F: AsyncFn() -> Result<L, LedgerError>,
    L: Ledger,
{
    let failed = |promise: &str, what: Mismatch| SuiteError {
        seed: None,
        what: format!("broken promise: {promise}: {}", what.0),
        history: Vec::new(),
    };
    let stores = suite.open_all().await.map_err(|what| failed("a holder is unique", what))?;
    let store = &stores[0];
    // `promise: check`, in the order in which a new store learns to keep them.
    macro_rules! check {
        ($($promise:literal: $check:expr,)*) => {
            $($check.await.map_err(|what| failed($promise, what))?;)*
        };
    }
    check! {
        "an entry is read as it was written": entries_are_read_as_written(store),
        "an attempt is read as it was written": attempts_are_read_as_written(store),
        "missing rows are not found": nothing_is_found(store),
        "keys and tasks are compared exactly": names_are_exact(store),
        "accounts and operations see nothing of each other": scopes_are_apart(store),
        "a key is unique": keys_are_unique(store),
        "one of equal entries without a key is open": fingerprints_are_unique(store),
        "a task is of one attempt and one entry": tasks_are_unique(store),
        "nothing of failed work is kept": failed_work_leaves_nothing(store),
        "work is run in the order of the calls": work_is_in_order(store),
        "work is run although its future is dropped": dropped_work_is_run(store),
        "equal open entries are found": open_entries_are_found(store),
        "lists have what their filter says, in pages": lists_are_complete(store),
        "duplicates are listed in the order of their entries": duplicates_are_listed(store),
        "a purge deletes what is over, and nothing else": purge_deletes_what_is_over(store),
        "an id of an entry is never used again": ids_are_not_reused(store),
        "an attempt that is under way is alive": attempts_live_while_under_way(&stores),
        "what one process commits, all see": commits_are_seen(&stores),
        "transactions do not overlap": transactions_do_not_overlap(&stores),
        "one of several processes records its intent": one_intent_wins(&stores),
        "a consent is for one attempt": consent_is_for_one_attempt(store),
        "consents are withdrawn in turn": consents_are_taken_back_in_turn(store),
        "a task that failed is remembered": failures_are_remembered(store),
        "failures are counted": failures_are_counted(store),
        "an answer is read as it was written": answers_are_read_as_written(store),
        "answers are deleted with their entry": answers_are_deleted_with_their_entry(store),
        "an answer is kept until a caller has it": answers_are_kept_until_received(store),
        "what an account spends is counted by process and by minute": spending_is_counted(&stores),
        "failed work spends nothing": failed_work_spends_nothing(store),
        "a purge does not change what was spent": spending_outlasts_a_purge(store),
        "a purged entry is not replaced by a send that waited": purged_entries_are_not_replaced(store),
    }
    if stores.len() > 1 {
        check! { "a holder is dead when its process has ended": holders_die(suite, &stores), }
    }
    Ok(())
}

/// One account of the store.
struct Scope<'a> {
    store: &'a LedgerHandle,
    account: String,
}

impl<'a> Scope<'a> {
    fn new(store: &'a LedgerHandle) -> Self {
        Self { store, account: account("contract") }
    }

    fn purchase(&self, key: Option<&str>, request: &str) -> Purchase {
        Purchase {
            account: self.account.clone(),
            operation: OPERATION.to_owned(),
            key: key.map(str::to_owned),
            fingerprint: Fingerprint::new(OPERATION, request.as_bytes()),
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut dyn Rows) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, Mismatch> {
        Ok(self.store.run(work).await?)
    }

    /// Adds an entry in this state, with the attempt and the task that it takes.
    async fn add(&self, purchase: Purchase, state: EntryState) -> Result<Entry, Mismatch> {
        self.run(move |rows| add(rows, purchase, state)).await
    }

    /// Changes a stored entry.
    async fn change(&self, id: EntryId, change: impl FnOnce(&mut Entry) + Send + 'static) -> Result<Entry, Mismatch> {
        let changed = move |rows: &mut dyn Rows| {
            let mut entry = found(rows.entry(id)?)?;
            change(&mut entry);
            rows.update_entry(&entry)?;
            Ok(entry)
        };
        self.run(changed).await
    }

    /// Does what the store must refuse. A transaction of its own, since some stores do no more in one that has failed.
    async fn refuses(
        &self,
        what: &str,
        work: impl FnOnce(&mut dyn Rows) -> Result<(), LedgerError> + Send + 'static,
    ) -> Result<(), Mismatch> {
        let result = self.store.run(work).await;
        ensure(result.is_err(), || format!("the store accepted {what}"))
    }
}

fn found<T>(row: Option<T>) -> Result<T, LedgerError> {
    row.ok_or_else(|| LedgerError::unavailable("it does not find what was written"))
}

/// A time that any store can write down.
fn seconds_ago(seconds: u64) -> SystemTime {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    UNIX_EPOCH + Duration::from_secs(now - seconds)
}

fn new_entry(purchase: Purchase, state: EntryState) -> Entry {
    Entry { state, changed: seconds_ago(50), ..Entry::new(purchase, seconds_ago(100)) }
}

fn new_attempt(rows: &mut dyn Rows, entry: EntryId, number: u32, state: AttemptState) -> Attempt {
    let is_task = state == AttemptState::Task;
    let id = AttemptId::new();
    Attempt {
        id,
        entry,
        number,
        supersedes: None,
        holder: rows.holder().to_owned(),
        state,
        task: is_task.then(|| format!("task of {id}")),
        source: is_task.then_some(TaskSource::Reply),
        duplicate: false,
        hint: None,
        evidence: None,
        started: seconds_ago(75),
        cost: None,
    }
}

fn add(rows: &mut dyn Rows, purchase: Purchase, state: EntryState) -> Result<Entry, LedgerError> {
    let mut entry = new_entry(purchase, EntryState::Ready);
    entry.id = rows.insert_entry(&entry)?;
    let of_attempt = match state {
        EntryState::Ready => return Ok(entry),
        EntryState::Posting => AttemptState::Posting,
        EntryState::Unknown => AttemptState::Unknown,
        EntryState::Running | EntryState::Done | EntryState::Failed => AttemptState::Task,
    };
    let attempt = new_attempt(rows, entry.id, 1, of_attempt);
    (entry.state, entry.attempt, entry.attempts) = (state, Some(attempt.id), 1);
    entry.task.clone_from(&attempt.task);
    rows.update_entry(&entry)?;
    rows.put_attempt(&attempt, &entry.purchase)?;
    Ok(entry)
}
