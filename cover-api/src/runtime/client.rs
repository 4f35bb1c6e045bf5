use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::SystemTime;

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::{Duration, Instant};
use tracing::debug;
use url::Url;

use super::called::Called;
use super::envelope::{self, Envelope, Unreadable};
use super::error::{Kind, Seen};
use super::ledger::Ledger;
use super::news::AttemptId;
use super::pace::{Ask, Pace, Slot, Verdict};
use super::rhythm::Rhythm;
use super::stats::Counters;
use super::unknown::Unknown;
use super::wire::{Answer, Auth, End, Wire};
use super::{ClientBuilder, Error, Request, Sending, Service, Stats, Task, TaskHandle};
use crate::{Link, read, redact};

/// Sends requests to a service and follows their tasks.
///
/// Cloning is cheap: all clones share connections, and one pace. Every request, be it a send, a poll or a look at the
/// credits, draws on the budget that the spec gives for a key; a thousand waiting tasks take turns.
pub struct Client<S: Service> {
    inner: Arc<Inner>,
    service: PhantomData<fn() -> S>,
}

/// What all clones of a client share.
pub(super) struct Inner {
    pub(super) wire: Wire,
    pub(super) auth: Auth,
    pub(super) key: SecretString,
    pub(super) base: Url,
    pub(super) rhythm: Rhythm,
    pub(super) pace: Arc<Pace>,
    pub(super) tries: (u32, Duration),
    pub(super) unknown: Unknown,
    pub(super) counters: Counters,
    pub(super) ledger: Ledger,
    pub(super) called: Option<Called>,
}

impl<S: Service> Client<S> {
    pub(super) fn of(inner: Inner) -> Self {
        Self { inner: Arc::new(inner), service: PhantomData }
    }

    pub(super) fn inner(&self) -> &Inner {
        &self.inner
    }

    /// The task that an attempt became, as callbacks say and a poll has confirmed.
    pub(super) fn found(&self, attempt: AttemptId, task: Box<str>) -> Task<S> {
        let created = SystemTime::now().checked_sub(attempt.age()).unwrap_or_else(SystemTime::now);
        Task::new(self.clone(), TaskHandle::created_at(task.into(), created))
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

    /// A client with the key and, where it is set, the base address from the environment variables that the spec names
    /// (`COVER_API_KEY` and `COVER_API_URL` in the one that this crate ships).
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] where the key is not set, and the errors of [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error<S>> {
        ClientBuilder::from_env()?.build()
    }

    /// Sends a request, as soon as the pace of the key has a turn, and gives the task that it started. This is what costs
    /// credits.
    ///
    /// It is sent again by itself only after it surely was not sent, or was refused by an answer that the spec says creates
    /// nothing and may be sent again; see [`ClientBuilder::tries`]. A reply that is lost is never such a case: the outcome is
    /// unknown then, and this client refuses to send an equal request until
    /// [`send_may_charge_twice`](Self::send_may_charge_twice) is called, or a callback tells which task it became.
    ///
    /// Keep [`Task::handle`] before waiting: it finds the task again.
    ///
    /// # Errors
    ///
    /// [`Error::may_have_been_charged`] tells apart what may be sent again from what may not. A future that is dropped
    /// before it gives a result may have been charged, too.
    pub fn send<R: Request<Service = S>>(&self, request: &R) -> Sending<S> {
        Sending::new(self.clone(), serde_json::to_vec(request), false)
    }

    /// Sends a request even if an equal one was sent whose outcome is unknown. Where that one did create a task, this pays
    /// for a second one.
    ///
    /// # Errors
    ///
    /// Those of [`send`](Self::send).
    pub fn send_may_charge_twice<R: Request<Service = S>>(&self, request: &R) -> Sending<S> {
        Sending::new(self.clone(), serde_json::to_vec(request), true)
    }

    /// Goes on with a task by its handle. Nothing is sent.
    #[must_use]
    pub fn resume(&self, handle: TaskHandle<S>) -> Task<S> {
        Task::new(self.clone(), handle)
    }

    /// The tasks that the journal knows of and whose end it has not seen, to go on with. Nothing is sent.
    ///
    /// # Errors
    ///
    /// Where the journal cannot be read. Without a journal there are none.
    #[cfg(feature = "journal")]
    pub fn unfinished(&self) -> Result<Vec<Task<S>>, crate::journal::JournalError> {
        use crate::journal::Standing;

        let Some(journal) = &self.inner.ledger.journal else { return Ok(Vec::new()) };
        let running = journal.entries()?.into_iter().filter_map(|entry| match entry.standing {
            Standing::Running { task } if entry.service == S::api().id => {
                Some(self.resume(TaskHandle::created_at(task, entry.sent)))
            }
            _ => None,
        });
        Ok(running.collect())
    }

    /// What receives callbacks: serve its [router](crate::callback::Callbacks::router), or call it from a server of yours.
    ///
    /// # Errors
    ///
    /// [`Error::is_setup`] where the client has no address for them: see [`ClientBuilder::callbacks`].
    #[cfg(feature = "callback")]
    pub fn callbacks(&self) -> Result<crate::callback::Callbacks<S>, Error<S>> {
        use super::error::Setup;

        match self.called() {
            Some(_) => Ok(crate::callback::Callbacks::new(self.clone())),
            None => Err(Error::setup(Setup::Callbacks("the client was built without an address for them"))),
        }
    }

    #[cfg(feature = "callback")]
    pub(crate) fn called(&self) -> Option<&Called> {
        self.inner.called.as_ref()
    }

    /// What this client and its clones have done.
    #[must_use]
    pub fn stats(&self) -> Stats {
        self.inner.counters.stats(&self.inner.pace)
    }

    /// How many credits are left. Where there are any, sends that were stopped for want of credits go on.
    ///
    /// # Errors
    ///
    /// Where the service does not answer, refuses, or gives no number.
    pub async fn credits(&self) -> Result<f64, Error<S>> {
        let no_amount = || Error::new(Kind::BadAnswer(Seen::NoAmount));
        let credits = S::api().credits.as_ref().ok_or_else(no_amount)?;
        let slot = self.inner.pace.turn(Ask::look(Instant::now())).await;
        let slot = slot.map_err(|_| Error::new(Kind::NoTurn(None)))?;
        let envelope = self.get(self.address(&credits.path), slot).await?;
        if !envelope::is_success(S::api(), envelope.code) {
            return Err(self.refused(envelope));
        }
        let amount = read::at(&envelope.body, &credits.amount).and_then(Value::as_f64).ok_or_else(no_amount)?;
        if amount > 0.0 {
            self.allow_sends();
        }
        Ok(amount)
    }

    /// Lets sends go on that were stopped, since the service said that no credits are left: you have bought some.
    pub fn allow_sends(&self) {
        self.inner.pace.credits_seen();
    }

    /// Downloads what a track's address leads to, at most 1 GiB. The key is not sent.
    ///
    /// # Errors
    ///
    /// Where the address gives anything but a whole file.
    pub async fn download(&self, link: &Link) -> Result<Vec<u8>, Error<S>> {
        let no_answer = |error| Error::new(Kind::NoAnswer).with_source(error);
        let answer = self.inner.wire.download(link.as_str()).await.map_err(no_answer)?;
        if !(200..300).contains(&answer.status) {
            return Err(Error::new(Kind::BadAnswer(Seen::Status(answer.status, None))));
        }
        let broken = |why| Error::new(Kind::BadAnswer(Seen::Status(answer.status, Some(why))));
        match answer.end {
            End::Complete => Ok(answer.bytes),
            End::TooLarge => Err(broken(Unreadable::TooLarge)),
            End::Broken(source) => Err(broken(Unreadable::CutShort).with_source(source)),
        }
    }

    /// One GET for an envelope, whatever its code.
    pub(super) async fn get(&self, address: Url, mut slot: Slot) -> Result<Envelope, Error<S>> {
        let answer = self.inner.wire.get(address, &self.inner.auth).await;
        let answer = answer.map_err(|error| Error::new(Kind::NoAnswer).with_source(error))?;
        let read = Envelope::of(S::api(), &answer);
        slot.answered(match envelope::verdict(S::api(), &answer, &read) {
            // Only a send can be out of credits.
            Verdict::NoCredits => Verdict::Fine,
            verdict => verdict,
        });
        debug!(status = answer.status, code = read.as_ref().ok().map(|envelope| envelope.code), "answered");
        let Answer { status, end, .. } = answer;
        read.map_err(|why| {
            let error = Error::new(Kind::BadAnswer(Seen::Status(status, Some(why))));
            if let End::Broken(source) = end { error.with_source(source) } else { error }
        })
    }

    pub(super) fn refused(&self, envelope: Envelope) -> Error<S> {
        Error::new(Kind::Refused).with_code(envelope.code, self.fit(envelope.message))
    }

    /// A message of the service, fit to be shown.
    pub(crate) fn fit(&self, message: Option<String>) -> Option<String> {
        let message = redact::text(&message?, self.inner.key.expose_secret());
        #[cfg(feature = "callback")]
        if let Some(called) = &self.inner.called {
            return Some(redact::beneath(&message, called.addresses.base()));
        }
        Some(message)
    }

    pub(super) fn address(&self, path: &str) -> Url {
        let mut address = self.inner.base.clone();
        let base = address.path().trim_end_matches('/').to_owned();
        address.set_path(&(base + path));
        address
    }

    /// The address of a path in which the id of a task may stand. Whatever the id holds, it is one segment of the path.
    pub(super) fn address_of(&self, path: &str, task: &str) -> Url {
        let id: String = url::form_urlencoded::byte_serialize(task.as_bytes()).collect();
        self.address(&path.replacen("{task}", &id.replace('+', "%20"), 1))
    }
}

impl<S: Service> Clone for Client<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), service: PhantomData }
    }
}

impl<S: Service> fmt::Debug for Client<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let base = redact::address(self.inner.base.as_str());
        f.debug_struct("Client").field("service", &S::api().id).field("base_url", &base).finish_non_exhaustive()
    }
}
