//! The waiters of one kind, in the order in which they get permits.

use std::collections::{BTreeMap, BTreeSet};
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

/// Identifies a waiter. Tickets grow in the order of arrival.
pub(super) type Ticket = u64;

/// A caller that waits for a permit.
#[derive(Debug)]
pub(super) struct Waiter {
    /// It gets no permit before this time.
    pub(super) earliest: Instant,
    /// Among the waiters that may get a permit, the lowest rank comes first.
    pub(super) rank: Instant,
    /// Time between its permits if there were no other waiters; `None` for a single permit.
    pub(super) step: Option<Duration>,
    /// The task of a poll, as a number.
    pub(super) task: u64,
    pub(super) waker: Waker,
}

/// A queue. Waiters whose time has come are ordered by rank, the others by time.
#[derive(Debug, Default)]
pub(super) struct Queue {
    waiters: BTreeMap<Ticket, Waiter>,
    early: BTreeSet<(Instant, Ticket)>,
    ready: BTreeSet<(Instant, Ticket)>,
}

impl Queue {
    pub(super) fn len(&self) -> usize {
        self.waiters.len()
    }

    /// Returns the number of waiters whose time comes before this one, or `most` if there are more.
    pub(super) fn due(&self, until: Instant, most: usize) -> usize {
        let early = self.early.iter().take_while(|(earliest, _)| *earliest < until).take(most).count();
        (self.ready.len() + early).min(most)
    }

    pub(super) fn push(&mut self, ticket: Ticket, waiter: Waiter) {
        self.early.insert((waiter.earliest, ticket));
        self.waiters.insert(ticket, waiter);
    }

    /// Moves the waiters whose time has come to the ready ones.
    pub(super) fn ripen(&mut self, now: Instant) {
        while let Some((_, ticket)) = self.early.first().copied().filter(|(earliest, _)| *earliest <= now) {
            self.early.pop_first();
            if let Some(waiter) = self.waiters.get(&ticket) {
                self.ready.insert((waiter.rank, ticket));
            }
        }
    }

    pub(super) fn has_ready(&self) -> bool {
        !self.ready.is_empty()
    }

    /// Returns the next waiter: the first ready one, or else the one whose time comes first.
    pub(super) fn head(&self) -> Option<(Ticket, &Waiter)> {
        let (_, ticket) = self.ready.first().or_else(|| self.early.first())?;
        Some((*ticket, self.waiters.get(ticket)?))
    }

    /// Returns the first `count` waiters, in the order in which they get permits.
    pub(super) fn first(&self, count: usize) -> impl Iterator<Item = (Ticket, &Waiter)> {
        let tickets = self.ready.iter().chain(&self.early).take(count);
        tickets.filter_map(|(_, ticket)| Some((*ticket, self.waiters.get(ticket)?)))
    }

    pub(super) fn pop_ready(&mut self) -> Option<(Ticket, Waiter)> {
        let (_, ticket) = self.ready.pop_first()?;
        Some((ticket, self.waiters.remove(&ticket)?))
    }

    pub(super) fn remove(&mut self, ticket: Ticket) -> Option<Waiter> {
        let waiter = self.waiters.remove(&ticket)?;
        if !self.early.remove(&(waiter.earliest, ticket)) {
            self.ready.remove(&(waiter.rank, ticket));
        }
        Some(waiter)
    }

    pub(super) fn get_mut(&mut self, ticket: Ticket) -> Option<&mut Waiter> {
        self.waiters.get_mut(&ticket)
    }

    pub(super) fn wakers(&self) -> impl Iterator<Item = &Waker> {
        self.waiters.values().map(|waiter| &waiter.waker)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    /// Creates waiters 1, 2, 3 and so on, with these times and ranks in seconds after `start`.
    fn queue(start: Instant, waiters: &[(u32, u32)]) -> Queue {
        let mut queue = Queue::default();
        for (ticket, (earliest, rank)) in (1..).zip(waiters) {
            let (earliest, rank) = (start + *earliest * SECOND, start + *rank * SECOND);
            queue.push(ticket, Waiter { earliest, rank, step: None, task: 0, waker: Waker::noop().clone() });
        }
        queue
    }

    fn order(queue: &Queue) -> Vec<Ticket> {
        queue.first(usize::MAX).map(|(ticket, _)| ticket).collect()
    }

    #[test]
    fn ready_waiters_are_served_by_rank_before_the_others_by_time() {
        let start = Instant::now();
        let mut queue = queue(start, &[(2, 9), (1, 8), (3, 3), (0, 7)]);
        assert_eq!(order(&queue), [4, 2, 1, 3]);
        assert!(!queue.has_ready() && queue.pop_ready().is_none(), "no waiter is ready before `ripen`");
        for (after, expected) in [(0, [4, 2, 1, 3]), (1, [4, 2, 1, 3]), (2, [4, 2, 1, 3]), (3, [3, 4, 2, 1])] {
            queue.ripen(start + after * SECOND);
            assert_eq!(order(&queue), expected, "after {after} s");
            assert_eq!(queue.head().map(|(ticket, _)| ticket), Some(expected[0]));
        }
        assert_eq!(queue.first(2).count(), 2);
        for ticket in [3, 4, 2, 1] {
            assert!(queue.has_ready());
            assert_eq!(queue.pop_ready().map(|(ticket, _)| ticket), Some(ticket));
        }
        assert!(!queue.has_ready() && queue.head().is_none() && queue.len() == 0);
    }

    #[test]
    fn a_waiter_can_leave_before_and_after_its_time_has_come() {
        let start = Instant::now();
        let mut queue = queue(start, &[(0, 5), (0, 6), (9, 9), (9, 8)]);
        queue.ripen(start);
        for (ticket, left) in [(1, vec![2, 3, 4]), (3, vec![2, 4]), (3, vec![2, 4]), (2, vec![4])] {
            let was_there = queue.get_mut(ticket).is_some();
            assert_eq!(queue.remove(ticket).is_some(), was_there);
            assert_eq!((order(&queue), queue.len(), queue.wakers().count()), (left.clone(), left.len(), left.len()));
        }
        assert!(!queue.has_ready());
        queue.ripen(start + 9 * SECOND);
        assert_eq!(queue.pop_ready().map(|(ticket, _)| ticket), Some(4));
    }
}
