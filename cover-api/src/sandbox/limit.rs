//! The rate limit of the service, applied when a request arrives.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use cover_spec::tables::RateLimitSpec;
use tokio::time::Instant;

/// Counts requests against rate limits, all of which hold. A refused request does not count.
pub(super) struct RequestLimit {
    limits: Vec<RateLimitSpec>,
    /// Arrivals of the requests in the longest window.
    arrived: VecDeque<Instant>,
    /// Number of requests without an answer yet.
    in_flight: usize,
    polled: HashMap<String, Instant>,
    excess: u64,
}

impl RequestLimit {
    pub(super) fn new(limits: Vec<RateLimitSpec>) -> Self {
        Self { limits, arrived: VecDeque::new(), in_flight: 0, polled: HashMap::new(), excess: 0 }
    }

    /// Accepts or refuses a request. `polled` is the task that it polls, if any. Call [`answered`](Self::answered) after each accepted
    /// request.
    pub(super) fn admits(&mut self, now: Instant, polled: Option<&str>) -> bool {
        let takes = self.has_place(now) && self.is_rested(now, polled);
        if takes {
            self.in_flight += 1;
            if !self.limits.is_empty() {
                self.arrived.push_back(now);
                self.polled.extend(polled.map(|task| (task.to_owned(), now)));
            }
        } else {
            self.excess += 1;
        }
        takes
    }

    fn has_place(&mut self, now: Instant) -> bool {
        let longest = self.limits.iter().map(|limit| limit.per).max().unwrap_or_default();
        while self.arrived.front().is_some_and(|at| is_past(*at, longest, now)) {
            self.arrived.pop_front();
        }
        self.limits.iter().all(|limit| {
            // With a window of no length, `requests` limits those at the same time.
            let taken = if limit.per.is_zero() { self.in_flight } else { self.arrived_within(limit.per, now) };
            taken < limit.requests as usize
        })
    }

    fn arrived_within(&self, window: Duration, now: Instant) -> usize {
        self.arrived.len() - self.arrived.partition_point(|at| is_past(*at, window, now))
    }

    fn is_rested(&self, now: Instant, polled: Option<&str>) -> bool {
        let pause = self.limits.iter().map(|limit| limit.task_every).max().unwrap_or_default();
        let last = polled.and_then(|task| self.polled.get(task));
        last.is_none_or(|at| is_past(*at, pause, now))
    }

    /// Records that an accepted request has its answer.
    pub(super) fn answered(&mut self) {
        self.in_flight -= 1;
    }

    /// Returns the number of refused requests.
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

    fn limit(requests: u32, window: Duration) -> RequestLimit {
        RequestLimit::new(vec![RateLimitSpec { requests, per: window, task_every: SECOND }])
    }

    #[test]
    fn a_window_slides_and_refused_requests_do_not_count() {
        let (mut limit, start) = (limit(2, 10 * SECOND), Instant::now());
        for (at, takes) in [(0, true), (4, true), (9, false), (10, true), (13, false), (14, true), (15, false)] {
            assert_eq!(limit.admits(start + at * SECOND, None), takes, "{at}");
        }
        assert_eq!(limit.excess(), 3);
    }

    #[test]
    fn without_a_window_concurrent_requests_are_limited() {
        let (mut limit, now) = (limit(1, Duration::ZERO), Instant::now());
        assert!(limit.admits(now, None) && !limit.admits(now, None));
        limit.answered();
        assert!(limit.admits(now, None));
        assert_eq!(limit.excess(), 1);
    }

    #[test]
    fn polls_of_one_task_are_accepted_only_after_its_pause() {
        let (mut limit, start) = (limit(9, 10 * SECOND), Instant::now());
        assert!(limit.admits(start, Some("a")) && limit.admits(start, Some("b")));
        assert!(!limit.admits(start + SECOND / 2, Some("a")) && limit.admits(start + SECOND, Some("a")));
        assert!(!limit.admits(start + 3 * SECOND / 2, Some("a")), "the last accepted poll counts");
    }

    #[test]
    fn every_one_of_several_limits_holds() {
        let window = |requests, per| RateLimitSpec { requests, per, task_every: Duration::ZERO };
        let mut limit = RequestLimit::new(vec![window(2, SECOND), window(3, 10 * SECOND)]);
        let start = Instant::now();
        for (at, takes) in
            [(0, true), (0, true), (0, false), (1, true), (2, false), (10, true), (10, true), (10, false)]
        {
            assert_eq!(limit.admits(start + at * SECOND, None), takes, "{at}");
        }
    }

    #[test]
    fn without_a_limit_every_request_is_accepted_and_none_is_remembered() {
        let (mut limit, now) = (RequestLimit::new(Vec::new()), Instant::now());
        assert!((0..1_000).all(|_| limit.admits(now, Some("a"))));
        assert_eq!((limit.excess(), limit.arrived.len(), limit.polled.len()), (0, 0, 0));
    }
}
