use super::super::MemoryLedger;
use super::{Suite, SuiteError};

/// Seeds of the random runs: more, or others, with `COVER_RUNS=1000` or `COVER_RUNS=17..18`.
pub(in crate::ledger) fn seeds(usual: u64) -> std::ops::Range<u64> {
    let Ok(runs) = std::env::var("COVER_RUNS") else { return 0..usual };
    let (from, to) = runs.split_once("..").unwrap_or(("0", &runs));
    let number = |text: &str| text.parse().expect("COVER_RUNS is a number or a range of numbers");
    number(from)..number(to)
}

#[tokio::test]
async fn memory_keeps_its_promises() -> Result<(), SuiteError> {
    Suite::new(async || Ok(MemoryLedger::new())).contract().await
}

#[tokio::test]
async fn memory_follows_the_model() -> Result<(), SuiteError> {
    // A new one for each seed: its lists look through all accounts.
    let suite = Suite::new(async || Ok(MemoryLedger::new()));
    for seed in seeds(300) {
        suite.random(seed, 120).await?;
    }
    Ok(())
}
