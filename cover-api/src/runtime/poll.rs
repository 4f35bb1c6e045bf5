//! Reads what one poll says of a task.

use cover_spec::wire::Api;

use crate::error::{Failure, Kind};
use crate::read;
use crate::service::{Service, Track};
use crate::snapshot::{Snapshot, progress, tracks};
use crate::transport::envelope::{self, Envelope, is_success};

/// An answer to a poll.
pub(super) enum Polled<S: Service> {
    Snapshot(Snapshot<S>),
    /// The service knows no such task.
    NoSuchTask(Failure),
}

impl<S: Service> Polled<S> {
    /// Reads an answer; gives it back where its code is neither success nor about a task that is not known.
    pub(super) fn read(
        api: &Api,
        envelope: Envelope,
        fit: impl Fn(Option<String>) -> Option<String>,
    ) -> Result<Self, Envelope> {
        if api.poll.unknown_task.contains(&envelope.code) {
            let known = envelope::code(api, envelope.code);
            let failure = Failure::new(Kind::NoSuchTask).with_code(envelope.code, known, fit(envelope.message));
            return Ok(Self::NoSuchTask(failure));
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::snapshot::Progress;
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
        assert!(
            matches!(poll(404, &Value::Null), Polled::NoSuchTask(failure) if failure.code.is_some_and(|(code, _)| code == 404))
        );
        assert!(
            matches!(poll(422, &Value::Null), Polled::NoSuchTask(failure) if failure.code.is_some_and(|(code, _)| code == 422))
        );
    }
}
