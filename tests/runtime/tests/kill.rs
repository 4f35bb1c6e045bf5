//! A process with a journal is killed again and again: what was paid for is found again, and nothing is sent twice.
//!
//! `COVER_RUNS=1000 cargo test -p cover-runtime-tests --test kill` kills more often than usual.

use std::collections::HashMap;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use cover_api::Client;
use cover_api::journal::{Journal, Standing};
use cover_api::sandbox::Sandbox;
use cover_runtime_tests::{Outcome, chance, runs};

/// Whole POSTs that arrived, by what they ask for.
type Arrived = Arc<Mutex<HashMap<String, usize>>>;

/// The sandbox on a port where every POST is counted.
async fn counted(sandbox: &Sandbox) -> std::io::Result<(String, Arrived)> {
    let arrived = Arrived::default();
    let counts = Arc::clone(&arrived);
    let router = sandbox.router().layer(from_fn(move |request: Request, next: Next| {
        let counts = Arc::clone(&counts);
        async move {
            let (parts, body) = request.into_parts();
            let bytes = to_bytes(body, 1 << 20).await.unwrap_or_default();
            let body: serde_json::Value = serde_json::from_slice(&bytes).unwrap_or_default();
            if let Some(marker) = body["prompt"].as_str() {
                *counts.lock().expect("no panic").entry(marker.to_owned()).or_default() += 1;
            }
            next.run(Request::from_parts(parts, Body::from(bytes))).await
        }
    }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok((url, arrived))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_two_hundred_kills_every_post_is_accounted_for_and_none_was_repeated() -> Outcome {
    let (mut chance, folder) = (chance(), tempfile::tempdir()?);
    let path = folder.path().join("journal.redb");
    let sandbox = Sandbox::builder().credits(u32::MAX).stage_every(Duration::from_millis(10)).start().await?;
    let (url, arrived) = counted(&sandbox).await?;
    for kill in 0..runs(200) {
        let mut process = Command::new(env!("CARGO_BIN_EXE_paying"));
        let mut process = process.arg(&url).arg(&path).arg(kill.to_string()).spawn()?;
        tokio::time::sleep(Duration::from_micros(chance.u64(0..150_000))).await;
        assert!(process.try_wait()?.is_none(), "it works until it is killed");
        process.kill()?;
        process.wait()?;
    }
    // What is on its way to the sandbox arrives.
    tokio::time::sleep(Duration::from_millis(200)).await;

    let posts = sandbox.submits();
    let journal = Journal::open(&path)?;
    let client = Client::builder(sandbox.key()).base_url(&url).pace(1_000, Duration::ZERO).journal(journal.clone());
    let client = client.poll_every(Duration::from_millis(5), Duration::from_millis(5)).build()?;
    let unfinished = client.unfinished()?;
    for task in &unfinished {
        task.wait().await?;
    }
    assert_eq!(sandbox.submits(), posts, "to open a journal sends nothing");

    let entries = journal.entries()?;
    let mut arrived = arrived.lock().expect("no panic").clone();
    let (mut done, mut unknown) = (0, 0);
    for entry in &entries {
        let posts = arrived.remove(entry.label.as_deref().unwrap_or_default()).unwrap_or_default();
        match &entry.standing {
            Standing::Done { .. } => done += 1,
            Standing::Unknown => unknown += 1,
            other => panic!("{other:?}: {entry:?}"),
        }
        assert!(posts <= 1, "sent twice: {entry:?}");
        assert!(posts == 1 || entry.standing == Standing::Unknown, "{entry:?}");
    }
    assert!(arrived.is_empty(), "the journal knows nothing of {arrived:?}");
    println!(
        "{} entries: {done} done, {unknown} unknown; {} went on after the last kill",
        entries.len(),
        unfinished.len()
    );
    assert!(done <= sandbox.tasks() && sandbox.tasks() <= done + unknown);
    assert!(done > 0 && unknown > 0, "the kills came at all moments");
    Ok(())
}
