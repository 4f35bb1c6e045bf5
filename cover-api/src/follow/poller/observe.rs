//! What the answer to a poll means for the wait.

use cover_spec::answers::Progress;
use tokio::time::Instant;

use super::{PollCounts, Poller};
use crate::error::{Error, Failure, Kind, WaitStats};
use crate::events;
use crate::follow::answer::PollAnswer;
use crate::follow::last_answer::LastAnswer;
use crate::follow::update::{Item, Update};
use crate::inbox::Rank;
use crate::service::{Service, Snapshot};

/// Number of failures in a row that a rejected key counts as, so that its polls are as rare as possible.
const REJECTED_KEY: u32 = 7;

impl<S: Service> Poller<S> {
    /// Records the answer to a poll. Returns the update for the caller, if any.
    pub(super) fn observe(&mut self, answer: Result<PollAnswer<S>, Error<S>>) -> Option<Item<S>> {
        self.counts.polls += 1;
        self.confirms_callback = false;

        let item = match answer {
            Ok(PollAnswer::Snapshot(snapshot)) => {
                self.clear_failures();
                (self.last, self.unknown_since) = (LastAnswer::new(self.operation.api, &snapshot), None);
                self.observe_snapshot(snapshot)
            }
            Ok(PollAnswer::NoSuchTask(failure)) => {
                self.clear_failures();
                self.observe_unknown_task(failure)
            }
            // An id that cannot be put into an address never can be.
            Err(error) if error.is_setup() || error.is_adopted_elsewhere() => Some(Err(self.end_with(error))),
            Err(error) => Some(Ok(self.observe_failure(error))),
        };

        self.earliest = Instant::now() + self.pause();
        item
    }

    fn clear_failures(&mut self) {
        (self.failures, self.last_failure) = (0, None);
    }

    fn observe_snapshot(&mut self, snapshot: Snapshot<S>) -> Option<Item<S>> {
        match snapshot.progress() {
            Progress::Running(stage) => {
                let rank = stage.map_or(Rank::NOTHING, Rank::running);
                let is_new = rank > self.reported;
                self.reported = self.reported.max(rank);
                is_new.then_some(Ok(Update::Stage(snapshot)))
            }
            Progress::Done if snapshot.has_output() => Some(Ok(Update::Stage(snapshot))),
            Progress::Done => {
                self.is_output_overdue().then(|| Err(self.end_with(Error::new(Kind::NoOutput(snapshot.lacking)))))
            }
            Progress::Failed | Progress::Cancelled => Some(self.failed(&snapshot)),
        }
    }

    fn failed(&self, snapshot: &Snapshot<S>) -> Item<S> {
        let (has_key, refunded) = (self.has_key, snapshot.refunded());
        let kind = if snapshot.is_cancelled() {
            Kind::Cancelled { has_key, refunded }
        } else {
            Kind::Failed { has_key, refunded }
        };
        Err(self.end_with(Failure::new(kind).with_message(snapshot.error_message.clone()).into()))
    }

    /// Returns whether a task that is done has had no output for as long as the spec allows.
    fn is_output_overdue(&mut self) -> bool {
        let since = **self.done_since.get_or_insert_with(|| Box::new(Instant::now()));
        self.operation.api.poll.as_ref().is_none_or(|poll| since.elapsed() >= poll.settle)
    }

    /// An unknown task means "not yet" for a while, and ends the wait after that.
    fn observe_unknown_task(&mut self, failure: Failure) -> Option<Item<S>> {
        self.counts.unknown_task += 1;
        let age = match &self.last {
            LastAnswer::Nothing => self.handle.age().unwrap_or_else(|| self.started.elapsed()),
            // The task was known before. A single answer may come from a replica that lags behind.
            _ => self.unknown_since.get_or_insert_with(|| Box::new(Instant::now())).elapsed(),
        };
        self.operation.api.poll.as_ref().is_none_or(|poll| age >= poll.patience).then(|| {
            self.operation.lose(self.handle.id(), self.presence.is_some());
            Err(self.end_with(failure.into()))
        })
    }

    /// A failed poll says nothing about the task. The wait continues with growing pauses.
    fn observe_failure(&mut self, error: Error<S>) -> Update<S> {
        self.counts.failed += 1;
        self.operation.account.counters.failed_polls.add();
        if !error.is_about_rate() {
            self.failures = self.failures.saturating_add(1);
        }
        if error.is_unauthorized() || error.is_insufficient_credits() {
            self.failures = self.failures.max(REJECTED_KEY);
        }
        events::poll_failed(self.handle.id(), &error);
        self.last_failure = Some(error.to_string().into());
        Update::PollFailed(error.with_handle(Some(self.handle.clone())))
    }

    /// Returns the error of a wait whose timeout has passed.
    pub(in crate::follow) fn timed_out(&mut self) -> Error<S> {
        let kind = match self.last.snapshot(self.operation.api) {
            Some(last) if last.is_done() => Kind::NoOutput(last.lacking),
            _ => Kind::Timeout { after: self.timeout(), last_failure: self.last_failure.take().map(String::from) },
        };
        self.end_with(Error::new(kind))
    }

    fn end_with(&self, error: Error<S>) -> Error<S> {
        let PollCounts { polls, failed, unknown_task } = self.counts;
        let stats = WaitStats::new(polls, failed, unknown_task, self.started.elapsed());
        error.with_wait(self.handle.clone(), stats).with_last(self.last.snapshot(self.operation.api))
    }
}

/// Returns whether the task itself has ended, and not only the wait.
pub(super) fn is_end<S: Service>(item: &Item<S>) -> bool {
    match item {
        Ok(Update::Stage(snapshot)) => snapshot.is_done(),
        Ok(Update::PollFailed(_)) => false,
        Err(error) => error.is_failed(),
    }
}
