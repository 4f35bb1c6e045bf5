//! Callbacks from the service's POST to the end of a wait: they are news, and polls are the truth.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use cover_api::callback::{Callbacks, Outcome as Came, Refusal};
use cover_api::ledger::SqliteLedger;
use cover_api::runtime::{ClientBuilder, Event};
use cover_api::sandbox::{Delivery, Sandbox};
use cover_api::{Client, CoverRequest, Model, NonCustom, Status, Task, Update, UploadCover};
use cover_runtime_tests::{Outcome, request};
use tokio::time::{Instant, sleep};
use tower_service::Service;

const SECOND: Duration = Duration::from_secs(1);
const STAGE: Duration = Duration::from_secs(45);
const ADDRESS: &str = "https://api.example.com/covers";
const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A request that asks for callbacks.
fn called(number: usize) -> CoverRequest<NonCustom> {
    cover_runtime_tests::called(ADDRESS, number)
}

async fn sandbox() -> Result<Sandbox, Box<dyn std::error::Error>> {
    Ok(Sandbox::builder().stage_every(STAGE).credits(u32::MAX).start().await?)
}

fn client(sandbox: &Sandbox) -> ClientBuilder<UploadCover> {
    Client::builder(sandbox.key()).transport(sandbox.router()).callbacks(ADDRESS, SECRET)
}

/// A client whose callbacks come.
fn connected(sandbox: &Sandbox) -> Result<(Client, Callbacks<UploadCover>), Box<dyn std::error::Error>> {
    let client = client(sandbox).build()?;
    let callbacks = client.callbacks()?;
    sandbox.deliver_to(callbacks.router());
    Ok((client, callbacks))
}

/// The task of a request whose outcome was unknown, once a callback tells of it.
async fn found(client: &Client, error: &cover_api::Error) -> Result<Task, Box<dyn std::error::Error>> {
    let recovery = error.recovery().ok_or("nothing to recover it by")?.clone();
    Ok(client.recover(recovery).await?.ok_or("not found")?)
}

/// The stages of a task with the time of each.
async fn stages(task: &Task) -> Result<Vec<(Status, Duration)>, cover_api::Error> {
    let (started, mut stages) = (Instant::now(), Vec::new());
    let mut updates = task.wait().updates();
    while let Some(update) = updates.next().await {
        if let Update::Stage(snapshot) = update? {
            stages.push((snapshot.status, started.elapsed()));
        }
    }
    Ok(stages)
}

/// What becomes of the replies to POSTs, whose requests are done.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Reply {
    Lost(Duration),
    Late(Duration),
}

/// The service, behind something that loses or delays every reply to a POST.
fn behind(sandbox: &Sandbox, reply: Reply) -> Router {
    async fn answer(State((mut router, reply)): State<(Router, Reply)>, request: Request) -> Response {
        let is_post = request.method() == Method::POST;
        let Ok(response) = router.call(request).await;
        match reply {
            Reply::Lost(time) if is_post => {
                sleep(time).await;
                (StatusCode::BAD_GATEWAY, "<html>bad gateway</html>").into_response()
            }
            Reply::Late(time) if is_post => {
                sleep(time).await;
                response
            }
            _ => response,
        }
    }
    Router::new().fallback(answer).with_state((sandbox.router(), reply))
}

#[tokio::test(start_paused = true)]
async fn with_callbacks_alone_the_end_is_known_at_once_for_one_poll() -> Outcome {
    let sandbox = sandbox().await?;
    let (client, callbacks) = connected(&sandbox)?;
    let task = client.send(&called(0)).await?;
    let (started, cover) = (Instant::now(), task.wait().await?);
    assert!(cover.has_output());
    assert!(started.elapsed() < 3 * STAGE + SECOND, "{:?}", started.elapsed());
    assert_eq!((sandbox.polls(), sandbox.callbacks(), callbacks.stats().news), (1, 3, 3));
    assert_eq!(callbacks.stats().refused_in_all(), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn every_stage_comes_once_and_at_once_for_a_poll_each() -> Outcome {
    let sandbox = sandbox().await?;
    let (client, _) = connected(&sandbox)?;
    let stages = stages(&client.send(&called(0)).await?).await?;
    let expected = [Status::TextSuccess, Status::FirstSuccess, Status::Success];
    assert_eq!(stages.iter().map(|(status, _)| status.clone()).collect::<Vec<_>>(), expected);
    for ((_, at), due) in stages.iter().zip(1..) {
        assert!(*at >= due * STAGE && *at < due * STAGE + SECOND, "{stages:?}");
    }
    assert_eq!(sandbox.polls(), 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn doubled_skipped_late_and_lost_callbacks_change_nothing_but_the_time() -> Outcome {
    let late = Delivery::Late(4 * STAGE);
    for script in [
        [Delivery::Doubled, Delivery::Doubled, Delivery::Doubled],
        [Delivery::Lost, Delivery::Lost, Delivery::Sent],
        [late, late, Delivery::Sent],
        [Delivery::Sent, late, Delivery::Lost],
        [Delivery::Lost, Delivery::Lost, Delivery::Lost],
    ] {
        let sandbox = sandbox().await?;
        let (client, _) = connected(&sandbox)?;
        for delivery in script {
            sandbox.deliver(delivery);
        }
        let stages = stages(&client.send(&called(0)).await?).await?;
        let mut told: Vec<_> = stages.iter().map(|(status, _)| status.to_string()).collect();
        assert_eq!(told.last().map(String::as_str), Some("SUCCESS"), "{script:?}: {told:?}");
        told.dedup();
        assert_eq!(told.len(), stages.len(), "{script:?}: each once");
        let (_, end) = stages.last().ok_or("no stage")?;
        // Where the end is not told, a look in the middle of the time in which tasks are typically done finds it.
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
async fn without_callbacks_polls_are_what_they_were() -> Outcome {
    let polls = async |request: CoverRequest<NonCustom>, builder: fn(&Sandbox) -> ClientBuilder<UploadCover>| {
        let sandbox = sandbox().await?;
        let task = builder(&sandbox).build()?.send(&request).await?;
        task.wait().await?;
        Ok::<_, Box<dyn std::error::Error>>(sandbox.polls())
    };
    let plain = |sandbox: &Sandbox| Client::builder(sandbox.key()).transport(sandbox.router());
    let usual = polls(request("a"), plain).await?;
    // A client with an address, and a request that says that it only polls, or gives another address.
    assert_eq!(polls(request("a"), client).await?, usual);
    let elsewhere = CoverRequest::non_custom().upload_url("https://storage.example.com/song.mp3");
    let elsewhere = elsewhere.call_back_url("https://other.example/").model(Model::V5).prompt("a").build()?;
    assert_eq!(polls(elsewhere, client).await?, usual);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn when_no_callback_ever_comes_clients_learn_to_poll() -> Outcome {
    let sandbox = sandbox().await?;
    let client = client(&sandbox).build()?; // nothing is delivered: the proxy is wrong
    let mut delays = Vec::new();
    for number in 0..30 {
        let task = client.send(&called(number)).await?;
        let sent = Instant::now();
        task.wait().await?;
        delays.push(sent.elapsed().saturating_sub(3 * STAGE));
    }
    assert!(delays[0] < 2 * STAGE, "{:?}", delays[0]);
    assert!(delays[20..].iter().all(|delay| *delay <= 15 * SECOND), "{delays:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_batch_hears_of_its_parked_tasks() -> Outcome {
    let sandbox = Sandbox::builder().stage_every(STAGE).credits(u32::MAX).rate_limit(10_000, SECOND).start().await?;
    let client = client(&sandbox).rate_limit(10_000, SECOND).build()?;
    sandbox.deliver_to(client.callbacks()?.router());
    let started = Instant::now();
    let mut batch = client.send_all((0..1_000).map(called)).and_wait();
    let mut last = Duration::ZERO;
    while let Some(event) = batch.next().await {
        if let Event::Done { .. } = event {
            last = started.elapsed();
        }
    }
    assert_eq!((batch.report().done, sandbox.polls(), sandbox.excess_requests()), (1_000, 1_000, 0));
    assert!(last < 3 * STAGE + 2 * SECOND, "{last:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn confirming_polls_wait_for_their_turn_and_never_exceed_the_budget() -> Outcome {
    let sandbox = sandbox().await?;
    let client = client(&sandbox).build()?;
    sandbox.deliver_to(client.callbacks()?.router());
    let tasks: Vec<_> = {
        let mut batch = client.send_all((0..100).map(called));
        let mut tasks = Vec::new();
        while let Some(event) = batch.next().await {
            if let Event::Sent { task, .. } = event {
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
async fn a_callback_before_the_reply_is_not_lost() -> Outcome {
    let sandbox = sandbox().await?;
    sandbox.walk(["SUCCESS"]); // told at once, while the reply takes a minute
    let router = behind(&sandbox, Reply::Late(60 * SECOND));
    let client = Client::builder(sandbox.key()).transport(router).callbacks(ADDRESS, SECRET).build()?;
    sandbox.deliver_to(client.callbacks()?.router());
    let started = Instant::now();
    let task = client.send(&called(0)).await?;
    // It is not waited for: what the callback says was confirmed by a poll.
    assert!(started.elapsed() < 5 * SECOND, "{:?}", started.elapsed());
    assert_eq!((task.id(), sandbox.tasks(), sandbox.polls()), ("task-1", 1, 1));
    assert!(task.wait().await?.has_output());
    assert!(started.elapsed() < 5 * SECOND, "{:?}", started.elapsed());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_callback_just_before_the_reply_costs_no_poll_of_its_own() -> Outcome {
    let sandbox = sandbox().await?;
    sandbox.walk(["SUCCESS"]);
    let router = behind(&sandbox, Reply::Late(SECOND));
    let client = Client::builder(sandbox.key()).transport(router).callbacks(ADDRESS, SECRET).build()?;
    sandbox.deliver_to(client.callbacks()?.router());
    let (started, task) = (Instant::now(), client.send(&called(0)).await?);
    assert!(task.wait().await?.has_output());
    assert!(started.elapsed() < 2 * SECOND, "{:?}", started.elapsed());
    assert_eq!(sandbox.polls(), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_task_whose_reply_was_lost_is_found_by_its_callback_and_nothing_is_sent_twice() -> Outcome {
    let sandbox = sandbox().await?;
    let router = behind(&sandbox, Reply::Lost(Duration::ZERO));
    let client = Client::builder(sandbox.key()).transport(router).callbacks(ADDRESS, SECRET).build()?;
    sandbox.deliver_to(client.callbacks()?.router());

    let error = client.send(&called(0)).await.expect_err("the reply is lost");
    assert!(error.is_outcome_unknown() && error.handle().is_none());
    assert!(client.send(&called(0)).await.is_err_and(|error| error.is_outcome_unknown()), "an equal one is refused");
    let started = Instant::now();
    let task = found(&client, &error).await?;
    assert!(started.elapsed() < STAGE + SECOND, "by the first callback: {:?}", started.elapsed());
    assert!(task.wait().await?.has_output());
    assert_eq!((sandbox.tasks(), sandbox.submits(), sandbox.polls()), (1, 1, 2));
    let stats = client.stats();
    assert_eq!((stats.unknown, stats.found), (1, 1));
    // Its outcome is known, and its task was returned: an equal request is a new one.
    assert!(client.send(&called(0)).await.is_err_and(|error| error.attempt().is_some()));
    assert_eq!(sandbox.submits(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_reply_that_is_lost_around_the_callback_leaves_nothing_unknown() -> Outcome {
    for lost_after in [0, 500, 1_999, 2_000, 2_001, 3_000] {
        let sandbox = sandbox().await?;
        sandbox.walk(["SUCCESS"]); // told at once
        let router = behind(&sandbox, Reply::Lost(Duration::from_millis(lost_after)));
        let builder = Client::builder(sandbox.key()).transport(router).callbacks(ADDRESS, SECRET);
        let client = builder.build()?;
        sandbox.deliver_to(client.callbacks()?.router());
        let task = match client.send(&called(0)).await {
            Ok(task) => task,
            Err(error) => found(&client, &error).await?,
        };
        // The counters follow a moment later.
        sleep(SECOND).await;
        let unfinished = client.unfinished().all().await?;
        assert_eq!((task.id(), unfinished.len(), unfinished[0].id()), ("task-1", 1, "task-1"), "{lost_after} ms");
        assert_eq!(client.stats().unknown, client.stats().found, "{lost_after} ms");
        assert!(client.unknown().await?.is_empty(), "{lost_after} ms");
        assert!(client.send(&called(0)).await.is_err_and(|error| error.attempt().is_some()), "a new purchase");
    }
    Ok(())
}

/// In real time: while a file is awaited, paused time would run ahead of it.
#[tokio::test]
async fn a_ledger_is_set_right_also_after_a_restart() -> Outcome {
    let moment = Duration::from_millis(20);
    let (folder, sandbox) = (tempfile::tempdir()?, Sandbox::builder().stage_every(SECOND).start().await?);
    let path = folder.path().join("covers.db");
    let open = async |router| -> Result<Client, Box<dyn std::error::Error>> {
        let builder = Client::builder(sandbox.key()).transport(router).callbacks(ADDRESS, SECRET);
        Ok(builder.ledger(SqliteLedger::open(&path).await?).poll_every(moment, moment).build()?)
    };
    sandbox.deliver_to(Router::new());
    let client = open(behind(&sandbox, Reply::Lost(Duration::ZERO))).await?;
    assert!(client.send(&called(0)).key("a").await.is_err_and(|error| error.is_outcome_unknown()));
    assert_eq!(client.unknown().await?[0].key.as_deref(), Some("a"));
    drop(client);

    let client = open(sandbox.router()).await?;
    assert!(client.send(&called(0)).key("a").await.is_err_and(|error| error.is_outcome_unknown()), "the ledger knows");
    sandbox.deliver_to(client.callbacks()?.router());
    let found = tokio::time::timeout(30 * SECOND, async {
        while client.stats().found == 0 {
            sleep(moment).await;
        }
    });
    found.await?;
    assert!(client.unknown().await?.is_empty());
    let [task] = &client.unfinished().all().await?[..] else { return Err("not one task".into()) };
    assert_eq!(task.id(), "task-1");
    assert!(task.wait().await?.has_output());
    assert!(client.unfinished().all().await?.is_empty());
    let again = client.send(&called(0)).key("a").await?;
    assert_eq!((again.id(), again.was_posted(), sandbox.submits()), ("task-1", false, 1));
    client.send(&called(0)).key("b").await?;
    assert_eq!(sandbox.submits(), 2, "another key is another purchase");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_a_forger_says_of_an_unknown_request_is_not_believed() -> Outcome {
    let sandbox = sandbox().await?;
    let router = behind(&sandbox, Reply::Lost(Duration::ZERO));
    let client = Client::builder(sandbox.key()).transport(router).callbacks(ADDRESS, SECRET).build()?;
    // The forger reads along what the service posts, and says that it was another task.
    let callbacks = client.callbacks()?;
    let addresses = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&addresses);
    sandbox.deliver_to(Router::new().fallback(async move |request: Request| {
        seen.lock().expect("no panic").push(request.uri().path().to_owned());
    }));
    let error = client.send(&called(0)).await.expect_err("the reply is lost");
    sleep(STAGE + SECOND).await;
    let path = addresses.lock().expect("no panic").first().ok_or("no callback")?.clone();
    let lie = callbacks.forge().valid("task-66", "complete");
    let received = callbacks.receive(&path, &lie.headers, &lie.body);
    assert_eq!(received.status(), 200);
    tokio::spawn(received.afterwards());
    let recovered = tokio::time::timeout(3_600 * SECOND, found(&client, &error)).await;
    assert!(recovered.is_err(), "{recovered:?}");
    assert!(client.send(&called(0)).await.is_err_and(|error| error.attempt().is_none()), "still unknown");
    // The truth is believed afterwards.
    let truth = callbacks.forge().valid("task-1", "complete");
    tokio::spawn(callbacks.receive(&path, &truth.headers, &truth.body).afterwards());
    assert_eq!(found(&client, &error).await?.id(), "task-1");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_forged_callback_achieves_nothing() -> Outcome {
    let sandbox = sandbox().await?;
    let (client, callbacks) = connected(&sandbox)?;
    sandbox.deliver_to(Router::new()); // the service's own do not come
    let task = client.send(&called(0)).await?;
    let waiting = tokio::spawn(task.wait().into_future());
    sleep(SECOND).await;
    for (why, forged) in callbacks.forge().invalid(task.id()) {
        let received = callbacks.receive(&forged.path, &forged.headers, &forged.body);
        assert!(matches!(received.outcome(), Came::Refused(refusal) if *refusal == why), "{received:?}: {why}");
        received.afterwards().await;
    }
    sleep(SECOND).await;
    assert_eq!((sandbox.polls(), waiting.is_finished()), (0, false), "nobody was woken");
    // With the very address, "complete" costs one poll, and the wait goes on.
    for _ in 0..100 {
        let lie = callbacks.forge().valid(task.id(), "complete");
        callbacks.receive(&lie.path, &lie.headers, &lie.body).afterwards().await;
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((sandbox.polls(), waiting.is_finished()), (1, false));
    assert!(waiting.await??.has_output());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_was_not_answered_three_times_is_found_by_polling() -> Outcome {
    let sandbox = sandbox().await?;
    let client = client(&sandbox).build()?;
    sandbox.deliver_to(Router::new().fallback(async || StatusCode::INTERNAL_SERVER_ERROR));
    let task = client.send(&called(0)).await?;
    sleep(6 * STAGE).await;
    assert_eq!(sandbox.callbacks(), 9, "three tries at each of three stages");
    let cover = task.wait().await?;
    assert_eq!(cover.status, Status::CallbackException);
    assert!(cover.has_output(), "the music is there");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_task_that_fails_ends_its_wait_at_once() -> Outcome {
    let sandbox = sandbox().await?;
    let (client, _) = connected(&sandbox)?;
    sandbox.walk(["PENDING", "GENERATE_AUDIO_FAILED"]);
    let task = client.send(&called(0)).await?;
    let started = Instant::now();
    assert!(task.wait().await.is_err_and(|error| error.is_failed()));
    assert!(started.elapsed() < STAGE + SECOND, "{:?}", started.elapsed());
    assert_eq!(sandbox.polls(), 1);
    Ok(())
}

/// Polls are a minute apart: whatever ends before is awake by a callback.
#[tokio::test(flavor = "multi_thread")]
async fn on_real_threads_and_connections_no_wake_is_lost() -> Outcome {
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
    let mut batch = client.send_all((0..200).map(move |number| cover_runtime_tests::called(&own, number))).and_wait();
    let waits = (200..300).map(|number| {
        let (client, request) = (client.clone(), cover_runtime_tests::called(&address, number));
        tokio::spawn(async move { stages(&client.send(&request).await?).await })
    });
    let waits: Vec<_> = waits.collect();
    while batch.next().await.is_some() {}
    assert_eq!(batch.report().done, 200);
    for wait in waits {
        assert_eq!(wait.await??.last().map(|(status, _)| status.clone()), Some(Status::Success));
    }
    assert!(started.elapsed() < 50 * SECOND, "a wait was not awake before its poll: {:?}", started.elapsed());
    Ok(())
}

/// The same service, which signs.
mod signed {
    #![allow(missing_docs)]
    cover_api::api!("specs/signed.toml");
}

#[tokio::test(start_paused = true)]
async fn where_the_service_signs_its_signature_is_verified() -> Outcome {
    let sandbox = Sandbox::builder()
        .spec(include_str!("../specs/signed.toml"))
        .stage_every(STAGE)
        .signing_key("right")
        .start()
        .await?;
    for (key, news) in [("right", 3), ("wrong", 0)] {
        let builder = signed::Client::builder(sandbox.key()).transport(sandbox.router());
        let client = builder.callbacks(ADDRESS, SECRET).callback_signing_key(key).build()?;
        let callbacks = client.callbacks()?;
        sandbox.deliver_to(callbacks.router());
        let task = client.send(&signed::SignedRequest::builder().call_back_url(ADDRESS).build()?).await?;
        assert!(task.wait().await?.has_output(), "by callbacks, or by polls");
        let stats = callbacks.stats();
        assert_eq!((stats.news, stats.refused(Refusal::WronglySigned) > 0), (news, news == 0), "{stats:?}");
        for (why, forged) in callbacks.forge().invalid(task.id()) {
            let received = callbacks.receive(&forged.path, &forged.headers, &forged.body);
            assert!(matches!(received.outcome(), Came::Refused(refusal) if *refusal == why), "{received:?}: {why}");
        }
    }
    let builder = signed::Client::builder("key").callbacks(ADDRESS, SECRET);
    assert!(builder.build().is_err_and(|error| error.is_setup()), "the key is missing");
    Ok(())
}
