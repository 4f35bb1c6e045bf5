//! Ledgers, which record each intent to post and its outcome.
//!
//! Every client has exactly one ledger, and nothing else remembers what was sent. A send records its intent before the POST, and
//! the outcome afterwards. So a dropped future, a killed process or a second process does not cause a second charge. The page
//! [`never_twice`](crate::guide::never_twice) explains the rules.
//!
//! [`MemoryLedger`] is the default, and lasts as long as its process. `SqliteLedger` (feature `sqlite`) is a file that several
//! processes may share.

#[cfg(feature = "unstable-ledger")]
pub mod conformance;
mod entry;
mod error;
mod fingerprint;
mod local;
mod memory;
mod rows;
mod rules;
mod spending;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use rules::{may_be_answer, refresh};

pub use error::LedgerError;
pub use memory::MemoryLedger;
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
    pub use super::entry::{Attempt, AttemptState, Entry, EntryId, EntryState, Purchase, TaskSource};
    pub use super::fingerprint::Fingerprint;
    pub use super::local::Local;
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
pub(crate) struct LedgerHandle(Arc<dyn Ledger>);

impl LedgerHandle {
    pub(crate) fn new(ledger: Arc<dyn Ledger>) -> Self {
        Self(ledger)
    }

    pub(crate) fn local(&self) -> &Arc<Local> {
        self.0.local()
    }

    pub(crate) fn is_durable(&self) -> bool {
        self.0.is_durable()
    }

    /// Runs a rule in a transaction, which is queued when this returns.
    pub(crate) fn run<T, F>(&self, rule: F) -> impl Future<Output = Result<T, LedgerError>> + Send + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut dyn Rows) -> Result<T, LedgerError> + Send + 'static,
    {
        let result = Arc::new(Mutex::new(None));
        let slot = Arc::clone(&result);
        let transacted = self.0.transact(Box::new(move |rows| {
            let value = rule(rows)?;
            *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(value);
            Ok(())
        }));
        async move {
            transacted.await?;
            let value = result.lock().unwrap_or_else(PoisonError::into_inner).take();
            value
                .ok_or_else(|| LedgerError::unavailable("it says that a transaction was committed, but did not run it"))
        }
    }
}
