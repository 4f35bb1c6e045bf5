//! Reads and locks the file of a ledger directly, without the ledger.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

/// Time that a read waits for a locked file.
const PATIENCE: Duration = Duration::from_secs(5);

/// The entry of a key in the file of a ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Name of the state, such as `posting`.
    pub state: String,
    /// Id of the task that the entry became.
    pub task: Option<String>,
    /// Number of attempts.
    pub attempts: u32,
}

fn open(ledger: &Path, patience: Duration) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(ledger, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.busy_timeout(patience)?;
    Ok(db)
}

/// Returns all entries with a key.
pub fn entries(ledger: &Path) -> rusqlite::Result<BTreeMap<String, Entry>> {
    let db = open(ledger, PATIENCE)?;
    let mut select = db.prepare("SELECT key, state, task, attempts FROM entries WHERE key IS NOT NULL")?;
    let rows = select.query_map([], |row| {
        Ok((row.get(0)?, Entry { state: row.get(1)?, task: row.get(2)?, attempts: row.get(3)? }))
    })?;
    rows.collect()
}

/// Returns the number of attempts that are recorded as duplicate charges.
pub fn duplicates(ledger: &Path) -> rusqlite::Result<u32> {
    let db = open(ledger, PATIENCE)?;
    db.query_row("SELECT count(*) FROM attempts WHERE duplicate", [], |row| row.get(0))
}

/// Locks the file against all other writers until the connection is dropped.
pub fn lock_file(ledger: &Path, patience: Duration) -> rusqlite::Result<Connection> {
    let db = open(ledger, patience)?;
    db.execute_batch("BEGIN IMMEDIATE")?;
    Ok(db)
}
