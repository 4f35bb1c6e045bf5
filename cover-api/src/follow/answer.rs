//! Reads what one poll says of a task.

use std::sync::Arc;

use cover_spec::wire::Api;

use crate::account::Account;
use crate::error::{Failure, Kind, Seen};
use crate::read;
use crate::redact::shown;
use crate::service::{Service, Track};
use crate::snapshot::{Snapshot, progress, tracks};
use crate::transport::envelope::{self, Envelope, is_success};

/// An answer to a poll.
pub(crate) enum Polled<S: Service> {
    Snapshot(Snapshot<S>),
    /// The service knows no such task.
    NoSuchTask(Failure),
}

impl<S: Service> Polled<S> {
    /// Reads the answer to a poll of this task.
    pub(super) fn read(account: &Account, task: &str, envelope: Envelope) -> Result<Self, Failure> {
        let api = account.api;
        if api.poll.unknown_task.contains(&envelope.code) {
            let known = envelope::code(api, envelope.code);
            let message = envelope.message.as_deref().map(shown);
            let failure = Failure::new(Kind::NoSuchTask).with_code(envelope.code, known, message);
            return Ok(Self::NoSuchTask(failure));
        }
        if !is_success(api, envelope.code) {
            return Err(account.refused(&envelope));
        }
        if envelope.task.as_ref().is_some_and(|named| named != task) {
            return Err(Failure::new(Kind::BadAnswer(Seen::OtherTask)));
        }
        Ok(Self::Snapshot(snapshot(account, envelope)))
    }
}

/// Reads an answer whose code is success.
fn snapshot<S: Service>(account: &Account, envelope: Envelope) -> Snapshot<S> {
    let poll = &account.api.poll;
    let status = envelope.text(&poll.status).unwrap_or_default();
    let mut places = poll.tracks.iter().map(|place| tracks(read::at(&envelope.body, place)));
    let tracks: Vec<S::Track> = places.find(|tracks| !tracks.is_empty()).unwrap_or_default();
    let error_code =
        envelope.text(&poll.error_code).filter(|code| !is_no_error(account.api, code)).map(|code| shown(&code));
    let error_message = envelope.text(&poll.error_message).map(|message| shown(&message));
    let ready = tracks.iter().any(S::Track::is_ready);
    let progress = progress(account.api, &status, error_code.is_some(), ready);
    let is_listed = account.api.statuses.iter().any(|known| known.name == status);
    let Ok(status) = if is_listed { status.parse() } else { shown(&status).parse() };
    Snapshot { status, tracks, error_code, error_message, progress, json: Arc::new(envelope.body) }
}

/// Whether a code stands for no error: it is blank, zero in any spelling, or a code of success.
fn is_no_error(api: &Api, code: &str) -> bool {
    let code = code.trim();
    code.is_empty() || code.parse() == Ok(0.0) || code.parse().is_ok_and(|code| is_success(api, code))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::snapshot::Progress;
    use crate::{Client, Status, UploadCover};

    fn read(code: u32, data: &Value) -> Result<Polled<UploadCover>, Failure> {
        let client = Client::new("key").unwrap();
        let body = json!({ "code": code, "msg": "", "data": data });
        let envelope = Envelope::read(UploadCover::api(), 200, body.to_string().as_bytes()).unwrap();
        Polled::read(client.account(), "task-1", envelope)
    }

    fn poll(code: u32, data: &Value) -> Polled<UploadCover> {
        read(code, data).ok().unwrap()
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
    fn tracks_are_read_at_the_first_place_that_has_any() {
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
            let tracks = snapshot(&data).tracks;
            assert_eq!(tracks.len(), 1, "{data}");
            assert_eq!(tracks[0].id.as_deref(), Some(read), "{data}");
        }
        assert_eq!(snapshot(&json!({ "status": "SUCCESS", "data": list("second") })).tracks.len(), 1);
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
    fn a_status_that_no_page_lists_is_kept_without_secrets() {
        let snapshot = snapshot(&json!({ "status": "SEE https://a.example/song.mp3?signature=c2VjcmV0" }));
        let text = snapshot.status.to_string();
        assert!(text.starts_with("SEE ") && !text.contains("c2VjcmV0"), "{text}");
    }

    #[test]
    fn only_a_snapshot_that_says_no_more_than_its_status_is_kept_as_its_place() {
        let track = json!({ "sunoData": [{ "audioUrl": "https://a.example/1.mp3" }] });
        for status in ["PENDING", "TEXT_SUCCESS"] {
            let bare = snapshot(&json!({ "status": status }));
            let again = Snapshot::<UploadCover>::bare(bare.bare_status().unwrap());
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
            assert_eq!(snapshot(&more).bare_status(), None, "{more}");
        }
        assert!(snapshot(&json!({ "status": "SUCCESS", "response": track })).has_output());
    }

    #[test]
    fn a_waiting_task_with_an_error_is_dead_unless_the_error_is_none() {
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
    fn an_unanswered_callback_is_done_with_tracks_and_runs_on_without() {
        let track = json!({ "sunoData": [{ "audioUrl": "https://a.example/1.mp3" }] });
        assert!(snapshot(&json!({ "status": "CALLBACK_EXCEPTION", "response": track })).is_done());
        let running = snapshot(&json!({ "status": "CALLBACK_EXCEPTION" }));
        assert!(!running.is_done() && !running.is_failed());
    }

    #[test]
    fn a_task_that_is_not_known_is_told_apart_from_other_codes() {
        assert!(
            matches!(poll(404, &Value::Null), Polled::NoSuchTask(failure) if failure.code.is_some_and(|(code, _)| code == 404))
        );
        assert!(
            matches!(poll(422, &Value::Null), Polled::NoSuchTask(failure) if failure.code.is_some_and(|(code, _)| code == 422))
        );
    }

    #[test]
    fn a_code_of_success_is_no_error() {
        assert!(!snapshot(&json!({ "status": "PENDING", "errorCode": 200 })).is_failed());
    }

    #[test]
    fn of_thousands_of_tracks_the_first_are_read_and_the_answer_has_all() {
        let tracks = vec![json!({ "id": "1", "audioUrl": "https://a.example/1" }); 5_000];
        let snapshot = snapshot(&json!({ "status": "SUCCESS", "response": { "sunoData": tracks } }));
        assert_eq!(snapshot.tracks.len(), 1_000);
        assert_eq!(snapshot.json()["data"]["response"]["sunoData"].as_array().map(Vec::len), Some(5_000));
    }

    #[test]
    fn an_answer_about_another_task_is_no_answer() {
        let about = |task: Value| read(200, &json!({ "taskId": task, "status": "SUCCESS" })).map(|_| ());
        assert!(about(json!("task-1")).is_ok());
        assert!(about(Value::Null).is_ok(), "it need not say which task it is about");
        let failure = about(json!("task-2")).unwrap_err();
        assert_eq!(failure.kind, Kind::BadAnswer(Seen::OtherTask));
    }

    #[test]
    fn an_answer_names_its_task_by_the_digits_that_were_sent() {
        let client = Client::new("key").unwrap();
        let about = |sent: &str| {
            let body = format!(r#"{{"code":200,"data":{{"taskId":{sent},"status":"PENDING"}}}}"#);
            let envelope = Envelope::read(UploadCover::api(), 200, body.as_bytes()).unwrap();
            Polled::<UploadCover>::read(client.account(), "1e3", envelope).map(|_| ())
        };
        assert!(about("1e3").is_ok());
        assert!(about(r#""1e3""#).is_ok());
        assert_eq!(about("1000").unwrap_err().kind, Kind::BadAnswer(Seen::OtherTask));
    }

    #[test]
    fn a_snapshot_keeps_the_answer_as_it_came() {
        let snapshot = snapshot(&json!({ "status": "SUCCESS", "unheard": [1, { "of": null }] }));
        assert_eq!(snapshot.json()["data"]["unheard"], json!([1, { "of": null }]));
        assert_eq!(snapshot.json()["code"], 200);
    }
}
