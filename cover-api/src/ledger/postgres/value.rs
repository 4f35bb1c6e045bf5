//! Values of statements and rows, in PostgreSQL's types.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::ledger::LedgerError;
use crate::ledger::sql::{self, Value};

impl Value {
    pub(super) fn type_of(&self) -> Type {
        match self {
            Self::Flag(_) => Type::BOOL,
            Self::Integer(_) => Type::INT4,
            Self::BigInt(_) => Type::INT8,
            Self::Real(_) => Type::FLOAT8,
            Self::Text(_) => Type::TEXT,
            Self::Bytes(_) => Type::BYTEA,
        }
    }
}

impl ToSql for Value {
    fn to_sql(&self, of: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Flag(flag) => flag.to_sql(of, out),
            Self::Integer(number) => number.to_sql(of, out),
            Self::BigInt(number) => number.to_sql(of, out),
            Self::Real(number) => number.to_sql(of, out),
            Self::Text(text) => text.to_sql(of, out),
            Self::Bytes(bytes) => bytes.to_sql(of, out),
        }
    }

    fn accepts(of: &Type) -> bool {
        [Type::BOOL, Type::INT4, Type::INT8, Type::FLOAT8, Type::TEXT, Type::BYTEA].contains(of)
    }

    to_sql_checked!();
}

impl sql::Row for Row {
    fn value(&self, column: usize) -> Result<Value, LedgerError> {
        let of = self.columns().get(column).map(|column| column.type_().clone());
        match of {
            Some(Type::BOOL) => {
                read::<Option<bool>>(self, column).map(|flag| flag.map_or(Value::Text(None), Value::Flag))
            }
            Some(Type::INT4) => read::<Option<i32>>(self, column).map(|number| Value::BigInt(number.map(i64::from))),
            Some(Type::INT8) => read(self, column).map(Value::BigInt),
            Some(Type::FLOAT8) => read(self, column).map(Value::Real),
            Some(Type::TEXT) => read(self, column).map(Value::Text),
            Some(Type::BYTEA) => read(self, column).map(Value::Bytes),
            _ => Err(LedgerError::not_a_ledger(format!(
                "the column `{}` has another type",
                sql::Row::name(self, column)
            ))),
        }
    }

    fn name(&self, column: usize) -> String {
        self.columns().get(column).map_or_else(|| "of unknown name".to_owned(), |column| column.name().to_owned())
    }
}

fn read<'a, T: FromSql<'a>>(row: &'a Row, column: usize) -> Result<T, LedgerError> {
    row.try_get(column).map_err(|error| {
        let name = sql::Row::name(row, column);
        LedgerError::not_a_ledger(format!("the column `{name}` cannot be read")).caused_by(error)
    })
}
