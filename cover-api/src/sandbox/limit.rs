//! The rate limit of the service, applied when a request arrives.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use cover_spec::tables::RateLimitSpec;
use tokio::time::Instant;

/// Counts requests against a rate limit. A refused request does not count.
pub(super) struct RequestLimit {
    /// `None`: there is no limit.
    limit: Option<RateLimitSpec>,
    /// Arrivals of the requests in the last window.
    arrived: VecDeque<Instant>,
    /// Number of requests without an answer yet.
    in_flight: usize,
    polled: HashMap<String, Instant>,
    excess: u64,
}

impl RequestLimit {
    pub(super) fn new(limit: Option<RateLimitSpec>) -> Self {
        Self { limit, arrived: VecDeque::new(), in_flight: 0, polled: HashMap::new(), excess: 0 }
    }

    /// Accepts or refuses a request. `polled` is the task that it polls, if any. Call [`answered`](Self::answered) after each accepted
    /// request.
    pub(super) fn admits(&mut self, now: Instant, polled: Option<&str>) -> bool {
        let takes = self.limit.is_none_or(|limit| self.has_place(limit, now) && self.is_rested(limit, now, polled));
        if takes {
            self.in_flight += 1;
            if self.limit.is_some() {
                self.arrived.push_back(now);
                self.polled.extend(polled.map(|task| (task.to_owned(), now)));
            }
        } else {
            self.excess += 1;
        }
        takes
    }

    fn has_place(&mut self, limit: RateLimitSpec, now: Instant) -> bool {
        while self.arrived.front().is_some_and(|at| is_past(*at, limit.per, now)) {
            self.arrived.pop_front();
        }
        // With a window of no length, `requests` limits those at the same time.
        let taken = if limit.per.is_zero() { self.in_flight } else { self.arrived.len() };
        taken < limit.requests as usize
    }

    fn is_rested(&self, limit: RateLimitSpec, now: Instant, polled: Option<&str>) -> bool {
        let last = polled.and_then(|task| self.polled.get(task));
        last.is_none_or(|at| is_past(*at, limit.task_every, now))
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
        RequestLimit::new(Some(RateLimitSpec { requests, per: window, task_every: SECOND }))
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
    fn without_a_limit_every_request_is_accepted_and_none_is_remembered() {
        let (mut limit, now) = (RequestLimit::new(None), Instant::now());
        assert!((0..1_000).all(|_| limit.admits(now, Some("a"))));
        assert_eq!((limit.excess(), limit.arrived.len(), limit.polled.len()), (0, 0, 0));
    }
}
