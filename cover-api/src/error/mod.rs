//! Errors. They carry data only: they hold no client and do no I/O.

mod attempt;
mod cause;
mod download;
mod failure;
mod kind;
mod recovery;
mod stats;
mod text;
mod upload;

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use cover_spec::tables::{CodeMeaning, Refunded};
use serde_json::Value;

use crate::service::{OperationId, Service, Snapshot, TaskHandle};

pub use attempt::{AttemptDetails, BodySent};
pub use recovery::Recovery;
pub use stats::WaitStats;

pub(crate) use cause::{BoxError, Cause};
pub(crate) use download::{BadDownload, DownloadFault, FileFault};
pub(crate) use failure::{Failure, KnownTask};
pub(crate) use kind::{Apart, Evidence, Kind, OtherRequest, Setup};
pub(crate) use upload::{BadUpload, Doing, Got, OutOfTime, TooLong, UploadFault};

/// The error type of all operations of a client.
///
/// Check [`may_have_been_charged`](Error::may_have_been_charged) before you send anything again. If the id of the task is
/// known, pass [`handle`](Error::handle) to [`Client::resume`](crate::runtime::Client::resume). After an unknown outcome, pass
/// [`recovery`](Error::recovery) to [`Client::recover`](crate::runtime::Client::recover).
///
/// `Display` is one line that names the host, path or variable and the innermost cause. `Debug` begins with the same line.
/// Neither contains API keys or queries of URLs, even if the service repeats them.
///
/// ```no_run
/// # async fn example(client: cover_api::Client, request: cover_api::CoverRequest<cover_api::NonCustom>) {
/// match client.send(&request).key("order-17").await {
///     Ok(task) => println!("created {}", task.id()),
///     Err(error) if error.is_insufficient_credits() => println!("buy credits"),
///     Err(error) if error.may_have_been_charged() => println!("check client.unknown() before sending again: {error}"),
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

    /// Adds the task and the figures of the wait that this error ends.
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

    /// Returns the code in the service's answer, if it contained one.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        self.0.failure.code.map(|(code, _)| code)
    }

    /// Returns the handle of the task, if its id is known. Keep it: the task may have been charged.
    #[must_use]
    pub fn handle(&self) -> Option<&TaskHandle<S>> {
        self.0.handle.as_ref()
    }

    /// Returns the last snapshot of the task, if the error ended a wait.
    #[must_use]
    pub fn last_snapshot(&self) -> Option<&Snapshot<S>> {
        self.0.last.as_ref()
    }

    /// Returns figures of the wait that this error ended.
    #[must_use]
    pub fn wait_stats(&self) -> Option<WaitStats> {
        self.0.waited
    }

    /// Returns the attempt whose outcome is unknown, to be passed to [`Client::recover`](crate::runtime::Client::recover).
    #[must_use]
    pub fn recovery(&self) -> Option<&Recovery> {
        self.0.failure.recovery.as_ref()
    }

    /// Returns details of the last attempt of the `send` that failed, if it made one.
    #[must_use]
    pub fn attempt(&self) -> Option<&AttemptDetails> {
        self.0.failure.attempt.as_ref()
    }

    /// Returns how long to wait before the same request may be sent again without a second charge.
    ///
    /// The time comes from the spec or from the answer. Zero means at once, and `None` means that no such time is known.
    #[must_use]
    pub fn resend_after(&self) -> Option<Duration> {
        self.0.failure.resend.filter(|_| !self.may_have_been_charged())
    }

    /// Returns whether a setting or an argument is not valid. Nothing was sent.
    #[must_use]
    pub fn is_setup(&self) -> bool {
        match self.kind() {
            Kind::Upload(bad) => bad.fault.is_about_the_file(),
            Kind::Setup(_) | Kind::Unwritable | Kind::Place(..) | Kind::Key(_) | Kind::TaskId(_) => true,
            kind => {
                matches!(kind, Kind::OtherOperation(..) | Kind::OtherSpec(_) | Kind::OtherWay { .. } | Kind::TooLong)
            }
        }
    }

    /// Returns whether the ledger could not be read or written. If it could not record a send, nothing was sent.
    #[must_use]
    pub fn is_ledger(&self) -> bool {
        matches!(self.kind(), Kind::Unrecorded | Kind::Ledger)
    }

    /// Returns whether the request never reached the service. [`resend_after`](Self::resend_after) says whether and when to
    /// try again.
    #[must_use]
    pub fn is_not_sent(&self) -> bool {
        self.0.failure.is_not_sent()
    }

    /// Returns whether the service, or a proxy before it, refused the request. Nothing was created.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.kind(), Kind::Refused | Kind::Redirected(_))
    }

    /// Returns whether the service reported the request as invalid. Nothing was created.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.means(CodeMeaning::Invalid)
    }

    /// Returns whether the service rejected the API key.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.means(CodeMeaning::Unauthorized)
    }

    /// Returns whether the account has too few credits.
    #[must_use]
    pub fn is_insufficient_credits(&self) -> bool {
        self.means(CodeMeaning::InsufficientCredits) || *self.kind() == Kind::Stopped
    }

    /// Returns whether the request would have exceeded a [spend limit](crate::runtime::ClientBuilder::spend_limit), or has no price that
    /// the limit could count. Nothing was sent.
    #[must_use]
    pub fn is_spend_limit(&self) -> bool {
        matches!(self.kind(), Kind::OverLimit { .. } | Kind::NoPrice(_))
    }

    /// Returns whether the request exceeded a rate limit: the service's or the client's own.
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.means(CodeMeaning::RateLimited) || matches!(self.kind(), Kind::NoPermit(_))
    }

    /// Returns whether the service is under maintenance.
    #[must_use]
    pub fn is_maintenance(&self) -> bool {
        self.means(CodeMeaning::Maintenance)
    }

    /// Returns whether the service does not know the task, or reported "not found" for another reason.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.means(CodeMeaning::NotFound) || matches!(self.kind(), Kind::NoSuchTask)
    }

    /// Returns whether another process has [adopted](crate::runtime::Client::adopt) the task, so that this wait has ended. Either this
    /// client was shut down, or the ledger had not heard of this process for too long.
    #[must_use]
    pub fn is_adopted_elsewhere(&self) -> bool {
        *self.kind() == Kind::Adopted
    }

    /// Returns whether the outcome of this `send`, or of an earlier one of the same purchase or key, is unknown.
    ///
    /// The request may have been charged. The client never sends it again by itself.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.0.failure.is_outcome_unknown()
    }

    /// Returns whether an attempt of the same purchase is still under way: that of another send, also of a different request with the
    /// same key, or that of this send after its timeout.
    #[must_use]
    pub fn is_in_progress(&self) -> bool {
        self.0.failure.is_in_progress()
    }

    /// Returns whether the idempotency key was used for a different request. Nothing was sent.
    ///
    /// The other request was charged, or may have been. If both are the same purchase, such as one whose file was uploaded again,
    /// [`Client::find`](crate::runtime::Client::find) returns what it became.
    ///
    /// [`handle`](Self::handle) returns the task of the other request, if it has one. [`is_in_progress`](Self::is_in_progress) says whether
    /// it is still being sent, and [`is_outcome_unknown`](Self::is_outcome_unknown) whether its outcome is unknown.
    #[must_use]
    pub fn is_key_conflict(&self) -> bool {
        matches!(self.kind(), Kind::KeyConflict(_))
    }

    /// Returns whether the accepted number of tasks of the key have failed, so that
    /// [`after_failure`](crate::runtime::Sending::after_failure) posts it no more. Nothing was sent. [`handle`](Self::handle) returns the last of these tasks.
    #[must_use]
    pub fn is_failure_limit(&self) -> bool {
        matches!(self.kind(), Kind::TooManyFailures { .. })
    }

    /// Returns whether the client was shut down. Nothing was sent.
    #[must_use]
    pub fn is_shut_down(&self) -> bool {
        *self.kind() == Kind::ShutDown
    }

    /// Returns whether the task failed. A task that was cancelled has failed.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        matches!(self.kind(), Kind::Failed { .. } | Kind::Cancelled { .. })
    }

    /// Returns whether the task was cancelled, as its status says. [`is_failed`](Self::is_failed) is true as well.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self.kind(), Kind::Cancelled { .. })
    }

    /// Returns whether the service returned the credits of a task that [has failed](Self::is_failed), as far as the spec says it of
    /// the task's code. The client does nothing about it.
    #[must_use]
    pub fn refunded(&self) -> Refunded {
        match *self.kind() {
            Kind::Failed { refunded, .. } | Kind::Cancelled { refunded, .. } => refunded,
            _ => Refunded::Unknown,
        }
    }

    /// Returns whether the task is done, but the service's answer contains no output.
    ///
    /// [`last_snapshot`](Self::last_snapshot) returns the answer, and [`Snapshot::json`] its full JSON. The output may appear
    /// later: the ledger keeps the task as running, and another wait polls it again.
    #[must_use]
    pub fn is_output_missing(&self) -> bool {
        matches!(self.kind(), Kind::NoOutput(_) | Kind::IncompleteAnswer { .. })
    }

    /// Returns whether the purchase was answered and charged before, and the ledger has no answer that could be returned. Nothing was
    /// sent.
    ///
    /// The answer had more than 256 KiB, was delivered without a key, or is damaged. Without a key, this error ends a purchase whose
    /// answer was not kept: the next equal send makes a new one. With a key, the purchase stays, and another key makes a new one.
    #[must_use]
    pub fn is_answer_lost(&self) -> bool {
        matches!(self.kind(), Kind::AnswerNotKept { .. } | Kind::UnreadableAnswer(_))
    }

    /// Returns the answer of an operation that answers at once, if its results [are not complete](Self::is_output_missing). An equal
    /// send returns the same error and sends nothing.
    #[must_use]
    pub fn answer(&self) -> Option<&Value> {
        self.0.failure.answer.as_ref()
    }

    /// Returns whether a timeout has passed: that of a wait, a send or a download, or that of a single HTTP request.
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        self.0.failure.is_timeout()
    }

    /// Returns whether the file of a download exists already, or another download is writing to it. Another path may be free.
    #[must_use]
    pub fn is_path_taken(&self) -> bool {
        let is_taken = |fault| matches!(fault, FileFault::Exists | FileFault::InUse);
        let Kind::Download(bad) = self.kind() else { return false };
        matches!(bad.fault, DownloadFault::File { fault, .. } if is_taken(fault))
    }

    /// Returns whether credits may have been charged. It is true if a task is known, or if its creation cannot be ruled out.
    /// After a [key conflict](Self::is_key_conflict) it is true for the other request of the key.
    #[must_use]
    pub fn may_have_been_charged(&self) -> bool {
        self.0.failure.may_have_been_charged() || self.0.handle.is_some()
    }

    /// Returns whether the service asks for fewer requests. Such an answer says nothing about the task.
    pub(crate) fn is_about_rate(&self) -> bool {
        self.is_rate_limited() || self.is_maintenance()
    }
}

impl<S: Service> From<Failure> for Error<S> {
    fn from(failure: Failure) -> Self {
        let handle =
            failure.task.clone().map(|task| TaskHandle::known(OperationId::of(task.operation), task.id, task.created));
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
