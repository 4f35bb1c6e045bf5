use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use cover_api::runtime::{AnyService, Client, ClientBuilder};
use cover_api::sandbox::{Answer, Sandbox};
use cover_api::{CoverRequest, Model};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep};
use tower_service::Service as _;

use super::dub::Status;
use super::{DUB, Dub, Result, SECOND, request, sent_at_run_time, spec, with_cancel};
use crate::Outcome;

async fn sandbox() -> Result<Sandbox> {
    Ok(Sandbox::builder().spec(DUB).stage_every(60 * SECOND).start().await?)
}

fn builder(sandbox: &Sandbox) -> ClientBuilder<Dub> {
    Client::builder(sandbox.key()).transport(sandbox.router())
}

#[tokio::test(start_paused = true)]
async fn the_wait_of_a_cancelled_task_ends_with_an_error_that_says_so() -> Outcome {
    let sandbox = sandbox().await?;
    let task = builder(&sandbox).build()?.send(&request()?).await?;
    task.cancel().await?;
    let error = task.wait().await.unwrap_err();
    assert!(error.is_cancelled() && error.is_failed() && error.may_have_been_charged(), "{error}");
    assert!(error.to_string().starts_with("the task was cancelled (status stopped)"), "{error}");
    assert_eq!(error.handle(), Some(&task.handle()));
    let last = error.last_snapshot().ok_or("no snapshot")?;
    assert!(last.is_cancelled() && last.is_failed() && !last.is_done());
    assert_eq!(last.status, Status::Stopped);
    assert_eq!((sandbox.cancels(), sandbox.tasks()), (1, 1));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_task_can_be_cancelled_during_its_wait() -> Outcome {
    let sandbox = sandbox().await?;
    let task = builder(&sandbox).build()?.send(&request()?).await?;
    let (started, later) = (Instant::now(), async {
        sleep(20 * SECOND).await;
        task.cancel().await
    });
    let (ended, cancelled) = tokio::join!(async { task.wait().await }, later);
    cancelled?;
    assert!(ended.is_err_and(|error| error.is_cancelled()));
    assert!(started.elapsed() < 60 * SECOND, "{:?}", started.elapsed());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_failed_task_was_not_cancelled() -> Outcome {
    let sandbox = sandbox().await?;
    sandbox.script_statuses(["queued", "broken"]);
    let task = builder(&sandbox).build()?.send(&request()?).await?;
    let error = task.wait().await.unwrap_err();
    assert!(error.is_failed() && !error.is_cancelled(), "{error}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_ledger_has_a_cancelled_task_as_failed() -> Outcome {
    let sandbox = sandbox().await?;
    let client = builder(&sandbox).build()?;
    let task = client.send(&request()?).key("film").await?;
    task.cancel().await?;
    // An accepted cancel does not say that the task has ended.
    assert_eq!(client.unfinished().all().await?.len(), 1);
    assert!(client.send(&request()?).key("film").after_failure().await?.handle() == task.handle());
    assert!(task.poll().await?.is_cancelled());
    assert_eq!(client.unfinished().all().await?.len(), 0);
    let again = client.send(&request()?).key("film").await?;
    assert_eq!((again.id(), again.was_posted()), (task.id(), false));
    let new = client.send(&request()?).key("film").after_failure().await?;
    assert!(new.was_posted() && new.id() != task.id());
    assert_eq!(sandbox.tasks(), 2);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_cancel_of_a_finished_task_is_refused_and_the_task_stays_as_it_is() -> Outcome {
    let sandbox = sandbox().await?;
    let task = builder(&sandbox).build()?.send(&request()?).await?;
    task.wait().await?;
    let error = task.cancel().await.unwrap_err();
    assert!(error.is_refused() && error.is_invalid() && !error.is_cancelled(), "{error:?}");
    assert_eq!((error.code(), error.handle()), (Some(400), Some(&task.handle())));
    assert!(error.to_string().contains("the task has ended"), "{error}");
    assert!(task.wait().await?.has_output());
    assert_eq!(sandbox.cancels(), 1);
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_second_cancel_is_refused_too() -> Outcome {
    let sandbox = sandbox().await?;
    let task = builder(&sandbox).build()?.send(&request()?).await?;
    task.cancel().await?;
    assert!(task.cancel().await.unwrap_err().is_refused());
    assert!(task.wait().await.unwrap_err().is_cancelled());
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_cancel_of_a_task_that_the_service_does_not_know_is_not_found() -> Outcome {
    let (sandbox, other) = (sandbox().await?, sandbox().await?);
    let task = builder(&sandbox).build()?.send(&request()?).await?;
    let error = builder(&other).build()?.resume(task.handle()).cancel().await.unwrap_err();
    assert!(error.is_not_found() && error.handle() == Some(&task.handle()), "{error:?}");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_cancel_is_sent_once_whatever_the_answer_is() -> Outcome {
    let sandbox = sandbox().await?;
    let task = builder(&sandbox).max_attempts(5).build()?.send(&request()?).await?;
    // These codes allow a send to be sent again.
    for code in [405, 430, 455] {
        sandbox.answer_cancel(Answer::code(code));
        let error = task.cancel().await.unwrap_err();
        assert_eq!((error.code(), error.handle()), (Some(code), Some(&task.handle())), "{error:?}");
    }
    assert_eq!(sandbox.cancels(), 3);
    assert!(task.wait().await?.is_done(), "it was not cancelled");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_cancel_takes_a_permit_of_the_rate_limit() -> Outcome {
    let limited = Sandbox::builder().spec(DUB).stage_every(600 * SECOND).rate_limit(2, 10 * SECOND);
    let sandbox = limited.start().await?;
    let client = builder(&sandbox).rate_limit(2, 10 * SECOND).build()?;
    let started = Instant::now();
    let task = client.send(&request()?).await?;
    for _ in 0..4 {
        let _ = task.cancel().await;
    }
    assert!(started.elapsed() >= 20 * SECOND, "{:?}", started.elapsed());
    assert_eq!((sandbox.cancels(), sandbox.excess_requests()), (4, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_callback_about_a_cancelled_task_ends_its_wait() -> Outcome {
    const ADDRESS: &str = "https://api.example.com/dubs";
    let sandbox = sandbox().await?;
    let client = builder(&sandbox).callbacks(ADDRESS, "0123456789abcdef0123456789abcdef").build()?;
    sandbox.deliver_to(client.callbacks()?.router());
    let request = super::DubRequest::builder().film("https://storage.example.com/film.mp4").call_back_url(ADDRESS);
    let task = client.send(&request.build()?).await?;
    task.cancel().await?;
    assert!(task.wait().await.unwrap_err().is_cancelled());
    sleep(600 * SECOND).await;
    assert_eq!(sandbox.callbacks(), 1, "a cancelled task has one callback, and none of later stages");
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn a_cancel_may_have_the_id_in_its_path_or_in_its_query_also_with_a_spec_at_run_time() -> Outcome {
    for keys in [
        "path = \"/dubs/cancel\"\nbody = \"id\"",
        "path = \"/dubs/cancel\"\nquery = \"id\"",
        "path = \"/dubs/{task}/cancel\"\nmethod = \"PUT\"",
        "path = \"/dubs/{task}\"\nmethod = \"DELETE\"",
        "path = \"/dubs\"\nquery = \"task\"\nmethod = \"DELETE\"",
    ] {
        let text = with_cancel(keys);
        let sandbox = Sandbox::builder().spec(&*text).stage_every(60 * SECOND).start().await?;
        let client = Client::<AnyService>::of_spec(&spec(&text)?, sandbox.key()).transport(sandbox.router());
        let task = sent_at_run_time(&client.build()?).await?;
        task.cancel().await.map_err(|error| format!("{keys}: {error}"))?;
        let error = task.wait().await.unwrap_err();
        assert!(error.is_cancelled() && error.is_failed(), "{keys}: {error}");
        assert_eq!(error.last_snapshot().map(|last| last.status.clone()), Some("stopped".to_owned()));
        assert_eq!(sandbox.cancels(), 1);
    }
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn without_a_cancel_in_the_spec_nothing_is_sent() -> Outcome {
    let sandbox = Sandbox::start().await?;
    let client = cover_api::Client::builder(sandbox.key()).transport(sandbox.router()).build()?;
    let cover = CoverRequest::non_custom().upload_url("https://a.example/song.mp3").without_callback();
    let task = client.send(&cover.model(Model::V5).prompt("Calm").build()?).await?;
    let error = task.cancel().await.unwrap_err();
    assert!(error.is_setup() && error.handle() == Some(&task.handle()), "{error:?}");
    let text = "nothing was sent: the spec of `sunoapi.org/upload-cover` has no `[cancel]`, which says how tasks are cancelled";
    assert!(error.to_string().starts_with(text), "{error}");
    assert_eq!((sandbox.submits(), sandbox.polls(), sandbox.cancels()), (1, 0, 0));
    Ok(())
}

#[tokio::test(start_paused = true)]
async fn the_task_of_another_operation_is_not_cancelled() -> Outcome {
    let sandbox = sandbox().await?;
    let task = builder(&sandbox).build()?.send(&request()?).await?;
    let other = DUB.replace("id = \"dub.example\"", "id = \"mix.example\"");
    let other = Client::<AnyService>::of_spec(&spec(&other)?, sandbox.key()).transport(sandbox.router()).build()?;
    let handle = serde_json::from_str(&serde_json::to_string(&task.handle())?)?;
    let error = other.resume(handle).cancel().await.unwrap_err();
    assert!(error.is_setup() && error.to_string().contains("`dub.example`"), "{error}");
    assert_eq!(sandbox.cancels(), 0);
    Ok(())
}

/// Answers like the sandbox, after some turns of other Tokio tasks, and lets them take turns before the answer is there.
async fn slowly(State(mut router): State<Router>, request: Request) -> Response {
    turns(3).await;
    let Ok(response) = router.call(request).await;
    turns(3).await;
    response
}

async fn turns(number: usize) {
    for _ in 0..number {
        yield_now().await;
    }
}

/// At each of its awaits, the cancel has arrived or not, and nothing else has happened.
#[tokio::test(start_paused = true)]
async fn a_cancel_that_is_dropped_has_arrived_or_not() -> Outcome {
    let mut arrived = [false; 2];
    for number in 0.. {
        let sandbox = sandbox().await?;
        let router = Router::new().fallback(slowly).with_state(sandbox.router());
        let client = builder(&sandbox).transport(router).build()?;
        let task = client.send(&request()?).key("film").await?;
        let ended = tokio::select! {
            biased;
            ended = task.cancel() => Some(ended),
            () = turns(number) => None,
        };
        let has_arrived = sandbox.cancels() == 1;
        assert_eq!((sandbox.submits(), client.stats().posts), (1, 1), "after {number} turns");
        let wait = task.wait().await;
        assert_eq!(wait.is_err_and(|error| error.is_cancelled()), has_arrived, "after {number} turns");
        assert_eq!(client.send(&request()?).key("film").await?.handle(), task.handle());
        arrived[usize::from(has_arrived)] = true;
        if let Some(ended) = ended {
            ended?;
            assert_eq!(arrived, [true; 2], "it was dropped before and after it arrived");
            return Ok(());
        }
    }
    Ok(())
}
