//! The account of a client, with all its operations.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cover_spec::rules::Rules;
use cover_spec::tables::{Api, Credits};

use super::receiver::CallbackReceiver;
use super::{Client, UnknownPurchase};
use crate::account::{Operation, Stats};
use crate::attempt::Unfinished;
use crate::error::{Error, Failure};
use crate::ledger::{self, Bought, Entry, EntryId, Filter, LedgerError, Rows};
use crate::service::{AnyService, OperationId, Service, StaticService, TaskHandle};

/// Number of entries that are read from the ledger at once.
const PAGE: usize = 256;

/// What the clients of all operations of an account share: API key, connections, rate limit, ledger and receiver of callbacks.
///
/// An account is cheap to clone. [`Client::account`] returns it.
///
/// ```no_run
/// # async fn example(client: cover_api::Client) -> Result<(), Box<dyn std::error::Error>> {
/// for task in client.account().find("order-17").await? {
///     println!("{} of {}", task.handle.id(), task.handle.operation());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Account {
    /// The operation of the client that returned the account.
    operation: Arc<Operation>,
    pub(super) receiver: CallbackReceiver,
}

/// A purchase in the ledger, of any operation of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AccountTask {
    /// The idempotency key of the purchase, if any.
    pub key: Option<String>,
    /// The handle of the task, which names its operation. [`TaskHandle::of`] returns it with the types of a service.
    ///
    /// The handle of an answer has the id of the attempt that was answered. It cannot be resumed.
    pub handle: TaskHandle<AnyService>,
    /// What the purchase became.
    pub became: Became,
}

/// What a purchase became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Became {
    /// A task. A client of the operation [resumes](Client::resume) it.
    Task,
    /// An answer that the ledger has. A client of the operation returns it, by [`Client::find`] if the purchase has a key, and by
    /// [`Client::unfinished`] if no caller has received it.
    Answer,
    /// An answer that was not kept, because it has more than 256 KiB or was returned without a key.
    LostAnswer,
}

impl<S: Service> Client<S> {
    /// Returns the account, with all its operations.
    #[must_use]
    pub fn account(&self) -> Account {
        Account { operation: Arc::clone(&self.operation), receiver: self.receiver.clone() }
    }

    /// Returns the client of another operation of the same account, such as one whose spec builds on the spec of this one.
    ///
    /// Both use one API key, one set of connections, one rate limit and one ledger. If this client receives callbacks, so does the
    /// other one, by the same router. Handles, idempotency keys and callbacks belong to one operation, and another one refuses
    /// them or does not find them.
    ///
    /// ```
    /// # mod extend {
    /// #     pub use cover_api::UploadCover as UploadExtend;
    /// # }
    /// let client = cover_api::Client::new("my-key")?;
    /// // `UploadExtend` is generated from another spec by `api!`.
    /// let extend = client.operation::<extend::UploadExtend>()?;
    /// assert_eq!(extend.stats(), client.stats());
    /// # Ok::<(), cover_api::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] if the operation does not belong to the account:
    ///
    /// - The specs name different accounts, or only one names an account.
    /// - Neither names an account, and their base URLs differ.
    /// - They send the API key in different ways.
    ///
    /// It is also an error if the service signs its callbacks and this client was given no signing key.
    pub fn operation<T: StaticService>(&self) -> Result<Client<T>, Error<T>> {
        self.account().operation()
    }
}

impl Account {
    /// Returns the client of an operation, as [`Client::operation`] does.
    ///
    /// # Errors
    ///
    /// Those of [`Client::operation`].
    pub fn operation<S: StaticService>(&self) -> Result<Client<S>, Error<S>> {
        Ok(self.client(S::api(), None)?)
    }

    pub(super) fn client<S: Service>(
        &self,
        api: &'static Api,
        rules: Option<&'static Rules>,
    ) -> Result<Client<S>, Failure> {
        let account = &self.operation.account;
        let base = account.base_of(api).map_err(Failure::setup)?;
        self.receiver.check(api).map_err(Failure::setup)?;
        let operation = self.receiver.operation(api, |link| account.operation(api, rules, base, link));
        account.share_rate_limit(&operation);
        Ok(Client::from_operation(operation, self.receiver.clone()))
    }

    /// Returns the tasks and answers of the purchases with this key, at most one for each operation. Nothing is sent.
    ///
    /// A purchase whose outcome is unknown, or that is being sent, is left out. [`unknown`](Self::unknown) lists the former, and
    /// [`Client::find`] reports both.
    ///
    /// # Errors
    ///
    /// [`Error::is_ledger`] if the ledger cannot be read.
    pub async fn find(&self, key: &str) -> Result<Vec<AccountTask>, Error<AnyService>> {
        let (name, key) = (self.operation.account.name.clone(), key.to_owned());
        let find = move |rows: &mut dyn Rows| {
            let operations = rows.operations(&name)?;
            let find = |operation: &String| rows.entry_by_key(&name, operation, &key).transpose();
            let entries = operations.iter().filter_map(find).collect::<Result<Vec<Entry>, _>>()?;
            became(rows, entries)
        };
        Ok(self.any().read_ledger(find).await?.into_iter().filter_map(task).collect())
    }

    /// Returns the tasks of all operations that have not ended, and the tasks and answers that were never returned to a caller.
    /// Nothing is sent.
    ///
    /// Unlike [`Client::unfinished`], it does not leave out tasks whose results the service no longer keeps.
    ///
    /// # Errors
    ///
    /// [`Error::is_ledger`] if the ledger cannot be read.
    pub async fn unfinished(&self) -> Result<Vec<AccountTask>, Error<AnyService>> {
        let mut all = Vec::new();
        for operation in self.operations().await? {
            let mut last = EntryId(0);
            loop {
                let (name, operation) = (self.operation.account.name.clone(), operation.clone());
                let list = move |rows: &mut dyn Rows| {
                    let entries = rows.entries(&name, &operation, Filter::Unfinished, last, PAGE)?;
                    became(rows, entries)
                };
                let page = self.any().read_ledger(list).await?;
                let Some((entry, _)) = page.last() else { break };
                last = entry.id;
                all.extend(page.into_iter().filter_map(task));
            }
        }
        Ok(all)
    }

    /// Returns the purchases of all operations whose outcome is unknown, by operation and oldest first. A client of the operation
    /// [resolves](Client::resolve) them.
    ///
    /// # Errors
    ///
    /// [`Error::is_ledger`] if the ledger cannot be read.
    pub async fn unknown(&self) -> Result<Vec<UnknownPurchase>, Error<AnyService>> {
        let mut all = Vec::new();
        for operation in self.operations().await? {
            all.extend(self.any().unknown_of(&operation).await?);
        }
        Ok(all)
    }

    /// Returns the figures of all clients of this account: requests, outcomes, rate limit.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.any().stats()
    }

    /// Returns the number of credits left, as [`Client::credits`] does for the operation of the client that returned this account.
    ///
    /// # Errors
    ///
    /// Those of [`Client::credits`].
    pub async fn credits(&self) -> Result<Credits, Error<AnyService>> {
        self.any().credits().await
    }

    /// Stops the sends of all operations, as [`Client::shutdown`] does.
    pub async fn shutdown(&self, timeout: Duration) -> Vec<Unfinished> {
        self.any().shutdown(timeout).await
    }

    /// Returns the ids of all operations that the ledger has purchases of.
    async fn operations(&self) -> Result<Vec<String>, Error<AnyService>> {
        let name = self.operation.account.name.clone();
        self.any().read_ledger(move |rows| rows.operations(&name)).await
    }

    /// Returns the client that returned this account, without the types of its service.
    fn any(&self) -> Client<AnyService> {
        Client::from_operation(Arc::clone(&self.operation), self.receiver.clone())
    }
}

/// Adds to each entry what it became, if it has a task.
fn became(rows: &mut dyn Rows, entries: Vec<Entry>) -> Result<Vec<(Entry, Became)>, LedgerError> {
    let became = |entry: Entry| {
        let became = match ledger::bought(rows, &entry)? {
            Bought::Task => Became::Task,
            Bought::Answer(Some(_)) => Became::Answer,
            Bought::Answer(None) => Became::LostAnswer,
        };
        Ok((entry, became))
    };
    entries.into_iter().map(became).collect()
}

/// Returns the task of an entry, if it has one.
fn task((entry, became): (Entry, Became)) -> Option<AccountTask> {
    let created = entry.attempt.and_then(|attempt| SystemTime::now().checked_sub(attempt.age()));
    let operation = OperationId::read(&entry.purchase.operation).ok()?;
    let handle = TaskHandle::known(operation, entry.task?, created);
    Some(AccountTask { key: entry.purchase.key, handle, became })
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("name", &self.operation.account.name).finish_non_exhaustive()
    }
}
