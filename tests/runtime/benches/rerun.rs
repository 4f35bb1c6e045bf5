//! A batch whose rows were all done by an earlier run, run again: how long it takes. It needs no permits: there is one an hour.
//! `cargo bench -p cover-runtime-tests --bench rerun`.

use std::path::Path;
use std::time::{Duration, Instant};

use cover_api::Client;
use cover_api::ledger::SqliteLedger;
use cover_api::runtime::{ClientBuilder, Report};
use cover_runtime_tests::request;
use cover_runtime_tests::simulated::Simulated;

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

/// Runs the batch by a client of its own, as another process would.
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
    let (report, stats): (Report, _) = (batch.report(), client.stats());
    println!("{name}: {:.2?}, {} POSTs, {} polls; {report}", started.elapsed(), stats.posts, stats.polls);
}
