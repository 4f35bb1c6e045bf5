//! The state of a task, as one poll reports it.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use cover_spec::answers::{Lacking, Progress, progress};
use cover_spec::tables::{Api, Refunded};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::Value;

use super::Service;

/// The state of a task, as one poll reports it.
///
/// It dereferences to the results so far, whose fields the spec names: `snapshot.tracks` in the spec that this crate ships.
#[non_exhaustive]
pub struct Snapshot<S: Service> {
    /// The status of the task.
    pub status: S::Status,
    /// The service's code for a failure, if it gives one.
    pub error_code: Option<String>,
    /// The service's message for a failure, without secrets, if it gives one.
    pub error_message: Option<String>,
    pub(crate) results: S::Results,
    /// Why the output is not complete. `None` if it is, or if nothing is known about it.
    pub(crate) lacking: Option<Box<Lacking>>,
    pub(crate) content: Content,
    pub(crate) progress: Progress,
    pub(crate) refunded: Refunded,
    pub(crate) json: Arc<Value>,
}

/// How much of the results an answer has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Nothing,
    Something,
    Everything,
}

impl<S: Service> Snapshot<S> {
    /// Returns the index of the status in the spec if the snapshot has nothing else, so that a wait can keep the index alone.
    pub(crate) fn status_only_index(&self, api: &Api) -> Option<u16> {
        let is_running = matches!(self.progress, Progress::Running(_));
        let is_status_only =
            self.content == Content::Nothing && self.error_code.is_none() && self.error_message.is_none() && is_running;
        let name = is_status_only.then(|| self.status.to_string())?;
        api.statuses.iter().position(|known| known.name == name)?.try_into().ok()
    }

    /// Returns a copy for a wait to keep, without the answer if the task is still running.
    pub(crate) fn to_keep(&self) -> Self {
        let is_running = matches!(self.progress, Progress::Running(_));
        let json = if is_running { Arc::default() } else { Arc::clone(&self.json) };
        Self { json, ..self.clone() }
    }

    /// Makes a snapshot that has nothing but a status.
    pub(crate) fn of_status(api: &Api, place: u16) -> Self {
        let name = api.statuses.get(usize::from(place)).map_or("", |status| &status.name);
        let progress = progress(api, name, false, false);
        let Ok(status) = name.parse();
        Self {
            status,
            error_code: None,
            error_message: None,
            results: S::Results::default(),
            lacking: None,
            content: Content::Nothing,
            progress,
            refunded: Refunded::Unknown,
            json: Arc::default(),
        }
    }

    pub(crate) fn progress(&self) -> Progress {
        self.progress
    }

    /// Returns the results, such as to take them out of their lists.
    #[must_use]
    pub fn into_results(self) -> S::Results {
        self.results
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

    /// Returns whether the task has failed. A task that was cancelled has failed.
    #[must_use]
    pub fn is_failed(&self) -> bool {
        matches!(self.progress, Progress::Failed | Progress::Cancelled)
    }

    /// Returns whether the task was cancelled, as its status says. [`is_failed`](Self::is_failed) is true as well.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.progress == Progress::Cancelled
    }

    /// Returns whether the service returned the credits of a task that has failed, as far as the spec says it of the task's
    /// [code](Self::error_code).
    #[must_use]
    pub fn refunded(&self) -> Refunded {
        self.refunded
    }

    /// Returns whether the output is complete: every result that the spec does not call optional is there.
    #[must_use]
    pub fn has_output(&self) -> bool {
        self.content == Content::Everything
    }
}

impl<S: Service> Deref for Snapshot<S> {
    type Target = S::Results;

    fn deref(&self) -> &S::Results {
        &self.results
    }
}

/// Writes the status, the results, and the error if there is one.
impl<S: Service> Serialize for Snapshot<S> {
    fn serialize<Z: Serializer>(&self, serializer: Z) -> Result<Z::Ok, Z::Error> {
        let mut fields = serializer.serialize_struct("Snapshot", 4)?;
        fields.serialize_field("status", &self.status)?;
        fields.serialize_field("results", &self.results)?;
        fields.serialize_field("error_code", &self.error_code)?;
        fields.serialize_field("error_message", &self.error_message)?;
        fields.end()
    }
}

impl<S: Service> Clone for Snapshot<S> {
    fn clone(&self) -> Self {
        Self {
            status: self.status.clone(),
            error_code: self.error_code.clone(),
            error_message: self.error_message.clone(),
            results: self.results.clone(),
            lacking: self.lacking.clone(),
            content: self.content,
            progress: self.progress,
            refunded: self.refunded,
            json: Arc::clone(&self.json),
        }
    }
}

impl<S: Service> fmt::Debug for Snapshot<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot")
            .field("status", &self.status)
            .field("results", &self.results)
            .field("error_code", &self.error_code)
            .field("error_message", &self.error_message)
            .finish_non_exhaustive()
    }
}
