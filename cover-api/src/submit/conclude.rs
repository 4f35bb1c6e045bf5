//! Counts and logs the outcome of an attempt, and informs the inbox.

use bytes::Bytes;

use super::count::count_duplicate;
use super::guard::Guard;
use super::outcome::{AttemptReport, Outcome};
use crate::callback_link::CallbackLink;
use crate::error::{AttemptDetails, Evidence, Failure, Kind};
use crate::events;
use crate::ledger::{Settled, TaskSource};

impl Guard {
    /// Counts and logs an outcome, and informs the inbox. The ledger or a callback may replace the outcome.
    pub(super) fn conclude(
        &self,
        report: AttemptReport,
        settled: Option<&Settled>,
        link: Option<&CallbackLink>,
    ) -> AttemptReport {
        let outcome = match report.outcome {
            Outcome::Task(task, _) if matches!(settled, Some(Settled::Contradicted)) => {
                self.contradicted(&task, report.attempt.clone())
            }
            outcome => outcome,
        };
        let outcome = match outcome {
            Outcome::Task(task, source) => self.became(task, source, settled, link),
            Outcome::Answer(bytes) => self.answered(bytes, settled),
            // The caller already has the task of a callback.
            outcome if self.is_reported => outcome,
            Outcome::Unknown { failure, hint } => self.unknown(failure, hint, link),
            outcome => {
                self.forget_callbacks();
                outcome
            }
        };
        AttemptReport { outcome, ..report }
    }

    fn became(
        &self,
        task: String,
        source: TaskSource,
        settled: Option<&Settled>,
        link: Option<&CallbackLink>,
    ) -> Outcome {
        let counters = &self.operation.account.counters;
        if !self.is_reported {
            counters.tasks.add();
        }
        if let Some(settled) = settled {
            count_duplicate(&self.operation.account, &task, settled);
        }
        if let Some(link) = link {
            link.inbox.confirm(self.id, &task);
        }
        events::task_created(&task);
        Outcome::Task(task, source)
    }

    fn answered(&self, bytes: Bytes, settled: Option<&Settled>) -> Outcome {
        self.operation.account.counters.answers.add();
        if let Some(settled) = settled {
            count_duplicate(&self.operation.account, &self.id.to_string(), settled);
        }
        events::answered();
        Outcome::Answer(bytes)
    }

    fn unknown(&self, failure: Failure, hint: Option<String>, link: Option<&CallbackLink>) -> Outcome {
        let counters = &self.operation.account.counters;
        counters.unknown.add();
        // A callback may have been confirmed in the meantime.
        if let Some(task) = link.and_then(|link| link.inbox.mark_unknown(self.id)) {
            counters.recovered.add();
            events::recovered(&task);
            return Outcome::Task(task.into(), TaskSource::Claim);
        }
        events::unknown(&failure);
        Outcome::Unknown { failure, hint }
    }

    /// Handles a reply with a task that belongs to another attempt in the ledger.
    fn contradicted(&self, task: &str, attempt: AttemptDetails) -> Outcome {
        events::contradicted("reply", task);
        let failure = Failure::new(Kind::OutcomeUnknown(Evidence::OtherTask));
        Outcome::Unknown { failure: failure.with_recovery(self.recovery()).with_attempt(attempt), hint: None }
    }
}
