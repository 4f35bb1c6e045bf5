//! The whole service, from the specs that are shipped.

use std::net::TcpListener;

use cover_api::sandbox::Sandbox;
use cover_testkit::{Outcome, Result};
use serde_json::{Value, json};

use crate::common::{exchange, fast_sandbox, in_process};

const HOOK: &str = "https://api.example.com/songs";

async fn post(sandbox: &Sandbox, path: &str, mut fields: Value) -> Result<Value> {
    fields["callBackUrl"] = json!(HOOK);
    in_process(sandbox, &format!("POST /api/v1/{path}"), &fields.to_string()).await
}

/// Returns the id of the task that a request creates.
async fn task(sandbox: &Sandbox, path: &str, fields: Value) -> Result<String> {
    let answer = post(sandbox, path, fields).await?;
    let id = answer["data"]["taskId"].as_str().or(answer["data"]["task_id"].as_str());
    Ok(id.ok_or_else(|| format!("no task: {answer}"))?.to_owned())
}

/// Polls a task of song until it is done. Returns the id of its first track.
async fn first_track(sandbox: &Sandbox, task: &str) -> Result<String> {
    for _ in 0..4 {
        let record = in_process(sandbox, &format!("GET /api/v1/generate/record-info?taskId={task}"), "").await?;
        if record["data"]["status"] == "SUCCESS" {
            let id = &record["data"]["response"]["sunoData"][0]["id"];
            return Ok(id.as_str().ok_or("no id")?.to_owned());
        }
    }
    Err("it is not done".into())
}

fn song() -> Value {
    json!({ "customMode": false, "instrumental": false, "model": "V5", "prompt": "Rain" })
}

#[tokio::test]
async fn shipped_specs_are_added_by_their_paths() -> Outcome {
    let sandbox = fast_sandbox().shipped("sunoapi/generate.toml").shipped("sunoapi/wav.toml").start().await?;
    let source = task(&sandbox, "generate", song()).await?;
    let track = first_track(&sandbox, &source).await?;
    let wav = task(&sandbox, "wav/generate", json!({ "taskId": source, "audioId": track })).await?;
    let unknown = post(&sandbox, "wav/generate", json!({ "taskId": source, "audioId": "e231d7a5" })).await?;
    assert_eq!((&unknown["code"], sandbox.tasks()), (&json!(422), 2));
    let operations: Vec<_> = sandbox.created().into_iter().map(|task| (task.id, task.operation)).collect();
    assert_eq!(operations[1], (wav, "sunoapi.org/wav".to_owned()));

    let error = fast_sandbox().shipped("sunoapi/wave.toml").start().await.expect_err("it is not shipped");
    assert!(error.to_string().starts_with("sunoapi/wave.toml has a fault"), "{error}");
    Ok(())
}

#[tokio::test]
async fn all_of_them_make_one_service() -> Outcome {
    let sandbox = fast_sandbox().every_shipped().start().await?;
    let source = task(&sandbox, "generate", song()).await?;
    let track = first_track(&sandbox, &source).await?;
    // Two operations have the path, one for each form of the result.
    for separation in
        [json!({ "type": "separate_vocal" }), json!({ "type": "split_stem_advanced", "stemName": "Bass" })]
    {
        let mut fields = json!({ "taskId": source, "audioId": track });
        fields.as_object_mut().ok_or("no object")?.extend(separation.as_object().ok_or("no object")?.clone());
        task(&sandbox, "vocal-removal/generate", fields).await?;
    }
    let operations: Vec<_> = sandbox.created().into_iter().map(|task| task.operation).collect();
    assert_eq!(operations, ["sunoapi.org/generate", "sunoapi.org/stems", "sunoapi.org/stem"]);
    // 1000 less 12, 10 and 20.
    assert_eq!(in_process(&sandbox, "GET /api/v1/generate/credit", "").await?["data"], 958);
    Ok(())
}

#[tokio::test]
async fn prices_may_have_digits_after_the_point() -> Outcome {
    let sandbox = fast_sandbox().shipped("sunoapi/lyrics.toml").credits(1).start().await?;
    let mut left = Vec::new();
    for _ in 0..3 {
        let code = post(&sandbox, "lyrics", json!({ "prompt": "Rain" })).await?["code"].clone();
        left.push((code, in_process(&sandbox, "GET /api/v1/generate/credit", "").await?["data"].clone()));
    }
    assert_eq!(left, [(json!(200), json!(0.6)), (json!(200), json!(0.2)), (json!(429), json!(0.2))]);
    Ok(())
}

#[tokio::test]
async fn a_status_is_a_number_or_the_code_of_the_answer_if_the_spec_says_so() -> Outcome {
    let sandbox = fast_sandbox().every_shipped().start().await?;
    let source = task(&sandbox, "generate", song()).await?;
    let images = task(&sandbox, "suno/cover/generate", json!({ "taskId": source })).await?;
    let mut flags = Vec::new();
    for _ in 0..4 {
        let record = in_process(&sandbox, &format!("GET /api/v1/suno/cover/record-info?taskId={images}"), "").await?;
        flags.push(record["data"]["successFlag"].clone());
    }
    assert!(flags.iter().all(Value::is_number) && flags.last() == Some(&json!(1)), "{flags:?}");

    let recovery = task(&sandbox, "suno/recovery", json!({ "sunoTaskId": source })).await?;
    let mut codes = Vec::new();
    for _ in 0..2 {
        let poll = format!("GET /api/v1/suno/recovery/record-info?task_id={recovery}");
        codes.push(in_process(&sandbox, &poll, "").await?["code"].clone());
    }
    assert_eq!(codes, [201, 200]);
    Ok(())
}

#[tokio::test]
async fn a_sandbox_has_the_port_that_was_asked_for() -> Outcome {
    let port = TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port();
    let sandbox = fast_sandbox().port(port).start().await?;
    assert_eq!((sandbox.port(), sandbox.url()), (port, format!("http://127.0.0.1:{port}").as_str()));
    assert_eq!(exchange(&sandbox, "GET /api/v1/generate/credit", "").await?["data"], 1000);
    let error = fast_sandbox().port(port).start().await.expect_err("the port is taken");
    let says = format!("the sandbox cannot use port {port}: choose another port, or none for one that is free");
    assert_eq!(error.to_string(), says);
    Ok(())
}

#[tokio::test]
async fn texts_of_finished_results_are_the_examples_of_the_spec() -> Outcome {
    let sandbox = fast_sandbox().shipped("sunoapi/lyrics.toml").start().await?;
    let lyrics = task(&sandbox, "lyrics", json!({ "prompt": "Rain" })).await?;
    for _ in 0..4 {
        let record = in_process(&sandbox, &format!("GET /api/v1/lyrics/record-info?taskId={lyrics}"), "").await?;
        if record["data"]["status"] == "SUCCESS" {
            let first = &record["data"]["response"]["data"][0];
            assert_eq!((&first["status"], &first["errorMessage"]), (&json!("complete"), &json!("")));
            assert_ne!(first["text"], "");
            return Ok(());
        }
    }
    Err("it is not done".into())
}
