//! The typed client, which users call. It is a thin shell: its state is the account.

// First, because rustdoc lists methods in the order of the modules, and the page of `Client` begins with `new`.
mod methods;

mod batch;
mod builder;
mod download;
mod purchases;
#[cfg_attr(feature = "callback", path = "receiver/enabled.rs")]
#[cfg_attr(not(feature = "callback"), path = "receiver/disabled.rs")]
mod receiver;
mod sending;
mod task;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::account::Account;
use crate::error::{Error, Failure, Kind};
use crate::ledger::{LedgerError, Rows};
use crate::redact;
use crate::service::{Service, TaskHandle};
use crate::submit::PurchasedTask;

pub use batch::{Batch, BatchEvent, BatchItem, BatchReport};
pub use builder::ClientBuilder;
pub use download::Download;
pub use purchases::{Duplicate, UnfinishedTasks, UnknownPurchase};
pub use sending::Sending;
pub use task::Task;

use receiver::CallbackReceiver;

/// Sends requests to a service and follows their tasks.
///
/// A client is cheap to clone. All clones share connections, ledger and rate limit.
///
/// Every request to the service takes a permit of the rate limit that the spec gives for an API key: sends, polls, and
/// [`credits`](Self::credits). Thousands of waiting tasks take turns.
///
/// Clients of one process with the same base address and API key share one rate limit. They also share one ledger in memory, unless
/// [`ClientBuilder::ledger`] gives them their own.
pub struct Client<S: Service> {
    account: Arc<Account>,
    receiver: CallbackReceiver,
    service: PhantomData<fn() -> S>,
}

impl<S: Service> Client<S> {
    fn from_account(account: Arc<Account>, receiver: CallbackReceiver) -> Self {
        Self { account, receiver, service: PhantomData }
    }

    pub(crate) fn account(&self) -> &Arc<Account> {
        &self.account
    }

    pub(super) fn placed(&self, placed: PurchasedTask) -> Task<S> {
        Task::new(self.clone(), TaskHandle::known(placed.task, placed.created), placed.was_posted)
    }

    /// Runs a rule of the ledger that is not part of a send.
    pub(super) async fn read_ledger<T: Send + 'static>(
        &self,
        rule: impl FnOnce(&mut dyn Rows) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, Error<S>> {
        self.account.ledger.run(rule).await.map_err(|error| {
            let kind = if error.is_refused() { Kind::Unresolved } else { Kind::Ledger };
            Failure::new(kind).with_source(error).into()
        })
    }
}

impl<S: Service> Clone for Client<S> {
    fn clone(&self) -> Self {
        Self { account: Arc::clone(&self.account), receiver: self.receiver.clone(), service: PhantomData }
    }
}

impl<S: Service> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = redact::shown(&redact::address(self.account.base.as_str()));
        f.debug_struct("Client").field("service", &S::api().id).field("base_url", &base).finish_non_exhaustive()
    }
}
