//! Processes that share a ledger in a PostgreSQL database, and are killed or suspended, or lose the database: each key is charged at
//! most once, and the ledger knows of every POST.
//!
//! Leases would take minutes. So attempts are made older in the database.

mod example;
mod kills;
mod outages;
mod suspensions;

use std::collections::BTreeMap;
use std::ops::Range;
use std::process::Command;

use cover_api::Client;
use cover_api::ledger::PostgresLedger;
use cover_testkit::ledger_database::Database;
use cover_testkit::service::{Ends, Service};
use cover_testkit::{ACCOUNT, Result};

/// The price of a cover, in thousandths of a credit.
const PRICE: usize = 12_000;

/// Returns the keys `name-0`, `name-1` and so on, each with its prompt: `paying` sends the key itself.
fn keys(name: &str, numbers: Range<usize>) -> BTreeMap<String, String> {
    numbers.map(|number| format!("{name}-{number}")).map(|key| (key.clone(), key)).collect()
}

/// Returns the command that buys `what` for keys of this name.
fn paying(what: &str, service: &Service, ledger: &str, name: &str, numbers: Range<usize>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paying"));
    command.arg(what).arg(&service.url).arg(ledger).arg(name);
    command.args([numbers.start, numbers.end].map(|it| it.to_string())).env("RUST_BACKTRACE", "0");
    command
}

async fn client(service: &Service, ledger: &str) -> Result<Client> {
    service.client_with(ACCOUNT, PostgresLedger::connect(ledger).await?)
}

/// Compares the POSTs and tasks of the service with the ledger, once every process has ended.
async fn check(service: &Service, database: &Database, keys: &BTreeMap<String, String>) -> Result<Ends> {
    let entries = database.entries().await?;
    assert!(service.posts().keys().all(|prompt| entries.contains_key(prompt)), "the ledger knows nothing of a POST");
    assert_eq!(database.duplicates().await?, 0, "the ledger lists duplicate charges");
    let ends = service.check_entries(&entries, keys);
    let spent = i64::try_from((ends.tasks + ends.unknown) * PRICE)?;
    assert_eq!(database.spent().await?, spent, "what was charged, or may have been: {ends:?}");
    Ok(ends)
}
