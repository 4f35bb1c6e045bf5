//! The connection, and transactions of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use super::super::{LedgerError, Local};
use super::holder::Holder;
use super::{Settings, failure, file, schema, statements};

/// How long to wait for other processes to say goodbye. One that was not removed is removed by the next that opens the file.
const GOODBYE: Duration = Duration::from_secs(1);

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
        be_patient(&mut db, settings.patience).map_err(fails)?;
        // Nothing is changed before it is known to be a ledger.
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

    /// Ends the use of the file by this process. Whatever fails is made good by the next one that opens it.
    pub(super) fn close(mut self) {
        let mut leave = || {
            be_patient(&mut self.db, GOODBYE)?;
            execute(&self.db, BEGIN)?;
            self.holder.leave(&self.db)?;
            execute(&self.db, COMMIT)
        };
        leave().ok();
        // Before the lock of the holder.
        self.db.close().ok();
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn failure(&self, error: rusqlite::Error) -> LedgerError {
        failure::sql(&self.path, error)
    }

    /// Begins a transaction that may write, unless a later version has changed the tables meanwhile.
    pub(super) fn begin(&self) -> Result<(), LedgerError> {
        execute(&self.db, BEGIN).map_err(|error| self.failure(error))?;
        schema::version(&self.db, &self.path).map(drop).inspect_err(|_| self.abort())
    }

    /// Ends the transaction: everything is durable, or nothing was kept.
    pub(super) fn end(&self, has_changes: bool) -> Result<(), LedgerError> {
        if !self.is_in_transaction() {
            return Err(LedgerError::unavailable(LOST).at(&self.path));
        }
        if has_changes {
            return self.commit();
        }
        // A commit would write to the disk even what was rolled back to a savepoint.
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

    /// Returns false after SQLite has rolled back by itself, as it does on a full disk.
    pub(super) fn is_in_transaction(&self) -> bool {
        !self.db.is_autocommit()
    }

    /// Returns a number that grows with each row that is written.
    pub(super) fn changes(&self) -> u64 {
        self.db.total_changes()
    }

    /// Begins what may be rolled back alone.
    pub(super) fn save(&self) -> Result<(), LedgerError> {
        execute(&self.db, "SAVEPOINT job").map_err(|error| self.failure(error))
    }

    /// Keeps what was done since [`save`](Self::save).
    pub(super) fn keep(&self) -> Result<(), LedgerError> {
        execute(&self.db, "RELEASE job").map_err(|error| self.failure(error)).inspect_err(|_| self.abort())
    }

    /// Rolls back what was done since [`save`](Self::save); where that fails, the whole transaction.
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
const LOST: &str = "the transaction was rolled back, for the sake of another in the same batch";

/// Makes a connection wait for others that write.
///
/// SQLite's own waits grow to 100 ms, which would rarely meet one of the short pauses of a busy process.
fn be_patient(db: &mut Connection, patience: Duration) -> rusqlite::Result<()> {
    let mut since = Instant::now();
    db.busy_handler(Some(move |count| {
        if count == 0 {
            since = Instant::now();
        }
        thread::sleep(ASK_AGAIN);
        since.elapsed() < patience
    }))
}

/// How long to wait before asking again whether others still write.
const ASK_AGAIN: Duration = Duration::from_millis(1);

fn execute(db: &Connection, statement: &str) -> rusqlite::Result<()> {
    db.prepare_cached(statement)?.execute([]).map(drop)
}

fn prepare(db: &Connection, settings: Settings) -> rusqlite::Result<()> {
    db.set_prepared_statement_cache_capacity(2 * statements::ALL.len());
    db.pragma_update(None, "synchronous", "full")?;
    // A copy that SQLite made of a ledger may have another mode.
    db.pragma_update(None, "journal_mode", "wal")?;
    // What a purge has written does not stay beside the file for ever.
    db.pragma_update(None, "journal_size_limit", JOURNAL)?;
    settings.max_pages.map_or(Ok(()), |pages| db.pragma_update(None, "max_page_count", pages))
}

/// Bytes of the `-wal` file that are kept for later transactions.
const JOURNAL: u32 = 16 << 20;

/// Notices a file that was cut off. Without a `-wal`, SQLite does so by itself.
///
/// Within a transaction, so that pages which are not in the file are in the `-wal`.
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

/// Notices tables that are not those of a ledger.
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
