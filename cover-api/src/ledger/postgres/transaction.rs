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

/// What a transaction needs to know at its beginning. The second one also takes a named lock.
const BEGUN: Query = Query { text: statements::BEGUN, locks: false };
const BEGUN_EXCLUDING: Query = Query { text: statements::BEGUN_EXCLUDING, locks: false };

/// A transaction on the connection of a lane.
pub(super) struct Transaction<'a, 'r> {
    connection: &'a mut Connection<'r>,
    process: &'a Process,
    lane: i32,
    /// What was asked at its beginning.
    begun: Option<(Query, Vec<Value>)>,
    /// The time at which it began. Read together with the first result.
    now: Option<SystemTime>,
    has_written: bool,
    /// The processes that are told of messages after the commit.
    notified: BTreeSet<String>,
    /// The first failure. PostgreSQL runs no statement after it.
    failed: Option<(LedgerError, Remedy)>,
}

impl<'a, 'r> Transaction<'a, 'r> {
    pub(super) fn begin(connection: &'a mut Connection<'r>, process: &'a Process, lane: i32) -> Self {
        connection.begin();
        Self::new(connection, process, lane)
    }

    /// Begins a transaction that fails when it waits for others.
    pub(super) fn begin_short(connection: &'a mut Connection<'r>, process: &'a Process, lane: i32) -> Self {
        connection.begin_short();
        Self::new(connection, process, lane)
    }

    fn new(connection: &'a mut Connection<'r>, process: &'a Process, lane: i32) -> Self {
        let (begun, now, notified) = (None, None, BTreeSet::new());
        Self { connection, process, lane, begun, now, has_written: false, notified, failed: None }
    }

    /// Asks what the transaction needs to know, unless that was asked before. The answer is read together with that of the next statement.
    fn ask(&mut self) -> Result<(), LedgerError> {
        match self.begun {
            Some(_) => Ok(()),
            None => self.ask_by(BEGUN, vec![self.process.holder.as_str().into()]),
        }
    }

    fn ask_by(&mut self, query: Query, values: Vec<Value>) -> Result<(), LedgerError> {
        self.begun = Some((query, values.clone()));
        let sent = self.connection.announce(query, values);
        sent.map_err(|failure| self.fail(failure))
    }

    /// Waits until it is known that the transaction may go on.
    fn ensure_begun(&mut self) -> Result<(), LedgerError> {
        if self.now.is_some() {
            return Ok(());
        }
        self.ask()?;
        let caught_up = self.connection.catch_up();
        self.checked(caught_up)
    }

    /// Reads the clock, and checks what must hold at the beginning of each transaction, once that is there.
    fn learn(&mut self) -> Result<(), Failure> {
        let asked = self.begun.as_ref();
        let Some(rows) = asked.and_then(|(query, values)| self.connection.take(*query, values)) else { return Ok(()) };
        let row = rows.first().ok_or_else(|| Failure::of(LedgerError::not_a_ledger("it has no version")))?;
        let Begun { version, least, now, is_listed, is_durable } = Begun::read(row).map_err(Failure::of)?;
        if least > VERSION {
            return Err(Failure::of(LedgerError::newer(version, least)));
        }
        if !is_durable {
            let what = "another client of a pooler has changed its session, so that commits may be lost; build it with `.through_pooler()`";
            return Err(Failure::of(LedgerError::unavailable(what)));
        }
        self.now = Some(from_millis(now));
        if !is_listed {
            // Whatever this process waited for may have been adopted since its row was removed.
            self.process.local.presence().interrupt();
            holder::enter(self, self.process.silence).map_err(|error| self.failure(error))?;
        }
        Ok(())
    }

    /// Runs work and commits it. If it fails, nothing is kept, except that a commit without an answer may have succeeded.
    pub(super) fn run(mut self, work: &mut Work) -> Result<(), Failure> {
        let done = sql::run(work, &mut self);
        self.end(done)
    }

    /// Runs works one after the other, and commits them all or none.
    pub(super) fn run_together<'w>(mut self, works: impl IntoIterator<Item = &'w mut Work>) -> Result<(), Failure> {
        let mut done = Ok(());
        for work in works {
            // An earlier work may not have used what it announced.
            self.connection.forget_all_but(&[BEGUN, BEGUN_EXCLUDING]);
            done = done.and_then(|()| sql::run(work, &mut self));
        }
        self.end(done)
    }

    /// Commits, or rolls back if something has failed.
    pub(super) fn end(mut self, done: Result<(), LedgerError>) -> Result<(), Failure> {
        match done.and_then(|()| self.ensure_begun()) {
            Ok(()) => self.commit(),
            Err(error) => Err(self.abort(error)),
        }
    }

    /// Commits.
    fn commit(self) -> Result<(), Failure> {
        if let Some((error, _)) = self.failed.clone() {
            return Err(self.abort(error));
        }
        self.connection.commit().map_err(|failure| {
            let is_rolled_back = failure.is_of_the_server() && !failure.remedy.is_about_the_connection();
            // Otherwise it may have succeeded, and the work must not run twice.
            let is_in_doubt = self.has_written && !is_rolled_back;
            if is_in_doubt { Failure { remedy: Remedy::Doubt, ..failure } } else { failure }
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
        if failure.remedy.is_about_the_connection() {
            return failure;
        }
        match self.connection.roll_back() {
            Ok(()) => failure,
            // Nothing was committed, and the connection is of no use.
            Err(lost) => Failure { remedy: Remedy::Reconnect, ..lost },
        }
    }

    fn failure(&self, error: LedgerError) -> Failure {
        Failure { error, remedy: self.failed.as_ref().map_or(Remedy::Nothing, |(_, remedy)| *remedy) }
    }

    /// Keeps the first failure.
    fn fail(&mut self, failure: Failure) -> LedgerError {
        let error = self.locate(failure.error);
        self.failed.get_or_insert_with(|| (error.clone(), failure.remedy));
        error
    }

    /// Returns the result of a statement, or an earlier failure that explains it.
    fn checked<T>(&mut self, result: Result<T, Failure>) -> Result<T, LedgerError> {
        self.learn().and(result).map_err(|failure| self.fail(failure))
    }

    fn send(&mut self, statement: &'static str, values: Vec<Value>, must_change: bool) -> Result<(), LedgerError> {
        self.ask()?;
        self.prepare_write();
        let sent = self.connection.write(Query { text: statement, locks: false }, values, must_change);
        self.checked(sent)
    }

    fn prepare_write(&mut self) {
        self.has_written = true;
        self.connection.forget_all_but(&[BEGUN, BEGUN_EXCLUDING]);
    }
}

impl Database for Transaction<'_, '_> {
    const CHANGES_SEVERAL: bool = true;

    fn now(&mut self) -> SystemTime {
        // If this fails, so does the end of the transaction.
        self.ensure_begun().ok();
        self.now.unwrap_or(SystemTime::UNIX_EPOCH)
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

    fn has_ended(&mut self, _process: &str) -> Result<bool, LedgerError> {
        // A process that is not listed any more has returned its places itself. Others may only be silent.
        Ok(false)
    }

    fn notify(&mut self, holder: &str) {
        self.notified.insert(holder.to_owned());
    }

    fn locate(&self, error: LedgerError) -> LedgerError {
        error.at(&self.process.place)
    }

    fn exclude(&mut self, values: &[&[u8]]) -> Result<(), LedgerError> {
        let number = number_of(values).into();
        if self.begun.is_none() {
            return self.ask_by(BEGUN_EXCLUDING, vec![self.process.holder.as_str().into(), number]);
        }
        let sent = self.connection.write(Query { text: statements::EXCLUDE, locks: false }, vec![number], false);
        self.checked(sent)
    }

    fn announce(&mut self, statement: &'static str, lock: Lock, values: Vec<Value>) -> Result<(), LedgerError> {
        self.ask()?;
        let sent = self.connection.announce(query_of(statement, lock), values);
        self.checked(sent)
    }

    fn query(
        &mut self,
        statement: &'static str,
        lock: Lock,
        values: Vec<Value>,
        read: &mut dyn FnMut(&dyn Row),
    ) -> Result<(), LedgerError> {
        self.ask()?;
        if !statement.starts_with("SELECT") {
            self.prepare_write();
        }
        let rows = self.connection.query(query_of(statement, lock), values);
        self.checked(rows)?.iter().for_each(|row| read(row));
        Ok(())
    }

    fn write(&mut self, statement: &'static str, values: Vec<Value>) -> Result<(), LedgerError> {
        self.send(statement, values, false)
    }

    fn update(&mut self, statement: &'static str, values: Vec<Value>) -> Result<(), LedgerError> {
        self.send(statement, values, true)
    }
}

/// What [`BEGUN`] reads.
struct Begun {
    version: i64,
    least: i64,
    now: i64,
    is_listed: bool,
    is_durable: bool,
}

impl Begun {
    fn read(row: &dyn Row) -> Result<Self, LedgerError> {
        let (version, least, now) = (sql::get(row, 0)?, sql::get(row, 1)?, sql::get(row, 2)?);
        Ok(Self { version, least, now, is_listed: sql::get(row, 3)?, is_durable: sql::get(row, 4)? })
    }
}

fn query_of(statement: &'static str, lock: Lock) -> Query {
    match lock {
        Lock::Nothing => Query { text: statement, locks: false },
        Lock::Rows => Query { text: statement, locks: true },
        Lock::Instead(other) => Query { text: other, locks: false },
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
