//! Records attempts that the store has lost, as a standby does that takes over without the last transactions.

use cover_spec::tables::Credits;

use super::chain::{Base, base, guard};
use super::intend::posting;
use super::settle::{Settled, Settlement, settle};
use super::{damaged, write};
use crate::ledger::{AttemptId, Entry, EntryState, LedgerError, Purchase, Rows};

/// Records the outcome of an attempt that this process has posted. If the store has lost the attempt, it is recorded again first,
/// unless it created nothing.
pub fn settle_posted(
    rows: &mut dyn Rows,
    id: AttemptId,
    settlement: &Settlement,
    purchase: &Purchase,
    price: Option<Credits>,
) -> Result<Settled, LedgerError> {
    let settled = settle(rows, id, settlement)?;
    if settled != Settled::Missing || matches!(settlement, Settlement::NotCreated { .. }) {
        return Ok(settled);
    }
    restore(rows, id, purchase, price)?;
    settle(rows, id, settlement)
}

fn restore(rows: &mut dyn Rows, id: AttemptId, purchase: &Purchase, price: Option<Credits>) -> Result<(), LedgerError> {
    rows.exclude_equal(purchase)?;
    let mut entry = entry_for(rows, purchase)?;
    entry.attempts += 1;
    let mut attempt = posting(rows, &entry, id, price);
    // Another attempt may have become the current one since.
    if entry.state == EntryState::Ready {
        if let Base::Own(latest) = base(rows, &entry)? {
            attempt.supersedes = Some(latest.id);
        }
        (entry.state, entry.attempt, entry.cost) = (EntryState::Posting, Some(id), price);
        guard(rows, &mut entry)?;
    }
    write(rows, &mut entry, &attempt)?;
    if price.is_some() {
        rows.add_spending(&purchase.account, &attempt)?;
    }
    Ok(())
}

/// Returns the entry with the purchase's key, or else a new one.
fn entry_for(rows: &mut dyn Rows, purchase: &Purchase) -> Result<Entry, LedgerError> {
    if let Some(key) = &purchase.key
        && let Some(entry) = rows.entry_by_key(&purchase.account, &purchase.operation, key)?
    {
        return Ok(entry);
    }
    let new = Entry::new(purchase.clone(), rows.now());
    let id = rows.insert_entry(&new)?;
    rows.entry(id)?.ok_or_else(|| damaged("an entry vanished within a transaction"))
}
