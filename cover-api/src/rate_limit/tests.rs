use std::sync::Arc;

use tokio::time::{sleep, timeout};

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn limit(requests: u32, window: Duration) -> Arc<RateLimit> {
    Arc::new(RateLimit::new(wire::Pace { requests, window, task_every: Duration::ZERO }))
}

fn poll(task: usize, step: Duration) -> PermitRequest {
    let now = Instant::now();
    PermitRequest::poll(&task.to_string(), now, step)
}

/// The most that began within any window.
fn most(times: &[Instant], window: Duration) -> usize {
    let within = |from: &Instant| times.iter().filter(|at| *at >= from && **at < *from + window).count();
    times.iter().map(within).max().unwrap_or_default()
}

#[tokio::test(start_paused = true)]
async fn no_window_sees_more_than_its_share_however_many_ask_and_however_slow_answers_are() {
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

/// How long each waiter waited for its permits while 200 with these steps wanted them for hours.
async fn waits(step: impl Fn(usize) -> Duration) -> Vec<Vec<Duration>> {
    let limit = limit(20, 10 * SECOND);
    let end = Instant::now() + 10_000 * SECOND;
    let waits = (0..200_usize).map(|number| {
        let (limit, step) = (Arc::clone(&limit), step(number));
        tokio::spawn(async move {
            let mut waits = Vec::new();
            while Instant::now() < end {
                let asked = Instant::now();
                let request = PermitRequest::poll(&number.to_string(), asked + step, step);
                limit.acquire(request).await.unwrap().answered(Verdict::Fine);
                waits.push(asked.elapsed());
            }
            waits
        })
    });
    let mut all = Vec::new();
    for wait in waits.collect::<Vec<_>>() {
        all.push(wait.await.unwrap());
    }
    all
}

#[tokio::test(start_paused = true)]
async fn who_asks_as_often_waits_as_long() {
    let waits = waits(|_| 10 * SECOND).await;
    let (least, most) = bounds(&waits);
    // The budget has a permit for each in 100 s.
    assert!(least >= 90 * SECOND && most <= 110 * SECOND, "{least:?} to {most:?}");
}

#[tokio::test(start_paused = true)]
async fn who_asks_three_times_as_often_waits_a_third_as_long_and_nobody_longer_than_that() {
    let waits = waits(|number| if number.is_multiple_of(2) { 10 * SECOND } else { 30 * SECOND }).await;
    let (often, seldom): (Vec<_>, Vec<_>) = (0..).zip(waits).partition(|(number, _)| number % 2 == 0);
    let of = |half: Vec<(usize, Vec<Duration>)>| bounds(&half.into_iter().map(|(_, waits)| waits).collect::<Vec<_>>());
    let ((least, most), (seldom_least, seldom_most)) = (of(often), of(seldom));
    assert!(
        seldom_most <= least * 4 && seldom_least >= most * 2,
        "{least:?} {most:?} {seldom_least:?} {seldom_most:?}"
    );
}

/// The least and the most, after everybody had a permit.
fn bounds(waits: &[Vec<Duration>]) -> (Duration, Duration) {
    let settled = || waits.iter().flat_map(|waits| &waits[2..waits.len() - 1]).copied();
    (settled().min().unwrap(), settled().max().unwrap())
}

#[tokio::test(start_paused = true)]
async fn sends_and_polls_take_turns_where_both_want_one() {
    for places in [1, 2] {
        let order = order_of_forty_each(&limit(places, SECOND)).await;
        let sends = order[..40].iter().filter(|is_send| **is_send).count();
        assert!((18..=24).contains(&sends), "{sends} of the first 40: {order:?}");
    }
}

/// Which permits are for sends, where 40 sends and 40 polls wait.
async fn order_of_forty_each(limit: &Arc<RateLimit>) -> Vec<bool> {
    let sends = (0..40).map(|_| (true, PermitRequest::send(Instant::now())));
    let polls = (0..40).map(|number| (false, poll(number, SECOND)));
    let order = Arc::new(Mutex::new(Vec::new()));
    let waits = sends.chain(polls).map(|(is_send, request)| {
        let (limit, order) = (Arc::clone(limit), Arc::clone(&order));
        tokio::spawn(async move {
            limit.acquire(request).await.unwrap().answered(Verdict::Fine);
            order.lock().unwrap().push(is_send);
        })
    });
    for wait in waits.collect::<Vec<_>>() {
        wait.await.unwrap();
    }
    std::mem::take(&mut *order.lock().unwrap())
}

/// Begins this number of polls, each one of a row, and leaves them waiting.
async fn crowd(limit: &Arc<RateLimit>, count: usize) {
    for number in 0..count {
        let (limit, request) = (Arc::clone(limit), poll(number, SECOND));
        tokio::spawn(async move { limit.acquire(request).await.unwrap().answered(Verdict::Fine) });
    }
    sleep(SECOND).await;
}

#[tokio::test(start_paused = true)]
async fn a_poll_that_is_not_one_in_a_row_goes_before_those_that_are() {
    let limit = limit(1, 10 * SECOND);
    crowd(&limit, 100).await;
    let started = Instant::now();
    limit.acquire(poll(1_000, 10 * SECOND).alone()).await.unwrap().answered(Verdict::Fine);
    // One of the crowd came when nobody else waited.
    assert!(started.elapsed() <= 20 * SECOND, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn its_figures_are_those_of_this_moment() {
    let limit = limit(2, 10 * SECOND);
    let still = Figures { waiting: 0, taken: 0, pause: None, slowness: 1.0, has_no_credits: false };
    assert_eq!(limit.figures(), still);
    let mut asked = limit.acquire(PermitRequest::send(Instant::now())).await.unwrap();
    asked.answered(Verdict::Maintenance(60 * SECOND));
    let _on_its_way = limit.acquire(poll(0, SECOND)).await.unwrap();
    assert_eq!(limit.figures(), Figures { taken: 2, ..still });
    drop(asked);
    let sends = (0..2).map(|_| PermitRequest::send(Instant::now()));
    let mut waits: Vec<_> = sends.chain((0..3).map(|task| poll(task, SECOND))).map(|one| limit.acquire(one)).collect();
    for wait in &mut waits {
        assert!(timeout(Duration::ZERO, wait).await.is_err());
    }
    let pause = limit.figures().pause.unwrap();
    assert!(pause > 59 * SECOND && pause <= 60 * SECOND, "{pause:?}");
    assert_eq!(limit.figures(), Figures { waiting: 5, taken: 2, pause: limit.figures().pause, ..still });
    waits.clear();
    assert_eq!(limit.figures().waiting, 0);
    sleep(11 * SECOND).await;
    assert_eq!(limit.figures().taken, 1, "that which has no answer yet");
}

#[test]
fn many_are_slowed_by_what_they_want_too_much_and_another_limit_counts_as_well() {
    let limit = limit(20, 10 * SECOND);
    let load = |waiting, seconds: u32| limit.load(waiting, seconds * SECOND);
    for (waiting, seconds, factor) in [(0, 10, 1.0), (20, 10, 1.0), (30, 10, 1.5), (200, 10, 10.0), (200, 20, 5.0)] {
        assert!((load(waiting, seconds) - factor).abs() < 1e-9, "{waiting} every {seconds} s");
    }
    assert!(load(1, 0).is_finite());
    assert_eq!((limit.places(), limit.spacing()), (20, SECOND / 2));
    limit.tighten(wire::Pace { requests: 5, window: 10 * SECOND, task_every: Duration::ZERO });
    assert_eq!((limit.places(), limit.spacing()), (5, 2 * SECOND));
}

#[tokio::test(start_paused = true)]
async fn polls_go_on_where_nothing_is_left_to_pay_with() {
    let limit = limit(2, SECOND);
    limit.acquire(PermitRequest::send(Instant::now())).await.unwrap().answered(Verdict::NoCredits);
    assert!(limit.figures().has_no_credits);
    assert!(limit.acquire(poll(1, SECOND)).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_single_poll_is_told_when_there_may_be_a_permit() {
    let limit = Arc::new(RateLimit::new(wire::Pace { requests: 2, window: 10 * SECOND, task_every: 3 * SECOND }));
    let single = |task: &str| limit.try_acquire(task);
    single("1").unwrap().answered(Verdict::Fine);
    assert_eq!(single("1").unwrap_err(), Some(3 * SECOND), "this task rests");
    single("2").unwrap().answered(Verdict::Fine);
    assert_eq!(single("3").unwrap_err(), Some(10 * SECOND), "both places are taken");
    sleep(10 * SECOND).await;
    let on_their_way = [single("3").unwrap(), single("4").unwrap()];
    assert_eq!(single("5").unwrap_err(), None, "it depends on answers that have not come");
    on_their_way.into_iter().for_each(Permit::unused);
    assert!(single("5").is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_permit_that_was_not_used_counts_against_nothing() {
    let limit = limit(2, 10 * SECOND);
    let permit = limit.acquire(PermitRequest::send(Instant::now())).await.unwrap();
    assert_eq!(limit.figures().taken, 1);
    permit.unused();
    assert_eq!(limit.figures().taken, 0);
}

#[tokio::test(start_paused = true)]
async fn a_place_is_kept_for_a_single_poll_until_a_second_after_it_may_come() {
    for comes in [true, false] {
        let limit = limit(8, 10 * SECOND);
        let send = || limit.acquire(PermitRequest::send(Instant::now()));
        for _ in 0..8 {
            send().await.unwrap().answered(Verdict::Fine);
        }
        let refused = ["a", "b", "c"].map(|task| limit.try_acquire(task).unwrap_err());
        assert_eq!(refused, [Some(10 * SECOND); 3]);
        let waits: Vec<_> = (0..9).map(|_| tokio::spawn(send())).collect();
        let given = || waits.iter().filter(|wait| wait.is_finished()).count();
        sleep(10 * SECOND + SECOND / 2).await;
        assert_eq!(given(), 6, "a quarter of the places is kept");
        if comes {
            assert!(limit.try_acquire("c").is_err(), "the places are those of the first two that were refused");
            assert!(limit.try_acquire("a").is_ok() && limit.try_acquire("b").is_ok());
        }
        sleep(SECOND).await;
        assert_eq!(given(), if comes { 6 } else { 8 });
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_due_at_its_deadline_comes_before_all_others_or_is_told_that_it_is_late() {
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
async fn who_is_not_polled_any_more_holds_up_nobody() {
    let limit = limit(1, SECOND);
    let mut forgotten: Vec<_> = (0..3).map(|number| Box::pin(limit.acquire(poll(number, SECOND)))).collect();
    for wait in &mut forgotten {
        // Those after the first have a place in the queue now.
        let _ = timeout(Duration::ZERO, wait).await;
    }
    let started = Instant::now();
    for number in 10..13 {
        limit.acquire(poll(number, SECOND)).await.unwrap().answered(Verdict::Fine);
    }
    assert!(started.elapsed() < 60 * SECOND, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn no_credits_stop_sends_that_wait_and_those_that_come_until_some_are_seen() {
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
    limit.acquire(PermitRequest::look(Instant::now())).await.unwrap().answered(Verdict::Fine);
    limit.credits_seen();
    assert!(limit.acquire(PermitRequest::send(Instant::now())).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_task_that_rests_holds_up_no_other() {
    let nine = wire::Pace { requests: 9, window: Duration::ZERO, task_every: 10 * SECOND };
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
async fn who_gives_up_leaves_nothing_behind() {
    let limit = limit(3, SECOND);
    for number in 0..100 {
        let _ = timeout(Duration::from_millis(10), limit.acquire(poll(number, SECOND))).await;
    }
    let state = limit.state();
    assert_eq!((state.polls.len(), state.given.len(), state.demand), (0, 0, 0));
}

/// Callers of `try_acquire` that take whatever there is, `count` of them, until the end.
fn greedy(limit: &Arc<RateLimit>, count: usize, end: Instant) -> Vec<tokio::task::JoinHandle<usize>> {
    let callers = (0..count).map(|number| {
        let limit = Arc::clone(limit);
        tokio::spawn(async move {
            let mut taken = 0;
            while Instant::now() < end {
                match limit.try_acquire(&number.to_string()) {
                    Ok(mut permit) => {
                        permit.answered(Verdict::Fine);
                        taken += 1;
                    }
                    Err(wait) => sleep(wait.unwrap_or(SECOND).min(SECOND / 10)).await,
                }
            }
            taken
        })
    });
    callers.collect()
}

async fn sum(all: Vec<tokio::task::JoinHandle<usize>>) -> usize {
    let mut sum = 0;
    for one in all {
        sum += one.await.unwrap();
    }
    sum
}

#[tokio::test(start_paused = true)]
async fn sends_waits_and_single_polls_share_the_budget_where_all_want_more() {
    let limit = limit(20, 10 * SECOND);
    let end = Instant::now() + 1_000 * SECOND;
    let queued = |is_send: bool| {
        let tasks = (0..30_usize).map(|number| {
            let limit = Arc::clone(&limit);
            tokio::spawn(async move {
                let mut taken = 0;
                while Instant::now() < end {
                    let send = PermitRequest::send(Instant::now());
                    let request = if is_send { send } else { poll(number, SECOND) };
                    limit.acquire(request).await.unwrap().answered(Verdict::Fine);
                    taken += 1;
                }
                taken
            })
        });
        tasks.collect::<Vec<_>>()
    };
    let (sends, polls) = (queued(true), queued(false));
    let single = greedy(&limit, 3, end);
    let shares = [sum(sends).await, sum(polls).await, sum(single).await];
    let all: usize = shares.iter().sum();
    assert!(all >= 1_900, "{shares:?}: the budget is used");
    let [sends, polls, single] = shares;
    assert!(sends * 3 >= all && polls * 5 >= all && single * 10 >= all, "{shares:?}");
}

#[tokio::test(start_paused = true)]
async fn a_first_waiter_that_is_not_polled_costs_the_next_two_seconds_and_no_window() {
    let limit = limit(1, 60 * SECOND);
    limit.acquire(poll(0, SECOND)).await.unwrap().answered(Verdict::Fine);
    let mut idle = Box::pin(limit.acquire(poll(1, SECOND)));
    let _ = timeout(Duration::ZERO, &mut idle).await;
    let started = Instant::now();
    limit.acquire(poll(2, SECOND)).await.unwrap().answered(Verdict::Fine);
    assert!(started.elapsed() <= 62 * SECOND, "{:?}", started.elapsed());
}

#[tokio::test(start_paused = true)]
async fn a_pause_ends_when_its_time_is_over_or_it_is_lifted_and_one_request_alone_comes_first() {
    let limit = limit(3, SECOND);
    for lifted in [false, true] {
        sleep(100 * SECOND).await;
        let mut asked = limit.acquire(poll(0, SECOND)).await.unwrap();
        asked.answered(Verdict::TooMany(60 * SECOND));
        drop(asked);
        assert!(limit.figures().pause.is_some_and(|left| left <= 60 * SECOND));
        let started = Instant::now();
        if lifted {
            limit.resume();
            assert_eq!(limit.figures().pause, None);
        }
        let mut first = limit.acquire(poll(1, SECOND)).await.unwrap();
        assert_eq!(started.elapsed() >= 60 * SECOND, !lifted, "{:?}", started.elapsed());
        if !lifted {
            let alone = timeout(5 * SECOND, limit.acquire(poll(2, SECOND))).await;
            assert!(alone.is_err(), "one request finds out whether the pause is over");
        }
        first.answered(Verdict::Fine);
        drop(first);
        limit.acquire(poll(3, SECOND)).await.unwrap().answered(Verdict::Fine);
    }
}
