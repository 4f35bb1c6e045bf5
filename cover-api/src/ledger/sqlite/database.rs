//! The database within one transaction.

use std::time::SystemTime;

use rusqlite::types::{ToSqlOutput, Value as SqliteValue, ValueRef};
use rusqlite::{ToSql, params_from_iter};

use super::super::sql::{Database, Lock, Row, Value, from_millis, to_millis};
use super::super::{Attempt, LedgerError};
use super::store::Store;

impl Database for Store {
    const CHANGES_SEVERAL: bool = false;

    fn now(&mut self) -> SystemTime {
        // Whole milliseconds, so that a time equals the one that is read back.
        from_millis(to_millis(SystemTime::now()))
    }

    fn holder(&self) -> &str {
        self.holder.name()
    }

    fn lane(&self) -> i32 {
        // There is one connection.
        0
    }

    fn is_alive(&mut self, attempt: &Attempt) -> Result<bool, LedgerError> {
        if attempt.holder == self.holder.name() {
            return Ok(self.local.is_live(attempt.id));
        }
        self.holder.is_alive(&attempt.holder)
    }

    fn is_surely_dead(&mut self, attempt: &Attempt) -> Result<bool, LedgerError> {
        self.is_alive(attempt).map(|is_alive| !is_alive)
    }

    fn is_present(&mut self, process: &str) -> Result<bool, LedgerError> {
        self.holder.is_alive(process)
    }

    fn has_ended(&mut self, process: &str) -> Result<bool, LedgerError> {
        self.holder.is_alive(process).map(|is_alive| !is_alive)
    }

    fn notify(&mut self, _holder: &str) {
        // Processes look for messages from time to time.
    }

    fn locate(&self, error: LedgerError) -> LedgerError {
        error.at(self.path())
    }

    fn exclude(&mut self, _values: &[&[u8]]) -> Result<(), LedgerError> {
        // Write transactions run one at a time.
        Ok(())
    }

    fn query(
        &mut self,
        statement: &'static str,
        _lock: Lock,
        values: Vec<Value>,
        read: &mut dyn FnMut(&dyn Row),
    ) -> Result<(), LedgerError> {
        let done = self.db.prepare_cached(statement).and_then(|mut statement| {
            let mut rows = statement.query(params_from_iter(values))?;
            // A statement that writes and returns rows is complete only after all rows are read.
            while let Some(row) = rows.next()? {
                read(row);
            }
            Ok(())
        });
        done.map_err(|error| self.failure(error))
    }

    fn write(&mut self, statement: &'static str, values: Vec<Value>) -> Result<(), LedgerError> {
        self.execute(statement, values).map(drop)
    }

    fn update(&mut self, statement: &'static str, values: Vec<Value>) -> Result<(), LedgerError> {
        match self.execute(statement, values)? {
            0 => Err(self.locate(LedgerError::not_a_ledger("a row vanished within a transaction"))),
            _ => Ok(()),
        }
    }
}

impl Store {
    /// Changes rows, and returns their number.
    fn execute(&self, statement: &'static str, values: Vec<Value>) -> Result<usize, LedgerError> {
        let execute = |mut statement: rusqlite::CachedStatement<'_>| statement.execute(params_from_iter(values));
        self.db.prepare_cached(statement).and_then(execute).map_err(|error| self.failure(error))
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Flag(flag) => ToSqlOutput::Owned(SqliteValue::Integer((*flag).into())),
            Self::Integer(number) => ToSqlOutput::Owned(SqliteValue::Integer((*number).into())),
            Self::BigInt(Some(number)) => ToSqlOutput::Owned(SqliteValue::Integer(*number)),
            Self::Real(Some(number)) => ToSqlOutput::Owned(SqliteValue::Real(*number)),
            Self::Text(Some(text)) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(Some(bytes)) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Self::BigInt(None) | Self::Real(None) | Self::Text(None) | Self::Bytes(None) => {
                ToSqlOutput::Owned(SqliteValue::Null)
            }
        })
    }
}

impl Row for rusqlite::Row<'_> {
    fn value(&self, column: usize) -> Result<Value, LedgerError> {
        let unreadable = |why: String| LedgerError::not_a_ledger(format!("the column `{}` {why}", self.name(column)));
        let value = self.get_ref(column).map_err(|error| unreadable("cannot be read".to_owned()).caused_by(error))?;
        Ok(match value {
            ValueRef::Null => Value::Text(None),
            ValueRef::Integer(number) => Value::BigInt(Some(number)),
            ValueRef::Real(number) => Value::Real(Some(number)),
            ValueRef::Text(bytes) => {
                let text = str::from_utf8(bytes);
                Value::Text(Some(
                    text.map_err(|error| unreadable("is not UTF-8".to_owned()).caused_by(error))?.to_owned(),
                ))
            }
            ValueRef::Blob(bytes) => Value::Bytes(Some(bytes.to_owned())),
        })
    }

    fn name(&self, column: usize) -> String {
        self.as_ref().column_name(column).unwrap_or("of unknown name").to_owned()
    }
}
