//! Tables of earlier versions.

use std::time::Duration;

use cover_testkit::postgres::connect;
use tokio::time::sleep;

use super::super::schema::{LOCK, in_dialect};
use super::*;
use crate::ledger::sql::schema::STEPS;
use crate::ledger::{AttemptId, LedgerHandle};

/// What a process of the first version has left: a purchase that is done.
const LEFT: &str = "
    INSERT INTO entries (account, operation, key, fingerprint_version, fingerprint, state, attempt, attempts, task, consent, delivered,
        status, created, changed)
    VALUES ('acme', 'upload_cover', 'old', 1, decode(repeat('00', 32), 'hex'), 'done', decode(repeat('00', 16), 'hex'), 1, 'task',
        FALSE, TRUE, 'SUCCESS', 1000, 2000);
    INSERT INTO attempts (id, entry, account, operation, number, holder, state, task, source, duplicate, started)
    SELECT attempt, id, account, operation, 1, 'holder', 'task', task, 'reply', FALSE, 1000 FROM entries;";

#[tokio::test]
async fn tables_of_every_earlier_version_are_migrated_and_keep_their_rows() {
    for version in 1..STEPS.len() {
        let Some(url) = database(&format!("version_{version}")).await else { return };
        let database = connect(&url).await.unwrap();
        for step in &STEPS[..version] {
            database.batch_execute(&in_dialect(step)).await.unwrap();
        }
        let meta = "CREATE TABLE ledger_meta (version BIGINT NOT NULL, least_version BIGINT NOT NULL)";
        let serializable =
            format!("ALTER DATABASE version_{version} SET default_transaction_isolation = 'serializable'");
        let versions = format!("{meta}; INSERT INTO ledger_meta VALUES ({version}, 1); {LEFT} {serializable}");
        database.batch_execute(&versions).await.unwrap();

        let old = PostgresLedger::builder(&url).unwrap().without_migration().connect().await.unwrap_err().to_string();
        assert!(old.contains(&format!("its tables have version {version}")) && old.contains("schema_sql()"), "{old}");
        // Processes that start at once wait for each other.
        let connect = || PostgresLedger::connect(&url);
        database.execute("SELECT pg_advisory_lock($1)", &[&LOCK]).await.unwrap();
        let release = async {
            sleep(Duration::from_millis(300)).await;
            database.execute("SELECT pg_advisory_unlock($1)", &[&LOCK]).await.unwrap();
        };
        let (one, other, ()) = tokio::join!(connect(), connect(), release);
        let (one, other) = (one.unwrap(), other.unwrap());
        for ledger in [one, other] {
            let ledger = LedgerHandle::new(std::sync::Arc::new(ledger));
            let look = ledger.run(|rows| {
                let entry = rows.entry_by_key("acme", "upload_cover", "old")?;
                Ok((entry, rows.attempt(AttemptId(0))?))
            });
            let (entry, attempt) = look.await.unwrap();
            let (entry, attempt) = (entry.unwrap(), attempt.unwrap());
            assert_eq!((entry.task.as_deref(), entry.delivered), (Some("task"), true));
            assert_eq!((attempt.entry, attempt.cost, attempt.lease), (entry.id, None, None));
        }
        let now = database.query_one("SELECT version, least_version FROM ledger_meta", &[]).await.unwrap();
        assert_eq!((now.get(0), now.get(1)), (i64::try_from(STEPS.len()).unwrap(), 1_i64));
    }
}

#[tokio::test]
async fn a_migration_waits_for_transactions_that_have_read_the_earlier_version() {
    let Some(url) = database("open").await else { return };
    let (database, older) = (connect(&url).await.unwrap(), connect(&url).await.unwrap());
    for step in &STEPS[..2] {
        database.batch_execute(&in_dialect(step)).await.unwrap();
    }
    let meta = "CREATE TABLE ledger_meta (version BIGINT NOT NULL, least_version BIGINT NOT NULL)";
    database.batch_execute(&format!("{meta}; INSERT INTO ledger_meta VALUES (2, 1)")).await.unwrap();
    older.batch_execute("BEGIN; SELECT version FROM ledger_meta").await.unwrap();
    let migrating = tokio::spawn(async move { PostgresLedger::connect(&url).await.map(drop) });
    sleep(Duration::from_millis(500)).await;
    assert!(!migrating.is_finished());
    older.batch_execute("COMMIT").await.unwrap();
    migrating.await.unwrap().unwrap();
}

#[tokio::test]
async fn tables_are_migrated_in_the_schema_that_has_them() {
    let Some(url) = database("schemas").await else { return };
    let database = connect(&url).await.unwrap();
    for step in &STEPS[..2] {
        database.batch_execute(&in_dialect(step)).await.unwrap();
    }
    let meta = "CREATE TABLE ledger_meta (version BIGINT NOT NULL, least_version BIGINT NOT NULL)";
    // The first schema of the search path is another one, which came later.
    let versions = format!(
        "{meta}; INSERT INTO ledger_meta VALUES (2, 1); {LEFT} CREATE SCHEMA \"my \"\"own\"; \
        ALTER DATABASE schemas SET search_path = 'my \"own', public"
    );
    database.batch_execute(&versions).await.unwrap();

    let ledger = LedgerHandle::new(std::sync::Arc::new(PostgresLedger::connect(&url).await.unwrap()));
    let found = ledger.run(|rows| rows.entry_by_key("acme", "upload_cover", "old")).await.unwrap();
    assert!(found.is_some(), "the purchases of the earlier version are there");
    let elsewhere = "SELECT count(*) FROM pg_tables WHERE schemaname = 'my \"own'";
    assert_eq!(database.query_one(elsewhere, &[]).await.unwrap().get::<_, i64>(0), 0);
}
