//! When another attempt may follow.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::error::Failure;

/// After the first failure to connect, the next attempt follows within this time; after each further one, twice that.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const MOST_PAUSE: Duration = Duration::from_secs(30);

/// When the attempt after this one may begin; `None`: never.
pub(super) fn pause(failure: &Failure, number: u32) -> Option<Duration> {
    let after = failure.resend_after()?;
    if failure.is_not_sent() { Some(full_jitter(number, random())) } else { Some(after) }
}

/// How long to wait before the ledger is asked again to take an outcome.
pub(super) fn settle_pause(number: u32) -> Duration {
    full_jitter(number, 1.0)
}

/// Anything up to a time that doubles with each attempt; `random` is from 0 to 1.
fn full_jitter(number: u32, random: f64) -> Duration {
    let most = FIRST_PAUSE.saturating_mul(1 << (number.max(1) - 1).min(16)).min(MOST_PAUSE);
    most.mul_f64(random.clamp(0.0, 1.0))
}

/// From 0 to 1. The keys of the standard library's hash maps are random, which is enough to keep senders apart.
#[expect(clippy::cast_precision_loss, reason = "a few bits less do not matter")]
fn random() -> f64 {
    RandomState::new().hash_one(()) as f64 / u64::MAX as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Kind;

    #[test]
    fn another_attempt_follows_a_refusal_as_the_spec_says_and_a_failed_connection_within_a_time_that_grows() {
        let refused = |resend| Failure::new(Kind::Refused).with_resend(resend);
        assert_eq!(pause(&refused(Some(7 * MOST_PAUSE)), 1), Some(7 * MOST_PAUSE));
        assert_eq!(pause(&refused(None), 1), None);
        assert_eq!(pause(&Failure::new(Kind::NotSent), 1), None);
        let not_sent = Failure::new(Kind::NotSent).with_resend(Some(Duration::ZERO));
        let pauses: Vec<Duration> = (0..20).filter_map(|_| pause(&not_sent, 2)).collect();
        assert!(pauses.len() == 20 && pauses.iter().all(|pause| *pause <= 2 * FIRST_PAUSE), "{pauses:?}");
        assert!(pauses.iter().any(|pause| *pause > Duration::ZERO));
    }

    #[test]
    fn the_ledger_is_asked_again_after_pauses_that_grow() {
        assert_eq!([1, 2, 100].map(settle_pause), [FIRST_PAUSE, 2 * FIRST_PAUSE, MOST_PAUSE]);
    }

    #[test]
    fn pauses_grow_and_have_an_end() {
        let most: Vec<u128> = (1..=8).map(|number| full_jitter(number, 1.0).as_millis()).collect();
        assert_eq!(most, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        assert_eq!(full_jitter(5, 0.0), Duration::ZERO);
        assert_eq!(full_jitter(u32::MAX, 0.5), MOST_PAUSE / 2);
    }

    #[test]
    fn random_numbers_differ_and_stay_within_bounds() {
        let numbers: Vec<f64> = (0..100).map(|_| random()).collect();
        assert!(numbers.iter().all(|number| (0.0..=1.0).contains(number)));
        assert!(numbers.windows(2).any(|pair| (pair[0] - pair[1]).abs() > 0.01));
    }
}
