//! What went wrong, without the types of a service.

use std::error::Error;
use std::fmt;
use std::ops::{Deref, DerefMut};
use std::time::{Duration, SystemTime};

use cover_spec::wire::{Code, CodeMeaning};
use url::Url;

use super::cause::{Cause, innermost};
use super::{Attempt, BadDownload, BodySent, DownloadFault, Recovery};
use crate::redact::{Shown, shown};

pub(crate) type Source = Box<dyn Error + Send + Sync>;

/// What went wrong, as data. It is small, since most results are not failures.
pub(crate) struct Failure(Box<Facts>);

pub(crate) struct Facts {
    pub(crate) kind: Kind,
    /// Host and port that it was about.
    pub(crate) host: Option<Box<str>>,
    pub(crate) code: Option<(u32, Option<CodeMeaning>)>,
    /// Fit to be shown.
    pub(crate) message: Option<String>,
    pub(crate) resend: Option<Duration>,
    pub(crate) task: Option<KnownTask>,
    pub(crate) attempt: Option<Attempt>,
    pub(crate) recovery: Option<Recovery>,
    pub(crate) source: Option<Source>,
}

/// A task whose id is known. The id is as the network gave it.
#[derive(Clone, PartialEq, Eq)]
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
    /// The id of a task cannot be used.
    TaskId(&'static str),
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
    /// The timeout of a wait has passed. `last_failure`: what the last poll said, if it failed.
    Timeout { after: Duration, last_failure: Option<String> },
    /// The task is done, and its output has not come, or cannot be found in the answer.
    NoOutput,
    /// A download failed.
    Download(BadDownload),
}

/// What cannot be used to make a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Setup {
    EmptyKey,
    KeyNotAHeader,
    /// Why, and the address that was given.
    BaseUrl(&'static str, String),
    PollEvery,
    /// The rate limit allows no request, or no attempt is allowed.
    NoRequests,
    NoVariable(String),
    /// The environment variable is not UTF-8.
    VariableNotText(String),
    /// There is no tokio runtime.
    NoRuntime,
    Http,
    Account(&'static str),
    /// Callbacks cannot come as is wanted.
    #[cfg(feature = "callback")]
    Callbacks(&'static str),
    /// The base address of this host is plain http.
    PlainHttp(String),
}

/// What came instead of an answer that says what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Seen {
    Nothing,
    /// An earlier attempt of this purchase has an unknown outcome.
    Before,
    /// The runtime that sent it has ended.
    Interrupted,
    /// A proxy asked for a password.
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
        let (host, code, message, resend, task, attempt, recovery) = (None, None, None, None, None, None, None);
        Self(Box::new(Facts { kind, host, code, message, resend, task, attempt, recovery, source: None }))
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

    /// Adds host and port of the address that it was about.
    pub(crate) fn with_host(mut self, address: &Url) -> Self {
        let port = address.port_or_known_default().map(|port| format!(":{port}")).unwrap_or_default();
        self.host = address.host_str().map(|host| shown(&(host.to_owned() + &port)).into());
        self
    }

    /// Adds the cause. Errors of the HTTP client become texts that are fit to be read.
    pub(crate) fn with_source(mut self, source: impl Into<Source>) -> Self {
        let source = source.into();
        self.source = Some(match source.downcast::<reqwest::Error>() {
            Ok(error) => Box::new(Cause::of(&error)),
            Err(source) => source,
        });
        self
    }

    pub(crate) fn is_timeout(&self) -> bool {
        let is_download = |bad: &BadDownload| matches!(bad.fault, DownloadFault::Timeout(_));
        match &self.kind {
            Kind::Timeout { .. } | Kind::GaveUp { .. } => true,
            Kind::Download(bad) if is_download(bad) => true,
            _ => self.cause().is_some_and(Cause::is_timeout),
        }
    }

    /// The cause, where it is of the network.
    fn cause(&self) -> Option<&Cause> {
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

    /// ` to host:port`, where the host is known.
    fn host(&self, word: &str) -> String {
        self.host.as_ref().map(|host| format!(" {word} {host}")).unwrap_or_default()
    }

    fn headline(&self) -> String {
        match &self.kind {
            Kind::Setup(setup) => setup.to_string(),
            Kind::Unwritable => "nothing was sent: the request cannot be written as JSON".to_owned(),
            Kind::Key(why) => format!("nothing was sent: the idempotency key {why}"),
            Kind::TaskId(why) => format!("nothing was sent: the id of the task {why}"),
            Kind::KeyConflict => "nothing was sent: this idempotency key was used for a different request".to_owned(),
            Kind::Unrecorded => "nothing was sent: the ledger could not be read or written".to_owned(),
            Kind::Ledger => "the ledger could not be read or written".to_owned(),
            Kind::Unresolved => "the ledger's entry does not allow this".to_owned(),
            Kind::NotSent if self.cause().is_some_and(Cause::is_connect) => {
                format!("the request was not sent: no connection{}", self.host("to"))
            }
            Kind::NotSent => format!("the request was not sent{}", self.host("to")),
            Kind::AnsweredEarly(seen) => {
                format!("the request was not sent{}: an answer came before its body: {seen}", self.host("to"))
            }
            Kind::Stopped => "nothing was sent: the service has said that no credits are left".to_owned(),
            Kind::NoPermit(None) => "nothing was sent: the rate limit allows no request now".to_owned(),
            Kind::NoPermit(Some(wait)) => format!("nothing was sent: the rate limit allows no request for {wait:?}"),
            Kind::ShutDown => "nothing was sent: the client was shut down".to_owned(),
            Kind::Interrupted => {
                "the request was not sent: the task that was to send it panicked, or was dropped with its runtime"
                    .to_owned()
            }
            Kind::GaveUp { after, goes_on: false } => format!("the request was not sent within {after:?}"),
            Kind::GaveUp { after, goes_on: true } => format!(
                "no reply came within {after:?}; the exchange goes on, and sending the same again returns its result"
            ),
            Kind::InProgress => {
                "nothing was sent: another process or client is making an attempt of this purchase".to_owned()
            }
            Kind::Redirected(status) => {
                format!("the service{} redirects the request elsewhere (HTTP status {status})", self.host("at"))
            }
            Kind::OutcomeUnknown(Seen::Nothing) => format!(
                "the outcome of the request is unknown, it may have been charged: no answer came{}",
                self.host("from")
            ),
            Kind::OutcomeUnknown(seen) => {
                format!("the outcome of the request is unknown, it may have been charged: {seen}")
            }
            Kind::Refused => "the service refused the request".to_owned(),
            Kind::NoAnswer if self.cause().is_some_and(Cause::is_connect) => {
                format!("the service did not answer: no connection{}", self.host("to"))
            }
            Kind::NoAnswer => format!("the service{} did not answer", self.host("at")),
            Kind::BadAnswer(seen) => format!("the answer{} cannot be used: {seen}", self.host("from")),
            Kind::NoSuchTask => "the service knows no such task".to_owned(),
            Kind::Failed => "the task has failed".to_owned(),
            Kind::Timeout { after, last_failure: None } => {
                format!("the task was not done after {after:?}; it may still be running")
            }
            Kind::Timeout { after, last_failure: Some(failure) } => {
                format!(
                    "the task was not done after {after:?}; it may still be running; the last poll failed: {failure}"
                )
            }
            Kind::NoOutput => "the service says that the task is done, but its answer has no output".to_owned(),
            Kind::Download(bad) => bad.to_string(),
        }
    }

    /// The message; `status` is the last status of a task that was waited for.
    pub(crate) fn write(&self, f: &mut fmt::Formatter<'_>, status: Option<&dyn fmt::Display>) -> fmt::Result {
        let headline = self.headline();
        f.write_str(&headline)?;
        if let Some(status) = status {
            write!(f, " (status {status})")?;
        }
        if let Some(attempt) = self.attempt.as_ref().filter(|_| self.is_outcome_unknown()) {
            let sent = match attempt.sent {
                BodySent::Nothing => "nothing of it",
                BodySent::Part => "a part of it",
                BodySent::Whole => "all of it",
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
        self.write_cause(f)?;
        match &self.task {
            Some(task) => write!(f, " [task {}]", Shown(&task.id)),
            None => Ok(()),
        }
    }

    /// What caused it in the end. The ledger's error comes first, since it names the ledger.
    fn write_cause(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(source) = &self.source else { return Ok(()) };
        let (outer, inner) = (source.to_string(), innermost(source));
        let is_ours = matches!(self.kind, Kind::Unrecorded | Kind::Ledger | Kind::Unresolved);
        if is_ours {
            write!(f, ": {outer}")?;
        }
        if is_ours && outer.to_lowercase().contains(&inner.to_lowercase()) { Ok(()) } else { write!(f, ": {inner}") }
    }

    /// What it holds besides what its message says.
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

impl fmt::Debug for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self} ")?;
        let mut details = f.debug_struct("Failure");
        self.details(&mut details);
        details.finish()
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
            Self::EmptyKey => f.write_str("the API key is empty"),
            Self::KeyNotAHeader => f.write_str("the API key has characters that an HTTP header cannot hold"),
            Self::BaseUrl(why, given) => write!(f, "the base address `{given}` cannot be used: {why}"),
            Self::PollEvery => f.write_str(
                "the least time between polls must be more than zero, and the most must not be less than the least",
            ),
            Self::NoRequests => {
                f.write_str("the rate limit must allow at least one request, and a send at least one attempt")
            }
            Self::NoVariable(name) => write!(f, "the environment variable `{name}` is not set"),
            Self::VariableNotText(name) => write!(f, "the environment variable `{name}` is not valid UTF-8"),
            Self::NoRuntime => f.write_str("nothing was sent: a send needs a tokio runtime"),
            Self::Http => f.write_str("the HTTP client cannot be set up"),
            Self::Account(why) => write!(f, "the name of the account cannot be used: {why}"),
            #[cfg(feature = "callback")]
            Self::Callbacks(why) => write!(f, "callbacks cannot be received: {why}"),
            Self::PlainHttp(host) => write!(
                f,
                "the base address of `{host}` is plain http, which would show the API key on its way: use https, or allow it \
                 by `ClientBuilder::allow_plain_http`"
            ),
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("no answer came"),
            Self::Before => f.write_str("an earlier attempt may have reached the service, and nothing was sent now"),
            Self::Interrupted => f.write_str("the task that sent it panicked, or was dropped with its runtime"),
            Self::Proxy => f.write_str("a proxy asked for a password"),
            Self::Status(status, None) => write!(f, "HTTP status {status}"),
            Self::Status(status, Some(why)) => write!(f, "the answer (HTTP status {status}) {why}"),
            Self::Code => f.write_str("its code does not rule out that a task was created"),
            Self::NoTask => f.write_str("the answer says success, but does not give the id of a task"),
            Self::OtherTask => f.write_str("the answer names a task that belongs to another request"),
            Self::NoAmount => f.write_str("the answer does not give a number"),
        }
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotJson => "is not JSON",
            Self::NotAnObject => "is JSON, but not an object",
            Self::NoCode => "has no code",
            Self::CutShort => "was cut short",
            Self::TooLarge => "is too large",
        })
    }
}

impl fmt::Debug for KnownTask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownTask").field("id", &Shown(&self.id)).field("created", &self.created).finish()
    }
}

#[cfg(test)]
mod tests;
