//! A ledger that fails during a send: the outcome of the POST is still returned, and recorded as soon as the ledger works again.

use std::error::Error;
use std::time::Duration;

use cover_api::Client;
use cover_api::ledger::Resolution;
use cover_api::sandbox::{Answer, Sandbox};
use cover_testkit::failing_ledger::{FailingLedger, Fails};
use cover_testkit::{Outcome, request};
use tokio::time::{sleep, timeout};

use crate::ledger_file::client;

#[tokio::test(start_paused = true)]
async fn one_key_is_one_task_whichever_transaction_fails() -> Outcome {
    let mut tasks = 0;
    for first in 1..=6 {
        for fails in [Fails::From(first), Fails::UnconfirmedFrom(first)] {
            let (sandbox, ledger) = (Sandbox::start().await?, FailingLedger::new());
            let client = client(&sandbox, ledger.clone())?;
            ledger.set(fails);
            let sent = client.send(&request("one")).key("one").await;
            match &sent {
                Ok(task) => {
                    assert!(task.was_posted() && sandbox.tasks() == 1, "{fails:?}");
                    tasks += 1;
                }
                Err(error) => {
                    assert!(error.is_ledger() && error.is_not_sent() && sandbox.submits() == 0, "{fails:?}: {error:?}");
                    let cause = error.source().ok_or("it has no cause")?.to_string();
                    assert_eq!(cause, "the ledger `/somewhere/covers.db` cannot be used: the disk is on fire");
                }
            }
            ledger.set(Fails::Never);
            // If the first send is recorded, an equal send waits until it is settled.
            let again = client.send(&request("one")).key("one").await?;
            assert_eq!(again.was_posted(), sent.is_err(), "{fails:?}");
            assert!(sent.is_err() || sent.is_ok_and(|task| task.id() == again.id()), "{fails:?}");
            sleep(Duration::from_secs(1)).await;
            assert_eq!((sandbox.tasks(), client.stats().unsettled), (1, 0), "{fails:?}");
            assert!(client.unknown().await?.is_empty() && client.duplicates().await?.is_empty(), "{fails:?}");
        }
    }
    assert!(tasks > 4, "the ledger failed before and after the POST");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_outcome_is_returned_at_once_and_recorded_once_the_ledger_works_again() -> Outcome {
    for key in [Some("one"), None] {
        let (sandbox, ledger) = (Sandbox::start().await?, FailingLedger::new());
        let client = client(&sandbox, ledger.clone())?;
        let (keyed, equal) = (request("one"), client.clone());
        let send = |client: &Client| match key {
            Some(key) => client.send(&keyed).key(key),
            None => client.send(&keyed),
        };
        ledger.set(Fails::Settling);
        let task = timeout(Duration::from_millis(400), send(&client)).await??;
        assert_eq!((task.was_posted(), client.stats().unsettled), (true, 1));
        assert_eq!((client.stats().posts, client.stats().tasks), (1, 1));

        let waiting = tokio::spawn(send(&equal));
        sleep(Duration::from_secs(600)).await;
        assert!(!waiting.is_finished(), "an equal send waits");
        assert_eq!((client.stats().unsettled, sandbox.submits()), (1, 1), "it goes on");

        ledger.set(Fails::Never);
        let later = timeout(Duration::from_secs(31), waiting).await???;
        assert_eq!((later.id(), later.was_posted()), (task.id(), false), "{key:?}");
        assert_eq!((client.stats().unsettled, sandbox.submits()), (0, 1));
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_equal_send_waits_until_a_refusal_is_recorded() -> Outcome {
    let (sandbox, ledger) = (Sandbox::start().await?, FailingLedger::new());
    let client = client(&sandbox, ledger.clone())?;
    sandbox.answer_submit(Answer::code(400));
    ledger.set(Fails::Settling);
    let error = client.send(&request("one")).key("one").await.err().ok_or("it was taken")?;
    assert!(error.is_refused() && client.stats().unsettled == 1, "{error:?}");
    let equal = client.clone();
    let waiting = tokio::spawn(async move { equal.send(&request("one")).key("one").await });
    sleep(Duration::from_secs(60)).await;
    assert!(!waiting.is_finished() && sandbox.submits() == 1);
    ledger.set(Fails::Never);
    assert!(waiting.await??.was_posted());
    assert_eq!((sandbox.submits(), sandbox.tasks(), client.stats().unsettled), (2, 1, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn an_outcome_that_was_not_recorded_before_a_shutdown_is_unknown() -> Outcome {
    let (sandbox, ledger) = (Sandbox::start().await?, FailingLedger::new());
    let old = client(&sandbox, ledger.clone())?;
    ledger.set(Fails::Settling);
    let task = old.send(&request("one")).key("one").await?;
    let since = tokio::time::Instant::now();
    let unfinished = old.shutdown(Duration::from_secs(5)).await;
    assert_eq!(unfinished.iter().map(|it| it.key.as_deref()).collect::<Vec<_>>(), [Some("one")]);
    assert_eq!(since.elapsed(), Duration::from_secs(5), "it is waited for that long");
    sleep(Duration::from_millis(1)).await;
    assert_eq!(old.stats().unsettled, 0, "it is no longer tried");
    let error = old.send(&request("two")).key("two").await.err().ok_or("it was sent")?;
    assert!(error.is_shut_down() && error.is_not_sent(), "{error:?}");

    ledger.set(Fails::Never);
    let new = client(&sandbox, ledger)?;
    let error = new.send(&request("one")).key("one").await.err().ok_or("it was sent again")?;
    assert!(error.is_outcome_unknown(), "{error:?}");
    let unknown = new.unknown().await?;
    assert_eq!(unknown.iter().map(|it| it.key.as_deref()).collect::<Vec<_>>(), [Some("one")]);
    new.resolve(&unknown[0], Resolution::Task(task.id().to_owned())).await?;
    assert_eq!(new.send(&request("one")).key("one").await?.id(), task.id());
    assert_eq!(sandbox.submits(), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn nothing_is_posted_if_half_of_the_lease_passes_before_the_first_byte() -> Outcome {
    // The lease is 320 s.
    for (seconds, is_posted) in [(159, true), (160, false)] {
        let (sandbox, ledger) = (Sandbox::start().await?, FailingLedger::new());
        let client = client(&sandbox, ledger.clone())?;
        ledger.set(Fails::Slow(Duration::from_secs(seconds)));
        let first = client.send(&request("one")).key("one").await;
        assert_eq!((first.is_ok(), sandbox.submits()), (is_posted, u64::from(is_posted)), "{seconds} s");
        if let Err(error) = first {
            assert!(error.is_not_sent() && !error.may_have_been_charged(), "{error:?}");
            let cause = error.source().ok_or("it has no cause")?.to_string();
            assert!(cause.contains("to be begun within 160s"), "{cause}");
        }
        ledger.set(Fails::Never);
        assert!(client.unknown().await?.is_empty(), "nothing proves more than a body that was not begun");
        let again = client.send(&request("one")).key("one").await?;
        assert_eq!((again.was_posted(), sandbox.tasks()), (!is_posted, 1), "{seconds} s");
    }
    Ok(())
}

/// A sent attempt whose process is no longer heard of, and the ledger.
async fn silent(sandbox: &Sandbox) -> cover_testkit::Result<(Client, FailingLedger)> {
    let ledger = FailingLedger::new();
    let old = client(sandbox, ledger.clone())?;
    ledger.set(Fails::Settling);
    old.send(&request("one")).key("one").await?;
    old.shutdown(Duration::from_secs(5)).await;
    sleep(Duration::from_millis(1)).await;
    ledger.set(Fails::Silent);
    Ok((client(sandbox, ledger.clone())?, ledger))
}

#[tokio::test(start_paused = true)]
async fn a_second_charge_is_not_accepted_while_the_first_attempt_may_still_be_sent() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let (client, ledger) = silent(&sandbox).await?;
    let request = request("one");
    let error = client.send_may_charge_twice(&request).key("one").await.err().ok_or("it was accepted")?;
    assert!(error.is_outcome_unknown() && error.recovery().is_some(), "{error:?}");
    assert!(error.to_string().contains("may still send it for 6"), "two leases are 640 s: {error}");
    assert!(!client.unknown().await?[0].has_consent);
    assert_eq!(sandbox.submits(), 1);

    ledger.set(Fails::Never);
    assert!(client.send_may_charge_twice(&request).key("one").await?.was_posted());
    assert_eq!(sandbox.submits(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn nothing_is_resolved_as_not_charged_while_the_attempt_may_still_be_sent() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let (client, ledger) = silent(&sandbox).await?;
    let unknown = client.unknown().await?;
    assert_eq!(
        unknown[0].evidence.as_deref(),
        Some("nothing was heard of the process that sent it for as long as its lease")
    );
    let error = client.resolve(&unknown[0], Resolution::NotCharged).await.err().ok_or("it was resolved")?;
    let cause = error.source().ok_or("it has no cause")?.to_string();
    assert!(cause.contains("may still send it for 6") && cause.contains("resolve it then"), "{cause}");
    assert!(client.send(&request("one")).key("one").await.is_err_and(|error| error.is_outcome_unknown()));
    assert_eq!(sandbox.submits(), 1);

    ledger.set(Fails::Never);
    client.resolve(&unknown[0], Resolution::NotCharged).await?;
    assert!(client.send(&request("one")).key("one").await?.was_posted());
    assert_eq!(sandbox.submits(), 2);
    Ok(())
}
