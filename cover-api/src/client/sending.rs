use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tracing::{Instrument, info_span};

use super::{Client, Task};
use crate::account::Account;
use crate::error::{Error, Failure, Kind};
use crate::ledger::Fingerprint;
use crate::service::{Request, Service};
use crate::submit::{self, Order, OutgoingBody, PurchasedTask, SendOptions};

/// Longest idempotency key, in bytes.
const MAX_KEY_BYTES: usize = 255;

/// A request that is being sent, from [`Client::send`]. Await it to start it.
///
/// Dropping it never causes a second charge: see [`Client::send`].
#[must_use = "nothing is sent before `.await`"]
pub struct Sending<S: Service> {
    client: Client<S>,
    stage: Stage,
}

enum Stage {
    Ready(Box<Submission>),
    Busy(BoxFuture<'static, Result<PurchasedTask, Failure>>),
    Over,
}

/// The request and its options.
struct Submission {
    body: Result<Bytes, serde_json::Error>,
    fingerprint: Fingerprint,
    key: Option<String>,
    options: SendOptions,
}

impl<S: Service> Sending<S> {
    pub(super) fn new<R: Request<Service = S>>(client: Client<S>, request: &R, may_charge_twice: bool) -> Self {
        let api = S::api();
        let callback = api.callback.as_ref().map(|callback| &*callback.field);
        let submission = Submission {
            body: serde_json::to_vec(request).map(Bytes::from),
            fingerprint: Fingerprint::new(&api.id, &request.canonical(callback)),
            key: None,
            options: SendOptions { may_charge_twice, ..SendOptions::default() },
        };
        Self { client, stage: Stage::Ready(Box::new(submission)) }
    }

    fn change(mut self, change: impl FnOnce(&mut Submission)) -> Self {
        if let Stage::Ready(submission) = &mut self.stage {
            change(submission);
        }
        self
    }

    /// Sets the idempotency key of the purchase, such as an order number: 1 to 255 bytes, without control characters.
    ///
    /// A key is one purchase, however often it is sent, by any process that shares the ledger. A different request with the same
    /// key is an error ([`Error::is_key_conflict`]), unless the earlier one created nothing. The ledger stores keys as they are. They
    /// are not logged at level `info` or above.
    pub fn key(self, key: impl Into<String>) -> Self {
        self.change(|submission| submission.key = Some(key.into()))
    }

    /// Posts again if the task of the purchase has failed; the request may have been corrected. Without this, the failed task is
    /// returned.
    pub fn after_failure(self) -> Self {
        self.change(|submission| submission.options.after_failure = true)
    }

    /// Sets how long to wait for the result, including the time in the queue and further attempts. There is no limit by default.
    ///
    /// The error after this time says whether the exchange continues ([`Error::is_in_progress`]) or nothing was sent
    /// ([`Error::is_not_sent`]).
    pub fn timeout(self, timeout: Duration) -> Self {
        self.change(|submission| submission.options.timeout = Some(timeout))
    }

    pub(super) fn poll_placed(&mut self, context: &mut Context<'_>) -> Poll<Result<PurchasedTask, Failure>> {
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
    async fn run(self, account: Arc<Account>) -> Result<PurchasedTask, Failure> {
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
        key if key.len() > MAX_KEY_BYTES => Err("is longer than 255 bytes"),
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
