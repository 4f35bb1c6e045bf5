//! The outcome of one attempt. It is computed once. The ledger, counters and events use it, and the error is made last.

use std::fmt;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use tokio::time::Instant;

use crate::error::{AttemptDetails, Failure};
use crate::ledger::{AttemptId, Bought, EntryId, Settlement, TaskSource};
use crate::redact::Shown;

/// The outcome of a POST.
pub(crate) enum Outcome {
    /// The POST created this task, according to the reply or to a confirmed callback.
    Task(String, TaskSource),
    /// The reply is the result.
    Answer(Bytes),
    /// The request was refused, and nothing was created.
    Refused(Failure),
    /// The service did not receive the request.
    NotSent(Failure),
    /// Nothing is proven.
    Unknown {
        failure: Failure,
        /// The id of a task in a broken reply.
        hint: Option<String>,
    },
}

impl Outcome {
    /// Returns what the ledger records.
    pub(super) fn settlement(&self) -> Settlement {
        match self {
            Self::Task(task, source) => Settlement::Task { task: task.clone(), source: *source },
            Self::Answer(bytes) => Settlement::Answer { bytes: bytes.clone() },
            Self::Refused(failure) | Self::NotSent(failure) => Settlement::NotCreated { evidence: failure.to_string() },
            Self::Unknown { failure, hint } => {
                Settlement::Unknown { hint: hint.clone(), evidence: failure.to_string() }
            }
        }
    }
}

impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Task(task, source) => f.debug_tuple("Task").field(&Shown(task)).field(source).finish(),
            Self::Answer(bytes) => f.debug_tuple("Answer").field(&bytes.len()).finish(),
            Self::Refused(failure) => f.debug_tuple("Refused").field(failure).finish(),
            Self::NotSent(failure) => f.debug_tuple("NotSent").field(failure).finish(),
            Self::Unknown { failure, hint } => {
                let hint = hint.as_deref().map(Shown);
                f.debug_struct("Unknown").field("failure", failure).field("hint", &hint).finish()
            }
        }
    }
}

/// An attempt that has ended.
#[derive(Debug)]
pub(super) struct AttemptReport {
    pub(super) id: AttemptId,
    pub(super) entry: EntryId,
    pub(super) outcome: Outcome,
    pub(super) attempt: AttemptDetails,
    pub(super) begun: Instant,
    /// The pause before the next attempt, if another one may follow.
    pub(super) pause: Option<Duration>,
}

/// The attempt before this one. It was the last one of the send if this one is not posted.
pub(super) type Previous = Option<Box<AttemptReport>>;

/// The end of an attempt, as its caller sees it.
pub(super) enum AttemptEnd {
    /// Nothing was recorded or posted.
    NotPosted(Failure, Previous),
    /// The ledger does not allow the attempt. Another look-up returns the reason.
    Refused(Previous),
    /// A callback named the task and a poll confirmed it, before the reply came.
    Claimed { entry: EntryId, task: String },
    /// The attempt was recorded and has an outcome.
    Settled(Box<AttemptReport>),
}

/// The task of a purchase. If the operation answers at once, it is the id of the attempt.
pub(crate) struct PurchasedTask {
    pub(crate) entry: EntryId,
    pub(crate) task: String,
    pub(crate) created: Option<SystemTime>,
    /// Whether this send made the POST.
    pub(crate) was_posted: bool,
    /// The presence in which this process made the attempt, if it waits for the task by that.
    pub(crate) presence: Option<u32>,
    /// Whether the ledger knows that the task has ended.
    pub(crate) has_ended: bool,
    /// Whether the purchase has a key.
    pub(crate) has_key: bool,
    pub(crate) bought: Bought,
}
