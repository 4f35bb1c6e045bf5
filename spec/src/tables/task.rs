//! The states of a task, and the codes of failed ones.

use crate::rules::Str;

/// A status of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusSpec {
    /// Name in answers.
    pub name: Str,
    /// What the status means for the task.
    pub means: StatusMeaning,
    /// Position of a running task in the order of stages; 0 for other statuses.
    pub stage: u32,
}

/// What a status means for a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusMeaning {
    /// The task is running.
    Running,
    /// The task is done.
    Done,
    /// The task is done if its output is complete, otherwise it is running.
    DoneWithResults,
    /// The task has failed.
    Failed,
    /// The task was cancelled, and has failed therefore.
    Cancelled,
}

/// A code of failed tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailureSpec {
    /// The number.
    pub number: u32,
    /// Whether the service returns the credits of such a task.
    pub refunded: Refunded,
}

/// Whether the service returned the credits of a failed task.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Refunded {
    /// It returned them.
    Yes,
    /// It kept them.
    No,
    /// The spec does not say it of the task's code, or the task has no code, or it has not failed.
    #[default]
    Unknown,
}
