//! Records the intent to post.

use std::time::Duration;

use cover_spec::tables::Credits;

use super::chain::{Base, base};
use super::charge::overrun;
use super::look_up::{PurchaseState, Terms, decide, find, may_be_sent};
use super::{damaged, write_entry};
use crate::ledger::{
    Attempt, AttemptId, AttemptState, Charge, Entry, EntryId, EntryState, LedgerError, Overrun, Purchase, Rows,
};

/// The result of an intent.
#[derive(Debug, Clone, PartialEq)]
pub enum Intended {
    /// The attempt is recorded, and may be posted.
    Recorded {
        /// The entry that it belongs to.
        entry: EntryId,
        /// Its number within the entry.
        number: u32,
    },
    /// The attempt must not be posted, because of this state.
    Refused(Box<PurchaseState>),
    /// The attempt must not be posted, because it would exceed a limit.
    OverLimit(Overrun),
}

/// Records that an attempt is about to be posted, unless the state of the purchase or a limit forbids it. Idempotent by the attempt's id.
///
/// `lease`: how long the attempt counts as alive if nothing is heard of its process. The process must not begin to send it after
/// half of that time.
pub fn intend(
    rows: &mut dyn Rows,
    purchase: &Purchase,
    at: Option<EntryId>,
    terms: Terms,
    charge: &Charge,
    id: AttemptId,
    lease: Duration,
) -> Result<Intended, LedgerError> {
    rows.exclude_equal(purchase)?;
    let found = find(rows, purchase, at)?;
    // The attempt of a new key cannot be recorded yet.
    let is_new = found.is_none() && purchase.key.is_some();
    if !is_new && let Some(known) = rows.attempt(id)? {
        return Ok(Intended::Recorded { entry: known.entry, number: known.number });
    }
    let at = match decide(rows, purchase, found, terms)? {
        PurchaseState::Ready(at) => at,
        state => return Ok(Intended::Refused(Box::new(state))),
    };
    if let Some(overrun) = overrun(rows, &purchase.account, charge)? {
        return Ok(Intended::OverLimit(overrun));
    }
    let own = match at {
        Some(at) => latest(rows, at)?,
        None => None,
    };
    let supersedes = match terms.consent {
        // An attempt replaces one other. That is an attempt of another entry only if this one has none to return to.
        Some(id) if own.is_none_or(|own| own == id) => record_consent(rows, id)?.or(own),
        _ => own,
    };
    let mut entry = match at {
        Some(at) => existing(rows, at)?,
        None => Entry::new(purchase.clone(), rows.now()),
    };
    entry.purchase.fingerprint = purchase.fingerprint;
    entry.state = EntryState::Posting;
    entry.attempt = Some(id);
    entry.attempts += 1;
    entry.cost = charge.price;
    (entry.task, entry.delivered) = (None, false);
    // Without a key, consent stops the entry from guarding. It was given for an earlier attempt.
    entry.consent &= entry.purchase.key.is_some();
    entry.changed = rows.now();
    let attempt = Attempt { supersedes, lease: Some(lease), ..posting(rows, &entry, id, charge.price) };
    match at {
        Some(_) => {
            rows.update_entry(&entry)?;
            rows.put_attempt(&attempt, purchase)?;
        }
        None => entry.id = rows.insert_with_attempt(&entry, &attempt)?,
    }
    if attempt.cost.is_some() {
        rows.add_spending(&purchase.account, &attempt)?;
    }
    Ok(Intended::Recorded { entry: entry.id, number: attempt.number })
}

/// Returns the latest attempt of an entry, which is posting, without a lease.
pub(super) fn posting(rows: &mut dyn Rows, entry: &Entry, id: AttemptId, cost: Option<Credits>) -> Attempt {
    Attempt {
        id,
        entry: entry.id,
        number: entry.attempts,
        supersedes: None,
        holder: rows.holder().to_owned(),
        state: AttemptState::Posting,
        task: None,
        source: None,
        duplicate: false,
        hint: None,
        evidence: None,
        started: rows.now(),
        cost,
        lease: None,
    }
}

/// Records that an unknown attempt may be charged twice. Returns it, unless it is no longer unknown or its process may still send it.
fn record_consent(rows: &mut dyn Rows, id: AttemptId) -> Result<Option<AttemptId>, LedgerError> {
    let Some(attempt) = rows.attempt(id)? else { return Ok(None) };
    let Some(mut entry) = rows.entry(attempt.entry)? else { return Ok(None) };
    if entry.state != EntryState::Unknown || entry.attempt != Some(id) || may_be_sent(rows, &attempt)? {
        return Ok(None);
    }
    entry.consent = true;
    write_entry(rows, &mut entry)?;
    Ok(Some(id))
}

/// Returns the latest attempt of an entry that counts.
fn latest(rows: &mut dyn Rows, id: EntryId) -> Result<Option<AttemptId>, LedgerError> {
    let entry = existing(rows, id)?;
    Ok(match base(rows, &entry)? {
        Base::Own(latest) => Some(latest.id),
        Base::Other(_) => None,
    })
}

/// Returns an entry that this transaction has read before.
fn existing(rows: &mut dyn Rows, id: EntryId) -> Result<Entry, LedgerError> {
    rows.entry(id)?.ok_or_else(|| damaged("an entry vanished within a transaction"))
}
