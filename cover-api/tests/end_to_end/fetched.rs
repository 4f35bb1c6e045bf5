//! Addresses that the service fetches after it has accepted a request, and uploads that expire.

use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use cover_api::Client;
use cover_api::sandbox::{Sandbox, SandboxBuilder};
use cover_testkit::{Outcome, Result};
use serde_json::{Value, json};

use crate::common::{fast_sandbox, file, in_process};

const MIX: &str = include_str!("../specs/mix.toml");

const SONG: Bytes = Bytes::from_static(b"song");

const DAY: Duration = Duration::from_secs(24 * 3_600);

/// A spec whose address is fetched.
fn fetching() -> String {
    MIX.replacen("type = \"url\"\n", "type = \"url\"\nfetched = { failure = 451 }\n", 1)
}

async fn sandbox(builder: SandboxBuilder) -> Result<Sandbox> {
    Ok(builder.spec(fetching()).start().await?)
}

/// Sends a request with this address. Returns the answer to the poll after which nothing changes.
async fn end(sandbox: &Sandbox, address: &str) -> Result<Value> {
    let body = json!({ "uploadUrl": address, "callBackUrl": "https://a.example/c" });
    let answer = in_process(sandbox, "POST /api/v1/mix", &body.to_string()).await?;
    assert_eq!(answer["code"], 200, "{address}");
    let task = answer["data"]["taskId"].as_str().ok_or("no task")?;
    let mut last = Value::Null;
    for _ in 0..5 {
        last = in_process(sandbox, &format!("GET /api/v1/mix/record-info?taskId={task}"), "").await?["data"].clone();
    }
    Ok(last)
}

#[tokio::test]
async fn a_task_whose_address_cannot_be_fetched_is_accepted_and_fails_later() -> Outcome {
    let sandbox = sandbox(fast_sandbox()).await?;
    let own = |path: &str| format!("{}/files/{path}", sandbox.url());
    let missing =
        [own("uploads/1.mp3"), own("task-1/2.wav"), own("task-9/0.wav"), "http://nowhere.invalid/a".to_owned()];
    for address in missing {
        let data = end(&sandbox, &address).await?;
        assert_eq!((&data["status"], &data["errorCode"]), (&json!("CREATE_TASK_FAILED"), &json!(451)), "{address}");
        assert_eq!(data["errorMessage"], "the address in `uploadUrl` cannot be fetched");
    }
    assert_eq!(sandbox.tasks(), 4, "each was charged");
    for address in [own("task-1/1.wav"), "https://storage.example.com/song.mp3".to_owned()] {
        assert_eq!(end(&sandbox, &address).await?["status"], "SUCCESS", "{address}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_callback_of_a_task_that_cannot_fetch_has_the_code_of_its_failure() -> Outcome {
    let sandbox = sandbox(Sandbox::builder().stage_every(DAY)).await?;
    let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
    sandbox.deliver_to(Router::new().fallback(move |body: String| {
        let _ = sender.send(body);
        async {}
    }));
    let body = json!({ "uploadUrl": "http://nowhere.invalid/a", "callBackUrl": "https://a.example/c" });
    in_process(&sandbox, "POST /api/v1/mix", &body.to_string()).await?;
    let callback: Value = serde_json::from_str(&receiver.recv().await.ok_or("no callback")?)?;
    assert_eq!((&callback["code"], &callback["data"]["callbackType"]), (&json!(451), &json!("error")));
    assert_eq!(callback["msg"], "the address in `uploadUrl` cannot be fetched");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_upload_expires_after_the_time_in_the_spec() -> Outcome {
    let sandbox = sandbox(fast_sandbox()).await?;
    let client = Client::builder(sandbox.key()).transport(sandbox.router()).build()?;
    let link = client.upload_bytes("song.mp3", SONG).unchecked_length().await?;
    tokio::time::advance(2 * DAY).await;
    assert_eq!(file(&sandbox, link.as_str()).await?, (200, SONG));
    assert_eq!(end(&sandbox, link.as_str()).await?["status"], "SUCCESS");
    tokio::time::advance(DAY).await;
    assert_eq!(file(&sandbox, link.as_str()).await?.0, 404);
    assert_eq!(end(&sandbox, link.as_str()).await?["errorCode"], 451);
    assert_eq!(sandbox.uploaded().len(), 1, "it is still listed");
    Ok(())
}

#[tokio::test]
async fn uploads_can_be_made_to_expire() -> Outcome {
    let sandbox = sandbox(fast_sandbox()).await?;
    let client = Client::builder(sandbox.key()).transport(sandbox.router()).build()?;
    let mut links = Vec::new();
    for number in 0..2 {
        let link = client.upload_bytes("song.mp3", SONG).unchecked_length().await?;
        links.push(link);
        if number == 0 {
            sandbox.expire_uploads();
        }
    }
    assert_eq!(file(&sandbox, links[0].as_str()).await?.0, 404);
    assert_eq!(file(&sandbox, links[1].as_str()).await?.0, 200, "it came later");
    Ok(())
}
