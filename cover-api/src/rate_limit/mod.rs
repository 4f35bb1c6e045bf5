//! One rate limit for all requests of a key: who may send next, and when.
//!
//! No task drives it. Each poll of a waiter hands out the available permits.

mod budget;
mod permit;
mod queue;
mod state;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use cover_spec::wire;
use tokio::time::Instant;

use crate::events;
use state::State;

pub(crate) use budget::Verdict;
pub(crate) use permit::{Denied, Permit, PermitRequest};

/// A permit that its waiter has not taken after this time goes to the next waiter, since the first is not being polled.
const UNTAKEN: Duration = Duration::from_secs(1);

/// Number of waiters at the head of each queue that watch whether those before them are polled.
const WATCHERS: usize = 2;

/// What a permit is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A POST, or a look at the credits.
    Send,
    Poll,
}

/// The rate limit of an API key.
#[derive(Debug)]
pub(crate) struct RateLimit {
    state: Mutex<State>,
}

impl RateLimit {
    pub(crate) fn new(limit: wire::Pace) -> Self {
        Self { state: Mutex::new(State::new(limit)) }
    }

    /// Keeps to another limit as well: the stricter of the two.
    pub(crate) fn tighten(&self, limit: wire::Pace) {
        self.change(|state, _| state.budget.tighten(limit));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing that holds the lock leaves the state half changed.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, and wakes afterwards whom that concerns.
    fn change<T>(&self, change: impl FnOnce(&mut State, Instant) -> T) -> T {
        let now = Instant::now();
        let mut state = self.state();
        let changed = change(&mut state, now);
        state.give_out(now);
        let wake = std::mem::take(&mut state.wake);
        drop(state);
        wake.into_iter().for_each(Waker::wake);
        changed
    }

    /// Lets sends go on that were stopped for want of credits.
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

    /// Returns its figures of this moment.
    pub(crate) fn figures(&self) -> Figures {
        self.change(|state, now| {
            state.budget.tidy(now);
            Figures {
                waiting: state.sends.len() + state.polls.len(),
                taken: state.budget.taken(),
                pause: state.budget.pause_left(now),
                slowness: state.budget.slowness(),
                has_no_credits: state.no_credits,
            }
        })
    }

    /// By which factor those who would each poll at this step are slowed where there are so many; at least 1.
    #[expect(clippy::cast_precision_loss, reason = "a few digits less do not matter")]
    pub(crate) fn load(&self, waiting: usize, step: Duration) -> f64 {
        let spacing = self.state().budget.spacing().as_secs_f64();
        (waiting as f64 * spacing / step.as_secs_f64().max(1e-9)).max(1.0)
    }

    /// The time that each of an even row of requests has.
    pub(crate) fn spacing(&self) -> Duration {
        self.state().budget.spacing()
    }

    /// How many requests may be on their way at once.
    pub(crate) fn places(&self) -> usize {
        self.state().budget.places()
    }
}

/// Figures of a rate limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Figures {
    /// Number of waiters.
    pub(crate) waiting: usize,
    /// Number of places that are taken.
    pub(crate) taken: usize,
    /// What is left of a pause that the service asked for.
    pub(crate) pause: Option<Duration>,
    /// 1, or more after the service has asked for fewer requests.
    pub(crate) slowness: f64,
    /// Whether sends are stopped for want of credits.
    pub(crate) has_no_credits: bool,
}

#[cfg(test)]
mod tests;
