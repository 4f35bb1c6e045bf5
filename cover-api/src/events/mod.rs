//! What the client reports of itself: `tracing` events with stable names and fields, and the same as metrics.
//!
//! The page [`watching`](crate::guide::watching) lists them all.

#[cfg_attr(feature = "metrics", path = "metrics/enabled.rs")]
#[cfg_attr(not(feature = "metrics"), path = "metrics/disabled.rs")]
mod metrics;

use std::fmt::Display;
use std::time::Duration;

use tracing::{debug, error, info, warn};

use crate::redact::Shown;

/// What a request is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    Send,
    Poll,
    Credits,
}

impl Purpose {
    fn name(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::Poll => "poll",
            Self::Credits => "credits",
        }
    }
}

/// A permit of the rate limit was given.
pub(crate) fn permit(purpose: Purpose, waited: Duration) {
    let purpose = purpose.name();
    debug!(name: "cover.permit", purpose, ?waited, "the rate limit gave a permit");
    metrics::seconds("cover_permit_wait_seconds", "purpose", purpose, waited);
}

/// The service asked for a pause of all requests.
pub(crate) fn pause(pause: Duration, slowness: f64) {
    warn!(name: "cover.pause", ?pause, slowness, "the service asked for a pause");
    metrics::gauge("cover_pause_seconds", pause.as_secs_f64());
    metrics::gauge("cover_slowness", slowness);
}

/// The pause is over: a request was answered, or it was lifted.
pub(crate) fn resumed() {
    info!(name: "cover.resumed", "the pause is over");
    metrics::gauge("cover_pause_seconds", 0.0);
}

/// Sends are stopped, since no credits are left.
pub(crate) fn credits_gone() {
    warn!(name: "cover.credits_gone", "sends are stopped: the service said that no credits are left");
    metrics::gauge("cover_credits", 0.0);
}

/// The service said how many credits are left.
pub(crate) fn credits(amount: f64) {
    info!(name: "cover.credits", amount, "the service said how many credits are left");
    metrics::gauge("cover_credits", amount);
}

/// A request was answered, or ended without an answer.
pub(crate) fn exchange(purpose: Purpose, took: Duration, status: Option<u16>, code: Option<u32>) {
    let purpose = purpose.name();
    debug!(name: "cover.exchange", purpose, ?took, status, code, "an exchange ended");
    metrics::seconds("cover_exchange_seconds", "purpose", purpose, took);
}

/// A send became a task.
pub(crate) fn task_created(task: &str) {
    info!(name: "cover.outcome", outcome = "task", task = %Shown(task), "the task was created");
    metrics::count("cover_outcomes_total", "outcome", "task");
}

/// A send was refused, and nothing was created.
pub(crate) fn refused(failure: &impl Display) {
    info!(name: "cover.outcome", outcome = "refused", error = %failure, "nothing was created");
    metrics::count("cover_outcomes_total", "outcome", "refused");
}

/// A send did not reach the service.
pub(crate) fn not_sent(failure: &impl Display) {
    info!(name: "cover.outcome", outcome = "not_sent", error = %failure, "it was not sent");
    metrics::count("cover_outcomes_total", "outcome", "not_sent");
}

/// The outcome of a send is unknown.
pub(crate) fn unknown(failure: &impl Display) {
    warn!(name: "cover.outcome", outcome = "unknown", error = %failure, "the outcome is unknown; it may have been charged");
    metrics::count("cover_outcomes_total", "outcome", "unknown");
}

/// It became known which task a send became whose outcome was unknown.
pub(crate) fn recovered(task: &str) {
    info!(name: "cover.recovered", task = %Shown(task), "an unknown outcome became a known task");
    metrics::count("cover_outcomes_total", "outcome", "recovered");
}

/// How many outcomes are unknown now, and how old the oldest of them is.
pub(crate) fn unknown_now(count: usize, oldest: Option<Duration>) {
    #[expect(clippy::cast_precision_loss, reason = "there are not that many")]
    metrics::gauge("cover_unknown", count as f64);
    metrics::gauge("cover_unknown_oldest_seconds", oldest.unwrap_or_default().as_secs_f64());
}

/// An attempt created nothing, and the next one follows.
pub(crate) fn retry(number: u32, pause: Duration) {
    debug!(name: "cover.retry", number, ?pause, "nothing was created, and it is sent again");
    metrics::count("cover_retries_total", "after", "nothing created");
}

/// A purchase was charged a second time.
pub(crate) fn duplicate(task: &str, other: &str) {
    let (task, other) = (Shown(task), Shown(other));
    error!(name: "cover.duplicate", %task, %other, "a second task was created for one purchase");
    metrics::count("cover_duplicates_total", "of", "purchase");
}

/// A task was named that belongs to another request. `by`: what named it.
pub(crate) fn contradicted(by: &'static str, task: &str) {
    error!(name: "cover.contradicted", by, task = %Shown(task), "a task was named that belongs to another request");
}

/// A callback named a task, and the service does not confirm that.
#[cfg(feature = "callback")]
pub(crate) fn not_confirmed(task: &str) {
    debug!(name: "cover.not_confirmed", task = %Shown(task), "the service does not confirm the task that a callback named");
}

/// The ledger did not take something. `what` names it.
pub(crate) fn ledger_failed(what: &'static str, failure: &impl Display) {
    warn!(name: "cover.ledger_failed", what, error = %failure, "the ledger failed");
    metrics::count("cover_ledger_failures_total", "what", what);
}

/// A poll of a wait failed.
pub(crate) fn poll_failed(task: &str, failure: &impl Display) {
    debug!(name: "cover.poll_failed", task = %Shown(task), error = %failure, "a poll failed, and the wait goes on");
    metrics::count("cover_polls_failed_total", "of", "wait");
}

/// A wait has seen that its task ended.
pub(crate) fn task_ended(task: &str, state: &'static str) {
    info!(name: "cover.task_ended", task = %Shown(task), state, "the task has ended");
    metrics::count("cover_tasks_ended_total", "state", state);
}

/// A callback was taken.
#[cfg(feature = "callback")]
pub(crate) fn callback(task: &str, stage: &str, heard: &'static str) {
    debug!(name: "cover.callback", task = %Shown(task), stage, heard, "a callback was taken");
    metrics::count("cover_callbacks_total", "heard", heard);
}

/// A callback was refused.
#[cfg(feature = "callback")]
pub(crate) fn callback_refused(refusal: &impl Display) {
    debug!(name: "cover.callback_refused", %refusal, "a callback was refused");
    metrics::count("cover_callbacks_total", "heard", "refused");
}

/// A download goes on where its connection broke.
pub(crate) fn download_resumed(host: &str, done: u64) {
    debug!(name: "cover.download_resumed", host = %Shown(host), done, "a download is resumed");
    metrics::count("cover_downloads_resumed_total", "after", "broken connection");
}
