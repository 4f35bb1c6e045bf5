//! The tables, and the migration of tables of earlier versions.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior};

use super::super::LedgerError;
use super::super::sql::schema::{LEAST, STEPS, VERSION};
use super::super::sql::statements;
use super::failure;

/// Creates the tables in an empty database that only this process uses.
pub(super) fn create(path: &Path) -> rusqlite::Result<()> {
    let mut db = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    db.execute_batch("PRAGMA synchronous = FULL")?;
    let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch("CREATE TABLE ledger_meta (version BIGINT NOT NULL, least_version BIGINT NOT NULL)")?;
    transaction.execute("INSERT INTO ledger_meta (version, least_version) VALUES ($1, $1)", [0])?;
    step(&transaction, 0)?;
    transaction.commit()?;
    db.pragma_update(None, "journal_mode", "wal")?;
    db.close().map_err(|(_, error)| error)
}

/// Checks that a database is a ledger that this version may change.
pub(super) fn check(db: &Connection, path: &Path) -> Result<(), LedgerError> {
    const TABLE: &str = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'ledger_meta'";
    let is_ledger = db.query_row(TABLE, [], |_| Ok(())).optional().map_err(|error| failure::sql(path, error))?;
    if is_ledger.is_none() {
        return Err(LedgerError::not_a_ledger("it is a database without the tables of a ledger").at(path));
    }
    version(db, path).map(drop)
}

/// Returns the version of the tables. Fails if this version must not write to them.
pub(super) fn version(db: &Connection, path: &Path) -> Result<i64, LedgerError> {
    let versions = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let found = db.prepare_cached(statements::VERSIONS).and_then(|mut select| select.query_one([], versions));
    let (version, least): (i64, i64) = found.map_err(|error| match error.sqlite_error_code() {
        None | Some(rusqlite::ErrorCode::Unknown) => {
            LedgerError::not_a_ledger("its version cannot be read").at(path).caused_by(error)
        }
        Some(_) => failure::sql(path, error),
    })?;
    if least > VERSION {
        return Err(LedgerError::newer(version, least).at(path));
    }
    Ok(version)
}

/// Migrates the tables to the current version, within a transaction.
pub(super) fn migrate(db: &Connection, path: &Path) -> Result<(), LedgerError> {
    let version = version(db, path)?;
    if version >= VERSION {
        return Ok(());
    }
    step(db, version).map_err(|error| failure::sql(path, error))
}

fn step(db: &Connection, version: i64) -> rusqlite::Result<()> {
    let done = usize::try_from(version).unwrap_or_default();
    STEPS.iter().skip(done).try_for_each(|step| db.execute_batch(step))?;
    db.execute("UPDATE ledger_meta SET version = $1, least_version = $2", [VERSION, LEAST]).map(drop)
}
