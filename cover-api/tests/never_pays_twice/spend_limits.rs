//! An account never spends more than its limits, and only what may have been charged counts.

use std::time::Duration;

use cover_api::Client;
use cover_api::ledger::{Ledger, MemoryLedger, SqliteLedger};
use cover_api::runtime::{Credits, Resolution, SpendLimit};
use cover_api::sandbox::Sandbox;
use cover_testkit::gate::{Came, Gate, Reply, poll_then_drop, within};
use cover_testkit::{Outcome, Result, request};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::common::{HOUR, MILLI, SECOND, builder, came, in_memory_folder, sandbox};

/// The price of a cover.
const PRICE: u32 = 12;

/// Returns a client that may spend this much.
fn limited(gate: &Gate, ledger: impl Ledger, credits: u32) -> Result<Client> {
    let limit = SpendLimit::per_process(Credits::from(credits));
    Ok(builder(gate).ledger(ledger).spend_limit(limit).build()?)
}

/// Returns whether the limit allows another purchase, which is sent if so.
async fn allows_another(client: &Client) -> Result<bool> {
    allows(client, "another").await
}

/// Returns whether the limit allows this purchase, which is sent if so.
async fn allows(client: &Client, key: &str) -> Result<bool> {
    match within(HOUR, "a send", client.send(&request(key)).key(key)).await {
        Ok(_) => Ok(true),
        Err(error) if error.is_spend_limit() => Ok(false),
        Err(error) => Err(error.into()),
    }
}

#[tokio::test(start_paused = true)]
async fn a_request_beyond_the_limit_is_not_sent_and_its_error_has_the_figures() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let limit = SpendLimit::per_process(Credits::from_thousandths(30_500));
    let client = builder(&gate).rate_limit(3, HOUR).ledger(MemoryLedger::new()).spend_limit(limit).build()?;
    for number in ["1", "2"] {
        client.send(&request(number)).key(number).await?;
    }
    for _ in 0..5 {
        let error = client.send(&request("3")).key("3").await.expect_err("it is beyond the limit");
        assert!(error.is_spend_limit() && error.is_not_sent() && !error.may_have_been_charged(), "{error:?}");
        assert_eq!(
            error.to_string(),
            "nothing was sent: the request costs 12 credits, and 24 of 30.5 credits are spent, which is the spend limit of this process: \
             raise the limit"
        );
    }
    // A purchase that exists costs nothing.
    assert_eq!(came(client.send(&request("1")).key("1")).await, Came::Existing);
    // Each permit was returned unused.
    within(SECOND, "the last permit", client.credits()).await?;
    assert_eq!((gate.posts().len(), sandbox.tasks()), (2, 2));
    assert!(client.find("3").await?.is_none(), "nothing is recorded");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_charged_counts_and_what_was_not_charged_does_not() -> Outcome {
    for (reply, ends, allows) in [
        (Reply::Good, Came::Posted, false),
        (Reply::lost(), Came::Unknown, false),
        (Reply::Refused, Came::Refused, true),
    ] {
        let sandbox = sandbox().await?;
        let gate = Gate::new(&sandbox).then(reply.clone());
        let client = limited(&gate, MemoryLedger::new(), PRICE)?;
        assert_eq!(came(client.send(&request("1")).key("1")).await, ends, "{reply:?}");
        assert_eq!(allows_another(&client).await?, allows, "{reply:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_attempt_counts_while_it_is_under_way_and_no_longer_once_it_was_revoked() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Late(10 * SECOND));
    let client = limited(&gate, MemoryLedger::new(), 2 * PRICE)?;
    let posting = tokio::spawn({
        let client = client.clone();
        async move { client.send(&request("1")).key("1").await }
    });
    sleep(SECOND).await;
    assert_eq!(gate.posts().len(), 1);
    // The second one is dropped in the queue, at the ledger and at the connection.
    for polls in 0..6 {
        let sending = client.send(&request("2")).key("2");
        poll_then_drop(sending, polls, 60, Duration::ZERO).await;
        sleep(SECOND / 10).await;
    }
    let is_second_sent = gate.posts().len() == 2;
    assert_eq!(allows_another(&client).await?, !is_second_sent);
    assert!(!allows(&client, "third").await?);
    posting.await??;
    assert_eq!(gate.posts().len(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failed_task_stays_spent_also_if_it_is_posted_again() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let client = limited(&gate, MemoryLedger::new(), 2 * PRICE)?;
    for number in 0..2 {
        sandbox.script_statuses(["PENDING", "GENERATE_AUDIO_FAILED"]);
        let task = client.send(&request("1")).key("1").after_failure().await?;
        assert!(task.was_posted(), "{number}");
        assert!(task.wait().await.is_err_and(|error| error.is_failed()));
    }
    let error = client.send(&request("1")).key("1").after_failure().await.expect_err("both are spent");
    assert!(error.is_spend_limit(), "{error}");
    // The failed task is returned as before.
    assert!(!client.send(&request("1")).key("1").await?.was_posted());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_unknown_attempt_is_spent_until_a_person_says_that_it_was_not_charged() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::lost());
    let client = limited(&gate, MemoryLedger::new(), 2 * PRICE)?;
    assert_eq!(came(client.send(&request("1")).key("1")).await, Came::Unknown);
    // By consent, the same purchase is posted again. Both attempts may be charged.
    client.send_may_charge_twice(&request("1")).key("1").await?;
    assert!(!allows_another(&client).await?);

    let gate = Gate::new(&sandbox).then(Reply::lost());
    let client = limited(&gate, MemoryLedger::new(), PRICE)?;
    assert_eq!(came(client.send(&request("1")).key("1")).await, Came::Unknown);
    assert!(!allows_another(&client).await?);
    let unknown = client.unknown().await?.pop().ok_or("it is unknown")?;
    client.resolve(&unknown, Resolution::NotCharged).await?;
    assert!(allows_another(&client).await?);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn of_several_clients_of_an_account_the_strictest_limit_holds_while_its_client_exists() -> Outcome {
    let sandbox = sandbox().await?;
    let (gate, ledger) = (Gate::new(&sandbox), MemoryLedger::new());
    let unlimited = builder(&gate).ledger(ledger.clone()).build()?;
    let wide = limited(&gate, ledger.clone(), 3 * PRICE)?;
    let strict = limited(&gate, ledger.clone(), PRICE)?;
    let elsewhere = builder(&gate).ledger(ledger).account("another").build()?;
    unlimited.send(&request("1")).key("1").await?;
    for client in [&unlimited, &wide, &strict] {
        assert!(!allows_another(client).await?);
    }
    elsewhere.send(&request("1")).key("1").await?;
    drop(strict);
    for number in ["2", "3"] {
        unlimited.send(&request(number)).key(number).await?;
    }
    assert!(!allows_another(&unlimited).await?);
    drop(wide);
    assert!(allows_another(&unlimited).await?);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_sends_at_once_never_exceed_the_limit() -> Outcome {
    const BOUGHT: usize = 7;
    let (sandbox, folder) = (sandbox().await?, in_memory_folder()?);
    let most = 7 * PRICE + 11;
    let gates = [Gate::new(&sandbox), Gate::new(&sandbox)];
    let of_a_day = SpendLimit::per_period(Credits::from(most), 24 * HOUR);
    let file = SqliteLedger::open(folder.path().join("covers.db")).await?;
    let in_a_file = builder(&gates[1]).ledger(file).spend_limit(of_a_day).build()?;
    for (client, gate) in [limited(&gates[0], MemoryLedger::new(), most)?, in_a_file].into_iter().zip(gates) {
        let mut sends = JoinSet::new();
        for number in 0..60 {
            let client = client.clone();
            sends.spawn(async move { client.send(&request(&number.to_string())).key(number.to_string()).await });
        }
        let all = sends.join_all().await;
        let sent = all.iter().filter(|sent| sent.is_ok()).count();
        let over = all.iter().filter(|sent| sent.as_ref().is_err_and(cover_api::Error::is_spend_limit)).count();
        assert_eq!((sent, over, gate.posts().len()), (BOUGHT, 60 - BOUGHT, BOUGHT));
    }
    Ok(())
}

#[tokio::test]
async fn a_limit_of_a_period_needs_a_ledger_that_outlasts_its_process() -> Outcome {
    let sandbox = Sandbox::builder().stage_every(MILLI).without_rate_limit().start().await?;
    let (gate, folder) = (Gate::new(&sandbox), in_memory_folder()?);
    let path = folder.path().join("covers.db");
    let limit = SpendLimit::per_period(Credits::from(PRICE), 24 * HOUR);
    let error = builder(&gate).spend_limit(limit).build().expect_err("it is in memory");
    assert!(error.is_setup() && error.to_string().contains("`SqliteLedger`"), "{error}");

    let client = builder(&gate).ledger(SqliteLedger::open(&path).await?).spend_limit(limit);
    let client = client.poll_every(MILLI, MILLI).build()?;
    client.send(&request("1")).key("1").await?.wait().await?;
    sleep(2 * MILLI).await;
    // Neither a purge nor another process forgets what was spent.
    assert_eq!(client.purge(Duration::ZERO).await?, 1);
    assert!(!allows_another(&client).await?);
    drop(client);
    let other = builder(&gate).ledger(SqliteLedger::open(&path).await?).spend_limit(limit).build()?;
    let error = other.send(&request("2")).key("2").await.expect_err("all is spent");
    assert!(error.is_spend_limit() && error.to_string().contains("12 of 12 credits are spent"), "{error}");
    // A limit of the process begins anew.
    drop(other);
    let process = limited(&gate, SqliteLedger::open(&path).await?, PRICE)?;
    assert!(allows_another(&process).await?);
    assert!(!allows(&process, "third").await?);
    Ok(())
}
