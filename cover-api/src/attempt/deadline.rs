//! The time after which a body must not be begun.

use std::time::{Duration, SystemTime};

use tokio::time::Instant;

/// A time limit that counts from its creation.
///
/// Two clocks measure it. The monotonic clock may stand still while the machine sleeps, and the wall clock may be set back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    begun: (Instant, SystemTime),
    limit: Duration,
}

impl Deadline {
    pub(super) fn after(limit: Duration) -> Self {
        Self { begun: (Instant::now(), SystemTime::now()), limit }
    }

    pub(super) fn limit(&self) -> Duration {
        self.limit
    }

    /// Returns whether either clock says that the time has passed.
    pub(super) fn has_passed(&self) -> bool {
        passed(self.begun.0.elapsed(), self.begun.1, SystemTime::now()) >= self.limit
    }
}

/// Returns the longer of the times that the two clocks measured. If the wall clock was set back, it measured nothing.
fn passed(monotonic: Duration, since: SystemTime, now: SystemTime) -> Duration {
    monotonic.max(now.duration_since(since).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn the_clock_that_measured_more_decides() {
        let since = SystemTime::now();
        assert_eq!(passed(5 * SECOND, since, since + 5 * SECOND), 5 * SECOND);
        assert_eq!(passed(5 * SECOND, since, since + 900 * SECOND), 900 * SECOND, "the machine slept");
        assert_eq!(passed(900 * SECOND, since, since + 5 * SECOND), 900 * SECOND, "the wall clock was slowed down");
        assert_eq!(passed(5 * SECOND, since, since - 900 * SECOND), 5 * SECOND, "the wall clock was set back");
    }

    #[tokio::test(start_paused = true)]
    async fn it_passes_when_the_whole_time_has_passed() {
        let deadline = Deadline::after(160 * SECOND);
        tokio::time::advance(159 * SECOND).await;
        assert!(!deadline.has_passed());
        tokio::time::advance(SECOND).await;
        assert!(deadline.has_passed());
    }
}
