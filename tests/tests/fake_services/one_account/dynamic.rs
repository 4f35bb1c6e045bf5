//! With specs that are read at run time, as a command-line tool would do it.

use std::path::Path;
use std::time::Duration;

use cover_api::ledger::SqliteLedger;
use cover_api::runtime::{AnyService, Client, Spec};
use serde_json::json;

use super::service::{deliver_all, posts, service};
use super::{ADDRESS, SECRET};
use crate::Outcome;

/// Returns the client of the first operation of a new process.
async fn client(url: &str, ledger: &Path) -> Result<Client<AnyService>, Box<dyn std::error::Error>> {
    let spec = Spec::parse("upload_cover.toml", cover_spec::SHIPPED)?;
    let builder = Client::<AnyService>::of_spec(&spec, "5f0a9c81d2").base_url(url).callbacks(ADDRESS, SECRET);
    let short = Duration::from_millis(1);
    let builder = builder.ledger(SqliteLedger::open(ledger).await?).account("one").poll_every(short, short);
    Ok(builder.build()?)
}

/// Makes everything of one song, and returns all results by their names.
async fn run(client: &Client<AnyService>) -> Result<Vec<serde_json::Value>, Box<dyn std::error::Error>> {
    let known = client.find("cover").await?.and_then(cover_api::runtime::Given::task);
    let cover = if let Some(task) = known {
        task
    } else {
        let link = client.upload_bytes("song.wav", crate::recordings::wav(1)).await?;
        let request = json!({
            "uploadUrl": link.as_str(), "callBackUrl": ADDRESS, "model": "V5", "prompt": "A song", "customMode": false,
        });
        let request = client.request(request.to_string())?;
        client.send(&request).key("cover").await?.task().ok_or("the answer has no task")?
    };
    let task = cover.id().to_owned();
    let cover = cover.wait().await?;
    let track = cover.values["tracks"][0]["id"].clone();

    let spec = Spec::parse("wav.toml", include_str!("../../../specs/siblings/wav.toml"))?;
    let wavs = client.account().operation_from_spec(&spec)?;
    let request = json!({ "taskId": task, "audioId": track, "callBackUrl": ADDRESS });
    let wav = wavs.send(&wavs.request(request.to_string())?).key("wav").await?.task().ok_or("no task")?.wait().await?;

    let spec = Spec::parse("lyrics.toml", include_str!("../../../specs/siblings/timestamped_lyrics.toml"))?;
    let lyrics = client.account().operation_from_spec(&spec)?;
    let request = lyrics.request(json!({ "taskId": task, "audioId": track }).to_string())?;
    let lyrics = lyrics.send(&request).key("lyrics").await?.answer().ok_or("no answer")?;
    Ok(vec![serde_json::to_value(&*cover)?, serde_json::to_value(&*wav)?, serde_json::to_value(&*lyrics)?])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn specs_that_are_read_at_run_time_do_the_same_on_one_account() -> Outcome {
    let fake = service();
    let url = fake.serve().await?;
    let folder = tempfile::tempdir()?;
    let ledger = folder.path().join("ledger.db");
    let first = client(&url, &ledger).await?;
    let delivering = deliver_all(&fake, first.account().callbacks()?.router());
    let results = run(&first).await?;
    delivering.abort();
    assert_eq!(results[0]["tracks"][1]["audioUrl"], "https://cdn.example.com/cover-1-2.mp3");
    assert_eq!(results[1], json!({ "audioWavUrl": "https://cdn.example.com/wav-1.wav" }));
    assert_eq!(results[2]["alignedWords"][0]["word"], "La\n");
    assert_eq!(posts(&fake).len(), 4);
    drop(first);
    let second = client(&url, &ledger).await?;
    assert_eq!(run(&second).await?, results);
    assert_eq!(posts(&fake).len(), 4, "nothing is uploaded or paid again");
    Ok(())
}

#[tokio::test]
async fn the_same_rules_hold_as_for_generated_types() -> Outcome {
    let folder = tempfile::tempdir()?;
    let client = client("http://127.0.0.1:1", &folder.path().join("ledger.db")).await?;
    let body = r#"{ "uploadUrl": "song.wav", "model": "V9", "customMode": false, "style": "jazz" }"#;
    let dynamic = client.request(body).map(drop).unwrap_err();
    let generated = cover_api::CoverRequest::from_json(body).map(drop).unwrap_err();
    assert_eq!(dynamic.to_string(), generated.to_string());
    Ok(())
}
