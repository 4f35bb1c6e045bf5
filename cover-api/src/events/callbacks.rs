//! Events of callbacks.

use std::fmt::Display;

use tracing::debug;

use super::metrics;
use crate::redact::Shown;

/// A poll did not confirm the task that a callback named.
pub(crate) fn not_confirmed(task: &str) {
    debug!(name: "cover.not_confirmed", task = %Shown(task), "a poll did not confirm the task that a callback named");
}

/// A callback was received.
pub(crate) fn received(task: &str, stage: &str, outcome: &'static str) {
    debug!(name: "cover.callback", task = %Shown(task), stage, outcome, "a callback was received");
    metrics::count("cover_callbacks_total", "outcome", outcome);
}

/// The process that waits for the task of a callback is told.
pub(crate) fn passed_on(task: &str) {
    debug!(name: "cover.passed_on", task = %Shown(task), "a callback is passed on to the process that waits");
}

/// A callback was refused.
pub(crate) fn refused(refusal: &impl Display) {
    debug!(name: "cover.callback_refused", %refusal, "a callback was refused");
    metrics::count("cover_callbacks_total", "outcome", "refused");
}
