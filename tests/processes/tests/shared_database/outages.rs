//! The database stops, restarts, or cannot be reached: nothing is posted without a recorded intent, and the processes go on by
//! themselves.
//!
//! `COVER_RUNS=20 cargo test -p cover-process-tests outages::` has more outages than usual.

use std::time::Duration;

use cover_testkit::ledger_database::Database;
use cover_testkit::postgres::{Postgres, Stop};
use cover_testkit::process::{Process, Said};
use cover_testkit::proxy::Proxy;
use cover_testkit::service::{Ends, Habits, Service};
use cover_testkit::{Outcome, Result, chance, runs};
use tokio::time::sleep;

use crate::{check, keys, paying};

const PROCESSES: usize = 3;
/// Number of POSTs between two outages.
const POSTS: usize = 60;

/// Three processes that buy, some of them the same keys.
struct Buyers<'a> {
    service: &'a Service,
    processes: Vec<Process>,
    keys: usize,
}

impl<'a> Buyers<'a> {
    /// Starts processes with enough keys for a number of outages.
    fn start(service: &'a Service, ledger: &str, outages: usize) -> Result<Self> {
        // They go on while the database is stopped and started, too.
        let keys = (outages + 2) * POSTS * 3;
        // Each begins elsewhere, and ends within the keys of the next.
        let of = |number: usize| number * keys / (PROCESSES + 1)..(number + 2) * keys / (PROCESSES + 1);
        let start = |number: usize| Process::start(&mut paying("all-covers", service, ledger, "out", of(number)));
        let processes = (0..PROCESSES).map(start).collect::<Result<_>>()?;
        Ok(Self { service, processes, keys })
    }

    /// Waits until they have gone on, for a little longer than a number of POSTs takes.
    async fn go_on(&self, posts: usize, chance: &mut fastrand::Rng) {
        assert!(self.service.until_arrived(self.service.arrived() + posts).await, "they go on");
        sleep(Duration::from_micros(chance.u64(0..20_000))).await;
    }

    /// Checks that nothing is posted within a time, once intents that were recorded before have been posted.
    async fn post_nothing_for(&self, time: Duration) {
        sleep(Duration::from_millis(500)).await;
        let posts = self.service.arrived();
        sleep(time).await;
        assert_eq!(self.service.arrived(), posts, "they post nothing that they cannot record");
    }

    /// Waits until all is bought. Each process gets a task for each of its keys, and each key is bought once.
    async fn finish(self, database: &str) -> Outcome {
        let said = self.processes.into_iter().map(Process::finish).collect::<Result<Vec<Said>>>()?;
        let has_failed = |(_, (word, _)): &(&String, &(String, String))| word != "sent" && word != "existing";
        let failed: Vec<_> = said.iter().flatten().filter(has_failed).collect();
        assert!(failed.is_empty(), "{failed:?}");
        let (keys, database) = (keys("out", 0..self.keys), Database::open(database).await?);
        let ends = check(self.service, &database, &keys).await?;
        // That a task has ended is written without waiting for it.
        assert_eq!(ends, Ends { tasks: self.keys, running: ends.running, ..Ends::default() });
        assert_eq!((self.service.arrived(), self.service.sandbox.tasks()), (self.keys, self.keys));
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_go_on_after_the_database_was_stopped_in_any_way() -> Outcome {
    let Some(server) = Postgres::start()? else { return Ok(()) };
    let (mut chance, outages) = (chance(), runs(4));
    let ledger = server.database("outages").await?;
    let service = Service::start(Habits { takes: 0..30, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    let buyers = Buyers::start(&service, &ledger, outages)?;
    for outage in 0..outages {
        buyers.go_on(POSTS, &mut chance).await;
        server.stop([Stop::Kill, Stop::Fast, Stop::Immediate][outage % 3])?;
        buyers.post_nothing_for(Duration::from_millis(chance.u64(0..600))).await;
        server.start_again()?;
    }
    buyers.finish(&ledger).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_go_on_after_their_connections_were_cut() -> Outcome {
    let Some(server) = Postgres::shared()? else { return Ok(()) };
    let (mut chance, cuts) = (chance(), runs(6));
    let direct = server.database("cut").await?;
    let proxy = Proxy::to(server.address()).await?;
    let service = Service::start(Habits { takes: 0..30, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    let buyers = Buyers::start(&service, &proxy.address().url("cut"), cuts)?;
    for _ in 0..cuts {
        buyers.go_on(chance.usize(1..POSTS), &mut chance).await;
        proxy.cut().await;
    }
    buyers.finish(&direct).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_without_a_way_to_the_database_post_nothing_and_go_on_afterwards() -> Outcome {
    let Some(server) = Postgres::shared()? else { return Ok(()) };
    let mut chance = chance();
    let direct = server.database("parted").await?;
    let proxy = Proxy::to(server.address()).await?;
    let service = Service::start(Habits { takes: 0..30, refuses: 0.0, breaks: 0.0 }, &mut chance).await?;
    let buyers = Buyers::start(&service, &proxy.address().url("parted"), 1)?;
    buyers.go_on(POSTS, &mut chance).await;
    proxy.partition();
    buyers.post_nothing_for(Duration::from_millis(4_500)).await;
    proxy.heal();
    buyers.finish(&direct).await
}
