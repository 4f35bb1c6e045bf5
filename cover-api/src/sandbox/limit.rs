//! The rate limit of the service, judged when a request arrives.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use cover_spec::wire::Pace;
use tokio::time::Instant;

/// Counts requests against a rate limit. A refused request takes no place.
pub(super) struct Limit {
    /// `None`: there is no limit.
    pace: Option<Pace>,
    /// When the requests of the last window arrived.
    arrived: VecDeque<Instant>,
    /// Requests that have no answer yet.
    on_their_way: usize,
    polled: HashMap<String, Instant>,
    excess: u64,
}

impl Limit {
    pub(super) fn new(pace: Option<Pace>) -> Self {
        Self { pace, arrived: VecDeque::new(), on_their_way: 0, polled: HashMap::new(), excess: 0 }
    }

    /// Takes or refuses a request that polls `polled`, if it polls a task. [`Self::answered`] must follow for each that was taken.
    pub(super) fn takes(&mut self, now: Instant, polled: Option<&str>) -> bool {
        let takes = self.pace.is_none_or(|pace| self.has_place(pace, now) && self.is_rested(pace, now, polled));
        if takes {
            self.on_their_way += 1;
            if self.pace.is_some() {
                self.arrived.push_back(now);
                self.polled.extend(polled.map(|task| (task.to_owned(), now)));
            }
        } else {
            self.excess += 1;
        }
        takes
    }

    fn has_place(&mut self, pace: Pace, now: Instant) -> bool {
        while self.arrived.front().is_some_and(|at| is_past(*at, pace.window, now)) {
            self.arrived.pop_front();
        }
        // With a window of no length, `requests` limits those at the same time.
        let taken = if pace.window.is_zero() { self.on_their_way } else { self.arrived.len() };
        taken < pace.requests as usize
    }

    fn is_rested(&self, pace: Pace, now: Instant, polled: Option<&str>) -> bool {
        let last = polled.and_then(|task| self.polled.get(task));
        last.is_none_or(|at| is_past(*at, pace.task_every, now))
    }

    /// A request that was taken has its answer.
    pub(super) fn answered(&mut self) {
        self.on_their_way -= 1;
    }

    /// Number of requests that were not taken.
    pub(super) fn excess(&self) -> u64 {
        self.excess
    }
}

fn is_past(at: Instant, time: Duration, now: Instant) -> bool {
    now.saturating_duration_since(at) >= time
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn limit(requests: u32, window: Duration) -> Limit {
        Limit::new(Some(Pace { requests, window, task_every: SECOND }))
    }

    #[test]
    fn a_window_slides_and_what_is_refused_takes_no_place() {
        let (mut limit, start) = (limit(2, 10 * SECOND), Instant::now());
        for (at, takes) in [(0, true), (4, true), (9, false), (10, true), (13, false), (14, true), (15, false)] {
            assert_eq!(limit.takes(start + at * SECOND, None), takes, "{at}");
        }
        assert_eq!(limit.excess(), 3);
    }

    #[test]
    fn without_a_window_requests_at_the_same_time_are_limited() {
        let (mut limit, now) = (limit(1, Duration::ZERO), Instant::now());
        assert!(limit.takes(now, None) && !limit.takes(now, None));
        limit.answered();
        assert!(limit.takes(now, None));
        assert_eq!(limit.excess(), 1);
    }

    #[test]
    fn polls_of_one_task_keep_their_distance() {
        let (mut limit, start) = (limit(9, 10 * SECOND), Instant::now());
        assert!(limit.takes(start, Some("a")) && limit.takes(start, Some("b")));
        assert!(!limit.takes(start + SECOND / 2, Some("a")) && limit.takes(start + SECOND, Some("a")));
        assert!(!limit.takes(start + 3 * SECOND / 2, Some("a")), "the last that was taken counts");
    }

    #[test]
    fn without_a_limit_everything_is_taken_and_nothing_is_kept() {
        let (mut limit, now) = (Limit::new(None), Instant::now());
        assert!((0..1_000).all(|_| limit.takes(now, Some("a"))));
        assert_eq!((limit.excess(), limit.arrived.len(), limit.polled.len()), (0, 0, 0));
    }
}
