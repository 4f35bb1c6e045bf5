mod batch;
mod children;
#[cfg(feature = "unstable-ledger")]
mod conformance;
mod migrations;
mod open;
mod sharing;
mod speed;
mod tables;

use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;

use super::{Settings, SqliteLedger};
use crate::ledger::{
    AttemptId, Charge, Entry, EntryId, Fingerprint, Intended, Ledger, LedgerError, LedgerHandle, Purchase,
    PurchaseState, Rows, Settled, Settlement, TaskSource, Terms, intend, look_up, settle, unknown,
};

const ACCOUNT: &str = "acme";
const OPERATION: &str = "upload_cover";
const LEASE: Duration = Duration::from_secs(320);

/// A directory with room for a ledger, and the path of that.
fn place() -> (TempDir, PathBuf) {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("covers.db");
    (directory, path)
}

async fn open(path: &Path) -> SqliteLedger {
    SqliteLedger::open(path).await.unwrap()
}

async fn open_with(path: &Path, settings: Settings) -> Result<SqliteLedger, LedgerError> {
    SqliteLedger::open_with(path.into(), settings).await
}

/// What `SQLite` itself sees in a file.
fn sql(path: &Path, statements: &str) {
    Connection::open(path).unwrap().execute_batch(statements).unwrap();
}

fn names(directory: &Path) -> Vec<String> {
    let files = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<_> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn purchase(key: Option<&str>, request: u64) -> Purchase {
    let fingerprint = Fingerprint::new(OPERATION, &request.to_be_bytes());
    Purchase { account: ACCOUNT.into(), operation: OPERATION.into(), key: key.map(Into::into), fingerprint }
}

async fn run<T: Send + 'static>(
    ledger: &SqliteLedger,
    rule: impl FnMut(&mut dyn Rows) -> Result<T, LedgerError> + Send + 'static,
) -> Result<T, LedgerError> {
    LedgerHandle::new(Arc::new(ledger.clone())).run(rule).await
}

/// Records an intent, as a process that goes on to POST.
async fn intend_live(ledger: &SqliteLedger, purchase: &Purchase) -> (EntryId, AttemptId) {
    let (purchase, id) = (purchase.clone(), AttemptId::new());
    ledger.local().begin(id, None);
    match run(ledger, move |rows| intend(rows, &purchase, None, Terms::default(), &Charge::default(), id, LEASE))
        .await
        .unwrap()
    {
        Intended::Recorded { entry, .. } => (entry, id),
        refused => panic!("{refused:?}"),
    }
}

async fn stands(ledger: &SqliteLedger, purchase: &Purchase) -> PurchaseState {
    let purchase = purchase.clone();
    run(ledger, move |rows| look_up(rows, &purchase, None, Terms::default())).await.unwrap()
}

async fn settle_task(ledger: &SqliteLedger, id: AttemptId, task: &str) -> Settled {
    let settlement = Settlement::Task { task: task.into(), source: TaskSource::Reply };
    run(ledger, move |rows| settle(rows, id, &settlement)).await.unwrap()
}

async fn entry(ledger: &SqliteLedger, id: EntryId) -> Entry {
    run(ledger, move |rows| rows.entry(id)).await.unwrap().unwrap()
}

/// Keeps the thread of a ledger busy until the sender is dropped, so that work queued in the meantime forms one batch.
fn pause(ledger: &SqliteLedger) -> mpsc::Sender<()> {
    let (started, is_started) = mpsc::channel::<()>();
    let (resume, wait) = mpsc::channel::<()>();
    drop(ledger.transact(Box::new(move |_| {
        started.send(()).ok();
        wait.recv().ok();
        Ok(())
    })));
    is_started.recv().ok();
    resume
}

/// Queues work that inserts an entry that is ready.
fn insert(ledger: &SqliteLedger, key: &str) -> crate::ledger::Transacted {
    let purchase = purchase(Some(key), 0);
    ledger.transact(Box::new(move |rows| {
        let entry = ready(rows, purchase.clone());
        rows.insert_entry(&entry).map(drop)
    }))
}

fn ready(rows: &mut dyn Rows, purchase: Purchase) -> Entry {
    Entry::new(purchase, rows.now())
}

async fn has(ledger: &SqliteLedger, key: &'static str) -> bool {
    run(ledger, move |rows| rows.entry_by_key(ACCOUNT, OPERATION, key)).await.unwrap().is_some()
}
