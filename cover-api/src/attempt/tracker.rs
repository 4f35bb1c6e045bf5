//! Tracks the attempts under way, so that a client can be shut down.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::Stop;

/// The attempts of an account that are under way.
#[derive(Debug, Default)]
pub(crate) struct Tracker {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    is_closed: bool,
    is_over: bool,
    next: u64,
    running: BTreeMap<u64, (Option<String>, Arc<Stop>)>,
}

/// An attempt that was still under way when a shutdown ended, returned by [`Client::shutdown`](crate::runtime::Client::shutdown).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unfinished {
    /// The idempotency key of its send, if it had one.
    pub key: Option<String>,
}

/// Removes an attempt from the list when it is dropped.
#[derive(Debug)]
pub(crate) struct Tracked {
    tracker: Arc<Tracker>,
    number: u64,
}

impl Tracker {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lists an attempt. Returns `None` after a shutdown.
    pub(crate) fn track(self: &Arc<Self>, key: Option<&str>, stop: &Arc<Stop>) -> Option<Tracked> {
        let mut state = self.state();
        if state.is_closed {
            return None;
        }
        let number = state.next;
        state.next += 1;
        state.running.insert(number, (key.map(str::to_owned), Arc::clone(stop)));
        Some(Tracked { tracker: Arc::clone(self), number })
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.state().is_closed
    }

    /// Prevents new attempts, and revokes those whose body was not handed over.
    pub(crate) fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        let stops: Vec<_> = state.running.values().map(|(_, stop)| Arc::clone(stop)).collect();
        drop(state);
        for stop in stops {
            stop.revoke();
        }
        self.changed.notify_waiters();
    }

    /// Ends retries that would otherwise continue forever.
    pub(crate) fn give_up(&self) {
        self.state().is_over = true;
        self.changed.notify_waiters();
    }

    /// Waits until the client is shut down.
    pub(crate) async fn closed(&self) {
        self.until(|state| state.is_closed).await;
    }

    /// Waits until a shutdown has waited long enough.
    pub(crate) async fn over(&self) {
        self.until(|state| state.is_over).await;
    }

    /// Waits until no attempt is under way.
    pub(crate) async fn idle(&self) {
        self.until(|state| state.running.is_empty()).await;
    }

    async fn until(&self, condition: impl Fn(&State) -> bool) {
        loop {
            let changed = self.changed.notified();
            if condition(&self.state()) {
                return;
            }
            changed.await;
        }
    }

    /// Returns the attempts under way.
    pub(crate) fn unfinished(&self) -> Vec<Unfinished> {
        self.state().running.values().map(|(key, _)| Unfinished { key: key.clone() }).collect()
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.tracker.state().running.remove(&self.number);
        self.tracker.changed.notify_waiters();
    }
}
