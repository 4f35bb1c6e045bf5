//! Ledgers, which record each intent to post and its outcome.
//!
//! Every client has exactly one ledger, and nothing else remembers what was sent. A send records its intent before the POST, and
//! the outcome afterwards. So a dropped future, a killed process or a second process does not cause a second charge. The page
//! [`never_twice`](crate::guide::never_twice) explains the rules.
//!
//! [`MemoryLedger`] is the default, and lasts as long as its process. `SqliteLedger` (feature `sqlite`) is a file that several
//! processes of one machine may share. `PostgresLedger` (feature `postgres`) is a database that several machines may share.

mod budget;
#[cfg(feature = "unstable-ledger")]
pub mod conformance;
mod entry;
mod error;
mod fingerprint;
mod health;
mod local;
mod memory;
mod message;
#[cfg(feature = "postgres")]
mod postgres;
mod presence;
mod rows;
mod rules;
mod spending;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
mod sql;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use self::health::Health;
use crate::events;

#[cfg(feature = "callback")]
pub(crate) use rules::{PassedOn, pass_on};
pub(crate) use rules::{
    adopt, hand_over, hand_over_all, leave_budget, may_be_answer, may_wait, refresh, settle_posted, share_budget,
};

pub use error::LedgerError;
pub use memory::MemoryLedger;
#[cfg(feature = "postgres")]
pub use postgres::{PostgresBuilder, PostgresLedger};
pub use rules::Resolution;
pub use spending::SpendLimit;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteLedger;
pub use store::Ledger;

#[cfg(not(feature = "unstable-ledger"))]
pub(crate) use parts::*;
#[cfg(feature = "unstable-ledger")]
pub use parts::*;
#[cfg(feature = "unstable-ledger")]
pub use rules::UnknownPage;

/// The types and rules that a store needs. They may change.
mod parts {
    pub use super::budget::{Budget, BudgetId, Share};
    pub use super::entry::{Attempt, AttemptState, Entry, EntryId, EntryState, Purchase, TaskSource};
    pub use super::fingerprint::Fingerprint;
    pub use super::local::Local;
    pub use super::message::{Mailbox, Message};
    pub use super::rows::{Filter, Rows};
    pub use super::rules::{
        Bought, Intended, PurchaseState, Settled, Settlement, Terms, bought, deliver, end, intend, look_up, lose,
        resolve, settle, unknown,
    };
    pub use super::spending::{Charge, Overrun, Span, minute};
    pub use super::store::{Transacted, Work};
    pub use crate::ids::AttemptId;
}

#[cfg(feature = "unstable-ledger")]
pub use rules::MAX_ANSWER;

/// The ledger of a client.
#[derive(Debug, Clone)]
pub(crate) struct LedgerHandle {
    ledger: Arc<dyn Ledger>,
    health: Arc<Health>,
}

impl LedgerHandle {
    pub(crate) fn new(ledger: Arc<dyn Ledger>) -> Self {
        Self { ledger, health: Arc::default() }
    }

    pub(crate) fn local(&self) -> &Arc<Local> {
        self.ledger.local()
    }

    pub(crate) fn is_durable(&self) -> bool {
        self.ledger.is_durable()
    }

    /// Returns for how long the ledger has failed, if the last transaction that something waited for did.
    pub(crate) fn failing_for(&self) -> Option<Duration> {
        self.health.failing_for()
    }

    pub(crate) fn mailbox(&self) -> Option<Mailbox> {
        self.ledger.mailbox()
    }

    /// Returns a handle that does not keep the ledger open.
    pub(crate) fn downgrade(&self) -> WeakLedger {
        WeakLedger { ledger: Arc::downgrade(&self.ledger), health: Arc::clone(&self.health) }
    }

    /// Runs a rule in a transaction, which is queued when this returns.
    pub(crate) fn run<T, F>(&self, mut rule: F) -> impl Future<Output = Result<T, LedgerError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnMut(&mut dyn Rows) -> Result<T, LedgerError> + Send + 'static,
    {
        let result = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&result);
        let (health, queued) = (Arc::clone(&self.health), Instant::now());
        let transacted = self.ledger.transact(Box::new(move |rows| {
            let value = rule(rows)?;
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
            Ok(())
        }));
        async move {
            let done = transacted.await;
            events::ledger_answered(queued.elapsed(), done.is_ok());
            health.note(&done);
            done?;
            let value = result.lock().unwrap_or_else(PoisonError::into_inner).take();
            value
                .ok_or_else(|| LedgerError::unavailable("it says that a transaction was committed, but did not run it"))
        }
    }

    /// Queues a rule whose transaction nothing waits for. `ended` gets the result of its last run after that, and is only dropped if it
    /// has never run.
    pub(crate) fn queue<T, F>(&self, mut rule: F, ended: impl FnOnce(Result<T, LedgerError>) + Send + 'static)
    where
        T: Send + 'static,
        F: FnMut(&mut dyn Rows) -> Result<T, LedgerError> + Send + 'static,
    {
        let mut unattended = Unattended { result: None, ended: Some(ended) };
        drop(self.ledger.transact(Box::new(move |rows| unattended.note(rule(rows)))));
    }
}

/// Work that nothing waits for. What it came to is reported when it is dropped, since it may have to run several times.
struct Unattended<T, E: FnOnce(Result<T, LedgerError>)> {
    result: Option<Result<T, LedgerError>>,
    ended: Option<E>,
}

impl<T, E: FnOnce(Result<T, LedgerError>)> Unattended<T, E> {
    fn note(&mut self, result: Result<T, LedgerError>) -> Result<(), LedgerError> {
        let done = result.as_ref().map(|_| ()).map_err(LedgerError::clone);
        self.result = Some(result);
        done
    }
}

impl<T, E: FnOnce(Result<T, LedgerError>)> Drop for Unattended<T, E> {
    fn drop(&mut self) {
        if let Some((result, ended)) = self.result.take().zip(self.ended.take()) {
            ended(result);
        }
    }
}

/// The ledger of a client, as long as something else keeps it open.
#[derive(Debug, Clone)]
pub(crate) struct WeakLedger {
    ledger: Weak<dyn Ledger>,
    health: Arc<Health>,
}

impl WeakLedger {
    pub(crate) fn upgrade(&self) -> Option<LedgerHandle> {
        let ledger = self.ledger.upgrade()?;
        Some(LedgerHandle { ledger, health: Arc::clone(&self.health) })
    }
}
