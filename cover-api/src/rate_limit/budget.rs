//! Counts requests, and computes when the next one may be sent. It only calculates; waiting happens elsewhere.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use cover_spec::tables::RateLimitSpec;
use tokio::time::Instant;

use super::Verdict;

/// Largest factor by which a service that asks for fewer requests slows the rate limit.
const MAX_SLOWNESS: f64 = 16.0;

/// Longest period of a limit. It is safe to add to any instant.
const MAX_PERIOD: Duration = Duration::from_secs(365 * 86_400);

/// State of the single request that checks, after a pause, whether the service is back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Probe {
    NotNeeded,
    Due,
    InFlight,
}

/// A request takes one of `requests` places from before it is sent until one window after its answer. Since it reached the
/// service in between, no window at the service contains more than `requests`.
#[derive(Debug)]
pub(super) struct Budget {
    limit: RateLimitSpec,
    in_flight: u32,
    /// When the requests of the last window were answered.
    answered: VecDeque<Instant>,
    last_poll: Option<Instant>,
    /// The polls of the last `task_every`, in order.
    recent_polls: VecDeque<(Instant, u64)>,
    /// The last of them for each task.
    last_poll_of: HashMap<u64, Instant>,
    /// 1, or more after the service has asked for fewer requests.
    slowness_factor: f64,
    slowed_at: Option<Instant>,
    /// No request begins before this time, since the service asked for a pause.
    paused_until: Option<Instant>,
    /// When the service last asked for a pause.
    paused_at: Option<Instant>,
    probe: Probe,
}

/// Returns the limit with figures that are safe to calculate with.
fn bounded(limit: RateLimitSpec) -> RateLimitSpec {
    RateLimitSpec {
        requests: limit.requests.max(1),
        per: limit.per.min(MAX_PERIOD),
        task_every: limit.task_every.min(MAX_PERIOD),
    }
}

impl Budget {
    pub(super) fn new(limit: RateLimitSpec) -> Self {
        Self {
            limit: bounded(limit),
            in_flight: 0,
            answered: VecDeque::new(),
            last_poll: None,
            recent_polls: VecDeque::new(),
            last_poll_of: HashMap::new(),
            slowness_factor: 1.0,
            slowed_at: None,
            paused_until: None,
            paused_at: None,
            probe: Probe::NotNeeded,
        }
    }

    /// Applies another limit as well. Neither is exceeded, at once or in the long run.
    pub(super) fn tighten(&mut self, other: RateLimitSpec) {
        let (ours, theirs) = (self.limit, bounded(other));
        let requests = ours.requests.min(theirs.requests);
        // The time in which a limit allows this many requests.
        let window = |limit: RateLimitSpec| limit.per * requests / limit.requests;
        self.limit = RateLimitSpec {
            requests,
            per: window(ours).max(window(theirs)),
            task_every: ours.task_every.max(theirs.task_every),
        };
    }

    pub(super) fn slowness(&self) -> f64 {
        self.slowness_factor
    }

    pub(super) fn places(&self) -> usize {
        self.limit.requests as usize
    }

    pub(super) fn window(&self) -> Duration {
        self.limit.per.mul_f64(self.slowness_factor)
    }

    /// Returns the distance of evenly spaced requests.
    pub(super) fn spacing(&self) -> Duration {
        self.window() / self.limit.requests
    }

    /// Forgets requests, polls and pauses that no longer count.
    pub(super) fn tidy(&mut self, now: Instant) {
        let (window, task_every) = (self.window(), self.limit.task_every);
        while self.answered.front().is_some_and(|at| *at + window <= now) {
            self.answered.pop_front();
        }
        while let Some((at, task)) = self.recent_polls.front().copied().filter(|(at, _)| *at + task_every <= now) {
            self.recent_polls.pop_front();
            if self.last_poll_of.get(&task) == Some(&at) {
                self.last_poll_of.remove(&task);
            }
        }
        self.paused_until = self.paused_until.filter(|paused_until| *paused_until > now);
    }

    /// Returns when a request may be sent that leaves `beside` further places free. `None` means that this depends on answers
    /// that have not arrived.
    pub(super) fn opens_at(&self, now: Instant, beside: usize) -> Option<Instant> {
        if self.probe == Probe::InFlight {
            return None;
        }
        let from = self.paused_until.unwrap_or(now);
        match (self.taken() + beside).checked_sub(self.limit.requests as usize) {
            None => Some(from),
            Some(beyond) => self.answered.get(beyond).map(|at| from.max(*at + self.window())),
        }
    }

    /// Returns when the next poll may be sent as far as other polls are concerned. Once half of the budget is used, polls are
    /// evenly spaced.
    pub(super) fn next_poll(&self) -> Option<Instant> {
        let is_calm = self.taken() < self.limit.requests as usize / 2;
        self.last_poll.filter(|_| !is_calm).map(|at| at + self.spacing())
    }

    /// Returns the number of requests that count now: those in flight, and those answered within the last window.
    pub(super) fn taken(&self) -> usize {
        self.in_flight as usize + self.answered.len()
    }

    /// Returns the time before which this task must not be polled again.
    pub(super) fn rests_until(&self, task: u64) -> Option<Instant> {
        self.last_poll_of.get(&task).map(|at| *at + self.limit.task_every)
    }

    /// Counts a request that may be sent. Returns whether it is the probe after a pause.
    pub(super) fn grant(&mut self, now: Instant, poll: Option<u64>) -> bool {
        self.in_flight += 1;
        if let Some(task) = poll {
            self.last_poll = Some(now);
            self.start_rest(now, task);
        }
        let probes = self.probe == Probe::Due;
        if probes {
            self.probe = Probe::InFlight;
        }
        probes
    }

    /// Starts the period in which this task is not polled again.
    pub(super) fn start_rest(&mut self, now: Instant, task: u64) {
        if !self.limit.task_every.is_zero() {
            self.recent_polls.push_back((now, task));
            self.last_poll_of.insert(task, now);
        }
    }

    /// Takes back a permit whose request was not sent.
    pub(super) fn return_unused(&mut self, probes: bool) {
        self.in_flight -= 1;
        // No poll was sent to which the next one would keep a distance.
        self.last_poll = None;
        if probes {
            self.probe = Probe::Due;
        }
    }

    /// Counts the answer to a request that was permitted at `granted`.
    pub(super) fn ended(&mut self, now: Instant, granted: Instant, probes: bool, verdict: Verdict) {
        self.in_flight -= 1;
        if !self.limit.per.is_zero() {
            self.answered.push_back(now);
        }
        if probes && self.probe == Probe::InFlight {
            self.probe = Probe::Due;
        }
        match verdict {
            Verdict::Fine => {
                // A request that was sent before the pause says nothing about the time after it.
                if self.paused_at.is_none_or(|at| granted >= at) {
                    self.probe = Probe::NotNeeded;
                }
                self.slowness_factor =
                    (self.slowness_factor - self.slowness_factor / f64::from(self.limit.requests)).max(1.0);
            }
            Verdict::TooMany(start_rest) => {
                // A request that was sent before the limit was slowed does not slow it again.
                if self.slowed_at.is_none_or(|at| granted >= at) {
                    self.slowness_factor = (self.slowness_factor * 2.0).min(MAX_SLOWNESS);
                    self.slowed_at = Some(now);
                }
                self.pause(now, start_rest);
            }
            Verdict::Maintenance(start_rest) => self.pause(now, start_rest),
            Verdict::NoCredits | Verdict::Silence => {}
        }
    }

    fn pause(&mut self, now: Instant, time: Duration) {
        self.paused_until = self.paused_until.max(Some(now + time));
        (self.paused_at, self.probe) = (Some(now), Probe::Due);
    }

    /// Ends a pause that the service asked for.
    pub(super) fn resume(&mut self) {
        (self.paused_until, self.probe) = (None, Probe::NotNeeded);
    }

    /// Returns the remaining time of a pause that the service asked for.
    pub(super) fn pause_left(&self, now: Instant) -> Option<Duration> {
        self.paused_until.filter(|paused_until| *paused_until > now).map(|paused_until| paused_until - now)
    }
}

#[cfg(test)]
mod tests;
