//! A key whose task has failed is posted again only if the caller says so, once for each failure, and up to a limit.

use std::path::Path;

use cover_api::ledger::{MemoryLedger, SqliteLedger};
use cover_api::sandbox::Sandbox;
use cover_api::{Client, TaskHandle};
use cover_testkit::gate::{Came, Gate, Reply, within};
use cover_testkit::{Outcome, Result, request};
use tokio::task::yield_now;

use crate::common::{HOUR, MILLI, builder, came, in_memory_folder, poll_once, sandbox};

const KEY: &str = "order-17";

/// Sends the key after failures, and waits until the task has failed. Returns its id.
async fn fail(sandbox: &Sandbox, client: &Client, prompt: &str) -> Result<String> {
    sandbox.script_statuses(["PENDING", "GENERATE_AUDIO_FAILED"]);
    let task = client.send(&request(prompt)).key(KEY).after_failure().await?;
    assert!(task.was_posted());
    let error = within(HOUR, "a failure", task.wait().into_future()).await.expect_err("scripted");
    assert!(error.is_failed(), "{error}");
    Ok(task.id().to_owned())
}

#[tokio::test(start_paused = true)]
async fn a_key_is_posted_no_more_once_three_of_its_tasks_have_failed() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let client = builder(&gate).build()?;
    for number in 1..=3 {
        assert_eq!(fail(&sandbox, &client, &format!("corrected {number} times")).await?, format!("task-{number}"));
    }
    for limit in [None, Some(3), Some(1), Some(0)] {
        let sending = client.send(&request("corrected again")).key(KEY).after_failure();
        let sending = match limit {
            Some(limit) => sending.max_failures(limit),
            None => sending,
        };
        let error = sending.await.expect_err("three have failed");
        assert!(error.is_failure_limit() && !error.is_not_sent() && !error.is_key_conflict(), "{error}");
        assert_eq!(error.handle().map(TaskHandle::id), Some("task-3"));
        let said = error.to_string();
        let advice = format!(
            "nothing was sent: 3 tasks of this key have failed, and the limit is {}: find out why, and to post once more, send with \
             `.max_failures(4)`",
            limit.unwrap_or(3).max(1)
        );
        assert!(said.starts_with(&advice), "{said}");
    }
    assert_eq!(gate.posts().len(), 3);
    // The failed task is still what the key stands for.
    assert_eq!(client.find(KEY).await?.map(|task| task.id().to_owned()).as_deref(), Some("task-3"));
    let more = client.send(&request("corrected again")).key(KEY).after_failure().max_failures(4).await?;
    assert_eq!((more.id(), more.was_posted(), gate.posts().len()), ("task-4", true, 4));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn attempts_that_created_nothing_are_not_failures() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let client = builder(&gate).build()?;
    fail(&sandbox, &client, "x").await?;
    for _ in 0..5 {
        gate.announce(Reply::Refused);
        assert_eq!(came(client.send(&request("x")).key(KEY).after_failure().max_failures(2)).await, Came::Refused);
    }
    assert!(client.send(&request("x")).key(KEY).after_failure().max_failures(2).await?.was_posted());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn max_failures_alone_posts_nothing() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let client = builder(&gate).build()?;
    let failed = fail(&sandbox, &client, "x").await?;
    let task = client.send(&request("x")).key(KEY).max_failures(9).await?;
    assert_eq!((task.id(), task.was_posted(), gate.posts().len()), (&*failed, false, 1));
    Ok(())
}

/// Sends once with each client at the same time, and returns how many tasks were posted.
async fn both(first: &Client, second: &Client, prompt: &str) -> usize {
    let sent = |client: &Client| client.send(&request(prompt)).key(KEY).after_failure().into_future();
    let (first, second) = tokio::join!(sent(first), sent(second));
    let posted = |sent: &std::result::Result<cover_api::Task, cover_api::Error>| match sent {
        Ok(task) => task.was_posted(),
        Err(error) => {
            assert!(error.is_in_progress() || error.is_failure_limit(), "{error}");
            false
        }
    };
    usize::from(posted(&first)) + usize::from(posted(&second))
}

#[tokio::test]
async fn two_users_of_a_ledger_post_once_after_each_failure_and_never_beyond_the_limit() -> Outcome {
    let directory = in_memory_folder()?;
    let sandbox = Sandbox::builder().stage_every(std::time::Duration::ZERO).without_rate_limit().start().await?;
    let gate = Gate::new(&sandbox);
    let on = async |path: &Path| -> Result<Client> {
        let ledger = SqliteLedger::open(path).await?;
        Ok(builder(&gate).ledger(ledger).poll_every(MILLI, MILLI).build()?)
    };
    let path = directory.path().join("ledger");
    let (first, second) = (on(&path).await?, on(&path).await?);
    for round in 1..=5 {
        sandbox.script_statuses(["GENERATE_AUDIO_FAILED"]);
        let posted = both(&first, &second, &format!("round {round}")).await;
        assert_eq!(posted, usize::from(round <= 3), "round {round}");
        let task = second.find(KEY).await?.ok_or("the key has a task")?;
        let error = within(HOUR, "a failure", task.wait().into_future()).await.expect_err("scripted");
        assert!(error.is_failed(), "{error}");
        // The failure was queued to be recorded, and is once this is answered.
        second.find(KEY).await?;
    }
    assert_eq!((gate.posts().len(), sandbox.tasks()), (3, 3));
    // Another process, later.
    let error = on(&path).await?.send(&request("later")).key(KEY).after_failure().await.expect_err("three have failed");
    assert!(error.is_failure_limit(), "{error}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_send_after_a_failure_that_is_dropped_anywhere_is_posted_once() -> Outcome {
    let mut was_posted_when_dropped = [false; 2];
    for polls in 0..40 {
        let sandbox = sandbox().await?;
        let gate = Gate::new(&sandbox);
        let client = builder(&gate).ledger(MemoryLedger::new()).build()?;
        fail(&sandbox, &client, "x").await?;
        let mut sending = Box::pin(client.send(&request("corrected")).key(KEY).after_failure());
        for _ in 0..polls {
            if poll_once(&mut sending).is_ready() {
                break;
            }
            yield_now().await;
        }
        drop(sending);
        was_posted_when_dropped[usize::from(gate.posts().len() == 2)] = true;
        let again = client.send(&request("corrected")).key(KEY).after_failure();
        let task = within(HOUR, "the send after it", again).await.map_err(|error| format!("{polls} polls: {error}"))?;
        assert_eq!((task.id(), sandbox.tasks()), ("task-2", 2), "{polls} polls");
    }
    assert_eq!(was_posted_when_dropped, [true; 2], "some were dropped before the POST, and some after it");
    Ok(())
}
