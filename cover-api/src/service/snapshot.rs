//! The state of a task, as one poll reports it.

use std::fmt;
use std::sync::Arc;

use cover_spec::answers::{Progress, progress};
use serde_json::Value;

use super::{Service, Track};

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
    pub(crate) progress: Progress,
    pub(crate) json: Arc<Value>,
}

impl<S: Service> Snapshot<S> {
    /// Returns the index of the status in the spec if the snapshot has nothing else, so that a wait can keep the index alone.
    pub(crate) fn status_only_index(&self) -> Option<u16> {
        let is_running = matches!(self.progress, Progress::Running(_));
        let is_status_only =
            self.tracks.is_empty() && self.error_code.is_none() && self.error_message.is_none() && is_running;
        let name = is_status_only.then(|| self.status.to_string())?;
        S::api().statuses.iter().position(|known| known.name == name)?.try_into().ok()
    }

    /// Returns a copy for a wait to keep, without the answer if the task is still running.
    pub(crate) fn to_keep(&self) -> Self {
        let is_running = matches!(self.progress, Progress::Running(_));
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

    pub(crate) fn progress(&self) -> Progress {
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
        self.progress == Progress::Done
    }

    /// Returns whether the task has failed.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        self.progress == Progress::Failed
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
