//! What processes tell each other about callbacks.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use super::AttemptId;

/// What a callback said about the task of an attempt, for the process that waits for the task.
///
/// It has nothing else of the callback. The ledger knows that the attempt created the task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The account of the attempt.
    pub account: String,
    /// The operation of the attempt.
    pub operation: String,
    /// The attempt.
    pub attempt: AttemptId,
    /// The task that it created.
    pub task: String,
    /// How far the callback says that the task is.
    pub rank: u32,
}

/// How a process learns that there are [messages](Message) for it.
#[derive(Debug, Clone)]
pub struct Mailbox {
    /// Notified when messages may have come.
    pub arrived: Arc<Notify>,
    /// How often the process looks for messages without a notification.
    pub every: Duration,
}
