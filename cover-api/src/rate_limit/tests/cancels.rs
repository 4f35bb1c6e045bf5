//! Cancels come before sends and polls.

use super::*;

/// Starts this request, and returns its waiter, which ends with the time of its permit.
fn start(limit: &Arc<RateLimit>, request: PermitRequest) -> tokio::task::JoinHandle<Instant> {
    let limit = Arc::clone(limit);
    tokio::spawn(async move {
        let mut permit = limit.acquire(request).await.unwrap();
        permit.answered(Verdict::Fine);
        Instant::now()
    })
}

async fn times(waits: Vec<tokio::task::JoinHandle<Instant>>) -> Vec<Instant> {
    let mut times = Vec::new();
    for wait in waits {
        times.push(wait.await.unwrap());
    }
    times
}

#[tokio::test(start_paused = true)]
async fn cancels_come_before_waiting_sends_and_polls_within_the_limit() {
    let limit = limit(4, SECOND);
    let mut waits: Vec<_> = (0..60).map(|_| start(&limit, PermitRequest::send(Instant::now()))).collect();
    waits.extend((0..20).map(|task| start(&limit, poll(task, SECOND))));
    sleep(SECOND / 2).await;
    let asked = Instant::now();
    let cancels = (0..5).map(|_| start(&limit, PermitRequest::cancel(Instant::now()))).collect();
    let cancelled = times(cancels).await;
    let after: Vec<_> = cancelled.iter().map(|at| (*at - asked).as_millis()).collect();
    for (after, expected) in after.iter().zip([500, 500, 500, 500, 1500]) {
        assert!((expected..expected + 20).contains(after), "{after} ms, not {expected} ms");
    }
    let all = [times(waits).await, cancelled].concat();
    assert_eq!(most(&all, SECOND), 4);
    let spent = *all.iter().max().unwrap() - *all.iter().min().unwrap();
    assert!(spent < 24 * SECOND, "{spent:?}: the budget is used");
}

#[tokio::test(start_paused = true)]
async fn a_cancel_takes_a_place_that_is_kept_for_a_refused_poll() {
    let limit = limit(1, 10 * SECOND);
    // The first grants are those after which a place is kept at all.
    for _ in 0..2 {
        start(&limit, PermitRequest::send(Instant::now())).await.unwrap();
    }
    assert_eq!(limit.try_acquire("a").unwrap_err(), Some(10 * SECOND));
    let asked = Instant::now();
    let send = start(&limit, PermitRequest::send(asked));
    let cancelled = start(&limit, PermitRequest::cancel(asked)).await.unwrap();
    assert_eq!((cancelled - asked).as_secs(), 10);
    assert!((send.await.unwrap() - asked).as_secs() >= 20);
}

#[tokio::test(start_paused = true)]
async fn cancels_continue_without_credits_and_leave_no_state_behind() {
    let limit = limit(2, SECOND);
    limit.acquire(PermitRequest::send(Instant::now())).await.unwrap().answered(Verdict::NoCredits);
    limit.acquire(PermitRequest::cancel(Instant::now())).await.unwrap().answered(Verdict::Fine);
    let cancel = timeout(SECOND / 2, limit.acquire(PermitRequest::cancel(Instant::now())));
    assert_eq!(tokio::join!(cancel, async { limit.stats().waiting }).1, 1);
    assert_eq!((limit.stats().waiting, limit.state().granted.len()), (0, 0));
}

#[tokio::test(start_paused = true)]
async fn a_cancel_that_is_not_polled_does_not_block_others() {
    let limit = limit(1, SECOND);
    limit.acquire(PermitRequest::send(Instant::now())).await.unwrap().answered(Verdict::Fine);
    let mut forgotten: Vec<_> =
        (0..3).map(|_| Box::pin(limit.acquire(PermitRequest::cancel(Instant::now())))).collect();
    for wait in &mut forgotten {
        assert!(timeout(Duration::ZERO, wait).await.is_err());
    }
    let started = Instant::now();
    for _ in 0..3 {
        limit.acquire(PermitRequest::send(Instant::now())).await.unwrap().answered(Verdict::Fine);
    }
    assert!(started.elapsed() < 60 * SECOND, "{:?}", started.elapsed());
}
