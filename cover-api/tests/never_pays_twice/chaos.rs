//! Ten thousand tasks, and a fifth of all answers faulty: the sums add up, and nothing is bought twice.

use std::time::Duration;

use cover_api::Client;
use cover_api::runtime::BatchEvent;
use cover_api::sandbox::Sandbox;
use cover_testkit::{Outcome, chance, request, request_with_callback, runs};
use tokio::time::timeout;

/// The result of each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Done,
    Failed,
    Unknown,
    NotSent,
}

#[tokio::test(start_paused = true)]
async fn every_task_ends_in_one_way_and_the_sums_add_up() -> Outcome {
    chaos(false).await
}

#[tokio::test(start_paused = true)]
async fn with_callbacks_the_sums_add_up_and_few_outcomes_stay_unknown() -> Outcome {
    chaos(true).await
}

const WINDOW: Duration = Duration::from_secs(10);
const ADDRESS: &str = "https://api.example.com/covers";

async fn chaos(with_callbacks: bool) -> Outcome {
    let (mut chance, count) = (chance(), runs(10_000));
    let sandbox = Sandbox::builder().credits(u32::MAX).stage_every(Duration::from_secs(40));
    let sandbox = sandbox.rate_limit(2_000, WINDOW).faults(0.2, chance.u64(..)).start().await?;
    for _ in 0..count {
        let end = if chance.u8(0..20) == 0 { "GENERATE_AUDIO_FAILED" } else { "SUCCESS" };
        sandbox.script_statuses(["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", end]);
    }
    let mut builder = Client::builder(sandbox.key()).transport(sandbox.router()).rate_limit(2_000, WINDOW);
    if with_callbacks {
        builder = builder.callbacks(ADDRESS, "0123456789abcdef0123456789abcdef");
    }
    let client = builder.build()?;
    if with_callbacks {
        sandbox.deliver_to(client.callbacks()?.router());
    }
    let request = move |number: usize| {
        if with_callbacks { request_with_callback(ADDRESS, number) } else { request(&number.to_string()) }
    };

    let mut ends: Vec<Option<End>> = vec![None; count];
    let (mut open, mut lost) = (Vec::new(), Vec::new());
    let mut batch = client.send_all((0..count).map(request)).and_wait();
    while let Some(event) = batch.next().await {
        let (index, end) = match event {
            BatchEvent::Done { index, .. } => (index, End::Done),
            BatchEvent::Error { index, error } if error.is_failed() => (index, End::Failed),
            BatchEvent::Error { index, error } if error.is_outcome_unknown() => {
                lost.push((index, error));
                continue;
            }
            BatchEvent::Error { index, error } if !error.may_have_been_charged() => (index, End::NotSent),
            BatchEvent::Error { index, error } => {
                open.push((index, client.resume(error.handle().ok_or("it has no task")?.clone())));
                continue;
            }
            _ => continue,
        };
        assert_eq!(ends[index].replace(end), None, "{index} ends twice");
    }
    let report = batch.report();
    println!("{report}; {:?}", client.stats());
    // A callback may reveal the task of a lost reply.
    let unknown_at_first = lost.len();
    for (index, error) in lost {
        let recovery = error.recovery().ok_or("nothing to recover it by")?.clone();
        match timeout(Duration::from_secs(3_600), client.recover(recovery)).await.unwrap_or(Ok(None))? {
            Some(task) => open.push((index, task)),
            None => assert_eq!(ends[index].replace(End::Unknown), None, "{index} ends twice"),
        }
    }
    // Waits that failed or timed out are continued.
    for (index, task) in open {
        let end = loop {
            match task.wait().await {
                Ok(_) => break End::Done,
                Err(error) if error.is_failed() => break End::Failed,
                Err(_) => {}
            }
        };
        assert_eq!(ends[index].replace(end), None, "{index} ends twice");
    }

    let of = |end: End| ends.iter().filter(|other| **other == Some(end)).count();
    let (done, failed, unknown, not_sent) = (of(End::Done), of(End::Failed), of(End::Unknown), of(End::NotSent));
    assert_eq!(done + failed + unknown + not_sent, count, "every one ends");
    assert_eq!(sandbox.excess_requests(), 0, "no window saw too many");
    assert_eq!(done + failed + unknown, sandbox.tasks(), "what was charged, and nothing twice");
    assert_eq!((report.requests, report.unknown, report.not_sent), (count, unknown_at_first, not_sent));
    assert_eq!(report.sent, report.done + report.failed + report.open);
    let polls = client.stats().polls;
    println!("{done} done, {failed} failed, {unknown} unknown, {not_sent} not sent, {polls} polls");
    if with_callbacks {
        // An outcome stays unknown only if all three callbacks are lost.
        assert!(unknown < unknown_at_first / 10, "{unknown} of {unknown_at_first} stay unknown");
        assert_eq!(client.stats().recovered, (unknown_at_first - unknown) as u64);
    } else {
        assert_eq!(unknown, unknown_at_first);
    }
    assert!(
        unknown_at_first > count / 20 && failed > count / 50 && done > count / 2,
        "{done} {failed} {unknown} {not_sent}"
    );
    Ok(())
}
