//! What attempts cost, and whether an account may spend it.

use cover_spec::tables::Credits;

use crate::ledger::{Attempt, AttemptState, Charge, LedgerError, Overrun, Rows};

/// Returns the first limit of an account that an attempt would exceed.
pub(super) fn overrun(rows: &mut dyn Rows, account: &str, charge: &Charge) -> Result<Option<Overrun>, LedgerError> {
    let now = rows.now();
    for limit in &charge.limits {
        let spent = rows.spent(account, limit.span(now))?;
        let fits = |price: Credits| price == Credits::ZERO || spent.plus(price) <= limit.credits;
        if !charge.price.is_some_and(fits) {
            return Ok(Some(Overrun { limit: *limit, spent, price: charge.price }));
        }
    }
    Ok(None)
}

/// Counts the cost of an attempt whose state becomes this one, or takes it back. Attempts that created nothing cost nothing.
pub(super) fn count(
    rows: &mut dyn Rows,
    account: &str,
    attempt: &Attempt,
    state: AttemptState,
) -> Result<(), LedgerError> {
    let costs = |state: AttemptState| state != AttemptState::NotCreated && attempt.cost.is_some();
    match (costs(attempt.state), costs(state)) {
        (true, false) => rows.take_spending(account, attempt),
        (false, true) => rows.add_spending(account, attempt),
        _ => Ok(()),
    }
}
