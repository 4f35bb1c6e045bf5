//! What went wrong, without the types of a service.

use std::error::Error;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::{Duration, SystemTime};

use cover_spec::wire::{Code, CodeMeaning};

use super::{Attempt, Recovery};

pub(crate) type Source = Box<dyn Error + Send + Sync>;

/// What went wrong, as data. It is small, since most results are not failures.
#[derive(Debug)]
pub(crate) struct Failure(Box<Facts>);

#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) kind: Kind,
    pub(crate) code: Option<(u32, Option<CodeMeaning>)>,
    /// Fit to be shown.
    pub(crate) message: Option<String>,
    pub(crate) resend: Option<Duration>,
    pub(crate) task: Option<KnownTask>,
    pub(crate) attempt: Option<Attempt>,
    pub(crate) recovery: Option<Recovery>,
    pub(crate) source: Option<Source>,
}

/// A task whose id is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownTask {
    pub(crate) id: String,
    pub(crate) created: Option<SystemTime>,
}

/// What kind of failure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A client cannot be made of what was given.
    Setup(Setup),
    /// The request cannot be written as JSON.
    Unwritable,
    /// The idempotency key cannot be used.
    Key(&'static str),
    /// The key was used for a different request.
    KeyConflict,
    /// The ledger failed before the POST: nothing was sent.
    Unrecorded,
    /// The ledger could not be read or written, and nothing was to be sent.
    Ledger,
    /// The ledger's entry does not allow what was asked.
    Unresolved,
    /// The request never left.
    NotSent,
    /// An answer came before any byte of the body was handed over.
    AnsweredEarly(Seen),
    /// It was held back: the service has said that no credits are left.
    Stopped,
    /// It was held back: the rate limit has no permit, and this is the wait, if known.
    NoPermit(Option<Duration>),
    /// It was held back, or its attempts end: the client was shut down.
    ShutDown,
    /// The runtime that sent it has ended, and nothing had been handed over.
    Interrupted,
    /// The caller's timeout has passed. `goes_on`: whether the exchange continues.
    GaveUp { after: Duration, goes_on: bool },
    /// Another send of this purchase is under way elsewhere.
    InProgress,
    /// It was to be sent elsewhere, which it was not.
    Redirected(u16),
    /// The request left, and its outcome is unknown.
    OutcomeUnknown(Seen),
    /// The service refused it: nothing was created.
    Refused,
    /// A poll, or a look at the credits, got no answer.
    NoAnswer,
    /// A poll, or a look at the credits, got an answer that cannot be used.
    BadAnswer(Seen),
    /// The service knows no such task.
    NoSuchTask,
    /// The task has failed.
    Failed,
    /// The timeout of a wait has passed.
    Timeout(Duration),
}

/// What cannot be used to make a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Setup {
    EmptyKey,
    KeyNotAHeader,
    BaseUrl(&'static str),
    PollEvery,
    /// The rate limit allows no request, or no attempt is allowed.
    NoRequests,
    NoVariable(String),
    /// There is no tokio runtime.
    NoRuntime,
    Http,
    Account(&'static str),
    /// Callbacks cannot come as is wanted.
    #[cfg(feature = "callback")]
    Callbacks(&'static str),
}

/// What came instead of an answer that says what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Nothing,
    /// An earlier attempt of this purchase has an unknown outcome.
    Before,
    /// The runtime that sent it has ended.
    Interrupted,
    /// A proxy asked for a password after bytes of the body were handed over.
    Proxy,
    Status(u16, Option<Unreadable>),
    Code,
    NoTask,
    /// The reply names a task that belongs to another purchase.
    OtherTask,
    NoAmount,
}

/// Why an answer could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unreadable {
    NotJson,
    NotAnObject,
    NoCode,
    CutShort,
    TooLarge,
}

impl Failure {
    pub(crate) fn new(kind: Kind) -> Self {
        let (code, message, resend, task, attempt, recovery, source) = (None, None, None, None, None, None, None);
        Self(Box::new(Facts { kind, code, message, resend, task, attempt, recovery, source }))
    }

    pub(crate) fn setup(setup: Setup) -> Self {
        Self::new(Kind::Setup(setup))
    }

    /// The code of an answer, and what the spec says of it. The message must be fit to be shown.
    pub(crate) fn with_code(mut self, number: u32, known: Option<&Code>, message: Option<String>) -> Self {
        self.code = Some((number, known.map(|code| code.means)));
        self.resend = known.and_then(|code| code.resend);
        self.message = message;
        self
    }

    /// What the answer's HTTP status alone says, where it has no envelope.
    pub(crate) fn with_meaning(mut self, status: u16, means: CodeMeaning) -> Self {
        self.code = Some((status.into(), Some(means)));
        self
    }

    pub(crate) fn with_message(mut self, message: Option<String>) -> Self {
        self.message = message;
        self
    }

    /// After which time the same may be sent again.
    pub(crate) fn with_resend(mut self, resend: Option<Duration>) -> Self {
        self.resend = resend;
        self
    }

    pub(crate) fn with_task(mut self, task: Option<KnownTask>) -> Self {
        self.task = task;
        self
    }

    pub(crate) fn with_kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// The same, of an answer that came before any byte of the body was handed over.
    pub(crate) fn answered_early(mut self) -> Self {
        if let Kind::OutcomeUnknown(seen) = &self.kind {
            self.kind = Kind::AnsweredEarly(seen.clone());
        }
        self
    }

    pub(crate) fn with_attempt(mut self, attempt: Attempt) -> Self {
        self.attempt = Some(attempt);
        self
    }

    pub(crate) fn with_recovery(mut self, recovery: Recovery) -> Self {
        self.recovery = Some(recovery);
        self
    }

    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.source = Some(source.into());
        self
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
                | Kind::NoPermit(_)
                | Kind::ShutDown
                | Kind::Interrupted
                | Kind::Unrecorded
                | Kind::GaveUp { goes_on: false, .. }
        )
    }

    pub(crate) fn is_outcome_unknown(&self) -> bool {
        matches!(self.kind, Kind::OutcomeUnknown(_))
    }

    pub(crate) fn may_have_been_charged(&self) -> bool {
        let is_under_way = matches!(self.kind, Kind::InProgress | Kind::GaveUp { goes_on: true, .. });
        self.is_outcome_unknown() || is_under_way || self.task.is_some()
    }

    /// After which time the same request may be sent again without a second charge.
    pub(crate) fn resend_after(&self) -> Option<Duration> {
        self.resend.filter(|_| !self.may_have_been_charged())
    }

    fn headline(&self) -> String {
        match &self.kind {
            Kind::Setup(setup) => setup.to_string(),
            Kind::Unwritable => "the request cannot be written as JSON".to_owned(),
            Kind::Key(why) => format!("nothing was sent: the idempotency key {why}"),
            Kind::KeyConflict => "nothing was sent: this idempotency key was used for a different request".to_owned(),
            Kind::Unrecorded => "nothing was sent: the ledger could not be read or written".to_owned(),
            Kind::Ledger => "the ledger could not be read or written".to_owned(),
            Kind::Unresolved => "the ledger's entry does not allow this".to_owned(),
            Kind::NotSent => "the request was not sent: no connection".to_owned(),
            Kind::AnsweredEarly(seen) => format!("the request was not sent: an answer came before that: {seen}"),
            Kind::Stopped => "nothing was sent: the service has said that no credits are left".to_owned(),
            Kind::NoPermit(None) => "nothing was sent: the rate limit allows no request now".to_owned(),
            Kind::NoPermit(Some(wait)) => format!("nothing was sent: the rate limit allows no request for {wait:?}"),
            Kind::ShutDown => "nothing was sent: the client was shut down".to_owned(),
            Kind::Interrupted => {
                "the request was not sent: the task that was to send it was dropped with its runtime, or panicked"
                    .to_owned()
            }
            Kind::GaveUp { after, goes_on: false } => format!("the request was not sent within {after:?}"),
            Kind::GaveUp { after, goes_on: true } => format!(
                "no reply came within {after:?}; the exchange goes on, and the same send will return what becomes of it"
            ),
            Kind::InProgress => "nothing was sent: an attempt of this purchase is under way elsewhere".to_owned(),
            Kind::Redirected(status) => format!("the service wants the request elsewhere, HTTP status {status}"),
            Kind::OutcomeUnknown(seen) => {
                format!("the outcome of the request is unknown, it may have been charged: {seen}")
            }
            Kind::Refused => "the service refused the request".to_owned(),
            Kind::NoAnswer => "the service did not answer".to_owned(),
            Kind::BadAnswer(seen) => format!("the service's answer cannot be used: {seen}"),
            Kind::NoSuchTask => "the service knows no such task".to_owned(),
            Kind::Failed => "the task has failed".to_owned(),
            Kind::Timeout(after) => format!("the task was not done after {after:?}, and goes on"),
        }
    }

    /// The message; `status` is the last status of a task that was waited for.
    pub(crate) fn write(&self, f: &mut fmt::Formatter<'_>, status: Option<&dyn fmt::Display>) -> fmt::Result {
        f.write_str(&self.headline())?;
        if let Some(status) = status {
            write!(f, " (status {status})")?;
        }
        if let Some(attempt) = self.attempt.as_ref().filter(|_| self.is_outcome_unknown()) {
            let sent = match attempt.sent {
                super::BodySent::Nothing => "nothing of it",
                super::BodySent::Part => "a part of it",
                super::BodySent::Whole => "all of it",
            };
            write!(f, " (attempt {}, {:.1?}, {sent} was written)", attempt.number, attempt.took)?;
        }
        if let Some((code, means)) = self.code {
            write!(f, ": code {code}")?;
            means.iter().try_for_each(|means| write!(f, " ({})", word(*means)))?;
        }
        if let Some(message) = self.message.as_ref().filter(|message| !message.is_empty()) {
            write!(f, ": {message}")?;
        }
        if let (Kind::Unrecorded | Kind::Ledger | Kind::Unresolved, Some(source)) = (&self.kind, &self.source) {
            write!(f, ": {source}")?;
        }
        if let Some(task) = &self.task {
            write!(f, " [task {}]", task.id)?;
        }
        Ok(())
    }
}

impl Deref for Failure {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Facts {
        &mut self.0
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, None)
    }
}

fn word(means: CodeMeaning) -> &'static str {
    match means {
        CodeMeaning::Success => "success",
        CodeMeaning::Invalid => "invalid request",
        CodeMeaning::Unauthorized => "unauthorized",
        CodeMeaning::NotFound => "not found",
        CodeMeaning::RateLimited => "too many requests",
        CodeMeaning::InsufficientCredits => "insufficient credits",
        CodeMeaning::Maintenance => "maintenance",
        CodeMeaning::Server => "server error",
        _ => "not documented",
    }
}

impl fmt::Display for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyKey => f.write_str("the key is empty"),
            Self::KeyNotAHeader => f.write_str("the key has characters that no HTTP header can hold"),
            Self::BaseUrl(why) => write!(f, "the base address cannot be used: {why}"),
            Self::PollEvery => {
                f.write_str("the time between polls must be more than none, and its least no more than its most")
            }
            Self::NoRequests => f.write_str("the rate limit must allow a request, and there must be an attempt"),
            Self::NoVariable(name) => write!(f, "the environment variable `{name}` is not set, or is no text"),
            Self::NoRuntime => f.write_str("nothing was sent: a send needs a tokio runtime"),
            Self::Http => f.write_str("the HTTP client cannot be set up"),
            Self::Account(why) => write!(f, "the account's name cannot be used: {why}"),
            #[cfg(feature = "callback")]
            Self::Callbacks(why) => write!(f, "callbacks cannot be received: {why}"),
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("no answer came"),
            Self::Before => {
                f.write_str("an earlier attempt of it may have reached the service, so that nothing was sent")
            }
            Self::Interrupted => f.write_str("the task that sent it was dropped with its runtime, or panicked"),
            Self::Proxy => f.write_str("a proxy asks for a password, but bytes of the request had been handed over"),
            Self::Status(status, None) => write!(f, "HTTP status {status}"),
            Self::Status(status, Some(why)) => write!(f, "the answer, HTTP status {status}, {why}"),
            Self::Code => f.write_str("its code does not rule out that a task was created"),
            Self::NoTask => f.write_str("the answer says success, but gives no id of a task"),
            Self::OtherTask => f.write_str("the answer names a task that belongs to another request"),
            Self::NoAmount => f.write_str("the answer gives no number"),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "is not JSON",
            Self::NotAnObject => "is JSON, but no object",
            Self::NoCode => "has no code",
            Self::CutShort => "was cut short",
            Self::TooLarge => "is larger than any that makes sense",
        })
    }
}
