//! The sandbox behaves as the spec says.

use cover_api::sandbox::{Answer, Sandbox};
use cover_api::{CoverRequest, Model};
use cover_spec::SHIPPED;
use cover_testkit::{Outcome, Result};
use serde_json::{Value, json};

use crate::common::{SONG, client, exchange, fast_sandbox, request};

#[tokio::test]
async fn the_sandbox_refuses_invalid_requests_and_names_each_fault() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
    let body = json!({
        "uploadUrl": "song.mp3", "customMode": false, "model": "V9", "prompt": "x".repeat(401), "style": "jazz",
        "stlye": 1, "callBackUrl": null,
    });
    let answer = post(&sandbox, &body.to_string()).await?;
    assert_eq!(answer["code"], 400);
    let message = answer["msg"].as_str().unwrap_or_default();
    for fault in [
        "stlye: no such field",
        "uploadUrl: not an http or https address",
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

/// Posts a body that no typed request has.
async fn post(sandbox: &Sandbox, body: &str) -> Result<Value> {
    exchange(sandbox, "POST /api/v1/generate/upload-cover", body).await
}

/// Returns the complete answer to a poll.
async fn record(sandbox: &Sandbox, task: &str) -> Result<Value> {
    exchange(sandbox, &format!("GET /api/v1/generate/record-info?taskId={task}"), "").await
}

#[tokio::test]
async fn the_sandbox_repeats_the_request_in_answers_to_polls_if_the_spec_says_so() -> Outcome {
    const HOOK: &str = "https://api.example.com/covers/1/2f6b?a=1&b=2";
    let builder = CoverRequest::non_custom().upload_url(SONG).call_back_url(HOOK).model(Model::V5);
    let request = builder.prompt("\"Nuit d'été\"\n").build()?;
    let sandbox = fast_sandbox().start().await?;
    let task = client(&sandbox)?.send(&request).await?;
    for _ in 0..4 {
        let answer = record(&sandbox, task.id()).await?;
        assert_eq!(answer["data"]["taskId"], task.id(), "it has the id");
        let text = answer["data"]["param"].as_str().ok_or("no text")?;
        assert!(text.contains(HOOK), "{text}");
        assert_eq!(serde_json::from_str::<Value>(text)?, serde_json::to_value(&request)?, "at {}", answer["data"]);
    }
    let silent = fast_sandbox().spec(SHIPPED.replace("request = \"data.param\"\n", "")).start().await?;
    let task = client(&silent)?.send(&request).await?;
    let answer = record(&silent, task.id()).await?;
    assert_eq!((&answer["data"]["status"], answer["data"].get("param")), (&json!("PENDING"), None));
    Ok(())
}

#[tokio::test]
async fn the_sandbox_lists_its_tasks_in_order() -> Outcome {
    let sandbox = fast_sandbox().start().await?;
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

/// Each reply is lost or refused.
#[tokio::test]
async fn the_sandbox_lists_tasks_whose_reply_was_lost() -> Outcome {
    let sandbox = fast_sandbox().faults(1.0, 7).start().await?;
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
async fn each_task_of_the_sandbox_costs_credits_until_they_run_out() -> Outcome {
    let sandbox = fast_sandbox().credits(30).start().await?;
    let client = client(&sandbox)?;
    for left in [18, 6] {
        client.send(&request()).await?;
        assert_eq!(client.credits().await?, left.into());
    }
    let error = client.send(&request()).await.expect_err("6 are left");
    assert!(error.is_insufficient_credits() && !error.may_have_been_charged(), "{error:?}");
    assert_eq!(sandbox.tasks(), 2);
    Ok(())
}
