//! Speed of ledgers in an SQLite file and in PostgreSQL: pairs of intent and settlement, and whole sends. Of the file also: opening
//! and purging 100,000 entries, spend limits. For comparison: syncs of a bare file on the same disk, and sends with a ledger in memory.
//! `cargo bench -p cover-api --all-features --bench ledger`. `-- postgres` runs only that part; the others are `pairs`, `sends`, `many` and
//! `limits`.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cover_api::ledger::{
    AttemptId, Charge, EntryState, Fingerprint, Intended, Ledger, MemoryLedger, PostgresLedger, Purchase, Settlement,
    SpendLimit, SqliteLedger, TaskSource, Terms, deliver, end, intend, settle,
};
use cover_api::runtime::{ClientBuilder, Credits, StaticService as _};
use cover_api::{Client, UploadCover};
use cover_testkit::postgres::{Options, Postgres};
use cover_testkit::request;
use cover_testkit::simulated::Simulated;
use tokio::task::JoinSet;

const PAIRS: usize = 8_000;
const SENDS: usize = 4_000;
const ENTRIES: usize = 100_000;
const LEASE: Duration = Duration::from_secs(320);

fn main() {
    let part = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let runs = |name| part.as_deref().is_none_or(|part| part == name);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let directory = tempfile::tempdir().expect("a directory");
        if runs("pairs") {
            file_pairs(directory.path()).await;
        }
        if runs("postgres") {
            postgres().await;
        }
        if runs("sends") {
            file_sends(directory.path()).await;
        }
        if runs("many") {
            many(&directory.path().join("many")).await;
        }
        if runs("limits") {
            limits(&directory.path().join("limits")).await;
        }
    });
}

async fn file_pairs(directory: &Path) {
    println!("{:5.0} times in a second, 8 kB are synced to the disk", syncs(&directory.join("bare")));
    for in_flight in [1, 16, 64] {
        let ledger = SqliteLedger::open(directory.join("pairs")).await.expect("a ledger");
        let rate = pairs(ledger, in_flight).await;
        println!("{rate:5.0} pairs of intent and settlement in a second, {in_flight} in flight");
    }
}

async fn file_sends(directory: &Path) {
    for in_flight in [16, 64] {
        let ledger = SqliteLedger::open(directory.join("sends")).await.expect("a ledger");
        let (ours, memory) =
            (sends(ledger, in_flight, "file").await, sends(MemoryLedger::new(), in_flight, "memory").await);
        println!("{ours:5.0} sends in a second, {in_flight} in flight; {memory:.0} with a ledger in memory");
    }
}

#[expect(clippy::cast_precision_loss, reason = "there are not that many")]
fn per_second(count: usize, since: Instant) -> f64 {
    count as f64 / since.elapsed().as_secs_f64()
}

/// Measures how often the bytes of a small transaction can be synced to the disk.
fn syncs(path: &Path) -> f64 {
    const SYNCS: usize = 300;
    let mut file = File::create(path).expect("a file");
    let started = Instant::now();
    for _ in 0..SYNCS {
        file.write_all(&[7; 8_192]).and_then(|()| file.sync_data()).expect("it is synced");
    }
    per_second(SYNCS, started)
}

fn operation() -> &'static str {
    &UploadCover::api().id
}

fn purchase(account: &str, key: String) -> Purchase {
    let operation = operation();
    let fingerprint = Fingerprint::new(operation, key.as_bytes());
    Purchase { account: account.to_owned(), operation: operation.to_owned(), key: Some(key), fingerprint }
}

/// The same on a server that writes each commit to the disk.
async fn postgres() {
    let options = Options { durable: true, ..Options::default() };
    let Some(server) = Postgres::start_with(options).expect("the server starts") else { return };
    let url = server.database("bench").await.expect("a database");
    let connect = async |connections| {
        let builder = PostgresLedger::builder(&url).expect("a URL").connections(connections);
        builder.connect().await.expect("a ledger")
    };
    for (connections, in_flight) in [(1, 1), (1, 16), (2, 16), (4, 16), (4, 64), (16, 16), (16, 64)] {
        let rate = pairs(connect(connections).await, in_flight).await;
        println!("{rate:5.0} pairs in PostgreSQL, {connections} connections, {in_flight} in flight");
    }
    for (connections, in_flight) in [(4, 16), (16, 64)] {
        let kind = format!("postgres {connections}");
        let rate = sends(connect(connections).await, in_flight, &kind).await;
        println!("{rate:5.0} sends with PostgreSQL, {connections} connections, {in_flight} in flight");
    }
}

async fn pairs(ledger: impl Ledger + Clone, in_flight: usize) -> f64 {
    // A single task waits for the disk twice for each pair.
    let each = PAIRS.min(400 * in_flight) / in_flight;
    let started = Instant::now();
    let mut senders = JoinSet::new();
    for sender in 0..in_flight {
        let ledger = ledger.clone();
        senders.spawn(async move {
            for number in 0..each {
                let id = AttemptId::new();
                let key = format!("{sender}-{number}-{id}");
                let (order, task) = (purchase("pairs", key.clone()), key);
                let intent = ledger.transact(Box::new(move |rows| {
                    intend(rows, &order, None, Terms::default(), &Charge::default(), id, LEASE).map(drop)
                }));
                intent.await.expect("it is recorded");
                let settlement = Settlement::Task { task, source: TaskSource::Reply };
                ledger
                    .transact(Box::new(move |rows| settle(rows, id, &settlement).map(drop)))
                    .await
                    .expect("it is settled");
            }
        });
    }
    senders.join_all().await;
    per_second(each * in_flight, started)
}

/// Whole sends to a router in this process.
async fn sends(ledger: impl Ledger, in_flight: usize, kind: &str) -> f64 {
    let service = Simulated::unlimited(0.0..1.0, fastrand::Rng::with_seed(1));
    let builder: ClientBuilder<_> = Client::builder("key").transport(service.router());
    let client = builder.rate_limit(100_000, Duration::ZERO).account(format!("{kind} {in_flight}")).ledger(ledger);
    let client = client.build().expect("a client");
    let request = Arc::new(request("A calm night drive through the rain"));
    let started = Instant::now();
    let mut senders = JoinSet::new();
    for sender in 0..in_flight {
        let (client, request) = (client.clone(), Arc::clone(&request));
        senders.spawn(async move {
            for number in 0..SENDS / in_flight {
                let task = client.send(&*request).key(format!("{sender}-{number}")).await.expect("sent");
                assert!(task.was_posted());
            }
        });
    }
    senders.join_all().await;
    per_second(SENDS / in_flight * in_flight, started)
}

/// Opens and purges a file with many entries. One in a hundred has not ended.
async fn many(path: &Path) {
    let ledger = SqliteLedger::open(path).await.expect("a ledger");
    let started = Instant::now();
    for chunk in 0..ENTRIES / 1_000 {
        let fill = ledger.transact(Box::new(move |rows| {
            for number in chunk * 1_000..(chunk + 1) * 1_000 {
                let (task, id) = (number.to_string(), AttemptId::new());
                let intended = intend(
                    rows,
                    &purchase("many", task.clone()),
                    None,
                    Terms::default(),
                    &Charge::default(),
                    id,
                    LEASE,
                )?;
                let Intended::Recorded { entry, .. } = intended else { panic!("{intended:?}") };
                settle(rows, id, &Settlement::Task { task: task.clone(), source: TaskSource::Reply })?;
                deliver(rows, entry, &task, false)?;
                if number % 100 != 0 {
                    end(rows, "many", operation(), &task, EntryState::Done, "SUCCESS", false)?;
                }
            }
            Ok(())
        }));
        fill.await.expect("it is filled");
    }
    let took = started.elapsed();
    drop(ledger);
    let size = std::fs::metadata(path).map_or(0, |file| file.len()) / 1_000_000;
    println!("{ENTRIES} entries: {size} MB, written in {took:.1?}");
    for _ in 0..3 {
        let started = Instant::now();
        let ledger = SqliteLedger::open(path).await.expect("a ledger");
        let took = started.elapsed();
        drop(ledger);
        println!("opened in {took:.1?}");
    }
    let ledger = SqliteLedger::open(path).await.expect("a ledger");
    let builder: ClientBuilder<_> = Client::builder("key").transport(axum::Router::new());
    let client = builder.account("many").ledger(ledger).build().expect("a client");
    tokio::time::sleep(Duration::from_millis(2)).await;
    for _ in 0..2 {
        let started = Instant::now();
        let purged = client.purge(Duration::ZERO).await.expect("it is purged");
        println!("{purged} entries purged in {:.1?}", started.elapsed());
    }
}

/// Checks a limit after purchases in many minutes.
async fn limits(path: &Path) {
    const MINUTE: Duration = Duration::from_secs(60);
    const DAYS: Duration = Duration::from_secs(60 * 24 * 60 * 60);
    const INTENTS: u32 = 1_000;
    let ledger = SqliteLedger::open(path).await.expect("a ledger");
    let limited = Charge { price: Some(Credits::from(12)), limits: vec![SpendLimit::per_period(Credits::MAX, DAYS)] };
    for minutes in [0, ENTRIES] {
        let fill = ledger.transact(Box::new(move |rows| {
            let id = AttemptId::new();
            let charge = Charge { price: Some(Credits::from(12)), limits: Vec::new() };
            intend(rows, &purchase("limits", format!("first {minutes}")), None, Terms::default(), &charge, id, LEASE)?;
            let mut attempt = rows.attempt(id)?.expect("it is recorded");
            let minutes = u32::try_from(minutes).expect("there are not that many");
            attempt.started -= MINUTE * minutes;
            for _ in 0..minutes {
                rows.add_spending("limits", &attempt)?;
                attempt.started += MINUTE;
            }
            Ok(())
        }));
        fill.await.expect("it is filled");
        for charge in [Charge { limits: Vec::new(), ..limited.clone() }, limited.clone()] {
            let name = if charge.limits.is_empty() { "without a limit" } else { "with a limit" };
            let started = Instant::now();
            let intents = ledger.transact(Box::new(move |rows| {
                for number in 0..INTENTS {
                    let key = format!("{minutes} {name} {number}");
                    intend(rows, &purchase("limits", key), None, Terms::default(), &charge, AttemptId::new(), LEASE)?;
                }
                Ok(())
            }));
            intents.await.expect("they are recorded");
            let each = started.elapsed() / INTENTS;
            println!("{each:.1?} for an intent {name}, after purchases in {minutes} minutes");
        }
    }
}
