//! What the ledger lists and finds: nothing is lost when a future is dropped, and nothing is sent that could pay twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use cover_api::ledger::{Ledger, Local, MemoryLedger, SqliteLedger, Transacted, Work};
use cover_api::runtime::Became;
use cover_api::sandbox::{Answer, Sandbox};
use cover_api::{Client, CoverRequest, Model};
use cover_testkit::failing_ledger::{FailingLedger, Fails};
use cover_testkit::gate::{Gate, Reply, Slow, poll_then_drop};
use cover_testkit::recordings::wav;
use cover_testkit::{Outcome, Result, request};
use tokio::time::{sleep, timeout};

use crate::answers_at_once::style::{self, StyleRequest};
use crate::answers_at_once::{GOOD, Service};
use crate::common::{SECOND, builder, in_memory_folder, on_file, sandbox};

fn style(number: usize) -> StyleRequest {
    StyleRequest::builder().content(format!("rain {number}")).build().expect("it is valid")
}

/// Buys this many answers without a key. Their callers leave before the reply.
async fn undelivered(ledger: impl Ledger, answers: usize) -> Result<(Service, style::Client)> {
    let service = Service::new(GOOD).taking(SECOND);
    let client = service.client(ledger)?;
    for number in 0..answers {
        assert!(timeout(SECOND / 2, client.send(&style(number))).await.is_err(), "it is dropped before the reply");
    }
    sleep(2 * SECOND).await;
    assert_eq!((service.posts(), client.account().unfinished().await?.len()), (answers, answers));
    Ok((service, client))
}

#[tokio::test(start_paused = true)]
async fn a_list_that_is_dropped_at_any_await_delivers_no_answer() -> Outcome {
    for polls in 0..500 {
        assert!(polls < 499, "it does not end");
        let (service, client) = undelivered(Slow(MemoryLedger::new()), 3).await?;
        let all = poll_then_drop(client.unfinished().all(), polls, 60, SECOND).await;
        sleep(SECOND).await;
        let left = client.account().unfinished().await?.len();
        if let Some(all) = all {
            assert_eq!((all?.len(), left), (3, 0));
            return Ok(());
        }
        assert_eq!(left, 3, "after {polls} polls");
        assert!(!client.send(&style(0)).await?.was_posted() && service.posts() == 3, "after {polls} polls");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_list_that_fails_delivers_no_answer() -> Outcome {
    let ledger = FailingLedger::new();
    let (_service, client) = undelivered(ledger.clone(), 3).await?;
    ledger.set(Fails::From(3));
    assert!(client.unfinished().all().await.expect_err("the ledger fails").is_ledger());
    ledger.set(Fails::Never);
    assert_eq!(client.unfinished().all().await?.len(), 3);
    assert_eq!(client.unfinished().all().await?.len(), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_next_that_is_dropped_at_any_await_skips_nothing() -> Outcome {
    for polls in 0..40 {
        let (_service, client) = undelivered(Slow(MemoryLedger::new()), 3).await?;
        let (mut answers, mut seen) = (client.unfinished(), 0);
        loop {
            let dropped = poll_then_drop(answers.next(), polls, 60, SECOND).await;
            let next = if let Some(next) = dropped { next? } else { answers.next().await? };
            if next.is_none() {
                break;
            }
            seen += 1;
        }
        assert_eq!(seen, 3, "answers, after {polls} polls each");

        let sandbox = sandbox().await?;
        let client = builder(&Gate::new(&sandbox)).ledger(Slow(MemoryLedger::new())).build()?;
        for number in 0..3 {
            client.send(&request("x")).key(number.to_string()).await?;
        }
        let (mut tasks, mut seen) = (client.unfinished(), Vec::new());
        loop {
            let dropped = poll_then_drop(tasks.next(), polls, 60, SECOND).await;
            let next = if let Some(next) = dropped { next? } else { tasks.next().await? };
            let Some(task) = next else { break };
            seen.push(task.id().to_owned());
        }
        assert_eq!(seen, ["task-1", "task-2", "task-3"], "after {polls} polls each");
    }
    Ok(())
}

/// A ledger that counts its transactions.
#[derive(Debug, Default)]
struct Counting(MemoryLedger, Arc<AtomicUsize>);

impl Ledger for Counting {
    fn transact(&self, work: Work) -> Transacted {
        self.1.fetch_add(1, Ordering::SeqCst);
        self.0.transact(work)
    }

    fn local(&self) -> &Arc<Local> {
        self.0.local()
    }
}

#[tokio::test(start_paused = true)]
async fn a_list_of_tasks_reads_the_ledger_once_for_each_page() -> Outcome {
    let (sandbox, ledger) = (sandbox().await?, Counting::default());
    let count = Arc::clone(&ledger.1);
    let client = builder(&Gate::new(&sandbox)).ledger(ledger).build()?;
    for number in 0..10 {
        client.send(&request("x")).key(number.to_string()).await?;
    }
    let before = count.load(Ordering::SeqCst);
    assert_eq!(client.unfinished().all().await?.len(), 10);
    assert_eq!(count.load(Ordering::SeqCst) - before, 1);
    Ok(())
}

/// A service whose answers are not kept, and a client that left before the first one came.
async fn lost(key: Option<&str>) -> Result<(Service, style::Client)> {
    let large = format!(r#"{{"code":200,"data":{{"result":"{}"}}}}"#, "x".repeat(300 * 1024));
    let service = Service::new(large).taking(SECOND);
    let client = service.client(MemoryLedger::new())?;
    let error = send(&client, key).timeout(SECOND / 2).await.expect_err("it takes longer");
    assert!(error.is_in_progress() && error.to_string().ends_with("returns its outcome"), "{error}");
    sleep(SECOND).await;
    let listed = client.account().unfinished().await?;
    assert_eq!(listed.iter().map(|it| (it.key.as_deref(), it.became)).collect::<Vec<_>>(), [(key, Became::LostAnswer)]);
    assert_eq!(client.unfinished().all().await?.len(), 0, "it cannot be returned");
    Ok((service, client))
}

fn send(client: &style::Client, key: Option<&str>) -> cover_api::runtime::Sending<style::Styles> {
    let sending = client.send(&style(0));
    if let Some(key) = key { sending.key(key) } else { sending }
}

#[tokio::test(start_paused = true)]
async fn the_report_of_a_lost_answer_ends_a_purchase_without_a_key() -> Outcome {
    let (service, client) = lost(None).await?;
    let error = send(&client, None).await.expect_err("it was not kept");
    assert!(error.is_answer_lost() && error.may_have_been_charged(), "{error:?}");
    assert!(error.to_string().ends_with("send the request again"), "{error}");
    assert_eq!((service.posts(), client.account().unfinished().await?.len()), (1, 0));
    assert!(send(&client, None).await?.was_posted(), "the caller was told");
    assert_eq!(service.posts(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_of_a_key_stays_lost() -> Outcome {
    let (service, client) = lost(Some("order-17")).await?;
    for _ in 0..2 {
        let error = send(&client, Some("order-17")).await.expect_err("it was not kept");
        assert!(error.is_answer_lost() && error.to_string().ends_with("use another key"), "{error}");
        assert!(client.find("order-17").await.expect_err("it was not kept").is_answer_lost());
    }
    assert_eq!((service.posts(), client.account().find("order-17").await?[0].became), (1, Became::LostAnswer));
    assert!(send(&client, Some("order-18")).await?.was_posted());
    Ok(())
}

/// Makes a cover of a song, as a program would that may have been started before.
async fn song_program(client: &Client) -> std::result::Result<(), cover_api::Error> {
    if client.find("song").await?.is_none() {
        let link = client.upload_bytes("song.wav", wav(1)).await?;
        let request = CoverRequest::non_custom().upload_url(link).without_callback().model(Model::V5).prompt("Rain");
        client.send(&request.build().expect("it is valid")).key("song").await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_program_run_again_after_an_unknown_outcome_uploads_and_pays_nothing() -> Outcome {
    let (sandbox, folder) = (Sandbox::builder().without_rate_limit().start().await?, in_memory_folder()?);
    sandbox.answer_submit(Answer::raw(502, "<html>bad gateway</html>"));
    for _ in 0..3 {
        let ledger = SqliteLedger::open(folder.path().join("ledger")).await?;
        let client: Client = Client::builder(sandbox.key()).base_url(sandbox.url()).ledger(ledger).build()?;
        let error = song_program(&client).await.expect_err("the outcome is unknown");
        assert!(error.is_outcome_unknown() && error.may_have_been_charged() && error.recovery().is_some(), "{error:?}");
        assert_eq!((sandbox.uploads(), sandbox.submits()), (1, 1), "{error}");
    }
    Ok(())
}

#[tokio::test]
async fn a_key_that_is_being_posted_is_in_progress_here_and_in_another_process() -> Outcome {
    let (sandbox, folder) = (sandbox().await?, in_memory_folder()?);
    let (gate, path) = (Gate::with_usual(&sandbox, Reply::Never), folder.path().join("ledger"));
    let (one, two) = (on_file(&gate, &path).await?, on_file(&gate, &path).await?);
    let sending = tokio::spawn({
        let one = one.clone();
        async move { one.send(&request("x")).key("order-17").await.map(drop) }
    });
    while gate.posts().is_empty() {
        sleep(Duration::from_millis(1)).await;
    }
    for client in [&one, &two] {
        let error = client.find("order-17").await.expect_err("it is being posted");
        assert!(error.is_in_progress() && error.may_have_been_charged(), "{error:?}");
        let error = client.send(&request("another")).key("order-17").await.expect_err("it is of another request");
        assert!(error.is_key_conflict() && error.is_in_progress() && error.may_have_been_charged(), "{error:?}");
        assert!(error.to_string().ends_with("which is being sent: wait for it and run again"), "{error}");
        assert!(!error.is_outcome_unknown() && error.recovery().is_none(), "{error:?}");
    }
    assert_eq!(gate.posts().len(), 1);
    sending.abort();
    Ok(())
}

#[tokio::test]
async fn a_key_conflict_says_what_became_of_the_other_request() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::lost());
    let client = builder(&gate).build()?;
    client.send(&request("x")).key("order-17").await.expect_err("its reply is lost");
    let error = client.send(&request("another")).key("order-17").await.expect_err("it is of another request");
    assert!(error.is_key_conflict() && error.is_outcome_unknown() && error.may_have_been_charged(), "{error:?}");
    assert!(error.recovery().is_some() && error.to_string().contains("whose outcome is unknown"), "{error}");
    assert!(client.find("order-17").await.expect_err("it is unknown").is_outcome_unknown());
    assert!(client.find("order-18").await?.is_none(), "nothing was sent");
    assert_eq!(gate.posts().len(), 1);
    Ok(())
}
