//! From a request to its tracks, against the sandbox.

use std::time::{Duration, Instant};

use cover_api::sandbox::{Answer, Sandbox, SandboxBuilder};
use cover_api::{Client, CoverRequest, Error, Model, NonCustom, Status, TaskHandle, Update};
use cover_spec::SHIPPED;
use serde_json::{Value, json};

type Outcome = Result<(), Box<dyn std::error::Error>>;

const SONG: &str = "https://storage.example.com/song.mp3?signature=s3cret";

fn fast() -> SandboxBuilder {
    Sandbox::builder().stage_each_poll().without_rate_limit()
}

fn client(sandbox: &Sandbox) -> Result<Client, Error> {
    let millis = Duration::from_millis;
    let builder = Client::builder(sandbox.key()).base_url(sandbox.url()).poll_every(millis(5), millis(15));
    builder.rate_limit(64, Duration::ZERO).max_attempts(1).retry_window(Duration::ZERO).build()
}

fn request() -> CoverRequest<NonCustom> {
    let builder = CoverRequest::non_custom().upload_url(SONG).without_callback().model(Model::V5);
    builder.prompt("A calm night drive").build().expect("valid")
}

#[tokio::test]
async fn a_request_of_every_mode_becomes_tracks_that_play() -> Outcome {
    let sandbox = fast().start().await?;
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
    let sandbox = fast().start().await?;
    sandbox.walk(["PENDING", "FIRST_SUCCESS", "TEXT_SUCCESS", "PENDING", "GENERATING", "FIRST_SUCCESS", "SUCCESS"]);
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
async fn early_stages_have_what_is_ready_then() -> Outcome {
    let sandbox = fast().start().await?;
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

/// Code, what one asks of the error, may it have been charged, seconds until it may be sent again.
type CodeCase = (u32, fn(&Error) -> bool, bool, Option<u64>);

#[tokio::test]
async fn each_code_of_a_submit_is_an_error_of_its_kind_and_nothing_is_sent_again() -> Outcome {
    let cases: [CodeCase; 10] = [
        (400, Error::is_invalid, false, None),
        (401, Error::is_unauthorized, false, None),
        (404, Error::is_not_found, false, None),
        (405, Error::is_rate_limited, false, Some(10)),
        (413, Error::is_invalid, false, None),
        (429, Error::is_insufficient_credits, false, None),
        (430, Error::is_rate_limited, false, Some(30)),
        (455, Error::is_maintenance, false, Some(60)),
        (500, Error::is_outcome_unknown, true, None),
        (599, Error::is_outcome_unknown, true, None),
    ];
    let sandbox = fast().start().await?;
    for (sent, (code, is_kind, charged, resend)) in (1..).zip(cases) {
        // What one answer means for the pace is not for the next one to feel.
        let client = client(&sandbox)?;
        sandbox.answer_submit(Answer::message(code, "see https://storage.example.com/song.mp3?signature=s3cret"));
        let error = client.send(&request()).await.expect_err("scripted");
        assert!(is_kind(&error), "{code}: {error:?}");
        assert_eq!(error.code(), Some(code));
        assert_eq!(error.may_have_been_charged(), charged, "{code}");
        assert_eq!(error.resend_after(), resend.map(Duration::from_secs), "{code}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        assert_eq!(sandbox.submits(), sent);
    }
    assert_eq!(sandbox.tasks(), 0);
    Ok(())
}

#[tokio::test]
async fn each_failure_status_ends_the_wait_with_handle_and_snapshot() -> Outcome {
    let sandbox = fast().start().await?;
    let client = client(&sandbox)?;
    for status in ["CREATE_TASK_FAILED", "GENERATE_AUDIO_FAILED", "SENSITIVE_WORD_ERROR"] {
        sandbox.walk(["PENDING", status]);
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
async fn an_unanswered_callback_is_no_failure() -> Outcome {
    let sandbox = fast().start().await?;
    sandbox.walk(["PENDING", "CALLBACK_EXCEPTION"]);
    let cover = client(&sandbox)?.send(&request()).await?.wait().await?;
    assert_eq!(cover.status, Status::CallbackException);
    assert!(cover.has_output());
    Ok(())
}

#[tokio::test]
async fn a_status_that_no_page_lists_runs_on() -> Outcome {
    let sandbox = fast().start().await?;
    sandbox.walk(["GENERATING", "GENERATING", "SUCCESS"]);
    let task = client(&sandbox)?.send(&request()).await?;
    assert_eq!(task.poll().await?.status, Status::Unknown("GENERATING".to_owned()));
    assert!(task.wait().await?.is_done());
    Ok(())
}

#[tokio::test]
async fn the_deadline_ends_the_wait_and_the_task_can_be_waited_for_again() -> Outcome {
    let sandbox = fast().start().await?;
    sandbox.walk((0..40).map(|_| "PENDING").chain(["SUCCESS"]));
    let task = client(&sandbox)?.send(&request()).await?;
    let started = Instant::now();
    let error = task.wait().timeout(Duration::from_millis(60)).await.expect_err("too early");
    assert!(started.elapsed() >= Duration::from_millis(60));
    assert!(error.is_timeout() && error.is_timeout(), "{error:?}");
    assert_eq!(error.last_snapshot().map(|last| &last.status), Some(&Status::Pending));
    assert_eq!(error.handle(), Some(&task.handle()));
    assert!(task.wait().await?.is_done());
    Ok(())
}

#[tokio::test]
async fn a_deadline_of_nothing_polls_once() -> Outcome {
    let sandbox = fast().start().await?;
    let task = client(&sandbox)?.send(&request()).await?;
    let error = task.wait().timeout(Duration::ZERO).await.expect_err("too early");
    assert!(error.is_timeout());
    assert_eq!(sandbox.polls(), 1);
    Ok(())
}

#[tokio::test]
async fn a_deadline_beyond_all_time_is_no_panic() -> Outcome {
    let sandbox = fast().start().await?;
    let task = client(&sandbox)?.send(&request()).await?;
    assert!(task.wait().timeout(Duration::MAX).await?.is_done());
    Ok(())
}

#[tokio::test]
async fn a_new_client_goes_on_with_a_serialised_handle() -> Outcome {
    let sandbox = fast().start().await?;
    let kept = serde_json::to_string(&client(&sandbox)?.send(&request()).await?.handle())?;
    assert!(kept.starts_with(r#"{"service":"sunoapi.org/upload-cover","task":"task-1","created":1"#), "{kept}");
    let handle: TaskHandle = serde_json::from_str(&kept)?;
    let cover = client(&sandbox)?.resume(handle).wait().await?;
    assert_eq!(cover.tracks.len(), 2);
    assert_eq!(sandbox.submits(), 1);
    Ok(())
}

#[tokio::test]
async fn a_handle_of_another_service_is_refused_where_it_is_read() {
    for (text, why) in [
        (r#"{"service":"speech.example","task":"1"}"#, "of another service: `speech.example`"),
        (r#"{"task":"1"}"#, "missing field `service`"),
        (r#"{"service":"sunoapi.org/upload-cover"}"#, "missing field `task`"),
        (r#"{"service":"sunoapi.org/upload-cover","task":""}"#, "missing field `task`"),
        ("[]", "expected a map"),
    ] {
        let error = serde_json::from_str::<TaskHandle>(text).expect_err(text);
        assert!(error.to_string().contains(why), "{error}");
    }
}

#[tokio::test]
async fn a_task_that_is_not_known_yet_is_waited_for() -> Outcome {
    let sandbox = fast().start().await?;
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
async fn a_wait_outlives_answers_that_make_no_sense() -> Outcome {
    let sandbox = fast().start().await?;
    let task = client(&sandbox)?.send(&request()).await?;
    sandbox.answer_poll(Answer::raw(502, "<html>bad gateway</html>"));
    sandbox.answer_poll(Answer::raw(200, "[]"));
    sandbox.answer_poll(Answer::cut_short(r#"{"code":200,"da"#));
    sandbox.answer_poll(Answer::code(500));
    assert!(task.wait().await?.is_done());
    Ok(())
}

#[tokio::test]
async fn answers_that_make_no_sense_and_a_refused_key_end_no_wait() -> Outcome {
    let sandbox = fast().start().await?;
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

#[tokio::test]
async fn a_wrong_key_is_refused_and_never_shown() -> Outcome {
    let sandbox = fast().start().await?;
    let client = Client::builder("s3cret-key").base_url(sandbox.url()).build()?;
    let error = client.send(&request()).await.expect_err("wrong key");
    assert!(error.is_unauthorized() && !error.may_have_been_charged(), "{error:?}");
    let credits = client.credits().await.expect_err("wrong key");
    let shown = format!("{client:?} {error:?} {error} {credits:?} {credits}");
    assert!(!shown.contains("s3cret"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn a_key_that_the_service_repeats_is_not_shown() -> Outcome {
    let sandbox = fast().key("s3cret-key").start().await?;
    sandbox.answer_submit(Answer::message(401, "no such key: s3cret-key"));
    let error = client(&sandbox)?.send(&request()).await.expect_err("scripted");
    let shown = format!("{error} {error:?}");
    assert!(!shown.contains("s3cret") && shown.contains(": message withheld: it repeats the API key"), "{shown}");
    Ok(())
}

#[tokio::test]
async fn an_error_names_the_host_and_the_cause_and_debug_begins_with_both() -> Outcome {
    for (base, send, poll) in [
        (
            "http://127.0.0.1:1/proxy",
            "the request was not sent: no connection to 127.0.0.1:1: connection refused",
            "the service did not answer: no connection to 127.0.0.1:1: connection refused [task t]",
        ),
        (
            "http://nowhere.invalid/proxy",
            "the request was not sent: no connection to nowhere.invalid:80: failed to lookup address information: ",
            "the service did not answer: no connection to nowhere.invalid:80: failed to lookup address information: ",
        ),
    ] {
        // A resolver takes its time to find nothing.
        let patience = Duration::from_secs(60);
        let client = Client::builder("key").base_url(base).allow_plain_http();
        let client =
            client.configure_http(move |http| http.no_proxy().connect_timeout(patience)).max_attempts(1).build()?;
        let handle = serde_json::from_str(r#"{"service":"sunoapi.org/upload-cover","task":"t"}"#)?;
        let errors = [
            (client.send(&request()).await.expect_err("no connection"), send),
            (client.resume(handle).poll().await.expect_err("no connection"), poll),
        ];
        for (error, says) in errors {
            let text = error.to_string();
            assert!(text.starts_with(says) && !text.contains('\n'), "{text}");
            assert!(format!("{error:?}").starts_with(&format!("{text} Error {{ kind: ")), "{error:?}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_sandbox_refuses_what_the_typed_request_cannot_say() -> Outcome {
    let sandbox = fast().start().await?;
    let body = json!({
        "uploadUrl": "song.mp3", "customMode": false, "model": "V9", "prompt": "x".repeat(401), "style": "jazz",
        "stlye": 1, "callBackUrl": null,
    });
    let answer = post(&sandbox, &body.to_string()).await?;
    assert_eq!(answer["code"], 400);
    let message = answer["msg"].as_str().unwrap_or_default();
    for fault in [
        "stlye: no such field",
        "uploadUrl: no http or https address",
        "model: must be one of V3_5, V4, V4_5, V4_5PLUS, V5",
        "prompt: 401 characters, at most 400 in NonCustom",
        "style: must be left out in NonCustom",
        "callBackUrl: must be an http or https address",
    ] {
        assert!(message.contains(fault), "{fault} is not in {message}");
    }
    assert_eq!(post(&sandbox, "not JSON").await?["code"], 400);
    assert_eq!(post(&sandbox, "{}").await?["code"], 400);
    assert_eq!(sandbox.tasks(), 0);
    Ok(())
}

/// What no typed request would send.
async fn post(sandbox: &Sandbox, body: &str) -> Result<Value, Box<dyn std::error::Error>> {
    exchange(sandbox, "POST /api/v1/generate/upload-cover", body).await
}

/// The whole answer to a poll.
async fn record(sandbox: &Sandbox, task: &str) -> Result<Value, Box<dyn std::error::Error>> {
    exchange(sandbox, &format!("GET /api/v1/generate/record-info?taskId={task}"), "").await
}

async fn exchange(sandbox: &Sandbox, what: &str, body: &str) -> Result<Value, Box<dyn std::error::Error>> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", sandbox.port())).await?;
    let head = format!(
        "{what} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        sandbox.key(),
        body.len()
    );
    stream.write_all(format!("{head}{body}").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or("no body")?;
    Ok(serde_json::from_str(body)?)
}

#[tokio::test]
async fn an_answer_to_a_poll_repeats_the_request_as_text_where_the_spec_says_so() -> Outcome {
    const HOOK: &str = "https://api.example.com/covers/1/2f6b?a=1&b=2";
    let builder = CoverRequest::non_custom().upload_url(SONG).call_back_url(HOOK).model(Model::V5);
    let request = builder.prompt("\"Nuit d'été\"\n").build()?;
    let sandbox = fast().start().await?;
    let task = client(&sandbox)?.send(&request).await?;
    for _ in 0..4 {
        let answer = record(&sandbox, task.id()).await?;
        assert_eq!(answer["data"]["taskId"], task.id(), "its id too");
        let text = answer["data"]["param"].as_str().ok_or("no text")?;
        assert!(text.contains(HOOK), "{text}");
        assert_eq!(serde_json::from_str::<Value>(text)?, serde_json::to_value(&request)?, "at {}", answer["data"]);
    }
    let silent = fast().spec(SHIPPED.replace("request = \"data.param\"\n", "")).start().await?;
    let task = client(&silent)?.send(&request).await?;
    let answer = record(&silent, task.id()).await?;
    assert_eq!((&answer["data"]["status"], answer["data"].get("param")), (&json!("PENDING"), None));
    Ok(())
}

#[tokio::test]
async fn the_sandbox_lists_the_tasks_that_it_created_in_their_order() -> Outcome {
    let sandbox = fast().start().await?;
    assert_eq!(sandbox.created(), []);
    let client = client(&sandbox)?;
    let asked = |number: usize| {
        let builder = CoverRequest::non_custom().upload_url(SONG).without_callback().model(Model::V5);
        builder.prompt(number.to_string()).build()
    };
    let mut ids = Vec::new();
    for number in 0..12 {
        ids.push(client.send(&asked(number)?).await?.id().to_owned());
    }
    sandbox.answer_submit(Answer::code(500));
    client.send(&asked(12)?).await.expect_err("scripted");
    assert_eq!(post(&sandbox, "{}").await?["code"], 400);
    let created = sandbox.created();
    assert_eq!(created.iter().map(|task| task.id.clone()).collect::<Vec<_>>(), ids);
    for (number, task) in created.iter().enumerate() {
        assert_eq!(task.request, serde_json::to_value(asked(number)?)?);
    }
    assert_eq!(created.len(), sandbox.tasks());
    Ok(())
}

/// Every answer is lost, or its request refused: what was done all the same is in the list.
#[tokio::test]
async fn tasks_whose_reply_was_lost_are_listed_too() -> Outcome {
    let sandbox = fast().faults(1.0, 7).start().await?;
    let mut unknown = 0;
    for _ in 0..20 {
        let error = client(&sandbox)?.send(&request()).await.expect_err("always faulty");
        unknown += usize::from(error.is_outcome_unknown());
    }
    let created = sandbox.created();
    assert!(unknown > 0 && unknown < 20, "{unknown}");
    assert_eq!(created.len(), unknown);
    assert!(created.iter().all(|task| task.request["uploadUrl"] == SONG));
    Ok(())
}

#[tokio::test]
async fn credits_are_spent_once_for_each_task_and_run_out() -> Outcome {
    let sandbox = fast().credits(30).start().await?;
    let client = client(&sandbox)?;
    for left in [18.0, 6.0] {
        client.send(&request()).await?;
        assert!((client.credits().await? - left).abs() < f64::EPSILON);
    }
    let error = client.send(&request()).await.expect_err("6 are left");
    assert!(error.is_insufficient_credits() && !error.may_have_been_charged(), "{error:?}");
    assert_eq!(sandbox.tasks(), 2);
    Ok(())
}
