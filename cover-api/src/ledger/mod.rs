//! Who may POST, and what became of it.
//!
//! Every client has one ledger, and nothing else remembers what was sent. A send records its intent there before the POST and
//! what it learnt afterwards, so that neither a dropped future nor a killed process nor a second process pays twice. The
//! page `docs/never-twice.md` of the repository explains the rules.
//!
//! [`MemoryLedger`] is the default and lasts as long as its process. `SqliteLedger` (feature `sqlite`) is a file that
//! several processes may share.

#[cfg(feature = "unstable-ledger")]
pub mod conformance;
mod entry;
mod error;
mod fingerprint;
mod local;
mod memory;
mod rows;
mod rules;
#[cfg(feature = "sqlite")]
mod sqlite;
mod store;

use std::future::Future;
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use rules::refresh;

pub use error::LedgerError;
pub use memory::MemoryLedger;
pub use rules::Resolution;
#[cfg(feature = "sqlite")]
pub use sqlite::SqliteLedger;
pub use store::Ledger;

#[cfg(not(feature = "unstable-ledger"))]
pub(crate) use parts::*;
#[cfg(feature = "unstable-ledger")]
pub use parts::*;
#[cfg(feature = "unstable-ledger")]
pub use rules::UnknownPage;

/// What a store is made of, and what runs on it. It may change.
mod parts {
    pub use super::entry::{Attempt, AttemptState, Entry, EntryId, Purchase, Source, State};
    pub use super::fingerprint::Fingerprint;
    pub use super::local::Local;
    pub use super::rows::{Filter, Rows};
    pub use super::rules::{
        Intended, Settled, Settlement, Standing, Terms, deliver, end, intend, look_up, lose, resolve, settle, unknown,
    };
    pub use super::store::{Transacted, Work};
    pub use crate::attempt_id::AttemptId;
}

/// A ledger as this crate uses it.
#[derive(Debug, Clone)]
pub(crate) struct Book(Arc<dyn Ledger>);

impl Book {
    pub(crate) fn new(ledger: Arc<dyn Ledger>) -> Self {
        Self(ledger)
    }

    pub(crate) fn local(&self) -> &Arc<Local> {
        self.0.local()
    }

    /// Runs one of the rules in a transaction, which begins at once.
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
