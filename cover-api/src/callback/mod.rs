//! Callbacks that one can trust, fused with polling.
//!
//! A service that tells of a stage by itself is minutes sooner than polls, and costs no budget. But callbacks are lost, come
//! twice and out of order, and where they are not signed, anybody who finds the address can post that a task is done. So:
//!
//! - Each attempt to send a request has an address of its own, which nobody can make without your secret.
//! - A callback is news, not truth: it wakes [`Task::wait`](crate::runtime::Task::wait) and
//!   [`Wait::updates`](crate::runtime::Wait::updates), which ask the service once, in their turn, before they tell anything. What is
//!   forged by somebody who has seen an address costs one poll.
//! - While callbacks come, there is hardly a poll but these. The more of them are lost, the more often tasks are polled, up to
//!   what they are without callbacks: nothing depends on them.
//! - Where the reply to a POST is lost, the address tells which request the callback belongs to: its outcome is known again
//!   ([`Client::recover`](crate::runtime::Client::recover)), and the next equal `send` returns the task.
//!
//! ```
//! use cover_api::sandbox::Sandbox;
//! use cover_api::{Client, CoverRequest, Model};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let sandbox = Sandbox::start().await?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
//! let address = format!("http://{}/covers", listener.local_addr()?); // or https://api.example.com/covers
//! let client = Client::builder(sandbox.key())
//!     .base_url(sandbox.url())
//!     .callbacks(&address, "0f2e1b5c8d7a4936a1b2c3d4e5f60718")
//!     .build()?;
//! let router = client.callbacks()?.router();
//! tokio::spawn(async move { axum::serve(listener, router).await });
//!
//! let request = CoverRequest::non_custom()
//!     .upload_url("https://storage.example.com/song.mp3")
//!     .call_back_url(&address)
//!     .model(Model::V5)
//!     .prompt("A calm night drive through the rain")
//!     .build()?;
//! let cover = client.send(&request).await?.wait().await?;
//! assert!(cover.has_output());
//! assert_eq!(sandbox.polls(), 1); // the one that confirmed the last callback
//! # Ok(())
//! # }
//! ```
//!
//! Only requests that give the client's address get one of their own beneath it. Others are sent as they are, and polled.
//!
//! # What it takes of memory
//!
//! What comes from the network adds no entry anywhere: who has no address is refused before a body is read. Bodies are read for
//! at most 5 s, at most 256 KiB each and 256 at once, so that 64 MiB is the most that they take. A client remembers at most
//! 65,536 of its own attempts, in about 200 bytes each.

pub mod deploying;
mod forge;
pub(crate) mod payload;
mod refusal;
mod router;
pub(crate) mod signature;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::SystemTime;

use cover_spec::wire;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::account::Account;
use crate::callback_link::{CallbackLink, NotOurs};
use crate::events;
use crate::inbox::Heard;
use crate::ledger::AttemptId;
use crate::service::Service;
use crate::submit::Claim;

pub use forge::{Forge, Forged};
pub use payload::Callback;
pub use refusal::{CallbackStats, Refusal};

use payload::Wanted;

use refusal::Counters;
pub(crate) use signature::SigningKey;

/// Larger bodies are refused. With two tracks and lyrics of 5,000 characters each, one is below 64 KiB.
const MOST_BODY: usize = 256 * 1024;

/// Receives the callbacks of a client: [`Client::callbacks`](crate::runtime::Client::callbacks).
pub struct Callbacks<S: Service> {
    account: Arc<Account>,
    receiver: Arc<Receiver>,
    service: PhantomData<fn() -> S>,
}

/// What all receivers of one client share.
#[derive(Debug)]
pub(crate) struct Receiver {
    signing: Option<SigningKey>,
    counters: Counters,
}

impl Receiver {
    pub(crate) fn new(signing: Option<SigningKey>) -> Self {
        Self { signing, counters: Counters::default() }
    }
}

/// What became of a callback.
#[non_exhaustive]
pub enum Outcome<S: Service> {
    /// It tells something new of a task, or which task an attempt became. Whoever waits for it is awake.
    News(Callback<S>),
    /// What it tells was heard before.
    Repeated(Callback<S>),
    /// Nobody waits for the task here: it ended, its wait did, or it is of another process. The ledger is asked for the attempt
    /// [afterwards](Received::afterwards).
    Unawaited(Callback<S>),
    /// It is not taken.
    Refused(Refusal),
}

/// A callback that was received. Answer with its [status](Self::status) and no body, and do [what is left](Self::afterwards)
/// then.
#[must_use = "answer with its status, and await `afterwards`"]
pub struct Received<S: Service> {
    outcome: Outcome<S>,
    after: Option<Claim>,
}

impl<S: Service> Callbacks<S> {
    pub(crate) fn new(account: Arc<Account>, receiver: Arc<Receiver>) -> Self {
        Self { account, receiver, service: PhantomData }
    }

    /// The address that the client was given: what requests are to give.
    #[must_use]
    pub fn address(&self) -> &str {
        self.link().map_or("", |link| link.addresses.base())
    }

    /// A router that receives callbacks at any path that ends as an address does. Serve it alone, or nest it at the path of
    /// the client's address:
    ///
    /// ```
    /// # let client = cover_api::Client::builder("key").callbacks("https://a.example/covers", "0123456789abcdef").build()?;
    /// let app = axum::Router::<()>::new().nest("/covers", client.callbacks()?.router());
    /// # Ok::<(), cover_api::Error>(())
    /// ```
    pub fn router(&self) -> axum::Router {
        router::router(self.clone())
    }

    /// Receives a callback, for any server. It does not wait for anything.
    ///
    /// `path` is that of the POST, with whatever stands before the end of the address; `body` is to be read up to 256 KiB and for a
    /// few seconds only.
    ///
    /// ```
    /// use cover_api::callback::{Outcome, Refusal};
    ///
    /// # let client = cover_api::Client::builder("key").callbacks("https://a.example/covers", "0123456789abcdef").build()?;
    /// let callbacks = client.callbacks()?;
    /// let callback = callbacks.forge().valid("task-1", "complete"); // what your server got
    /// let received = callbacks.receive(&callback.path, &callback.headers, &callback.body);
    /// assert_eq!(received.status(), 200);
    /// assert!(matches!(received.outcome(), Outcome::Unawaited(callback) if callback.task.id() == "task-1"));
    ///
    /// let received = callbacks.receive("/covers/1/2", &callback.headers, &callback.body);
    /// assert!(matches!(received.outcome(), Outcome::Refused(Refusal::NoAddress)));
    /// # Ok::<(), cover_api::Error>(())
    /// ```
    pub fn receive(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> Received<S> {
        match self.admit(path) {
            Ok(attempt) => self.take(attempt, headers, body, Wanted::Everything),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// How many callbacks came, and what became of them.
    #[must_use]
    pub fn stats(&self) -> CallbackStats {
        self.receiver.counters.stats()
    }

    /// Makes callbacks for your tests, valid ones and others.
    #[must_use]
    pub fn forge(&self) -> Forge<S> {
        Forge::new(self.clone())
    }

    fn link(&self) -> Option<&CallbackLink> {
        self.account.link.as_ref()
    }

    /// The attempt whose address a path is.
    fn admit(&self, path: &str) -> Result<AttemptId, Refusal> {
        let (link, said) = self.link().zip(S::api().callback.as_ref()).ok_or(Refusal::NoAddress)?;
        link.addresses.read(path, said.expires).map_err(|why| match why {
            NotOurs::NoAddress => Refusal::NoAddress,
            NotOurs::Forged => Refusal::Forged,
            NotOurs::Expired => Refusal::Expired,
        })
    }

    fn refuse(&self, refusal: Refusal) -> Received<S> {
        events::callback_refused(&refusal);
        self.receiver.counters.refuse(refusal);
        Received { outcome: Outcome::Refused(refusal), after: None }
    }

    /// Takes what came to the address of an attempt.
    fn take(&self, attempt: AttemptId, headers: &HeaderMap, body: &[u8], wanted: Wanted) -> Received<S> {
        let Some(link) = self.link() else { return self.refuse(Refusal::NoAddress) };
        let callback = match self.read(headers, body, wanted) {
            Ok(callback) => callback,
            Err(refusal) => return self.refuse(refusal),
        };
        // Whoever is awake by a callback finds it counted.
        let count = |heard| self.receiver.counters.hear(heard);
        let heard = link.inbox.tell(attempt, callback.task.id(), callback.rank, count);
        events::callback(callback.task.id(), &callback.stage, heard.name());
        let after = || Some(Claim::new(Arc::clone(&self.account), attempt));
        let (outcome, after) = match heard {
            Heard::News => (Outcome::News(callback), None),
            Heard::Claim => (Outcome::News(callback), after()),
            Heard::Repeated => (Outcome::Repeated(callback), None),
            Heard::Nobody => (Outcome::Unawaited(callback), after()),
            Heard::OtherTask => return self.refuse(Refusal::OtherTask),
        };
        Received { outcome, after }
    }

    fn read(&self, headers: &HeaderMap, body: &[u8], wanted: Wanted) -> Result<Callback<S>, Refusal> {
        if !is_json(headers) {
            return Err(Refusal::ContentType);
        }
        if body.len() > MOST_BODY {
            return Err(Refusal::TooLarge);
        }
        let callback = Callback::read(S::api(), body, wanted)?;
        if let Some((signature, key)) = signature::<S>().zip(self.receiver.signing.as_ref()) {
            let about = signature::About { task: callback.task.id(), body };
            key.verify(signature, headers, about, SystemTime::now())?;
        }
        Ok(callback)
    }
}

/// How the service signs, where it does.
fn signature<S: Service>() -> Option<&'static wire::Signature> {
    S::api().callback.as_ref()?.signature.as_ref()
}

/// `application/json`, or another type that is written as JSON, with or without parameters.
fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

impl<S: Service> Received<S> {
    /// The HTTP status to answer with, and an empty body.
    #[must_use]
    pub fn status(&self) -> u16 {
        if let Outcome::Refused(refusal) = self.outcome { refusal.status() } else { 200 }
    }

    /// What became of it.
    #[must_use]
    pub fn outcome(&self) -> &Outcome<S> {
        &self.outcome
    }

    /// Is there nothing left to do?
    fn is_over(&self) -> bool {
        self.after.is_none()
    }

    /// Does what is left after the answer: where the callback says which task became of a request whose outcome is not known,
    /// asks the service whether that is so, and writes it into the ledger. Mostly, there is nothing to do. Where this is not
    /// called, or dropped before its end, the next callback has it done.
    pub async fn afterwards(self) {
        let Some(claim) = self.after else { return };
        match &self.outcome {
            Outcome::Unawaited(callback) => claim.recall(callback.task.id(), callback.rank).await,
            _ => claim.confirm().await,
        }
    }
}

impl<S: Service> Clone for Callbacks<S> {
    fn clone(&self) -> Self {
        Self { account: Arc::clone(&self.account), receiver: Arc::clone(&self.receiver), service: PhantomData }
    }
}

impl<S: Service> fmt::Debug for Callbacks<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callbacks").field("address", &self.address()).finish_non_exhaustive()
    }
}

impl<S: Service> fmt::Debug for Outcome<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::News(callback) => f.debug_tuple("News").field(callback).finish(),
            Self::Repeated(callback) => f.debug_tuple("Repeated").field(callback).finish(),
            Self::Unawaited(callback) => f.debug_tuple("Unawaited").field(callback).finish(),
            Self::Refused(refusal) => f.debug_tuple("Refused").field(refusal).finish(),
        }
    }
}

impl<S: Service> fmt::Debug for Received<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Received").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}
