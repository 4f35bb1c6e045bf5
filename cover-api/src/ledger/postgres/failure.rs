//! Errors of PostgreSQL, and what may be done after them.

use std::error::Error as _;

use tokio_postgres::Error;
use tokio_postgres::error::{DbError, Severity, SqlState};

use crate::ledger::LedgerError;

/// What a failed statement means for its transaction.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) error: LedgerError,
    pub(super) remedy: Remedy,
}

/// What helps after a failure, if nothing was committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Running the work again: another transaction was in the way.
    Repeat,
    /// Running it again on another connection.
    Reconnect,
    /// Nothing: the transaction may have been committed. Its connection is not used any more.
    Doubt,
    Nothing,
}

impl Remedy {
    /// Returns whether the connection cannot be used any more.
    pub(super) fn is_about_the_connection(self) -> bool {
        matches!(self, Self::Reconnect | Self::Doubt)
    }
}

impl Failure {
    pub(super) fn new(error: Error) -> Self {
        let remedy = remedy(&error);
        Self { error: convert(error), remedy }
    }

    pub(super) fn lost(why: impl Into<String>) -> Self {
        Self { error: LedgerError::unavailable(why), remedy: Remedy::Reconnect }
    }

    /// An error that the store itself has found.
    pub(super) fn of(error: LedgerError) -> Self {
        Self { error, remedy: Remedy::Nothing }
    }

    /// Returns whether the server has refused a statement, or has ended the connection with a reason.
    pub(super) fn is_of_the_server(&self) -> bool {
        let cause = self.error.source().and_then(<dyn std::error::Error>::downcast_ref::<Error>);
        cause.is_some_and(|error| error.code().is_some())
    }
}

fn remedy(error: &Error) -> Remedy {
    let Some(code) = error.code() else {
        // Errors of the server have a code. Others are of the connection, or of a value that cannot be read.
        let is_io = error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>);
        return if error.is_closed() || is_io { Remedy::Reconnect } else { Remedy::Nothing };
    };
    let again = [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
        // Another transaction has inserted or purged a row that was not there, or was there, to be locked.
        SqlState::UNIQUE_VIOLATION,
        SqlState::FOREIGN_KEY_VIOLATION,
    ];
    let elsewhere = [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        // The server has become a standby.
        SqlState::READ_ONLY_SQL_TRANSACTION,
        // A prepared statement that a migration has changed.
        SqlState::FEATURE_NOT_SUPPORTED,
    ];
    if again.contains(code) {
        Remedy::Repeat
    } else if elsewhere.contains(code) || code.code().starts_with("08") || ends_the_connection(error) {
        Remedy::Reconnect
    } else {
        Remedy::Nothing
    }
}

/// Whether the server has closed the connection, whatever the reason.
fn ends_the_connection(error: &Error) -> bool {
    let severity = error.as_db_error().and_then(DbError::parsed_severity);
    matches!(severity, Some(Severity::Fatal | Severity::Panic))
}

/// Converts an error. Its text has neither the address nor a value.
fn convert(error: Error) -> LedgerError {
    let code = error.code().cloned();
    let failure = match &code {
        Some(code) if *code == SqlState::UNIQUE_VIOLATION => LedgerError::refused("an equal row exists"),
        Some(code) if *code == SqlState::CHECK_VIOLATION => {
            LedgerError::unavailable("a write would damage one of its rows")
        }
        Some(code) if *code == SqlState::INSUFFICIENT_PRIVILEGE => {
            LedgerError::unavailable("its role lacks a privilege that it needs")
        }
        Some(code) if *code == SqlState::UNDEFINED_TABLE || *code == SqlState::UNDEFINED_COLUMN => {
            LedgerError::not_a_ledger("its tables are not those of a ledger")
        }
        Some(code) if *code == SqlState::DISK_FULL => LedgerError::full("the server's disk has no room for more"),
        Some(code) if is_of_a_pooler(code) => LedgerError::unavailable(
            "it is reached through a pooler that does not keep prepared statements; build it with `.through_pooler()`",
        ),
        Some(_) => LedgerError::unavailable(
            error.as_db_error().map_or_else(|| error.to_string(), |error| error.message().to_owned()),
        ),
        None => LedgerError::unavailable(format!("the connection failed: {}", reason(&error))),
    };
    failure.caused_by(error)
}

fn is_of_a_pooler(code: &SqlState) -> bool {
    *code == SqlState::INVALID_SQL_STATEMENT_NAME || *code == SqlState::DUPLICATE_PSTATEMENT
}

/// Returns the innermost cause.
fn reason(error: &Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
