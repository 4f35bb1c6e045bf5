//! For comparison: activities that post without a ledger. Each test kills as many workers as `COVER_RUNS` says, and prints how often the purchase was
//! charged twice.

use cover_testkit::{Outcome, runs};

use crate::Trial;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn with_the_engines_usual_retries_each_crash_after_the_post_is_charged_twice() -> Outcome {
    let charges = Charges::of("retried").await?;
    assert!(charges.by_the_engine.iter().all(|charges| *charges == 2), "{charges:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn with_one_attempt_the_task_is_lost_and_a_new_run_of_the_workflow_is_charged_again() -> Outcome {
    let charges = Charges::of("once").await?;
    assert!(charges.by_the_engine.iter().all(|charges| *charges == 1), "{charges:?}");
    assert!(charges.after_a_new_run.iter().all(|charges| *charges == 2), "{charges:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a workflow engine: .ci/engine runs it"]
async fn with_one_attempt_of_a_local_activity_each_crash_after_the_post_is_charged_twice() -> Outcome {
    let charges = Charges::of("local-once").await?;
    assert!(charges.by_the_engine.iter().all(|charges| *charges == 2), "{charges:?}");
    Ok(())
}

/// How often each purchase was charged whose worker was killed once.
#[derive(Debug)]
struct Charges {
    by_the_engine: Vec<usize>,
    /// After a person has started each workflow that had failed again.
    after_a_new_run: Vec<usize>,
}

impl Charges {
    async fn of(kind: &str) -> cover_testkit::Result<Self> {
        let mut charges = Self { by_the_engine: Vec::new(), after_a_new_run: Vec::new() };
        for number in 0..runs(4) {
            let trial = Trial::on_a_file().await?;
            let workflow = if number % 2 == 0 {
                // The service has created the task, and its reply is under way.
                let worker = trial.worker()?;
                let replies = trial.service.hold_replies().await;
                let workflow = trial.start(kind)?;
                trial.until_created().await;
                worker.kill()?;
                drop(replies);
                workflow
            } else {
                // The worker has the reply, and the engine does not.
                let worker = trial.worker_that_pauses("after-task")?;
                let workflow = trial.start(kind)?;
                trial.until_paused().await;
                worker.kill()?;
                workflow
            };
            let _worker = trial.worker()?;
            let (word, _) = trial.end(workflow)?;
            charges.by_the_engine.push(trial.charged().len());
            if word == "failed" {
                trial.end(trial.start(kind)?)?;
            }
            charges.after_a_new_run.push(trial.charged().len());
        }
        println!("{kind}: charges for each purchase: {charges:?}");
        Ok(charges)
    }
}
