//! The state of a task, as one poll reports it.

use std::fmt;
use std::sync::Arc;

use cover_spec::tables::{Api, StatusMeaning};
use serde_json::Value;

use super::{Service, Track};
use crate::response;

/// The state of a task, as one poll reports it.
#[non_exhaustive]
pub struct Snapshot<S: Service> {
    /// The status of the task.
    pub status: S::Status,
    /// The tracks so far, in the order of the answer, at most 1,000. [`json`](Self::json) has all of them.
    pub tracks: Vec<S::Track>,
    /// The service's code for a failure, if it gives one.
    pub error_code: Option<String>,
    /// The service's message for a failure, without secrets, if it gives one.
    pub error_message: Option<String>,
    pub(crate) progress: TaskProgress,
    pub(crate) json: Arc<Value>,
}

/// Number of tracks that are read from an answer.
const MAX_TRACKS: usize = 1_000;

/// The progress of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TaskProgress {
    /// The task is running, at this stage if the status names one.
    Running(Option<u32>),
    Done,
    Failed,
}

/// Reads the tracks of a list, or a single track. Placeholders whose fields are all empty are left out.
pub(crate) fn tracks<T: Track>(list: Option<&Value>) -> Vec<T> {
    let one = list.filter(|value| value.is_object());
    let objects = list.and_then(Value::as_array).into_iter().flatten().chain(one).filter_map(Value::as_object);
    let filled = objects.filter(|object| !object.values().all(response::is_nothing));
    filled.take(MAX_TRACKS).map(T::read).collect()
}

/// Returns what a status means, given whether the answer has an error and whether its output is ready.
pub(crate) fn progress(api: &Api, status: &str, has_error: bool, ready: bool) -> TaskProgress {
    let Some(known) = api.statuses.iter().find(|known| known.name == status) else {
        return TaskProgress::Running(None);
    };
    match known.means {
        StatusMeaning::Done => TaskProgress::Done,
        StatusMeaning::DoneWithTracks if ready => TaskProgress::Done,
        StatusMeaning::Failed => TaskProgress::Failed,
        // Observed: tasks with an error that stay in a running status.
        StatusMeaning::Running if has_error && !ready => TaskProgress::Failed,
        StatusMeaning::Running => TaskProgress::Running(Some(known.stage)),
        _ => TaskProgress::Running(None),
    }
}

impl<S: Service> Snapshot<S> {
    /// Returns the index of the status in the spec if the snapshot has nothing else, so that a wait can keep the index alone.
    pub(crate) fn status_only_index(&self) -> Option<u16> {
        let is_running = matches!(self.progress, TaskProgress::Running(_));
        let is_status_only =
            self.tracks.is_empty() && self.error_code.is_none() && self.error_message.is_none() && is_running;
        let name = is_status_only.then(|| self.status.to_string())?;
        S::api().statuses.iter().position(|known| known.name == name)?.try_into().ok()
    }

    /// Returns a copy for a wait to keep, without the answer if the task is still running.
    pub(crate) fn to_keep(&self) -> Self {
        let is_running = matches!(self.progress, TaskProgress::Running(_));
        let json = if is_running { Arc::default() } else { Arc::clone(&self.json) };
        Self { json, ..self.clone() }
    }

    /// Makes a snapshot that has nothing but a status.
    pub(crate) fn of_status(place: u16) -> Self {
        let name = S::api().statuses.get(usize::from(place)).map_or("", |status| &status.name);
        let progress = progress(S::api(), name, false, false);
        let Ok(status) = name.parse();
        Self { status, tracks: Vec::new(), error_code: None, error_message: None, progress, json: Arc::default() }
    }

    pub(crate) fn progress(&self) -> TaskProgress {
        self.progress
    }

    /// Returns the service's answer as it came, the envelope included.
    ///
    /// It is null in the [last snapshot](crate::runtime::Error::last_snapshot) of a wait whose task was still running. Otherwise
    /// thousands of waits would each keep an answer. `Debug` leaves it out.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// Returns whether the service says that the task is done. [`has_output`](Self::has_output) says whether there is output to
    /// download.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.progress == TaskProgress::Done
    }

    /// Returns whether the task has failed.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        self.progress == TaskProgress::Failed
    }

    /// Returns whether there is finished output, such as audio.
    #[must_use]
    pub fn has_output(&self) -> bool {
        self.tracks.iter().any(S::Track::is_ready)
    }
}

impl<S: Service> Clone for Snapshot<S> {
    fn clone(&self) -> Self {
        Self {
            status: self.status.clone(),
            tracks: self.tracks.clone(),
            error_code: self.error_code.clone(),
            error_message: self.error_message.clone(),
            progress: self.progress,
            json: Arc::clone(&self.json),
        }
    }
}

impl<S: Service> fmt::Debug for Snapshot<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("status", &self.status)
            .field("tracks", &self.tracks)
            .field("error_code", &self.error_code)
            .field("error_message", &self.error_message)
            .finish_non_exhaustive()
    }
}
