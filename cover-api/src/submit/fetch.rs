//! Sends a GET, which buys nothing: it is not recorded, and is sent again if its answer is lost.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use cover_spec::answers::is_success;
use futures_util::future::{Either, select};
use serde_json::Value;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout};
use url::Url;

use super::answer::{Answered, Purchased, complete};
use super::outgoing::OutgoingRequest;
use super::retry;
use crate::account::Operation;
use crate::error::{Failure, Kind, Setup};
use crate::events::{self, Purpose};
use crate::ledger::AttemptId;
use crate::rate_limit::PermitRequest;

/// Gets an answer, with as many attempts as the client allows.
pub(crate) async fn fetch(
    operation: Arc<Operation>,
    request: OutgoingRequest,
    time: Option<Duration>,
) -> Result<Purchased, Failure> {
    if Handle::try_current().is_err() {
        return Err(Failure::setup(Setup::NoRuntime));
    }
    // A GET has no callbacks, so that it is the same for each attempt.
    let (head, _) = request.write(&operation, AttemptId::new())?;
    let attempts = attempts(&operation, &head.address);
    let json = match time {
        Some(time) => timeout(time, attempts).await.map_err(|_| Failure::new(Kind::NoAnswerWithin(time)))?,
        None => attempts.await,
    }?;
    let json = complete(&operation, json, false)?;
    Ok(Purchased::Answer(Answered { json, was_posted: true }))
}

async fn attempts(operation: &Operation, address: &Url) -> Result<Value, Failure> {
    let account = &operation.account;
    let (first, mut number) = (Instant::now(), 0);
    loop {
        number += 1;
        let failure = match attempt(operation, address.clone()).await {
            Ok(json) => return Ok(json),
            Err(failure) => failure,
        };
        let pause = retry::pause_of_fetch(&failure, number).filter(|_| number < account.max_attempts);
        let pause = pause.filter(|pause| first.elapsed().saturating_add(*pause) <= account.retry_window);
        let Some(pause) = pause else { return Err(failure) };
        events::retry(number, pause);
        if let Either::Right(_) = select(pin!(sleep(pause)), pin!(account.tracker.closed())).await {
            return Err(failure);
        }
    }
}

async fn attempt(operation: &Operation, address: Url) -> Result<Value, Failure> {
    let account = &operation.account;
    if account.tracker.is_closed() {
        return Err(Failure::new(Kind::ShutDown));
    }
    let permit = account.rate_limit.acquire(PermitRequest::fetch(Instant::now()));
    let permit = match select(permit, pin!(account.tracker.closed())).await {
        Either::Left((Ok(permit), _)) => permit,
        Either::Left((Err(_), _)) => return Err(Failure::new(Kind::NoPermit(None))),
        Either::Right(_) => return Err(Failure::new(Kind::ShutDown)),
    };
    account.counters.fetches.add();
    let envelope = operation.get(Purpose::Fetch, address, permit).await?;
    if is_success(operation.api, envelope.code) { Ok(envelope.body) } else { Err(operation.refused(&envelope)) }
}
