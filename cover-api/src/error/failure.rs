//! Failures without the types of a service.

use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::{Duration, SystemTime};

use cover_spec::tables::{CodeMeaning, CodeSpec};
use serde_json::Value;
use url::Url;

use super::{
    AttemptDetails, BadDownload, BoxError, Cause, DownloadFault, Kind, OtherRequest, Recovery, Setup, UploadFault,
};
use crate::redact::{Shown, shown};

/// A failure as data. It is one pointer, since most results are not failures.
pub(crate) struct Failure(Box<FailureData>);

pub(crate) struct FailureData {
    pub(crate) kind: Kind,
    /// Host and port of the address in question.
    pub(crate) host: Option<Box<str>>,
    pub(crate) code: Option<(u32, Option<CodeMeaning>)>,
    /// The service's message, already passed through [`shown`].
    pub(crate) message: Option<String>,
    pub(crate) resend: Option<Duration>,
    pub(crate) task: Option<KnownTask>,
    pub(crate) attempt: Option<AttemptDetails>,
    pub(crate) recovery: Option<Recovery>,
    /// The answer of an operation that was charged, if its results cannot be read.
    pub(crate) answer: Option<Value>,
    pub(crate) source: Option<BoxError>,
}

/// A task whose id is known. The id is exactly as the network sent it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct KnownTask {
    /// The id of its operation.
    pub(crate) operation: &'static str,
    pub(crate) id: String,
    pub(crate) created: Option<SystemTime>,
}

impl Failure {
    pub(crate) fn new(kind: Kind) -> Self {
        let (host, code, message, resend, task, attempt) = (None, None, None, None, None, None);
        let (recovery, answer, source) = (None, None, None);
        Self(Box::new(FailureData { kind, host, code, message, resend, task, attempt, recovery, answer, source }))
    }

    pub(crate) fn setup(setup: Setup) -> Self {
        Self::new(Kind::Setup(setup))
    }

    /// Adds the code of an answer, its meaning in the spec, and a message that has passed through [`shown`].
    pub(crate) fn with_code(mut self, number: u32, known: Option<&CodeSpec>, message: Option<String>) -> Self {
        self.code = Some((number, known.map(|code| code.means)));
        self.resend = known.and_then(|code| code.retry_after);
        self.message = message;
        self
    }

    /// Adds the meaning of the HTTP status of an answer without an envelope.
    pub(crate) fn with_meaning(mut self, status: u16, means: CodeMeaning) -> Self {
        self.code = Some((status.into(), Some(means)));
        self
    }

    pub(crate) fn with_message(mut self, message: Option<String>) -> Self {
        self.message = message;
        self
    }

    /// Sets how long to wait before the same request may be sent again.
    pub(crate) fn with_resend(mut self, resend: Option<Duration>) -> Self {
        self.resend = resend;
        self
    }

    pub(crate) fn with_task(mut self, task: Option<KnownTask>) -> Self {
        self.task = task;
        self
    }

    /// Turns a cancel without an answer into one that was not sent, if there was no connection.
    pub(crate) fn not_sent_if_unconnected(mut self) -> Self {
        if self.cause().is_some_and(Cause::is_connect) {
            self.kind = Kind::NotSent;
        }
        self
    }

    /// Turns an unknown outcome into one that came before any byte of the body was handed over.
    pub(crate) fn answered_early(mut self) -> Self {
        if let Kind::OutcomeUnknown(evidence) = &self.kind {
            self.kind = Kind::AnsweredEarly(evidence.clone());
        }
        self
    }

    pub(crate) fn with_attempt(mut self, attempt: AttemptDetails) -> Self {
        self.attempt = Some(attempt);
        self
    }

    pub(crate) fn with_recovery(mut self, recovery: Recovery) -> Self {
        self.recovery = Some(recovery);
        self
    }

    /// Adds host and port of this address.
    pub(crate) fn with_host(mut self, address: &Url) -> Self {
        let port = address.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
        self.host = address.host_str().map(|host| shown(&(host.to_owned() + &port)).into());
        self
    }

    /// Adds the cause. Errors of the HTTP client are reduced to texts without secrets.
    pub(crate) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        let source = source.into();
        self.source = Some(match source.downcast::<reqwest::Error>() {
            Ok(error) => Box::new(Cause::of(&error)),
            Err(source) => source,
        });
        self
    }

    /// Adds the answer whose results cannot be read.
    pub(crate) fn with_answer(mut self, answer: Value) -> Self {
        self.answer = Some(answer);
        self
    }

    pub(crate) fn is_timeout(&self) -> bool {
        let is_download = |bad: &BadDownload| matches!(bad.fault, DownloadFault::Timeout(_));
        match &self.kind {
            Kind::Timeout { .. } | Kind::GaveUp { .. } | Kind::NoAnswerWithin(_) => true,
            Kind::Download(bad) if is_download(bad) => true,
            Kind::Upload(bad) if matches!(bad.fault, UploadFault::Timeout(_)) => true,
            _ => self.cause().is_some_and(Cause::is_timeout),
        }
    }

    /// Returns the cause, if it is an error of the HTTP client.
    pub(super) fn cause(&self) -> Option<&Cause> {
        self.source.as_ref()?.downcast_ref()
    }

    pub(crate) fn means(&self, meaning: CodeMeaning) -> bool {
        matches!(self.code, Some((_, Some(means))) if means == meaning)
    }

    pub(crate) fn is_not_sent(&self) -> bool {
        matches!(
            self.kind,
            Kind::NotSent
                | Kind::AnsweredEarly(_)
                | Kind::Stopped
                | Kind::OverLimit { .. }
                | Kind::NoPrice(_)
                | Kind::NoPermit(_)
                | Kind::ShutDown
                | Kind::Interrupted
                | Kind::Unrecorded
                | Kind::GaveUp { goes_on: false, .. }
        )
    }

    pub(crate) fn is_outcome_unknown(&self) -> bool {
        matches!(self.kind, Kind::OutcomeUnknown(_) | Kind::KeyConflict(OtherRequest::Unknown))
    }

    pub(crate) fn is_in_progress(&self) -> bool {
        matches!(
            self.kind,
            Kind::InProgress | Kind::GaveUp { goes_on: true, .. } | Kind::KeyConflict(OtherRequest::InProgress)
        )
    }

    /// Returns whether the purchase was charged, and what it bought cannot be returned.
    pub(crate) fn is_unreadable(&self) -> bool {
        matches!(
            self.kind,
            Kind::AnswerNotKept { .. }
                | Kind::UnreadableAnswer(_)
                | Kind::IncompleteAnswer { is_paid: true, .. }
                | Kind::OtherWay { .. }
        )
    }

    pub(crate) fn may_have_been_charged(&self) -> bool {
        // The key was, or may have been, charged for the other request.
        let is_of_another = matches!(self.kind, Kind::KeyConflict(_));
        let is_bought = self.is_unreadable() || is_of_another || self.task.is_some();
        is_bought || self.is_outcome_unknown() || self.is_in_progress()
    }

    /// Returns how long to wait before the same request may be sent again without a second charge.
    pub(crate) fn resend_after(&self) -> Option<Duration> {
        self.resend.filter(|_| !self.may_have_been_charged())
    }

    /// Adds the fields that the message does not show.
    pub(crate) fn details(&self, details: &mut fmt::DebugStruct<'_, '_>) {
        details.field("kind", &self.kind);
        if let Some((code, means)) = &self.code {
            details.field("code", code).field("means", means);
        }
        if let Some(resend) = &self.resend {
            details.field("resend_after", resend);
        }
        if let Some(attempt) = &self.attempt {
            details.field("attempt", attempt);
        }
        if let Some(recovery) = &self.recovery {
            details.field("recovery", recovery);
        }
        if let Some(source) = &self.source {
            details.field("source", source);
        }
    }
}

impl Deref for Failure {
    type Target = FailureData;

    fn deref(&self) -> &FailureData {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut FailureData {
        &mut self.0
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, None)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} ")?;
        let mut details = f.debug_struct("Failure");
        self.details(&mut details);
        details.finish()
    }
}

impl fmt::Debug for KnownTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownTask")
            .field("id", &Shown(&self.id))
            .field("created", &self.created)
            .finish_non_exhaustive()
    }
}
