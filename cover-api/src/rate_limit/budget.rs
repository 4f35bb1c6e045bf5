//! How many requests may be on their way, and when the next may follow: figures and times alone, no waiting.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use cover_spec::wire;
use tokio::time::Instant;

/// Factor by which a service that asks for fewer requests can slow the rate limit at most.
const SLOWEST: f64 = 16.0;

/// As good as for ever, and safe to add to any instant.
const LONGEST: Duration = Duration::from_secs(365 * 86_400);

/// What an answer says of the rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Nothing.
    Fine,
    /// There were too many requests. None is sent for this time, then one alone, and fewer from then on.
    TooMany(Duration),
    /// The service asks for a pause. No request is sent for this time, and then one alone.
    Maintenance(Duration),
    /// Nothing is left to pay with.
    NoCredits,
    /// No answer came.
    Silence,
}

impl Verdict {
    /// The same with a pause that is no longer than this.
    pub(crate) fn at_most(self, most: Duration) -> Self {
        match self {
            Self::TooMany(pause) => Self::TooMany(pause.min(most)),
            Self::Maintenance(pause) => Self::Maintenance(pause.min(most)),
            other => other,
        }
    }
}

/// Whether one request alone is to find out that the service is back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Probe {
    NotNeeded,
    Due,
    OnItsWay,
}

/// A request takes one of `requests` places, from before it is sent until a window after its answer. Whenever in between
/// it reached the service, no window there sees more than `requests`.
#[derive(Debug)]
pub(super) struct Budget {
    limit: wire::Pace,
    on_their_way: u32,
    /// When the requests of the last window were answered.
    answered: VecDeque<Instant>,
    last_poll: Option<Instant>,
    /// Polls of the last `task_every`, in their order, and by task.
    polled: VecDeque<(Instant, u64)>,
    rests: HashMap<u64, Instant>,
    /// 1, or more after the service has asked for fewer requests.
    slow: f64,
    slowed: Option<Instant>,
    /// Until when no request begins, since the service asked for a pause.
    hold: Option<Instant>,
    /// When it last asked.
    asked: Option<Instant>,
    probe: Probe,
}

/// The same limit with figures that can be calculated with.
fn bounded(limit: wire::Pace) -> wire::Pace {
    wire::Pace {
        requests: limit.requests.max(1),
        window: limit.window.min(LONGEST),
        task_every: limit.task_every.min(LONGEST),
    }
}

impl Budget {
    pub(super) fn new(limit: wire::Pace) -> Self {
        Self {
            limit: bounded(limit),
            on_their_way: 0,
            answered: VecDeque::new(),
            last_poll: None,
            polled: VecDeque::new(),
            rests: HashMap::new(),
            slow: 1.0,
            slowed: None,
            hold: None,
            asked: None,
            probe: Probe::NotNeeded,
        }
    }

    /// Keeps to another limit as well: no more requests at once than either allows, and no more in the long run.
    pub(super) fn tighten(&mut self, other: wire::Pace) {
        let (ours, theirs) = (self.limit, bounded(other));
        let requests = ours.requests.min(theirs.requests);
        // The time in which a limit allows that many.
        let window = |limit: wire::Pace| limit.window * requests / limit.requests;
        self.limit = wire::Pace {
            requests,
            window: window(ours).max(window(theirs)),
            task_every: ours.task_every.max(theirs.task_every),
        };
    }

    pub(super) fn slowness(&self) -> f64 {
        self.slow
    }

    pub(super) fn places(&self) -> usize {
        self.limit.requests as usize
    }

    pub(super) fn window(&self) -> Duration {
        self.limit.window.mul_f64(self.slow)
    }

    /// The time that each of an even row of requests has.
    pub(super) fn spacing(&self) -> Duration {
        self.window() / self.limit.requests
    }

    /// Forgets what no longer counts.
    pub(super) fn tidy(&mut self, now: Instant) {
        let (window, task_every) = (self.window(), self.limit.task_every);
        while self.answered.front().is_some_and(|at| *at + window <= now) {
            self.answered.pop_front();
        }
        while let Some((at, task)) = self.polled.front().copied().filter(|(at, _)| *at + task_every <= now) {
            self.polled.pop_front();
            if self.rests.get(&task) == Some(&at) {
                self.rests.remove(&task);
            }
        }
        self.hold = self.hold.filter(|hold| *hold > now);
    }

    /// When a request may be sent, and `beside` places are free beside it; `None` where that depends on answers that have not
    /// come.
    pub(super) fn opens(&self, now: Instant, beside: usize) -> Option<Instant> {
        if self.probe == Probe::OnItsWay {
            return None;
        }
        let from = self.hold.unwrap_or(now);
        match (self.taken() + beside).checked_sub(self.limit.requests as usize) {
            None => Some(from),
            Some(beyond) => self.answered.get(beyond).map(|at| from.max(*at + self.window())),
        }
    }

    /// When a poll may be sent, as far as other polls are concerned: once half of the budget is used, they keep an even
    /// distance.
    pub(super) fn next_poll(&self) -> Option<Instant> {
        let is_calm = self.taken() < self.limit.requests as usize / 2;
        self.last_poll.filter(|_| !is_calm).map(|at| at + self.spacing())
    }

    /// Number of requests that count now: those on their way, and those that were answered within the last window.
    pub(super) fn taken(&self) -> usize {
        self.on_their_way as usize + self.answered.len()
    }

    /// Until when this task is not to be polled again.
    pub(super) fn rests_until(&self, task: u64) -> Option<Instant> {
        self.rests.get(&task).map(|at| *at + self.limit.task_every)
    }

    /// A request may be sent. Is it the one that finds out whether the service is back?
    pub(super) fn give(&mut self, now: Instant, poll: Option<u64>) -> bool {
        self.on_their_way += 1;
        if let Some(task) = poll {
            self.last_poll = Some(now);
            self.rest(now, task);
        }
        let probes = self.probe == Probe::Due;
        if probes {
            self.probe = Probe::OnItsWay;
        }
        probes
    }

    /// From now on, this task is not to be polled for a while.
    pub(super) fn rest(&mut self, now: Instant, task: u64) {
        if !self.limit.task_every.is_zero() {
            self.polled.push_back((now, task));
            self.rests.insert(task, now);
        }
    }

    /// It was not sent after all.
    pub(super) fn take_back(&mut self, probes: bool) {
        self.on_their_way -= 1;
        // No poll was sent that the next one would have to keep a distance to.
        self.last_poll = None;
        if probes {
            self.probe = Probe::Due;
        }
    }

    /// What was allowed at `given` has been answered.
    pub(super) fn ended(&mut self, now: Instant, given: Instant, probes: bool, verdict: Verdict) {
        self.on_their_way -= 1;
        if !self.limit.window.is_zero() {
            self.answered.push_back(now);
        }
        if probes && self.probe == Probe::OnItsWay {
            self.probe = Probe::Due;
        }
        match verdict {
            Verdict::Fine => {
                // A request that was sent before the service asked for a pause tells nothing of what comes after it.
                if self.asked.is_none_or(|at| given >= at) {
                    self.probe = Probe::NotNeeded;
                }
                self.slow = (self.slow - self.slow / f64::from(self.limit.requests)).max(1.0);
            }
            Verdict::TooMany(rest) => {
                // A request that was sent before the limit was slowed tells nothing new.
                if self.slowed.is_none_or(|at| given >= at) {
                    self.slow = (self.slow * 2.0).min(SLOWEST);
                    self.slowed = Some(now);
                }
                self.pause(now, rest);
            }
            Verdict::Maintenance(rest) => self.pause(now, rest),
            Verdict::NoCredits | Verdict::Silence => {}
        }
    }

    fn pause(&mut self, now: Instant, time: Duration) {
        self.hold = self.hold.max(Some(now + time));
        (self.asked, self.probe) = (Some(now), Probe::Due);
    }

    /// Ends a pause that the service asked for.
    pub(super) fn resume(&mut self) {
        (self.hold, self.probe) = (None, Probe::NotNeeded);
    }

    /// How long no request begins, since the service asked for a pause.
    pub(super) fn pause_left(&self, now: Instant) -> Option<Duration> {
        self.hold.filter(|hold| *hold > now).map(|hold| hold - now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const LIMIT: wire::Pace = wire::Pace { requests: 3, window: Duration::from_secs(10), task_every: SECOND };

    fn is_open(budget: &mut Budget, now: Instant) -> bool {
        budget.tidy(now);
        budget.opens(now, 0).is_some_and(|at| at <= now)
    }

    #[test]
    fn a_place_is_taken_until_a_window_after_the_answer() {
        let (mut budget, start) = (Budget::new(LIMIT), Instant::now());
        for _ in 0..3 {
            assert!(is_open(&mut budget, start));
            budget.give(start, None);
        }
        assert_eq!(budget.opens(start, 0), None, "it depends on the answers");
        let answered = start + 4 * SECOND;
        budget.ended(answered, start, false, Verdict::Fine);
        assert_eq!(budget.opens(answered, 0), Some(answered + 10 * SECOND));
        assert!(!is_open(&mut budget, start + 13 * SECOND));
        assert!(is_open(&mut budget, start + 14 * SECOND));
    }

    #[test]
    fn of_two_limits_neither_is_exceeded_at_once_or_in_the_long_run() {
        let limit = |(requests, seconds): (u32, u32)| wire::Pace { requests, window: seconds * SECOND, ..LIMIT };
        for (other, both) in [
            ((4, 8), (4, 8)),
            ((3, 8), (3, 8)),
            ((5, 8), (4, 8)),
            ((2, 4), (2, 4)),
            ((8, 16), (4, 8)),
            // More requests in a longer time, and fewer in the long run.
            ((10, 40), (4, 16)),
            // Fewer at once, and more in the long run.
            ((2, 2), (2, 4)),
            // A window of no length means that many at the same time.
            ((3, 0), (3, 6)),
            ((9, 0), (4, 8)),
            ((0, 1), (1, 2)),
        ] {
            for (first, second) in [((4, 8), other), (other, (4, 8))] {
                let mut budget = Budget::new(limit(first));
                budget.tighten(limit(second));
                assert_eq!((budget.places(), budget.window()), (both.0, both.1 * SECOND), "{first:?} and {second:?}");
            }
        }
        let mut uneven = Budget::new(LIMIT);
        uneven.tighten(LIMIT);
        assert_eq!(uneven.limit, LIMIT, "the same limit changes nothing");
    }

    #[test]
    fn of_two_limits_a_task_is_given_the_longer_rest_and_no_figure_is_too_large() {
        for (first, second) in [(1, 5), (5, 1)] {
            let rest = |seconds| wire::Pace { task_every: seconds * SECOND, ..LIMIT };
            let mut budget = Budget::new(rest(first));
            budget.tighten(rest(second));
            assert_eq!(budget.limit, rest(5));
        }
        let most = wire::Pace { requests: u32::MAX, window: Duration::MAX, task_every: Duration::MAX };
        let mut budget = Budget::new(most);
        budget.tighten(most);
        assert_eq!((budget.limit.window, budget.limit.task_every), (LONGEST, LONGEST));
        assert!(LONGEST >= 300 * 86_400 * SECOND, "pauses of months are kept as they are");
    }

    #[test]
    fn a_pause_is_cut_to_the_most_that_is_allowed_and_nothing_else_is() {
        for (verdict, cut) in [
            (Verdict::TooMany(9 * SECOND), Verdict::TooMany(5 * SECOND)),
            (Verdict::TooMany(SECOND), Verdict::TooMany(SECOND)),
            (Verdict::Maintenance(9 * SECOND), Verdict::Maintenance(5 * SECOND)),
            (Verdict::Maintenance(SECOND), Verdict::Maintenance(SECOND)),
            (Verdict::Fine, Verdict::Fine),
            (Verdict::NoCredits, Verdict::NoCredits),
            (Verdict::Silence, Verdict::Silence),
        ] {
            assert_eq!(verdict.at_most(5 * SECOND), cut);
        }
    }

    #[test]
    fn each_answer_that_is_fine_takes_back_the_share_of_one_request() {
        let (mut budget, now) = (Budget::new(LIMIT), Instant::now());
        let mut after = |verdict| {
            budget.give(now, None);
            budget.ended(now, now, false, verdict);
            budget.slowness()
        };
        let slowness = [Verdict::TooMany(SECOND), Verdict::Silence, Verdict::Fine, Verdict::Fine].map(&mut after);
        let expected = [2.0, 2.0, 4.0 / 3.0, 1.0];
        assert!(slowness.iter().zip(expected).all(|(is, other)| (is - other).abs() < 1e-9), "{slowness:?}");
    }

    #[test]
    fn what_was_sent_before_a_pause_does_not_end_the_turn_of_the_one_that_finds_out() {
        let (mut budget, start) = (Budget::new(LIMIT), Instant::now());
        budget.give(start, None);
        budget.give(start, None);
        budget.ended(start, start, false, Verdict::Maintenance(SECOND));
        let later = start + SECOND;
        assert!(is_open(&mut budget, later));
        assert!(budget.give(later, None));
        budget.ended(later, start, false, Verdict::Silence);
        assert!(!is_open(&mut budget, later), "the one that finds out is still on its way");
    }

    #[test]
    fn a_pause_that_was_lifted_is_not_brought_back_by_silence() {
        let (mut budget, start) = (Budget::new(LIMIT), Instant::now());
        budget.give(start, None);
        budget.ended(start, start, false, Verdict::Maintenance(SECOND));
        let later = start + SECOND;
        let probes = budget.give(later, None);
        budget.resume();
        budget.ended(later, later, probes, Verdict::Silence);
        assert!(!budget.give(later, None), "no request has to find out anything");
        assert!(is_open(&mut budget, start + 60 * SECOND));
    }

    #[test]
    fn what_was_not_sent_after_all_takes_no_place() {
        let (mut budget, now) = (Budget::new(LIMIT), Instant::now());
        for _ in 0..100 {
            assert!(is_open(&mut budget, now));
            let probes = budget.give(now, None);
            budget.take_back(probes);
        }
    }

    #[test]
    fn too_many_slows_once_for_all_that_was_on_its_way_and_recovers() {
        let (mut budget, start) = (Budget::new(LIMIT), Instant::now());
        for _ in 0..3 {
            budget.give(start, None);
        }
        for after in 1..=3 {
            budget.ended(start + after * SECOND, start, false, Verdict::TooMany(10 * SECOND));
        }
        assert!((budget.slowness() - 2.0).abs() < f64::EPSILON);
        assert!(!is_open(&mut budget, start + 12 * SECOND));
        for round in 1..20 {
            let now = start + round * 60 * SECOND;
            assert!(is_open(&mut budget, now));
            budget.give(now, None);
            budget.ended(now, now, false, Verdict::Fine);
        }
        assert!((budget.slowness() - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn slowness_has_an_end() {
        let (mut budget, start) = (Budget::new(LIMIT), Instant::now());
        for round in 1..100 {
            let now = start + round * 60 * SECOND;
            budget.give(now, None);
            budget.ended(now, now, false, Verdict::TooMany(SECOND));
        }
        assert!((budget.slowness() - SLOWEST).abs() < f64::EPSILON);
    }

    #[test]
    fn after_maintenance_one_request_alone_finds_out_whether_it_is_over() {
        let (mut budget, start) = (Budget::new(LIMIT), Instant::now());
        budget.give(start, None);
        budget.ended(start, start, false, Verdict::Maintenance(60 * SECOND));
        assert!(!is_open(&mut budget, start + 59 * SECOND));
        for verdict in [Verdict::Silence, Verdict::Maintenance(60 * SECOND), Verdict::Fine] {
            let now = budget.hold.unwrap_or(start) + 60 * SECOND;
            assert!(is_open(&mut budget, now));
            let probes = budget.give(now, None);
            assert!(probes && !is_open(&mut budget, now), "one alone");
            budget.ended(now, now, probes, verdict);
        }
        let now = start + 600 * SECOND;
        for _ in 0..2 {
            assert!(is_open(&mut budget, now));
            assert!(!budget.give(now, None));
        }
    }

    #[test]
    fn polls_keep_an_even_distance_and_a_task_its_rest() {
        let (mut budget, now) = (Budget::new(LIMIT), Instant::now());
        assert_eq!(budget.next_poll(), None);
        budget.give(now, Some(7));
        assert_eq!(budget.next_poll(), Some(now + 10 * SECOND / 3));
        let calm = wire::Pace { requests: 4, ..LIMIT };
        let mut calm = Budget::new(calm);
        calm.give(now, Some(7));
        assert_eq!(calm.next_poll(), None, "half of the budget may be used at once");
        calm.give(now, Some(8));
        assert_eq!(calm.next_poll(), Some(now + 10 * SECOND / 4));
        assert_eq!(budget.rests_until(7), Some(now + SECOND));
        assert_eq!(budget.rests_until(8), None);
        budget.tidy(now + SECOND);
        assert_eq!(budget.rests_until(7), None);
    }
}
