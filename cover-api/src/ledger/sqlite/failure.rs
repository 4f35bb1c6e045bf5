//! Errors of SQLite and of the file system.

use std::io;
use std::path::Path;

use rusqlite::ErrorCode;

use super::super::LedgerError;

/// Converts an error of SQLite.
pub(super) fn sql(path: &Path, error: rusqlite::Error) -> LedgerError {
    let failure = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            LedgerError::unavailable("it is locked: another process has been writing for too long")
        }
        Some(ErrorCode::ReadOnly) => LedgerError::unavailable("it is read-only"),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            LedgerError::unavailable("it, or a file beside it, cannot be opened or created")
        }
        Some(ErrorCode::DiskFull) => LedgerError::full("neither it nor the disk has room for more"),
        Some(ErrorCode::NotADatabase) => LedgerError::not_a_ledger("it is not a database"),
        Some(ErrorCode::DatabaseCorrupt) => LedgerError::not_a_ledger("the database is malformed or was cut off"),
        Some(ErrorCode::ConstraintViolation) if is_check(&error) => {
            LedgerError::unavailable("a write would damage one of its rows")
        }
        Some(ErrorCode::ConstraintViolation) => LedgerError::refused("an equal row exists"),
        _ => LedgerError::unavailable(error.to_string()),
    };
    failure.at(path).caused_by(error)
}

fn is_check(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_CONSTRAINT_CHECK)
}

/// Converts an error of the file system.
pub(super) fn io(path: &Path, what: &str, error: io::Error) -> LedgerError {
    let failure = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => LedgerError::full("the disk has no room for more"),
        _ => LedgerError::unavailable(format!("{what}: {error}")),
    };
    failure.at(path).caused_by(error)
}
