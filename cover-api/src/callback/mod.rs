//! Callbacks, confirmed by polls.
//!
//! A callback reports a stage minutes before the next poll would, and does not count against the rate limit. But callbacks get
//! lost, come twice and arrive out of order. If they are not signed, anyone who learns the address can post that a task is done.
//! This crate therefore works as follows:
//!
//! - Each attempt to send a request has a callback address of its own. Nobody can make such an address without your secret.
//! - A callback wakes [`Task::wait`](crate::runtime::Task::wait) and [`Wait::updates`](crate::runtime::Wait::updates). They then
//!   poll the service once before they report anything. A forged callback costs one poll.
//! - While callbacks arrive, tasks are hardly polled otherwise. The more callbacks get lost, the more often tasks are polled, up
//!   to the schedule without callbacks. No result depends on a callback.
//! - If the reply to a POST is lost, the callback address identifies the request. A callback then makes the outcome known:
//!   [`Client::recover`](crate::runtime::Client::recover) and the next equal `send` return the task.
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
//! Only a request that gives the client's address gets an address of its own beneath it. Other requests are sent unchanged, and
//! their tasks are polled.
//!
//! # Memory
//!
//! Callbacks from the network add no entry to any table, and a POST to an unknown address is refused before its body is read. At
//! most 256 bodies are read at once, each of at most 256 KiB and for at most 5 s, so that bodies take at most 64 MiB. A client
//! remembers at most 65,536 of its own attempts, in about 200 bytes each.

pub mod deploying;
mod factory;
pub(crate) mod payload;
mod received;
mod receiver;
mod refusal;
mod router;
pub(crate) mod signature;

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::SystemTime;

use cover_spec::answers::MAX_CALLBACK;
use cover_spec::tables::CallbackSpec;
use http::HeaderMap;
use http::header::CONTENT_TYPE;

use crate::account::Operation;
use crate::callback_link::CallbackLink;
use crate::events;
use crate::inbox::CallbackEffect;
use crate::ledger::AttemptId;
use crate::service::{AnyService, Service};
use crate::submit::claim::Claim;

pub use factory::{CallbackFactory, TestCallback};
pub use payload::Callback;
pub use received::{CallbackOutcome, Received};
pub(crate) use receiver::Receiver;
pub use refusal::{CallbackStats, Refusal};
pub(crate) use signature::SigningKey;

use payload::Wanted;
use signature::SignedContent;

/// The receiver of a client's callbacks, from [`Client::callbacks`](crate::runtime::Client::callbacks), or of those of an account, from
/// [`Account::callbacks`](crate::runtime::Account::callbacks).
pub struct Callbacks<S: Service> {
    operation: Arc<Operation>,
    receiver: Arc<Receiver>,
    /// Whether callbacks of all operations of the account are received, and not only those of `operation`.
    of_account: bool,
    service: PhantomData<fn() -> S>,
}

impl<S: Service> Callbacks<S> {
    pub(crate) fn new(operation: Arc<Operation>, receiver: Arc<Receiver>) -> Self {
        Self { operation, receiver, of_account: false, service: PhantomData }
    }

    /// Returns the address that the client was built with. Give it in each request whose task should be followed by callbacks.
    #[must_use]
    pub fn address(&self) -> &str {
        self.link().addresses.base()
    }

    /// Returns a router that receives callbacks at any path that ends with the two parts of a callback address. It receives those of all
    /// operations of the account. Serve it alone, or nest it in a router of yours:
    ///
    /// ```
    /// # let client = cover_api::Client::builder("key").callbacks("https://a.example/covers", "0123456789abcdef").build()?;
    /// let app = axum::Router::<()>::new().nest("/covers", client.callbacks()?.router());
    /// # Ok::<(), cover_api::Error>(())
    /// ```
    pub fn router(&self) -> axum::Router {
        router::router(Arc::clone(&self.receiver))
    }

    /// Receives a callback from any server. It does not block. The callback of another operation is refused, unless these are the
    /// callbacks of the account.
    ///
    /// `path` is the path of the POST; it may have any prefix. Before you call this, read at most 256 KiB of the body and for a few
    /// seconds only.
    ///
    /// ```
    /// use cover_api::callback::{CallbackOutcome, Refusal};
    ///
    /// # let client = cover_api::Client::builder("key").callbacks("https://a.example/covers", "0123456789abcdef").build()?;
    /// let callbacks = client.callbacks()?;
    /// let callback = callbacks.test_factory().valid("task-1", "complete"); // what your server received
    /// let received = callbacks.receive(&callback.path, &callback.headers, &callback.body);
    /// assert_eq!(received.status(), 200);
    /// assert!(matches!(received.outcome(), CallbackOutcome::Unawaited(callback) if callback.task.id() == "task-1"));
    ///
    /// let received = callbacks.receive("/covers/1/2", &callback.headers, &callback.body);
    /// assert!(matches!(received.outcome(), CallbackOutcome::Refused(Refusal::NotAnAddress)));
    /// # Ok::<(), cover_api::Error>(())
    /// ```
    pub fn receive(&self, path: &str, headers: &HeaderMap, body: &[u8]) -> Received<S> {
        match self.admit(path) {
            Ok((operation, attempt)) => self.take(&operation, attempt, headers, body, Wanted::Everything),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Returns the number of callbacks that arrived, by their outcome.
    #[must_use]
    pub fn stats(&self) -> CallbackStats {
        self.receiver.counters.stats()
    }

    /// Returns a factory of valid and invalid callbacks, for your tests.
    #[must_use]
    pub fn test_factory(&self) -> CallbackFactory<S> {
        CallbackFactory::new(self.clone())
    }

    fn link(&self) -> &CallbackLink {
        link_of(&self.operation)
    }

    fn spec(&self) -> &'static CallbackSpec {
        spec_of(&self.operation)
    }

    /// Returns the operation and the attempt whose callback address the path ends with.
    fn admit(&self, path: &str) -> Result<(Arc<Operation>, AttemptId), Refusal> {
        if self.of_account {
            return self.receiver.admit(path);
        }
        Ok((Arc::clone(&self.operation), receiver::admit(&self.operation, path)?))
    }

    fn refuse(&self, refusal: Refusal) -> Received<S> {
        events::callbacks::refused(&refusal);
        self.receiver.counters.count_refusal(refusal);
        Received::new(CallbackOutcome::Refused(refusal), None)
    }

    /// Reads a callback to the address of an attempt, and passes it on to the inbox.
    fn take(
        &self,
        operation: &Arc<Operation>,
        attempt: AttemptId,
        headers: &HeaderMap,
        body: &[u8],
        wanted: Wanted,
    ) -> Received<S> {
        let callback = match self.read(operation, headers, body, wanted) {
            Ok(callback) => callback,
            Err(refusal) => return self.refuse(refusal),
        };
        // A wait that the callback wakes finds it counted.
        let count = |effect| self.receiver.counters.count(effect);
        let effect = link_of(operation).inbox.receive(attempt, callback.task.id(), callback.rank, count);
        events::callbacks::received(callback.task.id(), &callback.stage, effect.name());
        let after = |is_pending| Some(Claim::new(Arc::clone(operation), attempt, is_pending));
        let (outcome, after) = match effect {
            // A wait of this process is woken, and another process may have sent the request and wait as well.
            CallbackEffect::New if !link_of(operation).inbox.is_own(attempt) => {
                (CallbackOutcome::New(callback), after(false))
            }
            CallbackEffect::New => (CallbackOutcome::New(callback), None),
            CallbackEffect::Claim => (CallbackOutcome::New(callback), after(true)),
            CallbackEffect::Repeated => (CallbackOutcome::Repeated(callback), None),
            CallbackEffect::Unawaited => (CallbackOutcome::Unawaited(callback), after(false)),
            CallbackEffect::OtherTask => return self.refuse(Refusal::OtherTask),
        };
        Received::new(outcome, after)
    }

    fn read(
        &self,
        operation: &Operation,
        headers: &HeaderMap,
        body: &[u8],
        wanted: Wanted,
    ) -> Result<Callback<S>, Refusal> {
        if !is_json(headers) {
            return Err(Refusal::WrongContentType);
        }
        if body.len() > MAX_CALLBACK {
            return Err(Refusal::TooLarge);
        }
        let callback = Callback::read(operation.api, body, wanted)?;
        if let Some((signature, key)) = spec_of(operation).signature.as_ref().zip(self.receiver.signing.as_ref()) {
            let content = SignedContent { task: callback.task.id(), body };
            key.verify(signature, headers, content, SystemTime::now())?;
        }
        Ok(callback)
    }
}

impl Callbacks<AnyService> {
    /// Returns the receiver for all operations of an account. `None` if no operation receives callbacks.
    pub(crate) fn of_account(receiver: Arc<Receiver>) -> Option<Self> {
        let operation = receiver.first()?;
        Some(Self { operation, receiver, of_account: true, service: PhantomData })
    }
}

/// Returns what the spec of an operation says about callbacks.
fn spec_of(operation: &Operation) -> &'static CallbackSpec {
    operation.api.callback.as_ref().expect("a receiver has only operations with callbacks")
}

fn link_of(operation: &Operation) -> &CallbackLink {
    operation.link.as_deref().expect("a receiver has only operations with callback addresses")
}

/// Whether the content type is `application/json`, or ends in `+json`. Parameters are ignored.
fn is_json(headers: &HeaderMap) -> bool {
    let given = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (kind, _parameters) = given.split_once(';').unwrap_or((given, ""));
    let kind = kind.trim().to_ascii_lowercase();
    kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
}

impl<S: Service> Clone for Callbacks<S> {
    fn clone(&self) -> Self {
        let (operation, receiver) = (Arc::clone(&self.operation), Arc::clone(&self.receiver));
        Self { operation, receiver, of_account: self.of_account, service: PhantomData }
    }
}

impl<S: Service> fmt::Debug for Callbacks<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callbacks").field("address", &self.address()).finish_non_exhaustive()
    }
}
