//! Processes that are suspended around their intents, for longer than others wait for them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use cover_api::ledger::Resolution;
use cover_testkit::ledger_database::Database;
use cover_testkit::postgres::Postgres;
use cover_testkit::process::{Process, Signals, run};
use cover_testkit::service::{Ends, Habits, Service};
use cover_testkit::{Outcome, Result, chance, runs};
use fastrand::Rng;
use tokio::time::sleep;

use crate::{check, client, keys, paying};

const KEYS: usize = 400;

/// What a suspended process has recorded and not settled.
struct Suspended {
    process: Process,
    /// Keys whose POST has not arrived.
    held: Vec<String>,
    /// Keys whose POST has arrived.
    posted: Vec<String>,
}

/// Starts a process that buys for keys of this name, and suspends it between two intents and their POSTs.
async fn suspend(
    signals: &mut Signals,
    service: &Service,
    ledger: &str,
    name: &str,
    chance: &mut Rng,
) -> Result<Suspended> {
    let database = Database::open(ledger).await?;
    let process = Process::start(&mut paying("all-covers", service, ledger, name, 0..KEYS))?;
    assert!(service.until_arrived(service.arrived() + 1).await, "it makes POSTs");
    let since = Instant::now();
    loop {
        signals.stop(&process)?;
        // A POST on its way arrives, and a statement on its way is carried out.
        service.until_idle().await;
        let (posts, entries) = (service.posts(), database.entries().await?);
        let of_name = entries.into_iter().filter(|(key, _)| key.starts_with(&format!("{name}-")));
        let posting = of_name.filter(|(_, entry)| entry.state == "posting").map(|(key, _)| key);
        let (posted, held): (Vec<String>, Vec<String>) = posting.partition(|key| posts.contains_key(key));
        if held.len() >= 2 {
            // A process suspended within a transaction keeps others from its entries for a while.
            database.end_idle_transactions().await?;
            return Ok(Suspended { process, held, posted });
        }
        assert!(since.elapsed() < Duration::from_secs(20), "it was never suspended around intents");
        signals.resume(&process)?;
        sleep(Duration::from_micros(chance.u64(100..20_000))).await;
    }
}

/// Others wait for one lease until they list what it has recorded as unknown, and for two until a person can say that nothing was
/// charged.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_lease_the_keys_of_a_suspended_process_are_unknown_and_not_bought_again() -> Outcome {
    let Some(server) = Postgres::shared()? else { return Ok(()) };
    let (mut chance, stops) = (chance(), runs(20).div_ceil(10));
    let ledger = server.database("suspended").await?;
    let service = Service::start(Habits { takes: 0..20, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    let (mut signals, mut all) = (Signals::new()?, BTreeMap::new());
    let (client, database) = (client(&service, &ledger).await?, Database::open(&ledger).await?);
    for stop in 0..stops {
        let name = format!("stop-{stop}");
        all.extend(keys(&name, 0..KEYS));
        let Suspended { process, held, posted } = suspend(&mut signals, &service, &ledger, &name, &mut chance).await?;
        let said = run(&mut paying("covers", &service, &ledger, &name, 0..KEYS))?;
        for key in held.iter().chain(&posted) {
            assert_eq!(said[key].0, "in progress", "{key}: {:?}", said[key]);
        }
        assert_eq!(client.unknown().await?, [], "what another process posts is not unknown");

        database.age(1).await?;
        let unknown = client.unknown().await?;
        assert_eq!(unknown.len(), held.len() + posted.len());
        for purchase in unknown {
            let error = client.resolve(&purchase, Resolution::NotCharged).await.err().ok_or("it is resolved")?;
            assert!(error.to_string().contains("may still"), "{error}");
        }
        let request = cover_testkit::request(&held[0]);
        let error = client.send_may_charge_twice(&request).key(&*held[0]).await.err().ok_or("it is sent again")?;
        assert!(error.is_outcome_unknown(), "{error}");

        // It was suspended for less than half of a lease, so it posts what it has recorded.
        signals.resume(&process)?;
        process.finish()?;
        // The timeout of what was under way, at the latest a connection, may have passed while it was suspended.
        let ends = check(&service, &database, &all).await?;
        assert_eq!(ends.tasks + ends.unknown, all.len(), "{ends:?}");
        for unknown in client.unknown().await? {
            let key = unknown.key.ok_or("it has no key")?;
            assert!(held.contains(&key) || posted.contains(&key), "{key} was not under way");
        }
        assert_eq!(service.resolve_all(&client, &all).await?, (ends.unknown, 0));
        println!("{} keys between intent and POST, {} between POST and settlement", held.len(), posted.len());
    }
    assert_eq!(service.arrived(), all.len(), "each key was posted once");
    Ok(())
}

/// Two leases are over in the database, and half of one on the clock of the process.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_that_was_suspended_for_half_of_its_lease_sends_nothing_that_it_had_recorded() -> Outcome {
    let Some(server) = Postgres::shared()? else { return Ok(()) };
    let mut chance = chance();
    let ledger = server.database("late").await?;
    let service = Service::start(Habits { takes: 0..20, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    let (mut signals, keys) = (Signals::new()?, keys("late", 0..KEYS));
    let (client, database) = (client(&service, &ledger).await?, Database::open(&ledger).await?);
    let Suspended { process, held, posted } = suspend(&mut signals, &service, &ledger, "late", &mut chance).await?;
    let suspended = Instant::now();

    let half = database.lease().await? / 2;
    // A person says that half of them were not charged, and another process buys these.
    database.age(2).await?;
    let (released, left) = held.split_at(held.len().div_ceil(2));
    for purchase in client.unknown().await? {
        if purchase.key.as_ref().is_some_and(|key| released.contains(key)) {
            client.resolve(&purchase, Resolution::NotCharged).await?;
        }
    }
    for key in released {
        assert!(client.send(&cover_testkit::request(key)).key(&**key).await?.was_posted(), "{key}");
    }
    sleep((half + Duration::from_secs(1)).saturating_sub(suspended.elapsed())).await;
    signals.resume(&process)?;
    let said = process.finish()?;

    for key in released {
        assert_eq!(said[key].0, "existing", "{key}: {:?}", said[key]);
    }
    // Its own proof that nothing was sent lets it send the others again.
    assert!(left.iter().all(|key| said[key].0 == "sent"), "{said:?}");
    println!("{} bought by another process, {} sent again, {} posted", released.len(), left.len(), posted.len());
    service.resolve_all(&client, &keys).await?;
    let ends = check(&service, &database, &keys).await?;
    assert_eq!(ends, Ends { tasks: KEYS, running: ends.running, ..Ends::default() });
    let attempts = database.entries().await?;
    assert!(held.iter().all(|key| attempts[key].attempts > 1), "the first attempt of each was given up");
    Ok(())
}
