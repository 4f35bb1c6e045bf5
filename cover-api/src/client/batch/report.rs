//! The totals of a batch.

use std::fmt;
use std::ops::AddAssign;

/// The totals of a batch so far.
///
/// The totals add up at any time. Each of the `requests` is sent, existing, unknown, in progress, unreadable, not sent, or
/// still being sent.
/// Each task that is sent or existing is done, failed, ended, open, or still waited for, if the batch waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BatchReport {
    /// Number of requests taken from the iterator, or of handles given to `wait_all`.
    pub requests: usize,
    /// Number of requests that were posted and became a task.
    pub sent: usize,
    /// Number of requests whose purchase already had a task, or of handles given to `wait_all`.
    pub existing: usize,
    /// Number of tasks that are done.
    pub done: usize,
    /// Number of tasks that have failed.
    pub failed: usize,
    /// Number of existing tasks that had ended before the batch. It does not wait for them.
    pub ended: usize,
    /// Number of tasks whose wait ended, such as by its timeout, while the task may still run.
    pub open: usize,
    /// Number of requests whose outcome is unknown.
    pub unknown: usize,
    /// Number of requests that another process is posting.
    pub in_progress: usize,
    /// Number of requests that the service answered at once, now or before, and whose answer cannot be returned: it lacks a result, or it
    /// was not kept. They were charged.
    pub unreadable: usize,
    /// Number of requests that were not sent or were refused, or whose key belongs to a different request. They created nothing.
    pub not_sent: usize,
}

impl AddAssign for BatchReport {
    fn add_assign(&mut self, other: Self) {
        self.requests += other.requests;
        self.sent += other.sent;
        self.existing += other.existing;
        self.done += other.done;
        self.failed += other.failed;
        self.ended += other.ended;
        self.open += other.open;
        self.unknown += other.unknown;
        self.in_progress += other.in_progress;
        self.unreadable += other.unreadable;
        self.not_sent += other.not_sent;
    }
}

/// Writes the totals in one line. It leaves out `existing`, `ended`, `in_progress` and `unreadable` if they are zero.
impl fmt::Display for BatchReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { requests, sent, existing, done, failed, ended, open, unknown, in_progress, unreadable, not_sent } =
            self;
        write!(f, "{requests} requests: {sent} sent")?;
        if *existing > 0 {
            write!(f, ", {existing} existing")?;
        }
        write!(f, " ({done} done, {failed} failed, ")?;
        if *ended > 0 {
            write!(f, "{ended} ended before, ")?;
        }
        write!(f, "{open} open), {unknown} unknown, ")?;
        if *in_progress > 0 {
            write!(f, "{in_progress} in progress elsewhere, ")?;
        }
        if *unreadable > 0 {
            write!(f, "{unreadable} unreadable, ")?;
        }
        write!(f, "{not_sent} not sent")
    }
}
