//! A ledger in memory that fails on request.

use std::future::ready;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use axum::body::Bytes;
use cover_api::ledger::{
    Attempt, AttemptId, AttemptState, Budget, BudgetId, Entry, EntryId, Filter, Fingerprint, Ledger, LedgerError,
    Local, MemoryLedger, Purchase, Rows, Share, Span, Transacted, Work,
};
use cover_api::runtime::Credits;
use tokio::time::sleep;

/// A ledger in memory that fails on request. Clones are the same ledger.
#[derive(Debug, Clone)]
pub struct FailingLedger {
    inner: MemoryLedger,
    state: Arc<Mutex<(u32, Fails)>>,
}

/// Which transactions fail. The first since [`FailingLedger::set`] is number 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fails {
    /// None.
    Never,
    /// All from this number on, without being run.
    From(u32),
    /// All from this number on, each after it was committed.
    UnconfirmedFrom(u32),
    /// Every second one, without being run.
    EverySecond,
    /// Each that records the outcome of an attempt.
    Settling,
    /// None. Each is confirmed only after this time.
    Slow(Duration),
    /// None. Nothing is heard of any process, and none is surely dead.
    Silent,
}

impl FailingLedger {
    /// Returns an empty ledger that does not fail.
    #[must_use]
    pub fn new() -> Self {
        Self { inner: MemoryLedger::new(), state: Arc::new(Mutex::new((0, Fails::Never))) }
    }

    /// Sets which transactions fail, and starts counting anew.
    pub fn set(&self, fails: Fails) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = (0, fails);
    }
}

fn broken() -> LedgerError {
    LedgerError::unavailable("the disk is on fire").at(Path::new("/somewhere/covers.db"))
}

impl Default for FailingLedger {
    fn default() -> Self {
        Self::new()
    }
}

impl Ledger for FailingLedger {
    fn transact(&self, mut work: Work) -> Transacted {
        let (number, fails) = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.0 += 1;
            *state
        };
        match fails {
            Fails::EverySecond if number % 2 == 0 => Box::pin(ready(Err(broken()))),
            Fails::From(first) if number >= first => Box::pin(ready(Err(broken()))),
            Fails::UnconfirmedFrom(first) if number >= first => {
                let committed = self.inner.transact(work);
                Box::pin(async move { committed.await.and(Err(broken())) })
            }
            Fails::Settling | Fails::Silent => {
                self.inner.transact(Box::new(move |rows| work(&mut Faulty(rows, fails))))
            }
            Fails::Slow(time) => {
                let committed = self.inner.transact(work);
                Box::pin(async move {
                    sleep(time).await;
                    committed.await
                })
            }
            _ => self.inner.transact(work),
        }
    }

    fn local(&self) -> &Arc<Local> {
        self.inner.local()
    }
}

/// Rows that refuse to record an attempt in any state but posting, or that know no living process.
struct Faulty<'a>(&'a mut dyn Rows, Fails);

impl Rows for Faulty<'_> {
    fn now(&mut self) -> SystemTime {
        self.0.now()
    }

    fn holder(&self) -> &str {
        self.0.holder()
    }

    fn is_alive(&mut self, attempt: &Attempt) -> Result<bool, LedgerError> {
        Ok(self.1 != Fails::Silent && self.0.is_alive(attempt)?)
    }

    fn is_surely_dead(&mut self, attempt: &Attempt) -> Result<bool, LedgerError> {
        Ok(self.1 != Fails::Silent && self.0.is_surely_dead(attempt)?)
    }

    fn is_present(&mut self, process: &str) -> Result<bool, LedgerError> {
        self.0.is_present(process)
    }

    fn has_ended(&mut self, process: &str) -> Result<bool, LedgerError> {
        self.0.has_ended(process)
    }

    fn entry(&mut self, id: EntryId) -> Result<Option<Entry>, LedgerError> {
        self.0.entry(id)
    }

    fn entry_by_key(&mut self, account: &str, operation: &str, key: &str) -> Result<Option<Entry>, LedgerError> {
        self.0.entry_by_key(account, operation, key)
    }

    fn open_entries(
        &mut self,
        account: &str,
        operation: &str,
        fingerprint: &Fingerprint,
    ) -> Result<Vec<Entry>, LedgerError> {
        self.0.open_entries(account, operation, fingerprint)
    }

    fn attempt(&mut self, id: AttemptId) -> Result<Option<Attempt>, LedgerError> {
        self.0.attempt(id)
    }

    fn attempt_by_task(&mut self, account: &str, operation: &str, task: &str) -> Result<Option<Attempt>, LedgerError> {
        self.0.attempt_by_task(account, operation, task)
    }

    fn insert_entry(&mut self, entry: &Entry) -> Result<EntryId, LedgerError> {
        self.0.insert_entry(entry)
    }

    fn update_entry(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        self.0.update_entry(entry)
    }

    fn put_attempt(&mut self, attempt: &Attempt, purchase: &Purchase) -> Result<(), LedgerError> {
        match attempt.state {
            AttemptState::Posting => self.0.put_attempt(attempt, purchase),
            _ if self.1 == Fails::Silent => self.0.put_attempt(attempt, purchase),
            _ => Err(broken()),
        }
    }

    fn entries(
        &mut self,
        account: &str,
        operation: &str,
        filter: Filter,
        after: EntryId,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        self.0.entries(account, operation, filter, after, limit)
    }

    fn waiters(&mut self, account: &str) -> Result<Vec<Option<String>>, LedgerError> {
        self.0.waiters(account)
    }

    fn waiting(
        &mut self,
        account: &str,
        operation: &str,
        waiter: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        self.0.waiting(account, operation, waiter, limit)
    }

    fn leave(&mut self, id: EntryId) -> Result<(), LedgerError> {
        self.0.leave(id)
    }

    fn operations(&mut self, account: &str) -> Result<Vec<String>, LedgerError> {
        self.0.operations(account)
    }

    fn duplicates(&mut self, account: &str, operation: &str) -> Result<Vec<Attempt>, LedgerError> {
        self.0.duplicates(account, operation)
    }

    fn answer(&mut self, attempt: AttemptId) -> Result<Option<Bytes>, LedgerError> {
        self.0.answer(attempt)
    }

    fn put_answer(&mut self, attempt: AttemptId, entry: EntryId, bytes: &Bytes) -> Result<(), LedgerError> {
        self.0.put_answer(attempt, entry, bytes)
    }

    fn delete_answers(&mut self, entry: EntryId) -> Result<(), LedgerError> {
        self.0.delete_answers(entry)
    }

    fn add_spending(&mut self, account: &str, attempt: &Attempt) -> Result<(), LedgerError> {
        self.0.add_spending(account, attempt)
    }

    fn take_spending(&mut self, account: &str, attempt: &Attempt) -> Result<(), LedgerError> {
        self.0.take_spending(account, attempt)
    }

    fn spent(&mut self, account: &str, span: Span) -> Result<Credits, LedgerError> {
        self.0.spent(account, span)
    }

    fn budget(&mut self, id: &BudgetId) -> Result<Budget, LedgerError> {
        self.0.budget(id)
    }

    fn put_budget(&mut self, id: &BudgetId, budget: &Budget) -> Result<(), LedgerError> {
        self.0.put_budget(id, budget)
    }

    fn shares(&mut self, id: &BudgetId) -> Result<Vec<Share>, LedgerError> {
        self.0.shares(id)
    }

    fn put_share(&mut self, id: &BudgetId, share: &Share) -> Result<(), LedgerError> {
        self.0.put_share(id, share)
    }

    fn delete_share(&mut self, id: &BudgetId, holder: &str) -> Result<(), LedgerError> {
        self.0.delete_share(id, holder)
    }

    fn purge(&mut self, account: &str, operation: &str, before: SystemTime, limit: usize) -> Result<u64, LedgerError> {
        self.0.purge(account, operation, before, limit)
    }
}
