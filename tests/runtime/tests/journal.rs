//! What a journal says of each request, now and after it is opened again.

use std::time::Duration;

use cover_api::Client;
use cover_api::journal::{Journal, Standing};
use cover_api::runtime::ClientBuilder;
use cover_api::sandbox::{Answer, Sandbox};
use cover_api::{CoverRequest, NonCustom, UploadCover};
use cover_runtime_tests::{Outcome, request};

fn setup(sandbox: &Sandbox, journal: &Journal) -> ClientBuilder<UploadCover> {
    let moment = Duration::from_millis(5);
    let builder = Client::builder(sandbox.key()).base_url(sandbox.url()).journal(journal.clone());
    builder.pace(64, Duration::ZERO).poll_every(moment, moment).tries(1, Duration::ZERO)
}

/// A request and its label.
fn labelled(label: &str) -> (CoverRequest<NonCustom>, &str) {
    (request(label), label)
}

#[tokio::test]
async fn every_end_is_written_down_and_read_again() -> Outcome {
    let (folder, sandbox) = (tempfile::tempdir()?, Sandbox::builder().stage_each_poll().start().await?);
    let path = folder.path().join("journal.redb");
    let journal = Journal::open(&path)?;
    let client = setup(&sandbox, &journal).build()?;

    let (done, label) = labelled("done");
    client.send(&done).label(label).await?.wait().await?;
    sandbox.walk(["GENERATE_AUDIO_FAILED"]);
    let (failed, label) = labelled("failed");
    assert!(client.send(&failed).label(label).await?.wait().await.is_err_and(|error| error.is_failed()));
    let (running, label) = labelled("running");
    client.send(&running).label(label).await?;
    sandbox.answer_submit(Answer::code(400));
    let (refused, label) = labelled("refused");
    assert!(client.send(&refused).label(label).await.is_err());
    sandbox.answer_submit(Answer::raw(502, "<html>"));
    let (unknown, label) = labelled("unknown");
    assert!(client.send(&unknown).label(label).await.is_err_and(|error| error.is_outcome_unknown()));
    // What is glimpsed in a broken answer is a task.
    sandbox.answer_submit(Answer::cut_short(r#"{"code":200,"data":{"taskId":"task-77","#));
    assert!(client.send(&request("broken")).await.is_err_and(|error| error.handle().is_some()));

    let task = |number: u32| format!("task-{number}");
    let expected = [
        (Some("done"), Standing::Done { task: task(1), status: "SUCCESS".to_owned() }),
        (Some("failed"), Standing::Failed { task: task(2), status: "GENERATE_AUDIO_FAILED".to_owned() }),
        (Some("running"), Standing::Running { task: task(3) }),
        (Some("refused"), Standing::NotSent),
        (Some("unknown"), Standing::Unknown),
        (None, Standing::Running { task: task(77) }),
    ];
    let check = |journal: &Journal| -> Outcome {
        let entries = journal.entries()?;
        let stands: Vec<_> = entries.iter().map(|entry| (entry.label.as_deref(), entry.standing.clone())).collect();
        assert_eq!(stands, expected);
        for entry in &entries {
            assert_eq!((entry.service.as_str(), entry.attempts), ("sunoapi.org/upload-cover", 1));
            assert!(entry.sent.elapsed()? < Duration::from_secs(60));
        }
        Ok(())
    };
    check(&journal)?;
    drop((client, journal));
    check(&Journal::open(&path)?)
}

#[tokio::test]
async fn what_is_unknown_is_not_sent_again_by_the_next_process_unless_it_is_cleared_up() -> Outcome {
    let (folder, sandbox) = (tempfile::tempdir()?, Sandbox::start().await?);
    let path = folder.path().join("journal.redb");
    let journal = Journal::open(&path)?;
    sandbox.answer_submit(Answer::raw(502, "<html>"));
    let client = setup(&sandbox, &journal).build()?;
    assert!(client.send(&request("once")).await.is_err_and(|error| error.is_outcome_unknown()));
    drop((client, journal));

    let journal = Journal::open(&path)?;
    let client = setup(&sandbox, &journal).build()?;
    let error = client.send(&request("once")).await.expect_err("under a cloud");
    assert!(error.is_outcome_unknown() && error.attempt().is_none(), "{error:?}");
    assert_eq!(sandbox.submits(), 1);

    for entry in journal.entries()? {
        journal.forget(entry.id)?;
    }
    assert_eq!(journal.entries()?, []);
    let client = setup(&sandbox, &journal).build()?;
    assert!(client.send(&request("once")).await.is_ok());
    Ok(())
}

#[test]
fn what_is_no_journal_or_is_open_elsewhere_is_told() -> Outcome {
    let folder = tempfile::tempdir()?;
    let text = folder.path().join("text");
    std::fs::write(&text, "covers\n".repeat(10_000))?;
    for path in [folder.path(), &text, &folder.path().join("no/folder")] {
        let error = Journal::open(path).expect_err("no journal");
        assert_eq!(error.to_string(), "the journal cannot be read or written");
        assert!(std::error::Error::source(&error).is_some());
    }
    assert_eq!(std::fs::read_to_string(&text)?.len(), 70_000, "what is no journal is left alone");
    let path = folder.path().join("journal.redb");
    let _open = Journal::open(&path)?;
    let error = Journal::open(&path).expect_err("it is open");
    let why = std::error::Error::source(&error).map(ToString::to_string);
    assert_eq!(why.as_deref(), Some("Database already open. Cannot acquire lock."));
    Ok(())
}
