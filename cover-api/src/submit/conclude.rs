//! Counts and logs what became of an attempt, and lets callbacks know.

use super::count::count_duplicate;
use super::guard::Guard;
use super::outcome::{Outcome, Report};
use crate::callback_link::CallbackLink;
use crate::error::{Attempt, Failure, Kind, Seen};
use crate::events;
use crate::ledger::{Settled, Settlement, Source};

impl Guard {
    /// Counts and logs an outcome, and lets callbacks know. What the ledger or a callback knows better changes it.
    pub(super) fn conclude(&self, report: Report, settled: Option<&Settled>, link: Option<&CallbackLink>) -> Report {
        let outcome = match report.outcome {
            Outcome::Task(task, _) if matches!(settled, Some(Settled::Contradicted)) => {
                self.contradicted(&task, report.attempt.clone())
            }
            outcome => outcome,
        };
        let outcome = match outcome {
            Outcome::Task(task, source) => self.became(task, source, settled, link),
            // A callback has told the caller of the task before.
            outcome if self.is_reported => outcome,
            Outcome::Unknown { failure, hint } => self.unknown(failure, hint, link),
            outcome => {
                self.forget_callbacks();
                outcome
            }
        };
        Report { outcome, ..report }
    }

    fn became(&self, task: String, source: Source, settled: Option<&Settled>, link: Option<&CallbackLink>) -> Outcome {
        let counters = &self.account.counters;
        if !self.is_reported {
            counters.tasks.add();
        }
        if let Some(settled) = settled {
            count_duplicate(&self.account, &Settlement::Task { task: task.clone(), source }, settled);
        }
        if let Some(link) = link {
            link.inbox.became(self.id, &task);
        }
        events::task_created(&task);
        Outcome::Task(task, source)
    }

    fn unknown(&self, failure: Failure, hint: Option<String>, link: Option<&CallbackLink>) -> Outcome {
        let counters = &self.account.counters;
        counters.unknown.add();
        // A callback may have been confirmed in this very moment.
        if let Some(task) = link.and_then(|link| link.inbox.unknown(self.id)) {
            counters.found.add();
            events::recovered(&task);
            return Outcome::Task(task.into(), Source::Claim);
        }
        events::unknown(&failure);
        Outcome::Unknown { failure, hint }
    }

    /// The reply names a task that the ledger knows to be another attempt's.
    fn contradicted(&self, task: &str, attempt: Attempt) -> Outcome {
        events::contradicted("reply", task);
        let failure = Failure::new(Kind::OutcomeUnknown(Seen::OtherTask));
        Outcome::Unknown { failure: failure.with_recovery(self.recovery()).with_attempt(attempt), hint: None }
    }
}
