//! Shuts its runtime down in the middle of its sends: `shutting_down URL LEDGER NAME COUNT MICROSECONDS`.
//!
//! The process then waits until no key is posting, and succeeds.

use std::error::Error;
use std::thread::sleep;
use std::time::{Duration, Instant};

use cover_api::Client;
use cover_api::ledger::SqliteLedger;
use cover_testkit::request;
use rusqlite::Connection;
use tokio::runtime::Runtime;

/// Number of queries in a row that must find no posting key.
const QUIET: u32 = 20;
const USAGE: &str = "shutting_down URL LEDGER NAME COUNT MICROSECONDS";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let mut next = || arguments.next().ok_or(USAGE);
    let (url, path, name) = (next()?, next()?, next()?);
    let (count, micros): (usize, u64) = (next()?.parse()?, next()?.parse()?);
    let keys: Vec<String> = (0..count).map(|number| format!("{name}-{number}")).collect();

    let runtime = Runtime::new()?;
    let ledger = runtime.block_on(SqliteLedger::open(&path))?;
    let db = Connection::open(&path)?;
    db.busy_timeout(Duration::from_secs(5))?;
    let client = Client::builder("sandbox-key").base_url(url).account("tests").rate_limit(1_000, Duration::ZERO);
    let client = client.configure_http(|http| http.tls_certs_only([])).ledger(ledger.clone()).build()?;
    for key in &keys {
        let (client, key) = (client.clone(), key.clone());
        runtime.spawn(async move { client.send(&request(&key)).key(&key).await.map(drop) });
    }
    sleep(Duration::from_micros(micros));
    runtime.shutdown_background();

    // Its threads take a moment to drop their tasks and to record what was queued.
    let mut select = db.prepare("SELECT count(*) FROM entries WHERE state = 'posting' AND key LIKE $1 || '-%'")?;
    let (since, mut quiet) = (Instant::now(), 0);
    while quiet < QUIET {
        let posting: u32 = select.query_row([&name], |row| row.get(0))?;
        quiet = if posting == 0 { quiet + 1 } else { 0 };
        if since.elapsed() > Duration::from_secs(10) {
            return Err(format!("{posting} keys are still posting").into());
        }
        sleep(Duration::from_millis(5));
    }
    Ok(())
}
