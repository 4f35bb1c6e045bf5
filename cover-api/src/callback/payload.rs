//! Reads the body of a callback: its task, stage and results.

use std::fmt;
use std::ops::Deref;

use cover_spec::answers::{self, Unusable, put};
use cover_spec::tables::{Api, CallbackSpec, CallbackStageSpec};
use serde_json::{Value, json};

use super::Refusal;
use crate::inbox::Rank;
use crate::redact::shown;
use crate::response::read::Found;
use crate::service::{OperationId, Results, Service, TaskHandle};

/// The content of a callback.
///
/// It dereferences to its results, as a [`Snapshot`](crate::runtime::Snapshot) does.
///
/// Do not rely on it: anyone who learns a callback address can send anything. A wait that it wakes polls the service.
#[non_exhaustive]
pub struct Callback<S: Service> {
    /// The task.
    pub task: TaskHandle<S>,
    /// The stage, as the service names it; empty if the spec has no stages.
    pub stage: String,
    /// The status that a poll is expected to return. `None` if the task has failed, or if the spec has no stages.
    pub status: Option<S::Status>,
    /// The code, if the callback has one.
    pub code: Option<u32>,
    /// The message, without secrets.
    pub message: Option<String>,
    results: S::Results,
    pub(super) rank: Rank,
}

/// Makes the body of a callback, without code, message and results.
pub(crate) fn body(spec: &CallbackSpec, task: &str, stage: &str) -> Value {
    let mut body = json!({});
    if !spec.stage.is_empty() {
        put(&mut body, &spec.stage, json!(stage));
    }
    put(&mut body, &spec.task, json!(task));
    body
}

/// Which parts of a body to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    TaskAndStage,
    Everything,
}

impl<S: Service> Callback<S> {
    /// Reads a body. A value of the wrong type counts as missing.
    pub(super) fn read(api: &'static Api, bytes: &[u8], wanted: Wanted) -> Result<Self, Refusal> {
        let spec = api.callback.as_ref().ok_or(Refusal::UnknownStage)?;
        if wanted == Wanted::TaskAndStage {
            let (task, stage) = answers::stage(spec, bytes).map_err(refusal)?;
            return Ok(Self::at_stage(api, task, stage));
        }
        let read = answers::callback(api, spec, bytes).map_err(refusal)?;
        let values: Vec<Option<&Value>> = read.results.iter().map(Option::as_ref).collect();
        Ok(Self {
            results: S::Results::read(Found::new(&api.results, &values)),
            code: read.code,
            message: read.message.as_deref().map(shown),
            ..Self::at_stage(api, read.task, read.stage)
        })
    }

    /// A callback without a stage is about the end of the task.
    fn at_stage(api: &'static Api, task: String, stage: Option<&CallbackStageSpec>) -> Self {
        let status = stage.and_then(|stage| stage.status.as_ref()).map(|status| {
            let Ok(status) = status.parse();
            status
        });
        let task = TaskHandle::new(OperationId::of(&api.id), task);
        let rank = stage.and_then(|stage| stage.running).map_or(Rank::END, Rank::running);
        let stage = stage.map(|stage| stage.name.to_string()).unwrap_or_default();
        Self { task, stage, status, code: None, message: None, results: S::Results::default(), rank }
    }
}

fn refusal(why: Unusable) -> Refusal {
    match why {
        Unusable::NotJson => Refusal::NotJson,
        Unusable::NoTask => Refusal::NoTask,
        Unusable::NoStage => Refusal::NoStage,
        Unusable::UnknownStage => Refusal::UnknownStage,
    }
}

impl<S: Service> Deref for Callback<S> {
    type Target = S::Results;

    fn deref(&self) -> &S::Results {
        &self.results
    }
}

impl<S: Service> fmt::Debug for Callback<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback")
            .field("task", &self.task)
            .field("stage", &self.stage)
            .field("status", &self.status)
            .field("results", &self.results)
            .field("code", &self.code)
            .field("message", &self.message)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::StaticService;
    use crate::{Link, Status, UploadCover};

    fn read(body: &Value) -> Result<Callback<UploadCover>, Refusal> {
        Callback::read(UploadCover::api(), body.to_string().as_bytes(), Wanted::Everything)
    }

    fn of(stage: &str, tracks: &Value) -> Value {
        json!({ "code": 200, "msg": "ok", "data": { "callbackType": stage, "task_id": "t1", "data": tracks } })
    }

    #[test]
    fn every_stage_is_read_with_its_rank() {
        let stages = [
            ("text", Some(Status::TextSuccess), Rank::running(1)),
            ("first", Some(Status::FirstSuccess), Rank::running(2)),
            ("complete", Some(Status::Success), Rank::END),
            ("error", None, Rank::END),
        ];
        for (stage, status, rank) in stages {
            let callback = read(&of(stage, &Value::Null)).unwrap();
            assert_eq!((callback.task.id(), &callback.status, callback.rank), ("t1", &status, rank), "{stage}");
        }
    }

    #[test]
    fn tracks_are_read_in_every_spelling_and_may_be_missing_in_every_form() {
        let track =
            json!({ "audio_url": "https://a.example/1.mp3?k", "image_url": "", "createTime": 1, "duration": 2.5 });
        let callback = read(&of("complete", &json!([track, { "audioUrl": "https://a.example/2.mp3" }]))).unwrap();
        assert_eq!(callback.tracks[0].audio_url, Some(Link::new("https://a.example/1.mp3?k")));
        assert_eq!((callback.tracks[0].image_url.as_ref(), callback.tracks[0].duration), (None, Some(2.5)));
        assert!(callback.tracks[1].audio_url.is_some());
        for none in [json!(null), json!([]), json!({}), json!(""), json!([{}]), json!([{ "audio_url": "" }, null, 7])] {
            assert_eq!(read(&of("complete", &none)).unwrap().tracks, [], "{none}");
        }
        let absent = json!({ "data": { "callbackType": "complete", "task_id": "t1" } });
        assert_eq!(read(&absent).unwrap().tracks, []);
    }

    #[test]
    fn a_code_may_be_a_text_or_missing() {
        let mut body = of("error", &Value::Null);
        body["code"] = json!("451");
        assert_eq!(read(&body).unwrap().code, Some(451));
        body["code"] = Value::Null;
        assert_eq!(read(&body).unwrap().code, None);
    }

    #[test]
    fn an_unusable_body_gives_the_reason() {
        let deep = "[".repeat(100_000);
        for (bytes, why) in
            [("", Refusal::NotJson), ("[]", Refusal::NotJson), ("7", Refusal::NotJson), (&deep, Refusal::NotJson)]
        {
            let callback = Callback::<UploadCover>::read(UploadCover::api(), bytes.as_bytes(), Wanted::TaskAndStage);
            assert_eq!(callback.unwrap_err(), why);
        }
        for (body, why) in [
            (json!({}), Refusal::NoTask),
            (json!({ "code": 400, "data": null }), Refusal::NoTask),
            (json!({ "data": [] }), Refusal::NoTask),
            (json!({ "data": { "task_id": "" } }), Refusal::NoTask),
            (json!({ "data": { "task_id": {} } }), Refusal::NoTask),
            (json!({ "data": { "task_id": "  ", "callbackType": "complete" } }), Refusal::NoTask),
            (json!({ "data": { "task_id": "a\r\nb", "callbackType": "complete" } }), Refusal::NoTask),
            (json!({ "data": { "task_id": "x".repeat(257), "callbackType": "complete" } }), Refusal::NoTask),
            (json!({ "data": { "task_id": "t1" } }), Refusal::NoStage),
            (of("", &Value::Null), Refusal::NoStage),
            (of("mastered", &Value::Null), Refusal::UnknownStage),
            (of("COMPLETE", &Value::Null), Refusal::UnknownStage),
        ] {
            assert_eq!(read(&body).unwrap_err(), why, "{body}");
        }
    }
}
