//! Ten thousand tasks, and a fifth of all answers faulty: everything adds up, and nothing is paid for twice.

use std::time::Duration;

use cover_api::Client;
use cover_api::runtime::Event;
use cover_api::sandbox::Sandbox;
use cover_runtime_tests::{Outcome, chance, request, runs};

/// What has become of each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Done,
    Failed,
    Unknown,
    NotSent,
}

#[tokio::test(start_paused = true)]
async fn every_task_ends_in_one_way_and_the_sums_add_up() -> Outcome {
    let (mut chance, count) = (chance(), runs(10_000));
    let sandbox = Sandbox::builder().credits(u32::MAX).stage_every(Duration::from_secs(40));
    let sandbox = sandbox.faults(0.2, chance.u64(..)).start().await?;
    for _ in 0..count {
        let end = if chance.u8(0..20) == 0 { "GENERATE_AUDIO_FAILED" } else { "SUCCESS" };
        sandbox.walk(["PENDING", "TEXT_SUCCESS", "FIRST_SUCCESS", end]);
    }
    let client =
        Client::builder(sandbox.key()).in_process(sandbox.router()).pace(2_000, Duration::from_secs(10)).build()?;

    let mut ends: Vec<Option<End>> = vec![None; count];
    let mut open = Vec::new();
    let mut batch = client.send_all((0..count).map(|number| request(&number.to_string()))).and_wait();
    while let Some(event) = batch.next().await {
        let (index, end) = match event {
            Event::Done { index, .. } => (index, End::Done),
            Event::Error { index, error } if error.is_failed() => (index, End::Failed),
            Event::Error { index, error } if error.is_outcome_unknown() => (index, End::Unknown),
            Event::Error { index, error } if !error.may_have_been_charged() => (index, End::NotSent),
            Event::Error { index, error } => {
                open.push((index, error.task().ok_or("it has no task")?.clone()));
                continue;
            }
            _ => continue,
        };
        assert_eq!(ends[index].replace(end), None, "{index} ends twice");
    }
    let report = batch.report();
    println!("{report}; {:?}", client.stats());
    // Where too much went wrong in a row, or it took too long: waiting goes on.
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
    assert_eq!(done + failed + unknown, sandbox.tasks(), "what was charged, and nothing twice");
    assert_eq!((report.requests, report.unknown, report.not_sent), (count, unknown, not_sent));
    assert_eq!(report.sent, report.done + report.failed + report.open);
    assert!(unknown > count / 20 && failed > count / 50 && done > count / 2, "{done} {failed} {unknown} {not_sent}");
    Ok(())
}
