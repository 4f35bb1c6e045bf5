//! Callbacks before, after and instead of the reply to a POST.

use std::time::Duration;

use axum::Router;
use cover_api::Client;
use cover_api::ledger::SqliteLedger;
use cover_api::sandbox::Sandbox;
use cover_testkit::{Outcome, Result};
use tokio::time::{Instant, sleep};

use crate::common::{ADDRESS, Reply, SECOND, SECRET, STAGE, numbered_request, recovered, sandbox, with_replies};

#[tokio::test(start_paused = true)]
async fn a_callback_before_the_reply_is_not_lost() -> Outcome {
    let sandbox = sandbox().await?;
    sandbox.script_statuses(["SUCCESS"]); // with a callback at once, while the reply takes a minute
    let router = with_replies(&sandbox, Reply::Late(60 * SECOND));
    let client = Client::builder(sandbox.key()).transport(router).callbacks(ADDRESS, SECRET).build()?;
    sandbox.deliver_to(client.callbacks()?.router());
    let started = Instant::now();
    let task = client.send(&numbered_request(0)).await?;
    // The send does not wait for the reply: a poll confirmed the callback.
    assert!(started.elapsed() < 5 * SECOND, "{:?}", started.elapsed());
    assert_eq!((task.id(), sandbox.tasks(), sandbox.polls()), ("task-1", 1, 1));
    assert!(task.wait().await?.has_output());
    assert!(started.elapsed() < 5 * SECOND, "{:?}", started.elapsed());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_callback_just_before_the_reply_costs_no_extra_poll() -> Outcome {
    let sandbox = sandbox().await?;
    sandbox.script_statuses(["SUCCESS"]);
    let router = with_replies(&sandbox, Reply::Late(SECOND));
    let client = Client::builder(sandbox.key()).transport(router).callbacks(ADDRESS, SECRET).build()?;
    sandbox.deliver_to(client.callbacks()?.router());
    let (started, task) = (Instant::now(), client.send(&numbered_request(0)).await?);
    assert!(task.wait().await?.has_output());
    assert!(started.elapsed() < 2 * SECOND, "{:?}", started.elapsed());
    assert_eq!(sandbox.polls(), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_task_whose_reply_was_lost_is_recovered_by_its_callback() -> Outcome {
    let sandbox = sandbox().await?;
    let router = with_replies(&sandbox, Reply::Lost(Duration::ZERO));
    let client = Client::builder(sandbox.key()).transport(router).callbacks(ADDRESS, SECRET).build()?;
    sandbox.deliver_to(client.callbacks()?.router());

    let error = client.send(&numbered_request(0)).await.expect_err("the reply is lost");
    assert!(error.is_outcome_unknown() && error.handle().is_none());
    assert!(
        client.send(&numbered_request(0)).await.is_err_and(|error| error.is_outcome_unknown()),
        "an equal send is refused"
    );
    let started = Instant::now();
    let task = recovered(&client, &error).await?;
    assert!(started.elapsed() < STAGE + SECOND, "by the first callback: {:?}", started.elapsed());
    assert!(task.wait().await?.has_output());
    assert_eq!((sandbox.tasks(), sandbox.submits(), sandbox.polls()), (1, 1, 2));
    let stats = client.stats();
    assert_eq!((stats.unknown, stats.recovered), (1, 1));
    // The task was delivered, so that an equal request is a new purchase.
    assert!(client.send(&numbered_request(0)).await.is_err_and(|error| error.attempt().is_some()));
    assert_eq!(sandbox.submits(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_reply_lost_around_the_time_of_the_callback_leaves_no_unknown_outcome() -> Outcome {
    for lost_after in [0, 500, 1_999, 2_000, 2_001, 3_000] {
        let sandbox = sandbox().await?;
        sandbox.script_statuses(["SUCCESS"]); // with a callback at once
        let router = with_replies(&sandbox, Reply::Lost(Duration::from_millis(lost_after)));
        let builder = Client::builder(sandbox.key()).transport(router).callbacks(ADDRESS, SECRET);
        let client = builder.build()?;
        sandbox.deliver_to(client.callbacks()?.router());
        let task = match client.send(&numbered_request(0)).await {
            Ok(task) => task,
            Err(error) => recovered(&client, &error).await?,
        };
        // The counters are updated a moment later.
        sleep(SECOND).await;
        let unfinished = client.unfinished().all().await?;
        assert_eq!((task.id(), unfinished.len(), unfinished[0].id()), ("task-1", 1, "task-1"), "{lost_after} ms");
        assert_eq!(client.stats().unknown, client.stats().recovered, "{lost_after} ms");
        assert!(client.unknown().await?.is_empty(), "{lost_after} ms");
        assert!(
            client.send(&numbered_request(0)).await.is_err_and(|error| error.attempt().is_some()),
            "a new purchase"
        );
    }
    Ok(())
}

/// In real time, since paused time would run ahead of the ledger file.
#[tokio::test]
async fn a_callback_after_a_restart_settles_an_unknown_outcome() -> Outcome {
    let moment = Duration::from_millis(20);
    let (folder, sandbox) = (tempfile::tempdir()?, Sandbox::builder().stage_every(SECOND).start().await?);
    let path = folder.path().join("covers.db");
    let open = async |router| -> Result<Client> {
        let builder = Client::builder(sandbox.key()).transport(router).callbacks(ADDRESS, SECRET);
        Ok(builder.ledger(SqliteLedger::open(&path).await?).poll_every(moment, moment).build()?)
    };
    sandbox.deliver_to(Router::new());
    let client = open(with_replies(&sandbox, Reply::Lost(Duration::ZERO))).await?;
    assert!(client.send(&numbered_request(0)).key("a").await.is_err_and(|error| error.is_outcome_unknown()));
    assert_eq!(client.unknown().await?[0].key.as_deref(), Some("a"));
    drop(client);

    let client = open(sandbox.router()).await?;
    assert!(
        client.send(&numbered_request(0)).key("a").await.is_err_and(|error| error.is_outcome_unknown()),
        "the ledger knows"
    );
    sandbox.deliver_to(client.callbacks()?.router());
    let found = tokio::time::timeout(30 * SECOND, async {
        while client.stats().recovered == 0 {
            sleep(moment).await;
        }
    });
    found.await?;
    assert!(client.unknown().await?.is_empty());
    let [task] = &client.unfinished().all().await?[..] else { return Err("not one task".into()) };
    assert_eq!(task.id(), "task-1");
    assert!(task.wait().await?.has_output());
    assert!(client.unfinished().all().await?.is_empty());
    let again = client.send(&numbered_request(0)).key("a").await?;
    assert_eq!((again.id(), again.was_posted(), sandbox.submits()), ("task-1", false, 1));
    client.send(&numbered_request(0)).key("b").await?;
    assert_eq!(sandbox.submits(), 2, "another key is another purchase");
    Ok(())
}
