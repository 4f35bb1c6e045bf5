//! What one poll says of a task, as data.

use std::fmt;
use std::sync::Arc;

use cover_spec::wire::{Api, StatusMeaning};
use serde_json::Value;

use crate::read;
use crate::service::{Service, Track};

/// What one poll says of a task.
#[non_exhaustive]
pub struct Snapshot<S: Service> {
    /// What the service says.
    pub status: S::Status,
    /// What there is so far, in the order of the answer; at most 1,000. [`json`](Self::json) has all.
    pub tracks: Vec<S::Track>,
    /// The service's code for a failure, where it gives one.
    pub error_code: Option<String>,
    /// What the service says of a failure, without secrets.
    pub error_message: Option<String>,
    pub(crate) progress: Progress,
    pub(crate) json: Arc<Value>,
}

/// Further tracks of an answer are not read.
const MOST_TRACKS: usize = 1_000;

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It goes on, at this stage where the status says one.
    Running(Option<u32>),
    Done,
    Failed,
}

/// The tracks of a list, or the one that there is, without the placeholders in which every field is empty.
pub(crate) fn tracks<T: Track>(list: Option<&Value>) -> Vec<T> {
    let one = list.filter(|value| value.is_object());
    let objects = list.and_then(Value::as_array).into_iter().flatten().chain(one).filter_map(Value::as_object);
    let filled = objects.filter(|object| !object.values().all(read::is_nothing));
    filled.take(MOST_TRACKS).map(T::read).collect()
}

/// What a status means, together with what else the answer says.
pub(crate) fn progress(api: &Api, status: &str, has_error: bool, ready: bool) -> Progress {
    let Some(known) = api.statuses.iter().find(|known| known.name == status) else {
        return Progress::Running(None);
    };
    match known.means {
        StatusMeaning::Done => Progress::Done,
        StatusMeaning::DoneWithTracks if ready => Progress::Done,
        StatusMeaning::Failed => Progress::Failed,
        // Seen: a task with an error that never leaves its status.
        StatusMeaning::Running if has_error && !ready => Progress::Failed,
        StatusMeaning::Running => Progress::Running(Some(known.stage)),
        _ => Progress::Running(None),
    }
}

impl<S: Service> Snapshot<S> {
    /// The place of its status among those that the spec lists, where it says no more than that.
    pub(crate) fn bare_status(&self) -> Option<u16> {
        let is_running = matches!(self.progress, Progress::Running(_));
        let is_bare = self.tracks.is_empty() && self.error_code.is_none() && self.error_message.is_none() && is_running;
        let name = is_bare.then(|| self.status.to_string())?;
        S::api().statuses.iter().position(|known| known.name == name)?.try_into().ok()
    }

    /// The same, without the answer if the task goes on, for a wait that keeps it.
    pub(crate) fn to_keep(&self) -> Self {
        let is_running = matches!(self.progress, Progress::Running(_));
        let json = if is_running { Arc::default() } else { Arc::clone(&self.json) };
        Self { json, ..self.clone() }
    }

    /// One that says no more than this status.
    pub(crate) fn bare(place: u16) -> Self {
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
    /// It is null in the [last snapshot](crate::runtime::Error::last_snapshot) of a wait whose task still ran, since waits by the
    /// thousand would otherwise keep an answer each. `Debug` leaves it out.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.json
    }

    /// Returns whether the service says that the task is done. Ask [`has_output`](Self::has_output) whether there is anything to
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
