//! Waits from the request to the tracks.

use std::time::{Duration, Instant};

use cover_api::sandbox::Answer;
use cover_api::{CoverRequest, Model, Status, TaskHandle, Update};
use cover_testkit::Outcome;

use crate::common::{SONG, client, fast_sandbox, request};

#[tokio::test]
async fn a_request_of_every_mode_becomes_tracks_that_play() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    let client = client(&sandbox)?;
    let instrumental = CoverRequest::custom_instrumental().upload_url(SONG).without_callback().model(Model::V4_5);
    let instrumental = instrumental.style("Smooth jazz trio").title("Night Drive").build()?;
    let vocal = CoverRequest::custom_vocal().upload_url(SONG).without_callback().model(Model::V4_5);
    let vocal = vocal.prompt("La la la").style("Smooth jazz trio").title("Night Song").build()?;
    for (task, title) in [
        (client.send(&instrumental).await?, Some("Night Drive")),
        (client.send(&vocal).await?, Some("Night Song")),
        (client.send(&request()).await?, None),
    ] {
        let cover = task.wait().await?;
        assert_eq!(cover.status, Status::Success);
        assert_eq!(cover.tracks.len(), 2);
        for track in &cover.tracks {
            assert!(title.is_none_or(|title| track.title.as_deref() == Some(title)));
            assert_eq!(track.duration, Some(2.0));
            let audio = client.download(track.audio_url.as_ref().expect("a finished track")).await?;
            assert_eq!([&audio[..4], &audio[8..12]], [b"RIFF", b"WAVE"]);
        }
    }
    assert_eq!(sandbox.tasks(), 3);
    Ok(())
}

#[tokio::test]
async fn each_stage_comes_once_and_in_order() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    sandbox.script_statuses([
        "PENDING",
        "FIRST_SUCCESS",
        "TEXT_SUCCESS",
        "PENDING",
        "GENERATING",
        "FIRST_SUCCESS",
        "SUCCESS",
    ]);
    let task = client(&sandbox)?.send(&request()).await?;
    let mut updates = task.wait().updates();
    let mut stages = Vec::new();
    while let Some(update) = updates.next().await {
        if let Update::Stage(snapshot) = update? {
            stages.push(snapshot.status);
        }
    }
    assert_eq!(stages, [Status::Pending, Status::FirstSuccess, Status::Success]);
    assert!(updates.next().await.is_none());
    Ok(())
}

#[tokio::test]
async fn each_stage_has_the_results_that_are_ready() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    let task = client(&sandbox)?.send(&request()).await?;
    let mut ready = Vec::new();
    for _ in 0..4 {
        let snapshot = task.poll().await?;
        let audio = snapshot.tracks.iter().filter(|track| track.audio_url.is_some()).count();
        let streams = snapshot.tracks.iter().filter(|track| track.stream_audio_url.is_some()).count();
        ready.push((snapshot.status, streams, audio));
        tokio::time::sleep(Duration::from_millis(6)).await;
    }
    let expected =
        [(Status::Pending, 0, 0), (Status::TextSuccess, 2, 0), (Status::FirstSuccess, 2, 1), (Status::Success, 2, 2)];
    assert_eq!(ready, expected);
    Ok(())
}

#[tokio::test]
async fn each_failure_status_ends_the_wait_with_handle_and_snapshot() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    let client = client(&sandbox)?;
    for status in ["CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED", "SENSITIVE_WORD_ERROR"] {
        sandbox.script_statuses(["PENDING", status]);
        let task = client.send(&request()).await?;
        let error = task.wait().await.expect_err("scripted");
        assert!(error.is_failed(), "{error:?}");
        assert_eq!(error.handle(), Some(&task.handle()));
        assert_eq!(error.last_snapshot().map(|last| last.status.to_string()).as_deref(), Some(status));
        assert!(error.to_string().contains(status), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_failed_callback_is_not_a_failed_task() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    sandbox.script_statuses(["PENDING", "CALLBACK_EXCEPTION"]);
    let cover = client(&sandbox)?.send(&request()).await?.wait().await?;
    assert_eq!(cover.status, Status::CallbackException);
    assert!(cover.has_output());
    Ok(())
}

#[tokio::test]
async fn a_task_with_an_unlisted_status_is_still_running() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    sandbox.script_statuses(["GENERATING", "GENERATING", "SUCCESS"]);
    let task = client(&sandbox)?.send(&request()).await?;
    assert_eq!(task.poll().await?.status, Status::Unknown("GENERATING".to_owned()));
    assert!(task.wait().await?.is_done());
    Ok(())
}

#[tokio::test]
async fn a_timeout_ends_a_wait_and_the_task_can_be_waited_for_again() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    sandbox.script_statuses((0..40).map(|_| "PENDING").chain(["SUCCESS"]));
    let task = client(&sandbox)?.send(&request()).await?;
    let started = Instant::now();
    let error = task.wait().timeout(Duration::from_millis(60)).await.expect_err("too early");
    assert!(started.elapsed() >= Duration::from_millis(60));
    assert!(error.is_timeout(), "{error:?}");
    assert_eq!(error.last_snapshot().map(|last| &last.status), Some(&Status::Pending));
    assert_eq!(error.handle(), Some(&task.handle()));
    assert!(task.wait().await?.is_done());
    Ok(())
}

#[tokio::test]
async fn a_wait_with_a_timeout_of_zero_polls_once() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    let task = client(&sandbox)?.send(&request()).await?;
    let error = task.wait().timeout(Duration::ZERO).await.expect_err("too early");
    assert!(error.is_timeout());
    assert_eq!(sandbox.polls(), 1);
    Ok(())
}

#[tokio::test]
async fn the_longest_timeout_does_not_overflow() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    let task = client(&sandbox)?.send(&request()).await?;
    assert!(task.wait().timeout(Duration::MAX).await?.is_done());
    Ok(())
}

#[tokio::test]
async fn a_new_client_resumes_from_a_serialised_handle() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    let kept = serde_json::to_string(&client(&sandbox)?.send(&request()).await?.handle())?;
    assert!(kept.starts_with(r#"{"service":"sunoapi.org/upload-cover","task":"task-1","created":1"#), "{kept}");
    let handle: TaskHandle = serde_json::from_str(&kept)?;
    let cover = client(&sandbox)?.resume(handle).wait().await?;
    assert_eq!(cover.tracks.len(), 2);
    assert_eq!(sandbox.submits(), 1);
    Ok(())
}

#[tokio::test]
async fn a_task_that_the_service_does_not_know_yet_is_waited_for() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    let task = client(&sandbox)?.send(&request()).await?;
    sandbox.answer_poll(Answer::code(404));
    let error = task.poll().await.expect_err("scripted");
    assert!(error.is_not_found(), "{error:?}");
    assert_eq!(error.handle(), Some(&task.handle()));
    sandbox.answer_poll(Answer::code(422));
    sandbox.answer_poll(Answer::code(404));
    assert!(task.wait().await?.is_done());
    Ok(())
}

#[tokio::test]
async fn a_wait_survives_nonsensical_answers() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    let task = client(&sandbox)?.send(&request()).await?;
    sandbox.answer_poll(Answer::raw(502, "<html>bad gateway</html>"));
    sandbox.answer_poll(Answer::raw(200, "[]"));
    sandbox.answer_poll(Answer::cut_short(r#"{"code":200,"da"#));
    sandbox.answer_poll(Answer::code(500));
    assert!(task.wait().await?.is_done());
    Ok(())
}

#[tokio::test]
async fn a_wait_reports_each_failed_poll_and_continues() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    let task = client(&sandbox)?.send(&request()).await?;
    for _ in 0..9 {
        sandbox.answer_poll(Answer::raw(502, "<html>bad gateway</html>"));
    }
    sandbox.answer_poll(Answer::code(401));
    let (mut failed, mut updates) = (Vec::new(), task.wait().updates());
    while let Some(update) = updates.next().await {
        if let Update::PollFailed(error) = update? {
            failed.push(error);
        }
    }
    assert_eq!(failed.len(), 10);
    assert!(failed.iter().all(|error| error.handle() == Some(&task.handle())));
    let text = failed[0].to_string();
    assert!(text.contains("502") && text.contains("is not JSON"), "{text}");
    assert!(failed[9].is_unauthorized());
    Ok(())
}
