//! What was sent from this machine, and where its files go. `cover resume` and `cover list` read it.
//!
//! It allows nothing that costs money: the ledger does. Where it knows a task that the ledger does not, the purchase is refused. A run is written before its request is sent, so that the files of a task have a
//! place whatever happens afterwards.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use crate::exit::{Exit, Failure};

const SCHEMA: &str = "CREATE TABLE IF NOT EXISTS runs (
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    digest TEXT NOT NULL,
    source TEXT NOT NULL,
    folder TEXT NOT NULL,
    template TEXT NOT NULL,
    task TEXT,
    is_complete INTEGER NOT NULL DEFAULT 0,
    started INTEGER NOT NULL,
    PRIMARY KEY (account, operation, key)
) STRICT;
CREATE TABLE IF NOT EXISTS files (
    account TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    number INTEGER NOT NULL,
    path TEXT NOT NULL,
    PRIMARY KEY (account, operation, key, number)
) STRICT;
CREATE INDEX IF NOT EXISTS files_by_path ON files (path COLLATE NOCASE);";

/// Whether another file has a path. Some file systems do not distinguish capital letters.
const IS_TAKEN: &str = "SELECT EXISTS (
    SELECT 1 FROM files LEFT JOIN runs USING (account, operation, key)
    WHERE files.path = ?5 COLLATE NOCASE
    AND (files.account, files.operation, files.key, files.number) IS NOT (?1, ?2, ?3, ?4)
    AND ((files.account, files.operation, files.key) IS (?1, ?2, ?3) OR runs.is_complete = 0)
)";

/// How long a command waits for another one that writes.
const PATIENCE: Duration = Duration::from_secs(10);

const COLUMNS: &str = "operation, key, digest, source, folder, template, task, is_complete, started";

/// A purchase that was made, or tried, from this machine.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    /// The id of the operation.
    pub(crate) operation: String,
    pub(crate) key: String,
    /// A hash of the request and the song, to recognise another request with the same key.
    pub(crate) digest: String,
    /// The song, as it was given.
    pub(crate) source: String,
    /// The folder of the files.
    pub(crate) folder: PathBuf,
    /// The names of the files.
    pub(crate) template: String,
    pub(crate) task: Option<String>,
    /// Whether all files are on disk.
    pub(crate) is_complete: bool,
    /// Seconds since 1970.
    pub(crate) started: i64,
}

/// The runs of an account.
#[derive(Debug)]
pub(crate) struct Runs {
    connection: Mutex<Connection>,
    account: String,
}

impl Runs {
    /// Opens the table in a file. `account` is whose keys they are.
    pub(crate) fn open(path: &Path, account: String) -> Result<Self, Failure> {
        let failed = |error| Failure::new(Exit::Refused, format!("{}: {error}", path.display()));
        let connection = Connection::open(path).map_err(failed)?;
        Self::prepare(connection, account).map_err(failed)
    }

    /// Returns a table that ends with the process.
    pub(crate) fn in_memory() -> Result<Self, Failure> {
        let opened = Connection::open_in_memory().and_then(|connection| Self::prepare(connection, String::new()));
        opened.map_err(|error| Failure::new(Exit::Refused, error.to_string()))
    }

    fn prepare(connection: Connection, account: String) -> rusqlite::Result<Self> {
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection: Mutex::new(connection), account })
    }

    fn with<T>(&self, use_it: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Failure> {
        let connection = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        use_it(&connection).map_err(|error| Failure::new(Exit::Refused, format!("the list of runs: {error}")))
    }

    pub(crate) fn find(&self, operation: &str, key: &str) -> Result<Option<Run>, Failure> {
        let text = format!("SELECT {COLUMNS} FROM runs WHERE account = ?1 AND operation = ?2 AND key = ?3");
        self.with(|connection| connection.query_row(&text, params![self.account, operation, key], read).optional())
    }

    /// Returns all runs, the newest first.
    pub(crate) fn all(&self) -> Result<Vec<Run>, Failure> {
        let text = format!("SELECT {COLUMNS} FROM runs WHERE account = ?1 ORDER BY started DESC, key");
        self.with(|connection| connection.prepare(&text)?.query_map([&self.account], read)?.collect())
    }

    /// Writes a run. One with the same key is replaced, but keeps its task. The request of a task is replaced only with the task.
    pub(crate) fn put(&self, run: &Run) -> Result<(), Failure> {
        let text = "INSERT INTO runs (account, operation, key, digest, source, folder, template, task, started) \
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, unixepoch()) ON CONFLICT (account, operation, key) DO UPDATE SET \
            digest = iif(excluded.task IS NULL AND runs.task IS NOT NULL, runs.digest, excluded.digest), source = excluded.source, folder = excluded.folder, template = excluded.template, \
            task = COALESCE(excluded.task, runs.task), is_complete = 0";
        let folder = run.folder.to_string_lossy();
        self.with(|connection| {
            let values =
                params![self.account, run.operation, run.key, run.digest, run.source, folder, run.template, run.task];
            connection.execute(text, values).map(drop)
        })
    }

    pub(crate) fn set_task(&self, operation: &str, key: &str, task: &str) -> Result<(), Failure> {
        let text = "UPDATE runs SET task = ?4 WHERE account = ?1 AND operation = ?2 AND key = ?3";
        self.with(|connection| connection.execute(text, params![self.account, operation, key, task]).map(drop))
    }

    pub(crate) fn set_complete(&self, operation: &str, key: &str) -> Result<(), Failure> {
        let text = "UPDATE runs SET is_complete = 1 WHERE account = ?1 AND operation = ?2 AND key = ?3";
        self.with(|connection| connection.execute(text, params![self.account, operation, key]).map(drop))
    }

    /// Returns the path that was chosen for a file of a run.
    pub(crate) fn file(&self, operation: &str, key: &str, number: usize) -> Result<Option<PathBuf>, Failure> {
        let text = "SELECT path FROM files WHERE account = ?1 AND operation = ?2 AND key = ?3 AND number = ?4";
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        let path = |row: &Row<'_>| row.get::<_, String>(0).map(PathBuf::from);
        self.with(|connection| {
            connection.query_row(text, params![self.account, operation, key, number], path).optional()
        })
    }

    /// Returns the paths that were chosen for the files of a run, in their order.
    pub(crate) fn files(&self, operation: &str, key: &str) -> Result<Vec<PathBuf>, Failure> {
        let text = "SELECT path FROM files WHERE account = ?1 AND operation = ?2 AND key = ?3 ORDER BY number";
        let path = |row: &Row<'_>| row.get::<_, String>(0).map(PathBuf::from);
        let run = params![self.account, operation, key];
        self.with(|connection| connection.prepare(text)?.query_map(run, path)?.collect())
    }

    /// Returns the key of the run with this task.
    pub(crate) fn key_of(&self, task: &str) -> Result<Option<String>, Failure> {
        let text = "SELECT key FROM runs WHERE account = ?1 AND task = ?2 LIMIT 1";
        let values = params![self.account, task];
        self.with(|connection| connection.query_row(text, values, |row| row.get(0)).optional())
    }

    /// Writes the path that a file of a run gets. Returns false if another file has it: one of the same run, or of a run that is not
    /// complete. A complete run whose file has gone loses the path.
    pub(crate) fn reserve_file(&self, operation: &str, key: &str, number: usize, path: &Path) -> Result<bool, Failure> {
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        let path = path.to_string_lossy();
        self.with(|connection| {
            let values = params![self.account, operation, key, number, path];
            let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
            if transaction.query_row(IS_TAKEN, values, |row| row.get(0))? {
                return Ok(false);
            }
            transaction.execute("DELETE FROM files WHERE path = ?1 COLLATE NOCASE", [&path])?;
            let text =
                "INSERT OR REPLACE INTO files (account, operation, key, number, path) VALUES (?1, ?2, ?3, ?4, ?5)";
            transaction.execute(text, values)?;
            transaction.commit()?;
            Ok(true)
        })
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Run> {
    Ok(Run {
        operation: row.get(0)?,
        key: row.get(1)?,
        digest: row.get(2)?,
        source: row.get(3)?,
        folder: PathBuf::from(row.get::<_, String>(4)?),
        template: row.get(5)?,
        task: row.get(6)?,
        is_complete: row.get(7)?,
        started: row.get(8)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(key: &str) -> Run {
        Run {
            operation: "cover".to_owned(),
            key: key.to_owned(),
            digest: String::new(),
            source: String::new(),
            folder: PathBuf::new(),
            template: String::new(),
            task: None,
            is_complete: false,
            started: 0,
        }
    }

    #[test]
    fn a_path_belongs_to_one_file_until_its_run_is_complete() {
        let runs = Runs::in_memory().unwrap();
        for key in ["one", "two"] {
            runs.put(&run(key)).unwrap();
        }
        let reserve = |key: &str, number, path| runs.reserve_file("cover", key, number, Path::new(path)).unwrap();
        assert!(reserve("one", 1, "/a/x.mp3") && reserve("one", 1, "/a/x.mp3"));
        assert!(!reserve("one", 2, "/a/x.mp3") && !reserve("two", 1, "/a/X.mp3"));
        runs.set_complete("cover", "one").unwrap();
        assert!(!reserve("one", 2, "/a/x.mp3") && reserve("two", 1, "/a/x.mp3"));
        assert_eq!(runs.file("cover", "one", 1).unwrap(), None);
        assert_eq!(runs.file("cover", "two", 1).unwrap().as_deref(), Some(Path::new("/a/x.mp3")));
    }
}
