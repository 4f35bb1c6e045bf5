//! What one attempt came to. It is computed once; ledger, counters and events are written from it, and the error is made last.

use std::fmt;
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

use crate::error::{Attempt, Failure};
use crate::ledger::{EntryId, Settlement, Source};
use crate::redact::Shown;

/// What became of a POST.
pub(crate) enum Outcome {
    /// It became this task, as its reply or a confirmed callback says.
    Task(String, Source),
    /// It was refused; nothing was created.
    Refused(Failure),
    /// The service has not received it.
    NotSent(Failure),
    /// Nothing proves either.
    Unknown {
        failure: Failure,
        /// The id of a task that its broken reply seems to give.
        hint: Option<String>,
    },
}

impl Outcome {
    /// What the ledger is to know of it.
    pub(super) fn settlement(&self) -> Settlement {
        match self {
            Self::Task(task, source) => Settlement::Task { task: task.clone(), source: *source },
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
pub(super) struct Report {
    pub(super) entry: EntryId,
    pub(super) outcome: Outcome,
    pub(super) attempt: Attempt,
    pub(super) begun: Instant,
    /// When another attempt may begin, where one may.
    pub(super) pause: Option<Duration>,
}

/// The attempt before, after which this one was allowed. It is the last one where this one is not posted.
pub(super) type Previous = Option<Box<Report>>;

/// What a caller is told of the attempt that it asked for.
pub(super) enum Ended {
    /// Nothing was recorded or posted.
    NotPosted(Failure, Previous),
    /// The ledger does not allow it, as another look at it will tell.
    Refused(Previous),
    /// A callback told of its task, and a poll has confirmed it. The reply has not come.
    Claimed { entry: EntryId, task: String },
    /// It was recorded, and has an outcome.
    Settled(Box<Report>),
}

/// The task that a purchase became.
#[derive(Clone)]
pub(crate) struct Placed {
    pub(crate) entry: EntryId,
    pub(crate) task: String,
    pub(crate) created: Option<SystemTime>,
    /// Whether this very send made the POST.
    pub(crate) was_posted: bool,
    /// Whether the ledger knows that the task has ended.
    pub(crate) has_ended: bool,
}
