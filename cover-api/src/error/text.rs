//! The message of each failure.

use std::fmt;

use cover_spec::tables::CodeMeaning;

use super::cause::{Cause, innermost};
use super::{BodySent, Evidence, Failure, Kind, Setup};
use crate::redact::Shown;

/// Why an attempt ended without an outcome of its own.
const INTERRUPTED: &str = "the Tokio task of the attempt panicked, or was dropped with its runtime";

/// Begins the message of every failure after which the request may have been charged.
const OUTCOME_UNKNOWN: &str = "the outcome of the request is unknown, and it may have been charged";

impl Failure {
    /// Returns ` to host:port`, with `word` for `to`; empty if the host is not known.
    fn host(&self, word: &str) -> String {
        self.host.as_ref().map(|host| format!(" {word} {host}")).unwrap_or_default()
    }

    fn write_headline(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let has_no_connection = self.cause().is_some_and(Cause::is_connect);
        let (to, at, from) = (self.host("to"), self.host("at"), self.host("from"));
        match &self.kind {
            Kind::Setup(setup) => write!(f, "{setup}"),
            Kind::Unwritable => f.write_str("nothing was sent: the request cannot be serialized as JSON"),
            Kind::Key(why) => write!(f, "nothing was sent: the idempotency key {why}"),
            Kind::TaskId(why) => write!(f, "nothing was sent: the id of the task {why}"),
            Kind::KeyConflict => f.write_str("nothing was sent: this idempotency key was used for a different request"),
            Kind::Unrecorded => f.write_str("nothing was sent: the ledger could not be read or written"),
            Kind::Ledger => f.write_str("the ledger could not be read or written"),
            Kind::Unresolved => f.write_str("the ledger's entry does not allow this"),
            Kind::NotSent if has_no_connection => write!(f, "the request was not sent: no connection{to}"),
            Kind::NotSent => write!(f, "the request was not sent{to}"),
            Kind::AnsweredEarly(evidence) => {
                write!(f, "the request was not sent{to}: an answer came before the body was sent: {evidence}")
            }
            Kind::Stopped => f.write_str("nothing was sent: the service reported that no credits are left"),
            Kind::NoPermit(None) => f.write_str("nothing was sent: the rate limit allows no request now"),
            Kind::NoPermit(Some(wait)) => write!(f, "nothing was sent: the rate limit allows no request for {wait:?}"),
            Kind::ShutDown => f.write_str("nothing was sent: the client was shut down"),
            Kind::Interrupted => write!(f, "the request was not sent: {INTERRUPTED}"),
            Kind::GaveUp { after, goes_on: false } => write!(f, "the request was not sent within {after:?}"),
            Kind::GaveUp { after, goes_on: true } => write!(
                f,
                "no reply came within {after:?}; the attempt continues, and sending the same request again returns its result"
            ),
            Kind::InProgress => f.write_str("nothing was sent: another process or client is sending this purchase"),
            Kind::Redirected(status) => {
                write!(f, "the service{at} redirected the request, which is not followed (HTTP status {status})")
            }
            Kind::OutcomeUnknown(Evidence::NoAnswer) => write!(f, "{OUTCOME_UNKNOWN}: no answer came{from}"),
            Kind::OutcomeUnknown(evidence) => write!(f, "{OUTCOME_UNKNOWN}: {evidence}"),
            Kind::Refused => f.write_str("the service refused the request"),
            Kind::NoAnswer if has_no_connection => write!(f, "the service did not answer: no connection{to}"),
            Kind::NoAnswer => write!(f, "the service{at} did not answer"),
            Kind::BadAnswer(evidence) => write!(f, "the answer{from} cannot be used: {evidence}"),
            Kind::NoSuchTask => f.write_str("the service does not know this task"),
            Kind::Failed => f.write_str("the task failed"),
            Kind::Timeout { after, last_failure } => {
                write!(f, "the task was not done after {after:?}; it may still be running")?;
                last_failure.iter().try_for_each(|failure| write!(f, "; the last poll failed: {failure}"))
            }
            Kind::NoOutput => f.write_str("the service says that the task is done, but its answer has no output"),
            Kind::Download(bad) => write!(f, "{bad}"),
        }
    }

    /// Writes the message. `status` is the last known status of the task.
    pub(crate) fn write(&self, f: &mut fmt::Formatter<'_>, status: Option<&dyn fmt::Display>) -> fmt::Result {
        self.write_headline(f)?;
        if let Some(status) = status {
            write!(f, " (status {status})")?;
        }
        if let Some(attempt) = self.attempt.as_ref().filter(|_| self.is_outcome_unknown()) {
            let sent = match attempt.sent {
                BodySent::Nothing => "nothing of the body",
                BodySent::Part => "a part of the body",
                BodySent::Whole => "the whole body",
            };
            write!(f, " (attempt {}, {:.1?}, {sent} was sent)", attempt.number, attempt.took)?;
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

    /// Writes the innermost cause. The ledger's own error comes before it, since it names the ledger.
    fn write_cause(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(source) = &self.source else { return Ok(()) };
        let (outer, inner) = (source.to_string(), innermost(source));
        let is_ours = matches!(self.kind, Kind::Unrecorded | Kind::Ledger | Kind::Unresolved);
        if is_ours {
            write!(f, ": {outer}")?;
        }
        if is_ours && outer.to_lowercase().contains(&inner.to_lowercase()) { Ok(()) } else { write!(f, ": {inner}") }
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
            Self::KeyNotAHeader => f.write_str("the API key contains characters that an HTTP header cannot hold"),
            Self::BaseUrl(why, given) => write!(f, "the base address `{given}` cannot be used: {why}"),
            Self::PollEvery => {
                f.write_str("the shortest time between polls must be more than zero, and must not exceed the longest")
            }
            Self::NoRequests => {
                f.write_str("the rate limit must allow at least one request, and a send at least one attempt")
            }
            Self::NoVariable(name) => write!(f, "the environment variable `{name}` is not set"),
            Self::VariableNotText(name) => write!(f, "the environment variable `{name}` is not valid UTF-8"),
            Self::NoRuntime => f.write_str("nothing was sent: a send must be awaited within a Tokio runtime"),
            Self::Http => f.write_str("the HTTP client cannot be built"),
            Self::Account(why) => write!(f, "the account name cannot be used: {why}"),
            Self::Callbacks(why) => write!(f, "callbacks cannot be received: {why}"),
            Self::PlainHttp(host) => write!(
                f,
                "the base address of `{host}` is plain http, which would expose the API key: use https, or allow it with \
                 `ClientBuilder::allow_plain_http`"
            ),
        }
    }
}

impl fmt::Display for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer => f.write_str("no answer came"),
            Self::EarlierAttempt => {
                f.write_str("an earlier attempt may have reached the service; nothing was sent now")
            }
            Self::Interrupted => f.write_str(INTERRUPTED),
            Self::Proxy => f.write_str("a proxy requires a password"),
            Self::Status(status, None) => write!(f, "HTTP status {status}"),
            Self::Status(status, Some(why)) => write!(f, "the answer (HTTP status {status}) {why}"),
            Self::AmbiguousCode => f.write_str("the code of the answer does not rule out that a task was created"),
            Self::NoTask => f.write_str("the answer reports success, but does not give the id of a task"),
            Self::OtherTask => f.write_str("the answer names a task that belongs to another request"),
            Self::NoAmount => f.write_str("it does not contain a number"),
        }
    }
}

#[cfg(test)]
mod tests;
