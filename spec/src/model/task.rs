//! Submitting and polling a task.

use std::time::Duration;

use super::At;
use crate::tables::{BodyFormat, Method, Refunded, StatusMeaning};

/// `[submit]`: the request that submits a task.
#[derive(Debug, Clone)]
pub struct Submit {
    /// HTTP method. `None`: POST.
    pub method: Option<At<Method>>,
    /// Format of the body. `None`: JSON.
    pub body: Option<At<BodyFormat>>,
    /// Path below the base URL. It has `{name}` for each field in the path.
    pub path: At<String>,
    /// Where the answer has the id of the task. `None`: the operation answers at once.
    pub task: Option<At<String>>,
    /// Whether the service takes an empty text as absent in fields that are not required. `None`: no.
    pub empty_is_absent: Option<At<()>>,
}

impl Submit {
    /// Returns the HTTP method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method.as_ref().map_or(Method::Post, |method| method.value)
    }

    /// Returns the format of the body.
    #[must_use]
    pub fn body(&self) -> BodyFormat {
        match &self.body {
            _ if !self.method().has_body() => BodyFormat::None,
            Some(body) => body.value,
            None => BodyFormat::Json,
        }
    }
}

/// `[poll]`: the GET that polls a task.
#[derive(Debug, Clone)]
pub struct Poll {
    /// Path below the base URL.
    pub path: At<String>,
    /// Query parameter for the id of the task. `None`: the path has `{task}`.
    pub query: Option<At<String>>,
    /// Where the answer has the status.
    pub status: At<String>,
    /// Where the answer repeats the id of the task.
    pub task: Option<At<String>>,
    /// Where the answer has the code of a failure.
    pub error_code: Option<At<String>>,
    /// Where the answer has the message of a failure.
    pub error_message: Option<At<String>>,
    /// Where the answer repeats the request.
    pub request: Option<At<String>>,
    /// Minimum and maximum time between two polls.
    pub every: At<[Duration; 2]>,
    /// Minimum and maximum age at which most tasks are done.
    pub expected_duration: Option<At<[Duration; 2]>>,
    /// Default timeout of a wait.
    pub timeout: At<Duration>,
    /// Codes which say that the task does not exist.
    pub unknown_task: Vec<At<u32>>,
    /// Time after the submit during which such a code means "not yet".
    pub patience: At<Duration>,
    /// Time for which a finished task is polled while its output is not complete.
    pub settle: At<Duration>,
}

/// `[cancel]`: the request that cancels a task.
#[derive(Debug, Clone)]
pub struct Cancel {
    /// HTTP method. `None`: POST.
    pub method: Option<At<Method>>,
    /// Path below the base URL. It may have `{task}`.
    pub path: At<String>,
    /// Query parameter for the id of the task.
    pub query: Option<At<String>>,
    /// Place of the id of the task in the JSON body.
    pub body: Option<At<String>>,
}

impl Cancel {
    /// Returns the HTTP method.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method.as_ref().map_or(Method::Post, |method| method.value)
    }
}

/// An entry of `[statuses]`: one status of a task.
#[derive(Debug, Clone)]
pub struct Status {
    /// Name in answers.
    pub name: At<String>,
    /// Name of the Rust variant.
    pub rust: At<String>,
    /// What the status says, as documentation.
    pub doc: At<String>,
    /// What the status means for the task.
    pub means: At<StatusMeaning>,
    /// Position of a running task in the order of stages.
    pub stage: Option<At<u32>>,
    /// Which results the sandbox has at this status.
    pub ready: At<Ready>,
}

/// An entry of `[failures]`: one code of failed tasks, in polls and in callbacks.
#[derive(Debug, Clone)]
pub struct FailureCode {
    /// The number.
    pub number: At<u32>,
    /// What the code says, as documentation.
    pub doc: At<String>,
    /// Whether the service returns the credits. `None`: it is not known.
    pub refunded: Option<At<Refunded>>,
}

impl FailureCode {
    /// Returns whether the service returns the credits.
    #[must_use]
    pub fn refunded(&self) -> Refunded {
        self.refunded.as_ref().map_or(Refunded::Unknown, |refunded| refunded.value)
    }
}

/// Results that the sandbox has at a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ready {
    /// None.
    Nothing,
    /// Streams of every track.
    Streams,
    /// Streams of every track, and the file of the first one.
    First,
    /// All.
    All,
}
