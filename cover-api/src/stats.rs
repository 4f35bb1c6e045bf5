//! Figures of a client.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::rate_limit::{Figures, RateLimit};

/// What a client has done since it was made, all its clones together.
///
/// ```
/// let client = cover_api::Client::new("my-key")?;
/// let stats = client.stats();
/// assert_eq!((stats.posts, stats.polls, stats.waiting), (0, 0, 0));
/// # Ok::<(), cover_api::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// Number of POSTs that were begun, resent ones included.
    pub posts: u64,
    /// Number of POSTs that were made again, since the attempt before had created nothing for certain.
    pub resent: u64,
    /// Number of sends that created a task.
    pub tasks: u64,
    /// Number of sends that were refused in the end: nothing was created.
    pub refused: u64,
    /// Number of sends that did not reach the service in the end: nothing was created.
    pub not_sent: u64,
    /// Number of sends whose outcome is unknown, or was until it was recovered.
    pub unknown: u64,
    /// Number of unknown outcomes that became known tasks by a callback.
    pub found: u64,
    /// Number of sends that returned a task of an earlier send and posted nothing.
    pub existing: u64,
    /// Number of tasks that are a second charge of the same purchase: see
    /// [`Client::duplicates`](crate::runtime::Client::duplicates).
    pub duplicates: u64,
    /// Number of outcomes that the ledger has not taken yet, now. Writing them is tried again until it succeeds.
    pub unsettled: u64,
    /// Number of polls that were begun.
    pub polls: u64,
    /// Number of polls of waits that failed, and so said nothing of their task.
    pub failed_polls: u64,
    /// Number of tasks that a wait has seen to be done, with output.
    pub done: u64,
    /// Number of tasks that a wait has seen to have failed.
    pub failed: u64,
    /// Number of sends and waits that are queued for a permit now.
    pub waiting: usize,
    /// Number of permits that count against the rate limit now: requests on their way, and those that were answered less than a
    /// window ago.
    pub permits: usize,
    /// How long no request begins from now on, since the service asked for a pause. [`Client::resume_sends`] ends it.
    ///
    /// [`Client::resume_sends`]: crate::runtime::Client::resume_sends
    pub pause: Option<Duration>,
    /// Factor by which the rate limit is slower now than the spec's, since the service asked for it; 1 is not at all.
    pub slowness: f64,
    /// Whether sends are stopped now, since the service said that no credits are left.
    pub out_of_credits: bool,
}

/// Counts.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) posts: Counter,
    pub(crate) resent: Counter,
    pub(crate) tasks: Counter,
    pub(crate) refused: Counter,
    pub(crate) not_sent: Counter,
    pub(crate) unknown: Counter,
    pub(crate) found: Counter,
    pub(crate) existing: Counter,
    pub(crate) duplicates: Counter,
    pub(crate) unsettled: Counter,
    pub(crate) polls: Counter,
    pub(crate) failed_polls: Counter,
    pub(crate) done: Counter,
    pub(crate) failed: Counter,
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    /// Takes one off what was added before.
    pub(crate) fn take_off(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counters {
    pub(crate) fn stats(&self, limit: &RateLimit) -> Stats {
        let Figures { waiting, taken, pause, slowness, has_no_credits } = limit.figures();
        Stats {
            posts: self.posts.get(),
            resent: self.resent.get(),
            tasks: self.tasks.get(),
            refused: self.refused.get(),
            not_sent: self.not_sent.get(),
            unknown: self.unknown.get(),
            found: self.found.get(),
            existing: self.existing.get(),
            duplicates: self.duplicates.get(),
            unsettled: self.unsettled.get(),
            polls: self.polls.get(),
            failed_polls: self.failed_polls.get(),
            done: self.done.get(),
            failed: self.failed.get(),
            waiting,
            permits: taken,
            pause,
            slowness,
            out_of_credits: has_no_credits,
        }
    }
}
