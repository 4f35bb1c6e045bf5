//! The rate limit that all requests of an API key share: who may send next, and when.
//!
//! It has no background task. Each poll of a waiter hands out the available permits.

mod budget;
mod permit;
mod queue;
mod state;
mod verdict;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use cover_spec::tables::RateLimitSpec;
use tokio::time::Instant;

use crate::events;
use state::State;

pub(crate) use permit::{Denied, Permit, PermitRequest};
pub(crate) use verdict::Verdict;

/// Time after which a permit that its waiter has not taken goes to the next waiter. Such a waiter is not being polled.
const TAKE_WITHIN: Duration = Duration::from_secs(1);

/// Number of waiters at the head of each queue that check whether those before them are still polled.
const WATCHERS: usize = 2;

/// The queue that a request waits in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum QueueKind {
    /// Cancels, which come before all others: a running task may cost credits.
    Cancel,
    /// POSTs, and requests for the credits.
    Send,
    Poll,
}

/// The rate limit of an API key.
#[derive(Debug)]
pub(crate) struct RateLimit {
    state: Mutex<State>,
}

impl RateLimit {
    pub(crate) fn new(limit: RateLimitSpec) -> Self {
        Self { state: Mutex::new(State::new(limit)) }
    }

    /// Applies another limit as well. The stricter of the two holds.
    pub(crate) fn tighten(&self, limit: RateLimitSpec) {
        self.change(|state, _| state.budget.tighten(limit));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code panics between two changes of the state that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, grants permits, and then wakes the waiters concerned.
    fn change<T>(&self, change: impl FnOnce(&mut State, Instant) -> T) -> T {
        let now = Instant::now();
        let mut state = self.state();
        let changed = change(&mut state, now);
        state.grant_available(now);
        let to_wake = std::mem::take(&mut state.to_wake);
        drop(state);
        to_wake.into_iter().for_each(Waker::wake);
        changed
    }

    /// Resumes sends that were stopped since no credits were left.
    pub(crate) fn credits_seen(&self) {
        self.change(|state, _| state.no_credits = false);
    }

    /// Ends a pause that the service asked for.
    pub(crate) fn resume(&self) {
        self.change(|state, _| {
            state.budget.resume();
            state.wake_heads();
        });
        events::resumed();
    }

    /// Returns its current figures.
    pub(crate) fn stats(&self) -> RateLimitStats {
        self.change(|state, now| {
            state.budget.tidy(now);
            RateLimitStats {
                waiting: state.cancels.len() + state.sends.len() + state.polls.len(),
                taken: state.budget.taken(),
                pause: state.budget.pause_left(now),
                slowness: state.budget.slowness(),
                has_no_credits: state.no_credits,
            }
        })
    }

    /// Returns the factor by which polls at this step are slowed if this many wait; at least 1.
    #[expect(clippy::cast_precision_loss, reason = "a few digits less do not matter")]
    pub(crate) fn load(&self, waiting: usize, step: Duration) -> f64 {
        let spacing = self.state().budget.spacing().as_secs_f64();
        (waiting as f64 * spacing / step.as_secs_f64().max(1e-9)).max(1.0)
    }

    /// Returns the distance of evenly spaced requests.
    pub(crate) fn spacing(&self) -> Duration {
        self.state().budget.spacing()
    }

    /// Returns how many requests may be in flight at once.
    pub(crate) fn places(&self) -> usize {
        self.state().budget.places()
    }
}

/// Current figures of a rate limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct RateLimitStats {
    /// Number of waiters.
    pub(crate) waiting: usize,
    /// Number of places that are taken.
    pub(crate) taken: usize,
    /// Remaining time of a pause that the service asked for.
    pub(crate) pause: Option<Duration>,
    /// 1, or more after the service has asked for fewer requests.
    pub(crate) slowness: f64,
    /// Whether sends are stopped, since no credits are left.
    pub(crate) has_no_credits: bool,
}

#[cfg(test)]
mod tests;
