//! A wait's end of the inbox: it is woken by callbacks of its task.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Poll, Waker};

use futures_util::task::AtomicWaker;

use super::{Inbox, Rank};

/// The highest rank that callbacks have reported to one wait, and the waker of that wait.
#[derive(Debug)]
pub(super) struct Subscription {
    rank: AtomicU32,
    waker: AtomicWaker,
}

impl Subscription {
    pub(super) fn new(rank: Rank) -> Self {
        Self { rank: AtomicU32::new(rank.0), waker: AtomicWaker::new() }
    }

    pub(super) fn notify(&self, rank: Rank) {
        self.rank.fetch_max(rank.0, Ordering::AcqRel);
        self.waker.wake();
    }

    fn rank(&self) -> Rank {
        Rank(self.rank.load(Ordering::Acquire))
    }
}

/// Listens to the callbacks of one task, until it is dropped.
pub(crate) struct Listener {
    inbox: Arc<Inbox>,
    task: Box<str>,
    subscription: Arc<Subscription>,
    /// The rank that the wait has already acted on.
    taken: Rank,
    /// Whether the service has a callback address of this client for the task.
    has_address: bool,
}

impl Listener {
    pub(super) fn new(inbox: Arc<Inbox>, task: &str, subscription: Arc<Subscription>, has_address: bool) -> Self {
        Self { inbox, task: task.into(), subscription, taken: Rank::NOTHING, has_address }
    }

    /// Returns whether a callback may still report the end of the task.
    pub(crate) fn is_expecting_end(&self) -> bool {
        self.has_address && self.taken < Rank::END
    }

    /// Returns the share of callbacks that get lost, from 0 to 1: see [`Inbox::lost_share`].
    pub(crate) fn lost_share(&self) -> f64 {
        self.inbox.lost_share()
    }

    /// Returns whether a callback of rank `least` or above came that the wait has not acted on.
    pub(crate) fn has_wakeup(&self, least: Rank) -> bool {
        self.subscription.rank() >= least.max(self.taken.next()) && self.taken < Rank::END
    }

    /// Marks a callback of rank `least` or above as acted on. Returns false if there is none.
    pub(crate) fn take_wakeup(&mut self, least: Rank) -> bool {
        let has_wakeup = self.has_wakeup(least);
        if has_wakeup {
            self.taken = self.subscription.rank();
        }
        has_wakeup
    }

    /// Sets which waker callbacks wake. Call [`has_wakeup`](Self::has_wakeup) afterwards: a callback may have come just before.
    pub(crate) fn register(&self, waker: &Waker) {
        self.subscription.waker.register(waker);
    }

    /// Waits for a callback of rank `least` or above that the wait has not acted on.
    pub(crate) async fn wakeup(&self, least: Rank) {
        poll_fn(|context| {
            self.register(context.waker());
            if self.has_wakeup(least) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.inbox.unsubscribe(&self.task, &self.subscription);
    }
}
