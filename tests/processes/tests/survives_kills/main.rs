//! Processes that are killed, suspended or shut down in the middle of their sends, and several on one ledger: each key is charged
//! at most once, and the ledger knows of every POST.

mod batch_example;
mod direct;
mod full_disk;
mod kill;
mod shared_ledger;
mod shared_limit;
mod spend_limit;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;
use std::process::Command;

use cover_testkit::service::Service;

/// Returns the keys `name-0`, `name-1` and so on, each with its prompt: `paying` sends the key itself.
fn keys(name: &str, numbers: Range<usize>) -> BTreeMap<String, String> {
    numbers.map(|number| format!("{name}-{number}")).map(|key| (key.clone(), key)).collect()
}

/// Returns the command that buys covers for keys of this name.
fn paying(service: &Service, ledger: &Path, name: &str, numbers: Range<usize>) -> Command {
    paying_for("covers", &service.url, ledger, name, numbers)
}

/// Returns the command that buys `what` for keys of this name.
fn paying_for(what: &str, url: &str, ledger: &Path, name: &str, numbers: Range<usize>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_paying"));
    command.arg(what).arg(url).arg(ledger).arg(name).args([numbers.start, numbers.end].map(|it| it.to_string()));
    command.env("RUST_BACKTRACE", "0");
    command
}
