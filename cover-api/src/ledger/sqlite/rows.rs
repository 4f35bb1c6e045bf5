//! The rows of a ledger within one transaction.

use std::time::{Duration, SystemTime};

use bytes::Bytes;
use cover_spec::tables::Credits;
use rusqlite::{Params, Row, params};

use super::super::{
    Attempt, AttemptId, Entry, EntryId, Filter, Fingerprint, LedgerError, Purchase, Rows, Span, TaskSource, minute,
};
use super::store::Store;
use super::{record, statements};

impl Rows for Store {
    fn now(&self) -> SystemTime {
        // Whole milliseconds, so that a time equals the one that is read back.
        record::from_millis(record::to_millis(SystemTime::now()))
    }

    fn holder(&self) -> &str {
        self.holder.name()
    }

    fn is_alive(&mut self, attempt: &Attempt) -> Result<bool, LedgerError> {
        if attempt.holder == self.holder.name() {
            return Ok(self.local.is_live(attempt.id));
        }
        self.holder.is_alive(&attempt.holder)
    }

    fn entry(&mut self, id: EntryId) -> Result<Option<Entry>, LedgerError> {
        self.find(statements::ENTRY, [id.0], record::entry)
    }

    fn entry_by_key(&mut self, account: &str, operation: &str, key: &str) -> Result<Option<Entry>, LedgerError> {
        self.find(statements::ENTRY_BY_KEY, [account, operation, key], record::entry)
    }

    fn open_entries(
        &mut self,
        account: &str,
        operation: &str,
        fingerprint: &Fingerprint,
    ) -> Result<Vec<Entry>, LedgerError> {
        let of = params![account, operation, fingerprint.digest, fingerprint.version];
        // An entry that cannot be read may prevent a send, so it is not skipped.
        self.list(statements::OPEN_ENTRIES, of, record::entry)?.into_iter().map(|entry| self.here(entry)).collect()
    }

    fn attempt(&mut self, id: AttemptId) -> Result<Option<Attempt>, LedgerError> {
        self.find(statements::ATTEMPT, [record::to_bytes(id)], record::attempt)
    }

    fn attempt_by_task(&mut self, account: &str, operation: &str, task: &str) -> Result<Option<Attempt>, LedgerError> {
        self.find(statements::ATTEMPT_BY_TASK, [account, operation, task], record::attempt)
    }

    fn insert_entry(&mut self, entry: &Entry) -> Result<EntryId, LedgerError> {
        let Purchase { account, operation, key, fingerprint } = &entry.purchase;
        let values = params![
            account,
            operation,
            key,
            fingerprint.version,
            fingerprint.digest,
            entry.state.name(),
            entry.attempt.map(record::to_bytes),
            entry.attempts,
            entry.task,
            entry.cost.map(Credits::value),
            entry.consent,
            entry.delivered,
            entry.status,
            record::to_millis(entry.created),
            record::to_millis(entry.changed),
        ];
        let id = self.db.prepare_cached(statements::INSERT_ENTRY).and_then(|mut insert| {
            // A statement that returns rows is complete only after all rows are read.
            insert.query_one(values, |row| row.get(0))
        });
        id.map(EntryId).map_err(|error| self.failure(error))
    }

    fn update_entry(&mut self, entry: &Entry) -> Result<(), LedgerError> {
        let fingerprint = &entry.purchase.fingerprint;
        let values = params![
            fingerprint.version,
            fingerprint.digest,
            entry.state.name(),
            entry.attempt.map(record::to_bytes),
            entry.attempts,
            entry.task,
            entry.cost.map(Credits::value),
            entry.consent,
            entry.delivered,
            entry.status,
            record::to_millis(entry.created),
            record::to_millis(entry.changed),
            entry.id.0,
        ];
        match self.execute(statements::UPDATE_ENTRY, values)? {
            0 => Err(LedgerError::not_a_ledger("an entry vanished within a transaction").at(self.path())),
            _ => Ok(()),
        }
    }

    fn put_attempt(&mut self, attempt: &Attempt, purchase: &Purchase) -> Result<(), LedgerError> {
        let values = params![
            record::to_bytes(attempt.id),
            attempt.entry.0,
            purchase.account,
            purchase.operation,
            attempt.number,
            attempt.holder,
            attempt.state.name(),
            attempt.task,
            attempt.source.map(TaskSource::name),
            attempt.duplicate,
            attempt.hint,
            attempt.evidence,
            record::to_millis(attempt.started),
            attempt.supersedes.map(record::to_bytes),
            attempt.cost.map(record::to_thousandths),
        ];
        self.execute(statements::PUT_ATTEMPT, values).map(drop)
    }

    fn entries(
        &mut self,
        account: &str,
        operation: &str,
        filter: Filter,
        after: EntryId,
        limit: usize,
    ) -> Result<Vec<Entry>, LedgerError> {
        let statement = match filter {
            Filter::Open => statements::LIST_OPEN,
            Filter::Unfinished => statements::LIST_UNFINISHED,
        };
        let (mut found, mut after) = (Vec::new(), after.0);
        // Rows that cannot be read are skipped. They must not end the list early.
        while found.len() < limit {
            let most = i64::try_from(limit - found.len()).unwrap_or(i64::MAX);
            let read = |row: &Row<'_>| (row.get(0), record::entry(row));
            let page = self.list(statement, params![account, operation, after, most], read)?;
            if page.is_empty() {
                break;
            }
            for (id, entry) in page {
                after = id.map_err(|error| self.failure(error))?;
                found.extend(entry.ok());
            }
        }
        Ok(found)
    }

    fn operations(&mut self, account: &str) -> Result<Vec<String>, LedgerError> {
        let all = self.list(statements::OPERATIONS, [account], |row| row.get(0))?;
        Ok(all.into_iter().filter_map(Result::ok).collect())
    }

    fn duplicates(&mut self, account: &str, operation: &str) -> Result<Vec<Attempt>, LedgerError> {
        let all = self.list(statements::DUPLICATES, [account, operation], record::attempt)?;
        Ok(all.into_iter().filter_map(Result::ok).collect())
    }

    fn answer(&mut self, attempt: AttemptId) -> Result<Option<Bytes>, LedgerError> {
        self.find(statements::ANSWER, [record::to_bytes(attempt)], record::answer)
    }

    fn put_answer(&mut self, attempt: AttemptId, entry: EntryId, bytes: &Bytes) -> Result<(), LedgerError> {
        let values = params![record::to_bytes(attempt), entry.0, &**bytes];
        self.execute(statements::PUT_ANSWER, values).map(drop)
    }

    fn delete_answers(&mut self, entry: EntryId) -> Result<(), LedgerError> {
        self.execute(statements::DELETE_ANSWERS, [entry.0]).map(drop)
    }

    fn add_spending(&mut self, account: &str, attempt: &Attempt) -> Result<(), LedgerError> {
        let minute = minute(attempt.started);
        self.execute(statements::BEGIN_MINUTE, params![ALL_HOLDERS, account, minute])?;
        if attempt.holder == self.holder.name() {
            self.execute(statements::BEGIN_MINUTE, params![attempt.holder, account, NO_MINUTE])?;
        }
        self.spend(account, attempt, record::to_thousandths)
    }

    fn take_spending(&mut self, account: &str, attempt: &Attempt) -> Result<(), LedgerError> {
        self.spend(account, attempt, |cost| -record::to_thousandths(cost))
    }

    fn spent(&mut self, account: &str, span: Span) -> Result<Credits, LedgerError> {
        let (holder, minute) = match span {
            Span::Process => (self.holder.name(), NO_MINUTE),
            Span::Since(time) => (ALL_HOLDERS, minute(time)),
        };
        let spent = self.find(statements::SPENT, params![holder, account, minute], record::spent)?;
        Ok(spent.unwrap_or_default())
    }

    fn purge(&mut self, account: &str, operation: &str, before: SystemTime) -> Result<u64, LedgerError> {
        // Times of entries are whole milliseconds, so rounding up misses none.
        let before = record::to_millis(before.checked_add(Duration::from_nanos(999_999)).unwrap_or(before));
        self.execute(statements::PURGE_ANSWERS, params![account, operation, before])?;
        self.execute(statements::PURGE_ATTEMPTS, params![account, operation, before])?;
        let purged = self.execute(statements::PURGE_ENTRIES, params![account, operation, before])?;
        Ok(purged as u64)
    }
}

/// Stands for all holders in the sums of what was spent.
const ALL_HOLDERS: &str = "";
/// The minute of the sum of a holder.
const NO_MINUTE: i64 = 0;

impl Store {
    /// Changes the sums that an attempt is counted in. The sum of a holder that has left is gone.
    fn spend(&self, account: &str, attempt: &Attempt, by: fn(Credits) -> i64) -> Result<(), LedgerError> {
        let by = attempt.cost.map_or(0, by);
        for (holder, minute) in [(ALL_HOLDERS, minute(attempt.started)), (&attempt.holder, NO_MINUTE)] {
            self.execute(statements::SPEND, params![by, holder, account, minute])?;
        }
        Ok(())
    }

    fn list<T>(
        &self,
        statement: &str,
        of: impl Params,
        mut read: impl FnMut(&Row<'_>) -> T,
    ) -> Result<Vec<T>, LedgerError> {
        let rows = self.db.prepare_cached(statement).and_then(|mut statement| {
            let rows = statement.query_map(of, |row| Ok(read(row)))?;
            rows.collect()
        });
        rows.map_err(|error| self.failure(error))
    }

    fn find<T>(
        &self,
        statement: &str,
        of: impl Params,
        read: fn(&Row<'_>) -> Result<T, LedgerError>,
    ) -> Result<Option<T>, LedgerError> {
        self.list(statement, of, read)?.pop().map(|found| self.here(found)).transpose()
    }

    fn execute(&self, statement: &str, of: impl Params) -> Result<usize, LedgerError> {
        let count = self.db.prepare_cached(statement).and_then(|mut statement| statement.execute(of));
        count.map_err(|error| self.failure(error))
    }

    fn here<T>(&self, read: Result<T, LedgerError>) -> Result<T, LedgerError> {
        read.map_err(|error| error.at(self.path()))
    }
}
