//! Converts entries and attempts from and to rows of the tables.

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use cover_spec::tables::Credits;

use super::value::get;
use super::{Row, Value};
use crate::ledger::{
    Attempt, AttemptId, AttemptState, Budget, BudgetId, Entry, EntryId, EntryState, Fingerprint, LedgerError, Message,
    Purchase, Share, TaskSource,
};

/// Reads an entry in the order of columns of `statements`.
pub(super) fn entry(row: &dyn Row) -> Result<Entry, LedgerError> {
    entry_from(row, 0)
}

/// Reads an attempt and its entry, in the order of columns of `statements`. An attempt can be read even if its entry cannot.
pub(super) fn attempt_and_entry(row: &dyn Row) -> Result<(Attempt, Option<Entry>), LedgerError> {
    Ok((attempt(row)?, entry_from(row, COLUMNS_OF_ATTEMPT).ok()))
}

/// Reads the id of an attempt.
pub(super) fn id_of_attempt(row: &dyn Row) -> Result<AttemptId, LedgerError> {
    get(row, 0).map(from_bytes)
}

/// Number of columns that [`attempt`] reads.
const COLUMNS_OF_ATTEMPT: usize = 14;

/// Reads an entry whose columns begin with this one.
fn entry_from(row: &dyn Row, first: usize) -> Result<Entry, LedgerError> {
    let fingerprint = Fingerprint { version: get(row, first + 4)?, digest: get(row, first + 5)? };
    let purchase = Purchase {
        account: get(row, first + 1)?,
        operation: get(row, first + 2)?,
        key: get(row, first + 3)?,
        fingerprint,
    };
    Ok(Entry {
        id: EntryId(get(row, first)?),
        purchase,
        state: named("an entry's state", &get::<String>(row, first + 6)?, EntryState::from_name)?,
        attempt: get::<Option<[u8; 16]>>(row, first + 7)?.map(from_bytes),
        attempts: get(row, first + 8)?,
        task: get(row, first + 9)?,
        cost: get::<Option<f64>>(row, first + 10)?.map(Credits::rounded_down),
        consent: get(row, first + 11)?,
        delivered: get(row, first + 12)?,
        status: get(row, first + 13)?,
        created: from_millis(get(row, first + 14)?),
        changed: from_millis(get(row, first + 15)?),
        waiter: Some(get::<String>(row, first + 16)?).filter(|waiter| !waiter.is_empty()),
    })
}

/// Returns the values of an entry in the order of columns of `UPDATE_ENTRY`, without the id.
pub(super) fn values_of_entry(entry: &Entry) -> Vec<Value> {
    vec![
        Value::Integer(entry.purchase.fingerprint.version.into()),
        entry.purchase.fingerprint.digest.as_slice().into(),
        entry.state.name().into(),
        Value::Bytes(entry.attempt.map(|id| to_bytes(id).to_vec())),
        i64::from(entry.attempts).into(),
        (&entry.task).into(),
        entry.cost.map(Credits::value).into(),
        entry.consent.into(),
        entry.delivered.into(),
        (&entry.status).into(),
        to_millis(entry.created).into(),
        to_millis(entry.changed).into(),
        entry.waiter.as_deref().unwrap_or_default().into(),
    ]
}

/// Returns the values of an attempt in the order of columns of `UPDATE_ATTEMPT`, without the id.
pub(super) fn values_of_attempt(attempt: &Attempt) -> Vec<Value> {
    vec![
        attempt.entry.0.into(),
        i64::from(attempt.number).into(),
        (&attempt.holder).into(),
        attempt.state.name().into(),
        (&attempt.task).into(),
        Value::Text(attempt.source.map(|source| source.name().to_owned())),
        attempt.duplicate.into(),
        (&attempt.hint).into(),
        (&attempt.evidence).into(),
        to_millis(attempt.started).into(),
        Value::Bytes(attempt.supersedes.map(|id| to_bytes(id).to_vec())),
        attempt.cost.map(to_thousandths).into(),
        attempt.lease.map(millis_of).into(),
    ]
}

pub(super) fn bytes_of(id: AttemptId) -> Value {
    to_bytes(id).as_slice().into()
}

pub(super) fn values_of_purchase(purchase: &Purchase) -> Vec<Value> {
    let Purchase { account, operation, key, fingerprint } = purchase;
    let version = Value::Integer(fingerprint.version.into());
    vec![account.into(), operation.into(), key.into(), fingerprint.digest.as_slice().into(), version]
}

pub(super) fn values_of_equal(account: &str, operation: &str, fingerprint: &Fingerprint) -> Vec<Value> {
    let version = Value::Integer(fingerprint.version.into());
    vec![account.into(), operation.into(), fingerprint.digest.as_slice().into(), version]
}

pub(super) fn values_of_new(entry: &Entry) -> Vec<Value> {
    let Purchase { account, operation, key, .. } = &entry.purchase;
    let mut values = vec![account.into(), operation.into(), key.into()];
    values.extend(values_of_entry(entry));
    values
}

pub(super) fn values_of_update(entry: &Entry) -> Vec<Value> {
    let mut values = values_of_entry(entry);
    values.push(entry.id.0.into());
    values
}

pub(super) fn values_of_attempt_update(attempt: &Attempt) -> Vec<Value> {
    let mut values = values_of_attempt(attempt);
    values.push(bytes_of(attempt.id));
    values
}

/// Reads an attempt in the order of columns of `statements`.
pub(super) fn attempt(row: &dyn Row) -> Result<Attempt, LedgerError> {
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
        lease: get::<Option<i64>>(row, 13)?
            .map(|millis| Duration::from_millis(u64::try_from(millis).unwrap_or_default())),
    })
}

/// Reads an answer.
pub(super) fn answer(row: &dyn Row) -> Result<Bytes, LedgerError> {
    get::<Vec<u8>>(row, 0).map(Bytes::from)
}

/// Reads what was spent.
pub(super) fn spent(row: &dyn Row) -> Result<Credits, LedgerError> {
    get(row, 0).map(from_thousandths)
}

/// Reads what the processes that share a rate limit know.
pub(super) fn budget(row: &dyn Row) -> Result<Budget, LedgerError> {
    let (slowness, until): (f64, Option<i64>) = (get(row, 1)?, get(row, 4)?);
    Ok(Budget {
        paused_until: get::<Option<i64>>(row, 0)?.map(from_millis),
        slowness: if slowness >= 1.0 { slowness.min(MAX_SLOWNESS) } else { 1.0 },
        needs_probe: get(row, 2)?,
        prober: get::<Option<String>>(row, 3)?.zip(until.map(from_millis)),
        no_credits: get(row, 5)?,
    })
}

/// Returns the values of the statement that replaces it.
pub(super) fn values_of_budget(id: &BudgetId, budget: &Budget) -> Vec<Value> {
    let (prober, until) = budget.prober.clone().map(|(holder, until)| (holder, to_millis(until))).unzip();
    vec![
        budget.paused_until.map(to_millis).into(),
        Some(budget.slowness).into(),
        budget.needs_probe.into(),
        (&prober).into(),
        until.into(),
        budget.no_credits.into(),
        id.0.as_slice().into(),
    ]
}

/// Reads the share of a process.
pub(super) fn share(row: &dyn Row) -> Result<Share, LedgerError> {
    let per = u64::try_from(get::<i64>(row, 4)?).unwrap_or_default();
    Ok(Share {
        holder: get(row, 0)?,
        held: get(row, 1)?,
        wants: get(row, 2)?,
        requests: get(row, 3)?,
        per: Duration::from_millis(per).min(MAX_WINDOW),
        valid_until: from_millis(get(row, 5)?),
    })
}

/// Returns the values of the statement that inserts or replaces it.
pub(super) fn values_of_share(id: &BudgetId, share: &Share) -> Vec<Value> {
    vec![
        id.0.as_slice().into(),
        (&share.holder).into(),
        i64::from(share.held).into(),
        i64::from(share.wants).into(),
        i64::from(share.requests).into(),
        millis_of(share.per).into(),
        to_millis(share.valid_until).into(),
    ]
}

/// Reads a message.
pub(super) fn message(row: &dyn Row) -> Result<Message, LedgerError> {
    Ok(Message {
        attempt: from_bytes(get(row, 0)?),
        account: get(row, 1)?,
        operation: get(row, 2)?,
        task: get(row, 3)?,
        rank: get(row, 4)?,
    })
}

/// Returns the values of the statement that inserts a message.
pub(super) fn values_of_message(holder: &str, message: &Message) -> Vec<Value> {
    vec![
        to_bytes(message.attempt).as_slice().into(),
        holder.into(),
        (&message.account).into(),
        (&message.operation).into(),
        (&message.task).into(),
        i64::from(message.rank).into(),
    ]
}

/// Bounds of what is read, so that sums of times do not overflow.
const MAX_SLOWNESS: f64 = 1_000.0;
const MAX_WINDOW: Duration = Duration::from_secs(365 * 86_400);

/// Returns the number of thousandths of a credit.
pub(super) fn to_thousandths(credits: Credits) -> i64 {
    i64::try_from(credits.thousandths()).unwrap_or(i64::MAX)
}

fn from_thousandths(thousandths: i64) -> Credits {
    Credits::from_thousandths(u64::try_from(thousandths).unwrap_or_default())
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
pub(in crate::ledger) fn to_millis(time: SystemTime) -> i64 {
    time.duration_since(UNIX_EPOCH).map_or_else(|before| -millis_of(before.duration()), millis_of)
}

/// Returns the number of whole milliseconds.
pub(super) fn millis_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// Returns the time of a number of milliseconds since 1970.
pub(in crate::ledger) fn from_millis(millis: i64) -> SystemTime {
    let distance = Duration::from_millis(millis.unsigned_abs());
    let time = if millis < 0 { UNIX_EPOCH.checked_sub(distance) } else { UNIX_EPOCH.checked_add(distance) };
    time.unwrap_or(UNIX_EPOCH)
}
