//! What a transaction has read, and what waits to be written.

use std::collections::HashMap;

use cover_spec::tables::Credits;

use super::record::{self, values_of_attempt_update, values_of_purchase};
use super::{Database, Lock, Row, Value, statements, value};
use crate::ledger::{Attempt, AttemptId, Entry, EntryId, LedgerError, Purchase, minute};

/// The rows of a purchase are locked when they are read.
pub(super) const LOCKED: Lock = Lock::Instead(statements::PURCHASE_LOCKED);
/// The key among the columns of [`record::entry`].
const COLUMN_OF_KEY: usize = 3;

/// The rows in a database, within one transaction.
///
/// An entry that was read or written, and its attempts, are changed by nobody else before the end of the transaction. They are
/// remembered, so that reading them again costs nothing.
pub(in crate::ledger) struct SqlRows<'a, D> {
    pub(super) database: &'a mut D,
    pub(super) entries: HashMap<EntryId, Entry>,
    pub(super) attempts: HashMap<AttemptId, Attempt>,
    /// A purchase whose entries are read by one statement, until something is written.
    pub(super) purchase: Option<(Purchase, Option<OfPurchase>)>,
    /// An attempt that is updated together with its entry, if that is updated next.
    pub(super) updated: Option<Attempt>,
}

/// The entry with the key of a purchase, and the open entries that are equal to it.
#[derive(Clone)]
pub(super) struct OfPurchase {
    pub(super) with_key: Option<Result<Entry, LedgerError>>,
    pub(super) equal: Vec<Result<Entry, LedgerError>>,
}

impl<'a, D: Database> SqlRows<'a, D> {
    pub(super) fn new(database: &'a mut D) -> Self {
        Self { database, entries: HashMap::new(), attempts: HashMap::new(), purchase: None, updated: None }
    }

    /// Writes what waits to be written with something else.
    pub(super) fn flush(&mut self) -> Result<(), LedgerError> {
        match self.updated.take() {
            Some(attempt) => self.database.update(statements::UPDATE_ATTEMPT, values_of_attempt_update(&attempt)),
            None => Ok(()),
        }
    }

    pub(super) fn write(&mut self, statement: &'static str, values: Vec<Value>) -> Result<(), LedgerError> {
        self.flush()?;
        self.purchase = None;
        self.database.write(statement, values)
    }

    pub(super) fn update(&mut self, statement: &'static str, values: Vec<Value>) -> Result<(), LedgerError> {
        self.flush()?;
        self.purchase = None;
        self.database.update(statement, values)
    }

    pub(super) fn insert(
        &mut self,
        statement: &'static str,
        values: Vec<Value>,
        entry: &Entry,
    ) -> Result<EntryId, LedgerError> {
        self.purchase = None;
        let id = self.find(statement, Lock::Nothing, values, |row| value::get(row, 0))?;
        let id = id.map(EntryId).ok_or_else(|| LedgerError::unavailable("an inserted entry got no id"))?;
        Ok(self.remember(Entry { id, ..entry.clone() }).id)
    }

    /// Returns the entries of the purchase that others are excluded from, if it is the one that is looked for.
    pub(super) fn of_purchase(&mut self, is_of: impl Fn(&Purchase) -> bool) -> Result<Option<OfPurchase>, LedgerError> {
        let Some((purchase, found)) = self.purchase.take_if(|(purchase, _)| is_of(purchase)) else { return Ok(None) };
        let found = match found {
            Some(found) => found,
            None => self.read_purchase(&purchase)?,
        };
        self.purchase = Some((purchase, Some(found.clone())));
        Ok(Some(found))
    }

    fn read_purchase(&mut self, purchase: &Purchase) -> Result<OfPurchase, LedgerError> {
        let read =
            |row: &dyn Row| Ok((value::get::<Option<String>>(row, COLUMN_OF_KEY)?.is_some(), record::entry(row)));
        let all = self.list(statements::PURCHASE, LOCKED, values_of_purchase(purchase), read)?;
        let mut found = OfPurchase { with_key: None, equal: Vec::new() };
        for read in all {
            match self.here(read)? {
                (true, entry) => found.with_key = Some(entry),
                (false, entry) => found.equal.push(entry),
            }
        }
        found.equal.sort_by_key(|entry| entry.as_ref().map_or(EntryId(0), |entry| entry.id));
        Ok(found)
    }

    pub(super) fn remember(&mut self, entry: Entry) -> Entry {
        self.entries.insert(entry.id, entry.clone());
        entry
    }

    pub(super) fn spend(
        &mut self,
        account: &str,
        attempt: &Attempt,
        by: fn(Credits) -> i64,
    ) -> Result<(), LedgerError> {
        let by = attempt.cost.map_or(0, by);
        let (minute, lane) = (minute(attempt.started), Value::Integer(self.database.lane()));
        let values = vec![account.into(), minute.into(), (&attempt.holder).into(), lane, by.into()];
        self.write(statements::SPEND, values)
    }

    pub(super) fn list<T>(
        &mut self,
        statement: &'static str,
        lock: Lock,
        of: Vec<Value>,
        read: impl Fn(&dyn Row) -> Result<T, LedgerError>,
    ) -> Result<Vec<Result<T, LedgerError>>, LedgerError> {
        self.flush()?;
        let mut all = Vec::new();
        self.database.query(statement, lock, of, &mut |row| all.push(read(row)))?;
        Ok(all)
    }

    pub(super) fn find<T>(
        &mut self,
        statement: &'static str,
        lock: Lock,
        of: Vec<Value>,
        read: impl Fn(&dyn Row) -> Result<T, LedgerError>,
    ) -> Result<Option<T>, LedgerError> {
        self.list(statement, lock, of, read)?.pop().map(|found| self.here(found)).transpose()
    }

    pub(super) fn here<T>(&self, read: Result<T, LedgerError>) -> Result<T, LedgerError> {
        read.map_err(|error| self.database.locate(error))
    }
}
