//! A service as a table: where to send requests, how to read answers, and what codes and statuses mean.
//!
//! As with [`rules`](crate::rules), the macro writes the table as a `static`, and the sandbox makes one from a spec.

mod cancel;
mod credits;
mod submit;
mod task;

use std::time::Duration;

use crate::rules::{Limit, List, Str};

pub use cancel::CancelSpec;
pub use credits::{CostSpec, Credits, CreditsSpec};
pub use submit::{BodyFormat, Method, SubmitSpec, path_fields};
pub use task::{FailureSpec, Refunded, StatusMeaning, StatusSpec};

/// The placeholder for the API key in the text of basic authentication.
pub const KEY: &str = "{key}";

/// The place of a value in JSON: the keys from the outermost object to the value.
pub type JsonPath = List<Str>;

/// The HTTP API of a service.
#[derive(Debug, Clone, PartialEq)]
pub struct Api {
    /// Id of the service in task handles.
    pub id: Str,
    /// Account that pays, if the spec names it.
    pub account: Option<Str>,
    /// Base URL.
    pub base_url: Str,
    /// Name of the header with the API key.
    pub auth_header: Str,
    /// Text before the key in that header, such as `Bearer`; may be empty.
    pub auth_scheme: Str,
    /// HTTP basic authentication: the user and the password, with `{key}` in place of the key.
    pub auth_basic: Option<Str>,
    /// Names and values of the headers that every request has.
    pub headers: List<(Str, Str)>,
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
    /// The request that submits a task, or that is answered with the results.
    pub submit: SubmitSpec,
    /// The GET that polls a task. `None`: the operation answers at once.
    pub poll: Option<PollSpec>,
    /// The request that cancels a task.
    pub cancel: Option<CancelSpec>,
    /// The listed statuses. With another status, the task is still running.
    pub statuses: List<StatusSpec>,
    /// The listed codes of failed tasks. What another code means for the credits is not known.
    pub failures: List<FailureSpec>,
    /// The results, in the order of the spec.
    pub results: List<ResultSpec>,
    /// The rate limit of the service.
    pub rate_limit: RateLimitSpec,
    /// The GET that returns the remaining credits, and the price of a request.
    pub credits: Option<CreditsSpec>,
    /// The callbacks that the service sends.
    pub callback: Option<CallbackSpec>,
    /// The POST that turns a local file into an address.
    pub upload: Option<UploadSpec>,
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
    /// Time for which a finished task is polled while its output is not complete.
    pub settle: Duration,
}

/// A result.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultSpec {
    /// Name of the result.
    pub name: Str,
    /// Places in answers. At least one place; an empty path is the answer itself. The first place counts where the result is
    /// complete, else the first that has a part of it.
    pub at: List<JsonPath>,
    /// Place in callbacks.
    pub callback: Option<JsonPath>,
    /// Whether the output is complete without this result.
    pub optional: bool,
    /// The shape of the value.
    pub shape: ShapeSpec,
}

/// The shape of a result, or of a member of an object in a result.
#[derive(Debug, Clone, PartialEq)]
pub struct ShapeSpec {
    /// Type of the value, or of each item of a list.
    pub kind: ResultKind,
    /// 0 for a single value, 1 for a list, 2 for a list of lists.
    pub lists: u32,
    /// Members of an object.
    pub members: List<MemberSpec>,
}

impl ShapeSpec {
    /// A single text. Generated tables name only what another shape has otherwise.
    pub const USUAL: Self = Self { kind: ResultKind::Text, lists: 0, members: List::Borrowed(&[]) };
}

/// A member of an object in a result.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberSpec {
    /// Names in JSON. The first one with a value counts.
    pub spellings: List<Str>,
    /// Whether an object without this member is not complete.
    pub required: bool,
    /// The shape of the value.
    pub shape: ShapeSpec,
}

/// The type of a result, or of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ResultKind {
    /// A text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A boolean.
    Boolean,
    /// A length in seconds.
    Seconds,
    /// A point in time: milliseconds since 1970, or a text.
    Time,
    /// The address of a finished file. An object that has it is complete.
    Audio,
    /// The address of a stream of an unfinished result.
    Stream,
    /// The address of a picture.
    Image,
    /// An object with members.
    Object,
    /// Any JSON value but null.
    Any,
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

/// The callbacks that the service sends: POSTs to an address in the request.
#[derive(Debug, Clone, PartialEq)]
pub struct CallbackSpec {
    /// Field of the request with the address.
    pub field: Str,
    /// Where the body has the stage. Empty: each callback is about the end of the task.
    pub stage: JsonPath,
    /// Where the body has the id of the task.
    pub task: JsonPath,
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

/// The POST that turns a local file into an address.
#[derive(Debug, Clone, PartialEq)]
pub struct UploadSpec {
    /// Whole address of the POST.
    pub url: Str,
    /// Name of the part with the file.
    pub file: Str,
    /// Names and contents of the other parts. `{name}` in a content stands for the name of the file.
    pub fields: List<(Str, Str)>,
    /// Where the answer has the address of the file.
    pub link: JsonPath,
    /// Time after which the service deletes the file, if known.
    pub expires: Option<Duration>,
    /// Largest size of the file, in bytes.
    pub max_bytes: Option<u32>,
    /// Field of the request that takes the address.
    pub field: Option<Str>,
    /// Extensions that the name of the file may have. Empty: any.
    pub types: List<Str>,
    /// Limits of the length of the recording at the address in the field, in seconds.
    pub seconds: List<Limit>,
    /// The greatest length that a request can have with each model. Empty: there is no limit.
    pub longest: List<Longest>,
}

/// The greatest length of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Longest {
    /// The model; empty for all models.
    pub model: Str,
    /// The length in seconds. `None`: there is no limit with this model.
    pub seconds: Option<u32>,
    /// Contradicting statements of the service's documentation.
    pub dispute: Option<Str>,
}

impl UploadSpec {
    /// Returns the greatest length with a model, or with any model if its name is not given or not known.
    ///
    /// `None` means that there is no limit.
    #[must_use]
    pub fn longest(&self, model: Option<&str>) -> Option<&Longest> {
        let with = model.and_then(|model| self.longest.iter().find(|it| it.model == model));
        let any = || self.longest.iter().max_by_key(|it| it.seconds.unwrap_or(u32::MAX));
        with.or_else(any).filter(|it| it.seconds.is_some())
    }
}
