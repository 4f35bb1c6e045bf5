//! What an account may spend.

use std::time::{Duration, SystemTime};

use cover_spec::tables::Credits;

/// A limit of what an account spends, from [`ClientBuilder::spend_limit`](crate::runtime::ClientBuilder::spend_limit).
///
/// It counts the prices that the specs give. An attempt counts from before it is sent, unless it is known to have created nothing.
///
/// ```
/// use std::time::Duration;
///
/// use cover_api::runtime::{Credits, SpendLimit};
///
/// let of_a_run = SpendLimit::per_process(Credits::from(500));
/// let of_a_day = SpendLimit::per_period(Credits::from(2_000), Duration::from_secs(24 * 60 * 60));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpendLimit {
    pub(crate) credits: Credits,
    /// `None`: it is about this process.
    pub(crate) period: Option<Duration>,
}

impl SpendLimit {
    /// Limits what this process spends while the ledger is open.
    #[must_use]
    pub fn per_process(credits: Credits) -> Self {
        Self { credits, period: None }
    }

    /// Limits what all processes with the same ledger spend in any period of this length. The ledger must outlast its process.
    ///
    /// The minute in which the period began counts as a whole. Attempts that an earlier version of this crate recorded have no price
    /// and do not count.
    #[must_use]
    pub fn per_period(credits: Credits, period: Duration) -> Self {
        Self { credits, period: Some(period) }
    }

    /// Returns what it counts at this time.
    pub(super) fn span(&self, now: SystemTime) -> Span {
        // Before the first time of the system, nothing was spent.
        self.period
            .map_or(Span::Process, |period| Span::Since(now.checked_sub(period).unwrap_or(SystemTime::UNIX_EPOCH)))
    }
}

/// The attempts that count for what was spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Span {
    /// Those of this process.
    Process,
    /// Those of all processes, from the beginning of the minute of this time.
    Since(SystemTime),
}

/// The price of an attempt, and the limits that it must keep.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Charge {
    /// The price; `None` if the spec has none.
    pub price: Option<Credits>,
    /// The limits of the account.
    pub limits: Vec<SpendLimit>,
}

/// An attempt that would exceed a limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overrun {
    /// The limit.
    pub limit: SpendLimit,
    /// What was spent before.
    pub spent: Credits,
    /// The price of the attempt. Without one, the limit cannot be kept.
    pub price: Option<Credits>,
}

/// Returns the minute of a time, counted from 1970.
#[must_use]
pub fn minute(time: SystemTime) -> i64 {
    let minutes = |duration: Duration| i64::try_from(duration.as_secs() / 60).unwrap_or(i64::MAX);
    match time.duration_since(SystemTime::UNIX_EPOCH) {
        Ok(after) => minutes(after),
        Err(before) => -1 - minutes(before.duration()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_begins_with_its_first_second() {
        let epoch = SystemTime::UNIX_EPOCH;
        for (time, expected) in [
            (epoch, 0),
            (epoch + Duration::from_millis(59_999), 0),
            (epoch + Duration::from_secs(60), 1),
            (epoch - Duration::from_secs(1), -1),
            (epoch - Duration::from_secs(90), -2),
        ] {
            assert_eq!(minute(time), expected, "{time:?}");
        }
    }
}
