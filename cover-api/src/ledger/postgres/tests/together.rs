//! Jobs that share a transaction, since they waited at the same time.

use std::sync::{Arc, Barrier, mpsc};
use std::time::Duration;

use cover_testkit::postgres::connect;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::*;
use crate::ledger::{AttemptId, Charge, Fingerprint, Ledger, LedgerHandle, Purchase, Rows, Terms, Transacted, intend};

const LEASE: Duration = Duration::from_secs(300);
const SOON: Duration = Duration::from_secs(5);
const END_OF_ITS_SESSION: &str = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
    WHERE datname = current_database() AND state = 'idle in transaction'";

async fn open(url: &str, connections: usize) -> PostgresLedger {
    PostgresLedger::builder(url).unwrap().connections(connections).connect().await.unwrap()
}

fn purchase(key: &str) -> Purchase {
    let fingerprint = Fingerprint::new("upload_cover", key.as_bytes());
    Purchase {
        account: "acme".to_owned(),
        operation: "upload_cover".to_owned(),
        key: Some(key.to_owned()),
        fingerprint,
    }
}

fn record(rows: &mut dyn Rows, key: &str) -> Result<(), LedgerError> {
    intend(rows, &purchase(key), None, Terms::default(), &Charge::default(), AttemptId::new(), LEASE).map(drop)
}

fn recording(ledger: &PostgresLedger, key: &'static str) -> Transacted {
    ledger.transact(Box::new(move |rows| record(rows, key)))
}

/// Keeps a connection busy until the result is dropped, so that the work after that waits.
fn busy(ledger: &PostgresLedger) -> mpsc::Sender<()> {
    let (hold, held) = mpsc::channel::<()>();
    let (started, has_started) = mpsc::channel();
    drop(ledger.transact(Box::new(move |_| {
        started.send(()).ok();
        held.recv().ok();
        Ok(())
    })));
    has_started.recv().unwrap();
    hold
}

/// Returns the keys that are recorded, and the number of transactions that wrote them.
async fn recorded(url: &str) -> (Vec<String>, i64) {
    let observer = connect(url).await.unwrap();
    let row = observer
        .query_one("SELECT COALESCE(array_agg(key ORDER BY key), '{}'), COUNT(DISTINCT xmin::text) FROM entries", &[])
        .await
        .unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn work_that_waits_at_the_same_time_is_committed_together() {
    let Some(url) = database("together").await else { return };
    let ledger = open(&url, 1).await;
    let hold = busy(&ledger);
    let all = ["a", "b", "c"].map(|key| recording(&ledger, key));
    drop(hold);
    for one in all {
        one.await.unwrap();
    }
    assert_eq!(recorded(&url).await, (["a", "b", "c"].map(str::to_owned).to_vec(), 1));
}

#[tokio::test]
async fn work_that_fails_or_panics_gets_its_own_error_and_spoils_no_other() {
    let Some(url) = database("together_fails").await else { return };
    let ledger = open(&url, 1).await;
    let hold = busy(&ledger);
    let before = recording(&ledger, "before");
    let fails = ledger.transact(Box::new(|rows| {
        record(rows, "half")?;
        Err(LedgerError::refused("the test says so"))
    }));
    let panics = ledger.transact(Box::new(|rows| {
        record(rows, "half")?;
        panic!("on purpose")
    }));
    let after = recording(&ledger, "after");
    drop(hold);
    before.await.unwrap();
    after.await.unwrap();
    assert!(fails.await.unwrap_err().is_refused());
    assert!(panics.await.unwrap_err().to_string().contains("on purpose"));
    assert_eq!(recorded(&url).await.0, ["after", "before"]);
}

#[tokio::test]
async fn work_that_waits_for_another_transaction_holds_up_no_other() {
    let Some(url) = database("together_waits").await else { return };
    let ledger = open(&url, 2).await;
    recording(&ledger, "locked").await.unwrap();
    let other = connect(&url).await.unwrap();
    let holds = [busy(&ledger), busy(&ledger)];
    let all = ["a", "locked", "b"].map(|key| recording(&ledger, key));
    other.batch_execute("BEGIN; SELECT 1 FROM entries WHERE key = 'locked' FOR UPDATE").await.unwrap();
    drop(holds);
    let [a, locked, b] = all;
    timeout(SOON, a).await.expect("it does not wait").unwrap();
    timeout(SOON, b).await.expect("it does not wait").unwrap();
    other.batch_execute("COMMIT").await.unwrap();
    locked.await.unwrap();
}

/// Like [`recording`], and waits once before it ends.
fn recording_slowly(ledger: &PostgresLedger, key: &'static str, wait: impl FnOnce() + Send + 'static) -> Transacted {
    let mut wait = Some(wait);
    ledger.transact(Box::new(move |rows| {
        record(rows, key)?;
        if let Some(wait) = wait.take() {
            wait();
        }
        Ok(())
    }))
}

#[tokio::test]
async fn work_of_two_processes_that_wait_for_each_other_is_soon_done() {
    let Some(url) = database("together_circle").await else { return };
    let ledgers = [open(&url, 1).await, open(&url, 1).await];
    let holds = ledgers.each_ref().map(busy);
    let both = Arc::new(Barrier::new(2));
    let all = [("x", "y"), ("y", "x")].into_iter().zip(&ledgers).flat_map(|((first, second), ledger)| {
        let both = Arc::clone(&both);
        [recording_slowly(ledger, first, move || _ = both.wait()), recording(ledger, second)]
    });
    let all: Vec<Transacted> = all.collect();
    drop(holds);
    for one in all {
        timeout(SOON, one).await.expect("it does not wait").unwrap();
    }
    assert_eq!(recorded(&url).await.0, ["x", "y"]);
}

#[tokio::test]
async fn work_runs_again_on_another_connection_if_theirs_is_lost_before_the_commit() {
    let Some(url) = database("together_lost").await else { return };
    let ledger = open(&url, 1).await;
    let operator = connect(&url).await.unwrap();
    let (started, has_started) = oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let hold = busy(&ledger);
    let before = recording_slowly(&ledger, "before", move || {
        started.send(()).unwrap();
        may_go_on.recv().ok();
    });
    let after = recording(&ledger, "after");
    drop(hold);
    has_started.await.unwrap();
    assert_eq!(operator.execute(END_OF_ITS_SESSION, &[]).await.unwrap(), 1);
    drop(go_on);
    before.await.unwrap();
    after.await.unwrap();
    assert_eq!(recorded(&url).await.0, ["after", "before"]);
}

#[tokio::test]
async fn work_whose_commit_was_not_answered_fails_and_does_not_run_again() {
    let Some(url) = database("together_doubt").await else { return };
    let ledger = open(&url, 1).await;
    let operator = connect(&url).await.unwrap();
    let dies = "CREATE FUNCTION dies() RETURNS trigger LANGUAGE plpgsql AS \
                'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'; \
                CREATE CONSTRAINT TRIGGER dies AFTER INSERT ON entries DEFERRABLE INITIALLY DEFERRED \
                FOR EACH ROW EXECUTE FUNCTION dies()";
    operator.batch_execute(dies).await.unwrap();
    let (count, runs) = mpsc::channel();
    let hold = busy(&ledger);
    let all = ["a", "b", "c"].map(|key| {
        let count = count.clone();
        ledger.transact(Box::new(move |rows| {
            count.send(key).unwrap();
            record(rows, key)
        }))
    });
    drop((hold, count));
    for one in all {
        one.await.unwrap_err();
    }
    assert_eq!(runs.iter().collect::<Vec<_>>(), ["a", "b", "c"]);
}

#[tokio::test]
async fn work_is_not_blamed_for_the_failure_of_another_whose_connection_is_lost_too() {
    let Some(url) = database("together_blame").await else { return };
    let ledger = open(&url, 1).await;
    let operator = connect(&url).await.unwrap();
    let (started, has_started) = oneshot::channel();
    let (go_on, may_go_on) = mpsc::channel::<()>();
    let hold = busy(&ledger);
    let before = recording(&ledger, "before");
    let mut started = Some(started);
    let fails = ledger.transact(Box::new(move |rows| {
        record(rows, "half")?;
        if let Some(started) = started.take() {
            started.send(()).unwrap();
            may_go_on.recv().ok();
        }
        Err(LedgerError::refused("the test says so"))
    }));
    let after = recording(&ledger, "after");
    drop(hold);
    has_started.await.unwrap();
    assert_eq!(operator.execute(END_OF_ITS_SESSION, &[]).await.unwrap(), 1);
    drop(go_on);
    before.await.unwrap();
    after.await.unwrap();
    assert!(fails.await.unwrap_err().is_refused());
    assert_eq!(recorded(&url).await.0, ["after", "before"]);
}

#[tokio::test]
async fn work_that_is_committed_does_not_run_again_if_a_row_vanished() {
    let Some(url) = database("together_vanished").await else { return };
    let ledger = open(&url, 1).await;
    recording(&ledger, "vanished").await.unwrap();
    let operator = connect(&url).await.unwrap();
    let skips = "CREATE FUNCTION skips() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; \
                 CREATE TRIGGER skips BEFORE UPDATE ON entries FOR EACH ROW EXECUTE FUNCTION skips()";
    operator.batch_execute(skips).await.unwrap();
    let (count, runs) = mpsc::channel();
    let hold = busy(&ledger);
    let counted = count.clone();
    let first = ledger.transact(Box::new(move |rows| {
        counted.send("first").unwrap();
        record(rows, "first")
    }));
    let last = ledger.transact(Box::new(move |rows| {
        count.send("last").unwrap();
        let entry = rows.entry_by_key("acme", "upload_cover", "vanished")?.expect("it is recorded");
        rows.update_entry(&entry)
    }));
    drop(hold);
    for one in [first, last] {
        assert!(one.await.unwrap_err().to_string().contains("a row vanished"));
    }
    assert_eq!(runs.iter().collect::<Vec<_>>(), ["first", "last"]);
}

#[tokio::test]
async fn work_that_nothing_waits_for_is_reported_once_as_it_ended_although_another_was_in_its_way() {
    let Some(url) = database("together_reports").await else { return };
    let ledger = open(&url, 1).await;
    recording(&ledger, "locked").await.unwrap();
    let other = connect(&url).await.unwrap();
    other.batch_execute("BEGIN; SELECT 1 FROM entries WHERE key = 'locked' FOR UPDATE").await.unwrap();
    let (run, runs) = mpsc::channel();
    let (report, reports) = mpsc::channel();
    let hold = busy(&ledger);
    let before = recording(&ledger, "before");
    let rule = move |rows: &mut dyn Rows| {
        let recorded = record(rows, "locked");
        run.send(recorded.is_ok()).unwrap();
        recorded
    };
    LedgerHandle::new(Arc::new(ledger.clone())).queue(rule, move |ended| report.send(ended.is_ok()).unwrap());
    drop(hold);
    before.await.unwrap();
    other.batch_execute("COMMIT").await.unwrap();
    recording(&ledger, "after").await.unwrap();
    assert_eq!(runs.iter().collect::<Vec<_>>(), [false, true]);
    assert_eq!(reports.iter().collect::<Vec<_>>(), [true]);
}
