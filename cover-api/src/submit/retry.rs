//! When the next attempt may begin.

use std::time::Duration;

use cover_spec::answers::Unreadable;
use cover_spec::tables::CodeMeaning;

use crate::error::{Evidence, Failure, Kind};

/// Longest pause after the first failure to connect. It doubles with each further failure.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// Returns the pause before the next attempt, or `None` if there must not be one.
pub(super) fn pause(failure: &Failure, number: u32) -> Option<Duration> {
    let after = failure.resend_after()?;
    if failure.is_not_sent() { Some(full_jitter(number, fastrand::f64())) } else { Some(after) }
}

/// Returns the pause before the next attempt of a request that buys nothing, or `None` if another one would be answered in the same
/// way: another one is for answers that are lost or cut short, for failures of the service, and for rate limits.
pub(super) fn pause_of_fetch(failure: &Failure, number: u32) -> Option<Duration> {
    let is_lost = match &failure.kind {
        Kind::NoAnswer => true,
        Kind::BadAnswer(Evidence::Status(status, why)) => {
            matches!(status, 429 | 500..) || *why == Some(Unreadable::CutShort)
        }
        Kind::Refused => match failure.code {
            Some((_, Some(CodeMeaning::RateLimited | CodeMeaning::Server | CodeMeaning::Maintenance))) => true,
            Some((code, None)) => matches!(code, 429 | 500..600),
            _ => false,
        },
        _ => false,
    };
    failure.resend_after().or_else(|| is_lost.then(|| full_jitter(number, fastrand::f64())))
}

/// Returns the pause before the ledger is asked again to take an outcome.
pub(super) fn settle_pause(number: u32) -> Duration {
    full_jitter(number, 1.0)
}

/// Returns a part of a time that doubles with each attempt; `part` is from 0 to 1.
fn full_jitter(number: u32, part: f64) -> Duration {
    let most = FIRST_PAUSE.saturating_mul(1 << (number.max(1) - 1).min(16)).min(MAX_PAUSE);
    most.mul_f64(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_pause_as_the_spec_says_and_failed_connections_with_jitter() {
        let refused = |resend| Failure::new(Kind::Refused).with_resend(resend);
        assert_eq!(pause(&refused(Some(7 * MAX_PAUSE)), 1), Some(7 * MAX_PAUSE));
        assert_eq!(pause(&refused(None), 1), None);
        assert_eq!(pause(&Failure::new(Kind::NotSent), 1), None);
        let not_sent = Failure::new(Kind::NotSent).with_resend(Some(Duration::ZERO));
        let pauses: Vec<Duration> = (0..20).filter_map(|_| pause(&not_sent, 2)).collect();
        assert!(pauses.len() == 20 && pauses.iter().all(|pause| *pause <= 2 * FIRST_PAUSE), "{pauses:?}");
        assert!(pauses.iter().any(|pause| *pause > Duration::ZERO));
    }

    #[test]
    fn a_get_is_repeated_only_if_another_one_may_be_answered_in_another_way() {
        let bad = |status, why| Kind::BadAnswer(Evidence::Status(status, Some(why)));
        for kind in
            [Kind::NoAnswer, bad(502, Unreadable::NotJson), bad(429, Unreadable::Empty), bad(200, Unreadable::CutShort)]
        {
            assert!(pause_of_fetch(&Failure::new(kind.clone()), 1).is_some(), "{kind:?}");
        }
        for kind in [
            bad(404, Unreadable::NotJson),
            bad(200, Unreadable::NotAnObject),
            bad(200, Unreadable::TooLarge(1)),
            Kind::Redirected(302),
            Kind::Refused,
        ] {
            assert_eq!(pause_of_fetch(&Failure::new(kind.clone()), 1), None, "{kind:?}");
        }
    }

    #[test]
    fn the_ledger_is_asked_again_after_growing_pauses() {
        assert_eq!([1, 2, 100].map(settle_pause), [FIRST_PAUSE, 2 * FIRST_PAUSE, MAX_PAUSE]);
    }

    #[test]
    fn pauses_grow_up_to_a_bound() {
        let most: Vec<u128> = (1..=8).map(|number| full_jitter(number, 1.0).as_millis()).collect();
        assert_eq!(most, [500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
        assert_eq!(full_jitter(5, 0.0), Duration::ZERO);
        assert_eq!(full_jitter(u32::MAX, 0.5), MAX_PAUSE / 2);
    }
}
