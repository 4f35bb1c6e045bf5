//! Specs of other services and endpoints, written from their public documentation, against fake services that answer as that
//! documentation says. No Rust of the crates knows these services.

mod assemblyai;
mod cancels;
mod fake;
mod one_account;
#[expect(dead_code, reason = "these tests need only one kind of recording")]
#[path = "../../testkit/src/recordings.rs"]
mod recordings;
mod replicate;
mod runway;
mod siblings;

type Outcome = Result<(), Box<dyn std::error::Error>>;
