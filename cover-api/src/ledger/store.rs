use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use super::{LedgerError, Local, Mailbox, Rows};

/// The work that a ledger runs in one transaction. It may be run again if its transaction was rolled back.
pub type Work = Box<dyn FnMut(&mut dyn Rows) -> Result<(), LedgerError> + Send>;

/// The future that [`Ledger::transact`] returns.
pub type Transacted = Pin<Box<dyn Future<Output = Result<(), LedgerError>> + Send>>;

/// A store for entries and attempts.
///
/// A store only runs transactions. The rules of this crate decide within them what may be posted.
pub trait Ledger: fmt::Debug + Send + Sync + 'static {
    /// Runs work in one durable transaction.
    ///
    /// The work is queued when this returns. It runs even if the future is dropped or never polled, and may run beside other work. The
    /// future returns `Ok` only after the transaction is durable. If the work returns an error, none of its writes are kept.
    ///
    /// If the transaction was rolled back for a reason that may pass, such as a deadlock, the work may run again from its beginning.
    /// The work is dropped after its transaction has ended.
    fn transact(&self, work: Work) -> Transacted;

    /// Returns the state that the users of this store in this process share.
    fn local(&self) -> &Arc<Local>;

    /// Returns whether the rows outlast the process. Limits of what is spent in a period need that.
    fn is_durable(&self) -> bool {
        false
    }

    /// Returns how this process learns of the messages of other processes, which [`Rows::take_messages`] returns. `None` if the store
    /// keeps no messages, as by default.
    fn mailbox(&self) -> Option<Mailbox> {
        None
    }
}
