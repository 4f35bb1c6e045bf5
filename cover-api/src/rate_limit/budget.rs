//! Counts requests, and computes when the next one may be sent. It only calculates; waiting happens elsewhere.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use cover_spec::tables::RateLimitSpec;
use tokio::time::Instant;

use super::share::{Ask, Grant, Moment, News, PauseNews, ProbeRight, Share};
use super::{Verdict, strictest};

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
    /// What this process may use, if it shares the limit with others.
    pub(super) share: Option<Share>,
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
            share: None,
        }
    }

    /// Applies another limit as well. Neither is exceeded, at once or in the long run.
    pub(super) fn tighten(&mut self, other: RateLimitSpec) {
        let (ours, theirs) = (self.limit, bounded(other));
        let (requests, per) = strictest((ours.requests, ours.per), (theirs.requests, theirs.per));
        self.limit = RateLimitSpec { requests, per, task_every: ours.task_every.max(theirs.task_every) };
    }

    pub(super) fn slowness(&self) -> f64 {
        self.slowness_factor
    }

    pub(super) fn places(&self) -> usize {
        self.limit.requests as usize
    }

    pub(super) fn window(&self) -> Duration {
        let per = self.shared().map_or(self.limit.per, |share| self.limit.per.max(share.per));
        per.mul_f64(self.slowness_factor)
    }

    /// Returns the distance of evenly spaced requests.
    pub(super) fn spacing(&self) -> Duration {
        self.window() / self.own_places()
    }

    /// Returns how many places this process has, or will have as far as is known; at least 1.
    pub(super) fn own_places(&self) -> u32 {
        let own = self.shared().map(Share::granted).filter(|places| *places > 0);
        own.map_or(self.limit.requests, |own| own.min(self.limit.requests))
    }

    /// Returns the share of this process. A limit without a window is not shared, since it is about requests at the same time.
    pub(super) fn shared(&self) -> Option<&Share> {
        self.share.as_ref().filter(|_| !self.limit.per.is_zero())
    }

    /// Returns how many places this process may use now.
    pub(super) fn usable(&self, now: Instant) -> usize {
        self.shared().map_or(self.limit.requests, |share| share.usable(now).min(self.limit.requests)) as usize
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
        let usable = self.usable(now);
        if self.probe == Probe::InFlight || self.awaits_probe() || usable == 0 {
            return None;
        }
        let from = self.paused_until.unwrap_or(now);
        match (self.taken() + beside).checked_sub(usable) {
            None => Some(from),
            Some(beyond) => self.answered.get(beyond).map(|at| from.max(*at + self.window())),
        }
    }

    /// Returns when the next poll may be sent as far as other polls are concerned. Once half of the budget is used, polls are
    /// evenly spaced.
    pub(super) fn next_poll(&self) -> Option<Instant> {
        let is_calm = self.taken() < self.own_places() as usize / 2;
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
                    let is_news = self.probe != Probe::NotNeeded;
                    self.probe = Probe::NotNeeded;
                    self.tell(|news| News { is_back: news.is_back || is_news, ..news });
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
        self.tell(|news| News { pause: Some(PauseNews::Begun), is_back: false, ..news });
    }

    /// Ends a pause that the service asked for.
    pub(super) fn resume(&mut self) {
        (self.paused_until, self.probe) = (None, Probe::NotNeeded);
        self.tell(|news| News { pause: Some(PauseNews::Ended), ..news });
    }

    /// Returns the remaining time of a pause that the service asked for.
    pub(super) fn pause_left(&self, now: Instant) -> Option<Duration> {
        self.paused_until.filter(|paused_until| *paused_until > now).map(|paused_until| paused_until - now)
    }
}

/// What the processes that share the limit tell each other.
impl Budget {
    /// Adds to what the others do not know yet.
    pub(super) fn tell(&mut self, tell: impl FnOnce(News) -> News) {
        if let Some(share) = &mut self.share {
            share.news = tell(share.news);
            // Another probe needs another right.
            share.may_probe &= share.news.pause.is_none();
        }
    }

    /// Returns whether the first request after a pause is needed, and this process may not send it yet.
    fn awaits_probe(&self) -> bool {
        self.probe == Probe::Due && self.shared().is_some_and(|share| !share.may_probe)
    }

    /// Returns whether another grant could let one of this many requests through.
    pub(super) fn is_short(&self, now: Instant, waiting: usize) -> bool {
        let Some(share) = self.shared() else { return false };
        if waiting == 0 || self.pause_left(now).is_some() {
            return false;
        }
        let usable = share.usable(now).min(self.limit.requests);
        self.awaits_probe() || usable < self.limit.requests && self.taken() + waiting > usable as usize
    }

    /// Returns whether this process has heard of the others within a window.
    pub(super) fn is_informed(&self, now: Instant) -> bool {
        self.shared().is_none_or(|share| share.heard.is_some_and(|at| at + self.window() > now))
    }

    /// Returns whether requests are in flight.
    pub(super) fn has_requests(&self) -> bool {
        self.in_flight > 0
    }

    /// Returns whether the others do not know yet what this process knows of the credits.
    pub(super) fn has_credit_news(&self) -> bool {
        self.share.as_ref().is_some_and(|share| share.news.has_credits.is_some())
    }

    /// Returns whether the last answer of the others is so old, or was so good, that the next one may be better.
    pub(super) fn may_ask(&self, now: Instant) -> bool {
        self.shared().is_some_and(|share| {
            share.usable(now) == 0 || share.heard.is_none_or(|heard| heard + self.limit.per / 8 <= now)
        })
    }

    /// Returns what to ask the others for, while this many requests wait.
    pub(super) fn ask(&mut self, now: Instant, waiting: usize) -> Option<Ask> {
        let (window, taken) = (self.limit.per, u32::try_from(self.taken()).unwrap_or(u32::MAX));
        let is_paused = self.pause_left(now).is_some();
        let wants_probe = self.probe == Probe::InFlight || self.probe == Probe::Due && waiting > 0 && !is_paused;
        let (requests, slowness, pause) = (self.limit.requests, self.slowness_factor, self.pause_left(now));
        let wants = taken.saturating_add(u32::try_from(waiting).unwrap_or(u32::MAX)).min(requests);
        let share = self.share.as_mut()?;
        let keeps = if waiting == 0 { taken } else { taken.max(share.granted()) };
        share.keep(keeps);
        let (news, known, needs_lease) = (share.tell(), share.slowness, share.needs_lease(now));
        let (slowness, (number, last), at) = ([known, slowness], share.next_question(), Moment::now(now));
        Some(Ask {
            requests,
            per: window,
            keeps,
            wants,
            needs_lease,
            wants_probe,
            slowness,
            news,
            pause,
            at,
            number,
            last,
        })
    }

    /// Takes the answer of the others. What has happened since it was asked for is newer.
    pub(super) fn take(&mut self, now: Instant, ask: &Ask, grant: &Grant) {
        let Some(share) = &mut self.share else { return };
        share.take(ask.at, grant, now);
        let news = share.news;
        let [_, asked] = ask.slowness;
        let slowness = if self.slowness_factor > asked {
            self.slowness_factor.max(grant.slowness)
        } else {
            (grant.slowness * self.slowness_factor / asked).max(1.0)
        };
        if grant.slowness > asked {
            self.slowed_at = Some(now);
        }
        (share.slowness, self.slowness_factor) = (grant.slowness, slowness.min(MAX_SLOWNESS));
        if news.pause.is_some() || news.is_back {
            return;
        }
        self.paused_until = grant.pause.map(|pause| now + pause.min(MAX_PERIOD));
        match (grant.probe, self.probe) {
            (ProbeRight::NotNeeded, _) => self.probe = Probe::NotNeeded,
            (_, Probe::NotNeeded) => (self.paused_at, self.probe) = (Some(now), Probe::Due),
            (_, Probe::Due | Probe::InFlight) => {}
        }
    }
}

#[cfg(test)]
mod tests;
