//! The methods of clients that have no type of their own.

use std::time::Duration;

use cover_spec::answers::{as_number, at, is_success};
use cover_spec::tables::Credits;
use futures_util::future::join;
use secrecy::SecretString;
use tokio::time::Instant;

use super::{Client, ClientBuilder, Sending, Sent, Task};
use crate::account::Stats;
use crate::attempt::Unfinished;
use crate::error::{Error, Evidence, Failure, Kind, OtherRequest, Recovery, Setup};
use crate::events::{self, Purpose};
use crate::follow::Origin;
use crate::ledger::{self, EntryState, Fingerprint};
use crate::rate_limit::PermitRequest;
use crate::service::{Request, Service, StaticService, TaskHandle};
use crate::submit;

impl<S: StaticService> Client<S> {
    /// Makes a client of the service at the address that the spec gives.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn new(key: impl Into<SecretString>) -> Result<Self, Error<S>> {
        Self::builder(key).build()
    }

    /// Returns a builder for a client with other settings than the spec's.
    pub fn builder(key: impl Into<SecretString>) -> ClientBuilder<S> {
        ClientBuilder::new(S::api(), None, key.into())
    }

    /// Makes a client from the environment variables that the spec names: the API key and, optionally, the base address.
    ///
    /// In the spec that this crate ships, they are `COVER_API_KEY` and `COVER_API_URL`. [`ClientBuilder::from_env`] takes other settings as
    /// well, such as a ledger.
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] if the API key is not set, and the errors of [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error<S>> {
        ClientBuilder::from_env()?.build()
    }
}

impl<S: Service> Client<S> {
    /// Sends a request and returns its task. The service charges for it.
    ///
    /// Set an idempotency [key](Sending::key), such as an order number. A key is one purchase: every further `send` of it returns
    /// the same task. Without a key, an equal request is recognised by its fields.
    ///
    /// The ledger is asked first, and again directly before the POST:
    ///
    /// - If the purchase already has a task, that task is returned and nothing is posted. [`Task::was_posted`] is false then.
    /// - If another attempt is running in this process, its outcome decides. If it is running in another process, the error is
    ///   [`Error::is_in_progress`].
    /// - If the outcome of an earlier attempt is unknown, the error is [`Error::is_outcome_unknown`]. It stays so until the outcome
    ///   is [recovered](Self::recover) or [resolved](Self::resolve), or until you call
    ///   [`send_may_charge_twice`](Self::send_may_charge_twice).
    /// - Otherwise the request is posted as soon as the rate limit allows. It is posted again only after an attempt that is known
    ///   to have created nothing, up to [`ClientBuilder::max_attempts`] times.
    ///
    /// Dropping the future never causes a second charge. If no byte of the body was handed over, the request is revoked.
    /// Otherwise the exchange runs to its end, its outcome is recorded, and the next equal `send` returns its task.
    ///
    /// # Errors
    ///
    /// [`Error::may_have_been_charged`] is false if the request can safely be sent again.
    pub fn send<R: Request<Service = S>>(&self, request: &R) -> Sending<S> {
        Sending::new(self.clone(), request, false)
    }

    /// Sends a request even if an earlier attempt of the same purchase has an unknown outcome. If that attempt created a task, you pay
    /// twice.
    ///
    /// The consent covers only the attempt that this call finds. It is recorded together with the new attempt; a call that is
    /// dropped before then records nothing.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send). [`Error::is_outcome_unknown`] means that the consent was refused: the process that made the earlier
    /// attempt may still send it. The message says for how long.
    pub fn send_may_charge_twice<R: Request<Service = S>>(&self, request: &R) -> Sending<S> {
        Sending::new(self.clone(), request, true)
    }

    /// Returns the task of a handle. Nothing is sent.
    ///
    /// An operation that answers at once has no tasks: a wait for one is an error ([`Error::is_setup`]).
    #[must_use]
    pub fn resume(&self, handle: TaskHandle<S>) -> Task<S> {
        Task::new(self.clone(), handle, Origin::default())
    }

    /// Returns the task of the purchase with this key, if the ledger has one. Nothing is sent.
    ///
    /// `None` means that nothing was bought with this key, so that [`send`](Self::send) may pay. Call this before you prepare a request
    /// that takes work, such as an upload.
    /// An equal purchase without a key may still forbid the send, since only `send` knows the request.
    ///
    /// # Errors
    ///
    /// If a send of the key would not be allowed to pay, and there is nothing to return:
    ///
    /// - [`Error::is_outcome_unknown`] if the outcome of the last attempt is unknown. [`Error::recovery`] returns that attempt. If this
    ///   client receives callbacks, its [recovery](Self::recover) waits for one.
    /// - [`Error::is_in_progress`] if a send of the key is under way, in this process or in another one.
    /// - [`Error::is_answer_lost`] or [`Error::is_output_missing`] if the operation answered at once, and there are no results.
    ///
    /// [`Error::is_ledger`] if the ledger cannot be read.
    pub async fn find(&self, key: &str) -> Result<Option<Sent<S>>, Error<S>> {
        self.find_purchase(key, None).await
    }

    /// Finds the purchase with this key. If it belongs to a request with another fingerprint than this one, that is an error.
    pub(super) async fn find_purchase(
        &self,
        key: &str,
        fingerprint: Option<Fingerprint>,
    ) -> Result<Option<Sent<S>>, Error<S>> {
        let (name, api, key) = (self.operation.account.name.clone(), self.operation.api, key.to_owned());
        let found = self.read_ledger(move |rows| {
            let Some(entry) = rows.entry_by_key(&name, &api.id, &key)? else { return Ok(None) };
            let (entry, _) = ledger::refresh(rows, entry)?;
            let bought = ledger::bought(rows, &entry)?;
            Ok(Some((entry, bought)))
        });
        let Some((entry, bought)) = found.await? else { return Ok(None) };
        let is_other = fingerprint.is_some_and(|fingerprint| entry.purchase.fingerprint.differs_from(&fingerprint));
        match (entry.state, entry.attempt) {
            (EntryState::Running | EntryState::Done | EntryState::Failed, _) if is_other => {
                let is_failed = entry.state == EntryState::Failed;
                let other = if is_failed { OtherRequest::Failed } else { OtherRequest::Bought };
                Err(Error::new(Kind::KeyConflict(other)))
            }
            (EntryState::Posting, _) => Err(Error::new(Kind::InProgress)),
            (EntryState::Unknown, Some(attempt)) => {
                let is_called_back = self.operation.link.is_some();
                let recovery = Recovery { operation: &api.id, attempt, is_called_back };
                let failure = Failure::new(Kind::OutcomeUnknown(Evidence::EarlierAttempt));
                Err(failure.with_recovery(recovery).into())
            }
            _ => {
                let found = self.bought(&entry, bought)?;
                if self.operation.api.poll.is_none()
                    && let (Some(_), Some(answer)) = (&found, &entry.task)
                {
                    self.operation.deliver(entry.id, answer, false);
                }
                Ok(found)
            }
        }
    }

    /// Waits for the task of a request whose outcome is unknown. Returns `None` if the request created no task, or if nothing can
    /// tell. Only polls are sent.
    ///
    /// If the broken reply seemed to name a task, a poll confirms it. If the request gave this client's callback address, this
    /// waits for a callback without a limit, so set a timeout.
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
    /// [`Error::is_ledger`] if the ledger cannot be read.
    pub async fn recover(&self, recovery: Recovery) -> Result<Option<Sent<S>>, Error<S>> {
        if recovery.operation != self.operation.api.id {
            return Ok(None);
        }
        let purchased = submit::recover(&self.operation, &recovery).await?;
        purchased.map(|purchased| self.sent(purchased)).transpose()
    }

    /// Stops sends, and waits up to `timeout` for the exchanges in flight.
    ///
    /// Queued and new sends fail with [`Error::is_shut_down`]; they were not sent. All clones are shut down.
    ///
    /// The tasks that this process waits for are handed over at once, so that other processes may [adopt](Self::adopt) them. Waits for
    /// tasks continue until that happens.
    ///
    /// Returns the attempts that still run after the timeout. If the Tokio runtime is dropped then, their outcomes are
    /// recorded as unknown.
    pub async fn shutdown(&self, timeout: Duration) -> Vec<Unfinished> {
        let account = &self.operation.account;
        let tracker = &account.tracker;
        tracker.close();
        let ended = async {
            join(account.hand_over(), tracker.idle()).await;
            // Tasks may have been created in the meantime.
            account.hand_over().await;
        };
        let _ = tokio::time::timeout(timeout, ended).await;
        tracker.give_up();
        tracker.unfinished()
    }

    /// Returns the figures of this client and its clones: requests, outcomes, rate limit.
    #[must_use]
    pub fn stats(&self) -> Stats {
        let account = &self.operation.account;
        account.counters.stats(&account.rate_limit, &account.ledger)
    }

    /// Returns the number of credits left, down to thousandths. If there are any, sends that were stopped for lack of credits continue.
    ///
    /// # Errors
    ///
    /// If the service does not answer, refuses the request, or gives no number. [`Error::is_setup`] if the spec has no `[credits]`
    /// with a `path`; nothing is sent then.
    pub async fn credits(&self) -> Result<Credits, Error<S>> {
        let no_amount = || Error::new(Kind::BadAnswer(Evidence::NoAmount));
        let credits = self.operation.api.credits.as_ref().filter(|credits| !credits.path.is_empty());
        let credits = credits.ok_or_else(|| Error::new(Kind::Setup(Setup::NoCredits)))?;
        let permit = self.operation.account.rate_limit.acquire(PermitRequest::credits(Instant::now())).await;
        let permit = permit.map_err(|_| Error::new(Kind::NoPermit(None)))?;
        let envelope = self.operation.get(Purpose::Credits, self.operation.address(&credits.path), permit).await?;
        if !is_success(self.operation.api, envelope.code) {
            return Err(self.operation.refused(&envelope).into());
        }
        let amount = at(&envelope.body, &credits.amount).and_then(as_number).ok_or_else(no_amount)?;
        let amount = Credits::rounded_down(amount);
        events::credits(amount);
        if amount > Credits::ZERO {
            self.operation.account.rate_limit.credits_seen();
        }
        Ok(amount)
    }

    /// Ends a pause that the service asked for, and lets sends continue that were stopped for lack of credits.
    ///
    /// Call it after you bought credits, or when you know that the service is back.
    pub fn resume_sends(&self) {
        self.operation.account.rate_limit.credits_seen();
        self.operation.account.rate_limit.resume();
    }
}
