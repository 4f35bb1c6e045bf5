//! Duplicate charges, unfinished tasks, and the counters of a client.

use std::time::Duration;

use cover_api::ledger::{MemoryLedger, SqliteLedger};
use cover_api::sandbox::Sandbox;
use cover_api::{Client, Task};
use cover_testkit::failing_ledger::{FailingLedger, Fails};
use cover_testkit::gate::{ADDRESS, Came, Gate, Reply, SECRET, within};
use cover_testkit::{Outcome, request, request_with_callback};
use tokio::time::{sleep, timeout};
use tower_service::Service;

use crate::common::{HOUR, MILLI, PATIENCE, SECOND, builder, callback_for_post, came, in_memory_folder, sandbox};

#[tokio::test(start_paused = true)]
async fn a_second_charge_is_listed_as_a_duplicate() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::lost());
    let client = builder(&gate).callbacks(ADDRESS, SECRET).build()?;
    assert_eq!(came(client.send(&request_with_callback(ADDRESS, 1)).key("one")).await, Came::Unknown);
    let second = client.send_may_charge_twice(&request_with_callback(ADDRESS, 1)).key("one").await?;
    assert_eq!((second.id(), second.was_posted()), ("task-2", true));
    // A callback reveals the first task.
    let Ok(_) = client.callbacks()?.router().call(callback_for_post(&client, &gate, 0, "task-1")?).await;
    sleep(HOUR).await;
    let duplicates = client.duplicates().await?;
    assert_eq!(duplicates.len(), 1, "{:?}", client.stats());
    let duplicate = &duplicates[0];
    assert_eq!(
        (duplicate.key.as_deref(), duplicate.task.as_deref(), &*duplicate.duplicate),
        (Some("one"), Some("task-2"), "task-1")
    );
    assert_eq!(client.stats().duplicates, 1);
    assert_eq!(client.find("one").await?.map(|task| task.id().to_owned()), Some("task-2".to_owned()));
    // A duplicate is not purged.
    second.wait().await?;
    assert_eq!(client.purge(Duration::ZERO).await?, 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_second_charge_is_counted_although_the_ledger_failed_first() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::lost()).then(Reply::Late(100 * SECOND));
    let ledger = FailingLedger::new();
    let client = builder(&gate).ledger(ledger.clone()).callbacks(ADDRESS, SECRET).build()?;
    assert_eq!(Came::of(&client.send(&request_with_callback(ADDRESS, 1)).key("one").await), Came::Unknown);
    let second = tokio::spawn({
        let client = client.clone();
        async move { client.send_may_charge_twice(&request_with_callback(ADDRESS, 1)).key("one").await }
    });
    sleep(10 * SECOND).await;
    let Ok(_) = client.callbacks()?.router().call(callback_for_post(&client, &gate, 0, "task-1")?).await;
    sleep(60 * SECOND).await;
    ledger.set(Fails::From(1));
    drop(within(HOUR, "the second send", second).await?);
    sleep(10 * SECOND).await;
    ledger.set(Fails::Never);
    sleep(HOUR).await;
    let (duplicates, stats) = (client.duplicates().await?, client.stats());
    assert_eq!((duplicates.len(), stats.duplicates), (1, 1), "{stats:?}");
    Ok(())
}

#[tokio::test]
async fn running_tasks_are_listed_after_a_restart_and_ended_ones_are_purged() -> Outcome {
    let directory = in_memory_folder()?;
    let sandbox = Sandbox::builder().stage_every(20 * MILLI).start().await?;
    let (gate, path) = (Gate::new(&sandbox), directory.path().join("ledger"));
    let fast = async || {
        Ok::<_, Box<dyn std::error::Error>>(
            builder(&gate).poll_every(5 * MILLI, 5 * MILLI).ledger(SqliteLedger::open(&path).await?).build()?,
        )
    };
    let client: Client = fast().await?;
    let done = client.send(&request("done")).key("done").await?;
    within(PATIENCE, "the end", done.wait().into_future()).await?;
    let running = client.send(&request("running")).key("running").await?.id().to_owned();
    // This send is dropped, so that its task is not delivered.
    gate.announce(Reply::Late(200 * MILLI));
    assert!(timeout(100 * MILLI, client.send(&request("dropped"))).await.is_err());
    assert!(client.shutdown(PATIENCE).await.is_empty());
    drop((client, done));

    let client: Client = fast().await?;
    let unfinished = client.unfinished().all().await?;
    assert_eq!(unfinished.iter().map(Task::id).collect::<Vec<_>>(), [&*running, "task-3"]);
    assert_eq!(client.purge(HOUR).await?, 0, "no entry is an hour old");
    sleep(5 * MILLI).await;
    assert_eq!(client.purge(Duration::ZERO).await?, 1, "only the ended entry");
    for task in unfinished {
        within(PATIENCE, "the end", task.wait().into_future()).await?;
    }
    assert!(client.unfinished().all().await?.is_empty());
    // A purged key can be bought again; the others cannot.
    assert!(client.find("done").await?.is_none());
    assert!(client.send(&request("done")).key("done").await?.was_posted());
    assert!(!client.send(&request("running")).key("running").await?.was_posted());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_attempt_dropped_before_its_post_is_not_counted_as_resent() -> Outcome {
    let sandbox = sandbox().await?;
    // "Too many requests", to be sent again after 10 s.
    let gate = Gate::with_usual(&sandbox, Reply::Code(405));
    let client = builder(&gate).rate_limit(1, 100 * SECOND).build()?;
    assert!(timeout(30 * SECOND, client.send(&request("x"))).await.is_err());
    sleep(HOUR).await;
    let stats = client.stats();
    assert_eq!((gate.posts().len(), stats.posts), (1, 1));
    assert_eq!(stats.refused + stats.not_sent, 1, "it is counted once: {stats:?}");
    assert_eq!(stats.resent, 0, "no second POST was made: {stats:?}");
    Ok(())
}

/// Two equal sends wait for each other. The first is refused, and then the second makes its first POST.
#[tokio::test(start_paused = true)]
async fn the_first_post_of_a_waiting_send_is_not_counted_as_resent() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::with_usual(&sandbox, Reply::Refused);
    let client = builder(&gate).build()?;
    let (one, two) = (client.clone(), client.clone());
    let (request_one, request_two) = (request("x"), request("x"));
    let (one, two) = tokio::join!(one.send(&request_one).key("one"), two.send(&request_two).key("one"));
    let numbers = [one, two].map(|it| it.err().and_then(|error| error.attempt().map(|attempt| attempt.number)));
    let stats = client.stats();
    assert_eq!((numbers, stats.posts, stats.resent, stats.refused), ([Some(1), Some(1)], 2, 0, 2), "{stats:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_refused_send_that_returns_the_task_of_another_is_counted_once() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Code(405));
    let client = builder(&gate).build()?;
    let send = || {
        let client = client.clone();
        tokio::spawn(async move { client.send(&request("x")).key("one").await.map(|task| task.was_posted()) })
    };
    let first = send();
    sleep(SECOND).await;
    let second = send();
    drop((first.await?, second.await?));
    let stats = client.stats();
    let ended = stats.tasks + stats.refused + stats.not_sent + stats.unknown + stats.existing;
    assert_eq!(ended, 2, "two sends: {stats:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_full_ledger_in_memory_drops_delivered_entries() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let client = builder(&gate).ledger(MemoryLedger::with_capacity(8)).build()?;
    for number in 0..20 {
        let sent = client.send(&request(&number.to_string())).await;
        assert!(sent.is_ok(), "{number}: {sent:?}");
    }
    Ok(())
}

#[tokio::test]
async fn a_running_entry_without_a_task_is_an_error() -> Outcome {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("ledger.db");
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let client = builder(&gate).ledger(SqliteLedger::open(&path).await?).build()?;
    client.send(&request("x")).key("one").await?;
    let db = rusqlite::Connection::open(&path)?;
    db.pragma_update(None, "ignore_check_constraints", true)?;
    db.execute("UPDATE entries SET task = NULL", [])?;
    let error = timeout(2 * SECOND, client.send(&request("x")).key("one")).await?.expect_err("the entry is damaged");
    assert!(error.is_ledger() && error.is_not_sent(), "{error:?}");
    assert_eq!(sandbox.tasks(), 1);
    Ok(())
}

#[tokio::test]
async fn a_ledger_error_names_its_file() -> Outcome {
    let directory = tempfile::tempdir()?;
    let path = directory.path().join("ledger.db");
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let client = builder(&gate).ledger(SqliteLedger::open(&path).await?).build()?;
    client.send(&request("x")).key("one").await?;
    rusqlite::Connection::open(&path)?.execute("UPDATE entries SET state = 'later'", [])?;
    let error = client.send(&request("x")).key("one").await.expect_err("it cannot be read");
    assert!(error.to_string().contains("ledger.db"), "{error}");
    Ok(())
}
