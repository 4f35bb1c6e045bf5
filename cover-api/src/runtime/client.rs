use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use secrecy::SecretString;
use serde_json::Value;
use tokio::time::{Instant, timeout};

use super::{ClientBuilder, Error, Request, Sending, Service, Stats, Task, TaskHandle};
use crate::account::Account;
use crate::attempt::Unfinished;
#[cfg(feature = "callback")]
use crate::callback::Receiver;
use crate::error::{Failure, Kind, Recovery, Seen};
use crate::events::{self, Purpose};
use crate::ledger::{LedgerError, Rows};
use crate::rate_limit::PermitRequest;
use crate::submit::{self, Placed};
use crate::transport::envelope;
use crate::{read, redact};

/// Sends requests to a service and follows their tasks.
///
/// Cloning is cheap: all clones share connections, ledger and rate limit. Every request, be it a send, a poll or a look at the
/// credits, takes a permit of the rate limit that the spec gives for an API key; a thousand waiting tasks take turns.
///
/// Clients in one process that have no ledger of their own share ledger and rate limit where address and API key are the same.
pub struct Client<S: Service> {
    account: Arc<Account>,
    #[cfg(feature = "callback")]
    receiver: Option<Arc<Receiver>>,
    service: PhantomData<fn() -> S>,
}

impl<S: Service> Client<S> {
    pub(super) fn of(account: Arc<Account>, #[cfg(feature = "callback")] receiver: Option<Receiver>) -> Self {
        Self {
            account,
            #[cfg(feature = "callback")]
            receiver: receiver.map(Arc::new),
            service: PhantomData,
        }
    }

    pub(crate) fn account(&self) -> &Arc<Account> {
        &self.account
    }

    /// A client of the service at the address that the spec gives.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn new(key: impl Into<SecretString>) -> Result<Self, Error<S>> {
        Self::builder(key).build()
    }

    /// Sets a client up.
    pub fn builder(key: impl Into<SecretString>) -> ClientBuilder<S> {
        ClientBuilder::new(key.into())
    }

    /// A client with the API key and, where it is set, the base address from the environment variables that the spec names
    /// (`COVER_API_KEY` and `COVER_API_URL` in the one that this crate ships).
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] where the API key is not set, and the errors of [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error<S>> {
        ClientBuilder::from_env()?.build()
    }

    /// Sends a request and returns its task. This is what costs credits.
    ///
    /// Give it a [key](Sending::key) wherever the purchase has a name of its own, such as an order number: whatever happens,
    /// one key is one task. Without a key, an equal request is recognised by its fields.
    ///
    /// The ledger is asked first, and again directly before the POST:
    ///
    /// - Where the purchase has a task, that task is returned and nothing is posted; [`Task::was_posted`] tells.
    /// - Where an earlier attempt is under way in this process, its end is awaited and decides. Where it is under way elsewhere,
    ///   that is an error ([`Error::is_in_progress`]).
    /// - Where the outcome of an earlier attempt is unknown, that is an error ([`Error::is_outcome_unknown`]) until it is
    ///   [recovered](Self::recover), [resolved](Self::resolve), or [`send_may_charge_twice`](Self::send_may_charge_twice) is
    ///   called.
    /// - Else it is posted as soon as the rate limit allows. It is posted again only after an attempt that created nothing for
    ///   certain, within [`ClientBuilder::max_attempts`].
    ///
    /// Dropping the future does not cause a second charge: the body is revoked if no byte of it was handed over; otherwise the
    /// exchange goes on and is settled, and the next equal `send` returns its task.
    ///
    /// # Errors
    ///
    /// [`Error::may_have_been_charged`] is false where the request may be sent again.
    pub fn send<R: Request<Service = S>>(&self, request: &R) -> Sending<S> {
        Sending::new(self.clone(), request, false)
    }

    /// Sends a request even if an earlier attempt of the same purchase has an unknown outcome. Where that attempt did create a
    /// task, this pays for a second one.
    ///
    /// The consent is for the attempt that this call finds, and is recorded together with the new attempt; a call that is dropped
    /// before that records nothing.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_may_charge_twice<R: Request<Service = S>>(&self, request: &R) -> Sending<S> {
        Sending::new(self.clone(), request, true)
    }

    /// Goes on with a task by its handle. Nothing is sent.
    #[must_use]
    pub fn resume(&self, handle: TaskHandle<S>) -> Task<S> {
        Task::new(self.clone(), handle, false)
    }

    /// Returns the task that the purchase of this key became, where the ledger knows one. Nothing is sent.
    ///
    /// # Errors
    ///
    /// [`Error::is_ledger`] where the ledger cannot be read.
    pub async fn find(&self, key: &str) -> Result<Option<Task<S>>, Error<S>> {
        let (name, api, key) = (self.account.name.clone(), self.account.api, key.to_owned());
        let entry = self.read_ledger(move |rows| rows.entry_by_key(&name, &api.id, &key)).await?;
        let task = entry.and_then(|entry| Some((entry.task?, entry.attempt)));
        Ok(task.map(|(task, attempt)| {
            let created = attempt.and_then(|attempt| SystemTime::now().checked_sub(attempt.age()));
            self.resume(TaskHandle::known(task, created))
        }))
    }

    /// Waits until it is known which task a request became whose outcome was unknown, and returns it; `None` where it became
    /// none, or where nothing can tell. Nothing is sent but polls.
    ///
    /// A task that the broken reply seemed to name is confirmed by a poll. Where callbacks come to this client and the request
    /// asked for them, this waits for one as long as it takes, so give it a timeout.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(client: cover_api::Client, request: cover_api::CoverRequest) -> Result<(), cover_api::Error> {
    /// let task = match client.send(&request).key("order-17").await {
    ///     Ok(task) => task,
    ///     Err(error) => {
    ///         let Some(recovery) = error.recovery() else { return Err(error) };
    ///         let found = tokio::time::timeout(Duration::from_secs(300), client.recover(recovery.clone())).await;
    ///         found.unwrap_or(Ok(None))?.ok_or(error)?
    ///     }
    /// };
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Error::is_ledger`] where the ledger cannot be read.
    pub async fn recover(&self, recovery: Recovery) -> Result<Option<Task<S>>, Error<S>> {
        if recovery.operation != S::api().id {
            return Ok(None);
        }
        let placed = submit::recover(&self.account, &recovery).await?;
        Ok(placed.map(|placed| self.placed(placed)))
    }

    /// Lets no send begin from now on, and waits at most this long for those whose request was handed over.
    ///
    /// Sends that are queued end with [`Error::is_shut_down`] and were not sent. Returns what is still under way after the
    /// timeout: dropped with its runtime, it is recorded as unknown. Waits are not affected. All clones are shut down.
    pub async fn shutdown(&self, after: Duration) -> Vec<Unfinished> {
        let tracker = &self.account.tracker;
        tracker.close();
        let _ = timeout(after, tracker.idle()).await;
        tracker.give_up();
        tracker.unfinished()
    }

    pub(super) fn placed(&self, placed: Placed) -> Task<S> {
        Task::new(self.clone(), TaskHandle::known(placed.task, placed.created), placed.was_posted)
    }

    /// Runs a rule of the ledger for something other than a send.
    pub(super) async fn read_ledger<T: Send + 'static>(
        &self,
        rule: impl FnOnce(&mut dyn Rows) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, Error<S>> {
        self.account.ledger.run(rule).await.map_err(|error| {
            let kind = if error.is_refused() { Kind::Unresolved } else { Kind::Ledger };
            Failure::new(kind).with_source(error).into()
        })
    }

    /// Returns what receives callbacks: serve its [router](crate::callback::Callbacks::router), or call it from a server of yours.
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] where the client has no address for them: see [`ClientBuilder::callbacks`].
    #[cfg(feature = "callback")]
    pub fn callbacks(&self) -> Result<crate::callback::Callbacks<S>, Error<S>> {
        use crate::error::Setup;

        match &self.receiver {
            Some(receiver) => Ok(crate::callback::Callbacks::new(Arc::clone(&self.account), Arc::clone(receiver))),
            None => Err(Failure::setup(Setup::Callbacks("the client was built without an address for them")).into()),
        }
    }

    /// Returns what this client and its clones have done.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.account.counters.stats(&self.account.rate_limit)
    }

    /// Returns how many credits are left. Where there are any, sends that were stopped for want of credits go on.
    ///
    /// # Errors
    ///
    /// Where the service does not answer, refuses, or gives no number.
    pub async fn credits(&self) -> Result<f64, Error<S>> {
        let no_amount = || Error::new(Kind::BadAnswer(Seen::NoAmount));
        let credits = S::api().credits.as_ref().ok_or_else(no_amount)?;
        let permit = self.account.rate_limit.acquire(PermitRequest::look(Instant::now())).await;
        let permit = permit.map_err(|_| Error::new(Kind::NoPermit(None)))?;
        let envelope = self.account.get(Purpose::Credits, self.account.address(&credits.path), permit).await?;
        if !envelope::is_success(S::api(), envelope.code) {
            return Err(self.account.refused(&envelope).into());
        }
        let amount = read::at(&envelope.body, &credits.amount).and_then(Value::as_f64).ok_or_else(no_amount)?;
        events::credits(amount);
        if amount > 0.0 {
            self.account.rate_limit.credits_seen();
        }
        Ok(amount)
    }

    /// Ends what holds requests back: a pause that the service asked for, and the stop of sends for want of credits.
    ///
    /// Call it once you have bought credits, or know that the service is back.
    pub fn resume_sends(&self) {
        self.account.rate_limit.credits_seen();
        self.account.rate_limit.resume();
    }
}

impl<S: Service> Clone for Client<S> {
    fn clone(&self) -> Self {
        Self {
            account: Arc::clone(&self.account),
            #[cfg(feature = "callback")]
            receiver: self.receiver.clone(),
            service: PhantomData,
        }
    }
}

impl<S: Service> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = redact::shown(&redact::address(self.account.base.as_str()));
        f.debug_struct("Client").field("service", &S::api().id).field("base_url", &base).finish_non_exhaustive()
    }
}
