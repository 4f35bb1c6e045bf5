//! Prices and limits of random attempts, and what was spent.

use std::time::{Duration, SystemTime};

use cover_spec::tables::Credits;

use super::super::model::Process;
use super::super::{Mismatch, ensure};
use super::Run;
use crate::ledger::{Charge, Overrun, Rows, Span, SpendLimit};

/// A period in which all attempts of a run were made.
const PERIOD: Duration = Duration::from_secs(24 * 60 * 60);

impl Run {
    /// Returns the cost of an attempt in thousandths, and its charge, which mostly keeps its limits.
    pub(super) fn charge(&mut self, viewer: Process) -> (u64, Charge) {
        let cost = [0, 400, 2_500, 12_000][self.random.below(4)];
        let price = (cost > 0 || self.random.is_percent(50)).then(|| Credits::from_thousandths(cost));
        let mut limits = Vec::new();
        for of in [Some(viewer), None] {
            if self.random.is_percent(20) {
                let left = [0, cost.saturating_sub(1), cost, 100_000][self.random.below(4)];
                let credits = Credits::from_thousandths(self.model.spent(of) + left);
                limits.push(if of.is_some() {
                    SpendLimit::per_process(credits)
                } else {
                    SpendLimit::per_period(credits, PERIOD)
                });
            }
        }
        (cost, Charge { price, limits })
    }

    /// Returns the first limit that an attempt would exceed, and what is spent of it.
    pub(super) fn exceeded(&self, charge: &Charge, viewer: Process) -> Option<(SpendLimit, u64)> {
        let exceeded = |limit: &SpendLimit| {
            let spent = self.model.spent(limit.period.is_none().then_some(viewer));
            let cost = charge.price.map(Credits::thousandths);
            let fits = cost.is_some_and(|cost| cost == 0 || spent + cost <= limit.credits.thousandths());
            (!fits).then_some((*limit, spent))
        };
        charge.limits.iter().find_map(exceeded)
    }

    pub(super) fn compare_overrun(&self, overrun: Overrun, charge: &Charge, viewer: Process) -> Result<(), Mismatch> {
        let wanted = self.exceeded(charge, viewer);
        let found = (overrun.limit, overrun.spent.thousandths());
        ensure(wanted == Some(found), || format!("{overrun:?} is exceeded, and not {wanted:?}"))
    }

    /// Compares what was spent with the model.
    pub(super) async fn compare_spending(&self, slot: usize) -> Result<(), Mismatch> {
        let account = self.account.clone();
        let look = move |rows: &mut dyn Rows| {
            let all = rows.spent(&account, Span::Since(SystemTime::UNIX_EPOCH))?;
            Ok([rows.spent(&account, Span::Process)?.thousandths(), all.thousandths()])
        };
        let spent = self.store(slot).run(look).await?;
        let wanted = [self.model.spent(Some(self.running[slot].process)), self.model.spent(None)];
        ensure(spent == wanted, || format!("{spent:?} thousandths are spent, and not {wanted:?}"))
    }
}
