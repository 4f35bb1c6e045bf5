//! Sends that are dropped or not polled.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Waker};
use std::time::Duration;

use axum::Router;
use cover_api::Client;
use cover_api::ledger::{Ledger, MemoryLedger, SqliteLedger};
use cover_api::sandbox::Sandbox;
use cover_testkit::gate::{ADDRESS, Came, Gate, Reply, SECRET, within};
use cover_testkit::{Outcome, chance, request, request_with_callback};
use tokio::time::{sleep, timeout};

use crate::common::{
    HOUR, MILLI, PATIENCE, SECOND, builder, in_memory_folder, limited_sandbox, on_file, poll_once, sandbox,
};

#[tokio::test]
async fn a_send_dropped_just_after_its_task_was_created_is_not_bought_again() -> Outcome {
    let (mut chance, directory) = (chance(), in_memory_folder()?);
    for number in 0..80 {
        let sandbox = sandbox().await?;
        let gate = Gate::with_usual(&sandbox, Reply::Late(chance.u32(0..4) * MILLI));
        let client = on_file(&gate, &directory.path().join(number.to_string())).await?;
        let mut sending = Box::pin(client.send(&request("once")));
        let created = async {
            while sandbox.tasks() == 0 {
                sleep(Duration::from_micros(100)).await;
            }
            sleep(Duration::from_micros(chance.u64(0..4_000))).await;
        };
        let was_ready = tokio::select! {
            _ = &mut sending => true,
            () = created => false,
        };
        drop(sending);
        if !was_ready {
            let task = within(PATIENCE, "an equal send", client.send(&request("once"))).await?;
            assert!(!task.was_posted() && task.id() == "task-1", "{task:?}");
            assert_eq!((sandbox.tasks(), gate.posts().len()), (1, 1));
        }
    }
    Ok(())
}

async fn send_sixty_four_answered_504(ledger: impl Ledger) -> Outcome {
    let (mut chance, sandbox) = (chance(), sandbox().await?);
    let gate = Gate::with_usual(&sandbox, Reply::Lost(504, "<html>late</html>".to_owned(), 30 * MILLI));
    let client = builder(&gate).ledger(ledger).build()?;
    let mut sends = tokio::task::JoinSet::new();
    for number in 0..64 {
        let (client, time) = (client.clone(), (25 + chance.u32(0..10)) * MILLI);
        sends.spawn(async move { drop(timeout(time, client.send(&request(&number.to_string()))).await) });
    }
    sends.join_all().await;
    let (posted, first) = (gate.posts().len(), client.stats());
    for number in 0..64 {
        let result = within(PATIENCE, "an equal send", client.send(&request(&number.to_string()))).await;
        assert_eq!(Came::of(&result), Came::Unknown, "{number}: {result:?}");
    }
    let stats = client.stats();
    // The second round posts only what was dropped in the queue.
    assert_eq!((gate.posts().len(), sandbox.tasks()), (64, 64), "{posted} at first");
    assert_eq!((stats.unknown, stats.tasks, stats.refused), (64, 0, 0), "{stats:?}");
    assert!(stats.posts <= 64 + stats.not_sent, "{first:?}, then {stats:?}");
    assert_eq!(client.unknown().await?.len(), 64);
    Ok(())
}

#[tokio::test]
async fn sixty_four_sends_answered_504_are_not_posted_again_and_add_up() -> Outcome {
    send_sixty_four_answered_504(MemoryLedger::new()).await?;
    let directory = in_memory_folder()?;
    send_sixty_four_answered_504(SqliteLedger::open(directory.path().join("ledger")).await?).await
}

#[tokio::test(start_paused = true)]
async fn an_equal_send_returns_the_task_that_a_callback_revealed_after_the_first_was_dropped() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Lost(502, "<html>".to_owned(), 10 * SECOND));
    let client = builder(&gate).callbacks(ADDRESS, SECRET).build()?;
    sandbox.deliver_to(client.callbacks()?.router());
    assert!(timeout(SECOND, client.send(&request_with_callback(ADDRESS, 1))).await.is_err());
    sleep(HOUR).await;
    let stats = client.stats();
    assert_eq!((stats.unknown, stats.recovered, client.unknown().await?.len()), (1, 1, 0), "{stats:?}");
    let task = client.send(&request_with_callback(ADDRESS, 1)).await?;
    assert_eq!((task.id(), task.was_posted(), gate.posts().len()), ("task-1", false, 1));
    // The task was delivered, so that a further send is a new purchase.
    assert!(client.send(&request_with_callback(ADDRESS, 1)).await?.was_posted());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn twenty_sends_polled_once_and_held_do_not_block_the_key() -> Outcome {
    let sandbox = limited_sandbox().await?;
    let client = Client::builder(sandbox.key()).transport(Gate::new(&sandbox).router()).build()?;
    let mut held: Vec<_> = (0..20).map(|number| Box::pin(client.send(&request(&format!("held-{number}"))))).collect();
    for sending in &mut held {
        assert!(poll_once(sending).is_pending());
    }
    let task = within(24 * HOUR, "another send", client.send(&request("another"))).await?;
    within(24 * HOUR, "its end", task.wait().into_future()).await?;
    // The held sends still succeed.
    for sending in held {
        assert!(within(SECOND, "a send that was held", sending).await?.was_posted());
    }
    assert_eq!((sandbox.tasks(), sandbox.excess_requests()), (21, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_send_held_in_the_loop_over_a_batch_does_not_block_it() -> Outcome {
    let sandbox = limited_sandbox().await?;
    let client = Client::builder(sandbox.key()).transport(Gate::new(&sandbox).router()).build()?;
    let mut batch = client.send_all((0..60).map(|row| (format!("row-{row}"), request(&row.to_string()))));
    let mut held = Box::pin(client.send(&request("held")));
    while within(24 * HOUR, "the next event", batch.next()).await.is_some() {
        let _ = poll_once(&mut held);
    }
    assert_eq!(batch.report().sent, 60);
    assert!(within(HOUR, "the send that was held", held).await?.was_posted());
    assert_eq!((sandbox.tasks(), sandbox.excess_requests()), (61, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_router_that_does_not_read_the_body_is_called_once() -> Outcome {
    let tasks = Arc::new(AtomicUsize::new(0));
    let created = Arc::clone(&tasks);
    let router = Router::new().fallback(move || {
        let number = created.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            sleep(10 * SECOND).await;
            format!(r#"{{"code":200,"msg":"success","data":{{"taskId":"task-{number}"}}}}"#)
        }
    });
    let client: Client = Client::builder("key").transport(router).build()?;
    assert!(timeout(SECOND, client.send(&request("x")).key("one")).await.is_err());
    let task = client.send(&request("x")).key("one").await?;
    assert_eq!(tasks.load(Ordering::SeqCst), 1, "{task:?}");
    Ok(())
}

/// The joined send is polled so late that the ledger has dropped its entry.
#[tokio::test(start_paused = true)]
async fn a_send_that_joined_another_posts_nothing_however_late_it_is_polled() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Late(SECOND));
    let client = builder(&gate).build()?;
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.send(&request("x")).await }
    });
    sleep(100 * MILLI).await;
    let mut joined = Box::pin(client.send(&request("x")));
    assert!(joined.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    first.await??;
    for number in 0..1_100 {
        client.send(&request(&number.to_string())).await?;
    }
    let error = joined.await.expect_err("its entry is gone");
    assert!(error.is_ledger() && error.is_not_sent(), "{error:?}");
    assert_eq!(sandbox.tasks(), 1_101);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_send_that_waits_during_a_purge_posts_nothing() -> Outcome {
    let sandbox = Sandbox::builder().stage_every(MILLI).credits(u32::MAX).start().await?;
    let gate = Gate::new(&sandbox).then(Reply::Late(SECOND));
    let client = builder(&gate).build()?;
    let first = tokio::spawn({
        let client = client.clone();
        async move { client.send(&request("x")).key("one").await }
    });
    sleep(100 * MILLI).await;
    let mut joined = Box::pin(client.send(&request("x")).key("one"));
    assert!(joined.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    first.await??.wait().await?;
    assert_eq!(client.purge(Duration::ZERO).await?, 1);
    let error = joined.await.expect_err("its entry is gone");
    assert!(error.is_ledger() && error.is_not_sent(), "{error:?}");
    assert_eq!(sandbox.tasks(), 1);
    Ok(())
}
