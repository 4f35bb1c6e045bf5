use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{LedgerError, Local, Rows};

/// What a ledger runs in one transaction.
pub type Work = Box<dyn FnOnce(&mut dyn Rows) -> Result<(), LedgerError> + Send>;

/// What [`Ledger::transact`] returns.
pub type Transacted = Pin<Box<dyn Future<Output = Result<(), LedgerError>> + Send>>;

/// A store for the entries of a ledger.
///
/// A store only runs transactions. The rules of this crate decide within them what may be posted.
pub trait Ledger: fmt::Debug + Send + Sync + 'static {
    /// Runs work in one durable transaction.
    ///
    /// The work is accepted before this returns, in the order of the calls, and is run whether or not the future is polled
    /// or dropped. The future is ready with `Ok` only when the transaction is committed and survives the process. Where the
    /// work returns an error, nothing of it is kept.
    fn transact(&self, work: Work) -> Transacted;

    /// Returns what the users of this store in this process share.
    fn local(&self) -> &Arc<Local>;
}
