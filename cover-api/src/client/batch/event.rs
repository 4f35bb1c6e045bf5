//! What happens in a batch.

use std::fmt;

use crate::client::{Answer, Task};
use crate::error::Error;
use crate::service::{Service, Snapshot};

/// What happened to one request or task of a batch. `index` is its position among the items of the batch, from 0.
///
/// Each item has one event for the end of its send. In a batch that waits, it has another one for the end of its task.
#[non_exhaustive]
pub enum BatchEvent<S: Service> {
    /// The request was posted and became this task.
    Sent {
        /// Position of the item.
        index: usize,
        /// The task. Keep its handle.
        task: Task<S>,
    },
    /// The purchase already had this task. Nothing was posted.
    Existing {
        /// Position of the item.
        index: usize,
        /// The task.
        task: Task<S>,
        /// Whether the ledger knows that the task has ended. The batch does not wait for it then; poll it for its result.
        has_ended: bool,
    },
    /// The operation answered at once, now or when its request was sent before.
    Answered {
        /// Position of the item.
        index: usize,
        /// The results.
        answer: Answer<S>,
    },
    /// The task is done.
    Done {
        /// Position of the item.
        index: usize,
        /// The result.
        snapshot: Snapshot<S>,
    },
    /// The request was not sent, its outcome is unknown, its task has failed, or its wait ended before the task did.
    ///
    /// If the outcome is unknown, pass [`Error::recovery`] to [`Client::recover`](crate::runtime::Client::recover).
    Error {
        /// Position of the item.
        index: usize,
        /// The error.
        error: Error<S>,
    },
}

impl<S: Service> fmt::Debug for BatchEvent<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sent { index, task } => f.debug_struct("Sent").field("index", index).field("task", task).finish(),
            Self::Existing { index, task, has_ended } => f
                .debug_struct("Existing")
                .field("index", index)
                .field("task", task)
                .field("has_ended", has_ended)
                .finish(),
            Self::Answered { index, answer } => {
                f.debug_struct("Answered").field("index", index).field("answer", answer).finish()
            }
            Self::Done { index, snapshot } => {
                f.debug_struct("Done").field("index", index).field("snapshot", snapshot).finish()
            }
            Self::Error { index, error } => {
                f.debug_struct("Error").field("index", index).field("error", error).finish()
            }
        }
    }
}
