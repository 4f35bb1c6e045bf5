//! Processes are killed at random while a fifth of all answers is faulty: no key is bought twice, and the ledger knows of every POST.
//!
//! `COVER_RUNS=100 cargo test -p cover-process-tests kills::` kills more often than usual.

use std::time::Duration;

use cover_testkit::ledger_database::Database;
use cover_testkit::postgres::Postgres;
use cover_testkit::process::{Process, run};
use cover_testkit::service::{Ends, Habits, Service};
use cover_testkit::{Outcome, Result, chance, runs};
use tokio::time::sleep;

use crate::{check, client, keys, paying};

/// More keys than a process reaches before it is killed.
const ENDLESS: usize = 1_000_000;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_processes_that_are_killed_at_any_moment_buy_no_key_twice() -> Outcome {
    let Some(server) = Postgres::shared()? else { return Ok(()) };
    let (mut chance, kills) = (chance(), runs(12));
    let ledger = server.database("kills").await?;
    let service = Service::start(Habits { takes: 0..40, refuses: 0.05, breaks: 0.15 }, &mut chance).await?;
    let start = || -> Result<Process> {
        // The range overlaps with the keys of the other processes.
        let from = reached(&service).saturating_sub(60);
        Process::start_silently(&mut paying("covers", &service, &ledger, "kill", from..ENDLESS))
    };
    let mut processes = (0..3).map(|_| start()).collect::<Result<Vec<Process>>>()?;
    for _ in 0..kills {
        if chance.u8(0..3) > 0 {
            assert!(service.until_arrived(service.arrived() + chance.usize(1..60)).await, "they make POSTs");
        }
        sleep(Duration::from_micros(chance.u64(0..40_000))).await;
        processes.swap_remove(chance.usize(0..3)).kill()?;
        processes.push(start()?);
    }
    processes.into_iter().try_for_each(Process::kill)?;
    service.until_idle().await;
    let database = Database::open(&ledger).await?;
    let entries = database.entries().await?;
    let keys = keys("kill", 0..entries.keys().filter_map(|key| number(key)).max().unwrap_or_default() + 1);
    let open = entries.values().filter(|entry| entry.state == "posting" || entry.state == "unknown").count();

    // Two leases later, everybody knows that the processes are dead.
    database.age(2).await?;
    let client = client(&service, &ledger).await?;
    let unknown = client.unknown().await?.len();
    assert_eq!(unknown, open, "the list of unknown ones is whole");
    let ends = check(&service, &database, &keys).await?;
    println!("{} kills, {} keys, {} POSTs: {ends:?}", kills + 3, keys.len(), service.arrived());
    assert_eq!(ends.unknown, unknown);
    assert!(ends.tasks > 0 && entries.values().any(|entry| entry.state == "posting"), "the kills came at all moments");

    // The next run is not killed.
    service.behave();
    let said = run(&mut paying("all-covers", &service, &ledger, "kill", 0..keys.len()))?;
    let ends = check(&service, &database, &keys).await?;
    assert_eq!(ends, Ends { tasks: keys.len() - unknown, unknown, ..Ends::default() });
    assert_eq!(said.values().filter(|(word, _)| word == "unknown").count(), unknown);

    let (charged, not_charged) = service.resolve_all(&client, &keys).await?;
    run(&mut paying("all-covers", &service, &ledger, "kill", 0..keys.len()))?;
    assert_eq!(check(&service, &database, &keys).await?, Ends { tasks: keys.len(), ..Ends::default() });
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
