//! Replicate: the model in the path, an input object, callbacks without a stage, and a GET that answers at once.

use axum::http::Method;
use cover_api::Link;
use serde_json::{Value, json};

use crate::Outcome;
use crate::fake::{Call, Fake, Reply};

mod prediction {
    cover_api::api!("specs/others/replicate/prediction.toml", in crate::replicate::prediction);
}
mod model {
    cover_api::api!("specs/others/replicate/model.toml", in crate::replicate::model);
}
use prediction::{AspectRatio, Client, Input, OutputFormat, PredictionRequest, Status};

const MODELS: &str = "/v1/models/";
const PREDICTIONS: &str = "/v1/predictions/";
const PICTURE: &str = "https://replicate.delivery/xezq/out-0.webp";

/// Answers as the documentation says. The prompt says which of the documented cases comes, and becomes the id.
fn answer(call: &Call, calls: &[Call]) -> Reply {
    if call.header("authorization") != "Bearer r8_token" {
        return problem(401, "Unauthenticated", "You did not pass a valid authentication token");
    }
    if let Some(id) = call.rest(&Method::POST, PREDICTIONS).and_then(|rest| rest.strip_suffix("/cancel")) {
        return Reply::json(200, &prediction(id, "canceled", json!({})));
    }
    if let Some(id) = call.rest(&Method::GET, PREDICTIONS) {
        return progress(id, call, calls);
    }
    if let Some(name) = call.rest(&Method::GET, MODELS) {
        return model(name, call, calls);
    }
    match call.rest(&Method::POST, MODELS).and_then(|rest| rest.strip_suffix("/predictions")) {
        Some("black-forest-labs/flux-schnell") => create(call, calls),
        _ => problem(404, "Not found", "The requested resource could not be found."),
    }
}

fn create(call: &Call, calls: &[Call]) -> Reply {
    match (call.body["input"]["prompt"].as_str(), call.times_in(calls)) {
        (None, _) => problem(422, "Input validation failed", "- input: prompt is required\n"),
        (Some("refused"), _) => problem(422, "Input validation failed", "- input.prompt: Does not match the schema\n"),
        (Some("poor"), _) => problem(402, "Insufficient credit", "You have insufficient credit to run this model."),
        (Some("too fast"), 0) => problem(429, "Too many requests", "Request was throttled. Expected available in 1 s."),
        (Some(prompt), _) => Reply::json(201, &prediction(&prompt.replace(' ', "-"), "starting", json!({}))),
    }
}

fn progress(id: &str, call: &Call, calls: &[Call]) -> Reply {
    let was_cancelled = calls.iter().any(|earlier| earlier.path == format!("{}/cancel", call.path));
    let body = match (id, call.times_in(calls)) {
        _ if was_cancelled => prediction(id, "canceled", json!({})),
        ("late", 0) => return problem(404, "Not found", "Prediction not found."),
        (_, 0) => prediction(id, "starting", json!({})),
        (_, 1) | ("endless", _) => prediction(id, "processing", json!({ "logs": "50 %" })),
        ("broken", _) => prediction(id, "failed", json!({ "error": "CUDA out of memory" })),
        ("removed", _) => prediction(id, "succeeded", json!({ "data_removed": true })),
        _ => prediction(id, "succeeded", finished()),
    };
    Reply::json(200, &body)
}

/// Returns the members of a prediction that has succeeded.
fn finished() -> Value {
    json!({ "output": [PICTURE], "logs": "100 %", "metrics": { "predict_time": 1.25, "total_time": 1.5 } })
}

/// Returns a prediction as the service describes it everywhere, with these members of its own.
fn prediction(id: &str, status: &str, more: Value) -> Value {
    let mut body = json!({
        "id": id, "model": "black-forest-labs/flux-schnell", "version": "hidden", "status": status, "input": {},
        "output": null, "error": null, "logs": "", "metrics": {}, "created_at": "2026-09-08T16:19:34.765994Z",
        "urls": { "get": "https://api.replicate.com/v1/predictions/x", "cancel": "https://api.replicate.com/x/cancel" },
    });
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    body
}

fn model(name: &str, call: &Call, calls: &[Call]) -> Reply {
    let version = json!({ "id": "5c7d5dc6", "created_at": "2026-04-26T19:29:04.418669Z", "cog_version": "0.9.0" });
    match (name, call.times_in(calls)) {
        ("me/secret", _) => problem(404, "Not found", "The requested resource could not be found."),
        ("me/flaky", 0) => Reply::text(502, "<html>Bad Gateway</html>"),
        ("me/odd", _) => Reply::json(200, &json!({ "url": ["https://replicate.com/me/odd"], "run_count": "many" })),
        (name, _) => {
            let url = format!("https://replicate.com/{name}");
            Reply::json(200, &json!({ "url": url, "run_count": 5_681_081, "latest_version": version }))
        }
    }
}

fn problem(status: u16, title: &str, detail: &str) -> Reply {
    Reply::json(status, &json!({ "title": title, "detail": detail, "status": status }))
}

fn setup() -> Result<(Fake, Client), Box<dyn std::error::Error>> {
    let fake = Fake::new(answer);
    let client = Client::builder("r8_token").transport(fake.router()).build()?;
    Ok((fake, client))
}

/// Returns a request with this prompt, which decides what the service does.
fn request(prompt: &str) -> Result<PredictionRequest, cover_api::Violations> {
    let input = Input::builder().prompt(prompt).aspect_ratio(AspectRatio::Wide).output_format(OutputFormat::Webp);
    let builder = PredictionRequest::builder().model_owner("black-forest-labs").model_name("flux-schnell");
    builder.input(input.num_outputs(1).build()).build()
}

#[tokio::test(start_paused = true)]
async fn the_model_is_in_the_path_and_its_input_is_an_object() -> Outcome {
    let (fake, client) = setup()?;
    let done = client.send(&request("a cat")?).await?.wait().await?;
    assert_eq!((&done.status, &done.output[..]), (&Status::Succeeded, &[Link::new(PICTURE)][..]));
    assert_eq!((done.predict_time, done.logs.as_deref()), (Some(1.25), Some("100 %")));
    let sent = &fake.calls()[0];
    assert_eq!(sent.path, "/v1/models/black-forest-labs/flux-schnell/predictions");
    assert_eq!(sent.header("cancel-after"), "10m");
    let input = json!({ "prompt": "a cat", "aspect_ratio": "16:9", "num_outputs": 1, "output_format": "webp" });
    assert_eq!(sent.body, json!({ "input": input }), "what is in the path is not in the body");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_name_with_a_slash_does_not_reach_another_path() -> Outcome {
    let (fake, client) = setup()?;
    let builder = PredictionRequest::builder().model_owner("black-forest-labs/flux-schnell").model_name("../x y");
    let error = client.send(&builder.input(Input::builder().prompt("a cat").build()).build()?).await.unwrap_err();
    assert!(error.is_not_found() && !error.may_have_been_charged(), "{error}");
    assert_eq!(fake.calls()[0].path, "/v1/models/black-forest-labs%2Fflux-schnell/..%2Fx%20y/predictions");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn refusals_have_the_detail_of_the_service_and_cost_nothing() -> Outcome {
    let (_fake, client) = setup()?;
    let refused = client.send(&request("refused")?).await.unwrap_err();
    assert!(refused.is_invalid() && refused.to_string().contains("Does not match the schema"), "{refused}");
    let poor = client.send(&request("poor")?).await.unwrap_err();
    assert!(poor.is_insufficient_credits() && !poor.may_have_been_charged(), "{poor}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_throttled_request_is_sent_again_and_a_late_prediction_is_waited_for() -> Outcome {
    for prompt in ["too fast", "late"] {
        let (_fake, client) = setup()?;
        let done = client.send(&request(prompt)?).key("one").await?.wait().await?;
        assert_eq!(done.output.len(), 1, "{prompt}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn failures_and_removed_output_are_errors() -> Outcome {
    let (_fake, client) = setup()?;
    let broken = client.send(&request("broken")?).await?.wait().await.unwrap_err();
    assert!(broken.is_failed() && broken.to_string().contains("CUDA out of memory"), "{broken}");
    let removed = client.send(&request("removed")?).await?.wait().await.unwrap_err();
    assert!(removed.is_output_missing() && removed.to_string().contains("`output` is null"), "{removed}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_prediction_is_cancelled_at_an_address_of_its_own() -> Outcome {
    let (fake, client) = setup()?;
    let task = client.send(&request("endless")?).await?;
    task.cancel().await?;
    let error = task.wait().await.unwrap_err();
    assert!(error.is_cancelled(), "{error}");
    let paths: Vec<String> = fake.calls().into_iter().map(|call| call.path).collect();
    assert!(paths.contains(&"/v1/predictions/endless/cancel".to_owned()), "{paths:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_the_service_knows_of_a_model_is_answered_at_once_on_the_same_account() -> Outcome {
    let (fake, client) = setup()?;
    let models = client.operation::<model::ReplicateModel>()?;
    let request = |name: &str| model::ModelRequest::builder().model_owner("me").model_name(name).build();
    let known = models.send(&request("cat")?).await?;
    assert_eq!((known.url.as_deref(), known.run_count), (Some("https://replicate.com/me/cat"), Some(5_681_081)));
    let version = known.latest_version.as_ref().ok_or("no version")?;
    assert_eq!(version.id.as_deref(), Some("5c7d5dc6"));
    let secret = models.send(&request("secret")?).await.unwrap_err();
    assert!(secret.is_not_found(), "{secret}");
    models.send(&request("flaky")?).await?;
    let calls = fake.calls();
    let flaky = calls.iter().filter(|call| call.path == "/v1/models/me/flaky").count();
    assert_eq!(flaky, 2, "a GET is no purchase, so it is tried again");
    let odd = models.send(&request("odd")?).await.unwrap_err().to_string();
    assert!(odd.contains("`url` is a list instead of a text"), "{odd}");
    Ok(())
}
