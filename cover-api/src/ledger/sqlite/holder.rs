//! Finds out which processes are alive.
//!
//! Each process that uses the ledger is a holder. It keeps a lock on its own file beside the ledger, which the system releases
//! when the process ends. A holder is dead if its file is missing or can be locked.
//!
//! Holders are added and checked only within write transactions, which run one at a time. So a check is never mistaken for the
//! lock of a holder.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::{Connection, params};

use super::super::sql::{statements, to_millis};
use super::super::{AttemptId, LedgerError};
use super::{failure, file, system};

/// This process, or one of several ledgers within it.
#[derive(Debug)]
pub(super) struct Holder {
    name: String,
    /// The path of the ledger.
    ledger: PathBuf,
    /// Locked until it is dropped.
    file: File,
}

impl Holder {
    /// Adds a holder and removes the dead ones, within a transaction.
    pub(super) fn enter(db: &Connection, ledger: PathBuf) -> Result<Self, LedgerError> {
        // The id serves as a unique name.
        let name = AttemptId::new().to_string();
        let path = path_of(&ledger, &name);
        let fails = |error| failure::io(&path, "it cannot be created and locked", error);
        let file = system::create(&path).map_err(fails)?;
        let holder = Self { name, ledger, file };
        let entered = holder.lock().map_err(fails).and_then(|()| holder.record(db));
        if entered.is_err() {
            holder.abandon();
        }
        entered.map(|()| holder)
    }

    fn lock(&self) -> io::Result<()> {
        self.file.try_lock().map_err(io::Error::from)
    }

    fn record(&self, db: &Connection) -> Result<(), LedgerError> {
        for name in all(db).map_err(|error| failure::sql(&self.ledger, error))? {
            // A holder with posting entries stays until they are found to be unknown.
            if !self.is_alive(&name)? {
                self.remove(db, &name).map_err(|error| failure::sql(&self.ledger, error))?;
            }
        }
        let values = params![self.name, to_millis(SystemTime::now())];
        db.execute(statements::ADD_HOLDER, values).map(drop).map_err(|error| failure::sql(&self.ledger, error))
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Returns whether another holder is alive, within a transaction.
    pub(super) fn is_alive(&self, other: &str) -> Result<bool, LedgerError> {
        let path = path_of(&self.ledger, other);
        let file = match OpenOptions::new().read(true).write(true).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(failure::io(&path, CANNOT_TELL, error)),
        };
        match file.try_lock() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(failure::io(&path, CANNOT_TELL, error)),
        }
    }

    /// Removes the file of a holder whose transaction is not committed.
    pub(super) fn abandon(&self) {
        fs::remove_file(path_of(&self.ledger, &self.name)).ok();
    }

    /// Removes this holder within a transaction, unless one of its attempts is still posting.
    pub(super) fn leave(&self, db: &Connection) -> rusqlite::Result<()> {
        self.remove(db, &self.name)
    }

    fn remove(&self, db: &Connection, name: &str) -> rusqlite::Result<()> {
        if db.prepare(statements::IS_POSTING)?.exists([name])? {
            return Ok(());
        }
        // The file is removed first. Without it the holder is dead, even if the transaction is lost.
        match fs::remove_file(path_of(&self.ledger, name)) {
            Err(error) if error.kind() != ErrorKind::NotFound => Ok(()),
            _ => {
                db.execute(statements::DELETE_MESSAGES, [name])?;
                db.execute(statements::REMOVE_HOLDER, [name]).map(drop)
            }
        }
    }
}

fn all(db: &Connection) -> rusqlite::Result<Vec<String>> {
    db.prepare(statements::HOLDERS)?.query_map([], |row| row.get(0))?.collect()
}

const CANNOT_TELL: &str = "it does not tell whether its process lives";

fn path_of(ledger: &Path, name: &str) -> PathBuf {
    file::beside(ledger, &format!("-holder-{name}"))
}
