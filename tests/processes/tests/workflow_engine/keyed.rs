//! Activities that send by key.

use std::time::Instant;

use cover_testkit::process::{Process, Signals};
use cover_testkit::service::Ends;
use cover_testkit::{Outcome, Result};

use crate::Trial;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn a_worker_killed_before_its_send_leaves_it_to_the_next_attempt() -> Outcome {
    bought_once_although_killed("before-send").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn a_task_whose_worker_is_killed_before_the_engine_knows_it_is_found_by_the_next_attempt() -> Outcome {
    bought_once_although_killed("after-task").await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn a_wait_whose_worker_is_killed_goes_on_at_another_worker() -> Outcome {
    bought_once_although_killed("in-wait").await
}

async fn bought_once_although_killed(moment: &str) -> Outcome {
    for trial in Trial::on_both().await? {
        let worker = trial.worker_that_pauses(moment)?;
        let workflow = trial.start("keyed")?;
        trial.until_paused().await;
        worker.kill()?;

        let _worker = trial.worker()?;
        ends_with_one_task(&trial, workflow).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn on_a_file_the_purchase_of_a_worker_killed_during_its_post_is_unknown_at_once() -> Outcome {
    let trial = Trial::on_a_file().await?;
    let workflow = killed_during_its_post(&trial).await?;
    let _worker = trial.worker()?;
    ends_until_a_person_has_resolved_the_purchase(&trial, workflow).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn on_postgres_the_purchase_of_a_worker_killed_during_its_post_is_unknown_after_its_lease() -> Outcome {
    let Some(trial) = Trial::on_postgres().await? else { return Ok(()) };
    let begun = Instant::now();
    let workflow = killed_during_its_post(&trial).await?;
    let lease = trial.database().await?.lease().await?;
    let _worker = trial.worker()?;
    trial.until_said("another send of this purchase").await;
    ends_until_a_person_has_resolved_the_purchase(&trial, workflow).await?;
    assert!(begun.elapsed() > lease, "it ended after {:?}, and the lease is {lease:?}", begun.elapsed());
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn on_postgres_it_is_unknown_at_once_if_a_person_removes_the_killed_worker() -> Outcome {
    let Some(trial) = Trial::on_postgres().await? else { return Ok(()) };
    let begun = Instant::now();
    let workflow = killed_during_its_post(&trial).await?;
    let database = trial.database().await?;
    let lease = database.lease().await?;
    let _worker = trial.worker()?;
    trial.until_said("another send of this purchase").await;
    assert_eq!(database.remove_posting_holders().await?, 1);
    ends_until_a_person_has_resolved_the_purchase(&trial, workflow).await?;
    assert!(begun.elapsed() < lease, "it ended after {:?}, and the lease is {lease:?}", begun.elapsed());
    Ok(())
}

/// Kills a worker whose POST has created a task that it does not know. Returns the workflow.
async fn killed_during_its_post(trial: &Trial) -> Result<Process> {
    let worker = trial.worker()?;
    let replies = trial.service.hold_replies().await;
    let workflow = trial.start("keyed")?;
    trial.until_created().await;
    worker.kill()?;
    drop(replies);
    Ok(workflow)
}

async fn ends_until_a_person_has_resolved_the_purchase(trial: &Trial, workflow: Process) -> Outcome {
    let (word, error) = trial.end(workflow)?;
    assert_eq!(word, "failed");
    assert!(error.contains("unknown"), "{error}");
    assert_eq!(trial.check().await?, Ends { unknown: 1, ..Ends::default() });

    // Nor does a new run of the workflow pay again.
    let (word, error) = trial.end(trial.start("keyed")?)?;
    assert_eq!(word, "failed");
    assert!(error.contains("unknown"), "{error}");

    assert_eq!(trial.resolve().await?, (1, 0), "the service has a task");
    ends_with_one_task(trial, trial.start("keyed")?).await
}

async fn ends_with_one_task(trial: &Trial, workflow: Process) -> Outcome {
    let end = trial.end(workflow)?;
    assert_eq!(end, ("done".to_owned(), trial.charged().join(", ")), "one task, and it is the result");
    assert_eq!(trial.service.arrived(), 1);
    assert_eq!(trial.check().await?, Ends { tasks: 1, ..Ends::default() });
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn an_attempt_beside_that_of_a_suspended_worker_waits_for_its_outcome() -> Outcome {
    let mut signals = Signals::new()?;
    for trial in Trial::on_both().await? {
        let suspended = trial.worker()?;
        let replies = trial.service.hold_replies().await;
        let workflow = trial.start("keyed")?;
        trial.until_created().await;
        signals.stop(&suspended)?;
        drop(replies);

        let _worker = trial.worker()?;
        trial.until_said("another send of this purchase").await;
        signals.resume(&suspended)?;
        ends_with_one_task(&trial, workflow).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn a_purchase_whose_activity_is_cancelled_during_its_post_is_found_by_the_next_run() -> Outcome {
    for trial in Trial::on_both().await? {
        let _worker = trial.worker()?;
        let replies = trial.service.hold_replies().await;
        let workflow = trial.start("keyed")?;
        trial.until_created().await;
        trial.cancel()?;
        let (word, error) = trial.end(workflow)?;
        assert_eq!(word, "failed");
        assert!(error.contains("cancelled"), "{error}");
        // The worker learns of it by its next heartbeat, and drops the send.
        trial.until_said("has cancelled the activity").await;
        drop(replies);
        trial.service.until_idle().await;
        ends_with_one_task(&trial, trial.start("keyed")?).await?;
    }
    Ok(())
}
