//! Time of a batch whose rows were all done by an earlier run. It needs no permits: the rate limit allows one an hour.
//! `cargo bench -p cover-api --bench rerun`.

use std::path::Path;
use std::time::{Duration, Instant};

use cover_api::Client;
use cover_api::ledger::SqliteLedger;
use cover_api::runtime::{BatchReport, ClientBuilder};
use cover_testkit::request;
use cover_testkit::simulated::Simulated;

const ROWS: usize = 3_000;
const HOUR: Duration = Duration::from_secs(3_600);

fn main() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let directory = tempfile::tempdir().expect("a directory");
        let path = directory.path().join("ledger");
        let service = Simulated::unlimited(0.0..0.001, fastrand::Rng::with_seed(1));
        run("first", &service, &path, (100_000, Duration::ZERO)).await;
        for _ in 0..3 {
            run("again", &service, &path, (1, HOUR)).await;
        }
    });
}

/// Runs the batch with a client of its own, like another process.
async fn run(name: &str, service: &Simulated, path: &Path, (permits, window): (u32, Duration)) {
    let ledger = SqliteLedger::open(path).await.expect("a ledger");
    let builder: ClientBuilder<_> = Client::builder("key").transport(service.router()).rate_limit(permits, window);
    let moment = Duration::from_millis(1);
    let builder = builder.poll_every(moment, moment).expected_duration(Duration::ZERO..=moment);
    let client = builder.ledger(ledger).build().expect("a client");
    let started = Instant::now();
    let rows = (0..ROWS).map(|row| (format!("row-{row}"), request(&row.to_string())));
    let mut batch = client.send_all(rows).and_wait();
    while batch.next().await.is_some() {}
    let (report, stats): (BatchReport, _) = (batch.report(), client.stats());
    println!("{name}: {:.2?}, {} POSTs, {} polls; {report}", started.elapsed(), stats.posts, stats.polls);
}
