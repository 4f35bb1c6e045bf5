//! What the server, its operators and a pooler do to sessions.

use std::time::{Duration, Instant};

use cover_testkit::postgres::{Pooler, connect};
use cover_testkit::proxy::Proxy;
use tokio::time::sleep;

use super::*;
use crate::ledger::{BudgetId, Ledger, LedgerHandle, Share};

const SECOND: Duration = Duration::from_secs(1);

/// Connects with one connection, so that each transaction uses the session of the one before.
async fn one_session(url: &str) -> LedgerHandle {
    let ledger = PostgresLedger::builder(url).unwrap().connections(1).connect().await.unwrap();
    LedgerHandle::new(std::sync::Arc::new(ledger))
}

async fn look(ledger: &LedgerHandle) -> Result<(), LedgerError> {
    ledger.run(|rows| rows.operations("acme").map(drop)).await
}

#[tokio::test]
async fn a_session_that_the_server_ended_while_it_was_idle_is_replaced() {
    let Some(url) = database("idle").await else { return };
    let operator = connect(&url).await.unwrap();
    operator.batch_execute("ALTER DATABASE idle SET idle_session_timeout = '100ms'").await.unwrap();
    let ledger = one_session(&url).await;
    for _ in 0..3 {
        sleep(SECOND / 2).await;
        look(&ledger).await.unwrap();
    }
}

#[tokio::test]
async fn work_that_waits_for_a_server_that_does_not_answer_fails_together() {
    const PATIENCE: Duration = Duration::from_secs(1);
    if database("silent").await.is_none() {
        return;
    }
    let proxy = Proxy::to(Postgres::shared().unwrap().unwrap().address()).await.unwrap();
    let builder = PostgresLedger::builder(&proxy.address().url("silent")).unwrap();
    let ledger = builder.connections(1).patience(PATIENCE).connect().await.unwrap();
    proxy.partition();
    let since = Instant::now();
    let all: Vec<_> = (0..20).map(|_| ledger.transact(Box::new(|rows| rows.operations("acme").map(drop)))).collect();
    // It waits for the work.
    let dropped = tokio::task::spawn_blocking(move || drop(ledger));
    for one in all {
        one.await.unwrap_err();
    }
    dropped.await.unwrap();
    assert!(since.elapsed() < 8 * PATIENCE, "{:?}", since.elapsed());
}

#[tokio::test]
async fn a_transaction_whose_beginning_failed_leaves_its_session_usable() {
    let Some(url) = database("begins").await else { return };
    let operator = connect(&url).await.unwrap();
    let ledger = one_session(&url).await;
    operator.batch_execute("ALTER TABLE ledger_meta RENAME TO moved").await.unwrap();
    let error = look(&ledger).await.unwrap_err().to_string();
    assert!(error.contains("its tables are not those of a ledger"), "{error}");
    operator.batch_execute("ALTER TABLE moved RENAME TO ledger_meta").await.unwrap();
    look(&ledger).await.unwrap();
}

#[tokio::test]
async fn nothing_is_written_once_a_pooler_has_lent_the_session_to_others() {
    if database("shared_session").await.is_none() {
        return;
    }
    let Some(pooler) = Pooler::before(Postgres::shared().unwrap().unwrap()).unwrap() else { return };
    let url = pooler.address().url("shared_session");
    let ledger = one_session(&url).await;
    look(&ledger).await.unwrap();
    let other = connect(&url).await.unwrap();
    other.batch_execute("SET synchronous_commit = off").await.unwrap();
    let error = look(&ledger).await.unwrap_err().to_string();
    assert!(error.contains("through_pooler()"), "{error}");
}

#[tokio::test]
async fn a_database_with_another_encoding_is_refused() {
    let Some(server) = Postgres::shared().unwrap() else { return };
    let operator = connect(&server.url()).await.unwrap();
    let create = "CREATE DATABASE latin TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'";
    operator.batch_execute(create).await.unwrap();
    let error = PostgresLedger::connect(&server.address().url("latin")).await.unwrap_err().to_string();
    assert!(error.contains("its encoding is LATIN1") && error.contains("UTF8"), "{error}");
}

#[tokio::test]
async fn work_runs_again_after_a_conflict_that_is_noticed_by_a_statement_new_to_the_session() {
    let Some(url) = database("conflict").await else { return };
    let ledger = one_session(&url).await;
    let mut runs = 0;
    let shares = ledger.run(move |rows| {
        runs += 1;
        let id = BudgetId([1; 32]);
        if runs == 1 {
            // The row that it refers to is not there, as if another process had removed it meanwhile.
            let (requests, per, valid_until) = (1, SECOND, rows.now());
            rows.put_share(&id, &Share { holder: "one".to_owned(), held: 1, wants: 1, requests, per, valid_until })?;
        }
        rows.shares(&id)
    });
    assert_eq!(shares.await.unwrap(), []);
}
