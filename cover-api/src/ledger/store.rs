use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{LedgerError, Local, Rows};

/// The work that a ledger runs in one transaction.
pub type Work = Box<dyn FnOnce(&mut dyn Rows) -> Result<(), LedgerError> + Send>;

/// The future that [`Ledger::transact`] returns.
pub type Transacted = Pin<Box<dyn Future<Output = Result<(), LedgerError>> + Send>>;

/// A store for entries and attempts.
///
/// A store only runs transactions. The rules of this crate decide within them what may be posted.
pub trait Ledger: fmt::Debug + Send + Sync + 'static {
    /// Runs work in one durable transaction.
    ///
    /// The work is queued when this returns, in the order of the calls. It runs even if the future is dropped or never polled. The
    /// future returns `Ok` only after the transaction is durable. If the work returns an error, none of its writes are kept.
    fn transact(&self, work: Work) -> Transacted;

    /// Returns the state that the users of this store in this process share.
    fn local(&self) -> &Arc<Local>;

    /// Returns whether the rows outlast the process. Limits of what is spent in a period need that.
    fn is_durable(&self) -> bool {
        false
    }
}
