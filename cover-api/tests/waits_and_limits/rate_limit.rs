//! The rate limit of a key as the service sees it: the sandbox refuses and counts each request beyond it.

use std::time::Duration;

use cover_api::Client;
use cover_api::sandbox::{Answer, Sandbox};
use cover_testkit::{Outcome, request};
use tokio::time::Instant;

const WINDOW: Duration = Duration::from_millis(500);
const SECOND: Duration = Duration::from_secs(1);

/// Builds a client that was given nothing of the others.
fn apart(sandbox: &Sandbox, requests: u32) -> Result<Client, cover_api::Error> {
    Client::builder(sandbox.key()).base_url(sandbox.url()).rate_limit(requests, WINDOW).build()
}

/// Sends `each` requests from each client at once. Returns the number of POSTs and the time that they took.
async fn send_from_all(clients: &[Client], each: usize) -> Result<(usize, Duration), Box<dyn std::error::Error>> {
    let started = Instant::now();
    let sends = clients.iter().enumerate().flat_map(|(index, client)| {
        (0..each).map(move |number| tokio::spawn(client.send(&request(&format!("{index}-{number}"))).into_future()))
    });
    let mut posted = 0;
    for send in sends.collect::<Vec<_>>() {
        posted += usize::from(send.await??.was_posted());
    }
    Ok((posted, started.elapsed()))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_with_the_same_key_share_the_rate_limit() -> Outcome {
    let sandbox = Sandbox::builder().rate_limit(20, WINDOW).start().await?;
    let clients = [(); 3].map(|()| apart(&sandbox, 20));
    let clients = clients.into_iter().collect::<Result<Vec<_>, _>>()?;
    let (posted, took) = send_from_all(&clients, 20).await?;
    assert_eq!((posted, sandbox.tasks(), sandbox.submits(), sandbox.excess_requests()), (60, 60, 60, 0));
    assert!(took >= 2 * WINDOW, "{took:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_stricter_of_two_rate_limits_of_a_key_holds_for_both() -> Outcome {
    for strict_is_first in [true, false] {
        let sandbox = Sandbox::builder().rate_limit(5, WINDOW).start().await?;
        let limits = if strict_is_first { [5, 20] } else { [20, 5] };
        let clients = limits.map(|requests| apart(&sandbox, requests));
        let clients = clients.into_iter().collect::<Result<Vec<_>, _>>()?;
        let (posted, _) = send_from_all(&clients, 10).await?;
        assert_eq!((posted, sandbox.submits(), sandbox.excess_requests()), (20, 20, 0), "{limits:?}");
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn clients_with_a_transport_do_not_share_the_rate_limit() -> Outcome {
    let sandbox = Sandbox::builder().credits(u32::MAX).start().await?;
    let clients = [(); 2].map(|()| Client::builder(sandbox.key()).transport(sandbox.router()).build());
    let clients = clients.into_iter().collect::<Result<Vec<_>, _>>()?;
    let (posted, took) = send_from_all(&clients, 20).await?;
    // Each refused request was sent again, and no task was created twice.
    assert_eq!((posted, sandbox.tasks()), (40, 40));
    assert!(sandbox.excess_requests() > 0, "the first refusal holds the rest of that client back");
    assert_eq!(sandbox.submits(), 40 + sandbox.excess_requests());
    assert!(took >= 10 * SECOND, "{took:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_client_with_the_rate_limit_of_the_spec_is_not_refused() -> Outcome {
    let sandbox = Sandbox::builder().credits(u32::MAX).stage_every(30 * SECOND).start().await?;
    let client = Client::builder(sandbox.key()).transport(sandbox.router()).build()?;
    let mut batch = client.send_all((0..200).map(|number| request(&number.to_string()))).and_wait();
    while batch.next().await.is_some() {}
    assert_eq!((batch.report().done, sandbox.tasks(), sandbox.excess_requests()), (200, 200, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_request_beyond_the_limit_creates_no_task_and_uses_no_scripted_answer() -> Outcome {
    let sandbox = Sandbox::builder().rate_limit(1, 100 * SECOND).start().await?;
    let once = Client::builder(sandbox.key()).transport(sandbox.router()).max_attempts(1).rate_limit(9, Duration::ZERO);
    let client = once.build()?;
    client.send(&request("first")).await?;
    sandbox.answer_submit(Answer::code(400));
    let error = client.send(&request("second")).await.expect_err("too many");
    assert!(error.is_rate_limited() && !error.may_have_been_charged(), "{error:?}");
    assert_eq!(error.code(), Some(405), "as the spec says");
    assert_eq!((sandbox.tasks(), sandbox.submits(), sandbox.excess_requests()), (1, 2, 1));
    tokio::time::sleep(100 * SECOND).await;
    let error = client.send(&request("second")).await.expect_err("the script");
    assert_eq!(error.code(), Some(400));
    Ok(())
}

#[tokio::test]
async fn polls_beyond_the_limit_of_a_task_are_refused_and_downloads_do_not_count() -> Outcome {
    let sandbox = Sandbox::builder().stage_every(Duration::ZERO).start().await?;
    let client = Client::builder(sandbox.key()).base_url(sandbox.url()).poll_every(SECOND / 100, SECOND).build()?;
    let task = client.send(&request("x")).await?;
    let audio = task.poll().await?.tracks[0].audio_url.clone().ok_or("no audio")?;
    tokio::time::sleep(SECOND / 50).await;
    // The user's schedule polls more often than the spec allows.
    let error = task.poll().await.expect_err("too soon");
    assert!(error.is_rate_limited(), "{error:?}");
    assert_eq!((sandbox.polls(), sandbox.excess_requests()), (2, 1));
    for _ in 0..30 {
        client.download(&audio).await?;
    }
    assert_eq!(sandbox.excess_requests(), 1);
    Ok(())
}

#[tokio::test]
async fn http_status_429_means_too_many_requests_if_the_spec_has_no_code_for_it() -> Outcome {
    let spec =
        include_str!("../../../spec/upload_cover.toml").replace("means = \"rate-limited\"", "means = \"maintenance\"");
    let sandbox = Sandbox::builder().spec(spec).rate_limit(1, 100 * SECOND).start().await?;
    let once = Client::builder(sandbox.key()).base_url(sandbox.url()).max_attempts(1).rate_limit(9, Duration::ZERO);
    let client = once.build()?;
    client.send(&request("first")).await?;
    let error = client.send(&request("second")).await.expect_err("too many");
    assert!(error.is_rate_limited() && error.code() == Some(429), "{error:?}");
    Ok(())
}
