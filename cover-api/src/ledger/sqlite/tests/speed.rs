//! How fast it is. To see: `cargo test --release --features sqlite speed -- --ignored --nocapture --test-threads 1`.

use std::time::{Instant, SystemTime};

use super::*;
use crate::ledger::EntryState;

const IN_FLIGHT: u64 = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes seconds"]
async fn pairs_of_intent_and_settlement() {
    const PAIRS: u64 = 500;
    let (_directory, path) = place();
    let ledger = open(&path).await;
    for in_flight in [1, IN_FLIGHT, 64] {
        let start = Instant::now();
        let pairs = PAIRS.min(4_000 / in_flight);
        let tasks: Vec<_> = (0..in_flight)
            .map(|sender| {
                let ledger = ledger.clone();
                tokio::spawn(async move {
                    for request in 0..pairs {
                        let name = format!("{in_flight} {sender} {request}");
                        let (_, id) = intend_live(&ledger, &purchase(Some(&name), request)).await;
                        settle_task(&ledger, id, &name).await;
                        ledger.local().finish(id);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        let rate = u128::from(pairs * in_flight) * 1_000_000 / start.elapsed().as_micros();
        println!("{in_flight} in flight: {rate} pairs of intent and settlement per second");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "takes seconds"]
async fn a_hundred_thousand_entries() {
    let (_directory, path) = place();
    let ledger = open(&path).await;
    let start = Instant::now();
    for chunk in 0..100 {
        let fill = run(&ledger, move |rows| {
            for number in chunk * 1_000..(chunk + 1) * 1_000 {
                let (name, id) = (number.to_string(), AttemptId::new());
                intend(rows, &purchase(Some(&name), number), None, Terms::default(), &Charge::default(), id, LEASE)?;
                settle(rows, id, &Settlement::Task { task: name.clone(), source: TaskSource::Reply })?;
                if number % 100 != 0 {
                    crate::ledger::end(rows, ACCOUNT, OPERATION, &name, EntryState::Done, "ended", false)?;
                }
            }
            Ok(())
        });
        fill.await.unwrap();
    }
    println!("writing 100,000 entries in 100 transactions: {:?}", start.elapsed());
    drop(ledger);
    let start = Instant::now();
    let ledger = open(&path).await;
    println!("opening 100,000 entries, {} bytes: {:?}", std::fs::metadata(&path).unwrap().len(), start.elapsed());
    let start = Instant::now();
    assert!(has(&ledger, "99999").await);
    let key = start.elapsed();
    let start = Instant::now();
    let filter = crate::ledger::Filter::Unfinished;
    let listed = run(&ledger, move |rows| rows.entries(ACCOUNT, OPERATION, filter, EntryId(0), 100)).await.unwrap();
    println!("finding a key: {key:?}; listing {} unfinished: {:?}", listed.len(), start.elapsed());
    let later = SystemTime::now() + Duration::from_secs(1);
    for _ in 0..2 {
        let start = Instant::now();
        let purged = run(&ledger, move |rows| rows.purge(ACCOUNT, OPERATION, later, usize::MAX)).await.unwrap();
        println!("purging {purged} entries: {:?}", start.elapsed());
    }
}
