//! A callback that was received, and the work that it leaves.

use std::fmt;

use super::{Callback, Refusal};
use crate::service::Service;
use crate::submit::claim::Claim;

/// What a callback changed.
#[non_exhaustive]
pub enum CallbackOutcome<S: Service> {
    /// It reports a new stage of a task, or names the task of an attempt. The waits for the task are woken.
    New(Callback<S>),
    /// It reports what an earlier callback reported.
    Repeated(Callback<S>),
    /// This process has no wait for the task: the task or its wait has ended, or it belongs to another process.
    /// [`Received::afterwards`] looks the attempt up in the ledger, and tells the other process.
    Unawaited(Callback<S>),
    /// It is refused.
    Refused(Refusal),
}

/// A callback that was received. Answer it with its [status](Self::status) and an empty body, then await
/// [`afterwards`](Self::afterwards).
#[must_use = "answer with its status, and await `afterwards`"]
pub struct Received<S: Service> {
    outcome: CallbackOutcome<S>,
    after: Option<Claim>,
}

impl<S: Service> Received<S> {
    pub(super) fn new(outcome: CallbackOutcome<S>, after: Option<Claim>) -> Self {
        Self { outcome, after }
    }

    /// Returns the HTTP status of the answer. The answer has an empty body.
    #[must_use]
    pub fn status(&self) -> u16 {
        if let CallbackOutcome::Refused(refusal) = self.outcome { refusal.status() } else { 200 }
    }

    /// Returns what the callback changed.
    #[must_use]
    pub fn outcome(&self) -> &CallbackOutcome<S> {
        &self.outcome
    }

    /// Returns whether [`afterwards`](Self::afterwards) has nothing to do.
    pub(super) fn is_over(&self) -> bool {
        self.after.is_none()
    }

    /// Does the work that is left after the answer. Usually there is none.
    ///
    /// If the callback names the task of a request whose outcome is unknown, this asks the service whether that is true, and
    /// records it in the ledger. If another process has sent the request and waits for the task, this tells it, through the ledger.
    /// If you do not call it, or drop its future, the next callback makes up for it.
    pub async fn afterwards(self) {
        let Some(claim) = self.after else { return };
        if let CallbackOutcome::New(callback) | CallbackOutcome::Unawaited(callback) = &self.outcome {
            claim.follow_up(callback.task.id(), callback.rank).await;
        }
    }
}

impl<S: Service> fmt::Debug for CallbackOutcome<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::New(callback) => f.debug_tuple("New").field(callback).finish(),
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
