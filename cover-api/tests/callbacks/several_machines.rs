//! Callbacks reach any process that shares a ledger, and the process that waits is told. Each client here has a ledger of its own, like
//! a process of its own.

use std::future::IntoFuture;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use cover_api::Client;
use cover_api::callback::{Callbacks, TestCallback};
use cover_api::ledger::{Ledger, PostgresLedger, SqliteLedger};
use cover_api::sandbox::Sandbox;
use cover_api::{Task, UploadCover};
use cover_testkit::postgres::{Postgres, connect};
use cover_testkit::proxy::Proxy;
use cover_testkit::{Outcome, Result};
use tokio::time::{Instant, sleep, timeout};
use tower_service::Service;

use crate::common::{ADDRESS, Reply, SECOND, SECRET, numbered_request, recovered, with_replies};

/// Time between the stages of a task. Without callbacks, the first poll comes long after the last stage.
const STAGE: Duration = Duration::from_millis(100);

/// Longer than a wake-up takes on a busy machine, and shorter than the pause between polls.
const SOON: Duration = Duration::from_secs(8);

async fn sandbox(stage: Duration) -> Result<Sandbox> {
    Ok(Sandbox::builder().key("key").stage_every(stage).without_rate_limit().credits(u32::MAX).start().await?)
}

/// Returns a fresh database, or `None` if PostgreSQL is not installed.
async fn database(name: &str) -> Result<Option<String>> {
    match Postgres::shared()? {
        Some(server) => Ok(Some(server.database(name).await?)),
        None => Ok(None),
    }
}

fn client(router: Router, ledger: impl Ledger) -> Result<(Client, Callbacks<UploadCover>)> {
    let builder = Client::builder("key").transport(router).callbacks(ADDRESS, SECRET).ledger(ledger);
    let client = builder.rate_limit(10_000, SECOND).build()?;
    let callbacks = client.callbacks()?;
    Ok((client, callbacks))
}

async fn process(sandbox: &Sandbox, url: &str) -> Result<(Client, Callbacks<UploadCover>)> {
    client(sandbox.router(), PostgresLedger::connect(url).await?)
}

/// Returns a router that gives each callback to the next of these.
fn in_turn(all: Vec<Router>) -> Router {
    let turn = Arc::new(AtomicUsize::new(0));
    Router::new().fallback(async move |request: Request| {
        let mut router = all[turn.fetch_add(1, Ordering::SeqCst) % all.len()].clone();
        router.call(request).await
    })
}

/// Returns the number of messages that no process has taken.
async fn messages(url: &str) -> Result<i64> {
    Ok(connect(url).await?.query_one("SELECT count(*) FROM messages", &[]).await?.get(0))
}

/// Receives a callback as a server would.
async fn receive(callbacks: &Callbacks<UploadCover>, callback: &TestCallback) {
    let received = callbacks.receive(&callback.path, &callback.headers, &callback.body);
    assert_eq!(received.status(), 200);
    received.afterwards().await;
}

async fn ends_soon(task: &Task) -> Outcome {
    let cover = timeout(SOON, task.wait().into_future()).await.map_err(|_| "no callback has woken the wait")??;
    assert!(cover.has_output());
    Ok(())
}

#[tokio::test]
async fn a_callback_at_any_process_wakes_the_wait() -> Outcome {
    let Some(url) = database("mail_any").await? else { return Ok(()) };
    let sandbox = sandbox(STAGE).await?;
    let mut all = Vec::new();
    for _ in 0..3 {
        all.push(process(&sandbox, &url).await?);
    }
    sandbox.deliver_to(in_turn(all.iter().map(|(_, callbacks)| callbacks.router()).collect()));
    // 4 is no multiple of 3: each stage of a task reaches another process than that of the task before.
    for number in 0..12 {
        ends_soon(&all[number % 4 % 3].0.send(&numbered_request(number)).await?).await?;
    }
    assert_eq!(sandbox.polls(), 12, "one poll confirms the end of each task");
    assert_eq!(messages(&url).await?, 0);
    Ok(())
}

#[tokio::test]
async fn doubled_forged_and_late_callbacks_at_another_process_change_nothing() -> Outcome {
    let Some(url) = database("mail_forged").await? else { return Ok(()) };
    let sandbox = sandbox(SECOND).await?;
    sandbox.deliver_to(Router::new()); // no callback of the service is delivered
    let ((sender, own), (_, other)) = (process(&sandbox, &url).await?, process(&sandbox, &url).await?);
    let task = sender.send(&numbered_request(0)).await?;
    let waiting = tokio::spawn(task.wait().into_future());
    for (why, forged) in own.test_factory().invalid(task.id()) {
        let received = other.receive(&forged.path, &forged.headers, &forged.body);
        // The other process does not know which task the attempt became.
        received.afterwards().await;
        assert_eq!(messages(&url).await?, 0, "{why}");
    }
    sleep(SECOND / 2).await;
    assert_eq!((sandbox.polls(), waiting.is_finished()), (0, false), "no wait was woken");
    let lie = own.test_factory().valid(task.id(), "complete");
    for _ in 0..20 {
        receive(&other, &lie).await;
    }
    sleep(SECOND / 2).await;
    assert_eq!((sandbox.polls(), waiting.is_finished()), (1, false), "a lie costs one poll, however often it is told");
    waiting.abort();
    // The end of the task is seen without callbacks.
    sleep(3 * SECOND).await;
    assert!(task.wait().await?.has_output());
    let polls = sandbox.polls();
    receive(&other, &lie).await;
    sleep(SECOND / 2).await;
    assert_eq!((sandbox.polls(), messages(&url).await?), (polls, 0));
    Ok(())
}

#[tokio::test]
async fn messages_for_a_process_that_is_gone_are_dropped() -> Outcome {
    let Some(url) = database("mail_gone").await? else { return Ok(()) };
    let sandbox = sandbox(3_600 * SECOND).await?;
    let ((sender, own), (_, other)) = (process(&sandbox, &url).await?, process(&sandbox, &url).await?);
    let task = sender.send(&numbered_request(0)).key("0").await?;
    let callback = own.test_factory().valid(task.id(), "complete");
    let database = connect(&url).await?;
    let holder: String = database.query_one("SELECT holder FROM attempts", &[]).await?.get(0);
    drop((sender, own, task));
    while database.query_opt("SELECT 1 FROM holders WHERE name = $1", &[&holder]).await?.is_some() {
        sleep(STAGE).await;
    }
    // Killed, it would still be listed, and count as alive for some time.
    let silent = "INSERT INTO holders (name, started, alive_until) VALUES ($1, 0, 4102444800000)";
    database.execute(silent, &[&holder]).await?;
    for _ in 0..5 {
        receive(&other, &callback).await;
    }
    assert_eq!(messages(&url).await?, 1, "it waits for its process");
    database.execute("DELETE FROM holders WHERE name = $1", &[&holder]).await?;
    receive(&other, &callback).await;
    assert_eq!(messages(&url).await?, 0);
    Ok(())
}

#[tokio::test]
async fn a_lost_notification_is_made_good() -> Outcome {
    let Some(url) = database("mail_lost").await? else { return Ok(()) };
    let sandbox = sandbox(STAGE).await?;
    sandbox.deliver_to(Router::new());
    let ((sender, own), (_, other)) = (process(&sandbox, &url).await?, process(&sandbox, &url).await?);
    let database = connect(&url).await?;
    for number in 0..5 {
        let task = sender.send(&numbered_request(number)).await?;
        let waiting = task.wait().into_future();
        sleep(4 * STAGE).await;
        // The connection that listens is lost when the callback comes.
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() \
                   AND query LIKE 'LISTEN%'";
        let ended: i64 = database.query_one(end, &[]).await?.get(0);
        assert!(ended > 0, "nobody listened");
        receive(&other, &own.test_factory().valid(task.id(), "complete")).await;
        timeout(SOON, waiting).await.map_err(|_| "the message was not taken")??;
    }
    Ok(())
}

#[tokio::test]
async fn a_partition_is_made_good() -> Outcome {
    let Some(url) = database("mail_part").await? else { return Ok(()) };
    let Some(server) = Postgres::shared()? else { return Ok(()) };
    let proxy = Proxy::to(server.address()).await?;
    let sandbox = sandbox(STAGE).await?;
    sandbox.deliver_to(Router::new());
    let (sender, own) = process(&sandbox, &proxy.address().url("mail_part")).await?;
    let (_, other) = process(&sandbox, &url).await?;
    let task = sender.send(&numbered_request(0)).await?;
    let waiting = task.wait().into_future();
    sleep(4 * STAGE).await;
    proxy.partition();
    receive(&other, &own.test_factory().valid(task.id(), "complete")).await;
    sleep(SECOND).await;
    assert_eq!((sandbox.polls(), messages(&url).await?), (0, 1), "the process cannot be told");
    proxy.cut().await;
    proxy.heal();
    timeout(SOON, waiting).await.map_err(|_| "the message was not taken")??;
    Ok(())
}

#[tokio::test]
async fn without_notifications_processes_look_for_messages() -> Outcome {
    let Some(url) = database("mail_pooled").await? else { return Ok(()) };
    let sandbox = sandbox(STAGE).await?;
    let ledger = PostgresLedger::builder(&url)?.through_pooler().connect().await?;
    let ((sender, _), (_, other)) = (client(sandbox.router(), ledger)?, process(&sandbox, &url).await?);
    sandbox.deliver_to(other.router());
    ends_soon(&sender.send(&numbered_request(0)).await?).await?;
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("covers.db");
    let (one, two) = (SqliteLedger::open(&file).await?, SqliteLedger::open(&file).await?);
    let ((sender, _), (_, other)) = (client(sandbox.router(), one)?, client(sandbox.router(), two)?);
    sandbox.deliver_to(other.router());
    ends_soon(&sender.send(&numbered_request(1)).await?).await
}

#[tokio::test]
async fn an_unknown_outcome_is_confirmed_once_by_the_process_that_received_the_callback() -> Outcome {
    let Some(url) = database("mail_unknown").await? else { return Ok(()) };
    let sandbox = sandbox(STAGE).await?;
    let ledger = PostgresLedger::connect(&url).await?;
    let (sender, _) = client(with_replies(&sandbox, Reply::Lost(Duration::ZERO)), ledger)?;
    let (other, callbacks) = process(&sandbox, &url).await?;
    sandbox.deliver_to(callbacks.router());
    let error = sender.send(&numbered_request(0)).await.expect_err("the reply is lost");
    let task = timeout(SOON, recovered(&sender, &error)).await??;
    assert_eq!((sandbox.polls(), other.stats().recovered, sender.stats().recovered), (1, 1, 0));
    ends_soon(&task).await?;
    assert!(sender.unknown().await?.is_empty() && other.duplicates().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_send_whose_reply_is_late_gets_its_task_from_another_process() -> Outcome {
    let Some(url) = database("mail_late").await? else { return Ok(()) };
    let sandbox = sandbox(STAGE).await?;
    let ledger = PostgresLedger::connect(&url).await?;
    let (sender, _) = client(with_replies(&sandbox, Reply::Late(30 * SECOND)), ledger)?;
    let (_, other) = process(&sandbox, &url).await?;
    sandbox.deliver_to(other.router());
    let begun = Instant::now();
    let task = timeout(20 * SECOND, sender.send(&numbered_request(0)).into_future()).await??;
    assert!(begun.elapsed() >= SECOND, "the reply was given a chance");
    assert_eq!(sandbox.polls(), 1);
    ends_soon(&task).await?;
    Ok(())
}
