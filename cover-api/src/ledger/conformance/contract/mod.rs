//! Checks each promise of [`Rows`] and [`Ledger`].

mod adoption;
mod again;
mod answers;
mod budgets;
mod leases;
mod lists;
mod messages;
mod processes;
mod rows;
mod spending;
mod work;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use self::adoption::{
    adopted_tasks_are_of_one_process, handed_over_tasks_are_adopted, only_abandoned_tasks_are_adopted,
    processes_stay_present, reports_of_former_waiters_change_nothing, tasks_belong_to_their_sender, waiters_are_found,
};
use self::again::{
    consent_is_for_one_attempt, consents_are_taken_back_in_turn, failures_are_counted, failures_are_remembered,
    purged_entries_are_not_replaced,
};
use self::answers::{
    answers_are_deleted_with_their_entry, answers_are_kept_until_received, answers_are_read_as_written,
};
use self::budgets::{budgets_are_changed_in_turn, budgets_are_read_as_written, failed_work_changes_no_budget};
use self::leases::{
    leases_end_with_an_outcome, leases_end_with_their_process, leases_hold_decisions_back, leases_run_out,
};
use self::lists::{
    duplicates_are_listed, ids_are_not_reused, lists_are_complete, open_entries_are_found, purge_deletes_what_is_over,
};
use self::messages::{
    an_attempt_has_one_message, messages_are_deleted, messages_are_taken_once, processes_are_present,
};
use self::processes::{
    attempts_live_while_under_way, commits_are_seen, holders_die, one_intent_wins, transactions_do_not_overlap,
};
use self::rows::{
    attempts_are_read_as_written, entries_are_read_as_written, fingerprints_are_unique, keys_are_unique,
    names_are_exact, nothing_is_found, scopes_are_apart, tasks_are_unique,
};
use self::spending::{failed_work_spends_nothing, spending_is_counted, spending_outlasts_a_purge};
use self::work::{dropped_work_is_run, failed_work_leaves_nothing};
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
        "an attempt that may still be sent is neither accepted nor resolved": leases_hold_decisions_back(store),
        "an outcome ends the lease": leases_end_with_an_outcome(store),
        "an attempt that was given up has no lease": leases_end_with_their_process(store),
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
        "what processes know of a rate limit is read as it was written": budgets_are_read_as_written(&stores),
        "failed work does not change a rate limit": failed_work_changes_no_budget(store),
        "processes change a rate limit in turn": budgets_are_changed_in_turn(&stores),
        "waiters and their running entries are found": waiters_are_found(store),
        "the process whose attempt became a task waits for it": tasks_belong_to_their_sender(&stores),
        "running tasks of processes that have gone are adopted, and nothing else": only_abandoned_tasks_are_adopted(&stores),
        "a task is adopted by one process": adopted_tasks_are_of_one_process(&stores),
        "handed over tasks are adopted": handed_over_tasks_are_adopted(&stores),
        "what a former waiter reports changes nothing, and its evidence is recorded": reports_of_former_waiters_change_nothing(&stores),
        "a purged entry is not replaced by a send that waited": purged_entries_are_not_replaced(store),
    }
    if stores.len() > 1 {
        check! { "a holder is dead when its process has ended": holders_die(suite, &stores), }
        check! { "a process is present until it has ended": processes_stay_present(suite, &stores), }
    }
    if stores.len() > 1 && stores[0].mailbox().is_some() {
        check! {
            "a process is there until it ends": processes_are_present(&stores),
            "a message is for one process, which takes it once": messages_are_taken_once(&stores),
            "an attempt has one message, of the highest rank": an_attempt_has_one_message(&stores),
            "a message is deleted with its process and with its attempt": messages_are_deleted(&stores),
        }
    }
    if stores.len() > 1 && suite.has_leases {
        check! { "an attempt of a silent process is dead after its lease, and surely after two": leases_run_out(&stores), }
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
        work: impl FnOnce(&mut dyn Rows) -> Result<T, LedgerError> + Clone + Send + 'static,
    ) -> Result<T, Mismatch> {
        Ok(self.store.run(move |rows| work.clone()(rows)).await?)
    }

    /// Adds an entry in this state, with the attempt and the task that it takes.
    async fn add(&self, purchase: Purchase, state: EntryState) -> Result<Entry, Mismatch> {
        self.run(move |rows| add(rows, purchase, state)).await
    }

    /// Changes a stored entry.
    async fn change(
        &self,
        id: EntryId,
        change: impl FnOnce(&mut Entry) + Clone + Send + 'static,
    ) -> Result<Entry, Mismatch> {
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
        work: impl FnOnce(&mut dyn Rows) -> Result<(), LedgerError> + Clone + Send + 'static,
    ) -> Result<(), Mismatch> {
        let result = self.store.run(move |rows| work.clone()(rows)).await;
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
        lease: None,
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
