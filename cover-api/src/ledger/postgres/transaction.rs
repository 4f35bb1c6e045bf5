//! One transaction.
//!
//! Transactions are READ COMMITTED: each statement sees what was committed before it. An entry that is read is locked until the end
//! of the transaction, and so are its attempts, which are only read or changed by a transaction that has locked their entry. Where
//! rows matter that may not exist yet, such as an equal purchase, a named lock excludes other transactions.

use std::collections::BTreeSet;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::connection::{Connection, Query};
use super::failure::{Failure, Remedy};
use super::holder;
use super::process::Process;
use crate::ledger::sql::schema::VERSION;
use crate::ledger::sql::{self, Database, Lock, Row, Value, from_millis, statements};
use crate::ledger::{Attempt, LedgerError, Work};

/// How often an attempt is looked for while other transactions move its task to another entry.
const MAX_CHASES: u32 = 10;

/// A transaction on the connection of a lane.
pub(super) struct Transaction<'a, 'r> {
    connection: &'a mut Connection<'r>,
    process: &'a Process,
    lane: i32,
    now: SystemTime,
    has_written: bool,
    /// The processes that are told of messages after the commit.
    notified: BTreeSet<String>,
    /// What helps after the first statement that failed. PostgreSQL runs no statement after it.
    remedy: Option<Remedy>,
}

impl<'a, 'r> Transaction<'a, 'r> {
    pub(super) fn begin(connection: &'a mut Connection<'r>, process: &'a Process, lane: i32) -> Result<Self, Failure> {
        connection.begin();
        let of = vec![process.holder.as_str().into()];
        let rows = connection.query(Query { text: statements::BEGUN, locks: false }, of)?;
        let row = rows.first().ok_or_else(|| Failure::of(LedgerError::not_a_ledger("it has no version")))?;
        let [version, least, now] = [0, 1, 2].map(|column| sql::get::<i64>(row, column));
        let (version, least) = (version.map_err(Failure::of)?, least.map_err(Failure::of)?);
        if least > VERSION {
            return Err(Failure::of(LedgerError::newer(version, least)));
        }
        let (now, is_listed) = (from_millis(now.map_err(Failure::of)?), sql::get::<bool>(row, 3).map_err(Failure::of)?);
        let mut transaction =
            Self { connection, process, lane, now, has_written: false, notified: BTreeSet::new(), remedy: None };
        if !is_listed {
            // Whatever this process waited for may have been adopted since its row was removed.
            process.local.presence().interrupt();
            holder::enter(&mut transaction, process.silence).map_err(|error| transaction.failure(error))?;
        }
        Ok(transaction)
    }

    /// Runs work and commits it. If it fails, nothing is kept, except that a commit without an answer may have succeeded.
    pub(super) fn run(mut self, work: &mut Work) -> Result<(), Failure> {
        match sql::run(work, &mut self) {
            Ok(()) => self.commit(),
            Err(error) => Err(self.abort(error)),
        }
    }

    /// Commits.
    pub(super) fn commit(self) -> Result<(), Failure> {
        if self.remedy.is_some() {
            return Err(self.abort(LedgerError::unavailable("a statement failed")));
        }
        self.connection.commit().map_err(|failure| match failure.remedy {
            // It may have succeeded, and the work must not run twice.
            Remedy::Reconnect if self.has_written => Failure { remedy: Remedy::Doubt, ..failure },
            _ => failure,
        })?;
        for holder in &self.notified {
            // Not within the transaction: commits that notify wait for each other. A process finds messages without it as well.
            let notify = Query { text: statements::NOTIFY, locks: false };
            self.connection.query(notify, vec![holder.as_str().into()]).ok();
        }
        Ok(())
    }

    fn abort(self, error: LedgerError) -> Failure {
        let failure = self.failure(error);
        if failure.remedy.is_about_the_connection() || self.connection.roll_back().is_ok() {
            return failure;
        }
        // Nothing was committed, and the connection is of no use.
        let remedy = if failure.remedy == Remedy::Repeat { Remedy::Reconnect } else { Remedy::Doubt };
        Failure { remedy, ..failure }
    }

    fn failure(&self, error: LedgerError) -> Failure {
        Failure { error, remedy: self.remedy.unwrap_or(Remedy::Nothing) }
    }

    /// Keeps the first failure.
    fn fail(&mut self, failure: Failure) -> LedgerError {
        self.remedy.get_or_insert(failure.remedy);
        self.locate(failure.error)
    }

    /// Reads a row together with the lock of its entry, until both are of the same entry.
    fn chase(
        &mut self,
        lock: &'static str,
        text: &'static str,
        values: &[Value],
    ) -> Result<Vec<tokio_postgres::Row>, Failure> {
        let (lock, query) = (Query { text: lock, locks: true }, Query { text, locks: false });
        for _ in 0..MAX_CHASES {
            let [locked, found] = self.connection.query_both(lock, query, values.to_vec())?;
            let entry_of = |row: &tokio_postgres::Row, column| sql::get::<i64>(row, column).ok();
            let is_locked = |row| locked.iter().any(|locked| entry_of(locked, 0) == entry_of(row, 1));
            if found.iter().all(is_locked) {
                return Ok(found);
            }
        }
        Err(Failure { error: LedgerError::unavailable("a row changes all the time"), remedy: Remedy::Repeat })
    }
}

impl Database for Transaction<'_, '_> {
    fn now(&self) -> SystemTime {
        self.now
    }

    fn holder(&self) -> &str {
        &self.process.holder
    }

    fn lane(&self) -> i32 {
        self.lane
    }

    fn is_alive(&mut self, attempt: &Attempt) -> Result<bool, LedgerError> {
        if attempt.holder == self.process.holder {
            return Ok(self.process.local.is_live(attempt.id));
        }
        holder::may_send(self, attempt, 1)
    }

    fn is_surely_dead(&mut self, attempt: &Attempt) -> Result<bool, LedgerError> {
        if attempt.holder == self.process.holder {
            return Ok(!self.process.local.is_live(attempt.id));
        }
        holder::may_send(self, attempt, 2).map(|may_send| !may_send)
    }

    fn is_present(&mut self, process: &str) -> Result<bool, LedgerError> {
        holder::is_present(self, process)
    }

    fn notify(&mut self, holder: &str) {
        self.notified.insert(holder.to_owned());
    }

    fn locate(&self, error: LedgerError) -> LedgerError {
        error.at(&self.process.place)
    }

    fn exclude(&mut self, values: &[&[u8]]) -> Result<(), LedgerError> {
        let lock = Query { text: statements::EXCLUDE, locks: false };
        self.connection.write(lock, vec![number_of(values).into()], false).map_err(|failure| self.fail(failure))
    }

    fn query(
        &mut self,
        statement: &'static str,
        lock: Lock,
        values: Vec<Value>,
        read: &mut dyn FnMut(&dyn Row),
    ) -> Result<(), LedgerError> {
        self.has_written |= !statement.starts_with("SELECT");
        let rows = match lock {
            Lock::Nothing => self.connection.query(Query { text: statement, locks: false }, values),
            Lock::Rows => self.connection.query(Query { text: statement, locks: true }, values),
            Lock::Free(free) => self.connection.query(Query { text: free, locks: false }, values),
            Lock::EntryOf(lock) => self.chase(lock, statement, &values),
        };
        rows.map_err(|failure| self.fail(failure))?.iter().for_each(|row| read(row));
        Ok(())
    }

    fn write(&mut self, statement: &'static str, values: Vec<Value>) -> Result<(), LedgerError> {
        self.has_written = true;
        let write = Query { text: statement, locks: false };
        self.connection.write(write, values, false).map_err(|failure| self.fail(failure))
    }

    fn update(&mut self, statement: &'static str, values: Vec<Value>) -> Result<(), LedgerError> {
        self.has_written = true;
        let write = Query { text: statement, locks: false };
        self.connection.write(write, values, true).map_err(|failure| self.fail(failure))
    }
}

/// Returns the number of a named lock. Locks of two names with the same number exclude each other, which only costs time.
fn number_of(values: &[&[u8]]) -> i64 {
    let mut hash = Sha256::new();
    for value in values {
        hash.update((value.len() as u64).to_be_bytes());
        hash.update(value);
    }
    let digest: [u8; 32] = hash.finalize().into();
    let (first, _) = digest.split_first_chunk().expect("a digest has 32 bytes");
    i64::from_be_bytes(*first)
}
