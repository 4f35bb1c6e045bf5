//! What this process may use of a rate limit that several processes share.
//!
//! Each process holds some of the places for a time, its lease. It may begin requests in the first half of the lease, as it counts
//! it from before the transaction that granted the places. A request ends within the second half, with the window after its answer.
//! So the places of a process that has died can go to others when the lease is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// What a process tells the others, and what it wants of them.
#[derive(Debug, Clone)]
pub(crate) struct Ask {
    /// The limit of this process: `requests` in `per`.
    pub(crate) requests: u32,
    pub(crate) per: Duration,
    /// Number of places that it may take before it has the answer. It takes no others.
    pub(crate) keeps: u32,
    /// Number of places that it has a use for, with those that are taken.
    pub(crate) wants: u32,
    /// Whether its lease must be extended, as far as it knows. The answer that extended it may have come too late.
    pub(crate) needs_lease: bool,
    /// Whether it waits for the right to send the first request after a pause.
    pub(crate) wants_probe: bool,
    /// The slowness that it knew of, and the one that it has come to since.
    pub(crate) slowness: [f64; 2],
    pub(crate) news: News,
    /// Time left of its pause.
    pub(crate) pause: Option<Duration>,
    pub(super) at: Moment,
    /// The number of this question, and that of the last one.
    pub(super) number: u64,
    pub(super) last: Arc<AtomicU64>,
}

impl Ask {
    /// Returns whether no later question was asked. A ledger may run the transactions of one process in any order, and one whose task was
    /// dropped may come last.
    pub(crate) fn is_last(&self) -> bool {
        self.last.load(Ordering::SeqCst) == self.number
    }
}

/// What a process has learnt about the service since it last told the others.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct News {
    /// Whether it was asked for a pause, or has ended one.
    pub(crate) pause: Option<PauseNews>,
    /// Whether the service has answered well since the last pause.
    pub(crate) is_back: bool,
    /// Whether credits are left.
    pub(crate) has_credits: Option<bool>,
}

/// What became of a pause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PauseNews {
    Begun,
    Ended,
}

impl News {
    /// Returns whether the others should know at once.
    fn is_urgent(self) -> bool {
        self.pause.is_some() || self.is_back || self.has_credits.is_some()
    }

    /// Adds what was learnt later.
    fn then(self, later: Self) -> Self {
        Self {
            pause: later.pause.or(self.pause),
            is_back: later.is_back || (self.is_back && later.pause.is_none()),
            has_credits: later.has_credits.or(self.has_credits),
        }
    }
}

/// What a process got.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Grant {
    /// Number of places that it holds. It must return those above `usable` as soon as they are free.
    pub(crate) held: u32,
    /// Number of places that it may use.
    pub(crate) usable: u32,
    /// The window of the limit, the longest one of all processes.
    pub(crate) per: Duration,
    /// How long the places are its own, counted from before the transaction.
    pub(crate) lease: Duration,
    /// Whether the places that it held before were lost in the meantime.
    pub(crate) is_anew: bool,
    /// Whether the lease was extended.
    pub(crate) is_renewed: bool,
    /// Time left of a pause that the service asked for.
    pub(crate) pause: Option<Duration>,
    pub(crate) slowness: f64,
    pub(crate) probe: ProbeRight,
    pub(crate) no_credits: bool,
}

/// Who may send the request that shows whether the service is back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProbeRight {
    /// No such request is needed.
    NotNeeded,
    Own,
    /// Another process, or one that is still to be found.
    Other,
}

/// Identifies a share by its count of questions.
#[derive(Debug)]
pub(crate) struct Questions(Arc<AtomicU64>);

/// A time on both clocks of this machine.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    monotonic: Instant,
    wall: SystemTime,
}

impl Moment {
    pub(super) fn now(now: Instant) -> Self {
        Self { monotonic: now, wall: SystemTime::now() }
    }

    /// Returns whether this time has passed since, on the clock that says so first. A wall clock that goes back says nothing.
    fn is_past(self, after: Duration, now: Self) -> bool {
        let passed = now.monotonic.saturating_duration_since(self.monotonic);
        passed.max(now.wall.duration_since(self.wall).unwrap_or_default()) >= after
    }
}

/// The places of this process.
#[derive(Debug)]
pub(super) struct Share {
    held: u32,
    usable: u32,
    /// The window that all processes keep.
    pub(super) per: Duration,
    /// When the current lease was asked for, and how long places may be used from then on.
    lease: Option<(Moment, Duration)>,
    /// The number of the current lease. It grows when a lease was not continued, and permits of earlier leases are void.
    pub(super) lease_number: u64,
    /// When this process last heard of the others.
    pub(super) heard: Option<Instant>,
    /// What was told to the others, until they have answered.
    told: News,
    /// What was not told yet.
    pub(super) news: News,
    /// The slowness that all have agreed on.
    pub(super) slowness: f64,
    /// Whether the task that asks for places is running.
    pub(super) is_asking: bool,
    /// Whether this process may send the request that shows whether the service is back.
    pub(super) may_probe: bool,
    /// The number of the last question.
    asked: Arc<AtomicU64>,
}

impl Share {
    pub(super) fn new() -> Self {
        Self {
            held: 0,
            usable: 0,
            per: Duration::ZERO,
            lease: None,
            lease_number: 0,
            heard: None,
            told: News::default(),
            news: News::default(),
            slowness: 1.0,
            is_asking: false,
            may_probe: false,
            asked: Arc::default(),
        }
    }

    /// Returns whether this is the share that was made with these questions.
    pub(super) fn is(&self, questions: &Questions) -> bool {
        Arc::ptr_eq(&self.asked, &questions.0)
    }

    /// Returns what identifies this share.
    pub(super) fn questions(&self) -> Questions {
        Questions(Arc::clone(&self.asked))
    }

    /// Returns whether the others should know something at once.
    pub(super) fn has_news(&self) -> bool {
        self.told.is_urgent() || self.news.is_urgent()
    }

    /// Returns all that the others may not know.
    pub(super) fn tell(&mut self) -> News {
        self.told = self.told.then(std::mem::take(&mut self.news));
        self.told
    }

    /// Begins another question. Transactions of those before change nothing from now on. Returns its number.
    pub(super) fn next_question(&self) -> (u64, Arc<AtomicU64>) {
        (self.asked.fetch_add(1, Ordering::SeqCst) + 1, Arc::clone(&self.asked))
    }

    /// Returns how many places this process may use now.
    pub(super) fn usable(&self, now: Instant) -> u32 {
        if self.is_over(now) { 0 } else { self.usable }
    }

    /// Returns whether the time is over in which places may be used.
    pub(super) fn is_over(&self, now: Instant) -> bool {
        self.lease.is_none_or(|(asked, half)| asked.is_past(half, Moment::now(now)))
    }

    /// Returns whether a good part of the time has passed in which places may be used.
    pub(super) fn needs_lease(&self, now: Instant) -> bool {
        self.lease.is_none_or(|(asked, half)| asked.is_past(half / 4, Moment::now(now)))
    }

    /// Returns the number of places that count as this process's own for the others.
    pub(super) fn held(&self) -> u32 {
        self.held
    }

    /// Returns the number of places that it may use while the lease lasts.
    pub(super) fn granted(&self) -> u32 {
        self.usable
    }

    /// Uses no more than this many places until the next grant.
    pub(super) fn keep(&mut self, places: u32) {
        self.usable = self.usable.min(places);
    }

    /// Takes what a process got for what it asked at `at`.
    pub(super) fn take(&mut self, at: Moment, grant: &Grant, now: Instant) {
        self.told = News::default();
        if grant.is_anew {
            self.lease_number += 1;
        }
        if grant.is_renewed || grant.is_anew {
            self.lease = Some((at, grant.lease / 2));
        }
        (self.held, self.usable, self.per) = (grant.held, grant.usable, grant.per);
        (self.heard, self.may_probe) = (Some(now), grant.probe == ProbeRight::Own);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn at(moment: Moment, monotonic: u32, wall: i64) -> Moment {
        let shift = SECOND * u32::try_from(wall.unsigned_abs()).unwrap();
        let wall = if wall < 0 { moment.wall - shift } else { moment.wall + shift };
        Moment { monotonic: moment.monotonic + SECOND * monotonic, wall }
    }

    #[test]
    fn a_time_is_over_when_the_first_of_both_clocks_says_so() {
        let start = Moment::now(Instant::now());
        for (monotonic, wall, is_past) in
            [(0, 0, false), (9, 9, false), (10, 0, true), (0, 10, true), (9, -100, false), (10, -100, true)]
        {
            let now = at(start, monotonic, wall);
            assert_eq!(start.is_past(10 * SECOND, now), is_past, "{monotonic} s, {wall} s on the wall");
        }
    }

    #[test]
    fn later_news_replace_earlier_ones() {
        let begun = News { pause: Some(PauseNews::Begun), has_credits: Some(false), ..News::default() };
        let back = News { is_back: true, has_credits: Some(true), ..News::default() };
        let both = begun.then(back);
        assert_eq!(both, News { pause: begun.pause, is_back: true, has_credits: Some(true) });
        assert_eq!(both.then(begun), begun, "the service is no longer back");
        let ended = News { pause: Some(PauseNews::Ended), ..News::default() };
        assert_eq!(begun.then(ended), News { has_credits: Some(false), ..ended });
        assert!(!News::default().is_urgent() && begun.is_urgent() && back.is_urgent());
    }
}
