//! Sends of several processes on one PostgreSQL ledger. Each ledger that is connected counts as a process.

use std::time::Duration;

use cover_api::Client;
use cover_api::ledger::PostgresLedger;
use cover_api::runtime::{Credits, SpendLimit};
use cover_testkit::gate::{Came, Gate, Reply};
use cover_testkit::postgres::Postgres;
use cover_testkit::{Outcome, Result, request};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::common::{HOUR, MILLI, builder, came, sandbox};

/// Returns a fresh database, or `None` if PostgreSQL is not installed.
async fn database(name: &str) -> Result<Option<String>> {
    let Some(server) = Postgres::shared()? else { return Ok(None) };
    Ok(Some(server.database(name).await?))
}

async fn process(gate: &Gate, url: &str) -> Result<Client> {
    Ok(builder(gate).ledger(PostgresLedger::connect(url).await?).build()?)
}

/// Sends by key until it is known what became of it.
async fn send_until_known(client: &Client, key: &str) -> Result<String> {
    loop {
        match client.send(&request(key)).key(key).await {
            Ok(task) => return Ok(task.id().to_owned()),
            Err(error) if error.is_in_progress() => sleep(5 * MILLI).await,
            Err(error) => return Err(error.into()),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_purchase_that_was_delivered_is_bought_again_on_purpose() -> Outcome {
    let Some(url) = database("delivered").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let client = process(&Gate::new(&sandbox), &url).await?;
    for number in 1..=40 {
        let task = client.send(&request("the same")).await?;
        assert!(task.was_posted(), "{number}: it is the task that was delivered before");
        assert_eq!(sandbox.tasks(), number);
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_that_race_for_every_key_post_each_once() -> Outcome {
    const KEYS: usize = 150;
    let Some(url) = database("race").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::with_usual(&sandbox, Reply::Late(3 * MILLI));
    let mut sends = JoinSet::new();
    for _ in 0..3 {
        let client = process(&gate, &url).await?;
        for number in 0..KEYS {
            let client = client.clone();
            sends.spawn(async move {
                let key = format!("key-{number}");
                send_until_known(&client, &key).await.map(|task| (key, task)).map_err(|error| error.to_string())
            });
        }
    }
    let mut all = sends.join_all().await.into_iter().collect::<std::result::Result<Vec<_>, String>>()?;
    all.sort();
    all.dedup();
    assert_eq!((all.len(), gate.posts().len(), sandbox.tasks()), (KEYS, KEYS, KEYS), "a key has two tasks");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn equal_sends_without_a_key_post_once_while_one_is_under_way() -> Outcome {
    let Some(url) = database("equal").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::with_usual(&sandbox, Reply::Late(Duration::from_secs(2)));
    let (one, other) = (process(&gate, &url).await?, process(&gate, &url).await?);
    let mut sends = JoinSet::new();
    for client in [&one, &other].repeat(20) {
        let client = client.clone();
        sends.spawn(async move { came(client.send(&request("the same"))).await });
    }
    let all = sends.join_all().await;
    let count = |what: Came| all.iter().filter(|came| **came == what).count();
    assert_eq!((count(Came::Posted), gate.posts().len(), sandbox.tasks()), (1, 1, 1), "{all:?}");
    assert_eq!(count(Came::Existing) + count(Came::InProgress), 39, "{all:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_with_one_limit_never_exceed_it() -> Outcome {
    const PRICE: u32 = 12;
    let Some(url) = database("limit").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let limit = SpendLimit::per_period(Credits::from(7 * PRICE + 11), 24 * HOUR);
    let mut sends = JoinSet::new();
    for process in 0..2 {
        let client = builder(&gate).ledger(PostgresLedger::connect(&url).await?).spend_limit(limit).build()?;
        for number in 0..40 {
            let (client, key) = (client.clone(), format!("{process}-{number}"));
            sends.spawn(async move { client.send(&request(&key)).key(&key).await });
        }
    }
    let all = sends.join_all().await;
    let sent = all.iter().filter(|sent| sent.is_ok()).count();
    let over = all.iter().filter(|sent| sent.as_ref().is_err_and(cover_api::Error::is_spend_limit)).count();
    assert_eq!((sent, over, gate.posts().len()), (7, 73, 7));
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sends_that_are_dropped_at_any_time_are_not_repeated() -> Outcome {
    const KEYS: usize = 120;
    let Some(url) = database("dropped").await? else { return Ok(()) };
    let mut chance = cover_testkit::chance();
    let sandbox = sandbox().await?;
    let gate = Gate::with_usual(&sandbox, Reply::Late(4 * MILLI));
    let clients = [process(&gate, &url).await?, process(&gate, &url).await?];
    for number in 0..KEYS {
        let (client, key) = (&clients[number % 2], format!("key-{number}"));
        let patience = Duration::from_micros(chance.u64(0..20_000));
        drop(timeout(patience, client.send(&request(&key)).key(&key)).await);
    }
    for number in 0..KEYS {
        send_until_known(&clients[(number + 1) % 2], &format!("key-{number}")).await?;
    }
    assert_eq!((gate.posts().len(), sandbox.tasks()), (KEYS, KEYS));
    Ok(())
}
