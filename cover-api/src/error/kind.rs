//! The kinds of failures.

use std::time::Duration;

use cover_spec::answers::{Lacking, Unreadable};
use cover_spec::tables::{Credits, Refunded};

use super::{BadDownload, BadUpload};

/// What went wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// A client cannot be built from its settings.
    Setup(Setup),
    /// The request cannot be serialized as JSON.
    Unwritable,
    /// The value of this field cannot be sent in its place, for this reason.
    Place(String, &'static str),
    /// The idempotency key is not valid, for this reason.
    Key(&'static str),
    /// The id of a task is not valid, for this reason.
    TaskId(&'static str),
    /// The operation of a task, and that of the client, which is another.
    OtherOperation(String, &'static str),
    /// The request was built with another spec of the client's operation.
    OtherSpec(&'static str),
    /// As many tasks of the key have failed as the caller accepts, or more.
    TooManyFailures { failures: u32, limit: u32 },
    /// The key was used for a different request, and what became of that.
    KeyConflict(OtherRequest),
    /// The spec that made the purchase has tasks, and that of the client answers at once, or the other way round.
    OtherWay {
        /// Whether the purchase is a task.
        is_task: bool,
    },
    /// The ledger failed to record the intent, so nothing was sent.
    Unrecorded,
    /// The ledger failed in an operation that sends nothing.
    Ledger,
    /// The state of the ledger's entry does not allow the operation.
    Unresolved,
    /// No byte of the request reached the service.
    NotSent,
    /// An answer came before any byte of the body was handed over.
    AnsweredEarly(Evidence),
    /// The request was held back, since the service reported that no credits are left.
    Stopped,
    /// The price of the request would exceed a limit of what the account spends: that of this process, or that of a period.
    OverLimit { price: Credits, spent: Credits, limit: Credits, period: Option<Duration> },
    /// The account has a limit of what it spends, and the spec of the operation with this id has no price.
    NoPrice(&'static str),
    /// The request was held back by the rate limit, which has the next permit after this time, if known.
    NoPermit(Option<Duration>),
    /// The client was shut down before the request was sent.
    ShutDown,
    /// The attempt's Tokio task ended before it handed over any byte.
    Interrupted,
    /// The caller's timeout has passed. `goes_on`: whether the attempt continues without the caller.
    GaveUp { after: Duration, goes_on: bool },
    /// Another send makes the same purchase.
    InProgress,
    /// The service redirected the request, which is never followed.
    Redirected(u16),
    /// The request may have reached the service, and its outcome is unknown.
    OutcomeUnknown(Evidence),
    /// The service refused the request and created nothing.
    Refused,
    /// A poll, a GET of an operation or a request for the credits got no answer.
    NoAnswer,
    /// The caller's timeout has passed before a GET of an operation got an answer.
    NoAnswerWithin(Duration),
    /// A poll or a request for the credits got an answer that cannot be used.
    BadAnswer(Evidence),
    /// The service does not know the task.
    NoSuchTask,
    /// Another process has adopted the task.
    Adopted,
    /// The task failed. `has_key`: whether its purchase is known to have a key.
    Failed { has_key: bool, refunded: Refunded },
    /// The task was cancelled. `has_key`: whether its purchase is known to have a key.
    Cancelled { has_key: bool, refunded: Refunded },
    /// A cancel has no usable answer, so that the task may have been cancelled.
    CancelUnknown(Evidence),
    /// The timeout of a wait has passed. `last_failure`: the message of the last poll, if it failed.
    Timeout { after: Duration, last_failure: Option<String> },
    /// The task is done, but the answer does not contain its output.
    NoOutput(Option<Box<Lacking>>),
    /// The operation was answered, and its answer cannot be read. It may have been damaged in the ledger.
    UnreadableAnswer(Unreadable),
    /// The operation was answered, and the answer lacks a result.
    IncompleteAnswer { lacking: Box<Lacking>, is_paid: bool },
    /// The purchase was answered before, and its answer was not kept. `has_key`: whether the purchase has a key.
    AnswerNotKept { has_key: bool },
    /// A download failed.
    Download(BadDownload),
    /// A file cannot be uploaded.
    Upload(BadUpload),
    /// The request has the address of a recording that is too long for it. The source has the violations.
    TooLong,
}

/// What became of the different request of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OtherRequest {
    /// It became a task, or was answered.
    Bought,
    /// It became a task that has failed.
    Failed,
    /// It is being sent.
    InProgress,
    /// Its outcome is unknown.
    Unknown,
}

/// Why a client cannot be built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Setup {
    EmptyKey,
    KeyNotAHeader,
    /// The reason, and the address that was given.
    BaseUrl(&'static str, String),
    /// The bounds of the time between polls are not valid.
    PollEvery,
    /// The rate limit allows no request, or no attempt is allowed.
    NoRequests,
    /// The environment variable is not set.
    NoVariable(String),
    /// The environment variable is not UTF-8.
    VariableNotText(String),
    /// A send was awaited outside of a Tokio runtime.
    NoRuntime,
    /// The spec does not say how files are uploaded.
    NoUploads,
    /// The spec does not say how the number of credits is asked for.
    NoCredits,
    /// The operation with this id answers at once, and has no tasks.
    NoTasks(&'static str),
    /// The spec of the operation with this id does not say how tasks are cancelled.
    NoCancel(&'static str),
    Http,
    /// TLS by rustls has no provider of cryptography.
    NoCryptography,
    Account(&'static str),
    /// Callbacks cannot be received, for this reason.
    #[cfg_attr(not(feature = "callback"), expect(dead_code, reason = "only callbacks fail like this"))]
    Callbacks(&'static str),
    /// An operation does not belong to the account of another one.
    OtherAccount {
        operation: &'static str,
        of: &'static str,
        why: Apart,
    },
    /// A limit of what is spent in a period needs a ledger that outlasts its process.
    SpendPeriod,
    /// The base address of this host is plain http.
    PlainHttp(String),
}

/// Why two operations do not share an account. Each pair begins with the spec that the account was built with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Apart {
    /// Their specs do not name the same account.
    Accounts([Option<&'static str>; 2]),
    /// Their specs name no account, and have different base URLs.
    BaseUrls([&'static str; 2]),
    /// Their specs send the API key in different ways.
    Auth,
}

/// What is known instead of a usable answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Evidence {
    NoAnswer,
    /// An earlier attempt of this purchase has an unknown outcome.
    EarlierAttempt,
    /// The process of an earlier attempt may still send it, for at most this time. The caller accepts a second charge.
    MayBeSent(Duration),
    /// The attempt's Tokio task panicked, or was dropped with its runtime.
    Interrupted,
    /// A proxy requires a password.
    Proxy,
    /// An HTTP status, and why the body could not be read.
    Status(u16, Option<Unreadable>),
    /// The code in the answer does not rule out that a task was created.
    AmbiguousCode,
    /// The answer refuses the request, but has results.
    HasResults,
    /// The answer reports success without the id of a task.
    NoTask,
    /// The answer names a task that belongs to another purchase.
    OtherTask,
    /// The answer does not contain the number of credits.
    NoAmount,
    /// The answer to an upload reports success before the whole file was sent.
    EarlySuccess {
        sent: u64,
        length: u64,
    },
    /// The answer to an upload does not contain an address.
    NoLink,
}
