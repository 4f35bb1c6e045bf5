//! Reads the answer to a poll.

use serde_json::Value;

use super::{Envelope, FoundResults, as_integer, at, is_success, results};
use crate::tables::{Api, FailureSpec, PollSpec, Refunded, StatusMeaning};

/// What an answer to a poll is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Polled<'a> {
    /// The task does not exist, or not yet.
    NoSuchTask,
    /// The service refuses the poll: the code is not a success.
    Refused,
    /// The state of the task.
    State(TaskState<'a>),
}

/// The state of a task, as an answer to a poll has it. Texts may have secrets.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskState<'a> {
    /// The status; empty if the answer has none.
    pub status: String,
    /// The results so far.
    pub results: FoundResults<'a>,
    /// The code of a failure. A code that means "no error" is left out.
    pub error_code: Option<String>,
    /// The message of a failure.
    pub error_message: Option<String>,
}

/// The progress of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// The task is running, at this stage if the status names one.
    Running(Option<u32>),
    /// The task is done.
    Done,
    /// The task has failed.
    Failed,
    /// The task was cancelled, and has failed therefore.
    Cancelled,
}

/// Reads the answer to a poll.
#[must_use]
pub fn poll<'a>(api: &Api, poll: &PollSpec, envelope: &'a Envelope) -> Polled<'a> {
    if poll.unknown_task.contains(&envelope.code) {
        return Polled::NoSuchTask;
    }
    // Where the code of the envelope is the status, it need not be a success.
    let is_status = poll.status == api.code && is_listed(api, &status(poll, envelope));
    if !is_status && !is_success(api, envelope.code) {
        return Polled::Refused;
    }
    Polled::State(state(api, poll, envelope))
}

/// Returns the status, which may be a number.
fn status(poll: &PollSpec, envelope: &Envelope) -> String {
    let place = &poll.status;
    match at(&envelope.body, place) {
        // Some services write 1 as 1.0.
        Some(number @ Value::Number(_)) => {
            as_integer(number).map_or_else(|| number.to_string(), |number| number.to_string())
        }
        _ if place.is_empty() => envelope.code.to_string(),
        _ => envelope.text(place).unwrap_or_default(),
    }
}

fn is_listed(api: &Api, status: &str) -> bool {
    api.statuses.iter().any(|known| known.name == status)
}

/// Reads an answer with the state of the task.
fn state<'a>(api: &Api, poll: &PollSpec, envelope: &'a Envelope) -> TaskState<'a> {
    TaskState {
        status: status(poll, envelope),
        results: results(api, &envelope.body),
        error_code: envelope.text(&poll.error_code).filter(|code| !is_no_error(api, code)),
        error_message: envelope.text(&poll.error_message),
    }
}

/// Returns whether an error code means "no error": it is blank, zero in any spelling, or a success code.
fn is_no_error(api: &Api, code: &str) -> bool {
    let code = code.trim();
    code.is_empty() || code.parse() == Ok(0.0) || code.parse().is_ok_and(|code| is_success(api, code))
}

/// Returns what the spec says of the code of a failed task. The code may be a text, and a number may have a point.
#[must_use]
pub fn failure<'a>(api: &'a Api, error_code: &str) -> Option<&'a FailureSpec> {
    let number = as_integer(&Value::from(error_code))?;
    api.failures.iter().find(|failure| i64::from(failure.number) == number)
}

/// Returns whether the service returned the credits of a task that has failed with this code.
#[must_use]
pub fn refunded(api: &Api, error_code: &str) -> Refunded {
    failure(api, error_code).map_or(Refunded::Unknown, |failure| failure.refunded)
}

/// Returns what a status means, given whether the answer has an error and whether its output is ready.
#[must_use]
pub fn progress(api: &Api, status: &str, has_error: bool, ready: bool) -> Progress {
    let Some(known) = api.statuses.iter().find(|known| known.name == status) else {
        return Progress::Running(None);
    };
    match known.means {
        StatusMeaning::Done => Progress::Done,
        StatusMeaning::DoneWithResults if ready => Progress::Done,
        StatusMeaning::Failed => Progress::Failed,
        StatusMeaning::Cancelled => Progress::Cancelled,
        // Observed: tasks with an error that stay in a running status.
        StatusMeaning::Running if has_error && !ready => Progress::Failed,
        StatusMeaning::Running => Progress::Running(Some(known.stage)),
        StatusMeaning::DoneWithResults => Progress::Running(None),
    }
}
