//! What the tests of the runtime share: requests that can be told apart, and a server that misbehaves.

use cover_api::{CoverRequest, Model, NonCustom};

pub mod fault;
pub mod gate;
mod h1;
mod h2;
mod server;
pub mod simulated;
pub mod tls;

pub use server::Server;

/// What the tests may fail with.
pub type Outcome = Result<(), Box<dyn std::error::Error>>;

/// A request that no other is equal to.
///
/// # Panics
///
/// Never: the request keeps all rules.
#[must_use]
pub fn request(marker: &str) -> CoverRequest<NonCustom> {
    let builder = CoverRequest::non_custom().upload_url("https://storage.example.com/song.mp3?signature=s3cret-query");
    builder.without_callback().model(Model::V5).prompt(marker).build().expect("it keeps all rules")
}

/// A request that no other is equal to, and that asks for callbacks to this address.
///
/// # Panics
///
/// Never: the request keeps all rules.
#[must_use]
pub fn called(address: &str, number: usize) -> CoverRequest<NonCustom> {
    let builder = CoverRequest::non_custom().upload_url("https://storage.example.com/song.mp3").call_back_url(address);
    builder.model(Model::V5).prompt(number.to_string()).build().expect("it keeps all rules")
}

/// A source of chance whose seed is printed, and can be given as `COVER_SEED`.
#[must_use]
pub fn chance() -> fastrand::Rng {
    fixed_chance(fastrand::u64(..))
}

/// A source of chance with this seed, or that of `COVER_SEED`. The seed is printed.
#[must_use]
pub fn fixed_chance(seed: u64) -> fastrand::Rng {
    let given = std::env::var("COVER_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or(seed);
    println!("COVER_SEED={seed}");
    fastrand::Rng::with_seed(seed)
}

/// How many runs a test makes: so many, or what `COVER_RUNS` says.
#[must_use]
pub fn runs(usual: usize) -> usize {
    std::env::var("COVER_RUNS").ok().and_then(|runs| runs.parse().ok()).unwrap_or(usual)
}
