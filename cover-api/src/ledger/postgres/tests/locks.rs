//! What a transaction reads while another one changes it.

use std::sync::Arc;
use std::time::Duration;

use cover_testkit::postgres::connect;
use tokio::time::sleep;

use super::*;
use crate::ledger::{
    AttemptId, Charge, Fingerprint, Intended, LedgerHandle, Purchase, Settlement, TaskSource, Terms, intend, settle,
};

const LEASE: Duration = Duration::from_secs(300);

async fn open(name: &str) -> Option<(LedgerHandle, String)> {
    let url = database(name).await?;
    let ledger = PostgresLedger::connect(&url).await.unwrap();
    Some((LedgerHandle::new(Arc::new(ledger)), url))
}

/// Records an attempt with a key, whose outcome is open. Returns its entry and its id in SQL.
async fn record(ledger: &LedgerHandle, key: &'static str) -> (i64, AttemptId, String) {
    let id = AttemptId::new();
    let fingerprint = Fingerprint::new("upload_cover", key.as_bytes());
    let (account, operation) = ("acme".to_owned(), "upload_cover".to_owned());
    let purchase = Purchase { account, operation, key: Some(key.to_owned()), fingerprint };
    let intended =
        ledger.run(move |rows| intend(rows, &purchase, None, Terms::default(), &Charge::default(), id, LEASE));
    let Intended::Recorded { entry, .. } = intended.await.unwrap() else { panic!("the attempt is not recorded") };
    (entry.0, id, format!("'\\x{:032x}'", id.0))
}

/// Waits until a transaction of the ledger waits for a lock.
async fn until_one_waits(url: &str) {
    let observer = connect(url).await.unwrap();
    let waiting = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while observer.query(waiting, &[]).await.unwrap().is_empty() {
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn an_attempt_is_read_with_its_entry_as_they_are_after_the_wait_for_the_entry() {
    let Some((ledger, url)) = open("locks_attempt").await else { return };
    let (entry, id, sql) = record(&ledger, "one").await;
    let (other, third) = (connect(&url).await.unwrap(), connect(&url).await.unwrap());
    other.batch_execute(&format!("BEGIN; SELECT 1 FROM entries WHERE id = {entry} FOR UPDATE")).await.unwrap();
    let read = tokio::spawn(ledger.run(move |rows| {
        let attempt = rows.attempt(id)?.expect("it is recorded");
        Ok((rows.entry(attempt.entry)?.expect("it has an entry"), attempt))
    }));
    until_one_waits(&url).await;
    // The reader waits for the entry first, so a transaction that has locked it never waits for the reader.
    third.query(&format!("SELECT 1 FROM attempts WHERE id = {sql} FOR UPDATE NOWAIT"), &[]).await.unwrap();
    let changes = format!(
        "UPDATE attempts SET hint = 'changed' WHERE id = {sql}; UPDATE entries SET attempts = 7 WHERE id = {entry}; COMMIT"
    );
    other.batch_execute(&changes).await.unwrap();
    let (entry, attempt) = read.await.unwrap().unwrap();
    assert_eq!((entry.attempts, attempt.hint.as_deref()), (7, Some("changed")));
}

#[tokio::test]
async fn a_task_that_moves_to_another_attempt_while_a_reader_waits_is_found_there() {
    let Some((ledger, url)) = open("locks_task").await else { return };
    let (entry, first, first_sql) = record(&ledger, "one").await;
    let (_, second, second_sql) = record(&ledger, "two").await;
    let claim = Settlement::Task { task: "task".to_owned(), source: TaskSource::Claim };
    ledger.run(move |rows| settle(rows, first, &claim)).await.unwrap();
    let other = connect(&url).await.unwrap();
    other.batch_execute(&format!("BEGIN; SELECT 1 FROM entries WHERE id = {entry} FOR UPDATE")).await.unwrap();
    let read = tokio::spawn(ledger.run(|rows| rows.attempt_by_task("acme", "upload_cover", "task")));
    until_one_waits(&url).await;
    let moves = format!(
        "UPDATE attempts SET task = NULL WHERE id = {first_sql}; UPDATE attempts SET task = 'task' WHERE id = {second_sql}; \
         COMMIT"
    );
    other.batch_execute(&moves).await.unwrap();
    let found = read.await.unwrap().unwrap().expect("an attempt has the task");
    assert_eq!(found.id, second);
}
