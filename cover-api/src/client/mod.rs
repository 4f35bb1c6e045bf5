//! The typed client, which users call. It is a thin shell: its state is the account.

// First, because rustdoc lists methods in the order of the modules, and the page of `Client` begins with `new`.
mod methods;

mod account;
mod adopt;
mod answer;
mod batch;
mod builder;
mod download;
mod download_file;
#[cfg(feature = "dynamic")]
mod dynamic;
mod purchases;
mod quote;
#[cfg_attr(feature = "callback", path = "receiver/enabled.rs")]
#[cfg_attr(not(feature = "callback"), path = "receiver/disabled.rs")]
mod receiver;
mod sending;
mod task;
mod upload;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::SystemTime;

use crate::account::Operation;
use crate::error::{Error, Failure, Kind};
use crate::ledger::{LedgerError, Rows};
use crate::redact;
use crate::service::{OperationId, Service, TaskHandle};

pub use account::{Account, AccountTask, Became};
pub use adopt::Adopted;
pub use answer::{Answer, Sent};
pub use batch::{Batch, BatchEvent, BatchItem, BatchReport};
pub use builder::ClientBuilder;
pub use download::Download;
pub use download_file::FileDownload;
pub use purchases::{Duplicate, UnfinishedTasks, UnknownPurchase};
pub use quote::Quote;
pub use sending::Sending;
pub use task::Task;
pub use upload::Upload;

use receiver::CallbackReceiver;

/// Sends requests to a service and follows their tasks.
///
/// A client is cheap to clone. All clones share connections, ledger and rate limit.
///
/// Every request to the service takes a permit of the rate limit that the spec gives for an API key: sends, polls, and
/// [`credits`](Self::credits). Thousands of waiting tasks take turns.
///
/// Clients of one process with the same API key and the same account or base address share one rate limit. They also share one ledger
/// in memory, unless [`ClientBuilder::ledger`] gives them their own. [`operation`](Self::operation) returns the client of another
/// operation of the same account, and [`account`](Self::account) what they have in common.
pub struct Client<S: Service> {
    pub(crate) operation: Arc<Operation>,
    receiver: CallbackReceiver,
    service: PhantomData<fn() -> S>,
}

impl<S: Service> Client<S> {
    fn from_operation(operation: Arc<Operation>, receiver: CallbackReceiver) -> Self {
        Self { operation, receiver, service: PhantomData }
    }

    /// Returns the handle of a task of this operation.
    pub(super) fn handle(&self, task: String, created: Option<SystemTime>) -> TaskHandle<S> {
        TaskHandle::known(OperationId::of(&self.operation.api.id), task, created)
    }

    /// Runs a rule of the ledger that is not part of a send. It sees what this process has learnt before.
    pub(super) async fn read_ledger<T: Send + 'static>(
        &self,
        rule: impl FnMut(&mut dyn Rows) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, Error<S>> {
        self.operation.account.ledger.local().wait_for_writes().await;
        self.operation.account.ledger.run(rule).await.map_err(|error| {
            let kind = if error.is_refused() { Kind::Unresolved } else { Kind::Ledger };
            Failure::new(kind).with_source(error).into()
        })
    }
}

impl<S: Service> Clone for Client<S> {
    fn clone(&self) -> Self {
        Self { operation: Arc::clone(&self.operation), receiver: self.receiver.clone(), service: PhantomData }
    }
}

impl<S: Service> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = redact::shown(&redact::address(self.operation.base.as_str()));
        f.debug_struct("Client")
            .field("service", &self.operation.api.id)
            .field("base_url", &base)
            .finish_non_exhaustive()
    }
}
