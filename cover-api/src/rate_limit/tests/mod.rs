mod cancels;
mod sharing;

use std::sync::Arc;

use tokio::time::{sleep, timeout};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn limit(requests: u32, window: Duration) -> Arc<RateLimit> {
    Arc::new(RateLimit::new(RateLimitSpec { requests, per: window, task_every: Duration::ZERO }))
}

fn poll(task: usize, step: Duration) -> PermitRequest {
    let now = Instant::now();
    PermitRequest::poll(&task.to_string(), now, step)
}

/// Returns the largest number of requests that began within one window.
fn most(times: &[Instant], window: Duration) -> usize {
    let within = |from: &Instant| times.iter().filter(|at| *at >= from && **at < *from + window).count();
    times.iter().map(within).max().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn no_window_contains_more_requests_than_the_limit() {
    let limit = limit(20, 10 * SECOND);
    let asked = (0..500_usize).map(|number| {
        let limit = Arc::clone(&limit);
        tokio::spawn(async move {
            let request =
                if number.is_multiple_of(3) { PermitRequest::send(Instant::now()) } else { poll(number, SECOND) };
            let mut permit = limit.acquire(request).await.unwrap();
            let at = Instant::now();
            sleep(Duration::from_millis(37 * (number as u64 % 50))).await;
            permit.answered(Verdict::Fine);
            at
        })
    });
    let mut times = Vec::new();
    for asked in asked.collect::<Vec<_>>() {
        times.push(asked.await.unwrap());
    }
    assert_eq!(most(&times, 10 * SECOND), 20);
    let spent = *times.iter().max().unwrap() - *times.iter().min().unwrap();
    assert!(spent < 10 * SECOND * 500 / 20 * 5 / 4, "{spent:?}: the budget is used");
}

/// Starts this number of polls, each one of a series, and leaves them waiting.
async fn crowd(limit: &Arc<RateLimit>, count: usize) {
    for number in 0..count {
        let (limit, request) = (Arc::clone(limit), poll(number, SECOND));
        tokio::spawn(async move { limit.acquire(request).await.unwrap().answered(Verdict::Fine) });
    }
    sleep(SECOND).await;
}

#[tokio::test(start_paused = true)]
async fn a_single_poll_comes_before_polls_of_a_series() {
    let limit = limit(1, 10 * SECOND);
    crowd(&limit, 100).await;
    let started = Instant::now();
    limit.acquire(poll(1_000, 10 * SECOND).single()).await.unwrap().answered(Verdict::Fine);
    // One of the crowd arrived when the queue was empty.
    assert!(started.elapsed() <= 20 * SECOND, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn its_figures_are_current() {
    let limit = limit(2, 10 * SECOND);
    let still = RateLimitStats { waiting: 0, taken: 0, pause: None, slowness: 1.0, has_no_credits: false, places: 2 };
    assert_eq!(limit.stats(), still);
    let mut asked = limit.acquire(PermitRequest::send(Instant::now())).await.unwrap();
    asked.answered(Verdict::Maintenance(60 * SECOND));
    let _in_flight = limit.acquire(poll(0, SECOND)).await.unwrap();
    assert_eq!(limit.stats(), RateLimitStats { taken: 2, ..still });
    drop(asked);
    let sends = (0..2).map(|_| PermitRequest::send(Instant::now()));
    let mut waits: Vec<_> = sends.chain((0..3).map(|task| poll(task, SECOND))).map(|one| limit.acquire(one)).collect();
    for wait in &mut waits {
        assert!(timeout(Duration::ZERO, wait).await.is_err());
    }
    let pause = limit.stats().pause.unwrap();
    assert!(pause > 59 * SECOND && pause <= 60 * SECOND, "{pause:?}");
    assert_eq!(limit.stats(), RateLimitStats { waiting: 5, taken: 2, pause: limit.stats().pause, ..still });
    waits.clear();
    assert_eq!(limit.stats().waiting, 0);
    sleep(11 * SECOND).await;
    assert_eq!(limit.stats().taken, 1, "the request without an answer");
}

#[test]
fn the_load_factor_grows_with_demand_and_a_stricter_limit_counts() {
    let limit = limit(20, 10 * SECOND);
    let load = |waiting, seconds: u32| limit.load(waiting, seconds * SECOND);
    for (waiting, seconds, factor) in [(0, 10, 1.0), (20, 10, 1.0), (30, 10, 1.5), (200, 10, 10.0), (200, 20, 5.0)] {
        assert!((load(waiting, seconds) - factor).abs() < 1e-9, "{waiting} every {seconds} s");
    }
    assert!(load(1, 0).is_finite());
    assert_eq!((limit.places(), limit.spacing()), (20, SECOND / 2));
    limit.tighten(RateLimitSpec { requests: 5, per: 10 * SECOND, task_every: Duration::ZERO });
    assert_eq!((limit.places(), limit.spacing()), (5, 2 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn polls_continue_without_credits() {
    let limit = limit(2, SECOND);
    limit.acquire(PermitRequest::send(Instant::now())).await.unwrap().answered(Verdict::NoCredits);
    assert!(limit.stats().has_no_credits);
    assert!(limit.acquire(poll(1, SECOND)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_refused_poll_learns_when_there_may_be_a_permit() {
    let limit = Arc::new(RateLimit::new(RateLimitSpec { requests: 2, per: 10 * SECOND, task_every: 3 * SECOND }));
    let single = |task: &str| limit.try_acquire(task);
    single("1").unwrap().answered(Verdict::Fine);
    assert_eq!(single("1").unwrap_err(), Some(3 * SECOND), "this task was just polled");
    single("2").unwrap().answered(Verdict::Fine);
    assert_eq!(single("3").unwrap_err(), Some(10 * SECOND), "both places are taken");
    sleep(10 * SECOND).await;
    let in_flight = [single("3").unwrap(), single("4").unwrap()];
    assert_eq!(single("5").unwrap_err(), None, "it depends on answers that have not come");
    in_flight.into_iter().for_each(Permit::unused);
    assert!(single("5").is_ok());
}

#[tokio::test(start_paused = true)]
async fn an_unused_permit_does_not_count() {
    let limit = limit(2, 10 * SECOND);
    let permit = limit.acquire(PermitRequest::send(Instant::now())).await.unwrap();
    assert_eq!(limit.stats().taken, 1);
    permit.unused();
    assert_eq!(limit.stats().taken, 0);
}

#[tokio::test(start_paused = true)]
async fn a_place_is_kept_for_a_refused_poll_until_a_second_after_its_time() {
    for comes in [true, false] {
        let limit = limit(8, 10 * SECOND);
        let send = || limit.acquire(PermitRequest::send(Instant::now()));
        for _ in 0..8 {
            send().await.unwrap().answered(Verdict::Fine);
        }
        let refused = ["a", "b", "c"].map(|task| limit.try_acquire(task).unwrap_err());
        assert_eq!(refused, [Some(10 * SECOND); 3]);
        let waits: Vec<_> = (0..9).map(|_| tokio::spawn(send())).collect();
        let granted = || waits.iter().filter(|wait| wait.is_finished()).count();
        sleep(10 * SECOND + SECOND / 2).await;
        assert_eq!(granted(), 6, "a quarter of the places is kept");
        if comes {
            assert!(limit.try_acquire("c").is_err(), "the places are those of the first two that were refused");
            assert!(limit.try_acquire("a").is_ok() && limit.try_acquire("b").is_ok());
        }
        sleep(SECOND).await;
        assert_eq!(granted(), if comes { 6 } else { 8 });
    }
}

#[tokio::test(start_paused = true)]
async fn an_urgent_request_comes_first_or_is_refused_as_late() {
    let limit = limit(1, 10 * SECOND);
    let now = Instant::now();
    crowd(&limit, 100).await;
    let (urgent, end) = (now + 55 * SECOND, now + 65 * SECOND);
    let request = PermitRequest::poll("urgent", now, 10 * SECOND).urgent_from(urgent).until(end);
    let wait = limit.acquire(request.clone()).await;
    assert!(wait.is_ok(), "{:?}", now.elapsed());
    assert!((55 * SECOND..66 * SECOND).contains(&now.elapsed()), "{:?}", now.elapsed());
    let _kept = wait;
    assert!(matches!(limit.acquire(request).await, Err(Denied::Late)), "{:?}", now.elapsed());
}

#[tokio::test(start_paused = true)]
async fn waiters_that_are_not_polled_do_not_block_others() {
    let limit = limit(1, SECOND);
    let mut forgotten: Vec<_> = (0..3).map(|number| Box::pin(limit.acquire(poll(number, SECOND)))).collect();
    for wait in &mut forgotten {
        // Those after the first are in the queue now.
        let _ = timeout(Duration::ZERO, wait).await;
    }
    let started = Instant::now();
    for number in 10..13 {
        limit.acquire(poll(number, SECOND)).await.unwrap().answered(Verdict::Fine);
    }
    assert!(started.elapsed() < 60 * SECOND, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn sends_stop_without_credits_until_some_are_seen() {
    let limit = limit(1, SECOND);
    let mut first = limit.acquire(PermitRequest::send(Instant::now())).await.unwrap();
    let waits = tokio::spawn({
        let limit = Arc::clone(&limit);
        async move { limit.acquire(PermitRequest::send(Instant::now())).await.err() }
    });
    sleep(SECOND).await;
    first.answered(Verdict::NoCredits);
    drop(first);
    assert_eq!(waits.await.unwrap(), Some(Denied::NoCredits));
    assert!(matches!(limit.acquire(PermitRequest::send(Instant::now())).await, Err(Denied::NoCredits)));
    limit.acquire(PermitRequest::credits(Instant::now())).await.unwrap().answered(Verdict::Fine);
    limit.credits_seen();
    assert!(limit.acquire(PermitRequest::send(Instant::now())).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_task_that_was_just_polled_does_not_block_others() {
    let nine = RateLimitSpec { requests: 9, per: Duration::ZERO, task_every: 10 * SECOND };
    let limit = Arc::new(RateLimit::new(nine));
    limit.acquire(poll(1, SECOND)).await.unwrap().answered(Verdict::Fine);
    let started = Instant::now();
    let of = |task: usize, after| PermitRequest::poll(&task.to_string(), started + after, SECOND);
    let waits = [(1, Duration::ZERO), (2, 2 * SECOND)].map(|(task, after)| {
        let (limit, request) = (Arc::clone(&limit), of(task, after));
        tokio::spawn(async move {
            limit.acquire(request).await.unwrap().answered(Verdict::Fine);
            started.elapsed().as_secs()
        })
    });
    let [first, second] = waits;
    assert_eq!((second.await.unwrap(), first.await.unwrap()), (2, 10));
}

#[tokio::test(start_paused = true)]
async fn a_waiter_that_gives_up_leaves_no_state_behind() {
    let limit = limit(3, SECOND);
    for number in 0..100 {
        let _ = timeout(Duration::from_millis(10), limit.acquire(poll(number, SECOND))).await;
    }
    let state = limit.state();
    assert_eq!((state.polls.len(), state.granted.len(), state.demand), (0, 0, 0));
}

#[tokio::test(start_paused = true)]
async fn an_idle_first_waiter_delays_the_next_by_two_seconds_at_most() {
    let limit = limit(1, 60 * SECOND);
    limit.acquire(poll(0, SECOND)).await.unwrap().answered(Verdict::Fine);
    let mut idle = Box::pin(limit.acquire(poll(1, SECOND)));
    let _ = timeout(Duration::ZERO, &mut idle).await;
    let started = Instant::now();
    limit.acquire(poll(2, SECOND)).await.unwrap().answered(Verdict::Fine);
    assert!(started.elapsed() <= 62 * SECOND, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_pause_ends_with_a_probe_or_when_it_is_lifted() {
    let limit = limit(3, SECOND);
    for lifted in [false, true] {
        sleep(100 * SECOND).await;
        let mut asked = limit.acquire(poll(0, SECOND)).await.unwrap();
        asked.answered(Verdict::TooMany(60 * SECOND));
        drop(asked);
        assert!(limit.stats().pause.is_some_and(|left| left <= 60 * SECOND));
        let started = Instant::now();
        if lifted {
            limit.resume();
            assert_eq!(limit.stats().pause, None);
        }
        let mut first = limit.acquire(poll(1, SECOND)).await.unwrap();
        assert_eq!(started.elapsed() >= 60 * SECOND, !lifted, "{:?}", started.elapsed());
        if !lifted {
            let single = timeout(5 * SECOND, limit.acquire(poll(2, SECOND))).await;
            assert!(single.is_err(), "a single request probes the service");
        }
        first.answered(Verdict::Fine);
        drop(first);
        limit.acquire(poll(3, SECOND)).await.unwrap().answered(Verdict::Fine);
    }
}
