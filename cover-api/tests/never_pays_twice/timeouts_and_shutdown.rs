//! Timeouts, shutdowns, and runtimes that end.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use axum::Router;
use cover_api::Client;
use cover_api::ledger::MemoryLedger;
use cover_testkit::failing_ledger::{FailingLedger, Fails};
use cover_testkit::gate::{Came, Gate, Reply, Slow, within};
use cover_testkit::{Outcome, request};
use tokio::task::yield_now;
use tokio::time::{Instant, advance, sleep, timeout};

use crate::common::{HOUR, MILLI, SECOND, builder, poll_once, queueing, sandbox};

#[tokio::test(start_paused = true)]
async fn a_timeout_says_whether_the_exchange_continues() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::with_usual(&sandbox, Reply::Late(60 * SECOND));
    let client = queueing(&gate, MemoryLedger::new()).await?;
    let started = Instant::now();
    let error = client.send(&request("x")).timeout(SECOND).await.expect_err("it is queued");
    assert!(error.is_timeout() && error.is_not_sent() && !error.may_have_been_charged(), "{error:?}");
    assert!(started.elapsed() < 2 * SECOND && gate.posts().is_empty());
    sleep(20 * SECOND).await;
    assert_eq!((gate.posts().len(), client.stats().not_sent), (0, 1));

    let error = client.send(&request("x")).timeout(30 * SECOND).await.expect_err("the reply is late");
    assert!(error.is_timeout() && error.is_in_progress() && error.may_have_been_charged(), "{error:?}");
    // A send that waits for the exchange of another times out as well.
    let error = client.send(&request("x")).timeout(SECOND).await.expect_err("the reply is late");
    assert!(error.is_timeout() && error.is_in_progress(), "{error:?}");
    let task = client.send(&request("x")).await?;
    assert_eq!((task.was_posted(), gate.posts().len(), client.stats().tasks), (false, 1, 1));
    Ok(())
}

/// The timeout passes at each step of the first send.
#[tokio::test(start_paused = true)]
async fn a_send_that_was_not_sent_does_not_forbid_an_equal_one_with_a_key() -> Outcome {
    let (sandbox, mut not_sent) = (sandbox().await?, 0);
    for polls in 0.. {
        let gate = Gate::new(&sandbox);
        let client = builder(&gate).ledger(Slow(MemoryLedger::new())).build()?;
        let mut first = client.send(&request("x")).timeout(MILLI);
        let mut sent = None;
        for _ in 0..polls {
            if let Poll::Ready(ready) = poll_once(&mut first) {
                sent = Some(ready);
                break;
            }
            yield_now().await;
        }
        if sent.is_some() {
            break;
        }
        advance(MILLI).await;
        let Err(error) = first.await else { continue };
        if error.is_not_sent() {
            assert!(!error.may_have_been_charged(), "{error:?}");
            let second = client.send(&request("x")).key("order-17").await?;
            assert!(second.was_posted() && gate.posts().len() == 1, "after {polls} polls");
            not_sent += 1;
        }
    }
    assert!(not_sent > 5, "{not_sent}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_fails_queued_sends_awaits_exchanges_and_lists_the_rest() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Late(5 * SECOND)).then(Reply::Never);
    let client = builder(&gate).rate_limit(2, HOUR).build()?;
    let send = |key: &'static str| {
        let client = client.clone();
        tokio::spawn(async move { client.send(&request(key)).key(key).await })
    };
    let late = send("late");
    sleep(SECOND).await;
    let never = send("never");
    sleep(SECOND).await;
    let queued = send("queued");
    sleep(SECOND).await;
    let started = Instant::now();
    let unfinished = within(HOUR, "the shutdown", client.shutdown(60 * SECOND)).await;
    assert!(started.elapsed() >= 59 * SECOND && started.elapsed() < 62 * SECOND, "{:?}", started.elapsed());
    assert_eq!(unfinished.iter().map(|attempt| attempt.key.as_deref()).collect::<Vec<_>>(), [Some("never")]);
    assert!(late.await??.was_posted());
    let error = queued.await?.expect_err("it was queued");
    assert!(error.is_shut_down() && error.is_not_sent() && !error.may_have_been_charged(), "{error:?}");
    let error = client.send(&request("new")).await.expect_err("the client is shut down");
    assert!(error.is_shut_down() && error.is_not_sent(), "{error:?}");
    // Earlier entries can still be looked up.
    assert!(client.find("late").await?.is_some());
    assert_eq!(gate.posts().len(), 2);
    never.abort();
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_without_exchanges_ends_at_once() -> Outcome {
    let sandbox = sandbox().await?;
    let client = builder(&Gate::new(&sandbox)).build()?;
    client.send(&request("x")).await?;
    let started = Instant::now();
    assert!(client.shutdown(HOUR).await.is_empty());
    assert!(started.elapsed() < SECOND);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_send_that_the_ledger_refused_is_not_listed_at_shutdown() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox);
    let ledger = FailingLedger::new();
    let client = builder(&gate).ledger(ledger.clone()).build()?;
    // Of the two transactions of a send, the look-up and the intent, the second fails.
    ledger.set(Fails::EverySecond);
    for number in 0..100 {
        let sent = client.send(&request("x")).key(number.to_string()).await;
        assert!(sent.is_err_and(|error| error.is_ledger() && error.is_not_sent()));
    }
    ledger.set(Fails::From(1));
    sleep(SECOND).await;
    let stats = client.stats();
    let left = client.shutdown(SECOND).await;
    assert_eq!((gate.posts().len(), stats.unsettled, left.len()), (0, 0, 0), "(posts, unsettled, under way)");
    Ok(())
}

/// The outcome could not be recorded before the client was shut down. Reads work again.
#[tokio::test(start_paused = true)]
async fn recover_ends_if_no_callback_can_come() -> Outcome {
    let sandbox = sandbox().await?;
    let gate = Gate::new(&sandbox).then(Reply::Lost(502, "<html>".to_owned(), 10 * SECOND));
    let ledger = FailingLedger::new();
    let client = builder(&gate).ledger(ledger.clone()).build()?;
    let sending = tokio::spawn({
        let client = client.clone();
        async move { client.send(&request("x")).key("one").await }
    });
    sleep(5 * SECOND).await;
    ledger.set(Fails::From(1));
    let error = sending.await?.expect_err("it is lost");
    client.shutdown(SECOND).await;
    sleep(SECOND).await;
    ledger.set(Fails::Never);
    let recovery = error.recovery().ok_or("none")?.clone();
    let recovered = timeout(24 * HOUR, client.recover(recovery)).await;
    assert!(recovered.is_ok(), "it waits for a callback that cannot come");
    Ok(())
}

#[test]
fn a_send_on_a_runtime_that_has_ended_fails_and_does_not_hang() -> Outcome {
    let (told, tells) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
        let client: Client = Client::builder("key").transport(Router::new()).build().expect("a client");
        let entered = runtime.handle().clone();
        let _entered = entered.enter();
        runtime.shutdown_background();
        let result = futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(client.send(&request("x"))));
        let result = Local::block_on(result);
        told.send(result.map(|result| Came::of(&result)).map_err(drop)).ok();
    });
    let came = tells.recv_timeout(Duration::from_secs(10)).map_err(|_| "the send hangs")?;
    assert_eq!(came, Ok(Came::NotSent));
    Ok(())
}

/// Runs futures without a runtime.
struct Local;

impl Local {
    fn block_on<F: Future>(future: F) -> F::Output {
        struct Unpark(std::thread::Thread);
        impl std::task::Wake for Unpark {
            fn wake(self: std::sync::Arc<Self>) {
                self.0.unpark();
            }
        }
        let waker = std::sync::Arc::new(Unpark(std::thread::current())).into();
        let mut future = std::pin::pin!(future);
        loop {
            if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return output;
            }
            std::thread::park();
        }
    }
}

#[test]
fn a_send_without_a_runtime_is_an_error() -> Outcome {
    let client: Client = Client::builder("key").transport(Router::new()).build()?;
    let mut context = Context::from_waker(Waker::noop());
    let mut plain = client.send(&request("x"));
    assert!(matches!(Pin::new(&mut plain).poll(&mut context), Poll::Ready(Err(error)) if error.is_setup()));
    let mut timed = client.send(&request("x")).timeout(SECOND);
    assert!(matches!(Pin::new(&mut timed).poll(&mut context), Poll::Ready(Err(error)) if error.is_setup()));
    Ok(())
}

#[test]
fn unsettled_is_zero_after_the_runtime_has_ended() -> Outcome {
    let service = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let sandbox = service.block_on(sandbox())?;
    let gate = service.block_on(async { Gate::with_usual(&sandbox, Reply::Late(200 * MILLI)) });
    let ledger = FailingLedger::new();
    let client = builder(&gate).ledger(ledger.clone()).build()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let task = runtime.block_on(async {
        let sending = tokio::spawn({
            let client = client.clone();
            async move { client.send(&request("x")).key("one").await }
        });
        sleep(100 * MILLI).await;
        ledger.set(Fails::From(1));
        sending.await
    })??;
    assert_eq!(client.stats().unsettled, 1);
    ledger.set(Fails::Never);
    drop(runtime);
    let found = service.block_on(client.find("one"))?;
    assert_eq!(found.map(|found| found.id().to_owned()).as_deref(), Some(task.id()));
    assert_eq!(client.stats().unsettled, 0, "it is settled");
    Ok(())
}
