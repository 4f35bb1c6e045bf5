//! Stands for `std::sync`: loom's types, except for those that threads do not change.

pub(crate) use loom::sync::atomic::{AtomicU8, Ordering};
pub(crate) use loom::sync::{Mutex, MutexGuard};
// Methods take `&Arc<Self>`, which only works with the original.
pub(crate) use real::sync::{Arc, PoisonError};

pub(crate) mod atomic {
    pub(crate) use real::sync::atomic::{AtomicU64, Ordering};
}

/// Stands for `tokio::sync::Notify`. No model shares its rate limit with other processes, so nobody waits for it.
#[derive(Debug, Default)]
pub(crate) struct Notify;

impl Notify {
    pub(crate) fn new() -> Self {
        Self
    }

    #[expect(clippy::unused_self, reason = "it is called as a method")]
    pub(crate) fn notify_one(&self) {}

    #[expect(clippy::unused_self, reason = "it is called as a method")]
    pub(crate) fn notify_waiters(&self) {}

    #[expect(clippy::unused_self, reason = "it is called as a method")]
    pub(crate) fn notified(&self) -> real::future::Pending<()> {
        real::future::pending()
    }
}
