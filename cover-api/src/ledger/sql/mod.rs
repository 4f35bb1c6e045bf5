//! What the ledgers in SQL databases share: the tables, the statements, and the rows that the rules work on.

mod known;
mod record;
mod rows;
pub(super) mod schema;
pub(super) mod statements;
mod value;

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::SystemTime;

use super::{Attempt, LedgerError, Work};

use known::SqlRows;
pub(super) use record::{from_millis, to_millis};
pub(super) use value::Value;
#[cfg(feature = "postgres")]
pub(super) use value::get;

/// Runs work within a transaction. A panic is an error.
pub(super) fn run(work: &mut Work, database: &mut impl Database) -> Result<(), LedgerError> {
    let result = catch_unwind(AssertUnwindSafe(|| {
        let mut rows = SqlRows::new(&mut *database);
        work(&mut rows)?;
        rows.flush()
    }));
    result.unwrap_or_else(|panic| {
        let error = LedgerError::unavailable(format!("a transaction panicked: {}", message(&*panic)));
        Err(database.locate(error))
    })
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

/// A row of a result.
pub(super) trait Row {
    /// Returns the value in a column.
    fn value(&self, column: usize) -> Result<Value, LedgerError>;

    /// Returns the name of a column.
    fn name(&self, column: usize) -> String;
}

/// What other transactions must wait for before a statement reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// Nothing. A row may change before this transaction ends.
    Nothing,
    /// The rows that it reads.
    Rows,
    /// The rows that this statement reads, which runs instead.
    Instead(&'static str),
}

/// A database within one transaction.
pub(super) trait Database {
    /// Whether one statement can change several tables, which saves time.
    const CHANGES_SEVERAL: bool;

    /// Returns the time at which the transaction began, in whole milliseconds.
    fn now(&mut self) -> SystemTime;

    /// Returns the name of this process.
    fn holder(&self) -> &str;

    /// Returns the number of the connection within its process.
    fn lane(&self) -> i32;

    /// See [`Rows::is_alive`](super::Rows::is_alive).
    fn is_alive(&mut self, attempt: &Attempt) -> Result<bool, LedgerError>;

    /// See [`Rows::is_surely_dead`](super::Rows::is_surely_dead).
    fn is_surely_dead(&mut self, attempt: &Attempt) -> Result<bool, LedgerError>;

    /// See [`Rows::is_present`](super::Rows::is_present). The name is that of another process.
    fn is_present(&mut self, process: &str) -> Result<bool, LedgerError>;

    /// See [`Rows::has_ended`](super::Rows::has_ended).
    fn has_ended(&mut self, process: &str) -> Result<bool, LedgerError>;

    /// Tells a process after the commit that there are messages for it, if the database can.
    fn notify(&mut self, holder: &str);

    /// Adds to an error which database it is about.
    fn locate(&self, error: LedgerError) -> LedgerError;

    /// Makes transactions that call this with the same values wait for each other.
    fn exclude(&mut self, values: &[&[u8]]) -> Result<(), LedgerError>;

    /// Says that this [`query`](Self::query) follows. A database may read the rows now, unless it changes something before that query.
    fn announce(&mut self, statement: &'static str, lock: Lock, values: Vec<Value>) -> Result<(), LedgerError> {
        let _ = (statement, lock, values);
        Ok(())
    }

    /// Reads all rows of a result.
    fn query(
        &mut self,
        statement: &'static str,
        lock: Lock,
        values: Vec<Value>,
        read: &mut dyn FnMut(&dyn Row),
    ) -> Result<(), LedgerError>;

    /// Changes rows. An error may come as late as that of a later statement, or of the end of the transaction.
    fn write(&mut self, statement: &'static str, values: Vec<Value>) -> Result<(), LedgerError>;

    /// Changes a row like [`write`](Self::write), and fails if there is no such row.
    fn update(&mut self, statement: &'static str, values: Vec<Value>) -> Result<(), LedgerError>;
}
