//! Converts entries and attempts from and to rows of the tables.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cover_spec::tables::Credits;
use rusqlite::Row;
use rusqlite::types::FromSql;

use super::super::{
    Attempt, AttemptId, AttemptState, Entry, EntryId, EntryState, Fingerprint, LedgerError, Purchase, TaskSource,
};

/// Reads an entry in the order of columns of `statements`.
pub(super) fn entry(row: &Row<'_>) -> Result<Entry, LedgerError> {
    let fingerprint = Fingerprint { version: get(row, 4)?, digest: get(row, 5)? };
    let purchase = Purchase { account: get(row, 1)?, operation: get(row, 2)?, key: get(row, 3)?, fingerprint };
    Ok(Entry {
        id: EntryId(get(row, 0)?),
        purchase,
        state: named("an entry's state", &get::<String>(row, 6)?, EntryState::from_name)?,
        attempt: get::<Option<[u8; 16]>>(row, 7)?.map(from_bytes),
        attempts: get(row, 8)?,
        task: get(row, 9)?,
        cost: get::<Option<f64>>(row, 10)?.map(Credits::rounded_down),
        consent: get(row, 11)?,
        delivered: get(row, 12)?,
        status: get(row, 13)?,
        created: from_millis(get(row, 14)?),
        changed: from_millis(get(row, 15)?),
    })
}

/// Reads an attempt in the order of columns of `statements`.
pub(super) fn attempt(row: &Row<'_>) -> Result<Attempt, LedgerError> {
    let source = get::<Option<String>>(row, 6)?;
    let source = source.map(|name| named("the source of an attempt's task", &name, TaskSource::from_name));
    Ok(Attempt {
        id: from_bytes(get(row, 0)?),
        entry: EntryId(get(row, 1)?),
        number: get(row, 2)?,
        holder: get(row, 3)?,
        state: named("an attempt's state", &get::<String>(row, 4)?, AttemptState::from_name)?,
        task: get(row, 5)?,
        source: source.transpose()?,
        duplicate: get(row, 7)?,
        hint: get(row, 8)?,
        evidence: get(row, 9)?,
        started: from_millis(get(row, 10)?),
        supersedes: get::<Option<[u8; 16]>>(row, 11)?.map(from_bytes),
        cost: get::<Option<i64>>(row, 12)?.map(from_thousandths),
    })
}

/// Reads an answer.
pub(super) fn answer(row: &Row<'_>) -> Result<Bytes, LedgerError> {
    get::<Vec<u8>>(row, 0).map(Bytes::from)
}

/// Reads what was spent.
pub(super) fn spent(row: &Row<'_>) -> Result<Credits, LedgerError> {
    get(row, 0).map(from_thousandths)
}

/// Returns the number of thousandths of a credit.
pub(super) fn to_thousandths(credits: Credits) -> i64 {
    i64::try_from(credits.thousandths()).unwrap_or(i64::MAX)
}

fn from_thousandths(thousandths: i64) -> Credits {
    Credits::from_thousandths(u64::try_from(thousandths).unwrap_or_default())
}

fn get<T: FromSql>(row: &Row<'_>, column: usize) -> Result<T, LedgerError> {
    row.get(column).map_err(|error| {
        let name = row.as_ref().column_name(column).unwrap_or("of unknown name").to_owned();
        LedgerError::not_a_ledger(format!("a row has no such value in the column `{name}`")).caused_by(error)
    })
}

fn named<T>(what: impl fmt::Display, name: &str, find: impl Fn(&str) -> Option<T>) -> Result<T, LedgerError> {
    find(name).ok_or_else(|| {
        LedgerError::not_a_ledger(format!("{what} is `{name}`, which this version of the crate does not know"))
    })
}

pub(super) fn to_bytes(id: AttemptId) -> [u8; 16] {
    id.0.to_be_bytes()
}

fn from_bytes(bytes: [u8; 16]) -> AttemptId {
    AttemptId(u128::from_be_bytes(bytes))
}

/// Returns the time in whole milliseconds since 1970.
pub(super) fn to_millis(time: SystemTime) -> i64 {
    let millis = |duration: Duration| i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
    time.duration_since(UNIX_EPOCH).map_or_else(|before| -millis(before.duration()), millis)
}

/// Returns the time of a number of milliseconds since 1970.
pub(super) fn from_millis(millis: i64) -> SystemTime {
    let distance = Duration::from_millis(millis.unsigned_abs());
    let time = if millis < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) };
    time.unwrap_or(UNIX_EPOCH)
}
