//! Events: each is reported to `tracing` under a stable name, and counted as a metric.
//!
//! The page [`watching`](crate::guide::watching) lists them all.

#[cfg(feature = "callback")]
pub(crate) mod callbacks;
#[cfg_attr(feature = "metrics", path = "metrics/enabled.rs")]
#[cfg_attr(not(feature = "metrics"), path = "metrics/disabled.rs")]
mod metrics;

use std::fmt::Display;
use std::time::Duration;

use cover_spec::tables::Credits;
use tracing::{debug, error, info, warn};

use crate::redact::Shown;

/// The purpose of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Send,
    Poll,
    Credits,
    /// A GET of an operation, which buys nothing.
    Fetch,
    Upload,
    Cancel,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Poll => "poll",
            Self::Credits => "credits",
            Self::Fetch => "fetch",
            Self::Upload => "upload",
            Self::Cancel => "cancel",
        }
    }
}

/// The rate limit granted a permit.
pub(crate) fn permit(purpose: Purpose, waited: Duration) {
    let purpose = purpose.name();
    debug!(name: "cover.permit", purpose, ?waited, "the rate limit granted a permit");
    metrics::seconds("cover_permit_wait_seconds", "purpose", purpose, waited);
}

/// The service asked for a pause of all requests.
pub(crate) fn pause(pause: Duration, slowness: f64) {
    warn!(name: "cover.pause", ?pause, slowness, "the service asked for a pause");
    metrics::gauge("cover_pause_seconds", pause.as_secs_f64());
    metrics::gauge("cover_slowness", slowness);
}

/// A pause ended, by an answer to the probe or by the user.
pub(crate) fn resumed() {
    info!(name: "cover.resumed", "the pause has ended");
    metrics::gauge("cover_pause_seconds", 0.0);
}

/// Sends stop, since no credits are left.
pub(crate) fn credits_gone() {
    warn!(name: "cover.credits_gone", "sends stop: the service reported that no credits are left");
    metrics::gauge("cover_credits", 0.0);
}

/// The service reported the number of credits.
pub(crate) fn credits(amount: Credits) {
    let amount = amount.value();
    info!(name: "cover.credits", amount, "the service reported the number of credits");
    metrics::gauge("cover_credits", amount);
}

/// An HTTP exchange ended, with or without an answer.
pub(crate) fn exchange(purpose: Purpose, took: Duration, status: Option<u16>, code: Option<u32>) {
    let purpose = purpose.name();
    debug!(name: "cover.exchange", purpose, ?took, status, code, "an exchange ended");
    metrics::seconds("cover_exchange_seconds", "purpose", purpose, took);
}

/// A send created a task.
pub(crate) fn task_created(task: &str) {
    info!(name: "cover.outcome", outcome = "task", task = %Shown(task), "the task was created");
    metrics::count("cover_outcomes_total", "outcome", "task");
}

/// A send was answered at once.
pub(crate) fn answered() {
    info!(name: "cover.outcome", outcome = "answer", "the request was answered with its results");
    metrics::count("cover_outcomes_total", "outcome", "answer");
}

/// The service refused a send and created nothing.
pub(crate) fn refused(failure: &impl Display) {
    info!(name: "cover.outcome", outcome = "refused", error = %failure, "the service refused the request");
    metrics::count("cover_outcomes_total", "outcome", "refused");
}

/// A send did not reach the service.
pub(crate) fn not_sent(failure: &impl Display) {
    info!(name: "cover.outcome", outcome = "not_sent", error = %failure, "the request was not sent");
    metrics::count("cover_outcomes_total", "outcome", "not_sent");
}

/// The outcome of a send is unknown.
pub(crate) fn unknown(failure: &impl Display) {
    warn!(name: "cover.outcome", outcome = "unknown", error = %failure, "the outcome is unknown; it may have been charged");
    metrics::count("cover_outcomes_total", "outcome", "unknown");
}

/// A send with an unknown outcome turned out to have created a task.
pub(crate) fn recovered(task: &str) {
    info!(name: "cover.recovered", task = %Shown(task), "an unknown outcome turned out to be a task");
    metrics::count("cover_outcomes_total", "outcome", "recovered");
}

/// Another process has received a callback for a task of this one.
pub(crate) fn told(task: &str, outcome: &'static str) {
    debug!(name: "cover.told", task = %Shown(task), outcome, "another process has received a callback");
}

/// Reports how many outcomes are unknown, and the age of the oldest.
pub(crate) fn unknown_now(count: usize, oldest: Option<Duration>) {
    #[expect(clippy::cast_precision_loss, reason = "there are not that many")]
    metrics::gauge("cover_unknown", count as f64);
    metrics::gauge("cover_unknown_oldest_seconds", oldest.unwrap_or_default().as_secs_f64());
}

/// An attempt created nothing, and another one follows.
pub(crate) fn retry(number: u32, pause: Duration) {
    debug!(name: "cover.retry", number, ?pause, "nothing was created, and the request is sent again");
    metrics::count("cover_retries_total", "after", "nothing created");
}

/// An upload failed in a way that may pass, and is repeated.
pub(crate) fn upload_repeated(number: u32, pause: Duration, failure: &impl Display) {
    debug!(name: "cover.upload_repeated", number, ?pause, error = %failure, "an upload failed, and is repeated");
}

/// A purchase was charged twice.
pub(crate) fn duplicate(task: &str, other: &str) {
    let (task, other) = (Shown(task), Shown(other));
    error!(name: "cover.duplicate", %task, %other, "a second task was created for one purchase");
    metrics::count("cover_duplicates_total", "of", "purchase");
}

/// A reply or a callback (`by`) named a task that belongs to another request.
pub(crate) fn contradicted(by: &'static str, task: &str) {
    error!(name: "cover.contradicted", by, task = %Shown(task), "a task was named that belongs to another request");
}

/// An attempt became unknown, since its process has ended or was not heard of for as long as the lease.
pub(crate) fn expired(operation: &str) {
    warn!(name: "cover.expired", operation = %Shown(operation), "an attempt of a process that has gone became unknown");
    metrics::count("cover_expired_total", "of", "attempt");
}

/// This process waits for a task from now on, since the process that did so has gone.
pub(crate) fn adopted(task: &str) {
    debug!(name: "cover.adopted", task = %Shown(task), "a task of a process that has gone was adopted");
    metrics::count("cover_adopted_total", "by", "this process");
}

/// A wait of this process ended, since another process has adopted its task.
pub(crate) fn adopted_elsewhere(task: &str) {
    warn!(name: "cover.adopted_elsewhere", task = %Shown(task), "another process has adopted a task that this one waited for");
    metrics::count("cover_adopted_total", "by", "another process");
}

/// The ledger failed to record or look up `what`.
pub(crate) fn ledger_failed(what: &'static str, failure: &impl Display) {
    warn!(name: "cover.ledger_failed", what, error = %failure, "the ledger failed");
    metrics::count("cover_ledger_failures_total", "what", what);
}

/// A transaction of the ledger that something waited for was answered.
pub(crate) fn ledger_answered(took: Duration, is_committed: bool) {
    let outcome = if is_committed { "committed" } else { "failed" };
    metrics::seconds("cover_ledger_seconds", "outcome", outcome, took);
}

/// The number of transactions that wait for a connection has changed.
#[cfg(feature = "postgres")]
pub(crate) fn ledger_queued(count: usize) {
    #[expect(clippy::cast_precision_loss, reason = "there are not that many")]
    metrics::gauge("cover_ledger_queued", count as f64);
}

/// Another transaction was in the way of one, which runs again.
#[cfg(feature = "postgres")]
pub(crate) fn ledger_repeated(failure: &impl Display) {
    debug!(name: "cover.ledger_repeated", error = %failure, "a transaction of the ledger runs again");
    metrics::count("cover_ledger_repeats_total", "after", "conflict");
}

/// A connection of the ledger was lost.
#[cfg(feature = "postgres")]
pub(crate) fn ledger_disconnected(failure: &impl Display) {
    warn!(name: "cover.ledger_disconnected", error = %failure, "the ledger lost a connection");
    metrics::count("cover_ledger_disconnects_total", "of", "transaction");
}

/// A poll of a wait failed. The wait continues.
pub(crate) fn poll_failed(task: &str, failure: &impl Display) {
    debug!(name: "cover.poll_failed", task = %Shown(task), error = %failure, "a poll failed, and the wait continues");
    metrics::count("cover_polls_failed_total", "of", "wait");
}

/// A wait has seen the end of its task.
pub(crate) fn task_ended(task: &str, state: &'static str) {
    info!(name: "cover.task_ended", task = %Shown(task), state, "the task has ended");
    metrics::count("cover_tasks_ended_total", "state", state);
}

/// A download resumes after its connection broke.
pub(crate) fn download_resumed(host: &str, done: u64) {
    debug!(name: "cover.download_resumed", host = %Shown(host), done, "a download is resumed");
    metrics::count("cover_downloads_resumed_total", "after", "broken connection");
}
