//! Processes of which the database hears nothing for some time.

use std::time::{Duration, Instant};

use cover_api::ledger::PostgresLedger;
use cover_testkit::postgres::Postgres;
use cover_testkit::proxy::Proxy;
use cover_testkit::{Outcome, request};

use crate::service::{Adopting, PATIENCE, SILENCE, Service, connect, database};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_cut_off_loses_its_tasks_and_two_never_poll_one_at_once() -> Outcome {
    let Some(url) = database("silent").await? else { return Ok(()) };
    let server = Postgres::shared()?.ok_or("it is installed")?;
    let proxy = Proxy::to(server.address()).await?;
    let service = Service::default();
    let cut_off = PostgresLedger::builder(&proxy.address().url("silent"))?.connections(2).silence(SILENCE);
    let first = service.client("first", cut_off.connect().await?)?;
    let second = service.client("second", connect(&url).await?)?;
    let mut adopting = Adopting::start(&second);
    let task = first.send(&request("1")).key("order-1").await?;
    let wait = tokio::spawn(task.wait().into_future());
    service.polled_by("first", task.id(), Instant::now()).await?;

    proxy.partition();
    let cut = Instant::now();
    service.polled_by("second", task.id(), cut).await?;
    assert!(cut.elapsed() > SILENCE / 2, "it counts as dead only after its silence: {:?}", cut.elapsed());
    proxy.heal();
    let error = wait.await?.expect_err("its task was adopted");
    assert!(error.is_adopted_elsewhere(), "{error:?}");
    let polls = service.polls(task.id());
    let last_of_first = polls.iter().filter(|(by, _)| *by == "first").map(|(_, at)| *at).max().ok_or("no poll")?;
    let first_of_second = polls.iter().filter(|(by, _)| *by == "second").map(|(_, at)| *at).min().ok_or("no poll")?;
    assert!(last_of_first < first_of_second, "the first process stops polling before the second one begins");
    assert!(last_of_first < cut + SILENCE / 2 + SILENCE / 6, "{:?} after it was cut off", last_of_first - cut);

    service.finish(task.id());
    assert_eq!(adopting.next().await?, (Some("order-1".to_owned()), true));
    let found = first.find("order-1").await?.ok_or("the first process finds it")?;
    assert_eq!(found.wait().await?.tracks.len(), 1, "a wait for a task that was found is no matter of waiters");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_is_cut_off_for_a_short_time_keeps_its_tasks() -> Outcome {
    let Some(_) = database("short").await? else { return Ok(()) };
    let server = Postgres::shared()?.ok_or("it is installed")?;
    let proxy = Proxy::to(server.address()).await?;
    let service = Service::default();
    let cut_off = PostgresLedger::builder(&proxy.address().url("short"))?.silence(SILENCE).connect().await?;
    let client = service.client("first", cut_off)?;
    let task = client.send(&request("1")).await?;
    let wait = tokio::spawn(task.wait().into_future());
    service.polled_by("first", task.id(), Instant::now()).await?;
    proxy.partition();
    // Nobody adopts, and the process waits again once it reaches the database.
    tokio::time::sleep(2 * SILENCE).await;
    let silent = Instant::now();
    tokio::time::sleep(SILENCE / 2).await;
    assert!(service.polls(task.id()).iter().all(|(_, at)| *at < silent), "it does not poll while it is cut off");
    proxy.heal();
    service.polled_by("first", task.id(), silent).await?;
    service.finish(task.id());
    let ended = tokio::time::timeout(PATIENCE, wait).await?;
    assert_eq!(ended??.tracks.len(), 1);
    Ok(())
}

/// The end of a wait that the database hears of late is that of a process which is not the waiter any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_process_reports_after_its_task_was_adopted_changes_nothing() -> Outcome {
    let Some(url) = database("fenced").await? else { return Ok(()) };
    let service = Service::default();
    let first = service.client("first", connect(&url).await?)?;
    let task = first.send(&request("1")).key("order-1").await?;
    // Another process adopts the task, as if this one had been suspended, which it does not know yet.
    let database = cover_testkit::postgres::connect(&url).await?;
    database.batch_execute("UPDATE entries SET waiter = 'another process'").await?;
    service.finish(task.id());
    assert_eq!(task.wait().await?.tracks.len(), 1, "it has polled before it could know");
    tokio::time::sleep(SILENCE).await;
    assert!(task.poll().await?.is_done());
    // A list waits for what this process has written before.
    let row = first.unfinished().next().await?.ok_or("it is unfinished")?;
    assert_eq!(row.id(), task.id());
    let state: String = database.query_one("SELECT state FROM entries", &[]).await?.get(0);
    assert_eq!(state, "running");
    Ok(())
}

#[tokio::test]
async fn silence_is_measured_by_the_clock_of_the_database() -> Outcome {
    let Some(url) = database("clock").await? else { return Ok(()) };
    let ledger = connect(&url).await?;
    let database = cover_testkit::postgres::connect(&url).await?;
    let left = "SELECT alive_until - CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) FROM holders";
    let begun = Instant::now();
    while begun.elapsed() < 2 * SILENCE {
        let left: i64 = database.query_one(left, &[]).await?.get(0);
        let most = i64::try_from(SILENCE.as_millis())?;
        assert!((1..=most).contains(&left), "{left} ms are left");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(ledger);
    assert_eq!(database.query("SELECT name FROM holders", &[]).await?.len(), 0, "it has left");
    Ok(())
}
