use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use super::envelope::Unreadable;
use super::news::AttemptId;
#[cfg(feature = "callback")]
use super::unknown::Fingerprint;
use super::{Attempt, Client, CodeMeaning, Service, Snapshot, Tally, Task, TaskHandle, Written};

/// What went wrong, and what is known of the task.
///
/// Ask it what to do: [`may_have_been_charged`](Error::may_have_been_charged) before sending anything again,
/// [`handle`](Error::handle) to go on with a task. Messages of the service are shown without keys and queries.
///
/// ```no_run
/// # async fn example(client: cover_api::Client, request: cover_api::CoverRequest<cover_api::NonCustom>) {
/// match client.send(&request).await {
///     Ok(task) => println!("paid for {}", task.id()),
///     Err(error) if error.is_insufficient_credits() => println!("buy credits"),
///     Err(error) if error.may_have_been_charged() => println!("look at your account before sending again: {error}"),
///     Err(error) => println!("nothing was charged: {error}"),
/// }
/// # }
/// ```
pub struct Error<S: Service>(Box<Inner<S>>);

struct Inner<S: Service> {
    kind: Kind,
    code: Option<(u32, Option<CodeMeaning>)>,
    message: Option<String>,
    resend: Option<Duration>,
    handle: Option<TaskHandle<S>>,
    last: Option<Snapshot<S>>,
    attempt: Option<Attempt>,
    waited: Option<(Task<S>, Tally)>,
    source: Option<Source>,
    /// The attempt of which callbacks may tell.
    sought: Option<(Client<S>, AttemptId)>,
}

pub(super) type Source = Box<dyn StdError + Send + Sync>;

/// What kind of failure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A client cannot be made of what was given.
    Setup(Setup),
    /// The request cannot be written as JSON.
    Unwritable,
    /// The journal cannot be written: nothing was sent.
    NotNoted,
    /// The request never left.
    NotSent,
    /// It was held back: the service has said that no credits are left.
    Stopped,
    /// It was held back: the pace has no turn, for so long where that is known.
    NoTurn(Option<Duration>),
    /// It was to be sent elsewhere, which it was not.
    Redirected(u16),
    /// The request left, and nobody knows what became of it.
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
    /// The deadline has passed.
    Deadline(Duration),
}

/// What cannot be used to make a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Setup {
    EmptyKey,
    KeyNotAHeader,
    BaseUrl(&'static str),
    Pace,
    /// The pace allows no request, or none is to be tried.
    NoRequests,
    NoVariable(String),
    Http,
    #[cfg(feature = "journal")]
    Journal,
    /// Callbacks cannot come as is wanted.
    #[cfg(feature = "callback")]
    Callbacks(&'static str),
}

/// What came instead of an answer that says what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Seen {
    Nothing,
    /// An equal request was sent, and that one's outcome is unknown.
    Before,
    Status(u16, Option<Unreadable>),
    Code,
    NoTask,
    NoAmount,
}

impl<S: Service> Error<S> {
    pub(super) fn new(kind: Kind) -> Self {
        let (code, message, resend, handle, last) = (None, None, None, None, None);
        let (attempt, waited, source, sought) = (None, None, None, None);
        Self(Box::new(Inner { kind, code, message, resend, handle, last, attempt, waited, source, sought }))
    }

    pub(super) fn setup(setup: Setup) -> Self {
        Self::new(Kind::Setup(setup))
    }

    /// The code and message of an answer. The message must be fit to be shown.
    pub(super) fn with_code(mut self, code: u32, message: Option<String>) -> Self {
        let known = super::envelope::code(S::api(), code);
        self.0.code = Some((code, known.map(|code| code.means)));
        self.0.resend = known.and_then(|code| code.resend);
        self.0.message = message;
        self
    }

    /// What the answer's HTTP status alone says, where it has no envelope.
    pub(super) fn with_meaning(mut self, status: u16, means: CodeMeaning) -> Self {
        self.0.code = Some((status.into(), Some(means)));
        self
    }

    pub(super) fn with_message(mut self, message: Option<String>) -> Self {
        self.0.message = message;
        self
    }

    pub(super) fn with_handle(mut self, handle: Option<TaskHandle<S>>) -> Self {
        self.0.handle = handle;
        self
    }

    pub(super) fn with_last(mut self, last: Option<Snapshot<S>>) -> Self {
        self.0.last = last;
        self
    }

    /// After which time the same may be sent again.
    pub(super) fn with_resend(mut self, resend: Option<Duration>) -> Self {
        self.0.resend = resend;
        self
    }

    pub(super) fn with_attempt(mut self, attempt: Attempt) -> Self {
        self.0.attempt = Some(attempt);
        self
    }

    /// The wait that this ends.
    pub(super) fn with_wait(mut self, task: Task<S>, tally: Tally) -> Self {
        self.0.handle = Some(task.handle());
        self.0.waited = Some((task, tally));
        self
    }

    pub(super) fn with_source(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The attempt of which callbacks may tell.
    pub(super) fn with_sought(mut self, client: &Client<S>, attempt: AttemptId) -> Self {
        self.0.sought = Some((client.clone(), attempt));
        self
    }

    fn means(&self, meaning: CodeMeaning) -> bool {
        matches!(self.0.code, Some((_, Some(means))) if means == meaning)
    }

    /// The code in the service's answer, where there was one.
    #[must_use]
    pub fn code(&self) -> Option<u32> {
        self.0.code.map(|(code, _)| code)
    }

    /// The handle of the task, wherever its id is known: keep it, the task may be paid for.
    #[must_use]
    pub fn handle(&self) -> Option<&TaskHandle<S>> {
        self.0.handle.as_ref()
    }

    /// What the last poll saw, where the error ended a wait.
    #[must_use]
    pub fn last_snapshot(&self) -> Option<&Snapshot<S>> {
        self.0.last.as_ref()
    }

    /// The task whose wait ended, to go on waiting for it: most of all after [`is_deadline`](Self::is_deadline).
    ///
    /// ```no_run
    /// # async fn example(task: cover_api::Task) -> Result<(), cover_api::Error> {
    /// let cover = match task.wait().await {
    ///     Err(error) if error.is_deadline() => match error.task() {
    ///         Some(task) => task.wait().await?,
    ///         None => return Err(error),
    ///     },
    ///     other => other?,
    /// };
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn task(&self) -> Option<&Task<S>> {
        self.0.waited.as_ref().map(|(task, _)| task)
    }

    /// What a wait had seen until it ended.
    #[must_use]
    pub fn tally(&self) -> Option<Tally> {
        self.0.waited.as_ref().map(|(_, tally)| *tally)
    }

    /// The task that the request became, where its outcome is unknown and a callback tells of it: as soon as one does.
    ///
    /// Nothing is sent. Where no callback can come, since the client has none or the request did not ask for them, it is
    /// `None` at once; else this waits for as long as it takes, so give it a time.
    ///
    /// ```no_run
    /// # use std::time::Duration;
    /// # async fn example(client: cover_api::Client, request: cover_api::CoverRequest) -> Result<(), cover_api::Error> {
    /// let task = match client.send(&request).await {
    ///     Err(error) if error.is_outcome_unknown() => {
    ///         let found = tokio::time::timeout(Duration::from_secs(300), error.found()).await;
    ///         found.ok().flatten().ok_or(error)?
    ///     }
    ///     other => other?,
    /// };
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "callback")]
    pub async fn found(&self) -> Option<Task<S>> {
        let (client, attempt) = self.0.sought.as_ref()?;
        let task = client.inner().called.as_ref()?.board.found(*attempt).await?;
        Some(client.found(*attempt, task))
    }

    /// From now on, callbacks set right what was written of an unknown outcome. The task, where one told of it just now.
    #[cfg(feature = "callback")]
    pub(super) async fn or_found(self, request: Fingerprint) -> Result<Task<S>, Self> {
        let sought = self.0.sought.as_ref().and_then(|(client, attempt)| {
            let task = client.inner().called.as_ref()?.board.unknown(*attempt)?;
            Some((client, *attempt, task))
        });
        let Some((client, attempt, task)) = sought else { return Err(self) };
        client.set_right(request, attempt, &task).await;
        Ok(client.found(attempt, task))
    }

    /// What is known of the last attempt to send a request, where one was made.
    #[must_use]
    pub fn attempt(&self) -> Option<&Attempt> {
        self.0.attempt.as_ref()
    }

    /// After which time the same request may be sent again without being paid for twice: at once, or as the spec or the
    /// answer says; `None`: never, as far as is known.
    #[must_use]
    pub fn resend_after(&self) -> Option<Duration> {
        self.0.resend.filter(|_| !self.may_have_been_charged())
    }

    /// Was the client given something that it cannot work with, or cannot the journal be written? Nothing was sent.
    #[must_use]
    pub fn is_setup(&self) -> bool {
        matches!(self.0.kind, Kind::Setup(_) | Kind::Unwritable | Kind::NotNoted)
    }

    /// Did the request never leave? [`resend_after`](Self::resend_after) says whether another attempt may do better.
    #[must_use]
    pub fn is_not_sent(&self) -> bool {
        matches!(self.0.kind, Kind::NotSent | Kind::Stopped | Kind::NoTurn(_))
    }

    /// Was the request refused, by the service or by something before it? Nothing was created.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.0.kind, Kind::Refused | Kind::Redirected(_))
    }

    /// Did the service find the request invalid? Nothing was created.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.means(CodeMeaning::Invalid)
    }

    /// Was the key refused?
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        self.means(CodeMeaning::Unauthorized)
    }

    /// Are there too few credits?
    #[must_use]
    pub fn is_insufficient_credits(&self) -> bool {
        self.means(CodeMeaning::InsufficientCredits) || self.0.kind == Kind::Stopped
    }

    /// Were there too many requests in a short time: for the service, or for the pace that this client keeps?
    #[must_use]
    pub fn is_rate_limited(&self) -> bool {
        self.means(CodeMeaning::RateLimited) || matches!(self.0.kind, Kind::NoTurn(_))
    }

    /// Is the service being maintained?
    #[must_use]
    pub fn is_maintenance(&self) -> bool {
        self.means(CodeMeaning::Maintenance)
    }

    /// Does the service say that there is no such thing, or no such task?
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.means(CodeMeaning::NotFound) || matches!(self.0.kind, Kind::NoSuchTask)
    }

    /// Was a request sent whose outcome nobody knows? It may have been charged, and is never sent again by itself.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self.0.kind, Kind::OutcomeUnknown(_))
    }

    /// Has the task failed?
    #[must_use]
    pub fn is_failed(&self) -> bool {
        matches!(self.0.kind, Kind::Failed)
    }

    /// Did a wait end at its deadline? The task goes on: resume it by its handle.
    #[must_use]
    pub fn is_deadline(&self) -> bool {
        matches!(self.0.kind, Kind::Deadline(_))
    }

    /// Did time run out: at the deadline of a wait, or before an answer came?
    #[must_use]
    pub fn is_timeout(&self) -> bool {
        let timed_out =
            |source: &Source| source.downcast_ref::<reqwest::Error>().is_some_and(reqwest::Error::is_timeout);
        self.is_deadline() || self.0.source.as_ref().is_some_and(timed_out)
    }

    /// May this have cost credits? True whenever a task is known or its creation cannot be ruled out.
    #[must_use]
    pub fn may_have_been_charged(&self) -> bool {
        self.is_outcome_unknown() || self.0.handle.is_some()
    }

    /// Does the service want to be left alone for a while, which says nothing of the task?
    pub(super) fn is_about_pace(&self) -> bool {
        self.is_rate_limited() || self.is_maintenance()
    }

    /// Can the next poll be expected to do better?
    pub(super) fn is_transient(&self) -> bool {
        match self.0.kind {
            Kind::NoAnswer | Kind::BadAnswer(_) => !self.means(CodeMeaning::Unauthorized),
            Kind::Refused => matches!(
                self.0.code,
                Some((_, None | Some(CodeMeaning::RateLimited | CodeMeaning::Maintenance | CodeMeaning::Server)))
            ),
            _ => false,
        }
    }

    fn headline(&self) -> String {
        match &self.0.kind {
            Kind::Setup(setup) => setup.to_string(),
            Kind::Unwritable => "the request cannot be written as JSON".to_owned(),
            Kind::NotNoted => "the request was not sent: it could not be written down".to_owned(),
            Kind::NotSent => "the request was not sent: no connection".to_owned(),
            Kind::Stopped => "nothing was sent: the service has said that no credits are left".to_owned(),
            Kind::NoTurn(None) => "nothing was sent: the pace of the key has no turn now".to_owned(),
            Kind::NoTurn(Some(wait)) => format!("nothing was sent: the pace of the key has no turn for {wait:?}"),
            Kind::Redirected(status) => format!("the service wants the request elsewhere, HTTP status {status}"),
            Kind::OutcomeUnknown(seen) => {
                format!("the outcome of the request is unknown, it may have been charged: {seen}")
            }
            Kind::Refused => "the service refused the request".to_owned(),
            Kind::NoAnswer => "the service did not answer".to_owned(),
            Kind::BadAnswer(seen) => format!("the service's answer cannot be used: {seen}"),
            Kind::NoSuchTask => "the service knows no such task".to_owned(),
            Kind::Failed => "the task has failed".to_owned(),
            Kind::Deadline(after) => format!("the task was not done after {after:?}, and goes on"),
        }
    }
}

impl<S: Service> fmt::Display for Error<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline())?;
        if let Some(last) = &self.0.last {
            write!(f, " (status {})", last.status)?;
        }
        if let Some(attempt) = self.0.attempt.as_ref().filter(|_| self.is_outcome_unknown()) {
            let written = match attempt.written {
                Written::Nothing => "nothing of it",
                Written::Part => "a part of it",
                Written::Whole => "all of it",
            };
            write!(f, " (attempt {}, {:.1?}, {written} was written)", attempt.number, attempt.took)?;
        }
        if let Some((code, means)) = self.0.code {
            write!(f, ": code {code}")?;
            means.iter().try_for_each(|means| write!(f, " ({})", word(*means)))?;
        }
        if let Some(message) = self.0.message.as_ref().filter(|message| !message.is_empty()) {
            write!(f, ": {message}")?;
        }
        if let Some(handle) = &self.0.handle {
            write!(f, " [task {}]", handle.id())?;
        }
        Ok(())
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
            Self::Pace => {
                f.write_str("the time between polls must be more than none, and its least no more than its most")
            }
            Self::NoRequests => f.write_str("the pace must allow a request, and there must be a try"),
            Self::NoVariable(name) => write!(f, "the environment variable `{name}` is not set, or is no text"),
            Self::Http => f.write_str("the HTTP client cannot be set up"),
            #[cfg(feature = "journal")]
            Self::Journal => f.write_str("the journal cannot be read"),
            #[cfg(feature = "callback")]
            Self::Callbacks(why) => write!(f, "callbacks cannot be received: {why}"),
        }
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nothing => f.write_str("no answer came"),
            Self::Before => f.write_str("an equal one was sent before, and nobody knows what became of that"),
            Self::Status(status, None) => write!(f, "HTTP status {status}"),
            Self::Status(status, Some(why)) => write!(f, "the answer, HTTP status {status}, {why}"),
            Self::Code => f.write_str("its code does not rule out that a task was created"),
            Self::NoTask => f.write_str("the answer says success, but gives no id of a task"),
            Self::NoAmount => f.write_str("the answer gives no number"),
        }
    }
}

impl<S: Service> fmt::Debug for Error<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("code", &self.code())
            .field("message", &self.0.message)
            .field("handle", &self.0.handle)
            .field("last", &self.0.last)
            .field("attempt", &self.0.attempt)
            .field("tally", &self.tally())
            .field("source", &self.0.source)
            .finish()
    }
}

impl<S: Service> StdError for Error<S> {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source.as_ref().map(|source| &**source as &(dyn StdError + 'static))
    }
}
