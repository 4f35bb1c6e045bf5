//! Counts and logs the last attempts of sends.

use super::outcome::{AttemptEnd, AttemptReport, Outcome};
use crate::account::Account;
use crate::error::Failure;
use crate::events;
use crate::ledger::Settled;

pub(super) fn count_final(account: &Account, ended: &AttemptEnd) {
    match ended {
        AttemptEnd::NotPosted(failure, _) => count_not_posted(account, failure),
        AttemptEnd::Refused(Some(report)) | AttemptEnd::Settled(report) => count_report(account, report),
        AttemptEnd::Claimed { .. } | AttemptEnd::Refused(None) => {}
    }
}

pub(super) fn count_not_posted(account: &Account, failure: &Failure) {
    if failure.is_outcome_unknown() {
        account.counters.unknown.add();
        events::unknown(failure);
    } else {
        account.counters.not_sent.add();
        events::not_sent(failure);
    }
}

pub(super) fn count_report(account: &Account, report: &AttemptReport) {
    match &report.outcome {
        Outcome::NotSent(failure) => {
            account.counters.not_sent.add();
            events::not_sent(failure);
        }
        Outcome::Refused(failure) => {
            account.counters.refused.add();
            events::refused(failure);
        }
        // Counted when they became known.
        Outcome::Task(..) | Outcome::Answer(_) | Outcome::Unknown { .. } => {}
    }
}

/// Counts and logs a task that is a second charge.
pub(super) fn count_duplicate(account: &Account, task: &str, settled: &Settled) {
    if let Settled::Duplicate(entry) = settled {
        account.counters.duplicates.add();
        events::duplicate(task, entry.task.as_deref().unwrap_or_default());
    }
}
