//! What the tests of single sends share.

use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::extract::Request;
use cover_api::ledger::{Ledger, SqliteLedger};
use cover_api::runtime::{ClientBuilder, Sending};
use cover_api::sandbox::Sandbox;
use cover_api::{Client, CoverRequest, Model, NonCustom, Task, UploadCover};
use cover_testkit::Result;
use cover_testkit::gate::{ADDRESS, Came, Gate, within};

pub const MILLI: Duration = Duration::from_millis(1);

pub const SECOND: Duration = Duration::from_secs(1);

pub const HOUR: Duration = Duration::from_secs(3_600);

/// Bound of waits in real time.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Returns a sandbox for clients without a rate limit.
pub async fn sandbox() -> Result<Sandbox> {
    Ok(Sandbox::builder().stage_every(30 * SECOND).credits(u32::MAX).without_rate_limit().start().await?)
}

/// Returns a sandbox for clients with the rate limit of the spec.
pub async fn limited_sandbox() -> Result<Sandbox> {
    Ok(Sandbox::builder().stage_every(30 * SECOND).credits(u32::MAX).start().await?)
}

pub fn builder(gate: &Gate) -> ClientBuilder<UploadCover> {
    Client::builder("sandbox-key").transport(gate.router()).rate_limit(1_000, Duration::ZERO)
}

pub async fn on_file(gate: &Gate, path: &Path) -> Result<Client> {
    Ok(builder(gate).ledger(SqliteLedger::open(path).await?).build()?)
}

/// Returns a client with one permit in 10 s, which is already taken.
pub async fn queueing(gate: &Gate, ledger: impl Ledger) -> Result<Client> {
    let client = builder(gate).ledger(ledger).rate_limit(1, 10 * SECOND).build()?;
    client.credits().await?;
    Ok(client)
}

pub fn in_memory_folder() -> std::io::Result<tempfile::TempDir> {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir())
}

pub async fn came(sending: impl Future<Output = std::result::Result<Task, cover_api::Error>>) -> Came {
    Came::of(&within(24 * HOUR, "a send", sending).await)
}

pub fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// Returns a request whose address has this signature.
pub fn signed(prompt: &str, signature: &str) -> Result<CoverRequest<NonCustom>> {
    let address = format!("https://storage.example.com/song.mp3?signature={signature}");
    Ok(CoverRequest::non_custom().upload_url(address).without_callback().model(Model::V5).prompt(prompt).build()?)
}

/// Returns a callback to the address in the POST with this index. It names `task`.
pub fn callback_for_post(client: &Client, gate: &Gate, post: usize, task: &str) -> Result<Request> {
    let mut callback = client.callbacks()?.test_factory().valid(task, "complete");
    let address = gate.posts()[post]["callBackUrl"].as_str().ok_or("no address")?.to_owned();
    address.strip_prefix(ADDRESS).ok_or("another address")?.clone_into(&mut callback.path);
    Ok(callback.into())
}

/// Adds the key to a send, if there is one.
pub fn with_key(sending: Sending<UploadCover>, key: Option<&str>) -> Sending<UploadCover> {
    match key {
        Some(key) => sending.key(key),
        None => sending,
    }
}
