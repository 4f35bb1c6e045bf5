//! Purging in bulk while sends go on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use cover_testkit::gate::{Came, Gate};
use cover_testkit::{Outcome, postgres, request, runs};
use tokio::time::timeout;

use crate::common::{PATIENCE, database, sandbox, three};

/// Entries that ended a day ago, with an attempt each. Every thousandth was charged twice.
const FILL: &str = "
    INSERT INTO entries (account, operation, key, fingerprint_version, fingerprint, state, attempt, attempts, task, consent, delivered,
        status, created, changed)
    SELECT account, operation, 'old ' || n, 1, sha256(int8send(n)), 'done', decode(md5(n::text), 'hex'), 1, 'old ' || n, FALSE, TRUE,
        'SUCCESS', changed - 86400000, changed - 86400000
    FROM entries, generate_series(1, $1::bigint) AS n WHERE key = 'first';
    ";
const FILL_ATTEMPTS: &str = "
    INSERT INTO attempts (id, entry, account, operation, number, holder, state, task, source, duplicate, started)
    SELECT attempt, id, account, operation, 1, 'another', 'task', task, 'reply', id % 1000 = 0, created FROM entries
    WHERE key LIKE 'old %'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_entries_are_purged_by_two_processes_while_sends_go_on() -> Outcome {
    let count = runs(20_000);
    let Some(url) = database("purging").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let [one, two, three] = three(&gate, &url).await?;
    one.send(&request("first")).key("first").await?;
    let database = postgres::connect(&url).await?;
    database.execute(FILL.trim().trim_end_matches(';'), &[&i64::try_from(count)?]).await?;
    database.execute(FILL_ATTEMPTS, &[]).await?;
    database.batch_execute("ANALYZE").await?;
    let number = async |of: &str| Ok::<i64, Box<dyn std::error::Error>>(database.query_one(of, &[]).await?.get(0));
    let size = number("SELECT (pg_total_relation_size('entries') + pg_total_relation_size('attempts'))").await?;
    let kept = number("SELECT count(*) FROM attempts WHERE duplicate").await?;

    let is_over = Arc::new(AtomicBool::new(false));
    let sends = tokio::spawn({
        let (is_over, three) = (Arc::clone(&is_over), three.clone());
        async move {
            let (mut sent, mut slowest) = (0, Duration::ZERO);
            while !is_over.load(Ordering::SeqCst) {
                let (start, key) = (Instant::now(), format!("new {sent}"));
                assert_eq!(Came::of(&three.send(&request(&key)).key(key).await), Came::Posted);
                (sent, slowest) = (sent + 1, slowest.max(start.elapsed()));
            }
            (sent, slowest)
        }
    });
    let (start, hour) = (Instant::now(), Duration::from_secs(3_600));
    let purged = timeout(10 * PATIENCE, async { tokio::try_join!(one.purge(hour), two.purge(hour)) }).await??;
    let took = start.elapsed();
    is_over.store(true, Ordering::SeqCst);
    let (sent, slowest) = sends.await?;
    println!(
        "{count} entries with an attempt take {size} bytes. Purging them took {took:?}: {purged:?} by each of two processes. Meanwhile, \
         {sent} sends became tasks, the slowest in {slowest:?}."
    );
    assert_eq!(i64::try_from(purged.0 + purged.1)?, i64::try_from(count)? - kept);
    assert_eq!(number("SELECT count(*) FROM entries WHERE key LIKE 'old %'").await?, kept, "those charged twice stay");
    assert_eq!(number("SELECT count(*) FROM attempts").await?, kept + 1 + i64::from(sent));
    assert!(sent > 0 && slowest < PATIENCE, "{sent} {slowest:?}");
    Ok(())
}

#[tokio::test]
async fn an_entry_that_another_transaction_uses_is_skipped() -> Outcome {
    let Some(url) = database("skipping").await? else { return Ok(()) };
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let [one, ..] = three(&gate, &url).await?;
    one.send(&request("first")).key("first").await?;
    let mut database = postgres::connect(&url).await?;
    database.execute(FILL.trim().trim_end_matches(';'), &[&10_i64]).await?;
    let other = database.transaction().await?;
    other.execute("SELECT FROM entries WHERE key = 'old 3' FOR UPDATE", &[]).await?;
    let hour = Duration::from_secs(3_600);
    assert_eq!(timeout(PATIENCE, one.purge(hour)).await??, 9);
    other.rollback().await?;
    assert_eq!(one.purge(hour).await?, 1);
    Ok(())
}
