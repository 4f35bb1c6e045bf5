//! The waiters, in the order in which they are given permits.

use std::collections::{BTreeMap, BTreeSet};
use std::task::Waker;
use std::time::Duration;

use tokio::time::Instant;

/// Tells who waits apart, in the order of their coming.
pub(super) type Ticket = u64;

/// One who waits for a permit.
#[derive(Debug)]
pub(super) struct Waiter {
    /// No permit is given before.
    pub(super) earliest: Instant,
    /// Among those who may have one, the least comes first.
    pub(super) rank: Instant,
    /// The time between its permits if nobody else waited; none where it wants a single one.
    pub(super) step: Option<Duration>,
    /// Which task a poll is about.
    pub(super) task: u64,
    /// Whom to wake.
    pub(super) waker: Waker,
}

/// Those who wait: the ones whose time has not come by that time, the others by rank.
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

    pub(super) fn push(&mut self, ticket: Ticket, waiter: Waiter) {
        self.early.insert((waiter.earliest, ticket));
        self.waiters.insert(ticket, waiter);
    }

    /// Sorts those whose time has come in among the ready ones.
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

    /// The next waiter: the first of those whose time has come, else the one whose time comes first.
    pub(super) fn head(&self) -> Option<(Ticket, &Waiter)> {
        let (_, ticket) = self.ready.first().or_else(|| self.early.first())?;
        Some((*ticket, self.waiters.get(ticket)?))
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
