//! A pooler that gives each transaction another session.

use cover_api::ledger::PostgresLedger;
use cover_api::ledger::conformance::Suite;
use cover_testkit::Outcome;
use cover_testkit::postgres::{Pooler, Postgres};

#[tokio::test]
async fn the_ledger_keeps_its_promises_through_a_pooler() -> Outcome {
    let Some(server) = Postgres::shared()? else { return Ok(()) };
    let Some(pooler) = Pooler::before(server)? else { return Ok(()) };
    server.database("pooled").await?;
    let url = pooler.address().url("pooled");
    let open = async || PostgresLedger::builder(&url)?.through_pooler().connect().await;
    let suite = Suite::new(open).processes(3).leases(true);
    suite.contract().await?;
    suite.random(7, 100).await?;
    Ok(())
}
