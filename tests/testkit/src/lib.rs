//! What the tests of cover-api share: requests that can be told apart, seeds, servers that misbehave, a simulated service,
//! ledgers that fail, PostgreSQL servers, and processes that are killed.

use cover_api::{CoverRequest, Model, NonCustom};

pub mod dns;
pub mod encodings;
pub mod failing_ledger;
pub mod fault;
pub mod gate;
mod h1;
mod h2;
pub mod ledger_database;
pub mod ledger_file;
pub mod postgres;
pub mod process;
#[cfg(unix)]
pub mod proxy;
pub mod recordings;
mod server;
pub mod service;
pub mod simulated;
pub mod tls;

pub use server::Server;

/// The account of all clients that share the file of a ledger.
pub const ACCOUNT: &str = "tests";

/// A result whose error may be any.
pub type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// What a test returns.
pub type Outcome = Result<()>;

/// Returns a request whose prompt is `marker`, so that it equals no other.
///
/// # Panics
///
/// Never: the request is valid.
#[must_use]
pub fn request(marker: &str) -> CoverRequest<NonCustom> {
    let builder = CoverRequest::non_custom().upload_url("https://storage.example.com/song.mp3?signature=s3cret-query");
    builder.without_callback().model(Model::V5).prompt(marker).build().expect("it is valid")
}

/// Returns a request that asks for callbacks to `address`. Its prompt is `number`, so that it equals no other.
///
/// # Panics
///
/// Never: the request is valid.
#[must_use]
pub fn request_with_callback(address: &str, number: usize) -> CoverRequest<NonCustom> {
    let builder = CoverRequest::non_custom().upload_url("https://storage.example.com/song.mp3").call_back_url(address);
    builder.model(Model::V5).prompt(number.to_string()).build().expect("it is valid")
}

/// Returns a random number generator and prints its seed. `COVER_SEED` sets the seed.
#[must_use]
pub fn chance() -> fastrand::Rng {
    fixed_chance(fastrand::u64(..))
}

/// Returns a random number generator with this seed, or with that of `COVER_SEED`, and prints the seed.
#[must_use]
pub fn fixed_chance(seed: u64) -> fastrand::Rng {
    let given = std::env::var("COVER_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or(seed);
    println!("COVER_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}

/// Returns the number of runs that a test makes: `usual`, or the value of `COVER_RUNS`.
#[must_use]
pub fn runs(usual: usize) -> usize {
    std::env::var("COVER_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(usual)
}
