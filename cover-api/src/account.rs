//! What all clones of a client share, without the types of a service: key, transport, rate limit, ledger, callback link.

use std::sync::Arc;
use std::time::Duration;

use cover_spec::wire::Api;
use secrecy::{ExposeSecret, SecretString};
use tracing::debug;
use url::Url;

use crate::attempt::Tracker;
use crate::callback_link::CallbackLink;
use crate::error::{Failure, Kind, Seen};
use crate::ledger::{Book, LedgerError, Purchase, Rows, State, deliver, end, lose};
use crate::ledger::{EntryId, Fingerprint};
use crate::rate_limit::{Permit, RateLimit, Verdict};
use crate::redact;
use crate::schedule::Schedule;
use crate::stats::Counters;
use crate::transport::envelope::{self, Envelope};
use crate::transport::{Answer, Auth, End, Transport};

/// Who pays, how the service is reached, and what was sent.
pub(crate) struct Account {
    pub(crate) api: &'static Api,
    /// What entries of the ledger are filed under.
    pub(crate) name: String,
    pub(crate) transport: Transport,
    pub(crate) auth: Auth,
    pub(crate) key: SecretString,
    pub(crate) base: Url,
    /// Where requests are posted.
    pub(crate) submit: Url,
    pub(crate) rate_limit: Arc<RateLimit>,
    pub(crate) ledger: Book,
    pub(crate) schedule: Schedule,
    pub(crate) max_attempts: u32,
    /// No attempt of a send begins later than this after the first.
    pub(crate) retry_window: Duration,
    pub(crate) counters: Counters,
    pub(crate) link: Option<CallbackLink>,
    pub(crate) tracker: Arc<Tracker>,
}

/// The address of a path beneath the base address.
pub(crate) fn beneath(base: &Url, path: &str) -> Url {
    let mut address = base.clone();
    address.set_path(&(base.path().trim_end_matches('/').to_owned() + path));
    address
}

impl Account {
    pub(crate) fn purchase(&self, key: Option<String>, fingerprint: Fingerprint) -> Purchase {
        Purchase { account: self.name.clone(), operation: self.api.id.to_string(), key, fingerprint }
    }

    pub(crate) fn address(&self, path: &str) -> Url {
        beneath(&self.base, path)
    }

    /// The address of a path in which the id of a task may stand. Whatever the id holds, it is one segment of the path.
    fn address_of(&self, path: &str, task: &str) -> Url {
        let id: String = url::form_urlencoded::byte_serialize(task.as_bytes()).collect();
        self.address(&path.replacen("{task}", &id.replace('+', "%20"), 1))
    }

    /// A message of the service, fit to be shown.
    pub(crate) fn fit(&self, message: Option<String>) -> Option<String> {
        let message = redact::text(&message?, self.key.expose_secret());
        Some(match &self.link {
            Some(link) => redact::beneath(&message, link.addresses.base()),
            None => message,
        })
    }

    /// One GET for an envelope, whatever its code.
    pub(crate) async fn get(&self, address: Url, mut permit: Permit) -> Result<Envelope, Failure> {
        let answer = self.transport.get(address, &self.auth).await;
        let answer = answer.map_err(|error| Failure::new(Kind::NoAnswer).with_source(error))?;
        let read = Envelope::of(self.api, &answer);
        permit.answered(match envelope::verdict(self.api, &answer, &read) {
            // Only a send can be out of credits.
            Verdict::NoCredits => Verdict::Fine,
            verdict => verdict,
        });
        debug!(status = answer.status, code = read.as_ref().ok().map(|envelope| envelope.code), "answered");
        let Answer { status, end, .. } = answer;
        read.map_err(|why| {
            let failure = Failure::new(Kind::BadAnswer(Seen::Status(status, Some(why))));
            if let End::Broken(source) = end { failure.with_source(source) } else { failure }
        })
    }

    /// One poll of a task, whatever the answer's code.
    pub(crate) async fn poll(&self, task: &str, permit: Permit) -> Result<Envelope, Failure> {
        let poll = &self.api.poll;
        let mut address = self.address_of(&poll.path, task);
        if let Some(query) = &poll.query {
            address.query_pairs_mut().append_pair(query, task);
        }
        self.counters.polls.add();
        self.get(address, permit).await
    }

    /// The service refused what was asked.
    pub(crate) fn refused(&self, envelope: Envelope) -> Failure {
        let known = envelope::code(self.api, envelope.code);
        Failure::new(Kind::Refused).with_code(envelope.code, known, self.fit(envelope.message))
    }

    /// Writes down that a caller was given the task of an entry, without waiting for it: a caller that is dropped before it
    /// has the task must not count as one that has it.
    pub(crate) fn deliver(&self, entry: EntryId, task: &str) {
        let task = task.to_owned();
        self.write("that a task was delivered", move |rows| deliver(rows, entry, &task));
    }

    /// Writes down that a task is done or has failed, without waiting for it.
    pub(crate) fn end(&self, task: &str, state: State, status: String) {
        let (name, api, task) = (self.name.clone(), self.api, task.to_owned());
        self.write("the end of a task", move |rows| end(rows, &name, &api.id, &task, state, &status));
    }

    /// Writes down that the service no longer knows a task, without waiting for it.
    pub(crate) fn lose(&self, task: &str) {
        let (name, api, task) = (self.name.clone(), self.api, task.to_owned());
        self.write("that a task is not known any more", move |rows| lose(rows, &name, &api.id, &task));
    }

    fn write(&self, what: &'static str, rule: impl FnOnce(&mut dyn Rows) -> Result<(), LedgerError> + Send + 'static) {
        let ledger = self.ledger.local().clone();
        let written = self
            .ledger
            .run(move |rows| rule(rows).inspect_err(|error| tracing::warn!(%error, "the ledger did not take {what}")));
        // It is in the ledger's queue already; the entry stays as it was if it fails, which is safe.
        drop(written);
        ledger.notify();
    }
}
