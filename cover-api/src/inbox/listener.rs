//! What waits hear of callbacks.

use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Poll, Waker};

use futures_util::task::AtomicWaker;

use super::{Inbox, Rank};

/// What one wait has heard, and whom to wake.
#[derive(Debug)]
pub(super) struct Ear {
    rank: AtomicU32,
    waker: AtomicWaker,
}

impl Ear {
    pub(super) fn new(rank: Rank) -> Self {
        Self { rank: AtomicU32::new(rank.0), waker: AtomicWaker::new() }
    }

    pub(super) fn hear(&self, rank: Rank) {
        self.rank.fetch_max(rank.0, Ordering::AcqRel);
        self.waker.wake();
    }
}

/// Listens to what callbacks say of one task.
pub(crate) struct Listener {
    inbox: Arc<Inbox>,
    task: Box<str>,
    ear: Arc<Ear>,
    /// What was heard and acted upon.
    taken: Rank,
    is_expected: bool,
}

impl Listener {
    pub(super) fn new(inbox: Arc<Inbox>, task: &str, ear: Arc<Ear>, is_expected: bool) -> Self {
        Self { inbox, task: task.into(), ear, taken: Rank::NOTHING, is_expected }
    }

    /// Is a callback to be expected that tells of the end?
    pub(crate) fn is_expecting(&self) -> bool {
        self.is_expected && self.taken < Rank::END
    }

    pub(crate) fn lost(&self) -> f64 {
        self.inbox.lost()
    }

    /// Is there news at or beyond `least` that was not taken?
    pub(crate) fn has(&self, least: Rank) -> bool {
        self.ear.rank.load(Ordering::Acquire) >= least.max(self.taken.next()).0 && self.taken < Rank::END
    }

    /// Takes news at or beyond `least`, if there is any.
    pub(crate) fn take(&mut self, least: Rank) -> bool {
        let has = self.has(least);
        if has {
            self.taken = Rank(self.ear.rank.load(Ordering::Acquire));
        }
        has
    }

    /// Whom to wake. Look for news afterwards: it may have come in between.
    pub(crate) fn wakes(&self, waker: &Waker) {
        self.ear.waker.register(waker);
    }

    /// Until there is news at or beyond `least`.
    pub(crate) async fn news(&self, least: Rank) {
        poll_fn(|context| {
            self.wakes(context.waker());
            if self.has(least) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.inbox.leave(&self.task, &self.ear);
    }
}
