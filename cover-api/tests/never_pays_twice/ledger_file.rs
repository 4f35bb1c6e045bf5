//! A file that cannot be opened or written as a ledger: the error names the file and the cause, and nothing is posted.

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

use cover_api::Client;
use cover_api::ledger::{Ledger, SqliteLedger};
use cover_api::sandbox::Sandbox;
use cover_testkit::ledger_file::{entries, lock_file};
use cover_testkit::service::{Habits, Service};
use cover_testkit::{ACCOUNT, Outcome, Result, chance, request};
use rusqlite::Connection;
use tokio::time::sleep;

/// Returns why a file is not opened. The error must name it.
async fn refusal(path: &Path) -> Result<String> {
    let error = SqliteLedger::open(path).await.err().ok_or("it was opened")?.to_string();
    assert!(error.starts_with(&format!("the ledger `{}` ", path.display())), "{error}");
    Ok(error)
}

/// Returns a client of a sandbox in this process.
pub fn client(sandbox: &Sandbox, ledger: impl Ledger) -> std::result::Result<Client, cover_api::Error> {
    Client::builder(sandbox.key()).transport(sandbox.router()).account(ACCOUNT).ledger(ledger).build()
}

/// Returns why the ledger did not allow a send. The error must name the file, and nothing may be sent.
async fn unrecorded(client: &Client, path: &Path) -> Result<String> {
    let error = client.send(&request("bad")).key("bad").await.err().ok_or("it was sent")?;
    assert!(error.is_ledger() && error.is_not_sent() && !error.may_have_been_charged(), "{error:?}");
    assert!(error.to_string().starts_with("nothing was sent: the ledger could not be "), "{error}");
    let cause = error.source().ok_or("it has no cause")?.to_string();
    assert!(cause.starts_with(&format!("the ledger `{}` ", path.display())), "{cause}");
    Ok(cause)
}

/// Creates a ledger with one entry.
async fn filled(path: &Path) -> Outcome {
    let sandbox = Sandbox::start().await?;
    let client = client(&sandbox, SqliteLedger::open(path).await?)?;
    client.send(&request("good")).key("good").await?;
    Ok(())
}

#[tokio::test]
async fn a_ledger_cannot_be_opened_in_a_missing_folder_or_over_a_folder() -> Outcome {
    let folder = tempfile::tempdir()?;
    let missing = folder.path().join("not/there/covers.db");
    assert!(refusal(&missing).await?.ends_with("its directory does not exist"));
    // Even root cannot create files there.
    assert!(refusal(Path::new("/proc/covers.db")).await?.contains("it cannot be created: "));
    assert!(refusal(folder.path()).await?.ends_with("it is a directory"));
    assert_eq!(std::fs::read_dir(folder.path())?.count(), 0, "nothing is left behind");
    Ok(())
}

#[tokio::test]
async fn files_that_are_not_whole_ledgers_are_refused_and_left_unchanged() -> Outcome {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("covers.db");
    filled(&path).await?;
    let whole = std::fs::read(&path)?;
    let (half, most) = (whole[..whole.len() / 2].to_vec(), whole[..whole.len() - 1].to_vec());
    for (bytes, cause) in [
        (Vec::new(), "it is an empty file"),
        (whole[..100].to_vec(), "is not a ledger, or is damaged: "),
        (half, "was cut off"),
        (most, "was cut off"),
        (b"order,prompt\n".repeat(1_000), "it is not a database"),
        (vec![0; 8_192], "is not a ledger, or is damaged: "),
    ] {
        std::fs::write(&path, &bytes)?;
        let error = refusal(&path).await?;
        assert!(error.contains(cause), "{error}");
        assert!(std::fs::read(&path)? == bytes, "it was changed: {error}");
    }
    std::fs::write(&path, whole)?;
    SqliteLedger::open(&path).await?;
    Ok(())
}

#[tokio::test]
async fn a_ledger_of_a_later_version_is_refused_even_while_it_is_in_use() -> Outcome {
    let (folder, sandbox) = (tempfile::tempdir()?, Sandbox::start().await?);
    let path = folder.path().join("covers.db");
    let client = client(&sandbox, SqliteLedger::open(&path).await?)?;
    client.send(&request("good")).key("good").await?;
    Connection::open(&path)?.execute_batch("UPDATE ledger_meta SET version = 9, least_version = 9")?;
    let cause = unrecorded(&client, &path).await?;
    assert!(cause.contains("a later version of this crate (schema 9)"), "{cause}");
    assert!(refusal(&path).await?.contains("a later version of this crate (schema 9)"));
    let error = client.unknown().await.err().ok_or("it was read")?;
    assert!(error.is_ledger() && !error.may_have_been_charged(), "{error:?}");
    assert_eq!(sandbox.submits(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_ledger_is_waited_for_and_then_refused() -> Outcome {
    let (folder, sandbox) = (tempfile::tempdir()?, Sandbox::start().await?);
    let path = folder.path().join("covers.db");
    let client = client(&sandbox, SqliteLedger::open(&path).await?)?;
    let locked = lock_file(&path, Duration::from_secs(1))?;
    let since = Instant::now();
    let (opened, sent) = tokio::join!(refusal(&path), unrecorded(&client, &path));
    let cause = "it is locked: another process has been writing for too long";
    assert!(opened?.contains(cause) && sent?.contains(cause));
    assert!(since.elapsed() > Duration::from_secs(9), "it is waited for");
    assert_eq!(sandbox.submits(), 0);
    // A send waits for a lock that ends in time.
    let later = tokio::spawn(async move { client.send(&request("good")).key("good").await });
    sleep(Duration::from_millis(500)).await;
    drop(locked);
    assert!(later.await??.was_posted());
    assert_eq!(sandbox.submits(), 1);
    Ok(())
}

/// During the POST, another process locks the file for longer than the client waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outcome_while_the_file_is_locked_is_recorded_later() -> Outcome {
    let (mut chance, folder) = (chance(), tempfile::tempdir()?);
    let path = folder.path().join("covers.db");
    let service = Service::start(Habits { takes: 0..1, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    let client = service.client(ACCOUNT, &path).await?;
    let replies = service.hold_replies().await;
    let sending = {
        let client = client.clone();
        tokio::spawn(async move { client.send(&request("late")).key("late").await })
    };
    assert!(service.until_arrived(1).await);
    let locked = lock_file(&path, Duration::from_secs(1))?;
    drop(replies);
    let task = sending.await??;
    assert!(task.was_posted(), "the outcome is returned");
    assert_eq!(client.stats().unsettled, 1);
    assert_eq!(entries(&path)?["late"].state, "posting");
    drop(locked);
    // The next attempt to record it comes after a pause.
    until(|| client.stats().unsettled == 0).await;
    assert_eq!(entries(&path)?["late"].task.as_deref(), Some(task.id()));
    let again = client.send(&request("late")).key("late").await?;
    assert_eq!((again.id(), again.was_posted(), service.arrived()), (task.id(), false, 1));
    Ok(())
}

async fn until(done: impl Fn() -> bool) {
    let since = Instant::now();
    while !done() {
        assert!(since.elapsed() < Duration::from_secs(25), "it takes too long");
        sleep(Duration::from_millis(5)).await;
    }
}
