use super::*;
use crate::ledger::conformance::Suite;

async fn check(processes: usize, seeds: u64, steps: u32) {
    let (_directory, path) = place();
    let suite = Suite::new(async || SqliteLedger::open(&path).await).processes(processes);
    suite.contract().await.unwrap();
    for seed in 0..seeds {
        suite.random(seed, steps).await.unwrap();
    }
}

#[tokio::test]
async fn one_process() {
    check(1, 20, 100).await;
}

#[tokio::test]
async fn three_processes() {
    check(3, 20, 100).await;
}

#[tokio::test]
#[ignore = "takes a minute"]
async fn many_seeds() {
    check(1, 300, 150).await;
    check(3, 300, 150).await;
}
