use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tracing::{Instrument, info_span};

use super::{Client, Error, Request, Service, Task};
use crate::account::Account;
use crate::error::{Failure, Kind};
use crate::ledger::Fingerprint;
use crate::submit::{self, Options, Order, OutgoingBody, Placed};

/// Longest idempotency key, in bytes.
const MOST_KEY: usize = 255;

/// A request on its way. Nothing happens before this is first polled.
///
/// Dropped before it gives a result, it pays for nothing twice: see [`Client::send`].
#[must_use = "nothing is sent before `.await`"]
pub struct Sending<S: Service> {
    client: Client<S>,
    stage: Stage,
}

enum Stage {
    Ready(Box<Submission>),
    Busy(BoxFuture<'static, Result<Placed, Failure>>),
    Over,
}

/// What is to be sent.
struct Submission {
    body: Result<Bytes, serde_json::Error>,
    fingerprint: Fingerprint,
    key: Option<String>,
    options: Options,
}

impl<S: Service> Sending<S> {
    pub(super) fn new<R: Request<Service = S>>(client: Client<S>, request: &R, may_charge_twice: bool) -> Self {
        let api = S::api();
        let callback = api.callback.as_ref().map(|callback| &*callback.field);
        let submission = Submission {
            body: serde_json::to_vec(request).map(Bytes::from),
            fingerprint: Fingerprint::new(&api.id, &request.canonical(callback)),
            key: None,
            options: Options { may_charge_twice, ..Options::default() },
        };
        Self { client, stage: Stage::Ready(Box::new(submission)) }
    }

    fn change(mut self, change: impl FnOnce(&mut Submission)) -> Self {
        if let Stage::Ready(submission) = &mut self.stage {
            change(submission);
        }
        self
    }

    /// Gives the purchase an idempotency key, such as an order number: 1 to 255 bytes, without control characters.
    ///
    /// A key is one purchase, however often it is sent, by whichever process that shares the ledger. A different request
    /// under the same key is an error ([`Error::is_key_conflict`]), unless the one before created nothing. Keys stand in the
    /// ledger as they are given; they are not logged at the level `info` or above.
    pub fn key(self, key: impl Into<String>) -> Self {
        self.change(|submission| submission.key = Some(key.into()))
    }

    /// Posts again where the task of the purchase has failed, also with a corrected request. Otherwise, the failed task is
    /// returned.
    pub fn after_failure(self) -> Self {
        self.change(|submission| submission.options.after_failure = true)
    }

    /// Gives up waiting after this time, queueing and further attempts included. The error says whether the exchange goes on
    /// ([`Error::is_in_progress`]) or nothing was sent ([`Error::is_not_sent`]).
    pub fn timeout(self, timeout: Duration) -> Self {
        self.change(|submission| submission.options.timeout = Some(timeout))
    }

    pub(super) fn poll_placed(&mut self, context: &mut Context<'_>) -> Poll<Result<Placed, Failure>> {
        loop {
            match &mut self.stage {
                Stage::Busy(busy) => {
                    let placed = std::task::ready!(busy.as_mut().poll(context));
                    self.stage = Stage::Over;
                    return Poll::Ready(placed);
                }
                Stage::Over => return Poll::Pending,
                Stage::Ready(_) => {}
            }
            if let Stage::Ready(submission) = std::mem::replace(&mut self.stage, Stage::Over) {
                let span = info_span!("send", service = %S::api().id);
                let account = Arc::clone(self.client.account());
                self.stage = Stage::Busy(Box::pin(submission.run(account).instrument(span)));
            }
        }
    }
}

impl Submission {
    async fn run(self, account: Arc<Account>) -> Result<Placed, Failure> {
        let body = self.body.map_err(|error| Failure::new(Kind::Unwritable).with_source(error))?;
        if let Some(key) = &self.key {
            check_key(key).map_err(|why| Failure::new(Kind::Key(why)))?;
        }
        let purchase = account.purchase(self.key, self.fingerprint);
        let body = OutgoingBody::new(account.api, account.link.as_ref(), body);
        submit::send(account, Arc::new(Order { purchase, body }), self.options).await
    }
}

fn check_key(key: &str) -> Result<(), &'static str> {
    match key {
        "" => Err("is empty"),
        key if key.len() > MOST_KEY => Err("is longer than 255 bytes"),
        key if key.chars().any(char::is_control) => Err("has control characters"),
        _ => Ok(()),
    }
}

impl<S: Service> Future for Sending<S> {
    type Output = Result<Task<S>, Error<S>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let placed = std::task::ready!(self.poll_placed(context));
        Poll::Ready(placed.map(|placed| self.client.placed(placed)).map_err(Error::from))
    }
}

impl<S: Service> fmt::Debug for Sending<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}
