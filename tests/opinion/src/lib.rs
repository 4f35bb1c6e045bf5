//! Second opinions on cover-api: an independent validator, and code written by hand.
//!
//! This is a crate of its own, since the compile-fail tests would otherwise build these dependencies once more.

/// Returns a random seed, or the value of `COVER_SEED`, and prints it.
#[must_use]
pub fn random_seed() -> u64 {
    let given = std::env::var("COVER_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| fastrand::u64(..));
    println!("COVER_SEED={seed}");
    seed
}
