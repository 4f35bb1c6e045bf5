//! The rules of all ledgers: what may be posted, and how a settled attempt changes its entry.
//!
//! Each function runs within one transaction. It reads and decides first, and writes last.

mod adopt;
mod answer;
mod budget;
mod chain;
mod charge;
mod intend;
mod look_up;
#[cfg(feature = "callback")]
mod pass_on;
mod people;
mod restore;
mod settle;
mod task;

use super::{Attempt, Entry, LedgerError, Rows};

pub(crate) use adopt::{adopt, hand_over, hand_over_all, may_wait};
#[cfg(feature = "unstable-ledger")]
pub use answer::MAX_ANSWER;
pub(crate) use answer::may_be_answer;
pub use answer::{Bought, bought};
use answer::{drop_answers, keep_answer};
pub(crate) use budget::{leave_budget, share_budget};
pub use intend::{Intended, intend};
pub(crate) use look_up::refresh;
pub use look_up::{PurchaseState, Terms, look_up};
#[cfg(feature = "callback")]
pub(crate) use pass_on::{PassedOn, pass_on};
#[cfg_attr(not(feature = "unstable-ledger"), expect(unused_imports, reason = "only stores name it"))]
pub use people::UnknownPage;
pub use people::{Resolution, resolve, unknown};
pub(crate) use restore::settle_posted;
pub use settle::{Settled, Settlement, settle};
pub use task::{deliver, end, lose};

fn write(rows: &mut dyn Rows, entry: &mut Entry, attempt: &Attempt) -> Result<(), LedgerError> {
    rows.put_attempt(attempt, &entry.purchase)?;
    write_entry(rows, entry)
}

fn write_entry(rows: &mut dyn Rows, entry: &mut Entry) -> Result<(), LedgerError> {
    entry.changed = rows.now();
    rows.update_entry(entry)
}

fn damaged(what: &str) -> LedgerError {
    LedgerError::not_a_ledger(what)
}
