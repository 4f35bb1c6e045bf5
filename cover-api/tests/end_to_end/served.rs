//! Files that requests bring along, and that their results lead to.

use std::time::Duration;

use cover_api::sandbox::Sandbox;
use cover_testkit::{Outcome, Result};
use serde_json::{Value, json};

use crate::common::{fast_sandbox, file, in_process, post_form};

/// Starts a sandbox with the two direct operations that store a file.
async fn sandbox() -> Result<Sandbox> {
    Ok(fast_sandbox().shipped("sunoapi/file_base64.toml").shipped("sunoapi/file_url.toml").start().await?)
}

async fn store(sandbox: &Sandbox, path: &str, name: &str, value: &str) -> Result<Value> {
    let body = json!({ name: value, "uploadPath": "songs" });
    in_process(sandbox, &format!("POST /api/{path}"), &body.to_string()).await
}

fn address(answer: &Value) -> Result<&str> {
    Ok(answer["data"]["downloadUrl"].as_str().ok_or_else(|| format!("no address: {answer}"))?)
}

#[tokio::test]
async fn the_address_of_a_stored_file_serves_its_content() -> Outcome {
    let sandbox = sandbox().await?;
    for text in ["c29uZw==", "data:audio/mpeg;base64,c29uZw=="] {
        let stored = store(&sandbox, "file-base64-upload", "base64Data", text).await?;
        assert_eq!(file(&sandbox, address(&stored)?).await?, (200, "song".into()));
        let again = store(&sandbox, "file-url-upload", "fileUrl", address(&stored)?).await?;
        assert_ne!(address(&again)?, address(&stored)?);
        assert_eq!(file(&sandbox, address(&again)?).await?, (200, "song".into()));
    }
    // Nothing is fetched from elsewhere: a recording stands for it.
    let stored = store(&sandbox, "file-url-upload", "fileUrl", "https://a.example/song.mp3").await?;
    assert!(file(&sandbox, address(&stored)?).await?.1.starts_with(b"RIFF"));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_stored_file_is_deleted_after_the_retention_of_its_operation() -> Outcome {
    const DAY: Duration = Duration::from_secs(24 * 3_600);
    let sandbox = sandbox().await?;
    let stored = store(&sandbox, "file-base64-upload", "base64Data", "c29uZw==").await?;
    tokio::time::advance(2 * DAY).await;
    let copy = store(&sandbox, "file-url-upload", "fileUrl", address(&stored)?).await?;
    tokio::time::advance(DAY).await;
    assert_eq!(file(&sandbox, address(&stored)?).await?.0, 404, "after three days");
    assert_eq!(store(&sandbox, "file-url-upload", "fileUrl", address(&stored)?).await?["code"], 400);
    assert_eq!(file(&sandbox, address(&copy)?).await?.0, 200, "it came later");
    sandbox.expire_uploads();
    assert_eq!(file(&sandbox, address(&copy)?).await?.0, 404);
    Ok(())
}

#[tokio::test]
async fn an_upload_is_answered_like_the_other_operations_that_store_files() -> Outcome {
    let form = "--b\r\nContent-Disposition: form-data; name=\"uploadPath\"\r\n\r\nsongs\r\n\
        --b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.mp3\"\r\n\r\nsong\r\n--b--\r\n";
    let upload = async |sandbox: Sandbox| post_form(&sandbox, "/api/file-stream-upload", form).await;
    let alone = upload(fast_sandbox().start().await?).await?;
    assert_eq!(members(&alone), ["downloadUrl"]);
    let all = upload(fast_sandbox().every_shipped().start().await?).await?;
    assert_eq!(members(&all), ["downloadUrl", "fileName", "filePath", "fileSize", "mimeType", "uploadedAt"]);
    for answer in [alone, all] {
        assert!(address(&answer)?.ends_with("/files/uploads/1.mp3"), "{answer}");
    }
    Ok(())
}

fn members(answer: &Value) -> Vec<&str> {
    answer["data"].as_object().into_iter().flat_map(|data| data.keys().map(String::as_str)).collect()
}

#[tokio::test]
async fn content_that_cannot_be_read_or_fetched_is_refused() -> Outcome {
    let sandbox = sandbox().await?;
    for text in ["no Base64", "data:audio/mpeg,c29uZw==", "c29uZw="] {
        let refused = store(&sandbox, "file-base64-upload", "base64Data", text).await?;
        let message = "base64Data: is neither Base64 nor a `data:` URL of Base64";
        assert_eq!((&refused["code"], &refused["msg"]), (&json!(400), &json!(message)), "{text}");
    }
    for address in [format!("{}/files/uploads/1.mp3", sandbox.url()), "https://nowhere.invalid/a".to_owned()] {
        let refused = store(&sandbox, "file-url-upload", "fileUrl", &address).await?;
        let message = "fileUrl: the address cannot be fetched";
        assert_eq!((&refused["code"], &refused["msg"]), (&json!(400), &json!(message)), "{address}");
    }
    assert_eq!(sandbox.tasks(), 0);
    Ok(())
}
