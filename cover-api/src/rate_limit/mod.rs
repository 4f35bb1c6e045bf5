//! The rate limit that all requests of an API key share: who may send next, and when.
//!
//! It has no background task. Each poll of a waiter hands out the available permits.
//!
//! Several processes may share it; see [`share`]. Then a task of the [account](crate::account) asks the others for places, and this
//! module says when.

mod budget;
mod permit;
mod queue;
mod share;
mod sharing;
mod state;
mod verdict;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::Duration;

use cover_spec::tables::RateLimitSpec;
use tokio::sync::Notify;
use tokio::time::Instant;

use crate::events;
use share::News;
use state::State;

pub(crate) use permit::{Denied, Permit, PermitRequest};
pub(crate) use share::{Ask, Grant, PauseNews, ProbeRight, Questions};
pub(crate) use sharing::{NextAsk, StartAsking};
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
    /// Starts the task that asks other processes for places.
    start: Mutex<Option<StartAsking>>,
    /// Wakes that task.
    wanted: Arc<Notify>,
    /// Notified when they have answered.
    answered: Notify,
}

/// Returns the limit of which neither is exceeded, at once or in the long run: a number of requests, and their window. Neither number
/// is 0.
pub(crate) fn strictest(one: (u32, Duration), other: (u32, Duration)) -> (u32, Duration) {
    let requests = one.0.min(other.0);
    // The time in which a limit allows this many requests.
    let window = |(of, per): (u32, Duration)| per * requests / of.max(1);
    (requests, window(one).max(window(other)))
}

impl RateLimit {
    pub(crate) fn new(limit: RateLimitSpec) -> Self {
        let state = Mutex::new(State::new(limit));
        Self { state, start: Mutex::default(), wanted: Arc::default(), answered: Notify::new() }
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
        let asks = state.should_ask(now);
        drop(state);
        to_wake.into_iter().for_each(Waker::wake);
        if asks {
            self.start_asking();
        }
        changed
    }

    /// Resumes sends that were stopped since no credits were left.
    pub(crate) fn credits_seen(&self) {
        self.change(|state, _| {
            state.no_credits = false;
            state.budget.tell(|news| News { has_credits: Some(true), ..news });
        });
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
                places: state.budget.usable(now),
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
    /// Number of places that this process may use now.
    pub(crate) places: usize,
}

#[cfg(test)]
mod tests;
