//! Callbacks that are not from the service.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use cover_api::Client;
use cover_api::callback::{CallbackOutcome as Came, Refusal};
use cover_api::sandbox::Sandbox;
use cover_testkit::Outcome;
use tokio::time::sleep;

use crate::common::{
    ADDRESS, Reply, SECOND, SECRET, STAGE, connected_client, numbered_request, recovered, sandbox, with_replies,
};

#[tokio::test(start_paused = true)]
async fn a_forged_task_of_an_unknown_request_is_not_believed() -> Outcome {
    let sandbox = sandbox().await?;
    let router = with_replies(&sandbox, Reply::Lost(Duration::ZERO));
    let client = Client::builder(sandbox.key()).transport(router).callbacks(ADDRESS, SECRET).build()?;
    // The forger sees the callbacks of the service, and names another task.
    let callbacks = client.callbacks()?;
    let addresses = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&addresses);
    sandbox.deliver_to(Router::new().fallback(async move |request: Request| {
        seen.lock().expect("no panic").push(request.uri().path().to_owned());
    }));
    let error = client.send(&numbered_request(0)).await.expect_err("the reply is lost");
    sleep(STAGE + SECOND).await;
    let path = addresses.lock().expect("no panic").first().ok_or("no callback")?.clone();
    let lie = callbacks.test_factory().valid("task-66", "complete");
    let received = callbacks.receive(&path, &lie.headers, &lie.body);
    assert_eq!(received.status(), 200);
    tokio::spawn(received.afterwards());
    let result = tokio::time::timeout(3_600 * SECOND, recovered(&client, &error)).await;
    assert!(result.is_err(), "{result:?}");
    assert!(client.send(&numbered_request(0)).await.is_err_and(|error| error.attempt().is_none()), "still unknown");
    // The true callback is still believed.
    let truth = callbacks.test_factory().valid("task-1", "complete");
    tokio::spawn(callbacks.receive(&path, &truth.headers, &truth.body).afterwards());
    assert_eq!(recovered(&client, &error).await?.id(), "task-1");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_forged_callback_costs_at_most_one_poll() -> Outcome {
    let sandbox = sandbox().await?;
    let (client, callbacks) = connected_client(&sandbox)?;
    sandbox.deliver_to(Router::new()); // no callback of the service is delivered
    let task = client.send(&numbered_request(0)).await?;
    let waiting = tokio::spawn(task.wait().into_future());
    sleep(SECOND).await;
    for (why, forged) in callbacks.test_factory().invalid(task.id()) {
        let received = callbacks.receive(&forged.path, &forged.headers, &forged.body);
        assert!(matches!(received.outcome(), Came::Refused(refusal) if *refusal == why), "{received:?}: {why}");
        received.afterwards().await;
    }
    sleep(SECOND).await;
    assert_eq!((sandbox.polls(), waiting.is_finished()), (0, false), "no wait was woken");
    // With the right address, it costs one poll, and the wait continues.
    for _ in 0..100 {
        let lie = callbacks.test_factory().valid(task.id(), "complete");
        callbacks.receive(&lie.path, &lie.headers, &lie.body).afterwards().await;
        sleep(Duration::from_millis(10)).await;
    }
    assert_eq!((sandbox.polls(), waiting.is_finished()), (1, false));
    assert!(waiting.await??.has_output());
    Ok(())
}

/// The same service with signed callbacks.
mod signed {
    #![allow(missing_docs)]
    cover_api::api!("tests/specs/signed.toml");
}

#[tokio::test(start_paused = true)]
async fn the_signature_of_a_service_that_signs_is_verified() -> Outcome {
    let sandbox = Sandbox::builder()
        .spec(include_str!("../specs/signed.toml"))
        .stage_every(STAGE)
        .signing_key("right")
        .start()
        .await?;
    for (key, news) in [("right", 3), ("wrong", 0)] {
        let builder = signed::Client::builder(sandbox.key()).transport(sandbox.router());
        let client = builder.callbacks(ADDRESS, SECRET).callback_signing_key(key).build()?;
        let callbacks = client.callbacks()?;
        sandbox.deliver_to(callbacks.router());
        let task = client.send(&signed::SignedRequest::builder().call_back_url(ADDRESS).build()?).await?;
        assert!(task.wait().await?.has_output(), "by callbacks, or by polls");
        let stats = callbacks.stats();
        assert_eq!((stats.new, stats.refused(Refusal::InvalidSignature) > 0), (news, news == 0), "{stats:?}");
        for (why, forged) in callbacks.test_factory().invalid(task.id()) {
            let received = callbacks.receive(&forged.path, &forged.headers, &forged.body);
            assert!(matches!(received.outcome(), Came::Refused(refusal) if *refusal == why), "{received:?}: {why}");
        }
    }
    let builder = signed::Client::builder("key").callbacks(ADDRESS, SECRET);
    assert!(builder.build().is_err_and(|error| error.is_setup()), "the key is missing");
    Ok(())
}
