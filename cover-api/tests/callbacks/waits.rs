//! Callbacks wake waits, and a poll confirms each of them.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use cover_api::runtime::{BatchEvent, ClientBuilder};
use cover_api::sandbox::{Delivery, Sandbox};
use cover_api::{Client, CoverRequest, Model, NonCustom, Status, UploadCover};
use cover_testkit::{Outcome, request, request_with_callback};
use tokio::time::{Instant, sleep};

use crate::common::{SECOND, SECRET, STAGE, client, connected_client, numbered_request, sandbox, stages};

#[tokio::test(start_paused = true)]
async fn with_callbacks_a_wait_ends_at_once_after_one_poll() -> Outcome {
    let sandbox = sandbox().await?;
    let (client, callbacks) = connected_client(&sandbox)?;
    let task = client.send(&numbered_request(0)).await?;
    let (started, cover) = (Instant::now(), task.wait().await?);
    assert!(cover.has_output());
    assert!(started.elapsed() < 3 * STAGE + SECOND, "{:?}", started.elapsed());
    assert_eq!((sandbox.polls(), sandbox.callbacks(), callbacks.stats().new), (1, 3, 3));
    assert_eq!(callbacks.stats().refused_in_all(), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn each_stage_is_reported_once_and_at_once_for_one_poll() -> Outcome {
    let sandbox = sandbox().await?;
    let (client, _) = connected_client(&sandbox)?;
    let stages = stages(&client.send(&numbered_request(0)).await?).await?;
    let expected = [Status::TextSuccess, Status::FirstSuccess, Status::Success];
    assert_eq!(stages.iter().map(|(status, _)| status.clone()).collect::<Vec<_>>(), expected);
    for ((_, at), due) in stages.iter().zip(1..) {
        assert!(*at >= due * STAGE && *at < due * STAGE + SECOND, "{stages:?}");
    }
    assert_eq!(sandbox.polls(), 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn doubled_late_and_lost_callbacks_only_change_when_stages_are_reported() -> Outcome {
    let late = Delivery::Late(4 * STAGE);
    for script in [
        [Delivery::Doubled, Delivery::Doubled, Delivery::Doubled],
        [Delivery::Lost, Delivery::Lost, Delivery::Sent],
        [late, late, Delivery::Sent],
        [Delivery::Sent, late, Delivery::Lost],
        [Delivery::Lost, Delivery::Lost, Delivery::Lost],
    ] {
        let sandbox = sandbox().await?;
        let (client, _) = connected_client(&sandbox)?;
        for delivery in script {
            sandbox.script_delivery(delivery);
        }
        let stages = stages(&client.send(&numbered_request(0)).await?).await?;
        let mut told: Vec<_> = stages.iter().map(|(status, _)| status.to_string()).collect();
        assert_eq!(told.last().map(String::as_str), Some("SUCCESS"), "{script:?}: {told:?}");
        told.dedup();
        assert_eq!(told.len(), stages.len(), "{script:?}: each once");
        let (_, end) = stages.last().ok_or("no stage")?;
        // Without the last callback, a poll in the middle of the expected duration finds the end.
        let due = if script[2] == Delivery::Lost { 190 * SECOND } else { 3 * STAGE };
        assert!(*end >= due && *end < due + SECOND, "{script:?}: {end:?}");
        let callbacks = script.iter().map(|delivery| match delivery {
            Delivery::Lost => 0,
            Delivery::Doubled => 2,
            _ => 1,
        });
        sleep(10 * STAGE).await;
        assert_eq!(sandbox.callbacks(), callbacks.sum::<u64>(), "{script:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_client_that_gets_no_callbacks_for_a_request_polls_as_usual() -> Outcome {
    let polls = async |request: CoverRequest<NonCustom>, builder: fn(&Sandbox) -> ClientBuilder<UploadCover>| {
        let sandbox = sandbox().await?;
        let task = builder(&sandbox).build()?.send(&request).await?;
        task.wait().await?;
        Ok::<_, Box<dyn std::error::Error>>(sandbox.polls())
    };
    let plain = |sandbox: &Sandbox| Client::builder(sandbox.key()).transport(sandbox.router());
    let usual = polls(request("a"), plain).await?;
    // The client has a callback address, but the request has none or another one.
    assert_eq!(polls(request("a"), client).await?, usual);
    let elsewhere = CoverRequest::non_custom().upload_url("https://storage.example.com/song.mp3");
    let elsewhere = elsewhere.call_back_url("https://other.example/").model(Model::V5).prompt("a").build()?;
    assert_eq!(polls(elsewhere, client).await?, usual);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_client_whose_callbacks_never_come_learns_to_poll() -> Outcome {
    let sandbox = sandbox().await?;
    let client = client(&sandbox).build()?; // no callback is delivered
    let mut delays = Vec::new();
    for number in 0..30 {
        let task = client.send(&numbered_request(number)).await?;
        let sent = Instant::now();
        task.wait().await?;
        delays.push(sent.elapsed().saturating_sub(3 * STAGE));
    }
    assert!(delays[0] < 2 * STAGE, "{:?}", delays[0]);
    assert!(delays[20..].iter().all(|delay| *delay <= 15 * SECOND), "{delays:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_callback_wakes_the_parked_tasks_of_a_batch() -> Outcome {
    let sandbox = Sandbox::builder().stage_every(STAGE).credits(u32::MAX).rate_limit(10_000, SECOND).start().await?;
    let client = client(&sandbox).rate_limit(10_000, SECOND).build()?;
    sandbox.deliver_to(client.callbacks()?.router());
    let started = Instant::now();
    let mut batch = client.send_all((0..1_000).map(numbered_request)).and_wait();
    let mut last = Duration::ZERO;
    while let Some(event) = batch.next().await {
        if let BatchEvent::Done { .. } = event {
            last = started.elapsed();
        }
    }
    assert_eq!((batch.report().done, sandbox.polls(), sandbox.excess_requests()), (1_000, 1_000, 0));
    assert!(last < 3 * STAGE + 2 * SECOND, "{last:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn polls_that_confirm_callbacks_keep_the_rate_limit() -> Outcome {
    let sandbox = sandbox().await?;
    let client = client(&sandbox).build()?;
    sandbox.deliver_to(client.callbacks()?.router());
    let tasks: Vec<_> = {
        let mut batch = client.send_all((0..100).map(numbered_request));
        let mut tasks = Vec::new();
        while let Some(event) = batch.next().await {
            if let BatchEvent::Sent { task, .. } = event {
                tasks.push(task.handle());
            }
        }
        tasks
    };
    let (started, mut batch) = (Instant::now(), client.wait_all(tasks));
    while batch.next().await.is_some() {}
    assert_eq!((batch.report().done, sandbox.polls(), sandbox.excess_requests()), (100, 100, 0));
    assert!(started.elapsed() < 4 * STAGE, "{:?}", started.elapsed());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_task_whose_callbacks_all_failed_is_found_by_polling() -> Outcome {
    let sandbox = sandbox().await?;
    let client = client(&sandbox).build()?;
    sandbox.deliver_to(Router::new().fallback(async || StatusCode::INTERNAL_SERVER_ERROR));
    let task = client.send(&numbered_request(0)).await?;
    sleep(6 * STAGE).await;
    assert_eq!(sandbox.callbacks(), 9, "three tries at each of three stages");
    let cover = task.wait().await?;
    assert_eq!(cover.status, Status::CallbackException);
    assert!(cover.has_output(), "the tracks are there");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_task_that_fails_ends_its_wait_at_once() -> Outcome {
    let sandbox = sandbox().await?;
    let (client, _) = connected_client(&sandbox)?;
    sandbox.script_statuses(["PENDING", "GENERATE_AUDIO_FAILED"]);
    let task = client.send(&numbered_request(0)).await?;
    let started = Instant::now();
    assert!(task.wait().await.is_err_and(|error| error.is_failed()));
    assert!(started.elapsed() < STAGE + SECOND, "{:?}", started.elapsed());
    assert_eq!(sandbox.polls(), 1);
    Ok(())
}

/// Polls are a minute apart, so that a wait that ends earlier was woken by a callback.
#[tokio::test(flavor = "multi_thread")]
async fn no_wake_up_is_lost_on_real_threads_and_connections() -> Outcome {
    let sandbox = Sandbox::builder().stage_every(Duration::from_millis(20)).credits(u32::MAX);
    let sandbox = sandbox.without_rate_limit().start().await?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = format!("http://{}", listener.local_addr()?);
    let builder = Client::builder(sandbox.key()).base_url(sandbox.url()).callbacks(&address, SECRET);
    let client = builder.poll_every(60 * SECOND, 60 * SECOND).rate_limit(64, Duration::ZERO).build()?;
    let router = client.callbacks()?.router();
    tokio::spawn(async move { axum::serve(listener, router).await });

    let started = std::time::Instant::now();
    let own = address.clone();
    let mut batch = client.send_all((0..200).map(move |number| request_with_callback(&own, number))).and_wait();
    let waits = (200..300).map(|number| {
        let (client, request) = (client.clone(), request_with_callback(&address, number));
        tokio::spawn(async move { stages(&client.send(&request).await?).await })
    });
    let waits: Vec<_> = waits.collect();
    while batch.next().await.is_some() {}
    assert_eq!(batch.report().done, 200);
    for wait in waits {
        assert_eq!(wait.await??.last().map(|(status, _)| status.clone()), Some(Status::Success));
    }
    assert!(started.elapsed() < 50 * SECOND, "a wait was not woken before its poll: {:?}", started.elapsed());
    Ok(())
}
