use std::sync::LazyLock;
use std::time::SystemTime;

use cover_spec::answers::Envelope;
use serde_json::{Value, json};
use tokio::time::advance;

use super::*;
use crate::error::{Kind, WaitStats};
use crate::follow::update::Update;
use crate::service::{OperationId, StaticService};
use crate::{Client, Status, TaskHandle, UploadCover};

const MINUTE: Duration = Duration::from_secs(60);

static CLIENT: LazyLock<Client> = LazyLock::new(|| Client::new("key").unwrap());

fn poller(timeout: Duration) -> Poller<UploadCover> {
    let handle: TaskHandle = serde_json::from_value(json!({ "service": UploadCover::api().id, "task": "1" })).unwrap();
    Poller::new(Arc::clone(&CLIENT.operation), handle, Origin::default(), timeout, true)
}

fn answer(code: u32, data: &Value) -> Result<PollAnswer<UploadCover>, Error<UploadCover>> {
    let body = json!({ "code": code, "data": data }).to_string();
    let envelope = Envelope::read(UploadCover::api(), 200, body.as_bytes()).unwrap();
    Ok(PollAnswer::read(&CLIENT.operation, "1", envelope)?)
}

fn status(name: &str) -> Result<PollAnswer<UploadCover>, Error<UploadCover>> {
    answer(200, &json!({ "status": name }))
}

fn silence() -> Error<UploadCover> {
    Error::new(Kind::NoAnswer)
}

/// Returns the pause after this answer, in seconds.
fn pause_after(poller: &mut Poller<UploadCover>, polled: Result<PollAnswer<UploadCover>, Error<UploadCover>>) -> u64 {
    let item = poller.observe(polled);
    assert!(!matches!(item, Some(Err(_))), "{item:?}");
    (poller.earliest - Instant::now()).as_secs()
}

#[tokio::test(start_paused = true)]
async fn an_unknown_task_ends_the_wait_after_a_minute() {
    let mut poller = poller(10 * MINUTE);
    assert!(poller.observe(answer(404, &Value::Null)).is_none());
    advance(Duration::from_secs(59)).await;
    assert!(poller.observe(answer(422, &Value::Null)).is_none());
    advance(Duration::from_secs(1)).await;
    let error = poller.observe(answer(404, &Value::Null)).unwrap().unwrap_err();
    assert!(error.is_not_found() && error.handle().is_some(), "{error:?}");
    assert_eq!(error.wait_stats(), Some(WaitStats::new(3, 0, 3, MINUTE)));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_was_known_is_lost_only_after_a_minute_of_unknown_task_answers() {
    let mut poller = poller(60 * MINUTE);
    assert!(matches!(poller.observe(status("PENDING")), Some(Ok(Update::Stage(_)))));
    advance(30 * MINUTE).await;
    assert!(poller.observe(answer(404, &Value::Null)).is_none());
    advance(MINUTE / 2).await;
    assert!(poller.observe(status("PENDING")).is_none(), "one server was behind");
    advance(MINUTE).await;
    assert!(poller.observe(answer(404, &Value::Null)).is_none());
    advance(MINUTE).await;
    assert!(poller.observe(answer(404, &Value::Null)).unwrap().is_err_and(|error| error.is_not_found()));
}

#[tokio::test(start_paused = true)]
async fn the_last_snapshot_of_a_running_task_is_kept_without_its_json() {
    let mut poller = poller(MINUTE);
    let tracks = json!([{ "id": "a", "audioUrl": "" }]);
    poller.observe(answer(200, &json!({ "status": "TEXT_SUCCESS", "response": { "sunoData": tracks } })));
    let error = poller.timed_out();
    let last = error.last_snapshot().unwrap();
    assert_eq!((last.tracks.len(), last.json()), (1, &Value::Null));
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_done_without_output_gets_a_minute_to_deliver_it() {
    let late = json!({ "status": "SUCCESS", "response": { "sunoData": [{ "id": "a", "audioUrl": null }] } });
    let mut poller = poller(10 * MINUTE);
    assert!(poller.observe(answer(200, &late)).is_none());
    advance(MINUTE).await;
    let error = poller.observe(answer(200, &late)).unwrap().unwrap_err();
    assert!(error.is_output_missing() && error.handle().is_some() && !error.is_timeout(), "{error}");
    let last = error.last_snapshot().unwrap();
    assert!(last.is_done() && !last.has_output() && last.tracks.len() == 1);
    assert_eq!(last.json()["data"], late);
}

#[tokio::test(start_paused = true)]
async fn output_missing_at_the_timeout_is_not_reported_as_a_timeout() {
    let mut poller = poller(MINUTE / 2);
    assert!(poller.observe(status("SUCCESS")).is_none());
    advance(MINUTE / 2).await;
    assert!(poller.is_last_poll_made());
    let error = poller.timed_out();
    assert!(error.is_output_missing() && !error.is_timeout(), "{error}");
    assert_eq!(error.last_snapshot().unwrap().json()["data"]["status"], "SUCCESS");
}

#[tokio::test(start_paused = true)]
async fn failed_polls_do_not_end_a_wait_and_pauses_grow_to_a_minute() {
    let mut poller = poller(24 * 60 * MINUTE);
    let pauses: Vec<u64> = (0..6).map(|_| pause_after(&mut poller, Err(silence()))).collect();
    assert_eq!(pauses, [10, 20, 40, 60, 60, 60]);
    for _ in 0..1_000 {
        assert_eq!(pause_after(&mut poller, answer(500, &Value::Null)), 60);
    }
    assert_eq!(pause_after(&mut poller, status("GENERATING")), 10, "the next outage begins anew");
    assert_eq!(pause_after(&mut poller, Err(silence())), 10);
}

#[tokio::test(start_paused = true)]
async fn a_rejected_key_is_reported_and_tried_again_once_a_minute() {
    for code in [401, 429] {
        let mut poller = poller(10 * MINUTE);
        let Some(Ok(Update::PollFailed(error))) = poller.observe(answer(code, &Value::Null)) else {
            panic!("{code} ended the wait")
        };
        assert!(error.is_unauthorized() || error.is_insufficient_credits(), "{error}");
        assert_eq!(poller.earliest - Instant::now(), MINUTE);
    }
}

#[tokio::test(start_paused = true)]
async fn rate_limit_answers_do_not_lengthen_the_pauses() {
    let mut poller = poller(10 * MINUTE);
    for code in [405, 430, 455] {
        assert_eq!(pause_after(&mut poller, answer(code, &Value::Null)), 10);
    }
}

#[tokio::test(start_paused = true)]
async fn the_timeout_error_repeats_the_error_of_the_last_poll() {
    let mut poller = poller(MINUTE);
    assert!(poller.observe(answer(500, &Value::Null)).is_some());
    let text = poller.timed_out().to_string();
    assert!(text.contains("after 60s") && text.contains("code 500"), "{text}");
    assert!(poller.observe(status("GENERATING")).is_none());
    let error = poller.timed_out();
    assert!(error.is_timeout() && !error.is_output_missing(), "{error:?}");
    let text = error.to_string();
    assert!(!text.contains("500") && text.contains("status GENERATING"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn the_error_counts_polls_and_failed_polls() {
    let mut poller = poller(MINUTE);
    for polled in [Err(silence()), status("PENDING"), Err(silence()), answer(404, &Value::Null)] {
        poller.observe(polled);
    }
    advance(MINUTE).await;
    assert_eq!(poller.timed_out().wait_stats(), Some(WaitStats::new(4, 2, 1, MINUTE)));
}

#[tokio::test(start_paused = true)]
async fn a_wait_is_over_after_its_timeout_and_at_least_one_poll() {
    let mut poller = poller(MINUTE);
    assert_eq!(poller.end() - Instant::now(), MINUTE + GRACE);
    advance(MINUTE).await;
    assert!(!poller.is_last_poll_made(), "at least one poll is made");
    assert!(poller.observe(status("GENERATING")).is_none());
    assert!(poller.is_last_poll_made());
    let mut poller = self::poller(MINUTE);
    assert!(poller.observe(status("GENERATING")).is_none());
    advance(Duration::from_millis(59_999)).await;
    assert!(!poller.is_last_poll_made());
}

#[tokio::test(start_paused = true)]
async fn polls_are_due_at_the_timeout_at_the_latest_and_many_waits_slow_each_other() {
    let mut poller = poller(5 * MINUTE);
    let started = Instant::now();
    assert!(poller.observe(status("GENERATING")).is_none());
    assert_eq!(poller.places(), 20);
    // A request every half second for each that waits.
    for (waiting, due) in [(1, 10), (20, 10), (40, 20), (200, 100), (100_000, 300)] {
        assert_eq!((poller.due(waiting) - started).as_secs(), due, "{waiting}");
    }
    poller.confirms_callback = true;
    assert_eq!(poller.due(200), poller.earliest(), "what a callback said is confirmed at poll_once");
    let mut short = self::poller(Duration::from_secs(5));
    assert!(short.observe(status("GENERATING")).is_none());
    assert_eq!(short.earliest() - started, Duration::from_secs(5));
}

/// Returns the status that the wait reports after this answer, if any.
fn reported(poller: &mut Poller<UploadCover>, data: &Value) -> Option<Status> {
    match poller.observe(answer(200, data))? {
        Ok(Update::Stage(snapshot)) => Some(snapshot.status),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn each_stage_is_reported_once_and_in_order() {
    let mut poller = poller(10 * MINUTE);
    let mut reported = |status: &str| reported(&mut poller, &json!({ "status": status }));
    let names = ["GENERATING", "PENDING", "PENDING", "FIRST_SUCCESS", "TEXT_SUCCESS", "PENDING", "FIRST_SUCCESS"];
    let stages = names.map(&mut reported);
    let (pending, first) = (Some(Status::Pending), Some(Status::FirstSuccess));
    assert_eq!(stages, [None, pending, None, first, None, None, None]);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_done_with_output_is_reported_and_ends_the_wait() {
    let track = json!([{ "id": "a", "audioUrl": "https://a.example/1.mp3" }]);
    let done = json!({ "status": "SUCCESS", "response": { "sunoData": track } });
    let item = poller(MINUTE).observe(answer(200, &done)).unwrap();
    assert!(matches!(&item, Ok(Update::Stage(snapshot)) if snapshot.has_output()), "{item:?}");
    assert!(is_end(&item));
    for running in [status("PENDING"), Err(silence())] {
        assert!(!is_end(&poller(MINUTE).observe(running).unwrap()));
    }
    assert!(is_end(&poller(MINUTE).observe(status("SENSITIVE_WORD_ERROR")).unwrap()));
    assert!(!is_end::<UploadCover>(&Err(poller(MINUTE).timed_out())), "the task keeps running after a timeout");
}

#[tokio::test(start_paused = true)]
async fn a_failed_task_ends_the_wait() {
    let mut poller = poller(MINUTE);
    let error = poller.observe(status("GENERATE_AUDIO_FAILED")).unwrap().unwrap_err();
    assert!(error.is_failed(), "{error}");
}

/// If only the end is wanted. For stages, each is polled at once.
#[tokio::test(start_paused = true)]
async fn a_new_task_is_polled_after_a_pause_one_of_before_after_the_rest_and_one_that_has_ended_at_once() {
    let posted = Origin { was_posted: true, ..Origin::default() };
    let ended = Origin { has_ended: true, ..Origin::default() };
    for (age, origin, pause) in [
        (0, posted, 30.0),
        (4, posted, 30.0),
        (4, Origin::default(), 6.0),
        (10, Origin::default(), 0.0),
        (12, posted, 0.0),
        (0, ended, 0.0),
        (4, ended, 0.0),
    ] {
        let first_poll = |stages| {
            let created = SystemTime::now() - Duration::from_secs(age);
            let handle = TaskHandle::created_at(OperationId::of("sunoapi.org/upload-cover"), "1".to_owned(), created);
            let timeout = 10 * MINUTE;
            let poller = Poller::<UploadCover>::new(Arc::clone(&CLIENT.operation), handle, origin, timeout, stages);
            (poller.earliest - Instant::now()).as_secs_f64()
        };
        assert!((first_poll(false) - pause).abs() < 0.5, "after {age} s, {origin:?}: {} s", first_poll(false));
        assert!(first_poll(true) < 1e-9, "after {age} s, {origin:?}");
    }
}
