//! Processes are killed and suspended at random: no key is bought twice, and the ledger knows of every POST.
//!
//! `COVER_RUNS=200 cargo test -p cover-process-tests kill::` kills more often than usual. `COVER_SEED` repeats a run as far
//! as the scheduling of the system allows.

use std::time::Duration;

use cover_testkit::ledger_file::{entries, lock_file};
use cover_testkit::process::{Process, Signals, run};
use cover_testkit::service::{Ends, Habits, Service};
use cover_testkit::{ACCOUNT, Outcome, chance, runs};
use tokio::time::sleep;

use crate::{keys, paying};

/// More keys than a process reaches before it is killed.
const ENDLESS: usize = 1_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_key_is_bought_twice_by_processes_killed_at_any_moment() -> Outcome {
    let (mut chance, kills, folder) = (chance(), runs(20), tempfile::tempdir()?);
    let ledger = folder.path().join("covers.db");
    let service = Service::start(Habits { takes: 0..15, refuses: 0.05, breaks: 0.0 }, &mut chance).await?;
    for _ in 0..kills {
        // The range overlaps with the keys of earlier processes.
        let from = reached(&service).saturating_sub(150);
        let process = Process::start_silently(&mut paying(&service, &ledger, "kill", from..ENDLESS))?;
        if chance.u8(0..3) > 0 {
            // The kill comes after the first POSTs of the process.
            assert!(service.until_arrived(service.arrived() + chance.usize(1..200)).await, "it makes POSTs");
        }
        sleep(Duration::from_micros(chance.u64(0..40_000))).await;
        process.kill()?;
    }
    service.until_idle().await;
    // The last processes may have recorded keys that have not arrived.
    let last = entries(&ledger)?.keys().filter_map(|key| number(key)).max().unwrap_or_default();
    let keys = keys("kill", 0..last + 1);

    let posts = service.arrived();
    let client = service.client(ACCOUNT, &ledger).await?;
    let unknown = client.unknown().await?.len();
    let ends = service.check(&ledger, &keys)?;
    assert!(service.posts().keys().all(|prompt| keys.contains_key(prompt)), "the ledger knows nothing of a POST");
    println!("{kills} kills, {} keys, {posts} POSTs: {ends:?}", keys.len());
    assert_eq!(unknown, ends.unknown, "the list of unknown ones is whole");
    assert!(ends.tasks > 0 && ends.unknown > 0, "the kills came at all moments: {ends:?}");

    // The last run is not killed.
    service.behave();
    let said = run(&mut paying(&service, &ledger, "kill", 0..keys.len()))?;
    let ends = service.check(&ledger, &keys)?;
    assert_eq!(ends, Ends { tasks: keys.len() - unknown, unknown, ..Ends::default() });
    assert_eq!(said.values().filter(|(word, _)| word == "unknown").count(), unknown);

    let (charged, not_charged) = service.resolve_all(&client, &keys).await?;
    run(&mut paying(&service, &ledger, "kill", 0..keys.len()))?;
    assert_eq!(service.check(&ledger, &keys)?, Ends { tasks: keys.len(), ..Ends::default() });
    assert_eq!(service.sandbox.tasks(), keys.len());
    println!("of {unknown} unknown ones, {charged} had a task and {not_charged} had none");
    Ok(())
}

/// Returns one more than the highest number that has arrived.
fn reached(service: &Service) -> usize {
    service.posts().keys().filter_map(|key| number(key)).max().map_or(0, |number| number + 1)
}

fn number(key: &str) -> Option<usize> {
    key.strip_prefix("kill-")?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_keys_of_a_suspended_process_are_refused_and_not_bought_twice() -> Outcome {
    const KEYS: usize = 120;
    let (mut chance, stops, folder) = (chance(), runs(40).div_ceil(10), tempfile::tempdir()?);
    let ledger = folder.path().join("covers.db");
    let service = Service::start(Habits { takes: 0..5, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    let mut signals = Signals::new()?;
    let (mut before_post, mut after_post, mut locked) = (0, 0, 0);
    let mut all = keys("stop", 0..0);
    for stop in 0..stops {
        let name = format!("stop-{stop}");
        let keys = keys(&name, 0..KEYS);
        all.extend(keys.clone());
        let arrived = service.arrived();
        let suspended = Process::start(&mut paying(&service, &ledger, &name, 0..KEYS))?;
        assert!(service.until_arrived(arrived + 1).await, "it makes POSTs");
        sleep(Duration::from_micros(chance.u64(0..10_000))).await;
        signals.stop(&suspended)?;
        // A process suspended within a transaction would lock all others out.
        while lock_file(&ledger, Duration::from_millis(20)).is_err() {
            locked += 1;
            signals.resume(&suspended)?;
            sleep(Duration::from_micros(chance.u64(100..1_000))).await;
            signals.stop(&suspended)?;
        }
        service.until_idle().await;
        let entries = entries(&ledger)?;
        let posts = service.posts();
        let posting: Vec<&String> =
            keys.keys().filter(|key| entries.get(*key).is_some_and(|it| it.state == "posting")).collect();
        let held: Vec<&String> = posting.iter().copied().filter(|key| !posts.contains_key(*key)).collect();

        let said = run(&mut paying(&service, &ledger, &name, 0..KEYS))?;
        for key in &posting {
            assert_eq!(said[*key].0, "in progress", "{key}: {:?}", said[*key]);
        }
        for key in keys.keys().filter(|key| !posting.contains(key)) {
            assert!(matches!(&*said[key].0, "sent" | "existing"), "{key}: {:?}", said[key]);
        }
        let later = service.posts();
        assert!(held.iter().all(|key| !later.contains_key(*key)), "the other process has posted what is held");
        (before_post, after_post) = (before_post + held.len(), after_post + posting.len() - held.len());

        signals.resume(&suspended)?;
        let woken = suspended.finish()?;
        assert!(posting.iter().all(|key| woken[*key].0 == "sent"), "it posts what it has recorded");
        assert_eq!(service.check(&ledger, &keys)?, Ends { tasks: KEYS, ..Ends::default() });
    }
    println!(
        "{stops} suspensions ({locked} more within a transaction): {before_post} keys between intent and POST, {after_post} between \
         POST and settlement, {} keys in all",
        all.len()
    );
    assert!(before_post + after_post > 0, "it was suspended around the intent");
    assert_eq!(service.sandbox.tasks(), all.len());
    Ok(())
}
