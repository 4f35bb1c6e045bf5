//! Other endpoints and other services, whose specs were written from their public pages: requests are built, sent and followed
//! in a sandbox of the same spec.

use std::error::Error;
use std::time::Duration;

use cover_api::runtime::{ClientBuilder, StaticService};
use cover_api::sandbox::Sandbox;
use cover_api::tables::Api;
use cover_spec::{SHIPPED, Spec};
use cover_tests::clip;

type Outcome = Result<(), Box<dyn Error>>;

mod extend {
    cover_api::api!("specs/siblings/extend.toml", in crate::other_services::extend);
}
mod replace {
    cover_api::api!("specs/siblings/replace.toml", in crate::other_services::replace);
}
mod songbook {
    cover_api::api!("specs/songbook.toml", in crate::other_services::songbook);
}
mod vocals {
    cover_api::api!("specs/siblings/add_vocals.toml", in crate::other_services::vocals);
}
mod kling {
    cover_api::api!("specs/others/kling.toml", in crate::other_services::kling);
}
mod transcript {
    cover_api::api!("specs/others/transcript.toml", in crate::other_services::transcript);
}

#[test]
fn a_client_of_a_service_without_callbacks_has_no_callback_address() {
    let builder = kling::Client::builder("key").callbacks("https://api.example.com/videos", "0123456789abcdef");
    let error = builder.build().expect_err("callbacks are not supported");
    assert_eq!(error.to_string(), "callbacks cannot be received: the service sends none");
}

#[test]
fn the_generated_rules_equal_those_of_the_sandbox() {
    for (text, generated) in [
        (SHIPPED, cover_api::UploadCover::api()),
        (include_str!("../../specs/siblings/extend.toml"), extend::UploadExtend::api()),
        (include_str!("../../specs/clip.toml"), clip::Clips::api()),
        (include_str!("../../specs/others/kling.toml"), kling::Kling::api()),
        (include_str!("../../specs/others/transcript.toml"), transcript::AssemblyAi::api()),
    ] {
        let made = Spec::parse("spec.toml", text).expect("no faults").api();
        assert_eq!(*generated, made, "{}", generated.id);
    }
    let request = |api: &Api| api.poll.as_ref().unwrap().request.join(".");
    assert_eq!(request(cover_api::UploadCover::api()), "data.param");
    assert_eq!(request(extend::UploadExtend::api()), "data.param", "as its base says");
    assert_eq!(request(clip::Clips::api()), "data.asked");
    assert_eq!(request(kling::Kling::api()), "", "not said");
    let places = |api: &Api| api.results[0].at.iter().map(|place| place.join(".")).collect::<Vec<_>>();
    assert_eq!(places(cover_api::UploadCover::api()), ["data.response.sunoData", "data.data"]);
    assert_eq!(places(extend::UploadExtend::api()), ["data.response.sunoData", "data.data"], "as its base says");
    assert_eq!(places(clip::Clips::api()), ["data.clips"], "one text is one place");
    assert_eq!(places(transcript::AssemblyAi::api()), ["text"]);
    let task = |api: &Api| api.poll.as_ref().unwrap().task.join(".");
    assert_eq!(task(cover_api::UploadCover::api()), "data.taskId");
    assert_eq!(task(clip::Clips::api()), "", "not said");
}

async fn sandbox(spec: &str) -> Result<Sandbox, Box<dyn Error>> {
    Ok(Sandbox::builder().spec(spec).stage_each_poll().without_rate_limit().start().await?)
}

fn setup<S: StaticService>(builder: ClientBuilder<S>, sandbox: &Sandbox) -> ClientBuilder<S> {
    builder
        .base_url(sandbox.url())
        .poll_every(Duration::from_millis(1), Duration::from_millis(2))
        .rate_limit(64, Duration::ZERO)
}

#[tokio::test]
async fn a_sibling_endpoint_takes_codes_statuses_and_tracks_from_its_base() -> Outcome {
    let sandbox = sandbox(include_str!("../../specs/siblings/extend.toml")).await?;
    let client = setup(extend::Client::builder(sandbox.key()), &sandbox).build()?;
    let request = extend::extend! {
        mode: Own<Instrumental>,
        upload_url: "https://storage.example.com/song.mp3",
        model: V5,
        continue_at: 60,
        style: "Smooth jazz trio",
        title: "Night Drive",
        call_back_url: "https://api.example.com/callback",
    };
    let done = client.send(&request).await?.wait().await?;
    assert_eq!((&done.status, done.tracks.len()), (&extend::Status::Success, 2));
    Ok(())
}

#[tokio::test]
async fn types_prove_exactly_one_of_two_groups_and_build_checks_a_difference() -> Outcome {
    let sandbox = sandbox(include_str!("../../specs/siblings/replace.toml")).await?;
    let client = setup(replace::Client::builder(sandbox.key()), &sandbox).build()?;
    let request = |start: f64, end: f64| {
        let builder =
            replace::ReplaceRequest::builder().task_id("t").audio_id("a").prompt("La").tags("jazz").title("Night");
        let builder = builder.full_lyrics("La la");
        builder.infill_start_s(start).infill_end_s(end).build()
    };
    client.send(&request(10.5, 30.0)?).await?.wait().await?;
    let refused = request(10.0, 15.5).unwrap_err();
    assert_eq!(refused.to_string(), "infill_end_s - infill_start_s: 5.5, at least 10");
    Ok(())
}

#[tokio::test]
async fn an_endpoint_without_modes_works_from_request_to_result() -> Outcome {
    let sandbox = sandbox(include_str!("../../specs/siblings/add_vocals.toml")).await?;
    let client = setup(vocals::Client::builder(sandbox.key()), &sandbox).build()?;
    let request = vocals::vocals! {
        upload_url: "https://storage.example.com/piano.mp3",
        prompt: "A quiet voice",
        title: "Night Drive",
        style: "Jazz",
        negative_tags: "Heavy metal",
        vocal_gender: Female,
        call_back_url: "https://api.example.com/callback",
    };
    assert_eq!(client.send(&request).await?.wait().await?.tracks.len(), 2);
    Ok(())
}

#[tokio::test]
async fn lists_totals_null_and_names_with_blanks_work() -> Outcome {
    let sandbox = sandbox(include_str!("../../specs/songbook.toml")).await?;
    let client = setup(songbook::Client::builder(sandbox.key()), &sandbox).build()?;
    let request = songbook::SongbookRequest::builder()
        .task_ids(["a", "b"])
        .null_vocal_start()
        .name("Anna")
        .kind(songbook::Lesson::Voice)
        .build()?;
    let json = serde_json::to_string(&request)?;
    assert_eq!(json, r#"{"taskIds":["a","b"],"vocalStrat ":null,"name":"Anna","kind":"voice"}"#);
    assert!(songbook::SongbookRequest::from_json(&json)? == request);
    client.send(&request).await?.wait().await?;
    let ids = ["a", "b", "c"];
    let many = songbook::SongbookRequest::builder().task_ids(ids).audio_ids(ids).name("Anna").build().unwrap_err();
    assert_eq!(many.to_string(), "task_ids, audio_ids: 6 items together, at most 4");
    let voice = songbook::SongbookRequest::builder().task_ids(ids).name("A").kind(songbook::Lesson::Voice).build();
    assert_eq!(voice.unwrap_err().to_string(), "vocal_start, audio_ids: give at least one of them");
    Ok(())
}

#[tokio::test]
async fn the_id_of_a_task_can_be_in_the_path_of_a_poll() -> Outcome {
    let sandbox = sandbox(include_str!("../../specs/others/kling.toml")).await?;
    let client = setup(kling::Client::builder(sandbox.key()), &sandbox).build()?;
    let request =
        kling::VideoRequest::builder().model_name(kling::Model::KlingV1_6).prompt("A cat").cfg_scale(0.5).build()?;
    let done = client.send(&request).await?.wait().await?;
    assert_eq!((&done.status, done.tracks.len()), (&kling::Status::Succeed, 1));
    let refused =
        kling::VideoRequest::builder().model_name(kling::Model::KlingV2Master).prompt("A cat").cfg_scale(0.5).build();
    let expected = "cfg_scale: must be left out (only if `model_name` is kling-v1 or kling-v1-6)";
    assert_eq!(refused.unwrap_err().to_string(), expected);
    Ok(())
}

#[tokio::test]
async fn without_an_envelope_the_http_status_is_the_code() -> Outcome {
    let sandbox = sandbox(include_str!("../../specs/others/transcript.toml")).await?;
    let client = setup(transcript::Client::builder(sandbox.key()), &sandbox).build()?;
    let request = transcript::transcript! {
        audio_url: "https://storage.example.com/talk.mp3",
        word_boost: ["Tokio", "Serde"],
        boost_param: High,
    };
    let done = client.send(&request).await?.wait().await?;
    assert!(done.text.is_some() && done.audio_duration.is_some());
    let stranger = setup(transcript::Client::builder("wrong"), &sandbox).build()?;
    let error = stranger.send(&request).await.unwrap_err();
    assert!(error.is_unauthorized() && !error.may_have_been_charged(), "{error}");
    assert_eq!(error.code(), Some(401));
    Ok(())
}

#[tokio::test]
async fn one_request_uses_every_rule_of_the_language() -> Outcome {
    let sandbox = sandbox(include_str!("../../specs/clip.toml")).await?;
    let client = setup(clip::Client::builder(sandbox.key()), &sandbox).build()?;
    let literal = clip::clip! {
        mode: Text<Short>, model: Grand, prompt: "A cat", tags: ["a", "b"], start: 0, end: 20, persona: "x", style: Wild
    };
    let builder = clip::ClipRequest::text_short().model(clip::Model::Grand).prompt("A cat").tags(["a", "b"]);
    let built = builder.start(0).end(20).persona("x").style(clip::Style::Wild).build()?;
    assert!(literal == built);
    let json = serde_json::to_string(&built)?;
    let expected = r#"{"version":3,"source":"text","acts":1,"model":"grand","prompt":"A cat","tags":["a","b"],"persona":"x","style":"wild","start":0,"end":20}"#;
    assert_eq!(json, expected);
    let clip::ClipRequestByMode::TextShort(typed) = clip::ClipRequest::from_json(&json)?.into_mode() else {
        return Err("the mode is another".into());
    };
    assert!(typed == built);
    client.send(&built).await?.wait().await?;
    Ok(())
}

#[test]
fn all_violations_of_values_come_at_once() {
    let builder =
        clip::ClipRequest::text_long().model(clip::Model::Swift2).prompt("A🎷🎷🎷🎷🎷🎷🎷🎷🎷🎷 cat").words(["a"]);
    let builder = builder.start(0).end(5).persona("x").weights([0.0, 1.0]).style(clip::Style::Wild).strength(0.7);
    let violations = builder.build().unwrap_err().to_string();
    assert_eq!(
        violations.lines().collect::<Vec<_>>(),
        [
            "prompt: 25 UTF-16 units, at most 20 with swift2 in Text<Long>",
            "weights[0]: 0, must be above 0 in Text<Long>",
            "style: this value is not allowed in Text<Long> (only if `model` is grand)",
            "strength: 0.7, at most 0.5 in Text<Long>",
            "end - start: 5, at least 10 in Text<Long>",
        ]
    );
}

#[test]
fn a_body_gets_every_violation_at_once() {
    let body = r#"{"version":2,"source":"text","acts":3,"model":"x","tags":[1],"seed":null,"start":1}"#;
    let violations = clip::ClipRequest::from_json(body).unwrap_err().to_string();
    assert_eq!(
        violations.lines().collect::<Vec<_>>(),
        [
            "acts: no mode has this value",
            "version: must be 3",
            "acts: 3, at most 2",
            "model: must be one of swift, swift2, grand",
            "tags[0]: must be a text",
            "start, end: give all of them or none",
        ]
    );
}
