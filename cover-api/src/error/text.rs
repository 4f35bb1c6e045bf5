//! The message of each failure.

use std::fmt;
use std::time::Duration;

use cover_spec::tables::{CodeMeaning, Credits, Refunded};

use super::cause::innermost;
use super::{Apart, BodySent, Cause, Evidence, Failure, Kind, OtherRequest, Setup};
use crate::redact::Shown;

/// Why an attempt ended without an outcome of its own.
const INTERRUPTED: &str = "the Tokio task of the attempt panicked, or was dropped with its runtime";

/// Begins the message of every failure after which the request may have been charged.
const OUTCOME_UNKNOWN: &str = "the outcome of the request is unknown, and it may have been charged";

/// What to do about a key whose task has failed.
const AFTER_FAILURE: &str = "to post again under this key, send with `.after_failure()`";

/// Why a wait ended although its task goes on.
const ADOPTED: &str = "another process has adopted the task, since this one was shut down or the ledger had not heard of it for too long; \
    that process now waits for the task";

/// Begins the message of a cancel without a usable answer.
const CANCEL_UNKNOWN: &str = "the task may or may not have been cancelled, as its next poll will tell";

fn write_failure_limit(f: &mut fmt::Formatter<'_>, failures: u32, limit: u32) -> fmt::Result {
    let tasks = if failures == 1 { "1 task of this key has" } else { &format!("{failures} tasks of this key have") };
    let more = failures.saturating_add(1);
    write!(
        f,
        "nothing was sent: {tasks} failed, and the limit is {limit}: find out why, and to post once more, send with \
         `.max_failures({more})`"
    )
}

fn write_over_limit(
    f: &mut fmt::Formatter<'_>,
    [price, spent, limit]: [Credits; 3],
    period: Option<Duration>,
) -> fmt::Result {
    let of = period.map_or("this process".to_owned(), |period| format!("{period:?}"));
    // A request that costs more than the whole limit never fits.
    let helps_waiting = period.is_some() && price <= limit;
    let remedy = if helps_waiting { "wait, or raise the limit" } else { "raise the limit" };
    write!(
        f,
        "nothing was sent: the request costs {price} credits, and {spent} of {limit} credits are spent, which is the spend limit of \
         {of}: {remedy}"
    )
}

fn write_no_price(f: &mut fmt::Formatter<'_>, operation: &str) -> fmt::Result {
    write!(
        f,
        "nothing was sent: the account has a spend limit, and the spec of `{operation}` has no `[credits]` with a `cost`: add it, or \
         send the request by a client without a limit, and with another ledger or account name"
    )
}

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
            Kind::Place(field, why) => write!(f, "nothing was sent: the value of `{field}` {why}"),
            Kind::Key(why) => write!(f, "nothing was sent: the idempotency key {why}"),
            Kind::TaskId(why) => write!(f, "nothing was sent: the id of the task {why}"),
            Kind::OtherOperation(given, own) => write!(
                f,
                "nothing was sent: this is of the operation `{}`, and the client of `{own}`: use a client of that operation",
                Shown(given)
            ),
            Kind::OtherSpec(own) => write!(
                f,
                "nothing was sent: the request was built with another spec of the operation `{own}`: build it with `request` of \
                 this client"
            ),
            Kind::KeyConflict(other) => {
                f.write_str("nothing was sent: this idempotency key was used for a different request")?;
                match other {
                    OtherRequest::Bought => Ok(()),
                    OtherRequest::Failed => write!(f, ", whose task failed: {AFTER_FAILURE}"),
                    OtherRequest::InProgress => f.write_str(", which is being sent: wait for it and run again"),
                    OtherRequest::Unknown => f.write_str(", whose outcome is unknown, and which may have been charged"),
                }
            }
            Kind::TooManyFailures { failures, limit } => write_failure_limit(f, *failures, *limit),
            Kind::OtherWay { is_task: true } => f.write_str(
                "nothing was sent: this purchase is a task, and the spec of this client has no `[poll]`: use a client of the spec that \
                 made the purchase",
            ),
            Kind::OtherWay { is_task: false } => f.write_str(
                "nothing was sent: this purchase was answered at once, and the spec of this client has `[poll]`: use a client of the \
                 spec that made the purchase",
            ),
            Kind::Unrecorded => f.write_str("nothing was sent: the ledger could not be read or written"),
            Kind::Ledger => f.write_str("the ledger could not be read or written"),
            Kind::Unresolved => f.write_str("the ledger's entry does not allow this"),
            Kind::NotSent if has_no_connection => write!(f, "the request was not sent: no connection{to}"),
            Kind::NotSent => write!(f, "the request was not sent{to}"),
            Kind::AnsweredEarly(evidence) => {
                write!(f, "the request was not sent{to}: an answer came before the body was sent: {evidence}")
            }
            Kind::Stopped => f.write_str("nothing was sent: the service reported that no credits are left"),
            Kind::OverLimit { price, spent, limit, period } => write_over_limit(f, [*price, *spent, *limit], *period),
            Kind::NoPrice(operation) => write_no_price(f, operation),
            Kind::NoPermit(None) => f.write_str("nothing was sent: the rate limit allows no request now"),
            Kind::NoPermit(Some(wait)) => write!(f, "nothing was sent: the rate limit allows no request for {wait:?}"),
            Kind::ShutDown => f.write_str("nothing was sent: the client was shut down"),
            Kind::Interrupted => write!(f, "the request was not sent: {INTERRUPTED}"),
            Kind::GaveUp { after, goes_on: false } => write!(f, "the request was not sent within {after:?}"),
            Kind::GaveUp { after, goes_on: true } => write!(
                f,
                "no reply came within {after:?}; the attempt continues, and sending the same request again returns its outcome"
            ),
            Kind::InProgress => f.write_str("nothing was sent: another send of this purchase is under way: wait for it and run again"),
            Kind::Redirected(status) => {
                write!(f, "the service{at} redirected the request, which is not followed (HTTP status {status})")
            }
            Kind::OutcomeUnknown(Evidence::NoAnswer) => write!(f, "{OUTCOME_UNKNOWN}: no answer came{from}"),
            Kind::OutcomeUnknown(evidence) => write!(f, "{OUTCOME_UNKNOWN}: {evidence}"),
            Kind::Refused => f.write_str("the service refused the request"),
            Kind::NoAnswer if has_no_connection => write!(f, "the service did not answer: no connection{to}"),
            Kind::NoAnswer => write!(f, "the service{at} did not answer"),
            Kind::NoAnswerWithin(time) => write!(f, "no answer came within {time:?}; nothing was bought"),
            Kind::BadAnswer(evidence) => write!(f, "the answer{from} cannot be used: {evidence}"),
            Kind::Adopted => f.write_str(ADOPTED),
            Kind::NoSuchTask => f.write_str("the service does not know this task"),
            Kind::Failed { .. } => f.write_str("the task failed"),
            Kind::Cancelled { .. } => f.write_str("the task was cancelled"),
            Kind::CancelUnknown(Evidence::NoAnswer) => write!(f, "{CANCEL_UNKNOWN}: no answer came{from}"),
            Kind::CancelUnknown(evidence) => write!(f, "{CANCEL_UNKNOWN}: {evidence}"),
            Kind::Timeout { after, last_failure } => {
                write!(f, "the task was not done after {after:?}; it may still be running")?;
                last_failure.iter().try_for_each(|failure| write!(f, "; the last poll failed: {failure}"))
            }
            Kind::NoOutput(lacking) => {
                f.write_str("the service says that the task is done, but its output is not complete")?;
                lacking.as_ref().map_or(Ok(()), |lacking| write!(f, ": {lacking}"))
            }
            Kind::UnreadableAnswer(why) => write!(f, "the purchase was charged, but the answer in the ledger {why}"),
            Kind::IncompleteAnswer { lacking, is_paid } => {
                let charged = if *is_paid { " and charged" } else { "" };
                write!(f, "the service answered{charged}, but the results are not complete: {lacking}")
            }
            Kind::AnswerNotKept { has_key: true } => f.write_str(
                "nothing was sent: the purchase of this key was answered and charged before, and its answer was not kept, because it \
                 has more than 256 KiB: to buy it again, use another key",
            ),
            Kind::AnswerNotKept { has_key: false } => f.write_str(
                "nothing was sent: this purchase was answered and charged before, and its answer was not kept, because it has more \
                 than 256 KiB or another send has returned it: to buy it again, send the request again",
            ),
            Kind::Download(bad) => write!(f, "{bad}"),
            Kind::Upload(bad) => write!(f, "{bad}"),
            Kind::TooLong => f.write_str("nothing was sent: an uploaded recording is too long for this request"),
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
        // The message of an upload has the code in the failure of its last attempt.
        if let Some((code, means)) = self.code.filter(|_| !matches!(self.kind, Kind::Upload(_))) {
            write!(f, ": code {code}")?;
            means.iter().try_for_each(|means| write!(f, " ({})", word(*means)))?;
        }
        if let Some(message) = self.message.as_ref().filter(|message| !message.is_empty()) {
            write!(f, ": {message}")?;
        }
        self.write_cause(f)?;
        if let Kind::Failed { has_key, refunded } | Kind::Cancelled { has_key, refunded } = self.kind {
            match refunded {
                Refunded::Yes => f.write_str("; the credits were refunded")?,
                Refunded::No => f.write_str("; the credits were not refunded")?,
                Refunded::Unknown => {}
            }
            if has_key {
                write!(f, "; {AFTER_FAILURE}")?;
            }
        }
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
            Self::SpendPeriod => f.write_str(
                "a spend limit of a period needs a ledger that outlasts its process, such as `SqliteLedger`: set one with `ledger`, or limit \
                 what the process spends",
            ),
            Self::NoRuntime => {
                f.write_str("nothing was sent: sends, uploads and cancels must be awaited within a Tokio runtime")
            }
            Self::NoUploads => {
                f.write_str("nothing was sent: the spec has no `[upload]`, which says how files are uploaded")
            }
            Self::NoCredits => f.write_str(
                "nothing was sent: the spec has no `[credits]` with a `path`, which says how the number of credits is asked for",
            ),
            Self::NoTasks(operation) => write!(f, "the operation `{operation}` answers at once, and has no tasks"),
            Self::NoCancel(operation) => write!(
                f,
                "nothing was sent: the spec of `{operation}` has no `[cancel]`, which says how tasks are cancelled"
            ),
            Self::Http => f.write_str("the HTTP client cannot be built"),
            Self::NoCryptography => f.write_str(
                "TLS has no provider of cryptography: install one at the start of the program by `install_default` of `rustls`, or enable \
                 the feature `rustls` of cover-api",
            ),
            Self::Account(why) => write!(f, "the account name cannot be used: {why}"),
            Self::Callbacks(why) => write!(f, "callbacks cannot be received: {why}"),
            Self::OtherAccount { operation, of, why } => {
                write!(f, "the operation `{operation}` does not belong to the account of `{of}`: {why}")
            }
            Self::PlainHttp(host) => write!(
                f,
                "the base address of `{host}` is plain http, which would expose the API key: use https, or allow it with \
                 `ClientBuilder::allow_plain_http`"
            ),
        }
    }
}

impl fmt::Display for Apart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ADVICE: &str = "give both the same `account` under `[service]` if they share the API key and its credits";
        match self {
            Self::Accounts([Some(ours), Some(theirs)]) => {
                write!(f, "its spec names the account `{theirs}`, and the other one `{ours}`")
            }
            Self::Accounts([None, Some(only)]) => {
                write!(f, "only its spec names an account, `{only}`: {ADVICE}")
            }
            Self::Accounts([ours, _]) => {
                write!(f, "its spec names no account, and the other one `{}`: {ADVICE}", ours.unwrap_or_default())
            }
            Self::BaseUrls([ours, theirs]) => {
                write!(f, "no spec names an account, and the base URLs differ, `{theirs}` and `{ours}`: {ADVICE}")
            }
            Self::Auth => f.write_str("its spec sends the API key in another way, by another `auth` under `[service]`"),
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
            Self::MayBeSent(left) => write!(
                f,
                "the process of an earlier attempt may still send it for {left:?}, and a second charge cannot be accepted before; nothing \
                 was sent now: send it again after that time"
            ),
            Self::Interrupted => f.write_str(INTERRUPTED),
            Self::Proxy => f.write_str("a proxy requires a password"),
            Self::Status(status, None) => write!(f, "HTTP status {status}"),
            Self::Status(status, Some(why)) => write!(f, "the answer (HTTP status {status}) {why}"),
            Self::AmbiguousCode => f.write_str("the code of the answer does not rule out that a task was created"),
            Self::HasResults => f.write_str("the answer refuses the request, but has results"),
            Self::NoTask => f.write_str("the answer reports success, but does not give the id of a task"),
            Self::OtherTask => f.write_str("the answer names a task that belongs to another request"),
            Self::NoAmount => f.write_str("it does not contain a number"),
            Self::EarlySuccess { sent, length } => {
                write!(f, "it reports success after {sent} of {length} bytes of the file")
            }
            Self::NoLink => f.write_str("it reports success, but does not contain the address of the file"),
        }
    }
}

#[cfg(test)]
mod tests;
