//! Reads the answer to a poll.

use super::{Envelope, Object, at, is_success, tracks};
use crate::tables::{Api, StatusMeaning};

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
    /// Index of the place in the spec where the tracks were found.
    pub place: Option<usize>,
    /// The tracks.
    pub tracks: Vec<&'a Object>,
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
}

/// Reads the answer to a poll.
#[must_use]
pub fn poll<'a>(api: &Api, envelope: &'a Envelope) -> Polled<'a> {
    if api.poll.unknown_task.contains(&envelope.code) {
        return Polled::NoSuchTask;
    }
    if !is_success(api, envelope.code) {
        return Polled::Refused;
    }
    Polled::State(state(api, envelope))
}

/// Reads an answer with a success code.
fn state<'a>(api: &Api, envelope: &'a Envelope) -> TaskState<'a> {
    let poll = &api.poll;
    let mut lists = poll.tracks.iter().map(|path| tracks(at(&envelope.body, path)).collect::<Vec<_>>()).enumerate();
    let (place, tracks) = lists.find(|(_, tracks)| !tracks.is_empty()).unzip();
    TaskState {
        status: envelope.text(&poll.status).unwrap_or_default(),
        place,
        tracks: tracks.unwrap_or_default(),
        error_code: envelope.text(&poll.error_code).filter(|code| !is_no_error(api, code)),
        error_message: envelope.text(&poll.error_message),
    }
}

/// Returns whether an error code means "no error": it is blank, zero in any spelling, or a success code.
fn is_no_error(api: &Api, code: &str) -> bool {
    let code = code.trim();
    code.is_empty() || code.parse() == Ok(0.0) || code.parse().is_ok_and(|code| is_success(api, code))
}

/// Returns what a status means, given whether the answer has an error and whether its output is ready.
#[must_use]
pub fn progress(api: &Api, status: &str, has_error: bool, ready: bool) -> Progress {
    let Some(known) = api.statuses.iter().find(|known| known.name == status) else {
        return Progress::Running(None);
    };
    match known.means {
        StatusMeaning::Done => Progress::Done,
        StatusMeaning::DoneWithTracks if ready => Progress::Done,
        StatusMeaning::Failed => Progress::Failed,
        // Observed: tasks with an error that stay in a running status.
        StatusMeaning::Running if has_error && !ready => Progress::Failed,
        StatusMeaning::Running => Progress::Running(Some(known.stage)),
        StatusMeaning::DoneWithTracks => Progress::Running(None),
    }
}
