//! Very many tasks of a process that has died.

use std::time::{Duration, Instant};

use cover_testkit::postgres::connect as connect_to;
use cover_testkit::{Outcome, request};

use crate::service::{Adopting, PATIENCE, Service, connect, database};

const TASKS: i64 = 100_000;
const HOUR: Duration = Duration::from_secs(3_600);

/// Copies the entry with the key `order` many times. Their process is one that died long ago.
const COPIES: &str = "INSERT INTO entries (account, operation, key, fingerprint_version, fingerprint, state, attempts, task, consent, \
    delivered, created, changed, waiter) SELECT account, operation, 'order-' || number, fingerprint_version, fingerprint, state, \
    attempts, 'task-of-' || number, consent, delivered, created, changed, 'a process that was killed' \
    FROM entries, generate_series(1, $1::BIGINT) AS number WHERE key = 'order'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_tasks_of_a_dead_process_are_adopted_by_two_others() -> Outcome {
    let Some(url) = database("many").await? else { return Ok(()) };
    // The rate limit of a service would not allow so many polls, either.
    let service = Service::polled_every(HOUR);
    let first = service.client("first", connect(&url).await?)?;
    let pattern = first.send(&request("1")).key("order").await?;
    let database = connect_to(&url).await?;
    database.execute(COPIES, &[&TASKS]).await?;
    database
        .batch_execute("INSERT INTO holders (name, started, alive_until) VALUES ('a process that was killed', 0, 1)")
        .await?;
    // Those of an operation that no client knows, and those that are not running, stay.
    let others = "UPDATE entries SET operation = 'another' WHERE key IN ('order-1', 'order-2'); \
        UPDATE entries SET state = 'unknown', task = NULL WHERE key IN ('order-3', 'order-4', 'order-5'); ANALYZE entries";
    database.batch_execute(others).await?;
    let left = 5;

    let begun = Instant::now();
    let second = service.client("second", connect(&url).await?)?;
    let adopting = [Adopting::start(&first), Adopting::start(&second)];
    let count = "SELECT COUNT(*) FROM entries WHERE waiter = 'a process that was killed'";
    loop {
        let waiting: i64 = database.query_one(count, &[]).await?.get(0);
        if waiting == left {
            break;
        }
        assert!(begun.elapsed() < 4 * PATIENCE, "{waiting} are still left");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("{TASKS} tasks were adopted in {:?}", begun.elapsed());
    let by_waiter = "SELECT COUNT(*) FROM entries WHERE state = 'running' AND operation <> 'another' GROUP BY waiter";
    let counts: Vec<i64> = database.query(by_waiter, &[]).await?.iter().map(|row| row.get(0)).collect();
    assert_eq!((counts.len(), counts.iter().sum()), (2, TASKS - left + 1), "{counts:?}");
    let stay = "SELECT COUNT(*) FROM entries WHERE waiter = 'a process that was killed' AND \
        (operation = 'another' OR state = 'unknown')";
    assert_eq!(database.query_one(stay, &[]).await?.get::<_, i64>(0), left);
    assert_eq!(service.polls(pattern.id()), [], "a living process is its waiter, and nobody adopts it");
    for adopting in adopting {
        adopting.stop().await;
    }
    let dropped = Instant::now();
    let left = "SELECT COUNT(*) FROM entries WHERE state = 'running' AND operation <> 'another' AND waiter <> ''";
    while database.query_one(left, &[]).await?.get::<_, i64>(0) > 1 {
        assert!(dropped.elapsed() < 4 * PATIENCE, "they are handed over");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("they were handed over in {:?}", dropped.elapsed());
    Ok(())
}
