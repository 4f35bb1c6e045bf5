//! What one poll says of a task.

use std::fmt;

use serde_json::Value;

use super::envelope::{Envelope, is_success};
use super::{Api, Service, StatusMeaning, Track};
use crate::read;

/// What one poll says of a task.
#[non_exhaustive]
pub struct Snapshot<S: Service> {
    /// What the service says.
    pub status: S::Status,
    /// What there is so far, in the order of the answer.
    pub tracks: Vec<S::Track>,
    /// The service's code for a failure, where it gives one.
    pub error_code: Option<String>,
    /// What the service says of a failure, without secrets.
    pub error_message: Option<String>,
    progress: Progress,
}

/// How far a task is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    /// It goes on, at this stage where the status says one.
    Running(Option<u32>),
    Done,
    Failed,
}

/// An answer to a poll.
pub(super) enum Polled<S: Service> {
    Snapshot(Snapshot<S>),
    /// The service knows no such task: its code and message.
    NoSuchTask(u32, Option<String>),
}

impl<S: Service> Polled<S> {
    /// Reads an answer; gives it back where its code is neither success nor about a task that is not known.
    pub(super) fn read(
        api: &Api,
        envelope: Envelope,
        fit: impl Fn(Option<String>) -> Option<String>,
    ) -> Result<Self, Envelope> {
        if api.poll.unknown_task.contains(&envelope.code) {
            return Ok(Self::NoSuchTask(envelope.code, fit(envelope.message)));
        }
        if !is_success(api, envelope.code) {
            return Err(envelope);
        }
        let poll = &api.poll;
        let status = envelope.text(&poll.status).unwrap_or_default();
        let tracks = tracks(read::at(&envelope.body, &poll.tracks));
        let error_code = envelope.text(&poll.error_code).filter(|code| code != "0");
        let error_message = fit(envelope.text(&poll.error_message));
        let ready = tracks.iter().any(S::Track::is_ready);
        let progress = progress(api, &status, error_code.is_some(), ready);
        let Ok(status) = status.parse();
        Ok(Self::Snapshot(Snapshot { status, tracks, error_code, error_message, progress }))
    }
}

/// The tracks of a list, or the one that there is, without the placeholders in which every field is empty.
pub(crate) fn tracks<T: Track>(list: Option<&Value>) -> Vec<T> {
    let one = list.filter(|value| value.is_object());
    let objects = list.and_then(Value::as_array).into_iter().flatten().chain(one).filter_map(Value::as_object);
    objects.filter(|object| !object.values().all(read::is_nothing)).map(T::read).collect()
}

/// What a status means, together with what else the answer says.
fn progress(api: &Api, status: &str, has_error: bool, ready: bool) -> Progress {
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
    pub(super) fn bare_status(&self) -> Option<u16> {
        let is_bare = self.tracks.is_empty() && self.error_code.is_none() && self.error_message.is_none();
        let name = is_bare.then(|| self.status.to_string())?;
        S::api().statuses.iter().position(|known| known.name == name)?.try_into().ok()
    }

    /// One that says no more than this status.
    pub(super) fn bare(place: u16) -> Self {
        let name = S::api().statuses.get(usize::from(place)).map_or("", |status| &status.name);
        let progress = progress(S::api(), name, false, false);
        let Ok(status) = name.parse();
        Self { status, tracks: Vec::new(), error_code: None, error_message: None, progress }
    }

    pub(super) fn progress(&self) -> Progress {
        self.progress
    }

    /// Is the task done?
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.progress == Progress::Done
    }

    /// Has the task failed?
    #[must_use]
    pub fn is_failed(&self) -> bool {
        self.progress == Progress::Failed
    }

    /// Is there finished audio?
    #[must_use]
    pub fn has_audio(&self) -> bool {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Status, UploadCover};

    fn poll(code: u32, data: &Value) -> Polled<UploadCover> {
        let api = UploadCover::api();
        let body = json!({ "code": code, "msg": "", "data": data });
        let envelope = Envelope::read(api, 200, body.to_string().as_bytes()).unwrap();
        Polled::read(api, envelope, |message| message).ok().unwrap()
    }

    fn snapshot(data: &Value) -> Snapshot<UploadCover> {
        match poll(200, data) {
            Polled::Snapshot(snapshot) => snapshot,
            Polled::NoSuchTask(..) => panic!("not a snapshot"),
        }
    }

    #[test]
    fn a_waiting_task_shows_no_tracks_in_any_spelling_of_nothing() {
        for response in [
            json!(null),
            json!({}),
            json!([]),
            json!({ "sunoData": null }),
            json!({ "sunoData": [{ "id": "", "audioUrl": "", "duration": null }] }),
        ] {
            let snapshot = snapshot(&json!({ "status": "PENDING", "response": response }));
            assert_eq!(snapshot.tracks, []);
            assert_eq!(snapshot.progress, Progress::Running(Some(0)));
        }
        assert_eq!(snapshot(&json!({ "status": "PENDING" })).progress, Progress::Running(Some(0)));
    }

    #[test]
    fn no_news_is_no_failure() {
        for data in [json!(null), json!([]), json!({ "status": "" }), json!({ "status": 7 })] {
            assert_eq!(snapshot(&data).progress, Progress::Running(None));
        }
    }

    #[test]
    fn a_status_that_no_page_lists_runs_on_and_is_kept() {
        let snapshot = snapshot(&json!({ "status": "GENERATING" }));
        assert_eq!(snapshot.status, Status::Unknown("GENERATING".to_owned()));
        assert_eq!(snapshot.progress, Progress::Running(None));
    }

    #[test]
    fn a_waiting_task_with_an_error_is_dead_unless_the_error_is_none() {
        for code in [json!(413), json!("413")] {
            assert!(snapshot(&json!({ "status": "PENDING", "errorCode": code })).is_failed());
        }
        for code in [json!(0), json!("0"), json!(""), json!(null)] {
            assert!(!snapshot(&json!({ "status": "PENDING", "errorCode": code })).is_failed());
        }
    }

    #[test]
    fn an_unanswered_callback_is_done_with_tracks_and_runs_on_without() {
        let track = json!({ "sunoData": [{ "audioUrl": "https://a.example/1.mp3" }] });
        assert!(snapshot(&json!({ "status": "CALLBACK_EXCEPTION", "response": track })).is_done());
        let running = snapshot(&json!({ "status": "CALLBACK_EXCEPTION" }));
        assert!(!running.is_done() && !running.is_failed());
    }

    #[test]
    fn a_task_that_is_not_known_is_told_apart_from_other_codes() {
        assert!(matches!(poll(404, &Value::Null), Polled::NoSuchTask(404, _)));
        assert!(matches!(poll(422, &Value::Null), Polled::NoSuchTask(422, _)));
    }
}
