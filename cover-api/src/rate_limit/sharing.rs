//! What the task needs that asks other processes for places.

use std::fmt;
use std::future::Future;
use std::sync::{Arc, PoisonError};
use std::task::Waker;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::RateLimit;
use super::share::{Ask, Grant, Questions, Share};

/// Shortest and longest time between two questions while this process wants more places than it got.
const EAGER: [Duration; 2] = [Duration::from_millis(20), Duration::from_secs(2)];
/// Longest time between two questions while it holds places.
const CALM: Duration = Duration::from_secs(5);

/// Starts a task that asks other processes. Returns false if no task can be started here.
pub(crate) struct StartAsking(pub(crate) Arc<dyn Fn() -> bool + Send + Sync>);

impl fmt::Debug for StartAsking {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("StartAsking")
    }
}

/// When to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NextAsk {
    pub(crate) earliest: Instant,
    pub(crate) latest: Instant,
}

impl RateLimit {
    /// Shares the limit with other processes from now on. Until they are asked, this process has no places.
    pub(crate) fn share(&self, start: StartAsking) -> Questions {
        let share = Share::new();
        let questions = share.questions();
        let mut current = self.start.lock().unwrap_or_else(PoisonError::into_inner);
        self.state().budget.share = Some(share);
        *current = Some(start);
        questions
    }

    /// Shares the limit no longer, unless it has been shared anew. Returns the number of places that are taken, and whether there are
    /// requests in flight.
    pub(crate) fn unshare(&self, questions: &Questions) -> (u32, bool) {
        let mut current = self.start.lock().unwrap_or_else(PoisonError::into_inner);
        let mut state = self.state();
        state.budget.tidy(Instant::now());
        let left = (u32::try_from(state.budget.taken()).unwrap_or(u32::MAX), state.budget.has_requests());
        if let Some(share) = state.budget.share.take_if(|share| share.is(questions)) {
            share.next_question();
            *current = None;
        }
        drop((state, current));
        self.wanted.notify_one();
        left
    }

    /// Returns whether the limit is shared with other processes.
    pub(crate) fn is_shared(&self) -> bool {
        self.state().budget.share.is_some()
    }

    /// Starts the task, or wakes it.
    pub(super) fn start_asking(&self) {
        let was_asking = self.state().budget.share.as_mut().map(|share| std::mem::replace(&mut share.is_asking, true));
        match was_asking {
            Some(true) => self.wanted.notify_one(),
            Some(false) => {
                let start =
                    self.start.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|it| Arc::clone(&it.0));
                if !start.is_some_and(|start| start()) {
                    self.stop_asking();
                }
            }
            None => {}
        }
    }

    /// Records that the task has ended. If there is something to ask by now, the next change starts another one.
    pub(crate) fn stop_asking(&self) {
        let mut state = self.state();
        if let Some(share) = &mut state.budget.share {
            share.is_asking = false;
        }
        state.wake_heads();
        let to_wake = std::mem::take(&mut state.to_wake);
        drop(state);
        to_wake.into_iter().for_each(Waker::wake);
    }

    /// Returns the notification that wakes the task.
    pub(crate) fn wanted(&self) -> Arc<Notify> {
        Arc::clone(&self.wanted)
    }

    /// Returns what to ask the other processes. `None` if there is nothing to ask; the task counts as ended then.
    pub(crate) fn ask(&self) -> Option<Ask> {
        let now = Instant::now();
        let mut state = self.state();
        state.budget.tidy(now);
        let waiting = state.waiting(now);
        let is_idle = waiting == 0 && state.budget.taken() == 0 && !state.should_ask(now);
        let share = state.budget.share.as_mut()?;
        if is_idle && (share.held() == 0 || share.is_over(now)) {
            share.is_asking = false;
            return None;
        }
        state.budget.ask(now, waiting)
    }

    /// Takes the answer of the others. Returns when to ask again.
    pub(crate) fn granted(&self, ask: &Ask, grant: &Grant) -> NextAsk {
        let next = self.change(|state, now| {
            state.budget.take(now, ask, grant);
            if !state.budget.has_credit_news() {
                if grant.no_credits {
                    state.stop_sends();
                }
                state.no_credits = grant.no_credits;
            }
            state.wake_heads();
            let window = state.budget.window();
            let (eager, calm) = ((window / 8).clamp(EAGER[0], EAGER[1]), window.min(CALM).min(grant.lease / 4));
            let is_short = state.budget.is_short(now, state.waiting(now));
            let pause = if is_short { eager } else { calm.max(EAGER[0]) };
            let back = state.budget.pause_left(now).filter(|_| state.waiting(now) > 0).unwrap_or(pause);
            NextAsk { earliest: if is_short { now + eager } else { now }, latest: now + pause.min(back) }
        });
        self.answered.notify_waiters();
        next
    }

    /// Returns when to ask again after the ledger has failed.
    pub(crate) fn not_granted(&self) -> NextAsk {
        self.answered.notify_waiters();
        let at = Instant::now() + self.state().budget.window().clamp(EAGER[0], EAGER[1]);
        NextAsk { earliest: at, latest: at }
    }

    /// Returns a future that ends when the others have answered, counted from the call.
    pub(super) fn asked(&self) -> impl Future<Output = ()> + '_ {
        self.answered.notified()
    }

    /// Returns whether this process may get more places if it asks.
    pub(super) fn may_get_more(&self) -> bool {
        let now = Instant::now();
        let state = self.state();
        state.budget.is_short(now, state.waiting(now)) && state.budget.may_ask(now)
    }
}
