//! The table of one service's answers: where to send, what to read, and what codes and statuses mean.
//!
//! As with [`rules`](crate::rules), the macro writes it as a `static`, and the sandbox makes it from a spec.

use std::time::Duration;

use crate::rules::{List, Str};

/// Where a value stands in JSON: the keys from the outermost object to it.
pub type Path = List<Str>;

/// A service, as a client sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Api {
    /// What handles of its tasks are marked with.
    pub id: Str,
    /// Where it is reached.
    pub base_url: Str,
    /// The header that carries the key.
    pub auth_header: Str,
    /// What stands before the key in it; may be empty.
    pub auth_scheme: Str,
    /// The environment variable that holds the key.
    pub env_key: Str,
    /// The environment variable that holds another base address.
    pub env_url: Str,
    /// How long the service keeps results, where that is known.
    pub retention: Option<Duration>,
    /// Where an answer says its code.
    pub code: Path,
    /// Where an answer says in words what happened.
    pub message: Path,
    /// Every listed code. One that is missing may have created a task and is never sent again.
    pub codes: List<Code>,
    /// How a task is submitted.
    pub submit: Submit,
    /// How a task is followed.
    pub poll: Poll,
    /// Every listed status. One that is missing means that the task is still running.
    pub statuses: List<Status>,
    /// How many requests the service takes.
    pub pace: Pace,
    /// How to ask for the credits that are left.
    pub credits: Option<Credits>,
    /// What the service tells by itself.
    pub callback: Option<Callback>,
}

/// What a code in an answer means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The number.
    pub number: u32,
    /// What kind of answer it is.
    pub means: CodeMeaning,
    /// Was a task created, that is, paid for?
    pub created: Created,
    /// After which time the same request may be sent again; `None`: never.
    pub resend: Option<Duration>,
}

/// What kind of answer a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CodeMeaning {
    /// It worked.
    Success,
    /// The request breaks a rule.
    Invalid,
    /// The key is missing, wrong or not allowed to do this.
    Unauthorized,
    /// There is no such thing.
    NotFound,
    /// Too many requests in a short time.
    RateLimited,
    /// Nothing is left to pay with.
    InsufficientCredits,
    /// The service is being maintained.
    Maintenance,
    /// Something broke at the service.
    Server,
}

/// Was a task created, that is, paid for?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Created {
    /// Yes.
    Yes,
    /// No.
    No,
    /// One cannot know.
    Perhaps,
}

/// How a task is submitted: by a POST.
#[derive(Debug, Clone, PartialEq)]
pub struct Submit {
    /// Path of the address.
    pub path: Str,
    /// Where the answer gives the id of the task.
    pub task: Path,
}

/// How a task is followed: by GETs.
#[derive(Debug, Clone, PartialEq)]
pub struct Poll {
    /// Path of the address, with `{task}` where the id of the task stands in it.
    pub path: Str,
    /// Parameter of the query that carries the id of the task, where it does not stand in the path.
    pub query: Option<Str>,
    /// Where the answer gives the status.
    pub status: Path,
    /// Where the answer repeats the id of the task; empty where the spec does not say.
    pub task: Path,
    /// Places where the answer lists the tracks, or has the one that there is; at least one. An empty path is the answer
    /// itself. Tracks are read at the first place that has any.
    pub tracks: List<Path>,
    /// Where the answer gives the code of a failure.
    pub error_code: Path,
    /// Where the answer says in words what failed.
    pub error_message: Path,
    /// Where the answer repeats the request, as a text or an object; empty where the spec does not say. A text need not be
    /// valid JSON.
    pub request: Path,
    /// The least and the most time between two polls.
    pub every: [Duration; 2],
    /// Between which ages most tasks are done, where that is known.
    pub typical: Option<[Duration; 2]>,
    /// How long a task is waited for, where the user does not say.
    pub deadline: Duration,
    /// Codes that say that there is no such task.
    pub unknown_task: List<u32>,
    /// How long after the submit such a code only means "not yet".
    pub patience: Duration,
    /// How long a task that is done is polled on while its tracks have no address.
    pub settle: Duration,
}

/// A status of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its name in answers.
    pub name: Str,
    /// What it means for the task.
    pub means: StatusMeaning,
    /// How far a running task is; 0 where the status does not say.
    pub stage: u32,
}

/// What a status means for a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusMeaning {
    /// It goes on.
    Running,
    /// It is done.
    Done,
    /// It is done if there is audio, else it goes on.
    DoneWithTracks,
    /// It will never be done.
    Failed,
}

/// How many requests the service takes from one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// So many in every window.
    pub requests: u32,
    /// How long a window is; none: so many at the same time.
    pub window: Duration,
    /// The least time between two polls of one task.
    pub task_every: Duration,
}

/// What is taken for safe where a spec says nothing: so many at the same time.
impl Default for Pace {
    fn default() -> Self {
        Self { requests: 64, window: Duration::ZERO, task_every: Duration::ZERO }
    }
}

/// How to ask for the credits that are left: by a GET.
#[derive(Debug, Clone, PartialEq)]
pub struct Credits {
    /// Path of the address.
    pub path: Str,
    /// Where the answer gives the number.
    pub amount: Path,
}

/// What the service tells by itself: by POSTs to an address that the request gives.
#[derive(Debug, Clone, PartialEq)]
pub struct Callback {
    /// The field of the request that holds the address.
    pub field: Str,
    /// Where the body says which stage it tells of.
    pub stage: Path,
    /// Where the body gives the id of the task.
    pub task: Path,
    /// Where the body lists the tracks.
    pub tracks: Path,
    /// How long the service waits for an answer.
    pub answer_within: Duration,
    /// How often the service tries.
    pub tries: u32,
    /// How long after the POST a callback may still come.
    pub expires: Duration,
    /// Every stage that it tells of.
    pub stages: List<CallbackStage>,
    /// How callbacks are signed; `None` where they are not.
    pub signature: Option<Signature>,
}

/// A stage that callbacks tell of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackStage {
    /// Its name in the body.
    pub name: Str,
    /// The status that a poll would give; `None`: one of those that mean failure.
    pub status: Option<Str>,
    /// How far the running task is; `None`: it has ended.
    pub running: Option<u32>,
}

/// How callbacks are signed: by an HMAC-SHA256.
#[derive(Debug, Clone, PartialEq)]
pub struct Signature {
    /// The header that carries it.
    pub header: Str,
    /// What is signed, one part after the other.
    pub signs: List<Signed>,
    /// How it is written.
    pub encoding: Encoding,
    /// How it is told when it was signed.
    pub clock: Option<Clock>,
}

/// A part of what is signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signed {
    /// These characters.
    Text(Str),
    /// The id of the task.
    Task,
    /// The time, as its header gives it.
    Timestamp,
    /// The whole body.
    Body,
}

/// How the bytes of a signature are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// Base64 with the standard alphabet.
    Base64,
    /// Two hexadecimal digits for each byte.
    Hex,
}

/// How it is told when something was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clock {
    /// The header that gives the seconds or milliseconds since 1970-01-01, UTC.
    pub header: Str,
    /// How far that may lie from now.
    pub tolerance: Duration,
}
