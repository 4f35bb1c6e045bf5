use super::*;

const SECOND: Duration = Duration::from_secs(1);
const LIMIT: RateLimitSpec = RateLimitSpec { requests: 3, per: Duration::from_secs(10), task_every: SECOND };

fn is_open(budget: &mut Budget, now: Instant) -> bool {
    budget.tidy(now);
    budget.opens_at(now, 0).is_some_and(|at| at <= now)
}

#[test]
fn a_place_is_taken_until_one_window_after_the_answer() {
    let (mut budget, start) = (Budget::new(LIMIT), Instant::now());
    for _ in 0..3 {
        assert!(is_open(&mut budget, start));
        budget.grant(start, None);
    }
    assert_eq!(budget.opens_at(start, 0), None, "it depends on the answers");
    let answered = start + 4 * SECOND;
    budget.ended(answered, start, false, Verdict::Fine);
    assert_eq!(budget.opens_at(answered, 0), Some(answered + 10 * SECOND));
    assert!(!is_open(&mut budget, start + 13 * SECOND));
    assert!(is_open(&mut budget, start + 14 * SECOND));
}

#[test]
fn of_two_limits_neither_is_exceeded_at_once_or_in_the_long_run() {
    let limit = |(requests, seconds): (u32, u32)| RateLimitSpec { requests, per: seconds * SECOND, ..LIMIT };
    for (other, both) in [
        ((4, 8), (4, 8)),
        ((3, 8), (3, 8)),
        ((5, 8), (4, 8)),
        ((2, 4), (2, 4)),
        ((8, 16), (4, 8)),
        // More requests at once, but fewer in the long run.
        ((10, 40), (4, 16)),
        // Fewer requests at once, but more in the long run.
        ((2, 2), (2, 4)),
        // A window of zero length only limits requests in flight.
        ((3, 0), (3, 6)),
        ((9, 0), (4, 8)),
        ((0, 1), (1, 2)),
    ] {
        for (first, second) in [((4, 8), other), (other, (4, 8))] {
            let mut budget = Budget::new(limit(first));
            budget.tighten(limit(second));
            assert_eq!((budget.places(), budget.window()), (both.0, both.1 * SECOND), "{first:?} and {second:?}");
        }
    }
    let mut uneven = Budget::new(LIMIT);
    uneven.tighten(LIMIT);
    assert_eq!(uneven.limit, LIMIT, "the same limit changes nothing");
}

#[test]
fn of_two_limits_the_longer_task_period_holds_and_periods_are_bounded() {
    for (first, second) in [(1, 5), (5, 1)] {
        let rest = |seconds| RateLimitSpec { task_every: seconds * SECOND, ..LIMIT };
        let mut budget = Budget::new(rest(first));
        budget.tighten(rest(second));
        assert_eq!(budget.limit, rest(5));
    }
    let most = RateLimitSpec { requests: u32::MAX, per: Duration::MAX, task_every: Duration::MAX };
    let mut budget = Budget::new(most);
    budget.tighten(most);
    assert_eq!((budget.limit.per, budget.limit.task_every), (MAX_PERIOD, MAX_PERIOD));
    assert!(MAX_PERIOD >= 300 * 86_400 * SECOND, "pauses of months are kept as they are");
}

#[test]
fn only_pauses_are_cut_to_the_longest_allowed() {
    for (verdict, cut) in [
        (Verdict::TooMany(9 * SECOND), Verdict::TooMany(5 * SECOND)),
        (Verdict::TooMany(SECOND), Verdict::TooMany(SECOND)),
        (Verdict::Maintenance(9 * SECOND), Verdict::Maintenance(5 * SECOND)),
        (Verdict::Maintenance(SECOND), Verdict::Maintenance(SECOND)),
        (Verdict::Fine, Verdict::Fine),
        (Verdict::NoCredits, Verdict::NoCredits),
        (Verdict::Silence, Verdict::Silence),
    ] {
        assert_eq!(verdict.at_most(5 * SECOND), cut);
    }
}

#[test]
fn each_normal_answer_reduces_the_slowness_by_the_share_of_one_request() {
    let (mut budget, now) = (Budget::new(LIMIT), Instant::now());
    let mut after = |verdict| {
        budget.grant(now, None);
        budget.ended(now, now, false, verdict);
        budget.slowness()
    };
    let slowness = [Verdict::TooMany(SECOND), Verdict::Silence, Verdict::Fine, Verdict::Fine].map(&mut after);
    let expected = [2.0, 2.0, 4.0 / 3.0, 1.0];
    assert!(slowness.iter().zip(expected).all(|(is, other)| (is - other).abs() < 1e-9), "{slowness:?}");
}

#[test]
fn an_answer_to_a_request_from_before_the_pause_does_not_end_the_probe() {
    let (mut budget, start) = (Budget::new(LIMIT), Instant::now());
    budget.grant(start, None);
    budget.grant(start, None);
    budget.ended(start, start, false, Verdict::Maintenance(SECOND));
    let later = start + SECOND;
    assert!(is_open(&mut budget, later));
    assert!(budget.grant(later, None));
    budget.ended(later, start, false, Verdict::Silence);
    assert!(!is_open(&mut budget, later), "the probe is still in flight");
}

#[test]
fn a_probe_without_an_answer_does_not_restore_a_lifted_pause() {
    let (mut budget, start) = (Budget::new(LIMIT), Instant::now());
    budget.grant(start, None);
    budget.ended(start, start, false, Verdict::Maintenance(SECOND));
    let later = start + SECOND;
    let probes = budget.grant(later, None);
    budget.resume();
    budget.ended(later, later, probes, Verdict::Silence);
    assert!(!budget.grant(later, None), "no probe is needed");
    assert!(is_open(&mut budget, start + 60 * SECOND));
}

#[test]
fn an_unused_permit_takes_no_place() {
    let (mut budget, now) = (Budget::new(LIMIT), Instant::now());
    for _ in 0..100 {
        assert!(is_open(&mut budget, now));
        let probes = budget.grant(now, None);
        budget.return_unused(probes);
    }
}

#[test]
fn too_many_requests_slow_the_limit_once_per_window_and_it_recovers() {
    let (mut budget, start) = (Budget::new(LIMIT), Instant::now());
    for _ in 0..3 {
        budget.grant(start, None);
    }
    for after in 1..=3 {
        budget.ended(start + after * SECOND, start, false, Verdict::TooMany(10 * SECOND));
    }
    assert!((budget.slowness() - 2.0).abs() < f64::EPSILON);
    assert!(!is_open(&mut budget, start + 12 * SECOND));
    for round in 1..20 {
        let now = start + round * 60 * SECOND;
        assert!(is_open(&mut budget, now));
        budget.grant(now, None);
        budget.ended(now, now, false, Verdict::Fine);
    }
    assert!((budget.slowness() - 1.0).abs() < f64::EPSILON);
}

#[test]
fn slowness_is_bounded() {
    let (mut budget, start) = (Budget::new(LIMIT), Instant::now());
    for round in 1..100 {
        let now = start + round * 60 * SECOND;
        budget.grant(now, None);
        budget.ended(now, now, false, Verdict::TooMany(SECOND));
    }
    assert!((budget.slowness() - MAX_SLOWNESS).abs() < f64::EPSILON);
}

#[test]
fn after_maintenance_a_single_request_probes_the_service() {
    let (mut budget, start) = (Budget::new(LIMIT), Instant::now());
    budget.grant(start, None);
    budget.ended(start, start, false, Verdict::Maintenance(60 * SECOND));
    assert!(!is_open(&mut budget, start + 59 * SECOND));
    for verdict in [Verdict::Silence, Verdict::Maintenance(60 * SECOND), Verdict::Fine] {
        let now = budget.paused_until.unwrap_or(start) + 60 * SECOND;
        assert!(is_open(&mut budget, now));
        let probes = budget.grant(now, None);
        assert!(probes && !is_open(&mut budget, now), "a single probe");
        budget.ended(now, now, probes, verdict);
    }
    let now = start + 600 * SECOND;
    for _ in 0..2 {
        assert!(is_open(&mut budget, now));
        assert!(!budget.grant(now, None));
    }
}

#[test]
fn polls_are_evenly_spaced_and_a_task_is_not_polled_too_often() {
    let (mut budget, now) = (Budget::new(LIMIT), Instant::now());
    assert_eq!(budget.next_poll(), None);
    budget.grant(now, Some(7));
    assert_eq!(budget.next_poll(), Some(now + 10 * SECOND / 3));
    let calm = RateLimitSpec { requests: 4, ..LIMIT };
    let mut calm = Budget::new(calm);
    calm.grant(now, Some(7));
    assert_eq!(calm.next_poll(), None, "half of the budget may be used at once");
    calm.grant(now, Some(8));
    assert_eq!(calm.next_poll(), Some(now + 10 * SECOND / 4));
    assert_eq!(budget.rests_until(7), Some(now + SECOND));
    assert_eq!(budget.rests_until(8), None);
    budget.tidy(now + SECOND);
    assert_eq!(budget.rests_until(7), None);
}
