//! One wait for a task: when it polls.

mod observe;
mod stand;
#[cfg(test)]
mod tests;

use std::pin::pin;
use std::sync::Arc;
use std::task::Waker;
use std::time::Duration;

use futures_util::future::{Either, select};
use tokio::time::{Instant, timeout_at};

use super::answer::PollAnswer;
use super::last_answer::LastAnswer;
use super::origin::Origin;
use super::poll::{conclude, poll, record_end};
use super::update::Item;
use crate::account::{Operation, backoff};
use crate::error::Error;
use crate::inbox::{Listener, Rank};
use crate::rate_limit::{Denied, Permit, PermitRequest};
use crate::service::{Service, TaskHandle};
use observe::is_end;

/// Time after its timeout within which a wait ends, since its last poll may still be in flight.
const GRACE: Duration = Duration::from_millis(500);
/// Longer than any wait, and safe to add to any instant.
const FAR: Duration = Duration::from_secs(30 * 365 * 86_400);

/// A wait under way. A process may hold many of them for long, so rare fields are boxed.
pub(super) struct Poller<S: Service> {
    operation: Arc<Operation>,
    handle: TaskHandle<S>,
    started: Instant,
    /// In nanoseconds after `started`.
    timeout: u64,
    /// No poll is made before this time.
    earliest: Instant,
    /// The last stage that was reported.
    reported: Rank,
    /// Whether the caller wants every stage, and not only the end.
    stages: bool,
    /// The presence in which this process was last known to be the task's waiter in the ledger. `None`: it never was.
    presence: Option<u32>,
    recorder: Recorder,
    /// Whether the purchase is known to have a key.
    has_key: bool,
    /// Whether the next poll confirms a callback.
    confirms_callback: bool,
    listener: Option<Box<Listener>>,
    /// When the task was first seen to be done without output.
    done_since: Option<Box<Instant>>,
    /// When the service first did not know the task, although it had known it before.
    unknown_since: Option<Box<Instant>>,
    /// Number of failed polls in a row.
    failures: u32,
    /// The message of the last of them.
    last_failure: Option<Box<str>>,
    counts: PollCounts,
    last: LastAnswer<S>,
}

/// Who records the end of the task in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Recorder {
    Wait,
    Caller,
}

#[derive(Debug, Clone, Copy, Default)]
struct PollCounts {
    polls: u32,
    failed: u32,
    unknown_task: u32,
}

impl<S: Service> Poller<S> {
    /// Creates a wait that reports every stage, or only the end.
    ///
    /// The first poll is made at once, unless callbacks are expected, or only the end is wanted and the task is new.
    pub(super) fn new(
        operation: Arc<Operation>,
        handle: TaskHandle<S>,
        origin: Origin,
        timeout: Duration,
        stages: bool,
    ) -> Self {
        let started = Instant::now();
        let listener = operation.link.as_deref().map(|link| Box::new(link.inbox.listen(handle.id())));
        operation.read_messages();
        let mut poller = Self {
            operation,
            handle,
            started,
            timeout: u64::try_from(timeout.min(FAR).as_nanos()).expect("30 years are fewer than 2^64 nanoseconds"),
            earliest: started,
            reported: Rank::NOTHING,
            stages,
            presence: origin.presence,
            recorder: Recorder::Wait,
            has_key: origin.has_key,
            confirms_callback: false,
            listener,
            done_since: None,
            unknown_since: None,
            failures: 0,
            last_failure: None,
            counts: PollCounts::default(),
            last: LastAnswer::Nothing,
        };
        poller.earliest += poller.first_pause(origin);
        poller
    }

    /// Leaves it to the caller to record the end of the task.
    pub(super) fn leaving_end(self) -> Self {
        Self { recorder: Recorder::Caller, ..self }
    }

    /// Returns the pause before the first poll.
    fn first_pause(&self, origin: Origin) -> Duration {
        let new_for = self.handle.age().and_then(|age| self.operation.schedule.every[0].checked_sub(age));
        match new_for.filter(|left| !left.is_zero()) {
            _ if origin.has_ended => Duration::ZERO,
            _ if self.is_expecting_callback() => self.pause(),
            Some(_) if !self.stages && origin.was_posted => self.pause(),
            // The wait may be the last of a program that is run again, so it takes no longer than it must.
            Some(left) if !self.stages => left,
            _ => Duration::ZERO,
        }
    }

    /// Polls until there is an update.
    pub(super) async fn next(&mut self) -> Item<S> {
        loop {
            if let Some(item) = self.poll_once().await {
                return item;
            }
        }
    }

    /// Makes the next poll as soon as the rate limit allows it. Returns its update, if any.
    pub(super) async fn poll_once(&mut self) -> Option<Item<S>> {
        let item = match self.poll().await {
            Some(answer) => self.observe(answer)?,
            None => Err(self.timed_out()),
        };
        if is_end(&item)
            && let Some(last) = self.last.snapshot(self.operation.api)
        {
            conclude(&self.operation, &self.handle, &last);
            if self.recorder == Recorder::Wait {
                record_end(&self.operation, &self.handle, &last, self.presence.is_some());
            }
        }
        Some(item)
    }

    /// Returns the answer to the next poll, or `None` after the timeout.
    async fn poll(&mut self) -> Option<Result<PollAnswer<S>, Error<S>>> {
        if let Err(failure) = self.operation.polled() {
            return Some(Err(failure.into()));
        }
        if self.is_last_poll_made() {
            return None;
        }
        let permit = loop {
            if !self.is_waiter() {
                // Boxed, as most waits never ask.
                match Box::pin(timeout_at(self.end(), self.ask_ledger())).await.ok()? {
                    Ok(()) => {}
                    Err(error) => return Some(Err(error)),
                }
            }
            let permit = self.acquire().await.ok()?;
            if self.is_waiter() || self.has_handed_over() {
                break permit;
            }
            permit.unused();
        };
        // Boxed, so that a wait that is queued for a permit does not hold room for a request.
        let answer = Box::pin(timeout_at(self.end(), poll(&self.operation, &self.handle, permit))).await;
        if answer.is_err() {
            self.counts.polls += 1;
        }
        answer.ok()
    }

    /// Waits until the next poll may be made, at the timeout at the latest.
    async fn acquire(&mut self) -> Result<Permit, Denied> {
        loop {
            self.check_inbox();
            let permit = self.operation.account.rate_limit.acquire(self.permit_request());
            let Some(listener) = &self.listener else { return permit.await };
            if let Either::Left((permit, _)) = select(permit, pin!(listener.wakeup(self.least_new_rank()))).await {
                return permit;
            }
        }
    }

    fn permit_request(&self) -> PermitRequest {
        let (step, last) = (self.pause(), self.last_poll_at());
        // The last poll has priority, so that the wait ends with the latest state of the task.
        let urgent = last - step.min(self.timeout() / 2);
        let request = PermitRequest::poll(self.handle.id(), self.earliest.min(last), step);
        let request = request.urgent_from(urgent).until(self.end());
        if self.confirms_callback { request.single() } else { request }
    }

    /// Takes a wake-up by a callback. The callback is confirmed by a poll at once.
    pub(super) fn check_inbox(&mut self) -> bool {
        let least = self.least_new_rank();
        let is_woken = self.listener.as_mut().is_some_and(|listener| listener.take_wakeup(least));
        if is_woken {
            (self.earliest, self.confirms_callback) = (self.earliest.min(Instant::now()), true);
        }
        is_woken
    }

    /// Sets the waker for callbacks. Call [`check_inbox`](Self::check_inbox) afterwards, since a callback may have come just
    /// before.
    pub(super) fn set_waker(&self, waker: impl FnOnce() -> Waker) {
        if let Some(listener) = &self.listener {
            listener.register(&waker());
        }
    }

    fn is_expecting_callback(&self) -> bool {
        self.listener.as_ref().is_some_and(|listener| listener.is_expecting_end())
    }

    /// Returns the least stage that the wait has not reported and that the caller wants.
    fn least_new_rank(&self) -> Rank {
        if self.stages { self.reported.next() } else { Rank::END }
    }

    /// Returns whether the poll at the timeout was made.
    fn is_last_poll_made(&self) -> bool {
        self.counts.polls > 0 && self.started.elapsed() >= self.timeout()
    }

    fn timeout(&self) -> Duration {
        Duration::from_nanos(self.timeout)
    }

    fn last_poll_at(&self) -> Instant {
        self.started + self.timeout()
    }

    /// Returns when the wait ends at the latest, even if a poll is in flight.
    pub(super) fn end(&self) -> Instant {
        self.last_poll_at() + GRACE
    }

    /// Returns how many requests of the API key may be in flight at once.
    pub(super) fn places(&self) -> usize {
        self.operation.account.rate_limit.places()
    }

    /// Returns the time before which there is nothing to do.
    pub(super) fn earliest(&self) -> Instant {
        self.earliest.min(self.last_poll_at())
    }

    /// Returns when the next poll is due if this many waits share the rate limit. All are slowed by the same factor.
    pub(super) fn due(&self, waiting: usize) -> Instant {
        if self.confirms_callback {
            return self.earliest;
        }
        let step = self.pause();
        let slower = self.operation.account.rate_limit.load(waiting, step) - 1.0;
        (self.earliest + step.min(FAR / 1_000).mul_f64(slower.min(1_000.0))).min(self.last_poll_at())
    }

    /// Returns the pause before the next poll.
    fn pause(&self) -> Duration {
        let (schedule, age) = (&self.operation.schedule, self.handle.age());
        let pause = match self.listener.as_ref().filter(|listener| listener.is_expecting_end()) {
            Some(listener) => schedule.pause_with_callbacks(age, listener.lost_share()),
            None => schedule.pause(age),
        };
        backoff(pause, self.failures).min(FAR)
    }
}
