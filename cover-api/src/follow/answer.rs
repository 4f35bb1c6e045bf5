//! Reads the answer to a poll.

use std::sync::Arc;

use cover_spec::answers::{self, Envelope, Polled, Progress, TaskState};
use cover_spec::tables::{Api, Refunded};

use crate::account::Operation;
use crate::error::{Evidence, Failure, Kind};
use crate::redact::shown;
use crate::response::read::Found;
use crate::service::{Content, Results, Service, Snapshot};

/// A usable answer to a poll.
pub(crate) enum PollAnswer<S: Service> {
    Snapshot(Snapshot<S>),
    /// The service does not know the task.
    NoSuchTask(Failure),
}

impl<S: Service> PollAnswer<S> {
    /// Reads the answer to a poll of this task. An answer about another task is an error.
    pub(super) fn read(operation: &Operation, task: &str, envelope: Envelope) -> Result<Self, Failure> {
        let api = operation.api;
        let state = match answers::poll(api, operation.polled()?, &envelope) {
            Polled::NoSuchTask => {
                let known = answers::code(api, envelope.code);
                let message = envelope.message.as_deref().map(shown);
                let failure = Failure::new(Kind::NoSuchTask).with_code(envelope.code, known, message);
                return Ok(Self::NoSuchTask(failure));
            }
            Polled::Refused => return Err(operation.refused(&envelope)),
            Polled::State(state) => state,
        };
        if envelope.task.as_ref().is_some_and(|named| named != task) {
            return Err(Failure::new(Kind::BadAnswer(Evidence::OtherTask)));
        }
        let snapshot = snapshot(api, state);
        Ok(Self::Snapshot(Snapshot { json: Arc::new(envelope.body), ..snapshot }))
    }
}

/// Makes the snapshot of a state, without the answer.
fn snapshot<S: Service>(api: &Api, state: TaskState<'_>) -> Snapshot<S> {
    let results = S::Results::read(Found::new(&api.results, &state.results.values));
    let content = match (state.results.is_complete(), state.results.is_empty()) {
        (true, _) => Content::Everything,
        (false, false) => Content::Something,
        (false, true) => Content::Nothing,
    };
    let error_code = state.error_code.as_deref().map(shown);
    let error_message = state.error_message.as_deref().map(shown);
    let ready = content == Content::Everything;
    let progress = answers::progress(api, &state.status, error_code.is_some(), ready);
    let refunded = match (progress, &state.error_code) {
        (Progress::Failed | Progress::Cancelled, Some(code)) => answers::refunded(api, code),
        _ => Refunded::Unknown,
    };
    let is_listed = api.statuses.iter().any(|known| known.name == state.status);
    let Ok(status) = if is_listed { state.status.parse() } else { shown(&state.status).parse() };
    let lacking = state.results.lacking.map(|lacking| Box::new(lacking.shown(shown)));
    Snapshot { status, error_code, error_message, results, lacking, content, progress, refunded, json: Arc::default() }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::service::StaticService;
    use crate::{Client, Status, UploadCover};

    fn read(code: u32, data: &Value) -> Result<PollAnswer<UploadCover>, Failure> {
        let client = Client::new("key").unwrap();
        let body = json!({ "code": code, "msg": "", "data": data });
        let envelope = Envelope::read(UploadCover::api(), 200, body.to_string().as_bytes()).unwrap();
        PollAnswer::read(&client.operation, "task-1", envelope)
    }

    fn poll(code: u32, data: &Value) -> PollAnswer<UploadCover> {
        read(code, data).ok().unwrap()
    }

    fn snapshot(data: &Value) -> Snapshot<UploadCover> {
        match poll(200, data) {
            PollAnswer::Snapshot(snapshot) => snapshot,
            PollAnswer::NoSuchTask(..) => panic!("not a snapshot"),
        }
    }

    #[test]
    fn a_waiting_task_has_no_tracks_however_the_service_spells_an_empty_list() {
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
    fn tracks_are_read_at_the_first_path_that_has_any() {
        let list = |id: &str| json!([{ "id": id, "audioUrl": "https://a.example/1.mp3" }]);
        let nothing = json!([{ "id": "", "audioUrl": null }]);
        for (first, second, read) in [
            (list("first"), json!(null), "first"),
            (list("first"), list("second"), "first"),
            (json!(null), list("second"), "second"),
            (json!([]), list("second"), "second"),
            (nothing, list("second"), "second"),
        ] {
            let data = json!({ "status": "SUCCESS", "response": { "sunoData": first }, "data": second });
            let tracks = snapshot(&data).into_results().tracks;
            assert_eq!(tracks.len(), 1, "{data}");
            assert_eq!(tracks[0].id.as_deref(), Some(read), "{data}");
        }
        assert_eq!(snapshot(&json!({ "status": "SUCCESS", "data": list("second") })).tracks.len(), 1);
    }

    #[test]
    fn an_answer_without_a_status_means_that_the_task_is_running() {
        for data in [json!(null), json!([]), json!({ "status": "" }), json!({ "status": 7 })] {
            assert_eq!(snapshot(&data).progress, Progress::Running(None));
        }
    }

    #[test]
    fn a_status_that_the_spec_does_not_list_means_running_and_is_kept() {
        let snapshot = snapshot(&json!({ "status": "GENERATING" }));
        assert_eq!(snapshot.status, Status::Unknown("GENERATING".to_owned()));
        assert_eq!(snapshot.progress, Progress::Running(None));
    }

    #[test]
    fn a_status_that_the_spec_does_not_list_is_kept_without_secrets() {
        let snapshot = snapshot(&json!({ "status": "SEE https://a.example/song.mp3?signature=c2VjcmV0" }));
        let text = snapshot.status.to_string();
        assert!(text.starts_with("SEE ") && !text.contains("c2VjcmV0"), "{text}");
    }

    #[test]
    fn only_a_snapshot_with_nothing_but_a_listed_status_is_kept_as_its_position() {
        let track = json!({ "sunoData": [{ "audioUrl": "https://a.example/1.mp3" }] });
        for status in ["PENDING", "TEXT_SUCCESS"] {
            let bare = snapshot(&json!({ "status": status }));
            let api = UploadCover::api();
            let again = Snapshot::<UploadCover>::of_status(api, bare.status_only_index(api).unwrap());
            assert_eq!((&again.status, again.progress), (&bare.status, bare.progress));
            assert!(!bare.has_output());
        }
        for more in [
            json!({ "status": "TEXT_SUCCESS", "response": track }),
            json!({ "status": "TEXT_SUCCESS", "errorMessage": "slow" }),
            json!({ "status": "PENDING", "response": track, "errorCode": 413 }),
            json!({ "status": "SUCCESS" }),
            json!({ "status": "SENSITIVE_WORD_ERROR" }),
            json!({ "status": "GENERATING" }),
        ] {
            assert_eq!(snapshot(&more).status_only_index(UploadCover::api()), None, "{more}");
        }
        assert!(snapshot(&json!({ "status": "SUCCESS", "response": track })).has_output());
    }

    #[test]
    fn a_waiting_task_with_an_error_code_has_failed_unless_the_code_means_no_error() {
        for code in [json!(413), json!("413")] {
            assert!(snapshot(&json!({ "status": "PENDING", "errorCode": code })).is_failed());
        }
        for code in [
            json!(0),
            json!(0.0),
            json!(-0.0),
            json!("0"),
            json!("0.0"),
            json!("00"),
            json!(""),
            json!(" "),
            json!(null),
        ] {
            assert!(!snapshot(&json!({ "status": "PENDING", "errorCode": code })).is_failed());
        }
    }

    #[test]
    fn a_failed_callback_means_done_with_tracks_and_running_without() {
        let track = json!({ "sunoData": [{ "audioUrl": "https://a.example/1.mp3" }] });
        assert!(snapshot(&json!({ "status": "CALLBACK_EXCEPTION", "response": track })).is_done());
        let running = snapshot(&json!({ "status": "CALLBACK_EXCEPTION" }));
        assert!(!running.is_done() && !running.is_failed());
    }

    #[test]
    fn codes_for_an_unknown_task_are_recognized() {
        assert!(
            matches!(poll(404, &Value::Null), PollAnswer::NoSuchTask(failure) if failure.code.is_some_and(|(code, _)| code == 404))
        );
        assert!(
            matches!(poll(422, &Value::Null), PollAnswer::NoSuchTask(failure) if failure.code.is_some_and(|(code, _)| code == 422))
        );
    }

    #[test]
    fn a_success_code_as_the_error_code_means_no_error() {
        assert!(!snapshot(&json!({ "status": "PENDING", "errorCode": 200 })).is_failed());
    }

    #[test]
    fn every_item_of_a_long_list_is_read() {
        let tracks = vec![json!({ "id": "1", "audioUrl": "https://a.example/1" }); 5_000];
        let snapshot = snapshot(&json!({ "status": "SUCCESS", "response": { "sunoData": tracks } }));
        assert_eq!(snapshot.tracks.len(), 5_000);
        assert_eq!(snapshot.json()["data"]["response"]["sunoData"].as_array().map(Vec::len), Some(5_000));
    }

    #[test]
    fn an_answer_about_another_task_is_an_error() {
        let about = |task: Value| read(200, &json!({ "taskId": task, "status": "SUCCESS" })).map(|_| ());
        assert!(about(json!("task-1")).is_ok());
        assert!(about(Value::Null).is_ok(), "an answer need not name its task");
        let failure = about(json!("task-2")).unwrap_err();
        assert_eq!(failure.kind, Kind::BadAnswer(Evidence::OtherTask));
    }

    #[test]
    fn a_numeric_task_id_is_compared_by_its_digits() {
        let client = Client::new("key").unwrap();
        let about = |sent: &str| {
            let body = format!(r#"{{"code":200,"data":{{"taskId":{sent},"status":"PENDING"}}}}"#);
            let envelope = Envelope::read(UploadCover::api(), 200, body.as_bytes()).unwrap();
            PollAnswer::<UploadCover>::read(&client.operation, "1e3", envelope).map(|_| ())
        };
        assert!(about("1e3").is_ok());
        assert!(about(r#""1e3""#).is_ok());
        assert_eq!(about("1000").unwrap_err().kind, Kind::BadAnswer(Evidence::OtherTask));
    }

    #[test]
    fn a_snapshot_keeps_the_full_answer() {
        let snapshot = snapshot(&json!({ "status": "SUCCESS", "unknown": [1, { "of": null }] }));
        assert_eq!(snapshot.json()["data"]["unknown"], json!([1, { "of": null }]));
        assert_eq!(snapshot.json()["code"], 200);
    }
}
