//! Cost of many purchases: bytes in the database and in an adopting process for each running entry, and commits for each purchase.
//!
//! `COVER_RUNS=1000000 cargo bench -p cover-api --all-features --bench scale`: `COVER_RUNS` is the number of entries (20,000 by default). Linux
//! only; PostgreSQL is measured if it is installed.

use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use axum::Router;
use cover_api::ledger::{
    Attempt, AttemptId, Charge, Entry, Fingerprint, Ledger, LedgerError, PostgresLedger, Purchase, Rows, Settlement,
    SqliteLedger, TaskSource, Terms, deliver, intend, settle,
};
use cover_api::runtime::{Credits, StaticService as _};
use cover_api::sandbox::Sandbox;
use cover_api::{Client, UploadCover};
use cover_testkit::postgres::{Options, Postgres, connect};
use cover_testkit::simulated::{BUDGET, Simulated};
use cover_testkit::{request, runs};
use tokio::task::JoinSet;
use tokio::time::sleep;

const ENTRIES: usize = 20_000;
/// Number of entries that are written one by one.
const REAL: usize = 10_000;
const PURCHASES: usize = 2_000;
const ACCOUNT: &str = "acme";
const LEASE: Duration = Duration::from_secs(320);
/// Number of rows in a transaction that copies.
const PAGE: usize = 1_000;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    match (arguments.next().as_deref(), arguments.next(), arguments.next()) {
        (Some("adopt"), Some(database), _) => return runtime.block_on(adopt(&database)),
        (Some("send"), Some(database), Some(service)) => return runtime.block_on(send(&database, &service)),
        _ => {}
    }
    runtime.block_on(async {
        println!("bytes for each running entry, with its attempt and all indexes:");
        let directory = tempfile::tempdir().expect("a directory");
        for (how, count) in [(How::Real, REAL), (How::Copies, REAL), (How::Copies, runs(ENTRIES))] {
            let path = directory.path().join(format!("{how:?}-{count}"));
            fill(SqliteLedger::open(&path).await.expect("a ledger"), how, count).await;
            println!("{:5}  file, {count} {}", size_of_file(&path) / count, how.name());
        }
        let options = Options { durable: true, ..Options::default() };
        let Some(server) = Postgres::start_with(options).expect("the server starts") else { return };
        for (how, count) in [(How::Real, REAL), (How::Copies, REAL), (How::Copies, runs(ENTRIES))] {
            let url = server.database(&format!("{how:?}-{count}")).await.expect("a database");
            fill(PostgresLedger::connect(&url).await.expect("a ledger"), how, count).await;
            let written = size_of_tables(&url).await / count;
            connect(&url).await.expect("a connection").batch_execute("VACUUM FULL").await.expect("it is compacted");
            let compact = size_of_tables(&url).await / count;
            println!("{written:5}  PostgreSQL, {count} {}; {compact} when compacted", how.name());
            if how == How::Copies && count == runs(ENTRIES) {
                let status = this_program().args(["adopt", &url]).status().expect("it runs");
                assert!(status.success(), "{status}");
            }
        }
        purchases(&server.database("purchases").await.expect("a database")).await;
        for processes in [1, 4] {
            busy(&server.database(&format!("busy-{processes}")).await.expect("a database"), processes).await;
        }
    });
}

/// How entries come into a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum How {
    /// By the transactions of sends.
    Real,
    /// The rows are written as they are at the end, many in a transaction.
    Copies,
}

impl How {
    fn name(self) -> &'static str {
        match self {
            Self::Real => "written by one send each",
            Self::Copies => "copied",
        }
    }
}

fn purchase(number: usize) -> Purchase {
    let (operation, key) = (UploadCover::api().id.to_string(), format!("order-{number:07}/cover"));
    let fingerprint = Fingerprint::new(&operation, key.as_bytes());
    Purchase { account: ACCOUNT.to_owned(), operation, key: Some(key), fingerprint }
}

/// Returns an id as long as those of the service.
fn task() -> String {
    AttemptId::new().to_string()
}

/// Buys for a number of keys. All tasks are running at the end.
async fn fill(ledger: impl Ledger + Clone, how: How, count: usize) {
    let buy_all = async |numbers: Vec<usize>, in_flight: usize| {
        let mut senders = JoinSet::new();
        for numbers in numbers.chunks(numbers.len().div_ceil(in_flight)).map(<[usize]>::to_vec) {
            let ledger = ledger.clone();
            senders.spawn(async move {
                for number in numbers {
                    buy(&ledger, number).await;
                }
            });
        }
        senders.join_all().await;
    };
    match how {
        How::Real => buy_all((0..count).collect(), 16).await,
        How::Copies => {
            buy_all(vec![0], 1).await;
            let (entry, attempt) = pattern(&ledger).await;
            let mut copies = JoinSet::new();
            for lane in 0..4 {
                let (ledger, entry, attempt) = (ledger.clone(), entry.clone(), attempt.clone());
                copies.spawn(async move {
                    for page in (lane..count.div_ceil(PAGE)).step_by(4) {
                        let (entry, attempt) = (entry.clone(), attempt.clone());
                        let numbers = (page * PAGE).max(1)..((page + 1) * PAGE).min(count);
                        let copied = ledger.transact(Box::new(move |rows| {
                            numbers.clone().try_for_each(|number| copy_to(rows, &entry, &attempt, number))
                        }));
                        copied.await.expect("they are copied");
                    }
                });
            }
            copies.join_all().await;
        }
    }
}

/// Returns the entry that was bought first, and its attempt.
async fn pattern(ledger: &impl Ledger) -> (Entry, Attempt) {
    let (sender, receiver) = mpsc::channel();
    let read = ledger.transact(Box::new(move |rows| {
        let Purchase { account, operation, key, .. } = purchase(0);
        let entry = rows.entry_by_key(&account, &operation, &key.expect("it has one"))?.expect("it was bought");
        let attempt = rows.attempt(entry.attempt.expect("it has one"))?.expect("it is recorded");
        sender.send((entry, attempt)).expect("it is awaited");
        Ok(())
    }));
    read.await.expect("it is read");
    receiver.recv().expect("it was sent")
}

/// Makes the transactions of a send.
async fn buy(ledger: &impl Ledger, number: usize) {
    let (id, task, order) = (AttemptId::new(), task(), purchase(number));
    let charge = Charge { price: Some(Credits::from(12)), limits: Vec::new() };
    let intent = ledger
        .transact(Box::new(move |rows| intend(rows, &order, None, Terms::default(), &charge, id, LEASE).map(drop)));
    intent.await.expect("it is recorded");
    let settlement = Settlement::Task { task: task.clone(), source: TaskSource::Reply };
    let settled = ledger.transact(Box::new(move |rows| settle(rows, id, &settlement).map(drop)));
    settled.await.expect("it is settled");
    let delivered = ledger.transact(Box::new(move |rows| {
        let entry = rows.attempt(id)?.expect("it is recorded").entry;
        deliver(rows, entry, &task, true)
    }));
    delivered.await.expect("it is delivered");
}

fn copy_to(rows: &mut dyn Rows, pattern: &Entry, attempt: &Attempt, number: usize) -> Result<(), LedgerError> {
    let (id, task) = (AttemptId::new(), Some(task()));
    let entry = Entry { purchase: purchase(number), attempt: Some(id), task: task.clone(), ..pattern.clone() };
    let attempt = Attempt { id, entry: rows.insert_entry(&entry)?, task, ..attempt.clone() };
    rows.put_attempt(&attempt, &entry.purchase)
}

fn size_of_file(path: &Path) -> usize {
    usize::try_from(std::fs::metadata(path).expect("a file").len()).expect("it fits")
}

async fn number(url: &str, select: &str) -> usize {
    let database = connect(url).await.expect("a connection");
    let row = database.query_one(select, &[]).await.expect("a row");
    usize::try_from(row.get::<_, i64>(0)).expect("it is not negative")
}

async fn size_of_tables(url: &str) -> usize {
    number(url, "SELECT pg_total_relation_size('entries') + pg_total_relation_size('attempts')").await
}

/// Adopts all tasks of a database whose process has ended, and prints the memory that they take in this process.
#[expect(clippy::cast_precision_loss, reason = "there are not that many")]
async fn adopt(url: &str) {
    let count = number(url, "SELECT count(*) FROM entries").await;
    let database = connect(url).await.expect("a connection");
    let select = "SELECT min(waiter) FROM entries";
    let dead: String = database.query_one(select, &[]).await.expect("a row").get(0);
    let ledger = PostgresLedger::connect(url).await.expect("a ledger");
    // No task ends.
    let router = Router::new().fallback(async || r#"{ "code": 200, "data": { "status": "PENDING" } }"#);
    let client = Client::builder("key").transport(router).account(ACCOUNT).ledger(ledger).build().expect("a client");
    let (before, begun) = (resident(), Instant::now());
    let adopting = tokio::spawn(async move { client.adopt(async |_| {}).await });
    let left = "SELECT id FROM entries WHERE account = $1 AND waiter = $2 AND state = 'running' LIMIT 1";
    while !database.query(left, &[&ACCOUNT, &dead]).await.expect("rows").is_empty() {
        assert!(!adopting.is_finished(), "it adopts");
        sleep(Duration::from_millis(500)).await;
    }
    let bytes = resident().saturating_sub(before) as f64 / count as f64;
    println!("{bytes:5.0}  in a process that has adopted {count} in {:.1?}", begun.elapsed());
    // Nothing is handed over.
    std::process::exit(0);
}

/// Returns the resident memory of this process in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or_default() * 1024
}

/// Returns the number of transactions that a database has committed.
async fn commits(url: &str) -> usize {
    number(url, "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()").await
}

/// Waits until all processes have left a database. A connection that closes reports its commits.
async fn until_unused(url: &str) {
    let others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()";
    while number(url, others).await > 0 {
        sleep(Duration::from_millis(100)).await;
    }
}

/// Counts the commits of purchases by one process without waits, and with them. The rate limit does not hold them up.
#[expect(clippy::cast_precision_loss, reason = "there are not that many")]
async fn purchases(url: &str) {
    let request = Arc::new(request("A calm night drive through the rain"));
    drop(PostgresLedger::connect(url).await.expect("a ledger"));
    until_unused(url).await;
    let mut before = commits(url).await;
    for waits in [false, true] {
        let service = Simulated::unlimited(0.0..1.0, fastrand::Rng::with_seed(1));
        let client = Client::builder("key").transport(service.router()).rate_limit(100_000, Duration::ZERO);
        let client = client.poll_every(Duration::from_secs(1), Duration::from_secs(1));
        let ledger = PostgresLedger::connect(url).await.expect("a ledger");
        let client = client.account(format!("waits: {waits}")).ledger(ledger).build().expect("a client");
        let mut senders = JoinSet::new();
        for sender in 0..16 {
            let (client, request) = (client.clone(), Arc::clone(&request));
            senders.spawn(async move {
                let mut tasks = JoinSet::new();
                for number in 0..PURCHASES / 16 {
                    let task = client.send(&*request).key(format!("{sender}-{number}")).await.expect("sent");
                    if waits {
                        tasks.spawn(async move { task.wait().await.map(drop).expect("it is done") });
                    }
                }
                tasks.join_all().await;
            });
        }
        senders.join_all().await;
        client.shutdown(Duration::from_secs(10)).await;
        drop(client);
        until_unused(url).await;
        let after = commits(url).await;
        let each = (after - before) as f64 / PURCHASES as f64;
        println!("{each:.2} commits for each cover that was sent{}", if waits { " and waited for" } else { "" });
        before = after;
    }
}

/// Counts the commits of processes that share a rate limit and use all of it.
#[expect(clippy::cast_precision_loss, reason = "there are not that many")]
async fn busy(url: &str, processes: usize) {
    let time = Duration::from_secs(if runs(ENTRIES) > ENTRIES { 120 } else { 20 });
    let sandbox = Sandbox::builder().key("key").credits(u32::MAX).start().await.expect("a sandbox");
    let start = || this_program().args(["send", url, sandbox.url()]).spawn().expect("it runs");
    let mut senders: Vec<Child> = (0..processes).map(|_| start()).collect();
    // Windows of the rate limit begin at the same places from then on.
    sleep(BUDGET.1 + Duration::from_secs(2)).await;
    let read = async || {
        let stays = number(url, "SELECT n_tup_upd FROM pg_stat_user_tables WHERE relname = 'holders'").await;
        [sandbox.tasks(), commits(url).await, stays].map(|count| count as f64)
    };
    let (before, begun) = (read().await, Instant::now());
    sleep(time).await;
    let (after, seconds) = (read().await, begun.elapsed().as_secs_f64());
    for sender in &mut senders {
        sender.kill().and_then(|()| sender.wait()).expect("it ends");
    }
    let [sends, commits, stays] = [0, 1, 2].map(|at| (after[at] - before[at]) / seconds);
    println!(
        "{sends:.2} sends in a second by {processes} processes: {commits:.2} commits, of which {stays:.2} signs of life, and \
         {:.2} besides these and 4 for each send",
        commits - stays - 4.0 * sends
    );
}

/// Sends covers one after the other until it is killed.
async fn send(database: &str, service: &str) {
    let ledger = PostgresLedger::connect(database).await.expect("a ledger");
    let client = Client::builder("key").base_url(service).account(ACCOUNT).ledger(ledger).build().expect("a client");
    let request = request("A calm night drive through the rain");
    loop {
        client.send(&request).key(AttemptId::new().to_string()).await.expect("sent");
    }
}

fn this_program() -> Command {
    Command::new(std::env::current_exe().expect("this program"))
}
