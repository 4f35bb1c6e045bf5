//! Figures of a client.

use std::sync::atomic::{AtomicU64, Ordering};

use super::pace::Pace;

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
    /// POSTs that were begun, those included that were made again.
    pub posts: u64,
    /// POSTs that were made again by this crate, since the one before had surely created nothing.
    pub resent: u64,
    /// Tasks that were created.
    pub tasks: u64,
    /// Requests that were refused in the end: nothing was created.
    pub refused: u64,
    /// Requests that were not sent in the end: nothing was created.
    pub not_sent: u64,
    /// Requests whose outcome is unknown, or was until a callback told of it.
    pub unknown: u64,
    /// Of so many of them a callback told which task they became.
    pub found: u64,
    /// Polls that were begun.
    pub polls: u64,
    /// Polls that brought no news of their task.
    pub missed: u64,
    /// Tasks that were seen to be done by a wait.
    pub done: u64,
    /// Tasks that were seen to have failed by a wait.
    pub failed: u64,
    /// How many sends and waits stand in line for their next request now.
    pub waiting: usize,
    /// By which factor the pace is slower now than the spec's, since the service asked for it; 1 is not at all.
    pub slowness: f64,
    /// Are sends stopped now, since the service said that no credits are left?
    pub out_of_credits: bool,
}

/// Counts.
#[derive(Debug, Default)]
pub(super) struct Counters {
    pub(super) posts: Counter,
    pub(super) resent: Counter,
    pub(super) tasks: Counter,
    pub(super) refused: Counter,
    pub(super) not_sent: Counter,
    pub(super) unknown: Counter,
    pub(super) found: Counter,
    pub(super) polls: Counter,
    pub(super) missed: Counter,
    pub(super) done: Counter,
    pub(super) failed: Counter,
}

#[derive(Debug, Default)]
pub(super) struct Counter(AtomicU64);

impl Counter {
    pub(super) fn add(&self) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counters {
    pub(super) fn stats(&self, pace: &Pace) -> Stats {
        Stats {
            posts: self.posts.get(),
            resent: self.resent.get(),
            tasks: self.tasks.get(),
            refused: self.refused.get(),
            not_sent: self.not_sent.get(),
            unknown: self.unknown.get(),
            found: self.found.get(),
            polls: self.polls.get(),
            missed: self.missed.get(),
            done: self.done.get(),
            failed: self.failed.get(),
            waiting: pace.waiting(),
            slowness: pace.slowness(),
            out_of_credits: pace.has_no_credits(),
        }
    }
}
