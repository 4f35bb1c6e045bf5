//! Ids of earlier tasks and of their results: what the sandbox does with unknown ones.

use cover_api::sandbox::Sandbox;
use cover_spec::SHIPPED;
use cover_testkit::{Outcome, Result};
use serde_json::{Value, json};

use crate::common::{fast_sandbox, in_process, request};

const MIX: &str = include_str!("../specs/mix.toml");
const STEM: &str = include_str!("../specs/stem.toml");

/// Starts a sandbox with covers, mixes, and an operation about tracks of covers.
async fn sandbox(stem: &str) -> Result<Sandbox> {
    Ok(fast_sandbox().spec(SHIPPED).spec(MIX).spec(stem).credits(100).start().await?)
}

async fn cover(sandbox: &Sandbox) -> Result<String> {
    created(&in_process(sandbox, "POST /api/v1/generate/upload-cover", &serde_json::to_string(&request())?).await?)
}

async fn mix(sandbox: &Sandbox) -> Result<String> {
    let body = json!({ "uploadUrl": "https://a.example/a.mp3", "callBackUrl": "https://a.example/c" });
    created(&in_process(sandbox, "POST /api/v1/mix", &body.to_string()).await?)
}

fn created(answer: &Value) -> Result<String> {
    Ok(answer["data"]["taskId"].as_str().ok_or_else(|| format!("no task: {answer}"))?.to_owned())
}

/// Asks for a stem of a track with these fields.
async fn stem(sandbox: &Sandbox, mut fields: Value) -> Result<Value> {
    fields["callBackUrl"] = json!("https://a.example/c");
    in_process(sandbox, "POST /api/v1/stem", &fields.to_string()).await
}

async fn poll(sandbox: &Sandbox, path: &str, task: &str) -> Result<Value> {
    in_process(sandbox, &format!("GET /api/v1/{path}/record-info?taskId={task}"), "").await
}

async fn balance(sandbox: &Sandbox) -> Result<Value> {
    Ok(in_process(sandbox, "GET /api/v1/generate/credit", "").await?["data"].clone())
}

#[tokio::test]
async fn an_unknown_task_is_refused_with_its_code_and_costs_nothing() -> Outcome {
    let sandbox = sandbox(STEM).await?;
    let (cover, mix) = (cover(&sandbox).await?, mix(&sandbox).await?);
    let before = balance(&sandbox).await?;
    for unknown in ["task-99", &mix] {
        let answer = stem(&sandbox, json!({ "taskId": unknown })).await?;
        let message = format!("`taskId`: `{unknown}` is not known");
        assert_eq!((&answer["code"], &answer["msg"]), (&json!(404), &json!(message)));
    }
    assert_eq!((sandbox.tasks(), balance(&sandbox).await?), (2, before));
    assert_eq!(stem(&sandbox, json!({ "taskId": cover })).await?["code"], 200);
    assert_eq!(sandbox.tasks(), 3);
    Ok(())
}

#[tokio::test]
async fn a_member_is_known_once_its_item_is_finished() -> Outcome {
    let sandbox = sandbox(STEM).await?;
    let (first, second) = (cover(&sandbox).await?, cover(&sandbox).await?);
    let mut known = Vec::new();
    for _ in 0..4 {
        let status = poll(&sandbox, "generate", &first).await?["data"]["status"].clone();
        for number in 0..2 {
            let fields = json!({ "taskId": first, "audioId": format!("{first}-{number}") });
            if stem(&sandbox, fields).await?["code"] == 200 {
                known.push((status.clone(), number));
            }
        }
    }
    assert_eq!(known, [(json!("FIRST_SUCCESS"), 0), (json!("SUCCESS"), 0), (json!("SUCCESS"), 1)]);
    // A track belongs to one task.
    let answer = stem(&sandbox, json!({ "taskId": second, "audioId": format!("{first}-0") })).await?;
    assert_eq!(
        (&answer["code"], &answer["msg"]),
        (&json!(404), &json!(format!("`audioId`: `{first}-0` is not known")))
    );
    Ok(())
}

#[tokio::test]
async fn a_member_without_a_task_may_be_of_any_task_at_the_path() -> Outcome {
    let alone = STEM.replacen(
        r#"member = "id", task = "taskId""#,
        r#"polled_at = "/api/v1/generate/record-info", member = "id""#,
        1,
    );
    let sandbox = sandbox(&alone).await?;
    let (cover, other, mix) = (cover(&sandbox).await?, cover(&sandbox).await?, mix(&sandbox).await?);
    for _ in 0..4 {
        poll(&sandbox, "generate", &cover).await?;
        poll(&sandbox, "mix", &mix).await?;
    }
    let of = async |task: &str| stem(&sandbox, json!({ "taskId": other, "audioId": format!("{task}-1") })).await;
    assert_eq!(of(&cover).await?["code"], 200);
    for unknown in [&other, &mix] {
        assert_eq!(of(unknown).await?["code"], 404, "{unknown}");
    }
    Ok(())
}

#[tokio::test]
async fn without_a_code_an_unknown_id_is_accepted_and_charged_and_its_task_fails() -> Outcome {
    let sandbox = sandbox(&STEM.replace(", unknown = 404", "")).await?;
    let before = balance(&sandbox).await?;
    let task = created(&stem(&sandbox, json!({ "taskId": "task-99" })).await?)?;
    assert_eq!((&before, balance(&sandbox).await?), (&json!(100), json!(88)));
    let running = poll(&sandbox, "stem", &task).await?;
    assert_eq!((&running["data"]["status"], &running["data"]["errorCode"]), (&json!("PENDING"), &Value::Null));
    let failed = poll(&sandbox, "stem", &task).await?;
    assert_eq!(failed["code"], 200);
    let data = &failed["data"];
    assert_eq!((&data["status"], &data["errorCode"]), (&json!("CREATE_TASK_FAILED"), &json!(500)));
    assert_eq!(data["errorMessage"], "`taskId`: `task-99` is not known");
    Ok(())
}
