//! What [`Rows`] and [`Ledger`] promise, one promise at a time.

mod again;
mod lists;
mod processes;
mod rows;
mod work;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use self::again::{
    consent_is_for_one_attempt, consents_are_taken_back_in_turn, failures_are_remembered,
    purged_entries_are_not_replaced,
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
use self::work::{dropped_work_is_run, failed_work_leaves_nothing, work_is_in_order};
use super::{Broken, Failure, Suite, account, ensure};
use crate::ledger::{
    Attempt, AttemptId, AttemptState, Book, Entry, EntryId, Fingerprint, Ledger, LedgerError, Purchase, Rows, Source,
    State,
};

const OPERATION: &str = "cover";

pub(super) async fn check<F, L>(suite: &Suite<F>) -> Result<(), Failure>
where
    F: AsyncFn() -> Result<L, LedgerError>,
    L: Ledger,
{
    let failed = |promise: &str, what: Broken| Failure {
        seed: None,
        what: format!("broken promise: {promise}: {}", what.0),
        history: Vec::new(),
    };
    let books = suite.open_all().await.map_err(|what| failed("a holder is unique", what))?;
    let book = &books[0];
    // `promise: check`, in the order in which a new store learns to keep them.
    macro_rules! check {
        ($($promise:literal: $check:expr,)*) => {
            $($check.await.map_err(|what| failed($promise, what))?;)*
        };
    }
    check! {
        "an entry is read as it was written": entries_are_read_as_written(book),
        "an attempt is read as it was written": attempts_are_read_as_written(book),
        "what is not there is not found": nothing_is_found(book),
        "keys and tasks are compared exactly": names_are_exact(book),
        "accounts and operations see nothing of each other": scopes_are_apart(book),
        "a key is unique": keys_are_unique(book),
        "one of equal entries without a key is open": fingerprints_are_unique(book),
        "a task is of one attempt and one entry": tasks_are_unique(book),
        "nothing of failed work is kept": failed_work_leaves_nothing(book),
        "work is run in the order of the calls": work_is_in_order(book),
        "work is run although its future is dropped": dropped_work_is_run(book),
        "equal open entries are found": open_entries_are_found(book),
        "lists have what their filter says, in pages": lists_are_complete(book),
        "duplicates are listed in the order of their entries": duplicates_are_listed(book),
        "a purge deletes what is over, and nothing else": purge_deletes_what_is_over(book),
        "an id of an entry is never used again": ids_are_not_reused(book),
        "an attempt that is under way is alive": attempts_live_while_under_way(&books),
        "what one process commits, all see": commits_are_seen(&books),
        "transactions do not overlap": transactions_do_not_overlap(&books),
        "one of several processes records its intent": one_intent_wins(&books),
        "a consent is for one attempt": consent_is_for_one_attempt(book),
        "consents are taken back in turn": consents_are_taken_back_in_turn(book),
        "a task that failed is remembered": failures_are_remembered(book),
        "a purged entry is not replaced by a send that waited": purged_entries_are_not_replaced(book),
    }
    if books.len() > 1 {
        check! { "a holder is dead when its process has ended": holders_die(suite, &books), }
    }
    Ok(())
}

/// One account of the store.
struct Scope<'a> {
    book: &'a Book,
    account: String,
}

impl<'a> Scope<'a> {
    fn new(book: &'a Book) -> Self {
        Self { book, account: account("facts") }
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
    ) -> Result<T, Broken> {
        Ok(self.book.run(work).await?)
    }

    /// Adds an entry in this state, with the attempt and the task that it takes.
    async fn add(&self, purchase: Purchase, state: State) -> Result<Entry, Broken> {
        self.run(move |rows| add(rows, purchase, state)).await
    }

    /// Changes a stored entry.
    async fn change(&self, id: EntryId, change: impl FnOnce(&mut Entry) + Send + 'static) -> Result<Entry, Broken> {
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
    ) -> Result<(), Broken> {
        let result = self.book.run(work).await;
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

fn new_entry(purchase: Purchase, state: State) -> Entry {
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
        source: is_task.then_some(Source::Reply),
        duplicate: false,
        hint: None,
        evidence: None,
        started: seconds_ago(75),
    }
}

fn add(rows: &mut dyn Rows, purchase: Purchase, state: State) -> Result<Entry, LedgerError> {
    let mut entry = new_entry(purchase, State::Ready);
    entry.id = rows.insert_entry(&entry)?;
    let of_attempt = match state {
        State::Ready => return Ok(entry),
        State::Posting => AttemptState::Posting,
        State::Unknown => AttemptState::Unknown,
        State::Running | State::Done | State::Failed => AttemptState::Task,
    };
    let attempt = new_attempt(rows, entry.id, 1, of_attempt);
    (entry.state, entry.attempt, entry.attempts) = (state, Some(attempt.id), 1);
    entry.task.clone_from(&attempt.task);
    rows.update_entry(&entry)?;
    rows.put_attempt(&attempt, &entry.purchase)?;
    Ok(entry)
}
