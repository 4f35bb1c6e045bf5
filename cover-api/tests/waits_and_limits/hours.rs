//! Hours of polling under paused time. Only the network is simulated.

use std::time::Duration;

use cover_api::runtime::{BatchEvent, ClientBuilder, Credits};
use cover_api::sandbox::{Answer, Sandbox};
use cover_api::{Client, Error, Status, Task, Update, UploadCover};
use cover_testkit::simulated::{BUDGET, Simulated};
use cover_testkit::{Outcome, chance, request};
use tokio::time::{Instant, sleep};

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

fn in_process(sandbox: &Sandbox) -> ClientBuilder<UploadCover> {
    Client::builder(sandbox.key()).transport(sandbox.router())
}

/// Returns a sandbox whose tasks change their status `every` so often, and a task of it.
async fn task(statuses: &[&str], every: Duration) -> Result<(Sandbox, Task), Box<dyn std::error::Error>> {
    let (sandbox, _, task) = sent(statuses, every).await?;
    Ok((sandbox, task))
}

/// Like [`task`], with the client.
async fn sent(statuses: &[&str], every: Duration) -> Result<(Sandbox, Client, Task), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().stage_every(every).start().await?;
    sandbox.script_statuses(statuses.iter().copied());
    let client = in_process(&sandbox).build()?;
    let task = client.send(&request("x")).await?;
    Ok((sandbox, client, task))
}

/// Returns the stages of a task, each with its time, and the error that ended the wait.
async fn stages(task: &Task, timeout: Duration) -> (Vec<(Status, Duration)>, Option<Error>) {
    let (started, mut stages) = (Instant::now(), Vec::new());
    let mut updates = task.wait().timeout(timeout).updates();
    while let Some(update) = updates.next().await {
        match update {
            Ok(Update::Stage(snapshot)) => stages.push((snapshot.status, started.elapsed())),
            Ok(_) => {}
            Err(error) => return (stages, Some(error)),
        }
    }
    (stages, None)
}

#[tokio::test(start_paused = true)]
async fn each_stage_comes_once_and_in_order_over_hours() -> Outcome {
    let walk = ["PENDING", "TEXT_SUCCESS", "GENERATING", "PENDING", "FIRST_SUCCESS", "TEXT_SUCCESS", "SUCCESS"];
    let (sandbox, task) = task(&walk, HOUR).await?;
    let (stages, error) = stages(&task, 24 * HOUR).await;
    assert!(error.is_none(), "{error:?}");
    let expected = [
        (Status::Pending, Duration::ZERO),
        (Status::TextSuccess, HOUR),
        (Status::FirstSuccess, 4 * HOUR),
        (Status::Success, 6 * HOUR),
    ];
    for ((status, at), (expected, due)) in stages.iter().zip(&expected) {
        assert_eq!(status, expected);
        assert!(*at >= *due && *at <= *due + 31 * SECOND, "{status} after {at:?}");
    }
    assert_eq!(stages.len(), expected.len());
    // A poll every 30 s for 6 hours, and more often during the expected duration of two minutes.
    assert!((720..=735).contains(&sandbox.polls()), "{}", sandbox.polls());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_last_poll_falls_on_the_timeout() -> Outcome {
    for deadline in [Duration::ZERO, SECOND, 95 * SECOND, 15 * MINUTE, 5 * HOUR + 7 * SECOND] {
        let (sandbox, task) = task(&["GENERATING"], HOUR).await?;
        sleep(MINUTE).await;
        let started = Instant::now();
        let error = task.wait().timeout(deadline).await.expect_err("it never ends");
        let waited = started.elapsed();
        assert!(waited >= deadline && waited < deadline + SECOND, "{waited:?} for {deadline:?}");
        let tally = error.wait_stats().ok_or("no tally")?;
        assert_eq!((u64::from(tally.polls), tally.failed), (sandbox.polls(), 0));
        assert!(error.is_timeout() && error.last_snapshot().is_some());
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_task_can_be_waited_for_again_after_a_timeout() -> Outcome {
    let (_sandbox, client, task) = sent(&["PENDING", "PENDING", "PENDING", "SUCCESS"], HOUR).await?;
    let error = task.wait().timeout(HOUR).await.expect_err("too early");
    let task = client.resume(error.handle().ok_or("no task")?.clone());
    assert!(task.wait().timeout(3 * HOUR).await?.is_done());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_new_task_is_polled_later_and_a_resumed_one_at_once() -> Outcome {
    let (sandbox, task) = task(&["SUCCESS"], HOUR).await?;
    let started = Instant::now();
    task.wait().await?;
    assert_eq!((started.elapsed().as_secs(), sandbox.polls()), (30, 1));
    // The other client does not know of that poll.
    sleep(SECOND).await;
    let started = Instant::now();
    in_process(&sandbox).build()?.resume(task.handle()).wait().await?;
    assert_eq!((started.elapsed().as_secs(), sandbox.excess_requests()), (0, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn failed_polls_are_reported_and_the_wait_continues() -> Outcome {
    let (sandbox, task) = task(&["SUCCESS"], HOUR).await?;
    sandbox.answer_poll(Answer::raw(502, "<html>bad gateway</html>"));
    sandbox.answer_poll(Answer::cut_short(r#"{"code":200,"da"#));
    sandbox.answer_poll(Answer::code(405));
    let mut updates = task.wait().updates();
    for (says, limited) in [("502", false), ("cut short", false), ("405", true)] {
        let Some(Ok(Update::PollFailed(error))) = updates.next().await else { return Err(says.into()) };
        assert!(error.to_string().contains(says) && error.is_rate_limited() == limited, "{error}");
        assert_eq!(error.handle(), Some(&task.handle()));
    }
    assert!(matches!(updates.next().await, Some(Ok(Update::Stage(cover))) if cover.is_done()));
    assert!(updates.next().await.is_none());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_wait_dropped_at_any_point_loses_nothing() -> Outcome {
    for after in (0..2_000).step_by(7) {
        let (_sandbox, task) = task(&["PENDING", "TEXT_SUCCESS", "SUCCESS"], MINUTE).await?;
        let mut updates = task.wait().updates();
        let dropped =
            tokio::time::timeout(Duration::from_millis(after * 100), async { while updates.next().await.is_some() {} });
        let is_over = dropped.await.is_ok();
        // The poll in flight continues, and a new wait works.
        assert!(is_over || matches!(updates.next().await, Some(Ok(Update::Stage(_)))));
        drop(updates);
        assert!(task.wait().await?.is_done());
    }
    Ok(())
}

/// Returns the time of each POST since the first, and the result of the send.
async fn posts(codes: &[u32], tries: u32, within: Duration) -> Result<(u64, Duration, Result<Task, Error>), Error> {
    let sandbox = Sandbox::start().await.expect("a port");
    for code in codes {
        sandbox.answer_submit(Answer::code(*code));
    }
    let client = in_process(&sandbox).max_attempts(tries).retry_window(within).build()?;
    let started = Instant::now();
    let result = client.send(&request("x")).await;
    Ok((sandbox.submits(), started.elapsed(), result))
}

#[tokio::test(start_paused = true)]
async fn a_code_that_creates_nothing_is_retried_after_the_time_in_the_spec() -> Outcome {
    for (codes, seconds) in [(&[405][..], 10), (&[430], 30), (&[455], 60), (&[405, 430, 455], 100)] {
        let (posts, took, result) = posts(codes, 5, 3 * MINUTE).await?;
        assert_eq!((posts, took.as_secs()), (codes.len() as u64 + 1, seconds), "{codes:?}");
        assert_eq!(result?.id(), "task-1");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn attempts_are_bounded_in_number_and_time() -> Outcome {
    let (sent, took, result) = posts(&[405; 9], 4, HOUR).await?;
    assert_eq!((sent, took.as_secs()), (4, 30));
    assert!(result.expect_err("never taken").is_rate_limited());
    let (sent, took, result) = posts(&[455; 9], 9, 130 * SECOND).await?;
    assert_eq!((sent, took.as_secs()), (3, 120));
    let error = result.expect_err("never taken");
    assert!(error.is_maintenance() && error.resend_after() == Some(MINUTE) && !error.may_have_been_charged());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn no_attempt_starts_after_the_retry_window_however_long_the_queue() -> Outcome {
    let sandbox = Sandbox::start().await?;
    sandbox.answer_submit(Answer::code(405));
    // The next permit comes in two hours.
    let client = in_process(&sandbox).rate_limit(1, 2 * HOUR).max_attempts(5).retry_window(3 * MINUTE).build()?;
    let started = Instant::now();
    let error = client.send(&request("x")).await.expect_err("there is no time for another attempt");
    assert!(error.is_rate_limited() && !error.may_have_been_charged(), "{error}");
    assert!(started.elapsed() <= 3 * MINUTE, "{:?}", started.elapsed());
    sleep(5 * HOUR).await;
    assert_eq!(sandbox.submits(), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_post_that_may_have_created_a_task_is_not_retried() -> Outcome {
    for code in [500, 451, 599] {
        let (sent, _, result) = posts(&[code], 5, HOUR).await?;
        assert!(sent == 1 && result.is_err_and(|error| error.is_outcome_unknown()));
    }
    for code in [400, 401, 404, 413, 429] {
        let (sent, _, result) = posts(&[code], 5, HOUR).await?;
        assert!(sent == 1 && result.is_err_and(|error| error.is_refused()));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn without_credits_sends_fail_at_once_until_the_balance_has_risen() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let client = in_process(&sandbox).build()?;
    sandbox.answer_submit(Answer::code(429));
    assert!(client.send(&request("1")).await.is_err_and(|error| error.is_insufficient_credits()));
    let stopped = client.send(&request("2")).await.expect_err("stopped");
    assert!(stopped.is_insufficient_credits() && stopped.is_not_sent() && !stopped.may_have_been_charged());
    assert!(client.stats().out_of_credits);
    assert_eq!(sandbox.submits(), 1);
    assert!(client.credits().await? > Credits::ZERO);
    assert!(client.send(&request("3")).await.is_ok());

    sandbox.answer_submit(Answer::code(429));
    assert!(client.send(&request("4")).await.is_err());
    client.resume_sends();
    assert!(client.send(&request("5")).await.is_ok());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn during_maintenance_one_request_at_a_time_probes_the_service() -> Outcome {
    let sandbox = Sandbox::builder().credits(10_000).start().await?;
    let client = in_process(&sandbox).max_attempts(100).retry_window(HOUR).build()?;
    for _ in 0..30 {
        sandbox.answer_submit(Answer::code(455));
    }
    let sends: Vec<_> = (0..20).map(|number| tokio::spawn(client.send(&request(&number.to_string())))).collect();
    sleep(30 * SECOND).await;
    assert_eq!(sandbox.submits(), 1, "what the first was told holds for all");
    for minute in 1..=10 {
        sleep(MINUTE).await;
        assert_eq!(sandbox.submits(), 1 + minute, "one in a minute");
    }
    for send in sends {
        send.await??;
    }
    assert_eq!((sandbox.tasks(), sandbox.excess_requests()), (20, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn too_many_requests_slow_the_client_which_recovers() -> Outcome {
    let sandbox = Sandbox::builder().credits(100_000).start().await?;
    let client = in_process(&sandbox).build()?;
    sandbox.answer_submit(Answer::code(405));
    client.send(&request("first")).await?;
    assert!(client.stats().slowness > 1.5, "{:?}", client.stats());
    let started = Instant::now();
    for number in 0..200 {
        client.send(&request(&number.to_string())).await?;
    }
    assert!(started.elapsed() > 90 * SECOND, "{:?}", started.elapsed());
    assert!((client.stats().slowness - 1.0).abs() < f64::EPSILON, "{:?}", client.stats());
    assert_eq!(sandbox.excess_requests(), 0, "also while the pace recovers");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_single_poll_does_not_sleep_and_keeps_the_rate_limit() -> Outcome {
    let (sandbox, task) = task(&["PENDING"], HOUR).await?;
    let started = Instant::now();
    let mut refused = 0;
    for _ in 0..200 {
        refused += u32::from(task.poll().await.is_err_and(|error| error.is_rate_limited()));
    }
    assert_eq!((started.elapsed(), sandbox.polls(), refused), (Duration::ZERO, 1, 199), "three in a second");
    for _ in 0..50 {
        sleep(335 * SECOND / 1000).await;
        let _ = task.poll().await;
    }
    // One POST and 19 polls in the first ten seconds, then 20 polls in each ten seconds.
    assert!((34..=40).contains(&sandbox.polls()), "{}", sandbox.polls());
    assert_eq!(sandbox.excess_requests(), 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_thousand_tasks_end_within_the_rate_limit() -> Outcome {
    let service = Simulated::new(40.0..240.0, chance());
    let client =
        Client::builder("key").transport(service.router()).expected_duration(40 * SECOND..=240 * SECOND).build()?;
    let mut batch = client.send_all((0..1_000).map(|number| request(&number.to_string()))).and_wait();
    let mut done = 0;
    while let Some(event) = batch.next().await {
        match event {
            BatchEvent::Done { .. } => done += 1,
            BatchEvent::Error { error, .. } => return Err(error.into()),
            _ => {}
        }
    }
    let report = batch.report();
    assert_eq!((report.requests, report.sent, report.done, done), (1_000, 1_000, 1_000, 1_000));
    let seen = service.seen();
    assert!(seen.most_in_window <= BUDGET.0 && seen.refused == 0, "{seen:?}");
    println!("{seen:?}");
    Ok(())
}

/// Waits for a batch of tasks that take `takes` each. Returns the number of waits that ended before their task.
async fn open_waits(tasks: usize, timeout: Option<Duration>) -> Result<usize, Box<dyn std::error::Error>> {
    let service = Simulated::new(40.0..240.0, chance());
    let builder = Client::builder("key").transport(service.router());
    let client = builder.expected_duration(40 * SECOND..=240 * SECOND).build()?;
    let mut batch =
        client.send_all((0..tasks).map(|number| (number.to_string(), request(&number.to_string())))).and_wait();
    if let Some(timeout) = timeout {
        batch = batch.timeout(timeout);
    }
    while batch.next().await.is_some() {}
    let report = batch.report();
    assert_eq!((report.sent, report.done + report.open), (tasks, tasks), "{report}");
    Ok(report.open)
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_batch_follows_from_its_size_and_the_rate_limit() -> Outcome {
    assert_eq!(open_waits(3_000, None).await?, 0);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_timeout_of_a_batch_can_be_set() -> Outcome {
    assert_eq!(open_waits(20, Some(10 * SECOND)).await?, 20);
    Ok(())
}
