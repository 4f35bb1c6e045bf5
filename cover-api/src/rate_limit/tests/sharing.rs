//! How waiters share the rate limit.

use super::*;

/// Returns how long each of 200 waiters with these steps waited for its permits, over hours.
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
async fn waiters_with_equal_steps_wait_equally_long() {
    let waits = waits(|_| 10 * SECOND).await;
    let (least, most) = bounds(&waits);
    // The budget has a permit for each in 100 s.
    assert!(least >= 90 * SECOND && most <= 110 * SECOND, "{least:?} to {most:?}");
}

#[tokio::test(start_paused = true)]
async fn a_waiter_with_a_third_of_the_step_waits_a_third_as_long() {
    let waits = waits(|number| if number.is_multiple_of(2) { 10 * SECOND } else { 30 * SECOND }).await;
    let (often, seldom): (Vec<_>, Vec<_>) = (0..).zip(waits).partition(|(number, _)| number % 2 == 0);
    let of = |half: Vec<(usize, Vec<Duration>)>| bounds(&half.into_iter().map(|(_, waits)| waits).collect::<Vec<_>>());
    let ((least, most), (seldom_least, seldom_most)) = (of(often), of(seldom));
    assert!(
        seldom_most <= least * 4 && seldom_least >= most * 2,
        "{least:?} {most:?} {seldom_least:?} {seldom_most:?}"
    );
}

/// Returns the shortest and the longest wait, without the first ones of each waiter.
fn bounds(waits: &[Vec<Duration>]) -> (Duration, Duration) {
    let settled = || waits.iter().flat_map(|waits| &waits[2..waits.len() - 1]).copied();
    (settled().min().unwrap(), settled().max().unwrap())
}

#[tokio::test(start_paused = true)]
async fn sends_and_polls_alternate() {
    for places in [1, 2] {
        let order = order_of_forty_each(&limit(places, SECOND)).await;
        let sends = order[..40].iter().filter(|is_send| **is_send).count();
        assert!((18..=24).contains(&sends), "{sends} of the first 40: {order:?}");
    }
}

/// Returns for each permit whether it is for a send, while 40 sends and 40 polls wait.
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

/// Starts `count` callers of `try_acquire` that take every permit they can get until the end.
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
async fn sends_waits_and_single_polls_share_the_budget() {
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
