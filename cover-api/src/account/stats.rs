//! The figures of a client.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::ledger::LedgerHandle;
use crate::rate_limit::{RateLimit, RateLimitStats};

/// The figures of a client since it was made, including its clones.
///
/// ```
/// let client = cover_api::Client::new("my-key")?;
/// let stats = client.stats();
/// assert_eq!((stats.posts, stats.polls, stats.queued), (0, 0, 0));
/// # Ok::<(), cover_api::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Stats {
    /// Number of POSTs, including repeated ones.
    pub posts: u64,
    /// Number of repeated POSTs. Each followed an attempt that is known to have created nothing.
    pub resent: u64,
    /// Number of sends that created a task.
    pub tasks: u64,
    /// Number of sends that were answered at once.
    pub answers: u64,
    /// Number of sends whose last attempt was refused. They created nothing.
    pub refused: u64,
    /// Number of sends whose last attempt did not reach the service. They created nothing.
    pub not_sent: u64,
    /// Number of sends whose outcome is or was unknown.
    pub unknown: u64,
    /// Number of unknown outcomes whose task a callback made known.
    pub recovered: u64,
    /// Number of sends that returned the task of an earlier send and posted nothing.
    pub existing: u64,
    /// Number of second charges, which [`Client::duplicates`](crate::runtime::Client::duplicates) lists.
    pub duplicates: u64,
    /// Number of outcomes that the ledger has not recorded yet. Recording is retried until it succeeds.
    pub unsettled: u64,
    /// Number of polls.
    pub polls: u64,
    /// Number of GETs of operations that answer at once, including repeated ones.
    pub fetches: u64,
    /// Number of polls in waits that failed.
    pub failed_polls: u64,
    /// Number of tasks whose wait ended with their output.
    pub done: u64,
    /// Number of tasks whose wait ended because they failed.
    pub failed: u64,
    /// Number of sends and waits that are queued for a permit.
    pub queued: usize,
    /// Number of requests that count against the rate limit: those in flight, and those that were answered less than a window
    /// ago.
    pub permits: usize,
    /// Number of requests that this process may have among those that count: all of the rate limit, or this process's share if other
    /// processes use the same ledger in a file or a database. It is 0 until a share was asked for, after a time without use, and when
    /// the ledger has not answered for half of the lease of the share. Then nothing is sent.
    pub places: usize,
    /// Time left of the pause that the service asked for, if any. No request starts before its end, or before
    /// [`Client::resume_sends`].
    ///
    /// [`Client::resume_sends`]: crate::runtime::Client::resume_sends
    pub pause: Option<Duration>,
    /// Factor by which requests are slowed down because the service asked for it. At least 1.
    pub slowness: f64,
    /// Whether sends are stopped because the service said that no credits are left.
    pub out_of_credits: bool,
    /// Time since the ledger began to fail, if its last transaction failed because the file or database cannot be used. Nothing is
    /// posted while it fails.
    pub ledger_failing: Option<Duration>,
}

/// The counters behind [`Stats`].
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) posts: Counter,
    pub(crate) resent: Counter,
    pub(crate) tasks: Counter,
    pub(crate) answers: Counter,
    pub(crate) refused: Counter,
    pub(crate) not_sent: Counter,
    pub(crate) unknown: Counter,
    pub(crate) recovered: Counter,
    pub(crate) existing: Counter,
    pub(crate) duplicates: Counter,
    pub(crate) unsettled: Counter,
    pub(crate) polls: Counter,
    pub(crate) fetches: Counter,
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

    /// Undoes one [`add`](Self::add).
    pub(crate) fn subtract(&self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }

    fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Counters {
    pub(crate) fn stats(&self, limit: &RateLimit, ledger: &LedgerHandle) -> Stats {
        let RateLimitStats { waiting, taken, pause, slowness, has_no_credits, places } = limit.stats();
        Stats {
            posts: self.posts.get(),
            resent: self.resent.get(),
            tasks: self.tasks.get(),
            answers: self.answers.get(),
            refused: self.refused.get(),
            not_sent: self.not_sent.get(),
            unknown: self.unknown.get(),
            recovered: self.recovered.get(),
            existing: self.existing.get(),
            duplicates: self.duplicates.get(),
            unsettled: self.unsettled.get(),
            polls: self.polls.get(),
            fetches: self.fetches.get(),
            failed_polls: self.failed_polls.get(),
            done: self.done.get(),
            failed: self.failed.get(),
            queued: waiting,
            permits: taken,
            places,
            pause,
            slowness,
            out_of_credits: has_no_credits,
            ledger_failing: ledger.failing_for(),
        }
    }
}
