//! A service as a table: where to send requests, how to read answers, and what codes and statuses mean.
//!
//! As with [`rules`](crate::rules), the macro writes the table as a `static`, and the sandbox makes one from a spec.

use std::time::Duration;

use crate::rules::{List, Str};

/// The place of a value in JSON: the keys from the outermost object to the value.
pub type JsonPath = List<Str>;

/// The HTTP API of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Api {
    /// Id of the service in task handles.
    pub id: Str,
    /// Base URL.
    pub base_url: Str,
    /// Name of the header with the API key.
    pub auth_header: Str,
    /// Text before the key in that header, such as `Bearer`; may be empty.
    pub auth_scheme: Str,
    /// Environment variable with the API key.
    pub env_key: Str,
    /// Environment variable with another base URL.
    pub env_url: Str,
    /// Time after which the service deletes results, if known.
    pub retention: Option<Duration>,
    /// Where an answer has its code. Empty: the HTTP status is the code.
    pub code: JsonPath,
    /// Where an answer has its message. Empty: answers have none.
    pub message: JsonPath,
    /// The listed codes. An answer with another code may have created a task; its request is never sent again.
    pub codes: List<CodeSpec>,
    /// The POST that submits a task.
    pub submit: SubmitSpec,
    /// The GET that polls a task.
    pub poll: PollSpec,
    /// The listed statuses. With another status, the task is still running.
    pub statuses: List<StatusSpec>,
    /// The rate limit of the service.
    pub rate_limit: RateLimitSpec,
    /// The GET that returns the remaining credits.
    pub credits: Option<CreditsSpec>,
    /// The callbacks that the service sends.
    pub callback: Option<CallbackSpec>,
}

/// A code of answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeSpec {
    /// The number.
    pub number: u32,
    /// Kind of answer.
    pub means: CodeMeaning,
    /// Whether a task was created and charged.
    pub created: Created,
    /// Time after which the same request may be sent again. `None`: never.
    pub retry_after: Option<Duration>,
}

/// The kinds of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CodeMeaning {
    /// The request succeeded.
    Success,
    /// The request breaks a rule.
    Invalid,
    /// The key is missing, wrong or not allowed to do this.
    Unauthorized,
    /// The requested resource does not exist.
    NotFound,
    /// Too many requests in a short time.
    RateLimited,
    /// The account has too few credits.
    InsufficientCredits,
    /// The service is being maintained.
    Maintenance,
    /// The service failed.
    Server,
}

/// Whether a request created a task and was charged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Created {
    /// A task was created.
    Yes,
    /// No task was created.
    No,
    /// It is not known.
    Perhaps,
}

/// The POST that submits a task.
#[derive(Debug, Clone, PartialEq)]
pub struct SubmitSpec {
    /// Path below the base URL.
    pub path: Str,
    /// Where the answer has the id of the task.
    pub task: JsonPath,
}

/// The GET that polls a task.
#[derive(Debug, Clone, PartialEq)]
pub struct PollSpec {
    /// Path below the base URL. It may have `{task}`, which stands for the id of the task.
    pub path: Str,
    /// Query parameter for the id of the task. `None`: the path has it.
    pub query: Option<Str>,
    /// Where the answer has the status.
    pub status: JsonPath,
    /// Where the answer repeats the id of the task; empty if unknown.
    pub task: JsonPath,
    /// Places of the tracks, as a list or a single object. At least one place; an empty path is the answer itself.
    /// Tracks are read from the first place that has any.
    pub tracks: List<JsonPath>,
    /// Where the answer has the code of a failure.
    pub error_code: JsonPath,
    /// Where the answer has the message of a failure.
    pub error_message: JsonPath,
    /// Where the answer repeats the request, as an object or a text; empty if unknown. The text may be invalid JSON.
    pub request: JsonPath,
    /// Minimum and maximum time between two polls.
    pub every: [Duration; 2],
    /// Minimum and maximum age at which most tasks are done, if known.
    pub expected_duration: Option<[Duration; 2]>,
    /// Default timeout of a wait.
    pub timeout: Duration,
    /// Codes which say that the task does not exist.
    pub unknown_task: List<u32>,
    /// Time after the submit during which such a code means "not yet".
    pub patience: Duration,
    /// Time for which a finished task is polled while its tracks have no address.
    pub settle: Duration,
}

/// A status of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusSpec {
    /// Name in answers.
    pub name: Str,
    /// What the status means for the task.
    pub means: StatusMeaning,
    /// Position of a running task in the order of stages; 0 for other statuses.
    pub stage: u32,
}

/// What a status means for a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StatusMeaning {
    /// The task is running.
    Running,
    /// The task is done.
    Done,
    /// The task is done if it has tracks, otherwise it is running.
    DoneWithTracks,
    /// The task has failed.
    Failed,
}

/// The rate limit of one API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimitSpec {
    /// Number of requests within `per`, or at the same time if `per` is zero.
    pub requests: u32,
    /// The time that `requests` is counted over.
    pub per: Duration,
    /// Minimum time between two polls of one task.
    pub task_every: Duration,
}

/// The limit for a spec without one: 64 requests at the same time.
impl Default for RateLimitSpec {
    fn default() -> Self {
        Self { requests: 64, per: Duration::ZERO, task_every: Duration::ZERO }
    }
}

/// The GET that returns the remaining credits.
#[derive(Debug, Clone, PartialEq)]
pub struct CreditsSpec {
    /// Path below the base URL.
    pub path: Str,
    /// Where the answer has the number of credits.
    pub amount: JsonPath,
}

/// The callbacks that the service sends: POSTs to an address in the request.
#[derive(Debug, Clone, PartialEq)]
pub struct CallbackSpec {
    /// Field of the request with the address.
    pub field: Str,
    /// Where the body has the stage.
    pub stage: JsonPath,
    /// Where the body has the id of the task.
    pub task: JsonPath,
    /// Where the body has the list of tracks.
    pub tracks: JsonPath,
    /// Time for which the service waits for an answer.
    pub answer_within: Duration,
    /// Number of attempts of the service to deliver a callback.
    pub attempts: u32,
    /// Time after the submit after which callbacks are refused.
    pub expires: Duration,
    /// Stages of a task that have a callback.
    pub stages: List<CallbackStageSpec>,
    /// Signature of callbacks. `None`: they are not signed.
    pub signature: Option<SignatureSpec>,
}

/// A stage of a task that has a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackStageSpec {
    /// Name in the body.
    pub name: Str,
    /// Status of the task at this stage. `None`: a status that means failure.
    pub status: Option<Str>,
    /// Position of the running task in the order of stages. `None`: the task has ended.
    pub running: Option<u32>,
}

/// The signature of callbacks, an HMAC-SHA256.
#[derive(Debug, Clone, PartialEq)]
pub struct SignatureSpec {
    /// Name of the header with the signature.
    pub header: Str,
    /// The parts of the signed text, in order.
    pub signs: List<SignedPart>,
    /// Encoding of the signature.
    pub encoding: SignatureEncoding,
    /// The time of signing. `None`: it is not sent.
    pub clock: Option<SignatureClock>,
}

/// A part of the signed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignedPart {
    /// A fixed text.
    Text(Str),
    /// The id of the task.
    Task,
    /// The time of signing, as its header has it.
    Timestamp,
    /// The whole body.
    Body,
}

/// The encodings of a signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureEncoding {
    /// Base64 with the standard alphabet.
    Base64,
    /// Two hexadecimal digits for each byte.
    Hex,
}

/// The time of signing of a callback.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureClock {
    /// Name of the header with the time, in seconds or milliseconds since 1970-01-01 UTC.
    pub header: Str,
    /// Maximum difference from the current time.
    pub tolerance: Duration,
}
