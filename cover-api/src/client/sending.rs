use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use cover_spec::rules::Violations;
use cover_spec::tables::{Credits, Method};
use futures_util::future::BoxFuture;
use tracing::{Instrument, info_span};

use super::{Client, Sent};
use crate::account::Operation;
use crate::error::{Error, Failure, Kind};
use crate::ledger::Fingerprint;
use crate::service::{Request, Service};
use crate::submit::{self, Order, OutgoingRequest, Purchased, SendOptions};

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
    Busy(BoxFuture<'static, Result<Purchased, Failure>>),
    Over,
}

/// The request and its options.
struct Submission {
    body: Result<Bytes, Failure>,
    fingerprint: Fingerprint,
    /// The fingerprint of what the caller says that the purchase is. It counts only with a key.
    identity: Option<Fingerprint>,
    key: Option<String>,
    price: Option<Credits>,
    too_long: Option<Violations>,
    options: SendOptions,
}

impl<S: Service> Sending<S> {
    pub(super) fn new<R: Request<Service = S>>(client: Client<S>, request: &R, may_charge_twice: bool) -> Self {
        let api = client.operation.api;
        let callback = api.callback.as_ref().map(|callback| &*callback.field);
        let submission = Submission {
            body: write(request, &client.operation),
            fingerprint: Fingerprint::new(&api.id, &request.canonical(callback)),
            identity: None,
            key: None,
            price: api.credits.as_ref().map(|credits| request.price(credits)),
            too_long: request.check_lengths(api, &|link| client.operation.account.recordings.length_of(link)).err(),
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

    /// Tells the purchase of the [key](Self::key) from other ones by these bytes, instead of by the fields of the request.
    ///
    /// The address of a file that is uploaded for each send differs each time. With a hash of the file and of the other fields as the
    /// identity, a send of the same key on another machine returns the same task, and one of another file is an error
    /// ([`Error::is_key_conflict`]). A purchase that was recorded without an identity is not compared: its task is returned.
    ///
    /// Without a key, this has no effect. With an identity, an equal send without a key is not recognised.
    pub fn identity(self, identity: impl AsRef<[u8]>) -> Self {
        let fingerprint = Fingerprint::of_identity(&self.client.operation.api.id, identity.as_ref());
        self.change(|submission| submission.identity = Some(fingerprint))
    }

    /// Returns the task or the answer of the purchase, if the ledger has it. Nothing is sent.
    ///
    /// Unlike [`Client::find`], it refuses a key that belongs to a different request. Without a key, there is nothing to find.
    ///
    /// # Errors
    ///
    /// [`Error::is_key_conflict`] if the key has bought something else, and those of [`Client::find`].
    pub async fn find(self) -> Result<Option<Sent<S>>, Error<S>> {
        let Stage::Ready(submission) = &self.stage else { return Ok(None) };
        let Some(key) = &submission.key else { return Ok(None) };
        self.client.find_purchase(key, Some(submission.fingerprint())).await
    }

    /// Posts again if the task of the purchase has failed; the request may have been corrected. Without this, the failed task is
    /// returned.
    ///
    /// Each new task may be charged, whether the failed one [was refunded](Error::refunded) or not. So a key is posted no more once
    /// three of its tasks have failed, by any process that shares the ledger: see [`max_failures`](Self::max_failures).
    pub fn after_failure(self) -> Self {
        self.change(|submission| submission.options.after_failure = true)
    }

    /// Sets how many tasks of the key may fail before [`after_failure`](Self::after_failure) posts it no more, and fails with
    /// [`Error::is_failure_limit`]. The default is 3, and 0 counts as 1.
    ///
    /// Tasks without a key are not counted, since a send after their failure is another purchase.
    pub fn max_failures(self, most: u32) -> Self {
        self.change(|submission| submission.options.max_failures = Some(most))
    }

    /// Sets how long to wait for the result, including the time in the queue and further attempts. There is no limit by default.
    ///
    /// The error after this time says whether the exchange continues ([`Error::is_in_progress`]) or nothing was sent
    /// ([`Error::is_not_sent`]).
    pub fn timeout(self, timeout: Duration) -> Self {
        self.change(|submission| submission.options.timeout = Some(timeout))
    }

    pub(super) fn poll_placed(&mut self, context: &mut Context<'_>) -> Poll<Result<Purchased, Failure>> {
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
                let span = info_span!("send", service = %self.client.operation.api.id);
                let operation = Arc::clone(&self.client.operation);
                self.stage = Stage::Busy(Box::pin(submission.run(operation).instrument(span)));
            }
        }
    }
}

impl Submission {
    /// Returns the fingerprint that the ledger compares.
    fn fingerprint(&self) -> Fingerprint {
        self.identity.filter(|_| self.key.is_some()).unwrap_or(self.fingerprint)
    }

    async fn run(self, operation: Arc<Operation>) -> Result<Purchased, Failure> {
        let fingerprint = self.fingerprint();
        let body = self.body?;
        let is_free = operation.api.submit.method == Method::Get;
        if let Some(key) = &self.key {
            if is_free {
                return Err(Failure::new(Kind::Key("is given, but a GET is not a purchase")));
            }
            check_key(key).map_err(|why| Failure::new(Kind::Key(why)))?;
        }
        let purchase = operation.purchase(self.key, fingerprint);
        let request = OutgoingRequest::new(&operation, body)?;
        if is_free {
            return submit::fetch(operation, request, self.options.timeout).await;
        }
        let order = Order { purchase, request, price: self.price, too_long: self.too_long };
        submit::send(operation, Arc::new(order), self.options).await
    }
}

/// Writes the body of a request to this operation.
fn write<R: Request>(request: &R, client: &Operation) -> Result<Bytes, Failure> {
    check_operation(request, client)?;
    let body = serde_json::to_vec(request).map_err(|error| Failure::new(Kind::Unwritable).with_source(error))?;
    Ok(Bytes::from(body))
}

/// Checks that a request is for this operation, by the same spec.
pub(super) fn check_operation<R: Request>(request: &R, client: &Operation) -> Result<(), Failure> {
    let own: &'static str = &client.api.id;
    if let Some(operation) = request.operation().filter(|operation| *operation != own) {
        return Err(Failure::new(Kind::OtherOperation(operation.to_owned(), own)));
    }
    // Equal specs share their tables.
    if let (Some(kept), Some(rules)) = (request.rules(), client.rules)
        && !std::ptr::eq(kept, rules)
    {
        return Err(Failure::new(Kind::OtherSpec(own)));
    }
    Ok(())
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
    type Output = Result<Sent<S>, Error<S>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let placed = std::task::ready!(self.poll_placed(context));
        Poll::Ready(placed.map_err(Error::from).and_then(|purchased| self.client.sent(purchased)))
    }
}

impl<S: Service> fmt::Debug for Sending<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sending").finish_non_exhaustive()
    }
}
