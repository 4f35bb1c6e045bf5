//! Errors: leaves that carry data, know no client and do no I/O.

mod attempt;
mod cause;
mod download;
mod failure;
mod recovery;
mod stats;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use cover_spec::wire::CodeMeaning;

use crate::handle::TaskHandle;
use crate::service::Service;
use crate::snapshot::Snapshot;

pub use attempt::{Attempt, BodySent};
pub use recovery::Recovery;
pub use stats::WaitStats;

pub(crate) use download::{BadDownload, DownloadFault};
pub(crate) use failure::{Failure, Kind, KnownTask, Seen, Setup, Source, Unreadable};

/// What went wrong, and what is known of the task.
///
/// Ask it what to do: [`may_have_been_charged`](Error::may_have_been_charged) before sending anything again,
/// [`handle`](Error::handle) to go on with a task by [`Client::resume`](crate::runtime::Client::resume), and
/// [`recovery`](Error::recovery) after an unknown outcome.
///
/// `Display` is one line that names the host, path or variable and the cause. `Debug` begins with the same line. Both are
/// without API keys and queries of addresses, also where the service repeats them.
///
/// ```no_run
/// # async fn example(client: cover_api::Client, request: cover_api::CoverRequest<cover_api::NonCustom>) {
/// match client.send(&request).key("order-17").await {
///     Ok(task) => println!("paid for {}", task.id()),
///     Err(error) if error.is_insufficient_credits() => println!("buy credits"),
///     Err(error) if error.may_have_been_charged() => println!("see client.unknown() before paying again: {error}"),
///     Err(error) => println!("nothing was charged: {error}"),
/// }
/// # }
/// ```
pub struct Error<S: Service>(Box<Inner<S>>);

struct Inner<S: Service> {
    failure: Failure,
    handle: Option<TaskHandle<S>>,
    last: Option<Snapshot<S>>,
    waited: Option<WaitStats>,
}

impl<S: Service> Error<S> {
    pub(crate) fn new(kind: Kind) -> Self {
        Self::from(Failure::new(kind))
    }

    pub(crate) fn with_handle(mut self, handle: Option<TaskHandle<S>>) -> Self {
        self.0.handle = handle;
        self
    }

    pub(crate) fn with_last(mut self, last: Option<Snapshot<S>>) -> Self {
        self.0.last = last;
        self
    }

    /// Adds the wait that this ends.
    pub(crate) fn with_wait(mut self, handle: TaskHandle<S>, stats: WaitStats) -> Self {
        self.0.handle = Some(handle);
        self.0.waited = Some(stats);
        self
    }

    fn means(&self, meaning: CodeMeaning) -> bool {
        self.0.failure.means(meaning)
    }

    fn kind(&self) -> &Kind {
        &self.0.failure.kind
    }

    /// Returns the code in the service's answer, where there was one.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        self.0.failure.code.map(|(code, _)| code)
    }

    /// Returns the handle of the task, wherever its id is known. Keep it: the task may have been charged.
    #[must_use]
    pub fn handle(&self) -> Option<&TaskHandle<S>> {
        self.0.handle.as_ref()
    }

    /// Returns what the last poll saw, where the error ended a wait.
    #[must_use]
    pub fn last_snapshot(&self) -> Option<&Snapshot<S>> {
        self.0.last.as_ref()
    }

    /// Returns what a wait had seen until it ended.
    #[must_use]
    pub fn wait_stats(&self) -> Option<WaitStats> {
        self.0.waited
    }

    /// Returns the attempt whose outcome is unknown, for [`Client::recover`](crate::runtime::Client::recover).
    #[must_use]
    pub fn recovery(&self) -> Option<&Recovery> {
        self.0.failure.recovery.as_ref()
    }

    /// Returns what is known of the last attempt of the `send` that this ends, where it made one.
    #[must_use]
    pub fn attempt(&self) -> Option<&Attempt> {
        self.0.failure.attempt.as_ref()
    }

    /// Returns after which time the same request may be sent again without a second charge, as the spec or the answer
    /// says; zero is at once, and `None` is never, as far as is known.
    #[must_use]
    pub fn resend_after(&self) -> Option<Duration> {
        self.0.failure.resend.filter(|_| !self.may_have_been_charged())
    }

    /// Returns whether the client was given something that it cannot work with. Nothing was sent.
    #[must_use]
    pub fn is_setup(&self) -> bool {
        matches!(self.kind(), Kind::Setup(_) | Kind::Unwritable | Kind::Key(_) | Kind::TaskId(_))
    }

    /// Returns whether the ledger failed. Where it failed to record a send, nothing was sent.
    #[must_use]
    pub fn is_ledger(&self) -> bool {
        matches!(self.kind(), Kind::Unrecorded | Kind::Ledger)
    }

    /// Returns whether the request never left. [`resend_after`](Self::resend_after) says whether another attempt may do
    /// better.
    #[must_use]
    pub fn is_not_sent(&self) -> bool {
        self.0.failure.is_not_sent()
    }

    /// Returns whether the request was refused, by the service or by something before it. Nothing was created.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.kind(), Kind::Refused | Kind::Redirected(_))
    }

    /// Returns whether the service found the request invalid. Nothing was created.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.means(CodeMeaning::Invalid)
    }

    /// Returns whether the API key was refused.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.means(CodeMeaning::Unauthorized)
    }

    /// Returns whether there are too few credits.
    #[must_use]
    pub fn is_insufficient_credits(&self) -> bool {
        self.means(CodeMeaning::InsufficientCredits) || *self.kind() == Kind::Stopped
    }

    /// Returns whether there were too many requests in a short time: for the service, or for the client's rate limit.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.means(CodeMeaning::RateLimited) || matches!(self.kind(), Kind::NoPermit(_))
    }

    /// Returns whether the service is under maintenance.
    #[must_use]
    pub fn is_maintenance(&self) -> bool {
        self.means(CodeMeaning::Maintenance)
    }

    /// Returns whether the service says that there is no such thing, or no such task.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.means(CodeMeaning::NotFound) || matches!(self.kind(), Kind::NoSuchTask)
    }

    /// Returns whether the outcome of a request is unknown that was sent by this `send` or an earlier one of the same purchase.
    /// It may have been charged, and is never sent again by itself.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.failure.is_outcome_unknown()
    }

    /// Returns whether an attempt of the same purchase is still under way: another send's, or this send's own after its
    /// timeout.
    #[must_use]
    pub fn is_in_progress(&self) -> bool {
        matches!(self.kind(), Kind::InProgress | Kind::GaveUp { goes_on: true, .. })
    }

    /// Returns whether the idempotency key was used for a different request. Nothing was sent; [`handle`](Self::handle) is
    /// that of the other request's task, where it has one.
    #[must_use]
    pub fn is_key_conflict(&self) -> bool {
        *self.kind() == Kind::KeyConflict
    }

    /// Returns whether the client was shut down. Nothing was sent.
    #[must_use]
    pub fn is_shut_down(&self) -> bool {
        *self.kind() == Kind::ShutDown
    }

    /// Returns whether the task has failed.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        matches!(self.kind(), Kind::Failed)
    }

    /// Returns whether the task is done without any output that can be found in the service's answer.
    ///
    /// [`last_snapshot`](Self::last_snapshot) has the answer, and [`Snapshot::json`] all of it. The output may come later: the
    /// ledger keeps the task as running, and another wait polls it again.
    #[must_use]
    pub fn is_output_missing(&self) -> bool {
        matches!(self.kind(), Kind::NoOutput)
    }

    /// Returns whether time ran out: the timeout of a wait, a send or a download has passed, or no answer came in time.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.failure.is_timeout()
    }

    /// Returns whether this may have cost credits. True wherever a task is known or its creation cannot be ruled out.
    #[must_use]
    pub fn may_have_been_charged(&self) -> bool {
        self.0.failure.may_have_been_charged() || self.0.handle.is_some()
    }

    /// Returns whether the service wants fewer requests for a while, which says nothing of the task.
    pub(crate) fn is_about_rate(&self) -> bool {
        self.is_rate_limited() || self.is_maintenance()
    }
}

impl<S: Service> From<Failure> for Error<S> {
    fn from(failure: Failure) -> Self {
        let handle = failure.task.clone().map(|task| TaskHandle::known(task.id, task.created));
        Self(Box::new(Inner { failure, handle, last: None, waited: None }))
    }
}

impl<S: Service> fmt::Display for Error<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let status = self.0.last.as_ref().map(|last| &last.status as &dyn fmt::Display);
        self.0.failure.write(f, status)?;
        match &self.0.handle {
            Some(handle) if self.0.failure.task.is_none() => write!(f, " [task {handle}]"),
            _ => Ok(()),
        }
    }
}

impl<S: Service> fmt::Debug for Error<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} ")?;
        let mut details = f.debug_struct("Error");
        self.0.failure.details(&mut details);
        if let Some(handle) = &self.0.handle {
            details.field("handle", handle);
        }
        if let Some(last) = &self.0.last {
            details.field("last_snapshot", last);
        }
        if let Some(waited) = &self.0.waited {
            details.field("wait_stats", waited);
        }
        details.finish()
    }
}

impl<S: Service> StdError for Error<S> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.failure.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}
