//! Counts and logs attempts whose send makes no other.

use tracing::{error, info, warn};

use super::outcome::{Ended, Outcome, Report};
use crate::account::Account;
use crate::error::Failure;
use crate::ledger::{Settled, Settlement};

pub(super) fn count_final(account: &Account, ended: &Ended) {
    match ended {
        Ended::NotPosted(failure, _) => count_not_posted(account, failure),
        Ended::Refused(Some(report)) | Ended::Settled(report) => count_report(account, report),
        Ended::Claimed { .. } | Ended::Refused(None) => {}
    }
}

pub(super) fn count_not_posted(account: &Account, failure: &Failure) {
    if failure.is_outcome_unknown() {
        account.counters.unknown.add();
        warn!(error = %failure, "the outcome is unknown; it may have been charged");
    } else {
        account.counters.not_sent.add();
        info!(error = %failure, "it was not sent");
    }
}

pub(super) fn count_report(account: &Account, report: &Report) {
    match &report.outcome {
        Outcome::NotSent(failure) => {
            account.counters.not_sent.add();
            info!(error = %failure, "it was not sent");
        }
        Outcome::Refused(failure) => {
            account.counters.refused.add();
            info!(error = %failure, "nothing was created");
        }
        // Counted as soon as they are known.
        Outcome::Task(..) | Outcome::Unknown { .. } => {}
    }
}

/// Counts and logs a task that is a second charge.
pub(super) fn count_duplicate(account: &Account, settlement: &Settlement, settled: &Settled) {
    if let (Settlement::Task { task, .. }, Settled::Duplicate(entry)) = (settlement, settled) {
        account.counters.duplicates.add();
        error!(%task, other = entry.task, "a second task was created for one purchase");
    }
}
