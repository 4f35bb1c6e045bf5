//! What these tests share.

use std::time::Duration;

use cover_api::Client;
use cover_api::UploadCover;
use cover_api::ledger::PostgresLedger;
use cover_api::runtime::ClientBuilder;
use cover_api::sandbox::Sandbox;
use cover_testkit::Result;
use cover_testkit::gate::Gate;
use cover_testkit::postgres::Postgres;

pub const MILLI: Duration = Duration::from_millis(1);

pub const SECOND: Duration = Duration::from_secs(1);

/// Bound of what must happen soon.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Returns a fresh database, or `None` if PostgreSQL is not installed.
pub async fn database(name: &str) -> Result<Option<String>> {
    let Some(server) = Postgres::shared()? else { return Ok(None) };
    server.database(name).await.map(Some)
}

/// Connects as another process would.
pub async fn connect(url: &str) -> Result<PostgresLedger> {
    Ok(PostgresLedger::builder(url)?.connections(2).connect().await?)
}

pub fn builder(gate: &Gate, ledger: PostgresLedger) -> ClientBuilder<UploadCover> {
    let builder = Client::builder("sandbox-key").transport(gate.router()).rate_limit(1_000, Duration::ZERO);
    builder.poll_every(5 * MILLI, 5 * MILLI).ledger(ledger)
}

/// Returns clients of three processes.
pub async fn three(gate: &Gate, url: &str) -> Result<[Client; 3]> {
    let client = async || Ok::<Client, Box<dyn std::error::Error>>(builder(gate, connect(url).await?).build()?);
    Ok([client().await?, client().await?, client().await?])
}

/// Returns a sandbox whose tasks end soon.
pub async fn sandbox() -> Result<Sandbox> {
    Ok(Sandbox::builder().stage_every(20 * MILLI).credits(u32::MAX).without_rate_limit().start().await?)
}
