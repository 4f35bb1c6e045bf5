//! Activities that send by key.

use cover_testkit::Outcome;
use cover_testkit::process::Signals;
use cover_testkit::service::Ends;

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
    let trial = Trial::new().await?;
    let worker = trial.worker_that_pauses(moment)?;
    let workflow = trial.start("keyed")?;
    trial.until_paused().await;
    worker.kill()?;

    let _worker = trial.worker()?;
    let end = trial.end(workflow)?;
    assert_eq!(end, ("done".to_owned(), trial.charged().join(", ")), "one task, and it is the result");
    assert_eq!(trial.service.arrived(), 1);
    assert_eq!(trial.check()?, Ends { tasks: 1, ..Ends::default() });
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn a_worker_killed_during_its_post_ends_the_workflow_until_a_person_has_resolved_the_purchase() -> Outcome {
    let trial = Trial::new().await?;
    let worker = trial.worker()?;
    let replies = trial.service.hold_replies().await;
    let workflow = trial.start("keyed")?;
    trial.until_created().await;
    worker.kill()?;
    drop(replies);

    let _worker = trial.worker()?;
    let (word, error) = trial.end(workflow)?;
    assert_eq!(word, "failed");
    assert!(error.contains("unknown"), "{error}");
    assert_eq!(trial.check()?, Ends { unknown: 1, ..Ends::default() });

    // Nor does a new run of the workflow pay again.
    let (word, error) = trial.end(trial.start("keyed")?)?;
    assert_eq!(word, "failed");
    assert!(error.contains("unknown"), "{error}");

    assert_eq!(trial.resolve().await?, (1, 0), "the service has a task");
    let end = trial.end(trial.start("keyed")?)?;
    assert_eq!(end, ("done".to_owned(), trial.charged().join(", ")), "one task, and it is the result");
    assert_eq!(trial.service.arrived(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn an_attempt_beside_that_of_a_suspended_worker_waits_for_its_outcome() -> Outcome {
    let (trial, mut signals) = (Trial::new().await?, Signals::new()?);
    let suspended = trial.worker()?;
    let replies = trial.service.hold_replies().await;
    let workflow = trial.start("keyed")?;
    trial.until_created().await;
    signals.stop(&suspended)?;
    drop(replies);

    let _worker = trial.worker()?;
    trial.until_said("another send of this purchase").await;
    signals.resume(&suspended)?;
    let end = trial.end(workflow)?;
    assert_eq!(end, ("done".to_owned(), trial.charged().join(", ")), "one task, and it is the result");
    assert_eq!(trial.service.arrived(), 1);
    assert_eq!(trial.check()?, Ends { tasks: 1, ..Ends::default() });
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn a_purchase_whose_activity_is_cancelled_during_its_post_is_found_by_the_next_run() -> Outcome {
    let trial = Trial::new().await?;
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

    let end = trial.end(trial.start("keyed")?)?;
    assert_eq!(end, ("done".to_owned(), trial.charged().join(", ")), "one task, and it is the result");
    assert_eq!(trial.service.arrived(), 1);
    assert_eq!(trial.check()?, Ends { tasks: 1, ..Ends::default() });
    Ok(())
}
