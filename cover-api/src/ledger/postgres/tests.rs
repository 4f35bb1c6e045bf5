//! The ledger against a real server.

mod addresses;
mod locks;
mod migrations;
mod sessions;
mod together;

use cover_testkit::postgres::Postgres;

use super::super::conformance::{Suite, SuiteError};
use super::PostgresLedger;
use crate::ledger::LedgerError;

/// Returns a fresh database, or `None` if PostgreSQL is not installed.
async fn database(name: &str) -> Option<String> {
    let server = Postgres::shared().expect("the server starts")?;
    Some(server.database(name).await.expect("a database is created"))
}

#[tokio::test]
async fn postgres_keeps_its_promises() -> Result<(), SuiteError> {
    let Some(url) = database("promises").await else { return Ok(()) };
    Suite::new(async || PostgresLedger::connect(&url).await).processes(3).leases(true).contract().await
}

#[tokio::test]
async fn postgres_follows_the_model() -> Result<(), SuiteError> {
    let Some(url) = database("model").await else { return Ok(()) };
    let suite = Suite::new(async || PostgresLedger::connect(&url).await).processes(3).leases(true);
    for seed in crate::ledger::conformance::tests::seeds(20) {
        suite.random(seed, 120).await?;
    }
    Ok(())
}
