//! Runway: a version in a header, no code in answers, and a list of addresses as the result.

use axum::http::Method;
use cover_api::Link;
use serde_json::{Value, json};

use crate::Outcome;
use crate::fake::{Call, Fake, Reply};

mod generated {
    cover_api::api!("specs/others/runway.toml", in crate::runway::generated);
}
use generated::{Client, Duration, Model, Ratio, Status, VideoRequest};

const TASKS: &str = "/v1/tasks/";
const VIDEO: &str = "https://cdn.example.com/output.mp4?_jwt=s3cret";

/// Answers as the documentation says. The text of the request says which of the documented cases comes.
fn answer(call: &Call, calls: &[Call]) -> Reply {
    if call.header("authorization") != "Bearer key_5f0a9c81" {
        return error(401, "The API key is not valid.");
    }
    if call.header("x-runway-version") != "2024-11-06" {
        return error(400, "The API version is missing.");
    }
    if let Some(task) = call.rest(&Method::GET, TASKS) {
        return progress(task, call, calls);
    }
    if call.rest(&Method::DELETE, TASKS).is_some() {
        return Reply::text(204, "");
    }
    if call.rest(&Method::POST, "/v1/image_to_video") == Some("") {
        create(call, calls)
    } else {
        error(404, "Not found.")
    }
}

fn create(call: &Call, calls: &[Call]) -> Reply {
    if !call.body["promptImage"].is_string() {
        return error(400, "promptImage: invalid");
    }
    let text = call.body["promptText"].as_str().unwrap_or("moves");
    match (text, call.times_in(calls)) {
        ("too fast", 0) => error(429, "Too many requests."),
        ("busy", 0) => error(503, "Too much load."),
        ("overloaded", _) => Reply::text(504, "<html>Gateway Timeout</html>"),
        (text, _) => Reply::json(200, &json!({ "id": text.replace(' ', "-") })),
    }
}

fn progress(task: &str, call: &Call, calls: &[Call]) -> Reply {
    let state = |status: &str, more: Value| {
        let mut body = json!({ "id": task, "status": status, "createdAt": "2026-06-27T19:49:32.334Z" });
        if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
            body.extend(more);
        }
        Reply::json(200, &body)
    };
    if calls.iter().any(|call| call.rest(&Method::DELETE, TASKS) == Some(task)) {
        return state("CANCELLED", json!({}));
    }
    match (task, call.times_in(calls)) {
        (_, 0) => state("PENDING", json!({})),
        (_, 1) => state("THROTTLED", json!({})),
        (_, 2) => state("RUNNING", json!({ "progress": 0.25 })),
        ("unsafe", _) => {
            state("FAILED", json!({ "failure": "The text was refused.", "failureCode": "SAFETY.INPUT.TEXT" }))
        }
        ("text", _) => state("SUCCEEDED", json!({ "output": VIDEO })),
        ("nothing", _) => state("SUCCEEDED", json!({ "output": [] })),
        _ => state("SUCCEEDED", json!({ "output": [VIDEO] })),
    }
}

fn error(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": message }))
}

/// Returns a service and a client of it.
fn setup() -> Result<(Fake, Client), Box<dyn std::error::Error>> {
    let fake = Fake::new(answer);
    let client = Client::builder("key_5f0a9c81").transport(fake.router()).build()?;
    Ok((fake, client))
}

const PICTURE: &str = "https://storage.example.com/cat.png";

/// Returns a request with this text, which decides what the service does.
fn request(text: &str) -> Result<VideoRequest, cover_api::Violations> {
    let builder = VideoRequest::builder().model(Model::Gen4Turbo).prompt_image(PICTURE).ratio(Ratio::Wide16To9);
    builder.prompt_text(text).build()
}

#[tokio::test(start_paused = true)]
async fn a_request_has_the_version_in_a_header_and_a_list_of_addresses_comes_back() -> Outcome {
    let (fake, client) = setup()?;
    let builder = VideoRequest::builder().model(Model::Gen3Turbo).prompt_image(PICTURE).prompt_text("moves");
    let request = builder.ratio(Ratio::Tall5To3).duration(Duration::Five).build()?;
    let done = client.send(&request).await?.wait().await?;
    assert_eq!((&done.status, &done.output[..]), (&Status::Succeeded, &[Link::new(VIDEO)][..]));
    assert_eq!(done.progress, None, "only a running task has it");
    let sent = &fake.calls()[0];
    let expected = json!({
        "model": "gen3a_turbo", "promptImage": PICTURE, "promptText": "moves", "ratio": "768:1280", "duration": 5,
    });
    assert_eq!(sent.body, expected);
    assert!(VideoRequest::from_json(sent.body.to_string())? == request);
    let versions: Vec<String> = fake.calls().iter().map(|call| call.header("x-runway-version").to_owned()).collect();
    assert_eq!(versions, ["2024-11-06"; 5], "polls have it, too");
    Ok(())
}

#[test]
fn a_ratio_goes_with_one_model() {
    let builder = VideoRequest::builder().model(Model::Gen4Turbo).prompt_image(PICTURE).ratio(Ratio::Tall5To3);
    let refused = builder.build().map(drop).unwrap_err().to_string();
    assert_eq!(refused, "ratio: this value is not allowed (only if `model` is gen3a_turbo)");
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_and_too_much_load_are_waited_out() -> Outcome {
    for text in ["too fast", "busy"] {
        let (fake, client) = setup()?;
        let done = client.send(&request(text)?).key("one").await?.wait().await?;
        assert_eq!(done.output.len(), 1);
        assert_eq!(fake.count(&Method::POST), 2, "{text}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_gateway_timeout_may_have_created_a_task_so_nothing_is_sent_again() -> Outcome {
    let (fake, client) = setup()?;
    for _ in 0..2 {
        let error = client.send(&request("overloaded")?).key("one").await.unwrap_err();
        assert!(error.is_outcome_unknown() && error.may_have_been_charged(), "{error}");
    }
    assert_eq!(fake.count(&Method::POST), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failure_has_the_text_of_the_service_and_its_whole_answer() -> Outcome {
    let (_fake, client) = setup()?;
    let error = client.send(&request("unsafe")?).await?.wait().await.unwrap_err();
    assert!(error.is_failed(), "{error}");
    let text = error.to_string();
    assert!(text.contains("The text was refused."), "{text}");
    let snapshot = error.last_snapshot().ok_or("no snapshot")?;
    assert_eq!(snapshot.json()["failureCode"], "SAFETY.INPUT.TEXT");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_task_is_cancelled_by_a_delete_whose_answer_is_empty() -> Outcome {
    let (fake, client) = setup()?;
    let task = client.send(&request("moves")?).await?;
    task.cancel().await?;
    let error = task.wait().await.unwrap_err();
    assert!(error.is_cancelled() && error.is_failed(), "{error}");
    assert_eq!(fake.count(&Method::DELETE), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn output_of_another_shape_is_an_error_that_says_what_was_found() -> Outcome {
    for (text, expected) in [("text", "`output` is a text instead of a list"), ("nothing", "`output` is an empty list")]
    {
        let (_fake, client) = setup()?;
        let error = client.send(&request(text)?).await?.wait().await.unwrap_err();
        assert!(error.is_output_missing(), "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        let snapshot = error.last_snapshot().ok_or("no snapshot")?;
        assert_eq!(snapshot.json()["status"], "SUCCEEDED");
    }
    Ok(())
}

#[tokio::test]
async fn it_works_over_http_as_well_and_an_unknown_key_buys_nothing() -> Outcome {
    let fake = Fake::new(answer);
    let url = fake.serve().await?;
    let short = std::time::Duration::from_millis(1);
    let client = Client::builder("key_5f0a9c81").base_url(&url).poll_every(short, short).build()?;
    let done = client.send(&request("moves")?).await?.wait().await?;
    assert_eq!(done.output.len(), 1);
    assert!(!format!("{done:?}").contains("s3cret"), "{done:?}");
    let stranger = Client::builder("key_77d21e40").base_url(&url).build()?;
    let error = stranger.send(&request("moves")?).await.unwrap_err();
    assert!(error.is_unauthorized() && !error.may_have_been_charged(), "{error}");
    assert!(error.to_string().contains("The API key is not valid."), "{error}");
    Ok(())
}
