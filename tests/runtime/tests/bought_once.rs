//! Nothing is bought twice: one test for each way in which it once was, and the contract of keys, timeouts, shutdown and lists.

use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use cover_api::ledger::{Ledger, MemoryLedger, SqliteLedger};
use cover_api::runtime::{ClientBuilder, Resolution};
use cover_api::sandbox::{Answer, Sandbox};
use cover_api::{Client, CoverRequest, Model, NonCustom, UploadCover};
use cover_runtime_tests::gate::{ADDRESS, Came, Gate, Reply, SECRET, within};
use cover_runtime_tests::{Outcome, called, chance, request};
use tokio::time::{Instant, sleep, timeout};
use tower_service::Service;

type Fails = Box<dyn std::error::Error>;

const MILLI: Duration = Duration::from_millis(1);
const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
/// In real time, nothing here takes as long.
const AGES: Duration = Duration::from_secs(30);

/// For clients without a limit.
async fn sandbox() -> Result<Sandbox, Fails> {
    Ok(Sandbox::builder().stage_every(30 * SECOND).credits(u32::MAX).without_rate_limit().start().await?)
}

/// For clients that keep to the spec's limit.
async fn limited_sandbox() -> Result<Sandbox, Fails> {
    Ok(Sandbox::builder().stage_every(30 * SECOND).credits(u32::MAX).start().await?)
}

fn builder(gate: &Gate) -> ClientBuilder<UploadCover> {
    Client::builder("sandbox-key").transport(gate.router()).rate_limit(1_000, Duration::ZERO)
}

async fn on_file(gate: &Gate, path: &Path) -> Result<Client, Fails> {
    Ok(builder(gate).ledger(SqliteLedger::open(path).await?).build()?)
}

/// A client with one permit in 10 s, which is taken already.
async fn queueing(gate: &Gate, ledger: impl Ledger) -> Result<Client, Fails> {
    let client = builder(gate).ledger(ledger).rate_limit(1, 10 * SECOND).build()?;
    client.credits().await?;
    Ok(client)
}

fn place() -> std::io::Result<tempfile::TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

async fn came(sending: impl Future<Output = Result<cover_api::Task, cover_api::Error>>) -> Came {
    Came::of(&within(24 * HOUR, "a send", sending).await)
}

fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// A request whose address is signed like this.
fn signed(prompt: &str, signature: &str) -> Result<CoverRequest<NonCustom>, Fails> {
    let address = format!("https://storage.example.com/song.mp3?signature={signature}");
    Ok(CoverRequest::non_custom().upload_url(address).without_callback().model(Model::V5).prompt(prompt).build()?)
}

// --- What once was paid twice -----------------------------------------------------------------------------------------

#[tokio::test]
async fn a_send_dropped_within_milliseconds_after_its_task_was_created_is_not_paid_again() -> Outcome {
    let (mut chance, directory) = (chance(), place()?);
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
            let task = within(AGES, "an equal send", client.send(&request("once"))).await?;
            assert!(!task.was_posted() && task.id() == "task-1", "{task:?}");
            assert_eq!((sandbox.tasks(), gate.posts().len()), (1, 1));
        }
    }
    Ok(())
}

async fn sixty_four_sends_answered_504(ledger: impl Ledger) -> Outcome {
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
        let result = within(AGES, "an equal send", client.send(&request(&number.to_string()))).await;
        assert_eq!(Came::of(&result), Came::Unknown, "{number}: {result:?}");
    }
    let stats = client.stats();
    // Only those are posted now whose first send was dropped before its turn.
    assert_eq!((gate.posts().len(), sandbox.tasks()), (64, 64), "{posted} at first");
    assert_eq!((stats.unknown, stats.tasks, stats.refused), (64, 0, 0), "{stats:?}");
    assert!(stats.posts <= 64 + stats.not_sent, "{first:?}, then {stats:?}");
    assert_eq!(client.unknown().await?.len(), 64);
    Ok(())
}

#[tokio::test]
async fn sixty_four_sends_all_answered_504_are_not_posted_again_and_add_up() -> Outcome {
    sixty_four_sends_answered_504(MemoryLedger::new()).await?;
    let directory = place()?;
    sixty_four_sends_answered_504(SqliteLedger::open(directory.path().join("ledger")).await?).await
}

#[tokio::test]
async fn the_same_batch_run_again_with_keys_posts_nothing() -> Outcome {
    let (sandbox, directory) = (sandbox().await?, place()?);
    let gate = Gate::new(&sandbox);
    // Of three rows nobody knows what became of them.
    (0..3).for_each(|_| gate.announce(Reply::lost()));
    for run in 0..3 {
        let client = on_file(&gate, &directory.path().join("ledger")).await?;
        let mut batch = client.send_all((0..50).map(|row| (format!("row-{row}"), request(&row.to_string()))));
        while within(AGES, "the next event", batch.next()).await.is_some() {}
        let report = batch.report();
        let expected = if run == 0 { (50, 47, 0, 3) } else { (50, 0, 47, 3) };
        assert_eq!((report.requests, report.sent, report.existing, report.unknown), expected, "run {run}: {report}");
        assert_eq!((sandbox.tasks(), gate.posts().len(), client.unknown().await?.len()), (50, 50, 3));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_task_of_a_dropped_send_that_a_callback_reveals_is_returned_by_the_next_equal_send() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Lost(502, "<html>".to_owned(), 10 * SECOND));
    let client = builder(&gate).callbacks(ADDRESS, SECRET).build()?;
    sandbox.deliver_to(client.callbacks()?.router());
    assert!(timeout(SECOND, client.send(&called(ADDRESS, 1))).await.is_err());
    sleep(HOUR).await;
    let stats = client.stats();
    assert_eq!((stats.unknown, stats.found, client.unknown().await?.len()), (1, 1, 0), "{stats:?}");
    let task = client.send(&called(ADDRESS, 1)).await?;
    assert_eq!((task.id(), task.was_posted(), gate.posts().len()), ("task-1", false, 1));
    // It was delivered now: to send it once more is to buy it once more.
    assert!(client.send(&called(ADDRESS, 1)).await?.was_posted());
    Ok(())
}

#[tokio::test]
async fn the_same_request_and_key_after_a_restart_is_the_same_task() -> Outcome {
    let (sandbox, directory) = (sandbox().await?, place()?);
    let (gate, path) = (Gate::new(&sandbox), directory.path().join("ledger"));
    let first = on_file(&gate, &path).await?.send(&signed("x", "monday")?).key("order-17").await?.id().to_owned();
    let client = on_file(&gate, &path).await?;
    let task = client.send(&signed("x", "tuesday")?).key("order-17").await?;
    assert_eq!((task.id(), task.was_posted(), gate.posts().len()), (&*first, false, 1));
    assert_eq!(client.find("order-17").await?.map(|task| task.id().to_owned()), Some(first));
    assert!(client.find("order-18").await?.is_none());
    Ok(())
}

#[tokio::test]
async fn a_freshly_signed_address_is_the_same_request() -> Outcome {
    let (sandbox, directory) = (sandbox().await?, place()?);
    let (gate, path) = (Gate::new(&sandbox).then(Reply::lost()), directory.path().join("ledger"));
    assert_eq!(came(on_file(&gate, &path).await?.send(&signed("x", "monday")?)).await, Came::Unknown);
    let client = on_file(&gate, &path).await?;
    assert_eq!(came(client.send(&signed("x", "tuesday")?)).await, Came::Unknown);
    assert_eq!(came(client.send(&signed("x", "tuesday")?).key("one")).await, Came::Unknown);
    assert_eq!(gate.posts().len(), 1);
    assert_eq!(came(client.send(&signed("y", "monday")?)).await, Came::Posted);
    Ok(())
}

#[tokio::test]
async fn a_page_that_contains_another_tasks_id_says_nothing() -> Outcome {
    let (sandbox, directory) = (sandbox().await?, place()?);
    let (gate, path) = (Gate::new(&sandbox), directory.path().join("ledger"));
    let client = on_file(&gate, &path).await?;
    assert_eq!(client.send(&request("1")).key("one").await?.id(), "task-1");
    let page = r#"<html>bad gateway {"code":200,"data":{"taskId":"task-1"}}</html>"#;
    gate.announce(Reply::Lost(502, page.to_owned(), Duration::ZERO));
    let error = client.send(&request("2")).key("two").await.expect_err("nobody knows");
    assert!(error.is_outcome_unknown() && error.handle().is_none(), "{error:?}");
    drop(client);
    let client = on_file(&gate, &path).await?;
    assert_eq!(came(client.send(&request("2")).key("two")).await, Came::Unknown);
    assert!(client.find("two").await?.is_none());
    let unknown = client.unknown().await?;
    assert_eq!((unknown.len(), unknown[0].key.as_deref(), &unknown[0].hint), (1, Some("two"), &None));
    assert_eq!(gate.posts().len(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_equal_send_that_was_queued_before_the_first_became_unknown_is_not_posted() -> Outcome {
    for has_key in [false, true] {
        let sandbox = sandbox().await?;
        let gate = Gate::with_usual(&sandbox, Reply::lost());
        let client = queueing(&gate, MemoryLedger::new()).await?;
        let send = || {
            let sending = client.send(&request("x"));
            if has_key { sending.key("one") } else { sending }
        };
        let (first, second, third) =
            tokio::join!(came(send()), came(send()), came(client.send(&request("x")).key("two")));
        assert_eq!([first, second, third], [Came::Unknown; 3]);
        // With another key it is another purchase, unless an equal one without a key stands in its way.
        assert_eq!(gate.posts().len(), if has_key { 2 } else { 1 });
    }
    Ok(())
}

#[tokio::test]
async fn two_clients_on_one_ledger_post_once() -> Outcome {
    let (sandbox, directory) = (sandbox().await?, place()?);
    let late = || Gate::new(&sandbox).then(Reply::Late(100 * MILLI));
    let path = directory.path().join("ledger");
    for key in [Some("one"), None] {
        // Two ledgers on one file are two processes.
        let gate = late();
        let (first, second) = (on_file(&gate, &path).await?, on_file(&gate, &path).await?);
        let send = |client: &Client| {
            let sending = client.send(&request("file"));
            if let Some(key) = key { sending.key(key) } else { sending }
        };
        let (one, two) = tokio::join!(came(send(&first)), came(send(&second)));
        let mut both = [one, two];
        both.sort();
        assert_eq!((both, gate.posts().len()), ([Came::Posted, Came::InProgress], 1), "{key:?}");
        // In one process, the second waits for the first.
        let (gate, ledger) = (late(), MemoryLedger::new());
        let (first, second) = (builder(&gate).ledger(ledger.clone()).build()?, builder(&gate).ledger(ledger).build()?);
        let (one, two) = tokio::join!(came(send(&first)), came(send(&second)));
        let mut both = [one, two];
        both.sort();
        assert_eq!((both, gate.posts().len()), ([Came::Posted, Came::Existing], 1), "{key:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn send_may_charge_twice_dropped_while_it_is_queued_leaves_no_consent() -> Outcome {
    for key in [Some("one"), None] {
        let sandbox = sandbox().await?;
        let gate = Gate::new(&sandbox).then(Reply::lost());
        let client = builder(&gate).rate_limit(1, 10 * SECOND).build()?;
        let with_key = |sending: cover_api::runtime::Sending<UploadCover>| match key {
            Some(key) => sending.key(key),
            None => sending,
        };
        assert_eq!(came(with_key(client.send(&request("x")))).await, Came::Unknown);
        let risked = timeout(SECOND, with_key(client.send_may_charge_twice(&request("x")))).await;
        assert!(risked.is_err());
        sleep(HOUR).await;
        let unknown = client.unknown().await?;
        assert_eq!((unknown.len(), unknown[0].has_consent), (1, false));
        assert_eq!(came(with_key(client.send(&request("x")))).await, Came::Unknown);
        assert_eq!(gate.posts().len(), 1);
        // Undisturbed, it pays a second time.
        assert_eq!(came(with_key(client.send_may_charge_twice(&request("x")))).await, Came::Posted);
        assert_eq!((gate.posts().len(), sandbox.tasks()), (2, 2));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn twenty_sends_polled_once_and_held_do_not_stop_the_key() -> Outcome {
    let sandbox = limited_sandbox().await?;
    let client = Client::builder(sandbox.key()).transport(Gate::new(&sandbox).router()).build()?;
    let mut held: Vec<_> = (0..20).map(|number| Box::pin(client.send(&request(&format!("held-{number}"))))).collect();
    for sending in &mut held {
        assert!(poll_once(sending).is_pending());
    }
    let task = within(24 * HOUR, "another send", client.send(&request("another"))).await?;
    within(24 * HOUR, "its end", task.wait().into_future()).await?;
    // What was held is there when it is wanted.
    for sending in held {
        assert!(within(SECOND, "a send that was held", sending).await?.was_posted());
    }
    assert_eq!((sandbox.tasks(), sandbox.excess_requests()), (21, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn one_send_held_in_the_loop_over_a_batch_does_not_stop_it() -> Outcome {
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

/// A callback to the address of the POST with this number, that names this task.
fn forged(client: &Client, gate: &Gate, post: usize, task: &str) -> Result<Request, Fails> {
    let mut callback = client.callbacks()?.forge().valid(task, "complete");
    let address = gate.posts()[post]["callBackUrl"].as_str().ok_or("no address")?.to_owned();
    address.strip_prefix(ADDRESS).ok_or("another address")?.clone_into(&mut callback.path);
    Ok(callback.into())
}

#[tokio::test(start_paused = true)]
async fn a_callback_that_names_another_sends_task_is_not_believed() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Good).then(Reply::Late(100 * SECOND));
    let client = builder(&gate).callbacks(ADDRESS, SECRET).build()?;
    let first = client.send(&called(ADDRESS, 1)).key("one").await?;
    let second = tokio::spawn({
        let client = client.clone();
        async move { client.send(&called(ADDRESS, 2)).key("two").await }
    });
    sleep(SECOND).await;
    let Ok(answer) = client.callbacks()?.router().call(forged(&client, &gate, 1, first.id())?).await;
    println!("the callback is answered with {}", answer.status());
    let second = within(2 * HOUR, "the second send", second).await??;
    assert_eq!((first.id(), second.id(), second.was_posted()), ("task-1", "task-2", true));
    assert_eq!((sandbox.tasks(), client.stats().tasks, client.duplicates().await?.len()), (2, 2, 0));
    Ok(())
}

/// The service repeats no request, so that a wrong claim is confirmed; the reply of the send whose task it is comes later.
#[tokio::test(start_paused = true)]
async fn a_reply_outranks_a_callback_even_if_the_reply_of_the_other_send_was_lost() -> Outcome {
    let spec = include_str!("../../../spec/upload_cover.toml").replace("request = \"data.param\"", "");
    let sandbox = Sandbox::builder().spec(spec).stage_every(30 * SECOND).start().await?;
    let gate = Gate::new(&sandbox);
    gate.announce(Reply::Late(100 * SECOND));
    gate.announce(Reply::Lost(502, "<html>".to_owned(), 50 * SECOND));
    let client = builder(&gate).callbacks(ADDRESS, SECRET).build()?;
    let send = |number: usize| {
        let client = client.clone();
        tokio::spawn(async move { client.send(&called(ADDRESS, number)).key(number.to_string()).await })
    };
    let first = send(1);
    sleep(SECOND).await;
    let second = send(2);
    sleep(SECOND).await;
    let Ok(_) = client.callbacks()?.router().call(forged(&client, &gate, 1, "task-1")?).await;
    let second = within(HOUR, "the second send", second).await?;
    println!("the second send: {second:?}");
    let first = within(HOUR, "the first send", first).await?;
    assert_eq!(first.as_ref().map(cover_api::Task::id).ok(), Some("task-1"), "{first:?}");
    let unknown = client.unknown().await?;
    assert_eq!(unknown.iter().map(|unknown| unknown.key.as_deref()).collect::<Vec<_>>(), [Some("2")]);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn only_two_redirects_say_that_nothing_was_created() -> Outcome {
    for (status, expected) in
        [(301, Came::Unknown), (302, Came::Unknown), (303, Came::Unknown), (307, Came::Refused), (308, Came::Refused)]
    {
        let sandbox = limited_sandbox().await?;
        sandbox.answer_submit(Answer::raw(status, ""));
        let client = Client::builder(sandbox.key()).transport(sandbox.router()).build()?;
        let result = client.send(&request("x")).await;
        assert_eq!(Came::of(&result), expected, "{status}: {result:?}");
        // What is unknown is not posted again, and what was refused may be.
        let again = if expected == Came::Unknown { Came::Unknown } else { Came::Posted };
        assert_eq!(came(client.send(&request("x"))).await, again, "{status}");
    }
    Ok(())
}

// --- Keys -------------------------------------------------------------------------------------------------------------

#[tokio::test(start_paused = true)]
async fn a_key_has_1_to_255_bytes_and_no_control_characters() -> Outcome {
    let sandbox = limited_sandbox().await?;
    let client = Client::builder(sandbox.key()).transport(sandbox.router()).build()?;
    for bad in
        [String::new(), "x".repeat(256), "ü".repeat(128), "a\nb".to_owned(), "\0".to_owned(), "\u{7f}".to_owned()]
    {
        let error = client.send(&request("x")).key(bad.clone()).await.expect_err("a bad key");
        assert!(error.is_setup() && !error.may_have_been_charged(), "{bad:?}: {error:?}");
    }
    assert_eq!((sandbox.submits(), client.stats().posts), (0, 0));
    for good in ["x".repeat(255), " ".to_owned(), "Auftrag 17 ü".to_owned()] {
        assert!(client.send(&request("x")).key(good).await?.was_posted());
    }
    assert_eq!(sandbox.tasks(), 3);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_key_stands_for_one_request() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Refused);
    let client = builder(&gate).build()?;
    // A request that created nothing may be corrected.
    assert_eq!(came(client.send(&request("wrong")).key("one")).await, Came::Refused);
    let task = client.send(&request("right")).key("one").await?;
    let conflict = client.send(&request("other")).key("one").await.expect_err("another request");
    assert!(conflict.is_key_conflict(), "{conflict:?}");
    assert_eq!(conflict.handle().map(cover_api::TaskHandle::id), Some(task.id()));
    assert_eq!(client.send(&request("right")).key("one").await?.id(), task.id());
    assert_eq!((gate.posts().len(), sandbox.tasks()), (2, 1));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn after_a_failure_a_key_is_posted_again_only_where_that_is_wanted() -> Outcome {
    let sandbox = sandbox().await?;
    sandbox.walk(["PENDING", "GENERATE_AUDIO_FAILED"]);
    let gate = Gate::new(&sandbox);
    let client = builder(&gate).build()?;
    let failed = client.send(&request("x")).key("one").await?;
    // While it runs, there is nothing to be posted again.
    assert_eq!(client.send(&request("x")).key("one").after_failure().await?.id(), "task-1");
    assert!(failed.wait().await.expect_err("as the script says").is_failed());
    assert_eq!(client.send(&request("x")).key("one").await?.id(), "task-1");
    let again = client.send(&request("corrected")).key("one").after_failure().await?;
    assert_eq!((again.id(), again.was_posted()), ("task-2", true));
    assert_eq!(client.find("one").await?.map(|task| task.id().to_owned()), Some("task-2".to_owned()));
    assert_eq!(client.send(&request("corrected")).key("one").after_failure().await?.id(), "task-2");
    assert_eq!(gate.posts().len(), 2);
    Ok(())
}

// --- Timeouts and shutdown --------------------------------------------------------------------------------------------

#[tokio::test(start_paused = true)]
async fn a_timeout_says_whether_the_exchange_goes_on() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::with_usual(&sandbox, Reply::Late(60 * SECOND));
    let client = queueing(&gate, MemoryLedger::new()).await?;
    let started = Instant::now();
    let error = client.send(&request("x")).timeout(SECOND).await.expect_err("it is queued");
    assert!(error.is_timeout() && error.is_not_sent() && !error.may_have_been_charged(), "{error:?}");
    assert!(started.elapsed() < 2 * SECOND && gate.posts().is_empty());
    sleep(20 * SECOND).await;
    assert_eq!((gate.posts().len(), client.stats().not_sent), (0, 1));

    let error = client.send(&request("x")).timeout(30 * SECOND).await.expect_err("the reply is late");
    assert!(error.is_timeout() && error.is_in_progress() && error.may_have_been_charged(), "{error:?}");
    // Who waits for another send's exchange gives up, too.
    let error = client.send(&request("x")).timeout(SECOND).await.expect_err("the reply is late");
    assert!(error.is_timeout() && error.is_in_progress(), "{error:?}");
    let task = client.send(&request("x")).await?;
    assert_eq!((task.was_posted(), gate.posts().len(), client.stats().tasks), (false, 1, 1));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_ends_what_is_queued_awaits_what_is_sent_and_lists_the_rest() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Late(5 * SECOND)).then(Reply::Never);
    let client = builder(&gate).rate_limit(2, HOUR).build()?;
    let send = |key: &'static str| {
        let client = client.clone();
        tokio::spawn(async move { client.send(&request(key)).key(key).await })
    };
    let late = send("late");
    sleep(SECOND).await;
    let never = send("never");
    sleep(SECOND).await;
    let queued = send("queued");
    sleep(SECOND).await;
    let started = Instant::now();
    let unfinished = within(HOUR, "the shutdown", client.shutdown(60 * SECOND)).await;
    assert!(started.elapsed() >= 59 * SECOND && started.elapsed() < 62 * SECOND, "{:?}", started.elapsed());
    assert_eq!(unfinished.iter().map(|attempt| attempt.key.as_deref()).collect::<Vec<_>>(), [Some("never")]);
    assert!(late.await??.was_posted());
    let error = queued.await?.expect_err("it was queued");
    assert!(error.is_shut_down() && error.is_not_sent() && !error.may_have_been_charged(), "{error:?}");
    let error = client.send(&request("new")).await.expect_err("the client is shut down");
    assert!(error.is_shut_down() && error.is_not_sent(), "{error:?}");
    // What was there before can still be looked up.
    assert!(client.find("late").await?.is_some());
    assert_eq!(gate.posts().len(), 2);
    never.abort();
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_with_nothing_under_way_is_over_at_once() -> Outcome {
    let sandbox = sandbox().await?;
    let client = builder(&Gate::new(&sandbox)).build()?;
    client.send(&request("x")).await?;
    let started = Instant::now();
    assert!(client.shutdown(HOUR).await.is_empty());
    assert!(started.elapsed() < SECOND);
    Ok(())
}

/// Whoever waits for a send is told when the runtime that was to make it has ended.
#[test]
fn a_send_on_a_runtime_that_has_ended_says_so_and_does_not_hang() -> Outcome {
    let (told, tells) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let client: Client = Client::builder("key").transport(Router::new()).build().expect("a client");
        let entered = runtime.handle().clone();
        let _entered = entered.enter();
        runtime.shutdown_background();
        let result = futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(client.send(&request("x"))));
        let result = Local::block_on(result);
        told.send(result.map(|result| Came::of(&result)).map_err(drop)).ok();
    });
    let came = tells.recv_timeout(Duration::from_secs(10)).map_err(|_| "the send hangs for ever")?;
    assert_eq!(came, Ok(Came::NotSent));
    Ok(())
}

/// Runs a future without any runtime.
struct Local;

impl Local {
    fn block_on<F: Future>(future: F) -> F::Output {
        struct Unpark(std::thread::Thread);
        impl std::task::Wake for Unpark {
            fn wake(self: std::sync::Arc<Self>) {
                self.0.unpark();
            }
        }
        let waker = std::sync::Arc::new(Unpark(std::thread::current())).into();
        let mut future = std::pin::pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            std::thread::park();
        }
    }
}

// --- Counts and lists -------------------------------------------------------------------------------------------------

#[tokio::test(start_paused = true)]
async fn an_attempt_that_is_dropped_before_it_is_posted_is_not_counted_as_resent() -> Outcome {
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

#[tokio::test(start_paused = true)]
async fn what_is_unknown_is_listed_and_resolved_by_an_operators_word() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::with_usual(&sandbox, Reply::lost());
    let client = builder(&gate).build()?;
    for key in ["one", "two", "three"] {
        assert_eq!(came(client.send(&request(key)).key(key)).await, Came::Unknown);
    }
    let unknown = client.unknown().await?;
    let keys: Vec<_> = unknown.iter().map(|unknown| unknown.key.as_deref()).collect();
    assert_eq!(keys, [Some("one"), Some("two"), Some("three")]);
    assert!(
        unknown.iter().all(|unknown| unknown.attempts == 1 && unknown.evidence.is_some() && unknown.hint.is_none())
    );

    // A task that the service does not know is no answer.
    let error =
        client.resolve(&unknown[0], Resolution::Task("no-such-task".to_owned())).await.expect_err("no such task");
    assert!(error.is_not_found(), "{error:?}");
    let task = client.resolve(&unknown[0], Resolution::Task("task-1".to_owned())).await?.ok_or("no task")?;
    assert_eq!(task.id(), "task-1");
    assert_eq!(client.send(&request("one")).key("one").await?.id(), "task-1");
    // One task is one purchase; and what was listed before does not count once it has changed.
    assert!(client.resolve(&unknown[1], Resolution::Task("task-1".to_owned())).await.is_err());
    assert!(client.resolve(&unknown[0], Resolution::NotCharged).await.is_err());
    // An operator says that nothing was charged; so it is posted.
    assert!(client.resolve(&unknown[1], Resolution::NotCharged).await?.is_none());
    gate.announce(Reply::Good);
    assert_eq!(came(client.send(&request("two")).key("two")).await, Came::Posted);
    assert_eq!(client.unknown().await?.len(), 1);
    // The operator was wrong there, but no attempt knows of a second task.
    assert_eq!(client.duplicates().await?.len(), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_second_charge_is_listed_as_a_duplicate() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::lost());
    let client = builder(&gate).callbacks(ADDRESS, SECRET).build()?;
    assert_eq!(came(client.send(&called(ADDRESS, 1)).key("one")).await, Came::Unknown);
    let second = client.send_may_charge_twice(&called(ADDRESS, 1)).key("one").await?;
    assert_eq!((second.id(), second.was_posted()), ("task-2", true));
    // Now a callback tells of the first.
    let Ok(_) = client.callbacks()?.router().call(forged(&client, &gate, 0, "task-1")?).await;
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
    // It is not purged.
    second.wait().await?;
    assert_eq!(client.purge(Duration::ZERO).await?, 0);
    Ok(())
}

#[tokio::test]
async fn what_goes_on_is_listed_after_a_restart_and_what_is_over_is_purged() -> Outcome {
    let directory = place()?;
    let sandbox = Sandbox::builder().stage_every(20 * MILLI).start().await?;
    let (gate, path) = (Gate::new(&sandbox), directory.path().join("ledger"));
    let fast = async || {
        Ok::<_, Fails>(
            builder(&gate).poll_every(5 * MILLI, 5 * MILLI).ledger(SqliteLedger::open(&path).await?).build()?,
        )
    };
    let client: Client = fast().await?;
    let done = client.send(&request("done")).key("done").await?;
    within(AGES, "the end", done.wait().into_future()).await?;
    let running = client.send(&request("running")).key("running").await?.id().to_owned();
    // This one is dropped, and nobody was given its task.
    gate.announce(Reply::Late(200 * MILLI));
    assert!(timeout(100 * MILLI, client.send(&request("dropped"))).await.is_err());
    assert!(client.shutdown(AGES).await.is_empty());
    drop((client, done));

    let client: Client = fast().await?;
    let unfinished = client.unfinished().all().await?;
    assert_eq!(unfinished.iter().map(cover_api::Task::id).collect::<Vec<_>>(), [&*running, "task-3"]);
    assert_eq!(client.purge(HOUR).await?, 0, "nothing is as old");
    sleep(5 * MILLI).await;
    assert_eq!(client.purge(Duration::ZERO).await?, 1, "only what is over");
    for task in unfinished {
        within(AGES, "the end", task.wait().into_future()).await?;
    }
    assert!(client.unfinished().all().await?.is_empty());
    // A purged key can be bought again; the others cannot.
    assert!(client.find("done").await?.is_none());
    assert!(client.send(&request("done")).key("done").await?.was_posted());
    assert!(!client.send(&request("running")).key("running").await?.was_posted());
    Ok(())
}
