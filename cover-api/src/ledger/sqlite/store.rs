//! The connection and its transactions.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::super::sql::statements;
use super::super::{LedgerError, Local};
use super::holder::Holder;
use super::{Settings, failure, file, schema};

/// How long to wait for other processes when closing. The next process that opens the file removes a holder that remained.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);

pub(super) struct Store {
    pub(super) db: Connection,
    pub(super) holder: Holder,
    pub(super) local: Arc<Local>,
    path: PathBuf,
}

impl Store {
    pub(super) fn open(path: &Path, local: Arc<Local>, settings: Settings) -> Result<Self, LedgerError> {
        let path = file::find_or_create(path)?;
        let fails = |error| failure::sql(&path, error);
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(&path, flags).map_err(fails)?;
        wait_for_writers(&mut db, settings.patience).map_err(fails)?;
        // Nothing is changed before the file is known to be a ledger.
        schema::check(&db, &path)?;
        prepare(&db, settings).map_err(fails)?;
        execute(&db, BEGIN).map_err(fails)?;
        check_length(&db, &path)?;
        schema::migrate(&db, &path)?;
        check_tables(&db, &path)?;
        let holder = Holder::enter(&db, path.clone())?;
        let store = Self { db, holder, local, path };
        store.commit().inspect_err(|_| store.holder.abandon())?;
        Ok(store)
    }

    /// Closes the file. The next process that opens it completes steps that fail here.
    pub(super) fn close(mut self) {
        let mut leave = || {
            wait_for_writers(&mut self.db, CLOSE_PATIENCE)?;
            execute(&self.db, BEGIN)?;
            self.holder.leave(&self.db)?;
            execute(&self.db, COMMIT)
        };
        leave().ok();
        // The connection is closed before the lock of the holder is released.
        self.db.close().ok();
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn failure(&self, error: rusqlite::Error) -> LedgerError {
        failure::sql(&self.path, error)
    }

    /// Begins a write transaction, unless a later version has changed the tables.
    pub(super) fn begin(&self) -> Result<(), LedgerError> {
        execute(&self.db, BEGIN).map_err(|error| self.failure(error))?;
        schema::version(&self.db, &self.path).map(drop).inspect_err(|_| self.abort())
    }

    /// Ends the transaction. Either everything is durable, or nothing is kept.
    pub(super) fn end(&self, has_changes: bool) -> Result<(), LedgerError> {
        if !self.is_in_transaction() {
            return Err(LedgerError::unavailable(LOST).at(&self.path));
        }
        if has_changes {
            return self.commit();
        }
        // A commit would write pages even if they were rolled back to a savepoint.
        self.abort();
        Ok(())
    }

    fn commit(&self) -> Result<(), LedgerError> {
        execute(&self.db, COMMIT).map_err(|error| self.failure(error)).inspect_err(|_| self.abort())
    }

    fn abort(&self) {
        if self.is_in_transaction() {
            execute(&self.db, "ROLLBACK").ok();
        }
    }

    /// Returns false after SQLite has rolled back by itself, such as on a full disk.
    pub(super) fn is_in_transaction(&self) -> bool {
        !self.db.is_autocommit()
    }

    /// Returns a number that grows with each written row.
    pub(super) fn changes(&self) -> u64 {
        self.db.total_changes()
    }

    /// Begins a savepoint, which can be rolled back alone.
    pub(super) fn save(&self) -> Result<(), LedgerError> {
        execute(&self.db, "SAVEPOINT job").map_err(|error| self.failure(error))
    }

    /// Keeps the changes since [`save`](Self::save).
    pub(super) fn keep(&self) -> Result<(), LedgerError> {
        execute(&self.db, "RELEASE job").map_err(|error| self.failure(error)).inspect_err(|_| self.abort())
    }

    /// Rolls back to [`save`](Self::save), or the whole transaction if that fails.
    pub(super) fn undo(&self) {
        if self.is_in_transaction() && execute(&self.db, "ROLLBACK TO job").is_err() {
            self.abort();
        }
        if self.is_in_transaction() && execute(&self.db, "RELEASE job").is_err() {
            self.abort();
        }
    }
}

const BEGIN: &str = "BEGIN IMMEDIATE";
const COMMIT: &str = "COMMIT";
const LOST: &str = "the transaction was rolled back, because of another job in the same batch";

/// Makes a connection wait for other writers.
///
/// SQLite's own pauses grow to 100 ms, and would rarely hit one of the short gaps of a busy process.
fn wait_for_writers(db: &mut Connection, patience: Duration) -> rusqlite::Result<()> {
    let mut since = Instant::now();
    db.busy_handler(Some(move |count| {
        if count == 0 {
            since = Instant::now();
        }
        thread::sleep(RETRY_PAUSE);
        since.elapsed() < patience
    }))
}

/// Pause before the next try while another process writes.
const RETRY_PAUSE: Duration = Duration::from_millis(1);

fn execute(db: &Connection, statement: &str) -> rusqlite::Result<()> {
    db.prepare_cached(statement)?.execute([]).map(drop)
}

fn prepare(db: &Connection, settings: Settings) -> rusqlite::Result<()> {
    db.set_prepared_statement_cache_capacity(2 * statements::ALL.len());
    db.pragma_update(None, "synchronous", "full")?;
    // A copy of a ledger may have another journal mode.
    db.pragma_update(None, "journal_mode", "wal")?;
    // The `-wal` file shrinks again after a purge.
    db.pragma_update(None, "journal_size_limit", JOURNAL)?;
    settings.max_pages.map_or(Ok(()), |pages| db.pragma_update(None, "max_page_count", pages))
}

/// Bytes of the `-wal` file that are kept for later transactions.
const JOURNAL: u32 = 16 << 20;

/// Detects a truncated file. Without a `-wal` file, SQLite detects it.
///
/// Called within a transaction, so that pages that are not in the file are in the `-wal` file.
fn check_length(db: &Connection, path: &Path) -> Result<(), LedgerError> {
    let fails = |error| failure::sql(path, error);
    let number = |name| db.pragma_query_value(None, name, |row| row.get::<_, u32>(0)).map(u64::from).map_err(fails);
    let (pages, size) = (number("page_count")?, number("page_size")?);
    let length = |path: &Path| fs::metadata(path).map_or(0, |file| file.len());
    let frames = length(&file::beside(path, "-wal")) / (size + FRAME_HEADER);
    if length(path) / size + frames < pages {
        return Err(LedgerError::not_a_ledger("the file was cut off").at(path));
    }
    Ok(())
}

/// Bytes before each page in a `-wal` file.
const FRAME_HEADER: u64 = 24;

/// Checks that the tables are those of a ledger.
fn check_tables(db: &Connection, path: &Path) -> Result<(), LedgerError> {
    statements::ALL.iter().try_for_each(|statement| db.prepare_cached(statement).map(drop)).map_err(|error| match error
        .sqlite_error_code()
    {
        Some(rusqlite::ErrorCode::Unknown) => {
            LedgerError::not_a_ledger("its tables are not those of a ledger").at(path).caused_by(error)
        }
        _ => failure::sql(path, error),
    })
}
