//! Stands for `tokio::time`: time passes only when a model says so.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

pub(crate) use real::time::{Duration, SystemTime};
use real::{cell, ops};

real::thread_local! {
    // All threads of a model run on one thread of the system, and each model on its own.
    static NOW: cell::Cell<Duration> = const { cell::Cell::new(Duration::ZERO) };
}

/// Lets time pass.
pub(crate) fn advance(by: Duration) {
    NOW.set(NOW.get() + by);
}

/// A time on the clock of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Instant(Duration);

impl Instant {
    pub(crate) fn now() -> Self {
        Self(NOW.get())
    }

    pub(crate) fn saturating_duration_since(self, other: Self) -> Duration {
        self.0.saturating_sub(other.0)
    }
}

impl ops::Add<Duration> for Instant {
    type Output = Self;

    fn add(self, by: Duration) -> Self {
        Self(self.0 + by)
    }
}

impl ops::Sub for Instant {
    type Output = Duration;

    fn sub(self, other: Self) -> Duration {
        self.0.saturating_sub(other.0)
    }
}

/// Never wakes: models must not depend on timers.
#[derive(Debug)]
pub(crate) struct Sleep(Instant);

pub(crate) fn sleep_until(deadline: Instant) -> Sleep {
    Sleep(deadline)
}

/// Does not end before its future.
pub(crate) async fn timeout<F: Future>(_: Duration, future: F) -> Result<F::Output, ()> {
    Ok(future.await)
}

impl Sleep {
    pub(crate) fn deadline(&self) -> Instant {
        self.0
    }

    pub(crate) fn reset(mut self: Pin<&mut Self>, deadline: Instant) {
        self.0 = deadline;
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if Instant::now() >= self.0 { Poll::Ready(()) } else { Poll::Pending }
    }
}
